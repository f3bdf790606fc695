"""Steps that several normalisers share. Each takes a text and gives one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

Step = Callable[[str], str]

_APOSTROPHES = "’‘ʼʹ`´′‛＇"  # typographic, modifier, accents used as one, prime
_DASHES = "‐‑‒–—―−﹘﹣－"
_FORM = {
    **{ord(mark): "'" for mark in _APOSTROPHES},
    **{ord(mark): "-" for mark in _DASHES},
    # Invisible: soft hyphen, zero-width and direction marks, byte-order mark.
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]),
}

_ANNOTATION = re.compile(r"\[[^\[\]]*\]|<[\w/][^<>]*>")


def run(steps: Iterable[Step], text: str) -> str:
    """The text after all steps, its words one space apart."""
    for step in steps:
        text = step(text)
    return " ".join(text.split())


def fold_form(text: str) -> str:
    """One Unicode form (NFKC), lower case, one kind of apostrophe and of hyphen.

    >>> fold_form("L’ACCUEIL — ﬁn")
    "l'accueil - fin"
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # Marks go first: NFKC would take '´' apart into a space and an accent. Lower case can undo
    # the form (İ), and the form can bring a mark back (U+2011), hence both twice.
    text = unicodedata.normalize("NFKC", text.translate(_FORM)).lower()
    return unicodedata.normalize("NFKC", text).translate(_FORM)


def drop_annotations(text: str) -> str:
    """Without what stands in [square] or <angle> brackets: notes about the sound, not speech.

    Round brackets lose only the brackets: people do put spoken words in them.

    >>> drop_annotations("yes [laughter] it is <unk>").split()
    ['yes', 'it', 'is']
    """
    return _ANNOTATION.sub(" ", text)


class Marks(dict[int, str]):
    """A table for str.translate: every mark and symbol is a space, except those kept.

    Letters, accents on them and digits of any script stay; what Unicode files under
    punctuation, symbols, controls and separators goes.
    """

    def __init__(self, kept: str) -> None:
        super().__init__({ord(mark): mark for mark in kept})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = character if unicodedata.category(character)[0] in "LMN" else " "
        return self[code]
