"""Sensitivity: published figures, R's figures, brute force, and hidden bias simulated."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence import assess
from biasbench.evidence.comparison import Comparison
from biasbench.explain.matching.matching import match
from biasbench.explain.sensitivity.sensitivity import e_value, e_value_of, rosenbaum_bounds
from biasbench.explain.sensitivity.signed_rank import gamma_at, wilcoxon_bounds
from tests.evidence.tables import measures_table

# ── E-values ───────────────────────────────────────────────────────────────────────────────────


def test_the_worked_example_of_vanderweele_and_ding():
    """Infant formula and respiratory death: RR 3.9, 95 % 1.8 to 8.7; E 7.26 and 3.0."""
    found = e_value(3.9, 1.8, 8.7)
    assert round(found.estimate, 2) == 7.26
    assert round(found.limit, 1) == 3.0


@given(st.floats(1.0, 50.0))
def test_two_associations_of_the_size_of_the_e_value_just_make_the_ratio(ratio):
    """Ding & VanderWeele (2016): two of E each bias a ratio by at most E²/(2E − 1)."""
    e = e_value(ratio).estimate
    assert e**2 / (2 * e - 1) == pytest.approx(ratio)


@given(st.floats(1.01, 20.0), st.floats(0.01, 0.99), st.floats(1.01, 3.0))
def test_a_ratio_below_one_has_the_e_value_of_its_inverse(ratio, below, above):
    there = e_value(ratio, ratio * below, ratio * above)
    back = e_value(1 / ratio, 1 / (ratio * above), 1 / (ratio * below))
    assert back.estimate == pytest.approx(there.estimate)
    assert back.limit == pytest.approx(there.limit)


def test_the_limit_nearest_one_counts_and_an_interval_that_holds_one_needs_nothing():
    assert e_value(0.5, 0.4, 0.8).limit == pytest.approx(e_value(1.25).estimate)
    assert e_value(1.4, 0.9, 2.0).limit == 1
    assert e_value(1.4).limit is None
    assert e_value(1.0).estimate == 1


def test_a_finding_is_taken_at_its_interval_for_the_whole_family():
    made = measures_table({"uk": (12, 0.3), "us": (12, 0.12), "india": (12, 0.15)})
    finding = next(f for f in assess(made, by="accent").to_findings() if f.group == "uk")
    assert finding.ratio_low < finding.ratio_low_unadjusted
    assert e_value_of(finding).limit == pytest.approx(e_value(finding.ratio_low).estimate)


def test_a_comparison_is_taken_at_its_interval_and_a_mean_is_refused():
    made = Comparison(0.3, 0.1, 0.95, "", ratio=3.9, ratio_low=1.8, ratio_high=8.7)
    assert e_value_of(made) == e_value(3.9, 1.8, 8.7)
    with pytest.raises(InsufficientDataError, match="no ratio to take an E-value of"):
        e_value_of(Comparison(0.3, 0.1, 0.95, "", kind="mean"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0,), "ratio=0: an E-value needs"),
        ((math.inf,), "ratio=inf"),
        ((2.0, 1.5), "give both low and high"),
        ((2.0, 2.5, 3.0), "must be in rising order"),
    ],
)
def test_a_ratio_or_interval_that_cannot_be_is_refused(arguments, words):
    with pytest.raises(OptionError, match=words):
        e_value(*arguments)


FORBIDDEN = ("significant", "unbiased", "fair", "no gap", "because of", "ground truth", "caused")


def test_what_the_figures_mean_is_said_without_claiming_a_cause():
    sentences = [
        e_value(3.9, 1.8, 8.7).meaning,
        e_value(0.8, 0.6, 1.1).meaning,
        e_value(1.3).meaning,
        rosenbaum_bounds(LEAD).meaning,
        rosenbaum_bounds([(1.0, 0.9), (1, 2), (3, 2.5), (4, 5), (2, 1), (2, 3.5)]).meaning,
    ]
    for sentence in sentences:
        assert not any(word in sentence.lower() for word in FORBIDDEN), sentence
    assert (
        "7.26 each, beyond what was compared; for the limit nearest 1, 1.80, at least 3.00"
        in (sentences[0])
    )
    assert "the interval holds 1 as it is" in sentences[1]
    assert "it cannot be decided" in sentences[4]


# ── Rosenbaum bounds ───────────────────────────────────────────────────────────────────────────

# Blood lead of 33 children of workers exposed to lead and of 33 matched children (Morton et al.
# 1982), the example of Rosenbaum (2002), ch. 4, and of psens in the R package rbounds 2.2.
EXPOSED = [
    38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48,
    44, 35, 43, 39, 34, 13, 73, 25, 27,
]  # fmt: skip
CONTROL = [
    16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18,
    19, 12, 11, 22, 25, 16, 13, 11, 13,
]  # fmt: skip
LEAD = np.column_stack([EXPOSED, CONTROL]).astype(float)
DIFFERENCES = LEAD[:, 0] - LEAD[:, 1]


@pytest.mark.parametrize(
    ("gamma", "low", "high"),
    [
        (1, 5.530801536e-06, 5.530801536e-06),
        (2, 7.387979117e-11, 1.771704284e-03),
        (3, 1.11e-15, 1.305817045e-02),
        (4, 0.0, 3.665836102e-02),
        (4.25, 0.0, 4.414425025e-02),
        (5, 0.0, 6.936935822e-02),
        (6, 0.0, 1.073412133e-01),
    ],
)
def test_the_lead_example_has_the_bounds_that_psens_computes(gamma, low, high):
    """R 4.2, rbounds 2.2, before it rounds to four places: psens(trt, ctrl, Gamma=6)."""
    found = wilcoxon_bounds(DIFFERENCES, gamma, alternative="greater", exact=False)
    assert found.high == pytest.approx(high, rel=1e-8)
    # 1 − pnorm(z) loses what sf(z) keeps.
    assert found.low == pytest.approx(low, abs=2e-15, rel=1e-5)


def test_the_lead_example_stays_at_or_below_five_in_a_hundred_up_to_4_43():
    """R: uniroot(function(g) psens(trt, ctrl, g) − 0.05, c(1, 10), tol=1e-12), unrounded."""
    found = gamma_at(DIFFERENCES, alternative="greater", exact=False)
    assert found == pytest.approx(4.434647234, rel=1e-7)


def tail_by_enumeration(differences: np.ndarray, probability: float) -> float:
    ranks = stats.rankdata(np.abs(differences))
    observed = ranks[differences > 0].sum()
    total = 0.0
    for signs in itertools.product([0, 1], repeat=len(ranks)):
        chosen = np.array(signs)
        if (chosen * ranks).sum() >= observed - 1e-9:
            total += probability ** chosen.sum() * (1 - probability) ** (len(ranks) - chosen.sum())
    return total


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("gamma", [1, 1.7, 4])
def test_exact_bounds_are_those_of_every_assignment_ties_and_all(seed, gamma):
    differences = np.random.default_rng(seed).integers(-3, 8, 9).astype(float)
    differences = differences[differences != 0]
    found = wilcoxon_bounds(differences, gamma, alternative="greater")
    assert found.high == pytest.approx(tail_by_enumeration(differences, gamma / (1 + gamma)))
    assert found.low == pytest.approx(tail_by_enumeration(differences, 1 / (1 + gamma)))


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_without_a_hidden_difference_it_is_the_ordinary_signed_rank_test(alternative):
    differences = np.random.default_rng(3).normal(0.4, 1, 30)
    expected = stats.wilcoxon(differences, alternative=alternative, method="exact").pvalue
    found = wilcoxon_bounds(differences, 1.0, alternative=alternative)
    assert (found.low, found.high) == pytest.approx((expected, expected))


def test_the_normal_approximation_is_near_the_distribution_for_many_pairs():
    differences = np.random.default_rng(4).normal(0.3, 1, 90)
    one = wilcoxon_bounds(differences, 1.5, alternative="greater", exact=True).high
    other = wilcoxon_bounds(differences, 1.5, alternative="greater", exact=False).high
    assert one == pytest.approx(other, rel=0.05)


def test_bounds_widen_with_gamma_and_the_other_side_is_their_mirror():
    highs = [wilcoxon_bounds(DIFFERENCES, g).high for g in (1, 1.5, 2, 4, 8)]
    assert highs == sorted(highs)
    there = wilcoxon_bounds(DIFFERENCES, 2, alternative="greater")
    back = wilcoxon_bounds(-DIFFERENCES, 2, alternative="less")
    assert (there.low, there.high) == (back.low, back.high)


@pytest.mark.parametrize("n", [8, 12, 20])
def test_pairs_that_all_point_one_way_have_the_gamma_of_a_coin(n):
    """All n positive: the bound is (Γ/(1+Γ))^n, so Γ = q/(1 − q) with q = p^(1/n)."""
    q = 0.05 ** (1 / n)
    assert gamma_at(np.arange(1.0, n + 1), alternative="greater") == pytest.approx(q / (1 - q))


def test_hidden_bias_within_gamma_raises_few_alarms_and_many_in_the_ordinary_test():
    """No difference between sides, but what raises a value also makes the odds 2 to 1."""
    rng = np.random.default_rng(20)
    bounded, ordinary = [], []
    for _ in range(400):
        differences = np.abs(rng.normal(0, 1, 40)) * np.where(rng.random(40) < 2 / 3, 1, -1)
        bounded.append(wilcoxon_bounds(differences, 2.0, alternative="greater").high <= 0.05)
        ordinary.append(wilcoxon_bounds(differences, 1.0, alternative="greater").high <= 0.05)
    assert 100 * np.mean(bounded) <= 5 + 3 * math.sqrt(95 * 5 / 400)
    assert 100 * np.mean(bounded) > 1  # it bounds, and does not merely never reject
    assert 100 * np.mean(ordinary) > 50


def test_the_bounds_of_pairs_name_what_was_left_out_and_how():
    found = rosenbaum_bounds(LEAD, gammas=(1, 2))
    assert (found.n_pairs, found.n_equal, found.method) == (33, 1, "signed-rank, exact")
    assert [one.gamma for one in found.bounds] == [1, 2]
    assert wilcoxon_bounds(DIFFERENCES, found.gamma).high == pytest.approx(0.05, rel=1e-6)


def test_many_pairs_say_that_the_normal_approximation_was_taken():
    values = np.random.default_rng(1).normal([0.2, 0.0], 1, (150, 2))
    assert rosenbaum_bounds(values).method == "signed-rank, normal approximation"


def test_pairs_of_people_are_taken_from_matching_and_rows_are_refused():
    made = measures_table({"uk": (20, 0.30), "us": (25, 0.12)}, seed=3)
    ages = np.random.default_rng(1).integers(20, 60, 45)
    codes = pd.factorize(made["speaker_id"])[0]
    made["age"] = ages[codes]
    people = match(made, by="accent", group="uk", on=["age"], unit="speaker")
    found = rosenbaum_bounds(people)
    assert found.n_pairs == people.of_group.n_speakers_kept
    assert found.gamma > 2
    with pytest.raises(OptionError, match="unit='row' makes no pairs of people; match with"):
        rosenbaum_bounds(match(made, by="accent", group="uk", on=["age"]))


def test_five_pairs_that_differ_are_too_few():
    with pytest.raises(InsufficientDataError, match="5 pairs of people differ; at least 6"):
        rosenbaum_bounds([(2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (1, 1)])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: wilcoxon_bounds(DIFFERENCES, 0.5), "gamma=0.5 is below 1"),
        (lambda: wilcoxon_bounds(DIFFERENCES, 2, alternative="both"), "'both' is none of"),
        (lambda: wilcoxon_bounds([1.0, math.nan], 2), "one finite number for each pair"),
        (lambda: gamma_at(DIFFERENCES, p=5), "p=5 is not between 0 and 1"),
        (lambda: rosenbaum_bounds([1, 2, 3]), "two values for each pair"),
        (lambda: rosenbaum_bounds(LEAD, alpha=0), "alpha=0 is not between"),
    ],
)
def test_arguments_that_cannot_be_are_refused(call, words):
    with pytest.raises(OptionError, match=words):
        call()


def test_no_pair_that_differs_is_refused():
    with pytest.raises(InsufficientDataError, match="no pair differs; at least 6"):
        wilcoxon_bounds(np.zeros(9), 2)
