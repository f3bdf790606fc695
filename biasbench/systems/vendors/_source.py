"""A table as it was exported: cells untouched, and the line that each row stands in.

Unlike `tables.read_table` it keeps decimal commas as they are written: the mapping says what
they mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from biasbench.errors import NotFoundError
from biasbench.tables import read_delimited, read_table, row_name, table_ending
from biasbench.tables.delimited import TEXT_ENDINGS


@dataclass(frozen=True)
class Source:
    """Rows of cells under their headings; `places` says where each row stands ('line 41').

    `blank_is_null` is False where the format cannot tell an empty text from no text (CSV, XLSX).
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    places: tuple[str, ...]
    delimiter: str | None = None
    blank_is_null: bool = False
    n_blank_lines: int = 0

    def column(self, heading: str) -> list[object]:
        """The cells under one heading, from top to bottom."""
        at = self.headings.index(heading)
        return [row[at] for row in self.rows]


def read_source(path: Path, *, encoding: str | None, delimiter: str | None) -> Source:
    """The cells of a CSV, TSV (also .gz), JSONL, Parquet or XLSX file.

    Raises NotFoundError, TableError (file, line) and OptionError (unknown ending).
    """
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    ending = table_ending(path)
    if ending in TEXT_ENDINGS:
        tab = "\t" if ending == ".tsv" else None
        found = read_delimited(path, encoding=encoding or "utf-8-sig", delimiter=delimiter or tab)
        return Source(
            str(path),
            found.headings,
            found.rows,
            tuple(f"line {line}" for line in found.lines),
            delimiter=found.delimiter,
            n_blank_lines=found.n_blank_lines,
        )
    frame, _ = read_table(path, encoding=encoding or "utf-8-sig")
    cells = frame.astype(object).where(frame.notna(), None)
    return Source(
        str(path),
        tuple(str(name) for name in cells.columns),
        tuple(tuple(row) for row in cells.to_numpy().tolist()),
        tuple(row_name(str(path), position) for position in range(len(cells))),
        blank_is_null=ending != ".xlsx",
    )
