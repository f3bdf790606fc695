"""Section 1: the essentials on one page."""

from __future__ import annotations

from collections import Counter

from biasbench.report.claims import write_finding
from biasbench.report.context import Context
from biasbench.report.document import Block, Paragraph
from biasbench.report.numbers import whole
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def essentials(context: Context) -> Blocks:
    """How many comparisons have which verdict."""
    if not context.findings:
        return (Paragraph(say("P-none", context.lang)),)
    return (Paragraph(summary_of_verdicts(context), style="lead"),)


def summary_of_verdicts(context: Context) -> str:
    """How many comparisons have which verdict."""
    lang = context.lang
    words = Counter(write_finding(row, context).verdict for row in context.findings)
    items = ", ".join(
        say("P-summary-item", lang, {"word": word, "n": whole(count, lang)})
        for word, count in words.most_common()
    )
    n = len(context.findings)
    return say("P-summary" if n > 1 else "P-summary-1", lang, {"m": whole(n, lang), "list": items})
