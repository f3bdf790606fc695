"""Cells of a workbook: numbers as numbers, text as text whatever it begins with."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.api.types import is_integer_dtype, is_numeric_dtype

from biasbench.report.document import Cell, Table
from biasbench.report.inert import inert_text
from biasbench.report.numbers import MINUS, NARROW, Lang
from biasbench.report.wording import say

#: Letters that a cell holds, with room for the sentence that says what was left out.
_MOST_LETTERS = 32_767
_LEFT = 32_500
#: Letters of a column: none narrower or wider; text beyond it is wrapped.
_NARROWEST, _WIDEST = 9, 60
#: Letters across an A4 page on its side, at some 6 points.
_ACROSS = 210
#: A text from here on is a paragraph, and its column twice as wide.
_PARAGRAPH = 250
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(rf"(?P<sign>{MINUS}?)(?P<digits>\d[\d{NARROW},.]*)(?P<after>(?:\u00a0?%)?)")
#: Rows of a table as printed: its caption, a blank one, its head.
_CAPTION_ROWS = 2

_STYLES: dict[str, dict[str, Any]] = {
    "kicker": {"font_size": 9, "font_color": "#555555", "align": "left"},
    "title": {"font_size": 16, "bold": True, "align": "left"},
    "strong": {"bold": True},
    "head": {"bold": True, "font_size": 12},
    "term": {"bold": True, "font_color": "#333333"},
    "text": {},
    "note": {"font_size": 8, "font_color": "#555555"},
    "caption": {"bold": True},
    "column": {"bold": True, "bottom": 1, "valign": "bottom"},
    "word": {"align": "right", "font_color": "#555555"},
}


@dataclass(frozen=True)
class Number:
    """A number and the way Excel shows it."""

    value: float
    shown: str


@dataclass(frozen=True)
class Sheet:
    """A table for a sheet: a caption and notes if it was printed, its heads, its cells."""

    name: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Number | str | None, ...], ...]
    numeric: tuple[bool, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()


class Look:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any, lang: Lang) -> None:  # noqa: ANN401 - xlsxwriter, untyped
        self._book, self._lang = book, lang
        self._made: dict[tuple[str, str, bool], Any] = {}

    def text(self, text: str) -> str:
        """The text as a cell can hold it; what is too long says so."""
        plain = inert_text(text)
        if _letters(plain) <= _MOST_LETTERS:
            return plain
        start = plain[:_LEFT]
        while _letters(start) > _LEFT:
            start = start[: len(start) - max(1, (_letters(start) - _LEFT) // 2)]
        return say("OFFICE-clipped", self._lang, {"start": start})

    def format(self, style: str, text: str = "") -> Any:  # noqa: ANN401 - xlsxwriter, untyped
        """A format for text: one that begins like a formula stays text when it is edited."""
        return self._format(style, "@", is_quoted=text.startswith(_FORMULA))

    def number(self, shown: str) -> Any:  # noqa: ANN401 - xlsxwriter, untyped
        """A format for a number."""
        return self._format("text", shown, is_quoted=False)

    def height(self, style: str, text: str, letters: int) -> float:
        """Points that a wrapped text takes in a column so many letters wide."""
        size = _STYLES[style].get("font_size", 10)
        count = sum(max(1, math.ceil(len(line) * size / 10 / letters)) for line in text.split("\n"))
        return float(min(409, 1.35 * size * count + 3))

    def _format(self, style: str, shown: str, *, is_quoted: bool) -> Any:  # noqa: ANN401
        key = (style, shown, is_quoted)
        if key not in self._made:
            base = {"font_name": "Arial", "font_size": 10, "valign": "top", "num_format": shown}
            if shown == "@":
                base["text_wrap"] = True
            if is_quoted:
                base["quote_prefix"] = True
            self._made[key] = self._book.add_format({**base, **_STYLES[style]})
        return self._made[key]


def grid_of_frame(name: str, about: str, frame: pd.DataFrame, lang: Lang) -> Sheet:
    """A full table: every number whole, and a word where a small group is withheld."""
    word = say("W-withheld", lang)
    frame = _group_first(frame, say("H-group", lang))
    numeric = tuple(is_numeric_dtype(frame[column]) for column in frame.columns)
    columns = [
        _column(frame[column], is_number)
        for column, is_number in zip(frame.columns, numeric, strict=True)
    ]
    hidden = _withheld(frame, word, lang)
    rows = tuple(
        tuple(
            word if is_hidden and is_number and cell is None else cell
            for cell, is_number in zip(cells, numeric, strict=True)
        )
        for is_hidden, cells in zip(hidden, zip(*columns, strict=True), strict=True)
    )
    return Sheet(name, about, tuple(map(str, frame.columns)), rows, numeric)


def grid_of_table(name: str, table: Table, lang: Lang) -> Sheet:
    """A table as printed: its figures as numbers with the decimals they were printed with."""
    rows = tuple(tuple(_printed(cell, lang) for cell in row) for row in table.rows)
    return Sheet(name, table.caption, table.heads, rows, table.numeric, table.caption, table.notes)


def add_grid(page: Any, look: Look, sheet: Sheet) -> None:  # noqa: ANN401 - xlsxwriter, untyped
    """Write a table: its head stays in sight and on every page, and can filter."""
    top = _CAPTION_ROWS if sheet.caption else 0
    last, widths = len(sheet.heads) - 1, _widths(sheet)
    for column, width in enumerate(widths):
        page.set_column(column, column, width)
    if sheet.caption:
        _across(page, look, 0, "caption", sheet.caption, widths)
    for column, head in enumerate(sheet.heads):
        shown = look.text(head)
        page.write_string(top, column, shown, look.format("column", shown))
    page.set_row(top, _row_height(look, sheet.heads, widths))
    for place, cells in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Number):
                page.write_number(place, column, cell.value, look.number(cell.shown))
            elif cell:
                shown = look.text(cell)
                style = "word" if sheet.numeric[column] else "text"
                page.write_string(place, column, shown, look.format(style, shown))
        page.set_row(place, _row_height(look, cells, widths))
    for place, note in enumerate(sheet.notes, start=top + len(sheet.rows) + 2):
        _across(page, look, place, "note", note, widths)
    page.freeze_panes(top + 1, 1)
    page.repeat_rows(top)
    page.repeat_columns(0)
    # As many pages across as keep the type legible; the rows then go on below.
    page.fit_to_pages(max(1, math.ceil(sum(widths) / _ACROSS)), 0)
    if sheet.heads:
        page.autofilter(top, 0, top + len(sheet.rows), last)


def _row_height(look: Look, cells: Sequence[Number | str | None], widths: Sequence[float]) -> float:
    """Points for the longest text: programs that do not fit a row themselves print over it."""
    return max(
        (
            look.height("text", look.text(cell), int(width)) if isinstance(cell, str) else 0.0
            for cell, width in zip(cells, widths, strict=True)
        ),
        default=0.0,
    ) or look.height("text", "", 1)


def _across(
    page: Any,  # noqa: ANN401 - xlsxwriter, untyped
    look: Look,
    row: int,
    style: str,
    text: str,
    widths: Sequence[float],
) -> None:
    """A text over all columns, or in the only one."""
    shown = look.text(text)
    if len(widths) > 1:
        page.merge_range(row, 0, row, len(widths) - 1, "", look.format(style, shown))
    page.write_string(row, 0, shown, look.format(style, shown))
    page.set_row(row, look.height(style, shown, int(sum(widths))))


def _column(values: pd.Series, is_number: bool) -> list[Number | str | None]:
    if not is_number:
        return [None if value is None or pd.isna(value) else str(value) for value in values]
    shown = "#,##0" if is_integer_dtype(values) else _decimals(values.dropna())
    return [
        None if pd.isna(value) or not math.isfinite(value) else Number(float(value), shown)
        for value in values
    ]


def _decimals(values: pd.Series) -> str:
    """Enough decimals for three figures of the smallest number, two at least, six at most."""
    sizes = [abs(float(value)) for value in values if value and math.isfinite(value)]
    places = 2 - math.floor(math.log10(min(sizes))) if sizes else 2
    return "#,##0." + "0" * min(6, max(2, places))


def _group_first(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    """The group in the first column, which stays in sight and on every page across."""
    if group not in frame:
        return frame
    return frame[[group, *(name for name in frame.columns if name != group)]]


def _withheld(frame: pd.DataFrame, word: str, lang: Lang) -> list[bool]:
    """Which rows are kept back: those that say so in their verdict or their note."""
    hidden = pd.Series(False, index=frame.index)
    code, note = say("H-code", lang), say("H-note", lang)
    if code in frame:
        hidden |= frame[code].eq("V-S").fillna(value=False).astype(bool)
    if note in frame:
        hidden |= frame[note].eq(word).fillna(value=False).astype(bool)
    return hidden.tolist()


def _printed(cell: Cell, lang: Lang) -> Number | str:
    """The number that was printed, if that is all the cell holds; else its words."""
    found = _NUMBER.fullmatch(cell.text)
    if cell.number is None or found is None:
        return cell.text
    group, point = (NARROW, ",") if lang == "fr" else (",", ".")
    plain = found["digits"].replace(group, "").replace(point, ".")
    try:
        value = float(plain)
    except ValueError:
        return cell.text
    places = len(plain.partition(".")[2])
    shown = "#,##0" + ("." + "0" * places if places else "")
    if found["after"]:
        shown += f'"{found["after"]}"'
    return Number(-value if found["sign"] else value, shown)


def _widths(sheet: Sheet) -> list[float]:
    """Letters of each column: its longest word at least, its longest text at most."""
    found = []
    for column, head in enumerate(sheet.heads):
        texts = [str(row[column]) for row in sheet.rows if isinstance(row[column], str)]
        words = [len(word) + 3 for word in head.split()]
        wish = max([_NARROWEST, *words, *(len(text) + 2 for text in texts)])
        found.append(float(min(_WIDEST if wish < _PARAGRAPH else 2 * _WIDEST, wish)))
    return found


def _letters(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
