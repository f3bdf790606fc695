"""Enough people, stable by month, marked: the values that a reader answers these by."""

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import InsufficientDataError, NotFoundError
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import rows_of
from biasbench.evidence.stability import stability

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-10")


def months(gaps, *, n=14, seed=1, spread=0.02) -> pd.DataFrame:
    """People of a and b over four months; in each, b makes `gap` more errors per word."""
    rng = np.random.default_rng(seed)
    rows = []
    for accent in "ab":
        own = rng.normal(0, spread, n)
        for month, gap in zip(MONTHS, gaps, strict=True):
            rate = 0.15 + own + (gap if accent == "b" else 0)
            for person in range(n):
                for _ in range(3):
                    rows.append(
                        (f"{accent}{person}", accent, month, rng.poisson(rate[person] * 60))
                    )
    table = pd.DataFrame(rows, columns=["speaker_id", "accent", "month", "numerator"])
    return table.assign(system="asr:own", metric="wer", denominator=60.0, unit_id=range(len(table)))


def found_in(table, **options):
    return stability(table, by="accent", group="b", period="month", **options)


def test_each_month_is_what_the_engine_gives_on_that_month_alone():
    table = months([0.05, 0.06, 0.04, 0.05])
    found = found_in(table)
    for one in found.periods:
        rows = rows_of(table[table["month"] == one.period], by="accent", group="b")
        assert one.comparison == cr3.compare(*rows.sides())
    assert found.whole == cr3.compare(*rows_of(table, by="accent", group="b").sides())
    assert [one.period for one in found.periods] == list(MONTHS)
    assert (found.n_speakers, found.n_against) == (14, 14)


def test_a_lasting_gap_has_one_sign_and_outlives_any_month():
    found = found_in(months([0.08, 0.08, 0.08, 0.08]))
    assert (found.n_described, found.n_same_sign, found.n_shown) == (4, 4, 4)
    assert 0.06 < found.without_one_low <= found.whole.difference <= found.without_one_high


def test_a_gap_of_one_month_is_seen_to_be_of_one_month():
    found = found_in(months([0.0, 0.0, 0.35, 0.0], spread=0.001))
    assert found.n_shown == 1
    assert found.largest.period == "2026-03"
    assert found.whole.difference > 0.07
    assert found.without_one_low < 0.02  # what is left without March


def test_largest_and_smallest_are_read_in_the_direction_of_the_whole():
    there = found_in(months([0.02, 0.12, 0.06, 0.08], spread=0.001))
    assert (there.smallest.period, there.largest.period) == ("2026-01", "2026-02")
    back = stability(
        months([0.02, 0.12, 0.06, 0.08], spread=0.001), by="accent", group="a", period="month"
    )
    assert (back.smallest.period, back.largest.period) == ("2026-01", "2026-02")
    assert back.n_same_sign == there.n_same_sign == 4
    assert back.whole.difference == pytest.approx(-there.whole.difference)
    assert back.standardised == pytest.approx(-there.standardised)
    assert (back.without_one_low, back.without_one_high) == pytest.approx(
        (-there.without_one_high, -there.without_one_low)
    )


def test_a_month_against_the_others_is_not_counted_with_them():
    found = found_in(months([0.1, 0.1, 0.1, -0.05], spread=0.001))
    assert (found.n_described, found.n_same_sign) == (4, 3)


def test_standardised_is_the_difference_over_the_spread_between_people():
    table = months([0.05] * 4)
    found = found_in(table)
    rates = table.groupby(["accent", "speaker_id"])[["numerator", "denominator"]].sum()
    of_people = (rates["numerator"] / rates["denominator"]).groupby("accent")
    # Everybody has equally many words, so that √(K·V) is the plain standard deviation, × K/(K−1).
    variance = of_people.var(ddof=1) * 14 / 13
    expected = of_people.mean()["b"] - of_people.mean()["a"]
    assert found.standardised == pytest.approx(expected / np.sqrt(variance.mean()))


def test_a_month_with_few_people_is_not_described_and_says_so():
    table = months([0.08] * 4)
    few = table[
        (table["month"] != "2026-02") | (table["accent"] == "a") | (table["speaker_id"] < "b13")
    ]
    found = found_in(few)
    month = found.periods[1]
    assert month.comparison is None
    assert month.difference is None
    assert month.n_speakers < 6
    assert month.reason == f"{month.n_speakers} people in 'b' in 2026-02; 6 are needed"
    assert (found.n_described, found.n_same_sign) == (3, 3)


def test_rows_without_a_month_are_in_the_whole_and_counted():
    table = months([0.08] * 4)
    table["month"] = table["month"].where(table.index % 7 != 0, None)
    found = found_in(table)
    assert found.n_without_period == (table.index % 7 == 0).sum()
    assert found.whole.value == found_in(months([0.08] * 4)).whole.value


def test_people_who_are_all_alike_have_no_standardised_difference():
    table = months([0.08] * 4).assign(numerator=lambda t: np.where(t["accent"] == "b", 9.0, 6.0))
    found = found_in(table)
    assert found.standardised is None
    assert found.n_shown == 0
    assert all("every person has the same value" in one.reason for one in found.periods)


def test_too_few_people_or_periods_are_refused_with_the_reason():
    table = months([0.08] * 4)
    with pytest.raises(InsufficientDataError, match="5 people in 'b': whether a gap is stable"):
        found_in(months([0.08] * 4, n=5))
    with pytest.raises(InsufficientDataError, match="column 'month' names 1 period; whether"):
        found_in(table.assign(month="2026-01"))
    with pytest.raises(NotFoundError, match="no column named 'mnth'. Did you mean 'month'?"):
        stability(table, by="accent", group="b", period="mnth")
