"""Human references: who wrote them, on what terms, and how far they agree group by group."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Facts, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, share, shortest
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def reference_blocks(context: Context) -> Blocks:
    """T4: the facts of the record, and the agreement by group."""
    if context.case is None:
        return ()
    lang = context.lang
    references = context.case.inputs.record.references

    def flag(value: bool | None) -> str:
        if value is None:
            return say("W-undeclared", lang)
        return say("W-yes" if value else "W-no", lang)

    undeclared = say("W-undeclared", lang)
    double = references.double_coded
    rows = [
        ("guideline", references.guideline or undeclared),
        ("annotators", references.annotators or undeclared),
        ("paid", references.paid or undeclared),
        ("country", references.country or undeclared),
        ("blind_to_group", flag(references.blind_to_group)),
        ("blind_to_machine", flag(references.blind_to_machine)),
        ("double_coded", undeclared if double is None else share(double, lang, decimals=0)),
        ("adjudication", references.adjudication or undeclared),
        ("measure", references.measure or undeclared),
    ]
    agreement: Block = Paragraph(say("P-references-none", lang))
    if references.agreement:
        agreement = agreement_table(context, caption="CAP-references")
    facts = Facts(tuple((say(f"REF-{name}", lang), value) for name, value in rows))
    return (Subheading(say("P-references", lang)), facts, agreement)


def agreement_table(context: Context, *, caption: str) -> Table:
    """Agreement by group beside the least that the plan asks for; hidden groups have none."""
    assert context.case is not None
    assert context.plan is not None
    lang = context.lang
    references = context.case.inputs.record.references
    least = context.plan.gates.agreement_least
    body = []
    for group, value in references.agreement.items():
        label = Cell(context.label(group))
        if context.privacy.hides(group):
            withheld = Cell(say("W-withheld", lang))
            body.append((label, withheld, *[Cell(ABSENT)] * (0 if least is None else 2)))
            continue
        cells = [Cell(shortest(value, lang), value)]
        if least is not None:
            enough = say("W-yes" if value >= least else "W-no", lang)
            cells += [Cell(shortest(least, lang), least), Cell(enough)]
        body.append((label, *cells))
    names = ["group", "agreement"]
    names += [] if least is None else ["agreement-least", "agreement-enough"]
    measure = references.measure or say("W-undeclared", lang)
    return Table(
        say(caption, lang, {"measure": measure}),
        tuple(say(f"H-{name}", lang) for name in names),
        tuple(body),
        (False, *[True] * (1 if least is None else 2), *[False] * (0 if least is None else 1)),
    )
