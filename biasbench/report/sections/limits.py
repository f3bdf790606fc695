"""Section 13: what nobody may conclude from the report.

A fixed list, then what is particular to the tier of the system and to what was computed: a line
stands only while it is true.
"""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Listing
from biasbench.report.numbers import whole
from biasbench.report.sections.status import (
    exchange_sentence,
    plan_sentence,
    scope,
    tier_sentences,
)
from biasbench.report.wording import has, say

Blocks = tuple[Block, ...]


def limits(context: Context) -> Blocks:
    """What nobody may conclude from this report."""
    lang = context.lang
    points = tier_sentences(context)
    points += [say("SYN", lang)] if context.synthetic else []
    points += [plan_sentence(context), exchange_sentence(context), say("C-LAW", lang)]
    points += [say("C-EQ", lang), scope(context)]
    points += _of_tiers(context)
    points += _of_causes(context)
    points += _of_references(context)
    points.append(say("P-limit-missing", lang))
    points += _of_record(context)
    points += _of_pay(context)
    if context.privacy.k is not None:
        points.append(say("P-limit-privacy", lang))
    return (Listing(tuple(dict.fromkeys(points))),)


def _of_tiers(context: Context) -> list[str]:
    names = [f"P-limit-{examined.tier}" for examined in context.systems if examined.tier]
    return [say(name, context.lang) for name in names if has(name)]


def _of_causes(context: Context) -> list[str]:
    """Causes and choices: what was computed, and what was not."""
    lang, case = context.lang, context.case
    has_alternatives = case is not None and bool(case.alternatives)
    points = [say("P-limit-alternatives" if has_alternatives else "P-limit-cause", lang)]
    if context.facts.get("design") == "observational":
        points.append(say("C-CROSSREF", lang))
    if case is not None and case.inputs.plan.alternatives.unmeasured:
        named = ", ".join(case.inputs.plan.alternatives.unmeasured)
        points.append(say("P-limit-unmeasured", lang, {"list": named}))
    is_robust = case is not None and bool(case.robustness)
    points.append(say("P-limit-robust-done" if is_robust else "P-limit-robust", lang))
    return points


def _of_references(context: Context) -> list[str]:
    """Human transcripts, where word errors rest on them; their agreement may be on record."""
    case = context.case
    is_agreed = case is not None and bool(case.inputs.record.references.agreement)
    if is_agreed:
        return [say("P-limit-agreement", context.lang)]
    if any(metric in ("wer", "cer") for _system, metric in context.blocks()):
        return [say("P-limit-reference", context.lang)]
    return []


def _of_pay(context: Context) -> list[str]:
    """That nothing is said of pay, or what a simulation supposes where there is one."""
    if not context.chains:
        return [say("P-limit-pay", context.lang)]
    has_simulation = any(
        (chain.bonus is not None and chain.bonus.simulated)
        or (chain.substitution is not None and chain.substitution.crossings is not None)
        for chain in context.chains
    )
    return [say("C-PAY", context.lang)] if has_simulation else []


def _of_record(context: Context) -> list[str]:
    """What the plan asked for and could not be had."""
    lang, case = context.lang, context.case
    if case is None:
        return []
    points = []
    if not all(case.is_primary(row) for row in context.findings):
        points.append(say("P-limit-secondary", lang))
    refused = len(case.refused) + sum(one.found is None for one in case.selected)
    if refused:
        points.append(say("P-limit-refused", lang, {"n": whole(refused, lang)}))
    unverified = case.inputs.record.n_unverified
    if unverified:
        points.append(say("P-limit-sources", lang, {"n": whole(unverified, lang)}))
    return points
