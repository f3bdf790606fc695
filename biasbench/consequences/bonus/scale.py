"""A bonus scale: from KPIs of a person and month to an amount, every stage of it traceable.

    z_k     the KPI on 0 … 100:  100·(x − min)/(max − min), or 100·(max − x)/(max − min) where
            higher is worse
    sum     Σ weight_k · z_k     weights add up to 1; of one KPI alone, its own value stands
    step    a ladder of steps stands on one KPI, in its own unit, or on the sum; the highest
            step reached pays its amount, and nothing below it
    amount  Σ over ladders, 0 where not eligible, no more than the cap, rounded

A value *at* a threshold reaches it, from whichever side. What is held against a threshold is
rounded first if the scale says so: with whole points 74.5 is 75 and is paid, and 74.4 is not.
A KPI that is missing leaves the amount missing: NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from biasbench.errors import OptionError, not_found
from biasbench.evidence.sums import FloatArray, IntArray

#: What `on` says of a step that stands on the weighted sum.
SUM = "sum"

#: Decimals beyond which two scores are the same: 0.6·75 + 0.4·75 is 75, whatever binary says.
_DIGITS = 9

KpiDirection = Literal["higher is better", "higher is worse"]


@dataclass(frozen=True)
class Kpi:
    """One figure that the bonus is computed from, on its declared scale."""

    name: str
    direction: KpiDirection
    scale_min: float
    scale_max: float
    weight: float = 0.0  # in the weighted sum

    @property
    def higher_passes(self) -> bool:
        """Whether a threshold is passed at or above it."""
        return self.direction == "higher is better"


@dataclass(frozen=True)
class Ladder:
    """The steps on one KPI, or on the sum, from the easiest to the hardest."""

    on: str
    thresholds: tuple[float, ...]
    amounts: tuple[float, ...]
    higher_passes: bool


@dataclass(frozen=True)
class Eligibility:
    """What a month must have before any step counts; None or absent: nothing is asked.

    `kpis` are bounds: at least that much of a KPI where higher is better, at most where it is
    worse.
    """

    kpis: Mapping[str, float] = field(default_factory=dict)
    calls: float | None = None
    months: float | None = None


@dataclass(frozen=True)
class StepsReached:
    """How each amount came about; arrays of the KPIs' shape.

    `held` is what was held against the steps of each ladder, after rounding, and `step` the
    number of the step reached: 1 the easiest, 0 none, −1 where a KPI is missing.
    """

    held: Mapping[str, FloatArray]
    step: Mapping[str, IntArray]
    eligible: npt.NDArray[np.bool_]
    before_cap: FloatArray
    amount: FloatArray

    @property
    def n_missing(self) -> int:
        """Amounts that are not known because a KPI is not."""
        return int(np.isnan(self.amount).sum())


@dataclass(frozen=True)
class BonusScale:
    """A scale as supplied, checked by `read_scale`; amounts are gross, in `currency` a month."""

    currency: str
    kpis: tuple[Kpi, ...]
    ladders: tuple[Ladder, ...]
    cap: float | None = None
    eligibility: Eligibility = Eligibility()
    score_decimals: int | None = None  # None: nothing is rounded before it meets a step
    amount_decimals: int = 2
    period: Literal["month"] = "month"

    def pay(
        self,
        kpis: Mapping[str, npt.ArrayLike],
        *,
        calls: npt.ArrayLike | None = None,
        months: npt.ArrayLike | None = None,
    ) -> FloatArray:
        """The amount of each person-month; NaN where a KPI that the scale reads is missing.

        `kpis` holds an array for each KPI that the scale reads, all of one shape; `calls` and
        `months` are needed where the scale makes them a condition.

        >>> one = BonusScale("EUR", (Kpi("calm", "higher is better", 0, 100),),
        ...                  (Ladder("calm", (75.0, 85.0), (120.0, 200.0), True),))
        >>> one.pay({"calm": [74.9, 75, 84, 99, np.nan]})
        array([  0., 120., 120., 200.,  nan])
        """
        return self.steps_of(kpis, calls=calls, months=months).amount

    def steps_of(
        self,
        kpis: Mapping[str, npt.ArrayLike],
        *,
        calls: npt.ArrayLike | None = None,
        months: npt.ArrayLike | None = None,
    ) -> StepsReached:
        """The steps that `pay` goes through: what was held against which, and what it gave."""
        values = {name: _values(name, kpis) for name in self.reads}
        shapes = {value.shape for value in values.values()}
        if len(shapes) > 1:
            sizes = ", ".join(f"{name} {value.shape}" for name, value in values.items())
            raise OptionError(f"KPIs of different shapes: {sizes}; give one value a person-month")
        for name, value in values.items():
            self._check_range(name, value)
        shape = next(iter(shapes))
        eligible, known = self._eligible(values, calls, months, shape)
        held = {ladder.on: self._held(ladder.on, values) for ladder in self.ladders}
        for value in held.values():
            known &= ~np.isnan(value)
        step = {ladder.on: step_reached(held[ladder.on], ladder) for ladder in self.ladders}
        total = np.zeros(shape)
        for ladder in self.ladders:
            # Step −1, a missing KPI, takes the last amount here and is set to NaN below.
            total += np.array([0.0, *ladder.amounts])[step[ladder.on]]
        before_cap = np.where(known, np.where(eligible, total, 0.0), np.nan)
        amount = before_cap if self.cap is None else np.minimum(before_cap, self.cap)
        amount = rounded(amount, self.amount_decimals)
        return StepsReached(held, step, eligible & known, before_cap, amount)

    @property
    def reads(self) -> tuple[str, ...]:
        """The KPIs that the amount depends on, in the order of the scale."""
        on = {ladder.on for ladder in self.ladders} | set(self.eligibility.kpis)
        in_sum = {kpi.name for kpi in self.kpis if kpi.weight > 0} if SUM in on else set()
        return tuple(kpi.name for kpi in self.kpis if kpi.name in on | in_sum)

    @property
    def rule(self) -> str:
        """The scale in signs that every language reads: 'calm ≥ 75 → 120, ≥ 85 → 200 EUR'."""
        parts = []
        for ladder in self.ladders:
            sign = "≥" if ladder.higher_passes else "≤"
            steps = ", ".join(
                f"{sign} {threshold:g} → {amount:g}"
                for threshold, amount in zip(ladder.thresholds, ladder.amounts, strict=True)
            )
            parts.append(f"{self._written(ladder.on)} {steps} {self.currency}")
        cap = [] if self.cap is None else [f"≤ {self.cap:g} {self.currency}"]
        return "; ".join(parts + cap)

    def kpi(self, name: str) -> Kpi:
        """The KPI of that name; NotFoundError, with the nearest, if the scale has none."""
        for kpi in self.kpis:
            if kpi.name == name:
                return kpi
        raise not_found("KPI of the scale", name, [kpi.name for kpi in self.kpis])

    def _written(self, on: str) -> str:
        if on != SUM:
            return on
        return " + ".join(f"{kpi.weight:g}·{kpi.name}" for kpi in self.kpis if kpi.weight > 0)

    def _check_range(self, name: str, value: FloatArray) -> None:
        kpi = self.kpi(name)
        outside = (value < kpi.scale_min) | (value > kpi.scale_max)
        if outside.any():
            raise OptionError(
                f"KPI '{name}' is {value[outside].flat[0]:g}, and the scale declares it between "
                f"{kpi.scale_min:g} and {kpi.scale_max:g}: check the unit"
            )

    def _held(self, on: str, values: Mapping[str, FloatArray]) -> FloatArray:
        if on == SUM:
            parts = [
                kpi.weight * on_hundred(values[kpi.name], kpi) for kpi in self.kpis if kpi.weight
            ]
            held = np.sum(parts, axis=0)
        else:
            held = values[on]
        return rounded(held, _DIGITS if self.score_decimals is None else self.score_decimals)

    def _eligible(
        self,
        values: Mapping[str, FloatArray],
        calls: npt.ArrayLike | None,
        months: npt.ArrayLike | None,
        shape: tuple[int, ...],
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Who is eligible, and of whom it is known."""
        eligible, known = np.ones(shape, dtype=bool), np.ones(shape, dtype=bool)
        for name, bound in self.eligibility.kpis.items():
            value = np.round(values[name], _DIGITS)
            eligible &= value >= bound if self.kpi(name).higher_passes else value <= bound
            known &= ~np.isnan(value)
        for name, least, given in (
            ("calls", self.eligibility.calls, calls),
            ("months", self.eligibility.months, months),
        ):
            if least is None:
                continue
            if given is None:
                raise OptionError(
                    f"the scale asks for at least {least:g} {name}, and nobody says how many there "
                    f"are: give '{name}' for each person-month"
                )
            count = np.broadcast_to(np.asarray(given, dtype=float), shape)
            eligible &= count >= least
            known &= ~np.isnan(count)
        return eligible, known


