"""Delete one speaker at a time: an interval for any figure that two sides' sums make.

With θ the figure and θ_(i) the same without person i,

    V = Σ_i (θ_(i) − θ)²,      over the people of the group, and of the other side

For a rate this is V_CR3 to the last digit (docs/statistics.md, "The engine"), so that the parts
of a difference and the difference itself are measured by one yardstick. Efron & Stein (1981),
Annals of Statistics 9:586–596: such a variance errs upwards; MacKinnon, Nielsen & Webb (2023),
arXiv 2301.04527: with few clusters that is wanted, and t on few degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.evidence.sums import FloatArray

#: Each person's sums on one side, arrays with the people along the first axis.
Side = tuple[FloatArray, ...]

#: People left out at once, so that memory does not grow with their number.
_CHUNK = 512


@dataclass(frozen=True)
class Jackknifed:
    """Figures with their intervals; arrays of shape (n_figures,). NaN where nothing varies."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    variance: FloatArray
    dof: FloatArray
    level: float


def jackknife(
    figures: Callable[[Side, Side], FloatArray],
    group: Side,
    against: Side,
    *,
    level: float = 0.95,
    people: tuple[int, int] | None = None,
) -> Jackknifed:
    """The figures of two sides, with t intervals from leaving out each speaker in turn.

    `figures` takes the sums of both sides, arrays of any further shape with an axis in front for
    the speakers left out, and gives shape (..., n_figures). Degrees of freedom are
    Welch–Satterthwaite's over the two sides, K − 1 each; `people` are the two K where someone in
    the arrays has no denominator and counts for nobody.

    >>> def difference(group, against):
    ...     return (group[0] / group[1] - against[0] / against[1])[..., None]
    >>> found = jackknife(difference, (np.array([2., 3, 5, 4]), np.array([20., 30, 30, 25])),
    ...                   (np.array([1., 2, 2, 1]), np.array([20., 30, 30, 25])))
    >>> found.value.round(4), found.low.round(4), found.high.round(4)
    (array([0.0762]), array([0.0094]), array([0.143]))
    """
    sums = tuple(values.sum(axis=0) for values in group)
    other_sums = tuple(values.sum(axis=0) for values in against)
    value = figures(sums, other_sums)
    v_group = _variance(lambda left: figures(left, other_sums), group, sums, value)
    v_against = _variance(lambda left: figures(sums, left), against, other_sums, value)
    people = people or (len(group[0]), len(against[0]))
    dof = np.array(
        [
            satterthwaite_dof(one, people[0], other, people[1]) if one + other > 0 else math.nan
            for one, other in zip(v_group, v_against, strict=True)
        ]
    )
    variance = v_group + v_against
    reach = np.array([t_quantile(level, d) for d in dof]) * np.sqrt(variance)
    return Jackknifed(value, value - reach, value + reach, variance, dof, level)


def _variance(
    figures: Callable[[Side], FloatArray], side: Side, sums: Side, value: FloatArray
) -> FloatArray:
    total = np.zeros_like(value)
    for start in range(0, len(side[0]), _CHUNK):
        left = tuple(
            whole - values[start : start + _CHUNK] for whole, values in zip(sums, side, strict=True)
        )
        total += ((figures(left) - value) ** 2).sum(axis=0)
    return total
