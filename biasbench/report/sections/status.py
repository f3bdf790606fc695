"""Sentences about the whole report: which system, which plan, which groups, who may read it."""

from __future__ import annotations

from datetime import date

from biasbench.report.context import Context
from biasbench.report.numbers import long_date
from biasbench.report.wording import has, say

#: What a run says of a system whose version nobody knows.
_NO_VERSION = ("", "unversioned")


def tier_sentences(context: Context) -> list[str]:
    """Which kind of system this is, in the words of its tier; one for all of a kind and version."""
    alike: dict[tuple[str, str], list[str]] = {}
    for examined in context.systems:
        alike.setdefault((examined.tier, examined.version), []).append(examined.short)
    return [
        _tier_sentence(context, tier, version, ", ".join(names))
        for (tier, version), names in alike.items()
    ]


def _tier_sentence(context: Context, tier: str, version: str, system: str) -> str:
    lang = context.lang
    values = {"system": system, "version": _version(context, version)}
    period = period_of(context)
    if period:
        values["period"] = period
    if tier == "T1":
        return say("SYS-T1" if period else "SYS-T1-0", lang, values)
    if tier == "T2" and context.plan is not None and context.plan.system.differences:
        return say("SYS-T2", lang, {**values, "differences": context.plan.system.differences})
    names = {"T2": "SYS-T2-0", "T3": "SYS-T3"}
    return say(names.get(tier, "SYS-0"), lang, values)


def period_of(context: Context) -> str:
    """The period of the data: as the corpus declares it, else as the plan does."""
    known = context.facts.get("period", "")
    if known and known != "undeclared":
        return known
    return "" if context.plan is None else context.plan.system.period


def plan_sentence(context: Context) -> str:
    """Whether the plan was deposited before the results were opened, and its fingerprint."""
    lang = context.lang
    seal = None if context.case is None else context.case.inputs.seal
    if seal is None or not context.is_planned:
        return say("PLAN-EXP", lang)
    day = date.fromisoformat(seal.last.at[:10])
    return say("PLAN-PRE", lang, {"date": long_date(day, lang), "hash8": seal.hash8})


def exchange_sentence(context: Context) -> str:
    """Whether the other side has had the draft and its data."""
    lang = context.lang
    exchange = None if context.case is None else context.case.inputs.record.contradictory
    if exchange is None:
        return say("CONTRA-NO", lang)
    day = long_date(date.fromisoformat(exchange.sent), lang)
    return say("CONTRA-YES", lang, {"party": exchange.party, "date": day})


def label_sentence(context: Context) -> str:
    """Where the groups come from, as the plan declares it, else as the corpus does."""
    facts, lang = context.facts, context.lang
    source = facts.get("labels", "undeclared")
    planned = None if context.plan is None else context.plan.groups
    if planned is not None and planned.labels is not None:
        source = planned.labels
    if context.synthetic or source == "synthetic":
        return say("LABEL-SYN", lang)
    values = {
        "question": facts.get("labels_question", ""),
        "n_raters": facts.get("labels_raters", ""),
        "agreement": facts.get("labels_agreement", ""),
        "corpus": facts.get("corpus_name", ""),
        "version": _version(context, facts.get("corpus_version", "")),
    }
    if planned is not None:
        told = {
            "question": planned.question,
            "n_raters": planned.n_raters,
            "agreement": planned.agreement,
        }
        values |= {name: text for name, text in told.items() if text}
    needs = {"self": ("question",), "panel": ("n_raters", "agreement"), "corpus": ()}
    if source not in needs:
        return say("LABEL-0", lang)
    name = f"LABEL-{source.upper()}"
    lacking = any(not values[key] for key in needs[source])
    return say(f"{name}-0" if lacking and has(f"{name}-0") else name, lang, values)


def audience_sentence(context: Context) -> str:
    """For whom it is, and which small groups are left out."""
    kind = "RESTRICTED" if context.evidence.settings.audience == "restricted" else "PUBLIC"
    if context.privacy.k is None:
        name = "AUDIENCE-SYN" if kind == "PUBLIC" else "AUDIENCE-RESTRICTED-SYN"
        return say(name, context.lang)
    if context.privacy.unchecked:
        return say("K-UNCHECKED", context.lang, {"k": str(context.privacy.k)})
    return say(f"AUDIENCE-{kind}", context.lang, {"k": str(context.privacy.k)})


def scope(context: Context) -> str:
    """C-GROUP then C-SCOPE: the second says 'they' of the figures that the first names."""
    texts = [_scope_text(context, examined.name) for examined in context.systems]
    return " ".join((say("C-GROUP", context.lang), *texts))


def _scope_text(context: Context, name: str) -> str:
    examined = context.system(name)
    values = {"system": examined.short, "version": examined.version}
    if examined.version in _NO_VERSION:
        values["version"] = f"({say('W-noversion', context.lang)})"
    period = period_of(context)
    if period:
        return say("C-SCOPE", context.lang, {**values, "period": period})
    return say("C-SCOPE-0", context.lang, values)


def _version(context: Context, version: str) -> str:
    return say("W-undeclared", context.lang) if version in _NO_VERSION else version


def base_signature(context: Context) -> str:
    """The signature without metric or system: what every number of the report shares."""
    parts = context.evidence.provenance.signature().split("|")
    several = len(context.systems) > 1
    return "|".join(part for part in parts if not (several and part.startswith("system:")))
