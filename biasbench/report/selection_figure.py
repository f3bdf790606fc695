"""People by how far their calls picked lie from a random choice: counts of people, never one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biasbench.report.drawing import MID_GREY, SIZE, WIDTH, bare, drawing_style, folded

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class BinBar:
    """One range of distances: people observed and expected; the middle one holds the expected."""

    label: str
    observed: int
    expected: float
    is_middle: bool = False


def picked_bars(
    bars: Sequence[BinBar],
    *,
    write: Callable[[float], str],
    labels: tuple[str, str],
    key: tuple[str, str],
) -> Figure:
    """Observed people as bars with their number above, expected ones as a dash across.

    `labels` name both axes, `key` the bar and the dash.
    """
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    with drawing_style():
        figure = Figure(figsize=(WIDTH, 2.7))
        axes = figure.add_axes((0.09, 0.18, 0.89, 0.69))
        places = range(len(bars))
        axes.bar(
            list(places), [bar.observed for bar in bars], width=0.62, color=(0, 0, 0, MID_GREY),
            edgecolor="black", linewidth=0.8,
        )  # fmt: skip
        for place, bar in zip(places, bars, strict=True):
            axes.plot([place - 0.42, place + 0.42], [bar.expected] * 2, color="black",
                      linewidth=1.8, linestyle=(0, (4, 1.6)))  # fmt: skip
            axes.annotate(
                write(bar.observed), (place, max(bar.observed, bar.expected)), xytext=(0, 4),
                textcoords="offset points", ha="center", va="bottom",
            )  # fmt: skip
        axes.set_ylim(0, 1.16 * max([1.0, *(max(bar.observed, bar.expected) for bar in bars)]))
        axes.set_xlim(-0.6, len(bars) - 0.4)
        room = 0.89 * WIDTH / len(bars)
        axes.set_xticks(list(places), [folded(bar.label, room, size=SIZE - 1) for bar in bars])
        axes.tick_params(axis="x", length=0, labelsize=SIZE - 1)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: write(value))
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        bare(axes, "top", "right")
        axes.legend(
            handles=[
                Patch(facecolor=(0, 0, 0, MID_GREY), edgecolor="black", label=key[0]),
                Line2D([], [], color="black", linewidth=1.8, linestyle=(0, (4, 1.6)), label=key[1]),
            ],
            loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, borderaxespad=0.2,
        )  # fmt: skip
        return figure
