"""Planning: the formula against R, against simulated studies, its laws, and what it refuses."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.methods import cr3
from biasbench.evidence.planning.noncentral import Sides, fewest_people, power_two_sided, upper_tail
from biasbench.evidence.planning.pilot import relative_sd, simulate_power
from biasbench.evidence.planning.power import (
    minimum_detectable_difference,
    minimum_detectable_ratio,
    people_needed,
    people_needed_for_ratio,
    people_needed_for_swap,
    power_of,
    power_of_difference,
    power_of_noninferiority,
)
from biasbench.evidence.sums import SpeakerSums
from tests.calibration.speech import speak

QUICK, FULL = 400, 4000

#: What the noncentral t may be off by, in points: the acceptance number of the design.
ALLOWED = 3.0


# ── Against R ──────────────────────────────────────────────────────────────────────────────────


def two_sided(ncp: float, dof: float, level: float) -> float:
    critical = stats.t.ppf((1 + level) / 2, dof)
    return upper_tail(critical, dof, ncp) + upper_tail(critical, dof, -ncp)


@pytest.mark.parametrize(
    ("n", "delta", "sd", "level", "power"),
    [
        # R 4.2.2: power.t.test(n, delta=, sd=, sig.level=, strict=TRUE)$power
        (20, 1.0, 1.3, 0.95, 0.659373396892),
        (12, 0.4, 0.5, 0.99, 0.223196001772),
        (300, 0.1, 0.5, 0.95, 0.68637645358),
    ],
)
def test_without_the_stretch_of_cr3_it_is_the_power_that_r_gives(n, delta, sd, level, power):
    ncp = delta / (sd * math.sqrt(2 / n))
    assert two_sided(ncp, 2 * (n - 1), level) == pytest.approx(power, rel=1e-9)


def test_one_sided_without_the_stretch_it_is_the_power_that_r_gives():
    """R 4.2.2: power.t.test(n=25, delta=0.03, sd=0.04, alternative="one.sided")$power"""
    ncp = 0.03 / (0.04 * math.sqrt(2 / 25))
    assert upper_tail(stats.t.ppf(0.95, 48), 48, ncp) == pytest.approx(0.833757497451, rel=1e-9)


@pytest.mark.parametrize(
    ("ratio", "people", "against_people", "against_cv", "level", "power"),
    [
        # R 4.2.2, with people n1, n2 and CVs s1, s2: v1 <- s1^2/n1; v2 <- s2^2/n2
        # nu <- (v1+v2)^2 / (v1^2/(n1-1) + v2^2/(n2-1)); k <- log(ratio)/sqrt(v1+v2)
        # tc <- sqrt((s1^2/(n1-1) + s2^2/(n2-1)) / (v1+v2)) * qt((1+level)/2, nu)
        # 1 - pt(tc, nu, k) + pt(-tc, nu, k)
        (1.5, 12, 40, 0.9, 0.95, 0.47089275521),
        (1.5, 40, 12, 0.9, 0.99, 0.0874497371175),
        (2.0, 6, 6, 0.5, 0.95, 0.508897962057),
    ],
)
def test_unequal_sides_have_the_power_of_the_formula_written_in_r(
    ratio, people, against_people, against_cv, level, power
):
    found = power_of(
        ratio,
        cv=0.5,
        people=people,
        against_people=against_people,
        against_cv=against_cv,
        level=level,
    )
    assert found == pytest.approx(power, rel=1e-9)


def test_statsmodels_needs_two_people_fewer_because_its_test_is_not_cr3():
    solve = pytest.importorskip("statsmodels.stats.power").TTestIndPower().solve_power
    theirs = solve(effect_size=0.5, alpha=0.05, power=0.8)
    assert theirs == pytest.approx(63.7656, abs=1e-3)
    assert people_needed(0.10, 0.05, formula="noncentral t") == 65


# ── Against simulated studies ──────────────────────────────────────────────────────────────────


@cache
def true_cv(mean: float, between: float) -> float:
    """Of a population so large that its spread is known: the formula is told the truth."""
    population = speak(np.random.default_rng(1), people=60_000, mean=mean, between=between)
    return relative_sd(population.by_speaker())


def seen(n_studies: int, people: tuple[int, int], ratio: float, between: float) -> float:
    """Percentage of studies whose CR3 test sees the ratio."""
    rng = np.random.default_rng([77, *people, round(100 * ratio)])
    found = [
        cr3.compare(
            speak(rng, people=people[0], mean=0.12 * ratio, between=between).by_speaker(),
            speak(rng, people=people[1], mean=0.12, between=between).by_speaker(),
        )
        for _ in range(n_studies)
    ]
    return 100 * float(np.mean([c.p < 0.05 for c in found]))


def planned(people: tuple[int, int], ratio: float, between: float) -> float:
    return 100 * power_of(
        ratio,
        cv=true_cv(0.12 * ratio, between),
        against_cv=true_cv(0.12, between),
        people=people[0],
        against_people=people[1],
    )


def monte_carlo_error(percent: float, n_studies: int) -> float:
    return math.sqrt(percent * (100 - percent) / n_studies)


DESIGNS = [
    ((12, 12), 1.5, 0.4),
    ((12, 12), 2.0, 0.4),
    ((30, 30), 1.3, 0.4),
    ((30, 30), 1.5, 0.6),
    ((12, 40), 1.5, 0.4),
    ((40, 12), 1.67, 0.4),
    ((20, 20), 0.6, 0.4),
]


@pytest.mark.parametrize(("people", "ratio", "between"), DESIGNS)
def test_the_formula_gives_the_share_of_simulated_studies_that_see_the_ratio(
    people, ratio, between
):
    expected = planned(people, ratio, between)
    allowed = ALLOWED + 2 * monte_carlo_error(expected, QUICK)
    assert seen(QUICK, people, ratio, between) == pytest.approx(expected, abs=allowed)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "ratio", "between"), DESIGNS)
def test_the_formula_is_within_three_points_of_the_simulated_power(people, ratio, between):
    expected = planned(people, ratio, between)
    allowed = ALLOWED + monte_carlo_error(expected, FULL)
    assert seen(FULL, people, ratio, between) == pytest.approx(expected, abs=allowed)


def test_the_rough_formula_promises_more_than_twelve_people_give():
    """The control: a normal distribution in place of the noncentral t, and no stretch."""
    error = math.sqrt((true_cv(0.18, 0.4) ** 2 + true_cv(0.12, 0.4) ** 2) / 6)
    rough = 100 * stats.norm.sf(1.96 - math.log(1.5) / error)
    assert rough - planned((6, 6), 1.5, 0.4) > 2 * ALLOWED
    assert rough - seen(QUICK, (6, 6), 1.5, 0.4) > ALLOWED


def test_the_margin_of_noninferiority_is_passed_as_often_as_planned():
    rng = np.random.default_rng(3)
    passes = []
    for _ in range(QUICK):
        sides = [
            SpeakerSums(rng.normal(0, 0.04, 14) * 400, np.full(14, 400.0), 14, kind="mean")
            for _ in range(2)
        ]
        found = cr3.compare(*sides, level=0.90)
        passes.append(found.difference_high < 0.03)
    expected = 100 * power_of_noninferiority(0.03, sd=0.04, people=14)
    allowed = ALLOWED + 2 * monte_carlo_error(expected, QUICK)
    assert 100 * np.mean(passes) == pytest.approx(expected, abs=allowed)


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────

spreads = st.floats(0.1, 1.5)
counts = st.integers(4, 200)


@settings(max_examples=60, deadline=None)
@given(spreads, spreads, counts, counts, st.floats(1.05, 3))
def test_the_two_sides_and_the_two_directions_are_alike(cv, other_cv, n, other_n, ratio):
    options = {"people": n, "against_people": other_n}
    there = power_of(ratio, cv=cv, against_cv=other_cv, **options)
    assert power_of(1 / ratio, cv=cv, against_cv=other_cv, **options) == pytest.approx(there)
    swapped = power_of(ratio, cv=other_cv, against_cv=cv, people=other_n, against_people=n)
    assert swapped == pytest.approx(there, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(spreads, counts, st.floats(0.5, 0.95), st.sampled_from([0.9, 0.95, 0.99]))
def test_the_detectable_ratio_is_seen_with_exactly_that_power(cv, people, power, level):
    found = minimum_detectable_ratio(cv=cv, people=people, power=power, level=level)
    assert power_of(found, cv=cv, people=people, level=level) == pytest.approx(power, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(spreads, st.floats(1.15, 3), st.floats(0.3, 4))
def test_the_people_needed_are_enough_and_one_fewer_are_not(cv, ratio, share):
    found = people_needed_for_ratio(ratio, cv=cv, against_per_person=share)

    def power(people):
        other = max(6, round(people * share))
        return power_of(ratio, cv=cv, people=people, against_people=other)

    assert power(found) >= 0.8
    assert found == 6 or power(found - 1) < 0.8


@settings(max_examples=40, deadline=None)
@given(spreads, counts)
def test_more_people_a_stricter_level_and_more_alike_people_work_as_they_must(cv, people):
    base = minimum_detectable_ratio(cv=cv, people=people)
    assert minimum_detectable_ratio(cv=cv, people=people + 1) < base
    assert minimum_detectable_ratio(cv=cv, people=people, level=0.99) > base
    assert minimum_detectable_ratio(cv=cv * 0.9, people=people) < base


def test_the_unit_of_a_difference_does_not_matter():
    points = minimum_detectable_difference(sd=8.0, against_sd=12.0, people=15)
    fraction = minimum_detectable_difference(sd=0.08, against_sd=0.12, people=15)
    assert points == pytest.approx(100 * fraction)
    assert power_of_difference(points, sd=8.0, against_sd=12.0, people=15) == pytest.approx(0.8)


def test_with_many_people_both_formulas_agree_and_with_few_the_better_asks_for_more():
    rough, better = (
        people_needed(0.10, 0.004, formula=formula) for formula in ("normal", "noncentral t")
    )
    assert better == pytest.approx(rough, rel=0.001)
    assert people_needed(0.10, 0.12, formula="noncentral t") > people_needed(0.10, 0.12) + 1
    assert people_needed(0.01, 0.12, formula="noncentral t") == 6


def test_the_noncentral_t_passes_into_the_normal_without_a_step():
    power = [
        power_two_sided(0.009, Sides(0.5, 0.5, people, people), level=0.95)
        for people in (49_990, 50_010)
    ]
    assert power[1] - power[0] == pytest.approx(0, abs=2e-4)
    assert power[1] > power[0]


# ── Non-inferiority ────────────────────────────────────────────────────────────────────────────


def test_a_model_at_the_margin_passes_no_more_often_than_alpha():
    for people in (6, 12, 30):
        at_margin = power_of_noninferiority(0.03, sd=0.04, people=people, change=0.03)
        assert 0.03 < at_margin <= 0.05
        beyond = power_of_noninferiority(0.03, sd=0.04, people=people, change=0.05)
        assert beyond < at_margin


def test_the_people_needed_for_a_swap_pass_an_unchanged_model_and_one_fewer_do_not():
    needed = people_needed_for_swap(0.03, sd=0.04, against_sd=0.06, power=0.9)
    options = {"sd": 0.04, "against_sd": 0.06}
    assert power_of_noninferiority(0.03, people=needed, **options) >= 0.9
    assert power_of_noninferiority(0.03, people=needed - 1, **options) < 0.9
    worse = people_needed_for_swap(0.03, sd=0.04, against_sd=0.06, power=0.9, change=0.01)
    assert worse > needed
    better = people_needed_for_swap(0.03, sd=0.04, against_sd=0.06, power=0.9, change=-0.01)
    assert better < needed


# ── A pilot ────────────────────────────────────────────────────────────────────────────────────


def pilot(people: int, mean: float, seed: int = 4) -> SpeakerSums:
    return speak(np.random.default_rng(seed), people=people, mean=mean).by_speaker()


def test_the_cv_is_the_relative_error_of_the_rate_times_root_k():
    side = pilot(25, 0.15)
    error = math.sqrt(variance_cr3(side.numerator, side.denominator))
    assert relative_sd(side) == pytest.approx(5 * error / rate(side.numerator, side.denominator))


def test_drawing_more_people_like_the_pilots_has_the_power_of_the_formula():
    group, against = pilot(80, 0.15), pilot(90, 0.12, seed=5)
    for ratio, people, other in ((1.4, 30, 30), (0.7, 24, 60)):
        found = simulate_power(
            group,
            against,
            ratio=ratio,
            people=people,
            against_people=other,
            rng=np.random.default_rng(8),
            n_studies=4000,
        )
        expected = power_of(
            ratio,
            cv=relative_sd(group),
            against_cv=relative_sd(against),
            people=people,
            against_people=other,
        )
        assert found.power == pytest.approx(expected, abs=(ALLOWED + 1) / 100)
        assert found.n_without_interval == 0
        assert found.error == pytest.approx(
            monte_carlo_error(100 * found.power, 4000) / 100, rel=1e-9
        )


def test_each_simulated_study_is_tested_as_cr3_tests_it():
    group, against = pilot(9, 0.15), pilot(7, 0.12, seed=5)
    found = simulate_power(
        group, against, ratio=1.8, people=8, rng=np.random.default_rng(2), n_studies=120
    )
    rng = np.random.default_rng(2)
    drawn = [rng.integers(0, n, size=(120, 8)) for n in (9, 7)]
    factor = 1.8 * rate(against.numerator, against.denominator)
    factor /= rate(group.numerator, group.denominator)
    n_seen = 0
    for rows, others in zip(*drawn, strict=True):
        c = cr3.compare(
            SpeakerSums(group.numerator[rows] * factor, group.denominator[rows], 8),
            SpeakerSums(against.numerator[others], against.denominator[others], 8),
        )
        n_seen += c.p < 0.05
    assert 10 < n_seen < 110
    assert found.power == n_seen / 120


def test_studies_without_an_event_are_counted_as_not_seen():
    rare = SpeakerSums(np.array([0.0] * 9 + [6.0]), np.full(10, 50.0), 10)
    found = simulate_power(
        rare, rare, ratio=3, people=6, rng=np.random.default_rng(1), n_studies=500
    )
    either = 1 - (1 - 0.9**6) ** 2
    assert found.n_without_interval / 500 == pytest.approx(either, abs=0.07)
    assert found.power <= 1 - found.n_without_interval / 500


def test_studies_in_which_one_person_was_drawn_every_time_are_counted_as_not_seen():
    three = SpeakerSums(np.array([3.0, 7, 16]), np.array([49.0, 51, 47]), 3)
    found = simulate_power(
        three, three, ratio=5, people=3, rng=np.random.default_rng(1), n_studies=2000
    )
    assert found.n_without_interval / 2000 == pytest.approx(1 - (8 / 9) ** 2, abs=0.03)


# ── What is refused ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: power_of(0, cv=0.5, people=9), "ratio=0 is not a ratio of two rates"),
        (lambda: power_of(1.5, cv=0, people=9), "cv=0 is not above 0; it is how much people"),
        (lambda: power_of(1.5, cv=0.5, people=2), "people=2 on a side; there is no interval below"),
        (
            lambda: power_of(1.5, cv=0.5, people=9, against_people=0),
            "people=0 on a side; there is no interval below 3",
        ),
        (lambda: power_of(1.5, cv=0.5, people=9, level=95), "level=95 is not between 0.5 and 1"),
        (
            lambda: minimum_detectable_ratio(cv=0.5, people=9, power=80),
            "power=80 is not between 0.05 and 1",
        ),
        (
            lambda: minimum_detectable_ratio(cv=0.5, people=9, power=0.04),
            "power=0.04 is not between 0.05 and 1",
        ),
        (lambda: people_needed_for_ratio(1, cv=0.5), "ratio=1 is no gap, and no number of people"),
        (
            lambda: people_needed_for_ratio(1.0001, cv=0.5),
            "more than 1,000,000 people a side would be needed; aim at a larger gap",
        ),
        (
            lambda: people_needed_for_ratio(2, cv=0.5, against_per_person=0),
            "against_per_person=0 is not above 0",
        ),
        (
            lambda: people_needed_for_swap(0.03, sd=0.04, change=0.03),
            "change=0.03 is not below margin=0.03; a model that worsens the gap by the margin",
        ),
        (
            lambda: power_of_noninferiority(-0.03, sd=0.04, people=9),
            "margin=-0.03 is not above 0; give it in the metric's own unit",
        ),
        (
            lambda: power_of_noninferiority(0.03, sd=0.04, people=9, alpha=0.95),
            "alpha=0.95 is not between 0 and 0.5",
        ),
        (
            lambda: people_needed(0.1, 0.05, formula="exact"),
            "formula='exact' is none of 'normal', 'noncentral t'",
        ),
    ],
)
def test_a_question_that_cannot_be_planned_says_what_to_give(call, message):
    with pytest.raises(OptionError, match=message):
        call()


@pytest.mark.parametrize(
    ("side", "message"),
    [
        (([1.0, 2], [9.0, 9]), "the group has 2 people; at least 3 are needed to say how people"),
        (([1.0], [9.0]), "the group has 1 person; at least 3 are needed"),
        (([0.0, 0, 0, 0], [9.0] * 4), "the group has no event among 4 people; at least one is"),
        (([2.0, 2, 2], [9.0] * 3), "the group has 3 people of whom one is the whole denominator"),
    ],
)
def test_a_pilot_that_cannot_tell_how_people_differ_is_refused(side, message):
    one = SpeakerSums(np.array(side[0]), np.array(side[1]), 9)
    with pytest.raises(InsufficientDataError, match=message):
        simulate_power(one, pilot(9, 0.1), ratio=2, people=9, rng=np.random.default_rng(0))


def test_the_search_for_people_finds_every_threshold():
    for wanted in (6, 7, 8, 11, 12, 13, 24, 25, 100, 997):
        assert fewest_people(lambda people, n=wanted: float(people >= n), power=0.8) == wanted
