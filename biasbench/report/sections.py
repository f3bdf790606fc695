"""The sections of the report, in order. Each is a function of the context that gives blocks.

To add one: write the function and add its line to SECTIONS (numbered) or ANNEXES (lettered) at
the foot, and its title 'S-<name>' to texts/labels.json. A section that gives no block is left out.
Sentences refer to section 4 (data and groups) and to annex D (the data sheet): those keep their
places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import biasbench
from biasbench.report.claims import block_caveats, write_finding
from biasbench.report.clips import listening
from biasbench.report.context import Context
from biasbench.report.document import (
    Block,
    Box,
    Claim,
    Document,
    Facts,
    Listing,
    Paragraph,
    Section,
    Signatures,
    Subheading,
)
from biasbench.report.effective_tables import (
    errors_table,
    missing_tables,
    omnibus_table,
    people_table,
)
from biasbench.report.figures import forest_of, rates_of
from biasbench.report.numbers import shortest, whole
from biasbench.report.pay import pay
from biasbench.report.sheets import findings_sheet, groups_sheet
from biasbench.report.tables import (
    all_comparisons,
    chain_table,
    cross_tables,
    findings_table,
    groups_table,
    multiplicity_table,
    side_by_side,
    statistics_table,
    status_table,
    systems_table,
    who_table,
)
from biasbench.report.wording import check_wording, has, say, verdict_word
from biasbench.tables import UNKNOWN

Blocks = tuple[Block, ...]

#: What a run says of a system whose version nobody knows.
_NO_VERSION = ("", "unversioned")


def document(context: Context) -> Document:
    """The whole report in its language, before it has a format."""
    lang = context.lang
    title = say("TITLE", lang, {"by": context.evidence.settings.by})
    if context.title is not None:
        title = check_wording(context.title, lang)
    corpus = context.facts.get("corpus_name") or context.facts.get("corpus", "").split("@")[0]
    signature = base_signature(context)
    return Document(
        title=title,
        kicker=say("KICKER", lang, {"corpus": corpus}) if corpus else say("KICKER-0", lang),
        lang=lang,
        sections=tuple(_sections(context)),
        footer=(say("FOOT-1", lang), signature),
        sheets={"findings": findings_sheet(context), "groups": groups_sheet(context)},
    )


def base_signature(context: Context) -> str:
    """The signature without metric or system: what every number of the report shares."""
    parts = context.evidence.provenance.signature().split("|")
    several = len(context.systems) > 1
    return "|".join(part for part in parts if not (several and part.startswith("system:")))


def cover(context: Context) -> Blocks:
    """Which system, which plan, who may read it: before any result."""
    lang = context.lang
    blocks: list[Block] = []
    if context.synthetic:
        blocks.append(Paragraph(f"{say('SYN', lang)} {say('SYN-PEOPLE', lang)}", style="banner"))
    rows = [(say("COVER-tier", lang), sentence) for sentence in tier_sentences(context)]
    rows += [
        (say("COVER-plan", lang), say("PLAN-EXP", lang)),
        (say("COVER-contradictory", lang), say("CONTRA-NO", lang)),
        (say("COVER-audience", lang), audience_sentence(context)),
        (say("COVER-version", lang), f"biasbench {biasbench.__version__}"),
    ]
    blocks.append(Facts(tuple(rows)))
    blocks.append(Signatures(((say("COVER-signature", lang), base_signature(context)),)))
    return tuple(blocks)


def findings(context: Context) -> Blocks:
    """Each metric: the table, the figure, every finding with its verdict, the caveats."""
    lang = context.lang
    if not context.findings:
        return (Paragraph(say("P-none", lang)),)
    blocks: list[Block] = [Paragraph(_summary(context), style="lead")]
    for number, (system, metric) in enumerate(context.blocks(), start=1):
        rows = context.findings_of(system, metric)
        written = [write_finding(row, context) for row in rows]
        blocks.append(Subheading(context.heading(system, metric)))
        blocks.append(findings_table(rows, written, context))
        shown = [words for words in written if not words.withheld]
        if shown:
            blocks.append(forest_of(rows, written, context, name=f"gap{number}"))
        blocks += [Claim(words.about, words.verdict, words.sentence) for words in written]
        caveats = block_caveats([w.code for w in shown], rows[0], context) if shown else ()
        if caveats:
            blocks.append(Box(say("P-also", lang), caveats))
    compared = [table for metric in context.metrics() for table in side_by_side(metric, context)]
    if compared:
        blocks += [Subheading(say("P-side", lang)), *compared]
    return tuple(blocks)


def rates(context: Context) -> Blocks:
    """Each group by itself, the unknown and everybody included."""
    blocks: list[Block] = []
    for number, (system, metric) in enumerate(context.blocks(), start=1):
        rows = context.groups_of(system, metric)
        blocks.append(Subheading(context.heading(system, metric)))
        blocks.append(rates_of(rows, context, name=f"value{number}"))
        blocks.append(groups_table(rows, context))
    return tuple(blocks)


def system(context: Context) -> Blocks:
    """What was examined, as it describes itself."""
    lang = context.lang
    known = [examined for examined in context.systems if examined.version or examined.tier]
    scope = Paragraph(_scope(context), style="note")
    if not known:
        return (Paragraph(say("P-system-none", lang)), scope)
    return (systems_table(context), scope)


def data(context: Context) -> Blocks:
    """Who is in the data, who is missing, and where group and recording condition overlap."""
    lang = context.lang
    blocks: list[Block] = [Paragraph(label_sentence(context))]
    if context.privacy.unchecked and context.privacy.k is not None:
        text = say("K-UNCHECKED", lang, {"k": str(context.privacy.k)})
        blocks.append(Paragraph(text, style="banner"))
    blocks.append(who_table(context))
    if any(row["group"] == UNKNOWN for row in context.groups):
        blocks.append(Paragraph(say("P-unknown", lang), style="note"))
    blocks += status_table(context)
    crossed = cross_tables(context)
    blocks.append(Paragraph(say("P-cross" if crossed else "P-cross-none", lang)))
    return (*blocks, *crossed)


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


def limits(context: Context) -> Blocks:
    """What nobody may conclude from this report."""
    lang = context.lang
    points = tier_sentences(context)
    points += [say("SYN", lang)] if context.synthetic else []
    points += [say(name, lang) for name in ("PLAN-EXP", "CONTRA-NO", "C-LAW")]
    points.append(_scope(context))
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


def provenance(context: Context) -> Blocks:
    """Where every number comes from, and its signature."""
    lang = context.lang
    counts = Counter(
        (context.heading(row["system"], row["metric"]), context.evidence.signature(row))
        for row in context.findings
    )
    lines = tuple(
        (say("P-signed", lang, {"measure": name, "n": whole(n, lang)}), signature)
        for (name, signature), n in counts.items()
    )
    chain: Blocks = (Paragraph(say("P-chain-none", lang)),)
    if any(step.verb != "assess" for step in context.run_steps()):
        chain = ()
    return (*chain, chain_table(context), Paragraph(say("P-signature", lang)), Signatures(lines))


def reproduction(context: Context) -> Blocks:
    """The command that gives the same numbers again."""
    settings = context.evidence.settings
    options = ["biasbench assess measures.parquet", f"--by {settings.by}"]
    options.append(f"--against {settings.against}")
    options += [f"--group {_typed(group)}" for group in settings.groups or ()]
    options += [f"--metric {_typed(metric)}" for metric in settings.metrics]
    margins = [(m, v) for m, v in settings.margins.items() if v is not None]
    options += [f"--margin {_typed(f'{name}={value:g}')}" for name, value in margins]
    options += [f"--level {settings.level:g}", f"--method {settings.method}"]
    options += [f"--seed {settings.seed}", f"--n-resamples {settings.n_resamples}"]
    options += [f"--audience {settings.audience}"]
    lang = context.lang
    pay_too = () if context.chain is None else (Paragraph(say("P-reproduce-pay", lang)),)
    return (
        Paragraph(say("P-reproduce", lang)),
        Signatures((("", " ".join(options)),)),
        *pay_too,
        Paragraph(say("P-reproduce-seed", lang), style="note"),
    )


def _typed(text: str) -> str:
    """As it is typed in a shell: in quotes where it has a space."""
    return f'"{text}"' if " " in text else text


def statistics(context: Context) -> Blocks:
    """Every number of every comparison, and the formulas behind them."""
    lang = context.lang
    blocks = [context.findings_of(system, metric) for system, metric in context.blocks()]
    compared = [rows for rows in blocks if rows]
    return (
        Paragraph(say("P-statistics", lang)),
        Paragraph(say("P-pvalue", lang), style="note"),
        *(statistics_table(rows, context) for rows in compared),
        *(multiplicity_table(rows, context) for rows in compared),
        *omnibus_table(context),
        Paragraph(say("P-effective", lang)),
        *(people_table(rows, context) for rows in compared),
        *(errors_table(rows, context) for rows in compared),
        *missing_tables(context),
    )


def sheet(context: Context) -> Blocks:
    """What the corpus declares about itself."""
    lang = context.lang
    keys = (
        "corpus_name", "corpus_version", "corpus", "licence", "language", "origin", "period",
        "design", "synthetic", "labels", "labels_question", "labels_raters", "labels_agreement",
    )  # fmt: skip
    rows = tuple((say(f"D-{key}", lang), _sheet_value(context, key)) for key in keys)
    return (
        Paragraph(say("P-sheet", lang, {"none": say("W-undeclared", lang)})),
        Facts(rows),
        Paragraph(say("P-sheet-groups", lang, {"by": context.evidence.settings.by}), style="note"),
    )


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
    period = context.facts.get("period")
    if period:
        values["period"] = period
    if tier == "T1":
        return say("SYS-T1" if period else "SYS-T1-0", lang, values)
    names = {"T2": "SYS-T2-0", "T3": "SYS-T3"}
    return say(names.get(tier, "SYS-0"), lang, values)


def label_sentence(context: Context) -> str:
    """Where the groups come from, as the corpus declares it."""
    facts, lang = context.facts, context.lang
    source = facts.get("labels", "undeclared")
    if context.synthetic or source == "synthetic":
        return say("LABEL-SYN", lang)
    values = {
        "question": facts.get("labels_question", ""),
        "n_raters": facts.get("labels_raters", ""),
        "agreement": facts.get("labels_agreement", ""),
        "corpus": facts.get("corpus_name", ""),
        "version": _version(context, facts.get("corpus_version", "")),
    }
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


def _summary(context: Context) -> str:
    lang = context.lang
    words = Counter(write_finding(row, context).verdict for row in context.findings)
    items = ", ".join(
        say("P-summary-item", lang, {"word": word, "n": whole(count, lang)})
        for word, count in words.most_common()
    )
    n = len(context.findings)
    name = "P-summary" if n > 1 else "P-summary-1"
    return say(name, lang, {"m": whole(n, lang), "list": items})


def _scope(context: Context) -> str:
    """C-GROUP then C-SCOPE: the second says 'they' of the figures that the first names."""
    texts = [_scope_text(context, examined.name) for examined in context.systems]
    return " ".join((say("C-GROUP", context.lang), *texts))


def _scope_text(context: Context, name: str) -> str:
    examined = context.system(name)
    values = {"system": examined.short, "version": examined.version}
    if examined.version in _NO_VERSION:
        values["version"] = f"({say('W-noversion', context.lang)})"
    period = context.facts.get("period")
    if period:
        return say("C-SCOPE", context.lang, {**values, "period": period})
    return say("C-SCOPE-0", context.lang, values)


def _version(context: Context, version: str) -> str:
    return say("W-undeclared", context.lang) if version in _NO_VERSION else version


def _sheet_value(context: Context, key: str) -> str:
    value = context.declared(key)
    name = f"SHEET-{key}-{value}"
    return say(name, context.lang) if has(name) else value


#: Numbered from 1 in this order; the cover has no number.
SECTIONS: Mapping[str, Callable[[Context], Blocks]] = {
    "cover": cover,
    "findings": findings,
    "rates": rates,
    "system": system,
    "data": data,
    "method": method,
    "pay": pay,
    "listening": listening,
    "limits": limits,
}

#: Lettered from A in this order.
ANNEXES: Mapping[str, Callable[[Context], Blocks]] = {
    "provenance": provenance,
    "reproduction": reproduction,
    "statistics": statistics,
    "sheet": sheet,
}


def _sections(context: Context) -> list[Section]:
    found = []
    number = 0
    for name, make in SECTIONS.items():
        blocks = make(context)
        if not blocks:
            continue
        found.append(Section(name, say(f"S-{name}", context.lang), str(number or ""), blocks))
        number += 1
    for letter, (name, make) in zip("ABCDEFGH", ANNEXES.items(), strict=False):
        found.append(Section(name, say(f"S-{name}", context.lang), letter, make(context)))
    return found
