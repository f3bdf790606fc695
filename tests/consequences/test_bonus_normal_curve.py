"""The worked table of the report (docs/report.md §K), to the printed digit, in two ways."""

import numpy as np
import pytest

from biasbench.consequences.bonus import bonus_gap, normal_curve
from biasbench.consequences.thresholds import rules_of_thumb, threshold_curve
from biasbench.errors import OptionError
from tests.consequences.scales import World, calls_table, one_kpi

#: threshold, R pass %, G pass %, gap in points, pass-side ratio, below-side ratio, € a month
WORKED = [
    (60, "98.6", "96.5", "2.1", "0.98", "2.44", "2.5"),
    (70, "82.6", "71.3", "11.3", "0.86", "1.65", "13.5"),
    (75, "62.3", "47.5", "14.8", "0.76", "1.39", "17.7"),
    (80, "37.7", "24.6", "13.1", "0.65", "1.21", "15.8"),
    (90, "5.9", "2.6", "3.3", "0.45", "1.03", "3.9"),
]


def worked():
    return normal_curve(74.5, 77.5, sd=8, thresholds=[row[0] for row in WORKED], amount=120)


@pytest.mark.parametrize(("place", "row"), list(enumerate(WORKED)))
def test_the_worked_table_is_reproduced_to_the_printed_digit(place, row):
    found = worked().iloc[place]
    assert found["threshold"] == row[0]
    assert (
        f"{100 * found['against_pass_rate']:.1f}",
        f"{100 * found['pass_rate']:.1f}",
        f"{100 * found['difference']:.1f}",
        f"{found['pass_ratio']:.2f}",
        f"{found['below_ratio']:.2f}",
        f"{found['amount']:.1f}",
    ) == row[1:]


def test_three_points_are_fifteen_points_of_passing_and_212_euros_a_year_at_75():
    at = worked().set_index("threshold").loc[75]
    assert round(100 * at["difference"]) == 15
    assert int(17.7 * 12) == 212
    assert 12 * at["amount"] == pytest.approx(212, abs=1)


def test_six_of_twelve_against_37_of_60_is_katz():
    """Katz et al. (1978), the log interval of two shares from a normal curve: 0.81 [0.45; 1.48]."""
    katz = rules_of_thumb(6, 12, 37, 60).katz
    assert f"{katz.ratio:.2f} [{katz.low:.2f}; {katz.high:.2f}]" == "0.81 [0.45; 1.48]"


def test_the_pipeline_gives_the_same_table_on_people():
    """8,000 people a side, one month of one call: every figure within 5 Monte-Carlo errors."""
    n = 8_000
    world = World((n, n), 1, 1, people_sd=8, month_sd=0, call_sd=0)
    table = calls_table(*world.draw(np.random.default_rng(3)))
    expected = worked()
    curve = threshold_curve(
        table,
        by="accent",
        group="g",
        unit="row",
        thresholds=expected["threshold"].tolist(),
        n_resamples=9,
    ).table
    for name in ("pass_rate", "against_pass_rate"):
        error = np.sqrt(expected[name] * (1 - expected[name]) / n)
        assert (np.abs(curve[name] - expected[name]) < 5 * error).all(), name
    for outcome in ("pass", "below"):
        ours, other = expected["pass_rate"], expected["against_pass_rate"]
        if outcome == "below":
            ours, other = 1 - ours, 1 - other
        error = np.sqrt((1 - ours) / (n * ours) + (1 - other) / (n * other))
        off = np.log(curve[f"{outcome}_ratio"] / expected[f"{outcome}_ratio"])
        assert (np.abs(off) < 5 * error).all(), outcome
    for threshold, amount in zip(expected["threshold"], expected["amount"], strict=True):
        found = bonus_gap(
            table, one_kpi((threshold,)), by="accent", group="g", margin=0.1, n_resamples=39
        )
        (simulated,) = found.simulated
        # The standard error of the amount: 120 € times that of a difference of two shares.
        assert simulated.gap.value == pytest.approx(amount, abs=5 * 120 * np.sqrt(0.5 / n))
        assert found.score.verdict == "V-D1"


def test_swapping_the_sides_turns_the_gap_and_inverts_the_ratios():
    there = worked()
    back = normal_curve(77.5, 74.5, sd=8, thresholds=there["threshold"].tolist(), amount=120)
    assert np.allclose(there["amount"], -back["amount"])
    assert np.allclose(there["pass_ratio"] * back["pass_ratio"], 1)
    assert np.allclose(there["below_ratio"] * back["below_ratio"], 1)


def test_what_makes_no_curve_is_refused():
    with pytest.raises(OptionError, match="sd=0: give a number above 0"):
        normal_curve(74.5, 77.5, sd=0, thresholds=[75], amount=120)
    with pytest.raises(OptionError, match="mean=nan: give a finite number"):
        normal_curve(np.nan, 77.5, sd=8, thresholds=[75], amount=120)
    with pytest.raises(OptionError, match="give one or more finite numbers"):
        normal_curve(74.5, 77.5, sd=8, thresholds=[], amount=120)
