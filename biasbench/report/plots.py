"""Figures: the gaps with their intervals, and each group's own value. Black, grey and shape.

A figure is drawn for a photocopier: verdicts are told apart by the shape of the mark, numbers
stand beside the marks, nothing depends on colour. SVG keeps text as text and holds no style
attribute, date or random id, so that it passes a strict content policy, follows the page into
dark mode, and is the same bytes every time.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    FloatArray = npt.NDArray[np.float64]

Family = Literal["D", "A", "E", "I", "none"]

#: Marker of each verdict family: filled where something is established, open where it is not.
MARKERS: dict[Family, tuple[str, bool]] = {
    "D": ("o", True),
    "A": ("D", True),
    "E": ("s", True),
    "I": ("o", False),
    "none": ("^", True),
}

_WIDTH = 7.6  # inches; the text column
_ROW = 0.34  # inches for a row of one line
_LINE = 0.16  # inches for each further line of a label
_SIZE = 9.0  # points
_FACE = "DejaVu Sans"
_DPI = 100.0  # of matplotlib where nobody asks for another; widths are hinted to its pixels
_LABEL_COLUMNS = 32  # characters before a label is broken
_DEEP_GREY, _PALE_GREY = 0.62, 0.10  # opacities of black


@dataclass(frozen=True)
class Mark:
    """One row of a figure: the group, its value and intervals in printed units, the text beside.

    Without a value, `beside` stands where the mark would be ('withheld', 'no interval').
    """

    label: str
    beside: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    low_alone: float | None = None
    high_alone: float | None = None
    family: Family = "none"


@dataclass(frozen=True)
class Window:
    """The stretch of the axis that is shown; `is_cut`: some interval goes on beyond it."""

    low: float
    high: float
    is_cut: bool


def forest(
    marks: Sequence[Mark],
    *,
    tick: Callable[[float], str],
    unit: str,
    sides: tuple[str, str],
    key: Sequence[tuple[Family, str]],
    margin: float | None = None,
) -> Figure:
    """Gaps around zero, a row per group; `sides` say what left and right of zero mean.

    All numbers are in printed units (errors per 100 words). `margin` is drawn as a band.
    """
    with _style():
        figure, axes, heights = _canvas(marks, below=1.0 if key else 0.72)
        if margin is not None:
            axes.axvspan(-margin, margin, color="black", alpha=_PALE_GREY, linewidth=0, zorder=0)
        axes.axvline(0, color="black", linewidth=0.8, zorder=1)
        view = window(marks, [0.0, *([] if margin is None else [margin, -margin])])
        for mark, y in zip(marks, heights, strict=True):
            _draw(axes, mark, y, view, nothing_at=0.0)
        _scale(axes, view, tick)
        bottom = axes.get_xlim()
        _below(axes, bottom[0], f"← {sides[0]}", "left", row=1)
        _below(axes, bottom[1], f"{sides[1]} →", "right", row=1)
        _below(axes, sum(bottom) / 2, unit, "center", row=2)
        _draw_key(figure, key)
        return figure


def values(
    marks: Sequence[Mark], *, tick: Callable[[float], str], unit: str, from_zero: bool
) -> Figure:
    """Each group's own value with its own interval; a rate's axis starts at zero."""
    with _style():
        figure, axes, heights = _canvas(marks, below=0.56)
        anchor = 0.0 if from_zero else _middle(marks)
        view = window(marks, [0.0] if from_zero else [])
        for mark, y in zip(marks, heights, strict=True):
            _draw(axes, mark, y, view, nothing_at=anchor)
        _scale(axes, view, tick, from_zero=from_zero)
        limits = axes.get_xlim()
        _below(axes, sum(limits) / 2, unit, "center", row=1)
        return figure


def curve(
    places: FloatArray,
    gap: FloatArray,
    low: FloatArray,
    high: FloatArray,
    *,
    at: float | None,
    tick: Callable[[float], str],
    labels: tuple[str, str],
) -> Figure:
    """A gap at every place, its band, a line at zero, and a dashed one where the rule stands.

    Arrays have shape (n_places,), in printed units; `labels` name both axes.
    """
    from matplotlib.figure import Figure

    with _style():
        figure = Figure(figsize=(_WIDTH, 2.9))
        axes = figure.add_axes((0.09, 0.17, 0.89, 0.78))
        axes.fill_between(
            places, low, high, step="pre", color="black", alpha=_PALE_GREY, linewidth=0
        )
        axes.axhline(0, color="black", linewidth=0.8)
        axes.plot(places, gap, color="black", linewidth=1.4, drawstyle="steps-pre")
        if at is not None:
            axes.axvline(at, color="black", linewidth=1.0, linestyle="--")
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: tick(value))
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
        return figure


def window(marks: Sequence[Mark], also: Sequence[float]) -> Window:
    """What of the marks the axis shows: all of them, or all values and most of the intervals.

    One interval that reaches a hundred times further than the others would flatten them all. So
    an end further from the values than twice their spread, and than twice the median length of
    the intervals, is cut and drawn as an arrow; its number stands beside the mark.

    >>> near = [Mark("a", "", 5, 2, 9), Mark("b", "", 1, -2, 4)]
    >>> window(near, [0])
    Window(low=-2, high=9, is_cut=False)
    >>> window([*near, Mark("c", "", 6, -3, 1143)], [0])
    Window(low=-3, high=20, is_cut=True)
    """
    points = [*also, *(mark.value for mark in marks if mark.value is not None)]
    lengths = sorted(
        mark.high - mark.low for mark in marks if mark.low is not None and mark.high is not None
    )
    ends = [
        end
        for mark in marks
        for end in (mark.low, mark.high, mark.low_alone, mark.high_alone)
        if end is not None
    ]
    if not points:
        return Window(0.0, 1.0, is_cut=False)
    lowest, highest = min(points), max(points)
    reach = 2 * max(highest - lowest, lengths[len(lengths) // 2] if lengths else 0.0)
    low = max(min([*ends, lowest]), lowest - reach)
    high = min(max([*ends, highest]), highest + reach)
    return Window(low, high, is_cut=any(end < low or end > high for end in ends))


def family_of(code: str | None) -> Family:
    """Which mark a verdict gets.

    >>> family_of("V-D2"), family_of("V-N"), family_of(None)
    ('D', 'I', 'none')
    """
    if code is None:
        return "none"
    letter = code.removeprefix("V-")[0]
    return {"D": "D", "A": "A", "E": "E"}.get(letter, "I")  # type: ignore[return-value]


def to_svg(figure: Figure, *, name: str) -> str:
    """The figure as an <svg> element for an HTML page: no style, no metadata, unique ids."""
    import matplotlib as mpl

    sink = StringIO()
    # The salt makes ids of markers and clips a digest of what they are, not of the moment.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(
            sink,
            format="svg",
            transparent=True,  # the page has its own paper
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    return _for_page(sink.getvalue(), name)


@contextmanager
def _style() -> Iterator[None]:
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.size": _SIZE, "font.family": _FACE})
        yield


def _canvas(marks: Sequence[Mark], *, below: float) -> tuple[Figure, Axes, list[float]]:
    """A figure tall enough for its rows, labels at left, texts at right, both measured."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    labels = [wrapped(mark.label) for mark in marks]
    lines = [label.count("\n") + 1 for label in labels]
    steps = [_ROW + _LINE * (n - 1) for n in lines]
    height = sum(steps) + 0.14 + below
    figure = Figure(figsize=(_WIDTH, height))
    FigureCanvasAgg(figure)  # what draws it where nobody asks for another format
    left = _widest(labels) + 0.16
    right = _widest([mark.beside for mark in marks if mark.value is not None]) + 0.16
    inside = height - below - 0.06
    axes = figure.add_axes(
        (left / _WIDTH, below / height, 1 - (left + right) / _WIDTH, inside / height)
    )
    axes.set_ylim(0, inside)
    heights, top = [], height - below - 0.10
    for label, step in zip(labels, steps, strict=True):
        y = top - step / 2
        top -= step
        heights.append(y)
        for number, line in enumerate(label.split("\n")):
            # A line at a time: a text of several lines would not be anchored at its right end.
            offset = 12 * (label.count("\n") / 2 - number)
            axes.annotate(
                line, (0, y), xycoords=("axes fraction", "data"), xytext=(-9, offset),
                textcoords="offset points", ha="right", va="center", annotation_clip=False,
                parse_math=False,
            )  # fmt: skip
    axes.yaxis.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_linewidth(0.6)
    axes.tick_params(axis="x", width=0.6, length=3, labelsize=_SIZE - 1)
    return figure, axes, heights


