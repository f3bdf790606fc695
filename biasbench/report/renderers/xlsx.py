"""XLSX: every table of the report as a sheet, for an expert who sorts, filters and reckons.

First a sheet that says what the workbook is and how to read it; then all findings and all groups
with their full numbers; then each table of the report as printed. Numbers are numbers, shown with
the comma or the point of whoever opens them. All text is stored as text, so that none can run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from biasbench.report.document import Document, Facts, Paragraph, Section, Signatures, Table
from biasbench.report.excel.cells import Look, Sheet, add_grid, grid_of_frame, grid_of_table
from biasbench.report.inert import inert_text
from biasbench.report.wording import say
from biasbench.tables import write_bytes

#: Excel's bounds: letters of a sheet's name, letters at the foot of a page.
_NAME, _FOOT = 31, 255
#: What no name of a sheet may hold.
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
#: A moment there must be, and the same for the same report: the first that a ZIP file can name.
_MOMENT = datetime(1980, 1, 1)


def render(document: Document, path: Path) -> Path:
    """Write the tables of the document as one workbook; returns the path."""
    return write_bytes(path, workbook(document))


def workbook(document: Document) -> bytes:
    """The tables of the document as the bytes of one .xlsx file."""
    import xlsxwriter

    sink = BytesIO()
    options = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = xlsxwriter.Workbook(sink, {**options, "in_memory": True})
    book.set_properties(
        {
            "title": inert_text(document.title)[:255],
            "author": "biasbench",
            "created": _MOMENT,
            "comments": "",
        }
    )
    book.set_custom_property("Language", {"fr": "fr-FR", "en": "en-GB"}[document.lang])
    look = Look(book, document.lang)
    listed = _sheets(document)
    _read_me(book, look, document, [(sheet.name, sheet.about) for sheet in listed])
    for sheet in listed:
        page = book.add_worksheet(sheet.name)
        add_grid(page, look, sheet)
        _set_print(page, document, is_sideways=True)
    book.close()
    return sink.getvalue()


def sheet_name(text: str, taken: Sequence[str] = ()) -> str:
    """A name that Excel takes: at most 31 letters, none forbidden, none twice.

    >>> sheet_name("6.1 Errors: words/characters [all]")
    '6.1 Errors words characters all'
    >>> sheet_name("Groups", ["groups"])
    'Groups 2'
    """
    plain = " ".join(_FORBIDDEN.sub(" ", inert_text(text)).split()).strip("' ") or "-"
    used = {name.lower() for name in (*taken, "history")}
    name, count = _cut(plain, _NAME), 1
    while name.lower() in used:
        count += 1
        name = f"{_cut(plain, _NAME - len(str(count)) - 1)} {count}"
    return name


def _cut(text: str, most: int) -> str:
    """The beginning, ended between two words; Excel counts in halves of a long code point."""
    while len(text.encode("utf-16-le")) // 2 > most:
        head, space, _ = text.rpartition(" ")
        text = head if space and len(head) > most // 2 else text[:-1]
    return text.rstrip(" ,;'’«")


def _sheets(document: Document) -> list[Sheet]:
    """Full tables first, then the tables of each section in order."""
    lang, found = document.lang, list[Sheet]()
    for key, frame in document.sheets.items():
        known = key in ("findings", "groups")
        name = say(f"SHEET-{key}", lang) if known else key
        about = say(f"SHEET-about-{key}", lang) if known else key
        taken = [sheet.name for sheet in found]
        found.append(grid_of_frame(sheet_name(name, taken), about, frame, lang))
    for section in document.sections:
        tables = [block for block in section.blocks if isinstance(block, Table)]
        for place, table in enumerate(tables, start=1):
            taken = [say("SHEET-read-me", lang), *(sheet.name for sheet in found)]
            name = sheet_name(_short(section, place, table), taken)
            found.append(grid_of_table(name, table, lang))
    return found


def _short(section: Section, place: int, table: Table) -> str:
    """The number of the section, of the table in it, and how its caption begins."""
    number = f"{section.number}.{place}" if section.number else str(place)
    return f"{number} {re.split(r'[:.,;(]', table.caption)[0]}"


def _read_me(book: Any, look: Look, document: Document, listed: list[tuple[str, str]]) -> None:  # noqa: ANN401
    lang = document.lang
    page = book.add_worksheet(sheet_name(say("SHEET-read-me", lang)))
    page.hide_gridlines(2)
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 90)
    row = _lines(page, look, 0, [("kicker", document.kicker), ("title", document.title)])
    for section in document.sections[:1]:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                row = _lines(page, look, row, [("strong", block.text)])
            elif isinstance(block, Facts):
                row = _pairs(page, look, row, block.rows)
            elif isinstance(block, Signatures):
                row = _pairs(page, look, row, block.lines)
    withheld = {"withheld": say("W-withheld", lang)}
    reading = [say("SHEET-reading-numbers", lang), say("SHEET-reading-withheld", lang, withheld)]
    if "findings" in document.sheets:
        reading.append(say("SHEET-reading-sentence", lang))
    lines = [("head", say("SHEET-reading", lang)), *(("text", text) for text in reading)]
    row = _lines(page, look, row + 1, lines)
    row = _lines(page, look, row + 1, [("head", say("SHEET-list", lang))])
    row = _pairs(page, look, row, listed)
    _lines(page, look, row + 1, [("note", line) for line in document.footer])
    _set_print(page, document, is_sideways=False)


def _lines(page: Any, look: Look, row: int, texts: Sequence[tuple[str, str]]) -> int:  # noqa: ANN401
    """A text a row over both columns; returns the next row."""
    for style, text in texts:
        shown = look.text(text)
        page.merge_range(row, 0, row, 1, "", look.format(style, shown))
        page.write_string(row, 0, shown, look.format(style, shown))
        page.set_row(row, look.height(style, shown, 118))
        row += 1
    return row


def _pairs(page: Any, look: Look, row: int, pairs: Sequence[tuple[str, str]]) -> int:  # noqa: ANN401
    """A term and what it is a row; returns the next row."""
    for pair in pairs:
        for column, (style, text) in enumerate(zip(("term", "text"), pair, strict=True)):
            shown = look.text(text)
            page.write_string(row, column, shown, look.format(style, shown))
        page.set_row(row, look.height("text", look.text(pair[1]), 88))
        row += 1
    return row


def _set_print(page: Any, document: Document, *, is_sideways: bool) -> None:  # noqa: ANN401
    page.set_paper(9)  # A4
    if is_sideways:
        page.set_landscape()
    else:
        page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    ending = "&R&8 &P / &N"
    running = inert_text(document.running).replace("\n", " ")
    while len(("&L&8 " + running.replace("&", "&&") + ending).encode("utf-16-le")) // 2 >= _FOOT:
        running = running.rstrip("…")[:-1] + "…"
    page.set_footer("&L&8 " + running.replace("&", "&&") + ending)
