"""Labels that fit their place whatever letters a group's name has: measured, not guessed.

`drawing.folded` breaks by the mean width of a letter; a name in capitals is wider.
"""

from __future__ import annotations

from biasbench.report.drawing import SIZE, folded

_NARROWEST = 0.4  # inches of six letters, the narrowest column that `folded` makes


def within(text: str, inches: float) -> str:
    r"""Text broken into lines none of which is wider than that, as measured in its font.

    >>> [line for line in within("W" * 30, 1.0).split("\n") if width_of(line) > 1.0]
    []
    """
    room = inches
    while True:
        lines = folded(text, room)
        widest = max(width_of(line) for line in lines.split("\n"))
        if widest <= inches or room < _NARROWEST:
            return lines
        room *= 0.9


def width_of(line: str) -> float:
    """Inches of a line in the report's font."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=SIZE)
    points, _height, _descent = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return float(points) / 72
