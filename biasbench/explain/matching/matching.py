"""The gap between rows, or people, that are alike in what could explain it.

For spontaneous speech nobody reads the same sentences, but rows can be alike in duration, device,
age or noise. Two ways:

    exact        cells of equal covariates (numbers in quantile bins); cells that only one side has
                 are left out, and rows of the other side weigh (n_gs / n_as)·(n_a / n_g), so that
                 it has the group's make-up: coarsened exact matching, Iacus, King & Porro (2012),
                 Political Analysis 20:1–24
    propensity   one row for one row, nearest on the propensity logit (`propensity`)

Either way the comparison afterwards is that of `assess`, on the sums per *speaker* of what was
kept, with the weights taken as given: matched rows of one person resemble each other as before.
It speaks of the kept part alone, and what was left out is counted. With `unit="speaker"` whole
people are matched, which is what `rosenbaum_bounds` needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import effective_speakers
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import (
    FloatArray,
    IntArray,
    SpeakerSums,
    ordered_sums,
    sums_by_code,
)
from biasbench.explain.matching.balance import balance_table, largest_imbalance
from biasbench.explain.matching.propensity import (
    at_shared_levels,
    caliper_width,
    covariate_matrix,
    nearest_pairs,
    propensity_logit,
)
from biasbench.explain.matching.units import (
    Flags,
    Unit,
    Units,
    cells_of_covariates,
    covariates_asked,
    units_of,
)
from biasbench.tables import REST, is_empty
from biasbench.tables.grouping import By
from biasbench.tables.labels import Codes

Method = Literal["propensity", "exact"]


@dataclass(frozen=True)
class Kept:
    """What matching left of one side; `n_rows` = kept + incomplete + unmatched."""

    name: str
    n_missing: int  # rows without a value: they are not among n_rows
    n_rows: int
    n_incomplete: int  # rows lacking a covariate
    n_unmatched: int  # rows without a counterpart
    n_kept: int
    n_speakers: int
    n_speakers_kept: int
    n_effective: float  # W²/Σw² of the people kept, weights and all


@dataclass(frozen=True)
class Matched:
    """The comparison before and after matching, and how alike the sides became.

    `balance` is a table of `BALANCE`. `pairs` has, where people were matched one to one, the
    group's and the other side's value of each pair, shape (n_pairs, 2); else it is None.
    """

    system: str
    metric: str
    by: str
    group: str
    against: str
    on: tuple[str, ...]
    method: Method
    unit: Unit
    caliper: float | None  # in log odds; None for exact matching
    seed: int
    unadjusted: Comparison
    matched: Comparison
    balance: pd.DataFrame
    of_group: Kept
    of_against: Kept
    pairs: FloatArray | None

    @property
    def largest_imbalance(self) -> float | None:
        """The largest standardised difference left; beyond 0.1 the sides are still unalike."""
        return largest_imbalance(self.balance)


def match(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    on: Sequence[str],
    method: Method = "propensity",
    unit: Unit = "row",
    caliper: float = 0.2,
    n_bins: int = 5,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Matched:
    """The comparison on rows (or people) matched on the columns `on`.

    `caliper` is in standard deviations of the propensity logit, `n_bins` the quantile bins of a
    number in exact matching. A person's covariate is their rows' mean, or their one label. Raises
    InsufficientDataError where fewer than 6 people a side are left.

    >>> rng = np.random.default_rng(3)
    >>> person = np.repeat(np.arange(40), 20)
    >>> noisy = rng.random(800) < np.where(person < 20, 0.6, 0.3)
    >>> table = pd.DataFrame({"speaker_id": person, "unit_id": range(800), "metric": "wer",
    ...     "system": "asr:scripted", "accent": np.where(person < 20, "uk", "us"),
    ...     "device": np.where(noisy, "phone", "headset"), "denominator": 10.0,
    ...     "numerator": rng.poisson(np.where(noisy, 3.0, 1.0))})
    >>> found = match(table, by="accent", group="uk", on=["device"], method="exact")
    >>> round(found.unadjusted.ratio, 2), round(found.matched.ratio, 2)
    (1.34, 1.03)
    """
    _check_options(method, unit, caliper=caliper, n_bins=n_bins, level=level, seed=seed)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    covariates = covariates_asked(rows, on)
    complete = ~pd.concat([is_empty(covariates[name]) for name in covariates], axis=1).any(axis=1)
    whole = complete.to_numpy(dtype=bool)
    units = units_of(rows, covariates, whole, unit)
    side = units.in_group
    if not (side.any() and (~side).any()):
        raise InsufficientDataError(_too_few(rows, on, 0, 0))
    width, pairs = None, None
    if method == "exact":
        weight = exact_weights(cells_of_covariates(units.covariates, n_bins=n_bins), side)
    else:
        shared = np.flatnonzero(at_shared_levels(units.covariates, side))
        logit = propensity_logit(covariate_matrix(units.covariates.iloc[shared]), side[shared])
        width = caliper_width(logit, side[shared], multiple=caliper)
        found = nearest_pairs(logit, side[shared], caliper=width, rng=np.random.default_rng(seed))
        pairs = shared[found]
        weight = np.zeros(len(side))
        weight[pairs.ravel()] = 1.0
    of_row = np.zeros(len(whole))
    of_row[whole] = weight[units.of_row]
    sums = [_weighted_sums(rows, of_row, here) for here in (rows.in_group, ~rows.in_group)]
    if min(part.n_speakers for part in sums) < FEWEST_TO_TEST:
        raise InsufficientDataError(_too_few(rows, on, sums[0].n_speakers, sums[1].n_speakers))
    return Matched(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        on=tuple(covariates.columns),
        method=method,
        unit=unit,
        caliper=width,
        seed=seed,
        unadjusted=cr3.compare(*rows.sides(), level=level),
        matched=cr3.compare(*sums, level=level),
        balance=balance_table(units.covariates, side, weight, on=list(covariates.columns)),
        of_group=_kept(rows, True, whole, of_row, sums[0]),
        of_against=_kept(rows, False, whole, of_row, sums[1]),
        pairs=_values_of_pairs(rows, whole, units, pairs) if unit == "speaker" else None,
    )


def exact_weights(cell: Codes, in_group: Flags) -> FloatArray:
    """What each row counts for when cells are matched exactly; 0 where a cell has one side only.

    Rows of the group count 1, rows of the other side (n_gs / n_as)·(n_a / n_g) in cell s, with
    n_g and n_a the rows in cells that both have (Iacus, King & Porro 2012). Shape (n_rows,).

    >>> exact_weights(np.array([0, 0, 0, 1, 1, 2]),
    ...               np.array([True, True, False, True, False, False])).round(3).tolist()
    [1.0, 1.0, 1.333, 1.0, 0.667, 0.0]
    """
    n_cells = int(cell.max()) + 1
    of_group = np.bincount(cell[in_group], minlength=n_cells)
    of_against = np.bincount(cell[~in_group], minlength=n_cells)
    both = (of_group > 0) & (of_against > 0)
    if not both.any():
        return np.zeros(len(cell))
    scale = of_against[both].sum() / of_group[both].sum()
    ratio = np.where(both, of_group / np.maximum(of_against, 1) * scale, 0.0)
    weight: FloatArray = np.where(in_group, both[cell].astype(float), ratio[cell])
    return weight


def _weighted_sums(rows: Rows, weight: FloatArray, side: Flags) -> SpeakerSums:
    kept = side & (weight > 0)
    people, code = np.unique(rows.speaker[kept], return_inverse=True)
    by_code = sums_by_code(
        code,
        (weight * rows.numerator)[kept],
        (weight * rows.denominator)[kept],
        n_codes=len(people),
    )
    return ordered_sums(
        by_code.numerator,
        by_code.denominator,
        n_utterances=int(kept.sum()),
        kind=rows.kind,
    )


def _kept(rows: Rows, is_group: bool, whole: Flags, weight: FloatArray, sums: SpeakerSums) -> Kept:
    side = rows.in_group == is_group
    kept = int((side & (weight > 0)).sum())
    incomplete = int((side & ~whole).sum())
    return Kept(
        name=rows.group if is_group else rows.against,
        n_missing=rows.n_missing[0 if is_group else 1],
        n_rows=int(side.sum()),
        n_incomplete=incomplete,
        n_unmatched=int(side.sum()) - incomplete - kept,
        n_kept=kept,
        n_speakers=len(np.unique(rows.speaker[side])),
        n_speakers_kept=sums.n_speakers,
        n_effective=effective_speakers(sums.denominator),
    )


def _values_of_pairs(
    rows: Rows, whole: Flags, units: Units, pairs: IntArray | None
) -> FloatArray | None:
    if pairs is None:
        return None
    n_people = len(units.in_group)
    errors = np.bincount(units.of_row, weights=rows.numerator[whole], minlength=n_people)
    words = np.bincount(units.of_row, weights=rows.denominator[whole], minlength=n_people)
    both = pairs[(words[pairs] > 0).all(axis=1)]
    values: FloatArray = errors[both] / words[both]
    return values


def _too_few(rows: Rows, on: Sequence[str], n_group: int, n_against: int) -> str:
    return (
        f"matching on {', '.join(on)} leaves {n_group} people of {rows.group} and {n_against} of "
        f"{rows.against} with a counterpart; at least {FEWEST_TO_TEST} on each side are needed "
        "(fewer covariates, a wider caliper, or more people with the same values)"
    )


def _check_options(
    method: str, unit: str, *, caliper: float, n_bins: int, level: float, seed: int
) -> None:
    for name, value, choices in (("method", method, Method), ("unit", unit, Unit)):
        if value not in get_args(choices):
            known = ", ".join(map(repr, get_args(choices)))
            raise OptionError(f"{name}={value!r} is none of {known}")
    if not caliper > 0:
        raise OptionError(f"caliper={caliper:g} is not above 0; 0.2 standard deviations is usual")
    if n_bins < 2:
        raise OptionError(f"n_bins={n_bins} is below 2; 5 is usual")
    if not 0.5 <= level < 1:
        raise OptionError(f"level={level:g} is not between 0.5 and 1; 95 % is written 0.95")
    if seed < 0:
        raise OptionError(f"seed={seed} is below 0; any whole number from 0 on will do")
