"""The same recordings, degraded by degrees: how far each side's figure falls, and whose further.

Noise added at several signal-to-noise ratios, or packets lost at several rates; `degree` is the
column that says how much, empty where a recording is untouched. Each level is described by the
engine of every other figure (CR3-tW, MOVER), and the fall from the clean level to the worst is
taken from the people who were measured at both:

    R_k        = Σ e_ik / Σ w_ik            of a side at level k, over those people
    change     = R_worst − R_clean          of a side
    difference = change_g − change_a
    V          = Σ_i (θ_(i) − θ)²           θ without person i at either level (`jackknife`)

What a person is like at both levels cancels. With the same words at both levels V is V_CR3 of each
person's own change, as for a model swapped for another (`swaps.change`); where some recordings are
at one level only it still holds, and `n_unlike` counts the people concerned.

The intervals are each at a level of its own and hang together: the curve is described, and no
verdict reads it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import Estimate, estimate
from biasbench.evidence.jackknife import Side, jackknife
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, n_people
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import REST
from biasbench.tables.columns import is_empty
from biasbench.tables.grouping import By

#: Which end of the numbers is the worst: the lowest of signal-to-noise ratios, the highest of
#: rates of lost packets.
Worst = Literal["lowest", "highest"]

#: A variance below this is rounding: every person changed by the same.
_NO_SPREAD = 1e-24


@dataclass(frozen=True)
class Level:
    """One level; `degree` is None for untouched recordings. Nothing is described of too few."""

    degree: float | None
    n_speakers: int
    n_against: int
    value: Estimate | None
    against_value: Estimate | None
    comparison: Comparison | None
    reason: str | None = None


@dataclass(frozen=True)
class Change:
    """A change from the clean level to the worst, with its interval; None where nobody differs."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Fall:
    """How far both sides' values move from `clean` to `worst`, and the difference of the two.

    In the metric's own unit and the order of the question. `n_unlike` are people whose
    denominators differ between the two levels: of whom not the same words were measured.
    """

    clean: float | None
    worst: float | None
    group: Change
    against: Change
    difference: Change
    n_speakers: int
    n_against: int
    n_unlike: int


@dataclass(frozen=True)
class Degradation:
    """Both curves of one comparison; `levels` go from the mildest to the worst.

    `fall` is None, and `reason` says why, where too few people were measured at both ends.
    """

    system: str
    metric: str
    group: str
    against: str
    degree: str
    levels: tuple[Level, ...]
    fall: Fall | None
    n_speakers: int
    n_against: int
    level: float
    reason: str | None = None


