"""Worlds, one after the other; and some of them through the verbs besides."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from benchmarks.planted.cells import Cell
from benchmarks.planted.links import Answers, look
from benchmarks.planted.measuring import by_call, by_verbs
from biasbench.corpora.planted import calls_of, plant

#: The worlds of each cell that go through `run` and `measure` as well.
BY_VERBS = 3

_KEY = ["system", "metric", "unit_id"]


def worlds(cell: Cell, numbers: Iterable[int], seed: int) -> list[Answers]:
    """What the package says of those worlds of a cell."""
    return [look(measured(cell, number, seed)) for number in numbers]


def measured(cell: Cell, number: int, seed: int) -> pd.DataFrame:
    """The measures of one world, call by call."""
    return by_call(list(calls_of(cell.planting, seed=cell.seed_of(number, seed))))


def n_different(cell: Cell, seed: int) -> int:
    """Rows that `run` and `measure` make otherwise, in the first worlds of a cell."""
    count = 0
    for number in range(BY_VERBS):
        by_hand = measured(cell, number, seed)
        through = by_verbs(plant(cell.planting, seed=cell.seed_of(number, seed)))
        count += rows_that_differ(by_hand, through)
    return count


def rows_that_differ(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Rows that stand in one table and not, to the last bit, in the other."""
    columns = sorted(one.columns)
    if columns != sorted(other.columns):
        return len(one) + len(other)
    sides = [table.sort_values(_KEY, ignore_index=True)[columns] for table in (one, other)]
    if len(sides[0]) != len(sides[1]):
        return abs(len(one) - len(other))
    same = (sides[0] == sides[1]) | (sides[0].isna() & sides[1].isna())
    return int((~same.all(axis=1)).sum())
