"""French number words and digits, brought to digits; used by `fr`.

text2num reads the words. Around it: digits before or after a scale are read with it (2 millions
cinq cent mille), neighbouring numbers are run together as in _numbers_en, amounts, hours and
percentages are completed, and "un" and "une" stay words where no number stands beside them.
"""

# ruff: noqa: SIM905 - a list of words reads best as a line of words

from __future__ import annotations

import re
from decimal import Decimal

from text_to_num import alpha2digit

#: Nouns before which a lone 1 is read "une"; before others it is read "un".
FEMININE = frozenset(
    "heure minute seconde livre fois personne année semaine journée page ligne option question "
    "facture carte adresse commande chose h".split()
)
SCALES = {
    "mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9,
}  # fmt: skip
MONEY = frozenset("euro euros dollar dollars livre livres".split())
CENTS = frozenset("centime centimes cent cents penny pence".split())
HOURS = frozenset(["heure", "heures"])
FIRST = {"1er": "premier", "1ers": "premiers", "1ère": "première", "1ères": "premières"}
PARTS_OF_HOUR = {"demie": "30", "demi": "30", "quart": "15"}

_FUSABLE = CENTS | PARTS_OF_HOUR.keys() | {"h"}
_DIGITS = frozenset("0123456789")
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]+)?")
_INTEGER = re.compile(r"[0-9]+")
_ORDINAL = re.compile(r"0*([0-9]+)èmes?")
_BELOW_TWENTY = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze "
    "seize dix-sept dix-huit dix-neuf"
).split()
_TENS = (
    "zéro dix vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
)


def to_digits(text: str) -> str:
    """The text with numbers as digits, to be called on words without punctuation.

    >>> to_digits("mille neuf cent nonante neuf ou 2 millions cinq cent mille")
    '1999 ou 2500000'
    >>> to_digits("une question et vingt et un pour cent")
    'une question et 21 pourcent'
    """
    words = text.split()
    # To the end: a number that is put together can complete an amount or an hour.
    while True:
        # 1.5: lone "un" and "zéro" are left to _fuse, every other number is read.
        read = alpha2digit(" ".join(_scales_in_words(words)), "fr", 1.5).split()
        found = _fuse(_ones(read))
        if found == words:
            return " ".join(words)
        words = found


def in_words(number: int) -> str:
    """An integer from 1 to 999 as it is said.

    >>> in_words(271)
    'deux cent soixante et onze'
    """
    hundreds, rest = divmod(number, 100)
    said = [_BELOW_TWENTY[hundreds]] if hundreds > 1 else []
    said += ["cent"] if hundreds else []
    if rest >= 20:
        tens, units = divmod(rest, 10)
        units += 10 if tens in (7, 9) else 0
        said.append(_TENS[tens])
        said += ["et"] if units in (1, 11) and tens < 8 else []
        rest = units
    return " ".join([*said, _BELOW_TWENTY[rest]] if rest else said)


def _scales_in_words(words: list[str]) -> list[str]:
    """Digits beside a scale written as words, so that one grammar reads all of it."""
    if SCALES.keys().isdisjoint(words):
        return words
    found: list[str] = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        before = words[at - 1] if at else ""
        if word in SCALES and "," in before and found and _NUMBER.fullmatch(before):
            total = Decimal(before.replace(",", ".")) * SCALES[word]
            if total == int(total) and total >= 1000:
                found[-1] = str(int(total))
                continue
        is_small = bool(_INTEGER.fullmatch(word)) and not word.startswith("0") and len(word) < 4
        beside_scale = following in SCALES or (before in SCALES and "," not in following)
        found.append(in_words(int(word)) if is_small and beside_scale else word)
    return " ".join(found).split()


def _ones(words: list[str]) -> list[str]:
    """Zéro as 0; un beside a number as 1, a lone 1 as un or une; ordinals in one form."""
    found = list(words)
    for at, word in enumerate(words):
        if word == "zéro":
            found[at] = "0"
        elif word in ("un", "1"):
            following = words[at + 1] if at + 1 < len(words) else ""
            before = words[at - 1] if at else ""
            if _counts(before) or _counts(following):
                found[at] = "1"
            elif word == "1":
                found[at] = "une" if following in FEMININE else "un"
        elif word in FIRST:
            found[at] = FIRST[word]
        elif word.endswith(("ème", "èmes")) and (ordinal := _ORDINAL.fullmatch(word)):
            found[at] = f"{ordinal[1]}ème"
    return found


def _counts(word: str) -> bool:
    return word in ("zéro", "un") or bool(_NUMBER.fullmatch(word))


def _fuse(words: list[str]) -> list[str]:
    """Neighbouring numbers run together; amounts, hours and percentages in one form."""
    found: list[str] = []
    for word in words:
        if word[0] not in _DIGITS and word not in _FUSABLE:
            found.append(word)
            continue
        last, before, third = ([*found[:-4:-1], "", "", ""])[:3]
        is_amount = before in MONEY and len(last) <= 2 and bool(_INTEGER.fullmatch(last))
        if _INTEGER.fullmatch(word) and _INTEGER.fullmatch(last):
            found[-1] = last + word
        elif word == "100" and last == "pour" and _is_number(before):
            found[-1] = "pourcent"
        elif word in CENTS and is_amount:
            continue
        elif word in CENTS and _is_number(last) and before == "et" and third in MONEY:
            del found[-2]
        elif word in PARTS_OF_HOUR and last == "et" and before in HOURS and _is_number(third):
            found[-1] = PARTS_OF_HOUR[word]
        elif word == "h" and _is_number(last):
            is_one = last in ("un", "une")
            found[-1:] = (
                ["une", "heure"] if is_one else [last, "heure" if last == "0" else "heures"]
            )
        elif last in HOURS and _is_number(before) and _INTEGER.fullmatch(word):
            minutes = word.lstrip("0")
            found += [minutes] if minutes else []
        else:
            found.append(word)
    return found


def _is_number(word: str) -> bool:
    return word in ("un", "une") or bool(_NUMBER.fullmatch(word))
