r"""LaTeX: the claims as text and every table with booktabs, in a file for \input.

The file holds no preamble, so that it stands in a document of the reader's own; its first lines
say which packages it needs. It is written for pdfLaTeX (UTF-8), XeLaTeX and LuaLaTeX alike: a
character of Latin script or of typography is written as itself or by its command, and any other
by its code point, which every engine prints. A text is never a command.
"""

from __future__ import annotations

import re
import unicodedata
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

_PREAMBLE = r"""% Needs, in the preamble of the document that reads this file:
%   \usepackage[T1]{fontenc} \usepackage[utf8]{inputenc} \usepackage{textcomp}
%   \usepackage{array,booktabs,longtable}
% With XeLaTeX or LuaLaTeX, fontspec takes the place of the first line."""

_COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}", "`": r"\textasciigrave{}", "-": r"-{}", "[": "{[}", "]": "{]}",
    "\u00a0": "~", "\u202f": r"\,", "\u2009": r"\,", "\u2212": r"\ensuremath{-}",
    "\u2013": r"\textendash{}", "\u2014": r"\textemdash{}", "\u2018": r"\textquoteleft{}",
    "\u2019": r"\textquoteright{}", "\u201c": r"\textquotedblleft{}",
    "\u201d": r"\textquotedblright{}", "«": r"\guillemotleft{}", "»": r"\guillemotright{}",
    "…": r"\textellipsis{}", "·": r"\textperiodcentered{}", "°": r"\textdegree{}",
    "œ": r"\oe{}", "Œ": r"\OE{}", "€": r"\texteuro{}", "×": r"\texttimes{}", "±": r"\textpm{}",
    "→": r"\ensuremath{\rightarrow}", "←": r"\ensuremath{\leftarrow}",
    "≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}", "≈": r"\ensuremath{\approx}",
    "∞": r"\ensuremath{\infty}", "∅": r"\ensuremath{\emptyset}",
    "⟨": r"\ensuremath{\langle}", "⟩": r"\ensuremath{\rangle}", "½": r"\textonehalf{}",
    "²": r"\textsuperscript{2}", "³": r"\textsuperscript{3}", "µ": r"\textmu{}",
    "α": r"\ensuremath{\alpha}", "δ": r"\ensuremath{\delta}", "σ": r"\ensuremath{\sigma}",
    "Σ": r"\ensuremath{\Sigma}", "Δ": r"\ensuremath{\Delta}", "\n": r"\newline{} ", "\t": " ",
}  # fmt: skip
#: Letters of Latin-1 and Latin Extended-A that T1 fonts hold; ASCII without its commands.
_PLAIN = re.compile(r"[ -~À-ÖØ-öø-ľŁ-ňŊ-ŢŤ-ž¡¿§£]")
#: TeX breaks a line at spaces alone; an offer after so many letters keeps hashes on the page.
_LONG = re.compile(r"\S{33,}")


def render(document: Document, path: Path) -> Path:
    """Write the document as one LaTeX file; returns the path."""
    return write_text(path, text_of(document))


def text_of(document: Document) -> str:
    """The document as the text of one LaTeX file."""
    lang = document.lang
    parts = [_PREAMBLE, rf"\section*{{{heading(document.title)}}}", escaped(document.kicker)]
    for section in document.sections:
        parts += _section(section, lang)
    parts += [*map(escaped, document.footer[:-1]), *map(machine, document.footer[-1:])]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    r"""A text as LaTeX prints it: every command in it is letters.

    >>> escaped("\\input{x} 5 % œ")
    '\\textbackslash{}input\\{x\\} 5 \\% \\oe{}'
    """
    shown = unicodedata.normalize("NFC", inert_text(text)).strip("\n")
    shown = re.sub(r"\n\s*", "\n", shown)  # an empty line would end the argument that it stands in
    return _letters(_LONG.sub(_with_breaks, shown))


def heading(text: str) -> str:
    """The same on one line, for a heading, a caption or a cell."""
    return escaped(" ".join(inert_text(text).split("\n")))


def machine(text: str) -> str:
    """A hash or a command, in typewriter, that a line may end in."""
    return rf"\texttt{{{heading(text)}}}"


def _with_breaks(found: re.Match[str]) -> str:
    word = found.group()
    return "\0".join(word[at : at + 8] for at in range(0, len(word), 8))


def _letters(text: str) -> str:
    return "".join(_letter(character) for character in text)


def _letter(character: str) -> str:
    if character == "\0":  # ours: `inert_text` leaves none
        return r"\allowbreak{}"
    if character in _COMMANDS:
        return _COMMANDS[character]
    if _PLAIN.match(character):
        return character
    return f"{{[}}U+{ord(character):04X}{{]}}"


def _section(section: Section, lang: Lang) -> list[str]:
    number = section.number
    if number.isalpha():
        number = say("ANNEX", lang, {"letter": number})
    title = rf"\section*{{{heading(f'{number} {section.title}')}}}" if number else ""
    return [title, *(_block(block, lang) for block in section.blocks)]


@singledispatch
def _block(block: Block, _lang: Lang) -> str:
    raise TypeError(f"no block of a report: {type(block).__name__}")


@_block.register
def _paragraph(block: Paragraph, _lang: Lang) -> str:
    look = {"banner": r"\textbf", "note": r"\textit"}.get(block.style, "")
    return rf"{look}{{{escaped(block.text)}}}" if look else escaped(block.text)


@_block.register
def _subheading(block: Subheading, _lang: Lang) -> str:
    return rf"\subsection*{{{heading(block.text)}}}"


@_block.register
def _listing(block: Listing, _lang: Lang) -> str:
    return _items(escaped(item) for item in block.items)


@_block.register
def _facts(block: Facts, _lang: Lang) -> str:
    return _items(
        rf"\textbf{{{heading(term)}}} \textendash{{}} {escaped(text)}" for term, text in block.rows
    )


@_block.register
def _box(block: Box, _lang: Lang) -> str:
    return _quoted([rf"\textbf{{{heading(block.title)}}}", *map(escaped, block.texts)])


@_block.register
def _claim(block: Claim, _lang: Lang) -> str:
    about = rf"\textbf{{{heading(block.about)}}} ({heading(block.verdict)})"
    return f"{about}\n\n{escaped(block.text)}"


@_block.register
def _table(block: Table, _lang: Lang) -> str:
    heads = _row([rf"\textbf{{{heading(head)}}}" for head in block.heads])
    rows = [_row([heading(cell.text) for cell in row]) for row in block.rows]
    return "\n".join(
        [
            rf"\begingroup{_size_of(block)}",
            rf"\begin{{longtable}}{{{_columns(block)}}}",
            rf"\caption{{{heading(block.caption)}}}\\",
            *(r"\toprule", heads, r"\midrule", r"\endfirsthead"),
            *(r"\toprule", heads, r"\midrule", r"\endhead"),
            *rows,
            r"\bottomrule",
            r"\end{longtable}",
            r"\endgroup",
            *(rf"\textit{{{heading(note)}}}\par" for note in block.notes),
        ]
    )


@_block.register
def _figure(block: Figure, _lang: Lang) -> str:
    return _quoted([rf"\textit{{{heading(block.caption)}}}", escaped(block.alternative)])


@_block.register
def _legend(block: Legend, lang: Lang) -> str:
    return rf"\textit{{{heading(block.text)}}} {_edits(block.edits, lang)}"


@_block.register
def _listening(block: Listening, lang: Lang) -> str:
    note = rf"\textit{{{escaped(block.note)}}}" if block.note else ""
    parts = [rf"\textbf{{{heading(block.title)}}}", _edits(block.edits, lang), note]
    return "\n\n".join(part for part in parts if part)


@_block.register
def _quote(block: Quote, _lang: Lang) -> str:
    return _quoted([escaped(block.text), rf"\textemdash{{}} {heading(block.source)}"])


@_block.register
def _signatures(block: Signatures, _lang: Lang) -> str:
    return _items(f"{heading(name)} {machine(line)}".strip() for name, line in block.lines)


def _items(items: Iterable[str]) -> str:
    # \item reads a bracket after it as its label; an empty group keeps it from looking.
    lines = [rf"\item{{}} {item}" for item in items]
    return "\n".join([r"\begin{itemize}", *lines, r"\end{itemize}"]) if lines else ""


def _quoted(paragraphs: Sequence[str]) -> str:
    inside = "\n\n".join(paragraphs)
    return f"\\begin{{quote}}\n{inside}\n\\end{{quote}}"


def _row(cells: Sequence[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def _size_of(table: Table) -> str:
    return r"\scriptsize" if len(table.heads) > 8 else r"\footnotesize"


def _columns(table: Table) -> str:
    """Columns that fill the line, each by the length of its longest text; numbers at the right."""
    longest = [
        max(len(table.heads[at]) / 2, *(len(row[at].text) for row in table.rows), 4)
        for at in range(len(table.heads))
    ]
    weights = [min(length, 40.0) for length in longest]
    sides = (r"\raggedright", r"\raggedleft")
    return "".join(
        rf">{{{sides[numeric]}\arraybackslash}}"
        rf"p{{\dimexpr {weight / sum(weights):.3f}\linewidth-2\tabcolsep\relax}}"
        for weight, numeric in zip(weights, table.numeric, strict=True)
    )


def _edits(edits: Sequence[Edit], lang: Lang) -> str:
    return " ".join(_edit(edit, lang) for edit in edits)


def _edit(edit: Edit, lang: Lang) -> str:
    """The word; where another was written, both, and which kind of error it is."""
    if edit.kind == "equal":
        return heading(edit.said)
    said, written = heading(edit.said or "∅"), heading(edit.written or "∅")
    kind = heading(say(f"LEGEND-{edit.kind}", lang))
    return rf"{{[}}{said} \ensuremath{{\rightarrow}} {written}: {kind}{{]}}"
