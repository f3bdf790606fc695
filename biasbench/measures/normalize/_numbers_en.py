"""English number words and digits, brought to digits; used by `en` and `spelled`.

One rule stands above the grammar: **neighbouring numbers are run together.** How a speaker
groups digits is not heard in a way that a transcript could be held to: "twenty twenty", "2020"
and "20 20" sound alike, as do "nine one nine", "919" and "9 19", or "ten thirty" and "10:30".

Other readings that sound alike are brought to one: "a hundred" and "one hundred"; "one hundred
five" and "one hundred and five"; "oh" between digits and zero; "double five" and "five five";
"May fifth" and "May 5"; "5 dollars and 50 cents" and "5 dollars 50". "Second" is not turned
into 2nd, because a thirty second pause is no 32nd of anything: 2nd is turned into "second".
"""

# ruff: noqa: SIM905 - a list of words reads best as a line of words

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

UNITS = {
    word: value
    for value, word in enumerate("zero one two three four five six seven eight nine".split())
} | {"nought": 0, "naught": 0}
TEENS = {
    word: value
    for value, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
        10,
    )
}
TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINAL_UNITS = {
    "first": "1st", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th",
}  # fmt: skip
ORDINALS = ORDINAL_UNITS | {
    "tenth": "10th", "eleventh": "11th", "twelfth": "12th", "thirteenth": "13th",
    "fourteenth": "14th", "fifteenth": "15th", "sixteenth": "16th", "seventeenth": "17th",
    "eighteenth": "18th", "nineteenth": "19th", "twentieth": "20th", "thirtieth": "30th",
    "fortieth": "40th", "fiftieth": "50th", "sixtieth": "60th", "seventieth": "70th",
    "eightieth": "80th", "ninetieth": "90th",
}  # fmt: skip
DECADES = {
    "twenties": "20s", "thirties": "30s", "forties": "40s", "fifties": "50s", "sixties": "60s",
    "seventies": "70s", "eighties": "80s", "nineties": "90s",
}  # fmt: skip
REPEATS = {"double": 2, "triple": 3}
OH = frozenset(["oh", "o"])
MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
MONEY = frozenset("dollar dollars euro euros pound pounds".split())
CENTS = frozenset("cent cents pence penny".split())

_INTEGER = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ORDINAL = re.compile(r"([0-9]+)(?:st|nd|rd|th)")
_DECADE = re.compile(r"[0-9]+s")
_STARTERS = frozenset([*UNITS, *TEENS, *TENS, *ORDINALS, *DECADES, "hundred", *SCALES])
_HAS_DIGIT = re.compile(r"[0-9]")
_DIGITS = frozenset("0123456789")
_READABLE = _STARTERS | REPEATS.keys() | OH | {"a"}
_FUSABLE = CENTS | {"second", "m"}
_ACTIVE = (_READABLE | _FUSABLE | MONTHS | {"point"}) - {"a"}


@dataclass(frozen=True)
class _Reading:
    """A number read from the words: its text, and the position after it."""

    text: str
    end: int

    @property
    def is_integer(self) -> bool:
        return bool(_INTEGER.fullmatch(self.text))


def to_digits(text: str) -> str:
    """The text with numbers as digits, to be called on words without punctuation.

    >>> to_digits("nineteen ninety five or two million five hundred thousand")
    '1995 or 2500000'
    >>> to_digits("call nine one nine double five five oh one")
    'call 91955501'
    """
    words = text.split()
    if _STARTERS.isdisjoint(words) and not _HAS_DIGIT.search(text):
        return text
    # To the end: a number that is put together can complete a date or an amount.
    while True:
        found = _fuse(_read_all(words))
        if found == words or _ACTIVE.isdisjoint(found):
            return " ".join(found)
        words = found


def _read_all(words: list[str]) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(words):
        if words[at] not in _READABLE and words[at][0] not in _DIGITS:
            found.append(words[at])
            at += 1
            continue
        reading = _read(words, at, after=found[-1] if found else "")
        if reading is None:
            found.append(words[at])
            at += 1
        else:
            found.append(reading.text)
            at = reading.end
    return found


def _read(words: list[str], at: int, *, after: str) -> _Reading | None:
    word = words[at]
    if word in OH and _INTEGER.fullmatch(after):
        following = _after_oh(words, at)
        return _Reading("0", at + 1) if following is not None else None
    if word in REPEATS:
        return _repeated(words, at)
    if word in DECADES:
        return _Reading(DECADES[word], at + 1)
    if word == "a":
        has_scale = at + 1 < len(words) and words[at + 1] in {"hundred", *SCALES}
        return _cardinal(["one", *words[at + 1 :]], 0, shift=at) if has_scale else None
    return _cardinal(words, at)


def _after_oh(words: list[str], at: int) -> _Reading | None:
    while at < len(words) and words[at] in OH:
        at += 1
    return _read(words, at, after="") if at < len(words) else None


def _repeated(words: list[str], at: int) -> _Reading | None:
    if at + 1 >= len(words):
        return None
    word = words[at + 1]
    following = words[at + 2] if at + 2 < len(words) else ""
    if following in {"hundred", "point", *SCALES}:
        return None
    if word in OH and _after_oh(words, at + 1) is not None:
        digit = "0"
    elif word in UNITS:
        digit = str(UNITS[word])
    elif len(word) == 1 and word in "0123456789":
        digit = word
    else:
        return None
    return _Reading(digit * REPEATS[words[at]], at + 2)


