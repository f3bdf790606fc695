"""Two rules of thumb, as the package computes them, where nothing differs.

Four-fifths calls a ratio outside [0.8, 1.25] a disparity, whatever the number of people. "Two
standard deviations" is sound about independent cases; the words of one person are not.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.calibration.counts import ALARMS, Counted, counted
from benchmarks.calibration.scenarios import Scenario
from biasbench.consequences.thresholds.rules_of_thumb import four_fifths, two_standard_deviations
from tests.calibration.speech import Spoken

Rule = Callable[[Spoken, Spoken], bool]


def beyond_four_fifths(a: Spoken, b: Spoken) -> bool:
    """Whether the point ratio lies outside [0.8, 1.25]."""
    found = four_fifths(a.errors.sum(), a.words.sum(), b.errors.sum(), b.words.sum())
    return bool(found.outside)


def beyond_two_sd(a: Spoken, b: Spoken) -> bool:
    """Whether the word errors, out of words, lie more than two standard deviations apart."""
    found = two_standard_deviations(
        int(a.errors.sum()), int(a.words.sum()), int(b.errors.sum()), int(b.words.sum())
    )
    return found.z is not None and abs(found.z) > 2


RULES: dict[str, Rule] = {
    "four-fifths on the point ratio": beyond_four_fifths,
    "two standard deviations, on words": beyond_two_sd,
}


def count(name: str, scenario: Scenario, n_studies: int, seed: int) -> list[Counted]:
    """How often the rule finds a disparity."""
    alarms = [RULES[name](a, b) for a, b in scenario.studies(n_studies, seed)]
    return [counted(scenario.name, name, scenario.sides, ALARMS, alarms)]
