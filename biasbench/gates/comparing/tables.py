"""A comparison in tables: one long one for a program, and three as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from biasbench.evidence.correct import sidak_level
from biasbench.gates.comparing.comparison import Change, Gap, ModelComparison
from biasbench.gates.lines import one_line
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, Lang, share, shortest, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.wording import say
from biasbench.tables import REST

_LANG: Lang = "en"
#: Of the long table.
_COLUMNS = (
    "what", "metric", "model", "from_model", "by", "group", "against", "n_people", "n_against",
    "value", "against_value", "before", "after", "estimate", "level", "low", "high",
    "low_adjusted", "high_adjusted", "paired", "on_front", "synthetic", "note",
)  # fmt: skip


def long_table(found: ModelComparison) -> pd.DataFrame:
    """A row a figure; `what` is gap, change, overall or worst group."""
    first = found.models[0].name
    rows = [{"what": "gap", "estimate": one.gap, **asdict(one)} for one in found.gaps]
    rows += [
        {"what": "change", "from_model": first, "estimate": one.change, **asdict(one)}
        for one in found.changes
    ]
    for one in found.points:
        own = {"model": one.model, "on_front": one.on_front}
        rows += [
            {**own, "what": "overall", "estimate": one.overall, "low": one.low, "high": one.high},
            {**own, "what": "worst group", "group": one.worst_group, "estimate": one.worst,
             "low": one.worst_low, "high": one.worst_high},
        ]  # fmt: skip
    table = pd.DataFrame(rows).assign(
        metric=found.metric, by=found.by, level=1 - found.alpha, synthetic=found.synthetic
    )
    counts = {"n_people": "Int64", "n_against": "Int64"}
    return table.reindex(columns=[*_COLUMNS]).astype(counts)


def printed_tables(found: ModelComparison) -> tuple[Table, Table, Table]:
    """Gaps, changes and points, for any renderer of the report."""
    kind = quantity(found.metric)
    return _gap_table(found, kind), _change_table(found, kind), _point_table(found, kind)


def level_said(found: ModelComparison) -> str:
    """The level of an interval alone: '95%'."""
    return f"{shortest(100 * (1 - found.alpha), _LANG)}%"


def too_few_lines(found: ModelComparison) -> list[str]:
    """All that has no figure, on one line; none where all have."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for one in found.too_few:
        lacking.setdefault((one.what, one.group), []).append(one.model)
    first, *later = [one.name for one in found.models]
    said = []
    for (what, group), names in lacking.items():
        no_gap = lacking.get(("gap", group), []) if what == "change" else []
        rest = [] if first in no_gap else [name for name in names if name not in no_gap]
        if rest:  # where there is no gap there is no change either, and that is told already
            everywhere = rest == (later if what == "change" else [first, *later])
            where = "" if everywhere else f" with {', '.join(map(found.label, rest))}"
            said.append(f"{one_line(group)}{where}{' (change)' if what == 'change' else ''}")
    few = f"Too few people (fewer than {found.min_people} on a side), so no figure: "
    return [few + ", ".join(said)] if said else []


def _gap_table(found: ModelComparison, kind: Quantity) -> Table:
    other = say("W-rest", _LANG) if found.against == REST else one_line(found.against)
    return Table(
        caption=f"Gaps – {kind.name(_LANG)}, {kind.unit(_LANG)} ({found.direction}): each group "
        f"of {one_line(found.by)} minus {other}. {_levels(found, len(found.gaps))}",
        heads=("model", "group", "people", "other side", "value", "other side's", "gap",
               "unadjusted", "adjusted"),
        numeric=(False, False, *(True,) * 7),
        rows=tuple(
            (
                *_who(found, row),
                Cell(kind.value(row.value, _LANG), row.value),
                Cell(kind.value(row.against_value, _LANG), row.against_value),
                _difference(kind, row.gap, row),
                *_intervals(kind, row),
            )
            for row in found.gaps
        ),
        notes=_notes(found, found.gaps),
    )  # fmt: skip


