"""What a difference is decomposed by: columns made into levels, and where both sides can be found.

A number with more different values than `bins` is cut at the quantiles of both sides' rows
together, so that the cuts know nothing of who is in which group. Anything else is a level as it
stands. An empty cell is no level: nobody knows where such a row belongs, and it is not comparable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.rows import Rows, column_of
from biasbench.evidence.sums import FloatArray
from biasbench.tables.labels import Codes, label_codes

BoolArray = npt.NDArray[np.bool_]

#: A cell that one person alone makes on a side says nothing about anybody else in it.
FEWEST_IN_CELL = 2

#: More factors than this cut any recordings into cells that nobody shares.
MOST_FACTORS = 6

#: Columns of every measures table that describe no condition. A denominator does: it is a length.
_NO_FACTORS = ("system", "unit_id", "metric", "speaker_id", "numerator", "direction")


@dataclass(frozen=True)
class Factor:
    """One column as levels; `code` has shape (n_rows,), −1 where the column is empty."""

    name: str
    code: Codes
    labels: tuple[str, ...]
    values: FloatArray | None  # of a number, uncut; None for a column of labels


def factors_of(rows: Rows, names: Sequence[str], *, bins: int) -> list[Factor]:
    """The named columns as factors.

    Raises OptionError for a list that cannot be, or a column with one value; NotFoundError for a
    column that is not there.
    """
    if isinstance(names, str):
        raise OptionError(f"factors is the text {names!r}, not a list. Write [{names!r}]")
    if not names:
        raise OptionError("factors=[]: name at least one column, such as 'device' or 'snr_db'")
    if len(names) > MOST_FACTORS:
        raise OptionError(f"factors: {len(names)} columns, {MOST_FACTORS} at most can be crossed")
    if not 2 <= bins <= 20:
        raise OptionError(f"bins={bins} is not between 2 and 20; 4 cuts at the quartiles")
    for name in names:
        if name in _NO_FACTORS or name in rows.by.split(","):
            raise OptionError(
                f"factors: '{name}' cannot be one; a factor is a condition that both sides can "
                "be found under"
            )
        if list(names).count(name) > 1:
            raise OptionError(f"factors names '{name}' twice")
    return [_factor(name, column_of(rows, name), bins) for name in names]


def cut(values: npt.ArrayLike, bins: int) -> tuple[Codes, tuple[str, ...]]:
    """Numbers as bins of equal count, by their own quantiles; NaN is −1. Ties share a bin.

    >>> codes, labels = cut([1.0, 2.0, 3.0, 4.0, np.nan], 2)
    >>> codes.tolist(), labels
    ([0, 0, 1, 1, -1], ('≤ 2.5', '> 2.5'))
    """
    numbers = np.asarray(values, dtype=float)
    known = ~np.isnan(numbers)
    edges = np.unique(np.quantile(numbers[known], np.arange(1, bins) / bins))
    edges = edges[edges < numbers[known].max()]
    code = np.searchsorted(edges, numbers, side="left").astype(np.intp)
    written = [f"{edge:.4g}" for edge in edges]
    middle = [f"{low} – {high}" for low, high in pairwise(written)]
    return np.where(known, code, -1), (f"≤ {written[0]}", *middle, f"> {written[-1]}")


@dataclass(frozen=True)
class Cells:
    """The factors crossed: a cell per row, and the levels of each cell.

    `code` has shape (n_rows,), −1 where a factor is empty; `levels` (n_cells, n_factors).
    """

    code: Codes
    levels: npt.NDArray[np.int64]
    labels: tuple[str, ...]


def cross(factors: Sequence[Factor]) -> Cells:
    """Every combination of levels that there is, in the order of the levels."""
    codes = np.column_stack([factor.code for factor in factors])
    known = (codes >= 0).all(axis=1)
    levels, code = np.unique(codes[known], axis=0, return_inverse=True)
    of_row = np.full(len(codes), -1, dtype=np.intp)
    of_row[known] = code.ravel()
    labels = tuple(
        ", ".join(
            f"{factor.name} {factor.labels[level]}"
            if factor.values is not None
            else f"{factor.name}={factor.labels[level]}"
            for factor, level in zip(factors, cell, strict=True)
        )
        for cell in levels
    )
    return Cells(of_row, levels.astype(np.int64), labels)


def people_in(code: Codes, rows: Rows, *, n_levels: int) -> npt.NDArray[np.int64]:
    """People with a denominator in each level, of the group and the other side: (n_levels, 2)."""
    here = (code >= 0) & (rows.denominator > 0)
    found = np.zeros((n_levels, 2), dtype=np.int64)
    for side, mine in enumerate((rows.in_group, ~rows.in_group)):
        pairs = np.unique(np.column_stack([code, rows.speaker])[here & mine], axis=0)
        found[:, side] = np.bincount(pairs[:, 0], minlength=n_levels)
    return found


def in_shared_levels(code: Codes, rows: Rows, *, n_levels: int) -> BoolArray:
    """Rows in a level where both sides have FEWEST_IN_CELL people; shape (n_rows,)."""
    shared = (people_in(code, rows, n_levels=n_levels) >= FEWEST_IN_CELL).all(axis=1)
    return np.isin(code, np.flatnonzero(shared))


def in_shared_range(values: FloatArray, rows: Rows) -> BoolArray:
    """Rows whose number lies where both sides have numbers; a line is not drawn beyond."""
    known = ~np.isnan(values)
    sides = [values[known & mine] for mine in (rows.in_group, ~rows.in_group)]
    if not all(side.size for side in sides):
        return np.zeros(len(values), dtype=bool)
    low, high = max(side.min() for side in sides), min(side.max() for side in sides)
    inside: BoolArray = known & (values >= low) & (values <= high)
    return inside


def shares_outside(inside: BoolArray, rows: Rows, *, most: float) -> tuple[float, float]:
    """The share of each side's denominator that is not comparable.

    Raises InsufficientDataError where it is more than `most` on a side.
    """
    shares = []
    for name, mine in ((f"'{rows.group}'", rows.in_group), (rows.against, ~rows.in_group)):
        total = float(rows.denominator[mine].sum())
        share = float(rows.denominator[mine & ~inside].sum()) / total
        if share > most:
            raise InsufficientDataError(
                f"{100 * share:.3g} % of the denominator of {name} was recorded where the other "
                f"side has fewer than {FEWEST_IN_CELL} people, or nobody knows where, and "
                f"{100 * most:.3g} % is the most that can be left uncompared: fewer factors or "
                "bins may do, or both sides under the same conditions"
            )
        shares.append(share)
    return shares[0], shares[1]


def _factor(name: str, column: pd.Series, bins: int) -> Factor:
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    n_values = column.nunique()
    if n_values < 2:
        have = f"one value, {column.dropna().iloc[0]!r}" if n_values else "no value at all"
        raise OptionError(f"factors: '{name}' has {have}; there is nothing to compare by it")
    if is_number and n_values > bins:
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        return Factor(name, *cut(numbers, bins), values=numbers)
    codes, labels = label_codes(column)
    return Factor(name, codes, tuple(labels), values=None)
