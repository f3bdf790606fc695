"""Three questions that courts have put to figures of groups: enough people, lasting, marked.

Court of Justice, Enderby (C-127/92, § 17) and Seymour-Smith (C-167/97, § 62). The table answers
with counts; it draws no conclusion.
"""

from __future__ import annotations

from biasbench.evidence.sufficiency import FEWEST_PEOPLE
from biasbench.report.claims import WANTED_PEOPLE, gap_of, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Block, Cell, Subheading, Table
from biasbench.report.numbers import ABSENT, whole
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def quality_blocks(context: Context) -> Blocks:
    """T5: a row for each comparison."""
    if context.case is None or not context.findings:
        return ()
    lang = context.lang
    body = [_row(row, context) for row in context.findings]
    names = ("measure", "group", "enough", "stable", "marked")
    needed = FEWEST_PEOPLE[context.evidence.settings.audience]
    table = Table(
        say("CAP-quality", lang),
        tuple(say(f"H-{name}", lang) for name in names),
        tuple(body),
        (False,) * len(names),
        (say("N-quality", lang, {"needed": whole(needed, lang)}),),
    )
    return (Subheading(say("P-quality", lang)), table)


def _row(row: Row, context: Context) -> tuple[Cell, ...]:
    lang = context.lang
    head = (
        Cell(context.heading(row["system"], row["metric"])),
        Cell(context.label(row["group"])),
    )
    written = write_finding(row, context)
    if written.withheld:
        return (*head, Cell(written.verdict), Cell(ABSENT), Cell(ABSENT))
    gap = gap_of(row)
    marked = say("W-untested", lang)
    if gap.low is not None and gap.high is not None:
        marked = say("W-yes" if gap.low > 0 or gap.high < 0 else "W-no", lang)
    return (*head, Cell(_enough(row, context)), Cell(_stable(row, context)), Cell(marked))


def _enough(row: Row, context: Context) -> str:
    lang, people = context.lang, (row["n_speakers"], row["n_against"])
    if people[0] is None or people[1] is None:
        return say("W-enough-unknown", lang)
    values = {"n_g": whole(people[0], lang), "n_r": whole(people[1], lang)}
    if min(people) < FEWEST_PEOPLE[context.evidence.settings.audience]:
        return say("W-enough-no", lang, values)
    return say("W-enough" if min(people) >= WANTED_PEOPLE else "W-enough-few", lang, values)


def _stable(row: Row, context: Context) -> str:
    assert context.case is not None
    of = (str(row["system"]), str(row["metric"]), str(row["group"]))
    found = context.case.stability.get(of)
    if found is None or not found.n_described:
        return say("W-untested", context.lang)
    values = {
        "same": whole(found.n_same_sign, context.lang),
        "n": whole(found.n_described, context.lang),
        "all": whole(len(found.periods), context.lang),
    }
    all_described = found.n_described == len(found.periods)
    return say("W-stable" if all_described else "W-stable-part", context.lang, values)
