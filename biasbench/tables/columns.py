"""What a table is: its columns, what they hold, and the check at the door.

The tables themselves are defined beside this file, and nowhere else: `pipeline` (utterances to
measures), `evidence` (findings and what stands beside them), and a file per kind of explanation.

A table is an ordinary DataFrame, checked at the door: `UTTERANCES.check(frame, source=...)`
returns it with settled types, or raises a TableError that names the first offending row.
Open tables may carry further columns: groups (accent, first_language, gender, age) and
covariates (sentence_id, site, device, snr_db). Ids are columns, never an index.

Missing text is None, missing numbers are NaN. Missing is never an empty string or 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from biasbench.errors import TableError

Kind = Literal["text", "number", "whole"]
Direction = Literal["higher is worse", "higher is better", "neither"]

#: What a person in no declared group is called: shown, never compared.
UNKNOWN = "unknown"

#: The other side of a comparison when the caller appoints none: everybody else.
REST = "rest"

#: Which way each metric of ours points. A metric from elsewhere says so in its `direction` column.
METRIC_DIRECTION: Mapping[str, Direction] = {
    "wer": "higher is worse",
    "cer": "higher is worse",
    "wer_macro": "higher is worse",
    "cer_macro": "higher is worse",
    "substitution_rate": "higher is worse",
    "deletion_rate": "higher is worse",
    "insertion_rate": "higher is worse",
    "no_output_rate": "higher is worse",
    "failure_rate": "higher is worse",
    "prompt_rate": "higher is worse",
    "unfounded_prompt_rate": "higher is worse",
    "contradiction_rate": "higher is worse",
    "keyword_recall": "higher is better",
    "keyword_false_alarm_rate": "neither",
    "silence_rate": "higher is worse",
    "human_silence_rate": "neither",
    "false_silence_share": "higher is worse",
    "hallucination_rate": "higher is worse",
    "misattribution_rate": "higher is worse",
    "handling_time": "neither",
}


@dataclass(frozen=True)
class Column:
    """One column: what it holds, and whether it must be there and be filled."""

    kind: Kind
    meaning: str
    required: bool = True
    may_be_empty: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a table: which rows, which column, which value, what to do."""

    source: str
    column: str
    message: str
    positions: tuple[int, ...] = ()  # 0-based positions of the offending rows

    def __str__(self) -> str:
        return f"{self.source}: {self.message}"


