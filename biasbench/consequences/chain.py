"""From score to pay: every link that can be looked at for one group, in one call.

Each link has its own figures and its own verdict; none is inferred from another. A link that was
not asked for is None; one that the data cannot bear is None too, with its reason in `refused`, so
that whoever asked for it sees that it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from biasbench.consequences.bonus import (
    BonusGap,
    BonusScale,
    FalseDenial,
    PersonMonths,
    bonus_gap,
    false_denial,
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
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.finding import Finding
from biasbench.evidence.intake import take_in
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sufficiency import Audience
from biasbench.tables import METRIC_DIRECTION, REST, read_table
from biasbench.tables.grouping import By

Found = TypeVar("Found")


@dataclass(frozen=True)
class Chain:
    """What a gap in one score does to one group, link by link (report.md §K).

    `score` is the system's own name for it. `substitution` is the same scoring on human
    transcripts; `curve` passing and falling below at every threshold; `lowest` who stands among
    the lowest-scored; `denial` whom a human rating would have let pass; `bonus` what was paid and
    what the scale makes of the gap. `refused` holds (link, reason).
    """

    score: str
    group: str
    against: str
    substitution: Substitution | None = None
    curve: ThresholdCurve | None = None
    lowest: LowestShare | None = None
    denial: FalseDenial | None = None
    bonus: BonusGap | None = None
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
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    if isinstance(measures, str | Path):  # read once for all the links
        measures, _ = read_table(measures)
    if isinstance(scale, str | Path):
        scale = read_scale(scale)
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
        higher_passes=_higher_passes(rows.columns, rows.metric),
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

    return Chain(
        score=rows.metric.partition(":")[2] or rows.metric,
        group=group,
        against=rows.against,
        curve=link("threshold", asked.curve),
        lowest=link("lowest", lambda: asked.lowest(lowest)),
        denial=None if rating is None else link("denial", lambda: asked.denial(rating)),
        substitution=None if human is None else link("substitution", lambda: asked.swap(human)),
        bonus=None if scale is None else link("bonus", lambda: asked.bonus(scale, own, human)),
        refused=tuple(refused),
    )


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
    higher_passes: bool
    level: float
    audience: Audience
    seed: int

    def months(self) -> PersonMonths:
        """The score of each person and month; of each person, where no month is named."""
        return person_months(
            self.measures, by=self.by, period=self.period, metric=self.metric, system=self.system
        )

    def curve(self) -> ThresholdCurve:
        """Every threshold, for months where months are named, else for people."""
        table, by = self._scores()
        return threshold_curve(
            table,
            by=by,
            group=self.group,
            against=self.against,
            metric=self.metric,
            unit="person" if self.period is None else "row",
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

    def _of_system(self) -> pd.DataFrame:
        """The rows of the one system and metric."""
        table = take_in(self.measures, by=self.by, metrics=[self.metric]).table
        return table[(table["system"] == self.system).to_numpy()].reset_index(drop=True)


def _higher_passes(columns: pd.DataFrame, metric: str) -> bool:
    """Which way passes: as the measures declare the score; higher where nothing is declared."""
    if "direction" not in columns.columns:
        return METRIC_DIRECTION.get(metric, "higher is better") != "higher is worse"
    return bool(columns["direction"].iloc[0] != "higher is worse")
