"""Section 4: who is in the data, who is missing, where group and recording condition overlap."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Paragraph
from biasbench.report.sections.status import label_sentence
from biasbench.report.tables import cross_tables, status_table, who_table
from biasbench.report.wording import say
from biasbench.tables import UNKNOWN

Blocks = tuple[Block, ...]


def data(context: Context) -> Blocks:
    """Who is in the data, who is missing, and where group and recording condition overlap."""
    lang = context.lang
    blocks: list[Block] = [Paragraph(label_sentence(context))]
    if context.privacy.unchecked and context.privacy.k is not None:
        text = say("K-UNCHECKED", lang, {"k": str(context.privacy.k)})
        blocks.append(Paragraph(text, style="banner"))
    blocks.append(who_table(context))
    if any(row["group"] == UNKNOWN for row in context.groups):
        blocks.append(Paragraph(say("P-unknown", lang), style="note"))
    blocks += status_table(context)
    crossed = cross_tables(context)
    blocks.append(Paragraph(say("P-cross" if crossed else "P-cross-none", lang)))
    return (*blocks, *crossed)
