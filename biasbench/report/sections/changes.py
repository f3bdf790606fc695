"""Annex H: what changed: every version of the plan, and the same data run on another machine."""

from __future__ import annotations

from biasbench.cases import Case
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Paragraph, Table
from biasbench.report.numbers import whole
from biasbench.report.sections.mandate import versions_table
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def changes(context: Context) -> Blocks:
    """The log of a case; nothing without one."""
    case = context.case
    if case is None:
        return ()
    plan: Block = Paragraph(say("P-changes-plan-none", context.lang))
    if case.inputs.seal is not None:
        plan = versions_table(case, context)
    return (plan, *_runs(case, context))


def _runs(case: Case, context: Context) -> Blocks:
    lang, runs = context.lang, case.inputs.record.runs
    if not runs:
        return (Paragraph(say("P-changes-runs-none", lang)),)
    rows = tuple(
        (Cell(one.machine), Cell(one.on), Cell(whole(one.differences, lang), one.differences))
        for one in runs
    )
    heads = tuple(say(f"H-{name}", lang) for name in ("machine", "run-on", "run-differences"))
    table = Table(say("CAP-runs", lang), heads, rows, (False, False, True))
    if any(one.differences for one in runs):
        return (table, Paragraph(say("P-changes-differ", lang), style="banner"))
    return (table,)
