"""Pearson's dispersion of counts per person, with p-values by drawing the counts again.

    S = Σ_i (x_i − n_i·p)² / (n_i·p·(1 − p))        a share of n_i calls: binomial
    S = Σ_i (x_i − n_i·p)² / (n_i·p)                a number in n_i months: Poisson

S is about the number of people if calls are picked independently of who speaks, and larger if
some are picked more than others (Cochran 1954, Biometrics 10:417–451). Its p-value is Monte
Carlo, (1 + #{S* ≥ S}) / (1 + R), exact whatever the counts (Davison & Hinkley 1997, Bootstrap
Methods and their Application, ch. 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from biasbench.evidence.sums import FloatArray

#: What is announced: a share of each person's calls, or a number for each month (or week).
Announced = Literal["share", "number"]

#: Cells (draws × people) held at once: 16 MB a matrix.
_CHUNK_CELLS = 2_000_000

#: Draws of equal dispersion must tie whatever the order of summation.
_TIE = 1e-9


@dataclass(frozen=True)
class Dispersion:
    """The statistic S, what it would be on average under independent picking, and its p."""

    rate: float  # the p that S is computed at
    statistic: float
    expected: float
    p_value: float
    n_resamples: int


def dispersion_at(
    picked: npt.ArrayLike,
    of: npt.ArrayLike,
    rate: float,
    *,
    rng: np.random.Generator,
    announced_as: Announced = "share",
    n_resamples: int = 9999,
) -> Dispersion:
    """S at a rate known beforehand, and its p against independent picking at that rate.

    >>> found = dispersion_at([0, 0, 10], [50, 50, 50], 0.1, rng=np.random.default_rng(1))
    >>> round(found.statistic, 2), found.p_value < 0.05
    (16.67, True)
    """
    x, n = np.asarray(picked, dtype=float), np.asarray(of, dtype=float)

    def draw(rows: int) -> FloatArray:
        if announced_as == "share":
            drawn = rng.binomial(n.astype(np.int64), rate, size=(rows, len(n)))
        else:
            drawn = rng.poisson(n * rate, size=(rows, len(n)))
        return drawn.astype(float)

    statistic = _statistic(x, n, rate, announced_as)
    p = _monte_carlo(statistic, draw, n, rate, announced_as, n_resamples)
    return Dispersion(rate, statistic, float(len(n)), p, n_resamples)


def dispersion_given_total(
    picked: npt.ArrayLike,
    of: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    announced_as: Announced = "share",
    n_resamples: int = 9999,
) -> Dispersion:
    """S at the observed rate, and its p among all ways to pick as many calls in all.

    Its mean given the total is (K − 1)·N/(N − 1) for shares of N calls and K − 1 for numbers.

    >>> found = dispersion_given_total([0, 0, 10], [50, 50, 50], rng=np.random.default_rng(1))
    >>> found.p_value, round(found.expected, 3)
    (0.0001, 2.013)
    """
    x, n = np.asarray(picked, dtype=float), np.asarray(of, dtype=float)
    total, all_calls = float(x.sum()), float(n.sum())
    rate = total / all_calls

    def draw(rows: int) -> FloatArray:
        if announced_as == "share":
            drawn = rng.multivariate_hypergeometric(
                n.astype(np.int64), int(total), size=rows, method="marginals"
            )
        else:
            drawn = rng.multinomial(int(total), n / all_calls, size=rows)
        return drawn.astype(float)

    statistic = _statistic(x, n, rate, announced_as)
    p = _monte_carlo(statistic, draw, n, rate, announced_as, n_resamples)
    expected = len(n) - 1.0
    if announced_as == "share":
        expected *= all_calls / (all_calls - 1)
    return Dispersion(rate, statistic, expected, p, n_resamples)


def _statistic(x: FloatArray, n: FloatArray, rate: float, announced_as: Announced) -> float:
    return float(_statistics(x[None, :], n, rate, announced_as)[0])


def _statistics(x: FloatArray, n: FloatArray, rate: float, announced_as: Announced) -> FloatArray:
    variance = n * rate * (1 - rate) if announced_as == "share" else n * rate
    found: FloatArray = ((x - n * rate) ** 2 / variance).sum(axis=1)
    return found


def _monte_carlo(
    statistic: float,
    draw: Callable[[int], FloatArray],
    n: FloatArray,
    rate: float,
    announced_as: Announced,
    n_resamples: int,
) -> float:
    n_as_large = 0
    chunk = max(1, _CHUNK_CELLS // len(n))
    for start in range(0, n_resamples, chunk):
        drawn = draw(min(chunk, n_resamples - start))
        found = _statistics(drawn, n, rate, announced_as)
        n_as_large += int((found >= statistic * (1 - _TIE)).sum())
    return (1 + n_as_large) / (1 + n_resamples)
