"""Section 10: whose calls are recorded or listened to, by group and by person inside each group.

A comparison that the plan has a margin for has the verdict of its own finding; any other is given
with its interval and none. People leave as counts of people in ranges, and a range of fewer than k
is joined with the next one towards the middle. The two sides are never printed beside their sum,
nor two groups each beside its rest: subtracting would undo the joining.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from biasbench.cases.case import Selected
from biasbench.consequences.selection import Concentration
from biasbench.evidence.estimate import Estimate
from biasbench.report.claims import conclude
from biasbench.report.context import Context, Row, records
from biasbench.report.document import (
    Block,
    Box,
    Cell,
    Claim,
    Figure,
    Paragraph,
    Subheading,
    Table,
)
from biasbench.report.numbers import number, shortest, whole
from biasbench.report.quantities import Quantity
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.references import agreement_table
from biasbench.report.selection_figure import BinBar
from biasbench.report.wording import say, verdict_word
from biasbench.tables import REST

Blocks = tuple[Block, ...]


def selection(context: Context) -> Blocks:
    """Each announced rate with its groups; then how far listeners agree."""
    if context.case is None or not context.case.selected:
        return ()
    lang = context.lang
    blocks: list[Block] = []
    for planned in dict.fromkeys(one.planned for one in context.case.selected):
        here = [one for one in context.case.selected if one.planned == planned]
        values = {"action": _action(here[0], context), "metric": planned.metric}
        blocks.append(Subheading(say("P-selection-head", lang, values)))
        blocks += [_claim(one, context) for one in here]
        blocks += _spreads(here, context)
    if context.case.inputs.record.references.agreement:
        blocks.append(agreement_table(context, caption="CAP-raters"))
    caveats = [say("P-selection-caveat", lang), say("C-GROUP", lang)]
    caveats += [say("SYN", lang)] if context.synthetic else []
    return (*blocks, Box(say("BOX-section", lang), tuple(caveats)))


def _claim(one: Selected, context: Context) -> Block:
    """What was picked, the verdict, the interval, and where each side stands: one string."""
    lang = context.lang
    names = {"G": context.label(one.group), "R": context.label(_against(context))}
    about = say("W-about", lang, names)
    hidden = _withheld(one, context)
    if hidden is not None:
        text = say(hidden, lang, {"k": str(context.privacy.k)})
        return Claim(about, verdict_word("V-S", lang), text)
    found = one.found
    if found is None:
        reason = reason_in(one.refused, lang)
        text = say("P-selection-refused", lang, {"G": names["G"], "reason": reason})
        return Claim(about, verdict_word("V-N", lang), text)
    kind = Quantity(one.planned.metric, "M-SELECT", "selected")
    declared = _percent(found.announced, context)
    measured = {
        **names,
        "m_g": kind.value(found.group.value, lang),
        "m_r": kind.value(found.against.value, lang),
        "n_g": whole(found.group.n_speakers, lang),
        "n_r": whole(found.against.n_speakers, lang),
        "action": _action(one, context),
        "declared": declared,
    }
    word, concluded = _concluded(one, kind, names, context)
    parts = [say("M-SELECT", lang, measured), concluded]
    for name, side, standing in (
        (names["G"], found.group, found.group_standing),
        (names["R"], found.against, found.against_standing),
    ):
        if standing is not None and side.low is not None and side.high is not None:
            low, high = kind.interval(side.low, side.high, lang, margin=found.announced)
            values = {"G": name, "lo": low, "hi": high, "declared": declared}
            parts.append(say(f"STANDING-{standing}", lang, values))
    return Claim(about, word, " ".join(parts))


def _concluded(
    one: Selected, kind: Quantity, names: Mapping[str, str], context: Context
) -> tuple[str, str]:
    """Verdict and interval: of the planned finding, else of the comparison without a verdict."""
    row = _finding(one, context)
    if row is not None and row["margin"] is not None:
        return conclude(row, kind, names, context)
    assert one.found is not None
    lang, gap = context.lang, one.found.comparison
    low, high = gap.difference_low, gap.difference_high
    said = say("P-selection-nointerval", lang)
    if low is not None and high is not None:
        ends = kind.interval(low, high, lang)
        values = {
            "lo": ends[0],
            "hi": ends[1],
            "unit": kind.unit(lang),
            "level": shortest(100 * gap.level, lang),
        }
        said = say("P-selection-interval", lang, values)
    if one.found.refused:
        reasons = "; ".join(dict.fromkeys(reason_in(text, lang) for text in one.found.refused))
        said += " " + say("P-selection-gates", lang, {"reasons": reasons})
    return verdict_word(None, lang), said


def _finding(one: Selected, context: Context) -> Row | None:
    return next(
        (
            row
            for row in context.findings
            if (row["metric"], row["group"]) == (one.planned.metric, one.group)
        ),
        None,
    )


def _withheld(one: Selected, context: Context) -> str | None:
    """The sentence in its place, by the rule of groups and by the people who have calls here."""
    found, privacy = one.found, context.privacy
    row = _finding(one, context)
    block = None if row is None else (str(row["system"]), str(row["metric"]))
    n_against = None if found is None else found.against.n_speakers
    hidden = privacy.withholds(one.group, _against(context), n_against, block)
    if hidden is None and found is not None:
        sides: Sequence[Estimate] = (found.group, found.against)
        if not all(privacy.count(side.n_speakers) for side in sides):
            return "V-S"
    return hidden


def _against(context: Context) -> str:
    return context.evidence.settings.against


def _action(one: Selected, context: Context) -> str:
    return say(f"ACTION-{one.planned.action.replace(' ', '-')}", context.lang)


@dataclass(frozen=True)
class _Spread:
    """How unevenly one side is picked."""

    label: str
    of: Concentration


def _spreads(selected: Sequence[Selected], context: Context) -> Blocks:
    """The spread inside each side, no two of which overlap."""
    shown = [one for one in selected if one.found is not None and not _withheld(one, context)]
    sides: dict[str, Concentration | None] = {}
    for one in shown:
        assert one.found is not None
        sides[one.group] = one.found.concentrations[0]
        # The rest of one group holds the others: beside theirs it would give them away.
        if len(selected) == 1 or _against(context) != REST:
            sides.setdefault(_against(context), one.found.concentrations[1])
    known = [_Spread(context.label(name), of) for name, of in sides.items() if of is not None]
    if not known:
        return ()
    blocks: list[Block] = [Subheading(say("P-overdisp", context.lang))]
    for number_, spread in enumerate(known, start=1):
        blocks.append(Paragraph(_overdispersion(spread, context)))
        bars, is_merged = bars_of(spread.of, context)
        if is_merged and sum(bar.observed > 0 for bar in bars) < 2:
            values = {"G": spread.label, "k": str(context.privacy.k)}
            blocks.append(Paragraph(say("P-bins-none", context.lang, values), style="note"))
            continue
        name = f"picked-{shown[0].planned.metric}-{number_}".replace(":", "-").replace(" ", "-")
        blocks.append(_figure(spread, bars, name, _action(shown[0], context), context))
        blocks.append(_table(spread, bars, is_merged, context))
    return tuple(blocks)


def _percent(rate: float, context: Context) -> str:
    """An announced rate with the digits it was announced with."""
    return say("W-percent", context.lang, {"n": shortest(100 * rate, context.lang)})


def _overdispersion(spread: _Spread, context: Context) -> str:
    lang, found = context.lang, spread.of
    outside, draws = found.outside, found.against_observed
    observed = whole(outside.observed, lang)
    if not context.privacy.count(outside.observed):
        observed = say("W-under-k", lang, {"k": str(context.privacy.k)})
    values = {
        "G": spread.label,
        "declared": _percent(found.announced, context),
        "exp": number(outside.expected, lang),
        "n": whole(outside.n_people, lang),
        "lo": whole(outside.low, lang),
        "hi": whole(outside.high, lang),
        "calls": whole(outside.typical_calls, lang),
        "obs": observed,
    }
    name = "M-OVERDISP-SAME" if outside.same_for_all else "M-OVERDISP-OWN"
    n_draws = draws.n_resamples + 1
    drawn = {
        "n_as": whole(round(draws.p_value * n_draws), lang),
        "n_draws": whole(n_draws, lang),
    }
    return f"{say(name, lang, values)} {say('P-overdisp-draws', lang, drawn)}"


def bars_of(found: Concentration, context: Context) -> tuple[list[BinBar], bool]:
    """The ranges as printed, and whether any had to be joined."""
    rows = [
        (float(r["from_sd"]), float(r["to_sd"]), int(r["n_people"]), float(r["n_expected"]))
        for r in records(found.bins)
    ]
    merged = merged_bins(rows, context.privacy.k)
    bars = [
        BinBar(_range(low, high, context), people, expected)
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
