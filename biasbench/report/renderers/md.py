"""Markdown: GitHub's flavour, one self-contained file that is also read as it stands.

A text is never markup: each character that Markdown, HTML or a bare address could make something
of is written with a backslash or as an entity. A figure is its caption and what is said to
who cannot see it; its numbers are in the table beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import singledispatch
from pathlib import Path

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
from biasbench.report.inert import inert_text
from biasbench.report.numbers import Lang
from biasbench.report.wording import say
from biasbench.tables import write_text

_MARKS = re.compile(r"[\\`*_{}\[\]()#+!|~$^=-]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: GitHub links what looks like an address, a person or an issue without being asked.
_BARE = re.compile(r"(?<=\w)(://|\.(?=\w)|@)|@|(?<=www)\.|:(?=[a-z])", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def render(document: Document, path: Path) -> Path:
    """Write the document as one Markdown file; returns the path."""
    return write_text(path, text_of(document))


def text_of(document: Document) -> str:
    """The document as the text of one Markdown file."""
    parts = [escaped(document.kicker), f"# {escaped(document.title)}"]
    for section in document.sections:
        parts += _section(section, document.lang)
    parts += ["---", *map(escaped, document.footer[:-1]), *map(code, document.footer[-1:])]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""A text as Markdown shows it, on one line: no mark-up, no HTML, no link, no heading.

    >>> escaped("*a* <b> [c](http://d.org)")
    '\\*a\\* &lt;b&gt; \\[c\\]\\(http&#58;//d&#46;org\\)'
    """
    line = " ".join(inert_text(text).split("\n")).replace("\t", " ").strip(" ")
    kept = re.sub("[&<>]", lambda found: _ENTITIES[found.group()], line)
    kept = _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", kept))
    return _BARE.sub(_as_entities, kept)


def code(text: str) -> str:
    r"""Machine text between as many backticks as it needs.

    >>> code("a|b"), code("a`b")
    ('`a|b`', '`` a`b ``')
    """
    line = " ".join(inert_text(text).split()) or " "
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if longest else f"{fence}{line}{fence}"


def _as_entities(found: re.Match[str]) -> str:
    return re.sub(r"[:.@]", lambda one: f"&#{ord(one.group())};", found.group())


def _section(section: Section, lang: Lang) -> list[str]:
    number = section.number
    if number.isalpha():
        number = say("ANNEX", lang, {"letter": number})
    head = f"## {escaped(f'{number} {section.title}'.strip())}" if number else ""
    return [head, *(_block(block, lang) for block in section.blocks)]


@singledispatch
def _block(block: Block, _lang: Lang) -> str:
    raise TypeError(f"no block of a report: {type(block).__name__}")


@_block.register
def _paragraph(block: Paragraph, _lang: Lang) -> str:
    text = _lines(block.text)
    return {"banner": f"**{text}**", "note": f"*{text}*"}.get(block.style, text) if text else ""


@_block.register
def _subheading(block: Subheading, _lang: Lang) -> str:
    return f"### {escaped(block.text)}"


@_block.register
def _listing(block: Listing, _lang: Lang) -> str:
    return "\n".join(f"- {escaped(item)}" for item in block.items)


@_block.register
def _facts(block: Facts, _lang: Lang) -> str:
    return "\n".join(f"- **{escaped(term)}** – {escaped(text)}" for term, text in block.rows)


@_block.register
def _box(block: Box, _lang: Lang) -> str:
    return _quoted([f"**{escaped(block.title)}**", *map(_lines, block.texts)])


@_block.register
def _claim(block: Claim, _lang: Lang) -> str:
    return f"**{escaped(block.about)}** ({escaped(block.verdict)})\n\n{_lines(block.text)}"


@_block.register
def _table(block: Table, _lang: Lang) -> str:
    rules = ["--:" if numeric else ":--" for numeric in block.numeric]
    rows = [block.heads, *(tuple(cell.text for cell in row) for row in block.rows)]
    written = [_row(map(escaped, row)) for row in rows]
    body = "\n".join([written[0], _row(rules), *written[1:]])
    notes = [f"*{escaped(note)}*" for note in block.notes]
    return "\n\n".join([f"*{escaped(block.caption)}*", body, *notes])


@_block.register
def _figure(block: Figure, lang: Lang) -> str:
    caption = f"**{escaped(say('MD-figure', lang))}** {escaped(block.caption)}"
    return _quoted([caption, escaped(block.alternative)])


@_block.register
def _legend(block: Legend, lang: Lang) -> str:
    return f"*{escaped(block.text)}* {_edits(block.edits, lang)}"


@_block.register
def _listening(block: Listening, lang: Lang) -> str:
    note = f"*{_lines(block.note)}*" if block.note else ""
    parts = [f"**{escaped(block.title)}**", _edits(block.edits, lang), note]
    return "\n\n".join(part for part in parts if part)


@_block.register
def _quote(block: Quote, _lang: Lang) -> str:
    return _quoted([_lines(block.text), f"— {escaped(block.source)}"])


@_block.register
def _signatures(block: Signatures, _lang: Lang) -> str:
    return "\n".join(
        f"- {escaped(name)} {code(line)}" if name else f"- {code(line)}"
        for name, line in block.lines
    )


def _lines(text: str) -> str:
    """A text whose own line ends are kept."""
    return "\\\n".join(escaped(line) for line in inert_text(text).split("\n") if line.strip())


def _quoted(paragraphs: Sequence[str]) -> str:
    lines = "\n\n".join(paragraphs).split("\n")
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _edits(edits: Sequence[Edit], lang: Lang) -> str:
    return " ".join(_edit(edit, lang) for edit in edits)


def _edit(edit: Edit, lang: Lang) -> str:
    """The word; where another was written, both, and which kind of error it is."""
    if edit.kind == "equal":
        return escaped(edit.said)
    said, written = escaped(edit.said) or "∅", escaped(edit.written) or "∅"
    return rf"\[{said} → {written}: {escaped(say(f'LEGEND-{edit.kind}', lang))}\]"
