"""The gap of each group with its other side, R_g − R_a, for each model alone.

`with_intervals` and `caution` serve changes too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from biasbench.evidence import sufficiency
from biasbench.evidence.correct import sidak_level
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import SpeakerSums
from biasbench.gates.comparing.comparison import Change, Gap, TooFew
from biasbench.gates.comparing.models import Taken
from biasbench.gates.comparing.question import Question
from biasbench.tables import REST

Ends = tuple[float | None, float | None]
#: The ends of a row's two-sided interval at a level.
EndsAt = Callable[[float], Ends]
Row = TypeVar("Row", Gap, Change)


def gaps_of(
    question: Question, models: Sequence[Taken]
) -> tuple[tuple[Gap, ...], tuple[TooFew, ...]]:
    """Each gap, model by model, with its intervals; and those of too few people."""
    tested: list[tuple[Gap, EndsAt]] = []
    few = []
    for model in models:
        for name, labels in question.comparisons().items():
            one, other = (question.sums(model.side, own) for own in labels)
            if min(one.n_speakers, other.n_speakers) >= question.min_people:
                tested.append(_gap(question, model.name, name, one, other))
            else:
                few.append(TooFew("gap", model.name, name))
    return with_intervals(tested, question.level), tuple(few)


def _gap(
    question: Question, model: str, group: str, one: SpeakerSums, other: SpeakerSums
) -> tuple[Gap, EndsAt]:
    def ends_at(level: float) -> Ends:
        found = cr3.compare(one, other, level=level)
        return found.difference_low, found.difference_high

    found = cr3.compare(one, other, level=question.level)
    gap = Gap(
        model=model,
        group=group,
        against=question.against,
        n_people=one.n_speakers,
        n_against=other.n_speakers,
        value=cast(float, found.value),  # both sides have people with a denominator
        against_value=cast(float, found.against_value),
        gap=cast(float, found.difference),
        note=caution(question, group, [(one, other)], found.note),
    )
    return gap, ends_at


def with_intervals(rows: Sequence[tuple[Row, EndsAt]], level: float) -> tuple[Row, ...]:
    """Each row with its interval at `level`, and at the Šidák level over all the rows.

    >>> gap = Gap("asr:a", "us", "rest", 9, 9, 0.2, 0.1, 0.1)
    >>> one, _ = with_intervals([(gap, lambda level: (0.1 - level, 0.1 + level))] * 2, 0.81)
    >>> round(one.high, 2), round(one.high_adjusted, 2)
    (0.91, 1.0)
    """
    strict = sidak_level(level, len(rows))
    found = []
    for row, ends_at in rows:
        low, high = ends_at(level)
        low_adjusted, high_adjusted = ends_at(strict)
        found.append(
            replace(row, low=low, high=high, low_adjusted=low_adjusted, high_adjusted=high_adjusted)
        )
    return tuple(found)


def caution(
    question: Question,
    group: str,
    pairs: Sequence[tuple[SpeakerSums, SpeakerSums]],
    note: str | None,
) -> str | None:
    """What keeps an interval from being read as it stands: few events, one person, lost rows."""
    against = question.against
    said = [note] if note else []
    for one, other in pairs:
        said += sufficiency.failed_gates(
            sufficiency.side_of(f"'{group}'", one),
            sufficiency.side_of(against if against == REST else f"'{against}'", other),
            kind=question.kind,
            audience="restricted",
            by=question.by,
            overlaps={},
        )
    plain = [line.split(": ", 1)[1] if line.startswith("N-") else line for line in said]
    return "; ".join(dict.fromkeys(plain)) or None
