"""Section 3: what was examined, as it describes itself."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Paragraph
from biasbench.report.sections.status import scope
from biasbench.report.tables import systems_table
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def system(context: Context) -> Blocks:
    """What was examined, as it describes itself."""
    lang = context.lang
    known = [examined for examined in context.systems if examined.version or examined.tier]
    holds_for = Paragraph(scope(context), style="note")
    if not known:
        return (Paragraph(say("P-system-none", lang)), holds_for)
    return (systems_table(context), holds_for)
