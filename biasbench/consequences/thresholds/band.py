"""A band around a whole curve: the level at which its intervals hold together.

The band is made of the same intervals as everything else here, MOVER from log CR3-t intervals of
the rarer outcome (`impact_ratio`), at a higher level. Which level is found by shuffling people:
the lowest at which the intervals of a curve leave 0 out *somewhere* in no more than a share
1 − `level` of the labellings. It takes the place of Šidák's level, which would treat thresholds
a point apart as if they had nothing in common.

    reach of side s at level λ    t_{K_s − 1, λ} · √V_s / R_s       on the log rate
    R_s = 0                       [0, 1 − (1 − λ)^(1/K_s)]           rule of three
    interval leaves 0 out         (R_g − R_a)² > (R_g − L_g)² + (U_a − R_a)²   where R_g > R_a

Permutation calibration as in Westfall & Young (1993); MOVER: Zou & Donner (2008).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.sums import FloatArray

#: No band is asked to be surer than this.
_HIGHEST = 1 - 1e-7
_STEPS = 24

#: A relative variance below this is rounding of the cancelling sums: all have the same value.
_NO_SPREAD = 1e-14


@dataclass(frozen=True)
class LabelledRates:
    """Rates of one side under many labellings; arrays of shape (n_labellings, n_thresholds)."""

    value: FloatArray
    error: FloatArray  # standard error of the log rate; NaN where there is none
    n_people: int


def labelled_rates(
    masks: npt.NDArray[np.bool_], events: FloatArray, units: FloatArray
) -> LabelledRates:
    """The rate of those marked and its CR3 standard error on the log scale.

    `masks` has shape (n_labellings, n_people), all with as many people marked; `events`
    (n_people, n_thresholds); `units` (n_people,). With a = 1/(1 − w/W) the CR3 sum of squares
    Σ a²(e − R·w)² is Σ a²e² − 2R·Σ a²ew + R²·Σ a²w².

    >>> side = labelled_rates(np.array([[True, True, True, False]]),
    ...                       np.array([[1.0], [3.0], [2.0], [0.0]]), np.full(4, 10.0))
    >>> side.value.round(3), side.error.round(3)
    (array([[0.2]]), array([[0.354]]))
    """
    marked = masks.astype(float)
    total = (marked @ units)[:, None]
    value = (marked @ events) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        # Those not marked may weigh as much as all who are: their 1/0 is nobody's.
        weight = np.where(masks, 1 / (1 - units / total) ** 2, 0.0)
        squares = weight @ events**2 - 2 * value * (weight @ (events * units[:, None]))
        squares += value**2 * (weight @ units**2)[:, None]
        # The three terms cancel where all are alike, and may leave a rounding below 0.
        relative = np.maximum(squares, 0) / (total * value) ** 2
        has_error = (relative > _NO_SPREAD) & np.isfinite(relative)
        error = np.where(has_error, np.sqrt(relative), np.nan)
    return LabelledRates(value, error, int(masks[0].sum()))


def excludes_zero(
    ours: LabelledRates, other: LabelledRates, *, level: float
) -> npt.NDArray[np.bool_]:
    """Whether the MOVER interval of the difference leaves 0 out; shape as the rates'.

    Where a side has no interval there is none of the difference, which leaves nothing out.
    """
    our_low, our_high = _ends(ours, level)
    other_low, other_high = _ends(other, level)
    difference = ours.value - other.value
    with np.errstate(invalid="ignore"):
        # Written as squares: differences of the same numbers as MOVER's, without the root.
        above = difference**2 > (ours.value - our_low) ** 2 + (other_high - other.value) ** 2
        under = difference**2 > (our_high - ours.value) ** 2 + (other.value - other_low) ** 2
    return np.where(difference > 0, above, under & (difference < 0))


def simultaneous_level(
    ours: Sequence[LabelledRates], other: Sequence[LabelledRates], *, level: float
) -> float:
    """The level at which a curve leaves 0 out somewhere in at most 1 − `level` of labellings.

    Never below `level`. `ours` and `other` are the same labellings, in pieces.
    """
    n = sum(len(part.value) for part in ours)
    allowed = math.floor((1 - level) * n + 1e-9)  # 1e-9: (1 − 0.95)·10,000 is 499.99… in binary

    def n_excluding(at: float) -> int:
        return sum(
            int(excludes_zero(one, two, level=at).any(axis=1).sum())
            for one, two in zip(ours, other, strict=True)
        )

    if n_excluding(level) <= allowed:
        return level
    # Bisection on log(1 − level): intervals only grow with it.
    near, far = math.log(1 - level), math.log(1 - _HIGHEST)
    for _ in range(_STEPS):
        middle = (near + far) / 2
        if n_excluding(-math.expm1(middle)) <= allowed:
            far = middle
        else:
            near = middle
    return -math.expm1(far)


def _ends(side: LabelledRates, level: float) -> tuple[FloatArray, FloatArray]:
    reach = t_quantile(level, side.n_people - 1) * side.error
    low = side.value * np.exp(-reach)
    high = side.value * np.exp(np.minimum(reach, 700.0))  # exp overflows beyond 709
    none = side.value == 0
    bound = 1 - (1 - level) ** (1 / side.n_people)
    return np.where(none, 0.0, low), np.where(none, bound, high)
