"""Two sides and their difference in one picture: boxes of people at left, the difference at right.

The plot of Gardner & Altman (1986, BMJ 292:746), as Cumming (2012, Understanding The New
Statistics) and Ho et al. (2019, Nature Methods 16:565) draw it, with boxes of quartiles in place
of the points. Both axes have one scale, and the zero of the difference stands at the height of
the other side's value, so that the difference of the two marks at left is the mark at right.

    box                25th to 75th percentile of people's values; the thick line is the median
    open circle        the value of the side as a whole
    filled circle      the difference, with its interval; the grey band is the margin
    small grey dots    one person each: only where the caller hands them over

What is handed over is drawn exactly, and can be measured on an SVG: round it before. There are no
whiskers, so that neither the smallest nor the largest value is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.report.drawing import (
    DEEP_GREY,
    PALE_GREY,
    SIZE,
    WIDTH,
    bare,
    drawing_style,
    folded,
)
from biasbench.report.label_widths import within

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _MIDDLE, _RIGHT = 0.80, 4.85, 6.80  # inches: where the two panels begin and end
_TALL = 2.75  # inches of a panel
_ABOVE = 0.12
_LINE = 0.165  # inches of a line of a label
_HALF_BOX = 0.16  # of the distance between the two columns
_STRIP = -0.34  # where dots stand beside the box, likewise
_DOT_GREY = 0.45
_REACH = 3.0  # an interval goes on at most so many times the spread of the values


@dataclass(frozen=True)
class Side:
    """One side in printed units: its label, its value, its quartiles and its people if printed."""

    label: str
    beside: str
    value: float
    box: tuple[float, float, float] | None = None
    points: tuple[float, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Group minus other side in printed units, with its interval and the margin if there is one."""

    label: str
    beside: str
    value: float
    low: float | None
    high: float | None
    margin: float | None


@dataclass(frozen=True)
class View:
    """The stretch of the axis of values that is shown; `is_cut`: the interval goes on beyond."""

    low: float
    high: float
    is_cut: bool


def estimation(
    group: Side,
    against: Side,
    difference: Difference,
    *,
    tick: Callable[[float], str],
    labels: tuple[str, str],
    from_zero: bool,
) -> Figure:
    """The other side, the group, and their difference; `labels` name both axes.

    The first axis is that of values, the second that of the difference: the first, moved so that
    its zero is the value of `against`.
    """
    from matplotlib.figure import Figure

    with drawing_style():
        columns = (against, group)
        room = (_MIDDLE - _LEFT) / 2 - 0.15
        names = [_label(side.label, side.beside, room) for side in columns]
        names.append(_label(difference.label, difference.beside, _RIGHT - _MIDDLE - 0.1))
        below = 0.14 + _LINE * max(name.count("\n") + 1 for name in names)
        height = _ABOVE + _TALL + below
        figure = Figure(figsize=(WIDTH, height))
        left, right = (
            figure.add_axes(
                (x / WIDTH, below / height, (end - x) / WIDTH, _TALL / height), label=label
            )
            for x, end, label in ((_LEFT, _MIDDLE, "values"), (_MIDDLE, _RIGHT, "difference"))
        )
        view = view_of(columns, difference, from_zero=from_zero)
        _frame(left, right, view, against.value)
        _guides(left, against.value, group.value)
        for place, side in enumerate(columns):
            _draw_side(left, place, side)
        _draw_difference(right, difference, view.low - against.value, view.high - against.value)
        for axes, place, name in zip((left, left, right), (0, 1, 0), names, strict=True):
            axes.annotate(
                name, (place, 0), xycoords=("data", "axes fraction"), xytext=(0, -7),
                textcoords="offset points", ha="center", va="top", annotation_clip=False,
                parse_math=False,
            )  # fmt: skip
        _ticks(left, right, tick, labels, from_zero=from_zero)
        return figure


def view_of(columns: Sequence[Side], difference: Difference, *, from_zero: bool) -> View:
    """What the axis of values shows: every value, the margin, and most of the interval.

    An end further from the values than three times their spread is cut: it would flatten the boxes.

    >>> one, other = Side("a", "", 9.0), Side("b", "", 5.0)
    >>> view_of((other, one), Difference("", "", 4.0, 1.0, 7.0, None), from_zero=False)
    View(low=5.0, high=12.0, is_cut=False)
    >>> view_of((other, one), Difference("", "", 4.0, 1.0, 90.0, None), from_zero=False)
    View(low=5.0, high=21.0, is_cut=True)
    """
    zero = columns[0].value
    margin = difference.margin or 0.0
    shown = [zero + difference.value, zero + margin, zero - margin]
    for side in columns:
        shown += [side.value, *(side.box or ()), *side.points]
    shown += [0.0] if from_zero else []
    lowest, highest = min(shown), max(shown)
    ends = [zero + end for end in (difference.low, difference.high) if end is not None]
    reach = _REACH * (highest - lowest or abs(highest) or 1.0)
    low = max(min([lowest, *ends]), lowest - reach)
    high = min(max([highest, *ends]), highest + reach)
    return View(low, high, is_cut=any(end < low or end > high for end in ends))


