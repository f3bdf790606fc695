"""Text tables, gzipped or not: the cells as they stand, and the line that each row starts in."""

from __future__ import annotations

import csv
import gzip
import io
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from biasbench.errors import OptionError, TableError

DELIMITERS = (",", ";", "\t", "|")
TEXT_ENDINGS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Delimited:
    """Rows of cells under their headings; a blank cell is None. `lines`: where each row starts."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    lines: tuple[int, ...]
    delimiter: str
    n_blank_lines: int


def table_ending(path: Path) -> str:
    """The ending that tells the format, in lower case: '.csv' of 't.CSV' and of 't.csv.gz'.

    >>> table_ending(Path("t.csv.gz"))
    '.csv'
    """
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def read_delimited(
    path: Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None
) -> Delimited:
    """The cells of a CSV or TSV file, its delimiter read off the heading line unless given.

    Raises TableError, with the line, for a file that is not text in that encoding, is empty, has
    a heading twice or a row of another length, and OptionError for an unknown encoding.
    """
    text = _text(path, encoding)
    if delimiter is None:
        heading = text.splitlines()[0]
        delimiter = max(DELIMITERS, key=heading.count)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a transcript may be longer than 128 KB
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: tuple[str, ...] = ()
    rows: list[tuple[str | None, ...]] = []
    lines: list[int] = []
    n_blank, line = 0, 1
    try:
        for cells in reader:
            first, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                n_blank += 1
            elif not headings:
                headings = tuple(cell.strip() for cell in cells)
            elif len(cells) != len(headings):
                raise TableError(
                    f"{path}: line {first} has {len(cells)} cells, the heading has "
                    f"{len(headings)} (delimiter {delimiter!r})"
                )
            else:
                rows.append(tuple(cell if cell.strip() else None for cell in cells))
                lines.append(first)
    except csv.Error as error:
        raise TableError(f"{path}: line {line}: {error}") from error
    for name in headings:
        if headings.count(name) > 1:
            raise TableError(f"{path}: column '{name}' stands twice in the heading")
    return Delimited(headings, tuple(rows), tuple(lines), delimiter, n_blank)


def _text(path: Path, encoding: str) -> str:
    raw = path.read_bytes()
    try:
        text = (gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw).decode(encoding)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TableError(f"{path}: cannot be unpacked as gzip: {error}") from error
    except LookupError as error:
        raise OptionError(
            f"{path}: unknown encoding '{encoding}'. Try 'utf-8' or 'cp1252'"
        ) from error
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path}: byte {error.start} is not {encoding.removesuffix('-sig')} text. "
            "Save the file as 'CSV UTF-8', or name its encoding, as in encoding = 'cp1252'"
        ) from error
    if "\x00" in text:
        raise TableError(f"{path}: holds NUL bytes; it is not a text table")
    if not text.strip():
        raise TableError(f"{path}: the file is empty")
    return text
