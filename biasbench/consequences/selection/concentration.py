"""Is listening concentrated on some people? Counts per person against an announced rate.

Person i has n_i calls, of which x_i were picked (recorded, listened to); p is the announced
share. Where a number a month is announced instead, n_i are months and the law is Poisson.

Three looks at the same counts: the dispersion S (`dispersion`), people outside the range of
their own law (`central_range`), and the spread of a fitted beta-binomial (`beta_binomial`). The
p-value of S is computed twice:

    announced   x_i* drawn at p: fails too if everybody is picked more often than announced
    observed    x* drawn given Σ x_i (multivariate hypergeometric; multinomial for numbers),
                p put at Σ x_i / Σ n_i: fails only if picking depends on the person

Only the second speaks of concentration. Neither says why: people whose calls are listened to
more may have asked for it, or be new. Persons leave this file as binned counts and never singly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.selection.beta_binomial import BetaBinomial, beta_binomial
from biasbench.consequences.selection.central_range import OutsideRange, binned, outside_range
from biasbench.consequences.selection.dispersion import (
    Announced,
    Dispersion,
    dispersion_at,
    dispersion_given_total,
)
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray


@dataclass(frozen=True)
class Concentration:
    """How unevenly people are picked.

    `spread` is None where a number is announced or nobody has two calls, and `note` says so;
    `bins` has the columns of tables.consequences.PICKED.
    """

    announced: float
    announced_as: Announced
    observed: float  # Σ x_i / Σ n_i
    against_announced: Dispersion
    against_observed: Dispersion
    outside: OutsideRange
    spread: BetaBinomial | None
    bins: pd.DataFrame
    n_people: int
    n_without_calls: int
    note: str | None


def concentration(
    picked: npt.ArrayLike,
    of: npt.ArrayLike,
    announced: float,
    *,
    rng: np.random.Generator,
    announced_as: Announced = "share",
    central: float = 0.95,
    level: float = 0.95,
    n_resamples: int = 9999,
) -> Concentration:
    """Everything about the spread of picking over people; arrays of shape (n_people,).

    People without a call (or month) are counted and left out. Raises InsufficientDataError with
    fewer than 6 others, and where nothing or everything was picked.

    >>> found = concentration([0, 1, 2, 0, 5, 1, 3, 0, 9, 2, 1, 0, 4, 14, 1, 2],
    ...     [40, 35, 50, 20, 60, 45, 30, 25, 50, 40, 38, 22, 55, 60, 41, 47], 0.05,
    ...     rng=np.random.default_rng(0))
    >>> found.against_observed.p_value, round(found.against_observed.statistic, 1)
    (0.0001, 50.0)
    >>> found.outside.observed, round(found.outside.expected, 2), found.outside.p_value < 0.01
    (2, 0.22, False)
    """
    x, n = _counts(picked, of, announced, announced_as)
    here = n > 0
    x, n, n_without = x[here], n[here], int((~here).sum())
    if len(n) < FEWEST_TO_TEST:
        people = "1 person" if len(n) == 1 else f"{len(n)} people"
        raise InsufficientDataError(
            f"{people} with calls: whether picking is concentrated takes at least {FEWEST_TO_TEST}"
        )
    if x.sum() == 0 or (announced_as == "share" and x.sum() == n.sum()):
        raise InsufficientDataError(
            f"{x.sum():g} of {n.sum():g} were picked: concentration takes some picked and some not"
        )
    spread, note = None, None
    if announced_as == "number":
        note = "a number is announced: there is no share whose spread could be fitted"
    elif n.max() < 2:
        note = "nobody has two calls: the spread between people cannot be fitted"
    else:
        spread = beta_binomial(x, n, level=level)
    return Concentration(
        announced=announced,
        announced_as=announced_as,
        observed=float(x.sum() / n.sum()),
        against_announced=dispersion_at(
            x, n, announced, rng=rng, announced_as=announced_as, n_resamples=n_resamples
        ),
        against_observed=dispersion_given_total(
            x, n, rng=rng, announced_as=announced_as, n_resamples=n_resamples
        ),
        outside=outside_range(x, n, announced, announced_as=announced_as, central=central),
        spread=spread,
        bins=binned(x, n, announced, announced_as=announced_as),
        n_people=len(n),
        n_without_calls=n_without,
        note=note,
    )


def _counts(
    picked: npt.ArrayLike, of: npt.ArrayLike, announced: float, announced_as: Announced
) -> tuple[FloatArray, FloatArray]:
    if announced_as not in get_args(Announced):
        raise OptionError(
            f"announced_as={announced_as!r} is none of 'share' (of a person's calls) and "
            "'number' (a month)"
        )
    most = 1.0 if announced_as == "share" else math.inf
    if not 0 < announced < most:
        raise OptionError(
            f"announced={announced:g}: a share lies between 0 and 1 (2 % is 0.02), and a number "
            "a month is above 0 (announced_as='number')"
        )
    x, n = np.asarray(picked, dtype=float), np.asarray(of, dtype=float)
    wrong = (x < 0) | (x != np.round(x)) | (n < 0)
    if announced_as == "share":
        wrong |= (x > n) | (n != np.round(n))
    if wrong.any():
        at = int(wrong.argmax())
        raise OptionError(
            f"{x[at]:g} picked of {n[at]:g}: give whole counts, for shares with 0 ≤ picked ≤ calls"
        )
    return x, n
