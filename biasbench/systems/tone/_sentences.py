"""The agent's words of a transcript, turn by turn and sentence by sentence.

By the marks that end sentences in English and French, and by nothing that was learnt: the same
words always end at the same place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from biasbench.systems import Transcript, Word

#: Written with a point that ends no sentence. So is a capital alone, but I: 'J. Smith', 'M. Roy'.
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "st", "prof", "sr", "jr", "vs", "mme", "mlle"})
_OPENING = "\"'«“‘(["
_CLOSING = "\"'»”’)]"


def agent_turns(transcript: Transcript) -> tuple[list[list[Word]], Counter[str]]:
    """The agent's words, a list for each time the agent holds the floor, and how many of others.

    Where no word has a role, all are of one turn. Words have their times where the words of the
    transcript are those of its text.

    >>> said = [("hello", "agent"), ("hi", "customer"), ("yes", "agent")]
    >>> words = tuple(Word(text, role=role) for text, role in said)
    >>> turns, others = agent_turns(Transcript("hello hi yes", words))
    >>> [[word.text for word in turn] for turn in turns], dict(others)
    ([['hello'], ['yes']], {'customer': 1})
    """
    if not any(word.role for word in transcript.words):
        whole = [Word(token) for token in transcript.text.split()]
        timed = [piece for word in transcript.words for piece in _pieces(word)]
        same = [word.text for word in timed] == [word.text for word in whole]
        return [timed if same else whole], Counter()
    turns: list[list[Word]] = []
    others: Counter[str] = Counter()
    for role, words in groupby(transcript.words, key=lambda word: (word.role or "").lower()):
        if role == "agent":
            turns.append([piece for word in words for piece in _pieces(word)])
        else:
            others[role or "nobody named"] += len(list(words))
    return turns, others


def sentences(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    """The words sentence by sentence; what holds no letter or digit belongs to the one before.

    A sentence ends at a word that ends in . ! or ?, but not at an abbreviation, and at '...' only
    if a capital follows. Words without any letter or digit at all give no sentence.

    >>> text = "Good morning, Mr. Roy! I see... one moment. C'est utile ?"
    >>> [" ".join(w.text for w in one) for one in sentences([Word(t) for t in text.split()])]
    ['Good morning, Mr. Roy!', 'I see... one moment.', "C'est utile ?"]
    """
    found: list[list[Word]] = []
    is_closed = False
    for at, word in enumerate(words):
        holds_text = _has_letters(word.text)
        if not found or (is_closed and holds_text):
            found.append([])
        found[-1].append(word)
        following = words[at + 1].text if at + 1 < len(words) else ""
        speaks = any(_has_letters(one.text) for one in found[-1])
        is_closed = speaks and (_ends(word.text, following) or (is_closed and not holds_text))
    return [tuple(one) for one in found if any(_has_letters(word.text) for word in one)]


def _ends(word: str, following: str) -> bool:
    bare = word.rstrip(_CLOSING)
    if bare.endswith(("...", "…")):
        return following[:1].isupper()
    if not bare.endswith("."):
        return bare.endswith(("!", "?"))
    stem = bare.rstrip(".").lstrip(_OPENING)
    is_initial = len(stem) == 1 and stem.isupper() and stem != "I"
    return not (is_initial or stem.lower() in _ABBREVIATIONS)


def _has_letters(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _pieces(word: Word) -> list[Word]:
    return [
        Word(piece, word.start, word.end, word.confidence, word.role) for piece in word.text.split()
    ]