def _draw(axes: Axes, mark: Mark, y: float, view: Window, *, nothing_at: float) -> None:
    # Artists are added as they are: `plot` would fit the axis to each one, and it is set later.
    from matplotlib.lines import Line2D

    if mark.value is None:
        axes.annotate(
            mark.beside, (nothing_at, y), xytext=(4, 0), textcoords="offset points",
            va="center", ha="left", style="italic", alpha=_DEEP_GREY, annotation_clip=False,
        )  # fmt: skip
        return
    if mark.low is not None and mark.high is not None:
        low, high = max(mark.low, view.low), min(mark.high, view.high)
        stroke = Line2D([low, high], [y, y], color="black", linewidth=2.2, zorder=2)
        stroke.set_solid_capstyle("butt")
        axes.add_artist(stroke)
        for edge, is_cut, arrow in ((low, mark.low < low, "<"), (high, mark.high > high, ">")):
            if is_cut:
                axes.add_artist(
                    Line2D([edge], [y], marker=arrow, markersize=6, color="black", zorder=2)
                )
    for end in (mark.low_alone, mark.high_alone):
        if end is not None and view.low <= end <= view.high:
            tick = [y - 0.055, y + 0.055]
            axes.add_artist(Line2D([end, end], tick, color="black", linewidth=0.8, zorder=2))
    shape, filled = MARKERS[mark.family]
    axes.add_artist(
        Line2D(
            [mark.value], [y], marker=shape, markersize=6.5, markeredgewidth=1.1, color="black",
            markerfacecolor="black" if filled else "white", linestyle="none", zorder=3,
        )
    )  # fmt: skip
    axes.annotate(
        mark.beside, (1, y), xycoords=("axes fraction", "data"), xytext=(9, 0),
        textcoords="offset points", ha="left", va="center", annotation_clip=False,
    )  # fmt: skip


