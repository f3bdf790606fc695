"""Attribution: is what the customer says put down to the agent?

    misattribution_rate    words given to another role than that of whose turn they lie in / words

A word lies where its midpoint does. It is counted where that is in turns of exactly one role and
the system gives it a role; the rest is left out and counted apart (`AttributionCounts`), since
nobody can say whose it is. The kind of measure is the word diarisation error rate (El Shafey,
Soltau and Shafran 2019, "Joint speech recognition and speaker diarization via sequence
transduction", Interspeech), with times in place of a word alignment: whether the word itself is the
right one plays no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from biasbench.errors import OptionError, not_found
from biasbench.measures.metrics import Fractions
from biasbench.measures.timed_words import Turn
from biasbench.systems import Word

#: The roles of a call. People's turns may have others, and the system's words then too.
ROLES = ("agent", "customer")


@dataclass(frozen=True)
class AttributionCounts:
    """What became of the words of a unit; adds up over units.

    right, wrong: the system's role is that of the turn, or another. outside: in no turn.
    overlapping: in turns of several roles. no_role: the system gives none. unknown: the word has no
    times, or the turn it lies in no role.
    """

    right: int = 0
    wrong: int = 0
    outside: int = 0
    overlapping: int = 0
    no_role: int = 0
    unknown: int = 0

    def __add__(self, other: AttributionCounts) -> AttributionCounts:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return AttributionCounts(*(one + more for one, more in pairs))

    @property
    def compared(self) -> int:
        """Words whose role could be set against people's: right and wrong together."""
        return self.right + self.wrong

    @property
    def left_out(self) -> int:
        """All other words."""
        return self.outside + self.overlapping + self.no_role + self.unknown


def count_attributions(
    words: Iterable[Word], turns: Sequence[Turn], *, role: str | None = None
) -> AttributionCounts:
    """Where the words of one unit lie and whose the system says they are.

    role: only words that lie in that role's turns are right or wrong; those in other people's turns
    are not counted at all. What is left out is counted whatever the role. A midpoint on the border
    of two roles' turns is in both.

    >>> turns = [Turn(0.0, 2.0, "agent"), Turn(3.0, 5.0, "customer"), Turn(4.5, 6.0, "agent")]
    >>> words = [Word("hello", 0.0, 0.5, role="agent"), Word("no", 3.0, 3.4, role="agent"),
    ...          Word("but", 4.6, 4.8, role="agent"), Word("so", 8.0, 8.5, role="agent")]
    >>> count_attributions(words, turns)
    AttributionCounts(right=1, wrong=1, outside=1, overlapping=1, no_role=0, unknown=0)
    >>> count_attributions(words, turns, role="customer").compared
    1
    """
    tally = dict.fromkeys(AttributionCounts.__dataclass_fields__, 0)
    for word in words:
        fate, whose = _fate(word, turns)
        if fate in ("right", "wrong") and role is not None and whose != role:
            continue
        tally[fate] += 1
    return AttributionCounts(**tally)


def misattribution_rate(
    words: Sequence[Sequence[Word] | None],
    turns: Sequence[Sequence[Turn] | None],
    *,
    role: str | None = None,
) -> Fractions:
    """Words given to another role than that of the turn they lie in / words compared, per unit.

    role="customer": of what the customer says, the share put down to somebody else, so that their
    anger reaches the agent's score. Missing where the words or the turns are not known, where the
    unit has words and the system gives none of them both a role and times, and where no turn has a
    role. 0/0 where no word lies where it could be compared.

    Raises NotFoundError for a `role` that no turn has, and OptionError where the system's roles are
    of another vocabulary than people's ('spk_0', 'Agent'), which would make every word wrong.

    >>> turns = [[Turn(0.0, 2.0, "agent"), Turn(3.0, 5.0, "customer")]] * 3
    >>> words = [[Word("hello", 0.0, 0.5, role="agent"), Word("no", 3.0, 3.4, role="agent")],
    ...          [Word("hello", 0.0, 0.5)], None]
    >>> misattribution_rate(words, turns)
    (array([ 1., nan, nan]), array([ 2., nan, nan]))
    >>> misattribution_rate(words, turns, role="agent")[0]
    array([ 0., nan, nan])
    """
    if len(words) != len(turns):
        raise OptionError(f"words of {len(words)} units and turns of {len(turns)} must pair up")
    _check_roles(words, turns, role)
    table = np.full((len(words), 2), np.nan)
    for at, (written, heard) in enumerate(zip(words, turns, strict=True)):
        if written is None or heard is None:
            continue
        has_word = any(_middle(word) is not None and word.role is not None for word in written)
        has_turn = any(turn.role is not None for turn in heard)
        if (written and not has_word) or (heard and not has_turn):
            continue
        counts = count_attributions(written, heard, role=role)
        table[at] = counts.wrong, counts.compared
    return table[:, 0].copy(), table[:, 1].copy()


def _fate(word: Word, turns: Sequence[Turn]) -> tuple[str, str | None]:
    """The field of AttributionCounts that the word adds to, and whose turn it lies in."""
    middle = _middle(word)
    if middle is None:
        return "unknown", None
    whose = {turn.role for turn in turns if turn.start <= middle <= turn.end}
    if not whose:
        return "outside", None
    if len(whose) > 1:
        return "overlapping", None
    (owner,) = whose
    if owner is None:
        return "unknown", None
    if word.role is None:
        return "no_role", owner
    return ("right" if word.role == owner else "wrong"), owner


def _middle(word: Word) -> float | None:
    return None if word.start is None or word.end is None else (word.start + word.end) / 2


def _check_roles(
    words: Sequence[Sequence[Word] | None],
    turns: Sequence[Sequence[Turn] | None],
    role: str | None,
) -> None:
    peoples = {turn.role for heard in turns for turn in heard or () if turn.role is not None}
    if role is not None and role not in peoples:
        raise not_found("role of a turn", role, peoples)
    systems = {word.role for written in words for word in written or () if word.role is not None}
    strange = sorted(systems - peoples - set(ROLES))
    if strange and peoples:
        raise OptionError(
            f"the system gives words the role '{strange[0]}', and people's turns have "
            f"{', '.join(map(repr, sorted(peoples)))}. Map its roles to these, or to none"
        )
