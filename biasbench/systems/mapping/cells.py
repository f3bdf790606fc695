"""What a cell means: a number with its decimal mark and percent sign, a date, a length of time."""

from __future__ import annotations

import datetime
import math
import re
import zoneinfo
from typing import Literal

from biasbench.errors import OptionError
from biasbench.systems import times

DateOrder = Literal["day-first", "month-first", "iso", "epoch-s", "epoch-ms"]
#: As in `_times`; and a "moment" is a date with a time, told from the start of the call.
LengthUnit = Literal["s", "ms", "us", "ns", "ticks", "iso8601", "clock", "suffix", "moment"]

# Spaces that people and spreadsheets put between thousands: plain, no-break, narrow no-break.
_SPACES = " \u00a0\u202f"
_NUMBER = {
    ".": re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"),
    ",": re.compile(rf"[+-]?(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}})+|\d+)(?:,\d*)?"),
}
_DATE = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
    r"(?:(?:T|,?\s+)(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,](\d+))?)?(?:\s?([AaPp])\.?[Mm]\.?)?)?"
)
_YEAR_FIRST = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?!\d)")
_MONTH = re.compile(r"(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4}))")


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


def length(cell: object, unit: LengthUnit, *, decimal: str) -> float:
    """A length of time in seconds, whatever a spreadsheet made of it.

    Raises ValueError, saying in words what it is not.

    >>> length("12,5", "s", decimal=","), length("0:01:02", "clock", decimal=",")
    (12.5, 62.0)
    """
    if isinstance(cell, datetime.timedelta):
        return cell.total_seconds()
    if isinstance(cell, datetime.time) and unit == "clock":  # what Excel makes of 00:01:02
        return cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
    if unit == "moment":
        raise ValueError("a moment has no length")
    if unit in times.PER_UNIT:
        cell = number(cell, decimal=decimal, percent=False)
    return times.seconds(cell, unit)


def iso_date(cell: object, *, order: DateOrder, zone: str | None = None) -> str:
    """The date in a cell as ISO 8601, with its time if it has one.

    A date that starts with its year is the same in every order. `zone` ('UTC', 'Europe/Paris') is
    that of the times that have none. Raises ValueError for a date that is not in that order.

    >>> iso_date("05/01/2026 09:00", order="day-first")
    '2026-01-05T09:00:00'
    >>> iso_date("2026-07-05 09:00", order="iso", zone="Europe/Paris")
    '2026-07-05T09:00:00+02:00'
    """
    found = _date(cell, order)
    if zone is None or not isinstance(found, datetime.datetime) or found.tzinfo is not None:
        return found.isoformat()
    return found.replace(tzinfo=_zone(zone)).isoformat()


def iso_month(cell: object, *, order: DateOrder) -> str:
    """The first day of the month that a cell names, or that its date lies in.

    >>> iso_month("01/2026", order="day-first"), iso_month("2026-01-31", order="iso")
    ('2026-01-01', '2026-01-01')
    """
    written = None if isinstance(cell, datetime.date) else _MONTH.fullmatch(str(cell).strip())
    if written is None:
        return f"{iso_date(cell, order=order)[:7]}-01"
    year, month = int(written[1] or written[4]), int(written[2] or written[3])
    try:
        return datetime.date(year, month, 1).isoformat()
    except ValueError as error:
        raise ValueError(f"not a month: {error}") from error


def _date(cell: object, order: DateOrder) -> datetime.date:
    if isinstance(cell, datetime.date):  # datetime too; spreadsheets hold real dates
        return cell
    if order in ("epoch-s", "epoch-ms"):
        unit: Literal["s", "ms"] = "s" if order == "epoch-s" else "ms"
        try:
            counted = times.from_epoch(number(cell, decimal=".", percent=False), unit)
        except OverflowError as error:
            raise ValueError(f"not a moment in {unit} since 1970") from error
        return datetime.datetime.fromisoformat(counted)
    text = str(cell).strip()
    if order == "iso" or _YEAR_FIRST.match(text):
        return _year_first(text)
    written = _DATE.fullmatch(text)
    if written is None:
        raise ValueError(f"not a {order} date with a year of four digits")
    first, second, year = (int(part) for part in written.groups()[:3])
    day, month = (first, second) if order == "day-first" else (second, first)
    try:
        date = datetime.date(year, month, day)
        if written.group(4) is None:
            return date
        hour, minute, seconds = (int(part or 0) for part in written.groups()[3:6])
        if half := written.group(8):
            if not 1 <= hour <= 12:
                raise ValueError("hour must be in 1..12 with AM or PM")
            hour = hour % 12 + (12 if half in "Pp" else 0)
        fraction = int((written.group(7) or "0").ljust(6, "0")[:6])
        return datetime.datetime(year, month, day, hour, minute, seconds, fraction)
    except ValueError as error:
        raise ValueError(f"not a {order} date: {error}") from error


def _year_first(text: str) -> datetime.date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d|\d{4}-?W\d\d(-?\d)?|\d{8}", text):
            return datetime.date.fromisoformat(text)
        day = _YEAR_FIRST.match(text)
        if day is None:
            return datetime.datetime.fromisoformat(text)
        padded = "-".join(part.zfill(2) for part in re.split("[-/]", day[0]))
        return datetime.datetime.fromisoformat(padded + text[day.end() :])
    except ValueError as error:
        raise ValueError("not an ISO date (2026-01-31); set [file] date_order") from error


def _zone(name: str) -> datetime.tzinfo:
    if name.upper() == "UTC":  # needs no database of zones
        return datetime.UTC
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise OptionError(
            f"mapping: zone '{name}' is not known here. Write 'UTC' or a name like 'Europe/Paris'"
        ) from error
