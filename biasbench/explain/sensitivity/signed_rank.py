"""Bounds of the signed-rank test's p-value when pairs may differ in something unrecorded.

Two people of a pair are alike in what they were matched on, yet one may have up to Γ times the
odds of being in the group. With r_i the ranks of the sizes of the differences and T the sum of
those of the positive ones, T is then, if the group makes no difference, stochastically

    at most   Σ r_i·Bernoulli(Γ/(1 + Γ))        at least   Σ r_i·Bernoulli(1/(1 + Γ))

Rosenbaum (2002), Observational Studies, 2nd ed., §4.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy import stats

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray

Alternative = Literal["two-sided", "greater", "less"]

#: Up to this many pairs the distribution is computed; above, it is the normal approximation.
MOST_EXACT = 100
#: Γ beyond this is reported as this: no hidden difference of interest is larger.
_LARGEST_GAMMA = 1e6


@dataclass(frozen=True)
class PBounds:
    """The smallest and largest p-value that a hidden difference of odds up to Γ allows."""

    gamma: float
    low: float
    high: float


def wilcoxon_bounds(
    differences: npt.ArrayLike,
    gamma: float,
    *,
    alternative: Alternative = "two-sided",
    exact: bool | None = None,
) -> PBounds:
    """Bounds of the signed-rank p-value of paired differences at Γ; shape (n_pairs,).

    Differences of 0 are left out; equal sizes share their mean rank. `exact` computes the
    distribution, ties and all; None does so up to 100 pairs and takes the normal approximation
    above. Two-sided is twice the smaller side. Γ = 1 gives the ordinary test.

    >>> found = wilcoxon_bounds([3, 1, 4, 1.5, 9, 2.6, 5.3, 5.8], 2, alternative="greater")
    >>> round(found.low, 5), round(found.high, 5)
    (0.00015, 0.03902)
    """
    if not (math.isfinite(gamma) and gamma >= 1):
        raise OptionError(f"gamma={gamma:g} is below 1 or not finite; 1 is no hidden difference")
    _check_alternative(alternative)
    made = _rankable(differences)
    use_exact = len(made) <= MOST_EXACT if exact is None else exact
    return PBounds(
        gamma,
        low=_p_value(made, 1 / (1 + gamma), alternative, use_exact),
        high=_p_value(made, gamma / (1 + gamma), alternative, use_exact),
    )


def gamma_at(
    differences: npt.ArrayLike,
    *,
    p: float = 0.05,
    alternative: Alternative = "two-sided",
    exact: bool | None = None,
) -> float | None:
    """The largest Γ at which the upper bound stays at or below `p`; None if it never does.

    >>> round(gamma_at([3, 1, 4, 1.5, 9, 2.6, 5.3, 5.8], alternative="greater"), 3)
    2.202
    """
    if not 0 < p < 1:
        raise OptionError(f"p={p:g} is not between 0 and 1; 0.05 is usual")

    def upper(gamma: float) -> float:
        return wilcoxon_bounds(differences, gamma, alternative=alternative, exact=exact).high

    if upper(1.0) > p:
        return None
    below, above = 1.0, 2.0
    while upper(above) <= p:
        below, above = above, 2 * above
        if above > _LARGEST_GAMMA:
            return _LARGEST_GAMMA
    while above - below > 1e-9 * above:
        middle = (below + above) / 2
        below, above = (middle, above) if upper(middle) <= p else (below, middle)
    return below


def _rankable(differences: npt.ArrayLike) -> FloatArray:
    made = np.asarray(differences, dtype=float)
    if made.ndim != 1 or not np.isfinite(made).all():
        raise OptionError("differences must be one finite number for each pair of people")
    differing: FloatArray = made[made != 0]
    if not differing.size:
        raise InsufficientDataError(
            f"no pair differs; at least {FEWEST_TO_TEST} pairs that differ are needed"
        )
    return differing


def _p_value(
    differences: FloatArray, probability: float, alternative: Alternative, exact: bool
) -> float:
    if alternative == "greater":
        return _upper_tail(differences, probability, exact)
    if alternative == "less":
        return _upper_tail(-differences, probability, exact)
    sides = (_upper_tail(sign * differences, probability, exact) for sign in (1, -1))
    return min(1.0, 2 * min(sides))


def _upper_tail(differences: FloatArray, probability: float, exact: bool) -> float:
    """P(Σ r_i·Bernoulli(probability) ≥ T), T the ranks of the positive differences."""
    ranks: FloatArray = stats.rankdata(np.abs(differences)).astype(float)
    observed = float(ranks[differences > 0].sum())
    if not exact:
        spread = math.sqrt(float((ranks**2).sum()) * probability * (1 - probability))
        return float(stats.norm.sf((observed - probability * ranks.sum()) / spread))
    doubled = np.rint(2 * ranks).astype(np.int64)  # mean ranks are halves
    chance = np.zeros(int(doubled.sum()) + 1)
    chance[0] = 1.0
    for rank in doubled:
        moved = np.zeros_like(chance)
        moved[rank:] = chance[: len(chance) - rank]
        chance = (1 - probability) * chance + probability * moved
    return min(1.0, float(chance[round(2 * observed) :].sum()))


def _check_alternative(alternative: str) -> None:
    if alternative not in get_args(Alternative):
        known = ", ".join(map(repr, get_args(Alternative)))
        raise OptionError(f"alternative={alternative!r} is none of {known}")
