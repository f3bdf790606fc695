"""From score to pay, link by link: the score gap, what was paid, and what a scale makes of it.

Each link has its own verdict. What was paid is always given. A simulation is made only where the
score gap is established in these data (V-D1 … V-D3, V-A1 … V-A3 under a margin declared before);
otherwise there is a refusal, PAY-NO, and no number at all.

Amounts are gross and a person-month's on average: no one person's, and no total. What they are
not is a calculation of compensation.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from biasbench.consequences.bonus.asked import check_finding, months_asked
from biasbench.consequences.bonus.bonus_rows import observed_row, simulated_row
from biasbench.consequences.bonus.fit import ScaleFit, scale_fit
from biasbench.consequences.bonus.link import find_link
from biasbench.consequences.bonus.months import PersonMonths
from biasbench.consequences.bonus.observed import ObservedBonus, observed_bonus
from biasbench.consequences.bonus.own_table import OwnTable
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.consequences.bonus.scenarios import PayRefusal, simulate
from biasbench.consequences.bonus.simulation import Draws, SimulatedBonus
from biasbench.errors import OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.finding import Finding
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import Audience
from biasbench.tables import REST
from biasbench.tables.bonuses import BONUSES
from biasbench.tables.grouping import By, crossed_columns


@dataclass(frozen=True)
class BonusGap:
    """The chain from score to pay; `simulated` is empty wherever `refusals` says so."""

    score: Finding
    observed: ObservedBonus | None  # None: no amounts paid were supplied
    fit: ScaleFit | None
    simulated: tuple[SimulatedBonus, ...]
    refusals: tuple[PayRefusal, ...]
    scale: BonusScale
    kpi: str
    n_periods: int
    level: float
    notes: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """Everything in euros as one table, tables.bonuses.BONUSES."""
        rows = [] if self.observed is None else [observed_row(self.observed, self.level)]
        rows += [simulated_row(one) for one in self.simulated]
        return BONUSES.check(pd.DataFrame(rows, columns=list(BONUSES.columns), dtype=object))


def bonus_gap(
    measures: MeasuresSource | PersonMonths,
    scale: BonusScale,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    period: str | None = None,
    kpi: str | None = None,
    own: OwnTable | None = None,
    margin: float | None = None,
    pay_margin: float | None = None,
    finding: Finding | None = None,
    equal_rating: Comparison | None = None,
    substituted: MeasuresSource | PersonMonths | None = None,
    corrected: MeasuresSource | PersonMonths | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 1999,
) -> BonusGap:
    """The score gap, the bonus paid, and the gap in the bonus that the scale makes of the score.

    Parameters
    ----------
    measures, by, group, against, metric, system
        As in `assess`, a row being a call; or `PersonMonths` made already (`person_months`,
        `months_of_table`), when metric, system, period and own are left out.
    scale
        `read_scale("bonus.toml")`.
    period, own
        The column that names each call's month, and a table of person-months of one's own: what
        was paid, the scale's other KPIs, calls, months of service.
    kpi
        Which KPI of the scale the metric is; by default its only one, or the one of that name.
    margin, pay_margin
        The smallest gap that matters, of the score in its unit and of the amount in the currency.
    finding
        About these very rows, from a family of comparisons assessed before; without one the score
        gap is assessed here, as one comparison.
    equal_rating
        The score gap at equal human rating (`score_at_equal_rating(...).at_equal_rating`), for a
        simulation of its own.
    substituted, corrected
        The same calls (same unit_id) scored on human transcripts; with the employer's corrections.
    level, audience, seed, n_resamples
        Of the intervals, gates and draws.

    Raises
    ------
    InsufficientDataError
        More than a fifth of a side's person-months have no amount by the scale, or no call is
        scored both ways.
    OptionError, NotFoundError, TableError
        What cannot be asked, is not there, or cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from biasbench.consequences.bonus.scale_files import parse_scale
    >>> scale = parse_scale({
    ...     "currency": "EUR", "period": "month", "steps": [{"from": 75, "amount": 120}],
    ...     "kpis": {"calm": {"direction": "higher is better", "scale_min": 0, "scale_max": 100}}})
    >>> calls = pd.DataFrame({
    ...     "system": "tone:own", "metric": "mean_score:calm", "unit_id": range(480),
    ...     "speaker_id": np.repeat(np.arange(80), 6), "month": np.tile(["03", "04"], 240),
    ...     "accent": np.repeat(["b", "a"], 240), "denominator": 1.0,
    ...     "numerator": np.r_[70 + np.arange(240) % 11, 74 + np.arange(240) % 11] + 0.0})
    >>> found = bonus_gap(calls, scale, by="accent", group="b", period="month", margin=1)
    >>> found.score.verdict, [one.scenario for one in found.simulated]
    ('V-D1', ['gap_removed'])
    >>> gap = found.simulated[0].gap
    >>> print(f"{gap.value:.0f} EUR, {gap.low:.0f} to {gap.high:.0f}")
    54 EUR, 38 to 71
    >>> few = bonus_gap(calls[216:264], scale, by="accent", group="b", period="month", margin=9)
    >>> few.score.verdict, few.simulated, few.refusals[0].code
    ('V-N', (), 'PAY-NO')
    """
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    months = months_asked(measures, scale, by, metric, system, period, kpi, own)
    sides = months.sides(group, against)
    grouping = crossed_columns(by, months.rows)
    direction = scale.kpi(months.kpi).direction
    if months.direction not in (None, direction):
        raise OptionError(
            f"{months.metric} is '{months.direction}' in the measures and '{months.kpi}' is "
            f"'{direction}' in the scale: one of the two is wrong"
        )
    if finding is not None and margin is not None:
        raise OptionError("margin= and finding= are both given; the finding has its own margin")
    if finding is None:
        here = (sides.in_group | sides.in_against)[months.month]
        finding = find_link(
            months.rows[here],
            sides.in_group[months.month][here],
            sides,
            by=months.by,
            grouping=grouping,
            margin=margin,
            direction=direction,
            level=level,
            audience=audience,
            seed=seed,
            n_resamples=n_resamples,
        )
    else:
        check_finding(finding, months, sides)
    observed = None
    if "paid" in months.table.columns:
        observed = observed_bonus(
            months,
            group=group,
            currency=scale.currency,
            against=against,
            margin=pay_margin,
            level=level,
            audience=audience,
            seed=seed,
            n_resamples=n_resamples,
        )
    simulated, refusals, notes = simulate(
        months,
        sides,
        scale,
        finding,
        equal_rating,
        {"substituted": substituted, "corrected": corrected},
        by,
        Draws(level, seed, n_resamples),
    )
    return BonusGap(
        score=finding,
        observed=observed,
        fit=None if observed is None else scale_fit(months, sides, scale),
        simulated=tuple(simulated),
        refusals=tuple(refusals),
        scale=scale,
        kpi=months.kpi,
        n_periods=months.n_periods,
        level=level,
        notes=(*months.notes, *notes),
    )
