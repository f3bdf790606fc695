"""How far a comparison moves when a person, a sentence, or one's readings of one are left out.

For a side's value R = Σe / Σw and a cluster c with sums e_c, w_c, residual r_c = e_c − R·w_c and
leverage h_c = w_c / W, leaving c out moves R by exactly

    m_c = −r_c / (W·(1 − h_c))

so that Σ m_c² over people is the CR3 variance of `evidence.estimate`. A sentence can lie on both
sides and moves both values.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError
from biasbench.evidence.sums import FloatArray, Kind, sums_by_code
from biasbench.tables.labels import Codes

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Moves:
    """How far leaving each cluster out moves the two sides' values; arrays of shape (n_clusters,).

    `in_group` and `in_against` say on which sides a cluster has any denominator.
    """

    group: FloatArray
    against: FloatArray
    in_group: Flags
    in_against: Flags


@dataclass(frozen=True)
class Contrast:
    """Two values, and what each person, each sentence and each cell of the two moves them by."""

    value: float
    against_value: float
    kind: Kind
    speaker: Moves
    sentence: Moves
    cell: Moves


def contrast(
    speaker: Codes,
    sentence: Codes,
    numerator: FloatArray,
    denominator: FloatArray,
    in_group: Flags,
    *,
    kind: Kind = "rate",
) -> Contrast:
    """The two values Σe/Σw and their moves, from rows; arrays of shape (n_rows,).

    `speaker` and `sentence` are codes 0 … n − 1; a person is on one side.

    >>> found = contrast(np.array([0, 0, 1, 1, 2, 2, 3, 3]), np.array([0, 1, 0, 1, 0, 1, 0, 1]),
    ...                  np.array([1.0, 2, 2, 4, 1, 1, 1, 2]), np.full(8, 10.0),
    ...                  np.array([True] * 4 + [False] * 4))
    >>> found.value, found.against_value, found.sentence.group.round(3).tolist()
    (0.225, 0.125, [0.075, -0.075])
    """
    if not all(denominator[side].sum() > 0 for side in (in_group, ~in_group)):
        raise InsufficientDataError(
            "a side has no denominator at all; at least 6 people with one are needed on each side"
        )
    cell = speaker_sentence_cells(speaker, sentence)
    moves = [
        moves_of(codes, numerator, denominator, in_group) for codes in (speaker, sentence, cell)
    ]
    values = [
        float(numerator[side].sum()) / float(denominator[side].sum())
        for side in (in_group, ~in_group)
    ]
    return Contrast(values[0], values[1], kind, *moves)


def speaker_sentence_cells(speaker: Codes, sentence: Codes) -> Codes:
    """A code for each pair of person and sentence that occurs.

    >>> speaker_sentence_cells(np.array([0, 0, 1, 0]), np.array([0, 1, 1, 0])).tolist()
    [0, 1, 2, 0]
    """
    pair = speaker.astype(np.int64) * (int(sentence.max()) + 1) + sentence
    cells: Codes = np.unique(pair, return_inverse=True)[1].astype(np.intp)
    return cells


def moves_of(
    cluster: Codes, numerator: FloatArray, denominator: FloatArray, in_group: Flags
) -> Moves:
    """−r_c / (W·(1 − h_c)) on each side, for clusters that may have rows on both.

    A cluster that is the whole denominator of a side moves it by NaN: nothing is left without it.
    """
    n_clusters = int(cluster.max()) + 1
    sides, present = [], []
    for side in (in_group, ~in_group):
        sums = sums_by_code(cluster[side], numerator[side], denominator[side], n_codes=n_clusters)
        total = float(sums.denominator.sum())
        residual = sums.numerator - float(sums.numerator.sum()) / total * sums.denominator
        left = total - sums.denominator
        sides.append(np.where(left > 0, -residual / np.where(left > 0, left, 1.0), np.nan))
        present.append(sums.denominator > 0)
    return Moves(sides[0], sides[1], present[0], present[1])


def one_reader_each(found: Contrast) -> bool:
    """True where every sentence was read by one person: it is no cluster beyond the person."""
    return len(found.sentence.group) == len(found.cell.group)
