"""Scoring rates by category: who stands above the median of all, as New York's rule counts.

6 RCNY § 5-300 and 5-301 (c), for tools that score candidates:

    scoring rate   share of a category's people with a score above the sample's median
    impact ratio   scoring rate / the highest scoring rate of any category
    unknown        people of no known category: counted, and in none of the calculations
    small          a category of less than 2 % may be left out of the ratios, with a reason

A person's score is their own mean. "Above" is strictly above: people at the median are not, and
where scores are coarse many are (`n_at_median`). The law covers hiring and promotion; here the
rates are a description, and its name belongs in no title. A median can hide a gap that lies at
the threshold in force, so that the same is given at that threshold, on both sides of it.

The highest category is picked after looking, which makes every ratio look low; each also has a
verdict against everybody else, by the ordinary rule (`evidence.assess`). People are independent of
each other, one unit each: rates have Wilson's interval, ratios the log CR3-t of `impact_ratio`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.thresholds.cut_points import passes
from biasbench.consequences.thresholds.impact_ratio import ImpactRatio, impact_ratio
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.assessment import assess
from biasbench.evidence.intake import take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.sums import FloatArray, SpeakerSums, ordered_sums, sums_by_code
from biasbench.evidence.two_by_two import Proportion, wilson
from biasbench.evidence.verdict import Code, Verdict
from biasbench.tables.grouping import By

#: Categories below this share of the people may be left out of the ratios (§ 5-301 (d)).
SMALL_SHARE = 0.02


@dataclass(frozen=True)
class RateRatio:
    """A category at one line: its rate, and how it stands to the category with the highest.

    `ratio` is None for rates over 0. `impact` holds both ratios with intervals and codes, None
    for the highest category itself, and where a side has no people for any.
    """

    rate: Proportion
    ratio: float | None  # pass side: rate / highest rate
    below_ratio: float | None  # (1 − rate) / (1 − highest rate)
    impact: ImpactRatio | None


@dataclass(frozen=True)
class Category:
    """One row of the table."""

    name: str
    n_people: int
    is_small: bool  # less than 2 % of the people of known category
    median: RateRatio
    threshold: RateRatio | None  # None: no threshold in force was given
    verdict: Verdict  # of the scoring rate, against everybody else


@dataclass(frozen=True)
class ScoringRates:
    """Every category, in the order of their names, and what they are held against."""

    by: str
    system: str
    metric: str
    median: float
    highest: str  # category of the highest scoring rate
    threshold: float | None
    highest_at_threshold: str | None
    n_people: int  # of known category
    n_unknown: int
    n_without_score: int  # of known category, and without any value: in no calculation
    n_at_median: int
    categories: tuple[Category, ...]
    level: float

    def category(self, name: str) -> Category:
        """The category of that name."""
        return next(one for one in self.categories if one.name == name)


def median_scoring_rates(
    measures: MeasuresSource,
    *,
    by: By,
    metric: str | None = None,
    system: str | None = None,
    threshold: float | None = None,
    higher_passes: bool = True,
    margin: float | None = None,
    level: float = 0.95,
    audience: Audience = "public",
) -> ScoringRates:
    """Scoring rates, impact ratios and verdicts of every category that `by` makes.

    Parameters
    ----------
    measures, by, metric, system
        As in `assess`; a person's score is Σ numerator / Σ denominator over their rows.
    threshold
        The one in force (a bonus step), in the score's unit.
    higher_passes
        Above the median, and at or above the threshold, is the good side; with False below it.
    margin
        The smallest difference of scoring rates that matters, declared before; without one there
        is no verdict but that of the gates.

    Raises
    ------
    InsufficientDataError
        Nobody knows who speaks, `by` makes fewer than two categories, or everybody has one score.

    >>> people = [f"p{n:03}" for n in range(300)]
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": people, "metric": "mean_score:calm",
    ...     "speaker_id": people, "denominator": 1.0, "accent": ["a"] * 150 + ["b"] * 150,
    ...     "numerator": [72.0 + n % 9 for n in range(150)] + [69.0 + n % 9 for n in range(150)]})
    >>> found = median_scoring_rates(table, by="accent", threshold=75, margin=0.05)
    >>> b = found.category("b")
    >>> found.median, found.highest, round(b.median.rate.rate, 3), round(b.median.ratio, 2)
    (74.0, 'a', 0.32, 0.48)
    >>> round(b.threshold.ratio, 2), round(b.threshold.below_ratio, 2), b.verdict.code
    (0.48, 2.0, 'V-D1')
    """
    check_plain_options(level=level, audience=audience, seed=0, n_resamples=1)
    if threshold is not None and not np.isfinite(threshold):
        raise OptionError(f"threshold={threshold:g}: give a finite number, in the score's unit")
    people = _people(measures, by=by, metric=metric, system=system)
    middle = float(np.median(people.score))
    above = people.score > middle if higher_passes else people.score < middle
    if not above.any():
        raise InsufficientDataError(
            f"nobody's {people.metric} is beyond the median of all, {middle:g}: "
            "scores are too alike for a scoring rate"
        )
    at_median = _ratios(people, above, level=level, audience=audience)
    at_threshold: tuple[str | None, Mapping[str, RateRatio]] = None, {}
    if threshold is not None:
        passed = passes(people.score, threshold, higher_passes=higher_passes)
        at_threshold = _ratios(people, passed, level=level, audience=audience)
    verdicts = _verdicts(people, above, margin=margin, level=level, audience=audience)
    counts = {name: int((people.category == name).sum()) for name in people.names}
    return ScoringRates(
        by=people.by,
        system=people.system,
        metric=people.metric,
        median=middle,
        highest=at_median[0],
        threshold=threshold,
        highest_at_threshold=at_threshold[0],
        n_people=len(people.score),
        n_unknown=people.n_unknown,
        n_without_score=people.n_without_score,
        n_at_median=int((people.score == middle).sum()),
        categories=tuple(
            Category(
                name=name,
                n_people=counts[name],
                is_small=counts[name] < SMALL_SHARE * len(people.score),
                median=at_median[1][name],
                threshold=at_threshold[1].get(name),
                verdict=verdicts[name],
            )
            for name in people.names
        ),
        level=level,
    )


@dataclass(frozen=True)
class _People:
    """Everybody of known category with a score; arrays of shape (n_people,)."""

    by: str
    system: str
    metric: str
    names: list[str]
    category: npt.NDArray[np.str_]
    score: FloatArray
    n_unknown: int
    n_without_score: int


def _people(measures: MeasuresSource, *, by: By, metric: str | None, system: str | None) -> _People:
    intake = take_in(measures, by=by, metrics=None if metric is None else [metric])
    cell = one_cell(intake, metric=metric, system=system)
    if cell.speaker is None or intake.group_of_speaker is None:
        raise InsufficientDataError(
            "no speaker labels: a scoring rate counts people, and nobody knows who they are"
        )
    n = len(intake.group_of_speaker)
    sums = sums_by_code(cell.speaker, cell.numerator, cell.denominator, n_codes=n)
    in_cell = (sums.n_rows + sums.n_missing) > 0
    has_score = sums.denominator > 0
    label = np.array(intake.groups, dtype=np.str_)[intake.group_of_speaker]
    known = np.isin(label, intake.known)
    kept = known & has_score
    return _People(
        by=intake.by,
        system=cell.system,
        metric=cell.metric,
        names=[name for name in intake.known if (label[kept] == name).any()],
        category=label[kept],
        score=sums.numerator[kept] / sums.denominator[kept],
        n_unknown=int((in_cell & ~known).sum()),
        n_without_score=int((in_cell & known & ~has_score).sum()),
    )


def _ratios(
    people: _People, passed: npt.NDArray[np.bool_], *, level: float, audience: Audience
) -> tuple[str, Mapping[str, RateRatio]]:
    """The category of the highest rate, and every category against it."""
    rates = {name: _proportion(passed[people.category == name], level) for name in people.names}
    highest = max(people.names, key=lambda name: rates[name].rate)  # of equals, the first by name
    top = rates[highest]
    found = {}
    for name, rate in rates.items():
        found[name] = RateRatio(
            rate=rate,
            ratio=_over(rate.rate, top.rate),
            below_ratio=_over(1 - rate.rate, 1 - top.rate),
            impact=None
            if name == highest
            else impact_ratio(
                _sums(rate),
                _sums(top),
                level=level,
                audience=audience,
                names=(f"'{name}'", f"'{highest}'"),
            ),
        )
    return highest, found


def _verdicts(
    people: _People,
    above: npt.NDArray[np.bool_],
    *,
    margin: float | None,
    level: float,
    audience: Audience,
) -> Mapping[str, Verdict]:
    """Each category's scoring rate against everybody else's, all of them one family."""
    ids = [f"person-{number}" for number in range(len(above))]
    table = pd.DataFrame(
        {
            "system": people.system,
            "unit_id": ids,
            "metric": "scoring_rate",
            "speaker_id": ids,
            "numerator": above.astype(float),
            "denominator": 1.0,
            "direction": "higher is better",
            "category": people.category,
        }
    )
    evidence = assess(
        table, by="category", margin=margin, level=level, audience=audience, n_resamples=1
    )
    return {
        one.group: Verdict(cast(Code | None, one.verdict), one.reason or "")
        for one in evidence.to_findings()
    }


def _proportion(passed: npt.NDArray[np.bool_], level: float) -> Proportion:
    count, people = int(passed.sum()), len(passed)
    return Proportion(count, people, *wilson(count, people, level=level))


def _sums(share: Proportion) -> SpeakerSums:
    passed = (np.arange(share.people) < share.passed).astype(float)
    return ordered_sums(passed, np.ones(share.people), n_utterances=share.people)


def _over(rate: float, highest: float) -> float | None:
    return rate / highest if highest > 0 else None
