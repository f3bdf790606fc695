"""The gap at equal covariates: unadjusted first, then each covariate alone, then all together.

If one group spoke over worse lines, the line could make the gap. Here it is what it would be were
both sides to have the covariates of both (estimands: gee.py, adjust_standardise.py):

    ratio       exp(β_group) of a log-linear model of the rate: marginal, of two groups' rates
    difference  g-computed over the covariates of both sides together, weighted by denominator
    mean        β_group of a linear model, in the metric's unit; a mean has no ratio

with people as the unit: bias-reduced variance (Mancl & DeRouen 2001), t with Welch's degrees of
freedom. A number enters as a straight line (on the log rate for a ratio) and the gap is taken to
be the same at every value of a covariate; where that is wrong the figure is an average. An
adjusted figure is not "the gap without its causes": what is not measured is not adjusted for, and
what is an effect of the group should not be (MEDIATORS).

Simulated with 12 people a side and a covariate of utterances, of people, or one of each, that
differs between the groups by 0.7 standard deviations, 95 % intervals hold the adjusted ratio
95.3 to 95.7 and the adjusted difference 95.2 to 96.3 times in 100 (2,000 studies each; 96.5 and
97.2 with 6 a side); those of the unadjusted figures hold it 64 to 88 times
(tests/explain/test_adjustment.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sums import Kind
from biasbench.explain.adjustment.cautions import MEDIATORS, cautions_of, is_mediator
from biasbench.explain.adjustment.conditional import ConditionalRatio, ratio_of
from biasbench.explain.adjustment.covariates import covariates_asked
from biasbench.explain.adjustment.gap import AdjustedGap, gap_given
from biasbench.explain.adjustment.question import AdjustedRows, rows_to_adjust
from biasbench.tables import REST
from biasbench.tables.adjustments import ADJUSTMENTS, COVARIATES
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Adjustment:
    """A comparison without adjustment, and at equal covariates (tables ADJUSTMENTS, COVARIATES)."""

    system: str
    metric: str
    kind: Kind
    by: str
    group: str
    against: str
    level: float
    unadjusted: Comparison  # on all rows with a value
    kept: Comparison  # on the rows where every covariate is known: those of the steps
    steps: tuple[AdjustedGap, ...]  # each covariate alone, then all together if there are several
    conditional: ConditionalRatio | None
    table: pd.DataFrame
    covariates: pd.DataFrame
    n_left_out: tuple[int, int]  # rows without some covariate, of the group and of the other side
    n_zero: tuple[int, int]  # rows with denominator 0, by side: they have no rate
    cautions: tuple[str, ...]

    @property
    def adjusted(self) -> AdjustedGap:
        """With all covariates."""
        return self.steps[-1]


def adjust(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    covariates: Sequence[str],
    categorical: Sequence[str] = (),
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
    mediators: Collection[str] = MEDIATORS,
    conditional: bool = False,
    sentence: str | None = None,
) -> Adjustment:
    """The comparison at equal covariates, one at a time and all together.

    A covariate whose values all read as numbers is a number, unless named in `categorical`.
    `conditional=True` adds a negative-binomial mixed model, with `sentence` crossed, labelled
    conditional; it never takes the place of the marginal figures. Raises InsufficientDataError,
    with the cross-table, where the sides have nothing in common on a covariate, for fewer than 6
    people on a side, and where a covariate is a copy of others.

    >>> import numpy as np
    >>> people = np.repeat(np.arange(24), 6)
    >>> noisy = (np.arange(144) % 6 < np.where(people < 12, 4, 2)).astype(int)
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": np.arange(144), "metric": "wer",
    ...     "speaker_id": [f"p{n:02}" for n in people], "denominator": 20,
    ...     "accent": np.where(people < 12, "b", "a"), "line": np.where(noisy, "bad", "good"),
    ...     "numerator": 2 + 4 * noisy + people % 3})
    >>> found = adjust(table, by="accent", group="b", covariates=["line"])
    >>> found.table[["step", "ratio", "ratio_low", "ratio_high", "difference"]].round(3)
                step  ratio  ratio_low  ratio_high  difference
    0     unadjusted  1.308      1.119       1.528       0.067
    1      rows kept  1.308      1.119       1.528       0.067
    2  one covariate  1.000      0.860       1.163       0.000
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    names = covariates_asked(rows, covariates, categorical=categorical)
    if isinstance(mediators, str):
        raise OptionError(f"mediators={mediators!r}: give a list of column names")
    if sentence is not None:
        if not conditional:
            raise OptionError(f"sentence='{sentence}' is for the mixed model: conditional=True")
        column_of(rows, sentence)
    if conditional and rows.kind == "mean":
        raise OptionError(f"{rows.metric} is a mean; mixed models here count events (wer, cer)")
    asked = rows_to_adjust(rows, names, categorical)
    sets = [[name] for name in names] + ([names] if len(names) > 1 else [])
    steps = tuple(gap_given(asked, chosen, level=level) for chosen in sets)
    mixed = None
    if conditional:
        mixed = ratio_of(asked, names, sentence=sentence, family="negative binomial", level=level)
    unadjusted = cr3.compare(*rows.sides(), level=level)
    kept = cr3.compare(*asked.rows.sides(), level=level)
    return Adjustment(
        system=rows.system,
        metric=rows.metric,
        kind=rows.kind,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        level=level,
        unadjusted=unadjusted,
        kept=kept,
        steps=steps,
        conditional=mixed,
        table=_table(rows, asked, unadjusted, kept, steps, mixed),
        covariates=_covariates(asked, mediators),
        n_left_out=asked.n_left_out,
        n_zero=asked.n_zero,
        cautions=tuple(cautions_of(rows, asked, steps, mixed, mediators)),
    )


