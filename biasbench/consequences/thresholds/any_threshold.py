"""Many thresholds, one question: does the gap at *any* of them go beyond chance?

Whole people are shuffled between the two sides, with all their units and so with their passes
at every threshold: the thresholds of one curve hang together, and the shuffling keeps that.

    d_τ    difference of pass rates at threshold τ: the same on both sides of the threshold, and
           there where nobody or everybody passes
    p_τ    share of the labellings, the observed one among them, with |d| as large or larger
    p_any  share of the labellings whose smallest p_τ is as small or smaller

The smallest p and not the largest t: at a threshold that one person fails, the standardised
difference is huge whenever that person falls to the small side, and would drown the others; its
p cannot be small. Westfall & Young (1993), Resampling-Based Multiple Testing, sec. 2.3; computed
from one set of labellings as Ge, Dudoit & Speed (2003), Test 12:1–77. Exact where people are
exchangeable, that is, where the scores of both sides have one distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.consequences.thresholds.band import labelled_rates, simultaneous_level
from biasbench.evidence.sums import FloatArray

#: Cells (labellings × people) held at once: 16 MB a matrix.
_CHUNK_CELLS = 2_000_000

#: Two labellings of equal difference must tie whatever the order of summation.
_DIGITS = 12


@dataclass(frozen=True)
class AnyThreshold:
    """What shuffling people says of a whole curve; arrays of shape (n_thresholds,)."""

    p_any: float
    p_value: FloatArray  # of each threshold alone
    p_adjusted: FloatArray  # of each threshold, for all at once
    all_level: float  # level at which the intervals of all thresholds hold together (band)
    n_resamples: int


def any_threshold(
    passed: npt.ArrayLike,
    units: npt.ArrayLike,
    in_group: npt.ArrayLike,
    *,
    rng: np.random.Generator,
    n_resamples: int = 9999,
    level: float = 0.95,
) -> AnyThreshold:
    """Permutation p-values of a curve, for each threshold and for all at once.

    `passed` has shape (n_people, n_thresholds) and counts units that pass, `units` and
    `in_group` have shape (n_people,). `all_level` is the level of the intervals of the band
    (`band.simultaneous_level`), from the same labellings.

    >>> score = np.array([3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 2, 1])
    >>> passed = (score[:, None] >= np.array([3, 5, 7])).astype(float)
    >>> found = any_threshold(passed, np.ones(12), np.arange(12) < 6,
    ...                       rng=np.random.default_rng(0), n_resamples=999)
    >>> found.p_value.round(2), round(found.p_any, 2)
    (array([0.08, 0.05, 0.48]), 0.05)
    """
    passes, weight = np.asarray(passed, dtype=float), np.asarray(units, dtype=float)
    group = np.asarray(in_group, dtype=bool)
    # The rarer outcome over both sides together, which no labelling changes: see impact_ratio.
    rare = passes.sum(axis=0) <= weight.sum() / 2
    events = np.where(rare, passes, weight[:, None] - passes)
    ours, other = [], []
    for masks in _labellings(group, rng=rng, n_resamples=n_resamples):
        ours.append(labelled_rates(masks, events, weight))
        other.append(labelled_rates(~masks, events, weight))
    size = np.concatenate(
        [np.abs(one.value - two.value) for one, two in zip(ours, other, strict=True)]
    )
    p = _share_as_large(np.round(size, _DIGITS))
    smallest = np.sort(p.min(axis=1))
    # side="right": as many labellings as reach down to each p, the observed one among them.
    adjusted = np.searchsorted(smallest, p[0], side="right") / len(smallest)
    return AnyThreshold(
        p_any=float(adjusted.min()),
        p_value=p[0],
        p_adjusted=adjusted,
        all_level=simultaneous_level(ours, other, level=level),
        n_resamples=n_resamples,
    )


def _labellings(
    in_group: npt.NDArray[np.bool_], *, rng: np.random.Generator, n_resamples: int
) -> Iterator[npt.NDArray[np.bool_]]:
    """The labelling observed, then random ones, in pieces of shape (n, n_people)."""
    yield in_group[None, :]
    chunk = max(1, _CHUNK_CELLS // len(in_group))
    for start in range(0, n_resamples, chunk):
        rows = min(chunk, n_resamples - start)
        yield rng.permuted(np.tile(in_group, (rows, 1)), axis=1)


def _share_as_large(size: FloatArray) -> FloatArray:
    """For each labelling and threshold, the share of labellings with a size as large."""
    n = len(size)
    p = np.empty_like(size)
    for column in range(size.shape[1]):
        ordered = np.sort(size[:, column])
        p[:, column] = (n - np.searchsorted(ordered, size[:, column], side="left")) / n
    return p
