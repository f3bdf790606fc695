"""Intervals of time: lists of (start, end) in seconds, and what they cover together.

    union          what any of the lists covers
    intersection   what both lists cover
    complement     the gaps between, within given bounds
    total          seconds covered, overlaps once

An interval is closed and may be an instant (start = end): a recogniser may give a word no length,
and such a word still ends one silence and begins the next. Lists come in any order and may overlap;
what goes out is in order and does not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from biasbench.errors import OptionError

#: Start and end in seconds, start ≤ end.
Interval = tuple[float, float]


def union(*lists: Iterable[Interval]) -> list[Interval]:
    """What any of the lists covers; intervals that overlap or touch become one.

    Raises OptionError for an interval that ends before it starts, or is not a finite number.

    >>> union([(4.0, 5.0), (0.0, 1.0)], [(0.5, 2.0), (3.0, 3.0)])
    [(0.0, 2.0), (3.0, 3.0), (4.0, 5.0)]
    """
    merged: list[Interval] = []
    for start, end in sorted(interval for one in lists for interval in map(_checked, one)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersection(one: Iterable[Interval], other: Iterable[Interval]) -> list[Interval]:
    """What both lists cover; a shared instant is nothing.

    >>> intersection([(0.0, 2.0), (3.0, 5.0)], [(1.0, 4.0), (5.0, 6.0)])
    [(1.0, 2.0), (3.0, 4.0)]
    """
    left, right = union(one), union(other)
    shared: list[Interval] = []
    at_left = at_right = 0
    while at_left < len(left) and at_right < len(right):
        start = max(left[at_left][0], right[at_right][0])
        end = min(left[at_left][1], right[at_right][1])
        if start < end:
            shared.append((start, end))
        if left[at_left][1] < right[at_right][1]:
            at_left += 1
        else:
            at_right += 1
    return shared


def complement(intervals: Iterable[Interval], start: float, end: float) -> list[Interval]:
    """The gaps from `start` to `end` that no interval covers; an instant parts two gaps.

    >>> complement([(1.0, 2.0), (3.0, 3.0)], 0.0, 4.0)
    [(0.0, 1.0), (2.0, 3.0), (3.0, 4.0)]
    """
    _checked((start, end))
    gaps: list[Interval] = []
    reached = start
    for first, last in [*clip(intervals, start, end), (end, end)]:
        if first > reached:
            gaps.append((reached, first))
        reached = last
    return gaps


def clip(intervals: Iterable[Interval], start: float, end: float) -> list[Interval]:
    """The union of the intervals, without what lies before `start` or after `end`.

    >>> clip([(-1.0, 1.0), (2.0, 9.0), (10.0, 11.0)], 0.0, 4.0)
    [(0.0, 1.0), (2.0, 4.0)]
    """
    _checked((start, end))
    return [
        (max(first, start), min(last, end))
        for first, last in union(intervals)
        if last >= start and first <= end
    ]


def lasting(intervals: Iterable[Interval], shortest: float) -> list[Interval]:
    """Those of at least `shortest` seconds, each as it stands.

    Times are decimals from an export, so that 3.3 − 1.3 must last 2: a microsecond is forgiven.

    >>> lasting([(0.0, 1.0), (1.3, 3.3), (5.0, 5.5)], 2.0)
    [(1.3, 3.3)]
    """
    return [one for one in intervals if one[1] - one[0] >= shortest - _MICROSECOND]


def total(intervals: Iterable[Interval]) -> float:
    """Seconds covered; what several intervals cover counts once.

    >>> total([(0.0, 2.0), (1.0, 3.0), (5.0, 5.5)])
    3.5
    """
    return math.fsum(end - start for start, end in union(intervals))


def covers(intervals: Iterable[Interval], moment: float) -> bool:
    """Whether the moment lies in one of the intervals, their ends included.

    >>> covers([(0.0, 1.0)], 1.0), covers([(0.0, 1.0)], 1.5)
    (True, False)
    """
    return any(start <= moment <= end for start, end in intervals)


_MICROSECOND = 1e-6


def _checked(interval: Interval) -> Interval:
    start, end = interval
    if not (math.isfinite(start) and math.isfinite(end) and start <= end):
        raise OptionError(
            f"({start:g}, {end:g}) is not an interval: give a start and an end in seconds, the end "
            "not before the start"
        )
    return float(start), float(end)
