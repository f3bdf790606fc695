"""From score to pay: every link that can be looked at for one group, in one call.

Each link has its own figures and its own verdict; none is inferred from another. A link that was
not asked for is None; one that the data cannot bear is None too, with its reason in `refused`, so
that whoever asked for it sees that it was asked.

The curve stands on round thresholds (… 84, 86, 88 …), not on the scores that were observed: each
of those is somebody's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast, get_args

import numpy as np
import pandas as pd

from biasbench.consequences.bonus import (
    BonusGap,
    BonusScale,
    FalseDenial,
    ObservedBonus,
    PersonMonths,
    bonus_gap,
    false_denial,
    observed_bonus,
    person_months,
    read_scale,
)
from biasbench.consequences.substitution import Substitution, assess_substitution
from biasbench.consequences.thresholds import (
    LowestShare,
    ThresholdCurve,
    share_in_lowest,
    threshold_curve,
)
from biasbench.consequences.thresholds.round_places import round_places
from biasbench.consequences.thresholds.scores import Unit, scores_of
from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.finding import Finding
from biasbench.evidence.intake import covariates, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import margins_asked
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sufficiency import Audience
from biasbench.tables import REST, Direction, read_table
from biasbench.tables.grouping import By

Found = TypeVar("Found")


@dataclass(frozen=True)
class Chain:
    """What a gap in one score does to one group, link by link (report.md §K).

    `score` is the system's own name for it and `direction` its worse way; `period` is the column
    of months and `scale` the bonus scale, None where none was given. `substitution` is the same
    scoring on human transcripts; `curve` passing and failing at every threshold; `lowest` who
    stands among the lowest-scored; `denial` whom a human rating would have let pass; `bonus` what
    the scale makes of the gap; `paid` what was paid, known even where the scale gives no amount.
    `refused` holds (link, reason).
    """

    score: str
    group: str
    against: str
    direction: Direction | None = None
    period: str | None = None
    substitution: Substitution | None = None
    curve: ThresholdCurve | None = None
    lowest: LowestShare | None = None
    denial: FalseDenial | None = None
    bonus: BonusGap | None = None
    paid: ObservedBonus | None = None
    scale: BonusScale | None = None
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def gap(self) -> Finding | None:
        """The finding about the score gap itself, as the links that needed it judged it."""
        if self.bonus is not None:
            return self.bonus.score
        return None if self.substitution is None else self.substitution.gap_finding


def follow_to_pay(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    margin: float,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    threshold: float | None = None,
    period: str | None = None,
    scale: BonusScale | str | Path | None = None,
    own: pd.DataFrame | str | Path | None = None,
    rating: str | None = None,
    human: MeasuresSource | None = None,
    lowest: float = 0.1,
    direction: Direction | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
) -> Chain:
    """The chain from a score to pay for one group.

    Parameters
    ----------
    measures, by, group, against, metric, system, margin
        The question, as to `assess`; a row is a call. `margin` is in the score's unit.
    threshold
        The score from which a person passes: a bonus step, a contractual minimum. A person's
        month is held against it where `period` names the months, a person's mean otherwise.
    period, scale, own
        As to `bonus_gap`: the column of months, the bonus scale (or its TOML file), and a table
        of person-months of one's own (what was paid, other KPIs).
    rating
        The column of human ratings, for false denial at `threshold`.
    human
        The measures of the same scoring on human transcripts, for the substitution.
    lowest
        The share whose members are counted as the lowest-scored.
    direction
        Which way of the score is worse, where neither the measures nor the scale say it.

    Raises
    ------
    OptionError, NotFoundError, TableError
        What cannot be asked, is not there, or cannot be used: nothing is computed then.

    Examples
    --------
    >>> import numpy as np
    >>> people = [f"p{number:02}" for number in range(80)]
    >>> calls = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": people, "metric": "mean_score:calm",
    ...     "speaker_id": people, "denominator": 1.0, "direction": "higher is better",
    ...     "accent": ["b"] * 40 + ["a"] * 40,
    ...     "numerator": [70.0 + n % 10 for n in range(40)] + [74.0 + n % 8 for n in range(40)]})
    >>> chain = follow_to_pay(calls, by="accent", group="b", margin=1, threshold=75)
    >>> chain.curve.at.difference, chain.bonus, chain.refused
    (-0.375, None, ())
    """
    if rating is not None and threshold is None:
        raise OptionError(f"rating='{rating}' is held against a threshold; give threshold= too")
    if threshold is not None and not math.isfinite(threshold):
        raise OptionError(f"threshold={threshold:g}: give the score from which a person passes")
    if own is not None and scale is None:
        raise OptionError(
            "own= is a table of what was paid, and nothing reads it without the bonus scale; give "
            "scale= too"
        )
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    margins_asked(margin, {rows.metric: rows.kind})
    if rating is not None and rating not in covariates(rows.columns):
        raise not_found("column of human ratings", rating, covariates(rows.columns))
    if isinstance(measures, str | Path):  # read once for all the links
        measures, _ = read_table(measures)
    if isinstance(scale, str | Path):
        scale = read_scale(scale)
    declared = _declared(measures, rows, by)
    if declared == "neither":
        raise OptionError(
            f"{rows.metric} is 'neither' better nor worse in the measures: nobody passes or fails "
            "by it; name a metric that has a direction"
        )
    if direction is not None and declared not in (None, direction):
        raise OptionError(
            f"direction='{direction}', and {rows.metric} is '{declared}' in the measures; leave "
            "direction= out"
        )
    way = _way(declared or direction, rows.metric, scale)
    asked = _Asked(
        measures=measures,
        by=by,
        group=group,
        against=rows.against,
        metric=rows.metric,
        system=rows.system,
        margin=margin,
        threshold=threshold,
        period=period,
        direction=way,
        level=level,
        audience=audience,
        seed=seed,
    )
    refused: list[tuple[str, str]] = []

    def link(name: str, look: Callable[[], Found]) -> Found | None:
        try:
            return look()
        except InsufficientDataError as error:
            refused.append((name, str(error)))
            return None

    chain = Chain(
        score=rows.metric.partition(":")[2] or rows.metric,
        group=group,
        against=rows.against,
        direction=way,
        period=period,
        scale=scale,
        curve=link("threshold", asked.curve),
        lowest=link("lowest", lambda: asked.lowest(lowest)),
        denial=None if rating is None else link("denial", lambda: asked.denial(rating)),
        substitution=None if human is None else link("substitution", lambda: asked.swap(human)),
    )
    if scale is not None:
        bonus = link("bonus", lambda: asked.bonus(scale, own, human))
        if bonus is not None:
            chain = replace(chain, bonus=bonus, paid=bonus.observed)
        elif own is not None:
            chain = replace(chain, paid=link("observed", lambda: asked.observed(scale, own)))
    return replace(chain, refused=tuple(refused))


@dataclass(frozen=True)
class _Asked:
    """The question that every link is asked, and how each is."""

    measures: MeasuresSource
    by: By
    group: str
    against: str
    metric: str
    system: str
    margin: float
    threshold: float | None
    period: str | None
    direction: Direction
    level: float
    audience: Audience
    seed: int

    @property
    def higher_passes(self) -> bool:
        """Whether a score passes at or above the threshold."""
        return self.direction == "higher is better"

    def months(self) -> PersonMonths:
        """The score of each person and month; of each person, where no month is named."""
        return person_months(
            self.measures, by=self.by, period=self.period, metric=self.metric, system=self.system
        )

    def curve(self) -> ThresholdCurve:
        """Every round threshold, for months where months are named, else for people."""
        table, by = self._scores()
        unit: Unit = "person" if self.period is None else "row"
        return threshold_curve(
            table,
            by=by,
            group=self.group,
            against=self.against,
            metric=self.metric,
            unit=unit,
            thresholds=self._places(table, by, unit),
            at=self.threshold,
            higher_passes=self.higher_passes,
            level=self.level,
            audience=self.audience,
            seed=self.seed,
        )

    def lowest(self, q: float) -> LowestShare:
        """Who stands among the lowest-scored people."""
        return share_in_lowest(
            self.measures,
            q,
            by=self.by,
            group=self.group,
            against=self.against,
            metric=self.metric,
            system=self.system,
            higher_passes=self.higher_passes,
            level=self.level,
            seed=self.seed,
        )

    def denial(self, rating: str) -> FalseDenial:
        """Of those whom people who listened put above the threshold, who falls below it."""
        assert self.threshold is not None  # asked for at the door
        return false_denial(
            self.months(),
            group=self.group,
            against=self.against,
            threshold=self.threshold,
            human=rating,
            unit="person" if self.period is None else "month",
            higher_passes=self.higher_passes,
            level=self.level,
            audience=self.audience,
            seed=self.seed,
        )

    def swap(self, human: MeasuresSource) -> Substitution:
        """The same scoring on human transcripts."""
        return assess_substitution(
            self._of_system(),
            human,
            by=self.by,
            group=self.group,
            against=self.against,
            metric=self.metric,
            margin=self.margin,
            threshold=self.threshold,
            period=None if self.threshold is None else self.period,
            direction=self.direction,
            level=self.level,
            audience=self.audience,
            seed=self.seed,
        )

    def bonus(
        self,
        scale: BonusScale,
        own: pd.DataFrame | str | Path | None,
        human: MeasuresSource | None,
    ) -> BonusGap:
        """What was paid, and what the scale makes of the gap."""
        if len(scale.kpis) == 1:  # told before any figure, and not only where there is a gap
            months = self.months()
            scale.pay({scale.kpis[0].name: months.table[months.kpi].to_numpy(dtype=float)})
        return bonus_gap(
            self.measures,
            scale,
            by=self.by,
            group=self.group,
            against=self.against,
            metric=self.metric,
            system=self.system,
            period=self.period,
            own=own,
            margin=self.margin,
            substituted=human,
            level=self.level,
            audience=self.audience,
            seed=self.seed,
        )

    def observed(self, scale: BonusScale, own: pd.DataFrame | str | Path) -> ObservedBonus | None:
        """What was paid alone, where the scale gives too few amounts; None if nobody says."""
        months = person_months(
            self.measures,
            by=self.by,
            period=self.period,
            metric=self.metric,
            system=self.system,
            own=own,
        )
        if "paid" not in months.table.columns:
            return None
        return observed_bonus(
            months,
            group=self.group,
            against=self.against,
            currency=scale.currency,
            level=self.level,
            audience=self.audience,
            seed=self.seed,
        )

    def _scores(self) -> tuple[MeasuresSource, By]:
        """What is held against a threshold, and the column of its groups."""
        if self.period is None:
            return self._of_system(), self.by
        months = self.months()
        score = months.table[months.kpi].to_numpy(dtype=float)
        table = pd.DataFrame(
            {
                "system": self.system,
                "unit_id": months.table["speaker_id"] + " " + months.table["period"],
                "metric": self.metric,
                "speaker_id": months.table["speaker_id"],
                "numerator": score,
                "denominator": np.where(np.isnan(score), np.nan, 1.0),
                "group": months.table["group"],
            }
        )
        return table, "group"

    def _places(self, table: MeasuresSource, by: By, unit: Unit) -> list[float] | None:
        """The thresholds of the curve; None where all have one score, or nobody any."""
        sides = rows_of(table, by=by, group=self.group, against=self.against, metric=self.metric)
        score = scores_of(sides, unit=unit).value
        places = round_places(score, higher_passes=self.higher_passes) if len(score) else score
        return places.tolist() or None

    def _of_system(self) -> pd.DataFrame:
        """The rows of the one system and metric."""
        table = take_in(self.measures, by=self.by, metrics=[self.metric]).table
        return table[(table["system"] == self.system).to_numpy()].reset_index(drop=True)


def _declared(measures: MeasuresSource, rows: Rows, by: By) -> str | None:
    """Which way is worse: as the measures say, or as this package knows of the metric."""
    intake = take_in(measures, by=by, metrics=[rows.metric])
    return one_cell(intake, metric=rows.metric, system=rows.system).direction


def _way(known: str | None, metric: str, scale: BonusScale | None) -> Direction:
    """Which way is worse; where nobody said so, as the scale does of the KPI that the score is."""
    name = metric.partition(":")[2] or metric
    if known is None and scale is not None:
        kpis = [kpi for kpi in scale.kpis if len(scale.kpis) == 1 or kpi.name == name]
        known = kpis[0].direction if kpis else None
    for way in get_args(Direction):
        if way == known and way != "neither":
            return cast(Direction, way)
    raise OptionError(
        f"{metric} does not say which way is worse, so that nobody can say who passes: give "
        "direction='higher is better' or 'higher is worse'"
    )
