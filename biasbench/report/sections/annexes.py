"""Annexes A to D: provenance, the command that gives the numbers again, statistics, data sheet."""

from __future__ import annotations

from collections import Counter

from biasbench.report.context import Context
from biasbench.report.document import Block, Facts, Paragraph, Signatures
from biasbench.report.effective_tables import (
    errors_table,
    missing_tables,
    omnibus_table,
    people_table,
)
from biasbench.report.numbers import whole
from biasbench.report.tables import chain_table, multiplicity_table, statistics_table
from biasbench.report.wording import has, say

Blocks = tuple[Block, ...]


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
    if context.case is not None:
        return _of_case(context)
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
    pay_too = () if not context.chains else (Paragraph(say("P-reproduce-pay", lang)),)
    return (
        Paragraph(say("P-reproduce", lang)),
        Signatures((("", " ".join(options)),)),
        *pay_too,
        Paragraph(say("P-reproduce-seed", lang), style="note"),
    )


def _of_case(context: Context) -> Blocks:
    """A case is computed again whole, from its bundle."""
    lang = context.lang
    commands = ("verify bundle.zip", "reproduce bundle.zip")
    lines = tuple(
        (say(f"P-again-{line.split()[0]}", lang), f"biasbench {line}") for line in commands
    )
    return (
        Paragraph(say("P-again", lang)),
        Signatures(lines),
        Paragraph(say("P-again-levels", lang)),
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


def _sheet_value(context: Context, key: str) -> str:
    value = context.declared(key)
    name = f"SHEET-{key}-{value}"
    return say(name, context.lang) if has(name) else value
