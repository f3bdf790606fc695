"""The gap and its alternative explanations as lines of text, for the analyst's own screen."""

from __future__ import annotations

from biasbench.explain.alternatives import Alternatives
from biasbench.report.context import Row, records
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, Lang, number, shortest, whole
from biasbench.report.quantities import quantity
from biasbench.report.terminal import aligned
from biasbench.report.wording import say
from biasbench.tables import REST


def alternatives_lines(found: Alternatives, lang: Lang) -> list[str]:
    """One table, the reasons of what could not be computed, and the cautions."""
    kind = quantity(found.metric)
    names = ["explanation", "difference", "interval", "ratio", "ratio_interval"]
    names += ["people", "people_against"]
    rows = records(found.table)
    body = [_cells(row, found, lang) for row in rows]
    other = say("W-rest", lang) if found.against == REST else found.against
    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "G": found.group,
        "R": other,
        "system": found.system,
    }
    level = {"level": shortest(100 * found.level, lang)}
    heads = tuple(say(f"H-{name}", lang, level) for name in names)
    table = Table(say("CLI-explain", lang, values), heads, tuple(body), (False, *[True] * 6))
    lines = [table.caption, *aligned(table), "", say("CLI-explain-foot", lang, level)]
    lines += [f"{_name(row, lang)}: {row['note']}" for row in rows if row["note"]]
    lines += [*found.cautions]
    if found.e_value is not None:
        lines.append(f"E-value: {found.e_value.meaning}")
    return lines


def _cells(row: Row, found: Alternatives, lang: Lang) -> tuple[Cell, ...]:
    kind = quantity(found.metric)
    low, high = row["difference_low"], row["difference_high"]
    interval = ratio_interval = ABSENT
    if low is not None and high is not None:
        ends = kind.interval(low, high, lang)
        interval = say("W-interval", lang, {"lo": ends[0], "hi": ends[1]})
    if row["ratio_low"] is not None and row["ratio_high"] is not None:
        texts = [number(row[f"ratio_{end}"], lang, decimals=2) for end in ("low", "high")]
        ratio_interval = say("W-interval", lang, {"lo": texts[0], "hi": texts[1]})
    cells = (
        _name(row, lang),
        kind.gap(row["difference"], lang, low=low, high=high),
        interval,
        number(row["ratio"], lang, decimals=2),
        ratio_interval,
        whole(row["n_speakers"], lang),
        whole(row["n_against"], lang),
    )
    return tuple(Cell(text) for text in cells)


def _name(row: Row, lang: Lang) -> str:
    of = say("W-all", lang) if row["of"] == "all" else row["of"] or ""
    return say(f"EXP-{row['explanation'].replace(' ', '-')}", lang, {"of": of})
