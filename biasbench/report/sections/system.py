"""Section 3: what was examined, part by part, and how what is known of each part is known.

A part that the plan does not declare is unknown, and so is its input. Of the level that the plan
declares and the one that the run recorded, the more cautious holds.
"""

from __future__ import annotations

from typing import Any

from biasbench.plans.plan import STAGES, SystemPart
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Figure, Paragraph, Table
from biasbench.report.numbers import ABSENT
from biasbench.report.sections.status import scope, tier_sentences
from biasbench.report.tables import systems_table
from biasbench.report.wording import say

Blocks = tuple[Block, ...]

#: From the surest to the most cautious; a tier that nobody declared says least.
_TIERS = ("T1", "T2", "T3")


def system(context: Context) -> Blocks:
    """What was examined, as it describes itself and as the plan declares it."""
    lang = context.lang
    blocks: list[Block] = []
    if context.plan is not None:
        blocks += [Paragraph(sentence) for sentence in tier_sentences(context)]
        blocks += _declared(context)
        blocks += [_figure(context), _parts_table(context)]
        blocks.append(Paragraph(say("P-system-modality", lang), style="note"))
    known = [examined for examined in context.systems if examined.version or examined.tier]
    if known:
        blocks.append(systems_table(context))
    else:
        blocks.append(Paragraph(say("P-system-none", lang)))
    return (*blocks, Paragraph(scope(context), style="note"))


def weaker_tier(*tiers: str | None) -> str:
    """The most cautious of the tiers that were declared; empty if none was.

    >>> weaker_tier("T1", "T3"), weaker_tier(None, "T2"), weaker_tier(None, "")
    ('T3', 'T2', '')
    """
    declared = [tier for tier in tiers if tier in _TIERS]
    return max(declared, key=_TIERS.index, default="")


def _declared(context: Context) -> Blocks:
    """What the plan says of the level and of the differences, where the sentences do not."""
    assert context.plan is not None
    lang, planned = context.lang, context.plan.system
    blocks: list[Block] = []
    of_runs = weaker_tier(*(examined.tier for examined in context.systems))
    if planned.tier and of_runs and weaker_tier(planned.tier, of_runs) != planned.tier:
        values = {
            name: say(f"W-tier-{t}", lang) for name, t in (("plan", planned.tier), ("run", of_runs))
        }
        blocks.append(Paragraph(say("P-system-tier", lang, values), style="note"))
    if planned.differences:
        text = say("P-system-differences", lang, {"differences": planned.differences})
        blocks.append(Paragraph(text))
    return tuple(blocks)


def parts_of(context: Context) -> tuple[SystemPart, ...]:
    """Every part in the order of a call: as declared, else unknown."""
    declared = {} if context.plan is None else {p.stage: p for p in context.plan.system.parts}
    others = [part for stage, part in declared.items() if stage not in STAGES]
    return (*(declared.get(stage, SystemPart(stage)) for stage in STAGES), *others)


def _figure(context: Context) -> Figure:
    lang = context.lang
    parts = parts_of(context)

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.pipeline_figure import Step, pipeline

        return pipeline(
            [
                Step(
                    _stage(part, context),
                    part.known,
                    (
                        say(f"KNOWN-{part.known}", lang),
                        say("PART-input", lang, {"modality": say(f"IN-{part.modality}", lang)}),
                    ),
                )
                for part in parts
            ]
        )

    listed = "; ".join(
        say(
            "ALT-pipeline-row",
            lang,
            {
                "stage": _stage(part, context),
                "known": say(f"KNOWN-{part.known}", lang),
                "modality": say(f"IN-{part.modality}", lang),
            },
        )
        for part in parts
    )
    return Figure(
        name="pipeline",
        draw=draw,
        caption=say("CAP-pipeline", lang),
        alternative=say("ALT-pipeline", lang, {"list": listed}),
    )


def _parts_table(context: Context) -> Table:
    lang, parts = context.lang, parts_of(context)
    heads = ("stage", "known", "stage-modality", "stage-note")
    body = tuple(
        tuple(
            Cell(text)
            for text in (
                _stage(part, context),
                say(f"KNOWN-{part.known}", lang),
                say(f"IN-{part.modality}", lang),
                part.note or ABSENT,
            )
        )
        for part in parts
    )
    declared = {} if context.plan is None else {part.stage for part in context.plan.system.parts}
    notes = () if set(STAGES) <= set(declared) else (say("P-parts-unknown", lang),)
    return Table(
        say("CAP-parts", lang),
        tuple(say(f"H-{name}", lang) for name in heads),
        body,
        (False,) * len(heads),
        notes,
    )


def _stage(part: SystemPart, context: Context) -> str:
    if part.stage not in STAGES:
        return part.stage
    return say(f"STAGE-{part.stage.replace(' ', '-')}", context.lang)
