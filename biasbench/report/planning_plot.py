"""The curve of a plan: the smallest gap that so many people see, one line per comparison.

Drawn as the other figures are, for a photocopier: lines are told apart by their dashes and by
a key in the order in which they start, nothing depends on colour, and the same plan gives the same
bytes. Ratios stand on a logarithmic axis, on which twice and half are equally far.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.planning.planning import Planning
from biasbench.report.numbers import share, shortest, typeset, whole
from biasbench.report.plots import to_svg, wrapped
from biasbench.tables import REST, write_bytes, write_table, write_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Lang = Literal["fr", "en"]

_WIDTH, _INSIDE = 7.6, 3.1  # inches: the text column, and the height of the axes
_SIZE = 9.0  # points
_BELOW, _ABOVE, _LEFT, _RIGHT = 0.62, 0.42, 0.62, 0.16  # inches around the axes
_LINE = 0.17  # inches of a line of the key
_SAMPLE = 0.34  # inches of the dashes shown in the key
_PIXELS = 200  # per inch of a PNG

#: Ratios that may be marked on the axis.
_RATIO_TICKS = (1, 1.1, 1.25, 1.5, 2, 3, 4, 6, 10, 20, 50, 100, 1000, 10_000, 100_000)

#: Dashes of the lines, in turn; beyond seven comparisons the names alone tell them apart.
_DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 2)),
    (0, (1, 1.5)),
    (0, (6, 2, 1, 2)),
    (0, (3, 1.5)),
    (0, (6, 2, 1, 2, 1, 2)),
    (0, (10, 3)),
)

_WORDS: dict[str, dict[Lang, str]] = {
    "people": {
        "en": "people in the group, log scale (other side: {share} for each)",
        "fr": "personnes dans le groupe, échelle log. (autre côté : {share} pour chacune)",
    },
    "ratio": {
        "en": "smallest ratio seen with a power of {power}",
        "fr": "plus petit rapport vu avec une puissance de {power}",
    },
    "difference": {
        "en": "smallest difference seen with a power of {power}",
        "fr": "plus petit écart vu avec une puissance de {power}",
    },
    "one": {
        "en": "{what}; {level} for the one comparison",
        "fr": "{what} ; {level} pour la seule comparaison",
    },
    "family": {
        "en": "{what}; {level} over {m} comparisons, each at {adjusted}",
        "fr": "{what} ; {level} pour {m} comparaisons, chacune à {adjusted}",
    },
    "against": {"en": "{group} against {other}", "fr": "{group} contre {other}"},
    "rest": {"en": "the rest", "fr": "le reste"},
    "assumed": {"en": "assumed", "fr": "hypothèse"},
}


def planning_curve(plan: Planning, *, lang: Lang = "en") -> Figure:
    """Detectable ratio (difference, for means) by people in the group, on a logarithmic axis.

    >>> from biasbench.evidence.planning.planning import plan_from_assumptions
    >>> figure = planning_curve(plan_from_assumptions(cv=0.5, rate=0.12))
    >>> figure.axes[0].get_xscale()
    'log'
    """
    from matplotlib.figure import Figure

    what = "difference" if plan.kind == "mean" else "ratio"
    with _style():
        lines = _lines(plan, what, lang)
        names = [name for name, _ in lines]
        inside = max(_INSIDE, 0.1 + _LINE * sum(name.count("\n") + 1 for name in names))
        height, beside = inside + _BELOW + _ABOVE, 0.2 + _SAMPLE + max(map(_width, names))
        width = _WIDTH - _LEFT - beside - _RIGHT
        figure = Figure(figsize=(_WIDTH, height))
        axes = figure.add_axes((_LEFT / _WIDTH, _BELOW / height, width / _WIDTH, inside / height))
        for (_, points), dashes in zip(lines, _repeated(len(lines)), strict=True):
            axes.plot(
                points["people"], points[what], color="black", linewidth=1.3, linestyle=dashes
            )
        _scale(axes, plan, what, lang)
        _draw_key(axes, names, width, inside)
        _explain(figure, plan, what, lang)
        return figure


def write_planning_curve(plan: Planning, path: str | Path, *, lang: Lang = "en") -> Path:
    """Write the curve, the ending choosing what: .svg, .png, or its points as .csv.

    Raises OptionError for another ending.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        return write_table(plan.curve, path)
    if ending == ".svg":
        return write_text(path, _svg(planning_curve(plan, lang=lang)))
    if ending == ".png":
        sink = BytesIO()
        with _style():
            planning_curve(plan, lang=lang).savefig(
                sink, format="png", dpi=_PIXELS, metadata={"Software": None}
            )
        return write_bytes(path, sink.getvalue())
    raise OptionError(f"{path}: a planning curve is written as .svg, .png or .csv, not '{ending}'")


def planning_svg(plan: Planning, *, name: str, lang: Lang = "en") -> str:
    """The curve as an <svg> element for an HTML page."""
    return to_svg(planning_curve(plan, lang=lang), name=name)


