r"""A document as the JSON value that templates/report.typ sets in type.

Texts are values, never Typst markup: the template shows a string and does not evaluate it, so
that `#read(...)`, `$` and `\input{}` in a group's name are letters. Everything that a text needs
is settled here – what cannot be shown, where a long word breaks, how wide a column is.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import singledispatch
from typing import Any

from biasbench.report import plots
from biasbench.report.document import (
    Block,
    Box,
    Claim,
    Document,
    Edit,
    Facts,
    Figure,
    Legend,
    Listening,
    Listing,
    Paragraph,
    Quote,
    Section,
    Signatures,
    Subheading,
    Table,
)
from biasbench.report.numbers import Lang
from biasbench.report.typst.columns import GUTTER, UPRIGHT, Fit, fit, lines_in
from biasbench.report.typst.fonts import width
from biasbench.report.typst.legible import Text, breakable, legible, one_line
from biasbench.report.wording import say

Value = dict[str, Any]

#: Blocks higher than this may go on over the page; shorter ones stay whole.
_WHOLE = 230.0
_EMPTY = "∅"
#: An edit wider than this many points is set in the line, not one word over the other.
_STACKED = 150.0
_PAGE = 610.0  # points; a figure and its caption on a page of their own
_LEGIBLE = 0.75  # a figure may shrink to that, its type to 6 points
_OVERLAP = 24.0  # points shown twice where a figure is cut: a row of it
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_MEASURE = 390.0  # points; the column of running text


def content(document: Document) -> Value:
    """The whole document as a JSON value."""
    return {
        "lang": document.lang,
        "kind": document.kind,
        "title": legible_title(document),
        "kicker": prose(document.kicker),
        "running": prose(one_line(document.running)),
        "contents": say("CONTENTS", document.lang),
        "sections": [_section(section, document.lang) for section in document.sections],
        "footer": [prose(line) for line in document.footer[:-1]],
        "signature": [machine(line) for line in document.footer[-1:]],
    }


def legible_title(document: Document) -> str:
    """The title as one line of characters that can be shown."""
    return one_line(document.title)


def prose(text: str) -> Text:
    """Running text; a line may end inside a word that is too long for one."""
    return breakable(legible(text))


def machine(text: str) -> Text:
    """A hash, a signature, a command: a line may end after any of its separators."""
    return breakable(legible(text), lambda word: len(word) > 12)


def _section(section: Section, lang: Lang) -> Value:
    number = section.number
    if number.isalpha():
        number = say("ANNEX", lang, {"letter": number})
    level = 2
    blocks = []
    for block in section.blocks:
        made = _value(block, lang)
        made["level"] = level
        if isinstance(block, Subheading):
            level = 3
        blocks.append(made)
    title = prose(one_line(section.title))
    return {"number": number, "title": title, "runs": list(_runs(blocks))}


def _runs(blocks: Sequence[Value]) -> Iterable[Value]:
    """Neighbouring blocks that stand the same way, so that wide tables share a turned page."""
    runs: list[Value] = []
    for block in blocks:
        is_sideways = bool(block.get("sideways"))
        if not runs or runs[-1]["sideways"] != is_sideways:
            runs.append({"sideways": is_sideways, "blocks": []})
        runs[-1]["blocks"].append(block)
    return runs


@singledispatch
def _value(block: Block, _lang: Lang) -> Value:
    raise TypeError(f"no block of a report: {type(block).__name__}")


@_value.register
def _paragraph(block: Paragraph, _lang: Lang) -> Value:
    return {"kind": "paragraph", "style": block.style, "text": prose(block.text)}


@_value.register
def _subheading(block: Subheading, _lang: Lang) -> Value:
    return {"kind": "subheading", "text": prose(one_line(block.text))}


@_value.register
def _listing(block: Listing, _lang: Lang) -> Value:
    return {"kind": "listing", "items": [prose(item) for item in block.items]}


@_value.register
def _facts(block: Facts, _lang: Lang) -> Value:
    rows = [
        {"term": prose(term), "text": prose(text), "whole": _is_short(text, 9, 320)}
        for term, text in block.rows
    ]
    return {"kind": "facts", "rows": rows}


@_value.register
def _box(block: Box, _lang: Lang) -> Value:
    return {
        "kind": "box",
        "title": prose(one_line(block.title)),
        "texts": [prose(text) for text in block.texts],
        "whole": _is_short("\n".join(block.texts), 10.5, _MEASURE),
    }


@_value.register
def _claim(block: Claim, _lang: Lang) -> Value:
    return {
        "kind": "claim",
        "about": prose(one_line(block.about)),
        "verdict": prose(one_line(block.verdict)),
        "text": prose(block.text),
        "whole": _is_short(f"{block.about}\n{block.text}", 10.5, _MEASURE),
    }


@_value.register
def _table(block: Table, _lang: Lang) -> Value:
    table = _one_line_cells(block)
    fitted = fit(table)
    rows = [[cell.text for cell in row] for row in table.rows]
    return {
        "kind": "table",
        "caption": prose(block.caption),
        "heads": _cells(table.heads, fitted, is_head=True),
        "rows": [
            {"cells": _cells(row, fitted), "whole": _is_whole_row(row, fitted)} for row in rows
        ],
        "numeric": list(block.numeric),
        "notes": [prose(note) for note in block.notes],
        "widths": list(fitted.widths),
        "gutter": GUTTER,
        "size": fitted.size,
        "sideways": fitted.is_sideways,
        "whole": fitted.height <= _WHOLE,
    }


@_value.register
def _figure(block: Figure, _lang: Lang) -> Value:
    with warnings.catch_warnings():
        # What DejaVu Sans cannot show is printed as its code point below.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        svg = standalone(plots.to_svg(block.draw(), name=block.name))
    return {
        "kind": "figure",
        "svg": svg,
        "caption": prose(block.caption),
        "alternative": legible(block.alternative),
        **_slices(svg),
    }


@_value.register
def _legend(block: Legend, _lang: Lang) -> Value:
    return {"kind": "legend", "text": prose(block.text), "edits": _edits(block.edits)}


@_value.register
def _listening(block: Listening, lang: Lang) -> Value:
    notes = [prose(block.note)] if block.note else []
    if block.sound is not None:
        notes.insert(0, say("PDF-sound", lang))
    return {
        "kind": "listening",
        "title": prose(one_line(block.title)),
        "edits": _edits(block.edits),
        "notes": notes,
        "whole": sum(len(e.said) + len(e.written) for e in block.edits) < 900,
    }


@_value.register
def _quote(block: Quote, _lang: Lang) -> Value:
    return {"kind": "quote", "source": prose(one_line(block.source)), "text": prose(block.text)}


@_value.register
def _signatures(block: Signatures, _lang: Lang) -> Value:
    lines = [{"name": prose(name), "line": machine(line)} for name, line in block.lines]
    return {"kind": "signatures", "lines": lines}


def standalone(svg: str) -> str:
    """The figure's <svg> element as a file of its own: name space, face, black on white."""
    root = 'xmlns="http://www.w3.org/2000/svg" font-family="Source Sans Pro" color="#000"'
    head, end, body = legible(svg).partition(">")
    return f"{head.replace('<svg', f'<svg {root}', 1)}{end}<style>.paper{{fill:#fff}}</style>{body}"