@dataclass(frozen=True)
class Table:
    """The definition of one table: its key, its columns, and whether it may carry others."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    is_open: bool = False

    def check(self, frame: pd.DataFrame, *, source: str = "") -> pd.DataFrame:
        """The frame, defined columns first and in order, types settled; a new object.

        `source` names the file in messages. Raises TableError on the first problem and says
        how many more there are.
        """
        problems = self.problems(frame, source=source)
        if problems:
            more = len(problems) - 1
            tail = f" (and {more} more problem{'s' * (more > 1)})" if more else ""
            raise TableError(f"{problems[0]}{tail}")
        return self._settled(frame)

    def problems(self, frame: pd.DataFrame, *, source: str = "") -> list[Problem]:
        """Everything wrong with the frame, most basic first; empty when it is sound."""
        source = source or self.name
        lines: Sequence[int] | None = frame.attrs.get("lines")
        place = _Place(source, lines)
        frame = frame.reset_index(drop=True)
        found: list[Problem] = []
        for name, column in self.columns.items():
            if name not in frame.columns:
                if column.required:
                    have = ", ".join(map(str, frame.columns))
                    found.append(
                        Problem(source, name, f"column '{name}' is missing. Columns are: {have}")
                    )
                continue
            found += _column_problems(frame[name], name, column, place)
        if not self.is_open:
            for name in frame.columns:
                if name not in self.columns:
                    known = ", ".join(self.columns)
                    found.append(
                        Problem(source, str(name), f"unknown column '{name}'. Known: {known}")
                    )
        if not found and all(name in frame.columns for name in self.key):
            found += _repeated_keys(frame, self.key, place)
        return found

    def empty(self) -> pd.DataFrame:
        """A table of no rows with every defined column."""
        return self._settled(pd.DataFrame({name: [] for name in self.columns}))

    def _settled(self, frame: pd.DataFrame) -> pd.DataFrame:
        settled: dict[str, pd.Series] = {}
        for name, column in self.columns.items():
            if name in frame.columns:
                settled[name] = _CONVERT[column.kind](frame[name]).reset_index(drop=True)
        for name in frame.columns:
            if name not in self.columns:
                settled[str(name)] = frame[name].reset_index(drop=True)
        table = pd.DataFrame(settled)
        if "lines" in frame.attrs:  # so that a later message still finds the row
            table.attrs["lines"] = frame.attrs["lines"]
        return table


def is_empty(values: pd.Series) -> pd.Series:
    """True where a cell holds nothing: None, NaN, or only white space."""
    missing = values.isna()
    if pd.api.types.is_numeric_dtype(values):
        return missing
    codes, distinct = pd.factorize(values)  # a label stands in many rows: look at each once
    blank = np.array([isinstance(v, str) and not v.strip() for v in distinct] + [True])
    return missing | pd.Series(blank[codes], index=values.index)


def row_name(source: str, position: int, lines: Sequence[int] | None = None) -> str:
    """How a person finds row `position` (0-based) of `source`: 'line 41', 'row 41'.

    Text files are counted in lines and spreadsheets in rows, both with their heading. `lines`
    holds the line of each row where a cell spans several (read_table leaves it in
    `frame.attrs["lines"]`).
    """
    if lines is not None and position < len(lines):
        return f"line {lines[position]}"
    ending = source.rsplit(".", 1)[-1].lower()
    if ending in ("csv", "tsv", "txt"):
        return f"line {position + 2}"
    if ending in ("jsonl", "json"):
        return f"line {position + 1}"
    if ending == "xlsx":
        return f"row {position + 2}"
    return f"row {position + 1}"


def place_of(frame: pd.DataFrame, source: str, position: int) -> str:
    """File and row of `frame`, as a message begins: 'measures.csv: line 41'."""
    return f"{source}: {row_name(source, position, frame.attrs.get('lines'))}"


def _text(values: pd.Series) -> pd.Series:
    plain = values.astype(object)
    if pd.api.types.infer_dtype(plain, skipna=True) != "string":
        plain = plain.where(plain.isna(), plain.map(str))
    return plain.where(plain.notna(), None)


def _number(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values, errors="raise").astype(float)


def _whole(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values, errors="raise").astype("Int64")


_CONVERT: dict[Kind, Callable[[pd.Series], pd.Series]] = {
    "text": _text,
    "number": _number,
    "whole": _whole,
}


@dataclass(frozen=True)
class _Place:
    """Where a table came from, for messages."""

    source: str
    lines: Sequence[int] | None

    def of_row(self, position: int) -> str:
        return row_name(self.source, position, self.lines)


def _column_problems(values: pd.Series, name: str, column: Column, place: _Place) -> list[Problem]:
    empty = is_empty(values).to_numpy()
    found = []
    if empty.any() and not column.may_be_empty:
        positions = tuple(int(i) for i in empty.nonzero()[0])
        where = place.of_row(positions[0])
        rows = "1 row" if len(positions) == 1 else f"{len(positions)} rows"
        first = "in" if len(positions) == 1 else "first in"
        found.append(
            Problem(place.source, name, f"{name} is empty in {rows}, {first} {where}", positions)
        )
    filled = values[~empty]
    if column.kind in ("number", "whole"):
        numbers = pd.to_numeric(filled, errors="coerce")
        wrong = numbers.isna()
        if column.kind == "whole":
            wrong |= numbers.ne(numbers.round())
        if wrong.any():
            found.append(
                _wrong_value(values, wrong[wrong].index, name, place, _WANTED[column.kind])
            )
    if column.choices:
        wrong = ~filled.astype(str).isin(column.choices)
        if wrong.any():
            wanted = "one of " + ", ".join(column.choices)
            found.append(_wrong_value(values, wrong[wrong].index, name, place, wanted))
    return found


_WANTED = {"number": "a number", "whole": "a whole number"}


def _wrong_value(
    values: pd.Series, labels: pd.Index, name: str, place: _Place, wanted: str
) -> Problem:
    positions = tuple(int(i) for i in values.index.isin(labels).nonzero()[0])
    value = values.iloc[positions[0]]
    where = place.of_row(positions[0])
    more = f", and {len(positions) - 1} more like it" if len(positions) > 1 else ""
    return Problem(
        place.source, name, f"{where}: {name} is {value!r}, not {wanted}{more}", positions
    )


def _repeated_keys(frame: pd.DataFrame, key: tuple[str, ...], place: _Place) -> list[Problem]:
    repeated = frame.duplicated(list(key), keep="first").to_numpy()
    if not repeated.any():
        return []
    positions = tuple(int(i) for i in repeated.nonzero()[0])
    row = frame.iloc[positions[0]]
    value = ", ".join(f"{name} {row[name]!r}" for name in key)
    where = place.of_row(positions[0])
    more = f", and {len(positions) - 1} more repeated" if len(positions) > 1 else ""
    return [
        Problem(
            place.source, key[-1], f"{where}: {value} stands in an earlier row too{more}", positions
        )
    ]
