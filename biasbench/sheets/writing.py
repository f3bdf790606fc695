"""The spreadsheets that people fill in, and the key that says which row is whose.

One file for each person who listens, .xlsx or .csv. Neither holds a group, a speaker, a score or
a word that a machine wrote: those stand in the key, a file of its own that is not to be handed
out. The .xlsx has its instructions on a protected sheet, text cells for text, and refuses ratings
that cannot be; the .csv is what Excel opens by a double click (UTF-8 with its mark; ';' and
decimal comma in French), its instructions beside it.

No cell starts a formula or a link, whatever a recording is called.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from biasbench.errors import OptionError
from biasbench.provenance import fingerprint
from biasbench.sheets.blinding import CODERS, check_names, deal, row_codes
from biasbench.sheets.drawing import Sample
from biasbench.sheets.wording import (
    ANSWERS,
    DEFAULT_RATINGS,
    HEADINGS,
    HIGHEST,
    LOWEST,
    SHEET_NAMES,
    Language,
    clock,
    instructions,
    known_headings,
    plain_heading,
    rating_heading,
    refusals,
)
from biasbench.tables import write_bytes, write_table
from biasbench.tables.files import inert
from biasbench.tables.sheets import KEY

if TYPE_CHECKING:
    import xlsxwriter

_ENDINGS = (".xlsx", ".csv")
_FIXED = ("code", "coder", "recording", "channel", "start", "end")
# The same sample and seed give the same bytes, so no file says when it was written.
_CREATED = datetime(2000, 1, 1)
#: Characters in a line of the instructions, and points of a line: only Excel fits heights itself.
_INSTRUCTION_WIDTH, _LINE_HEIGHT = 90, 16

_WIDTHS = {"transcription": 70, "recording": 28, "remarks": 30}


def write_sheet(
    sample: Sample,
    path: str | Path,
    *,
    key: str | Path,
    lang: Language = "en",
    coders: int = 2,
    ratings: Sequence[str] | None = None,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write a sheet for each of `coders` people, and the key; the paths of the sheets.

    `sheet.xlsx` becomes sheet-A.xlsx, sheet-B.xlsx … where there are several; rows drawn to be
    done twice stand in two of them. `key` (.parquet) is written apart and must not be
    handed out. `ratings` are the things to rate from 1 to 5; None takes politeness and clarity,
    an empty list none. A sheet or key that exists is left alone (somebody may be filling it in)
    unless `overwrite`.

    Raises OptionError for options that cannot be, and for recordings named after their worker or
    group.
    """
    path, key = Path(path), Path(key)
    wanted = _ratings(ratings, lang)
    _check_options(sample, path, key, lang, coders)
    check_names(sample.rows)
    # From what was drawn too: two samples of one seed must not share codes, or the sheet of one
    # would be read with the key of the other.
    rng = np.random.default_rng([sample.seed, int(fingerprint(sample.rows), 16)])
    rows = sample.rows.assign(code=row_codes(len(sample.rows), rng))
    rows["coders"] = pd.Series(deal(sample.rows, coders, rng), dtype=object)
    rows = rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)
    written: dict[Path, bytes] = {}
    sheets = []
    for at in range(coders):
        own = rows[rows["coders"].map(lambda one, at=at: at in one)]
        sheet = _sheet(own, CODERS[at], lang, wanted, sample.unit)
        place = path if coders == 1 else path.with_name(f"{path.stem}-{CODERS[at]}{path.suffix}")
        lines = instructions(lang, sample.unit, wanted)
        if path.suffix.lower() == ".csv":
            written[place] = _csv_bytes(sheet, lang)
            beside = place.with_name(f"{path.stem}-{SHEET_NAMES[lang][0].lower()}.txt")
            written[beside] = "\r\n".join([*lines, ""]).encode("utf-8-sig")
        else:
            written[place] = _xlsx_bytes(sheet, lines, lang, wanted)
        sheets.append(place)
    for place in (*written, key):
        if place.exists() and not overwrite:
            raise OptionError(
                f"{place}: exists, and somebody may be filling it in; name another file, or "
                "replace it with overwrite=True (--overwrite)"
            )
    # The key first: a sheet without its key could never be read back.
    facts = {"coders": f"{coders}", "ratings": "|".join(wanted), "sheet_lang": lang}
    provenance = sample.provenance.then("write_sheet", facts)
    write_table(_key(rows, sample.by, wanted), key, provenance=provenance)
    for place, content in written.items():
        write_bytes(place, content)
    return tuple(sheets)


def _ratings(ratings: Sequence[str] | None, language: Language) -> tuple[str, ...]:
    if language not in get_args(Language):
        raise OptionError(f"lang={language!r} is none of 'fr', 'en'")
    if isinstance(ratings, str):
        raise OptionError(f"ratings={ratings!r}: give a list of names, such as ['politeness']")
    names = DEFAULT_RATINGS[language] if ratings is None else tuple(ratings)
    taken = known_headings(())
    for name in names:
        if not name.strip() or "|" in name or plain_heading(name) in taken:
            raise OptionError(f"ratings: {name!r} cannot name a rating; write it as in 'clarity'")
    if len({plain_heading(name) for name in names}) < len(names):
        raise OptionError(f"ratings={list(names)} names one twice")
    return names


