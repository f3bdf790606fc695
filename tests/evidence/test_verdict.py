"""Exactly one verdict for any interval, and the mirror image for the mirror image."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.verdict import interval_code, judge, oriented

ends = st.floats(-2, 2, allow_nan=False)
intervals = st.tuples(ends, ends).map(sorted)
margins = st.floats(1e-3, 1)

# The table of docs/report.md §D, each line as its condition and nothing else.
RULE = {
    "V-D1": lambda low, high, d: low > d,
    "V-D2": lambda low, high, d: 0 < low <= d < high,
    "V-D3": lambda low, high, d: low > 0 and high <= d,
    "V-E": lambda low, high, d: -d <= low <= 0 <= high <= d,
    "V-I": lambda low, high, d: low <= 0 <= high and not (-d <= low and high <= d),
    "V-A1": lambda low, high, d: high < -d,
    "V-A2": lambda low, high, d: low < -d <= high < 0,
    "V-A3": lambda low, high, d: low >= -d and high < 0,
}
MIRROR = {code: code.translate(str.maketrans("DA", "AD")) for code in RULE}


@given(intervals, margins)
@example([0.0, 0.0], 0.03)
@example([0.03, 0.03], 0.03)
@example([-0.03, 0.03], 0.03)
@example([0.03, 0.05], 0.03)
@example([-0.05, -0.03], 0.03)
def test_every_interval_has_exactly_one_code_and_it_is_the_rules(interval, margin):
    low, high = interval
    fulfilled = [code for code, holds in RULE.items() if holds(low, high, margin)]
    assert fulfilled == [interval_code(low, high, margin)]


@given(intervals, margins)
def test_swapping_the_groups_swaps_disadvantage_and_advantage(interval, margin):
    low, high = interval
    assert interval_code(-high, -low, margin) == MIRROR[interval_code(low, high, margin)]


@pytest.mark.parametrize(
    ("low", "high", "code"),
    [
        (0.031, 0.09, "V-D1"),
        (0.01, 0.09, "V-D2"),
        (0.03, 0.09, "V-D2"),
        (0.01, 0.03, "V-D3"),
        (-0.03, 0.03, "V-E"),
        (0.0, 0.02, "V-E"),
        (-0.01, 0.031, "V-I"),
        (-0.03, -0.01, "V-A3"),
        (-0.09, -0.03, "V-A2"),
        (-0.09, -0.031, "V-A1"),
    ],
)
def test_every_row_of_the_table_is_reached(low, high, code):
    assert interval_code(low, high, 0.03) == code


@given(intervals)
def test_where_higher_is_better_the_interval_is_turned_round(interval):
    low, high = interval
    assert oriented(low, high, "higher is worse") == (low, high)
    assert oriented(low, high, "higher is better") == (-high, -low)


COMPARED = Comparison(
    value=0.2,
    against_value=0.1,
    level=0.95,
    method="by hand",
    difference=0.1,
    difference_low=0.04,
    difference_high=0.16,
    ratio=2.0,
    ratio_low=1.4,
    ratio_high=2.9,
)


def test_a_verdict_says_its_interval_and_margin():
    verdict = judge(COMPARED, margin=0.03, direction="higher is worse")
    assert verdict.code == "V-D1"
    assert verdict.reason == (
        "V-D1: the gap, adjusted and turned so that above 0 is worse, lies in [0.04, 0.16]; "
        "margin 0.03"
    )


def test_a_higher_score_is_an_advantage_where_higher_is_better():
    assert judge(COMPARED, margin=0.03, direction="higher is better").code == "V-A1"


def test_the_weaker_verdict_stands_where_only_the_ratio_allows_no_gap():
    verdict = judge(replace(COMPARED, ratio_low=0.99), margin=0.03, direction="higher is worse")
    assert verdict.code == "V-I"
    assert "the interval of the ratio holds equality, that of the difference does not" in (
        verdict.reason
    )
    assert "the weaker verdict stands" in verdict.reason


def test_the_weaker_verdict_stands_where_only_the_difference_allows_no_gap():
    crossing = replace(COMPARED, difference_low=-0.01)
    verdict = judge(crossing, margin=0.03, direction="higher is worse")
    assert verdict.code == "V-I"
    assert "the interval of the difference holds equality, that of the ratio does not" in (
        verdict.reason
    )


def test_a_small_gap_that_the_ratio_does_not_show_is_equivalence_within_the_margin():
    small = replace(COMPARED, difference_low=0.001, difference_high=0.02, ratio_low=0.999)
    assert judge(small, margin=0.03, direction="higher is worse").code == "V-E"


def test_without_an_interval_there_is_nothing_to_judge():
    with pytest.raises(ValueError, match="a comparison without an interval has no verdict"):
        judge(replace(COMPARED, difference_low=None), margin=0.03, direction="higher is worse")
