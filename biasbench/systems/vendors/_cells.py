"""What a cell means: a number with its decimal mark and percent sign, a date with its order."""

from __future__ import annotations

import datetime
import math
import re
from typing import Literal

DateOrder = Literal["day-first", "month-first", "iso"]

# Spaces that people and spreadsheets put between thousands: plain, no-break, narrow no-break.
_SPACES = " \u00a0\u202f"
_NUMBER = {
    ".": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    ",": re.compile(rf"[+-]?(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:,\d*)?"),
}
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def number(cell: object, *, decimal: str, percent: bool) -> float:
    """The number in a cell; with `percent`, 12.5 and '12.5 %' are 0.125.

    Raises ValueError, saying in words what it is not.

    >>> number("12,5 %", decimal=",", percent=True)
    0.125
    >>> number("1 234,5", decimal=",", percent=False)
    1234.5
    """
    if isinstance(cell, bool):
        raise ValueError("not a number")
    if isinstance(cell, int | float):
        value = float(cell)
    else:
        text = str(cell).strip().replace("−", "-")
        if text.endswith("%"):
            if not percent:
                raise ValueError("a percentage; write percent = true for its score")
            text = text[:-1].rstrip(f"{_SPACES}\t")
        if not _NUMBER[decimal].fullmatch(text):
            mark = {".": "point", ",": "comma"}[decimal]
            raise ValueError(f"not a number with a decimal {mark}")
        value = float(re.sub(f"[{_SPACES}]", "", text).replace(",", "."))
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value / 100 if percent else value


def iso_date(cell: object, *, order: DateOrder) -> str:
    """The date in a cell as ISO 8601, with its time if it has one.

    Raises ValueError for a date that is not written in that order.

    >>> iso_date("05/01/2026 09:00", order="day-first")
    '2026-01-05T09:00:00'
    """
    if isinstance(cell, datetime.date):  # datetime too; spreadsheets hold real dates
        return cell.isoformat()
    text = str(cell).strip()
    if order == "iso":
        try:
            parsed = datetime.datetime.fromisoformat(text)
        except ValueError as error:
            raise ValueError("not an ISO date (2026-01-31); set [file] date_order") from error
        return text if len(text) == len("2026-01-31") else parsed.isoformat()
    written = _DATE.fullmatch(text)
    if written is None:
        raise ValueError(f"not a {order} date with a year of four digits")
    first, second, year = (int(part) for part in written.groups()[:3])
    day, month = (first, second) if order == "day-first" else (second, first)
    try:
        date = datetime.date(year, month, day)
        if written.group(4) is None:
            return date.isoformat()
        hour, minute, seconds = (int(part or 0) for part in written.groups()[3:])
        return datetime.datetime.combine(date, datetime.time(hour, minute, seconds)).isoformat()
    except ValueError as error:
        raise ValueError(f"not a {order} date: {error}") from error
