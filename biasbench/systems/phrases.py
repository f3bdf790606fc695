"""Phrases: which of some listed phrases are in a text, and at which words.

What listens for phrases (a system that counts "thank you", a measure of keyword recall) reads with
these rules, so that a phrase counts alike wherever it is counted.

Words are compared as tokens: Unicode form NFKC, lower case, one kind of apostrophe, no punctuation.
A hyphen is a space (rendez-vous, rendez vous). Accents stay, but for the circumflex on i and u,
optional in French since 1990 (plaît, plait), and œ is oe. A French elided word is a word of its
own without its apostrophe (l'accueil, l' accueil and "l accueil" are the tokens l, accueil);
aujourd'hui stays whole, and so do don't and it's.

The text is read from left to right. At each word the longest phrase that begins there is taken, and
reading goes on after it: "sorry to hear" is that phrase and not "sorry" too. So no word is counted
twice, and a phrase belongs to one category only. The time is that of reading the words, whatever
the number of phrases.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from biasbench.errors import OptionError
from biasbench.systems import Word

_FORM = {
    **{ord(mark): "'" for mark in "’‘ʼʹ`´′‛＇"},
    # Invisible: soft hyphen, zero-width and direction marks, byte-order mark.
    **dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]),
}
_LETTERS = {**_FORM, ord("œ"): "oe", ord("æ"): "ae", ord("î"): "i", ord("û"): "u"}
_ELISION = re.compile(r"\b(l|d|j|m|t|s|n|c|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[^\W_])")
_MARKS_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


@dataclass(frozen=True)
class Hit:
    """One phrase found: words[first] to words[last], both included, of what was searched.

    `phrase` is as the list writes it, `words` as they stand in the text, without the marks around.
    """

    category: str
    phrase: str
    first: int
    last: int
    words: str


@dataclass(frozen=True)
class Phrases:
    """The phrases of one language by category, ready to be looked for.

    Raises OptionError for a phrase without a word and for one that is in two categories.

    >>> Phrases({"thanks": ["thank you"], "courtesy": ["Thank-You"]})
    Traceback (most recent call last):
    biasbench.errors.OptionError: 'Thank-You' is in 'thanks' and in 'courtesy'. ...
    """

    categories: Mapping[str, Sequence[str]]
    _lengths: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    _found: dict[tuple[str, ...], tuple[str, str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[tuple[str, ...], tuple[str, str]] = {}
        for category, listed in self.categories.items():
            for phrase in listed:
                key = tokens(phrase)
                if not key:
                    raise OptionError(
                        f"{phrase!r} in '{category}' holds no word. Write the words to look for, "
                        "or remove it"
                    )
                other = found.setdefault(key, (category, phrase))[0]
                if other != category:
                    raise OptionError(
                        f"{phrase!r} is in '{other}' and in '{category}'. A phrase counts once: "
                        "keep it in one of them"
                    )
        lengths: dict[str, set[int]] = {}
        for key in found:
            lengths.setdefault(key[0], set()).add(len(key))
        longest_first = {word: tuple(sorted(n, reverse=True)) for word, n in lengths.items()}
        object.__setattr__(self, "_lengths", longest_first)
        object.__setattr__(self, "_found", found)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared; none for a text of punctuation only.

    >>> tokens("« S’il vous plaît », rendez-vous AUJOURD'HUI ! Don't…")
    ('s', 'il', 'vous', 'plait', 'rendez', 'vous', "aujourd'hui", "don't")
    """
    if text.isascii():
        folded = text.lower().replace("`", "'")
    else:
        # Marks go first: NFKC would take '´' apart into a space and an accent. Lower case can undo
        # the form (İ), and the form can bring a mark back (ŉ), hence both twice.
        folded = unicodedata.normalize("NFKC", text.translate(_FORM)).lower()
        folded = unicodedata.normalize("NFKC", folded).translate(_LETTERS)
    if "'" in folded:
        folded = _ELISION.sub(r"\1 ", folded)
    return tuple(_TOKEN.findall(folded))


def find_phrases(words: str | Sequence[str] | Sequence[Word], phrases: Phrases) -> tuple[Hit, ...]:
    """Every phrase in the words, from left to right, none overlapping another.

    words: a text (its words are what white space parts), texts of words, or recognised words; the
    positions of a hit are in that sequence, so that the times of its words are at hand.

    >>> found = find_phrases("Merci, s’il vous plaît.", Phrases({"please": ["s'il vous plait"]}))
    >>> found[0].first, found[0].last, found[0].words
    (1, 3, 's’il vous plaît')
    """
    texts = words_of(words)
    read: list[str] = []
    where: list[int] = []
    for index, text in enumerate(texts):
        of_word = _tokens_of_word(text)
        read.extend(of_word)
        where.extend([index] * len(of_word))
    hits = []
    at, n_read = 0, len(read)
    lengths, found = phrases._lengths, phrases._found
    while at < n_read:
        taken = 1
        for length in lengths.get(read[at], ()):
            key = tuple(read[at : at + length])
            entry = found.get(key)
            if entry is not None and len(key) == length:  # the text's end cuts a key short
                first, last = where[at], where[at + length - 1]
                hits.append(Hit(*entry, first, last, _quoted(texts[first : last + 1])))
                taken = length
                break
        at += taken
    return tuple(hits)


def count_phrases(words: str | Sequence[str] | Sequence[Word], phrases: Phrases) -> dict[str, int]:
    """How many phrases of each category are in the words; 0 for a category without any.

    >>> lists = {"thanks": ["thank you", "thanks"], "apology": ["sorry"]}
    >>> count_phrases("Thank you. Thanks a lot!", Phrases(lists))
    {'thanks': 2, 'apology': 0}
    """
    counts = dict.fromkeys(phrases.categories, 0)
    for hit in find_phrases(words, phrases):
        counts[hit.category] += 1
    return counts


def is_word(text: str) -> bool:
    """Whether there is anything to compare in it: '!' and '…' are no words.

    >>> is_word("l'"), is_word("!")
    (True, False)
    """
    return bool(_tokens_of_word(text))


def words_of(words: str | Sequence[str] | Sequence[Word]) -> list[str]:
    """The text of each word."""
    if isinstance(words, str):
        return words.split()
    return [word.text if isinstance(word, Word) else word for word in words]


def _quoted(texts: Sequence[str]) -> str:
    return _MARKS_AROUND.sub("", " ".join(texts))


# A recogniser's words come back again and again: of a million, a few thousand are different.
_tokens_of_word = lru_cache(maxsize=1 << 16)(tokens)
