"""Section 2: who asked, who paid, what was asked, what the system is used for, when it was planned.

Texts of the plan are printed as they were deposited, in its own language.
"""

from __future__ import annotations

from datetime import UTC

from biasbench.cases import Case
from biasbench.plans.sealing import time_of
from biasbench.report.context import Context
from biasbench.report.document import (
    Block,
    Cell,
    Facts,
    Listing,
    Paragraph,
    Signatures,
    Subheading,
    Table,
)
from biasbench.report.numbers import whole
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def mandate(context: Context) -> Blocks:
    """The mandate, the questions as deposited, the uses found, and every version of the plan."""
    case, lang = context.case, context.lang
    if case is None:
        return ()
    asked = case.inputs.plan.mandate
    blocks: list[Block] = [Facts(_facts(case, context)), Subheading(_title("questions", context))]
    quoted = tuple(say("P-mandate-quote", lang, {"text": text}) for text in asked.questions)
    blocks.append(Listing(quoted) if quoted else Paragraph(say("P-mandate-noquestion", lang)))
    blocks += plan_dates(case, context)
    blocks.append(Subheading(_title("uses", context)))
    blocks.append(Listing(asked.uses) if asked.uses else Paragraph(say("P-mandate-nouse", lang)))
    return tuple(blocks)


def _title(name: str, context: Context) -> str:
    return say(f"P-mandate-{name}", context.lang)


def _facts(case: Case, context: Context) -> tuple[tuple[str, str], ...]:
    """What is not declared is said not to be."""
    lang, asked = context.lang, case.inputs.plan.mandate
    known = {
        "case": asked.case,
        "organisation": asked.organisation,
        "requester": asked.requester,
        "payer": asked.payer,
        "expert": asked.expert,
        "interests": asked.interests,
        "contact": asked.contact,
    }
    undeclared = say("W-undeclared", lang)
    rows = [(say(f"D-{name}", lang), text or undeclared) for name, text in known.items()]
    law = case.inputs.plan.jurisdiction
    named = say(f"D-jurisdiction-{law}", lang) if law else undeclared
    return (*rows, (say("D-jurisdiction", lang), named))


def plan_dates(case: Case, context: Context) -> Blocks:
    """When the plan was deposited, when results were opened, and the amendments."""
    lang, seal, opened = context.lang, case.inputs.seal, minute(case.inputs.opened)
    if seal is None:
        text = f"{say('P-mandate-unsealed', lang)} {_opened(opened, context)}"
        return (Paragraph(text),)
    blocks: list[Block] = []
    if not case.inputs.is_planned:
        values = {"at": minute(seal.last.at), "opened": opened}
        blocks.append(Paragraph(say("P-mandate-after", lang, values)))
    else:
        blocks.append(Paragraph(_opened(opened, context)))
    blocks.append(versions_table(case, context))
    if len(seal.versions) == 1:
        blocks.append(Paragraph(say("P-mandate-noamendment", lang), style="note"))
    blocks.append(Signatures(((say("P-mandate-seal", lang), seal.last.sha256),)))
    return tuple(blocks)


def _opened(opened: str, context: Context) -> str:
    return say("P-mandate-opened", context.lang, {"opened": opened})


def versions_table(case: Case, context: Context) -> Table:
    """Every deposited version with its reason, before or after the first look at a result."""
    lang, seal = context.lang, case.inputs.seal
    assert seal is not None
    rows = []
    for place, version in enumerate(seal.versions, start=1):
        is_before = time_of(version.at) < time_of(case.inputs.opened)
        texts = (
            whole(place, lang),
            minute(version.at),
            version.reason or say("W-plan-first", lang),
            say("W-plan-before" if is_before else "W-plan-after", lang),
            version.sha256[:8],
        )
        rows.append(tuple(Cell(text) for text in texts))
    names = ("version", "at", "reason", "when", "hash")
    caption = say("CAP-versions", lang, {"opened": minute(case.inputs.opened)})
    heads = tuple(say(f"H-plan-{name}", lang) for name in names)
    return Table(caption, heads, tuple(rows), (False,) * len(names))


def minute(text: str) -> str:
    """A time as it is printed, in universal time to the minute.

    >>> minute("2026-03-02T10:30:59+01:00"), minute("2026-03-02")
    ('2026-03-02 09:30', '2026-03-02 00:00')
    """
    return time_of(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M")
