"""Concentration of picking on some people: R's numbers, brute force, error rates."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.consequences.selection.beta_binomial import beta_binomial
from biasbench.consequences.selection.central_range import binned, outside_range
from biasbench.consequences.selection.concentration import concentration
from biasbench.consequences.selection.dispersion import dispersion_at, dispersion_given_total
from biasbench.errors import InsufficientDataError, OptionError

PICKED = [0, 1, 2, 0, 5, 1, 3, 0, 9, 2, 1, 0, 4, 14, 1, 2]
CALLS = [40, 35, 50, 20, 60, 45, 30, 25, 50, 40, 38, 22, 55, 60, 41, 47]


# ── Beta-binomial ──────────────────────────────────────────────────────────────────────────────


def test_the_fit_is_that_of_glmmtmb():
    """R 4.2, glmmTMB:
    f <- glmmTMB(cbind(x, n - x) ~ 1, family = betabinomial)
    b <- glm(cbind(x, n - x) ~ 1, family = binomial)
    plogis(fixef(f)$cond); 1 / (1 + sigma(f)); logLik(f); logLik(b)
    pchisq(2 * (logLik(f) - logLik(b)), 1, lower = FALSE) / 2
    """
    fitted = beta_binomial(PICKED, CALLS)
    assert fitted.mean == pytest.approx(0.0610728514, abs=1e-7)
    assert fitted.rho == pytest.approx(0.0437417280, abs=1e-7)
    assert fitted.log_likelihood == pytest.approx(-32.2753807108, abs=1e-8)
    assert fitted.log_likelihood_binomial == pytest.approx(-39.9824479913, abs=1e-8)
    assert fitted.p == pytest.approx(4.317003e-05, rel=1e-5)


def test_the_interval_is_where_the_profile_likelihood_has_fallen():
    """R 4.2:
    ll <- function(m, r) { a <- m*(1-r)/r; b <- (1-m)*(1-r)/r
                           sum(lchoose(n, x) + lbeta(a + x, b + n - x) - lbeta(a, b)) }
    pr <- function(r) optimize(function(m) ll(m, r), c(1e-9, .999), maximum = TRUE,
                               tol = 1e-12)$objective
    o <- optimize(pr, c(1e-6, .9), maximum = TRUE, tol = 1e-10)
    d <- o$objective - qchisq(.95, 1) / 2
    uniroot(function(r) pr(r) - d, c(1e-5, o$maximum), tol = 1e-12)$root    # and to .9
    """
    fitted = beta_binomial(PICKED, CALLS)
    assert fitted.rho_low == pytest.approx(0.01267161, abs=1e-7)
    assert fitted.rho_high == pytest.approx(0.13502390, abs=1e-7)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=6, max_size=12))
def test_calling_picked_unpicked_leaves_rho(pairs):
    x, n = np.array([a for a, _ in pairs]), np.array([a + b for a, b in pairs])
    if not 0 < x.sum() < n.sum() or n.max() < 2:
        return
    x, n = x[n > 0], n[n > 0]
    there, back = beta_binomial(x, n), beta_binomial(n - x, n)
    assert there.log_likelihood == pytest.approx(back.log_likelihood, abs=1e-7)
    assert there.log_likelihood >= there.log_likelihood_binomial
    assert there.rho_low <= there.rho <= there.rho_high


def test_even_picking_sits_on_the_edge():
    fitted = beta_binomial([2] * 20, [40] * 20)
    assert (fitted.rho, fitted.rho_low, fitted.p) == (0.0, 0.0, 1.0)
    assert 0 < fitted.rho_high < 0.03
    assert fitted.mean == pytest.approx(0.05)


def test_all_or_nothing_reaches_the_other_edge():
    fitted = beta_binomial([0] * 15 + [30] * 5, [30] * 20)
    assert fitted.rho > 0.99
    assert fitted.rho_high == 1.0


@pytest.mark.parametrize(("x", "n"), [([0, 0], [5, 5]), ([5, 5], [5, 5]), ([1, 0], [1, 1])])
def test_where_there_is_no_rho_none_is_made(x, n):
    with pytest.raises(InsufficientDataError, match="a spread between people takes"):
        beta_binomial(x, n)


# ── Dispersion ─────────────────────────────────────────────────────────────────────────────────


def test_given_the_total_it_is_the_chi_square_of_r_with_simulated_p():
    """R 4.2: set.seed(1); chisq.test(rbind(x, n - x), simulate.p.value = TRUE, B = 1e6)"""
    x = [3, 1, 2, 0, 5, 1, 3, 4, 1, 2, 1, 7]
    n = [40, 35, 50, 20, 60, 45, 30, 25, 50, 40, 38, 52]
    found = dispersion_given_total(x, n, rng=np.random.default_rng(0), n_resamples=40000)
    assert found.statistic == pytest.approx(16.29193675)
    assert found.p_value == pytest.approx(0.124817, abs=4 * math.sqrt(0.125 * 0.875 / 40000))


def test_p_at_the_announced_rate_is_the_sum_over_all_outcomes():
    n, p, x = np.array([4, 3, 5]), 0.2, np.array([3, 0, 2])

    def size(counts):
        return (((counts - n * p) ** 2) / (n * p * (1 - p))).sum()

    exact = sum(
        stats.binom.pmf(counts, n, p).prod()
        for counts in itertools.product(range(5), range(4), range(6))
        if size(np.array(counts)) >= size(x) - 1e-12
    )
    found = dispersion_at(x, n, p, rng=np.random.default_rng(0), n_resamples=40000)
    assert found.statistic == pytest.approx(size(x))
    assert found.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 40000))


def test_p_given_the_total_is_the_sum_over_all_ways_to_pick():
    n, x = np.array([4, 3, 5]), np.array([4, 0, 1])
    law = stats.multivariate_hypergeom(n, 5)
    p = 5 / 12

    def size(counts):
        return (((counts - n * p) ** 2) / (n * p * (1 - p))).sum()

    ways = [c for c in itertools.product(range(5), range(4), range(6)) if sum(c) == 5]
    exact = sum(law.pmf(c) for c in ways if size(np.array(c)) >= size(x) - 1e-12)
    mean = sum(law.pmf(c) * size(np.array(c)) for c in ways)
    found = dispersion_given_total(x, n, rng=np.random.default_rng(0), n_resamples=40000)
    assert found.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 40000))
    assert found.expected == pytest.approx(mean)


def test_numbers_a_month_have_the_poisson_and_the_multinomial_law():
    """With the total given, the mean of S over all ways is K − 1."""
    x, months = np.array([3, 0, 1]), np.array([2.0, 1.0, 1.0])
    law = stats.multinomial(4, months / 4)
    ways = [c for c in itertools.product(range(5), repeat=3) if sum(c) == 4]

    def size(counts):
        return (((counts - months) ** 2) / months).sum()

    exact = sum(law.pmf(c) for c in ways if size(np.array(c)) >= size(x) - 1e-12)
    found = dispersion_given_total(
        x, months, rng=np.random.default_rng(0), announced_as="number", n_resamples=40000
    )
    assert found.p_value == pytest.approx(exact, abs=4 * math.sqrt(exact / 40000))
    assert found.expected == pytest.approx(sum(law.pmf(c) * size(np.array(c)) for c in ways))
    at = dispersion_at(
        x, months, 1.5, rng=np.random.default_rng(0), announced_as="number", n_resamples=99
    )
    assert at.statistic == pytest.approx(((x - 1.5 * months) ** 2 / (1.5 * months)).sum())


def test_picking_everybody_twice_as_often_is_no_concentration():
    rng = np.random.default_rng(3)
    n = np.full(60, 200)
    found = concentration(rng.binomial(n, 0.1), n, 0.05, rng=rng, n_resamples=999)
    assert found.against_announced.p_value == 0.001
    assert found.against_observed.p_value > 0.05
    assert found.spread.rho_low == 0


# ── Ranges and bins ────────────────────────────────────────────────────────────────────────────


def test_expected_outside_and_its_p_are_exact():
    n, p = [30, 40, 80], 0.1
    found = outside_range([8, 4, 2], n, p)
    ends = [(stats.binom.ppf(0.025, m, p), stats.binom.ppf(0.975, m, p)) for m in n]
    chance = [
        sum(stats.binom.pmf(k, m, p) for k in range(m + 1) if not low <= k <= high)
        for m, (low, high) in zip(n, ends, strict=True)
    ]
    assert found.expected == pytest.approx(sum(chance))
    assert found.expected <= 0.05 * 3
    assert (found.n_above, found.n_under, found.observed) == (1, 1, 2)
    a, b, c = chance
    at_least_two = a * b + a * c + b * c - 2 * a * b * c
    assert found.p_value == pytest.approx(at_least_two)
    assert (found.typical_calls, found.low, found.high) == (40, *ends[1])
    assert not found.same_for_all


@settings(max_examples=40)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=15), st.floats(0.01, 0.9), st.booleans())
def test_bins_hold_everybody_once_observed_and_expected(calls, rate, as_share):
    rng = np.random.default_rng(1)
    n = np.array(calls)
    kind = "share" if as_share else "number"
    x = rng.binomial(n, rate) if as_share else rng.poisson(n * rate)
    bins = binned(x, n, rate, announced_as=kind)
    assert bins["n_people"].sum() == len(n)
    assert bins["n_expected"].sum() == pytest.approx(len(n))


def test_bins_are_counted_as_their_own_law_says():
    rng = np.random.default_rng(2)
    n = np.tile([20, 35, 90], 4000)
    bins = binned(rng.binomial(n, 0.07), n, 0.07)
    error = np.sqrt(np.maximum(bins["n_expected"], 1))
    assert (np.abs(bins["n_people"] - bins["n_expected"]) < 4 * error).all()


# ── All together ───────────────────────────────────────────────────────────────────────────────


def test_people_without_calls_are_counted_and_left_out():
    found = concentration(
        [*PICKED, 0, 0], [*CALLS, 0, 0], 0.05, rng=np.random.default_rng(0), n_resamples=99
    )
    assert (found.n_people, found.n_without_calls) == (16, 2)
    assert found.observed == pytest.approx(sum(PICKED) / sum(CALLS))


def test_an_announced_number_has_no_beta_binomial_and_says_so():
    found = concentration(
        [3, 4, 2, 9, 3, 0], [1] * 6, 3, rng=np.random.default_rng(0), announced_as="number"
    )
    assert found.spread is None
    assert found.note.startswith("a number is announced")


def test_the_same_seed_gives_the_same_figures():
    one, two = (
        concentration(PICKED, CALLS, 0.05, rng=np.random.default_rng(5), n_resamples=199)
        for _ in range(2)
    )
    assert one.against_announced == two.against_announced
    assert one.against_observed == two.against_observed


@pytest.mark.parametrize(
    ("x", "n", "announced", "kind", "error", "words"),
    [
        ([1] * 5, [9] * 5, 0.1, "share", InsufficientDataError, "5 people with calls.* at least 6"),
        ([0] * 9, [9] * 9, 0.1, "share", InsufficientDataError, "0 of 81 were picked"),
        ([9] * 9, [9] * 9, 0.1, "share", InsufficientDataError, "81 of 81 were picked"),
        ([10] * 9, [9] * 9, 0.1, "share", OptionError, "10 picked of 9"),
        ([1] * 9, [9] * 9, 2, "share", OptionError, "announced=2"),
        ([1] * 9, [9] * 9, 2, "shares", OptionError, "announced_as='shares' is none of"),
        ([1.5] * 9, [9] * 9, 2, "number", OptionError, "1.5 picked of 9"),
    ],
)
def test_what_cannot_be_asked_is_refused(x, n, announced, kind, error, words):
    with pytest.raises(error, match=words):
        concentration(x, n, announced, rng=np.random.default_rng(0), announced_as=kind)


# ── Error rates ────────────────────────────────────────────────────────────────────────────────

QUICK = 400


def test_independent_picking_raises_one_alarm_in_twenty_and_the_chi_square_too_many():
    """2 % of 20 to 60 calls of 15 people: χ² tables are wrong there, drawing again is not."""
    rng = np.random.default_rng(8)
    alarms = np.zeros(3)
    for _ in range(QUICK):
        n = rng.integers(20, 60, 15)
        x = rng.binomial(n, 0.02)
        if x.sum() == 0:
            continue
        at = dispersion_at(x, n, 0.02, rng=rng, n_resamples=199)
        alarms += [
            at.p_value <= 0.05,
            dispersion_given_total(x, n, rng=rng, n_resamples=199).p_value <= 0.05,
            stats.chi2.sf(at.statistic, 15) < 0.05,
        ]
    at_rate, given_total, table = 100 * alarms / QUICK
    assert at_rate <= 5 + 3.3
    assert given_total <= 5 + 3.3
    assert table > 5 + 3.3


def test_uneven_picking_is_found():
    rng = np.random.default_rng(9)
    n_found = 0
    for _ in range(100):
        x = rng.binomial(100, rng.beta(0.1 * 9, 0.9 * 9, 30))
        given = dispersion_given_total(x, np.full(30, 100), rng=rng, n_resamples=99)
        n_found += given.p_value <= 0.05
    assert n_found >= 95


@pytest.mark.slow
@pytest.mark.parametrize(("people", "rho"), [(12, 0.05), (40, 0.05), (40, 0.2), (100, 0.05)])
def test_the_profile_interval_holds_rho_about_as_often_as_it_says(people, rho):
    """400 studies; the likelihood of few people is a little sure of itself: from 90 %."""
    rng = np.random.default_rng([10, people])
    held = []
    for _ in range(QUICK):
        n = rng.integers(20, 200, people)
        spread = (1 - rho) / rho
        x = rng.binomial(n, rng.beta(0.1 * spread, 0.9 * spread, people))
        if x.sum() > 0:
            fitted = beta_binomial(x, n)
            held.append(fitted.rho_low <= rho <= fitted.rho_high)
    assert 90 <= 100 * float(np.mean(held)) <= 98.5
