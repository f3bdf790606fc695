"""The odds of a label at equal human rating: Mantel–Haenszel, with people as the unit.

How much likelier the label is for the group among rows that people rated alike: the common odds
ratio α over the ratings, with an interval by leaving out each person (odds_ratio.py).

The scale of the Educational Testing Service: α_ETS is the odds of the reference side over those of
the focal group, so 1/α here, and MH D-DIF = −2.35·ln α_ETS = 2.35·ln α: above 0 where the group is
labelled more at equal rating. Classes (Zwick 2012, ETS RR-12-08; tests at 5 %):

    A  |D| < 1, or D not told from 0
    C  |D| ≥ 1.5, and |D| told from 1, one-sided
    B  everything else

Class A says small *or undecided*; the interval says which.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.explain.ratings.at_equal_rating import values_by_stratum
from biasbench.explain.ratings.odds_ratio import (
    LabelCounts,
    OddsRatio,
    common_odds_ratio,
    label_counts,
    log_odds_ratio,
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

EtsClass = Literal["A", "B", "C"]

#: 4/1.7: puts a log odds ratio on the scale on which ETS writes the difficulty of an item.
DELTA = 2.35


@dataclass(frozen=True)
class OddsAtEqualRating:
    """The odds of a label as they are, and at equal human rating."""

    system: str
    metric: str
    by: str
    group: str
    against: str
    rating: str
    unadjusted: OddsRatio
    at_equal_rating: OddsRatio
    d_dif: float  # 2.35·ln α: above 0 where the group is labelled more
    d_low: float
    d_high: float
    ets_class: EtsClass
    strata: pd.DataFrame  # table RATING_STRATA, with the odds ratio of each
    n_speakers: int
    n_against: int
    n_unrated: tuple[int, int]
    n_outside: tuple[int, int]


def odds_at_equal_rating(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    rating: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    bins: Bins = None,
    level: float = 0.95,
) -> OddsAtEqualRating:
    """How much likelier a label is for the group among rows that people rated alike.

    The metric must be yes or no in each row (numerator 0 or 1, denominator 1), such as
    `label_rate:NAME`; rows with denominator 0 do not qualify and are left aside. `rating` and
    `bins` as in `score_at_equal_rating`. ETS classes are at 5 %, whatever `level`.

    Raises InsufficientDataError where ratings are missing or not shared, with fewer than 6
    people a side, and where the odds ratio does not exist or hangs on one person.

    >>> people = np.repeat(np.arange(16), 8)
    >>> heard = np.tile([1, 1, 2, 2, 3, 3, 3, 1], 16)
    >>> spread = (np.arange(128) * 7 + people * 3) % 11 / 11
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": range(128), "metric": "label_rate:curt",
    ...     "speaker_id": people, "numerator": 1.0 * (spread < 0.2 * heard + 0.2 * (people < 8)),
    ...     "denominator": 1.0, "accent": np.where(people < 8, "b", "a"), "heard": heard})
    >>> found = odds_at_equal_rating(table, by="accent", group="b", rating="heard")
    >>> odds = found.at_equal_rating
    >>> f"{odds.value:.2f} [{odds.low:.2f}, {odds.high:.2f}], {found.ets_class}"
    '2.37 [1.52, 3.71], C'
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    asked = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    rated = rated_rows(yes_or_no(asked), rating, bins=bins)
    strata = common_strata(rated, rating=rating, fewest=1)
    rows = rated.rows
    sides = [
        label_counts(
            rows.speaker[side],
            rated.stratum[side],
            rows.numerator[side] == 1,
            is_kept=strata.is_common,
        )
        for side in (rows.in_group, ~rows.in_group)
    ]
    at_equal = common_odds_ratio(sides[0], sides[1], level=level)
    d_dif, error = DELTA * math.log(at_equal.value), DELTA * at_equal.standard_error
    return OddsAtEqualRating(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        rating=rating,
        unadjusted=common_odds_ratio(sides[0].pooled(), sides[1].pooled(), level=level),
        at_equal_rating=at_equal,
        d_dif=d_dif,
        d_low=DELTA * math.log(at_equal.low),
        d_high=DELTA * math.log(at_equal.high),
        ets_class=ets_class(d_dif, error, at_equal.dof),
        strata=_strata_table(rated, strata, sides),
        n_speakers=len(sides[0].labelled),
        n_against=len(sides[1].labelled),
        n_unrated=rated.n_unrated,
        n_outside=strata.n_outside,
    )


def yes_or_no(rows: Rows) -> Rows:
    """The rows that qualify (denominator 1); OptionError where the metric is not yes or no."""
    e, w = rows.numerator, rows.denominator
    strange = ~(np.isin(e, (0.0, 1.0)) & np.isin(w, (0.0, 1.0)) & (e <= w))
    if strange.any():
        at = int(strange.argmax())
        raise OptionError(
            f"{rows.metric} is {e[at]:g} / {w[at]:g} in a row; odds need a metric that is 0 / 1 or "
            "1 / 1 in each, such as label_rate:NAME. For others there is score_at_equal_rating"
        )
    kept = w == 1
    return replace(
        rows,
        numerator=e[kept],
        denominator=w[kept],
        speaker=rows.speaker[kept],
        in_group=rows.in_group[kept],
        columns=rows.columns[kept].reset_index(drop=True),
    )


def ets_class(d_dif: float, standard_error: float, dof: float) -> EtsClass:
    """A, B or C of an MH D-DIF (module docstring); its tests by Student's t.

    >>> ets_class(0.9, 0.1, 30), ets_class(1.6, 0.5, 30), ets_class(1.6, 0.2, 30)
    ('A', 'B', 'C')
    >>> ets_class(-2.4, 1.3, 30)
    'A'
    """
    size = abs(d_dif)
    if size < 1 or size <= t_quantile(0.95, dof) * standard_error:
        return "A"
    if size >= 1.5 and size - 1 > t_quantile(0.90, dof) * standard_error:
        return "C"
    return "B"


def _strata_table(rated: RatedRows, strata: CommonStrata, sides: list[LabelCounts]) -> pd.DataFrame:
    (a, b), (c, d) = sides[0].totals(), sides[1].totals()
    weight, ratio = np.zeros(len(rated.names)), np.full(len(rated.names), np.nan)
    weight[strata.is_common] = b * c / (a + b + c + d)  # α is the mean of A·D/(B·C) so weighted
    of_each = np.exp(log_odds_ratio(*(counts[:, None] for counts in (a, b, c, d))))
    ratio[strata.is_common] = np.where(np.isfinite(of_each), of_each, np.nan)
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
                "odds_ratio": ratio,
                "weight": weight / weight.sum(),
                "note": left_out(strata, fewest=1),
            }
        )
    )
