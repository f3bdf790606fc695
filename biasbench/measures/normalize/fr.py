"""French: what sounds alike is written alike, on both sides, and nothing is corrected.

Principles. Numbers become digits (text2num, which knows septante, huitante and nonante), amounts,
percentages and hours take one form, neighbouring numbers are run together: 06 12 and 0612 are
the same digits said. Elided words are words: l'accueil is "l' accueil", so that a wrong article
costs one word and not two; the apostrophe counts as an elision only before a vowel or h, and
aujourd'hui or quelqu'un stay whole. What was said reduced stays as it was said: « j'sais »,
« y'a » and « t'façon » are not turned into written French. Accents stay (a, à), except the
circumflex on i and u, optional since the spelling reform of 1990; œ is oe. A hyphen is a space.
Hesitations (euh, heu, hum, hm, mm) are removed; hein, ben, bah, bon, ah and oh stay.

"Un" and "une" alone stay words, because they are articles; a lone digit 1 becomes un, or une
before the nouns of a short list.
"""

# ruff: noqa: SIM905 - a list of words reads best as a line of words

from __future__ import annotations

import re

from biasbench.measures.normalize._numbers_fr import to_digits
from biasbench.measures.normalize._steps import Marks, Step, drop_annotations, fold_form, run

VERSION = 1

# Before a number: no digit, nor the point or comma of one.
_APART = r"(?<![0-9])(?<![0-9][.,])"

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "î": "i", "û": "u"})
_MARKS = Marks(kept="',.")

_MONSIEUR = re.compile(r"(?<![\w'.])(?<![0-9] )m\.(?= *\w)")
_INITIALS = re.compile(r"\b[a-zà-ÿ](?:\.[a-zà-ÿ])+\b\.?")

_READ_ALOUD = {
    "%": "pourcent", "&": "et", "@": "arobase", "+": "plus", "=": "égale", "°": "degrés",
    "€": "euros", "$": "dollars", "£": "livres", "§": "paragraphe",
}  # fmt: skip
_SYMBOL = re.compile(f"[{re.escape(''.join(_READ_ALOUD))}]")
_UNITS = {"€": "euro", "$": "dollar", "£": "livre"}
_MONEY_AFTER = re.compile(
    r"(?<![0-9.,])([0-9]+(?:[ .][0-9]{3})*)(?:[,.]([0-9]+))?"
    r"(?: ?(mille|millions?|milliards?))? ?([€$£])(?: ?([0-9]{2})(?![0-9,.]))?"
)
_MONEY_BEFORE = re.compile(r"([€$£]) ?([0-9]+(?:[ .][0-9]{3})*)(?:[,.]([0-9]+))?(?![0-9])")
_NUMERO = re.compile(r"\bn(?:°|º|os?(?= ?[0-9]))(?= ?[0-9])")
_MINUS = re.compile(r"(?<![\w.,)-])-(?=[0-9])")

_CLOCK = re.compile(
    rf"(?<!:){_APART}([0-9]{{1,2}}) ?"
    r"(?:(?:h|:(?=[0-9])) ?([0-5][0-9])(?![0-9:])|h(?! ?[0-9:])(?!\w))"
)
_ORDINAL = re.compile(
    r"\b([0-9]+)(ers?|ères?|eres?|res?|ièmes?|iemes?|èmes?|emes?|es?|ndes?|nds?)\b"
)

_THOUSANDS = re.compile(rf"{_APART}([0-9]{{1,3}})((?:\.[0-9]{{3}})+)(?![0-9]|[.,][0-9])")
_DECIMAL_POINT = re.compile(rf"{_APART}([0-9]+)\.([0-9]+)(?![0-9]|[.,][0-9])")
_LOOSE_POINT = re.compile(r"(?<![0-9])[.,]|[.,](?![0-9])")
_SEVERAL_POINTS = re.compile(r"[0-9]+(?:[.,][0-9]+){2,}")
_DIGIT_LETTER = re.compile(r"(?<=[0-9])(?!ème\b)(?=[^\W\d_])|(?<=[^\W\d_])(?=[0-9])")

_ELIDED = frozenset("l d j m t s n c qu jusqu lorsqu puisqu quoiqu".split())
_ELISION = re.compile(rf"\b({'|'.join(sorted(_ELIDED))})'(?=[aeiouyàâäéèêëïîôöùûüh0-9])")
_LAST_APOSTROPHE = re.compile(r"(\w*)'(?!\w)")
_FIRST_APOSTROPHE = re.compile(r"(?<!\w)'")

_HESITATION = re.compile(r"e+u+h+|h+e+u+h*|h+u+m+|h+m+|m{2,}")
_WORDS = {
    "mme": "madame", "mlle": "mademoiselle", "dr": "docteur",
    "okay": "ok", "etcetera": "etc", "cétéra": "etc", "email": "e mail", "weekend": "week end",
    "clef": "clé", "clefs": "clés", "évènement": "événement", "évènements": "événements",
    "pourcents": "pourcent",
}  # fmt: skip


def normalize(text: str) -> str:
    """The text as it would be written by one careful transcriber.

    >>> normalize("L’accueil ouvre à 10h30, c'est vingt-deux euros cinquante et 5 %.")
    "l' accueil ouvre à 10 heures 30 c' est 22 euros 50 et 5 pourcent"
    """
    return run(STEPS, text)


