"""How a table fits the page: type size, upright or on its side, and the width of each column.

A column asks for its longest word at least and for its longest text at most; what is left is
shared out in between. The largest type wins at which every longest word fits upright, then
sideways; machine text without a space may be broken anywhere, as word processors do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from biasbench.report.document import Table
from biasbench.report.word.metrics import lines, width

#: Points between the margins of an A4 page.
UPRIGHT, SIDEWAYS = 459.0, 706.0
#: Points of type, from the best to the least that a photocopy leaves legible.
SIZES = (9.0, 8.5, 8.0, 7.5)
#: Points that a cell keeps free at its left and right together, and what the measure leaves out.
PADDING, SLACK = 7.0, 1.0
#: A word longer than this many times the type size is machine text.
_LONGEST = 11
#: A column of words asks for this many times the type size, for few lines.
_COMFORTABLE = 8
#: No column is narrower than this many times the type size.
_NARROWEST = 2.5


@dataclass(frozen=True)
class Fit:
    """How a table is set: points of type, whether sideways, points of each column."""

    size: float
    is_sideways: bool
    widths: tuple[float, ...]


def fit(table: Table, sizes: Sequence[float] = SIZES) -> Fit:
    """How a table is set, whatever is in it."""
    least, most = _needs(table)
    padding = (PADDING + SLACK) * len(table.heads)
    for is_sideways, room in ((False, UPRIGHT - padding), (True, SIDEWAYS - padding)):
        for size in sizes:
            if size * sum(least) <= room:
                shared = _shared([size * one for one in least], [size * one for one in most], room)
                return _set(size, shared, is_sideways=is_sideways)
    size, room = sizes[-1], max(SIDEWAYS - padding, 1.0)
    squeezed = [one * room / sum(least) for one in least]
    return _set(size, squeezed, is_sideways=True)


def row_lines(texts: Sequence[str], fitted: Fit) -> int:
    """About how many lines the tallest cell of a row takes."""
    rooms = [max(one - PADDING, fitted.size) for one in fitted.widths]
    return max(lines(text, fitted.size, room) for text, room in zip(texts, rooms, strict=True))


def _set(size: float, inner: Sequence[float], *, is_sideways: bool) -> Fit:
    return Fit(size, is_sideways, tuple(round(one + PADDING + SLACK, 1) for one in inner))


def _needs(table: Table) -> tuple[list[float], list[float]]:
    """What each column needs at least and at most, in times the type size."""
    least, most = [], []
    for place, (head, is_numeric) in enumerate(zip(table.heads, table.numeric, strict=True)):
        texts = [row[place].text for row in table.rows]
        words = [width(word, 1, "Helvetica-Bold") for word in head.split(" ")]
        words += [width(word, 1) for text in texts for word in text.split()]
        wholes = [width(line, 1) for text in texts for line in text.split("\n")]
        if is_numeric:
            words += [whole for whole in wholes if whole <= _LONGEST]
        else:
            words += [min(whole, _COMFORTABLE) for whole in wholes]
        low = max(_NARROWEST, *(min(word, _LONGEST) for word in words))
        head_alone = min(width(head, 1, "Helvetica-Bold"), 1.8 * low)
        least.append(low)
        most.append(max([low, head_alone, *wholes]))
    return least, most


def _shared(least: list[float], most: list[float], room: float) -> list[float]:
    """Every column its least, and what is left in proportion to what it could use."""
    free, wish = room - sum(least), sum(most) - sum(least)
    if wish > free:
        return [low + (high - low) * free / wish for low, high in zip(least, most, strict=True)]
    # A narrow table keeps to its text: spread over the page, its rows would fall apart.
    spare = min((room - sum(most)) / len(most), 24.0)
    return [high + spare for high in most]
