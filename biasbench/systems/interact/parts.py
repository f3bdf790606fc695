"""Parts: the steps that a number is made of, and what makes it missing.

Points are hundredths written in decimals: added up as decimals they are exactly the number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from biasbench.systems import Trace
from biasbench.systems.interact.wording import say


@dataclass(frozen=True)
class Breach:
    """A rule that was broken: when it was known to be (None: nobody knows), and by what."""

    rule: str
    at: float | None
    found: str


@dataclass(frozen=True)
class Part:
    """A sub-score: its steps, and the breaches that prompts are made of."""

    trace: tuple[Trace, ...]
    breaches: tuple[Breach, ...]

    @property
    def value(self) -> float:
        """What the points of the steps add up to."""
        return total(self.trace)


@dataclass(frozen=True)
class Untold:
    """A number that cannot be told: one of tables.MISSING_REASONS, and a sentence."""

    reason: str
    note: str


def total(trace: Iterable[Trace]) -> float:
    """The sum of the points, to the hundredth that all of them are written in.

    >>> total([Trace("a", "", 0.1), Trace("b", "", 0.2), Trace("c", "no points")])
    0.3
    """
    return round(math.fsum(step.points for step in trace if step.points is not None), 2) + 0.0


def floored(rule: str, steps: Sequence[Trace]) -> tuple[Trace, ...]:
    """The steps, with one more that brings them back to 0 where they would go below.

    >>> [step.points for step in floored("tone", [Trace("a", "", 10.0), Trace("b", "", -25.0)])]
    [10.0, -25.0, 15.0]
    """
    below = total(steps)
    if below >= 0:
        return tuple(steps)
    return (*steps, Trace(rule, say("floor"), -below))


def lost(each: float, at_most: float, before: float) -> float:
    """Points that one more breach costs where `before` are lost already.

    >>> lost(20, 50, 0), lost(20, 50, 40), lost(20, 50, 50)
    (20, 10, 0)
    """
    return min(each, round(at_most - before, 2))