def degradation(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    degree: str,
    worst: Worst,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    clean: float | None = None,
    level: float = 0.95,
) -> Degradation:
    """Both sides of a comparison at every degree of one degradation.

    `degree` is a column of numbers and `worst` the end of it at which recordings are worst.
    `clean` is the level that changes are counted from; if None, the recordings whose degree is
    empty, or the mildest degree where there are none. A level with fewer than 6 people on a side
    is not described, and says so. Raises OptionError for a degree that is no number and for a
    clean level that is not there or is the worst, InsufficientDataError with fewer than 6 people
    on a side altogether or fewer than two levels.

    >>> rows = [(f"{accent}{n}", accent, snr, 10 + n % 3 + fall * (4 if accent == "b" else 2))
    ...         for accent in "ab" for n in range(8)
    ...         for fall, snr in enumerate([None, 20, 10])]
    >>> table = pd.DataFrame(rows, columns=["speaker_id", "accent", "snr", "numerator"])
    >>> table = table.assign(system="asr:own", metric="wer", unit_id=range(48), denominator=100)
    >>> table["numerator"] += np.arange(48) % 5 % 2
    >>> found = degradation(table, by="accent", group="b", degree="snr", worst="lowest")
    >>> [one.degree for one in found.levels], round(found.fall.difference.value, 3)
    ([None, 20.0, 10.0], 0.043)
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    one, other = rows.sides_to_test("how a figure falls")
    degrees = degrees_of(column_of(rows, degree), degree)
    known = _mildest_first(degrees, worst)
    if len(known) < 2:
        raise InsufficientDataError(
            f"column '{degree}' has {len(known)} degree{'s' * (len(known) != 1)} where "
            f"{rows.metric} has a value; a curve takes at least two"
        )
    start = _clean(clean, known, degree)
    fall, reason = _fall(rows, degrees, start, known[-1], level)
    return Degradation(
        system=rows.system,
        metric=rows.metric,
        group=rows.group,
        against=rows.against,
        degree=degree,
        levels=tuple(_level(rows, at, _here(degrees, at), level) for at in known),
        fall=fall,
        n_speakers=one.n_speakers,
        n_against=other.n_speakers,
        level=level,
        reason=reason,
    )


def degrees_of(column: pd.Series, name: str) -> FloatArray:
    """The degrees as numbers, NaN for an untouched recording; OptionError for anything else.

    >>> degrees_of(pd.Series(["20", None, "5"]), "snr")
    array([20., nan,  5.])
    """
    empty = is_empty(column).to_numpy()
    degrees = pd.to_numeric(column.where(~empty), errors="coerce").to_numpy(dtype=float)
    strange = ~empty & ~np.isfinite(degrees)
    if strange.any():
        raise OptionError(
            f"column '{name}' holds {str(column.iloc[int(strange.argmax())])!r}; a degree is a "
            "number, and its cell is empty where a recording is untouched"
        )
    return degrees


def _mildest_first(degrees: FloatArray, worst: Worst) -> list[float | None]:
    if worst not in ("lowest", "highest"):
        raise OptionError(f"worst={worst!r} is neither 'lowest' nor 'highest'")
    touched = np.isfinite(degrees)
    known = sorted({float(value) for value in degrees[touched]}, reverse=worst == "lowest")
    return [None] * bool((~touched).any()) + list(known)


def _clean(clean: float | None, known: list[float | None], degree: str) -> float | None:
    if clean is None:
        return known[0]
    if clean not in known[:-1]:
        levels = ", ".join("none" if at is None else f"{at:g}" for at in known[:-1])
        raise OptionError(f"clean={clean:g} is no level of '{degree}' before the worst: {levels}")
    return float(clean)


def _here(degrees: FloatArray, at: float | None) -> npt.NDArray[np.bool_]:
    here: npt.NDArray[np.bool_] = np.isnan(degrees) if at is None else degrees == at
    return here


def _level(rows: Rows, at: float | None, here: npt.NDArray[np.bool_], level: float) -> Level:
    one, other = rows.sides(here)
    counts = one.n_speakers, other.n_speakers
    if min(counts) < FEWEST_TO_TEST:
        few = f"{n_people(min(counts))} on a side at this degree; {FEWEST_TO_TEST} are needed"
        return Level(at, *counts, None, None, None, few)
    found = cr3.compare(one, other, level=level)
    ends = estimate(one, level=level), estimate(other, level=level)
    return Level(at, *counts, *ends, found, found.note)


def _fall(
    rows: Rows, degrees: FloatArray, clean: float | None, worst: float | None, level: float
) -> tuple[Fall | None, str | None]:
    ends = _here(degrees, clean), _here(degrees, worst)
    sides = [_measured_twice(rows, side, ends) for side in (rows.in_group, ~rows.in_group)]
    people = len(sides[0][0]), len(sides[1][0])
    if min(people) < FEWEST_TO_TEST:
        return None, (
            f"{n_people(min(people))} on a side measured at both the clean and the worst degree; "
            f"{FEWEST_TO_TEST} are needed"
        )
    found = jackknife(_changes, sides[0], sides[1], level=level)
    group, against, difference = (
        Change(float(value), *(map(_number, ends) if spread > _NO_SPREAD else (None, None)))
        for value, spread, *ends in zip(
            found.value, found.variance, found.low, found.high, strict=True
        )
    )
    unlike = sum(int((~np.isclose(side[1], side[3], rtol=1e-9)).sum()) for side in sides)
    return Fall(clean, worst, group, against, difference, *people, unlike), None


def _measured_twice(
    rows: Rows,
    side: npt.NDArray[np.bool_],
    ends: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
) -> Side:
    """Four sums of each who has both: e and w at the clean level, e and w at the worst."""
    n_codes = int(rows.speaker.max()) + 1
    clean, worst = (
        sums_by_code(
            rows.speaker[side & here],
            rows.numerator[side & here],
            rows.denominator[side & here],
            n_codes=n_codes,
        )
        for here in ends
    )
    both = (clean.denominator > 0) & (worst.denominator > 0)
    parts = clean.numerator, clean.denominator, worst.numerator, worst.denominator
    kept = [part[both] for part in parts]
    # In the order of the sums, so that names of people change no figure to the last bit.
    order = np.lexsort(kept)
    return tuple(part[order] for part in kept)


def _changes(group: Side, against: Side) -> FloatArray:
    """The change of the group, of the other side, and the difference of the two."""
    both = [side[2] / side[3] - side[0] / side[1] for side in (group, against)]
    shapes = np.broadcast_arrays(both[0], both[1], both[0] - both[1])
    found: FloatArray = np.stack(shapes, axis=-1)
    return found


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
