"""The disparity table as lines of text, for the analyst's own screen.

The analyst holds the measures, so nothing is withheld here; a document for others is made by
`write_report`, which withholds small groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from biasbench.report.claims import Written, reason_words, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Table
from biasbench.report.privacy import FEWEST, privacy_of
from biasbench.report.quantities import quantity
from biasbench.report.tables import findings_table, side_by_side
from biasbench.report.wording import say

if TYPE_CHECKING:
    from biasbench.evidence import Evidence
    from biasbench.report.numbers import Lang


def evidence_lines(evidence: Evidence, lang: Lang) -> list[str]:
    """A table per system and metric: every comparison, its verdict, and why there is none."""
    context = Context(evidence, lang, withholds=False)
    lines = [say("SYN", lang), ""] if context.synthetic else []
    for system, metric in context.blocks():
        rows = context.findings_of(system, metric)
        if not rows:
            continue
        written = [write_finding(row, context) for row in rows]
        kind = quantity(metric)
        values = {
            "measure": kind.name(lang),
            "by": evidence.settings.by,
            "unit": kind.unit(lang),
            "system": system,
        }
        lines.append(say("CLI-head", lang, values))
        lines += aligned(findings_table(rows, written, context))
        lines += [*_reasons(rows, written, context), _foot(rows[0], context), ""]
    for metric in context.metrics():
        for table in side_by_side(metric, context):
            lines += [table.caption, *aligned(table), ""]
    settings = evidence.settings
    published = privacy_of(evidence.groups, audience=settings.audience, synthetic=context.synthetic)
    if published.small:
        lines.append(say("CLI-withheld", lang, {"k": str(FEWEST[settings.audience])}))
    return lines


def aligned(table: Table) -> list[str]:
    """A table as lines, numbers to the right."""
    texts = [table.heads, *(tuple(cell.text for cell in row) for row in table.rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(table.heads))]
    return [
        "  ".join(
            text.rjust(width) if is_number else text.ljust(width)
            for text, width, is_number in zip(row, widths, table.numeric, strict=True)
        ).rstrip()
        for row in texts
    ]


def _reasons(rows: Sequence[Row], written: Sequence[Written], context: Context) -> list[str]:
    """Why nothing can be concluded: the leading reason, once, with the groups it holds for."""
    groups: dict[str, list[str]] = {}
    for row, words in zip(rows, written, strict=True):
        if words.code == "V-N":
            leading = str(row["reason"]).split("; also ")[0]
            groups.setdefault(reason_words(leading, context), []).append(row["group"])
    return [
        say("CLI-reason", context.lang, {"reason": reason, "groups": ", ".join(names)})
        for reason, names in groups.items()
    ]


def _foot(row: Row, context: Context) -> str:
    lang, kind = context.lang, quantity(row["metric"])
    values = {"against": context.label(row["against"]), "m": str(row["n_comparisons"])}
    if not row["n_comparisons"]:
        return say("CLI-foot-N", lang, values)
    if row["margin"] is None:
        return say("CLI-foot-0", lang, values)
    values |= {"delta": kind.margin(row["margin"], lang), "unit": kind.unit(lang)}
    return say("CLI-foot", lang, values)
