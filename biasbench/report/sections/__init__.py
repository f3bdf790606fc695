"""The sections of the report, in order. Each is a function of the context that gives blocks.

To add one: write the function in a file of its own and add its line to SECTIONS (numbered) or
ANNEXES (lettered), and its title 'S-<name>' to texts/labels.json. Sentences refer to sections by
number (section 4 is data and groups, section 14 the other side's comments): a section keeps its
number whether others are there or not. With a plan every section stands, and says so where nothing
was examined; without one, a section that gives no block is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from biasbench.report.context import Context
from biasbench.report.document import Block, Document, Paragraph, Section
from biasbench.report.pay import pay
from biasbench.report.record import record_of, texts_of
from biasbench.report.sections.alternatives import alternatives
from biasbench.report.sections.annexes import reproduction, sheet, statistics
from biasbench.report.sections.certificates import certificates
from biasbench.report.sections.changes import changes
from biasbench.report.sections.cover import cover
from biasbench.report.sections.custody import custody
from biasbench.report.sections.data import data
from biasbench.report.sections.disclosure import disclosure
from biasbench.report.sections.essentials import essentials
from biasbench.report.sections.glossary import glossary
from biasbench.report.sections.legal import legal
from biasbench.report.sections.limits import limits
from biasbench.report.sections.mandate import mandate
from biasbench.report.sections.measured import MEASURED
from biasbench.report.sections.method import method
from biasbench.report.sections.requests import requests
from biasbench.report.sections.reruns import replies_and_reruns
from biasbench.report.sections.selection import selection
from biasbench.report.sections.status import base_signature
from biasbench.report.sections.system import system
from biasbench.report.sheets import findings_sheet, groups_sheet
from biasbench.report.wording import check_wording, say

Make = Callable[[Context], tuple[Block, ...]]

#: By name: the number, and the function. The cover has no number.
SECTIONS: Mapping[str, tuple[str, Make]] = {
    "cover": ("", cover),
    "essentials": ("1", essentials),
    "mandate": ("2", mandate),
    "system": ("3", system),
    "data": ("4", data),
    "method": ("5", method),
    "transcription": ("6", MEASURED["transcription"]),
    "tone": ("7", MEASURED["tone"]),
    "prompts": ("8", MEASURED["prompts"]),
    "silence": ("9", MEASURED["silence"]),
    "selection": ("10", selection),
    "pay": ("11", pay),
    "alternatives": ("12", alternatives),
    "limits": ("13", limits),
    "replies": ("14", replies_and_reruns),
    "legal": ("15", legal),
    "requests": ("16", requests),
}

#: By name: the letter, and the function.
ANNEXES: Mapping[str, tuple[str, Make]] = {
    "provenance": ("A", custody),
    "reproduction": ("B", reproduction),
    "statistics": ("C", statistics),
    "sheet": ("D", sheet),
    "disclosure": ("E", disclosure),
    "glossary": ("F", glossary),
    "certificates": ("G", certificates),
    "changes": ("H", changes),
}


def document(context: Context) -> Document:
    """The whole report in its language, before it has a format."""
    lang = context.lang
    corpus = context.facts.get("corpus_name") or context.facts.get("corpus", "").split("@")[0]
    signature = base_signature(context)
    made = Document(
        title=title_of(context),
        kicker=say("KICKER", lang, {"corpus": corpus}) if corpus else say("KICKER-0", lang),
        lang=lang,
        sections=tuple(_sections(context)),
        footer=(say("FOOT-1", lang), signature),
        running=running_foot(context),
        sheets={"findings": findings_sheet(context), "groups": groups_sheet(context)},
    )
    return replace(made, record={**record_of(context), "sections": texts_of(made)})


def title_of(context: Context) -> str:
    """The title asked for, that of the plan, or what was compared."""
    planned = None if context.plan is None else context.plan.title
    title = context.title if context.title is not None else planned
    if title:
        return check_wording(title, context.lang)
    return say("TITLE", context.lang, {"by": context.evidence.settings.by})


def running_foot(context: Context) -> str:
    """What stands at the foot of every page: that it is exploratory, and the fingerprint."""
    lang = context.lang
    parts = [] if context.is_planned else [say("FOOT-exploratory", lang)]
    if context.root:
        parts.append(say("FOOT-root", lang, {"root": context.root[:16]}))
    parts.append(say("FOOT-1", lang))
    return " · ".join(parts)


def _sections(context: Context) -> list[Section]:
    found = []
    for name, (number, make) in {**SECTIONS, **ANNEXES}.items():
        blocks = make(context)
        if not blocks and context.case is not None:
            blocks = (Paragraph(say("P-not-examined", context.lang), style="note"),)
        if blocks:
            found.append(Section(name, say(f"S-{name}", context.lang), number, blocks))
    return found
