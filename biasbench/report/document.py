"""A report before it has a format: sections of paragraphs, findings, tables, figures.

Sections make these values and know nothing of HTML; renderers read them and know nothing of
statistics. Texts are plain strings – a renderer escapes them all. A figure is a function that
draws it, so that each format takes what it can hold (SVG in HTML, PNG in DOCX).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from biasbench.report.numbers import Lang

Style = Literal["body", "lead", "note", "banner"]
#: A summary fits one page of A4 and has no table of contents.
Kind = Literal["report", "summary"]
EditKind = Literal["equal", "substitute", "delete", "insert"]


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Subheading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Listing:
    """Points of equal weight."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Terms and what they are: the status block, a data sheet."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Box:
    """An explanation that can be read on its own."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One finding: what was compared, the verdict in two words, and the whole of its text.

    `text` is S1 + V + U + caveats in one string; no renderer may print a part of it.
    """

    about: str
    verdict: str
    text: str


@dataclass(frozen=True)
class Cell:
    """One cell: what is printed, and the number to sort by if it is one."""

    text: str
    number: float | None = None


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first column names the row, numeric columns align right."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A figure: how to draw it (a matplotlib Figure), and what to say to who cannot see it."""

    name: str
    draw: Callable[[], Any]
    caption: str
    alternative: str


@dataclass(frozen=True)
class Edit:
    """A stretch of an alignment: the words said and the words written, either may be empty."""

    kind: EditKind
    said: str
    written: str


@dataclass(frozen=True)
class Legend:
    """How edits are drawn: an example of each kind."""

    text: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Listening:
    """One utterance: what was said against what was written, and its sound if it may be heard."""

    title: str
    edits: tuple[Edit, ...]
    sound: bytes | None = None
    media_type: str = ""
    note: str = ""


@dataclass(frozen=True)
class Quote:
    """Somebody else's words, unchanged: a comment of the other side, a reply, an answer."""

    source: str
    text: str


@dataclass(frozen=True)
class Signatures:
    """Lines of machine text: each number's name and its signature."""

    lines: tuple[tuple[str, str], ...]


Block = (
    Paragraph
    | Subheading
    | Listing
    | Facts
    | Box
    | Claim
    | Table
    | Figure
    | Legend
    | Listening
    | Quote
    | Signatures
)


@dataclass(frozen=True)
class Section:
    """A numbered section or a lettered annex; `number` is '1' or 'A', empty on the cover."""

    name: str
    title: str
    number: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The whole report, or its summary on one page.

    `footer` closes the document; `running` stands at the foot of every page of a format that has
    pages. `sheets` are its full tables, with numbers as numbers, for CSV and XLSX. `record` is
    what findings.json holds: codes, numbers and sentences, as plain JSON values.
    """

    title: str
    kicker: str
    lang: Lang
    sections: tuple[Section, ...]
    footer: tuple[str, ...]
    kind: Kind = "report"
    running: str = ""
    sheets: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)
