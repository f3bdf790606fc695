"""Counts of crossings as they may be printed: few enough to hide behind, none that name anybody.

report.md §J. Exact counts stay in `Crossings`; whoever prints calls `crossings_printed`:

    fewer than k people on the side      nothing
    a count below 20                     rounded to the nearest 5, so that a colleague who knows
                                         one person's case learns nothing of the next one's
    nine in ten or more change sides     nothing: it would say so of each of them
    up + down                            the sum of the printed two, never the exact total, from
                                         which the rounding could be undone

A printed 0 means "2 or fewer".
"""

from __future__ import annotations

from dataclasses import dataclass

from biasbench.consequences.substitution.crossings import Crossed
from biasbench.errors import OptionError

#: Below this a count is rounded, to a multiple of ROUNDED_TO.
EXACT_FROM = 20
ROUNDED_TO = 5
#: A share of the side from which a count would speak of each of its people.
NEARLY_ALL = 0.9


@dataclass(frozen=True)
class PrintedCrossings:
    """What a report may say of one side; figures are None where `withheld` says why."""

    n: int | None
    up: int | None
    down: int | None
    changed: int | None  # up + down as printed
    is_rounded: bool
    withheld: str | None


def crossings_printed(found: Crossed, *, k: int | None) -> PrintedCrossings:
    """The counts of one side under the rule; `k` as in report.privacy, None for synthetic voices.

    >>> from biasbench.consequences.substitution.redraws import Redrawn
    >>> side = Crossed(n=64, up=13, down=1, n_pass_automatic=30, n_pass_human=42, n_people=64,
    ...                redrawn=Redrawn(None, None, None, None, 0))
    >>> crossings_printed(side, k=10)
    PrintedCrossings(n=64, up=15, down=0, changed=15, is_rounded=True, withheld=None)
    >>> crossings_printed(side, k=100).withheld
    '64 people: no counts below 100'
    """
    if k is None:
        return PrintedCrossings(found.n, found.up, found.down, found.changed, False, None)
    if k < 1:
        raise OptionError(f"k={k} is below 1; it is the least number of people printed about")
    if found.n_people < k:
        people = "1 person" if found.n_people == 1 else f"{found.n_people} people"
        return _withheld(f"{people}: no counts below {k}")
    if found.changed >= NEARLY_ALL * found.n:
        return _withheld("nine in ten or more change sides: a count would speak of each of them")
    up, down = _rounded(found.up), _rounded(found.down)
    is_rounded = min(found.up, found.down) < EXACT_FROM
    return PrintedCrossings(found.n, up, down, up + down, is_rounded, None)


def _rounded(count: int) -> int:
    # No count lies halfway between two multiples of an odd number.
    return count if count >= EXACT_FROM else ROUNDED_TO * round(count / ROUNDED_TO)


def _withheld(why: str) -> PrintedCrossings:
    return PrintedCrossings(None, None, None, None, False, why)
