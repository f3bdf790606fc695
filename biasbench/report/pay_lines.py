"""The section from score to pay as lines of text, for the analyst's own screen."""

from __future__ import annotations

import textwrap

from biasbench.report.context import Context
from biasbench.report.document import Box, Claim, Paragraph, Subheading, Table
from biasbench.report.pay import pay
from biasbench.report.terminal import aligned
from biasbench.report.wording import say

_WIDTH = 96


def pay_lines(context: Context) -> list[str]:
    """Each link with its verdict, the table of thresholds, and the caveats; figures left out."""
    lines = [say("SYN", context.lang), ""] if context.synthetic else []
    for block in pay(context):
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


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
