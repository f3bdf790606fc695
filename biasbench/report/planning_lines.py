"""A plan as lines of text: how people differ, what so many see, how many a gap takes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from biasbench.evidence.planning.planning import Planning
from biasbench.report.context import Row, records
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, Lang, number, share, shortest, whole
from biasbench.report.quantities import quantity
from biasbench.report.terminal import aligned
from biasbench.report.wording import say
from biasbench.tables import REST


def planning_lines(plan: Planning, lang: Lang) -> list[str]:
    """Three tables and what must be known to read them.

    >>> from biasbench.evidence.planning.planning import plan_from_assumptions
    >>> plan = plan_from_assumptions(cv=0.5, rate=0.12, people=[12, 30], ratios=[1.5])
    >>> for line in planning_lines(plan, "en")[:4]:
    ...     print(line)
    Smallest gap that so many people see, with a power of 80%
                People  Other side  Ratio  Gap, per 100
    assumption      12          12   1.85          10.3
    assumption      30          30   1.45           5.4
    """
    tables = [
        *([] if plan.spreads["n_speakers"].isna().all() else [_spreads(plan, lang)]),
        _figures(plan, plan.detectable, "CAP-detectable", lang),
        *([] if plan.needed.empty else [_figures(plan, plan.needed, "CAP-needed", lang)]),
    ]
    lines = []
    for table in tables:
        lines += [table.caption, *aligned(table), ""]
    values = {
        "level": shortest(100 * plan.level, lang),
        "m": whole(plan.n_comparisons, lang),
        "adjusted": shortest(round(100 * plan.adjusted_level, 2), lang),
    }
    lines += [say("CLI-plan-foot" if plan.n_comparisons > 1 else "CLI-plan-foot-1", lang, values)]
    notes = [row for row in records(plan.spreads) if row["note"]]
    lines += [f"{_name(row, lang)}: {row['note']}" for row in notes]
    return lines


def _spreads(plan: Planning, lang: Lang) -> Table:
    """What the plan rests on: people of the pilot, their value, how they differ."""
    names = ["comparison", "people", "people_against", "spread", "spread_against"]
    kind = "sd" if plan.kind == "mean" else "cv"
    body = [
        (
            Cell(_name(row, lang)),
            Cell(whole(row["n_speakers"], lang)),
            Cell(whole(row["n_against"], lang)),
            Cell(number(row[kind], lang, decimals=2)),
            Cell(number(row[f"against_{kind}"], lang, decimals=2)),
        )
        for row in records(plan.spreads)
    ]
    return _table(say(f"CAP-spreads-{kind}", lang), names, body, lang)


def _figures(plan: Planning, frame: pd.DataFrame, caption: str, lang: Lang) -> Table:
    """Ratio and difference beside people, whichever of the two was asked and which answered."""
    rows = records(frame)
    has_ratio = any(row["ratio"] is not None for row in rows)
    has_difference = any(row["difference"] is not None for row in rows)
    people_first = caption == "CAP-detectable"
    names = ["comparison"]
    gap_names = [*(["ratio"] if has_ratio else []), *(["gap_unit"] if has_difference else [])]
    names += ["people", "other_people", *gap_names] if people_first else [*gap_names, "people"]
    names += [] if people_first else ["other_people"]
    body = []
    for row in rows:
        people = [Cell(whole(row["people"], lang)), Cell(whole(row["against_people"], lang))]
        gaps = [Cell(number(row["ratio"], lang, decimals=2))] if has_ratio else []
        gaps += [Cell(_difference(row, lang))] if has_difference else []
        cells = [*people, *gaps] if people_first else [*gaps, *people]
        body.append((Cell(_name(row, lang)), *cells))
    values = {"power": share(plan.power, lang, decimals=0)}
    metric = next((row["metric"] for row in rows if row["metric"]), None)
    unit = say("UNIT-plan", lang) if metric is None else quantity(metric).unit(lang)
    return _table(say(caption, lang, values), names, body, lang, unit=unit)


def _difference(row: Row, lang: Lang) -> str:
    if row["difference"] is None:
        return ABSENT
    if row["metric"] is None:
        return number(100 * row["difference"], lang)
    return quantity(row["metric"]).gap(row["difference"], lang)


def _name(row: Row, lang: Lang) -> str:
    if row["by"] is None:
        return say("W-assumption", lang)
    other = say("W-rest", lang) if row["against"] == REST else row["against"]
    return say("W-against", lang, {"group": row["group"], "other": other})


def _table(
    caption: str,
    names: Sequence[str],
    body: Sequence[tuple[Cell, ...]],
    lang: Lang,
    *,
    unit: str = "",
) -> Table:
    heads = [
        "" if name == "comparison" else say(f"H-{name}", lang, {"unit": unit}) for name in names
    ]
    return Table(caption, tuple(heads), tuple(body), (False, *[True] * (len(names) - 1)))
