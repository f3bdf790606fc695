"""CSV: the table of findings, as Excel in the report's language opens it with a double click.

French: ';' and decimal comma. English: ',' and decimal point. Both UTF-8 with a byte order
mark, without which Excel takes it for another encoding. No text cell starts a formula.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from biasbench.report.document import Document
from biasbench.report.inert import inert_text
from biasbench.report.numbers import Lang
from biasbench.tables import write_text
from biasbench.tables.files import inert

_MARKS: dict[Lang, tuple[str, str]] = {"fr": (";", ","), "en": (",", ".")}


def render(document: Document, path: Path) -> Path:
    """Write the findings of the document; returns the path."""
    return write_sheet(document.sheets["findings"], path, document.lang)


def write_sheet(sheet: pd.DataFrame, path: Path, lang: Lang) -> Path:
    """Write one table of the document, whole or not at all."""
    delimiter, decimal = _MARKS[lang]
    text = inert(_legible(sheet)).to_csv(
        index=False, sep=delimiter, decimal=decimal, lineterminator="\r\n"
    )
    return write_text(path, text, encoding="utf-8-sig")


def _legible(sheet: pd.DataFrame) -> pd.DataFrame:
    """Control characters and marks of direction shown, in cells and headings."""
    shown = sheet.rename(columns={name: inert_text(str(name)) for name in sheet.columns})
    for name in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = shown[name].map(lambda v: inert_text(v) if isinstance(v, str) else v)
    return shown
