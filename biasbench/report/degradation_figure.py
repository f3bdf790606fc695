"""Two sides as recordings get worse: lines of groups over the degree of the degradation.

To the left are the untouched recordings, beside the axis of numbers and joined by no line to them;
to the right it gets worse, so that an axis of signal-to-noise ratios falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from biasbench.report.drawing import WIDTH, bare, drawing_style, lifted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT, _INNER = 2.9, 0.74
_LOOK = (("o", "solid", "black", -1), ("s", (0, (5, 2)), "white", 1))

#: A value with the ends of its interval, None where there is none.
Drawn = tuple[float, float | None, float | None]


@dataclass(frozen=True)
class Curve:
    """One side: its name, and a point for each degree, None where withheld or not described."""

    name: str
    points: tuple[Drawn | None, ...]


def degradation(
    degrees: Sequence[float | None],
    labels: Sequence[str],
    sides: tuple[Curve, Curve],
    *,
    axis: str,
    tick: Callable[[float], str],
    unit: str,
    from_zero: bool,
) -> Figure:
    """Each side as a line with marks, its name beside its last point; a rate starts at zero.

    `degrees` go from the mildest to the worst, the first being None for untouched recordings.
    """
    from matplotlib.figure import Figure

    with drawing_style():
        places = places_of(degrees)
        room = 0.02 + min(0.25, 0.0105 * max(len(side.name) for side in sides))
        figure = Figure(figsize=(WIDTH, _HEIGHT))
        axes = figure.add_axes((0.1, 0.2, 0.89 - room, _INNER))
        ends: list[tuple[float, float, str]] = []
        apart = 0.006 * places[-1]
        for side, (shape, dashes, fill, way) in zip(sides, _LOOK, strict=True):
            known = [
                (at, place + way * apart, point)
                for at, (place, point) in enumerate(zip(places, side.points, strict=True))
                if point is not None
            ]
            for _at, place, point in known:
                if point[1] is not None and point[2] is not None:
                    axes.plot([place] * 2, [point[1], point[2]], color="black", linewidth=0.8)
            for here in _stretches(known, degrees):
                axes.plot(
                    [place for _, place, _ in here], [point[0] for _, _, point in here],
                    color="black", linewidth=1.3, linestyle=dashes, marker=shape, markersize=6,
                    markerfacecolor=fill,
                )  # fmt: skip
            if known:
                ends.append((known[-1][1], known[-1][2][0], side.name))
        axes.set_xlim(-0.06 * places[-1], 1.03 * places[-1])
        if from_zero:
            axes.set_ylim(bottom=0)
        lifts = lifted([y for _, y, _ in ends], axes.get_ylim(), _INNER * _HEIGHT * 72)
        for (x, y, name), lift in zip(ends, lifts, strict=True):
            axes.annotate(
                name, (x, y), xytext=(9, lift), textcoords="offset points", ha="left",
                va="center", annotation_clip=False, parse_math=False,
            )  # fmt: skip
        axes.set_xticks(places, legible(places, labels))
        axes.set_xlabel(axis, parse_math=False)
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
        axes.set_ylabel(unit, parse_math=False)
        bare(axes, "top", "right")
        if degrees[0] is None:  # no number: beside the axis
            axes.spines["bottom"].set_bounds(places[1], places[-1])
        return figure


def places_of(degrees: Sequence[float | None]) -> list[float]:
    """Where each degree stands, from 0 on: at its distance from the mildest.

    Untouched recordings stand before it by a fifth of all there is.

    >>> places_of([20, 10, 5]), places_of([None, 0.0, 10.0])
    ([0.0, 10.0, 15.0], [0.0, 2.0, 12.0])
    """
    numbers = [float(one) for one in degrees if one is not None]
    found = [abs(one - numbers[0]) for one in numbers]
    if len(numbers) == len(degrees):
        return found
    before = 0.2 * found[-1] if found[-1] > 0 else 1.0
    return [0.0, *(before + at for at in found)]


def legible(places: Sequence[float], labels: Sequence[str]) -> list[str]:
    """The labels, without those that would stand on the one before.

    >>> legible([0.0, 1.0, 100.0], ["0", "1", "100"])
    ['0', '', '100']
    """
    found: list[str] = []
    last = -math.inf
    for place, label in zip(places, labels, strict=True):
        # Letters on a text column of 7.6 inches, a hundredth of it each.
        clear = (place - last) > places[-1] * 0.012 * max(3, len(label))
        found.append(label if clear else "")
        last = place if clear else last
    return found


def _stretches(
    known: Sequence[tuple[int, float, Drawn]], degrees: Sequence[float | None]
) -> list[list[tuple[int, float, Drawn]]]:
    """Points that a line joins: neighbours, both of them degraded."""
    found: list[list[tuple[int, float, Drawn]]] = [list(known[:1])]
    for one, other in pairwise(known):
        if other[0] - one[0] == 1 and degrees[one[0]] is not None:
            found[-1].append(other)
        else:
            found.append([other])
    return found
