"""Section 15: a provision, and where in the report there are figures. Nothing follows from it here.

By the profile that the plan declares; that of France holds the provisions of the Union too. What
was seen of the law stops in July 2026. A provision that was quoted from memory, or whose outcome is
unknown, says 'to be checked' (docs/report.md §B: [K], [?]).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from biasbench.plans.plan import Jurisdiction
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Paragraph, Table
from biasbench.report.sections.measured import place_of
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Signpost:
    """One provision: the id of its text, the sections and annexes, and whether it was seen."""

    name: str
    sections: tuple[str, ...]
    annexes: tuple[str, ...] = ()
    to_check: bool = False


_FRANCE = (
    Signpost("FR-L1132", ("6", "7", "8", "11")),
    Signpost("FR-2008", ("6", "7", "8", "11"), to_check=True),
    Signpost("FR-L1134", ("5", "12", "14")),
    Signpost("FR-action", ("2",), to_check=True),
    Signpost("FR-group", ("2",)),
    Signpost("FR-L1222-3", ("6", "7", "8", "9"), to_check=True),
    Signpost("FR-L1222-4", ("3", "16")),
    Signpost("FR-CSE", ("2", "3", "11"), to_check=True),
    Signpost("FR-Nanterre", ("3", "16")),
    Signpost("FR-pay", ("11",), to_check=True),
    Signpost("FR-CNIL", ("3", "10")),
    Signpost("FR-CNIL-2025", ("4",), ("D",)),
    Signpost("FR-2007", ("4",), ("D", "E")),
    Signpost("FR-statistics", ("4", "5")),
    Signpost("FR-comparators", ("16",)),
    Signpost("FR-obtained", (), ("A",)),
    Signpost("FR-expert", ("12", "14")),
)
_UNION = (
    Signpost("EU-5f", ("3", "7")),
    Signpost("EU-5g", ("4",)),
    Signpost("EU-annex", ("3", "7", "8"), to_check=True),
    Signpost("EU-13", ("6", "7", "16")),
    Signpost("EU-10", ("4", "16"), to_check=True),
    Signpost("EU-omnibus", ("3",), to_check=True),
    Signpost("EU-GDPR", ("4", "16"), ("A",)),
    Signpost("EU-GDPR-K", ("16",), to_check=True),
    Signpost("EU-2000", ("6", "7", "8", "16")),
    Signpost("EU-figures", ("4",), to_check=True),
    Signpost("EU-Bank", ("7",)),
)
_STATES = (
    Signpost("US-VII", ("6", "7", "8", "11"), to_check=True),
    Signpost("US-Teal", ("6", "7", "8", "11"), to_check=True),
    Signpost("US-UGESP", ("11",), to_check=True),
    Signpost("US-EO", ("2",)),
    Signpost("US-SD", ("5",), ("C",), to_check=True),
    Signpost("US-Jones", ("11",)),
    Signpost("US-origin", ("4", "6")),
    Signpost("US-cases", ("4", "6"), to_check=True),
    Signpost("US-LL144", ("7", "11")),
    Signpost("US-CO", ("3", "16"), to_check=True),
    Signpost("US-IL", ("3", "11", "16"), to_check=True),
    Signpost("US-FRE", ("5",), ("A", "C", "G")),
)
#: By profile, in the order of the table.
SIGNPOSTS: Mapping[Jurisdiction, tuple[Signpost, ...]] = {
    "fr": (*_FRANCE, *_UNION),
    "eu": _UNION,
    "us": _STATES,
}


def legal(context: Context) -> Blocks:
    """What the report says of the law at all, and the table of the declared profile."""
    lang = context.lang
    law = None if context.plan is None else context.plan.jurisdiction
    said: list[Block] = [Paragraph(say("C-LAW", lang))]
    if law is None:
        return (*said, Paragraph(say("P-legal-none", lang)))
    said.append(Paragraph(say("C-LAW-DATE", lang), style="note"))
    if law == "fr":
        said += [Paragraph(say("C-LAW-FR", lang)), Paragraph(say("P-legal-accent", lang))]
    if law != "us" and any(place_of(metric) == "tone" for metric in context.metrics()):
        said.append(Paragraph(say("C-EU", lang)))
    how = f"{say('P-legal-how', lang)} {say('P-legal-check', lang)}"
    return (*said, Paragraph(how), signposts_table(law, context))


def signposts_table(law: Jurisdiction, context: Context) -> Table:
    """Two columns: the provision, and where the figures are."""
    lang = context.lang
    rows = tuple((Cell(_provision(one, context)), Cell(_where(one, context)))
                 for one in SIGNPOSTS[law])  # fmt: skip
    heads = (say("H-provision", lang), say("H-where", lang))
    return Table(say("CAP-legal", lang), heads, rows, (False, False))


def _provision(one: Signpost, context: Context) -> str:
    text = say(f"LAW-{one.name}", context.lang)
    return say("W-legal-check", context.lang, {"text": text}) if one.to_check else text


def _where(one: Signpost, context: Context) -> str:
    lang = context.lang
    sections = {"list": ", ".join(one.sections)}
    parts = []
    if one.sections:
        name = "W-legal-section" if len(one.sections) == 1 else "W-legal-sections"
        parts.append(say(name, lang, sections))
    if one.annexes:
        name = "W-legal-annex" if len(one.annexes) == 1 else "W-legal-annexes"
        parts.append(say(name, lang, {"list": ", ".join(one.annexes)}))
    return "; ".join(parts) if lang == "en" else "\u00a0; ".join(parts)
