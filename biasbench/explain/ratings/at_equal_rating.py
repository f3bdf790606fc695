"""The gap at equal human rating: what is left when both sides are rated alike by people.

A machine may score one group lower because its calls are calmer. People who listened can say so;
then both sides are compared rating by rating, and the differences are put together with the same
weights for both (standardised.py: formulas, variance, weights). The gap as it is comes first.

95 % intervals hold the truth in 96.9 / 95.5 / 95.3 % of studies with 6 / 12 / 30 people a side
(difference of means; 4,000 simulated studies of people who differ and are rated differently); a
regression on rows that ignores people holds it in 48 %.

Ratings are people's word, not the truth: look at their agreement by group (agreement.py) first.
Within a range of ratings the sides may still differ; narrower ranges leave less of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sums import FloatArray
from biasbench.explain.ratings.standardised import (
    Weights,
    compare_standardised,
    standardised,
    stratified_sums,
    stratum_weights,
)
from biasbench.explain.ratings.strata import (
    Bins,
    CommonStrata,
    RatedRows,
    common_strata,
    left_out,
    rated_rows,
)
from biasbench.tables import REST
from biasbench.tables.grouping import By
from biasbench.tables.ratings import RATING_STRATA

#: People of each side that a stratum needs: of one alone, nobody knows how others would differ.
FEWEST_IN_STRATUM = 2


@dataclass(frozen=True)
class RatingGap:
    """A gap as it is, and at equal human rating; both of the rows that have a rating."""

    system: str
    metric: str
    by: str
    group: str
    against: str
    rating: str
    weights: Weights
    unadjusted: Comparison
    at_equal_rating: Comparison
    strata: pd.DataFrame  # table RATING_STRATA, from the lowest rating to the highest
    n_speakers: int  # people of the group in common strata
    n_against: int
    n_unrated: tuple[int, int]  # rows without a rating, of the group and of the other side
    n_outside: tuple[int, int]  # rows at ratings that the other side hardly has


def score_at_equal_rating(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    rating: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    bins: Bins = None,
    weights: Weights = "overlap",
    level: float = 0.95,
) -> RatingGap:
    """The group against the other side as they are, then at equal human rating.

    `rating` is a column of the measures: what people said of each row. `bins` cuts a fine scale:
    a number of ranges, or the cuts themselves. A mean score is compared by its difference, a
    rate (of a label, of errors) by ratio and difference.

    Raises InsufficientDataError where more than a fifth of a side's rows are unrated, or rated as
    hardly anybody on the other side is, or with fewer than 6 people a side; OptionError and
    NotFoundError for an option or a column that cannot be.

    >>> people = np.repeat(np.arange(16), 6)
    >>> calm = np.tile([1, 2, 3, 2, 3, 1], 16) - (people < 8) * np.tile([0, 1, 1, 0, 0, 0], 16)
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": range(96), "metric": "mean_score:calm",
    ...     "speaker_id": people, "numerator": 10.0 * calm + people % 4 - 3 * (people < 8),
    ...     "denominator": 1.0, "accent": np.where(people < 8, "b", "a"), "heard": calm})
    >>> found = score_at_equal_rating(table, by="accent", group="b", rating="heard")
    >>> f"{found.unadjusted.difference:.2f}, at equal rating {found.at_equal_rating.difference:.2f}"
    '-6.33, at equal rating -3.00'
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    if weights not in get_args(Weights):
        raise OptionError(f"weights={weights!r} is none of 'overlap', 'pooled'")
    asked = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    rated = rated_rows(asked, rating, bins=bins)
    strata = common_strata(rated, rating=rating, fewest=FEWEST_IN_STRATUM)
    rows = rated.rows
    sides = [
        stratified_sums(
            rows.speaker[side],
            rated.stratum[side],
            rows.numerator[side],
            rows.denominator[side],
            is_kept=strata.is_common,
        )
        for side in (rows.in_group, ~rows.in_group)
    ]
    share = stratum_weights(sides[0].denominator, sides[1].denominator, weights=weights)
    return RatingGap(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        rating=rating,
        weights=weights,
        unadjusted=cr3.compare(*rows.sides(), level=level),
        at_equal_rating=compare_standardised(
            standardised(sides[0], share),
            standardised(sides[1], share),
            kind=rows.kind,
            level=level,
            method=f"at equal {rating}, {weights} weights",
        ),
        strata=_strata_table(rated, strata, share),
        n_speakers=len(sides[0].denominator),
        n_against=len(sides[1].denominator),
        n_unrated=rated.n_unrated,
        n_outside=strata.n_outside,
    )


def values_by_stratum(rated: RatedRows) -> FloatArray:
    """Σ numerator / Σ denominator of both sides in each stratum, shape (2, n_strata)."""
    rows, n = rated.rows, len(rated.names)
    found = np.full((2, n), np.nan)
    for place, side in enumerate((rows.in_group, ~rows.in_group)):
        e, w = (
            np.bincount(rated.stratum[side], weights=values[side], minlength=n)
            for values in (rows.numerator, rows.denominator)
        )
        np.divide(e, w, out=found[place], where=w > 0)
    return found


def _strata_table(rated: RatedRows, strata: CommonStrata, share: FloatArray) -> pd.DataFrame:
    weight = np.zeros(len(rated.names))
    weight[strata.is_common] = share
    values = values_by_stratum(rated)
    return RATING_STRATA.check(
        pd.DataFrame(
            {
                "stratum": rated.names,
                "n_rows": strata.n_rows[0],
                "n_against_rows": strata.n_rows[1],
                "n_speakers": strata.n_speakers[0],
                "n_against": strata.n_speakers[1],
                "value": values[0],
                "against_value": values[1],
                "weight": weight,
                "note": left_out(strata, fewest=FEWEST_IN_STRATUM),
            }
        )
    )
