"""Both sides' rates on the same covariates, and their difference: g-computation.

For a log-linear model of a rate with the group in it, the rate of everybody, were they all on one
side, is the prediction averaged over the covariates of both sides together (Robins 1986,
Mathematical Modelling 7:1393–1512; direct standardisation):

    R_g = Σ_ij w_ij exp(x_ij(g)'β) / W        x(g): the row's covariates, its group set to g
    R_g / R_a = exp(β_group)                  a log link is collapsible over covariates
    R_g − R_a                                 the difference at equal covariates

Each has an influence per speaker, of the estimate and of the covariates people brought along
(new speakers would bring others), the latter centred within side because how many people each side
has is not drawn:

    ψ_i = ∇R'u_i + K_s/(K_s − 1) · (ρ_i − mean of side s of ρ) / W
    ρ_i = Σ_j w_ij (exp(x_ij(g)'β) − R)

    log R   variance Σ (ψ_i / R)², t with Welch's dof
    R_g − R_a   MOVER from the two log intervals, which share people and are correlated by r:
                low = D − √(l² + u² − 2 r l u), with l = R_g − low_g, u = high_a − R_a;
                Zou (2007), Psychological Methods 12:399–413, with Zou & Donner (2008)

Without a covariate it is the difference of evidence/methods/cr3.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import OptionError
from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.methods.cr3 import mover_difference
from biasbench.evidence.sums import FloatArray, IntArray
from biasbench.explain.adjustment.contrast import welch_dof
from biasbench.explain.adjustment.gee import GeeFit
from biasbench.explain.adjustment.working import sides_of


@dataclass(frozen=True)
class Standardised:
    """The two sides' rates at the covariates of both, and how far they are apart."""

    value: float
    against_value: float
    difference: float
    low: float
    high: float
    level: float


def standardised_difference(
    fit: GeeFit,
    design: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    column: int,
    side: npt.ArrayLike,
    level: float = 0.95,
) -> Standardised:
    """R_g − R_a of a fitted rate; `column` of `design` (n, p) is 1 for the group and 0 otherwise.

    `design` and `denominator` are those the fit was made from, `side` (K,) the side of each
    speaker in the order of the fit.

    >>> from biasbench.explain.adjustment.gee import fit_poisson_gee
    >>> design = np.column_stack([np.ones(16), np.repeat([0.0, 1.0], 8)])
    >>> errors = [1, 2, 2, 3, 1, 0, 2, 1, 4, 3, 2, 5, 3, 4, 2, 1]
    >>> fit = fit_poisson_gee(design, errors, np.full(16, 10), np.repeat(np.arange(8), 2))
    >>> found = standardised_difference(fit, design, np.full(16, 10), column=1,
    ...                                 side=np.repeat([0, 1], 4))
    >>> round(found.difference, 3), round(found.low, 3), round(found.high, 3)
    (0.15, -0.142, 0.421)
    """
    if fit.kind != "rate":
        raise OptionError("a mean is linear: its difference is the coefficient of the group")
    x = np.asarray(design, dtype=float)[fit.kept]
    w = np.asarray(denominator, dtype=float)[fit.kept]
    sides = sides_of(fit, side)
    group = _one_side(fit, _set(x, column, 1.0), w, sides)
    against = _one_side(fit, _set(x, column, 0.0), w, sides)
    low, high = _mover(group, against, sides, level)
    return Standardised(
        value=group.rate,
        against_value=against.rate,
        difference=group.rate - against.rate,
        low=low,
        high=high,
        level=level,
    )


@dataclass(frozen=True)
class _Rate:
    rate: float
    influence: FloatArray  # ψ_i / R: on the log scale, shape (K,)


def _set(design: FloatArray, column: int, value: float) -> FloatArray:
    changed = design.copy()
    changed[:, column] = value
    return changed


def _one_side(fit: GeeFit, design: FloatArray, w: FloatArray, sides: IntArray) -> _Rate:
    predicted = w * np.exp(design @ fit.coefficients)
    total = float(w.sum())
    rate = float(predicted.sum()) / total
    gradient = predicted @ design / total
    brought = np.bincount(fit.speaker, weights=predicted - rate * w)
    for value in np.unique(sides):
        here = sides == value
        people = int(here.sum())
        brought[here] = (brought[here] - brought[here].mean()) * people / (people - 1)
    influence = (fit.influence @ gradient + brought / total) / rate
    return _Rate(rate, influence)


def _mover(group: _Rate, against: _Rate, sides: IntArray, level: float) -> tuple[float, float]:
    lengths = math.sqrt(
        float(group.influence @ group.influence) * float(against.influence @ against.influence)
    )
    r = float(group.influence @ against.influence) / lengths if lengths > 0 else 0.0
    ends, against_ends = (_log_interval(side, sides, level) for side in (group, against))
    return mover_difference(group.rate, *ends, against.rate, *against_ends, correlation=r)


def _log_interval(side: _Rate, sides: IntArray, level: float) -> tuple[float, float]:
    dof = welch_dof(side.influence, sides)
    reach = t_quantile(level, dof) * math.sqrt(float(side.influence @ side.influence))
    return side.rate * math.exp(-reach), side.rate * math.exp(min(reach, 700.0))
