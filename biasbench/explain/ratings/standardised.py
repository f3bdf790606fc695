"""Values of two sides at equal rating, with what each person adds to them.

For the strata s (ratings) and the people i of one side:

    m_s = Σ_i e_is / W_s        the side's value at that rating; W_s = Σ_i w_is
    M   = Σ_s ω_s·m_s           its value at equal rating, Σ ω_s = 1, ω the same on both sides
    h_is = w_is / W_s           leverage of person i at that rating
    ψ_i = Σ_s ω_s·(e_is − m_s·w_is) / [W_s·(1 − h_is)]
    V   = Σ_i ψ_i²

A person's rows fall into several strata, so the influence is added up per person before it is
squared. ψ_i is exactly what M loses when person i is left out, the weights being kept. V is the
bias-reduced variance of Mancl & DeRouen (2001), Biometrics 57:126–134, of a model with one
indicator per side and stratum (statsmodels: GEE, independence, cov_type="bias_reduced"); with one
stratum it is V_CR3. The rest is as without strata: log ratio and MOVER for rates, the difference
for means, t with Welch–Satterthwaite degrees of freedom.

Weights, declared: 'overlap', ω_s ∝ W_gs·W_as / (W_gs + W_as), are those of Cochran (1954),
Biometrics 10:417–451, and of Mantel–Haenszel: a rating counts as far as both sides have it.
'pooled', ω_s ∝ W_gs + W_as, stand for the ratings of everybody compared (direct standardisation).
Both are taken as given: the interval is for this mix of ratings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import t_quantile, two_sided_p
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.tables.labels import Codes

Weights = Literal["overlap", "pooled"]

#: A relative variance below this is rounding: nobody differs from their side at equal rating.
_NO_SPREAD = 1e-24


@dataclass(frozen=True)
class StratifiedSums:
    """One side: a pair of sums for each person and stratum; arrays of shape (n_people, n_strata).

    As everywhere, people stand in the order of their sums and not of their names.
    """

    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True)
class Standardised:
    """One side's value at equal rating, and what it loses with each person (module docstring)."""

    value: float
    influence: FloatArray  # ψ_i, shape (n_people,)

    @property
    def variance(self) -> float:
        """V = Σ ψ_i²."""
        return float(self.influence @ self.influence)

    @property
    def n_speakers(self) -> int:
        """People of this side."""
        return len(self.influence)


def stratified_sums(
    speaker: Codes,
    stratum: Codes,
    numerator: FloatArray,
    denominator: FloatArray,
    *,
    is_kept: npt.NDArray[np.bool_],
) -> StratifiedSums:
    """Sums of each person in each stratum kept, for the people who have a denominator there.

    Rows as arrays of one length; `is_kept` has one entry per stratum.

    >>> stratified_sums(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2.0, 5.0]),
    ...                 np.ones(3), is_kept=np.array([True, True])).numerator
    array([[5., 0.],
           [1., 2.]])
    """
    codes, people = pd.factorize(speaker)
    cell = codes * len(is_kept) + stratum
    sums = [
        np.bincount(cell, weights=values, minlength=len(people) * len(is_kept)).reshape(
            len(people), len(is_kept)
        )[:, is_kept]
        for values in (numerator, denominator)
    ]
    here = sums[1].sum(axis=1) > 0
    e, w = sums[0][here], sums[1][here]
    order = np.lexsort(np.hstack([e, w]).T)
    return StratifiedSums(e[order], w[order])


def stratum_weights(
    denominator: FloatArray, against_denominator: FloatArray, *, weights: Weights
) -> FloatArray:
    """ω of each stratum, shape (n_strata,), summing to 1; the same whichever side is the group.

    >>> stratum_weights(np.array([[1.0, 3.0]]), np.array([[1.0, 1.0]]), weights="overlap").round(2)
    array([0.4, 0.6])
    """
    one, other = denominator.sum(axis=0), against_denominator.sum(axis=0)
    raw = one * other / (one + other) if weights == "overlap" else one + other
    share: FloatArray = raw / raw.sum()
    return share


