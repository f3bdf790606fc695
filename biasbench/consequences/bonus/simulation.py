"""What a score gap does to the bonus under a scale: three scenarios, all else unchanged.

    gap removed    the group's monthly scores moved by the gap, x + (R_a − R_g), and paid again;
                   kept within the KPI's declared scale. At equal human rating: by the gap that is
                   left there.
    substituted    the same calls scored again (on human transcripts), the same scale
    corrected      the same calls with the employer's own corrected scores

    change of a side   mean over its person-months of (amount then − amount now)
    change in the gap  change of the group − change of the other side: above 0, the gap as it is
                       costs the group that much a person-month

The amounts are those of the scores as they are measured, errors included, because those are what
is paid; other KPIs, calls and service stay as they are. Ranges: `resampling`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from biasbench.consequences.bonus.resampling import (
    PayMonths,
    Range,
)
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.evidence.sums import FloatArray, IntArray

Scenario = Literal["gap_removed", "gap_removed_at_equal_rating", "substituted", "corrected"]

#: Amounts closer than this are the same: no month changes by rounding.
_SAME = 1e-9


@dataclass(frozen=True)
class Crossings:
    """Whose bonus moves in the scenario, on the group's side: months, and people in all."""

    n_months_up: int
    n_months_down: int
    n_people_up: int  # people whose months together would be paid more
    n_people_down: int
    n_people: int


@dataclass(frozen=True)
class SimulatedBonus:
    """Amounts a person-month under a scenario; pairs are of the group and of the other side.

    `two_stage` is the range of `gap_change` with the calls redrawn too, moved back by
    `noise_shift`, what that second helping of measurement error does to the figure; None where
    calls are not known.
    """

    scenario: Scenario
    currency: str
    rule: str
    now: tuple[float, float]
    then: tuple[float, float]
    group_change: Range
    against_change: Range
    gap_change: Range
    two_stage: Range | None
    noise_shift: float | None
    shift: float | None  # points that the group's scores were moved by
    n_kept_in_scale: int  # months of the group that the move would have taken off the scale
    crossings: Crossings
    n_people: tuple[int, int]
    n_months: tuple[int, int]  # person-months with an amount
    n_missing: tuple[int, int]  # person-months without one
    level: float
    seed: int
    n_resamples: int

    @property
    def direction(self) -> Literal["disadvantage", "advantage"]:
        """Whose way the score gap works in euros, seen from the group."""
        return "disadvantage" if self.gap_change.value >= 0 else "advantage"

    @property
    def gap(self) -> Range:
        """The gap in the direction of `direction`: value above 0, for M-PAY-SIM."""
        return self.gap_change if self.direction == "disadvantage" else self.gap_change.mirrored()


@dataclass(frozen=True)
class Draws:
    """How often to draw and for which level; `seed` starts each scenario's own stream."""

    level: float
    seed: int
    n_resamples: int


class Payer:
    """The amounts of a side's months for any scores of theirs, other KPIs as they are."""

    def __init__(self, side: PayMonths, scale: BonusScale, kpi: str) -> None:
        self._side, self._scale, self._kpi = side, scale, kpi

    def __call__(self, score: FloatArray, month: IntArray | None = None) -> FloatArray:
        """Scores of shape (…, n_months), or of the months named."""

        def of_months(values: FloatArray) -> FloatArray:
            return np.broadcast_to(values if month is None else values[month], score.shape)

        kpis = {name: of_months(values) for name, values in self._side.kpis.items()}
        counts = {name: of_months(values) for name, values in self._side.counts.items()}
        return self._scale.pay(
            {**kpis, self._kpi: score}, calls=counts.get("calls"), months=counts.get("months")
        )


def scores(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Each month's score, NaN where it has none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)


def has_calls(side: PayMonths) -> bool:
    """Whether any month rests on two calls or more: else there is nothing to redraw."""
    return bool((np.diff(side.first_call) > 1).any())


def n_people(side: PayMonths, counted: np.ndarray) -> int:
    """People with any month counted."""
    return int(np.count_nonzero(side.by_person(counted.astype(float))))


def crossings(group: PayMonths, change: FloatArray) -> Crossings:
    """How many months and people of the group are paid otherwise in the scenario."""
    by_person = group.by_person(change)
    return Crossings(
        n_months_up=int((change > _SAME).sum()),
        n_months_down=int((change < -_SAME).sum()),
        n_people_up=int((by_person > _SAME).sum()),
        n_people_down=int((by_person < -_SAME).sum()),
        n_people=n_people(group, ~np.isnan(change)),
    )
