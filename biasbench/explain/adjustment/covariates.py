"""Covariates: columns of a measures table as numbers, or as levels, or refused.

A column all of whose values read as numbers is a number, whether a file kept it as text or not;
one named in `categorical` is levels whatever it holds. 'unknown' is not known, like an empty cell.
A number enters a model as a straight line
on its standardised value, levels as one indicator each but for the commonest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.intake import covariates as own_columns
from biasbench.evidence.rows import Rows
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.tables import UNKNOWN
from biasbench.tables.labels import Codes, label_codes

#: Bins of a number whose distribution is compared. Cochran (1968), Biometrics 24:295–313: five
#: classes take away nine tenths of what a covariate can do.
N_BINS = 5
#: Relative size of what is left of a column after the others are taken out, below which it is a
#: copy of them but for rounding.
_COPY = 1e-8


@dataclass(frozen=True)
class Covariate:
    """One covariate over rows; a row where it is not known has level −1."""

    name: str
    kind: Literal["number", "levels"]
    level: Codes  # code of its level, or of its bin; shape (n_rows,)
    level_names: list[str]
    number: FloatArray | None = None  # the values of a number, shape (n_rows,)

    def known(self) -> npt.NDArray[np.bool_]:
        """Which rows have a value."""
        return self.level >= 0


def covariates_asked(
    rows: Rows, names: Sequence[str], *, categorical: Sequence[str] = ()
) -> list[str]:
    """The names, checked: the corpus's own columns, neither the group nor the person."""
    for option, given in (("covariates", names), ("categorical", categorical)):
        if isinstance(given, str):
            raise OptionError(f"{option}={given!r}: give a list of column names")
    if not names:
        raise OptionError("covariates=[]: name at least one column that may differ by group")
    if len(set(names)) < len(names):
        raise OptionError(f"covariates={list(names)}: a column is named twice")
    present = own_columns(rows.columns)
    for name in names:
        if name in rows.by.split(","):
            raise OptionError(f"covariates: '{name}' makes the groups; it cannot be adjusted for")
        if name not in present:
            raise not_found("column", name, present)
    for name in categorical:
        if name not in names:
            raise not_found("covariate", name, names)
    return list(names)


def covariate_of(values: pd.Series, name: str, *, as_levels: bool = False) -> Covariate:
    """A column as a number, where every value that is known reads as one, or as levels.

    >>> covariate_of(pd.Series(["3", None, "4.5"]), "snr_db").number
    array([3. , nan, 4.5])
    >>> found = covariate_of(pd.Series(["paris", None, "lyon"]), "site")
    >>> found.kind, found.level_names, found.level.tolist()
    ('levels', ['lyon', 'paris'], [1, -1, 0])
    """
    code, labels = label_codes(values.where(values != UNKNOWN, None))
    if as_levels or pd.api.types.is_bool_dtype(values):
        return Covariate(name, "levels", code, labels)
    as_numbers = pd.to_numeric(pd.Series(labels, dtype=object), errors="coerce").to_numpy(float)
    if not labels or not np.isfinite(as_numbers).all():
        return Covariate(name, "levels", code, labels)
    number = np.append(as_numbers, np.nan)[code]
    level, bins = bins_of(number)
    return Covariate(name, "number", level, bins, number)


def bins_of(number: FloatArray, *, n_bins: int = N_BINS) -> tuple[Codes, list[str]]:
    """Bins at the quantiles of all values, NaN in bin −1; few distinct values are a bin each.

    >>> codes, names = bins_of(np.array([1.0, 2.0, np.nan, 2.0]))
    >>> codes.tolist(), names
    ([0, 1, -1, 1], ['1', '2'])
    """
    known = np.isfinite(number)
    distinct = np.unique(number[known])
    code = np.full(len(number), -1, dtype=np.intp)
    if len(distinct) <= n_bins:
        code[known] = np.searchsorted(distinct, number[known])
        return code, [f"{value:.6g}" for value in distinct]
    edges = np.unique(np.quantile(number[known], np.arange(1, n_bins) / n_bins))
    code[known] = np.searchsorted(edges, number[known], side="left")
    ends = [f"{edge:.6g}" for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(ends)]
    return code, [f"up to {ends[0]}", *between, f"above {ends[-1]}"]


def design_columns(
    covariate: Covariate, speaker: Codes, numerator: FloatArray, kind: Kind
) -> FloatArray:
    """Columns (n_rows, k) for a model; every row must be known.

    Raises InsufficientDataError, with the level, for a level of one person alone or, where a
    rate is asked for, without any event, and for a number that is the same everywhere.
    """
    if covariate.number is not None:
        spread = float(covariate.number.std())
        centre = float(covariate.number.mean())
        if spread <= _COPY * max(abs(centre), 1e-300):
            raise InsufficientDataError(
                f"covariate '{covariate.name}' is {centre:g} in every row; leave it out"
            )
        return ((covariate.number - centre) / spread)[:, None]
    here = np.unique(covariate.level)
    if len(here) < 2:
        raise InsufficientDataError(
            f"covariate '{covariate.name}' is '{covariate.level_names[here[0]]}' in every row; "
            "leave it out"
        )
    for code in here:
        at = covariate.level == code
        if len(np.unique(speaker[at])) < 2:
            raise InsufficientDataError(
                f"one person alone has {covariate.name}='{covariate.level_names[code]}', so the "
                "level cannot be told from the person; at least 2 people are needed at every "
                "level: merge it with another"
            )
        if kind == "rate" and numerator[at].sum() <= 0:
            raise InsufficientDataError(
                f"no event at {covariate.name}='{covariate.level_names[code]}', so its rate has "
                "no logarithm; at least one is needed at every level: merge it with another"
            )
    commonest = here[int(np.argmax([int((covariate.level == code).sum()) for code in here]))]
    return np.column_stack([covariate.level == code for code in here if code != commonest]).astype(
        float
    )


def refuse_copies(names: Sequence[str], blocks: Sequence[FloatArray], in_group: FloatArray) -> None:
    """Raise InsufficientDataError, naming the covariate, where others determine one of them."""
    basis = np.column_stack([np.ones(len(in_group)), in_group])
    taken = ["the group"]
    for name, block in zip(names, blocks, strict=True):
        for column in block.T:
            fitted = basis @ np.linalg.lstsq(basis, column, rcond=None)[0]
            if np.linalg.norm(column - fitted) <= _COPY * np.linalg.norm(column):
                raise InsufficientDataError(
                    f"covariate '{name}' is determined by {', '.join(taken)} in these rows, so "
                    "that nothing is left of it to adjust for; leave it out"
                )
            basis = np.column_stack([basis, column])
        taken.append(f"'{name}'")
