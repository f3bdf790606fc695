"""Which marks stand in a figure, with its caption and what to say to who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from biasbench.report import plots
from biasbench.report.claims import Written, gap_of, is_directed
from biasbench.report.context import Context, Row
from biasbench.report.document import Figure
from biasbench.report.numbers import number, shortest
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.wording import say


def forest_of(
    rows: Sequence[Row], written: Sequence[Written], context: Context, *, name: str
) -> Figure:
    """The gaps of one metric against the other side."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    marks = [_gap_mark(row, words, kind, context) for row, words in zip(rows, written, strict=True)]
    families = dict.fromkeys(mark.family for mark in marks if mark.value is not None)
    key = [(family, say(f"KEY-{family}", lang)) for family in families]
    margin = rows[0]["margin"]
    ends = [0.0] if margin is None else [0.0, margin * kind.factor, -margin * kind.factor]
    sides = ("AXIS-better", "AXIS-worse") if is_directed(rows[0]) else ("AXIS-minus", "AXIS-plus")

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        return plots.forest(
            marks,
            tick=lambda value: shortest(value, lang),
            unit=_axis_label(kind, context),
            sides=(say(sides[0], lang), say(sides[1], lang)),
            key=key,
            margin=None if margin is None else margin * kind.factor,
        )

    caption = "CAP-forest" if margin is not None else "CAP-forest-nomargin"
    if not is_directed(rows[0]):
        caption = "CAP-forest-neither"
    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "level": shortest(100 * rows[0]["level"], lang),
    }
    listed = "; ".join(
        say("ALT-row", lang, {"G": mark.label, "value": mark.beside, "verdict": words.verdict})
        for mark, words in zip(marks, written, strict=True)
    )
    return Figure(
        name=name,
        draw=draw,
        caption=say(caption, lang, values) + _if_cut(marks, ends, context),
        alternative=say("ALT-forest", lang, {"list": listed}),
    )


def rates_of(rows: Sequence[Row], context: Context, *, name: str) -> Figure:
    """Each group's own value with its own interval."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    marks = [_value_mark(row, kind, context) for row in rows]
    start = [0.0] if kind.is_rate else []

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        return plots.values(
            marks,
            tick=lambda value: shortest(value, lang),
            unit=_axis_label(kind, context),
            from_zero=kind.is_rate,
        )

    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "level": shortest(100 * rows[0]["level"], lang),
    }
    listed = "; ".join(
        say("ALT-value", lang, {"G": mark.label, "value": mark.beside}) for mark in marks
    )
    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-rates", lang, values) + _if_cut(marks, start, context),
        alternative=say("ALT-rates", lang, {"list": listed}),
    )


def _if_cut(marks: Sequence[plots.Mark], also: Sequence[float], context: Context) -> str:
    """What an arrow means, where there is one."""
    return " " + say("CAP-cut", context.lang) if plots.window(marks, also).is_cut else ""


def _axis_label(kind: Quantity, context: Context) -> str:
    """The unit; with the warning that a figure on synthetic speech carries wherever it goes."""
    unit = kind.unit(context.lang)
    if not context.synthetic:
        return unit
    return say("AXIS-synthetic", context.lang, {"unit": unit})


def _gap_mark(row: Row, words: Written, kind: Quantity, context: Context) -> plots.Mark:
    lang, label = context.lang, context.label(row["group"])
    if words.withheld:
        return plots.Mark(label, say("W-withheld", lang))
    gap = gap_of(row)
    if gap.value is None or gap.low is None or gap.high is None:
        return plots.Mark(label, say("W-nointerval", lang))
    low, high = kind.interval(gap.low, gap.high, lang, margin=row["margin"])
    text = say("W-interval", lang, {"lo": low, "hi": high})
    return plots.Mark(
        label,
        f"{kind.gap(gap.value, lang, low=gap.low, high=gap.high)}  [{text}]",
        value=gap.value * kind.factor,
        low=gap.low * kind.factor,
        high=gap.high * kind.factor,
        low_alone=None if gap.low_alone is None else gap.low_alone * kind.factor,
        high_alone=None if gap.high_alone is None else gap.high_alone * kind.factor,
        family=plots.family_of(words.code),
    )


def _value_mark(row: Row, kind: Quantity, context: Context) -> plots.Mark:
    lang, label = context.lang, context.label(row["group"])
    if context.privacy.hides(row["group"], (row["system"], row["metric"])):
        return plots.Mark(label, say("W-withheld", lang))
    if row["value"] is None:
        return plots.Mark(label, number(None, lang))
    text = kind.value(row["value"], lang)
    low, high = row["low"], row["high"]
    if low is not None and high is not None:
        ends = kind.interval(low, high, lang)
        text += f"  [{say('W-interval', lang, {'lo': ends[0], 'hi': ends[1]})}]"
        low, high = low * kind.factor, high * kind.factor
    return plots.Mark(label, text, row["value"] * kind.factor, low, high, family="I")
