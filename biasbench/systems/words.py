"""Words with their times, as they lie in a cell of a table: a JSON list.

None says that nobody knows the words, an empty tuple that there are none.
"""

from __future__ import annotations

import json
import math

from biasbench.errors import TableError
from biasbench.systems import Word


def words_of(cell: str | None, source: str = "words") -> tuple[Word, ...] | None:
    """The words of one cell, a JSON list of {word, start, end, confidence, role}.

    None for an empty cell. A time that is absent or null is None. Raises TableError, `source`
    first, for a cell that is something else, or a word that ends before it starts.

    >>> words_of('[{"word": "thanks", "start": 0.4, "end": 0.9, "role": "agent"}]')
    (Word(text='thanks', start=0.4, end=0.9, confidence=None, role='agent'),)
    >>> words_of("[]"), words_of(None)
    ((), None)
    """
    if cell is None or not isinstance(cell, str) or not cell.strip():
        return None
    try:
        entries = json.loads(cell)
    except json.JSONDecodeError as error:
        raise TableError(f"{source}: words are not JSON ({error}): {_short(cell)}") from error
    if not isinstance(entries, list):
        raise TableError(f"{source}: words are no JSON list of words: {_short(cell)}")
    return tuple(_word(entry, f"{source}: word {at}") for at, entry in enumerate(entries, start=1))


def _word(entry: object, place: str) -> Word:
    if not isinstance(entry, dict) or not isinstance(entry.get("word"), str):
        raise TableError(f"{place} is {_short(repr(entry))}, not an object with the text 'word'")
    start, end, confidence = (_number(entry, name, place) for name in _NUMBERS)
    if start is not None and end is not None and end < start:
        raise TableError(
            f"{place} ('{entry['word']}') ends at {end:g} s, before it starts at {start:g} s"
        )
    role = entry.get("role")
    if role is not None and not isinstance(role, str):
        raise TableError(f"{place}: role is {role!r}, not a text such as 'agent'")
    return Word(entry["word"], start, end, confidence, role or None)


_NUMBERS = ("start", "end", "confidence")


def _number(entry: dict[str, object], name: str, place: str) -> float | None:
    value = entry.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TableError(f"{place}: {name} is {value!r}, not a number or null")
    return float(value)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