def _label(name: str, beside: str, inches: float) -> str:
    return f"{within(name, inches)}\n{within(beside, inches)}"


def _frame(left: Axes, right: Axes, view: View, zero: float) -> None:
    """One scale for both panels; the second begins at the other side's value."""
    room = 0.05 * (view.high - view.low or 1.0)
    low, high = view.low - room, view.high + room
    left.set_xlim(-0.6, 1.5)
    left.set_ylim(low, high)
    right.set_xlim(-0.6, 0.6)
    right.set_ylim(low - zero, high - zero)


def _guides(left: Axes, zero: float, value: float) -> None:
    """From each side's value across to the panel of the difference."""
    for start, y, dashes in ((0, zero, "solid"), (1, value, (0, (2, 2)))):
        left.plot(
            [start, left.get_xlim()[1]], [y, y], color="black", linewidth=0.7, linestyle=dashes,
            alpha=DEEP_GREY, scalex=False, scaley=False, zorder=1,
        )  # fmt: skip


def _draw_side(axes: Axes, place: int, side: Side) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    if side.points:
        # Neighbours in size stand apart, the same way each time.
        across = [place + _STRIP + 0.035 * (at % 3 - 1) for at in range(len(side.points))]
        axes.add_artist(
            Line2D(
                across, sorted(side.points), marker="o", markersize=3.2, color="black",
                markeredgewidth=0, alpha=_DOT_GREY, linestyle="none", gid="people",
            )
        )  # fmt: skip
    if side.box is not None:
        low, median, high = side.box
        edges = (place - _HALF_BOX, place + _HALF_BOX)
        axes.add_patch(
            Rectangle((edges[0], low), 2 * _HALF_BOX, high - low, facecolor="white", zorder=2)
        )
        axes.add_patch(
            Rectangle(
                (edges[0], low), 2 * _HALF_BOX, high - low, facecolor=(0, 0, 0, PALE_GREY),
                edgecolor="black", linewidth=0.9, zorder=2,
            )
        )  # fmt: skip
        line = Line2D(edges, (median, median), color="black", linewidth=2.2, zorder=3)
        line.set_solid_capstyle("butt")
        axes.add_artist(line)
    axes.add_artist(
        Line2D(
            [place], [side.value], marker="o", markersize=6.5, color="black", markeredgewidth=1.2,
            markerfacecolor="white", linestyle="none", zorder=4, gid="value",
        )
    )  # fmt: skip


def _draw_difference(axes: Axes, found: Difference, lowest: float, highest: float) -> None:
    from matplotlib.lines import Line2D

    if found.margin is not None:
        axes.axhspan(
            -found.margin, found.margin, color="black", alpha=PALE_GREY, linewidth=0, zorder=0
        )
    axes.axhline(0, color="black", linewidth=0.8, zorder=1)
    across = [axes.get_xlim()[0], 0]
    axes.plot(
        across, [found.value] * 2, color="black", linewidth=0.7, linestyle=(0, (2, 2)),
        alpha=DEEP_GREY, scalex=False, scaley=False, zorder=1,
    )  # fmt: skip
    if found.low is not None and found.high is not None:
        low, high = max(found.low, lowest), min(found.high, highest)
        stroke = Line2D([0, 0], [low, high], color="black", linewidth=2.2, zorder=2)
        stroke.set_solid_capstyle("butt")
        axes.add_artist(stroke)
        for end, is_cut, arrow in ((low, found.low < low, "v"), (high, found.high > high, "^")):
            if is_cut:
                axes.add_artist(
                    Line2D([0], [end], marker=arrow, markersize=6, color="black", zorder=2)
                )
    axes.add_artist(
        Line2D(
            [0], [found.value], marker="o", markersize=7, color="black", linestyle="none",
            zorder=3, gid="difference",
        )
    )  # fmt: skip


def _ticks(
    left: Axes,
    right: Axes,
    tick: Callable[[float], str],
    labels: tuple[str, str],
    *,
    from_zero: bool,
) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    right.yaxis.tick_right()
    right.yaxis.set_label_position("right")
    for axes, label in zip((left, right), labels, strict=True):
        axes.set_xticks([])
        low, high = axes.get_ylim()
        # A rate below zero is none; the axis goes there for the sake of the difference only.
        starts = 0.0 if from_zero and axes is left else low
        places = MaxNLocator(6).tick_values(low, high)
        inside = [float(place) for place in places if starts <= place <= high]
        axes.yaxis.set_major_locator(FixedLocator(inside))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: tick(value)))
        axes.set_ylabel(folded(label, _TALL), fontsize=SIZE - 1, parse_math=False)
        axes.tick_params(axis="y", width=0.6, length=3, labelsize=SIZE - 1)
        if from_zero and axes is left and low < 0 and math.isfinite(low):
            axes.spines["left"].set_bounds(0.0, high)
    bare(left, "top", "right", "bottom")
    bare(right, "top", "left", "bottom")
