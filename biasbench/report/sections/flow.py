"""From the recordings measured to those compared: what each rule leaves out, group by group.

Measures of one count share one chart. What a rule leaves out differently from group to group is
said in a sentence, with counts: it can move a gap by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Figure, Paragraph, Subheading, Table
from biasbench.report.flow_figure import FlowRow
from biasbench.report.numbers import MINUS, share, whole
from biasbench.report.privacy import OVERALL
from biasbench.report.quantities import quantity
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


#: More groups than this do not stand beside each other on a page.
_MOST_ACROSS = 6


@dataclass(frozen=True)
class GroupFlow:
    """One group on one measure: rows at each step, and the people a rule concerns."""

    group: str
    excluded: tuple[tuple[str, int, int | None], ...]  # rule, rows, people
    n_missing: int
    n_assessed: int
    n_people: int | None

    @property
    def n_rows(self) -> tuple[int, ...]:
        """Rows at each step, without people."""
        return (*(rows for _, rows, _ in self.excluded), self.n_missing, self.n_assessed)

    @property
    def n_measured(self) -> int:
        """Rows before anything was left out."""
        return self.n_assessed + self.n_missing + sum(rows for _, rows, _ in self.excluded)


def flow_blocks(context: Context) -> Blocks:
    """T1: the rules and why, a chart and a table for each count, and what differs by group."""
    if context.case is None or context.plan is None:
        return ()
    lang = context.lang
    blocks: list[Block] = [Subheading(say("P-flow", lang))]
    for rule in context.plan.exclusions:
        blocks.append(Paragraph(say("P-rule-why", lang, {"rule": rule.name, "why": rule.why})))
    if not context.plan.exclusions:
        blocks.append(Paragraph(say("P-rule-none", lang)))
    drawn: set[tuple[object, ...]] = set()
    for number, (groups, metrics) in enumerate(_flows(context).items(), start=1):
        names = ", ".join(quantity(metric).name(lang) for metric in metrics)
        hidden = frozenset(
            flow.group
            for flow in groups
            if any(_hides(flow.group, metric, context) for metric in metrics)
        )
        rows = tuple((flow.group in hidden, flow.n_rows) for flow in groups)
        # People may differ where rows do not: a second chart of the same rows says nothing new.
        if rows not in drawn:
            blocks.append(_figure(groups, hidden, names, number, context))
            blocks += _differences(groups, hidden, names, context)
        drawn.add(rows)
        blocks.append(_table(groups, hidden, names, context))
    return tuple(blocks)


def _flows(context: Context) -> Mapping[tuple[GroupFlow, ...], list[str]]:
    """Metrics by their counts: each count once."""
    found: dict[tuple[GroupFlow, ...], list[str]] = {}
    for metric in context.metrics():
        found.setdefault(_flow_of(metric, context), []).append(metric)
    return found


def _flow_of(metric: str, context: Context) -> tuple[GroupFlow, ...]:
    assert context.case is not None
    assert context.plan is not None
    excluded = context.case.excluded
    here = excluded[excluded["metric"] == metric]
    rows = [r for r in context.groups if r["metric"] == metric and r["group"] != OVERALL]
    names = list(dict.fromkeys(r["group"] for r in rows))
    gone = [name for name in dict.fromkeys(here["group"]) if name not in names]
    found = []
    for group in (*names, *map(str, gone)):
        of_group = [row for row in rows if row["group"] == group]
        people = [r["n_speakers"] for r in of_group if r["n_speakers"] is not None]
        found.append(
            GroupFlow(
                group,
                tuple(_rule(rule.name, here, group) for rule in context.plan.exclusions),
                sum(int(r["n_missing"]) for r in of_group),
                sum(int(r["n_utterances"]) for r in of_group),
                max(people, default=None),
            )
        )
    return tuple(found)


def _rule(name: str, excluded: pd.DataFrame, group: str) -> tuple[str, int, int | None]:
    row = excluded[(excluded["rule"] == name) & (excluded["group"] == group)]
    if row.empty:
        return name, 0, 0
    people = row["n_speakers"].iloc[0]
    return name, int(row["n_rows"].iloc[0]), None if pd.isna(people) else int(people)


def _hides(group: str, metric: str, context: Context) -> bool:
    systems = [system for system, of in context.blocks() if of == metric]
    return any(context.privacy.hides(group, (system, metric)) for system in systems)


def _people(count: int | None, context: Context) -> Cell:
    if not context.privacy.count(count):
        return Cell(say("W-fewer", context.lang, {"k": str(context.privacy.k)}))
    return Cell(whole(count, context.lang), None if count is None else float(count))


def _table(
    groups: tuple[GroupFlow, ...], hidden: frozenset[str], names: str, context: Context
) -> Table:
    """Steps down, groups across, so that long names of rules have a line; many groups go down."""
    lang = context.lang
    shown = [flow for flow in groups if flow.group not in hidden]

    def row(head: str, cells: list[Cell]) -> tuple[Cell, ...]:
        gone = [Cell(say("W-withheld", lang)) for _ in range(len(groups) - len(shown))]
        return (Cell(head), *cells, *gone)

    def counts(values: list[int]) -> list[Cell]:
        return [Cell(whole(value, lang), float(value)) for value in values]

    body = [row(say("FLOW-measured", lang), counts([flow.n_measured for flow in shown]))]
    rules = [rule for rule, _, _ in groups[0].excluded] if groups else []
    for at, rule in enumerate(rules):
        named = {"rule": rule}
        out = counts([flow.excluded[at][1] for flow in shown])
        people = [_people(flow.excluded[at][2], context) for flow in shown]
        body.append(row(say("FLOW-excluded", lang, named), out))
        body.append(row(say("FLOW-people", lang, named), people))
    body.append(row(say("FLOW-missing", lang), counts([flow.n_missing for flow in shown])))
    body.append(row(say("FLOW-assessed", lang), counts([flow.n_assessed for flow in shown])))
    last = [_people(flow.n_people, context) for flow in shown]
    body.append(row(say("FLOW-assessed-people", lang), last))
    ordered = [*shown, *(flow for flow in groups if flow.group in hidden)]
    caption = say("CAP-flow", lang, {"measures": names})
    labels = [context.label(flow.group) for flow in ordered]
    if len(groups) > _MOST_ACROSS:
        across = zip(*(cells[1:] for cells in body), strict=True)
        rows = tuple((Cell(label), *cells) for label, cells in zip(labels, across, strict=True))
        heads = (say("H-group", lang), *(cells[0].text for cells in body))
        return Table(caption, heads, rows, (False, *[True] * len(body)))
    return Table(
        caption, (say("H-flow", lang), *labels), tuple(body), (False, *[True] * len(groups))
    )


def _figure(
    groups: tuple[GroupFlow, ...],
    hidden: frozenset[str],
    names: str,
    number: int,
    context: Context,
) -> Figure:
    lang = context.lang
    steps = [rule for rule, _, _ in groups[0].excluded] + [say("FLOW-missing", lang)]
    heads = (say("FLOW-measured", lang), say("FLOW-assessed", lang))
    rows = []
    for flow in groups:
        if flow.group in hidden:
            rows.append(FlowRow(context.label(flow.group), instead=say("W-withheld", lang)))
            continue
        out = [count for _, count, _ in flow.excluded] + [flow.n_missing]
        left, boxes = flow.n_measured, [flow.n_measured]
        for count in out:
            left -= count
            boxes.append(left)
        rows.append(
            FlowRow(
                context.label(flow.group),
                tuple(whole(count, lang) for count in boxes),
                tuple(f"{MINUS}{whole(count, lang)}" if count else "0" for count in out),
            )
        )

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.flow_figure import flow as drawn

        return drawn(rows, heads, steps)

    listed = "; ".join(f"{row.label}: {row.instead or ' → '.join(row.boxes)}" for row in rows)
    return Figure(
        name=f"flow{number}",
        draw=draw,
        caption=say("CAP-flow-figure", lang, {"measures": names}),
        alternative=say("ALT-flow", lang, {"list": listed}),
    )


def _differences(
    groups: tuple[GroupFlow, ...], hidden: frozenset[str], names: str, context: Context
) -> Blocks:
    """A sentence for each rule that left anything out, with every shown group's share."""
    lang = context.lang
    shown = [flow for flow in groups if flow.group not in hidden and flow.n_measured]
    blocks = []
    for at, (rule, _, _) in enumerate(groups[0].excluded if groups else ()):
        if not any(flow.excluded[at][1] for flow in shown):
            continue
        items = [
            say(
                "P-rule-differs-item",
                lang,
                {
                    "G": context.label(flow.group),
                    "n": whole(flow.excluded[at][1], lang),
                    "of": whole(flow.n_measured, lang),
                    "share": share(flow.excluded[at][1] / flow.n_measured, lang),
                },
            )
            for flow in shown
        ]
        values = {"rule": rule, "measures": names, "list": ", ".join(items)}
        blocks.append(Paragraph(say("P-rule-differs", lang, values)))
    return tuple(blocks)
