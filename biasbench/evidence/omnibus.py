"""All groups at once: permutation of people, the largest |t| of all comparisons.

    omnibus   is any group of this metric apart?     max |t| over the comparisons of one metric
    max-T     each comparison within its family      max |t| over all comparisons of the family

People keep all they did, in every metric and system, and change places between the groups; the
statistic is the studentised one of `methods.permutation`. A single step: each comparison's
|t| against the permutation distribution of the largest. It adapts to how comparisons hang
together (Westfall & Young 1993, *Resampling-Based Multiple Testing*, ch. 2), where Šidák assumes
the worst of them; it holds exactly when no group differs at all. Studentising: Chung & Romano
(2013), Annals of Statistics 41:484–507.

`range_test` shuffles the raw values instead, max − min over the groups. It is there to repeat
what others have published: with unequal sides or spreads its coverage falls to 81.7 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.evidence.methods.permutation import CHUNK_CELLS, t_of_masks
from biasbench.evidence.sums import FloatArray, IntArray, Kind

#: Two labellings of equal statistic must tie whatever the order of summation.
_TIE = 1e-12


@dataclass(frozen=True)
class Contrast:
    """One comparison: in which cell, and which group codes stand on its two sides."""

    cell: int
    group: tuple[int, ...]
    against: tuple[int, ...]


@dataclass(frozen=True)
class MaxT:
    """p-values by max-T: one for each contrast, and one for each cell (its omnibus test)."""

    t: FloatArray  # observed, shape (n_contrasts,); NaN where there is none
    p: FloatArray  # single step within the family, shape (n_contrasts,)
    cell_t: FloatArray  # the largest |t| of each cell, shape (n_cells,)
    cell_p: FloatArray  # omnibus, shape (n_cells,)


def max_t(
    group_of_person: npt.NDArray[np.integer],
    numerators: FloatArray,
    denominators: FloatArray,
    contrasts: Sequence[Contrast],
    *,
    kinds: Sequence[Kind],
    rng: np.random.Generator,
    n_resamples: int = 9999,
) -> MaxT:
    """Single-step max-T over all contrasts, and over those of each cell.

    `group_of_person` has shape (n_people,); `numerators` and `denominators` (n_cells, n_people)
    are sums per person, 0 over 0 for someone a cell knows nothing of. p = (1 + #) / (1 +
    n_resamples); a relabelling without a finite statistic counts as extreme, which can only
    raise p. A contrast whose own t is not finite has p NaN and takes no part.

    >>> rng = np.random.default_rng(0)
    >>> group = np.repeat([0, 1, 2], 8)
    >>> errors = np.array([4, 5, 3, 6, 4, 5, 4, 5] * 2 + [9, 8, 10, 7, 9, 8, 9, 10.0])[None]
    >>> words = np.full((1, 24), 40.0)
    >>> found = max_t(group, errors, words, [Contrast(0, (0,), (1, 2)), Contrast(0, (2,), (0, 1))],
    ...               kinds=["rate"], rng=rng, n_resamples=999)
    >>> found.t.round(1).tolist(), found.p.tolist(), found.cell_p.tolist()
    ([-3.2, 9.8], [0.012, 0.001], [0.001])
    """
    order = _order(group_of_person, numerators, denominators)
    group, e, w = group_of_person[order], numerators[:, order], denominators[:, order]
    observed = _statistics(group[None], e, w, contrasts, kinds)[:, 0]
    takes_part = np.isfinite(observed)
    cell = np.array([contrast.cell for contrast in contrasts], dtype=np.intp)
    cell_t = np.full(len(kinds), np.nan)
    for number in np.unique(cell[takes_part]):
        cell_t[number] = np.abs(observed[takes_part & (cell == number)]).max()
    part = [c for c, here in zip(contrasts, takes_part, strict=True) if here]
    part_cell = cell[takes_part]
    extreme = np.zeros(len(contrasts))
    cell_extreme = np.zeros(len(kinds))
    for labels in _relabelled(group, rng=rng, n_resamples=n_resamples) if part else ():
        shuffled = np.abs(_statistics(labels, e, w, part, kinds))
        largest = shuffled.max(axis=0)
        extreme += (largest >= np.abs(observed)[:, None] - _TIE).sum(axis=1)
        for number in np.unique(part_cell):
            of_cell = shuffled[part_cell == number].max(axis=0)
            cell_extreme[number] += (of_cell >= cell_t[number] - _TIE).sum()
    p, cell_p = ((1 + count) / (1 + n_resamples) for count in (extreme, cell_extreme))
    return MaxT(
        t=np.where(takes_part, observed, np.nan),
        p=np.where(takes_part, p, np.nan),
        cell_t=cell_t,
        cell_p=np.where(np.isnan(cell_t), np.nan, cell_p),
    )


def range_test(
    group_of_person: npt.NDArray[np.integer],
    numerator: FloatArray,
    denominator: FloatArray,
    *,
    rng: np.random.Generator,
    n_resamples: int = 9999,
) -> tuple[float, float]:
    """Largest minus smallest of the groups' raw rates, and its p by permutation of people.

    With two groups this is |R_a − R_b|. For published figures alone (module docstring). Arrays of
    shape (n_people,); group codes 0 … G − 1, each with a denominator.

    >>> gap, p = range_test(np.repeat([0, 1], 6), np.r_[np.full(6, 2.0), np.full(6, 5.0)],
    ...                     np.full(12, 20.0), rng=np.random.default_rng(0), n_resamples=999)
    >>> round(gap, 3), p
    (0.15, 0.002)
    """
    codes = np.unique(group_of_person)

    def spread(labels: npt.NDArray[np.integer]) -> FloatArray:
        masks = [(labels == code).astype(float) for code in codes]
        with np.errstate(divide="ignore", invalid="ignore"):
            rates = np.stack([(mask @ numerator) / (mask @ denominator) for mask in masks])
        return np.where(np.isnan(rates).any(axis=0), np.inf, rates.max(axis=0) - rates.min(axis=0))

    observed = float(spread(group_of_person[None])[0])
    n_as_extreme = sum(
        int((spread(labels) >= observed - _TIE).sum())
        for labels in _relabelled(group_of_person, rng=rng, n_resamples=n_resamples)
    )
    return observed, (1 + n_as_extreme) / (1 + n_resamples)


def _order(group: npt.NDArray[np.integer], e: FloatArray, w: FloatArray) -> IntArray:
    # By group and sums, never by name: renaming people changes no draw.
    return np.lexsort((*e, *w, group)).astype(np.int64)


def _relabelled(
    group: npt.NDArray[np.integer], *, rng: np.random.Generator, n_resamples: int
) -> Iterator[npt.NDArray[np.integer]]:
    chunk = max(1, CHUNK_CELLS // len(group))
    for start in range(0, n_resamples, chunk):
        rows = min(chunk, n_resamples - start)
        yield rng.permuted(np.tile(group, (rows, 1)), axis=1)


def _statistics(
    labels: npt.NDArray[np.integer],
    e: FloatArray,
    w: FloatArray,
    contrasts: Sequence[Contrast],
    kinds: Sequence[Kind],
) -> FloatArray:
    """The t of every contrast under every labelling; shape (n_contrasts, n_labellings)."""
    found = np.empty((len(contrasts), len(labels)))
    sides: dict[tuple[int, ...], FloatArray] = {}  # every cell looks at the same groups
    highest = int(labels.max())

    def side(codes: tuple[int, ...]) -> FloatArray:
        if codes not in sides:
            is_member = np.zeros(1 + max(highest, *codes))
            is_member[list(codes)] = 1.0
            sides[codes] = is_member[labels]
        return sides[codes]

    for place, contrast in enumerate(contrasts):
        found[place] = t_of_masks(
            side(contrast.group),
            side(contrast.against),
            e[contrast.cell],
            w[contrast.cell],
            kinds[contrast.cell],
        )
    return found
