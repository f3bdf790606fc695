"""Section 5: how to read an interval, what a margin is, the rule, and every comparison made.

With a plan: everything it set out, with margin, anchor and reason, withheld or not; and how often
the rule itself would have announced a gap among people shared out at random.
"""

from __future__ import annotations

from biasbench.evidence.own_error import OwnError, Share
from biasbench.report.claims import write_finding
from biasbench.report.context import Context, records
from biasbench.report.document import Block, Box, Cell, Listing, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, Lang, share, shortest, whole
from biasbench.report.quantities import quantity
from biasbench.report.sections.status import plan_sentence
from biasbench.report.tables import all_comparisons
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]


def method(context: Context) -> Blocks:
    """How to read an interval, what a margin is, the rule, and every comparison made."""
    lang, settings = context.lang, context.evidence.settings
    level = {"level": shortest(100 * settings.level, lang)}
    family: tuple[str, ...] = ()
    if settings.n_comparisons > 1:
        family = (say("P-family-1", lang, {"m": whole(settings.n_comparisons, lang)}),)
    rules = [
        say(f"RULE-{code.removeprefix('V-')}", lang, {"word": verdict_word(code, lang)})
        for code in ("V-D1", "V-D2", "V-D3", "V-E", "V-I")
    ]
    rules += [say("RULE-A", lang), say("RULE-N", lang, {"word": verdict_word("V-N", lang)})]
    people = [say("P-people-1", lang)]
    if any(metric in ("wer", "cer") for _system, metric in context.blocks()):
        people.append(say("P-empty", lang))
    if context.facts.get("norm"):
        people.append(say("P-norm", lang, {"norm": context.facts["norm"]}))
    interval = (say("P-interval-1", lang), say("P-interval-2", lang, level), *family)
    return (
        Box(say("BOX-interval", lang), interval),
        Box(say("BOX-margin", lang), (say("P-margin-1", lang),)),
        Subheading(say("BOX-rule", lang)),
        Paragraph(say("P-rule-1", lang)),
        Listing(tuple(rules)),
        Box(say("BOX-people", lang), tuple(people)),
        *(planned_blocks(context) or [all_comparisons(context)]),
        *own_error_blocks(None if context.case is None else context.case.own_error, context),
    )


def planned_blocks(context: Context) -> Blocks:
    """Whether the plan came first, and all that it set out to compare."""
    if context.plan is None:
        return ()
    lang = context.lang
    return (
        Subheading(say("P-planned", lang)),
        Paragraph(plan_sentence(context)),
        _planned_table(context),
    )


def _planned_table(context: Context) -> Table:
    """Every planned comparison, group by group, withheld ones included."""
    assert context.plan is not None
    lang = context.lang
    body = []
    for planned in context.plan.metrics:
        rows = [r for r in context.findings if context.plan.of(str(r["metric"])) == planned]
        for row in rows:
            kind = quantity(str(row["metric"]))
            texts = (
                context.heading(str(row["system"]), str(row["metric"])),
                context.label(row["group"]),
                say(f"ROLE-{'primary' if planned.primary else 'secondary'}", lang),
                f"{kind.margin(planned.margin, lang)} {kind.unit(lang)}",
                say(f"ANCHOR-{planned.anchor.replace(' ', '-')}", lang),
                planned.why or ABSENT,
                write_finding(row, context).verdict,
            )
            body.append(tuple(Cell(text) for text in texts))
    names = ("measure", "group", "role", "margin", "anchor", "why", "verdict")
    return Table(
        say("CAP-planned", lang),
        tuple(say(f"H-{name}", lang) for name in names),
        tuple(body),
        (False,) * len(names),
    )


def own_error_blocks(found: OwnError | None, context: Context) -> Blocks:
    """How often the rule would have announced a gap where groups meant nothing."""
    if found is None:
        return ()
    lang = context.lang
    ends = found.any_disadvantage
    values = {
        "n": whole(found.n_permutations, lang),
        "share": share(ends.value, lang),
        "lo": share(ends.low, lang),
        "hi": share(ends.high, lang),
    }
    return (
        Subheading(say("P-own-error", lang)),
        Paragraph(say("P-own-error-1", lang, values)),
        _own_error_table(found, context),
    )


def _own_error_table(found: OwnError, context: Context) -> Table:
    lang = context.lang
    counts = ("n_disadvantage", "n_advantage", "n_equivalent", "n_undecided")
    body = []
    for row in records(found.comparisons):
        head = (
            Cell(context.heading(str(row["system"]), str(row["metric"]))),
            Cell(context.label(str(row["group"]))),
        )
        block = (str(row["system"]), str(row["metric"]))
        sides = (str(row["group"]), str(row["against"]))
        if context.privacy.withholds(*sides, None, block):
            withheld = Cell(say("W-withheld", lang))
            body.append((*head, withheld, *[Cell(ABSENT)] * (len(counts) - 1)))
            continue
        undecided = row["n_undecided"] + row["n_insufficient"] + row["n_unjudged"]
        shown = [*(row[name] for name in counts[:-1]), undecided]
        cells = (Cell(_per_hundred(n, row["n_permutations"], lang), float(n)) for n in shown)
        body.append((*head, *cells))
    any_of: tuple[Share, ...] = (found.any_disadvantage, found.any_advantage, found.any_equivalent)
    last = (Cell(say("W-any-comparison", lang)), Cell(ABSENT))
    body.append(
        (*last, *(Cell(share(one.value, lang), float(one.count)) for one in any_of), Cell(ABSENT))
    )
    names = ["measure", "group"]
    names += [f"own-{name.removeprefix('n_')}" for name in counts]
    return Table(
        say("CAP-own-error", lang, {"n": whole(found.n_permutations, lang)}),
        tuple(say(f"H-{name}", lang) for name in names),
        tuple(body),
        (False, False, *[True] * len(counts)),
    )


def _per_hundred(count: int, of: int, lang: Lang) -> str:
    return share(count / of, lang)
