"""Does a label work the same way for both sides along the whole rating? Logistic DIF, by people.

Swaminathan & Rogers (1990), Journal of Educational Measurement 27:361–370: differential item
functioning (DIF) by a logistic model of the label on the human rating r and the side g:

    uniform       logit P = β₀ + β₁·r + β₂·g              exp β₂: odds ratio at equal rating
    non-uniform   logit P = β₀ + β₁·r + β₂·g + β₃·r·g      exp β₃: its factor per unit of rating
    joint         β₂ = β₃ = 0 in the second model

Mantel–Haenszel finds the first kind; only the second shows a label that is put on the calm of one
side and the loud of the other. The rating enters as a number, linear on the log odds. Rows of one
person are dependent: variances, degrees of freedom and the joint test are in logit.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.explain.ratings.logit import JointTest, Logit, contrast, fit_logit, joint_test
from biasbench.explain.ratings.mantel_haenszel import yes_or_no
from biasbench.explain.ratings.odds_ratio import OddsRatio
from biasbench.explain.ratings.strata import MOST_OUTSIDE, rated_values, side_names
from biasbench.tables import REST
from biasbench.tables.grouping import By

_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class OddsAt:
    """The odds ratio at one rating, by the model that lets it change along the rating."""

    rating: float
    odds: OddsRatio


@dataclass(frozen=True)
class LogisticDif:
    """Odds of a label, the group over the other side: as they are, and along the human rating."""

    system: str
    metric: str
    by: str
    group: str
    against: str
    rating: str
    unadjusted: OddsRatio
    uniform: OddsRatio  # at equal rating, the same everywhere on it
    non_uniform: OddsRatio  # factor of the odds ratio for one unit more of rating
    joint: JointTest
    across: tuple[OddsAt, ...]  # at the quartiles of the rating of all rows
    n_speakers: int
    n_against: int
    n_unrated: tuple[int, int]


def logistic_dif(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    rating: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
) -> LogisticDif:
    """Uniform and non-uniform differential functioning of a label along a numeric human rating.

    The metric must be yes or no in each row, such as `label_rate:NAME`. Raises OptionError for a
    rating that is not numeric, and InsufficientDataError with fewer than 6 people a side, ratings
    that are missing or not shared, labels that the rating and the side tell completely
    (separation: no odds ratio exists), or a figure that hangs on one person.

    >>> people = np.repeat(np.arange(16), 8)
    >>> heard = np.tile([1, 1, 2, 2, 3, 3, 3, 1], 16)
    >>> spread = (np.arange(128) * 7 + people * 3) % 11 / 11
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": range(128), "metric": "label_rate:curt",
    ...     "speaker_id": people, "numerator": 1.0 * (spread < 0.2 * heard + 0.2 * (people < 8)),
    ...     "denominator": 1.0, "accent": np.where(people < 8, "b", "a"), "heard": heard})
    >>> found = logistic_dif(table, by="accent", group="b", rating="heard")
    >>> odds = found.uniform
    >>> f"{odds.value:.2f} [{odds.low:.2f}, {odds.high:.2f}], joint p={found.joint.p:.4f}"
    '2.37 [1.52, 3.70], joint p=0.0080'
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    asked = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    rows, values, unrated = rated_values(yes_or_no(asked), rating)
    people = _check_sides(rows, values, rating)
    centre, spread = float(values.mean()), float(values.std())
    z, g = (values - centre) / spread, rows.in_group.astype(float)
    one = np.ones(len(z))
    speaker, _ = pd.factorize(rows.speaker)  # those without a rating have no code any more
    in_group = np.zeros(sum(people), dtype=bool)
    in_group[speaker[rows.in_group]] = True

    def fitted(columns: list[FloatArray]) -> Logit:
        return fit_logit(np.column_stack(columns), rows.numerator, speaker)

    bare, parallel, crossed = fitted([one, g]), fitted([one, z, g]), fitted([one, z, g, z * g])
    points = np.quantile(values, _QUARTILES)
    return LogisticDif(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        rating=rating,
        unadjusted=contrast(bare, np.array([0.0, 1.0]), in_group, level=level),
        uniform=contrast(parallel, np.array([0.0, 0.0, 1.0]), in_group, level=level),
        non_uniform=contrast(crossed, np.array([0.0, 0.0, 0.0, 1 / spread]), in_group, level=level),
        joint=joint_test(crossed, [2, 3], in_group),
        across=tuple(
            OddsAt(
                float(point),
                contrast(
                    crossed,
                    np.array([0.0, 0.0, 1.0, (point - centre) / spread]),
                    in_group,
                    level=level,
                ),
            )
            for point in np.unique(points)
        ),
        n_speakers=people[0],
        n_against=people[1],
        n_unrated=unrated,
    )


def _check_sides(rows: Rows, values: FloatArray, rating: str) -> tuple[int, int]:
    """People on each side; raises where they are too few or the ratings are not shared."""
    if values.std() == 0:
        raise OptionError(f"{rating} is {values[0]:g} in every row: there is nothing to hold equal")
    people = []
    sides = (rows.in_group, ~rows.in_group)
    for name, side in zip(side_names(rows), sides, strict=True):
        people.append(len(pd.unique(rows.speaker[side])))
        if people[-1] < FEWEST_TO_TEST:
            raise InsufficientDataError(
                f"{people[-1]} people of {name} have a {rating}; at least "
                f"{FEWEST_TO_TEST} on each side are needed to compare at equal {rating}"
            )
        other = values[~side]
        outside = float(((values[side] < other.min()) | (values[side] > other.max())).mean())
        if outside > MOST_OUTSIDE:
            raise InsufficientDataError(
                f"{100 * outside:.3g} % of the rows of {name} have a {rating} beyond "
                f"any of the other side, more than {100 * MOST_OUTSIDE:.3g} %: a model would have "
                "to invent what the other side would be there; ratings of both sides over the same "
                "range are needed"
            )
    return people[0], people[1]
