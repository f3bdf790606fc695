"""Several groups at once; rules of thumb; and what power the formula promises."""

import pytest

from benchmarks.calibration import families, planning, rules, swaps
from benchmarks.calibration.counts import FALSE_PASSES, POWER_ERROR, monte_carlo_error
from benchmarks.calibration.published import is_inside
from benchmarks.calibration.scenarios import NULL
from tests.calibration.test_coverage import FULL, QUICK, SEED, by_title, check_as_published

MOST = 6 + 2 * monte_carlo_error(5, QUICK)


def test_a_family_of_comparisons_raises_one_alarm_in_twenty_families():
    """Four groups, each against the other three; no gap anywhere."""
    found = {row.method: row.value for row in families.count(12, QUICK, SEED)}
    assert set(found) == {"Šidák", "Holm", "max-T", "no adjustment"}
    unadjusted = found.pop("no adjustment")
    assert all(value <= MOST for value in found.values()), found
    assert unadjusted > 10


@pytest.mark.slow
def test_a_family_raises_its_alarms_within_the_acceptance_band():
    for row in families.count(12, FULL, SEED):
        assert is_inside(row), row


@by_title(NULL)
def test_four_fifths_on_the_point_ratio_alarms_by_chance_as_often_as_published(scenario):
    (row,) = rules.count("four-fifths on the point ratio", scenario, QUICK, SEED)
    check_as_published(row)
    assert row.value > 10


@by_title(NULL)
def test_two_standard_deviations_of_words_are_passed_by_chance_in_most_studies(scenario):
    (row,) = rules.count("two standard deviations, on words", scenario, QUICK, SEED)
    assert row.value > 20


@pytest.mark.parametrize("people", [12, 30])
def test_the_power_formula_promises_what_is_seen(people):
    for ratio in planning.RATIOS:
        seen, promised, error = planning.count(people, ratio, QUICK, SEED)
        assert error.figure == POWER_ERROR
        assert error.value == pytest.approx(promised.value - seen.value)
        assert abs(error.value) <= 3 + 3 * error.mc_error


@pytest.mark.slow
@pytest.mark.parametrize("people", [12, 30])
@pytest.mark.parametrize("ratio", planning.RATIOS)
def test_the_power_formula_is_within_three_points(people, ratio):
    *_, error = planning.count(people, ratio, FULL, SEED)
    assert is_inside(error), error


@pytest.mark.parametrize("people", [6, 12, 30])
def test_a_swap_at_the_margin_seldom_passes_while_not_shown_to_differ_nearly_always_does(people):
    passes, not_shown = swaps.count(people, QUICK, SEED)
    assert passes.value <= 6.5 + 2 * monte_carlo_error(5, QUICK)
    check_as_published(not_shown)
    assert not_shown.value > 50


@pytest.mark.slow
@pytest.mark.parametrize("people", [6, 12, 30])
def test_a_swap_at_the_margin_passes_within_the_acceptance_band(people):
    passes, _ = swaps.count(people, FULL, SEED)
    assert passes.figure == FALSE_PASSES
    assert is_inside(passes), passes
