"""The odds of a label at equal rating: others' point estimate, people's own uncertainty."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.explain.ratings.mantel_haenszel import ets_class, odds_at_equal_rating
from biasbench.explain.ratings.odds_ratio import (
    LabelCounts,
    common_odds_ratio,
    label_counts,
    row_error,
)
from tests.calibration.test_coverage import FULL, QUICK, monte_carlo_error
from tests.explain.rated import Rated, measures_of, two_sides
from tests.explain.test_ratings import common

EXACT = 1e-12

# Admitted and rejected, men and women, by department: R's UCBAdmissions (Bickel, Hammel &
# O'Connell 1975). R 4.2: mantelhaen.test(UCBAdmissions, correct = FALSE)
BERKELEY = np.array(
    [
        [[512, 313], [89, 19]],
        [[353, 207], [17, 8]],
        [[120, 205], [202, 391]],
        [[138, 279], [131, 244]],
        [[53, 138], [94, 299]],
        [[22, 351], [24, 317]],
    ],
    dtype=float,
)
BERKELEY_ODDS = 0.904696828259
BERKELEY_INTERVAL = (0.771907361759, 1.060329764437)  # rows as if independent, z


def counted(side: Rated, kept: np.ndarray) -> LabelCounts:
    return label_counts(side.person, side.stratum, side.label == 1, is_kept=kept)


def tables_of(group: LabelCounts, other: LabelCounts) -> np.ndarray:
    """2 × 2 × strata, as statsmodels takes them."""
    (a, b), (c, d) = group.totals(), other.totals()
    return np.array([[a, b], [c, d]])


def test_berkeley_has_the_odds_ratio_and_row_interval_of_r():
    """Every applicant is a person of one row, so that the jackknife is close to R's error."""
    sides = []
    for place in (0, 1):
        yes, no = BERKELEY[:, place, 0], BERKELEY[:, place, 1]
        sides.append(
            LabelCounts(
                np.vstack(
                    [np.repeat(np.eye(6), yes.astype(int), axis=0), np.zeros((int(no.sum()), 6))]
                ),
                np.vstack(
                    [np.zeros((int(yes.sum()), 6)), np.repeat(np.eye(6), no.astype(int), axis=0)]
                ),
            )
        )
    found = common_odds_ratio(*sides)
    assert found.value == pytest.approx(BERKELEY_ODDS, abs=1e-12)
    reach = 1.959963984540054 * found.standard_error_rows
    assert found.value * math.exp(-reach) == pytest.approx(BERKELEY_INTERVAL[0], abs=1e-12)
    assert found.value * math.exp(reach) == pytest.approx(BERKELEY_INTERVAL[1], abs=1e-12)
    assert found.standard_error == pytest.approx(found.standard_error_rows, rel=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_value_and_row_error_are_those_of_statsmodels(seed):
    sides = two_sides(np.random.default_rng(seed), (9, 14), odds_ratio=1.5)
    kept = common(sides, 1)
    group, other = (counted(side, kept) for side in sides)
    theirs = StratifiedTable(tables_of(group, other))
    ours = common_odds_ratio(group, other)
    assert ours.value == pytest.approx(theirs.oddsratio_pooled, rel=EXACT)
    assert ours.standard_error_rows == pytest.approx(theirs.logodds_pooled_se, rel=1e-10)
    (a, b), (c, d) = group.totals(), other.totals()
    assert row_error(a, b, c, d) == ours.standard_error_rows


def test_the_error_is_that_of_leaving_out_each_person():
    sides = two_sides(np.random.default_rng(7), (8, 10), odds_ratio=2.0)
    kept = common(sides, 1)
    group, other = (counted(side, kept) for side in sides)
    whole = math.log(StratifiedTable(tables_of(group, other)).oddsratio_pooled)

    def without(side: LabelCounts, person: int) -> LabelCounts:
        left = np.arange(len(side.labelled)) != person
        return LabelCounts(side.labelled[left], side.unlabelled[left])

    squares = [
        (whole - math.log(StratifiedTable(table).oddsratio_pooled)) ** 2
        for table in (
            *(tables_of(without(group, person), other) for person in range(8)),
            *(tables_of(group, without(other, person)) for person in range(10)),
        )
    ]
    found = common_odds_ratio(group, other)
    assert found.standard_error == pytest.approx(math.sqrt(sum(squares)), rel=1e-10)
    one, two = sum(squares[:8]), sum(squares[8:])
    assert found.dof == pytest.approx((one + two) ** 2 / (one**2 / 7 + two**2 / 9))
    assert found.t == pytest.approx(whole / math.sqrt(one + two))


def test_the_weighted_mean_of_the_strata_is_the_common_odds_ratio():
    table = measures_of(two_sides(np.random.default_rng(3), (14, 14)), value="label")
    found = odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    mean = float((found.strata["odds_ratio"] * found.strata["weight"]).sum())
    assert found.at_equal_rating.value == pytest.approx(mean)
    assert found.strata["stratum"].tolist() == ["1", "2", "3", "4", "5"]


def test_swapping_the_groups_turns_the_odds_round():
    table = measures_of(two_sides(np.random.default_rng(3), (14, 9), odds_ratio=3.0), value="label")
    b, a = (odds_at_equal_rating(table, by="accent", group=group, rating="heard") for group in "ba")
    assert b.at_equal_rating.value == pytest.approx(1 / a.at_equal_rating.value)
    assert b.at_equal_rating.low == pytest.approx(1 / a.at_equal_rating.high)
    assert b.at_equal_rating.p == pytest.approx(a.at_equal_rating.p)
    assert (b.d_dif, b.d_low, b.ets_class) == pytest.approx((-a.d_dif, -a.d_high, a.ets_class))
    assert b.d_dif == pytest.approx(2.35 * math.log(b.at_equal_rating.value))


def test_more_labels_at_every_rating_are_more_odds_and_a_delta_above_0():
    table = measures_of(two_sides(np.random.default_rng(4), (30, 30), odds_ratio=6), value="label")
    found = odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    assert found.at_equal_rating.low > 1
    assert found.d_low > 0
    assert found.ets_class == "C"


def test_a_gap_that_is_all_rating_is_no_odds_at_equal_rating():
    """A third of the calls rated 1 and two thirds of those rated 2 are labelled, of everybody."""
    calls = {1: [1, 0, 0], 2: [1, 1, 0]}
    rows = [
        (f"{group}{person}", group, heard, float(label))
        for group, ratings in (("b", [1, 2, 2]), ("a", [1, 1, 2]))
        for person in range(9)
        for heard in ratings
        for label in np.roll(calls[heard], person)[: 2 + person % 2]
    ]
    table = pd.DataFrame(rows, columns=["speaker_id", "accent", "heard", "numerator"])
    table = table.assign(
        system="s", unit_id=range(len(rows)), metric="label_rate:x", denominator=1.0
    )
    found = odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    assert found.unadjusted.value > 1.3
    assert found.at_equal_rating.value == pytest.approx(1.0, abs=0.05)
    assert found.ets_class == "A"


def test_renaming_people_changes_no_bit():
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    renamed = table.assign(speaker_id=table["speaker_id"].str[::-1])
    first, second = (
        odds_at_equal_rating(one, by="accent", group="b", rating="heard").at_equal_rating
        for one in (table, renamed)
    )
    assert first == second


def test_rows_that_do_not_qualify_are_left_aside():
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    extra = table.iloc[:40].assign(
        unit_id=[f"x{n}" for n in range(40)], numerator=0.0, denominator=0.0
    )
    first, second = (
        odds_at_equal_rating(one, by="accent", group="b", rating="heard").at_equal_rating
        for one in (table, pd.concat([table, extra]))
    )
    assert first == second


def test_people_who_have_no_shared_rating_are_not_counted():
    table = measures_of(two_sides(np.random.default_rng(2), (12, 12)), value="label")
    table.loc[table["speaker_id"] == "b0", "heard"] = 6
    found = odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    without = table[table["speaker_id"] != "b0"]
    expected = odds_at_equal_rating(without, by="accent", group="b", rating="heard")
    assert (found.n_speakers, found.n_against) == (11, 12)
    assert found.at_equal_rating == expected.at_equal_rating
    assert found.n_outside == ((table["heard"] == 6).sum(), 0)


@pytest.mark.parametrize(
    ("d_dif", "error", "expected"),
    [
        (0.99, 0.01, "A"),  # small, however sure
        (1.4, 0.8, "A"),  # not told from 0: 1.75 standard errors
        (1.0, 0.4, "B"),
        (1.49, 0.01, "B"),  # told from 1, and below 1.5
        (1.6, 0.4, "B"),  # 1.5 standard errors above 1
        (1.6, 0.35, "C"),  # 1.71 above 1: one-sided, as ETS has it
        (-1.6, 0.35, "C"),
    ],
)
def test_classes_are_those_of_ets(d_dif, error, expected):
    assert ets_class(d_dif, error, dof=1e6) == expected


def test_few_people_make_a_class_harder_to_reach():
    assert ets_class(1.6, 0.35, dof=4) == "B"


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


def test_a_metric_that_is_not_yes_or_no_is_refused():
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)))
    words = "odds need a metric that is 0 / 1 or 1 / 1 in each, such as label_rate:NAME"
    with pytest.raises(OptionError, match=re.escape(words)):
        odds_at_equal_rating(table, by="accent", group="b", rating="heard")


