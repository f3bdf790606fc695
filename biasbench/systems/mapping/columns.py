"""The columns of a table of calls, each cell told: texts, dates, lengths, numbers, facts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from biasbench.errors import TableError
from biasbench.systems.exports import Notes, Remark
from biasbench.systems.mapping.cells import LengthUnit, iso_date, iso_month, length, number
from biasbench.systems.mapping.meaning import HowWritten, TableMapping
from biasbench.systems.mapping.scored import bad_cell, decimal_mark, is_blank
from biasbench.systems.mapping.source import Source

UNIT_ASSUMED = Remark(
    "Columns of times without a declared time_unit, read as seconds",
    "Colonnes de durées sans time_unit déclarée, lues en secondes",
)
COMMA_FOUND = Remark(
    "Columns of a ';' file read with a decimal comma",
    "Colonnes d’un fichier « ; » lues avec la virgule décimale",
)

_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Columns:
    """The columns of one file, read as its mapping says."""

    source: Source
    told: TableMapping
    notes: Notes

    @property
    def n_rows(self) -> int:
        """Rows under the heading."""
        return len(self.source.rows)

    def is_there(self, how: HowWritten | None) -> bool:
        """Whether the mapping names a column that the file has; an optional one may be absent."""
        return how is not None and (not how.optional or self.source.has(how.column))

    def texts(self, role: str) -> list[str | None]:
        """The texts of a role, without spaces around them; None where the cell is empty."""
        how = self.told.written.get(role)
        if how is not None and how.values:
            return [
                None if word is None else str(word) for word in self._each(how, self._looked_up)
            ]
        return self._each(how, lambda cell, how: as_text(cell))

    def required(self, role: str) -> list[str]:
        """The texts of a role that every row needs. Raises TableError for an empty one."""
        heading = self.told.columns[role]
        found = []
        for place, text in zip(self.source.places, self.texts(role), strict=True):
            if text is None:
                raise TableError(
                    f"{self.source.name}: {place}: {heading} is empty. Every row needs one"
                )
            found.append(text)
        return found

    def required_dates(self, role: str) -> list[str]:
        """The dates of a role that every row needs."""
        self.required(role)
        return [date for date in self.dates(role) if date is not None]

    def months(self, role: str) -> list[str]:
        """The first days of the months of a role that every row needs."""
        self.required(role)
        told = self.told

        def month(cell: object, how: HowWritten) -> str:
            return iso_month(cell, order=how.date_order or told.date_order)

        return [first for first in self._each(told.written[role], month) if first is not None]

    def listened(self) -> list[float | None] | None:
        """1 where a row says that somebody listened, 0 where it says not; None without a column."""
        how = self.told.written.get("listened")
        return self._each(how, self._yes_or_no) if self.is_there(how) else None

    def dates(self, role: str) -> list[str | None]:
        """The dates of a role, as ISO 8601."""
        told = self.told

        def date(cell: object, how: HowWritten) -> str:
            return iso_date(
                cell, order=how.date_order or told.date_order, zone=how.zone or told.zone
            )

        return self._each(told.written.get(role), date)

    def lengths(self, role: str) -> list[float | None]:
        """The lengths of a role, in seconds."""
        how = self.told.written.get(role)
        if not self.is_there(how):
            return [None] * self.n_rows
        unit = self.unit_of(how)
        mark = self._mark(how)
        return self._each(how, lambda cell, how: length(cell, unit, decimal=mark))

    def numbers(self, role: str) -> list[float | None]:
        """The numbers of a role."""
        how = self.told.written.get(role)
        mark = self._mark(how)
        return self._each(how, lambda cell, how: _number(cell, how, mark))

    def offsets(self, role: str, origins: Sequence[str | None]) -> list[float | None]:
        """The times of a role in seconds from the start of the call, which `origins` gives."""
        how = self.told.written.get(role)
        if not self.is_there(how) or self.unit_of(how, is_assumed=False) != "moment":
            return self.lengths(role)
        heading = self.told.columns[role]
        found: list[float | None] = []
        moments = zip(self.source.places, self.dates(role), origins, strict=True)
        for place, moment, origin in moments:
            if moment is None:
                found.append(None)
                continue
            try:
                if origin is None:
                    raise ValueError("but its call has no start to count from")
                found.append(_between(origin, moment))
            except (TypeError, ValueError) as error:
                raise bad_cell(self.source, place, heading, moment, str(error)) from error
        return found

    def facts(self) -> list[dict[str, str | float | None]]:
        """The facts of every row, under their names."""
        names: dict[str, list[str | float | None]] = {}
        for role in ("selection_source", "listened"):
            if role in self.told.columns:
                names[role] = self._fact(role, self.told.written[role])
        for name, how in self.told.facts.items():
            names[name] = self._fact(name, how)
        if not names:
            return [{} for _ in range(self.n_rows)]
        rows = zip(*names.values(), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def unit_of(self, how: HowWritten | None, *, is_assumed: bool = True) -> LengthUnit:
        """The unit of a column of times; the file's where it has none of its own."""
        declared = (how.time_unit if how else None) or self.told.time_unit
        if declared is None and is_assumed:
            self.notes.count(UNIT_ASSUMED)
        return declared or "s"

    def _fact(self, name: str, how: HowWritten) -> list[str | float | None]:
        if not self.is_there(how):
            return [None] * self.n_rows
        found: list[str | float | None]
        if name == "listened":
            found = [*self._each(how, self._yes_or_no)]
        elif how.values:
            found = self._each(how, self._looked_up)
        elif how.time_unit is not None or name.endswith("_seconds"):
            unit, mark = self.unit_of(how), self._mark(how)
            found = [*self._each(how, lambda cell, how: length(cell, unit, decimal=mark))]
        elif how.percent or how.number:
            mark = self._mark(how)
            found = [*self._each(how, lambda cell, how: _number(cell, how, mark))]
        else:
            found = self._each(how, _as_it_is)
        return found

    def _yes_or_no(self, cell: object, how: HowWritten) -> float:
        told = self._looked_up(cell, how) if how.values else _as_it_is(cell, how)
        if told not in (0, 1, "0", "1"):
            raise ValueError("neither 1 (listened to) nor 0; write values = { ... } for its words")
        return float(told)

    def _looked_up(self, cell: object, how: HowWritten) -> str | float:
        word = as_text(cell)
        if word not in how.values:
            known = ", ".join(f"'{known}'" for known in how.values)
            raise ValueError(f"not one of the values {known}")
        return how.values[word]

    def _mark(self, how: HowWritten | None) -> str:
        if how is None or not self.is_there(how):
            return "."
        mark = decimal_mark(self.source, self.told, self.source.column(how.column), own=how.decimal)
        if mark == "," and how.decimal is None and self.told.decimal is None:
            self.notes.count(COMMA_FOUND)
        return mark

    def _each(
        self, how: HowWritten | None, tell: Callable[[object, HowWritten], _Told]
    ) -> list[_Told | None]:
        """What each cell says; None where it is empty or one of the null words."""
        if how is None or not self.is_there(how):
            return [None] * self.n_rows
        null_words = self.told.null_words
        found: list[_Told | None] = []
        for place, cell in zip(self.source.places, self.source.column(how.column), strict=True):
            if is_blank(cell) or (isinstance(cell, str) and cell.strip() in null_words):
                found.append(None)
                continue
            try:
                found.append(tell(cell, how))
            except ValueError as error:
                raise bad_cell(self.source, place, how.column, cell, str(error)) from error
        return found


def as_text(cell: object) -> str:
    """The text of a cell; a spreadsheet's 12.0 is the id '12'. Raises ValueError."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, Mapping | list):
        kind = "an object" if isinstance(cell, Mapping) else "a list"
        raise ValueError(f"{kind}; name a path into it, as in 'a.b' or 'a.0'")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _as_it_is(cell: object, how: HowWritten) -> str | float:
    if isinstance(cell, bool):
        return int(cell)
    return cell if isinstance(cell, int | float) else as_text(cell)


def _number(cell: object, how: HowWritten, mark: str) -> float:
    return number(cell, decimal=mark, percent=how.percent)


def _between(origin: str, moment: str) -> float:
    start, then = (datetime.datetime.fromisoformat(text) for text in (origin, moment))
    if (start.tzinfo is None) != (then.tzinfo is None):
        raise ValueError("but of this and the start of the call one has a zone and one has none")
    return (then - start).total_seconds()