def _change_table(found: ModelComparison, kind: Quantity) -> Table:
    return Table(
        caption=f"Changes in the gap from the first model, {found.models[0].label}, to each of "
        f"the others; paired person by person unless said otherwise. "
        f"{_levels(found, len(found.changes))}",
        heads=("model", "group", "people", "other side", "gap of first", "gap", "change",
               "unadjusted", "adjusted", "paired"),
        numeric=(False, False, *(True,) * 7, False),
        rows=tuple(
            (
                *_who(found, row),
                *(_difference(kind, gap, row) for gap in (row.before, row.after, row.change)),
                *_intervals(kind, row),
                Cell("yes" if row.paired else "no"),
            )
            for row in found.changes
        ),
        notes=_notes(found, found.changes),
    )  # fmt: skip


def _point_table(found: ModelComparison, kind: Quantity) -> Table:
    extreme, good = ("highest", "low") if found.direction == "higher is worse" else (
        "lowest", "high",
    )  # fmt: skip
    return Table(
        caption=f"Everybody of a known {one_line(found.by)} together, and the worst group; "
        f"{kind.unit(_LANG)}, two-sided {level_said(found)} intervals (unadjusted).",
        heads=("model", "overall", "interval", "worst group", "value", "its interval", "on front"),
        numeric=(False, True, True, False, True, True, False),
        rows=tuple(
            (
                Cell(found.label(row.model)),
                Cell(kind.value(row.overall, _LANG), row.overall),
                _ends(kind, row.low, row.high),
                Cell(one_line(row.worst_group)),
                Cell(kind.value(row.worst, _LANG), row.worst),
                _ends(kind, row.worst_low, row.worst_high),
                Cell("yes" if row.on_front else "no"),
            )
            for row in found.points
        ),
        notes=(
            f"The worst group is the one with the {extreme} value of the {len(found.among)} with "
            f"at least {found.min_people} people with every model "
            f"({', '.join(map(one_line, found.among))}). It was picked by that value, which its "
            "interval does not allow for: other recordings may well name another group, and less "
            "extreme a value.",
            f"On the front: no other model here is as {good} or {good}er on both, and {good}er on "
            "one. It is read off the values; where intervals overlap, other recordings may put "
            "other models on it. Models stand in the order given: nothing is ranked.",
        ),
    )


def _levels(found: ModelComparison, count: int) -> str:
    each = share(sidak_level(1 - found.alpha, count), _LANG, decimals=2)
    return (
        f"Two-sided intervals: each alone at {level_said(found)} (unadjusted), and adjusted for "
        f"the {count} of this table (Šidák: each at {each})."
    )


def _who(found: ModelComparison, row: Gap | Change) -> tuple[Cell, ...]:
    return (
        Cell(found.label(row.model)),
        Cell(one_line(row.group)),
        *(Cell(whole(count, _LANG), count) for count in (row.n_people, row.n_against)),
    )


def _difference(kind: Quantity, value: float, row: Gap | Change) -> Cell:
    return Cell(kind.gap(value, _LANG, low=row.low, high=row.high), value)


def _intervals(kind: Quantity, row: Gap | Change) -> tuple[Cell, Cell]:
    alone = _ends(kind, row.low, row.high)
    return alone, _ends(kind, row.low_adjusted, row.high_adjusted)


def _ends(kind: Quantity, low: float | None, high: float | None) -> Cell:
    if low is None or high is None:
        return Cell(ABSENT)
    low_said, high_said = kind.interval(low, high, _LANG)
    return Cell(say("W-interval", _LANG, {"lo": low_said, "hi": high_said}), low)


def _notes(found: ModelComparison, rows: Sequence[Gap | Change]) -> tuple[str, ...]:
    """The cautions of rows, a line for each with the rows that it holds for."""
    held: dict[str, list[str]] = {}
    for row in rows:
        if row.note:
            who = f"{found.label(row.model)}, {one_line(row.group)}"
            held.setdefault(one_line(row.note), []).append(who)
    return tuple(f"{'; '.join(names)}: {note}." for note, names in held.items())
