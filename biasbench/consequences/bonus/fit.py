"""Whether the scale supplied gives what was paid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from biasbench.consequences.bonus.months import MonthSides, PersonMonths
from biasbench.consequences.bonus.pay_months import figure
from biasbench.consequences.bonus.scale import BonusScale

#: Amounts as close as this are the same: half a hundredth.
_SAME_AMOUNT = 0.005


@dataclass(frozen=True)
class ScaleFit:
    """Whether the scale supplied gives what was paid, over both sides together."""

    n_compared: int  # person-months with an amount paid and one by the scale
    n_equal: int
    mean_paid: float
    mean_by_scale: float


def scale_fit(months: PersonMonths, sides: MonthSides, scale: BonusScale) -> ScaleFit:
    """Person-months of both sides: paid against computed. NaN means where none has both.

    A scale that does not give what was paid is not the scale in force, or not all of it.
    """
    here = sides.in_group | sides.in_against
    asked = {"calls": scale.eligibility.calls, "months": scale.eligibility.months}
    counts = {name: figure(months, name) for name, least in asked.items() if least is not None}
    amount = scale.pay(
        {name: figure(months, name) for name in scale.reads},
        calls=counts.get("calls"),
        months=counts.get("months"),
    )
    paid = months.table["paid"].to_numpy(dtype=float)
    both = here & ~np.isnan(amount) & ~np.isnan(paid)
    if not both.any():
        return ScaleFit(0, 0, math.nan, math.nan)
    return ScaleFit(
        n_compared=int(both.sum()),
        n_equal=int((np.abs(amount - paid)[both] < _SAME_AMOUNT).sum()),
        mean_paid=float(paid[both].mean()),
        mean_by_scale=float(amount[both].mean()),
    )
