"""One interval, one verdict: exactly one code for any interval and any margin.

The gap is oriented first, so that above 0 is to the disadvantage of the group. With [L, U] its
interval, adjusted for the whole family, and δ the margin declared before (docs/report.md §D):

    V-D1  δ < L              gap above the margin
    V-D2  0 < L ≤ δ < U      gap, size uncertain
    V-D3  0 < L, U ≤ δ       gap below the margin
    V-E   −δ ≤ L ≤ 0 ≤ U ≤ δ equivalent within the margin
    V-I   L ≤ 0 ≤ U, else    insufficient evidence
    V-A1 … V-A3              D1 … D3 mirrored: to the advantage of the group

A 95 % interval inside ±δ asks for more than two one-sided tests at 5 % would (those read the
90 % interval, Schuirmann 1987): on purpose, one interval for every verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from biasbench.evidence.comparison import Comparison
from biasbench.tables import Direction

Code = Literal["V-D1", "V-D2", "V-D3", "V-E", "V-I", "V-N", "V-A1", "V-A2", "V-A3"]

#: Codes that say that nothing can be said.
UNDECIDED = ("V-I", "V-N")


@dataclass(frozen=True)
class Verdict:
    """A code, or None where no rule was declared, and why, in words."""

    code: Code | None
    reason: str


def interval_code(low: float, high: float, margin: float) -> Code:
    """The code of an oriented interval, low ≤ high, for a margin above 0.

    >>> interval_code(0.04, 0.09, 0.03), interval_code(0.01, 0.09, 0.03)
    ('V-D1', 'V-D2')
    >>> interval_code(-0.02, 0.02, 0.03), interval_code(-0.02, 0.05, 0.03)
    ('V-E', 'V-I')
    """
    if low > 0:
        if low > margin:
            return "V-D1"
        return "V-D2" if high > margin else "V-D3"
    if high < 0:
        if high < -margin:
            return "V-A1"
        return "V-A2" if low < -margin else "V-A3"
    return "V-E" if low >= -margin and high <= margin else "V-I"


def oriented(low: float, high: float, direction: Direction) -> tuple[float, float]:
    """The interval of value − against_value, turned so that above 0 is worse for the group.

    >>> oriented(-0.5, -0.2, "higher is better")
    (0.2, 0.5)
    """
    if direction == "higher is better":
        return -high, -low
    return low, high


def judge(comparison: Comparison, *, margin: float, direction: Direction) -> Verdict:
    """The verdict on a comparison whose interval may be read; `direction` is not 'neither'.

    Where the intervals of difference and ratio disagree about "no gap" (0, and 1), the weaker
    verdict stands: the difference's interval is read as reaching 0.

    >>> found = Comparison(0.20, 0.12, 0.95, "by hand", difference_low=0.04, difference_high=0.13)
    >>> judge(found, margin=0.03, direction="higher is worse").code
    'V-D1'
    """
    low, high = comparison.difference_low, comparison.difference_high
    if low is None or high is None:
        raise ValueError("a comparison without an interval has no verdict; see failed_gates()")
    low, high = oriented(low, high, direction)
    written = (
        f"the gap, adjusted and turned so that above 0 is worse, lies in [{low:.4g}, {high:.4g}]"
    )
    difference_shows = low > 0 or high < 0
    ratio_shows = _ratio_shows_gap(comparison)
    if ratio_shows is None or ratio_shows == difference_shows:
        code = interval_code(low, high, margin)
        return Verdict(code, f"{code}: {written}; margin {margin:g}")
    code = interval_code(min(low, 0.0), max(high, 0.0), margin)
    one, other = ("ratio", "difference") if difference_shows else ("difference", "ratio")
    return Verdict(
        code,
        f"{code}: {written}; margin {margin:g}; the interval of the {one} holds equality, that of "
        f"the {other} does not: the weaker verdict stands",
    )


def _ratio_shows_gap(comparison: Comparison) -> bool | None:
    if comparison.ratio_low is None or comparison.ratio_high is None:
        return None
    return comparison.ratio_low > 1 or comparison.ratio_high < 1
