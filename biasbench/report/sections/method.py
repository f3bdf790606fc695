"""Section 5: how to read an interval, what a margin is, the rule, and every comparison made."""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.document import Block, Box, Listing, Paragraph, Subheading
from biasbench.report.numbers import shortest, whole
from biasbench.report.tables import all_comparisons
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]


def method(context: Context) -> Blocks:
    """How to read an interval, what a margin is, the rule, and every comparison made."""
    lang, settings = context.lang, context.evidence.settings
    level = {"level": shortest(100 * settings.level, lang)}
    family: tuple[str, ...] = ()
    if settings.n_comparisons > 1:
        family = (say("P-family-1", lang, {"m": whole(settings.n_comparisons, lang)}),)
    rules = [
        say(f"RULE-{code.removeprefix('V-')}", lang, {"word": verdict_word(code, lang)})
        for code in ("V-D1", "V-D2", "V-D3", "V-E", "V-I")
    ]
    rules += [say("RULE-A", lang), say("RULE-N", lang, {"word": verdict_word("V-N", lang)})]
    people = [say("P-people-1", lang)]
    if any(metric in ("wer", "cer") for _system, metric in context.blocks()):
        people.append(say("P-empty", lang))
    if context.facts.get("norm"):
        people.append(say("P-norm", lang, {"norm": context.facts["norm"]}))
    interval = (say("P-interval-1", lang), say("P-interval-2", lang, level), *family)
    return (
        Box(say("BOX-interval", lang), interval),
        Box(say("BOX-margin", lang), (say("P-margin-1", lang),)),
        Subheading(say("BOX-rule", lang)),
        Paragraph(say("P-rule-1", lang)),
        Listing(tuple(rules)),
        Box(say("BOX-people", lang), tuple(people)),
        all_comparisons(context),
    )
