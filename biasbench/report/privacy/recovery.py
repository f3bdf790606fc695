"""Whether printed sums give away a sum over fewer than k people: exact linear algebra.

Everybody who is counted in the same printed figures makes one cell; a printed figure is the sum
over some cells. Adding and subtracting printed figures gives the row space of their matrix, so a
sum over few people follows from them if and only if some vector of that space, other than zero,
stands on cells that hold fewer than k people together. A vector that stands on as few cells as
can be vanishes on r − 1 independent others (r is the rank), so that trying those finds every one.
Whole numbers, not floats: a rank has no rounding.

Cell suppression as linear algebra: Willenborg & de Waal (2001), Elements of Statistical Disclosure
Control, ch. 6; Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb, gcd

import numpy as np
import numpy.typing as npt

#: Choices of columns that are tried; of more than these, a set is taken to be given away.
MOST_CHOICES = 20_000

_Row = list[int]
_Rows = list[_Row]
_People = Sequence[int | frozenset[str]]


def recoverable(
    printed: npt.ArrayLike, people: Sequence[int | frozenset[str]], k: int
) -> tuple[int, ...] | None:
    """The cells of a sum over fewer than k people that follows from the printed ones, or None.

    `printed` has one row a figure and one column a cell, 1 where the cell is counted in it;
    `people` is how many each cell holds, or who they are where one person is in several cells
    (with other recordings in each). Cells of nobody are nothing to give away.

    >>> total, others = [1, 1, 1], [0, 1, 1]
    >>> recoverable([total, others], [4, 12, 30], 10)          # a total minus all others
    (0,)
    >>> recoverable([total, [0, 0, 1]], [4, 12, 30], 10) is None   # 4 and 12 together
    True
    """
    matrix = np.atleast_2d(np.asarray(printed, dtype=int))
    held = [column for column, of_cell in enumerate(people) if of_cell]
    rows = _reduced([[int(row[at]) for at in held] for row in matrix])
    for columns in _components(rows):
        block = [[row[at] for at in columns] for row in rows]
        found = _lightest(_reduced(block), [people[held[at]] for at in columns])
        cells = tuple(held[columns[at]] for at in found or ())
        if cells and _weight(cells, people) < k:
            return cells
    return None


def _reduced(rows: _Rows) -> _Rows:
    """The reduced row echelon form but for the scale of each row, without rows of zeros."""
    rows = [list(row) for row in rows]
    at = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(at, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        lead = rows[at][column]
        for n, row in enumerate(rows):
            if n != at and row[column]:
                times = row[column]
                pairs = zip(row, rows[at], strict=True)
                rows[n] = _shortened([lead * value - times * own for value, own in pairs])
        at += 1
    return rows[:at]


def _shortened(row: _Row) -> _Row:
    """The same direction in the smallest whole numbers."""
    divisor = gcd(*row)
    return [value // divisor for value in row] if divisor > 1 else row


def _components(rows: _Rows) -> list[list[int]]:
    """Columns that hang together: no figure combines two of these sets."""
    found: list[set[int]] = []
    for row in rows:
        here = {column for column, value in enumerate(row) if value}
        touched = [part for part in found if part & here]
        found = [part for part in found if not part & here]
        found.append(here.union(*touched))
    return [sorted(part) for part in found]


def _lightest(rows: _Rows, people: _People) -> tuple[int, ...] | None:
    """The columns of the vector that stands on the fewest people; all where too many to try."""
    rank, width = len(rows), len(people)
    if rank == 0:
        return None
    if comb(width, rank - 1) > MOST_CHOICES:
        # Not known to be safe: the least that could be given away is a single column.
        return (min(range(width), key=lambda column: _weight([column], people)),)
    best: tuple[int, ...] | None = None
    for gone in combinations(range(width), rank - 1):
        vector = _vanishing(rows, gone)
        if vector is None:
            continue
        stands = tuple(column for column, value in enumerate(vector) if value)
        if best is None or _weight(stands, people) < _weight(best, people):
            best = stands
    return best


def _vanishing(rows: _Rows, gone: Sequence[int]) -> _Row | None:
    """The one vector of the row space that is zero there; None if there are several."""
    width = len(rows[0])
    order = [*gone, *(column for column in range(width) if column not in set(gone))]
    turned = _reduced([[row[column] for column in order] for row in rows])
    if any(turned[-1][: len(gone)]) or (len(turned) > 1 and not any(turned[-2][: len(gone)])):
        return None
    back = [0] * width
    for place, column in enumerate(order):
        back[column] = turned[-1][place]
    return back


def _weight(columns: Sequence[int], people: _People) -> int:
    held = [people[column] for column in columns]
    if isinstance(held[0], int):
        return sum(count for count in held if isinstance(count, int))
    return len(frozenset().union(*(who for who in held if isinstance(who, frozenset))))
