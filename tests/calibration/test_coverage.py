"""Do the intervals hold the truth as often as they say, and does chance raise no alarm?

Quick runs use 400 simulated studies, with three Monte-Carlo standard errors around the figures
of an independent simulation; `pytest -m slow tests/calibration` uses 4,000 and the acceptance
bands themselves. What must fail is shown to fail: intervals that count utterances. Cells, scenarios
and published figures are those of `python -m benchmarks.calibration`.
"""

import numpy as np
import pytest

from benchmarks.calibration import intervals
from benchmarks.calibration.counts import (
    ALARMS,
    COVERS_DIFFERENCE,
    COVERS_RATIO,
    Counted,
    monte_carlo_error,
)
from benchmarks.calibration.published import band, is_inside, published
from benchmarks.calibration.scenarios import (
    ALL,
    APART,
    EVEN_RATES,
    MORE_UNEVEN,
    NULL,
    STRESS,
    UNEQUAL,
    UNEVEN,
    Scenario,
)
from biasbench.evidence.methods import cr3
from biasbench.evidence.verdict import judge

QUICK = 400
FULL = 4000
SEED = 1

METHODS = {method.name: method for method in intervals.METHODS}


def figures(method: str, scenario: Scenario, n_studies: int = QUICK) -> dict[str, Counted]:
    """What a method did in that many studies of a scenario, by figure."""
    rows = intervals.count(METHODS[method], scenario, n_studies, SEED)
    return {row.figure: row for row in rows}


def check_as_published(row: Counted, *, at: float | None = None) -> None:
    """Within three Monte-Carlo errors of the published figure."""
    expected = published(row)
    assert expected is not None, row
    tolerance = 3 * monte_carlo_error(expected if at is None else at, QUICK)
    assert row.value == pytest.approx(expected, abs=tolerance), row


def by_title(scenarios):
    return pytest.mark.parametrize("scenario", scenarios, ids=lambda scenario: scenario.title)


@by_title([*NULL, *APART, UNEQUAL, UNEVEN, *STRESS[:2]])
def test_default_intervals_hold_the_truth_as_often_as_published(scenario):
    found = figures("CR3-tW", scenario)
    for figure in (COVERS_RATIO, COVERS_DIFFERENCE):
        check_as_published(found[figure], at=95)


@pytest.mark.slow
@by_title([scenario for scenario in ALL if scenario not in MORE_UNEVEN])
def test_default_intervals_hold_the_truth_within_the_acceptance_band(scenario):
    found = figures("CR3-tW", scenario, FULL)
    assert {COVERS_RATIO, COVERS_DIFFERENCE} <= set(found)
    for row in found.values():
        # False alarms under stress are the complement of coverage, which has its band.
        assert is_inside(row) or (band(row) is None and row.figure == ALARMS), row


@pytest.mark.parametrize(
    ("scenario", "most"), list(zip(NULL, (6.5, 6.0, 6.0), strict=True)), ids=("6", "12", "30")
)
def test_chance_raises_no_more_alarms_than_five_in_a_hundred(scenario, most):
    alarms = figures("CR3-tW", scenario)[ALARMS].value
    assert alarms <= most + 2 * monte_carlo_error(5, QUICK)


@by_title([*NULL, *APART, UNEQUAL, UNEVEN, *STRESS[:2]])
def test_bootstrap_t_holds_the_truth_as_often_as_published(scenario):
    check_as_published(figures("bootstrap-t", scenario)[COVERS_RATIO], at=95)


@by_title([*NULL, UNEQUAL, UNEVEN])
def test_permutation_of_people_raises_alarms_as_often_as_it_says(scenario):
    alarms = figures("permutation, studentised log", scenario)[ALARMS]
    assert alarms.value == pytest.approx(5, abs=3 * monte_carlo_error(5, QUICK))
    check_as_published(alarms)


def test_a_gap_as_large_as_the_margin_is_seldom_called_small_while_not_significant_often_passes():
    """The negative control reads 'p above 5 %' as 'no gap'; it passes most of the time."""
    margin = 0.03
    low, high = EVEN_RATES[0], EVEN_RATES[0] + margin
    at_the_margin = Scenario("at the margin", (12, 12), (high, low))
    found = [
        cr3.compare(a.by_speaker(), b.by_speaker()) for a, b in at_the_margin.studies(QUICK, SEED)
    ]
    codes = [judge(c, margin=margin, direction="higher is worse").code for c in found]
    called_small = 100 * float(np.mean([code in ("V-E", "V-D3", "V-A3") for code in codes]))
    assert called_small <= 6.5
    not_significant = 100 * float(np.mean([c.p >= 0.05 for c in found]))
    assert not_significant > 60


# ── Negative controls: these must fail ─────────────────────────────────────────────────────────


@by_title(NULL)
def test_counting_utterances_as_people_covers_far_too_little(scenario):
    found = [
        cr3.compare(a.by_utterance(), b.by_utterance()) for a, b in scenario.studies(QUICK, SEED)
    ]
    held = [intervals.holds(c.ratio_low, c.ratio_high, scenario.ratio) for c in found]
    assert 100 * np.mean(held) < 80
    assert 100 * np.mean([intervals.alarmed(c) for c in found]) > 20


@by_title([NULL[0], NULL[1], APART[1], UNEVEN, STRESS[0]])
def test_the_bootstrap_of_utterances_covers_far_too_little(scenario):
    found = figures("utterance bootstrap", scenario)
    for figure in (COVERS_RATIO, COVERS_DIFFERENCE):
        assert found[figure].value < 80
        check_as_published(found[figure])


@by_title([NULL[0], UNEQUAL, STRESS[0]])
def test_the_percentile_bootstrap_of_few_people_covers_less_than_it_says(scenario):
    """88.6 % of six a side in the independent simulation: why it is for published figures alone."""
    found = figures("speaker percentile bootstrap", scenario)
    for figure in (COVERS_RATIO, COVERS_DIFFERENCE):
        assert found[figure].value < 93
        check_as_published(found[figure])


def test_shuffling_raw_differences_of_unlike_sides_alarms_far_too_often():
    """Six people who differ three times as much as the thirty they are compared with."""
    raw = figures("permutation, raw difference", STRESS[2])[ALARMS]
    check_as_published(raw)
    assert raw.value > 12
    assert figures("permutation, studentised log", STRESS[2])[ALARMS].value < raw.value - 4
