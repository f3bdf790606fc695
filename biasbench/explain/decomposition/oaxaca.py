"""The linear decomposition of a difference, for covariates that are measured and not counted.

On each side s the rate of a row is fitted as a line in its covariates, weighted by denominators
(x has a 1 in front; e and w as everywhere):

    Σ x·(e − w·x'b_s) = 0,      x̄_s = Σ w·x / Σ w,      R_s = x̄_s'b_s          exactly
    R_g − R_a = (x̄_g − x̄_a)'(b_g + b_a)/2                composition, covariate by covariate
              + (x̄_g + x̄_a)'(b_g − b_a)/2                unexplained

Oaxaca (1973), International Economic Review 14:693–709; Blinder (1973), Journal of Human Resources
8:436–455; with the average of both sides' coefficients (Reimers 1983, Review of Economics and
Statistics 65:570–579), so that neither side is the norm and asking from the other side turns every
sign. The unexplained part is not split by covariate: which covariate it falls to depends on where
each has its zero (Oaxaca & Ransom 1999, Review of Economics and Statistics 81:154–157). With one
factor of levels it is Kitagawa's decomposition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from biasbench.evidence.sums import FloatArray
from biasbench.explain.decomposition.kitagawa import outside_part
from biasbench.tables.labels import Codes

#: A normal matrix worse conditioned than this has a covariate too many.
WORST_CONDITION = 1e10


@dataclass(frozen=True)
class Moments:
    """What a person's rows add to a side's line: Σw·x·x', Σx·e, and the sums in and outside.

    Shapes (n_speakers, k, k), (n_speakers, k), and (n_speakers, 2) for the numerator and the
    denominator inside (first) and outside (last) what both sides have.
    """

    matrix: FloatArray
    vector: FloatArray
    numerator: FloatArray
    denominator: FloatArray

    def arrays(self) -> tuple[FloatArray, ...]:
        """The four arrays, speakers first: what `jackknife` takes."""
        return self.matrix, self.vector, self.numerator, self.denominator


def moments(
    design: FloatArray,
    numerator: FloatArray,
    denominator: FloatArray,
    speaker: Codes,
    *,
    inside: np.ndarray,
) -> Moments:
    """The moments of each person of one side; `design` has its column of ones in front.

    Rows outside (`inside` False) stand in the last column of the sums and in no line.

    >>> found = moments(np.ones((3, 1)), np.array([1.0, 2, 4]), np.array([10.0, 10, 10]),
    ...                 np.array([0, 0, 1]), inside=np.array([True, True, True]))
    >>> found.matrix.ravel().tolist(), found.vector.ravel().tolist()
    ([20.0, 10.0], [3.0, 4.0])
    """
    codes, people = np.unique(speaker, return_inverse=True)
    n_people, width = len(codes), design.shape[1]
    x, e, w, who = design[inside], numerator[inside], denominator[inside], people[inside]
    matrix = np.zeros((n_people, width, width))
    vector = np.zeros((n_people, width))
    np.add.at(matrix, who, w[:, None, None] * x[:, :, None] * x[:, None, :])
    np.add.at(vector, who, x * e[:, None])
    sums = np.zeros((2, n_people, 2))
    for at, values in enumerate((numerator, denominator)):
        np.add.at(sums[at], (people, (~inside).astype(int)), values)
    return Moments(matrix, vector, sums[0], sums[1])


def oaxaca_parts(covariate: Sequence[int], n_covariates: int) -> Callable[..., FloatArray]:
    """A function from moments to the parts of the difference, for `jackknife`.

    `covariate` says which covariate (0 … P − 1) each column of the design but the first is of; one
    that has no column left adds 0. It takes the summed arrays of two `Moments` and gives shape
    (..., P + 5), as `kitagawa_parts`.

    >>> side = moments(np.column_stack([np.ones(4), [0, 1, 2, 3]]), np.array([1.0, 2, 3, 4]),
    ...                np.full(4, 10.0), np.arange(4), inside=np.full(4, True))
    >>> other = moments(np.column_stack([np.ones(4), [0, 1, 0, 1]]), np.array([1.0, 2, 1, 2]),
    ...                 np.full(4, 10.0), np.arange(4), inside=np.full(4, True))
    >>> both = [tuple(values.sum(axis=0) for values in s.arrays()) for s in (side, other)]
    >>> oaxaca_parts([0], 1)(*both).round(6)
    array([0.1, 0.1, 0.1, 0. , 0. , 0. ])
    """
    owner = np.asarray(covariate, dtype=int)

    def parts(group: tuple[FloatArray, ...], against: tuple[FloatArray, ...]) -> FloatArray:
        lines, means, outside = [], [], []
        for matrix, vector, e, w in (group, against):
            lines.append(np.linalg.solve(matrix, vector[..., None])[..., 0])
            means.append(matrix[..., 0, :] / matrix[..., 0, :1])
            outside.append(outside_part(e, w))
        by_column = (means[0] - means[1]) * (lines[0] + lines[1]) / 2
        found = [
            group[2].sum(axis=-1) / group[3].sum(axis=-1)
            - against[2].sum(axis=-1) / against[3].sum(axis=-1),
            by_column[..., 1:].sum(axis=-1),
            *(by_column[..., 1:][..., owner == p].sum(axis=-1) for p in range(n_covariates)),
            ((lines[0] - lines[1]) * (means[0] + means[1]) / 2).sum(axis=-1),
            outside[0],
            0.0 - outside[1],
        ]
        return np.stack(np.broadcast_arrays(*found), axis=-1)

    return parts


def worst_condition(side: Moments) -> float:
    """The largest condition number of the side's matrix, whole and without each person in turn.

    A matrix singular but for rounding has a covariate that repeats others, or that only one
    person varies in.

    >>> alone = moments(np.column_stack([np.ones(3), [5, 0, 0]]), np.ones(3), np.ones(3),
    ...                 np.arange(3), inside=np.full(3, True))
    >>> worst_condition(alone) > WORST_CONDITION
    True
    """
    total = side.matrix.sum(axis=0)
    scale = np.sqrt(np.diagonal(total))
    scale = np.where(scale > 0, scale, 1.0)
    standard = np.concatenate([total[None], total - side.matrix]) / np.outer(scale, scale)
    # From eigenvalues: numpy's cond() divides by a smallest one that may be 0.
    values = np.linalg.eigvalsh(standard)
    smallest = np.maximum(values[:, 0], 0.0)
    return float((values[:, -1] / np.maximum(smallest, 1e-300)).max())
