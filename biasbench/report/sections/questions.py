"""What to ask the other side: a bank of questions in a fixed order, and which three come first.

The rule looks at what was measured, never at what was found: the questions about it come first, in
the order of the bank, and the others fill up.
"""

from __future__ import annotations

from biasbench.report.context import Context
from biasbench.report.sections.measured import place_of
from biasbench.report.wording import say

#: In their order (docs/report.md §L, then ours).
BANK = (
    "vendor", "thresholds", "selection", "corrections", "input", "uses", "retention", "update",
)  # fmt: skip
#: How many stand on the first page.
FIRST = 3


def questions(context: Context) -> tuple[str, ...]:
    """The whole bank, in the language of the report."""
    by = {"by": context.evidence.settings.by}
    return tuple(say(f"ASK-{name}", context.lang, by) for name in BANK)


def asked_first(context: Context) -> tuple[str, ...]:
    """The three of the first page."""
    about = _about(context)
    names = [name for name in BANK if name in about]
    names += [name for name in BANK if name not in about]
    by = {"by": context.evidence.settings.by}
    return tuple(say(f"ASK-{name}", context.lang, by) for name in names[:FIRST])


def _about(context: Context) -> set[str]:
    """The questions about what was measured."""
    places = {place_of(metric) for metric in context.metrics()}
    found = set()
    if "transcription" in places:
        found.add("vendor")
    if "prompts" in places or context.chains:
        found.add("thresholds")
    if context.plan is not None and context.plan.selection:
        found.add("selection")
    if "tone" in places:
        found |= {"corrections", "input"}
    return found
