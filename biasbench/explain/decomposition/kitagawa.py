"""Two rates over the same cells: how much of their difference is what they are made of.

For the cells c = 1 … C of two sides g and a (recording conditions, lengths, clients; crossed):

    p_c = w_c / Σ w_c       share of the side's denominator       R_c = e_c / w_c    rate there
    R_g − R_a = Σ_c (p_gc − p_ac)·(R_gc + R_ac)/2                 composition
              + Σ_c (R_gc − R_ac)·(p_gc + p_ac)/2                 unexplained

Averaging both sides' weights is Kitagawa's choice (1955), Journal of the American Statistical
Association 50:1168–1194: nothing is left over, no side is appointed the standard, and asking from
the other side turns every sign. "Unexplained" means by these cells, and nothing more.

Composition over several crossed factors is split between them after Das Gupta (1993),
Standardization and Decomposition of Rates: A User's Manual (US Bureau of the Census, P23-186),
ch. 5: a cell's share is written as a product of one term per factor, p_c = Π_j A_jc, and the
difference of two products is shared out symmetrically, over every order in which the factors could
be changed. Both steps are averages over orders, which is what a Shapley (1953) value is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from biasbench.evidence.sums import FloatArray, IntArray


@dataclass(frozen=True)
class Kitagawa:
    """The two parts of a difference of rates; shape (...), as many as there were sets of sums."""

    composition: FloatArray
    unexplained: FloatArray


def kitagawa(
    e_group: npt.ArrayLike,
    w_group: npt.ArrayLike,
    e_against: npt.ArrayLike,
    w_against: npt.ArrayLike,
) -> Kitagawa:
    """Composition and unexplained part of Σe_g/Σw_g − Σe_a/Σw_a (module docstring).

    Arrays of shape (..., n_cells), the cells in one order. Raises ValueError for a cell that has no
    denominator on one side: it has no rate there. Kitagawa (1955).

    >>> found = kitagawa([8.0, 6.0], [20.0, 60.0], [12.0, 1.0], [60.0, 20.0])
    >>> found.composition.round(4), found.unexplained.round(4)
    (np.float64(-0.1125), np.float64(0.125))
    """
    for side in (w_group, w_against):
        if not (np.asarray(side) > 0).all():
            raise ValueError("a cell has no denominator on one side; leave it out on both")
    share, rates = _shares(w_group), _rates(e_group, w_group)
    other_share, other_rates = _shares(w_against), _rates(e_against, w_against)
    return Kitagawa(
        composition=((share - other_share) * (rates + other_rates) / 2).sum(axis=-1),
        unexplained=((rates - other_rates) * (share + other_share) / 2).sum(axis=-1),
    )


def composition_by_factor(
    e_group: npt.ArrayLike,
    w_group: npt.ArrayLike,
    e_against: npt.ArrayLike,
    w_against: npt.ArrayLike,
    levels: IntArray,
) -> FloatArray:
    """Kitagawa's composition, split between the factors that were crossed; shape (..., n_factors).

    `levels` says which level of each factor a cell is, shape (n_cells, n_factors). Das Gupta
    (1993), ch. 5; the parts add up to the composition.

    >>> levels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> parts = composition_by_factor([4, 6, 3, 5], [40, 30, 20, 10],
    ...                               [2, 9, 3, 8], [20, 40, 20, 20], levels)
    >>> parts.round(4)
    array([-0.0127, -0.0336])
    """
    terms = share_terms(w_group, levels)
    other_terms = share_terms(w_against, levels)
    mean_rate = (_rates(e_group, w_group) + _rates(e_against, w_against)) / 2
    n_factors = levels.shape[1]
    parts = []
    for factor in range(n_factors):
        others = [number for number in range(n_factors) if number != factor]
        standard = sum(
            weight
            * terms[..., list(chosen)].prod(axis=-1)
            * other_terms[..., [o for o in others if o not in chosen]].prod(axis=-1)
            for chosen, weight in _subsets(others)
        )
        change = terms[..., factor] - other_terms[..., factor]
        parts.append((change * standard * mean_rate).sum(axis=-1))
    return np.stack(parts, axis=-1)


def share_terms(denominator: npt.ArrayLike, levels: IntArray) -> FloatArray:
    """One term per factor whose product is the cell's share; shape (..., n_cells, n_factors).

    With N_S the denominator of everything that has the cell's levels on the factors S,

        log A_j = Σ_S |S|!(P−1−|S|)!/P! · (log N_{S ∪ j} − log N_S)       S without j, of P factors

    which for two factors is √(N_ij/N_j · N_i/N): Das Gupta (1993), eq. 5.36.

    >>> levels = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> terms = share_terms([40, 30, 20, 10], levels)
    >>> terms.prod(axis=-1).round(3)
    array([0.4, 0.3, 0.2, 0.1])
    """
    w = np.asarray(denominator, dtype=float)
    n_factors = levels.shape[1]
    logs: dict[tuple[int, ...], FloatArray] = {}

    def log_of(factors: tuple[int, ...]) -> FloatArray:
        if factors not in logs:
            _, of_cell = np.unique(levels[:, list(factors)], axis=0, return_inverse=True)
            same = (of_cell.reshape(-1, 1) == of_cell.reshape(1, -1)).astype(float)
            logs[factors] = np.log(w @ same)
        return logs[factors]

    terms = []
    for factor in range(n_factors):
        others = [number for number in range(n_factors) if number != factor]
        total = np.zeros_like(w)
        for chosen, weight in _subsets(others):
            joined = tuple(sorted((*chosen, factor)))
            total = total + weight * (log_of(joined) - log_of(chosen))
        terms.append(np.exp(total))
    return np.stack(terms, axis=-1)


def kitagawa_parts(levels: IntArray) -> Callable[..., FloatArray]:
    """A function from sums per cell to the parts of the difference, for `jackknife`.

    It takes (e_group, w_group), (e_against, w_against) of shape (..., n_cells + 1), the last
    column being what lies outside the cells that both sides have, and gives shape
    (..., n_factors + 5): the difference, the composition, the same by factor, the unexplained
    part, and the group's and the other side's part outside. With W the whole denominator, w that
    outside and R the rate inside, a side's part outside is e/W − (w/W)·R: what its rate owes to
    cells that the other side does not have. Ñopo (2008), Review of Economics and Statistics
    90:290–299.

    >>> parts = kitagawa_parts(np.array([[0], [1]]))
    >>> found = parts((np.array([8., 6, 2]), np.array([20., 60, 10])),
    ...               (np.array([12., 1, 0]), np.array([60., 20, 0])))
    >>> found.round(4)
    array([ 0.0153, -0.1125, -0.1125,  0.125 ,  0.0028,  0.    ])
    >>> bool(np.isclose(found[0], found[2:].sum()))
    True
    """

    def parts(group: tuple[FloatArray, ...], against: tuple[FloatArray, ...]) -> FloatArray:
        e_group, w_group = (values[..., :-1] for values in group)
        e_against, w_against = (values[..., :-1] for values in against)
        inside = e_group, w_group, e_against, w_against
        two = kitagawa(*inside)
        outside = [outside_part(*side) for side in (group, against)]
        found = [
            _rates(group[0].sum(axis=-1), group[1].sum(axis=-1))
            - _rates(against[0].sum(axis=-1), against[1].sum(axis=-1)),
            two.composition,
            *np.moveaxis(composition_by_factor(*inside, levels), -1, 0),
            two.unexplained,
            outside[0],
            0.0 - outside[1],
        ]
        return np.stack(np.broadcast_arrays(*found), axis=-1)

    return parts


def outside_part(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """e/W − (w/W)·R of `kitagawa_parts`; the last column of both arrays is what lies outside.

    >>> outside_part(np.array([8.0, 3.0]), np.array([80.0, 20.0]))
    np.float64(0.01)
    """
    total = denominator.sum(axis=-1)
    inside = _rates(numerator[..., :-1].sum(axis=-1), denominator[..., :-1].sum(axis=-1))
    found: FloatArray = (numerator[..., -1] - denominator[..., -1] * inside) / total
    return found


def _subsets(others: list[int]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every subset of the other factors, and the share of orders in which just it comes first."""
    n_factors = len(others) + 1
    for size in range(n_factors):
        weight = (
            math.factorial(size) * math.factorial(n_factors - 1 - size) / math.factorial(n_factors)
        )
        for chosen in combinations(others, size):
            yield chosen, weight


def _shares(denominator: npt.ArrayLike) -> FloatArray:
    w = np.asarray(denominator, dtype=float)
    share: FloatArray = w / w.sum(axis=-1, keepdims=True)
    return share


def _rates(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> FloatArray:
    found: FloatArray = np.asarray(numerator, dtype=float) / np.asarray(denominator, dtype=float)
    return found