def _slices(svg: str) -> Value:
    """How a figure fits the page: smaller while that is legible, else in slices that overlap."""
    box = _VIEW_BOX.search(svg)
    if box is None:
        raise ValueError("a figure without a viewBox starting at 0 0")
    height = UPRIGHT * float(box.group(2)) / float(box.group(1))
    share = min(1.0, _PAGE / height)
    if share >= _LEGIBLE:
        return {"slices": 1, "width": share * UPRIGHT, "height": share * height}
    count = 1 + math.ceil((height - _PAGE) / (_PAGE - _OVERLAP))
    step = (height - _OVERLAP) / count
    size = {"width": UPRIGHT, "height": height}
    return {"slices": count, **size, "slice": step + _OVERLAP, "step": step}


def _edits(edits: Sequence[Edit]) -> list[Value]:
    return [
        {"kind": "equal", "said": prose(one_line(edit.said))} if edit.kind == "equal"
        else _edit(edit.kind, one_line(edit.said) or _EMPTY, one_line(edit.written) or _EMPTY)
        for edit in edits
    ]  # fmt: skip


def _edit(kind: str, said: str, written: str) -> Value:
    is_stacked = max(width(said, 9.5), width(written, 9.5)) <= _STACKED
    return {"kind": kind, "said": prose(said), "written": prose(written), "stacked": is_stacked}


def _one_line_cells(table: Table) -> Table:
    rows = tuple(tuple(replace(c, text=one_line(c.text)) for c in row) for row in table.rows)
    return replace(table, rows=rows, heads=tuple(map(one_line, table.heads)))


def _cells(texts: Sequence[str], fitted: Fit, *, is_head: bool = False) -> list[Text]:
    bold = 1.05 if is_head else 1.0
    return [
        breakable(text, _wider_than(room, fitted.size * bold))
        for text, room in zip(texts, fitted.widths, strict=True)
    ]


def _wider_than(room: float, size: float) -> Callable[[str], bool]:
    return lambda word: width(word, size) > room


def _is_whole_row(row: Sequence[str], fitted: Fit) -> bool:
    cells = zip(row, fitted.widths, strict=True)
    return all(_is_short(text, fitted.size, room) for text, room in cells)


def _is_short(text: str, size: float, room: float) -> bool:
    """Whether a text stays on one page without leaving half of the page before it empty."""
    return 1.3 * size * lines_in(text, size, room) <= _WHOLE
