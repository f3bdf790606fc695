"""The section from score to pay as lines of text, for the analyst's own screen."""

from __future__ import annotations

import textwrap

from biasbench.report.claims import write_finding
from biasbench.report.context import Context
from biasbench.report.document import Box, Claim, Paragraph, Subheading, Table
from biasbench.report.pay import pay
from biasbench.report.terminal import aligned
from biasbench.report.wording import say

_WIDTH = 96


def pay_lines(context: Context) -> list[str]:
    """The score gap, each link with its verdict, the thresholds, the caveats; figures left out."""
    lines = [say("SYN", context.lang), ""] if context.synthetic else []
    for block in (*_score_gap(context), *pay(context)):
        if isinstance(block, Claim):
            lines += [f"{block.about} – {block.verdict}", *_wrapped(block.text), ""]
        elif isinstance(block, Table):
            lines += [*_wrapped(block.caption), *aligned(block), ""]
        elif isinstance(block, Subheading):
            lines.append(block.text)
        elif isinstance(block, Paragraph):
            lines += [*_wrapped(block.text), ""]
        elif isinstance(block, Box):
            lines += [line for text in block.texts for line in _wrapped(text)]
    return lines


def _score_gap(context: Context) -> list[Claim]:
    """The first link, which a report has among its findings."""
    chain = context.chain
    claims = []
    for row in context.findings:
        score = row["metric"].partition(":")[2] or row["metric"]
        if chain is not None and (row["group"], score) == (chain.group, chain.score):
            written = write_finding(row, context)
            claims.append(Claim(written.about, written.verdict, written.sentence))
    return claims


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
