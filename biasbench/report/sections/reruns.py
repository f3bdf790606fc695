"""The other side's plan on the same measures: what each concludes of each comparison."""

from __future__ import annotations

from dataclasses import replace

from biasbench.report.claims import gap_of, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Block
from biasbench.report.sections.replies import Concluded, Rerun, RerunRow, replies

Blocks = tuple[Block, ...]
Key = tuple[str, str, str, str]


def replies_and_reruns(context: Context) -> Blocks:
    """Section 14 with the plans that the case was computed under again."""
    return replies(context, reruns(context))


def reruns(context: Context) -> tuple[Rerun, ...]:
    """Every plan of another party, beside ours."""
    if context.case is None:
        return ()
    found = []
    ours = _concluded(context)
    for one in context.case.reruns:
        # Its own small groups are withheld by its own table of groups, under our rule.
        theirs_context = replace(context, evidence=one.evidence)
        theirs = _concluded(theirs_context)
        people = _people(theirs_context) | _people(context)
        rows = tuple(RerunRow(*key, people[key], ours.get(key), theirs.get(key)) for key in people)
        found.append(Rerun(one.party, one.plan.title or one.plan.source, one.hash8, rows))
    return tuple(found)


def _key(row: Row) -> Key:
    return str(row["system"]), str(row["metric"]), str(row["group"]), str(row["against"])


def _people(context: Context) -> dict[Key, int | None]:
    return {_key(row): row["n_against"] for row in context.findings}


def _concluded(context: Context) -> dict[Key, Concluded]:
    found = {}
    for row in context.findings:
        code = write_finding(row, context).code
        gap = gap_of(row)
        shown = code != "V-S"
        found[_key(row)] = Concluded(
            code,
            gap.low if shown else None,
            gap.high if shown else None,
            row["margin"] if shown else None,
        )
    return found
