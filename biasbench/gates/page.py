"""A gate as a document, which the report's own renderers turn into HTML and Markdown."""

from __future__ import annotations

from biasbench.gates import figures, lines
from biasbench.gates.gating import Gate
from biasbench.gates.record import record_of
from biasbench.gates.verdicts import EVERYBODY, Check
from biasbench.report.document import Block, Cell, Document, Listing, Paragraph, Section, Table

_HEADS = (
    "Group", "Rule", "Outcome", "People", "Before", "After", "Change or gap", "Bounds", "Limit",
    "Could be shown",
)  # fmt: skip
_COULD_BE_SHOWN = (
    "Could be shown: the smallest limit that a model which changes nothing would be shown to keep "
    "in 80 % of such studies."
)
_NUMERIC = (False, False, False, True, True, True, True, True, True, True)


def document_of(gate: Gate) -> Document:
    """The outcome first, then a table for each metric, then each rule in a sentence."""
    blocks: list[Block] = [Paragraph(text, "note") for text in lines.nobody_spoke(gate.synthetic)]
    blocks.append(Paragraph(lines.sides(gate), "lead"))
    blocks += [_table(metric, gate) for metric in gate.policy.metrics]
    blocks.append(Paragraph(f"{lines.how_bounded(gate)} {_COULD_BE_SHOWN}", "note"))
    few = lines.few_people(gate.checks, gate)
    if few:
        blocks.append(Listing(tuple(few)))
    told = tuple(
        lines.check_line(check, gate)
        for outcome in ("fail", "undecided")
        for check in gate.of(outcome)
        if check.reason != "people"
    )
    if told:
        blocks.append(Listing(told))
    blocks += [Paragraph(lines.one_line(note), "note") for note in gate.notes]
    return Document(
        title=lines.headline(gate),
        kicker="Gate on a swap of models",
        lang="en",
        sections=(Section("gate", "", "", tuple(blocks)),),
        footer=(
            f"Baseline: {lines.one_line(gate.baseline)}. Candidate: "
            f"{lines.one_line(gate.candidate)}. Policy: {lines.one_line(gate.policy.source)}.",
            gate.signature,
        ),
        kind="summary",
        record=record_of(gate),
    )


def _table(metric: str, gate: Gate) -> Table:
    own = [check for check in gate.checks if check.metric == metric]
    # Coverage that was kept stands in a row of everybody alone: it says as much of each group.
    shown = [
        check
        for check in own
        if check.reason != "people" and (check.reason != "kept" or check.group == EVERYBODY)
    ]
    unit = figures.kind_of(own[0]).unit("en")
    return Table(
        caption=f"{lines.one_line(metric)}, {unit}, against {lines.against(gate)}",
        heads=_HEADS,
        rows=tuple(_row(check) for check in shown),
        numeric=_NUMERIC,
    )


def _row(check: Check) -> tuple[Cell, ...]:
    is_share = check.rule == "coverage"
    group = "everybody" if check.group == EVERYBODY else lines.one_line(check.group)
    return (
        Cell(group),
        Cell("lost utterances" if is_share else check.rule),
        Cell(lines.WORDS[check.outcome]),
        Cell(_people(check), check.n_people),
        Cell(figures.figure(check.before, check), check.before),
        Cell(figures.figure(check.after, check), check.after),
        Cell(figures.figure(check.value, check), check.value),
        Cell(figures.bounds(check), check.low),
        Cell(figures.limit(check), check.limit),
        Cell(figures.detectable(check), check.detectable),
    )


def _people(check: Check) -> str:
    """'10 v 70', or what is told of it."""
    counts = (check.n_people, check.n_against)
    return " v ".join(str(count) for count in counts if count is not None) or "–"
