"""Section 1: the essentials on one page: how far the evidence reaches, five results, pay, requests.

Which results stand here is a rule fixed beforehand (`five_rows`), so that nobody picks them; every
comparison is in section 5. A figure never stands without its verdict.
"""

from __future__ import annotations

from collections import Counter

from biasbench.report.claims import write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import (
    Block,
    Cell,
    Listing,
    Paragraph,
    Subheading,
    Table,
)
from biasbench.report.ladder import Rung, ladder
from biasbench.report.numbers import ABSENT, whole
from biasbench.report.quantities import quantity
from biasbench.report.sections.pay_line import Shown, pay_line, threshold_row
from biasbench.report.sections.questions import asked_first
from biasbench.report.wording import say

Blocks = tuple[Block, ...]

#: Rows of the table of results at most (docs/report.md §L).
MOST_ROWS = 5


def essentials(context: Context) -> Blocks:
    """How many comparisons have which verdict, how far they reach, and five of them."""
    lang = context.lang
    if not context.findings:
        return (Paragraph(say("P-none", lang)),)
    blocks: list[Block] = [Paragraph(summary_of_verdicts(context), style="lead")]
    blocks += [ladder_table(context), five_table(context)]
    blocks.append(Paragraph(say("P-five-rule", lang), style="note"))
    blocks.append(Subheading(say("P-pay-head", lang)))
    blocks += pay_line(context)
    blocks.append(Subheading(say("P-requests-head", lang)))
    blocks.append(Listing(asked_first(context)))
    return tuple(blocks)


def summary_of_verdicts(context: Context) -> str:
    """How many comparisons have which verdict."""
    lang = context.lang
    words = Counter(write_finding(row, context).verdict for row in context.findings)
    items = ", ".join(
        say("P-summary-item", lang, {"word": word, "n": whole(count, lang)})
        for word, count in words.most_common()
    )
    n = len(context.findings)
    return say("P-summary" if n > 1 else "P-summary-1", lang, {"m": whole(n, lang), "list": items})


# ── How far the evidence reaches ─────────────────────────────────────────────────────────────────


def step_name(rung: Rung, *, short: bool = False) -> str:
    """The id of a step's name."""
    return f"STEP-{'short-' if short else ''}{rung.step.replace(' ', '-')}"


def answer_name(rung: Rung) -> str:
    """The id of the word that answers it."""
    return f"ANSWER-{rung.answer.replace(' ', '-')}"


def ladder_table(context: Context) -> Table:
    """The five steps, each with its answer and the comparisons that it stands on."""
    lang = context.lang
    rows = []
    for rung in ladder(context):
        counts = {"n": whole(rung.n_shown, lang), "m": whole(rung.n_tested, lang)}
        count = say("STEP-count", lang, counts) if rung.n_tested else ABSENT
        texts = (say(step_name(rung), lang), say(answer_name(rung), lang), count)
        rows.append(tuple(Cell(text) for text in texts))
    heads = tuple(say(f"H-step-{name}", lang) for name in ("asked", "answer", "count"))
    return Table(say("CAP-ladder", lang), heads, tuple(rows), (False, False, False))


# ── Five results ─────────────────────────────────────────────────────────────────────────────────


def five_table(context: Context) -> Table:
    """The results that the rule chooses, with both figures and the verdict."""
    lang = context.lang
    names = ("measure", "compared", "value", "against_value", "verdict")
    rows = tuple(
        tuple(
            Cell(text)
            for text in (one.measure, one.sides, one.value, one.against_value, one.verdict)
        )
        for one in five_rows(context)
    )
    heads = tuple(say(f"H-{name}", lang) for name in names)
    return Table(say("CAP-five", lang), heads, rows, (False, False, True, True, False))


def five_rows(context: Context) -> list[Shown]:
    """One row for each primary measure in the order of the plan, for the first group compared.

    A withheld comparison keeps its row, without figures. Where rows are left, the pass rates at
    the bonus threshold follow, for the first group that pay was followed for.
    """
    shown = [_shown(row, context) for row in first_rows(context)]
    if len(shown) < MOST_ROWS:
        shown += threshold_row(context)
    return shown[:MOST_ROWS]


def first_rows(context: Context) -> list[Row]:
    """The finding of each primary measure that the rule chooses."""
    rows = [row for row in context.findings if context.is_primary(row)]
    planned = () if context.plan is None else context.plan.groups.compare or ()
    order = {group: place for place, group in enumerate(planned)}
    chosen: dict[tuple[str, str], Row] = {}
    for row in rows:
        block = (str(row["system"]), str(row["metric"]))
        held = chosen.get(block)
        place = order.get(row["group"], len(order))
        if held is None or place < order.get(held["group"], len(order)):
            chosen[block] = row
    return sorted(chosen.values(), key=lambda row: _place(str(row["metric"]), context))


def _place(metric: str, context: Context) -> int:
    """Where a metric stands in the plan; all alike without one, so that the table's order holds."""
    if context.plan is None:
        return 0
    planned = context.plan.of(metric)
    return len(context.plan.metrics) if planned is None else context.plan.metrics.index(planned)


def _shown(row: Row, context: Context) -> Shown:
    lang, kind, words = context.lang, quantity(row["metric"]), write_finding(row, context)
    names = {"measure": context.heading(row["system"], row["metric"]), "unit": kind.unit(lang)}
    sides = {"G": context.label(row["group"]), "R": context.label(row["against"])}
    figures = (ABSENT, ABSENT)
    if not words.withheld:
        figures = (kind.value(row["value"], lang), kind.value(row["against_value"], lang))
    return Shown(
        say("W-measure-unit", lang, names),
        say("W-versus", lang, sides),
        *figures,
        words.verdict,
        words.withheld,
    )
