"""The curve over every threshold: as a figure with the threshold in force, and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from biasbench.consequences.thresholds import ThresholdCurve
from biasbench.report import plots
from biasbench.report.context import Context, records
from biasbench.report.document import Block, Cell, Figure, Paragraph, Table
from biasbench.report.numbers import ABSENT, number, shortest
from biasbench.report.pay_bands import band, hides
from biasbench.report.wording import say

#: Thresholds printed in the table, the one in force among them; the figure shows all.
_ROWS = 11


def curve_blocks(
    curve: ThresholdCurve, context: Context, names: Mapping[str, str]
) -> tuple[Block, ...]:
    """The curve, its table, and what is left out of both.

    Where a rate stands as a band the gap is left out: with the other rate it would give it back.
    """
    table = curve.table
    note: tuple[Block, ...] = ()
    if context.privacy.k is not None:
        rates = zip(table["pass_rate"], table["against_pass_rate"], strict=True)
        hidden = np.array([hides(*pair) for pair in rates])
        table = table[~hidden]
        if hidden.any():
            note = (Paragraph(say("P-pay-curve-part", context.lang), style="note"),)
    figure = (_figure(table, context, names),) if len(table) > 1 else ()
    return (*figure, curve_table(curve, context, names), *note)


def _figure(table: pd.DataFrame, context: Context, names: Mapping[str, str]) -> Figure:
    """The gap in passing at every threshold, its band, and the threshold in force."""
    lang = context.lang
    places = table["threshold"].to_numpy(dtype=float)
    # Turned so that above 0 is to the group's disadvantage: the other side's rate minus its own.
    gap, low, high = (
        -100 * table[name].to_numpy(dtype=float)
        for name in ("difference", "difference_high_all", "difference_low_all")
    )
    in_force = table.loc[table["origin"] == "contract", "threshold"]
    at = float(in_force.iloc[0]) if len(in_force) else None

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        return plots.curve(
            places,
            gap,
            low,
            high,
            at=at,
            tick=lambda value: shortest(value, lang),
            labels=(say("AXIS-threshold", lang), say("AXIS-gap", lang)),
        )

    listed = "; ".join(
        f"{shortest(row['threshold'], lang)}: {number(-100 * row['difference'], lang)}"
        for row in _chosen(table)
    )
    return Figure(
        name="thresholds",
        draw=draw,
        caption=say("CAP-curve", lang, names),
        alternative=say("ALT-curve", lang, {"list": listed}),
    )


def curve_table(curve: ThresholdCurve, context: Context, names: Mapping[str, str]) -> Table:
    """Pass rates, gap and both ratios at some thresholds, the one in force among them."""
    lang = context.lang
    heads = ("threshold", "pass", "against_pass", "pass_gap", "pass_ratio", "below_ratio")
    body = []
    for row in _chosen(curve.table):
        both = [row[name] for name in ("pass_rate", "against_pass_rate")]
        rates = [_rate(value, context) for value in both]
        mark = " ◂" if row["origin"] == "contract" else ""
        hidden = context.privacy.k is not None and hides(*both)
        gap = -100 * row["difference"]
        body.append(
            (
                Cell(shortest(row["threshold"], lang) + mark, row["threshold"]),
                *rates,
                Cell(ABSENT) if hidden else Cell(number(gap, lang), gap),
                *[
                    Cell(ABSENT)
                    if hidden or row[name] is None
                    else Cell(number(row[name], lang, decimals=2), row[name])
                    for name in ("pass_ratio", "below_ratio")
                ],
            )
        )
    return Table(
        say("CAP-thresholds", lang, names),
        tuple(say(f"H-{name}", lang) for name in heads),
        tuple(body),
        (True,) * len(heads),
    )


def _chosen(table: pd.DataFrame) -> Sequence[Mapping[str, Any]]:
    """Evenly spaced thresholds of the curve, and always the one in force."""
    if len(table) <= _ROWS:
        return records(table)
    steps = [round(at * (len(table) - 1) / (_ROWS - 1)) for at in range(_ROWS)]
    kept = table.iloc[sorted(set(steps))]
    both = pd.concat([kept, table[table["origin"] == "contract"]])
    return records(both.drop_duplicates("threshold").sort_values("threshold"))


def _rate(value: float, context: Context) -> Cell:
    """A rate per 100; a band where it would speak of nearly everybody of a real group."""
    name = band(value) if context.privacy.k is not None else None
    if name is not None:
        return Cell(say(name, context.lang))
    return Cell(number(100 * value, context.lang), 100 * value)
