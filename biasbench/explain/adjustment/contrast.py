"""A contrast of GEE coefficients with its t interval and its p-value.

    c'β,   v = Σ_i z_i²,  z_i = c'u_i            the bias-reduced variance of gee.py
    v_s = Σ of the z_i² of side s, with K_s people
    ν = (Σ_s v_s)² / Σ_s v_s² / (K_s − 1)        Satterthwaite (1946), Welch (1947)

With an indicator per group and nothing else, interval and p are those of
evidence/methods/cr3.py. With covariates ν takes no account of what they cost, and it need not:
the variance, which leaves one speaker out, errs on the large side by more (1.1 to 1.2 times the
true one with 12 people a side, 1.6 times with 6). Coverage: tests/explain/test_adjustment.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import OptionError
from biasbench.evidence.estimate import t_quantile, two_sided_p
from biasbench.evidence.sums import FloatArray
from biasbench.explain.adjustment.gee import GeeFit
from biasbench.explain.adjustment.working import satterthwaite_dof, sides_of, working_covariance


@dataclass(frozen=True)
class Contrast:
    """c'β, on the scale of the coefficients, with an interval that counts people."""

    value: float
    error: float  # standard error, √v
    dof: float
    low: float
    high: float
    level: float
    t: float
    p: float
    dof_working: float  # ν of adjust_working.py: how many people it rests on, as a warning
    largest_share: float  # the largest z_i² / v: one person's part of the variance


def contrast(
    fit: GeeFit,
    coefficients: npt.ArrayLike,
    *,
    side: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Contrast:
    """c'β with its interval; `coefficients` is c, shape (p,).

    `side` (K,) says on which side each speaker stands, in the order of the fit; without it all
    are one side, with K − 1 degrees of freedom.

    >>> from biasbench.explain.adjustment.gee import fit_poisson_gee
    >>> group = np.repeat([0.0, 1.0], 8)
    >>> fit = fit_poisson_gee(np.column_stack([np.ones(16), group]),
    ...                       [1, 2, 2, 3, 1, 0, 2, 1, 4, 3, 2, 5, 3, 4, 2, 1], np.full(16, 10),
    ...                       np.repeat(np.arange(8), 2))
    >>> found = contrast(fit, [0, 1], side=np.repeat([0, 1], 4))
    >>> round(found.value, 3), round(found.dof, 2), round(found.p, 3)
    (0.693, 4.97, 0.119)
    """
    c = np.asarray(coefficients, dtype=float)
    if c.shape != fit.coefficients.shape:
        raise OptionError(f"a contrast has {len(fit.coefficients)} numbers here, not {c.size}")
    sides = sides_of(fit, side)
    parts = fit.influence @ c
    variance = float(parts @ parts)
    value, error = float(c @ fit.coefficients), math.sqrt(variance)
    dof = welch_dof(parts, sides)
    reach = t_quantile(level, dof) * error
    t = value / error if error > 0 else math.nan
    return Contrast(
        value=value,
        error=error,
        dof=dof,
        low=value - reach,
        high=value + reach,
        level=level,
        t=t,
        p=two_sided_p(t, dof),
        dof_working=satterthwaite_dof(fit, c, working_covariance(fit, side)),
        largest_share=float((parts**2).max()) / variance if variance > 0 else math.nan,
    )


def welch_dof(parts: FloatArray, side: npt.ArrayLike) -> float:
    """ν of Σ z_i² over the people of two or more sides; `parts` are the z_i, shape (K,).

    >>> round(welch_dof(np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]), [0, 0, 0, 1, 1, 1]), 6)
    4.0
    """
    _, code = np.unique(np.asarray(side), return_inverse=True)
    variance = np.bincount(code, weights=parts**2)
    people = np.bincount(code)
    below = float((variance**2 / (people - 1)).sum())
    return float(variance.sum()) ** 2 / below if below > 0 else float(people.sum() - len(people))
