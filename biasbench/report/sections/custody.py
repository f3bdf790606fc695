"""Annex A: the chain of custody, then the chain of operations behind every number.

What changes from one machine or hour to the next (the environment, start and end) stands in
manifest.json alone: a report computed again elsewhere is the same to the letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.cases import Case
from biasbench.cases.record import Source
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Facts, Listing, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, whole
from biasbench.report.sections.annexes import provenance
from biasbench.report.wording import say

Blocks = tuple[Block, ...]

#: Ways to obtain a file, by the name of their text.
_HOW = {
    "employer export": "employer-export",
    "access request": "access-request",
    "volunteer recording": "volunteer",
    "public corpus": "public-corpus",
    "court order": "court-order",
    "commissaire de justice": "commissaire",
    "own measurement": "own",
    "unknown": "unknown",
}


def custody(context: Context) -> Blocks:
    """Both chains; without a case the second alone."""
    if context.case is None:
        return provenance(context)
    case, lang = context.case, context.lang
    blocks: list[Block] = [Paragraph(say("CUS-intro", lang))]
    if context.root:
        blocks.append(Paragraph(say("CUS-root", lang, {"root": context.root})))
        blocks.append(Paragraph(say("P-root-inputs", lang), style="note"))
    blocks.append(Paragraph(say("CUS-limits", lang), style="note"))
    blocks += _part("plan", _plan(case), context)
    blocks += _files(case.inputs.record.sources, context)
    blocks += _part("labels", _labels(case, context), context)
    blocks += _part("system", _system(case), context)
    blocks += _part("run", _run(case, context), context)
    blocks += _part("exclusions", _exclusions(case, context), context)
    blocks += _warnings(context)
    return (*blocks, Subheading(say("P-chain-title", lang)), *provenance(context))


def _part(part: str, rows: Sequence[tuple[str, str]], context: Context) -> Blocks:
    lang = context.lang
    unknown = say("CUS-unknown", lang)
    named = tuple((say(f"CUS-{part}-{field}", lang), text or unknown) for field, text in rows)
    return (Subheading(say(f"CUS-part-{part}", lang)), Facts(named))


def _plan(case: Case) -> list[tuple[str, str]]:
    seal = case.inputs.seal
    if seal is None:
        return [("sha256", ""), ("amendments", ""), ("before_results", "")]
    amendments = "; ".join(f"{one.at}: {one.reason}" for one in seal.versions[1:])
    order = f"{seal.last.at} < {case.inputs.opened}"
    if not case.inputs.is_planned:
        order = f"{seal.last.at} ≥ {case.inputs.opened}"
    return [
        ("sha256", seal.last.sha256),
        ("amendments", amendments or ABSENT),
        ("before_results", order),
    ]


def _files(sources: Sequence[Source], context: Context) -> Blocks:
    lang = context.lang
    blocks: list[Block] = [Subheading(say("CUS-part-files", lang))]
    if not sources:
        return (*blocks, Paragraph(say("CUS-unknown", lang)))
    names = ("path", "origin", "obtained", "obtained_on", "obtained_by", "basis", "transfers")
    rows = [
        tuple(
            Cell(text or ABSENT)
            for text in (
                one.files,
                one.origin,
                say(f"CUS-obtained-{_HOW[one.how]}", lang),
                one.on,
                one.by,
                " · ".join(part for part in (one.basis, one.licence) if part),
                "; ".join(one.transfers),
            )
        )
        for one in sources
    ]
    heads = tuple(say(f"CUS-files-{name}", lang) for name in names)
    blocks.append(Table(say("CUS-title", lang), heads, tuple(rows), (False,) * len(names)))
    bad = [one.files for one in sources if not one.verified or one.how == "unknown"]
    n_all = whole(len(sources), lang)
    if bad:
        values = {"n_files": whole(len(bad), lang), "n_all": n_all, "files": ", ".join(bad)}
        blocks += [
            Paragraph(f"{say('CUS-prov-list', lang, values)} {say('CUS-prov-effect', lang)}")
        ]
    else:
        blocks.append(Paragraph(say("CUS-prov-none", lang, {"n_all": n_all}), style="note"))
    return tuple(blocks)


def _labels(case: Case, context: Context) -> list[tuple[str, str]]:
    groups = case.inputs.plan.groups
    return [
        ("source", say(f"W-label-{groups.labels}", context.lang) if groups.labels else ""),
        ("question", groups.question),
        ("raters", groups.n_raters),
        ("agreement", groups.agreement),
    ]


def _system(case: Case) -> list[tuple[str, str]]:
    declared, facts = case.inputs.plan.system, case.evidence.provenance.facts()
    versions = ", ".join(case.inputs.record.versions)
    return [
        ("tier", declared.tier or facts.get("tier", "")),
        ("product", declared.name or facts.get("system", "")),
        ("version", versions or declared.version),
        ("period", declared.period),
        ("decoding", facts.get("options", "")),
        ("normalizer", facts.get("norm", "")),
    ]


def _run(case: Case, context: Context) -> list[tuple[str, str]]:
    plan = case.inputs.plan
    again = "; ".join(
        f"{one.on}, {one.machine}: {whole(one.differences, context.lang)}"
        for one in case.inputs.record.runs
    )
    return [
        ("seeds", str(plan.seed)),
        ("resamples", whole(plan.n_resamples, context.lang)),
        ("spread", again or ABSENT),
    ]


def _exclusions(case: Case, context: Context) -> list[tuple[str, str]]:
    rules = case.inputs.plan.exclusions
    listed = "; ".join(f"{rule.name} ({rule.why})" for rule in rules)
    name = "W-before" if context.is_planned else "W-after"
    return [("rule", listed or ABSENT), ("when", say(name, context.lang) if rules else ABSENT)]


def _warnings(context: Context) -> Blocks:
    lang = context.lang
    law = None if context.plan is None else context.plan.jurisdiction
    names = {"fr": ("CUS-warn-commissaire", "CUS-warn-covert"), "us": ("CUS-warn-us",)}
    said = [say(name, lang) for name in names.get(law or "", ())]
    return (Listing(tuple(said)),) if said else ()
