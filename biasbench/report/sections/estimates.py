"""The estimation plot of a planned comparison (F1), its table, and why a side has no percentiles.

Values and difference are the finding's own. The difference is group minus other side whatever
way is worse, since it stands on the axis of the values; a caption says which sign is worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from biasbench.report.claims import is_directed, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Block, Cell, Figure, Paragraph, Table
from biasbench.report.estimation_figure import Difference, Side, estimation, view_of
from biasbench.report.estimation_sides import FEWEST_FOR_QUARTERS, Spread, spreads
from biasbench.report.numbers import ABSENT, NBSP, shortest, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.tables import table_heads
from biasbench.report.wording import say

_COLUMNS = ("group", "people", "centile-25", "centile-50", "centile-75", "value-pooled")


#: More primary comparisons than this have the forest plot alone: nobody compares 100 boxes.
MOST_PLOTS = 12


def estimation_plots(rows: Sequence[Row], context: Context) -> tuple[Block, ...]:
    """The plots of the comparisons of one measure; with very many in the report, a line instead."""
    if context.case is None or not any(context.is_primary(row) for row in rows):
        return ()
    n_primary = sum(context.is_primary(row) for row in context.findings)
    if n_primary > MOST_PLOTS:
        values = {"n": whole(n_primary, context.lang), "most": whole(MOST_PLOTS, context.lang)}
        return (Paragraph(say("P-estimation-many", context.lang, values), style="note"),)
    blocks: list[Block] = []
    bare = []
    for row in rows:
        found = estimation_blocks(row, context)
        if found and not any(one.quartiles or one.points for one in spreads(row, context)):
            # Values and difference alone: the forest plot above has them already.
            bare.append(context.label(row["group"]))
        else:
            blocks += found
    if bare:
        text = say("P-estimation-bare", context.lang, {"groups": ", ".join(bare)})
        blocks.append(Paragraph(text, style="note"))
    return tuple(blocks)


def estimation_blocks(row: Row, context: Context) -> tuple[Block, ...]:
    """The figure of one comparison and its table; nothing unless it is primary, with a verdict.

    Without a case there are no measures to draw people from, and a finding that is withheld or
    has no value on either side has no figure.
    """
    if context.case is None or not context.is_primary(row):
        return ()
    written = write_finding(row, context)
    if written.withheld or written.code is None or row["difference"] is None:
        return ()
    both = spreads(row, context)
    return _figure(row, both, context), _table(row, both, context)


def _names(row: Row, context: Context) -> dict[str, str]:
    kind = quantity(row["metric"])
    return {
        "G": context.label(row["group"]),
        "R": context.label(row["against"]),
        "measure": context.heading(row["system"], row["metric"]),
        "unit": kind.unit(context.lang),
        "level": shortest(100 * row["level"], context.lang),
    }


def _sides(row: Row, both: Sequence[Spread], context: Context) -> tuple[Side, Side]:
    """The group and the other side as they are drawn."""
    kind = quantity(row["metric"])
    made = [
        Side(
            label=context.label(row[name]),
            beside=kind.value(row[value], context.lang),
            value=float(row[value]) * kind.factor,
            box=spread.quartiles,
            points=spread.points,
        )
        for name, value, spread in zip(
            ("group", "against"), ("value", "against_value"), both, strict=True
        )
    ]
    return made[0], made[1]


def _difference(row: Row, context: Context) -> Difference:
    lang, kind = context.lang, quantity(row["metric"])
    value, interval = _difference_words(row, context)
    low, high = row["difference_low"], row["difference_high"]
    return Difference(
        label=say("AXIS-estimation-difference", lang),
        beside=f"{value}  [{interval}]" if low is not None else f"{value} ({interval})",
        value=float(row["difference"]) * kind.factor,
        low=None if low is None else float(low) * kind.factor,
        high=None if high is None else float(high) * kind.factor,
        margin=None if row["margin"] is None else float(row["margin"]) * kind.factor,
    )


def _difference_words(row: Row, context: Context) -> tuple[str, str]:
    """The difference and its interval as printed; words in place of an interval that is not."""
    lang, kind = context.lang, quantity(row["metric"])
    low, high = row["difference_low"], row["difference_high"]
    value = kind.gap(row["difference"], lang, low=low, high=high)
    if low is None or high is None:
        return value, say("W-nointerval", lang)
    ends = kind.interval(low, high, lang, margin=row["margin"])
    return value, say("W-interval", lang, {"lo": ends[0], "hi": ends[1]})


def _figure(row: Row, both: Sequence[Spread], context: Context) -> Figure:
    lang, kind = context.lang, quantity(row["metric"])
    group, against = _sides(row, both, context)
    difference = _difference(row, context)
    unit = kind.unit(lang)
    if context.synthetic:
        unit = say("AXIS-synthetic", lang, {"unit": unit})

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        return estimation(
            group,
            against,
            difference,
            tick=lambda value: shortest(value, lang),
            labels=(unit, say("AXIS-estimation-difference", lang)),
            from_zero=kind.is_rate,
        )

    view = view_of((against, group), difference, from_zero=kind.is_rate)
    return Figure(
        name=_name(row, context),
        draw=draw,
        caption=_caption(row, both, context, is_cut=view.is_cut),
        alternative=_alternative(row, both, context),
    )


def _name(row: Row, context: Context) -> str:
    keys = ("system", "metric", "group", "against")
    wanted = tuple(row[key] for key in keys)
    place = next(
        at for at, one in enumerate(context.findings) if tuple(one[key] for key in keys) == wanted
    )
    return f"estimation{place + 1}"


def _caption(row: Row, both: Sequence[Spread], context: Context, *, is_cut: bool) -> str:
    has_boxes = any(spread.quartiles is not None for spread in both)
    names = ["CAP-estimation-boxes" if has_boxes else "CAP-estimation-values"]
    if any(spread.points for spread in both):
        names.append("CAP-estimation-points")
    has_interval = row["difference_low"] is not None
    names.append("CAP-estimation-right" if has_interval else "CAP-estimation-nointerval")
    if row["margin"] is not None:
        names.append("CAP-estimation-margin")
    if is_directed(row):
        is_higher = row["direction"] == "higher is worse"
        names.append("CAP-estimation-higher" if is_higher else "CAP-estimation-lower")
    if is_cut:
        names.append("CAP-cut")
    values = _names(row, context)
    return " ".join(say(name, context.lang, values) for name in names)


def _alternative(row: Row, both: Sequence[Spread], context: Context) -> str:
    lang, kind = context.lang, quantity(row["metric"])
    listed = []
    for side, spread in zip(_sides(row, both, context), both, strict=True):
        values = {"G": side.label, "value": side.beside}
        if spread.quartiles is None:
            listed.append(say("ALT-estimation-value", lang, values))
            continue
        ends = (_centile(one, kind, context) for one in spread.quartiles)
        values |= dict(zip(("low", "median", "high"), ends, strict=True))
        listed.append(say("ALT-estimation-box", lang, values))
    value, _interval = _difference_words(row, context)
    low, high = row["difference_low"], row["difference_high"]
    if low is None or high is None:
        listed.append(say("ALT-estimation-difference-0", lang, {"value": value}))
    else:
        ends_of = kind.interval(low, high, lang, margin=row["margin"])
        values = {"value": value, "lo": ends_of[0], "hi": ends_of[1]}
        listed.append(say("ALT-estimation-difference", lang, values))
    if row["margin"] is not None:
        delta = kind.margin(row["margin"], lang)
        listed.append(say("ALT-estimation-margin", lang, {"delta": delta}))
    between = f"{NBSP}; " if lang == "fr" else "; "
    return say("ALT-estimation", lang, {"list": between.join(listed)})


def _centile(value: float, kind: Quantity, context: Context) -> str:
    return kind.value(value / kind.factor, context.lang)


def _table(row: Row, both: Sequence[Spread], context: Context) -> Table:
    """Both sides with their percentiles, then the difference; numbers behind cells are rounded."""
    lang, kind = context.lang, quantity(row["metric"])
    body = []
    people = (row["n_speakers"], row["n_against"])
    for side, spread, count in zip(_sides(row, both, context), both, people, strict=True):
        centiles: tuple[Cell, ...] = (Cell(ABSENT),) * 3
        if spread.quartiles is not None:
            centiles = tuple(Cell(_centile(q, kind, context), q) for q in spread.quartiles)
        n_people = Cell(whole(count, lang), None if count is None else float(count))
        body.append((Cell(side.label), n_people, *centiles, Cell(side.beside), Cell(ABSENT)))
    value, interval = _difference_words(row, context)
    body.append(
        (
            Cell(say("W-estimation-difference", lang)),
            *[Cell(ABSENT)] * 4,
            Cell(value),
            Cell(interval),
        )
    )
    return Table(
        say("CAP-estimation-table", lang, _names(row, context)),
        table_heads((*_COLUMNS, "interval_adjusted"), context),
        tuple(body),
        (False, *[True] * 6),
        _notes(row, both, context),
    )


def _notes(row: Row, both: Sequence[Spread], context: Context) -> tuple[str, ...]:
    """How percentiles are taken where any are printed, and why not where they are not."""
    lang, privacy = context.lang, context.privacy
    notes = []
    if any(spread.quartiles is not None for spread in both):
        notes.append(say("NOTE-centiles", lang))
        if not any(spread.points for spread in both):
            notes.append(say("NOTE-centiles-rounded", lang))
    for name, spread in zip(("group", "against"), both, strict=True):
        if spread.reason is None:
            continue
        k = privacy.k if privacy.k is not None and spread.reason == "few" else 1
        values = {
            "G": context.label(row[name]),
            "k": whole(k, lang),
            "least": whole(FEWEST_FOR_QUARTERS * k, lang),
        }
        notes.append(say(f"NOTE-centiles-{spread.reason}", lang, values))
    return tuple(notes)
