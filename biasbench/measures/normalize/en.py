"""English: what sounds alike is written alike, on both sides, and nothing is guessed.

Principles. Reductions of every dialect are treated the same way: gonna, wanna, finna, tryna and
y'all are all written out. Contractions with one meaning are written out (don't, I'm, we'll);
those with two are not guessed: "it is" and "it has" become "it's", "he would" and "he had"
become "he'd". A possessive stays (Smith's). British spelling becomes American, because a
transcriber's spelling is not a speaker's error. Numbers become digits, neighbouring ones run
together (see _numbers_en). Hesitations (uh, um, er, erm, hm, mm) are removed: transcribers and
recognisers alike differ in whether they write them, and not in what was meant. "Uh-huh" and
"mm-hmm" mean yes and stay; so do oh, ah, eh, well, like and every repetition.

The lists of words are in _words_en; what is the same word is all there.
"""

from __future__ import annotations

import re
import unicodedata

from biasbench.measures.normalize._numbers_en import to_digits
from biasbench.measures.normalize._steps import Marks, Step, drop_annotations, fold_form, run
from biasbench.measures.normalize._words_en import (
    CLIPPED,
    ENDINGS,
    SHORTENED_IS,
    SHORTENED_WOULD,
    TAKEN_APART,
    WORDS,
)

VERSION = 1

_ACCENTS = re.compile("[\u0300-\u036f]+")
_LIGATURES = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ł": "l", "đ": "d"})
_YES = re.compile(r"(?<![\w'])(?:m+ ?h+m+|(uh ?huh))(?![\w'])")
_HESITATION = re.compile(r"u+h+m*|u+m+|e+r+m*|e+h+m+|h+m+|m{2,}")

_CURRENCY = {"$": "dollar", "£": "pound", "€": "euro"}
_CENT = {"$": "cent", "£": "penny", "€": "cent"}
_AMOUNT = (
    r"([0-9]+(?:,[0-9]{3})*)(?:\.([0-9]+))?(?: ?(hundred|thousand|million|billion|trillion)\b)?"
)
_MONEY_BEFORE = re.compile(rf"([$£€]) ?{_AMOUNT}")
_MONEY_AFTER = re.compile(rf"{_AMOUNT} ?([$£€])")
_READ_ALOUD = {
    "%": "percent", "&": "and", "@": "at", "+": "plus", "=": "equals", "°": "degrees",
    "¢": "cents", "$": "dollars", "£": "pounds", "€": "euros",
}  # fmt: skip
_SYMBOL = re.compile(f"[{re.escape(''.join(_READ_ALOUD))}]")
_FRACTIONS = {"½": "half", "¼": "quarter", "¾": "three quarters"}
_FRACTION = re.compile(f"([0-9])? ?([{''.join(_FRACTIONS)}])")
_MINUS = re.compile(r"(?<![\w.,)-])-(?=[0-9])")
_HASH = re.compile(r"#(?= ?[0-9])")

_CLOCK = re.compile(r"(?<![0-9:.])(1[0-2]|[1-9]):00(?![0-9:])(?! ?[ap]\.? ?m\b)")
_HOUR = re.compile(r"(?<![0-9:.])([0-9]{1,2}):(?:00(?= ?[ap]\.? ?m\b)|([0-9]{2})(?![0-9:]))")
_AM_PM = re.compile(r"\b([ap])\. ?m\b\.?")
_INITIALS = re.compile(r"\b[a-z](?:\.[a-z])+\b\.?")

_THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")
_VERSION_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
_LOOSE_POINT = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_POSSESSIVE_YEAR = re.compile(r"(?<=[0-9])'s\b")
_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=[0-9])")
_DIGIT_LETTER = re.compile(r"(?<=[0-9])(?!(?:st|nd|rd|th|s)\b)(?=[^\W\d_])")
_SECOND = re.compile(r"\b([0-9]*)2nd\b")
_MARKS = Marks(kept="'.")
_CLIPPED = re.compile(rf"(?<![\w'])({'|'.join(CLIPPED)})'?(?![\w'])")
_TAKEN_APART = re.compile(rf"\b(?:{'|'.join(TAKEN_APART)})\b(?!')")
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'|'(?!\w)")


def normalize(text: str) -> str:
    """The text as it would be written by one careful transcriber.

    >>> normalize("Y'all tryna pay $5.50 at five o'clock? It is Mr. Smith's.")
    "you all trying to pay 5 dollars 50 at 5 o'clock it's mister smith's"
    """
    return run(STEPS, text)


def read_fractions(text: str) -> str:
    """2½ as 2 and a half; before the Unicode form, which would make it 21/2."""
    if text.isascii():
        return text
    return _FRACTION.sub(_fraction, text)


def _fraction(found: re.Match[str]) -> str:
    words = _FRACTIONS[found[2]]
    if found[1] is None:
        return f" {words} "
    return f"{found[1]} and {words if ' ' in words else 'a ' + words} "


