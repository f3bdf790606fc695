"""DOCX: the report as a Word document to go on editing, on A4, in the language of its report.

Styles, tables, captions and contents are Word's own. Wide tables stand on pages on their side.
Nothing in it runs, and nothing in it points outside it. Sound is left to the HTML report.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from biasbench.report.document import Document, Section, Table
from biasbench.report.inert import inert_text
from biasbench.report.numbers import NBSP
from biasbench.report.word.blocks import Writer, fit_of, write_block
from biasbench.report.word.fields import bookmark, contents, wrapped_contents
from biasbench.report.word.package import packed
from biasbench.report.word.pages import set_page, turn
from biasbench.report.word.styles import LOCALES, blank
from biasbench.report.word.summary import scale_of
from biasbench.report.wording import say
from biasbench.tables import write_bytes

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def render(document: Document, path: Path) -> Path:
    """Write the document as one Word file; returns the path."""
    return write_bytes(path, pages(document))


def pages(document: Document) -> bytes:
    """The document as the bytes of one .docx file."""
    scale = scale_of(document) if document.kind == "summary" else 1.0
    writer = Writer(blank(document.lang, scale=scale), document.lang, scale)
    running = inert_text(document.running)
    set_page(writer.word.sections[0], running, is_summary=document.kind == "summary")
    writer.add(document.kicker, "Kicker")
    writer.add(document.title, "Title")
    for place, section in enumerate(document.sections):
        _section(writer, section, place, running)
        if place == 0 and document.kind == "report":
            _contents(writer, document)
    for line in document.footer[:-1]:
        writer.add(line, "Note")
    for line in document.footer[-1:]:
        writer.add(line, "Signature line")
    return packed(writer.word, title=inert_text(document.title), locale=LOCALES[document.lang])


def heading(section: Section, lang: str) -> str:
    """The title of a section with its number, or its letter."""
    if not section.number:
        return section.title
    number = section.number
    if number.isalpha():
        number = say("ANNEX", "fr" if lang == "fr" else "en", {"letter": number})
    return f"{number}.{NBSP}{section.title}"


def _section(writer: Writer, section: Section, place: int, running: str) -> None:
    if section.title:
        style = "Heading 1" if section.number or place else "Cover heading"
        title = writer.add(heading(section, writer.lang), style)
        bookmark(title, _anchor(section, place), place + 1)
    for block in section.blocks:
        wants = isinstance(block, Table) and fit_of(writer, block).is_sideways
        if wants != writer.is_sideways:
            turn(writer.word, running, is_sideways=wants)
            writer.is_sideways = wants
        write_block(writer, block)
    if writer.is_sideways:
        turn(writer.word, running, is_sideways=False)
        writer.is_sideways = False


def _contents(writer: Writer, document: Document) -> None:
    """The table of contents on the cover, then a new page."""
    from docx.enum.text import WD_BREAK

    entries = [
        (inert_text(heading(section, document.lang)), _anchor(section, place))
        for place, section in enumerate(document.sections)
        if section.title and (section.number or place)
    ]
    if entries:
        writer.add(say("CONTENTS", document.lang), "Contents heading")
        lines: list[Paragraph] = [writer.add("", "toc 1") for _ in entries]
        contents(lines, entries)
        wrapped_contents(lines)
    writer.add("", "Table note").add_run().add_break(WD_BREAK.PAGE)


def _anchor(section: Section, place: int) -> str:
    """A bookmark's name: letters and digits, at most forty."""
    letters = "".join(c for c in section.name if c.isascii() and c.isalnum())
    return f"_Toc{place + 1:03d}{letters}"[:40]