def _svg(figure: Figure) -> str:
    import matplotlib as mpl

    sink = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "planning"}):
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return sink.getvalue()


def _lines(plan: Planning, what: str, lang: Lang) -> list[tuple[str, pd.DataFrame]]:
    """Name and points of each comparison; the line that starts highest comes first."""
    found = []
    for (group, against), points in plan.curve.groupby(["group", "against"], sort=False):
        is_assumed = bool(points["by"].isna().all())
        name = _WORDS["assumed"][lang] if is_assumed else _name(str(group), str(against), lang)
        found.append((wrapped(name), points))
    return sorted(found, key=lambda line: (-float(line[1][what].iloc[0]), line[0]))


def _name(group: str, against: str, lang: Lang) -> str:
    other = _WORDS["rest"][lang] if against == REST else against
    return _WORDS["against"][lang].format(group=group, other=other)


def _repeated(count: int) -> list[Any]:
    return [_DASHES[place % len(_DASHES)] for place in range(count)]


def _scale(axes: Axes, plan: Planning, what: str, lang: Lang) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    counts = sorted(set(plan.detectable["people"].astype(int)))
    axes.set_xscale("log")
    axes.set_xlim(plan.curve["people"].min() / 1.04, plan.curve["people"].max() * 1.04)
    axes.xaxis.set_major_locator(FixedLocator(_apart(counts)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: whole(value, lang)))
    nothing, top = 1.0 if what == "ratio" else 0.0, float(plan.curve[what].max())
    axes.axhline(nothing, color="black", linewidth=0.8)
    if what == "ratio":
        axes.set_yscale("log")
        axes.set_ylim(top**-0.03, top**1.03)
        axes.yaxis.set_major_locator(FixedLocator(_ratio_ticks(top)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: shortest(value, lang)))
    else:
        axes.set_ylim(-0.03 * top, 1.03 * top)
        axes.yaxis.set_major_locator(MaxNLocator(7))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: shortest(value, lang)))
    for side in ("right", "top"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_linewidth(0.6)
    axes.tick_params(width=0.6, length=3, labelsize=_SIZE - 1)


def _apart(counts: Sequence[int]) -> list[int]:
    """Numbers of people far enough from each other to be printed under a logarithmic axis."""
    kept = [counts[0]]
    for count in counts[1:]:
        if count >= kept[-1] * 1.18:
            kept.append(count)
    return kept


def _ratio_ticks(top: float) -> list[float]:
    """Marks on a logarithmic axis from 1 to `top`, no two closer than a sixteenth of it.

    >>> _ratio_ticks(2.6), _ratio_ticks(40)
    ([1, 1.1, 1.25, 1.5, 2], [1, 1.5, 2, 3, 4, 6, 10, 20])
    """
    kept: list[float] = []
    for tick in _RATIO_TICKS:
        if tick <= top and (not kept or math.log(tick / kept[-1]) >= math.log(top) / 16):
            kept.append(tick)
    return kept


def _draw_key(axes: Axes, names: Sequence[str], width: float, height: float) -> None:
    """The names at the right of the axes, each with its dashes before it; `width` in inches."""
    x, y = width + 0.12, height
    for name, dashes in zip(names, _repeated(len(names)), strict=True):
        n_lines = name.count("\n") + 1
        middle = (y - _LINE * n_lines / 2) / height
        axes.plot(
            [x / width, (x + _SAMPLE) / width], [middle, middle], color="black", linewidth=1.3,
            linestyle=dashes, transform=axes.transAxes, clip_on=False,
        )  # fmt: skip
        axes.text(
            (x + _SAMPLE + 0.08) / width, middle, name, va="center", transform=axes.transAxes,
            parse_math=False,
        )  # fmt: skip
        y -= _LINE * n_lines


def _explain(figure: Figure, plan: Planning, what: str, lang: Lang) -> None:
    above = _WORDS["one" if plan.n_comparisons == 1 else "family"][lang].format(
        what=_WORDS[what][lang].format(power=share(plan.power, lang, decimals=0)),
        level=share(plan.level, lang, decimals=0),
        m=whole(plan.n_comparisons, lang),
        adjusted=share(plan.adjusted_level, lang, decimals=2),
    )
    below = _WORDS["people"][lang].format(share=shortest(plan.against_per_person, lang))
    x, height = _LEFT / _WIDTH, figure.get_figheight()
    for y, text in ((1 - 0.16 / height, above), (0.16 / height, below)):
        figure.text(x, y, typeset(text, lang), va="center", fontsize=_SIZE - 1)


def _width(text: str) -> float:
    """Inches of a text, as DejaVu Sans."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    canvas: Any = FigureCanvasAgg(figure)
    artist = figure.text(0, 0, text, parse_math=False)
    return float(artist.get_window_extent(canvas.get_renderer()).width / figure.dpi)


def _style() -> AbstractContextManager[None]:
    import matplotlib as mpl

    settings = {**mpl.rcParamsDefault, "font.size": _SIZE, "font.family": "DejaVu Sans"}
    settings.pop("backend", None)
    return mpl.rc_context(settings)