def _table(
    rows: Rows,
    asked: AdjustedRows,
    unadjusted: Comparison,
    kept: Comparison,
    steps: Sequence[AdjustedGap],
    mixed: ConditionalRatio | None,
) -> pd.DataFrame:
    lines = [
        {"step": "unadjusted", "covariates": None, **_figures(unadjusted), **_counts(rows)},
        {"step": "rows kept", "covariates": None, **_figures(kept), **_counts(asked.rows)},
    ]
    lines += [
        {
            "step": "one covariate" if len(step.covariates) == 1 else "all covariates",
            "covariates": ",".join(step.covariates),
            **_figures(step),
            "dof_working": step.dof_working,
            **_counts(asked.rows),
        }
        for step in steps
    ]
    if mixed is not None:
        lines.append(
            {
                "step": "conditional",
                "covariates": ",".join(mixed.covariates),
                "ratio": mixed.ratio,
                "ratio_low": mixed.low,
                "ratio_high": mixed.high,
                "level": mixed.level,
                "p_value": mixed.p,
                "method": "negative-binomial mixed model, Laplace, z (Wald)",
                **_counts(asked.rows),
            }
        )
    table = pd.DataFrame(lines).reindex(columns=list(ADJUSTMENTS.columns))
    return ADJUSTMENTS.check(table)


def _figures(found: Comparison | AdjustedGap) -> dict[str, object]:
    return {
        "value": found.value,
        "against_value": found.against_value,
        "difference": found.difference,
        "difference_low": found.difference_low,
        "difference_high": found.difference_high,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
        "level": found.level,
        "p_value": found.p,
        "dof": found.dof,
        "method": found.method,
    }


def _counts(rows: Rows) -> dict[str, object]:
    group, against = rows.sides()
    return {
        "n_speakers": group.n_speakers,
        "n_against": against.n_speakers,
        "n_rows": group.n_utterances,
        "n_rows_against": against.n_utterances,
    }


def _covariates(asked: AdjustedRows, mediators: Collection[str]) -> pd.DataFrame:
    kinds = {covariate.name: covariate.kind for covariate in asked.covariates}
    lines = []
    for found in asked.overlaps:
        missing = asked.n_missing.get(found.covariate, asked.n_left_out)
        lines.append(
            {
                "covariate": found.covariate,
                "kind": kinds.get(found.covariate, "together"),
                "n_levels": int(((found.group.n_rows + found.against.n_rows) > 0).sum()),
                "overlap": found.value,
                "outside": found.outside,
                "outside_against": found.outside_against,
                "n_missing": missing[0],
                "n_missing_against": missing[1],
                "on_the_path": "yes" if is_mediator(found.covariate, mediators) else "no",
            }
        )
    return COVARIATES.check(pd.DataFrame(lines))
