"""People over periods, as arrays: who scored what and was listened to how much, when.

Periods are numbered so that one follows another exactly where it does on the calendar: a month
that nobody has is a hole and not the next month's predecessor.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.selection.dispersion import Announced
from biasbench.errors import OptionError, TableError, not_found
from biasbench.evidence.sums import FloatArray
from biasbench.tables import UNKNOWN, place_of, read_table
from biasbench.tables.grouping import By, crossed_columns, group_labels
from biasbench.tables.labels import label_codes
from biasbench.tables.panels import PANEL

_MONTH = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]00:00:00)?")
_WHOLE = re.compile(r"(\d+)(?:\.0)?")
_YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Panel:
    """Arrays of shape (n_people, n_periods), NaN where there is no figure.

    `covariates` has a third axis, one for each. `label` is each person's group, None where no
    grouping was asked for.
    """

    score: FloatArray
    listening: FloatArray
    covariates: FloatArray
    label: npt.NDArray[np.object_] | None
    by: str | None
    n_rows: int

    @property
    def n_people(self) -> int:
        """People in the table."""
        return len(self.score)


def read_panel(
    panel: pd.DataFrame | str | Path,
    *,
    by: By | None = None,
    covariates: Sequence[str] = (),
    listening_as: Announced = "share",
) -> Panel:
    """The table (columns of tables.panels.PANEL and one's own) checked and laid out.

    Listening is n_listened / n_calls, or n_listened itself for listening_as='number'. Raises
    TableError for a count that cannot be, a period of no known form, or a person in two groups.

    >>> found = read_panel(pd.DataFrame({
    ...     "speaker_id": ["a", "a", "b"], "period": ["2024-12", "2025-02", "2024-12"],
    ...     "score": [70.0, 72, 64], "n_listened": [2, 1, 5], "n_calls": [100, 50, 80]}))
    >>> found.listening
    array([[0.02  ,    nan, 0.02  ],
           [0.0625,    nan,    nan]])
    """
    if listening_as not in ("share", "number"):
        raise OptionError(
            f"listening_as={listening_as!r} is none of 'share' (of a person's calls) and 'number'"
        )
    if isinstance(panel, str | Path):
        table, source = read_table(panel)[0], str(panel)
    else:
        table, source = panel, PANEL.name
    table = PANEL.check(table, source=source)
    if table.empty:
        raise TableError(f"{source}: the table has no rows")
    score, listened, n_calls = (
        table[name].to_numpy(dtype=float, na_value=np.nan)
        for name in ("score", "n_listened", "n_calls")
    )
    _check_counts(table, source, listened, n_calls)
    period = period_numbers(table["period"], source, table)
    speaker, names = label_codes(table["speaker_id"])
    shape = (len(names), int(period.max()) + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(n_calls > 0, listened / n_calls, np.nan)
    extra = _numbers(table, covariates, source)
    label, grouping = None, None
    if by is not None:
        label, grouping = _labels(table, by, speaker, names, source)
    return Panel(
        score=_laid_out(score, speaker, period, shape),
        listening=_laid_out(share if listening_as == "share" else listened, speaker, period, shape),
        covariates=np.stack([_laid_out(x, speaker, period, shape) for x in extra], axis=2)
        if extra
        else np.empty((*shape, 0)),
        label=label,
        by=grouping,
        n_rows=len(table),
    )


def period_numbers(
    values: pd.Series, source: str = "panel", table: pd.DataFrame | None = None
) -> npt.NDArray[np.intp]:
    """Periods as numbers from 0, one more for each that passes on the calendar.

    >>> period_numbers(pd.Series(["202412", "202501", "202503"])).tolist()
    [0, 1, 3]
    >>> period_numbers(pd.Series(["2024-01-01", "2024-01-08"])).tolist()
    [0, 1]
    """
    written = [str(value).strip() for value in values]
    forms = [_number_of(text) for text in written]
    other = [form[0] != forms[0][0] if form and forms[0] else True for form in forms]
    if any(other):
        at = other.index(True)
        where = source if table is None else place_of(table, source, at)
        raise TableError(
            f"{where}: period is '{written[at]}'; write all as months (2024-03), quarters "
            "(2024-Q1), weeks (2024-W07), first days of such, or whole numbers"
        )
    known = [form for form in forms if form is not None]
    numbers = np.array([number for _, number in known], dtype=np.intp)
    kinds = {kind for kind, _ in known}
    if kinds == {"day"}:
        numbers = _from_days(numbers, source)
    found: npt.NDArray[np.intp] = numbers - numbers.min()
    return found


def _number_of(text: str) -> tuple[str, int] | None:
    if (found := _MONTH.fullmatch(text)) and int(found[1]) in _YEARS:
        return "month", 12 * int(found[1]) + int(found[2])
    if found := _QUARTER.fullmatch(text):
        return "quarter", 4 * int(found[1]) + int(found[2])
    try:
        if found := _WEEK.fullmatch(text):
            monday = datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return "week", monday.toordinal() // 7
        if found := _DAY.fullmatch(text):
            return "day", datetime.date.fromisoformat(found[1]).toordinal()
    except ValueError:
        return None
    found = _WHOLE.fullmatch(text)
    return ("whole", int(found[1])) if found else None


def _from_days(days: npt.NDArray[np.intp], source: str) -> npt.NDArray[np.intp]:
    dates = [datetime.date.fromordinal(int(day)) for day in days]
    if len({date.day for date in dates}) == 1:
        return np.array([12 * date.year + date.month for date in dates], dtype=np.intp)
    if not ((days - days.min()) % 7).any():
        weeks: npt.NDArray[np.intp] = (days - days.min()) // 7
        return weeks
    raise TableError(
        f"{source}: periods are dates that lie neither on one day of the month nor whole weeks "
        "apart; write months as 2024-03, weeks as 2024-W07"
    )


def _laid_out(
    values: FloatArray,
    speaker: npt.NDArray[np.intp],
    period: npt.NDArray[np.intp],
    shape: tuple[int, int],
) -> FloatArray:
    laid = np.full(shape, np.nan)
    laid[speaker, period] = values
    return laid


def _check_counts(
    table: pd.DataFrame, source: str, listened: FloatArray, n_calls: FloatArray
) -> None:
    wrong = (listened < 0) | (n_calls < 0) | (listened > n_calls)
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"{place_of(table, source, at)}: n_listened is {listened[at]:g} and n_calls "
            f"{n_calls[at]:g}; calls listened to are 0 or more, out of the calls there were"
        )


def _numbers(table: pd.DataFrame, names: Sequence[str], source: str) -> list[FloatArray]:
    if isinstance(names, str):
        raise OptionError(f"covariates={names!r}: give a list of column names")
    own = [str(name) for name in table.columns if name not in PANEL.columns]
    found = []
    for name in names:
        if name not in own:
            raise not_found("covariate column", name, own)
        numbers = pd.to_numeric(table[name], errors="coerce")
        wrong = (numbers.isna() & table[name].notna()).to_numpy()
        if wrong.any():
            at = int(wrong.argmax())
            raise TableError(
                f"{place_of(table, source, at)}: {name} is {table[name].iloc[at]!r}, not a number"
            )
        found.append(numbers.to_numpy(dtype=float))
    return found


def _labels(
    table: pd.DataFrame,
    by: By,
    speaker: npt.NDArray[np.intp],
    names: list[str],
    source: str,
) -> tuple[npt.NDArray[np.object_], str]:
    columns = crossed_columns(by, table)
    own = [str(name) for name in table.columns if name not in PANEL.columns]
    for name in columns or [""]:
        if name not in own:
            raise not_found("group column", name, own)
    codes, labels = label_codes(group_labels(table, columns))
    grouping = ",".join(columns)
    of_person = np.full(len(names), -1, dtype=np.intp)
    of_person[speaker] = codes
    differs = of_person[speaker] != codes
    if differs.any():
        at = int(differs.argmax())
        raise TableError(
            f"{place_of(table, source, at)}: speaker '{names[speaker[at]]}' has more than one "
            f"{grouping}; a person must stand in one group"
        )
    return np.array([*labels, UNKNOWN], dtype=object)[of_person], grouping
