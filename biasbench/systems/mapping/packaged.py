"""The ready mappings in `ready/`, and what a reader that rests on one needs."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from biasbench.systems.exports import ExportFile, Notes, ToldCall
from biasbench.systems.mapping.meaning import TableMapping
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.vendors.table import calls_by
from biasbench.tables.delimited import TEXT_ENDINGS, delimiter_of

_FOLDER = Path(__file__).parent / "ready"
_LONGEST_HEADING = 1 << 16


@dataclass(frozen=True)
class Ready:
    """A ready mapping, and the functions of a reader that rests on it.

    `name` is that of its file. `headings` are those that tell such a file from others; without
    any, none is recognised and the format must be named.
    """

    name: str
    headings: tuple[str, ...] = ()

    def recognises(self, file: ExportFile) -> bool:
        """Whether a text table has the headings that the ready mapping rests on."""
        return bool(self.headings) and has_headings(file, *self.headings)

    def read(self, files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
        """What the rows say, by the ready mapping."""
        for file in files:
            yield from calls_by(_parsed(self.name), file, notes)

    def mapping_text(self) -> str:
        """The ready mapping, as TOML to copy and edit for a file with other headings."""
        return _text(self.name)


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@cache
def _parsed(name: str) -> TableMapping:
    return parse(tomllib.loads(_text(name)))


def has_headings(file: ExportFile, *headings: str) -> bool:
    """Whether a text table has all these headings in its first line; raises nothing."""
    if file.ending not in TEXT_ENDINGS:
        return False
    start = file.content[:_LONGEST_HEADING].decode("utf-8-sig", errors="replace")
    first = start.split("\n", 1)[0].rstrip("\r")
    if any(heading not in first for heading in headings):
        return False
    try:
        cells = next(csv.reader(io.StringIO(first), delimiter=delimiter_of(first)), [])
    except csv.Error:
        return False
    return set(headings) <= {cell.strip() for cell in cells}
