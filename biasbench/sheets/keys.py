"""The key of a sheet: which row is whose. It stays with the run and is not handed out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.provenance import Provenance
from biasbench.sheets.cells import UTF_8, read_rows
from biasbench.tables import read_table
from biasbench.tables.sheets import KEY

ENDING = ".key.parquet"


def key_path(folder: str | Path, sheet: str | Path) -> Path:
    """Where the key of a sheet lies in a run folder.

    >>> key_path("run", "ann/sheet.xlsx").as_posix()
    'run/sheet.key.parquet'
    """
    return Path(folder) / f"{Path(sheet).stem}{ENDING}"


def read_key(path: str | Path) -> tuple[pd.DataFrame, Provenance]:
    """The key (table KEY) and how the sample was drawn."""
    frame, chain = read_table(path)
    keys = KEY.check(frame, source=str(path))
    if keys.empty:
        raise TableError(f"{path}: the key is empty")
    return keys, chain


def ratings_of(keys: pd.DataFrame) -> list[str]:
    """What the sheets of this key rate."""
    kept = keys["ratings"].iloc[0]
    return kept.split("|") if kept else []


def find_key(folder: str | Path, sheets: Sequence[str | Path], *, encoding: str = UTF_8) -> Path:
    """The key in a run folder that holds the codes of these sheets, whatever they are called now.

    Raises NotFoundError where there is no key, or none that knows a code of the first sheet.
    """
    folder = Path(folder)
    if not sheets:
        raise OptionError("sheets=[]: name the sheets that were filled in")
    found = sorted(folder.glob(f"*{ENDING}"))
    if not found:
        raise NotFoundError(f"{folder}: holds no key (*{ENDING}); name it with key= (--key)")
    first = Path(sheets[0])
    rows = read_rows(first, needed=["code"], ratings=[], encoding=encoding)
    codes = {row.cells["code"] for row in rows}
    known = [codes & set(read_key(path)[0]["code"]) for path in found]
    best = max(range(len(found)), key=lambda at: len(known[at]))
    if not known[best]:
        names = ", ".join(path.name for path in found)
        raise NotFoundError(
            f"{first}: none of its codes is in a key of {folder} ({names}); name the key with "
            "key= (--key)"
        )
    return found[best]
