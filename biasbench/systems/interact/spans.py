"""Spans: stretches of time (start, end) in seconds; a list of them is in order, apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[float, float]

_ROUNDING = 1e-9  # what the difference of two times of three decimals can be off


def merge(spans: Iterable[Span], *, shortest: float = 0.0) -> list[Span]:
    """What any of them covers; those that overlap, touch or lie nearer than `shortest` are one.

    >>> merge([(2.0, 3.0), (0.0, 1.0), (0.5, 1.5)])
    [(0.0, 1.5), (2.0, 3.0)]
    >>> merge([(2.0, 3.0), (0.0, 1.0), (0.5, 1.5)], shortest=1.0)
    [(0.0, 3.0)]
    """
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and (start <= merged[-1][1] or start - merged[-1][1] < shortest - _ROUNDING):
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def gaps(spans: Sequence[Span], length: float, *, shortest: float = 0.0) -> list[Span]:
    """What none covers from 0 to `length`, in stretches of at least `shortest` seconds.

    The stretches before the first and after the last are gaps too.

    >>> gaps([(1.0, 2.0), (2.1, 3.0)], 5.0, shortest=0.25)
    [(0.0, 1.0), (3.0, 5.0)]
    """
    found: list[Span] = []
    at = 0.0
    for start, end in (*spans, (length, length)):
        if start > at and start - at >= shortest - _ROUNDING:
            found.append((at, start))
        at = max(at, end)
    return found


def seconds_within(spans: Iterable[Span], start: float, end: float) -> float:
    """Seconds of [start, end] that they cover.

    >>> seconds_within([(0.0, 1.0), (2.0, 9.0)], 0.5, 4.0)
    2.5
    """
    return sum(max(0.0, min(end, last) - max(start, first)) for first, last in spans)


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """What they cover and the others do not.

    >>> without([(0.0, 3.0), (5.0, 6.0)], [(1.0, 2.0), (5.0, 9.0)])
    [(0.0, 1.0), (2.0, 3.0)]
    """
    left: list[Span] = []
    for start, end in spans:
        at = start
        for first, last in taken:
            if last <= at or first >= end:
                continue
            if first > at:
                left.append((at, first))
            at = last
        if at < end:
            left.append((at, end))
    return left
