"""F4: both sides as the same recordings get worse, as a figure of groups and its table.

The sentence is of the people who were measured at both ends; the curves are of whoever was measured
at each degree. A degree is withheld where either side has fewer than k people at it.
"""

from __future__ import annotations

from typing import Any

from biasbench.cases.case import Degraded
from biasbench.cases.preparation import untouched
from biasbench.evidence.degradation import Change, Degradation, Fall, Level
from biasbench.evidence.estimate import Estimate
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.plans.plan import PlannedDegradation
from biasbench.report.context import Context
from biasbench.report.degradation_figure import Curve, Drawn
from biasbench.report.document import Block, Cell, Figure, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, Lang, shortest, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.withheld import withheld_line
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


def degraded_blocks(context: Context) -> Blocks:
    """Every primary comparison at every degree of every degradation that the plan names."""
    if context.case is None or context.plan is None or not context.plan.degradations:
        return ()
    blocks = list(aside_blocks(context))
    for number, one in enumerate(context.case.degradations, start=1):
        blocks += curve_blocks(one, context, name=f"degraded{number}")
    for refused in context.case.refused:
        if refused.what == "degradation":
            values = {"about": refused.about, "reason": reason_in(refused.reason, context.lang)}
            blocks.append(Paragraph(say("P-refused-all", context.lang, values)))
    return tuple(blocks)


def aside_blocks(context: Context) -> Blocks:
    """Whether the comparisons of the report are of untouched recordings alone."""
    case, plan, lang = context.case, context.plan, context.lang
    if case is None or plan is None or not plan.degradations:
        return ()
    values = {"what": ", ".join(one.what for one in plan.degradations)}
    if case.n_degraded:
        values["n"] = whole(case.n_degraded, lang)
        return (Paragraph(say("DEG-aside", lang, values), style="note"),)
    columns = [one.column for one in plan.degradations]
    if untouched(case.measures.table, columns).any():
        return ()  # nothing was degraded: each curve is refused, with its reason
    return (Paragraph(say("DEG-all", lang, values), style="note"),)


def curve_blocks(one: Degraded, context: Context, *, name: str) -> Blocks:
    """The curves of one comparison; a sentence in their place where they are withheld."""
    lang, found = context.lang, one.found
    values = {
        "what": one.planned.what,
        "measure": context.heading(found.system, found.metric),
        "G": context.label(found.group),
    }
    head = Subheading(say("DEG-heading", lang, values))
    withheld = withheld_line(found, context)
    if withheld is not None:
        return (head, withheld)
    blocks: list[Block] = [head, Paragraph(_fallen(one, context))]
    fall = found.fall
    if fall is not None and fall.n_unlike and _hidden(found, fall, context) is None:
        name_of = "DEG-unlike" if context.privacy.count(fall.n_unlike) else "DEG-unlike-some"
        text = say(name_of, lang, {"n": whole(fall.n_unlike, lang)})
        blocks.append(Paragraph(text, style="note"))
    if sum(_point(at, at.value, context) is not None for at in found.levels) > 1:
        blocks.append(_figure(one, context, name))
    return (*blocks, _table(one, context))


def _fallen(one: Degraded, context: Context) -> str:
    """How far both sides fall, whose further, and that it is described and not judged."""
    lang, found = context.lang, one.found
    fall = found.fall
    if fall is None:
        few = say("DEG-few", lang, {"least": whole(FEWEST_TO_TEST, lang)})
        return f"{few} {say('DEG-described', lang)}"
    hidden = _hidden(found, fall, context)
    if hidden is not None:
        return say(hidden, lang, {"k": str(context.privacy.k)})
    kind = quantity(found.metric)
    values = {
        "unit": kind.unit(lang),
        "G": context.label(found.group),
        "R": context.label(found.against),
        "n_g": whole(fall.n_speakers, lang),
        "n_r": whole(fall.n_against, lang),
        "d": _signed(kind, fall.difference.value, lang),
        "level": shortest(100 * found.level, lang),
    }
    return " ".join(
        (
            _changes(one, fall, kind, values, context),
            _difference(fall.difference, kind, values, lang),
            say("DEG-described", lang),
        )
    )


def _changes(
    one: Degraded, fall: Fall, kind: Quantity, values: dict[str, str], context: Context
) -> str:
    """The sentence of noise where that is what was done; otherwise both changes with their sign."""
    lang, planned = context.lang, one.planned
    turned = {"higher is worse": 1, "higher is better": -1}.get(_direction(one, context), 0)
    worse = [turned * change.value for change in (fall.group, fall.against)]
    of_noise = planned.unit == "dB" and planned.worst == "lowest" and fall.clean is None
    if of_noise and turned and min(worse) > 0 and not fall.n_unlike and fall.worst is not None:
        falls = {"m_g": kind.value(worse[0], lang), "m_r": kind.value(worse[1], lang)}
        noise = {"noise": planned.what, "snr": shortest(fall.worst, lang)}
        return say("M-NOISE", lang, values | falls | noise)
    moves = {
        "m_g": _signed(kind, fall.group.value, lang),
        "m_r": _signed(kind, fall.against.value, lang),
        "what": planned.what,
        "clean": degree_words(fall.clean, planned, lang),
        "worst": degree_words(fall.worst, planned, lang),
    }
    return say("DEG-change", lang, values | moves)


def _difference(change: Change, kind: Quantity, values: dict[str, str], lang: Lang) -> str:
    if change.low is None or change.high is None:
        return say("DEG-difference-0", lang, values)
    low, high = kind.interval(change.low, change.high, lang)
    return say("DEG-difference", lang, values | {"lo": low, "hi": high})


