"""Every threshold a score could be held against, and what each would do to two sides.

The same gap in scores gives very different gaps in passing: large where the threshold stands
among the people, small where nearly all pass or nearly none. So the curve is printed whole, with
the threshold in force marked on it.

Ratios on both sides of each threshold and their intervals are those of `impact_ratio`, pointwise:
each holds for its own threshold. The band (`difference_low_all`) holds for all at once, and
`p_any` says how often shuffled people give a gap as surprising at *some* threshold
(`any_threshold`). Who declared one threshold beforehand reads its pointwise interval; who went
looking reads the band.

Simulated with 6 to 100 people a side, one score a person and twelve (400 curves each, Monte-Carlo
error 1.1; tests/consequences/test_thresholds.py): p_any raises 3 to 6 false alarms in a hundred
curves. The band holds the whole true curve in 94 to 98 % without a gap and in 93 to 96 % with one
of half a standard deviation, 91 to 92 % with 12 people a side; the pointwise intervals, read
together, in 79 to 91 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.consequences.thresholds.any_threshold import AnyThreshold, any_threshold
from biasbench.consequences.thresholds.cut_points import curve_places, passes
from biasbench.consequences.thresholds.impact_ratio import ImpactRatio, OutcomeRatio, impact_ratio
from biasbench.consequences.thresholds.scores import Scores, Unit, check_people, scores_of
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.sums import FloatArray, SpeakerSums, ordered_sums
from biasbench.tables import REST
from biasbench.tables.consequences import THRESHOLDS
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class ThresholdCurve:
    """One row per threshold (columns of tables.consequences.THRESHOLDS), and the whole curve.

    `at` is the threshold in force, judged alone; None where none was given.
    """

    table: pd.DataFrame
    at: ImpactRatio | None
    p_any: float  # of the whole curve, by permutation of people
    all_level: float  # level of each interval of the band, so that all hold together at `level`
    level: float
    chosen: str  # how the thresholds were chosen, in words
    unit: Unit
    higher_passes: bool
    n_speakers: int
    n_against: int
    n_missing: tuple[int, int]  # rows without a score, of the group and of the other side
    seed: int
    n_resamples: int


def threshold_curve(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    unit: Unit,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    thresholds: Sequence[float] | None = None,
    at: float | None = None,
    higher_passes: bool = True,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 9999,
) -> ThresholdCurve:
    """Pass rates, ratios on both sides and differences at every threshold.

    Parameters
    ----------
    measures, by, group, against, metric, system
        As in `assess`; the score of a row is numerator / denominator.
    unit
        'row': every row (a month, a call) is held against the threshold; 'person': a person's
        mean over their rows is.
    thresholds
        Which; None takes every distinct score but the one at which all pass, or, with more than
        99, their hundredths.
    at
        The threshold in force (a bonus step, a contractual minimum), in the score's unit.
    higher_passes
        A score passes at or above the threshold; with False at or below it.
    level, audience
        Of the intervals, and of the gates before a code is given.
    seed, n_resamples
        For the permutation of people.

    Raises
    ------
    InsufficientDataError
        Fewer than 6 people on a side, or everybody has one score.

    Examples
    --------
    >>> people = [f"p{number:02}" for number in range(80)]
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": people, "metric": "mean_score:calm",
    ...     "speaker_id": people, "denominator": 1.0, "accent": ["b"] * 40 + ["a"] * 40,
    ...     "numerator": [70.0 + n % 10 for n in range(40)] + [74.0 + n % 8 for n in range(40)]})
    >>> curve = threshold_curve(table, by="accent", group="b", unit="person", at=75)
    >>> columns = ["threshold", "origin", "pass_ratio", "below_ratio"]
    >>> curve.table[columns].iloc[3:6].round(2)
       threshold    origin  pass_ratio  below_ratio
    3       74.0  observed        0.60          NaN
    4       75.0  contract        0.57          4.0
    5       76.0  observed        0.53          2.4
    >>> curve.chosen, curve.p_any
    ('all 11 distinct scores at which not everybody passes, and the threshold in force', 0.0011)
    """
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    scores = scores_of(rows, unit=unit)
    check_people(scores, group=rows.group, against=rows.against, purpose="a curve of thresholds")
    places, origins, chosen = curve_places(scores.value, thresholds, at, higher_passes)
    people = _PassesOf(scores, places, higher_passes)
    shuffled = any_threshold(
        people.passed,
        people.units,
        people.in_group,
        rng=np.random.default_rng(seed),
        n_resamples=n_resamples,
        level=level,
    )
    names = (f"'{rows.group}'", "rest" if rows.against == REST else f"'{rows.against}'")
    impacts, bands = [], []
    for place in range(len(places)):
        ours, other = people.sides(place)
        impacts.append(impact_ratio(ours, other, level=level, audience=audience, names=names))
        # The band is described by the same engine, at the level that holds for all thresholds.
        bands.append(impact_ratio(ours, other, level=shuffled.all_level, audience=audience))
    n_people = scores.n_people
    return ThresholdCurve(
        table=_table(places, origins, impacts, bands, shuffled),
        at=None if at is None else impacts[origins.index("contract")],
        p_any=shuffled.p_any,
        all_level=shuffled.all_level,
        level=level,
        chosen=chosen,
        unit=unit,
        higher_passes=higher_passes,
        n_speakers=n_people[0],
        n_against=n_people[1],
        n_missing=scores.n_missing,
        seed=seed,
        n_resamples=n_resamples,
    )


class _PassesOf:
    """Counts per person and threshold: `passed` has shape (n_people, n_thresholds)."""

    def __init__(self, scores: Scores, places: FloatArray, higher_passes: bool) -> None:
        n = int(scores.speaker.max()) + 1
        self.units = np.bincount(scores.speaker, minlength=n).astype(float)
        self.in_group = np.zeros(n, dtype=bool)
        self.in_group[scores.speaker] = scores.in_group
        self.passed = np.empty((n, len(places)))
        for place, threshold in enumerate(places):
            here = passes(scores.value, float(threshold), higher_passes=higher_passes)
            self.passed[:, place] = np.bincount(scores.speaker, weights=here, minlength=n)
        self.n_missing = scores.n_missing

    def sides(self, place: int) -> tuple[SpeakerSums, SpeakerSums]:
        """The sums of both sides at one threshold."""
        both = [
            ordered_sums(
                self.passed[here, place],
                self.units[here],
                n_utterances=int(self.units[here].sum()),
                n_missing=n_missing,
            )
            for here, n_missing in zip((self.in_group, ~self.in_group), self.n_missing, strict=True)
        ]
        return both[0], both[1]


def _table(
    places: FloatArray,
    origins: Sequence[str],
    impacts: Sequence[ImpactRatio],
    bands: Sequence[ImpactRatio],
    shuffled: AnyThreshold,
) -> pd.DataFrame:
    rows = []
    for place, (impact, band) in enumerate(zip(impacts, bands, strict=True)):
        passing, below = impact.passing.comparison, impact.below.comparison
        rows.append(
            {
                "threshold": float(places[place]),
                "origin": origins[place],
                "pass_rate": passing.value,
                "against_pass_rate": passing.against_value,
                "below_rate": below.value,
                "against_below_rate": below.against_value,
                "difference": impact.difference,
                "difference_low": impact.difference_low,
                "difference_high": impact.difference_high,
                "difference_low_all": band.difference_low,
                "difference_high_all": band.difference_high,
                "pass_ratio": passing.ratio,
                "pass_ratio_low": passing.ratio_low,
                "pass_ratio_high": passing.ratio_high,
                "pass_code": impact.passing.code,
                "below_ratio": below.ratio,
                "below_ratio_low": below.ratio_low,
                "below_ratio_high": below.ratio_high,
                "below_code": impact.below.code,
                "level": impact.level,
                "p_value": float(shuffled.p_value[place]),
                "p_adjusted": float(shuffled.p_adjusted[place]),
                "n_speakers": impact.n_speakers,
                "n_against": impact.n_against,
                "n_pass": impact.passing.n_events[0],
                "n_against_pass": impact.passing.n_events[1],
                "n_below": impact.below.n_events[0],
                "n_against_below": impact.below.n_events[1],
                "note": _note(impact.passing, impact.below),
            }
        )
    return THRESHOLDS.check(pd.DataFrame(rows, columns=list(THRESHOLDS.columns), dtype=object))


def _note(*outcomes: OutcomeRatio) -> str | None:
    said = [
        f"{outcome.outcome}: {'; '.join(outcome.refused)}"
        for outcome in outcomes
        if outcome.refused
    ]
    return " | ".join(said) or None