def fold_accents(text: str) -> str:
    """Without accents and ligatures: café, cafe; encyclopædia, encyclopaedia."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return text.translate(_LIGATURES)


def drop_hesitations(text: str) -> str:
    """Without uh, um, er, erm, hm, mm; mm-hmm and uh-huh in one spelling each."""
    if "hm" in text or "huh" in text:
        text = _YES.sub(lambda found: "uhhuh" if found[1] else "mhm", text)
    return " ".join(
        [word for word in text.split() if word[0] not in "uehm" or not _HESITATION.fullmatch(word)]
    )


def read_symbols(text: str) -> str:
    """With amounts and signs in words: $5.50, 5 dollars 50; 5%, 5 percent; -5, minus 5."""
    if "-" in text:
        text = _MINUS.sub(" minus ", text)
    if not _SYMBOL.search(text) and "#" not in text:
        return text
    text = _MONEY_BEFORE.sub(lambda found: _amount(found[1], *found.groups()[1:]), text)
    text = _MONEY_AFTER.sub(lambda found: _amount(found[4], *found.groups()[:3]), text)
    text = _HASH.sub(" number ", text)
    return _SYMBOL.sub(lambda found: f" {_READ_ALOUD[found[0]]} ", text)


def _amount(sign: str, whole: str, part: str | None, scale: str | None) -> str:
    unit = _CURRENCY[sign]
    if scale:
        return f" {whole}{'.' + part if part else ''} {scale} {unit}s "
    plural = "" if whole == "1" else "s"
    if part is None or part == "00":
        return f" {whole} {unit}{plural} "
    if len(part) != 2:
        return f" {whole}.{part} {unit}s "
    if whole == "0":
        cents = "pence" if sign == "£" else _CENT[sign] + "s"
        return f" {part.lstrip('0')} {cents} "
    return f" {whole} {unit}{plural} {part} "


def read_times(text: str) -> str:
    """5:00 as five o'clock (or 5 pm), 10:30 as ten thirty; a.m. and p.m. in one spelling."""
    if ":" in text:
        text = _CLOCK.sub(r"\1 o'clock", text)
        text = _HOUR.sub(lambda found: f"{found[1]} {found[2] or ''}", text)
    return _AM_PM.sub(r"\1m ", text) if "." in text else text


def join_initials(text: str) -> str:
    """U.S.A. and USA alike."""
    if "." not in text:
        return text
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), text)


def part_digits(text: str) -> str:
    """10,000 as one number, 5pm and b12 as two words, 22nd as twenty second."""
    if not any(digit in text for digit in "0123456789"):
        return text
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    text = _VERSION_NUMBER.sub(lambda found: found[0].replace(".", " point "), text)
    text = _POSSESSIVE_YEAR.sub("s", _LETTER_DIGIT.sub(" ", text))
    text = _DIGIT_LETTER.sub(" ", text)
    return _SECOND.sub(_second, text)


def _second(found: re.Match[str]) -> str:
    tens = found[1]
    if tens.endswith("1"):  # 12nd is nobody's ordinal
        return found[0]
    return f"{tens}0 second" if tens.strip("0") else "second"


def drop_punctuation(text: str) -> str:
    """Without marks, except apostrophes inside words and the point of a decimal number."""
    if "'" in text:
        text = _CLIPPED.sub(lambda found: CLIPPED[found[1]], text)
    text = text.translate(_MARKS)
    if "'" in text:
        text = _LOOSE_APOSTROPHE.sub(" ", text)
    return _LOOSE_POINT.sub(" ", text) if "." in text else text


def write_out(text: str) -> str:
    """With reductions, contractions, titles and spelling variants written one way."""
    words: list[str] = []
    for word in text.split():
        if word in WORDS:
            words += WORDS[word]
            continue
        if "'" not in word:
            words.append(word)
            continue
        owner = WORDS.get(word.removesuffix("'s"), ())
        if word.endswith("'s") and len(owner) == 1 and "'" not in owner[0]:
            words.append(f"{owner[0]}'s")  # the programme's
            continue
        stem = word
        tail: list[str] = []
        # From the end: shouldn't've is should + n't + 've.
        while (ending := next((e for e in ENDINGS if stem.endswith(e)), "")) and stem != ending:
            stem = stem.removesuffix(ending).rstrip("'")
            tail.insert(0, ENDINGS[ending])
        words += [*(WORDS.get(stem, (stem,)) if stem else ()), *tail]
    return " ".join(words)


def join_parts(text: str) -> str:
    """O clock as o'clock, per cent as percent."""
    return _TAKEN_APART.sub(lambda found: TAKEN_APART[found[0]], text)


def shorten(text: str) -> str:
    """It is and it has as it's, he would and he had as he'd: what the short form cannot tell."""
    found: list[str] = []
    for word in text.split():
        last = found[-1] if found else ""
        if (word in ("is", "has") and last in SHORTENED_IS) or (
            word in ("would", "had") and last in SHORTENED_WOULD
        ):
            found[-1] = f"{last}'{'s' if word in ('is', 'has') else 'd'}"
        else:
            found.append(word)
    return " ".join(found)


STEPS: tuple[Step, ...] = (
    read_fractions,
    fold_form,
    fold_accents,
    drop_annotations,
    read_symbols,
    read_times,
    join_initials,
    part_digits,
    drop_punctuation,
    write_out,
    drop_hesitations,
    join_parts,
    shorten,
    to_digits,
)