def step_reached(value: npt.ArrayLike, ladder: Ladder) -> IntArray:
    """The number of the highest step that each value reaches: 0 none, −1 for a missing value.

    >>> ladder = Ladder("minutes", (6.0, 5.0), (50.0, 80.0), higher_passes=False)
    >>> step_reached([7.0, 6.0, 5.5, 4.0, np.nan], ladder)
    array([ 0,  1,  1,  2, -1])
    """
    values = np.asarray(value, dtype=float)
    sign = 1.0 if ladder.higher_passes else -1.0
    # side="right": a value at the threshold is counted as having reached it.
    places = np.searchsorted(sign * np.array(ladder.thresholds), sign * values, side="right")
    return np.where(np.isnan(values), -1, places).astype(np.int64)


def on_hundred(value: npt.ArrayLike, kpi: Kpi) -> FloatArray:
    """A KPI on 0 … 100, 100 the best: what the weighted sum is made of.

    >>> on_hundred([240.0, 480.0], Kpi("seconds", "higher is worse", 120, 600))
    array([75., 25.])
    """
    share = (np.asarray(value, dtype=float) - kpi.scale_min) / (kpi.scale_max - kpi.scale_min)
    found: FloatArray = 100 * (share if kpi.higher_passes else 1 - share)
    return found


def rounded(value: npt.ArrayLike, decimals: int) -> FloatArray:
    """Half up, as pay slips round: 74.5 is 75, where numpy's half to even makes it 74.

    >>> rounded([74.5, 75.5, 1.005, np.nan], 0), rounded([1.005], 2)
    (array([75., 76.,  1., nan]), array([1.01]))
    """
    unit = 10.0**decimals
    # The small addition: 1.005·100 is 100.49999999999999 in binary.
    found: FloatArray = np.floor(np.asarray(value, dtype=float) * unit + 0.5 + 1e-9) / unit
    return found


def _values(name: str, kpis: Mapping[str, npt.ArrayLike]) -> FloatArray:
    if name not in kpis:
        raise not_found("KPI in the values", name, kpis)
    return np.asarray(kpis[name], dtype=float)
