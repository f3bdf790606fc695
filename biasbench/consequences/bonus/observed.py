"""The bonus that was paid: mean, median and share without any, by group.

    mean      Σ paid / person-months, people as the unit: the CR3-t interval of a mean
    median    of the person-months of a side, beside the mean: a step pays all or nothing, and
              the two can lie far apart
    zero      person-months paid 0, out of those whose amount is known

An amount that is not known is missing, never 0: it is counted, and above 20 % of a side gate
N-MISS refuses a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.consequences.bonus.link import find_link, measures_of_months
from biasbench.consequences.bonus.months import PersonMonths
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.finding import Finding
from biasbench.evidence.methods import cr3
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.sums import speaker_sums
from biasbench.tables import REST

#: The metric of what was paid.
PAID = "mean_bonus:paid"


@dataclass(frozen=True)
class ObservedBonus:
    """What was paid; pairs are of the group and of the other side.

    `finding` compares the means a person-month (its margin is in `currency`), `zero` the shares
    without any bonus. No amount here is one person's.
    """

    finding: Finding
    median: tuple[float, float]
    zero: Comparison
    n_zero: tuple[int, int]  # person-months paid 0
    n_months: tuple[int, int]  # person-months with a known amount
    n_missing: tuple[int, int]  # person-months without one
    n_people: tuple[int, int]  # people with a known amount
    n_periods: int
    currency: str


def observed_bonus(
    months: PersonMonths,
    *,
    group: str,
    currency: str,
    against: str = REST,
    margin: float | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 9999,
) -> ObservedBonus:
    """What was paid to the group and to the other side, a person-month.

    `margin` is the smallest gap that matters, in `currency` a month; without one the verdict is
    None. Raises InsufficientDataError where nobody on a side has a known amount.

    >>> import pandas as pd
    >>> from biasbench.consequences.bonus.months import months_of_table
    >>> own = pd.DataFrame({
    ...     "speaker_id": [f"p{n:02}" for n in range(40)], "period": "2026-03", "calm": 75.0,
    ...     "accent": ["b"] * 20 + ["a"] * 20,
    ...     "paid": [0.0, 120.0] * 10 + [0.0, 120.0, 120.0, 120.0] * 5})
    >>> found = observed_bonus(months_of_table(own, by="accent", kpi="calm"), group="b",
    ...                        currency="EUR", margin=10, n_resamples=99)
    >>> found.finding.value, found.finding.against_value, found.median, found.n_zero
    (60.0, 90.0, (60.0, 120.0), (10, 5))
    >>> found.finding.verdict
    'V-I'
    """
    if "paid" not in months.table.columns:
        raise OptionError(
            "no column 'paid' in the person-months: give what was paid in a table of your own, "
            "with speaker_id, period and paid"
        )
    sides = months.sides(group, against)
    paid = months.table["paid"].to_numpy(dtype=float)
    known = ~np.isnan(paid)
    for name, mask in zip(sides.names, sides.masks, strict=True):
        if not (mask & known).any():
            raise InsufficientDataError(
                f"nobody in {name} has a known amount paid; at least 10 people on each side are "
                "needed"
            )
    here = sides.in_group | sides.in_against
    finding = find_link(
        measures_of_months(
            months.table[here],
            paid[here],
            np.where(known, 1.0, np.nan)[here],
            system=months.system,
            metric=PAID,
        ),
        sides.in_group[here],
        sides,
        by=months.by,
        grouping=(),
        margin=margin,
        direction="higher is better",
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
    )
    speaker = months.table["speaker_id"].to_numpy()
    zero = [
        speaker_sums(speaker[mask & known], paid[mask & known] == 0, np.ones((mask & known).sum()))
        for mask in sides.masks
    ]
    return ObservedBonus(
        finding=finding,
        median=_pair([float(np.median(paid[mask & known])) for mask in sides.masks]),
        zero=cr3.compare(zero[0], zero[1], level=level),
        n_zero=_counts([mask & (paid == 0) for mask in sides.masks]),
        n_months=_counts([mask & known for mask in sides.masks]),
        n_missing=_counts([mask & ~known for mask in sides.masks]),
        n_people=(zero[0].n_speakers, zero[1].n_speakers),
        n_periods=int(months.table.loc[known & here, "period"].nunique()),
        currency=currency,
    )


def _pair(values: list[float]) -> tuple[float, float]:
    return values[0], values[1]


def _counts(masks: list[np.ndarray]) -> tuple[int, int]:
    return int(masks[0].sum()), int(masks[1].sum())
