"""Section 12: what else could explain a gap, and whether the conclusion hangs on a choice."""

from __future__ import annotations

from biasbench.cases.case import comparison_of
from biasbench.report.claims import write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Block, Box, Claim, Paragraph, Subheading
from biasbench.report.sections.explained import explained_blocks
from biasbench.report.sections.paths import path_blocks
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.robustness import robustness_blocks
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def alternatives(context: Context) -> Blocks:
    """Each primary comparison under every explanation and analysis that the plan asks for."""
    case, lang = context.case, context.lang
    if case is None:
        return ()
    blocks: list[Block] = []
    for number, row in enumerate(context.findings, start=1):
        if context.is_primary(row):
            blocks += _of_comparison(row, number, context)
    for refused in case.refused:
        if refused.what in ("alternatives", "robustness", "trajectories"):
            values = {"about": refused.about, "reason": reason_in(refused.reason, lang)}
            blocks.append(Paragraph(say("P-refused-all", lang, values)))
    if not blocks:
        blocks.append(Paragraph(say("P-alternatives-none", lang)))
    substituted = any(chain.substitution is not None for chain in context.chains)
    blocks.append(Paragraph(say("P-subst-there" if substituted else "P-subst-none", lang)))
    caveats = _caveats(context)
    return (*blocks, *([Box(say("BOX-section", lang), caveats)] if caveats else []))


def _of_comparison(row: Row, number: int, context: Context) -> Blocks:
    assert context.case is not None
    of = comparison_of(row)
    explained = context.case.alternatives.get(of)
    varied = context.case.robustness.get(of)
    path = context.case.trajectories.get(of)
    if explained is None and varied is None and path is None:
        return ()
    written = write_finding(row, context)
    heading = f"{context.heading(str(row['system']), str(row['metric']))} – {written.about}"
    blocks: list[Block] = [Subheading(heading)]
    if written.withheld:
        return (*blocks, Claim(written.about, written.verdict, written.sentence))
    if explained is not None:
        blocks += explained_blocks(row, explained, context)
    if varied is not None:
        blocks += robustness_blocks(row, varied, context, name=f"curve{number}")
    if path is not None:
        blocks += path_blocks(path, context, name=f"path{number}")
    return tuple(blocks)


def _caveats(context: Context) -> tuple[str, ...]:
    design = context.facts.get("design", "undeclared")
    names = []
    if design == "observational":
        names.append("C-CROSSREF")
    elif design != "same-script":
        names.append("C-DESIGN-0")
    names += ["SYN"] if context.synthetic else []
    return tuple(say(name, context.lang) for name in names)