def fold_letters(text: str) -> str:
    """œ as oe, î and û as i and u."""
    return text if text.isascii() else text.translate(_LETTERS)


def read_abbreviations(text: str) -> str:
    """M. and n° in full; S.N.C.F. as SNCF."""
    text = _NUMERO.sub("numéro ", text)
    if "." not in text:
        return text
    return _INITIALS.sub(lambda found: found[0].replace(".", ""), _MONSIEUR.sub("monsieur ", text))


def read_symbols(text: str) -> str:
    """With amounts and signs in words: 22,50 € as 22 euros 50; 5 % as 5 pourcent."""
    if "-" in text:
        text = _MINUS.sub(" moins ", text)
    if not _SYMBOL.search(text):
        return text
    text = _MONEY_AFTER.sub(
        lambda found: _amount(found[4], found[1], found[2] or found[5], found[3]), text
    )
    text = _MONEY_BEFORE.sub(lambda found: _amount(found[1], found[2], found[3], None), text)
    return _SYMBOL.sub(lambda found: f" {_READ_ALOUD[found[0]]} ", text)


def _amount(sign: str, whole: str, part: str | None, scale: str | None) -> str:
    whole = whole.replace(" ", "").replace(".", "")
    unit = _UNITS[sign] + ("" if whole in ("0", "1") else "s")
    if scale:
        de = "d'" if scale != "mille" and sign == "€" else "de " if scale != "mille" else ""
        number = whole + (f",{part}" if part else "")
        return f" {number} {scale} {de}{_UNITS[sign]}s "
    if part is None or part == "00":
        return f" {whole} {unit} "
    if len(part) != 2:
        return f" {whole},{part} {unit} "
    if whole == "0":
        return f" {part.lstrip('0')} centimes "
    return f" {whole} {unit} {part} "


def read_hours(text: str) -> str:
    """10h30, 10 h 30 and 10:30 as 10 heures 30."""
    return _CLOCK.sub(_hour, text) if _has_digit(text) else text


def _has_digit(text: str) -> bool:
    return any(digit in text for digit in "0123456789")


def _hour(found: re.Match[str]) -> str:
    minutes = (found[2] or "").lstrip("0")
    unit = "heure" if found[1].lstrip("0") in ("", "1") else "heures"
    return f" {found[1].lstrip('0') or '0'} {unit} {minutes} "


def read_ordinals(text: str) -> str:
    """1er as premier, 1re as première, 2nd as second; 2e, 2ème as 2ème."""
    return _ORDINAL.sub(_ordinal, text) if _has_digit(text) else text


def _ordinal(found: re.Match[str]) -> str:
    number, ending = found[1].lstrip("0") or "0", found[2]
    plural = "s" if ending.endswith("s") else ""
    if number == "1" and ending[0] in "eèr":
        feminine = ending.rstrip("s") in ("ère", "ere", "re")
        return f" {'première' if feminine else 'premier'}{plural} "
    if ending.startswith("nd"):
        return (
            f" {'seconde' if 'e' in ending else 'second'}{plural} " if number == "2" else found[0]
        )
    if ending.rstrip("s") in ("er", "ère", "ere", "re"):
        return found[0]
    return f" {number}ème "


def part_digits(text: str) -> str:
    """10.000 as one number, 3.5 as 3,5, and letters apart from digits."""
    if not _has_digit(text):
        return text
    text = _THOUSANDS.sub(lambda found: found[0].replace(".", ""), text)
    text = _DECIMAL_POINT.sub(r"\1,\2", text)
    text = _SEVERAL_POINTS.sub(lambda found: re.sub("[.,]", " ", found[0]), text)
    return _DIGIT_LETTER.sub(" ", text)


def drop_punctuation(text: str) -> str:
    """Without marks; elided words stand apart with their apostrophe, decimals keep the comma."""
    text = text.translate(_MARKS)
    if "'" in text:
        text = _FIRST_APOSTROPHE.sub(" ", _ELISION.sub(r"\1' ", text))
        text = _LAST_APOSTROPHE.sub(_last_apostrophe, text)
    return _LOOSE_POINT.sub(" ", text) if "," in text or "." in text else text


def _last_apostrophe(found: re.Match[str]) -> str:
    return f"{found[1]}' " if found[1] in _ELIDED else f"{found[1]} "


def drop_hesitations(text: str) -> str:
    """Without euh, heu, hum, hm, mm."""
    return " ".join(
        [word for word in text.split() if word[0] not in "ehm" or not _HESITATION.fullmatch(word)]
    )


def write_out(text: str) -> str:
    """With titles and a few spelling variants written one way."""
    text = text.replace("et cetera", "etc").replace("et cétéra", "etc")
    return " ".join([_WORDS.get(word, word) for word in text.split()])


STEPS: tuple[Step, ...] = (
    fold_form,
    fold_letters,
    drop_annotations,
    read_abbreviations,
    read_symbols,
    read_hours,
    read_ordinals,
    part_digits,
    drop_punctuation,
    write_out,
    drop_hesitations,
    to_digits,
)
