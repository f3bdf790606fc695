"""Lengths and moments as exports write them, in seconds.

Every unit is named by the reader that knows it; nothing is guessed from the size of a number.
"""

from __future__ import annotations

import datetime
import re
from typing import Literal, get_args

TimeUnit = Literal["s", "ms", "us", "ns", "ticks", "iso8601", "clock", "suffix"]

#: Factor to seconds; a tick is 100 ns (Microsoft).
PER_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ticks": 1e-7}

_CLOCK = re.compile(r"(-)?(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)")
_SUFFIX = re.compile(r"(-?\d+(?:\.\d+)?)s")
_ISO = re.compile(
    r"(-)?P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
_FRACTION = re.compile(r"(\.\d{6})\d+")


def seconds(value: object, unit: TimeUnit) -> float:
    """A length in seconds. Raises ValueError, saying in words what it is not.

    "suffix" is '1.200s', "clock" is H:MM:SS or MM:SS with or without fractions and padding,
    "iso8601" is 'PT2M3.5S'; the others are numbers, as numbers or as text.

    >>> seconds("1.200s", "suffix"), seconds("PT2M3.5S", "iso8601"), seconds("0:0:5.320", "clock")
    (1.2, 123.5, 5.32)
    >>> seconds("32000000", "ticks")
    3.2
    """
    if unit in PER_UNIT:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(f"{value!r} is not a number of {unit}")
        try:
            number = float(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is not a number of {unit}") from error
        return round(number * PER_UNIT[unit], 9)
    text = str(value).strip()
    if unit == "suffix" and (found := _SUFFIX.fullmatch(text)):
        return float(found[1])
    if unit == "clock" and (found := _CLOCK.fullmatch(text)):
        sign, hours, minutes, rest = found.groups()
        total = int(hours or 0) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
        return round(-total if sign else total, 9)
    if unit == "iso8601" and (found := _ISO.fullmatch(text)) and text not in ("P", "PT"):
        sign, days, hours, minutes, rest = found.groups()
        total = (
            float(days or 0) * 86400
            + float(hours or 0) * 3600
            + float(minutes or 0) * 60
            + float(rest or 0)
        )
        return round(-total if sign else total, 9)
    if unit not in get_args(TimeUnit):
        raise ValueError(f"{unit!r} is not a unit of time")
    example = {"suffix": "1.200s", "clock": "0:01:02.5", "iso8601": "PT2M3.5S"}[unit]
    raise ValueError(f"{value!r} is not a length like {example}")


def moment(text: str) -> datetime.datetime:
    """A moment in ISO 8601; fractions finer than microseconds are cut, no zone means UTC.

    >>> moment("2026-01-05T09:00:00.4000001+00:00").isoformat()
    '2026-01-05T09:00:00.400000+00:00'
    """
    parsed = datetime.datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.UTC)


def from_epoch(value: float, unit: TimeUnit = "ms") -> str:
    """A moment counted from 1970, as ISO 8601 in UTC.

    >>> from_epoch(1767603600000)
    '2026-01-05T09:00:00+00:00'
    """
    since = datetime.timedelta(seconds=value * PER_UNIT[unit])
    return (datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + since).isoformat()
