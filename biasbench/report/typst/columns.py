"""How a table fits the page: type size, upright or on its side, and the width of each column.

As a browser does it: a column asks for its longest word at least and its longest text at most,
and what is left is shared out in between. The largest type wins at which every longest word
fits; then the page turned on its side; at last words are broken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from biasbench.report.document import Table
from biasbench.report.typst.fonts import width

UPRIGHT, SIDEWAYS = 470.0, 717.0  # points between the margins of A4
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
GUTTER = 11.0  # points between two columns
#: Semibold is wider than regular by this.
BOLD = 1.05
#: Room for what the measure leaves out: kerning, rounding.
SLACK = 1.5
#: A number wider than this many times the type size is machine text, and may be broken.
_NUMBER = 14
#: Below this many times the type size no column is broken into.
_NARROWEST = 4.5
#: A column of words asks for this many times the type size at least, for few lines.
_COMFORTABLE = 9


@dataclass(frozen=True)
class Fit:
    """How a table is set: points of type, whether sideways, points of each column, its height."""

    size: float
    is_sideways: bool
    widths: tuple[float, ...]
    height: float


@dataclass(frozen=True)
class _Needs:
    """What each column asks for at a type size of one point."""

    least: tuple[float, ...]
    most: tuple[float, ...]


def fit(table: Table, sizes: Sequence[float] = SIZES) -> Fit:
    """How a table is set, whatever is in it."""
    needs = _needs(table)
    gutters = GUTTER * (len(table.heads) - 1)
    for is_sideways, room in ((False, UPRIGHT - gutters), (True, SIDEWAYS - gutters)):
        for size in sizes:
            if sum(size * one + SLACK for one in needs.least) <= room:
                return _fitted(table, size, _shared(needs, size, room), is_sideways=is_sideways)
    size, room = sizes[-1], SIDEWAYS - gutters
    return _fitted(table, size, _squeezed(needs, size, room), is_sideways=True)


def lines_in(text: str, size: float, room: float) -> int:
    """About how many lines a text takes in a column; never less than it will take by much."""
    return sum(max(1, math.ceil(1.08 * width(line, size) / room)) for line in text.split("\n"))


def _needs(table: Table) -> _Needs:
    least, most = [], []
    for place, (head, is_numeric) in enumerate(zip(table.heads, table.numeric, strict=True)):
        texts = [row[place].text for row in table.rows]
        words = [width(word, 1) * BOLD for word in head.split(" ")]
        for text in texts:
            whole = width(text, 1)
            if is_numeric and whole <= _NUMBER:
                words.append(whole)
            else:
                words += [width(word, 1) for word in text.split(" ")]
                words.append(min(whole, _COMFORTABLE))
        head_alone = min(width(head, 1) * BOLD, 2 * max(words, default=0))
        least.append(max(words, default=0))
        most.append(max([head_alone, least[-1], *(width(text, 1) for text in texts)]))
    # A name or a hash that nothing breaks must not push the other columns off the page.
    limit = 3 * _NUMBER
    return _Needs(tuple(min(one, limit) for one in least), tuple(most))


def _shared(needs: _Needs, size: float, room: float) -> list[float]:
    """Every column its least, and what is left in proportion to what it could use."""
    least = [size * one + SLACK for one in needs.least]
    most = [max(size * one + SLACK, low) for one, low in zip(needs.most, least, strict=True)]
    free = room - sum(least)
    wish = sum(most) - sum(least)
    if wish > free:
        share = max(free, 0) / wish
        return [low + share * (high - low) for low, high in zip(least, most, strict=True)]
    spare = (room - sum(most)) / len(most)
    return [high + spare for high in most]


def _squeezed(needs: _Needs, size: float, room: float) -> list[float]:
    """Columns narrower than their longest word, in proportion, none narrower than a few letters."""
    floor = min(_NARROWEST * size, room / len(needs.least))
    low = [min(size * one, floor) for one in needs.least]
    rest = [size * one - kept for one, kept in zip(needs.least, low, strict=True)]
    share = (room - sum(low)) / sum(rest) if sum(rest) else 0.0
    return [kept + share * more for kept, more in zip(low, rest, strict=True)]


def _fitted(table: Table, size: float, widths: list[float], *, is_sideways: bool) -> Fit:
    rows = [tuple(cell.text for cell in row) for row in table.rows]
    lines = [
        max(lines_in(text, size, room) for text, room in zip(row, widths, strict=True))
        for row in [table.heads, *rows]
    ]
    height = sum(1.25 * size * count + 7 for count in lines)
    return Fit(size, is_sideways, tuple(round(one, 2) for one in widths), height)
