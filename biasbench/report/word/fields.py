"""Fields: what the word processor counts itself. Each holds a first answer for who does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph


def element(tag: str, /, **attributes: str) -> Any:  # noqa: ANN401 - lxml, untyped
    """An element of WordprocessingML with its attributes, as `element("spacing", after="0")`."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(f"w:{tag}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_field(paragraph: Paragraph, instruction: str, answer: str) -> None:
    """A field at the end of a paragraph, with the answer that stands until it is counted."""
    for part in field_runs(instruction, answer):
        paragraph._p.append(part)


def field_runs(instruction: str, answer: str) -> list[Any]:
    """The runs of a field: where it begins, what it asks, its answer, where it ends."""
    return [
        _run(element("fldChar", fldCharType="begin")),
        _run(_text("instrText", f" {instruction} ")),
        _run(element("fldChar", fldCharType="separate")),
        _run(_text("t", answer)),
        _run(element("fldChar", fldCharType="end")),
    ]


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Name the text of a paragraph, for a table of contents to lead to."""
    start = element("bookmarkStart", id=str(number), name=name)
    first = paragraph._p.find(element("r").tag)
    first.addprevious(start)
    paragraph._p.append(element("bookmarkEnd", id=str(number)))


def contents(paragraphs: list[Paragraph], entries: Iterable[tuple[str, str]]) -> None:
    """Make of these paragraphs, one an entry (title, bookmark), a table of contents.

    It holds its entries already; the page numbers are the word processor's, who alone knows them.
    """
    entries = list(entries)
    opening = [
        _run(element("fldChar", fldCharType="begin")),
        _run(_text("instrText", ' TOC \\o "1-1" \\h \\z ')),
        _run(element("fldChar", fldCharType="separate")),
    ]
    for paragraph, (title, name) in zip(paragraphs, entries, strict=True):
        link = element("hyperlink", anchor=name, history="1")
        link.append(_run(_text("t", title)))
        for part in (*opening, link):
            paragraph._p.append(part)
        opening = []
    paragraphs[-1]._p.append(_run(element("fldChar", fldCharType="end")))


def wrapped_contents(paragraphs: list[Paragraph]) -> None:
    """Put these paragraphs into a content control, which Word shows with 'Update Table'."""
    control, properties, inside = element("sdt"), element("sdtPr"), element("sdtContent")
    kind = element("docPartObj")
    kind.append(element("docPartGallery", val="Table of Contents"))
    kind.append(element("docPartUnique"))
    properties.append(kind)
    control.append(properties)
    control.append(inside)
    paragraphs[0]._p.addprevious(control)
    for paragraph in paragraphs:
        inside.append(paragraph._p)


def _run(child: Any) -> Any:  # noqa: ANN401 - lxml, untyped
    run = element("r")
    run.append(child)
    return run


def _text(name: str, text: str) -> Any:  # noqa: ANN401 - lxml, untyped
    made = element(name)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made
