"""Each kind of block as paragraphs, tables and pictures of a Word document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from biasbench.report import document as blocks
from biasbench.report.inert import inert_text
from biasbench.report.numbers import NBSP, Lang
from biasbench.report.word.columns import SIDEWAYS, SIZES, UPRIGHT, Fit, fit
from biasbench.report.word.fields import add_field
from biasbench.report.word.figures import add_picture
from biasbench.report.word.styles import STYLES
from biasbench.report.word.tables import add_facts, add_table
from biasbench.report.wording import say

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

_NOTHING = "∅"


@dataclass
class Writer:
    """A Word document while it is written: its language, its type size, what is counted."""

    word: Word
    lang: Lang
    scale: float = 1.0
    numbered: dict[str, int] = field(default_factory=lambda: {"table": 0, "figure": 0})
    is_sideways: bool = False

    def add(self, text: str, style: str) -> Paragraph:
        """A paragraph of that style; the text is other people's, and inert."""
        paragraph = self.word.add_paragraph(style=style)
        if text:
            paragraph.add_run(inert_text(text))
        return paragraph

    def caption(self, kind: str, text: str, style: str) -> None:
        """A caption that the word processor numbers, as it does those of an editor."""
        label = say(f"OFFICE-{kind}", self.lang)
        self.numbered[kind] += 1
        paragraph = self.add(f"{label}{NBSP}", style)
        add_field(paragraph, f"SEQ {label} \\* ARABIC", str(self.numbered[kind]))
        paragraph.add_run(f". {inert_text(text)}")
        for run in paragraph.runs[:-1]:
            run.bold = True


def write_block(writer: Writer, block: blocks.Block) -> None:
    """Write one block where the document ends."""
    _WRITERS[type(block)](writer, block)


def fit_of(writer: Writer, table: blocks.Table) -> Fit:
    """How a table of this document is set."""
    return fit(table, [round(2 * size * writer.scale) / 2 for size in SIZES])


def _paragraph(writer: Writer, block: blocks.Paragraph) -> None:
    writer.add(block.text, STYLES[block.style])


def _subheading(writer: Writer, block: blocks.Subheading) -> None:
    writer.add(block.text, "Heading 2")


def _listing(writer: Writer, block: blocks.Listing) -> None:
    for item in block.items:
        writer.add(item, "List Bullet")


def _facts(writer: Writer, block: blocks.Facts) -> None:
    if block.rows:
        add_facts(writer.word, block, writer.scale)
        _gap(writer)


def _box(writer: Writer, block: blocks.Box) -> None:
    writer.add(block.title, "Box heading")
    for text in block.texts:
        paragraph = writer.add(text, "Box text")
    if block.texts:
        paragraph.paragraph_format.space_after = _pt(12 * writer.scale)


def _claim(writer: Writer, block: blocks.Claim) -> None:
    writer.add(f"{block.about} – {block.verdict}", "Finding")
    writer.add(block.text, "Finding text")


def _table(writer: Writer, block: blocks.Table) -> None:
    writer.caption("table", block.caption, "Caption")
    add_table(writer.word, block, fit_of(writer, block))
    for note in block.notes:
        writer.add(note, "Table note")
    _gap(writer)


def _figure(writer: Writer, block: blocks.Figure) -> None:
    paragraph = writer.add("", "Figure")
    room = SIDEWAYS if writer.is_sideways else UPRIGHT
    alternative, name = inert_text(block.alternative), inert_text(block.name)
    add_picture(paragraph, block.draw(), name=name, alternative=alternative, room=room)
    writer.caption("figure", block.caption, "Figure caption")


def _legend(writer: Writer, block: blocks.Legend) -> None:
    writer.add(block.text, "Note").paragraph_format.keep_with_next = True
    _add_edits(writer, block.edits)


def _listening(writer: Writer, block: blocks.Listening) -> None:
    writer.add(block.title, "Heading 3")
    _add_edits(writer, block.edits)
    if block.note:
        writer.add(block.note, "Note")
    if block.sound:
        writer.add(say("OFFICE-sound", writer.lang), "Note")


def _quote(writer: Writer, block: blocks.Quote) -> None:
    writer.add(block.text, "Quote")
    writer.add(f"— {block.source}", "Quote source")


def _signatures(writer: Writer, block: blocks.Signatures) -> None:
    for name, line in block.lines:
        if name:
            writer.add(name, "Signature name")
        writer.add(line, "Signature line")


def _add_edits(writer: Writer, edits: tuple[blocks.Edit, ...]) -> None:
    """What was said, and where it differs what was written, told apart by line and by word."""
    paragraph = writer.add("", "Alignment")
    for place, edit in enumerate(edits):
        if place:
            paragraph.add_run(" ")
        said = paragraph.add_run(inert_text(edit.said) or _NOTHING)
        if edit.kind == "equal":
            continue
        said.font.strike = edit.kind == "delete"
        said.underline = edit.kind == "substitute"
        paragraph.add_run(f"{NBSP}→ ")
        written = paragraph.add_run(inert_text(edit.written) or _NOTHING)
        written.italic = edit.kind == "substitute"
        written.bold = edit.kind == "insert"
        word = paragraph.add_run(f" ({say(f'LEGEND-{edit.kind}', writer.lang)})")
        word.font.size = _pt(7.5 * writer.scale)


def _gap(writer: Writer) -> None:
    """Space below a table, which has none of its own; two tables would grow together."""
    from docx.enum.text import WD_LINE_SPACING

    form = writer.add("", "Table note").paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _pt(6 * writer.scale)


def _pt(points: float) -> Any:  # noqa: ANN401 - a docx length, imported only here
    from docx.shared import Pt

    return Pt(points)


_WRITERS: dict[type, Callable[[Writer, Any], None]] = {
    blocks.Paragraph: _paragraph,
    blocks.Subheading: _subheading,
    blocks.Listing: _listing,
    blocks.Facts: _facts,
    blocks.Box: _box,
    blocks.Claim: _claim,
    blocks.Table: _table,
    blocks.Figure: _figure,
    blocks.Legend: _legend,
    blocks.Listening: _listening,
    blocks.Quote: _quote,
    blocks.Signatures: _signatures,
}