def _direction(one: Degraded, context: Context) -> str:
    """Which way of the metric is worse, as the finding itself says."""
    rows = [r for r in context.findings_of(*one.of[:2]) if r["group"] == one.of[2]]
    return str(rows[0]["direction"]) if rows else "neither"


def degree_words(degree: float | None, planned: PlannedDegradation, lang: Lang) -> str:
    """A degree with its unit; untouched recordings by that word."""
    if degree is None:
        return say("W-untouched", lang)
    return say("W-degree", lang, {"degree": shortest(degree, lang), "unit": planned.unit})


def _signed(kind: Quantity, value: float, lang: Lang) -> str:
    text = kind.value(value, lang)
    return f"+{text}" if value > 0 else text


def _hidden(found: Degradation, fall: Fall, context: Context) -> str | None:
    """The sentence in place of the change, or None if it may be printed.

    It is of those measured at both ends: beside the figures of all at one end, it would give away
    the few who were measured at that end alone.
    """
    k = context.privacy.k
    if k is None:
        return None
    if not _is_shown(fall, context):
        return "V-S"
    ends = [at for at in found.levels if at.degree in (fall.clean, fall.worst)]
    alone = [at.n_speakers - fall.n_speakers for at in ends]
    alone += [at.n_against - fall.n_against for at in ends]
    return "V-S-ENDS" if any(0 < few < k for few in alone) else None


def _is_shown(at: Level | Fall, context: Context) -> bool:
    k = context.privacy.k
    return k is None or min(at.n_speakers, at.n_against) >= k


def _point(at: Level, side: Estimate | None, context: Context) -> Drawn | None:
    if side is None or side.value is None or not _is_shown(at, context):
        return None
    return side.value, side.low, side.high


def _figure(one: Degraded, context: Context, name: str) -> Figure:
    lang, found, planned = context.lang, one.found, one.planned
    kind = quantity(found.metric)
    names = context.label(found.group), context.label(found.against)

    def scaled(at: Level, side: Estimate | None) -> Drawn | None:
        point = _point(at, side, context)
        if point is None:
            return None
        low, high = (None if end is None else end * kind.factor for end in point[1:])
        return point[0] * kind.factor, low, high

    sides = (
        Curve(names[0], tuple(scaled(at, at.value) for at in found.levels)),
        Curve(names[1], tuple(scaled(at, at.against_value) for at in found.levels)),
    )
    labels = [
        say("W-untouched", lang) if at.degree is None else shortest(at.degree, lang)
        for at in found.levels
    ]
    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "what": planned.what,
        "degree": planned.unit,
        "level": shortest(100 * found.level, lang),
        "G": names[0],
        "R": names[1],
    }

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.degradation_figure import degradation

        return degradation(
            [at.degree for at in found.levels],
            labels,
            sides,
            axis=say("DEG-axis", lang, values),
            tick=lambda value: shortest(value, lang),
            unit=kind.unit(lang),
            from_zero=kind.is_rate,
        )

    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-degraded", lang, values),
        alternative=say("ALT-degraded", lang, values | {"list": _listed(found, planned, context)}),
    )


def _listed(found: Degradation, planned: PlannedDegradation, context: Context) -> str:
    lang, kind = context.lang, quantity(found.metric)
    rows = []
    for at in found.levels:
        points = _point(at, at.value, context), _point(at, at.against_value, context)
        if points[0] is not None and points[1] is not None:
            values = {
                "degree": degree_words(at.degree, planned, lang),
                "m_g": kind.value(points[0][0], lang),
                "m_r": kind.value(points[1][0], lang),
            }
            rows.append(say("ALT-degraded-row", lang, values))
    return "; ".join(rows)


def _table(one: Degraded, context: Context) -> Table:
    lang, found = context.lang, one.found
    kind = quantity(found.metric)
    interval = say("H-interval", lang, {"level": shortest(100 * found.level, lang)})
    heads = [say("H-degree", lang)]
    for side in (context.label(found.group), context.label(found.against), say("H-gap", lang)):
        heads += [side, interval]
    values = {"measure": kind.name(lang), "unit": kind.unit(lang), "what": one.planned.what}
    return Table(
        say("CAP-degraded-table", lang, values),
        (*heads, say("H-both-people", lang)),
        tuple(_row(at, one, kind, context) for at in found.levels),
        (False, *[True] * 7),
    )


def _row(at: Level, one: Degraded, kind: Quantity, context: Context) -> tuple[Cell, ...]:
    lang = context.lang
    head = Cell(degree_words(at.degree, one.planned, lang), at.degree)
    if not _is_shown(at, context):
        return (head, Cell(say("W-withheld", lang)), *[Cell(ABSENT)] * 6)
    people = f"{whole(at.n_speakers, lang)} / {whole(at.n_against, lang)}"
    if at.comparison is None or at.value is None or at.against_value is None:
        few = say("W-too-few", lang, {"least": whole(FEWEST_TO_TEST, lang)})
        return (head, Cell(few), *[Cell(ABSENT)] * 5, Cell(people))
    gap = at.comparison
    ends = gap.difference_low, gap.difference_high
    return (
        head,
        *_value(at.value, kind, lang),
        *_value(at.against_value, kind, lang),
        Cell(kind.gap(gap.difference, lang, low=ends[0], high=ends[1]), gap.difference),
        _interval(*ends, kind, lang),
        Cell(people),
    )


def _value(side: Estimate, kind: Quantity, lang: Lang) -> tuple[Cell, Cell]:
    value = Cell(kind.value(side.value, lang), side.value)
    return value, _interval(side.low, side.high, kind, lang)


def _interval(low: float | None, high: float | None, kind: Quantity, lang: Lang) -> Cell:
    if low is None or high is None:
        return Cell(ABSENT)
    ends = kind.interval(low, high, lang)
    return Cell(say("W-interval", lang, {"lo": ends[0], "hi": ends[1]}), low)
