"""What the readers of public corpora share: a look at a heading, and JSON in a cell."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pandas as pd

from biasbench.tables import read_table


def spread_json(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The frame with the JSON object of each cell of `column` as columns of text.

    >>> table = pd.DataFrame({"extra": ['{"take": 3}', None]})
    >>> spread_json(table, "extra")["take"].tolist()
    ['3', None]
    """
    cells = [json.loads(cell) if isinstance(cell, str) else {} for cell in frame[column]]
    names = list(dict.fromkeys(name for cell in cells for name in cell))
    spread = {
        name: [None if cell.get(name) is None else str(cell[name]) for cell in cells]
        for name in names
    }
    added = pd.DataFrame(spread, index=frame.index, dtype=object)
    return pd.concat([frame.drop(columns=column), added], axis=1)


def nobody_knows(frame: pd.DataFrame, label: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The frame with the cells of these columns empty where they hold the corpus's word for that.

    >>> table = pd.DataFrame({"accent": ["us", "NA"]})
    >>> nobody_knows(table, "NA", ("accent",))["accent"].tolist()
    ['us', None]
    """
    emptied = {
        name: frame[name].astype(object).where(frame[name] != label, None) for name in columns
    }
    return frame.assign(**emptied)


def without_transcripts(path: Path, *, encoding: str) -> pd.DataFrame:
    """A wide table of a public corpus without its recognisers' columns (hyp_…)."""
    wide, _ = read_table(path, encoding=encoding)
    return wide[[name for name in wide.columns if not name.startswith("hyp_")]]


def heading_of(path: Path) -> list[str]:
    """The cells of the first line of a CSV file, gzipped or not; empty where it cannot be read."""
    if not path.is_file():
        return []
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def first_cell(path: Path) -> str:
    """The first cell below the heading of a CSV file, gzipped or not; '' where there is none."""
    if not path.is_file():
        return ""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream)
            next(rows, None)
            return (next(rows, None) or [""])[0]
    except (OSError, UnicodeDecodeError, csv.Error):
        return ""
