"""A table as it was exported: cells untouched, and the line that each row stands in.

Unlike `tables.read_table` it keeps decimal commas as they are written: the mapping says what
they mean.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.systems.exports import ExportFile
from biasbench.systems.mapping import records as json_records
from biasbench.systems.mapping.meaning import TableMapping
from biasbench.tables.delimited import TEXT_ENDINGS, decoded, parse_delimited, unpacked

_JSON_ENDINGS = (".json", ".jsonl", ".ndjson")
_ENDINGS = (*TEXT_ENDINGS, ".xlsx", *_JSON_ENDINGS, ".parquet")


@dataclass(frozen=True)
class Source:
    """Rows of cells under their headings; `places` says where each row stands ('line 41').

    `blank_is_null` is False where the format cannot tell an empty text from no text (CSV, XLSX).
    A file of `records` has columns by dotted path too, and by '$.path' from its `document`.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    places: tuple[str, ...]
    delimiter: str | None = None
    blank_is_null: bool = False
    n_blank_lines: int = 0
    records: tuple[Mapping[str, Any], ...] = ()
    document: Any = None

    def has(self, heading: str) -> bool:
        """Whether there is such a column, or a dotted path that names something in a record."""
        if heading in self.headings:
            return True
        if heading.startswith(json_records.ROOT):
            return json_records.has(self.document, heading.removeprefix(json_records.ROOT))
        return any(json_records.has(record, heading) for record in self.records)

    def column(self, heading: str) -> list[object]:
        """The cells under one heading, from top to bottom."""
        if heading in self.headings:
            place = self.headings.index(heading)
            return [row[place] for row in self.rows]
        if heading.startswith(json_records.ROOT):
            value = _cell(json_records.at(self.document, heading.removeprefix(json_records.ROOT)))
            return [value] * len(self.rows)
        return [_cell(json_records.at(record, heading)) for record in self.records]


def read_source(path: Path, told: TableMapping) -> Source:
    """The cells of a CSV, TSV (also .gz), XLSX, JSON, JSONL or Parquet file.

    Raises NotFoundError, TableError (file, line) and OptionError (unknown ending).
    """
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    content, name = path.read_bytes(), str(path)
    if path.suffix.lower() == ".gz":
        content, name = unpacked(content, name), name[: -len(".gz")]
    return source_of(ExportFile(name, content), told)


def source_of(file: ExportFile, told: TableMapping) -> Source:
    """The cells of an unpacked file; its ending says what it is."""
    ending = file.ending
    if ending in TEXT_ENDINGS:
        return _of_text(file, told)
    if ending == ".xlsx":
        return _of_workbook(file, told)
    if ending in _JSON_ENDINGS:
        _require_utf8(file, told)
        records, places = json_records.records_of(file, told.records)
        document = file.json if ending == ".json" else None
        return _of_records(file.name, records, places, document)
    if ending == ".parquet":
        return _of_parquet(file)
    raise OptionError(
        f"{file.name}: unknown ending '{ending}'. Known: {', '.join(_ENDINGS)}. "
        "Save a spreadsheet of another kind as .xlsx"
    )


def _of_text(file: ExportFile, told: TableMapping) -> Source:
    text = decoded(file.content, file.name, encoding=told.encoding or "utf-8-sig")
    found = parse_delimited(
        text,
        file.name,
        delimiter=told.delimiter or ("\t" if file.ending == ".tsv" else None),
        heading_line=told.heading_line,
    )
    return Source(
        file.name,
        found.headings,
        found.rows,
        tuple(f"line {line}" for line in found.lines),
        delimiter=found.delimiter,
        n_blank_lines=found.n_blank_lines,
    )


def _of_workbook(file: ExportFile, told: TableMapping) -> Source:
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():  # of styles and validations, which no cell needs
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(file.content), read_only=True, data_only=True)
            names = book.sheetnames
            if told.sheet is not None and told.sheet not in names:
                raise OptionError(
                    f"mapping: [file] sheet is '{told.sheet}', which {file.name} does not have. "
                    f"Sheets are: {', '.join(names)}"
                )
            sheet = book[told.sheet or names[0]]
            sheet.reset_dimensions()  # some programs write wrong ones
            start = told.heading_line or 1
            found = [
                (f"row {number}", tuple(cells))
                for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
                if number >= start
            ]
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise TableError(f"{file.name}: cannot be read as an Excel workbook: {error}") from error
    width = max((len(_unpadded(cells)) for _, cells in found), default=0)
    padded = [(place, (*cells, *([None] * width))[:width]) for place, cells in found]
    return _under_headings(file.name, padded)


def _unpadded(cells: tuple[object, ...]) -> tuple[object, ...]:
    """The cells without the empty ones at the end."""
    while cells and cells[-1] is None:
        cells = cells[:-1]
    return cells


def _under_headings(name: str, rows: Iterable[tuple[str, tuple[object, ...]]]) -> Source:
    """The first row that is not blank is the heading; blank ones are counted."""
    headings: tuple[str, ...] = ()
    kept: list[tuple[object, ...]] = []
    places: list[str] = []
    n_blank = 0
    for place, cells in rows:
        filled = tuple(_filled(cell) for cell in cells)
        if not any(cell is not None for cell in filled):
            n_blank += 1
        elif not headings:
            headings = tuple("" if cell is None else str(cell).strip() for cell in filled)
        elif len(filled) != len(headings):
            raise TableError(
                f"{name}: {place} has {len(filled)} cells, the heading has {len(headings)}"
            )
        else:
            kept.append(filled)
            places.append(place)
    for heading in headings:
        if heading and headings.count(heading) > 1:
            raise TableError(f"{name}: column '{heading}' stands twice in the heading")
    return Source(name, headings, tuple(kept), tuple(places), n_blank_lines=n_blank)


def _filled(cell: object) -> object:
    return None if isinstance(cell, str) and not cell.strip() else cell


def _of_parquet(file: ExportFile) -> Source:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(file.content))
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise TableError(f"{file.name}: cannot be read as Parquet: {error}") from error
    records = table.to_pylist()
    places = [f"row {number}" for number in range(1, len(records) + 1)]
    return _of_records(file.name, records, places, None)


def _of_records(
    name: str, records: list[Mapping[str, Any]], places: list[str], document: object
) -> Source:
    headings = tuple(dict.fromkeys(key for record in records for key in record))
    return Source(
        name,
        headings,
        tuple(tuple(_cell(record.get(key)) for key in headings) for record in records),
        tuple(places),
        blank_is_null=True,
        records=tuple(records),
        document=document,
    )


def _cell(value: object) -> object:
    """NaN is how pandas and Python write that there is nothing."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124


def _require_utf8(file: ExportFile, told: TableMapping) -> None:
    encoding = (told.encoding or "utf-8").lower().replace("_", "-")
    if encoding not in ("utf-8", "utf8", "utf-8-sig"):
        raise OptionError(
            f"mapping: [file] encoding is '{told.encoding}', but {file.name} is JSON, which is "
            "UTF-8. Leave it out"
        )
