"""The same question asked in every defensible way: does the answer hang on a choice?

    a row per specification     every combination of variant, metric, exclusion, adjustment
    range, sign stability       how far the answers lie apart, whether they agree who is worse
    one test for all of them    `curve.joint_test`: the shuffles of people are shared

Each row has the interval and the p-value that it would have had alone. They are no family of
findings to choose from: the curve is reported whole, and its own p-values answer for it. Simonsohn,
Simmons & Nelson (2020), Nature Human Behaviour 4:1208–1214; Steegen et al. (2016).

The difference has the unit of its metric, so that its range is given metric by metric; the ratio is
the scale that metrics share. What could not be computed is a row with its reason: a specification
that fails is a result too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.explain.adjustment.cautions import is_mediator
from biasbench.explain.multiverse.adjusted import adjusted
from biasbench.explain.multiverse.answers import (
    Answer,
    ShuffledSums,
    range_table,
    shuffle_all,
    sign_stability,
    specification_table,
)
from biasbench.explain.multiverse.curve import JointTest
from biasbench.explain.multiverse.specifications import (
    Axes,
    Exclusion,
    Specification,
    kept_rows,
    left_out,
)
from biasbench.tables import REST
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Multiverse:
    """Every specification and what they say together.

    `table` (SPECIFICATIONS) is in the order of a specification curve, smallest first, then the
    rows that could not be computed; `ranges` (SPECIFICATION_RANGES) has a row per metric.
    `joint` is None where no specification could be tested. `sign_stability` is the share of the
    specifications computed that agree with their median about who is worse off.
    """

    by: str
    group: str
    against: str
    table: pd.DataFrame
    ranges: pd.DataFrame
    joint: JointTest | None
    sign_stability: float | None
    n_specifications: int
    n_computed: int
    n_tested: int
    level: float
    seed: int
    n_resamples: int
    cautions: tuple[str, ...]


def multiverse(
    variants: Mapping[str, MeasuresSource],
    *,
    by: By,
    group: str,
    against: str = REST,
    metrics: Sequence[str],
    system: str | None = None,
    exclusions: Mapping[str, Exclusion] | None = None,
    adjustments: Mapping[str, Sequence[str]] | None = None,
    margin: Mapping[str, float] | float | None = None,
    level: float = 0.95,
    n_resamples: int = 999,
    seed: int = 0,
) -> Multiverse:
    """The specification curve of one comparison, with tests that hold for all of it.

    variants: named measures, such as `measures.measure_variants` makes, of one corpus: a person has
    one name and one group throughout. exclusions: `LeaveOut("client", ["x"])`, a function of the
    table, or None. adjustments: named lists of covariates to hold equal. A margin gives each row
    the verdict of its own interval, from 6 people a side.

    >>> from biasbench.explain.multiverse.specifications import LeaveOut
    >>> people = np.arange(24)
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": people, "metric": "wer",
    ...     "speaker_id": [f"p{n:02}" for n in people], "accent": ["b"] * 12 + ["a"] * 12,
    ...     "client": np.tile(["x", "y", "z"], 8), "denominator": 100.0,
    ...     "numerator": 10.0 + people % 5 + 6 * (people < 12)})
    >>> milder = table.assign(numerator=table.numerator * 0.8)
    >>> found = multiverse({"none": table, "en": milder}, by="accent", group="b", metrics=["wer"],
    ...     exclusions={"everything": None, "without x": LeaveOut("client", ["x"])})
    >>> found.table[["order", "variant", "exclusion", "ratio"]].round(2)
       order variant   exclusion  ratio
    0      1    none   without x   1.42
    1      2      en   without x   1.42
    2      3    none  everything   1.47
    3      4      en  everything   1.47
    >>> found.sign_stability, found.joint.p_max
    (1.0, 0.001)
    """
    check_plain_options(level=level, audience="public", seed=seed, n_resamples=n_resamples)
    if isinstance(metrics, str) or not metrics:
        raise OptionError(f"metrics={metrics!r}: give a list of names, such as ['wer']")
    axes = Axes(
        variants,
        tuple(dict.fromkeys(metrics)),
        {"everything": None} if exclusions is None else exclusions,
        {"plain": ()} if adjustments is None else adjustments,
    )
    chosen = axes.specifications()
    margins = _margins(margin, axes.metrics)
    asked = _Question(by, group, against, system, level)
    sources = _sources(axes, asked)
    answers = [_answer(one, axes, sources, asked) for one in chosen]
    joint = shuffle_all(answers, n_resamples=n_resamples, seed=seed)
    p_curve = np.full(len(answers), np.nan)
    if joint is not None:
        p_curve[[answer.shuffled is not None for answer in answers]] = joint.p_each
    table = specification_table(
        answers, p_curve.tolist(), system=_system(answers, system), level=level, margins=margins
    )
    computed = table[table["difference"].notna()]
    return Multiverse(
        by=",".join([by] if isinstance(by, str) else by),
        group=group,
        against=against,
        table=table,
        ranges=range_table(table),
        joint=joint,
        sign_stability=sign_stability(computed),
        n_specifications=len(table),
        n_computed=len(computed),
        n_tested=0 if joint is None else len(joint.t),
        level=level,
        seed=seed,
        n_resamples=n_resamples,
        cautions=_cautions(axes, answers),
    )


@dataclass(frozen=True)
class _Question:
    by: By
    group: str
    against: str
    system: str | None
    level: float


def _sources(axes: Axes, asked: _Question) -> dict[tuple[str, str], Rows | InsufficientDataError]:
    """The rows of each variant and metric, or why there are none."""
    found: dict[tuple[str, str], Rows | InsufficientDataError] = {}
    for name, measures in axes.variants.items():
        for metric in axes.metrics:
            try:
                found[name, metric] = rows_of(
                    measures,
                    by=asked.by,
                    group=asked.group,
                    against=asked.against,
                    metric=metric,
                    system=asked.system,
                )
            except InsufficientDataError as error:
                found[name, metric] = error
    _check_one_group_each([rows for rows in found.values() if isinstance(rows, Rows)])
    return found


def _check_one_group_each(sources: Sequence[Rows]) -> None:
    side: dict[str, bool] = {}
    for rows in sources:
        people = rows.columns["speaker_id"]
        for person, here in dict(zip(people, rows.in_group, strict=True)).items():
            if side.setdefault(str(person), bool(here)) != bool(here):
                raise TableError(
                    f"variants: speaker '{person}' is in '{rows.group}' in one of them and not in "
                    "another; variants are of one corpus, where a person stands in one group"
                )


def _answer(
    one: Specification,
    axes: Axes,
    sources: Mapping[tuple[str, str], Rows | InsufficientDataError],
    asked: _Question,
) -> Answer:
    source = sources[one.variant, one.metric]
    if isinstance(source, InsufficientDataError):
        return Answer(one, None, None, None, None, None, str(source))
    out = left_out(source, axes.exclusions[one.exclusion], one.exclusion)
    rows = kept_rows(source, ~out)
    n_excluded = int(out.sum())
    covariates = axes.adjustments[one.adjustment]
    sides = rows.sides()
    people = sides[0].n_speakers, sides[1].n_speakers
    if min(people) < FEWEST_TO_TEST:
        reason = (
            f"{people[0]} and {people[1]} people on the two sides; {FEWEST_TO_TEST} on each are "
            "needed for a test"
        )
        plain = None if covariates else cr3.compare(*sides, level=asked.level)
        return Answer(one, rows, plain, None, n_excluded, people, reason)
    try:
        if covariates:
            comparison, sums = adjusted(rows, covariates, level=asked.level)
        else:
            comparison = cr3.compare(*sides, level=asked.level)
            sums = ShuffledSums(rows, rows.numerator, rows.denominator)
    except InsufficientDataError as error:
        return Answer(one, rows, None, None, n_excluded, people, str(error))
    if covariates:
        rows = sums.rows  # where every covariate is known
        sides = rows.sides()
        people = sides[0].n_speakers, sides[1].n_speakers
    if sums.can_be_tested():
        return Answer(one, rows, comparison, sums, n_excluded, people, None)
    return Answer(one, rows, comparison, None, n_excluded, people, comparison.note)


def _margins(
    margin: Mapping[str, float] | float | None, metrics: Sequence[str]
) -> dict[str, float]:
    if margin is None:
        return {}
    if not isinstance(margin, Mapping):
        if len(metrics) > 1:
            raise OptionError(
                f"margin={margin:g} cannot serve {', '.join(metrics)} at once: each has its unit. "
                f"Name them: {{'{metrics[0]}': {margin:g}}}"
            )
        margin = {metrics[0]: margin}
    for metric, value in margin.items():
        if metric not in metrics:
            raise not_found("metric", metric, metrics)
        if not value > 0:
            raise OptionError(
                f"margin of {metric} is {value:g}; it is the smallest difference that matters, "
                "above 0"
            )
    return dict(margin)


def _system(answers: Sequence[Answer], asked: str | None) -> str:
    """The one system that is asked about, for rows that have none of their own."""
    found = sorted({answer.rows.system for answer in answers if answer.rows is not None})
    if len(found) > 1:
        raise OptionError(
            f"variants: they are of {len(found)} systems, {', '.join(found)}; a multiverse asks "
            "about one"
        )
    return asked or (found[0] if found else "unknown")


def _cautions(axes: Axes, answers: Sequence[Answer]) -> tuple[str, ...]:
    said = [
        f"adjustment '{name}': {covariate} may be an effect of the group, and holding it equal "
        "takes away the part of the gap that passes through it"
        for name, covariates in axes.adjustments.items()
        for covariate in covariates
        if is_mediator(covariate)
    ]
    untested = sum(answer.shuffled is None for answer in answers)
    if untested:
        said.append(
            f"{untested} of {len(answers)} specifications are in no joint test; their rows say why"
        )
    return tuple(said)
