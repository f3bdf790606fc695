"""Two sides over time at equal entry and grade: lines of groups, never of a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.report.drawing import WIDTH, bare, drawing_style, lifted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LOOK = (("o", "solid", "black", -0.04), ("s", (0, (5, 2)), "white", 0.04))


@dataclass(frozen=True)
class Side:
    """One side: its name, and a value with its interval for each period, None where withheld."""

    name: str
    points: tuple[tuple[float, float | None, float | None] | None, ...]


def trajectories(
    periods: Sequence[str],
    sides: tuple[Side, Side],
    *,
    tick: Callable[[float], str],
    unit: str,
    from_zero: bool,
) -> Figure:
    """Each side as a line with marks, its name beside its last point; a rate starts at zero."""
    from matplotlib.figure import Figure

    with drawing_style():
        room = 0.02 + min(0.25, 0.0105 * max(len(side.name) for side in sides))
        figure = Figure(figsize=(WIDTH, 2.9))
        axes = figure.add_axes((0.1, 0.16, 0.89 - room, 0.78))
        ends: list[tuple[float, float, str]] = []
        for side, (shape, dashes, fill, shift) in zip(sides, _LOOK, strict=True):
            values = [float("nan") if point is None else point[0] for point in side.points]
            places = [at + shift for at in range(len(values))]
            axes.plot(
                places, values, color="black", linewidth=1.3, linestyle=dashes, marker=shape,
                markersize=6, markerfacecolor=fill,
            )  # fmt: skip
            for place, point in zip(places, side.points, strict=True):
                if point is not None and point[1] is not None and point[2] is not None:
                    axes.plot([place] * 2, [point[1], point[2]], color="black", linewidth=0.8)
            known = [
                (at, value)
                for at, value in zip(places, values, strict=True)
                if not math.isnan(value)
            ]
            if known:
                ends.append((*known[-1], side.name))
        axes.set_xlim(-0.3, len(periods) - 0.7)
        if from_zero:
            axes.set_ylim(bottom=0)
        lifts = lifted([y for _, y, _ in ends], axes.get_ylim(), 0.78 * 2.9 * 72)
        for (x, y, name), lift in zip(ends, lifts, strict=True):
            axes.annotate(
                name, (x, y), xytext=(9, lift), textcoords="offset points", ha="left",
                va="center", annotation_clip=False, parse_math=False,
            )  # fmt: skip
        axes.set_xticks(range(len(periods)), periods)
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
        axes.set_ylabel(unit)
        bare(axes, "top", "right")
        return figure
