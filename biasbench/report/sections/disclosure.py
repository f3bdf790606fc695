"""Annex E: what was left out so that nobody is recognised, and by which rule; no number in it."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Paragraph, Table
from biasbench.report.privacy import log_rows
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def disclosure(context: Context) -> Blocks:
    """The log of disclosure control."""
    lang, privacy = context.lang, context.privacy
    if context.case is None:
        return ()
    if privacy.k is None:
        return (Paragraph(say("P-disclosure-synthetic", lang)),)
    rows = log_rows(privacy)
    if not rows:
        return (Paragraph(say("P-disclosure-none", lang)),)
    values = {"k": str(privacy.k)}
    body = []
    for row in rows:
        about = say("W-whole-report", lang)
        if row.metric:
            about = context.heading(row.system, row.metric)
        groups = [context.label(group) for group in row.groups] or [say("W-all-groups", lang)]
        cells = (about, ", ".join(groups), say(row.sentence, lang, values))
        body.append(tuple(Cell(text) for text in cells))
    table = Table(
        say("CAP-privacy-log", lang),
        tuple(say(f"H-{name}", lang) for name in ("measure", "group", "rule")),
        tuple(body),
        (False,) * 3,
    )
    return (Paragraph(say("P-disclosure", lang)), table)
