"""People outside the range that chance would keep them in, and counts of people by distance.

Each person has a law of their own, Binomial(n_i, p) for an announced share p of n_i calls and
Poisson(n_i·p) for an announced number p in each of n_i months; nothing here is approximated by a
normal curve.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from biasbench.consequences.selection.dispersion import Announced
from biasbench.errors import OptionError
from biasbench.evidence.sums import FloatArray
from biasbench.tables.consequences import PICKED

#: Ends of the bins, in standard deviations from the expected count.
BIN_EDGES = (-3.0, -2.0, -1.0, 1.0, 2.0, 3.0)


@dataclass(frozen=True)
class OutsideRange:
    """People outside the central range of their own exact law at the announced rate.

    `low` and `high` are the range of the person with the median number of calls,
    `typical_calls`; everybody's where `same_for_all`. `p_value` is exact: the chance of so many
    people or more, each with their own probability.
    """

    expected: float
    observed: int
    n_above: int
    n_under: int
    n_people: int
    central: float
    typical_calls: float
    low: int
    high: int
    same_for_all: bool
    p_value: float


def outside_range(
    picked: npt.ArrayLike,
    of: npt.ArrayLike,
    rate: float,
    *,
    announced_as: Announced = "share",
    central: float = 0.95,
) -> OutsideRange:
    """How many people fall outside the range that holds `central` of their own law.

    The range of person i runs from the (1 − central)/2 quantile to the (1 + central)/2 quantile
    of Binomial(n_i, p), or Poisson(n_i·p); its ends are inside.

    >>> found = outside_range([2, 3, 1, 4, 12, 2], [40] * 6, 0.05)
    >>> found.low, found.high, found.observed, round(found.expected, 3)
    (0, 5, 1, 0.083)
    """
    if not 0 < central < 1:
        raise OptionError(f"central={central:g} is not between 0 and 1; 95 % is written 0.95")
    x, n = np.asarray(picked, dtype=float), np.asarray(of, dtype=float)
    law = _law(n, rate, announced_as)
    low = np.asarray(law.ppf((1 - central) / 2), dtype=float)
    high = np.asarray(law.ppf((1 + central) / 2), dtype=float)
    chance = np.asarray(law.cdf(low - 1) + law.sf(high), dtype=float)
    above, under = x > high, x < low
    observed = int((above | under).sum())
    middle = int(np.argsort(n, kind="stable")[(len(n) - 1) // 2])
    return OutsideRange(
        expected=float(chance.sum()),
        observed=observed,
        n_above=int(above.sum()),
        n_under=int(under.sum()),
        n_people=len(n),
        central=central,
        typical_calls=float(n[middle]),
        low=int(low[middle]),
        high=int(high[middle]),
        same_for_all=bool((n == n[0]).all()),
        p_value=_at_least(observed, chance),
    )


def binned(
    picked: npt.ArrayLike,
    of: npt.ArrayLike,
    rate: float,
    *,
    announced_as: Announced = "share",
) -> pd.DataFrame:
    """People by how far their count is from the expected one; columns of tables PICKED.

    In standard deviations √(n_i·p·(1 − p)), √(n_i·p) for numbers. `n_expected` is exact.

    >>> binned([2, 3, 1, 4, 12, 2], [40] * 6, 0.05).round(2)
       from_sd  to_sd  n_people  n_expected
    0     -inf   -3.0         0        0.00
    1     -3.0   -2.0         0        0.00
    2     -2.0   -1.0         0        0.77
    3     -1.0    1.0         4        4.40
    4      1.0    2.0         1        0.54
    5      2.0    3.0         0        0.27
    6      3.0    inf         1        0.02
    """
    x, n = np.asarray(picked, dtype=float), np.asarray(of, dtype=float)
    law = _law(n, rate, announced_as)
    mean = n * rate
    deviation = np.sqrt(mean * (1 - rate)) if announced_as == "share" else np.sqrt(mean)
    # The least whole count at or above each edge; one definition for observed and expected.
    first = np.stack([np.ceil(mean + edge * deviation - 1e-9) for edge in BIN_EDGES])
    under = np.vstack([np.zeros(len(n)), law.cdf(first - 1), np.ones(len(n))])
    which = (x >= first).sum(axis=0)
    ends = (-math.inf, *BIN_EDGES, math.inf)
    return PICKED.check(
        pd.DataFrame(
            {
                "from_sd": ends[:-1],
                "to_sd": ends[1:],
                "n_people": np.bincount(which, minlength=len(ends) - 1),
                "n_expected": np.diff(under, axis=0).sum(axis=1),
            }
        )
    )


def _law(n: FloatArray, rate: float, announced_as: Announced) -> stats.distributions.rv_frozen:
    return stats.binom(n, rate) if announced_as == "share" else stats.poisson(n * rate)


def _at_least(observed: int, chance: FloatArray) -> float:
    """P(at least `observed` of independent events), by adding one event at a time."""
    law = np.array([1.0])
    for p in chance:
        law = np.append(law * (1 - p), 0.0) + np.append(0.0, law * p)
    return float(min(1.0, law[observed:].sum()))
