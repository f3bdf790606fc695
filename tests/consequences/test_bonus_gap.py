"""From score to pay: each link against its own arithmetic, and no euro without a verdict."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences.bonus import (
    bonus_gap,
    months_of_table,
    observed_bonus,
    parse_scale,
    person_months,
)
from biasbench.consequences.bonus.scale import BonusScale, Eligibility, Kpi, Ladder
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.assessment import assess
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from tests.consequences.scales import World, calls_table, one_kpi

WORLD = World((40, 40), 3, 8, against_mean=80.5)


def measured(seed=0, world=WORLD) -> pd.DataFrame:
    return calls_table(*world.draw(np.random.default_rng(seed)))


def paid_by(table, scale, **changes) -> pd.DataFrame:
    months = person_months(table, by="accent", period="month").table
    return months[["speaker_id", "period"]].assign(
        paid=scale.pay({"calm": months["calm"]}), **changes
    )


def ask(table, scale=None, **options):
    options = {"period": "month", "margin": 1.0, "n_resamples": 99, **options}
    return bonus_gap(table, scale or one_kpi(), by="accent", group="g", **options)


# ── What was paid ──────────────────────────────────────────────────────────────────────────────


def test_the_bonus_paid_is_compared_by_person_and_its_missing_months_are_counted():
    table = measured()
    own = paid_by(table, one_kpi())
    own.loc[[0, 1, 150], "paid"] = np.nan
    own.loc[[5, 6, 160], "paid"] = 30.0
    found = ask(table, own=own, pay_margin=5).observed
    merged = own.assign(accent=own["speaker_id"].str[0])
    sides = []
    for place, name in enumerate("gr"):
        part = merged[(merged["accent"] == name) & merged["paid"].notna()]
        sides.append(
            speaker_sums(part["speaker_id"], part["paid"], np.ones(len(part)), kind="mean")
        )
        assert found.median[place] == part["paid"].median()
        assert found.n_zero[place] == (part["paid"] == 0).sum()
        assert found.n_months[place] == len(part)
    expected = cr3.compare(*sides)
    assert found.finding.difference == pytest.approx(expected.difference)
    assert found.finding.difference_low == pytest.approx(expected.difference_low)
    assert found.zero.value == pytest.approx(found.n_zero[0] / found.n_months[0])
    assert found.n_missing == (2, 1)
    assert (found.n_people, found.n_periods) == ((40, 40), 3)
    assert found.finding.verdict == "V-D1"


def test_an_amount_that_is_not_known_is_not_zero():
    table = measured()
    own = paid_by(table, one_kpi())
    own.loc[own["paid"] == 0, "paid"] = np.nan
    found = ask(table, own=own, pay_margin=5).observed
    assert found.finding.value == 120
    assert found.n_zero == (0, 0)
    assert found.finding.verdict == "V-N"
    assert "N-MISS" in found.finding.reason


def test_without_any_amount_on_a_side_it_is_said():
    table = measured()
    own = paid_by(table, one_kpi())
    own.loc[own["speaker_id"].str.startswith("g"), "paid"] = np.nan
    with pytest.raises(InsufficientDataError, match="nobody in 'g' has a known amount paid"):
        ask(table, own=own)
    months = person_months(table, by="accent", period="month")
    with pytest.raises(OptionError, match="no column 'paid'"):
        observed_bonus(months, group="g", currency="EUR")


def test_whether_the_scale_gives_what_was_paid_is_counted():
    table = measured()
    own = paid_by(table, one_kpi())
    assert ask(table, own=own).fit.n_equal == 240
    own.loc[:9, "paid"] += 1
    fit = ask(table, own=own).fit
    assert (fit.n_compared, fit.n_equal) == (240, 230)
    assert fit.mean_paid - fit.mean_by_scale == pytest.approx(10 / 240)


# ── No euro without a verdict ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("table", "options", "verdict"),
    [
        (measured(2, World((40, 40), 3, 8, against_mean=74.5)), {"margin": 1.0}, "V-I"),
        (measured(2, World((400, 400), 1, 1, against_mean=74.5)), {"margin": 9.0}, "V-E"),
        (measured(0, World((6, 40), 3, 8, against_mean=90)), {}, "V-N"),
        (measured(), {"margin": None}, None),
    ],
)
def test_a_score_gap_that_is_not_established_gives_a_refusal_and_no_number(table, options, verdict):
    own = paid_by(table, one_kpi())
    found = ask(table, own=own, substituted=table, corrected=table, **options)
    assert found.score.verdict == verdict
    assert found.simulated == ()
    (refusal,) = found.refusals
    assert (refusal.code, refusal.scenario, refusal.verdict) == ("PAY-NO", None, verdict)
    assert not any(isinstance(value, float | int) for value in asdict(refusal).values())
    assert found.table["figure"].tolist() == ["paid"]  # what was paid is always given


@pytest.mark.parametrize(
    ("against_mean", "margin", "verdict", "direction"),
    [
        (84.5, 1.0, "V-D1", "disadvantage"),
        (80.5, 5.0, "V-D2", "disadvantage"),
        (80.5, 30.0, "V-D3", "disadvantage"),
        (64.5, 1.0, "V-A1", "advantage"),
        (68.5, 30.0, "V-A3", "advantage"),
    ],
)
def test_an_established_gap_is_simulated_whichever_way_it_goes(
    against_mean, margin, verdict, direction
):
    table = measured(0, replace(WORLD, against_mean=against_mean))
    found = ask(table, margin=margin)
    assert found.score.verdict == verdict
    (one,) = found.simulated
    assert found.refusals == ()
    assert one.direction == direction
    assert one.gap.value > 0
    assert one.gap.low < one.gap.value < one.gap.high


def test_the_finding_of_a_family_assessed_before_decides():
    table = measured()
    family = assess(table, by="accent", margin=1.0, n_resamples=19)
    finding = next(one for one in family.to_findings() if one.group == "g")
    found = ask(table, margin=None, finding=finding)
    assert found.score is finding
    assert len(found.simulated) == 1
    doubtful = replace(finding, verdict="V-I")
    assert ask(table, margin=None, finding=doubtful).refusals[0].code == "PAY-NO"
    with pytest.raises(OptionError, match="finding= is about group 'r', and 'g' is asked for"):
        ask(table, margin=None, finding=replace(finding, group="r"))
    with pytest.raises(OptionError, match="hand over the finding about these very rows"):
        ask(table[:-40], margin=None, finding=finding)
    with pytest.raises(OptionError, match="the finding has its own margin"):
        ask(table, finding=finding)


def test_the_score_gap_is_the_one_that_assess_finds_and_keeps_its_gates():
    table = measured()
    found = ask(table).score
    direct = next(
        one
        for one in assess(table, by="accent", margin=1.0, n_resamples=99).to_findings()
        if one.group == "g"
    )
    assert (found.difference_low, found.verdict) == (direct.difference_low, direct.verdict)
    assert (found.by, found.group, found.against) == ("accent", "g", "rest")
    apart = table.assign(device=np.where(table["accent"] == "g", "headset", "phone"))
    refused = ask(apart)
    assert refused.score.verdict == "V-N"
    assert "N-CONF(factor=device): accent and device coincide: 'g' and rest" in refused.score.reason


def test_three_groups_are_asked_about_as_one_against_the_rest_or_against_another():
    table = pd.concat(
        [
            measured(),
            measured(5)
            .query("accent == 'r'")
            .replace({"accent": {"r": "s"}})
            .assign(
                speaker_id=lambda t: "s" + t["speaker_id"], unit_id=lambda t: "s" + t["unit_id"]
            ),
        ]
    )
    rest, named = ask(table).score, ask(table, against="s").score
    assert (rest.n_against, named.n_against) == (80, 40)
    assert (rest.n_comparisons, named.n_comparisons) == (1, 1)
    assert named.against == "s"


# ── The simulations ────────────────────────────────────────────────────────────────────────────


def test_the_gap_removed_is_the_scores_moved_and_paid_again():
    table = measured()
    (one,) = ask(table).simulated
    months = person_months(table, by="accent", period="month").table
    score = months["calm"].to_numpy()
    ours = (months["group"] == "g").to_numpy()
    points = score[~ours].mean() - score[ours].mean()  # months of one size
    pay = lambda x: np.where(x >= 75, 120.0, 0.0)  # noqa: E731
    assert one.shift == pytest.approx(points)
    assert one.now == pytest.approx((pay(score[ours]).mean(), pay(score[~ours]).mean()))
    assert one.then[0] == pytest.approx(pay(score[ours] + points).mean())
    assert one.gap_change.value == pytest.approx(one.then[0] - one.now[0])
    up = pay(score[ours] + points) > pay(score[ours])
    assert one.crossings.n_months_up == up.sum()
    assert one.crossings.n_months_down == 0
    assert one.crossings.n_people_up == months.loc[ours, "speaker_id"][up].nunique()
    assert (one.n_people, one.n_months, one.n_missing) == ((40, 40), (120, 120), (0, 0))


def test_scores_are_not_moved_off_their_scale_and_it_is_counted():
    table = measured()
    table["numerator"] = table["numerator"].clip(0, 90)
    scale = BonusScale(
        "EUR",
        (Kpi("calm", "higher is better", 0, 90),),
        (Ladder("calm", (90.0,), (120.0,), True),),
    )
    (one,) = ask(table, scale).simulated
    months = person_months(table, by="accent", period="month").table.query("group == 'g'")
    beyond = months["calm"] + one.shift > 90
    assert one.n_kept_in_scale == beyond.sum() > 0
    assert one.then[0] == pytest.approx(120 * beyond.mean())


def test_a_second_scoring_changes_each_side_by_the_mean_of_its_own_changes():
    table = measured()
    rng = np.random.default_rng(8)
    points = np.where(table["accent"] == "g", 5.0, 1.0) + rng.normal(0, 1, len(table))
    second = table.assign(numerator=table["numerator"] + points, system="reference")
    found = ask(table, substituted=second, corrected=table)
    removed, substituted, corrected = found.simulated
    assert [one.scenario for one in found.simulated] == ["gap_removed", "substituted", "corrected"]
    first, then = (person_months(t, by="accent", period="month").table for t in (table, second))
    change = 120.0 * ((then["calm"] >= 75).astype(int) - (first["calm"] >= 75).astype(int))
    by_side = change.groupby(first["group"]).mean()
    assert substituted.group_change.value == pytest.approx(by_side["g"])
    assert substituted.against_change.value == pytest.approx(by_side["r"])
    assert substituted.gap_change.value == pytest.approx(by_side["g"] - by_side["r"])
    assert substituted.gap_change.low > 0
    # The same scores again change nothing, and know it.
    assert asdict(corrected.gap_change) == {"value": 0.0, "low": 0.0, "high": 0.0}
    assert corrected.now == corrected.then == removed.now


def test_only_calls_scored_both_ways_are_in_both_months():
    table = measured()
    second = table.assign(numerator=table["numerator"] + 3)[lambda t: t.index % 2 == 0]
    found = ask(table, substituted=second)
    one = found.simulated[1]
    half = person_months(table[table.index % 2 == 0], by="accent", period="month").table
    now = half.assign(paid=120.0 * (half["calm"] >= 75)).groupby("group")["paid"].mean()
    assert one.now == pytest.approx((now["g"], now["r"]))
    assert found.notes[-1].startswith("substituted: 960 calls have no second score and 0 no first")
    with pytest.raises(InsufficientDataError, match="corrected: no call has a score both there"):
        ask(table, corrected=second.assign(unit_id=lambda t: "x" + t["unit_id"]))
    wrong = second.assign(speaker_id=np.where(second.index == 0, "g0001", second["speaker_id"]))
    with pytest.raises(TableError, match="unit 'c0' is of speaker 'g0001' there and of 'g0000'"):
        ask(table, substituted=wrong)


def test_most_of_the_months_must_be_scored_both_ways():
    table = measured()
    few = table[table["month"] == "2026-01"]
    with pytest.raises(
        InsufficientDataError, match="80 of 120 person-months of 'g' have not an am"
    ):
        ask(table, substituted=few)


def test_other_kpis_stay_as_they_are_and_missing_ones_are_counted():
    table = measured()
    kpi = {"direction": "higher is better", "scale_min": -1000, "scale_max": 1000}
    scale = parse_scale(
        {
            "currency": "EUR",
            "period": "month",
            "kpis": {"calm": kpi, "sales": kpi},
            "steps": [
                {"from": 75, "amount": 120, "on": "calm"},
                {"from": 10, "amount": 30, "on": "sales"},
            ],
            "cap": {"month": 130},
        }
    )
    own = paid_by(table, one_kpi(), sales=np.arange(240.0) % 20)
    own.loc[:4, "sales"] = np.nan
    one = ask(table, scale, own=own).simulated[0]
    months = own.merge(
        person_months(table, by="accent", period="month").table.drop(columns="calls"),
        on=["speaker_id", "period"],
    )
    ours = months[(months["group"] == "g") & months["sales"].notna()]

    def pay(score):
        return np.minimum(120.0 * (score >= 75) + 30.0 * (ours["sales"] >= 10), 130)

    assert one.n_missing == (5, 0)
    assert one.now[0] == pytest.approx(pay(ours["calm"]).mean())
    assert one.then[0] == pytest.approx(pay(ours["calm"] + one.shift).mean())
    own.loc[:60, "sales"] = np.nan
    with pytest.raises(
        InsufficientDataError, match="61 of 120 person-months of 'g' have not an am"
    ):
        ask(table, scale, own=own)


def test_conditions_of_the_scale_are_read_from_the_months():
    table = measured()
    scale = replace(one_kpi(), eligibility=Eligibility(calls=9))
    assert ask(table, scale).simulated[0].now == (0.0, 0.0)  # 8 calls a month
    own = paid_by(table, one_kpi(), calls=9)
    assert ask(table, scale, own=own).simulated[0].now[1] > 0
    service = replace(one_kpi(), eligibility=Eligibility(months=6))
    with pytest.raises(OptionError, match="the scale reads 'months', which the person-months do"):
        ask(table, service)


def test_the_gap_at_equal_rating_moves_by_its_own_size_and_needs_a_verdict_of_its_own():
    table = measured()
    gap = Comparison(
        70.0, 72.0, 0.95, "at equal rating", -2.0, -3.2, -0.8, dof=60.0, kind="mean", t=-3.3
    )
    removed, equal = ask(table, margin=0.5, equal_rating=gap).simulated
    assert equal.scenario == "gap_removed_at_equal_rating"
    assert equal.shift == 2.0
    assert 0 < equal.gap.value < removed.gap.value
    assert equal.gap.low < equal.gap.value < equal.gap.high
    unsure = replace(gap, difference_low=-4.5, difference_high=0.5)
    found = ask(table, margin=0.5, equal_rating=unsure)
    assert [one.scenario for one in found.simulated] == ["gap_removed"]
    assert [one.scenario for one in found.refusals] == ["gap_removed_at_equal_rating"]


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────


def test_names_and_order_change_nothing_and_the_seed_only_the_range():
    table = measured()
    one = ask(table).simulated[0]
    names = {
        name: f"x{number}"
        for number, name in enumerate(
            np.random.default_rng(1).permutation(table["speaker_id"].unique())
        )
    }
    other = table.assign(speaker_id=table["speaker_id"].map(names)).sample(frac=1, random_state=3)
    assert ask(other).simulated[0] == one
    again = ask(table, seed=1).simulated[0]
    assert again.gap.value == one.gap.value
    assert again.gap.low != one.gap.low


def test_a_table_of_months_alone_gives_the_same_figure_and_redraws_no_call():
    table = measured()
    months = person_months(table, by="accent", period="month").table
    own = months[["speaker_id", "period", "calm"]].assign(accent=months["group"])
    known = months_of_table(own, by="accent", kpi="calm")
    found = bonus_gap(known, one_kpi(), by="accent", group="g", margin=1.0, n_resamples=99)
    one, with_calls = found.simulated[0], ask(table).simulated[0]
    assert one.gap.value == pytest.approx(with_calls.gap.value)
    assert one.two_stage is None
    assert with_calls.two_stage is not None
    assert "cannot be redrawn" in found.notes[0]
    with pytest.raises(OptionError, match="period= belongs to person_months"):
        bonus_gap(known, one_kpi(), by="accent", group="g", period="month")
    with pytest.raises(OptionError, match="were made by 'accent'"):
        bonus_gap(known, one_kpi(), by="site", group="g")


def test_where_higher_is_worse_the_mirror_image_costs_the_same():
    table = measured()
    turned = table.assign(numerator=-table["numerator"], direction="higher is worse")
    scale = BonusScale(
        "EUR",
        (Kpi("calm", "higher is worse", -1000, 1000),),
        (Ladder("calm", (-75.0,), (120.0,), False),),
    )
    one, other = ask(table).simulated[0], ask(turned, scale).simulated[0]
    assert (one.direction, one.gap.value) == (other.direction, pytest.approx(other.gap.value))


def test_no_amount_of_one_person_and_no_total_is_in_what_a_report_prints():
    """Means a person-month, counts and ranges: nothing with a row for each person."""
    table = measured()
    found = ask(table, own=paid_by(table, one_kpi()), substituted=table)
    for part in (found.observed, found.fit, *found.simulated):
        for value in asdict(part).values():
            assert not isinstance(value, np.ndarray | pd.DataFrame | list)
    assert found.table["value"].max() <= 120
    assert found.table["figure"].is_unique


def test_what_cannot_be_asked_is_refused():
    table = measured()
    with pytest.raises(OptionError, match="is 'higher is better' in the measures and 'calm' is"):
        ask(table, replace(one_kpi(), kpis=(Kpi("calm", "higher is worse", -1000, 1000),)))
    two = replace(
        one_kpi(),
        kpis=(*one_kpi().kpis, Kpi("sales", "higher is better", 0, 10)),
        ladders=(*one_kpi().ladders, Ladder("sales", (5.0,), (10.0,), True)),
    )
    with pytest.raises(OptionError, match="the scale reads sales as well: pass own="):
        ask(table, two)
    with pytest.raises(NotFoundError, match="no KPI of the scale named 'clam'. Did you mean"):
        ask(table, two, kpi="clam")
    with pytest.raises(OptionError, match="which KPI of the scale is mean_score:nice"):
        ask(table.assign(metric="mean_score:nice"), two)
    with pytest.raises(OptionError, match="level=95"):
        ask(table, level=95)
    with pytest.raises(
        OptionError, match="'calm' is .*, and the scale declares it between 0 and 9"
    ):
        ask(table, replace(one_kpi(), kpis=(Kpi("calm", "higher is better", 0, 9),)))
