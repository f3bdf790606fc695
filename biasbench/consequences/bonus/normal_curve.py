"""What a gap of some points does at each threshold, if scores are normal.

    pass rate      Φ((mean − τ) / SD)
    amount         (pass rate of the other side − pass rate of the group) × the step's amount

A closed form, for planning and for a reader who wants to see how one and the same gap of scores
becomes a large or a small gap of pay. Nobody's data: the ratios have no interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr

from biasbench.errors import OptionError
from biasbench.tables.bonuses import NORMAL_CURVE


def normal_curve(
    mean: float,
    against_mean: float,
    *,
    sd: float,
    thresholds: Sequence[float],
    amount: float,
    against_sd: float | None = None,
) -> pd.DataFrame:
    """Pass rates, ratios on both sides and the amount at each threshold; table NORMAL_CURVE.

    `amount` is what the step pays a person and period; the other side has the same SD unless
    `against_sd` says otherwise. A ratio over a rate that is 0 is NaN.

    >>> curve = normal_curve(74.5, 77.5, sd=8, thresholds=[60, 75, 90], amount=120)
    >>> curve[["threshold", "difference", "pass_ratio", "below_ratio", "amount"]].round(3)
       threshold  difference  pass_ratio  below_ratio  amount
    0       60.0       0.021       0.979        2.435   2.472
    1       75.0       0.148       0.763        1.391  17.710
    2       90.0       0.033       0.446        1.035   3.929
    """
    other_sd = sd if against_sd is None else against_sd
    numbers = {"mean": mean, "against_mean": against_mean, "sd": sd, "against_sd": other_sd}
    for name, value in {**numbers, "amount": amount}.items():
        if not np.isfinite(value) or (name.endswith("sd") and value <= 0):
            wanted = "a number above 0" if name.endswith("sd") else "a finite number"
            raise OptionError(f"{name}={value:g}: give {wanted}")
    places = np.unique(np.asarray(thresholds, dtype=float))
    if not places.size or not np.isfinite(places).all():
        raise OptionError(f"thresholds={list(thresholds)}: give one or more finite numbers")
    ours, other = ndtr((mean - places) / sd), ndtr((against_mean - places) / other_sd)
    below, other_below = ndtr((places - mean) / sd), ndtr((places - against_mean) / other_sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        pass_ratio = np.where(other > 0, ours / other, np.nan)
        below_ratio = np.where(other_below > 0, below / other_below, np.nan)
    return NORMAL_CURVE.check(
        pd.DataFrame(
            {
                "threshold": places,
                "pass_rate": ours,
                "against_pass_rate": other,
                "difference": other - ours,
                "pass_ratio": pass_ratio,
                "below_ratio": below_ratio,
                "amount": (other - ours) * amount,
            }
        )
    )
