"""Sections 6 to 9: what was measured, metric by metric, each with its findings and its groups.

A metric has one place: transcription, scores of tone, prompts, or silence and all else.
"""

from __future__ import annotations

from collections.abc import Callable

from biasbench.report.claims import block_caveats, write_finding
from biasbench.report.clips import listening
from biasbench.report.context import Context, Row
from biasbench.report.document import Block, Box, Claim, Paragraph, Subheading
from biasbench.report.figures import forest_of, rates_of
from biasbench.report.quantities import quantity
from biasbench.report.sections.calibration import calibrations
from biasbench.report.sections.degraded import degraded_blocks
from biasbench.report.sections.estimates import estimation_plots
from biasbench.report.sections.scoring_rates import scoring_rates_blocks
from biasbench.report.tables import findings_table, groups_table, side_by_side
from biasbench.report.wording import say
from biasbench.tables.calls import is_tally

Blocks = tuple[Block, ...]

_TRANSCRIPTION = (
    "M-WER", "M-CER", "M-WER-MACRO", "M-CER-MACRO", "M-SUB", "M-DEL", "M-INS", "M-NOOUT",
    "M-FAIL", "M-KEYWORD", "M-KEYWORD-FALSE",
)  # fmt: skip
_TONE = ("M-SCORE", "M-LABELLED", "M-FALSE", "M-MISSED", "M-ATTRIB")
_PROMPTS = (
    "M-POPUP", "M-POPUP-ANY", "M-UNFOUNDED", "M-UNFOUNDED-ANY", "M-CONTRADICT",
)  # fmt: skip


def place_of(metric: str) -> str:
    """The section that a metric stands in.

    >>> place_of("wer"), place_of("prompt_rate:thanks"), place_of("silence_rate")
    ('transcription', 'prompts', 'silence')
    """
    kind = quantity(metric)
    if kind.score is not None and is_tally(kind.score):
        return "silence"
    for place, sentences in (
        ("transcription", _TRANSCRIPTION),
        ("tone", _TONE),
        ("prompts", _PROMPTS),
    ):
        if kind.sentence in sentences:
            return place
    return "silence"


def transcription(context: Context) -> Blocks:
    """What was written against what was said; utterances word against word where they may be."""
    blocks = _measured("transcription", context)
    heard = listening(context)
    if heard:
        blocks = (*blocks, Subheading(say("S-listening", context.lang)), *heard)
    return blocks


def tone(context: Context) -> Blocks:
    """Scores and labels under the system's own names, and beside what people heard."""
    return (
        *_measured("tone", context),
        *calibrations(context),
        *scoring_rates_blocks(context),
    )


def prompts(context: Context) -> Blocks:
    """What was shown to people while they spoke."""
    return _measured("prompts", context)


def silence(context: Context) -> Blocks:
    """Silence, times and measures of somebody else's; then every measure under added noise."""
    return (*_measured("silence", context), *degraded_blocks(context))


def _measured(place: str, context: Context) -> Blocks:
    blocks: list[Block] = []
    here = [block for block in context.blocks() if place_of(block[1]) == place]
    for number, (system, metric) in enumerate(context.blocks(), start=1):
        if (system, metric) not in here:
            continue
        blocks.append(Subheading(context.heading(system, metric)))
        blocks += _compared(context.findings_of(system, metric), number, context)
        groups = context.groups_of(system, metric)
        blocks.append(rates_of(groups, context, name=f"value{number}"))
        blocks.append(groups_table(groups, context))
    metrics = list(dict.fromkeys(metric for _, metric in here))
    compared = [table for metric in metrics for table in side_by_side(metric, context)]
    if compared:
        blocks += [Subheading(say("P-side", context.lang)), *compared]
    return tuple(blocks)


def _compared(rows: list[Row], number: int, context: Context) -> list[Block]:
    """The table, the figure, every finding with its verdict, the caveats."""
    if not rows:
        return [Paragraph(say("P-none", context.lang))]
    written = [write_finding(row, context) for row in rows]
    blocks: list[Block] = []
    if not context.is_primary(rows[0]):
        blocks.append(Paragraph(say("P-secondary", context.lang), style="note"))
    blocks.append(findings_table(rows, written, context))
    shown = [words for words in written if not words.withheld]
    if shown:
        blocks.append(forest_of(rows, written, context, name=f"gap{number}"))
        blocks += estimation_plots(rows, context)
    blocks += [Claim(words.about, words.verdict, words.sentence) for words in written]
    caveats = block_caveats([w.code for w in shown], rows[0], context) if shown else ()
    if caveats:
        blocks.append(Box(say("P-also", context.lang), caveats))
    return blocks


#: Sections of measures, by name.
MEASURED: dict[str, Callable[[Context], Blocks]] = {
    "transcription": transcription,
    "tone": tone,
    "prompts": prompts,
    "silence": silence,
}
