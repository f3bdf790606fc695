"""A percentage counted over simulated studies, and how exact a count is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

COVERS_RATIO = "ratio covered"
COVERS_DIFFERENCE = "difference covered"
ALARMS = "false alarms"
ALARMS_COVARIATE = "false alarms for a null covariate"
FAMILIES = "families with a false alarm"
FALSE_PASSES = "false passes"
POWER = "power"
POWER_ERROR = "power, formula minus simulation"
DEVIATION = "largest relative deviation"
DEVIATION_IN_ERRORS = "largest deviation in standard errors"

#: Deviations from what other software gives: neither shares nor counted, so without an error.
DEVIATIONS = (DEVIATION, DEVIATION_IN_ERRORS)


@dataclass(frozen=True)
class Counted:
    """One figure of one cell."""

    scenario: str
    method: str
    people: str  # "12 v 12"
    figure: str
    value: float  # per cent; a plain number for DEVIATIONS
    n_studies: int
    mc_error: float  # Monte-Carlo standard error, in the unit of the value


def counted(scenario: str, method: str, people: str, figure: str, hits: Iterable[bool]) -> Counted:
    """The share of studies in which something happened.

    >>> counted("null", "CR3-tW", "6 v 6", ALARMS, [True, False, False, False]).value
    25.0
    """
    every = list(hits)
    value = 100 * sum(map(bool, every)) / len(every)
    return Counted(
        scenario, method, people, figure, value, len(every), monte_carlo_error(value, len(every))
    )


def monte_carlo_error(percent: float, n_studies: int) -> float:
    """Standard error of a percentage counted in that many studies, in points.

    >>> round(monte_carlo_error(95, 4000), 2)
    0.34
    """
    return math.sqrt(percent * (100 - percent) / n_studies)
