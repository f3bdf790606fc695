"""What every drawing of boxes, bars and lines starts from: one style, a photocopier's colours.

Black, grey and shape only; text stays text in SVG. Sizes are in inches, as the text column.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 7.6
SIZE = 9.0
#: Opacities of black.
DEEP_GREY, MID_GREY, PALE_GREY = 0.62, 0.28, 0.10


@contextmanager
def drawing_style() -> Iterator[None]:
    """Matplotlib's own defaults with the report's font, whatever the reader's settings."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.size": SIZE, "font.family": "DejaVu Sans"})
        yield


def bare(axes: Axes, *sides: str) -> None:
    """Take the frame of these sides away."""
    for side in sides:
        axes.spines[side].set_visible(False)


def folded(text: str, inches: float, *, size: float = SIZE) -> str:
    r"""Text broken into lines that fit that width, by the mean width of a letter.

    >>> folded("keywords and tone", 0.8)
    'keywords\nand tone'
    """
    columns = max(6, int(inches / (size * 0.56 / 72)))
    return "\n".join(textwrap.wrap(text, columns)) or text


def lifted(ends: Sequence[float], limits: tuple[float, float], points: float) -> tuple[float, ...]:
    """Points to lift the names of two lines by, so that they never stand on each other.

    `ends` are where the lines end on an axis from `limits[0]` to `limits[1]`, `points` high.

    >>> lifted([1.0, 1.0], (0.0, 2.0), 160)
    (7.0, -7.0)
    """
    if len(ends) < 2:
        return (0.0,) * len(ends)
    between = (ends[0] - ends[1]) / (limits[1] - limits[0]) * points
    lift = max(0.0, 14.0 - abs(between)) / 2
    return (lift, -lift) if between >= 0 else (-lift, lift)