def test_a_side_that_is_never_labelled_has_no_odds_ratio():
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    table.loc[table["accent"] == "a", "numerator"] = 0.0
    with pytest.raises(InsufficientDataError, match="a side is labelled always or never"):
        odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    table.loc[(table["speaker_id"] == "a3") & (table["heard"] == 3), "numerator"] = 1.0
    with pytest.raises(InsufficientDataError, match="the odds ratio hangs on one person"):
        odds_at_equal_rating(table, by="accent", group="b", rating="heard")


# ── False alarms and coverage ──────────────────────────────────────────────────────────────────


def studies(
    people: tuple[int, int], n_studies: int, odds_ratio: float
) -> tuple[float, float, float]:
    """Coverage, alarms and alarms of the test on rows, %."""
    rng = np.random.default_rng([19590401, *people])
    held, alarms, row_alarms = [], [], []
    for _ in range(n_studies):
        sides = two_sides(rng, people, odds_ratio=odds_ratio)
        kept = common(sides, 1)
        group, other = (counted(side, kept) for side in sides)
        try:
            found = common_odds_ratio(group, other)
        except InsufficientDataError:
            continue
        held.append(found.low <= odds_ratio <= found.high)
        alarms.append(found.p < 0.05)
        chi_square = StratifiedTable(tables_of(group, other)).test_null_odds(correction=True)
        row_alarms.append(chi_square.pvalue < 0.05)
    assert len(held) > 0.99 * n_studies
    return tuple(100 * float(np.mean(each)) for each in (held, alarms, row_alarms))


@pytest.mark.parametrize("people", [(12, 12), (30, 30)])
def test_chance_raises_few_alarms_and_the_classic_test_on_rows_raises_many(people):
    held, alarms, row_alarms = studies(people, QUICK, 1.0)
    assert alarms <= 5 + 3 * monte_carlo_error(5, QUICK)
    assert held >= 95 - 3 * monte_carlo_error(95, QUICK)
    assert row_alarms > 25


def test_intervals_hold_an_odds_ratio_of_two():
    held, _, _ = studies((12, 12), QUICK, 2.0)
    assert 95 - 3 * monte_carlo_error(95, QUICK) <= held <= 99


@pytest.mark.slow
@pytest.mark.parametrize("odds_ratio", [1.0, 2.0])
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 30), (30, 6)])
def test_intervals_hold_the_truth_within_the_acceptance_band(people, odds_ratio):
    held, _, row_alarms = studies(people, FULL, odds_ratio)
    assert 93.5 <= held <= (97.0 if min(people) >= 12 else 98.0)
    assert row_alarms > 25
