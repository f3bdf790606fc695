"""A bonus scale: what it pays, step by step, and every way to contradict itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasbench.consequences.bonus.scale import SUM, BonusScale, Eligibility, Kpi, Ladder
from biasbench.consequences.bonus.scale_files import parse_scale, read_scale
from biasbench.errors import NotFoundError, OptionError
from tests.consequences.scales import PRIME, one_kpi, write_scale


def prime(tmp_path, *changes: tuple[str, str]) -> BonusScale:
    text = PRIME
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_scale(write_scale(tmp_path, text))


def pay(scale, calm, seconds=510.0, calls=30, months=12):
    """510 s is half way between 120 and 900: 50 on the scale of the sum."""
    calm, seconds = np.broadcast_arrays(calm, seconds)
    return scale.pay({"calm": calm, "handling_seconds": seconds}, calls=calls, months=months)


# ── What it pays ───────────────────────────────────────────────────────────────────────────────


def test_the_documented_example_is_read_whole(tmp_path):
    scale = prime(tmp_path)
    assert scale.ladders == (Ladder(SUM, (70.0, 80.0), (60.0, 120.0), True),)
    assert scale.cap == 150
    assert scale.eligibility == Eligibility({"calm": 40.0}, calls=20, months=3)
    assert scale.rule == ("0.7·calm + 0.3·handling_seconds ≥ 70 → 60, ≥ 80 → 120 EUR; ≤ 150 EUR")


def test_the_weighted_sum_is_on_a_hundred_and_turns_what_is_worse_when_higher(tmp_path):
    scale = prime(tmp_path)
    # 0.7·78 + 0.3·50 = 69.6: rounded to whole points 70, the first step.
    found = scale.steps_of(
        {"calm": [78.0, 77.0, 95.0], "handling_seconds": [510.0, 510.0, 510.0]},
        calls=[30, 30, 30],
        months=[12, 12, 12],
    )
    assert found.held[SUM].tolist() == [70.0, 69.0, 82.0]
    assert found.step[SUM].tolist() == [1, 0, 2]
    assert found.amount.tolist() == [60.0, 0.0, 120.0]
    assert pay(scale, [78.0], [120.0]).tolist() == [120.0]  # the fastest there can be: +15 points


def test_a_score_at_the_threshold_reaches_the_step_and_a_hair_below_does_not():
    assert one_kpi().pay({"calm": [75.0, np.nextafter(75.0, 0) - 1e-6]}).tolist() == [120.0, 0.0]


def test_binary_dust_moves_nobody_across_a_step():
    """0.7·46 + 0.3·96 is 61, and 60.99999999999999 in binary."""
    assert 0.7 * (100 * (46 / 100)) + 0.3 * (100 * (96 / 100)) < 61
    kpis = tuple(
        Kpi(name, "higher is better", 0, 100, weight) for name, weight in (("a", 0.7), ("b", 0.3))
    )
    scale = BonusScale("EUR", kpis, (Ladder(SUM, (61.0,), (120.0,), True),))
    assert scale.pay({"a": [46.0], "b": [96.0]}).tolist() == [120.0]


def test_a_missing_kpi_leaves_the_bonus_missing_and_never_zero(tmp_path):
    scale = prime(tmp_path)
    found = scale.steps_of(
        {"calm": [np.nan, 90.0, 90.0, 10.0], "handling_seconds": [510, np.nan, 510, 510]},
        calls=[30, 30, np.nan, 30],
        months=[12, 12, 12, 12],
    )
    assert np.isnan(found.amount).tolist() == [True, True, True, False]
    assert found.amount[3] == 0
    assert found.n_missing == 3
    assert found.step[SUM].tolist() == [-1, -1, 1, 0]


@pytest.mark.parametrize(
    ("calm", "calls", "months", "amount"),
    [(95, 30, 12, 120), (95, 19, 12, 0), (95, 20, 3, 120), (95, 30, 2, 0), (40, 30, 12, 0)],
)
def test_who_is_not_eligible_is_paid_nothing(tmp_path, calm, calls, months, amount):
    scale = prime(tmp_path)
    assert pay(scale, [calm], calls=calls, months=months).tolist() == [amount]


def test_the_minimum_of_a_kpi_is_a_maximum_where_higher_is_worse(tmp_path):
    scale = prime(tmp_path, ("{ calm = 40 }", "{ handling_seconds = 600 }"))
    assert pay(scale, [95.0, 99.0], [600.0, 601.0]).tolist() == [60.0, 0.0]


def test_ladders_on_different_kpis_add_up_to_the_cap(tmp_path):
    more = '\n[[steps]]\nfrom = 300\namount = 50\non = "handling_seconds"\n\n[cap]'
    scale = prime(tmp_path, ("\n[cap]", more))
    # 0.7·95 + 0.3·(900 − 300)/780·100 = 89.6; 120 + 50 are capped at 150.
    found = scale.steps_of({"calm": [95.0], "handling_seconds": [300.0]}, calls=30, months=12)
    assert found.before_cap.tolist() == [170.0]
    assert found.amount.tolist() == [150.0]


def test_what_nobody_says_is_asked_for_and_not_assumed(tmp_path):
    scale = prime(tmp_path)
    kpis = {"calm": [95.0], "handling_seconds": [300.0]}
    with pytest.raises(OptionError, match="asks for at least 20 calls, and nobody says how many"):
        scale.pay(kpis)
    with pytest.raises(NotFoundError, match="no KPI in the values named 'handling_seconds'"):
        scale.pay({"calm": [95.0]}, calls=30, months=12)
    with pytest.raises(OptionError, match="'calm' is 104, and the scale declares it between 0"):
        pay(scale, [104.0])
    with pytest.raises(OptionError, match="KPIs of different shapes"):
        scale.pay({"calm": [95.0], "handling_seconds": [300.0, 310.0]}, calls=30, months=12)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=20))
def test_a_better_score_is_never_paid_less(scores):
    scale = one_kpi((-20, 0, 30), (10, 10, 90))
    amount = scale.pay({"calm": sorted(scores)})
    assert (np.diff(amount) >= 0).all()


@given(st.floats(-50, 50))
def test_where_higher_is_worse_the_mirror_image_is_paid_the_same(score):
    scale = one_kpi((-20, 0, 30), (10, 40, 90))
    turned = BonusScale(
        "EUR",
        (Kpi("calm", "higher is worse", -1000, 1000),),
        (Ladder("calm", (20, 0, -30), (10, 40, 90), False),),
    )
    assert scale.pay({"calm": [score]}) == turned.pay({"calm": [-score]})


# ── What contradicts itself ────────────────────────────────────────────────────────────────────

WRONG = {
    "weights that do not add up": (
        ("weight = 0.3", "weight = 0.4"),
        "[kpis] weight: calm 0.7 + handling_seconds 0.4 = 1.1; weights must add up to 1",
    ),
    "steps that are not increasing": (
        ("from = 80", "from = 65"),
        "[steps, number 2] from is 65: steps go from the easiest to the hardest, and this is not "
        "above 70",
    ),
    "a higher step that pays less": (
        ("amount = 120", "amount = 50"),
        "[steps, number 2] amount is 50: the step before it, easier to reach, pays 60; pay no less",
    ),
    "two steps at one threshold": (
        ("from = 80", "from = 70"),
        "[steps, number 2] from is 70: the step before it stands there too; keep one of them",
    ),
    "a cap below the first step": (
        ("month = 150", "month = 50"),
        "[cap] month is 50: below what the first step pays, 60: nobody could get it",
    ),
    "a minimum that nobody can reach": (
        ("{ calm = 40 }", "{ calm = 140 }"),
        "[eligibility.kpis] calm is 140: the KPI lies between 0 and 100: nobody can reach it",
    ),
    "a maximum that nobody can keep": (
        ("{ calm = 40 }", "{ handling_seconds = 60 }"),
        "[eligibility.kpis] handling_seconds is 60: the KPI lies between 120 and 900: nobody can "
        "reach it",
    ),
    "a step on a KPI that is not there": (
        ('on = "sum"', 'on = "clam"'),
        "[steps, number 1] on is 'clam': did you mean 'calm'? write 'sum' or one of calm, "
        "handling_seconds",
    ),
    "a negative amount": (
        ("amount = 60", "amount = -60"),
        "[steps, number 1] amount is -60: an amount is 0 or more; a deduction is no bonus step",
    ),
    "a threshold off the scale": (
        ("from = 80", "from = 180"),
        "[steps, number 2] from is 180: the weighted sum lies between 0 and 100",
    ),
    "a key that is not known": (
        ("weight = 0.3", "wieght = 0.3"),
        "[kpis.handling_seconds]: unknown key 'wieght': did you mean 'weight'? known: direction",
    ),
    "no period": (
        ('period = "month"\n', ""),
        "period is missing: write what an amount is paid for",
    ),
    "another period": (
        ('period = "month"', 'period = "week"'),
        "period is 'week': amounts are paid a month here",
    ),
    "no currency": (
        ('currency = "EUR"\n', ""),
        "currency is missing: write the currency of the amounts",
    ),
    "a scale upside down": (
        ("scale_max = 900", "scale_max = 100"),
        "[kpis.handling_seconds] scale_max is 100: it must be above scale_min, 120",
    ),
    "a number in quotes": (
        ("from = 80", 'from = "80"'),
        "[steps, number 2] from is '80': write a number, with a point and without quotes",
    ),
    "no direction": (
        ('direction = "higher is better"\n', ""),
        "[kpis.calm]: direction is missing: say which way is better",
    ),
    "a step on nothing": (
        ('amount = 60\non = "sum"', "amount = 60"),
        "[steps, number 1]: on is missing: with 2 KPIs write what the step stands on",
    ),
    "rounding to half a decimal": (
        ("score = 0", "score = 0.5"),
        "[rounding] score is 0.5: write the number of decimals, 0 to 6",
    ),
    "a weight in percent": (
        ("weight = 0.7", "weight = 70"),
        "[kpis.calm] weight is 70: a weight is a share above 0 and up to 1",
    ),
    "fewer than no calls": (
        ("calls = 20", "calls = -1"),
        "[eligibility] calls is -1: a number of calls is 0 or more",
    ),
}


@pytest.mark.parametrize(("change", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_scale_that_contradicts_itself_is_one_line_that_says_what_to_do(
    tmp_path, change, message
):
    with pytest.raises(OptionError) as caught:
        prime(tmp_path, change)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{tmp_path / 'prime.toml'}: {message}")


def test_weights_that_no_step_reads_and_kpis_that_nothing_reads_are_refused(tmp_path):
    with pytest.raises(OptionError, match="weights are given .* and no step stands on the sum"):
        prime(tmp_path, ('on = "sum"', 'on = "calm"'), ('on = "sum"', 'on = "calm"'))
    with pytest.raises(OptionError, match=r"\[kpis.handling_seconds\]: no step, weight or elig"):
        prime(
            tmp_path,
            ('on = "sum"', 'on = "calm"'),
            ('on = "sum"', 'on = "calm"'),
            ("weight = 0.7\n", ""),
            ("weight = 0.3\n", ""),
        )


def test_what_is_no_toml_or_no_file_is_said(tmp_path):
    with pytest.raises(OptionError, match="prime.toml: is not TOML"):
        read_scale(write_scale(tmp_path, "currency = EUR"))
    with pytest.raises(NotFoundError, match="no such file"):
        read_scale(tmp_path / "none.toml")
    with pytest.raises(OptionError, match="no step: write each as"):
        parse_scale(
            {
                "currency": "EUR",
                "period": "month",
                "kpis": {
                    "calm": {"direction": "higher is better", "scale_min": 0, "scale_max": 100}
                },
            }
        )
    with pytest.raises(OptionError, match="no KPI: write at least one"):
        parse_scale({"currency": "EUR", "period": "month"})
