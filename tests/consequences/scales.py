"""Bonus scales, planted scores whose true euro gap is known, and the calls under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from biasbench.consequences.bonus.resampling import PayMonths
from biasbench.consequences.bonus.scale import BonusScale, Kpi, Ladder

#: The example of the documentation: two KPIs, a weighted sum, a cap, conditions, rounding.
PRIME = """
currency = "EUR"
period = "month"

[kpis.calm]
direction = "higher is better"
scale_min = 0
scale_max = 100
weight = 0.7

[kpis.handling_seconds]
direction = "higher is worse"
scale_min = 120
scale_max = 900
weight = 0.3

[[steps]]
from = 70
amount = 60
on = "sum"

[[steps]]
from = 80
amount = 120
on = "sum"

[cap]
month = 150

[eligibility]
calls = 20
months = 3
kpis = { calm = 40 }

[rounding]
score = 0
amount = 2
"""


def write_scale(folder: Path, text: str = PRIME) -> Path:
    path = folder / "prime.toml"
    path.write_text(text, encoding="utf-8")
    return path


def one_kpi(thresholds: Sequence[float] = (75.0,), amounts: Sequence[float] = (120.0,)):
    """One KPI, 'calm', that no planted score leaves."""
    return BonusScale(
        "EUR",
        (Kpi("calm", "higher is better", -1000, 1000),),
        (Ladder("calm", tuple(thresholds), tuple(amounts), True),),
    )


@dataclass(frozen=True)
class World:
    """Normal scores: people differ by `people_sd`, their months by `month_sd`, calls by the rest.

    A month's score, which is what is paid, is the mean of `calls` calls.
    """

    people: tuple[int, int] = (30, 30)
    months: int = 3
    calls: int = 10
    mean: float = 74.5
    against_mean: float = 77.5
    people_sd: float = 6.5
    month_sd: float = 2.0
    call_sd: float = 13.0

    @property
    def score_sd(self) -> float:
        """Of a month's score, over people and months."""
        return float(np.hypot(np.hypot(self.people_sd, self.month_sd), self.call_sd_of_mean))

    @property
    def call_sd_of_mean(self) -> float:
        return self.call_sd / self.calls**0.5

    def true_gap(self, scale: BonusScale) -> float:
        """What the gap between the two means costs a person-month of the group, exactly."""
        (ladder,) = scale.ladders
        steps = np.diff([0.0, *ladder.amounts])
        passing = [
            norm.sf(ladder.thresholds, mean, self.score_sd)
            for mean in (self.mean, self.against_mean)
        ]
        return float(steps @ (passing[1] - passing[0]))

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Calls of both sides, shape (people, months, calls)."""
        found = []
        for n, mean in zip(self.people, (self.mean, self.against_mean), strict=True):
            months = (
                mean
                + rng.normal(0, self.people_sd, (n, 1))
                + rng.normal(0, self.month_sd, (n, self.months))
            )
            found.append(
                months[:, :, None] + rng.normal(0, self.call_sd, (n, self.months, self.calls))
            )
        return found[0], found[1]


def pay_side(*calls: np.ndarray, kpis: dict[str, np.ndarray] | None = None) -> PayMonths:
    """A side of (people, months, calls) arrays, one for each way of scoring."""
    people, months, n = calls[0].shape
    return PayMonths(
        kpis=kpis or {},
        counts={},
        first_month=np.arange(people + 1) * months,
        first_call=np.arange(people * months + 1) * n,
        calls=tuple((way.ravel(), np.ones(way.size)) for way in calls),
    )


def calls_table(group: np.ndarray, against: np.ndarray) -> pd.DataFrame:
    """The same as a measures table, with months 2026-01 on; groups 'g' and 'r'."""
    parts = []
    for name, values in (("g", group), ("r", against)):
        person, month, _ = np.indices(values.shape).reshape(3, -1)
        parts.append(
            pd.DataFrame(
                {
                    "speaker_id": [f"{name}{number:04}" for number in person],
                    "month": [f"2026-{number + 1:02}" for number in month],
                    "numerator": values.ravel(),
                    "accent": name,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        system="tone:own",
        metric="mean_score:calm",
        unit_id=[f"c{number}" for number in range(len(table))],
        denominator=1.0,
        direction="higher is better",
    )
