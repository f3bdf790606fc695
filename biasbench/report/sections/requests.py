"""Section 16: documents asked for, received and refused, and the questions to put.

The standard list is the same for every case (docs/report.md §M), so that what was not asked shows;
documents of the case's own follow. Dates are ISO, as in annexes: this is a log.
"""

from __future__ import annotations

from biasbench.cases.record import DOCUMENTS, Request
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Listing, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT
from biasbench.report.sections.questions import questions
from biasbench.report.wording import say

Blocks = tuple[Block, ...]

#: Asked for under one law only.
_OF_US_LAW = "us information request"


def requests(context: Context) -> Blocks:
    """The table of documents, and the bank of questions."""
    lang = context.lang
    return (
        Paragraph(say("P-requests", lang)),
        requests_table(context),
        Subheading(say("P-questions-bank", lang)),
        Listing(questions(context)),
    )


def requests_table(context: Context) -> Table:
    """Every document of the list, asked for or not, then the others."""
    lang, made = context.lang, _made(context)
    rows = []
    for document in standard_documents(context):
        of_it = [_cells(document, one, context) for one in made if one.document == document]
        rows += of_it or [_cells(document, None, context)]
    known = standard_documents(context)
    rows += [_cells(one.document, one, context) for one in made if one.document not in known]
    names = ("document", "request-state", "asked", "answered", "answer")
    heads = tuple(say(f"H-{name}", lang) for name in names)
    return Table(say("CAP-requests", lang), heads, tuple(rows), (False,) * len(names))


def standard_documents(context: Context) -> tuple[str, ...]:
    """The list under the law that the plan names; that of the United States has one more."""
    is_us = context.plan is not None and context.plan.jurisdiction == "us"
    return tuple(one for one in DOCUMENTS if is_us or one != _OF_US_LAW)


def document_name(document: str, context: Context, *, short: bool = False) -> str:
    """A document of the list by its name; one of the case's own as it was written."""
    if document not in DOCUMENTS:
        return document
    return say(f"DOC-{'SHORT-' if short else ''}{document.replace(' ', '-')}", context.lang)


def refused_documents(context: Context) -> list[str]:
    """What was refused, in short, in the order of the record."""
    return [
        document_name(one.document, context, short=True) for one in _made(context) if one.refused
    ]


def _made(context: Context) -> tuple[Request, ...]:
    return () if context.case is None else context.case.inputs.record.requests


def _cells(document: str, made: Request | None, context: Context) -> tuple[Cell, ...]:
    name = document_name(document, context)
    if made is None:
        texts = (name, say("W-request-not-asked", context.lang), ABSENT, ABSENT, "")
    else:
        state = "received" if made.received else "refused" if made.refused else "waiting"
        answered = made.received or made.refused or ABSENT
        word = say(f"W-request-{state}", context.lang)
        texts = (name, word, made.asked, answered, made.answer)
    return tuple(Cell(text) for text in texts)
