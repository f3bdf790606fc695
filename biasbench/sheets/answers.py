"""What a filled-in row says: whose it is, its state, its ratings; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from biasbench.errors import TableError
from biasbench.sheets.cells import FilledRow
from biasbench.sheets.pool import Unit
from biasbench.sheets.wording import HIGHEST, LOWEST, NO, UNCLEAR, YES


@dataclass(frozen=True)
class Answer:
    """One row of a sheet; `state` is one of tables.sheets.STATES."""

    unit_id: str
    coder: str
    state: str
    text: str | None
    remarks: str | None
    values: dict[str, int]


def needed(unit: Unit, ratings: Sequence[str]) -> list[str]:
    """The columns that a sheet must have."""
    written = ["transcription"] if unit == "utterance" else []
    asked = ["inaudible", "nothing said", *(f"rating:{name}" for name in ratings)]
    return ["code", "coder", *written, *asked, "remarks"]


def answers_of(
    rows: Sequence[FilledRow], keys: pd.DataFrame, unit: Unit, ratings: Sequence[str]
) -> list[Answer]:
    """What each row says; raises the first problem of all, and says how many more there are."""
    units = {(code, coder): own for code, coder, own in zip(
        keys["code"], keys["coder"], keys["unit_id"], strict=True
    )}  # fmt: skip
    codes = set(keys["code"])
    seen: dict[tuple[str, str], str] = {}
    answers, problems = [], []
    for row in rows:
        try:
            code, coder = _whose(row, units, codes, seen)
            seen[code, coder] = row.place
            answers.append(_answer(row, units[code, coder], coder, unit, ratings))
        except TableError as error:
            problems.append(str(error))
    if problems:
        more = len(problems) - 1
        tail = f" (and {more} more problem{'s' * (more > 1)})" if more else ""
        raise TableError(problems[0] + tail)
    return answers


def _whose(
    row: FilledRow,
    units: dict[tuple[str, str], str],
    codes: set[str],
    seen: dict[tuple[str, str], str],
) -> tuple[str, str]:
    code, coder = row.cells["code"], row.cells["coder"]
    if code is None or coder is None:
        raise TableError(f"{row.place}: code or coder is empty; copy them from the sheet given out")
    if code not in codes:
        raise TableError(
            f"{row.place}: code '{code}' is not in the key; was it changed, or is this the sheet "
            "of another sample?"
        )
    if (code, coder) not in units:
        raise TableError(f"{row.place}: code '{code}' was not given to coder '{coder}'")
    if (code, coder) in seen:
        raise TableError(
            f"{row.place}: code '{code}' of coder '{coder}' stands in {seen[code, coder]} too"
        )
    return code, coder


def _answer(row: FilledRow, unit_id: str, coder: str, unit: Unit, ratings: Sequence[str]) -> Answer:
    text = row.cells.get("transcription")
    inaudible, silent = (_yes(row, name) for name in ("inaudible", "nothing said"))
    said = [
        name
        for name, yes in (
            ("a transcription", text is not None),
            ("'inaudible' yes", inaudible),
            ("'nothing said' yes", silent),
        )
        if yes
    ]
    if len(said) > 1:
        raise TableError(
            f"{row.place}: has {said[0]} and {said[1]}; leave one (a word that is not understood "
            f"is written {UNCLEAR} in the transcription)"
        )
    state = "inaudible" if inaudible else "nothing said" if silent else "blank"
    if text is not None:
        state = "partly inaudible" if UNCLEAR in text else "transcribed"
    values = {name: value for name in ratings if (value := _rating(row, name)) is not None}
    return Answer(unit_id, coder, state, text, row.cells["remarks"], values)


def _yes(row: FilledRow, name: str) -> bool:
    cell = row.cells[name]
    if cell is None or cell.casefold() in NO:
        return False
    if cell.casefold() in YES:
        return True
    raise TableError(f"{row.place}: {name} is '{cell}', not yes or no (oui, non), or nothing")


def _rating(row: FilledRow, name: str) -> int | None:
    cell = row.cells[f"rating:{name}"]
    if cell is None:
        return None
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        value = float("nan")
    if value not in range(LOWEST, HIGHEST + 1):
        raise TableError(
            f"{row.place}: {name} is '{cell}', not a whole number from {LOWEST} to {HIGHEST}"
        )
    return int(value)
