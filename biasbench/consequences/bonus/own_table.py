"""A user's own table of person-months: other KPIs, what was paid, calls, months of service.

Wide, one row per person and period with a column for each figure (tables.bonuses.PERSON_MONTHS),
or long, with the columns kpi and value (PERSON_MONTH_KPIS), where 'paid' is a figure like others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from biasbench.errors import TableError, not_found
from biasbench.tables import is_empty, place_of, read_table
from biasbench.tables.bonuses import PERSON_MONTH_KPIS, PERSON_MONTHS

#: A table in memory, or the path of one.
OwnTable = pd.DataFrame | str | Path

#: Columns with a meaning of their own; the others are KPIs, groups and conditions.
OWN_FIGURES = ("calls", "months", "paid")


def read_own_table(own: OwnTable, *, kpis: Sequence[str] = ()) -> pd.DataFrame:
    """The table, wide and checked, with the KPI columns asked for as numbers; a new object.

    Raises TableError with file, row, column and value; NotFoundError for a KPI that is no column.

    >>> long = pd.DataFrame({"speaker_id": ["a", "a"], "period": "2026-03",
    ...                      "kpi": ["handling", "paid"], "value": [312, 120]})
    >>> read_own_table(long, kpis=["handling"]).to_dict("records")
    [{'speaker_id': 'a', 'period': '2026-03', 'paid': 120.0, 'handling': 312.0}]
    """
    if isinstance(own, pd.DataFrame):
        table, source = own.reset_index(drop=True), PERSON_MONTHS.name
    else:
        table, source = read_table(own)[0], str(own)
    if {"kpi", "value"} <= set(table.columns):
        table = _wide(PERSON_MONTH_KPIS.check(table, source=source))
    checked = PERSON_MONTHS.check(table, source=source)
    for name in kpis:
        if name not in checked.columns:
            known = [str(column) for column in checked.columns if column not in ("speaker_id",)]
            raise not_found(f"column in {source}", name, known)
        checked[name] = numbers(checked, name, source)
    for name in (*OWN_FIGURES, *kpis):
        if name in checked.columns:
            _check_finite(checked, name, source)
    return checked


def numbers(table: pd.DataFrame, name: str, source: str) -> pd.Series:
    """A column as numbers, empty cells NaN; TableError for the first cell that is none."""
    values = table[name]
    empty = is_empty(values)
    found = pd.to_numeric(values.where(~empty), errors="coerce")
    wrong = (found.isna() & ~empty).to_numpy()
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"{place_of(table, source, at)}: {name} is {values.iloc[at]!r}, not a number; leave "
            "the cell empty where it is missing"
        )
    return found.astype(float)


def _check_finite(table: pd.DataFrame, name: str, source: str) -> None:
    values = table[name]
    wrong = values.abs().eq(float("inf"))
    if name in OWN_FIGURES:
        wrong |= values.lt(0)
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        wanted = "0 or more" if name in OWN_FIGURES else "a finite number"
        raise TableError(
            f"{place_of(table, source, at)}: {name} is {values.iloc[at]:g}; it must be {wanted}"
        )


def _wide(long: pd.DataFrame) -> pd.DataFrame:
    names = list(dict.fromkeys(long["kpi"]))
    wide = long.pivot(index=["speaker_id", "period"], columns="kpi", values="value")
    return wide[names].reset_index().rename_axis(columns=None)
