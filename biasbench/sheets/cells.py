"""What stands in a filled-in sheet, whatever spreadsheet it went through.

Of a workbook the sheet with the code column is read, wherever it stands. Of a .csv the delimiter
is read off the headings. A .csv that is not UTF-8 any more is refused with the way out: nobody can
tell from its bytes alone what its accents were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.sheets.wording import known_headings, plain_heading
from biasbench.tables import read_delimited

UTF_8 = "utf-8-sig"


@dataclass(frozen=True)
class FilledRow:
    """A row that is not wholly blank: where it stands, and its cells under our names."""

    place: str  # as a message begins: 'sheet-A.xlsx: row 7'
    cells: Mapping[str, str | None]


def read_rows(
    path: Path, *, needed: Sequence[str], ratings: Sequence[str], encoding: str
) -> list[FilledRow]:
    """The rows of one sheet; columns beyond those `needed` are not looked at.

    Raises TableError for a file that cannot be read, a column that is missing or stands twice,
    and a cell that the spreadsheet has turned into a date.
    """
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    ending = path.suffix.lower()
    if ending == ".xlsx":
        titles, grid = _workbook(path)
        lines: Sequence[int] = range(2, len(grid) + 2)
        word = "row"
    elif ending == ".csv":
        _check_encoding(path, encoding)
        found = read_delimited(path, encoding=encoding)
        titles, grid, lines, word = list(found.headings), list(found.rows), found.lines, "line"
    else:
        raise OptionError(f"{path}: a sheet is .xlsx or .csv, not '{ending}'; save it as one")
    known = known_headings(ratings)
    names = [known.get(plain_heading(title)) for title in titles]
    places = {}
    for name in needed:
        if names.count(name) != 1:
            shown = name.removeprefix("rating:")
            state = "is missing" if name not in names else "stands twice"
            raise TableError(f"{path}: column '{shown}' {state}. Columns are: {', '.join(titles)}")
        places[name] = names.index(name)
    rows = []
    for line, values in zip(lines, grid, strict=True):
        place = f"{path}: {word} {line}"
        cells = {name: _text(values[at], place, titles[at]) for name, at in places.items()}
        if any(cells.values()):
            rows.append(FilledRow(place, cells))
    return rows


def _workbook(path: Path) -> tuple[list[str], list[tuple[Any, ...]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise TableError(f"{path}: cannot be read as an Excel workbook: {error}") from error
    for sheet in book.worksheets:
        grid = list(sheet.iter_rows(values_only=True))
        titles = ["" if cell is None else str(cell) for cell in grid[0]] if grid else []
        if "code" in map(plain_heading, titles):
            return titles, grid[1:]
    raise TableError(
        f"{path}: no sheet has a column 'code' in its first row; is this a sheet of ours, with "
        "its headings as they were?"
    )


def _check_encoding(path: Path, encoding: str) -> None:
    if encoding != UTF_8:
        return
    try:
        path.read_bytes().decode(UTF_8)
    except UnicodeDecodeError as error:
        raise TableError(
            f"{path}: is not UTF-8 any more; Excel's plain 'CSV' is Windows-1252. Save it as "
            "'CSV UTF-8', or say so with encoding='cp1252' (--encoding cp1252)"
        ) from error


def _text(value: object, place: str, title: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, (date, time, timedelta)):
        raise TableError(
            f"{place}: {title} has become a date or time ({value}); type it again, in words"
        )
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text.strip() or None
