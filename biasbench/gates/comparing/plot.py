"""Everybody together (across) and the worst group (upward), a point and two intervals a model.

Black, grey and shape only, as the other figures: a filled point is on the front and an open one is
not. Names stand beside their points, each where it covers least; a thin line leads to a name that
had to go far. The same comparison gives the same bytes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from biasbench.gates.comparing.comparison import ModelComparison, Point
from biasbench.gates.comparing.labels import place_names
from biasbench.gates.comparing.tables import level_said
from biasbench.gates.lines import nobody_spoke, one_line
from biasbench.report.drawing import DEEP_GREY, MID_GREY, SIZE, WIDTH, bare, drawing_style
from biasbench.report.label_widths import width_of, within
from biasbench.report.numbers import shortest
from biasbench.report.quantities import Quantity, quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BELOW, _ABOVE, _LEFT, _RIGHT = 0.55, 0.36, 0.68, 0.12  # inches around the axes
_CAVEAT = 0.2  # inches of a line above the key
_ROOM = (WIDTH - _LEFT - _RIGHT, 4.5)  # inches of the axes
_SMALL = SIZE - 1.5  # points of a name
_LINE = _SMALL * 1.22 / 72  # inches of a line of a name
_PADDING = 0.05  # inches, left and right of a name together
_WIDEST = 1.7  # inches of a name, before it is broken
_LED = 0.15  # inches from which a line leads to a name
_PIXELS = 200  # per inch of a PNG
_FRONT: Mapping[str, Any] = {"color": "black", "linewidth": 1.1}
_POINT: Mapping[str, Any] = {"color": "black", "marker": "o", "markersize": 5.5}
#: Opaque, so that many intervals on each other are no darker.
_INTERVAL: Mapping[str, Any] = {"color": "0.6", "linewidth": 1.0}
_EQUAL: Mapping[str, Any] = {
    "color": (0, 0, 0, MID_GREY), "linewidth": 0.8, "linestyle": (0, (1, 2)),
}  # fmt: skip
#: What would tell one writing from another.
_METADATA: Mapping[str, dict[str, Any]] = {
    ".svg": {"Date": None, "Creator": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}

_Spot = tuple[float, float]
_Stretch = tuple[_Spot, _Spot]


@dataclass(frozen=True)
class _Mark:
    """A model as drawn, in printed units."""

    at: _Spot
    intervals: tuple[_Stretch, ...]  # those that there are
    on_front: bool
    text: str


def comparison_figure(found: ModelComparison) -> Figure:
    """The points of a comparison, their intervals, the front and the line of no difference.

    On the faint diagonal the worst group is at the value of everybody together.
    """
    from matplotlib.figure import Figure

    kind = quantity(found.metric)
    with _style():
        marks = [_mark(point, found, kind.factor) for point in found.points]
        front = _front(marks, turns_left=found.direction == "higher is better")
        above = _ABOVE + (_CAVEAT if found.synthetic else 0.0)
        width, height = WIDTH, _BELOW + _ROOM[1] + above
        figure = Figure(figsize=(width, height))
        axes = figure.add_axes(
            (_LEFT / width, _BELOW / height, _ROOM[0] / width, _ROOM[1] / height)
        )
        _scale(axes, found, kind, marks)
        ends = (
            min(axes.get_xlim()[0], axes.get_ylim()[0]),
            max(*axes.get_xlim(), *axes.get_ylim()),
        )
        axes.plot(ends, ends, zorder=1, scalex=False, scaley=False, **_EQUAL)
        axes.plot(*zip(*front, strict=True), zorder=4, **_FRONT)
        for mark in marks:
            for stretch in mark.intervals:
                axes.plot(*zip(*stretch, strict=True), zorder=3, **_INTERVAL)
            axes.plot(
                *mark.at, linestyle="none", zorder=5, markeredgewidth=1.1,
                markerfacecolor="black" if mark.on_front else "white", **_POINT,
            )  # fmt: skip
        _names(axes, marks, front)
        _key(axes, found)
        for text in nobody_spoke(found.synthetic):
            figure.text(0.5, 1 - 0.04 / height, text, ha="center", va="top", fontsize=SIZE - 1)
        return figure


def plot_bytes(found: ModelComparison, ending: str) -> bytes:
    """The figure as a file that ends in .svg, .png or .pdf."""
    import matplotlib as mpl

    sink = BytesIO()
    with _style(), mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "comparison"}):
        comparison_figure(found).savefig(
            sink, format=ending[1:], dpi=_PIXELS, metadata=_METADATA[ending]
        )
    return sink.getvalue()


@contextmanager
def _style() -> Iterator[None]:
    with drawing_style(), warnings.catch_warnings():
        # A name in letters that DejaVu Sans has not is shown as boxes; the tables have it whole.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield


def _mark(point: Point, found: ModelComparison, factor: float) -> _Mark:
    x, y = point.overall * factor, point.worst * factor
    intervals = []
    if point.low is not None and point.high is not None:
        intervals.append(((point.low * factor, y), (point.high * factor, y)))
    if point.worst_low is not None and point.worst_high is not None:
        intervals.append(((x, point.worst_low * factor), (x, point.worst_high * factor)))
    names = (found.label(point.model), one_line(point.worst_group))
    text = "\n".join(within(name, _WIDEST) for name in names)
    return _Mark((x, y), tuple(intervals), point.on_front, text)


def _front(marks: Sequence[_Mark], *, turns_left: bool) -> list[_Spot]:
    """The steps between points of the front: what can be had without moving beyond them."""
    on = sorted(mark.at for mark in marks if mark.on_front)
    steps = on[:1]
    for (x, y), (later_x, later_y) in pairwise(on):
        steps += [(x, later_y) if turns_left else (later_x, y), (later_x, later_y)]
    return steps


def _scale(axes: Axes, found: ModelComparison, kind: Quantity, marks: Sequence[_Mark]) -> None:
    from matplotlib.ticker import MaxNLocator

    spots = [mark.at for mark in marks]
    spots += [end for mark in marks for stretch in mark.intervals for end in stretch]
    across, upward = zip(*spots, strict=True)
    axes.set_xlim(*_limits(across, kind))
    axes.set_ylim(*_limits(upward, kind))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(lambda value, _: shortest(value, "en"))
    unit = kind.unit("en")
    groups = f"worst of {len(found.among)} groups" if len(found.among) > 1 else "the one group"
    axes.set_xlabel(f"{kind.name('en')}, everybody together ({unit})", parse_math=False)
    axes.set_ylabel(f"{kind.name('en')}, {groups} ({unit})", parse_math=False)
    bare(axes, "top", "right")
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.6)
    axes.tick_params(width=0.6, length=3, labelsize=SIZE - 1)


def _limits(values: Sequence[float], kind: Quantity) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.07 * (high - low) or 0.1 * abs(high) or 1.0
    return (max(0.0, low - room) if kind.is_rate and low >= 0 else low - room), high + room


def _names(axes: Axes, marks: Sequence[_Mark], front: Sequence[_Spot]) -> None:
    """The name of each model and of its worst group, where it covers least."""
    stretches = [stretch for mark in marks for stretch in mark.intervals] + [*pairwise(front)]
    # Level or upright, so that the lesser end is the lower left corner of a box.
    lines = [[*_inches(axes, min(ends)), *_inches(axes, max(ends))] for ends in stretches]
    places = np.array([_inches(axes, mark.at) for mark in marks])
    sizes = np.array([_size(mark.text) for mark in marks])
    boxes = place_names(places, sizes, np.array(lines, dtype=float).reshape(-1, 4), _ROOM)
    for mark, place, box in zip(marks, places, boxes, strict=True):
        low, high = box[:2], box[2:]
        end = np.clip(place, low, high)
        if np.hypot(*(end - place)) > _LED:
            axes.plot(
                *(np.array([place, end]) / _ROOM).T, color=(0, 0, 0, DEEP_GREY), linewidth=0.5,
                transform=axes.transAxes, zorder=4,
            )  # fmt: skip
        x, y = (low + high) / 2 / _ROOM
        axes.text(
            x, y, mark.text, ha="center", va="center", fontsize=_SMALL,
            linespacing=1.1, transform=axes.transAxes, zorder=6, parse_math=False,
        )  # fmt: skip


def _inches(axes: Axes, spot: _Spot) -> _Spot:
    """From the lower left corner of the axes."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    return (
        (spot[0] - left) / (right - left) * _ROOM[0],
        (spot[1] - low) / (high - low) * _ROOM[1],
    )


def _size(text: str) -> tuple[float, float]:
    lines = text.split("\n")
    return max(map(width_of, lines)) * _SMALL / SIZE + _PADDING, _LINE * len(lines)


def _key(axes: Axes, found: ModelComparison) -> None:
    from matplotlib.lines import Line2D

    level = level_said(found)
    entries = [
        Line2D([], [], linewidth=1.1, label="on the front", **_POINT),
        Line2D([], [], linestyle="none", markerfacecolor="white", label="not on it", **_POINT),
        Line2D([], [], label=f"two-sided {level} intervals, unadjusted", **_INTERVAL),
        Line2D([], [], label="worst group = everybody", **_EQUAL),
    ]
    axes.legend(
        handles=entries, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, frameon=False,
        borderaxespad=0.2, fontsize=SIZE - 1, columnspacing=1.4, handlelength=1.8,
    )  # fmt: skip
