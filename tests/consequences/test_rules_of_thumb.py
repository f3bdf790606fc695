"""Rules of thumb: other people's numbers, and how often they cry out where nothing is."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats.contingency import relative_risk
from statsmodels.stats.proportion import proportions_ztest

from biasbench.consequences.thresholds.rules_of_thumb import (
    four_fifths,
    katz_interval,
    rules_of_thumb,
    two_standard_deviations,
)
from biasbench.errors import OptionError
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import ordered_sums
from tests.calibration.speech import speak
from tests.calibration.test_coverage import QUICK, monte_carlo_error


@pytest.mark.parametrize("counts", [(10, 75, 12, 225), (6, 12, 37, 60), (80, 80, 3, 9)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_katz_is_scipys_relative_risk(counts, level):
    theirs = relative_risk(*counts)
    ours = katz_interval(*counts, level=level)
    interval = theirs.confidence_interval(level)
    assert ours.ratio == pytest.approx(theirs.relative_risk)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("counts", [(48, 80, 12, 40), (6, 12, 37, 60), (1, 90, 9, 100)])
def test_two_standard_deviations_are_the_pooled_z_and_the_root_of_pearsons_chi_square(counts):
    z, p = proportions_ztest([counts[0], counts[2]], [counts[1], counts[3]])
    found = two_standard_deviations(*counts)
    assert (found.z, found.p_value) == pytest.approx((z, p))
    table = [[counts[0], counts[1] - counts[0]], [counts[2], counts[3] - counts[2]]]
    chi = stats.chi2_contingency(table, correction=False).statistic
    assert found.z**2 == pytest.approx(chi)


def test_four_fifths_compares_the_point_ratio_and_nothing_else():
    assert four_fifths(79, 100, 100, 100).below
    assert not four_fifths(80, 100, 100, 100).below
    assert four_fifths(126, 100, 100, 100).outside
    assert not four_fifths(126, 100, 100, 100).below


def test_what_does_not_exist_is_none():
    assert katz_interval(0, 10, 5, 10).low is None
    assert katz_interval(0, 10, 5, 10).ratio == 0
    assert katz_interval(5, 10, 0, 10).ratio is None
    assert two_standard_deviations(10, 10, 5, 5).z is None
    assert four_fifths(5, 10, 0, 10).ratio is None


@pytest.mark.parametrize("counts", [(11, 10, 5, 10), (1, 0, 5, 10), (-1, 10, 5, 10)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(OptionError, match="passed of"):
        rules_of_thumb(*counts)


# ── False alarms where nothing is ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("people", "published"), [(6, 56), (12, 39), (30, 17)])
def test_four_fifths_fails_word_error_rates_without_a_gap_as_often_as_published(people, published):
    """Relative SD between speakers .55; outside [0.8, 1.25] in 56, 39 and 17 % of studies of an
    independent simulation. The log CR3 interval leaves equality out in about 5 %."""
    rng = np.random.default_rng([20240607, people])
    n_outside = n_alarms = 0
    for _ in range(QUICK):
        a, b = (speak(rng, people=people, mean=0.12, between=0.55) for _ in range(2))
        rule = four_fifths(a.errors.sum(), a.words.sum(), b.errors.sum(), b.words.sum())
        n_outside += rule.outside
        n_alarms += cr3.compare(a.by_speaker(), b.by_speaker()).p < 0.05
    assert 100 * n_outside / QUICK == pytest.approx(
        published, abs=3 * monte_carlo_error(published, QUICK)
    )
    assert 100 * n_alarms / QUICK == pytest.approx(5, abs=3 * monte_carlo_error(5, QUICK))


@pytest.mark.parametrize(("units", "least"), [(12, 20), (60, 45)])
@pytest.mark.parametrize("people", [12, 30])
def test_two_standard_deviations_and_katz_cry_out_where_people_differ_and_sides_do_not(
    people, units, least
):
    """70 % pass; correlation of 0.2 between a person's months. CR3 with people as the unit keeps
    to 5 %."""
    rng = np.random.default_rng([7, people, units])
    alarms = {"two sd": 0, "katz": 0, "cr3": 0}
    n = people * units
    for _ in range(QUICK):
        x = rng.binomial(units, rng.beta(0.7 * 4, 0.3 * 4, (2, people)))
        rules = rules_of_thumb(int(x[0].sum()), n, int(x[1].sum()), n)
        alarms["two sd"] += abs(rules.two_standard_deviations.z) > 2
        alarms["katz"] += not rules.katz.low <= 1 <= rules.katz.high
        sides = [
            ordered_sums(side.astype(float), np.full(people, float(units)), n_utterances=n)
            for side in x
        ]
        alarms["cr3"] += cr3.compare(*sides).p < 0.05
    share = {name: 100 * count / QUICK for name, count in alarms.items()}
    assert share["two sd"] > least
    assert share["katz"] > least
    assert share["cr3"] <= 5 + 3 * monte_carlo_error(5, QUICK)


def test_with_one_row_a_person_the_rules_of_thumb_are_about_right():
    """Where rows are people the two standard deviations keep what they promise: 4.6 %."""
    rng = np.random.default_rng(9)
    x = rng.binomial(100, 0.7, (4000, 2))
    z = [two_standard_deviations(int(a), 100, int(b), 100).z for a, b in x]
    share = 100 * float(np.mean(np.abs(z) > 2))
    assert share == pytest.approx(
        200 * float(stats.norm.sf(2)), abs=3 * monte_carlo_error(5, 4000) + 0.5
    )
    assert math.isfinite(share)
