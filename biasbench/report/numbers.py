"""Numbers as a careful reader wants them: French or English, and never rounded into a lie.

French: decimal comma, U+202F between thousands, U+00A0 before ; : ! ? % and inside « ».
Both: minus is U+2212, thousands are separated from 1,000 on, missing is "–".
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Literal

Lang = Literal["fr", "en"]

NBSP = "\u00a0"
NARROW = "\u202f"
MINUS = "\u2212"
ABSENT = "\u2013"
#: No figure of ours needs more; below 10⁻⁶ a value is printed as "< 0.000001".
MOST_DECIMALS = 6

_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def number(value: float | None, lang: Lang, *, decimals: int = 1) -> str:
    r"""A number with that many decimals; more if it would otherwise read as zero.

    >>> number(8.46, "en"), number(0.04, "en"), number(0, "en"), number(-1.25, "en", decimals=2)
    ('8.5', '0.04', '0.0', '−1.25')
    >>> number(12345.6, "fr") == "12\u202f345,6"
    True
    >>> number(None, "en")
    '–'
    """
    if value is None or math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    places = decimals
    while value != 0 and round(value, places) == 0:
        if places == MOST_DECIMALS:
            return f"< {_written(10.0**-MOST_DECIMALS, MOST_DECIMALS, lang)}"
        places += 1
    return _written(value, places, lang)


def whole(value: float | None, lang: Lang) -> str:
    """A count.

    >>> whole(1800, "en"), whole(None, "fr")
    ('1,800', '–')
    """
    return number(value, lang, decimals=0)


def share(value: float | None, lang: Lang, *, decimals: int = 1) -> str:
    """A fraction as a percentage: '17.3%' in English, '17,3 %' with a no-break space in French.

    >>> share(0.173, "en")
    '17.3%'
    """
    if value is None or math.isnan(value):
        return ABSENT
    return number(100 * value, lang, decimals=decimals) + (f"{NBSP}%" if lang == "fr" else "%")


def ends(
    low: float, high: float, lang: Lang, *, decimals: int = 1, margin: float | None = None
) -> tuple[str, str]:
    """Both ends of an interval, with enough decimals to apply the verdict rule to what is printed.

    An end of 3.04 beside a margin of 3 is printed 3.04, not 3.0: the reader must see on which
    side of the margin, and of zero, it lies.

    >>> ends(3.04, 12.9, "en", margin=3)
    ('3.04', '12.90')
    >>> ends(-0.4, 0.02, "en", margin=3)
    ('−0.40', '0.02')
    """
    marks = (0.0,) if margin is None or math.isnan(margin) else (0.0, margin, -margin)
    places = decimals
    while places < MOST_DECIMALS and not all(
        _same_side(end, mark, places) for end in (low, high) for mark in marks
    ):
        places += 1
    return number(low, lang, decimals=places), number(high, lang, decimals=places)


def shortest(value: float, lang: Lang) -> str:
    """A number with as many decimals as it was given with, up to six.

    >>> shortest(3.0, "en"), shortest(0.1 + 0.2, "en"), shortest(2.5, "fr")
    ('3', '0.3', '2,5')
    """
    places = next(
        (n for n in range(MOST_DECIMALS) if math.isclose(value, round(value, n), abs_tol=1e-9)),
        MOST_DECIMALS,
    )
    return number(value, lang, decimals=places)


def decimals_for(value: float) -> int:
    """Decimals that show three significant figures, at least none and at most four.

    >>> decimals_for(71.8), decimals_for(182.4), decimals_for(0.0312)
    (1, 0, 4)
    """
    if value == 0 or not math.isfinite(value):
        return 1
    return min(4, max(0, 2 - math.floor(math.log10(abs(value)))))


def long_date(value: date, lang: Lang) -> str:
    """A date as it stands in a sentence; annexes use ISO.

    >>> long_date(date(2026, 3, 1), "en"), long_date(date(2026, 3, 1), "fr")
    ('1 March 2026', '1er mars 2026')
    """
    month = _MONTHS[lang].split()[value.month - 1]
    day = "1er" if lang == "fr" and value.day == 1 else str(value.day)
    return f"{day} {month} {value.year}"


def typeset(text: str, lang: Lang) -> str:
    r"""Text of ours with the typography of its language: apostrophes, and French spaces.

    >>> typeset("l'écart : 12 %", "fr") == "l’écart\u00a0: 12\u00a0%"
    True
    """
    text = re.sub(r"(?<=\w)'", "’", text)
    if lang == "fr":
        text = re.sub(r" (?=[;:!?%»])", NBSP, text)
        text = text.replace("« ", f"«{NBSP}")
    return text


def _same_side(end: float, mark: float, places: int) -> bool:
    if not math.isfinite(end):
        return True
    shown = round(end, places)
    return (shown > mark) == (end > mark) and (shown < mark) == (end < mark)


def _written(value: float, places: int, lang: Lang) -> str:
    text = f"{abs(value):,.{places}f}"
    if lang == "fr":
        text = text.translate({ord(","): NARROW, ord("."): ","})
    return (MINUS if value < 0 and round(value, places) != 0 else "") + text
