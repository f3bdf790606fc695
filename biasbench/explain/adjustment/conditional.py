"""The gap for one and the same person: the mixed model of conditional.py, asked as `adjust` is.

It stands beside the marginal figures and never takes their place: another quantity, with normal
intervals that count on its model being right (conditional.py says when they should not be).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from biasbench.errors import OptionError
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, column_of, rows_of
from biasbench.explain.adjustment.covariates import covariates_asked
from biasbench.explain.adjustment.mixed import Family, MixedFit, fit_mixed
from biasbench.explain.adjustment.question import AdjustedRows, design_of, rows_to_adjust
from biasbench.tables import REST
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class ConditionalRatio:
    """The group's coefficient as a ratio, with Wald's normal interval."""

    system: str
    metric: str
    by: str
    group: str
    against: str
    covariates: tuple[str, ...]
    ratio: float
    low: float
    high: float
    level: float
    z: float
    p: float
    fit: MixedFit
    cautions: tuple[str, ...]


def conditional_ratio(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    covariates: Sequence[str] = (),
    categorical: Sequence[str] = (),
    sentence: str | None = None,
    family: Family = "negative binomial",
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
) -> ConditionalRatio:
    """How much more errors one and the same person would have, were they of the group.

    `sentence` names the column of what was read: people and sentences then both vary, crossed.
    Covariates are those of `adjust`, and so are the refusals. Needs the extra `glmm`.

    >>> import numpy as np, pandas as pd
    >>> people = np.repeat(np.arange(24), 6)
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": np.arange(144), "metric": "wer",
    ...     "speaker_id": [f"p{n:02}" for n in people], "denominator": 20,
    ...     "accent": np.where(people < 12, "b", "a"),
    ...     "numerator": (people * 7 + np.arange(144) * 5) % 4 + 2 * (people < 12)})
    >>> found = conditional_ratio(table, by="accent", group="b", family="poisson")
    >>> round(found.ratio, 2), round(found.low, 2), round(found.high, 2)
    (2.33, 1.86, 2.92)
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    names = covariates_asked(rows, covariates, categorical=categorical) if covariates else []
    if categorical and not covariates:
        raise OptionError("categorical names columns of covariates, and there are no covariates")
    if rows.kind == "mean":
        raise OptionError(f"{rows.metric} is a mean; mixed models here count events (wer, cer)")
    if sentence is not None:
        column_of(rows, sentence)
    asked = rows_to_adjust(rows, names, categorical)
    return ratio_of(asked, names, sentence=sentence, family=family, level=level)


def ratio_of(
    asked: AdjustedRows,
    names: Sequence[str],
    *,
    sentence: str | None,
    family: Family,
    level: float,
) -> ConditionalRatio:
    """The same from rows that are settled, given these covariates."""
    rows = asked.rows
    fit = fit_mixed(
        design_of(asked, names),
        rows.numerator,
        rows.denominator,
        rows.speaker,
        sentence=None if sentence is None else rows.columns[sentence],
        family=family,
    )
    value, error = float(fit.coefficients[1]), float(fit.errors[1])
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    z = value / error
    return ConditionalRatio(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        covariates=tuple(names),
        ratio=math.exp(value),
        low=math.exp(value - reach),
        high=math.exp(value + reach),
        level=level,
        z=z,
        p=2 * float(stats.norm.sf(abs(z))),
        fit=fit,
        cautions=fit.cautions,
    )
