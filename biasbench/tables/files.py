"""Tables on disk: CSV, TSV, JSONL, Parquet, XLSX; read with care, written whole.

Text files are read cell by cell as text, so that an id '007' stays '007'; numbers are made
where a table says so. The delimiter is read off the heading line; French Excel's UTF-8 with
BOM, ';' and decimal comma are understood. Nothing is guessed beyond that: a file that is not
UTF-8 is refused with the way out.

Every file is written under a temporary name and renamed, so that a kill leaves the old file
or the new one, never half of one.
"""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from pathlib import Path

import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.tables.delimited import TEXT_ENDINGS, read_delimited, table_ending

_METADATA_KEY = b"biasbench"
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:,\d+)?")
ENDINGS = (".csv", ".csv.gz", ".tsv", ".jsonl", ".parquet", ".xlsx")


def read_table(
    path: str | Path, *, encoding: str = "utf-8-sig", delimiter: str | None = None
) -> tuple[pd.DataFrame, Provenance]:
    """The table in a file and the provenance written with it (Parquet keeps one, others none).

    The ending of the name chooses the format. Empty cells become None or NaN. Raises
    NotFoundError for a missing file, OptionError for an unknown ending, and TableError, with
    the line, for a file that cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    ending = table_ending(path)
    if ending in TEXT_ENDINGS:
        tab = "\t" if ending == ".tsv" else None
        return _read_delimited(path, encoding, delimiter or tab), Provenance()
    ending = path.suffix.lower()
    if ending == ".parquet":
        return _read_parquet(path)
    if ending in (".jsonl", ".json"):
        return _read_jsonl(path, encoding), Provenance()
    if ending == ".xlsx":
        return _read_xlsx(path), Provenance()
    raise OptionError(f"{path}: unknown ending '{ending}'. Known: {', '.join(ENDINGS)}")


def write_table(
    frame: pd.DataFrame, path: str | Path, *, provenance: Provenance | None = None
) -> Path:
    """Write a table, the ending choosing the format (.parquet, .csv, .tsv, .jsonl).

    CSV cells that a spreadsheet would run as a formula get a leading apostrophe. Only Parquet
    carries the provenance.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending == ".parquet":
        return write_bytes(path, _parquet_bytes(frame, provenance or Provenance()))
    if ending in (".csv", ".tsv"):
        text = inert(frame).to_csv(
            index=False, sep="\t" if ending == ".tsv" else ",", lineterminator="\n"
        )
        return write_text(path, text)
    if ending == ".jsonl":
        lines = frame.to_json(orient="records", lines=True, force_ascii=False)
        return write_text(path, lines)
    raise OptionError(f"{path}: cannot write '{ending}'. Use one of .parquet, .csv, .tsv, .jsonl")


def write_text(path: str | Path, text: str, *, encoding: str = "utf-8") -> Path:
    """Write a text file whole: temporary name, then rename."""
    return write_bytes(path, text.encode(encoding))


def write_bytes(path: str | Path, content: bytes) -> Path:
    """Write a file whole: temporary name in the same folder, then rename."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every text cell that starts a formula made harmless for spreadsheets."""

    def harmless(value: object) -> object:
        if isinstance(value, str) and value.startswith(_FORMULA_START):
            return "'" + value
        return value

    safe = frame.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].map(harmless)
    return safe


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _read_delimited(path: Path, encoding: str, delimiter: str | None) -> pd.DataFrame:
    found = read_delimited(path, encoding=encoding, delimiter=delimiter)
    frame = pd.DataFrame(found.rows, columns=list(found.headings), dtype=object)
    frame = _decimal_points(frame) if found.delimiter == ";" else frame
    if found.lines != tuple(range(2, len(found.lines) + 2)):  # cells span lines, or some are blank
        frame.attrs["lines"] = found.lines
    return frame


def _decimal_points(frame: pd.DataFrame) -> pd.DataFrame:
    # In a ';' file the comma is the decimal mark: '12,5' is 12.5 where the whole column agrees.
    for name in frame.columns:
        filled = frame[name].dropna()
        has_comma = filled.str.contains(",", regex=False).any()
        if has_comma and filled.str.fullmatch(_DECIMAL_COMMA).all():
            frame[name] = frame[name].map(
                lambda cell: cell.replace(",", ".") if isinstance(cell, str) else cell
            )
    return frame


def _read_jsonl(path: Path, encoding: str) -> pd.DataFrame:
    records = []
    with path.open(encoding=encoding) as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise TableError(f"{path}: line {number} is not JSON: {error.msg}") from error
            if not isinstance(record, dict):
                raise TableError(f"{path}: line {number} is not a JSON object")
            records.append(record)
    if not records:
        raise TableError(f"{path}: the file is empty")
    return pd.DataFrame(records, dtype=object)  # an id 7 beside a null stays 7, not 7.0


def _read_xlsx(path: Path) -> pd.DataFrame:
    from zipfile import BadZipFile

    from openpyxl.utils.exceptions import InvalidFileException

    try:
        frame = pd.read_excel(path, dtype=object, engine="openpyxl")
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise TableError(f"{path}: cannot be read as an Excel workbook: {error}") from error
    return frame.astype(object).where(frame.notna(), None)


def _read_parquet(path: Path) -> tuple[pd.DataFrame, Provenance]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(path)
    except (pyarrow.ArrowInvalid, OSError) as error:
        raise TableError(f"{path}: cannot be read as Parquet: {error}") from error
    metadata = table.schema.metadata or {}
    kept = metadata.get(_METADATA_KEY)
    provenance = Provenance.from_dict(json.loads(kept)) if kept else Provenance()
    return table.to_pandas(), provenance


def _parquet_bytes(frame: pd.DataFrame, provenance: Provenance) -> bytes:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    kept = json.dumps(provenance.to_dict(), ensure_ascii=False).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _METADATA_KEY: kept})
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()