def _cardinal(words: list[str], at: int, *, shift: int = 0) -> _Reading | None:
    """Hundreds, then scales in descending order; shift is added to the position after it."""
    first = _hundreds(words, at)
    if first is None:
        return None
    if first.is_integer:
        first = _with_decimals(words, first)
    end = first.end
    scale = SCALES.get(_word(words, end))
    if scale is None or not _NUMBER.fullmatch(first.text) or Decimal(first.text) >= 1000:
        return _Reading(first.text, end + shift)
    total = Decimal(first.text) * scale
    if total < 1000 or total != int(total) or first.text.startswith("00"):
        return _Reading(first.text, end + shift)
    end += 1
    while True:
        skip = 1 if _word(words, end) == "and" else 0
        more = _hundreds(words, end + skip) if end + skip < len(words) else None
        if more is None or not more.is_integer or more.text.startswith("0"):
            break
        next_scale = SCALES.get(_word(words, more.end), 1)
        if int(more.text) >= 1000 or int(more.text) * next_scale >= scale:
            break
        if skip and next_scale > 1:
            break  # "two million and five thousand" is said of two things
        if next_scale == 1 and _word(words, more.end) in {"hundred", "point"}:
            break
        total += int(more.text) * next_scale
        scale = next_scale
        end = more.end + (next_scale > 1)
        if next_scale == 1:
            break
    return _Reading(str(int(total)), end + shift)


def _hundreds(words: list[str], at: int) -> _Reading | None:
    first = _below_hundred(words, at)
    if first is None or _word(words, first.end) != "hundred" or not first.is_integer:
        return first
    if first.text.startswith("0") or int(first.text) > 99:
        return first
    hundred, end = 100 * int(first.text), first.end + 1
    skip = 1 if _word(words, end) == "and" else 0
    more = _below_hundred(words, end + skip) if end + skip < len(words) else None
    ordinal = _ORDINAL.fullmatch(more.text) if more is not None else None
    if more is not None and ordinal is not None and int(ordinal[1]) < 100:
        suffix = more.text[len(ordinal[1]) :]
        return _Reading(f"{hundred + int(ordinal[1])}{suffix}", more.end)
    fits = (
        more is not None
        and more.is_integer
        and not more.text.startswith("0")
        and int(more.text) < 100
        and _word(words, more.end) != "hundred"
    )
    if more is not None and fits:
        return _Reading(str(hundred + int(more.text)), more.end)
    return _Reading(str(hundred), end)


def _below_hundred(words: list[str], at: int) -> _Reading | None:
    word, following = _word(words, at), _word(words, at + 1)
    if word in TENS:
        if UNITS.get(following):
            return _Reading(str(TENS[word] + UNITS[following]), at + 2)
        if following in ORDINAL_UNITS:
            return _Reading(f"{TENS[word] // 10}{ORDINAL_UNITS[following]}", at + 2)
        return _Reading(str(TENS[word]), at + 1)
    value = UNITS.get(word, TEENS.get(word))
    if value is not None:
        return _Reading(str(value), at + 1)
    if word in ORDINALS:
        return _Reading(ORDINALS[word], at + 1)
    return _Reading(word, at + 1) if _NUMBER.fullmatch(word) else None


def _with_decimals(words: list[str], whole: _Reading) -> _Reading:
    if _word(words, whole.end) != "point":
        return whole
    digits, end = "", whole.end + 1
    while end < len(words):
        if words[end] in OH:
            digits, end = digits + "0", end + 1
            continue
        more = _below_hundred(words, end)
        if more is None or not more.is_integer:
            break
        digits, end = digits + more.text, more.end
    return _Reading(f"{whole.text}.{digits}", end) if digits else whole


def _fuse(words: list[str]) -> list[str]:
    """Neighbouring numbers run together, dates and amounts completed."""
    found: list[str] = []
    for word in words:
        if word[0] not in _DIGITS and word not in _FUSABLE:
            found.append(word)
            continue
        last = found[-1] if found else ""
        before = found[-2] if len(found) > 1 else ""
        is_last_integer = bool(_INTEGER.fullmatch(last))
        if is_last_integer and (_INTEGER.fullmatch(word) or _DECADE.fullmatch(word)):
            found[-1] = last + word
        elif last in MONTHS and (ordinal := _ORDINAL.fullmatch(word)):
            found.append(ordinal[1])
        elif last in MONTHS and word == "second":
            found.append("2")
        elif before in MONTHS and last in ("20", "30") and word == "second":
            found[-1] = str(int(last) + 2)
        elif word in CENTS and is_last_integer and len(last) <= 2 and before in MONEY:
            continue
        elif (
            word in CENTS
            and is_last_integer
            and len(last) <= 2
            and before == "and"
            and len(found) > 2
            and found[-3] in MONEY
        ):
            del found[-2]
        elif word == "m" and last in ("a", "p") and _INTEGER.fullmatch(before):
            found[-1] = last + "m"
        else:
            found.append(word)
    return found


def _word(words: list[str], at: int) -> str:
    return words[at] if at < len(words) else ""
