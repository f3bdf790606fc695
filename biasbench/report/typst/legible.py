"""Text as it can be printed: nothing invisible, nothing without a glyph, nothing too long to break.

Labels and utterances are other people's words. A character that no font shows, or that would
turn the reading direction round, is printed as its code point: [U+202E]. A word too long for
its line is given as pieces; a line may end between them, and nothing is added there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from biasbench.report.typst.fonts import shown

#: Printed as it is, or in pieces between which a line may end.
Text = str | list[str]

#: Where machine text (names, hashes, key=value) reads best when broken.
SEPARATORS = "|/\\:;,._=&?@#-+ "
#: Joiners, without which Persian and Indic scripts are misspelt.
_JOINERS = ("\u200c", "\u200d")
#: What ends a line elsewhere, or nothing at all on paper.
_BLANKS = {ord(c): "\n" for c in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"} | {9: " ", 173: ""}
#: A longer word, in letters, may be broken wherever it has a separator.
_LONG = 32
#: Letters in a piece of a word that has none: few, so that lines are filled.
_PIECE = 6


def legible(text: str) -> str:
    r"""The text, with a code point in brackets for every character that cannot be seen.

    >>> legible("\u202egnp.exe"), legible("ok\t\U0001fae0"), legible("12\u202f345\u00a0%")
    ('[U+202E]gnp.exe', 'ok [U+1FAE0]', '12\u202f345\xa0%')
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_BLANKS)
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_seen(c) else f"[U+{ord(c):04X}]" for c in text)


def one_line(text: str) -> str:
    r"""The same on one line, for a heading or a cell.

    >>> one_line("a\n\nb")
    'a b'
    """
    return " ".join(part for part in legible(text).split("\n") if part)


def breakable(text: str, too_long: Callable[[str], bool] | None = None) -> Text:
    """The text, in pieces where a word is too long; `too_long` judges a word, by letters if None.

    >>> breakable("a plain sentence")
    'a plain sentence'
    >>> breakable("system:faster-whisper/tiny.en@1.2")
    ['system:', 'faster-', 'whisper/', 'tiny.', 'en@', '1.', '2']
    >>> breakable("abcd", lambda word: len(word) > 2)
    ['ab', 'cd']
    """
    judge = too_long or (lambda word: len(word) > _LONG)
    if not any(judge(word) for word in text.split()):
        return text
    pieces = [""]
    for word in _words(text):
        if not judge(word.strip()):
            pieces[-1] += word
            continue
        for part in _parts(word):
            pieces += _cut(part, judge) if judge(part.strip()) else [part]
    return [piece for piece in pieces if piece]


def _words(text: str) -> Iterable[str]:
    """Words with the space or line end after them."""
    start = 0
    for place, character in enumerate(text):
        if character in " \n":
            yield text[start : place + 1]
            start = place + 1
    yield text[start:]


def _parts(word: str) -> Iterable[str]:
    """A word cut after its separators."""
    start = 0
    for place, character in enumerate(word):
        if character in SEPARATORS and word[place + 1 : place + 2] != character:
            yield word[start : place + 1]
            start = place + 1
    yield word[start:]


def _cut(word: str, judge: Callable[[str], bool]) -> list[str]:
    """A word without separators, cut into pieces of a few letters that are not too long."""
    pieces = [""]
    for character in word:
        joined = _continues(character) or pieces[-1].endswith(_JOINERS)
        is_full = len(pieces[-1]) >= _PIECE or judge(pieces[-1] + character)
        if pieces[-1] and not joined and is_full:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _continues(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or character in _JOINERS


def _is_seen(character: str) -> bool:
    if character in "\n" or character in _JOINERS:
        return True
    return unicodedata.category(character)[0] != "C" and ord(character) in shown()
