"""The system as a chain of boxes: the line of a box says how what is known of it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.plans.plan import Known
from biasbench.report.drawing import SIZE, WIDTH, drawing_style, folded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Width and dashes of the line: the less is known, the more broken.
LINES: dict[Known, tuple[float, str | tuple[int, tuple[float, ...]]]] = {
    "observed": (2.2, "solid"),
    "documented": (0.9, "solid"),
    "declared": (1.1, (0, (6, 3))),
    "unknown": (1.1, (0, (1, 2.2))),
}

_GAP, _BOX = 0.24, 0.62


@dataclass(frozen=True)
class Step:
    """One box: its name, how it is known, and the lines printed under it."""

    name: str
    known: Known
    under: tuple[str, ...]


def pipeline(steps: Sequence[Step]) -> Figure:
    """The boxes from left to right in the order of a call, arrows between them."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    with drawing_style():
        edge = 0.06
        width = (WIDTH - 2 * edge - _GAP * (len(steps) - 1)) / len(steps)
        unders = [
            [folded(under, width + _GAP * 0.8, size=SIZE - 1) for under in step.under]
            for step in steps
        ]
        lines_below = max(sum(text.count("\n") + 1 for text in under) for under in unders)
        height = _BOX + 0.24 + 0.155 * lines_below
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, height)
        axes.axis("off")
        bottom = height - _BOX - 0.08
        for number, step in enumerate(steps):
            left = edge + number * (width + _GAP)
            line, dashes = LINES[step.known]
            axes.add_patch(
                Rectangle(
                    (left, bottom), width, _BOX, facecolor="none", edgecolor="black",
                    linewidth=line, linestyle=dashes,
                )
            )  # fmt: skip
            for line_of, above in _centred(folded(step.name, width - 0.1)):
                axes.text(
                    left + width / 2, bottom + _BOX / 2 + above, line_of,
                    ha="center", va="center", fontsize=SIZE,
                )  # fmt: skip
            y = bottom - 0.16
            for under in unders[number]:
                for text_line in under.split("\n"):
                    axes.text(
                        left + width / 2, y, text_line, ha="center", va="center",
                        fontsize=SIZE - 1,
                    )  # fmt: skip
                    y -= 0.155
            if number + 1 < len(steps):
                axes.annotate(
                    "", (left + width + _GAP - 0.02, bottom + _BOX / 2),
                    (left + width + 0.02, bottom + _BOX / 2),
                    arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 0.9,
                                "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8},
                )  # fmt: skip
        return figure


def _centred(text: str) -> list[tuple[str, float]]:
    """The lines of a text, each with its height above the middle: centred line by line."""
    lines = text.split("\n")
    return [(line, 0.155 * ((len(lines) - 1) / 2 - at)) for at, line in enumerate(lines)]
