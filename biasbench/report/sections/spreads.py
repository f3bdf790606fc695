"""How unevenly people inside a group are picked: counts of people in ranges, never a person.

A range of fewer than k people is joined with the next one towards the middle. How many people lie
outside the range of chance is printed only where it and the ranges do not give fewer than k away.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from biasbench.consequences.selection import Concentration
from biasbench.report.context import Context, records
from biasbench.report.document import Block, Cell, Figure, Paragraph, Subheading, Table
from biasbench.report.numbers import number, shortest, whole
from biasbench.report.selection_figure import BinBar
from biasbench.report.wording import say

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class _Spread:
    """How unevenly one side is picked."""

    label: str
    of: Concentration


def spread_blocks(
    sides: Mapping[str, Concentration], metric: str, action: str, context: Context
) -> Blocks:
    """A sentence, a figure and a table for each side, by its printed name."""
    blocks: list[Block] = [Subheading(say("P-overdisp", context.lang))]
    for place, (label, of) in enumerate(sides.items(), start=1):
        spread = _Spread(label, of)
        bars, is_merged = bars_of(of, context)
        is_printed = not is_merged or sum(bar.observed > 0 for bar in bars) > 1
        blocks.append(Paragraph(_overdispersion(spread, bars if is_printed else [], context)))
        if not is_printed:
            values = {"G": label, "k": str(context.privacy.k)}
            blocks.append(Paragraph(say("P-bins-none", context.lang, values), style="note"))
            continue
        name = f"picked-{metric}-{place}".replace(":", "-").replace(" ", "-")
        blocks.append(_figure(spread, bars, name, action, context))
        blocks.append(_table(spread, bars, is_merged, context))
    return tuple(blocks)


def percent(rate: float, context: Context) -> str:
    """An announced rate with the digits it was announced with."""
    return say("W-percent", context.lang, {"n": shortest(100 * rate, context.lang)})


def _overdispersion(spread: _Spread, bars: Sequence[BinBar], context: Context) -> str:
    lang, found = context.lang, spread.of
    outside, draws = found.outside, found.against_observed
    observed = whole(outside.observed, lang)
    if not context.privacy.count(outside.observed):
        observed = say("W-under-k", lang, {"k": str(context.privacy.k)})
    values = {
        "G": spread.label,
        "declared": percent(found.announced, context),
        "exp": number(outside.expected, lang),
        "n": whole(outside.n_people, lang),
        "lo": whole(outside.low, lang),
        "hi": whole(outside.high, lang),
        "calls": whole(outside.typical_calls, lang),
        "obs": observed,
    }
    name = "M-OVERDISP-SAME" if outside.same_for_all else "M-OVERDISP-OWN"
    if gives_away(outside.observed, bars, context.privacy.k):
        name += "-0"
    n_draws = draws.n_resamples + 1
    drawn = {
        "n_as": whole(round(draws.p_value * n_draws), lang),
        "n_draws": whole(n_draws, lang),
    }
    return f"{say(name, lang, values)} {say('P-overdisp-draws', lang, drawn)}"


def gives_away(outside: int, bars: Sequence[BinBar], k: int | None) -> bool:
    """Whether people outside the range of chance, less those of printed ranges, are fewer than k.

    The range of chance ends inside a printed one: 7 people outside, and 6 in the outermost range,
    say that one person is in between.

    >>> bars = [BinBar("-3 to 3", 10, 15.9, is_middle=True), BinBar("3 and over", 6, 0.1)]
    >>> gives_away(7, bars, 5), gives_away(6, bars, 5), gives_away(7, [], 5)
    (True, False, False)
    >>> gives_away(13, bars, 5)                       # 3 of 16 inside
    True
    """
    if k is None or outside < k or not bars:
        return False
    middle = next(at for at, bar in enumerate(bars) if bar.is_middle)
    counts = [bar.observed for bar in bars]
    tails = {
        sum(counts[:low]) + sum(counts[high:])
        for low in range(middle + 1)
        for high in range(middle + 1, len(counts) + 1)
    }
    return any(0 < abs(outside - total) < k for total in (*tails, sum(counts)))


def bars_of(found: Concentration, context: Context) -> tuple[list[BinBar], bool]:
    """The ranges as printed, and whether any had to be joined."""
    rows = [
        (float(r["from_sd"]), float(r["to_sd"]), int(r["n_people"]), float(r["n_expected"]))
        for r in records(found.bins)
    ]
    merged = merged_bins(rows, context.privacy.k)
    bars = [
        BinBar(_range(low, high, context), people, expected, low < 0 < high)
        for low, high, people, expected in merged
    ]
    return bars, len(merged) < len(rows)


Bin = tuple[float, float, int, float]


def merged_bins(rows: Sequence[Bin], k: int | None) -> list[Bin]:
    """Ranges joined, from the outside in, until each holds nobody or k people and more.

    >>> merged_bins([(-9, -1, 0, 2.0), (-1, 1, 30, 26.0), (1, 2, 12, 3.0), (2, 9, 4, 1.0)], 10)
    [(-9, -1, 0, 2.0), (-1, 1, 30, 26.0), (1, 9, 16, 4.0)]
    """
    found = list(rows)
    while k is not None and len(found) > 1:
        few = [at for at, one in enumerate(found) if 0 < one[2] < k]
        if not few:
            break
        middle = next(at for at, one in enumerate(found) if one[0] < 0 < one[1])
        at = max(few, key=lambda place: abs(place - middle))
        to = at + (1 if at < middle else -1)
        if at == middle:
            to = at + 1 if at + 1 < len(found) else at - 1
        first, last = sorted((at, to))
        one, other = found[first], found[last]
        found[first : last + 1] = [(one[0], other[1], one[2] + other[2], one[3] + other[3])]
    return found


def _range(low: float, high: float, context: Context) -> str:
    lang = context.lang
    values = {
        "lo": "" if math.isinf(low) else shortest(low, lang),
        "hi": "" if math.isinf(high) else shortest(high, lang),
    }
    if math.isinf(low) and math.isinf(high):
        return say("BIN-all", lang)
    if math.isinf(low):
        return say("BIN-under", lang, values)
    return say("BIN-over" if math.isinf(high) else "BIN-between", lang, values)


def _figure(
    spread: _Spread, bars: Sequence[BinBar], name: str, action: str, context: Context
) -> Figure:
    lang = context.lang

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.selection_figure import picked_bars

        return picked_bars(
            bars,
            write=lambda value: shortest(value, lang),
            labels=(say("AXIS-bin", lang), say("AXIS-bin-people", lang)),
            key=(say("KEY-observed", lang), say("KEY-expected", lang)),
        )

    listed = "; ".join(f"{bar.label}: {whole(bar.observed, lang)}" for bar in bars)
    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-bins", lang, {"G": spread.label, "action": action}),
        alternative=say("ALT-bins", lang, {"list": listed}),
    )


def _table(
    spread: _Spread,
    bars: Sequence[BinBar],
    is_merged: bool,
    context: Context,
) -> Table:
    lang = context.lang
    notes = (say("P-bins-merged", lang, {"k": str(context.privacy.k)}),) if is_merged else ()
    body = tuple(
        (
            Cell(bar.label),
            Cell(whole(bar.observed, lang), float(bar.observed)),
            Cell(number(bar.expected, lang), bar.expected),
        )
        for bar in bars
    )
    return Table(
        say("CAP-bins-table", lang, {"G": spread.label}),
        tuple(say(f"H-{name}", lang) for name in ("bin", "bin-observed", "bin-expected")),
        body,
        (False, True, True),
        notes,
    )
