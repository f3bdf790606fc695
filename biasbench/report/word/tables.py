"""Tables that can be edited: a head on every page, rows that stay whole, columns that fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from biasbench.report.inert import inert_text
from biasbench.report.word.columns import Fit, row_lines
from biasbench.report.word.fields import element
from biasbench.report.word.metrics import lines
from biasbench.report.word.styles import TABLE

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.styles.style import ParagraphStyle
    from docx.table import Table as WordTable

    from biasbench.report.document import Facts, Table

#: A row of more lines may be split between pages: it might not fit on one.
MOST_LINES = 30
#: Points: terms, and what they are.
FACTS = (118.0, 341.0)
#: A table of fewer rows stays on one page.
_TOGETHER = 9


def add_table(word: Word, table: Table, fitted: Fit) -> None:
    """The rows of a table; its caption stands above it, its notes below."""
    made = _grid(word, [table.heads, *([cell.text for cell in row] for row in table.rows)], fitted)
    _look(made, head=True)
    number, words = (word.styles[name] for name in ("Table number", "Table text"))
    styles = [number if is_numeric else words for is_numeric in table.numeric]
    is_short = len(table.rows) < _TOGETHER
    for place, row in enumerate(made.rows):
        texts = table.heads if place == 0 else [cell.text for cell in table.rows[place - 1]]
        is_tall = row_lines([inert_text(text) for text in texts], fitted) > MOST_LINES
        properties = row._tr.get_or_add_trPr()
        if not is_tall:
            properties.append(element("cantSplit"))
        if place == 0:
            properties.append(element("tblHeader"))
        is_last = place == len(table.rows)
        # The last row takes the note below along: a note alone at a page's head explains nothing.
        is_kept = bool(table.notes) if is_last else is_short or place == 0
        _dress(row, styles, fitted.size, kept=is_kept)


def add_facts(word: Word, facts: Facts, scale: float) -> None:
    """Terms at left and what they are at right."""
    size = 9.5 * scale
    made = _grid(word, facts.rows, Fit(size, False, FACTS))
    fact = word.styles["Fact"]
    _look(made, head=False)
    for row, (_, text) in zip(made.rows, facts.rows, strict=True):
        if lines(inert_text(text), size, FACTS[1]) <= MOST_LINES:
            row._tr.get_or_add_trPr().append(element("cantSplit"))
        _dress(row, [fact, fact], None, kept=False)
        for run in row.cells[0].paragraphs[0].runs:
            run.bold = True


def _grid(word: Word, rows: Sequence[Sequence[str]], fitted: Fit) -> WordTable:
    from docx.shared import Pt

    made: WordTable = word.add_table(rows=len(rows), cols=len(fitted.widths))
    made.style = word.styles[TABLE]
    made.autofit = False
    for column, points in zip(made.columns, fitted.widths, strict=True):
        column.width = Pt(points)
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text, points in zip(row.cells, texts, fitted.widths, strict=True):
            cell.width = Pt(points)
            cell.paragraphs[0].add_run(inert_text(text))
    return made


def _look(table: WordTable, *, head: bool) -> None:
    """Which parts of the table style hold: Word and screen readers take the head from here."""
    properties = table._tbl.tblPr
    for old in properties.findall(element("tblLook").tag):
        properties.remove(old)
    total = sum(fitted.width.pt for fitted in table.columns if fitted.width is not None)
    for old in properties.findall(element("tblW").tag):
        old.set(element("tblW", w="").keys()[0], str(round(20 * total)))
        old.set(element("tblW", type="").keys()[0], "dxa")
    flags = {"firstRow": "1" if head else "0", "firstColumn": "1", "noVBand": "1", "noHBand": "1"}
    value = "06A0" if head else "0680"
    properties.append(element("tblLook", val=value, lastRow="0", lastColumn="0", **flags))


def _dress(
    row: Any,  # noqa: ANN401 - lxml's own, untyped
    styles: Sequence[ParagraphStyle],
    size: float | None,
    *,
    kept: bool,
) -> None:
    from docx.shared import Pt

    for cell, style in zip(row.cells, styles, strict=True):
        paragraph = cell.paragraphs[0]
        # By its id: by its name, python-docx goes through all styles for each cell.
        paragraph._p.style = style.style_id
        if kept:
            paragraph.paragraph_format.keep_with_next = True
        if size is not None and size != style.font.size:
            for run in paragraph.runs:
                run.font.size = Pt(size)
