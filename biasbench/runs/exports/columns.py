"""Tables being filled row by row, column by column: ten thousand calls are a few lists."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from biasbench.tables import Table

#: So many rows of a table are turned into columns at once.
_N_TURNED = 1000


class Columns:
    """The cells of one table that is being filled, row by row."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._columns: list[list[object]] = [[] for _ in names]
        self._rows: list[tuple[object, ...]] = []

    def add(self, *row: object) -> None:
        """One row, its cells in the order of the names."""
        self._rows.append(row)
        if len(self._rows) == _N_TURNED:
            self._turn()

    def frame(self) -> pd.DataFrame:
        """All rows, unchecked."""
        self._turn()
        columns = zip(self._names, self._columns, strict=True)
        return pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns})

    def _turn(self) -> None:
        """Rows into columns: a thousand at a time is fast, and holds few tuples in memory."""
        if self._rows:
            for column, cells in zip(self._columns, zip(*self._rows, strict=True), strict=True):
                column.extend(cells)
            self._rows.clear()


def checked_rows(
    table: Table, rows: Mapping[str, Mapping[str, object]], people: tuple[str, ...]
) -> pd.DataFrame:
    """Rows by name as a checked table; a further column is one of numbers, or of texts."""
    names = dict.fromkeys(
        [*table.columns, *people, *(name for row in rows.values() for name in row)]
    )
    columns = {
        name: pd.Series([row.get(name) for row in rows.values()], dtype=object) for name in names
    }
    frame = pd.DataFrame(columns)
    for name in names:
        if name not in table.columns:
            frame[name] = of_one_kind(frame[name])
    return table.check(frame, source=table.name)


def of_one_kind(cells: pd.Series) -> pd.Series:
    """Numbers where every cell that is filled is one, else texts: a column on disk is one kind.

    >>> of_one_kind(pd.Series([3, "T1", None], dtype=object)).tolist()
    ['3', 'T1', None]
    """
    filled = cells.notna()
    if filled.any() and cells[filled].map(_is_number).all():
        return cells.astype(float)
    return cells.astype(object).where(~filled, cells.map(str)).where(filled, None)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