def _check_options(sample: Sample, path: Path, key: Path, language: str, coders: int) -> None:
    if path.suffix.lower() not in _ENDINGS:
        raise OptionError(f"{path}: a sheet is .xlsx or .csv, not '{path.suffix}'")
    if key.suffix.lower() != ".parquet":  # keeps every id to the letter, and the provenance
        raise OptionError(f"{key}: a key is .parquet, not '{key.suffix}'")
    if not 1 <= coders <= len(CODERS):
        raise OptionError(f"coders={coders}: from 1 to {len(CODERS)} people can share a sample")
    if coders == 1 and sample.rows["double"].any():
        raise OptionError(
            "coders=1, but rows were drawn to be done by two people; draw with double=0 "
            "(--double 0), or give them to two"
        )


def _sheet(
    rows: pd.DataFrame, coder: str, language: Language, ratings: Sequence[str], unit: str
) -> pd.DataFrame:
    """The cells of one person's sheet, all text, under their headings."""
    fixed = [name for name in _FIXED if name not in ("channel", "start", "end")]
    fixed += ["channel"] if rows["channel"].notna().any() else []
    fixed += ["start", "end"] if rows["start"].notna().any() or rows["end"].notna().any() else []
    filled = rows.assign(coder=coder)
    for name in ("start", "end"):
        filled[name] = [None if np.isnan(one) else clock(one, language) for one in rows[name]]
    sheet = pd.DataFrame(index=range(len(rows)))
    for name in _FIXED:
        if name in fixed:
            sheet[HEADINGS[name][language]] = filled[name].to_numpy(dtype=object)
    written = ["transcription"] if unit == "utterance" else []
    for heading in (
        *(HEADINGS[name][language] for name in (*written, "inaudible", "nothing said")),
        *(rating_heading(name, language) for name in ratings),
        HEADINGS["remarks"][language],
    ):
        sheet[heading] = None
    sheet = sheet.astype(object)
    return inert(sheet.where(sheet.notna(), None))


def _key(rows: pd.DataFrame, by: str, ratings: Sequence[str]) -> pd.DataFrame:
    spread = rows.explode("coders", ignore_index=True)
    spread["coder"] = [CODERS[at] for at in spread["coders"]]
    kept = spread.assign(by=by, ratings="|".join(ratings) or None)
    return KEY.check(kept[list(KEY.columns)])


def _csv_bytes(sheet: pd.DataFrame, language: Language) -> bytes:
    separator = ";" if language == "fr" else ","  # what Excel expects where it was installed
    return sheet.to_csv(index=False, sep=separator, lineterminator="\r\n").encode("utf-8-sig")


def _xlsx_bytes(
    sheet: pd.DataFrame, lines: Sequence[str], language: Language, ratings: Sequence[str]
) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    harmless = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "in_memory": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(stream, harmless) as book:
        book.set_properties({"created": _CREATED})
        told, entry = (book.add_worksheet(name) for name in SHEET_NAMES[language])
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        told.set_column(0, 0, _INSTRUCTION_WIDTH, wrapped)
        for at, line in enumerate(lines):
            told.write_string(at, 0, line, wrapped)
            told.set_row(at, _LINE_HEIGHT * math.ceil(len(line) / _INSTRUCTION_WIDTH))
        told.protect()
        _fill(book, entry, sheet, language, ratings)
        entry.activate()
    return stream.getvalue()


def _fill(
    book: xlsxwriter.Workbook,
    entry: Any,  # noqa: ANN401 - xlsxwriter's worksheet
    sheet: pd.DataFrame,
    language: Language,
    ratings: Sequence[str],
) -> None:
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    given = book.add_format({"num_format": "@", "valign": "top", "font_color": "#555555"})
    text = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "locked": False})
    number = book.add_format({"num_format": "0", "valign": "top", "locked": False})
    names = {of[language]: name for name, of in HEADINGS.items()}
    rated = {rating_heading(name, language) for name in ratings}
    last = len(sheet)
    wrong_rating, wrong_answer = refusals(language)
    for column, title in enumerate(sheet.columns):
        name = names.get(title, title)
        form = given if name in _FIXED else number if title in rated else text
        entry.set_column(column, column, _WIDTHS.get(name, 13), form)
        entry.write_string(0, column, title, heading)
        for row, value in enumerate(sheet[title], start=1):
            if value is None:
                entry.write_blank(row, column, None, form)
            else:
                entry.write_string(row, column, value, form)
        if title in rated:
            entry.data_validation(1, column, last, column, {
                "validate": "integer", "criteria": "between", "minimum": LOWEST,
                "maximum": HIGHEST, "error_message": wrong_rating,
            })  # fmt: skip
        if name in ("inaudible", "nothing said"):
            entry.data_validation(1, column, last, column, {
                "validate": "list", "source": list(ANSWERS[language]),
                "error_message": wrong_answer,
            })  # fmt: skip
    entry.freeze_panes(1, 1)
    # Locks the codes, not the answers; no password, and columns may be made wider.
    entry.protect(options={"format_columns": True, "format_rows": True})
