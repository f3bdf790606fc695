"""Do the intervals hold the truth as often as they say, and does chance raise no alarm?

Quick runs use 400 simulated studies, with three Monte-Carlo standard errors around the figures
of an independent simulation; `pytest -m slow tests/calibration` uses 4,000 and the acceptance
bands themselves. What must fail is shown to fail: intervals that count utterances.
"""

from collections.abc import Callable

import numpy as np
import pytest

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.correct import sidak
from biasbench.evidence.methods import bootstrap, cr3, permutation
from biasbench.evidence.sums import SpeakerSums
from biasbench.evidence.verdict import judge
from tests.calibration.speech import Spoken, speak

QUICK = 400
FULL = 4000

Sides = tuple[Spoken, Spoken]
NULL = (0.12, 0.12)
GAP = (0.20, 0.12)


def monte_carlo_error(percent: float, n_studies: int) -> float:
    """Standard error of a percentage counted in that many studies."""
    return float(np.sqrt(percent * (100 - percent) / n_studies))


def studies(
    n_studies: int, people: tuple[int, int], means: tuple[float, float], seed: int = 20240607
) -> list[Sides]:
    rng = np.random.default_rng([seed, *people])
    return [
        (
            speak(rng, people=people[0], mean=means[0]),
            speak(rng, people=people[1], mean=means[1]),
        )
        for _ in range(n_studies)
    ]


def compared(
    simulated: list[Sides], compare: Callable[[SpeakerSums, SpeakerSums], Comparison]
) -> list[Comparison]:
    return [compare(a.by_speaker(), b.by_speaker()) for a, b in simulated]


def ratio_coverage(found: list[Comparison], truth: float) -> float:
    """Percentage of ratio intervals that hold the true ratio."""
    return 100 * float(np.mean([c.ratio_low <= truth <= c.ratio_high for c in found]))


def difference_coverage(found: list[Comparison], truth: float) -> float:
    """Percentage of difference intervals that hold the true difference."""
    return 100 * float(np.mean([c.difference_low <= truth <= c.difference_high for c in found]))


def alarms(found: list[Comparison]) -> float:
    """Percentage of p-values below 5 %."""
    return 100 * float(np.mean([c.p < 0.05 for c in found]))


# People a group, means, and coverage of ratio and difference in an independent simulation of the
# same design (4,000 studies): what the methods were chosen by.
PUBLISHED = [
    ((6, 6), NULL, 96.2, 97.7),
    ((12, 12), NULL, 94.8, 95.9),
    ((30, 30), NULL, 94.7, 94.9),
    ((6, 6), GAP, 96.0, 96.5),
    ((12, 12), GAP, 95.0, 95.0),
    ((30, 30), GAP, 94.0, 93.8),
    ((30, 6), NULL, 95.1, 96.2),
]


@pytest.mark.parametrize(("people", "means", "ratio", "difference"), PUBLISHED)
def test_default_intervals_hold_the_truth_as_often_as_published(people, means, ratio, difference):
    found = compared(studies(QUICK, people, means), cr3.compare)
    for coverage, published in (
        (ratio_coverage(found, means[0] / means[1]), ratio),
        (difference_coverage(found, means[0] - means[1]), difference),
    ):
        assert coverage == pytest.approx(published, abs=3 * monte_carlo_error(95, QUICK))


@pytest.mark.slow
@pytest.mark.parametrize(("people", "means", "ratio", "difference"), PUBLISHED)
def test_default_intervals_hold_the_truth_within_the_acceptance_band(
    people, means, ratio, difference
):
    found = compared(studies(FULL, people, means), cr3.compare)
    highest = 98.0 if min(people) < 12 else 96.5
    for coverage in (
        ratio_coverage(found, means[0] / means[1]),
        difference_coverage(found, means[0] - means[1]),
    ):
        assert 93.5 <= coverage <= highest


@pytest.mark.parametrize(("people", "most"), [((6, 6), 6.5), ((12, 12), 6.0), ((30, 30), 6.0)])
def test_chance_raises_no_more_alarms_than_five_in_a_hundred(people, most):
    found = compared(studies(QUICK, people, NULL), cr3.compare)
    assert alarms(found) <= most + 2 * monte_carlo_error(5, QUICK)


def test_permutation_of_people_raises_alarms_as_often_as_it_says():
    rng = np.random.default_rng(5)

    def compare(a: SpeakerSums, b: SpeakerSums) -> Comparison:
        return permutation.compare(a, b, rng=rng, n_resamples=199)

    for people in ((6, 6), (12, 12), (30, 6)):
        found = compared(studies(QUICK, people, NULL), compare)
        assert alarms(found) == pytest.approx(5, abs=3 * monte_carlo_error(5, QUICK))


def test_a_family_of_comparisons_raises_one_alarm_in_twenty_families():
    """Four groups, each against the other three; no gap anywhere."""
    rng = np.random.default_rng(11)
    n_alarmed = 0
    for _ in range(QUICK):
        groups = [speak(rng, people=12, mean=0.12).by_speaker() for _ in range(4)]
        p_values = []
        for place, group in enumerate(groups):
            first, second, third = groups[:place] + groups[place + 1 :]
            found = cr3.compare(group, first + second + third)
            p_values.append(sidak(found.p, 4))
        n_alarmed += min(p_values) < 0.05
    assert 100 * n_alarmed / QUICK <= 6 + 2 * monte_carlo_error(5, QUICK)


def test_a_gap_as_large_as_the_margin_is_seldom_called_small_while_not_significant_often_passes():
    """The negative control reads 'p above 5 %' as 'no gap'; it passes most of the time."""
    found = compared(studies(QUICK, (12, 12), (0.15, 0.12)), cr3.compare)
    codes = [judge(c, margin=0.03, direction="higher is worse").code for c in found]
    called_small = 100 * float(np.mean([code in ("V-E", "V-D3", "V-A3") for code in codes]))
    assert called_small <= 6.5
    not_significant = 100 * float(np.mean([c.p >= 0.05 for c in found]))
    assert not_significant > 60


# ── Negative controls: these must fail ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 30)])
def test_counting_utterances_as_people_covers_far_too_little(people):
    found = [
        cr3.compare(a.by_utterance(), b.by_utterance()) for a, b in studies(QUICK, people, NULL)
    ]
    assert ratio_coverage(found, 1.0) < 80
    assert alarms(found) > 20


def test_the_bootstrap_of_utterances_covers_far_too_little():
    rng = np.random.default_rng(3)
    found = [
        bootstrap.compare(a.by_utterance(), b.by_utterance(), rng=rng, n_resamples=199)
        for a, b in studies(100, (12, 12), NULL)
    ]
    assert difference_coverage(found, 0.0) < 80


def test_the_percentile_bootstrap_of_six_people_covers_less_than_it_says():
    """88.6 % in the independent simulation, and why it is offered for published figures alone."""
    rng = np.random.default_rng(3)

    def compare(a: SpeakerSums, b: SpeakerSums) -> Comparison:
        return bootstrap.compare(a, b, rng=rng, n_resamples=399)

    found = compared(studies(QUICK, (6, 6), NULL), compare)
    assert difference_coverage(found, 0.0) == pytest.approx(
        88.6, abs=3 * monte_carlo_error(88.6, QUICK)
    )