def standardised(sums: StratifiedSums, weight: FloatArray) -> Standardised:
    """Σ ω_s·m_s of one side, and the influence of each person (module docstring).

    Every stratum must hold two people or more with a denominator.

    >>> side = StratifiedSums(np.array([[1.0, 4.0], [3.0, 6.0]]), np.ones((2, 2)))
    >>> standardised(side, np.array([0.5, 0.5]))
    Standardised(value=3.5, influence=array([-1.,  1.]))
    """
    e, w = sums.numerator, sums.denominator
    total = w.sum(axis=0)
    value = e.sum(axis=0) / total
    influence = ((e - value * w) / (total - w)) @ weight  # W·(1 − h) is what the others have
    return Standardised(float(value @ weight), influence)


def compare_standardised(
    one: Standardised, other: Standardised, *, kind: Kind, level: float = 0.95, method: str
) -> Comparison:
    """Difference (and ratio, of rates) of two values at equal rating, with intervals and p.

    Where nobody differs at equal rating, or a rate has no event on a side, the values are
    described and a note says why.

    >>> a = Standardised(0.30, np.array([0.01, -0.02, 0.02, -0.01, 0.01, -0.01]))
    >>> b = Standardised(0.20, np.array([0.02, -0.01, 0.01, -0.01, 0.01, -0.02]))
    >>> found = compare_standardised(a, b, kind="rate", method="at equal rating")
    >>> f"{found.ratio:.2f} [{found.ratio_low:.2f}, {found.ratio_high:.2f}] p={found.p:.4f}"
    '1.50 [0.93, 2.41] p=0.0843'
    """
    difference = one.value - other.value
    plain = Comparison(
        value=one.value,
        against_value=other.value,
        level=level,
        method=f"described only, {method}",
        difference=difference,
        ratio=one.value / other.value if kind == "rate" and other.value > 0 else None,
        kind=kind,
    )
    if kind == "rate" and (one.value <= 0 or other.value <= 0):
        return replace(
            plain, note="no event on a side at equal rating: there is no ratio and no interval"
        )
    if min(one.variance, other.variance) <= _NO_SPREAD * max(difference**2, one.value**2, 1e-300):
        return replace(
            plain,
            note="at equal rating every person on a side has the same value: no spread to make an "
            "interval of",
        )
    scale = (one.value, other.value) if kind == "rate" else (1.0, 1.0)
    v_one, v_other = one.variance / scale[0] ** 2, other.variance / scale[1] ** 2
    dof = cr3.satterthwaite_dof(v_one, one.n_speakers, v_other, other.n_speakers)
    error = math.sqrt(v_one + v_other)
    reach = t_quantile(level, dof) * error
    effect = math.log(one.value / other.value) if kind == "rate" else difference
    t = effect / error
    found = replace(plain, t=t, dof=dof, p=two_sided_p(t, dof))
    if kind == "mean":
        return replace(
            found,
            method=f"CR3 t (Welch–Satterthwaite) on the difference, {method}",
            difference_low=difference - reach,
            difference_high=difference + reach,
        )
    low, high = cr3.mover_difference(
        one.value, *_log_interval(one, level), other.value, *_log_interval(other, level)
    )
    return replace(
        found,
        method=f"CR3 t (Welch–Satterthwaite) on the log ratio; MOVER for the difference, {method}",
        difference_low=low,
        difference_high=high,
        ratio_low=math.exp(max(effect - reach, -700.0)),  # exp overflows beyond 709
        ratio_high=math.exp(min(effect + reach, 700.0)),
    )


def _log_interval(side: Standardised, level: float) -> tuple[float, float]:
    reach = t_quantile(level, side.n_speakers - 1) * math.sqrt(side.variance) / side.value
    return side.value * math.exp(-reach), side.value * math.exp(min(reach, 700.0))
