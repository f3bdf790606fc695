"""Section 13: what nobody may conclude from the report."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Listing
from biasbench.report.sections.status import (
    exchange_sentence,
    plan_sentence,
    scope,
    tier_sentences,
)
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def limits(context: Context) -> Blocks:
    """What nobody may conclude from this report."""
    lang = context.lang
    points = tier_sentences(context)
    points += [say("SYN", lang)] if context.synthetic else []
    points += [plan_sentence(context), exchange_sentence(context), say("C-LAW", lang)]
    points.append(scope(context))
    points.append(say("P-limit-cause", lang))
    points.append(say("P-limit-robust", lang))
    if any(metric in ("wer", "cer") for _system, metric in context.blocks()):
        points.append(say("P-limit-reference", lang))
    points.append(say("P-limit-missing", lang))
    if context.chain is None:
        points.append(say("P-limit-pay", lang))
    if context.privacy.k is not None:
        points.append(say("P-limit-privacy", lang))
    return (Listing(tuple(dict.fromkeys(points))),)
