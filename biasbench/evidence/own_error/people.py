"""Everything that the rule reads, per person: so that people can change groups at no cost.

Sums, rows and missing rows of every cell, and in which recording conditions a person's rows
stand. People are put in the order of these figures and never of their names: renaming them
changes no draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.evidence.intake import Intake
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import UNKNOWN, is_empty
from biasbench.tables.labels import Codes, label_codes


@dataclass(frozen=True)
class ConditionOfPeople:
    """Where each person's rows stand on one recording condition.

    `share` and `rows` have shape (n_people, n_levels) and hold the levels that two or more people
    have; `total` has shape (n_people,) and is 1 for everybody with a row.
    """

    name: str
    share: FloatArray
    rows: FloatArray
    total: FloatArray


@dataclass(frozen=True)
class People:
    """Figures of every person; arrays of shape (n_cells, n_people) unless said otherwise."""

    group: Codes  # shape (n_people,)
    numerator: FloatArray
    denominator: FloatArray
    n_rows: FloatArray  # rows with a value
    n_missing: FloatArray  # rows without one
    conditions: tuple[ConditionOfPeople, ...]


def people_of(intake: Intake, conditions: Sequence[str]) -> People:
    """The people of a table that has speaker labels, in an order of their own."""
    assert intake.speaker is not None
    assert intake.group_of_speaker is not None
    n_people = len(intake.group_of_speaker)
    sums = []
    for cell in intake.cells:
        assert cell.speaker is not None
        sums.append(sums_by_code(cell.speaker, cell.numerator, cell.denominator, n_codes=n_people))
    found = People(
        group=intake.group_of_speaker,
        numerator=np.stack([one.numerator for one in sums]),
        denominator=np.stack([one.denominator for one in sums]),
        n_rows=np.stack([one.n_rows for one in sums]).astype(float),
        n_missing=np.stack([one.n_missing for one in sums]).astype(float),
        conditions=tuple(
            _condition(intake.speaker, intake.table[name], name, n_people) for name in conditions
        ),
    )
    names = [(cell.system, cell.metric) for cell in intake.cells]
    return _in_order(found, sorted(range(len(names)), key=names.__getitem__))


def _condition(speaker: Codes, values: pd.Series, name: str, n_people: int) -> ConditionOfPeople:
    """As `conditions.count_conditions`: rows whose condition nobody wrote down are a level."""
    level, names = label_codes(values.astype(object).mask(is_empty(values), UNKNOWN))
    cells = np.bincount(speaker * len(names) + level, minlength=n_people * len(names))
    rows = cells.reshape(n_people, len(names)).astype(float)
    every = rows.sum(axis=1)
    share = np.divide(rows, every[:, None], out=np.zeros_like(rows), where=every[:, None] > 0)
    shared = (rows > 0).sum(axis=0) >= 2
    return ConditionOfPeople(name, share[:, shared], rows[:, shared], (every > 0).astype(float))


def _in_order(people: People, cells: list[int]) -> People:
    figures: list[npt.NDArray[np.generic]] = [people.group]
    for table in (people.n_missing, people.n_rows, people.denominator, people.numerator):
        figures += list(table[cells])  # by name: the order of a table's rows is nobody's
    for condition in people.conditions:
        figures += list(condition.rows.T)
    order = np.lexsort(tuple(figures[::-1]))
    return replace(
        people,
        group=people.group[order],
        numerator=people.numerator[:, order],
        denominator=people.denominator[:, order],
        n_rows=people.n_rows[:, order],
        n_missing=people.n_missing[:, order],
        conditions=tuple(
            replace(one, share=one.share[order], rows=one.rows[order], total=one.total[order])
            for one in people.conditions
        ),
    )
