"""Section 4: who is in the data, who left it, and how good the figures and references are."""

from __future__ import annotations

import re

from biasbench.report.context import Context
from biasbench.report.document import Block, Paragraph
from biasbench.report.sections.amounts import amounts_table
from biasbench.report.sections.degraded import aside_blocks
from biasbench.report.sections.flow import flow_blocks
from biasbench.report.sections.quality import quality_blocks
from biasbench.report.sections.references import reference_blocks
from biasbench.report.sections.status import label_sentence
from biasbench.report.tables import cross_tables, status_table, who_table
from biasbench.report.wording import say
from biasbench.tables import UNKNOWN

Blocks = tuple[Block, ...]

_CONFOUNDED = re.compile(r"\bN-CONF\(factor=([^)]*)\)")


def data(context: Context) -> Blocks:
    """Groups, exclusions, recording conditions, references, and whether the figures suffice."""
    lang = context.lang
    blocks: list[Block] = [Paragraph(label_sentence(context))]
    if context.privacy.unchecked and context.privacy.k is not None:
        text = say("K-UNCHECKED", lang, {"k": str(context.privacy.k)})
        blocks.append(Paragraph(text, style="banner"))
    blocks += flow_blocks(context)
    blocks += aside_blocks(context)
    blocks += [who_table(context), *amounts_table(context)]
    if any(row["group"] == UNKNOWN for row in context.groups):
        blocks.append(Paragraph(say("P-unknown", lang), style="note"))
    blocks += status_table(context)
    crossed = cross_tables(context)
    blocks.append(Paragraph(say("P-cross" if crossed else "P-cross-none", lang)))
    blocks += crossed
    blocks += [Paragraph(say("CONF", lang, {"factor": factor})) for factor in _coinciding(context)]
    return (*blocks, *reference_blocks(context), *quality_blocks(context))


def _coinciding(context: Context) -> list[str]:
    """Recording conditions that a gate found to coincide with the groups."""
    reasons = [str(row["reason"] or "") for row in context.findings]
    return list(dict.fromkeys(name for text in reasons for name in _CONFOUNDED.findall(text)))
