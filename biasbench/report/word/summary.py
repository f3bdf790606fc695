"""The type size at which a summary fits its one page, reckoned before the page is set."""

from __future__ import annotations

import math

from biasbench.report import document as blocks
from biasbench.report.document import Block, Document
from biasbench.report.inert import inert_text
from biasbench.report.word.columns import SIZES, UPRIGHT, fit, row_lines
from biasbench.report.word.figures import TALLEST
from biasbench.report.word.metrics import Face, lines
from biasbench.report.word.pages import LONG, SUMMARY_BOTTOM, SUMMARY_TOP
from biasbench.report.word.styles import INDENT, STYLES, points
from biasbench.report.word.tables import FACTS

#: From the size of the report down to the smallest that a photocopy leaves legible.
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
#: Points of an A4 page between the margins of a summary, a line kept in reserve.
ROOM = (LONG - SUMMARY_TOP - SUMMARY_BOTTOM) * 72 / 25.4 - 14
#: A line is this many times its type size: the fonts' own height and the styles' line spacing.
_LEADING, _TIGHT = 1.15 * 1.18, 1.15 * 1.08


def scale_of(document: Document) -> float:
    """The largest scale at which the summary stands on one page; the smallest if none does."""
    return next((one for one in SCALES if height(document, one) <= ROOM), SCALES[-1])


def height(document: Document, scale: float) -> float:
    """About how many points of paper a document takes at that scale."""
    total = _text(document.kicker, "Kicker", scale) + _text(document.title, "Title", scale, 0)
    for place, section in enumerate(document.sections):
        style = "Heading 1" if section.number or place else "Cover heading"
        total += _text(section.title, style, scale) if section.title else 0.0
        total += sum(_block(block, scale) for block in section.blocks)
    return total + sum(_text(line, "Note", scale) for line in document.footer)


def _text(text: str, style: str, scale: float, indent: float = INDENT) -> float:
    size, around = points(style, scale=scale)
    is_serif = style in ("Normal", "Lead", "Finding text", "List Bullet", "Box text", "Quote")
    face: Face = "Times-Roman" if is_serif else "Helvetica"
    if style.startswith(("Title", "Heading", "Banner", "Finding")) and style != "Finding text":
        face = "Helvetica-Bold"
    count = lines(inert_text(text), size, UPRIGHT - indent, face)
    return count * size * (_LEADING if is_serif else _TIGHT) + around


def _block(block: Block, scale: float) -> float:
    if isinstance(block, blocks.Facts):
        return _facts(block, scale)
    if isinstance(block, blocks.Table):
        return _table(block, scale)
    if isinstance(block, blocks.Figure):
        return _figure(block, scale)
    if isinstance(block, blocks.Signatures):
        return _signatures(block, scale)
    return sum(
        _text(text, style, scale, INDENT if indent is None else indent) + extra
        for text, style, indent, extra in _texts(block)
    )


def _texts(block: Block) -> list[tuple[str, str, float | None, float]]:
    """Running text: each text, its style, its own indent if it has one, points for its frame."""
    found: list[tuple[str, str, float | None, float]] = []
    match block:
        case blocks.Paragraph():
            is_framed = block.style == "banner"
            found.append((block.text, STYLES[block.style], None, 12.0 if is_framed else 0.0))
        case blocks.Subheading():
            found.append((block.text, "Heading 2", None, 0.0))
        case blocks.Listing():
            found += [(item, "List Bullet", INDENT + 14, 0.0) for item in block.items]
        case blocks.Claim():
            found.append((f"{block.about} – {block.verdict}", "Finding", INDENT + 11, 0.0))
            found.append((block.text, "Finding text", INDENT + 11, 0.0))
        case blocks.Box():
            found.append((block.title, "Box heading", None, 24.0))
            found += [(text, "Box text", None, 0.0) for text in block.texts]
        case blocks.Quote():
            found.append((block.text, "Quote", INDENT + 18, 0.0))
            found.append((block.source, "Quote source", INDENT + 18, 0.0))
        case blocks.Legend():
            found += [(block.text, "Note", None, 0.0), (_words(block.edits), "Alignment", 0, 0.0)]
        case blocks.Listening():
            found += [(block.title, "Heading 3", None, 0.0), (block.note, "Note", None, 12.0)]
            found.append((_words(block.edits), "Alignment", 0, 0.0))
    return found


def _words(edits: tuple[blocks.Edit, ...]) -> str:
    return " ".join(f"{edit.said} → {edit.written} ({edit.kind})" for edit in edits)


def _facts(block: blocks.Facts, scale: float) -> float:
    size, around = points("Fact", scale=scale)
    count = [
        max(lines(inert_text(text), size, room - 7) for text, room in zip(row, FACTS, strict=True))
        for row in block.rows
    ]
    return sum(one * size * _TIGHT + around + 1 for one in count) + 12 * scale


def _figure(block: blocks.Figure, scale: float) -> float:
    wide, tall = (72 * inches for inches in block.draw().get_size_inches())
    shrink = min(1.0, UPRIGHT / wide, TALLEST / tall)
    drawn: float = tall * shrink
    return drawn + 12 * scale + _text(block.caption, "Figure caption", scale)


def _signatures(block: blocks.Signatures, scale: float) -> float:
    size, around = points("Signature line", scale=scale)
    return sum(
        (_text(name, "Signature name", scale) if name else 0.0)
        + math.ceil(0.6 * size * len(line) / UPRIGHT) * size * _TIGHT
        + around
        for name, line in block.lines
    )


def _table(block: blocks.Table, scale: float) -> float:
    fitted = fit(block, [round(2 * size * scale) / 2 for size in SIZES])
    rows = [block.heads, *(tuple(cell.text for cell in row) for row in block.rows)]
    count = [row_lines([inert_text(text) for text in row], fitted) for row in rows]
    body = sum(one * fitted.size * _TIGHT + 4 * scale + 1 for one in count)
    notes = sum(_text(note, "Table note", scale) for note in block.notes)
    return _text(block.caption, "Caption", scale) + body + notes + 12 * scale
