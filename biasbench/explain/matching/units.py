"""What is matched: rows with every covariate, or the people they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.rows import Rows, column_of
from biasbench.evidence.sums import IntArray
from biasbench.explain.matching.balance import is_number
from biasbench.tables import MEASURES
from biasbench.tables.labels import Codes, label_codes

Unit = Literal["row", "speaker"]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Units:
    """What is matched: complete rows, or the people they belong to."""

    covariates: pd.DataFrame
    in_group: Flags
    of_row: IntArray  # the unit of each complete row


def units_of(rows: Rows, covariates: pd.DataFrame, whole: Flags, unit: Unit) -> Units:
    """The complete rows (`whole`) themselves, or their people with one value of each covariate.

    A person has the mean of a number over their rows, and their label, which must be one.
    """
    chosen = covariates[whole].reset_index(drop=True)
    side = rows.in_group[whole]
    if unit == "row":
        return Units(chosen, side, np.arange(len(chosen)))
    _, first, code = np.unique(rows.speaker[whole], return_index=True, return_inverse=True)
    names = rows.columns["speaker_id"][whole]
    columns = {name: _of_people(chosen[name], code, first, names) for name in chosen.columns}
    return Units(pd.DataFrame(columns), side[first], code.astype(np.int64))


def covariates_asked(rows: Rows, on: Sequence[str]) -> pd.DataFrame:
    """The columns to match on, each checked to be there and to be the corpus's own."""
    if isinstance(on, str) or not on:
        raise OptionError(f"on={on!r}: give a list of columns to match on, such as ['age']")
    chosen = {}
    for name in on:
        if name in MEASURES.columns or name in rows.by.split(","):
            raise OptionError(
                f"on: '{name}' is what is compared, not what could explain it; name columns of "
                "the corpus, such as duration or device"
            )
        values = column_of(rows, name)
        if is_number(values) and np.isinf(values.to_numpy(dtype=float, na_value=np.nan)).any():
            raise OptionError(f"on: {name} is infinite in a row; leave such a cell empty")
        chosen[name] = values
    return pd.DataFrame(chosen)


def cells_of_covariates(covariates: pd.DataFrame, *, n_bins: int) -> Codes:
    """A code for each combination of levels; numbers in quantile bins with about as many rows.

    >>> cells_of_covariates(pd.DataFrame({"sex": ["f", "f", "m", "m"], "age": [20, 30, 40, 50]}),
    ...                     n_bins=2).tolist()
    [0, 0, 1, 1]
    """
    parts = []
    for name in covariates.columns:
        values = covariates[name]
        if is_number(values):
            numbers = values.to_numpy(dtype=float)
            edges = np.unique(np.quantile(numbers, np.linspace(0, 1, n_bins + 1)[1:-1]))
            parts.append(np.searchsorted(edges, numbers, side="right"))
        else:
            parts.append(label_codes(values)[0])
    return np.unique(np.stack(parts), axis=1, return_inverse=True)[1].ravel().astype(np.intp)


def _of_people(values: pd.Series, person: IntArray, first: IntArray, names: pd.Series) -> pd.Series:
    if is_number(values):
        numbers = values.to_numpy(dtype=float)
        return pd.Series(np.bincount(person, weights=numbers) / np.bincount(person))
    codes, labels = label_codes(values)
    differs = codes != codes[first][person]
    if differs.any():
        at = int(differs.argmax())
        raise OptionError(
            f"unit='speaker', but {values.name} of speaker '{names.iloc[at]}' is "
            f"'{labels[codes[first][person][at]]}' and '{labels[codes[at]]}'; match rows on it "
            "(unit='row'), or people on what is one for each"
        )
    return values.iloc[first].reset_index(drop=True)
