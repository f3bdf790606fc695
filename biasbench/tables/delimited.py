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
    content = path.read_bytes()
    if path.suffix.lower() == ".gz":
        content = unpacked(content, str(path))
    text = decoded(content, str(path), encoding=encoding)
    found = parse_delimited(text, str(path), delimiter=delimiter)
    if found.headings.count("") > 1:
        raise TableError(f"{path}: column '' stands twice in the heading")
    return found


def unpacked(content: bytes, name: str) -> bytes:
    """The content of a gzip; TableError where it is not one, or not whole."""
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise TableError(f"{name}: cannot be unpacked as gzip: {error}") from error


def decoded(content: bytes, name: str, *, encoding: str) -> str:
    """The content as text, without a byte-order mark; `name` names the file in messages.

    Raises TableError with the way out, and OptionError for an unknown encoding.
    """
    try:
        text = content.decode(encoding)
    except LookupError as error:
        raise OptionError(
            f"{name}: unknown encoding '{encoding}'. Try 'utf-8' or 'cp1252'"
        ) from error
    except UnicodeError as error:
        place = f"byte {error.start}" if isinstance(error, UnicodeDecodeError) else "the content"
        raise TableError(
            f"{name}: {place} is not {encoding.removesuffix('-sig')} text. "
            "Save the file as 'CSV UTF-8', or name its encoding, as in encoding = 'cp1252'"
        ) from error
    if "\x00" in text:
        raise TableError(f"{name}: holds NUL bytes; it is not a text table")
    if not text.strip():
        raise TableError(f"{name}: the file is empty")
    return text.removeprefix("\ufeff")


def delimiter_of(heading: str) -> str:
    """The delimiter that a heading line has most often; Excel's 'sep=;' says it outright.

    >>> delimiter_of("Appel;Note (sur 10, par client);Date"), delimiter_of("sep=,")
    (';', ',')
    """
    if heading.startswith("sep=") and len(heading.rstrip()) == len("sep=;"):
        return heading[4]
    return max(DELIMITERS, key=heading.count)


def parse_delimited(
    text: str, name: str, *, delimiter: str | None = None, heading_line: int | None = None
) -> Delimited:
    """The cells of a text; `heading_line` is where the heading stands, if not at the start.

    A first line 'sep=;' is Excel's own, and no heading. Columns without a heading may be several.
    Raises what `read_delimited` does.
    """
    lines = io.StringIO(text, newline="")
    start = heading_line or (2 if text.startswith("sep=") else 1)
    above = [lines.readline() for _ in range(start - 1)]
    if delimiter is None:
        place = lines.tell()
        said = above[0] if above and above[0].startswith("sep=") else lines.readline()
        delimiter = delimiter_of(said)
        lines.seek(place)
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # a transcript may be longer than 128 KB
    reader = csv.reader(lines, delimiter=delimiter)
    headings: tuple[str, ...] = ()
    rows: list[tuple[str | None, ...]] = []
    places: list[int] = []
    n_blank, line = 0, start
    try:
        for cells in reader:
            first, line = line, reader.line_num + start
            if not any(cell.strip() for cell in cells):
                n_blank += 1
            elif not headings:
                headings = tuple(cell.strip() for cell in cells)
            elif len(cells) != len(headings):
                raise TableError(
                    f"{name}: line {first} has {len(cells)} cells, the heading has "
                    f"{len(headings)} (delimiter {delimiter!r})"
                )
            else:
                rows.append(tuple(cell if cell.strip() else None for cell in cells))
                places.append(first)
    except csv.Error as error:
        raise TableError(f"{name}: line {line}: {error}") from error
    for heading in headings:
        if heading and headings.count(heading) > 1:
            raise TableError(f"{name}: column '{heading}' stands twice in the heading")
    return Delimited(headings, tuple(rows), tuple(places), delimiter, n_blank)
