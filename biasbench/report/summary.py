"""The report on one page, for people who were elected and not trained in statistics.

The layout is that of docs/report.md §L: a title, six parts, a foot; at most MOST_WORDS words in
either language. Which results and questions stand on it are rules fixed beforehand, those of
section 1. No figure stands without its verdict, and what the report withholds is withheld here.
"""

from __future__ import annotations

import biasbench
from biasbench.report.context import Context
from biasbench.report.document import Block, Document, Listing, Paragraph, Section
from biasbench.report.ladder import ladder
from biasbench.report.numbers import whole
from biasbench.report.privacy import OVERALL
from biasbench.report.sections.essentials import (
    answer_name,
    first_rows,
    five_rows,
    step_name,
)
from biasbench.report.sections.pay_line import Shown, short_line
from biasbench.report.sections.questions import asked_first
from biasbench.report.sections.requests import refused_documents
from biasbench.report.wording import check_wording, say

#: Of the whole page, foot included.
MOST_WORDS = 350
#: As many as fit; the rest is in section 16.
_MOST_REFUSED = 3

_PARTS = ("looked", "results", "reach", "money", "silent", "questions")


def summary(context: Context) -> Document:
    """The page as a document without a format."""
    lang = context.lang
    blocks = {
        "looked": _looked(context),
        "results": _results(context),
        "reach": _reach(context),
        "money": (Paragraph(short_line(context)),),
        "silent": _silent(context),
        "questions": _questions(context),
    }
    sections = tuple(
        Section(name, say(f"S-{name}", lang), str(place), blocks[name])
        for place, name in enumerate(_PARTS, start=1)
    )
    return Document(
        title=_title(context),
        kicker=say("SUM-KICKER-US" if _is_us(context) else "SUM-KICKER", lang),
        lang=lang,
        sections=sections,
        footer=_foot(context),
        kind="summary",
        running=say("FOOT-1", lang),
    )


def _is_us(context: Context) -> bool:
    return context.plan is not None and context.plan.jurisdiction == "us"


def _tier(context: Context) -> str:
    """The weakest tier of the systems: what is said of all must hold of each."""
    tiers = {examined.tier for examined in context.systems}
    if not tiers <= {"T1", "T2", "T3"} or not tiers:
        return "none"
    return max(tiers)


# ── Title and foot ───────────────────────────────────────────────────────────────────────────────


def _title(context: Context) -> str:
    """What was looked at, then the company and the period where they are declared.

    A stand-in is nobody's system: no company stands beside it.
    """
    lang, by = context.lang, context.evidence.settings.by
    planned = "" if context.plan is None else context.plan.system.name
    first = context.systems[0].short if context.systems else ""
    values = {"system": planned or first, "by": by}
    kind = "accent" if by == "accent" else "group"
    is_stand_in = _tier(context) == "T3"
    name = f"SUM-TITLE-T3-{kind}" if is_stand_in else f"SUM-TITLE-{kind}"
    organisation = ""
    if context.plan is not None and not is_stand_in:
        organisation = context.plan.mandate.organisation
    declared = context.facts.get("period", "")
    period = declared if context.plan is None else context.plan.system.period or declared
    place = ", ".join(part for part in (organisation, period) if part)
    title = " — ".join(part for part in (say(name, lang, values), place) if part)
    return check_wording(title, lang)


def _foot(context: Context) -> tuple[str, ...]:
    """That it is part of a report, the version, when results were opened, fingerprint, contact."""
    lang, version = context.lang, {"version": biasbench.__version__}
    if context.case is None:
        first = say("SUM-foot-0", lang, version)
    else:
        opened = {"date": context.case.inputs.opened[:10]}
        first = say("SUM-foot", lang, {**version, **opened})
    if context.root:
        first += " · " + say("FOOT-root", lang, {"root": context.root})
    contact = "" if context.plan is None else context.plan.mandate.contact
    name = "SUM-contact" if contact else "SUM-contact-0"
    return (say("FOOT-1", lang), say(name, lang, {"contact": contact}), first)


# ── The six parts ────────────────────────────────────────────────────────────────────────────────


def _looked(context: Context) -> tuple[Block, ...]:
    lang = context.lang
    values = {"tier": say(f"SUM-tier-{_tier(context)}", lang)}
    people = _people(context)
    name = "SUM-looked-0"
    if people is not None:
        values |= {"n": whole(people[0], lang), "u": whole(people[1], lang)}
        # Only who works under the system in use is of a bargaining unit.
        is_of_unit = _is_us(context) and _tier(context) == "T1"
        name = "SUM-looked-US" if is_of_unit else "SUM-looked"
    if people is not None and context.synthetic:
        name = "SUM-looked-SYN"
    replied = context.case is not None and any(
        one.comment for one in context.case.inputs.record.exchanges
    )
    answers = {
        "answer": say("ANSWER-yes" if context.is_planned else "SUM-plan-exploratory", lang),
        "replied": say("ANSWER-yes" if replied else "ANSWER-no", lang),
    }
    plan = say("SUM-plan", lang, answers)
    return (Paragraph(f"{say(name, lang, values)} {plan}"),)


def _people(context: Context) -> tuple[int, int] | None:
    """The people and recordings of the measure with the most; None where they are withheld."""
    totals = [row for row in context.groups if row["group"] == OVERALL]
    hidden = any(
        context.privacy.hides(OVERALL, (str(row["system"]), str(row["metric"]))) for row in totals
    )
    counts = [
        (int(row["n_speakers"]), int(row["n_utterances"]))
        for row in totals
        if row["n_speakers"] is not None
    ]
    return None if hidden or not counts else max(counts)


def _results(context: Context) -> tuple[Block, ...]:
    lang, rows = context.lang, five_rows(context)
    if not rows:
        return (Paragraph(say("SUM-none", lang)),)
    chosen = first_rows(context)
    if not chosen or len({row.sides for row in rows}) > 1:
        return (Listing(tuple(f"{_line(row, context)} ({row.sides})" for row in rows)),)
    names = {"G": context.label(chosen[0]["group"]), "R": context.label(chosen[0]["against"])}
    lines = tuple(_line(row, context) for row in rows)
    return (Paragraph(say("SUM-sides", lang, names)), Listing(lines))


def _line(row: Shown, context: Context) -> str:
    values = {"measure": row.measure, "a": row.value, "b": row.against_value}
    name = "SUM-row-withheld" if row.withheld else "SUM-row"
    return say(name, context.lang, {**values, "verdict": row.verdict})


def _reach(context: Context) -> tuple[Block, ...]:
    lang, said = context.lang, []
    for rung in ladder(context):
        values = {
            "step": say(step_name(rung, short=True), lang),
            "answer": say(answer_name(rung), lang),
            "n": whole(rung.n_shown, lang),
            "m": whole(rung.n_tested, lang),
        }
        said.append(say("STEP-said-count" if rung.n_tested else "STEP-said", lang, values))
    return (Paragraph(" · ".join(said)),)


def _silent(context: Context) -> tuple[Block, ...]:
    lang = context.lang
    names = ("C-LAW", "C-GROUP", f"SUM-silent-{_tier(context)}")
    return (Paragraph(" ".join(say(name, lang) for name in names)),)


def _questions(context: Context) -> tuple[Block, ...]:
    lang, refused = context.lang, refused_documents(context)
    listed = ", ".join(refused[:_MOST_REFUSED]) + ("…" if len(refused) > _MOST_REFUSED else "")
    name = "SUM-refused" if refused else "SUM-refused-0"
    return (Listing(asked_first(context)), Paragraph(say(name, lang, {"list": listed})))
