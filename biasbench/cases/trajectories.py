"""Scores over time at equal entry and grade: both sides of a comparison, month by month.

The panel method of French discrimination suits ("méthode Clerc"): people are held against those
who entered at the same time and the same level, and the paths are shown. Here groups are, never a
person:

    stratum    one entry year × one grade; a stratum counts in a period where both sides have 2
               people or more in it
    value      Σ numerator / Σ denominator of a side in a stratum and period, CR3 over its people
    all        Σ_s w_s · value_s, w_s = the group's people in s over all of them: both sides with
               the group's own make-up; variance Σ w_s²·V_s, degrees of freedom by Satterthwaite

A date of entry is read as its year ("2023-09-01" is 2023); any other text stays as it is. Each
interval is that of one point alone, of a stratum that of `evidence.estimate`. No verdict reads
them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError
from biasbench.evidence.estimate import estimate, rate, t_quantile, variance_cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sums import SpeakerSums
from biasbench.tables import REST
from biasbench.tables.grouping import By
from biasbench.tables.labels import label_codes

_DATE = re.compile(r"((?:19|20)\d\d)-\d\d(?:-\d\d)?(?:[ T].*)?")

#: With one person a side has no spread.
_FEWEST = 2


@dataclass(frozen=True)
class Point:
    """One side in one period; no interval where its people do not differ."""

    value: float
    low: float | None
    high: float | None
    n_speakers: int


@dataclass(frozen=True)
class Step:
    """Both sides in one period, of one stratum or of all (empty text)."""

    stratum: str
    period: str
    group: Point
    against: Point


@dataclass(frozen=True)
class Trajectories:
    """Both paths of one comparison; `pooled` are of all strata, `steps` of each.

    `n_speakers` and `n_against` are people who have somebody on the other side to be held
    against in some period; `n_alone` have nobody, or no entry or grade.
    """

    system: str
    metric: str
    group: str
    against: str
    periods: tuple[str, ...]
    pooled: tuple[Step, ...]
    steps: tuple[Step, ...]
    n_speakers: int
    n_against: int
    n_alone: tuple[int, int]
    level: float


def trajectories(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    period: str,
    entry: str,
    grade: str | None = None,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
) -> Trajectories:
    """Both sides of a comparison over time, within the same year of entry and the same grade.

    `period`, `entry` and `grade` are columns of the measures. Raises NotFoundError for one that is
    not there, and InsufficientDataError where no stratum has two people on both sides.

    >>> rows = [(f"{accent}{n}", accent, month, 70 + n % 5 - 4 * (accent == "b"), entry)
    ...     for accent in "ab" for n in range(6) for month in ("2026-03", "2026-04")
    ...     for entry in ["2023-09-01" if n < 3 else "2024-01-15"]]
    >>> table = pd.DataFrame(rows, columns=["speaker_id", "accent", "month", "numerator", "in"])
    >>> table = table.assign(system="tone:own", metric="mean_score:tone", denominator=1,
    ...                      unit_id=range(len(rows)))
    >>> found = trajectories(table, by="accent", group="b", period="month", entry="in")
    >>> [(s.period, round(s.group.value, 1), round(s.against.value, 1)) for s in found.pooled]
    [('2026-03', 67.7, 71.7), ('2026-04', 67.7, 71.7)]
    >>> sorted({step.stratum for step in found.steps})
    ['2023', '2024']
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    month, periods = label_codes(column_of(rows, period))
    stratum, strata = label_codes(_strata(rows, entry, grade))
    counted = np.zeros(len(rows.numerator), dtype=bool)
    pooled, steps = [], []
    for at, name in enumerate(periods):
        here = month == at
        kept = []
        for code, label in enumerate(strata):
            cell = here & (stratum == code)
            sides = rows.sides(cell)
            if min(side.n_speakers for side in sides) >= _FEWEST:
                counted |= cell
                kept.append(sides)
                steps.append(Step(label, name, *(_point(side, level) for side in sides)))
        if kept:
            pooled.append(Step("", name, *_pooled(kept, level)))
    if not pooled:
        raise InsufficientDataError(
            f"no {entry}{'' if grade is None else f' and {grade}'} has {_FEWEST} people on both "
            "sides in one period: nobody can be held against people who entered alike"
        )
    people = [_people(rows, counted & side) for side in (rows.in_group, ~rows.in_group)]
    everybody = [_people(rows, side) for side in (rows.in_group, ~rows.in_group)]
    return Trajectories(
        system=rows.system,
        metric=rows.metric,
        group=rows.group,
        against=rows.against,
        periods=tuple(step.period for step in pooled),
        pooled=tuple(pooled),
        steps=tuple(steps),
        n_speakers=people[0],
        n_against=people[1],
        n_alone=(everybody[0] - people[0], everybody[1] - people[1]),
        level=level,
    )


def entry_year(value: str) -> str:
    """The year of a date; any other text as it is.

    >>> entry_year("2023-09-01"), entry_year("2023-09"), entry_year("cohort 4")
    ('2023', '2023', 'cohort 4')
    """
    found = _DATE.fullmatch(value)
    return found[1] if found else value


def _strata(rows: Rows, entry: str, grade: str | None) -> pd.Series:
    """Each row's entry year and grade as one text; None where either is unknown."""
    columns = [column_of(rows, entry)] + ([] if grade is None else [column_of(rows, grade)])
    known = np.logical_and.reduce([column.notna().to_numpy() for column in columns])
    texts = [columns[0].map(lambda value: entry_year(str(value)))] + [
        c.astype(str) for c in columns[1:]
    ]
    joined = [" · ".join(row) for row in zip(*texts, strict=True)]
    return pd.Series(joined, index=columns[0].index, dtype=object).where(known, None)


def _people(rows: Rows, here: npt.NDArray[np.bool_]) -> int:
    return len(np.unique(rows.speaker[here]))


def _variance(side: SpeakerSums) -> float:
    return variance_cr3(side.numerator, side.denominator)


def _point(side: SpeakerSums, level: float) -> Point:
    found = estimate(side, level=level)
    assert found.value is not None  # two people with a denominator
    return Point(found.value, found.low, found.high, found.n_speakers)


def _pooled(kept: list[tuple[SpeakerSums, SpeakerSums]], level: float) -> Iterator[Point]:
    """Both sides with the group's make-up of strata."""
    total = sum(one.n_speakers for one, _ in kept)
    weights = [one.n_speakers / total for one, _ in kept]
    for which in (0, 1):
        sides = [pair[which] for pair in kept]
        values = [rate(side.numerator, side.denominator) for side in sides]
        value = float(np.dot(weights, values))
        parts = [
            (weight, _variance(side), side.n_speakers)
            for weight, side in zip(weights, sides, strict=True)
        ]
        low, high = _ends(value, parts, level)
        if low is not None and sides[0].kind == "rate":
            low = max(0.0, low)
        yield Point(value, low, high, sum(side.n_speakers for side in sides))


def _ends(
    value: float, parts: list[tuple[float, float, int]], level: float
) -> tuple[float | None, float | None]:
    """Ends at value ± t·√Σ w²V, degrees of freedom (Σ w²V)² / Σ (w²V)²/(K − 1)."""
    each = [(weight**2 * variance, people - 1) for weight, variance, people in parts]
    variance = sum(one for one, _ in each)
    if not math.isfinite(variance) or variance <= 1e-24 * max(value**2, 1e-300):
        return None, None
    dof = variance**2 / sum(one**2 / spare for one, spare in each if one > 0)
    reach = t_quantile(level, dof) * math.sqrt(variance)
    return value - reach, value + reach
