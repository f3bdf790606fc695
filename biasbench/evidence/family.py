"""All comparisons of one call: which there are, how many count, and their intervals.

The family is fixed before any outcome is looked at. A comparison counts if both sides have the
6 people that the least of verdicts needs; with two groups, 'A against the rest' and 'B against
the rest' are one comparison asked twice, and count once. With 3 to 5 people on a side the gap is
described: its interval alone is there, unadjusted, and no verdict reads it. Below 3 there is none.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np

from biasbench.evidence.by_group import pooled
from biasbench.evidence.cells import Cell
from biasbench.evidence.comparison import Comparison, described
from biasbench.evidence.correct import benjamini_hochberg, holm, sidak, sidak_level
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import SpeakerSums
from biasbench.tables import REST

#: What makes two questions the same comparison: the cell, and the groups on the two sides.
Key = tuple[int, frozenset[frozenset[str]]]


@dataclass(frozen=True)
class Question:
    """One group against another side, in one cell (system and metric)."""

    cell: int  # place in the list of cells
    group: str
    against: str  # as the caller says it
    others: frozenset[str]  # the groups on the other side
    one: SpeakerSums
    other: SpeakerSums

    @property
    def key(self) -> Key:
        """What makes two questions the same comparison: the people on the two sides."""
        return self.cell, frozenset([frozenset([self.group]), self.others])

    @property
    def is_tested(self) -> bool:
        """Whether there are people enough for any verdict; no outcome is looked at."""
        return self.fewest_people >= FEWEST_TO_TEST

    @property
    def fewest_people(self) -> int:
        """People on the smaller side."""
        return min(self.one.n_speakers, self.other.n_speakers)


@dataclass(frozen=True)
class Answer:
    """What was found: at the family's adjusted level, and for this comparison alone."""

    adjusted: Comparison
    alone: Comparison
    p_adjusted: float | None = None
    p_holm: float | None = None
    p_bh: float | None = None
    p_max_t: float | None = None


def questions(
    sums: Sequence[dict[str, SpeakerSums]],
    known: Sequence[str],
    against: str,
    groups: Sequence[str] | None = None,
) -> list[Question]:
    """Every comparison to be made; `sums` per cell, `known` the groups that may be compared.

    `groups` are those of which a comparison was planned; None plans one of each.
    """
    asked = []
    for number, of_cell in enumerate(sums):
        for group in known:
            if group == against or (groups is not None and group not in groups):
                continue
            others = frozenset(known) - {group} if against == REST else frozenset([against])
            # A group that this metric has no people in makes no comparison another one.
            filled = frozenset(name for name in others if of_cell[name].n_speakers)
            asked.append(
                Question(
                    cell=number,
                    group=group,
                    against=against,
                    others=filled or others,
                    one=of_cell[group],
                    other=pooled(of_cell, others),
                )
            )
    return asked


def count_comparisons(asked: Sequence[Question]) -> int:
    """The number of distinct comparisons with people enough for a verdict: m."""
    return len({question.key for question in asked if question.is_tested})


def answers(
    asked: Sequence[Question],
    cells: Sequence[Cell],
    *,
    method: ModuleType,
    level: float,
    seed: int,
    n_resamples: int,
    p_max_t: Mapping[Key, float],
) -> list[Answer]:
    """An answer to each question, in their order.

    Each distinct comparison is made once, from a generator seeded by its own names: asking for
    one more metric changes nothing about the others.
    """
    m = count_comparisons(asked)
    made: dict[Key, Answer] = {}
    for question in asked:
        if question.key not in made:
            made[question.key] = _answer(
                question, cells[question.cell], method, level, m, seed, n_resamples
            )
    with_p = [key for key, answer in made.items() if answer.adjusted.p is not None]
    p_values = [p for key in with_p if (p := made[key].alone.p) is not None]
    for key, p, p_holm, p_bh in zip(
        with_p, p_values, holm(p_values), benjamini_hochberg(p_values), strict=True
    ):
        made[key] = replace(
            made[key],
            p_adjusted=sidak(p, m),
            p_holm=p_holm,
            p_bh=p_bh,
            p_max_t=p_max_t.get(key),
        )
    return [_turned(question, made[question.key]) for question in asked]


def _answer(
    question: Question,
    cell: Cell,
    method: ModuleType,
    level: float,
    n_comparisons: int,
    seed: int,
    n_resamples: int,
) -> Answer:
    first, second = _sides(question)
    nothing = described(first, second, level=level, method="described only")
    if question.fewest_people < FEWEST_FOR_INTERVAL:
        return Answer(nothing, nothing)

    names = [cell.system, cell.metric, *sorted([question.group, *question.others])]
    stream = zlib.crc32("\0".join(names).encode())

    def compared(at: float) -> Comparison:
        found = method.compare(
            first,
            second,
            level=at,
            rng=np.random.default_rng([seed, stream]),
            n_resamples=n_resamples,
        )
        assert isinstance(found, Comparison), f"{method.__name__}.compare gave {type(found)}"
        return found

    alone = compared(level)
    if not question.is_tested:
        return Answer(nothing, alone)
    adjusted = alone if n_comparisons == 1 else compared(sidak_level(level, n_comparisons))
    return Answer(adjusted, alone)


def _in_order(question: Question) -> bool:
    return [question.group] <= sorted(question.others)


def _sides(question: Question) -> tuple[SpeakerSums, SpeakerSums]:
    # One fixed order, whichever side asks: the two answers are then exact mirror images.
    if _in_order(question):
        return question.one, question.other
    return question.other, question.one


def _turned(question: Question, answer: Answer) -> Answer:
    if _in_order(question):
        return answer
    return replace(answer, adjusted=answer.adjusted.mirrored(), alone=answer.alone.mirrored())
