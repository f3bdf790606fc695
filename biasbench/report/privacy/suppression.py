"""Small groups and small cells, and those hidden with them so that no subtraction helps.

Of one row of groups with its total (the rest of every comparison gives it, whatever is printed
beside), a group is hidden with others so that

    they are two or more and hold k people together, or are all there are;
    each small one may still hold k/2 or more different numbers of people, for whoever knows the
    total of the hidden, which of them are small, and the most that any can hold.

Without the second, 1 person beside a group of 10 is read off a total of 11, and two groups of 9
off a total of 18. One larger group is preferred to several of the size of k.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from biasbench.report.privacy.recovery import recoverable


def hidden_groups(
    people: Mapping[str, int],
    k: int,
    *,
    also: Iterable[str] = (),
    most: Mapping[str, int] | None = None,
) -> tuple[frozenset[str], frozenset[str]]:
    """Groups of fewer than k people, and those hidden with them so that no subtraction helps.

    `also` are groups hidden whatever their size: among the first. `most` are numbers of people
    that are known from elsewhere not to be exceeded.

    >>> hidden_groups({"a": 4, "b": 12, "c": 30}, 10)
    (frozenset({'a'}), frozenset({'b'}))
    >>> hidden_groups({"a": 6, "b": 7, "c": 30}, 10)[1]
    frozenset()
    >>> hidden_groups({"a": 1, "b": 10, "c": 30}, 10)[1]      # 11 − 10 would be 1
    frozenset({'c'})
    """
    held = {name: count for name, count in people.items() if count > 0}
    order = sorted(held, key=lambda name: (held[name], name))
    first = [name for name in order if held[name] < k or name in set(also)]
    if not first or is_enough(first, held, k, most=most):
        return frozenset(first), frozenset()
    left = [name for name in order if name not in first]
    for name in left:
        if is_enough([*first, name], held, k, most=most):
            return frozenset(first), frozenset([name])
    shadow: list[str] = []
    for name in left:
        shadow.append(name)
        if is_enough([*first, *shadow], held, k, most=most):
            break
    return frozenset(first), frozenset(shadow)


def is_enough(
    hidden: Sequence[str],
    people: Mapping[str, int],
    k: int,
    *,
    most: Mapping[str, int] | None = None,
) -> bool:
    """Whether those hidden hide each other, from whoever knows how many they are together.

    >>> is_enough(["a", "b"], {"a": 4, "b": 12}, 10)
    True
    >>> is_enough(["a", "b"], {"a": 9, "b": 9}, 10)           # both below 10, 18 together
    False
    >>> is_enough(["a", "b"], {"a": 8, "b": 20}, 10, most={"a": 12, "b": 20})
    False
    """
    together = sum(people[name] for name in hidden)
    if len(hidden) < 2 or together < k:
        return False
    top = {name: _most(name, people[name], k, most or {}) for name in hidden}
    least = {name: 1 if people[name] < k else k for name in hidden}
    for name in hidden:
        if people[name] >= k:
            continue
        others = [other for other in hidden if other != name]
        low = max(1.0, together - sum(top[other] for other in others))
        high = min(top[name], together - sum(least[other] for other in others))
        if high - low + 1 < k // 2:
            return False
    return True


def hidden_cells(counts: Iterable[int | None], k: int | None) -> list[bool]:
    """Which counts of people in one row of a cross-table are not printed, by the same rule.

    >>> hidden_cells([3, 12, 0, 40], 10)
    [True, True, False, False]
    """
    listed = list(counts)
    if k is None:
        return [False] * len(listed)
    people = {str(at): count for at, count in enumerate(listed) if count}
    small, shadow = hidden_groups(people, k)
    return [str(at) in small | shadow for at in range(len(listed))]


def hidden_table(
    counts: npt.ArrayLike, k: int | None, *, rows_hidden: Sequence[bool] | None = None
) -> npt.NDArray[np.bool_]:
    """Which cells of a cross-table of people are not printed; the margins are taken as known.

    A row of groups adds up to a number printed elsewhere, and how many people work at a site is
    no secret there: so both margins count as printed. `rows_hidden` are rows hidden anyway. Rows
    alone are looked at first; then the smallest cell that helps is hidden, until nothing small
    follows from what is left. All of a table is hidden sooner than too little.

    >>> hidden_table([[3, 12, 40], [20, 25, 30]], 10)
    array([[ True,  True, False],
           [ True,  True, False]])
    """
    table = np.atleast_2d(np.asarray(counts, dtype=int))
    hidden = np.zeros(table.shape, dtype=bool)
    if k is None:
        return hidden
    for number, row in enumerate(table):
        hidden[number] = hidden_cells(row.tolist(), k)
    hidden[np.asarray(rows_hidden or [False] * len(table), dtype=bool)] = True
    while True:
        given = recoverable(printed_of(table.shape, hidden), table.ravel().tolist(), k)
        if given is None:
            return hidden
        following = _next_cell(table, hidden, given)
        if following is None:
            return np.ones(table.shape, dtype=bool)
        hidden[following] = True


def printed_of(shape: tuple[int, ...], hidden: npt.NDArray[np.bool_]) -> npt.NDArray[np.int_]:
    """The printed figures of a cross-table as rows over its cells: both margins, cells shown."""
    n_rows, n_columns = shape
    cells = np.eye(n_rows * n_columns, dtype=int)
    grid = cells.reshape(n_rows, n_columns, -1)
    return np.concatenate([cells[~hidden.ravel()], grid.sum(axis=1), grid.sum(axis=0)])


def _next_cell(
    table: npt.NDArray[np.int_], hidden: npt.NDArray[np.bool_], given: Sequence[int]
) -> tuple[int, int] | None:
    """The smallest shown cell that may hide what is given away; None if none is left.

    First where a row or a column hides one cell only, which its margin gives back; then in the
    rows and columns of what is given away; then anywhere.
    """
    counted = hidden & (table > 0)
    alone = (counted.sum(axis=1) == 1)[:, None] | (counted.sum(axis=0) == 1)[None, :]
    rows, columns = np.unravel_index(list(given), table.shape)
    near = np.zeros(table.shape, dtype=bool)
    near[rows, :] = True
    near[:, columns] = True
    for where in (alone, near, np.ones_like(near)):
        places = np.argwhere(where & ~hidden & (table > 0)).tolist()
        if places:
            row, column = min(places, key=lambda at: (table[at[0], at[1]], at))
            return int(row), int(column)
    return None


def _most(name: str, count: int, k: int, most: Mapping[str, int]) -> float:
    known: float = most.get(name, math.inf)
    return min(known, k - 1) if count < k else known
