"""The specification curve: the gap under every analysis above, the choices of each below.

Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4:1208–1214, fig. 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.report.drawing import PALE_GREY, SIZE, WIDTH, bare, drawing_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CURVE, _CHOICE = 2.0, 0.19


@dataclass(frozen=True)
class Analysis:
    """One analysis: its gap and interval in printed units, and the choices that made it."""

    gap: float
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    is_main: bool = False


def specification_curve(
    analyses: Sequence[Analysis],
    choices: Sequence[Sequence[str]],
    *,
    tick: Callable[[float], str],
    unit: str,
    margin: float | None,
) -> Figure:
    """Analyses from left to right in the order given; `choices` are the options axis by axis."""
    from matplotlib.figure import Figure

    with drawing_style():
        rows = [option for axis in choices for option in axis]
        below = _CHOICE * len(rows) + 0.1 * len(choices)
        height = _CURVE + below + 0.3
        left = min(2.6, 0.4 + 0.075 * max([8, *map(len, rows)])) / WIDTH
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((left, (below + 0.2) / height, 0.98 - left, _CURVE / height))
        if margin is not None:
            axes.axhspan(-margin, margin, color="black", alpha=PALE_GREY, linewidth=0)
        axes.axhline(0, color="black", linewidth=0.8)
        for at, one in enumerate(analyses):
            if one.low is not None and one.high is not None:
                axes.plot([at, at], [one.low, one.high], color="black", linewidth=1.4)
            axes.plot(
                [at], [one.gap], marker="o", markersize=6, color="black", linestyle="none",
                markerfacecolor="black" if one.is_main else "white",
            )  # fmt: skip
        axes.set_xlim(-0.6, len(analyses) - 0.4)
        axes.set_xticks([])
        axes.yaxis.set_major_formatter(lambda value, _: tick(value))
        axes.set_ylabel(unit)
        bare(axes, "top", "right", "bottom")
        grid = figure.add_axes((left, 0.1 / height, 0.98 - left, below / height))
        grid.set_xlim(-0.6, len(analyses) - 0.4)
        grid.set_ylim(0, below)
        grid.axis("off")
        y = below
        for number, options in enumerate(choices):
            y -= 0.1
            for option in options:
                y -= _CHOICE
                middle = y + _CHOICE / 2
                grid.annotate(
                    option, (-0.6, middle), xytext=(-8, 0), textcoords="offset points",
                    ha="right", va="center", fontsize=SIZE - 1, annotation_clip=False,
                    parse_math=False,
                )  # fmt: skip
                for at, one in enumerate(analyses):
                    chosen = one.choices[number] == option
                    grid.plot(
                        [at], [middle], marker="s" if chosen else ".", linestyle="none",
                        markersize=5 if chosen else 1.5, color="black",
                    )  # fmt: skip
        return figure
