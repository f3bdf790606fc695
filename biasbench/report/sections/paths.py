"""Both sides over time at equal entry and grade, as a figure of groups and a table of periods.

What is drawn is the pooled path, of as many people as there are. A stratum has its rows in the
table only where both sides have k people there; a period is withheld where either side has fewer,
and where those of its people who are not in its printed strata are fewer than k.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from biasbench.cases.trajectories import Point, Step, Trajectories
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Figure, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, shortest, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.sections.withheld import withheld_line
from biasbench.report.trajectory_figure import Side
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def path_blocks(found: Trajectories, context: Context, *, name: str) -> Blocks:
    """The paths of one comparison; a sentence in their place where they are withheld."""
    lang = context.lang
    head = Subheading(
        f"{say('P-trajectories', lang)} – {context.heading(found.system, found.metric)}"
    )
    withheld = withheld_line(found, context)
    if withheld is not None:
        return (head, withheld)
    values = {"n_g": whole(found.n_speakers, lang), "n_r": whole(found.n_against, lang)}
    blocks: list[Block] = [head, Paragraph(say("P-trajectories-about", lang, values))]
    if sum(_is_shown(step, context) for step in found.pooled) > 1:
        blocks.append(_figure(found, context, name))
    return (*blocks, _table(found, context))


def shown_strata(found: Trajectories, period: str, context: Context) -> list[Step]:
    """The strata of a period that may be printed beside the pooled figure."""
    here = [step for step in found.steps if step.period == period]
    shown = [step for step in here if _is_shown(step, context)]
    pooled = next(step for step in found.pooled if step.period == period)
    k = context.privacy.k
    for total, side in ((pooled.group, "group"), (pooled.against, "against")):
        points: list[Point] = [getattr(step, side) for step in shown]
        left = total.n_speakers - sum(point.n_speakers for point in points)
        if k is not None and 0 < left < k:
            return []
    return shown if len(here) > 1 else []


def _is_shown(step: Step, context: Context) -> bool:
    k = context.privacy.k
    return k is None or min(step.group.n_speakers, step.against.n_speakers) >= k


def _figure(found: Trajectories, context: Context, name: str) -> Figure:
    lang, kind = context.lang, quantity(found.metric)
    names = (context.label(found.group), context.label(found.against))

    def of(points: Sequence[Point | None], label: str) -> Side:
        return Side(
            label,
            tuple(
                None if p is None else (p.value * kind.factor, *_scaled(p, kind)) for p in points
            ),
        )

    shown = [step if _is_shown(step, context) else None for step in found.pooled]
    sides = (
        of([None if step is None else step.group for step in shown], names[0]),
        of([None if step is None else step.against for step in shown], names[1]),
    )

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.trajectory_figure import trajectories

        return trajectories(
            found.periods,
            sides,
            tick=lambda value: shortest(value, lang),
            unit=kind.unit(lang),
            from_zero=kind.is_rate,
        )

    listed = "; ".join(
        say(
            "ALT-trajectories-row",
            lang,
            {
                "period": step.period,
                "m_g": kind.value(step.group.value, lang),
                "m_r": kind.value(step.against.value, lang),
            },
        )
        for step in shown
        if step is not None
    )
    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "level": shortest(100 * found.level, lang),
        "G": names[0],
        "R": names[1],
    }
    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-trajectories", lang, values),
        alternative=say("ALT-trajectories", lang, {"list": listed}),
    )


def _scaled(point: Point, kind: Quantity) -> tuple[float | None, float | None]:
    low, high = (None if end is None else end * kind.factor for end in (point.low, point.high))
    return low, high


def _table(found: Trajectories, context: Context) -> Table:
    lang, kind = context.lang, quantity(found.metric)
    body = []
    for step in found.pooled:
        body.append(_cells(step, say("W-pooled", lang), kind, context))
        strata = shown_strata(found, step.period, context)
        body += [_cells(one, one.stratum, kind, context) for one in strata]
    sides = (context.label(found.group), context.label(found.against))
    people, interval = (
        say("H-people", lang),
        say("H-interval", lang, {"level": shortest(100 * found.level, lang)}),
    )
    heads = [say("H-period", lang), say("H-stratum", lang)]
    heads += [text for side in sides for text in (side, interval, people)]
    values = {"measure": kind.name(lang), "unit": kind.unit(lang)}
    return Table(
        say("CAP-trajectories-table", lang, values),
        tuple(heads),
        tuple(body),
        (False, False, *[True] * 6),
    )


def _cells(step: Step, stratum: str, kind: Quantity, context: Context) -> tuple[Cell, ...]:
    head = (Cell(step.period), Cell(stratum))
    if not _is_shown(step, context):
        withheld = Cell(say("W-withheld", context.lang))
        return (*head, *[withheld, Cell(ABSENT), Cell(ABSENT)] * 2)
    return (*head, *_side(step.group, kind, context), *_side(step.against, kind, context))


def _side(point: Point, kind: Quantity, context: Context) -> tuple[Cell, ...]:
    lang = context.lang
    interval = Cell(ABSENT)
    if point.low is not None and point.high is not None:
        low, high = kind.interval(point.low, point.high, lang)
        interval = Cell(say("W-interval", lang, {"lo": low, "hi": high}), point.low)
    return (
        Cell(kind.value(point.value, lang), point.value),
        interval,
        Cell(whole(point.n_speakers, lang), float(point.n_speakers)),
    )
