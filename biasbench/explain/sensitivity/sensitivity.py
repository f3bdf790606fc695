"""How strong something unrecorded would have to be to make the gap, without saying that it is.

    E-value     RR + √(RR·(RR − 1)); 1/RR below 1. The least ratio by which something unrecorded
                would have to go with the group *and* with the outcome, each, beyond what was
                compared, to make RR out of equality. On the estimate, and on the limit nearest 1
                (1 where the interval holds 1). VanderWeele & Ding (2017), Annals of Internal
                Medicine 167:268–274. A ratio of rates is read as their risk ratio.
    Γ           how many times the odds of being in the group one of two matched people may have,
                and the p-value of their paired test stay low (`signed_rank`).

Both assume the worst; neither says that anything of the kind exists. Pairs are pairs of *people*
(`match(..., unit="speaker")`): rows of one person are not independent assignments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.finding import Finding
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.explain.matching.matching import Matched
from biasbench.explain.sensitivity.signed_rank import (
    MOST_EXACT,
    Alternative,
    PBounds,
    gamma_at,
    wilcoxon_bounds,
)


@dataclass(frozen=True)
class EValue:
    """E-values of a ratio and of the limit of its interval nearest 1."""

    ratio: float
    low: float | None
    high: float | None
    estimate: float
    limit: float | None  # None where there is no interval

    @property
    def meaning(self) -> str:
        """The figures in a sentence."""
        text = (
            f"to make a ratio of {self.ratio:.2f} out of equality, something not recorded would "
            f"have to go with both the group and the outcome by a factor of at least "
            f"{self.estimate:.2f} each, beyond what was compared"
        )
        if self.limit is None:
            return f"{text}; there is no interval, so none for its nearer limit"
        if self.limit == 1:
            return f"{text}; the interval holds 1 as it is, so none is needed for its nearer limit"
        nearest = self.low if self.ratio > 1 else self.high
        return f"{text}; for the limit nearest 1, {nearest:.2f}, at least {self.limit:.2f}"


@dataclass(frozen=True)
class RosenbaumBounds:
    """Bounds at several Γ, and the largest Γ at which the p-value stays at or below `alpha`.

    `gamma` is None where it is above `alpha` with no hidden difference at all.
    """

    gamma: float | None
    alpha: float
    alternative: Alternative
    bounds: tuple[PBounds, ...]
    n_pairs: int
    n_equal: int  # pairs without a difference: they say nothing and are left out of the ranks
    method: str

    @property
    def meaning(self) -> str:
        """The figures in a sentence."""
        if self.gamma is None:
            return (
                f"with {self.n_pairs} pairs of people, p is above {self.alpha:g} already when "
                "nothing unrecorded sets them apart: it cannot be decided"
            )
        return (
            f"with {self.n_pairs} pairs of people, p stays at or below {self.alpha:g} unless "
            f"something not recorded makes the odds of being in the group differ more than "
            f"{self.gamma:.2f} times between two people who were matched"
        )


def e_value(ratio: float, low: float | None = None, high: float | None = None) -> EValue:
    """E-value of a ratio, and of the limit nearest 1 of its interval (module docstring).

    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    >>> e_value(0.8, 0.6, 1.1).limit
    1.0
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise OptionError(f"ratio={ratio:g}: an E-value needs a finite ratio above 0")
    if (low is None) != (high is None):
        raise OptionError("give both low and high, or neither")
    if low is None or high is None:
        return EValue(ratio, None, None, _e(ratio), None)
    if not 0 <= low <= ratio <= high:
        raise OptionError(
            f"low={low:g}, ratio={ratio:g}, high={high:g}: these must be in rising order, from 0 on"
        )
    if low <= 1 <= high:
        return EValue(ratio, low, high, _e(ratio), 1.0)
    return EValue(ratio, low, high, _e(ratio), _e(low if ratio > 1 else high))


def e_value_of(found: Comparison | Finding) -> EValue:
    """E-value of a comparison, or of a finding at its family-adjusted interval.

    Raises InsufficientDataError where there is no ratio: a mean, or a side without an event.

    >>> round(e_value_of(Comparison(0.3, 0.1, 0.95, "", ratio=3.0, ratio_low=1.5,
    ...                             ratio_high=6.0)).limit, 2)
    2.37
    """
    if found.ratio is None or found.ratio <= 0:
        raise InsufficientDataError(
            "there is no ratio to take an E-value of; a rate with at least 30 events on each side "
            "is needed"
        )
    return e_value(found.ratio, found.ratio_low, found.ratio_high)


def rosenbaum_bounds(
    pairs: Matched | npt.ArrayLike,
    *,
    gammas: Sequence[float] = (1.0, 1.25, 1.5, 2.0, 3.0),
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> RosenbaumBounds:
    """Bounds for pairs of people: a `Matched` of people, or their values, shape (n_pairs, 2).

    The group's value stands first in each pair. Raises OptionError for rows that were matched, and
    InsufficientDataError below 6 pairs that differ.

    >>> found = rosenbaum_bounds([(0.30, 0.10), (0.22, 0.14), (0.19, 0.12), (0.25, 0.11),
    ...                           (0.18, 0.13), (0.27, 0.12), (0.21, 0.15), (0.16, 0.13)])
    >>> round(found.bounds[0].high, 4), round(found.gamma, 2)
    (0.0078, 1.71)
    """
    if isinstance(pairs, Matched):
        if pairs.pairs is None:
            raise OptionError(
                f"method='{pairs.method}', unit='{pairs.unit}' makes no pairs of people; match "
                "with method='propensity', unit='speaker'"
            )
        values = pairs.pairs
    else:
        values = np.asarray(pairs, dtype=float)
    if values.ndim != 2 or values.shape[1] != 2:
        raise OptionError(f"pairs have shape {values.shape}; two values for each pair are needed")
    if not 0 < alpha < 1:
        raise OptionError(f"alpha={alpha:g} is not between 0 and 1; 0.05 is usual")
    differences = values[:, 0] - values[:, 1]
    n_equal = int((differences == 0).sum())
    if len(differences) - n_equal < FEWEST_TO_TEST:
        raise InsufficientDataError(
            f"{len(differences) - n_equal} pairs of people differ; at least {FEWEST_TO_TEST} are "
            "needed"
        )
    bounds = tuple(wilcoxon_bounds(differences, g, alternative=alternative) for g in gammas)
    is_exact = len(differences) - n_equal <= MOST_EXACT
    return RosenbaumBounds(
        gamma=gamma_at(differences, p=alpha, alternative=alternative),
        alpha=alpha,
        alternative=alternative,
        bounds=bounds,
        n_pairs=len(differences),
        n_equal=n_equal,
        method="signed-rank, exact" if is_exact else "signed-rank, normal approximation",
    )


def _e(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return away + math.sqrt(away * (away - 1))