def _scale(
    axes: Axes, view: Window, tick: Callable[[float], str], *, from_zero: bool = False
) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    room = 0.06 * (view.high - view.low or 1.0)
    axes.set_xlim(0.0 if from_zero else view.low - room, view.high + room)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: tick(value)))


def _below(
    axes: Axes, x: float, text: str, ha: Literal["left", "center", "right"], *, row: int
) -> None:
    axes.annotate(
        text, (x, 0), xycoords=("data", "axes fraction"), xytext=(0, -14 - 12 * row),
        textcoords="offset points", ha=ha, va="center", fontsize=_SIZE - 1, annotation_clip=False,
    )  # fmt: skip


def _draw_key(figure: Figure, key: Sequence[tuple[Family, str]]) -> None:
    """The shapes in use and what they mean, in one line at the foot."""
    from matplotlib.lines import Line2D

    if not key:
        return
    width, height = figure.get_size_inches()
    gaps = [_widest([text], size=_SIZE - 1) + 0.42 for _family, text in key]
    x, y = max(0.05, (width - sum(gaps)) / 2), 0.12
    for (family, text), step in zip(key, gaps, strict=True):
        shape, filled = MARKERS[family]
        figure.add_artist(
            Line2D(
                [(x + 0.1) / width], [y / height], marker=shape, markersize=6, color="black",
                markerfacecolor="black" if filled else "white", linestyle="none",
            )
        )  # fmt: skip
        figure.text((x + 0.22) / width, y / height, text, fontsize=_SIZE - 1, va="center_baseline")
        x += step


def wrapped(label: str) -> str:
    r"""A label broken into lines of about 32 characters, inside a word only if it must be.

    >>> wrapped("a" * 40).count("\n")
    1
    """
    return "\n".join(textwrap.wrap(label, _LABEL_COLUMNS)) or label


def _widest(texts: Sequence[str], *, size: float = _SIZE) -> float:
    """Inches of the widest text, as DejaVu Sans; the page's own sans is narrower."""
    return max((_inches(line, size) for text in texts for line in text.split("\n")), default=0.0)


@lru_cache(maxsize=4096)
def _inches(line: str, size: float) -> float:
    """How wide a line is; the same labels stand in figure after figure."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=_FACE, size=size)
    renderer: Any = RendererAgg(1, 1, _DPI)  # type: ignore[no-untyped-call]
    width, _height, _descent = renderer.get_text_width_height_descent(line, font, ismath=False)
    return float(width) / _DPI


def _middle(marks: Sequence[Mark]) -> float:
    shown = [mark.value for mark in marks if mark.value is not None]
    return sum(shown) / len(shown) if shown else 0.0


_STYLE = re.compile(r' style="([^"]*)"')
_FONT = re.compile(r"font: *(?:(italic) *)?(?:[\w ]*?)([\d.]+)px [^;\"]*")
_FAMILY = re.compile(r' font-family="[^"]*"')
_ID = re.compile(r' id="([^"]+)"')


def _for_page(svg: str, name: str) -> str:
    """Matplotlib's SVG as an inline element: styles become attributes, black the text's colour."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = _STYLE.sub(_as_attributes, svg)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg))

    def kept(found: re.Match[str]) -> str:
        return f' id="{name}-{found.group(1)}"' if found.group(1) in used else ""

    svg = _ID.sub(kept, svg)
    svg = re.sub(r'xlink:href="#', f'href="#{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = _FAMILY.sub("", svg)  # the page's own sans
    svg = svg.replace("#000000", "currentColor")
    svg = re.sub(r'(?:fill|stroke)="#ffffff"', 'class="paper"', svg)
    head = re.search(r'viewBox="[^"]+"', svg)
    body = svg[svg.index(">") + 1 :]
    box = head.group() if head else ""
    body = re.sub(r"\n\s*", "\n", body)
    look = 'fill="currentColor" stroke-linejoin="round"'
    return f'<svg {box} {look} role="img" aria-labelledby="{name}-alt">{body}'


def _as_attributes(found: re.Match[str]) -> str:
    """`style="fill: none; stroke: #000000"` as presentation attributes, in the same order."""
    attributes = []
    for declaration in found.group(1).split(";"):
        key, _, value = declaration.strip().partition(":")
        value = value.strip()
        if key == "font":
            font = _FONT.match(f"font: {value}")
            size = font.group(2) if font else str(_SIZE)
            attributes.append(f'font-size="{size}"')
            if font and font.group(1):
                attributes.append('font-style="italic"')
        elif key:
            attributes.append(f'{key}="{value}"')
    return "".join(f" {attribute}" for attribute in attributes)
