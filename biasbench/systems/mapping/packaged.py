"""The ready mappings in `ready/`, and what a reader that rests on one needs."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from biasbench.systems.exports import ExportFile, Notes, ToldCall
from biasbench.systems.mapping.meaning import TableMapping
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.vendors.table import calls_by
from biasbench.tables.delimited import TEXT_ENDINGS, delimiter_of

_FOLDER = Path(__file__).parent / "ready"
_LONGEST_HEADING = 1 << 16


def mapping_text(name: str) -> str:
    """The TOML of a ready mapping, to copy and edit."""
    return (_FOLDER / f"{name}.toml").read_text(encoding="utf-8")


@cache
def ready_mapping(name: str) -> TableMapping:
    """The same, parsed and checked."""
    return parse(tomllib.loads(mapping_text(name)))


def read_by(name: str, files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The calls in files that a ready mapping fits."""
    for file in files:
        yield from calls_by(ready_mapping(name), file, notes)


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
