"""Words and turns with their times, from the cells of TRANSCRIPTS, UTTERANCES and TURNS.

`None` for a unit says that nobody knows: no times were given, the system failed, nobody listened.
An empty tuple says that there is nothing: the system wrote no word, people heard no speech. The
two are never mixed, since the one is missing and the other a silence from end to end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.intervals import Interval
from biasbench.systems import Word
from biasbench.systems.words import words_of
from biasbench.tables import TURNS, is_empty, place_of


@dataclass(frozen=True)
class Turn:
    """A stretch in which people hear speech, seconds; `role` says whose, None if nobody knows."""

    start: float
    end: float
    role: str | None = None


def words_by_unit(
    status: NDArray[np.object_], cells: Sequence[str | None], *, source: str = "words"
) -> list[tuple[Word, ...] | None]:
    """The words of n units of one system, None where nobody knows them.

    `status` (n,) is the transcript's: "ok", "empty", "failed", "skipped", or None. An empty
    transcript has no words, and that is known; but only of a system that gives times to the words
    it does write. Otherwise the only units with a silence to measure would be those in which it
    heard nothing.

    >>> words_by_unit(np.array(["ok", "empty", "failed"], object), ['[{"word": "yes", "start": 0.1,'
    ...               ' "end": 0.4}]', None, None])[1:]
    [(), None]
    >>> words_by_unit(np.array(["ok", "empty"], object), [None, None])
    [None, None]
    """
    if len(status) != len(cells):
        raise OptionError(f"{len(status)} statuses and {len(cells)} cells: they must pair up")
    found = [
        words_of(cell, source) if state == "ok" else None
        for state, cell in zip(status, cells, strict=True)
    ]
    gives_times = any(words and spans(words) is not None for words in found)
    return [
        () if state == "empty" and gives_times else words
        for state, words in zip(status, found, strict=True)
    ]


def spans(words: Sequence[Word] | Sequence[Turn] | None) -> list[Interval] | None:
    """(start, end) of each word or turn; None if there are none to know, or one lacks a time.

    A word without a time may lie anywhere, so that no gap is known to be one.

    >>> spans([Word("yes", 0.1, 0.4), Word("no", 0.5, 0.8)]), spans([Word("yes")]), spans([])
    ([(0.1, 0.4), (0.5, 0.8)], None, [])
    """
    if words is None:
        return None
    found: list[Interval] = []
    for word in words:
        if word.start is None or word.end is None:
            return None
        found.append((word.start, word.end))
    return found


def turns_by_unit(
    turns: pd.DataFrame,
    units: Sequence[str],
    *,
    is_listened: NDArray[np.bool_] | None = None,
    role: str | None = None,
) -> list[tuple[Turn, ...] | None]:
    """The turns (table TURNS) of n units in the order given; None where nobody listened.

    is_listened: (n,), the units that people listened to; without it, those with at least one turn,
    of whatever role. A call of which the table has no row then counts as not listened to and not as
    silent. role: only the turns of that role.

    Raises TableError for a turn of no unit given, one that ends before it starts, or one of a unit
    that was not listened to, and NotFoundError for a role that no turn has.

    >>> heard = pd.DataFrame({"unit_id": ["c1", "c1"], "start": [0.0, 4.0], "end": [3.0, 6.0],
    ...                       "role": ["agent", "customer"]})
    >>> turns_by_unit(heard, ["c1", "c2"], role="agent")
    [(Turn(start=0.0, end=3.0, role='agent'),), None]
    >>> turns_by_unit(heard, ["c1", "c2"], is_listened=np.array([True, True]))[1]
    ()
    """
    table = TURNS.check(turns, source="turns")
    place = {unit: at for at, unit in enumerate(units)}
    _check_turns(table, place)
    places = table["unit_id"].map(place).to_numpy(dtype=np.intp)
    if is_listened is None:
        is_listened = np.isin(np.arange(len(units)), places)
    if len(is_listened) != len(units):
        raise OptionError(
            f"{len(is_listened)} of is_listened and {len(units)} units: they must pair up"
        )
    deaf = ~np.asarray(is_listened, dtype=bool)[places]
    if deaf.any():
        first = int(deaf.argmax())
        raise TableError(
            f"{place_of(table, 'turns', first)}: a turn of unit '{table['unit_id'].iloc[first]}', "
            "which is declared not listened to"
        )
    roles: list[str | None] = [None] * len(table)
    if "role" in table.columns:
        blank = is_empty(table["role"])
        roles = [None if no else str(name) for no, name in zip(blank, table["role"], strict=True)]
    if role is not None and role not in roles:
        raise not_found("role of a turn", role, {name for name in roles if name is not None})
    found: list[list[Turn]] = [[] for _ in units]
    cells = zip(places.tolist(), table["start"], table["end"], roles, strict=True)
    for at, start, end, whose in cells:
        if role is None or whose == role:
            found[at].append(Turn(float(start), float(end), whose))
    return [tuple(one) if heard else None for one, heard in zip(found, is_listened, strict=True)]


def _check_turns(table: pd.DataFrame, place: dict[str, int]) -> None:
    strange = ~table["unit_id"].isin(place).to_numpy()
    if strange.any():
        at = int(strange.argmax())
        raise TableError(
            f"{place_of(table, 'turns', at)}: unit '{table['unit_id'].iloc[at]}' is none of the "
            f"{len(place)} units measured"
        )
    start, end = (table[name].to_numpy(dtype=float) for name in ("start", "end"))
    wrong = ~(np.isfinite(start) & np.isfinite(end) & (start <= end))
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"{place_of(table, 'turns', at)}: the turn goes from {start[at]:g} to {end[at]:g} s; "
            "give a start and an end, the end not before the start"
        )
