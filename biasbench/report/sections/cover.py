"""The cover: which system, which plan, who may read it, before any result."""

from __future__ import annotations

import biasbench
from biasbench.report.context import Context
from biasbench.report.document import Block, Facts, Paragraph, Signatures
from biasbench.report.sections.status import (
    audience_sentence,
    base_signature,
    exchange_sentence,
    plan_sentence,
    tier_sentences,
)
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def cover(context: Context) -> Blocks:
    """Status before any result; that an analysis is exploratory cannot be switched off."""
    lang = context.lang
    blocks: list[Block] = []
    if context.synthetic:
        blocks.append(Paragraph(f"{say('SYN', lang)} {say('SYN-PEOPLE', lang)}", style="banner"))
    if not context.is_planned:
        blocks.append(Paragraph(say("PLAN-EXP", lang), style="banner"))
    rows = [(say("COVER-tier", lang), sentence) for sentence in tier_sentences(context)]
    rows += [
        (say("COVER-plan", lang), plan_sentence(context)),
        (say("COVER-contradictory", lang), exchange_sentence(context)),
        (say("COVER-audience", lang), audience_sentence(context)),
        (say("COVER-version", lang), f"biasbench {biasbench.__version__}"),
    ]
    blocks.append(Facts(tuple(rows)))
    lines = [(say("COVER-signature", lang), base_signature(context))]
    if context.root:
        lines.insert(0, (say("COVER-root", lang), context.root))
    blocks.append(Signatures(tuple(lines)))
    return tuple(blocks)
