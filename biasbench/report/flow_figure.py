"""From the recordings measured to those compared: a row a group, what leaves at each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.report.drawing import SIZE, WIDTH, drawing_style, folded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ROW, _BOX, _LINE = 0.52, 0.26, 0.16


@dataclass(frozen=True)
class FlowRow:
    """One group: what stands in each box, and under each arrow; `instead` in place of them all."""

    label: str
    boxes: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    instead: str = ""


def flow(rows: Sequence[FlowRow], heads: Sequence[str], steps: Sequence[str]) -> Figure:
    """Boxes from left to right; `heads` name the first and the last, `steps` the arrows."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    with drawing_style():
        n_boxes = len(steps) + 1
        label_width = min(2.2, 0.3 + 0.085 * max(len(row.label) for row in rows))
        pitch = (WIDTH - label_width - 0.04) / (n_boxes - 0.45)
        box = 0.55 * pitch
        named = [folded(step, 0.95 * pitch, size=SIZE - 1).split("\n") for step in steps]
        top = 0.12 + _LINE * (max(map(len, named)) + 1)
        height = top + _ROW * len(rows)
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(0, height)
        axes.axis("off")

        def write(x: float, y: float, text: str, *, ha: str = "center", small: bool = True) -> None:
            size = SIZE - 1 if small else SIZE
            axes.text(x, y, text, ha=ha, va="center", fontsize=size, parse_math=False)

        left_of = [label_width + number * pitch for number in range(n_boxes)]
        for left, head in zip((left_of[0], left_of[-1]), heads, strict=True):
            write(left + box / 2, height - 0.12, head, small=False)
        for number, lines in enumerate(named):
            middle = left_of[number] + box + (pitch - box) / 2
            for line, text in enumerate(lines):
                write(middle, height - 0.12 - _LINE * (line + 1), text)
        for at, row in enumerate(rows):
            y = height - top - _ROW * (at + 0.5)
            write(label_width - 0.12, y, row.label, ha="right", small=False)
            if row.instead:
                write(label_width, y, row.instead, ha="left", small=False)
                continue
            for left, text in zip(left_of, row.boxes, strict=True):
                axes.add_patch(
                    Rectangle((left, y - _BOX / 2), box, _BOX, facecolor="none",
                              edgecolor="black", linewidth=0.9)
                )  # fmt: skip
                write(left + box / 2, y, text, small=False)
            for left, text in zip(left_of, row.leaving, strict=False):
                axes.annotate(
                    "", (left + pitch - 0.03, y), (left + box + 0.03, y),
                    arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 0.8,
                                "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7},
                )  # fmt: skip
                write(left + box + (pitch - box) / 2, y - 0.14, text)
        return figure
