"""Which column makes the groups, or which several together.

`by="accent,gender"` (or `["accent", "gender"]`) makes intersections: 'indian × female'. A person
of whom one of the two is not known is in no intersection, and so is 'unknown' as a whole.
Crenshaw (1989): a gap at an intersection can be absent from both margins.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasbench.errors import OptionError, not_found
from biasbench.tables.columns import UNKNOWN
from biasbench.tables.labels import label_codes
from biasbench.tables.pipeline import MEASURES

#: One column, several, or several separated by commas.
By = str | Sequence[str]

#: Between the labels of an intersection: a comma would drown in a list of groups.
CROSS = " × "


def grouping_columns(by: By, table: pd.DataFrame) -> tuple[str, ...]:
    """The columns that `by` names, each checked to be there and to be the corpus's own.

    >>> table = pd.DataFrame({"accent": [], "gender": [], "a,b": []})
    >>> grouping_columns("accent,gender", table), grouping_columns("a,b", table)
    (('accent', 'gender'), ('a,b',))
    """
    names = crossed_columns(by, table)
    if not names:
        raise OptionError("by=[]: name at least one column that makes the groups")
    known = [str(name) for name in table.columns if name not in MEASURES.columns]
    for name in names:
        if name in MEASURES.columns:
            raise OptionError(
                f"by='{name}' is a column of every measures table, not one that groups people. "
                f"Grouping columns here: {', '.join(known) or 'none'}"
            )
        if name not in table.columns:
            raise not_found("group column", name, known)
    if len(set(names)) < len(names):
        raise OptionError(f"by='{','.join(names)}' names a column twice")
    return names


def crossed_columns(by: By, table: pd.DataFrame) -> tuple[str, ...]:
    """The names in `by`, unchecked: a column of that very name, or those between its commas."""
    if not isinstance(by, str):
        return tuple(by)
    return (by,) if by in table.columns else tuple(name.strip() for name in by.split(","))


def group_labels(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """A label per row: the column's own, or those of several joined by ' × '.

    >>> group_labels(pd.DataFrame({"accent": ["us", None], "gender": ["f", "f"]}),
    ...              ["accent", "gender"]).tolist()
    ['us × f', None]
    """
    if len(columns) == 1:
        return table[columns[0]]
    shape = (len(table), len(columns))
    codes, levels = np.empty(shape, dtype=np.intp), []
    for place, name in enumerate(columns):
        codes[:, place], labels = label_codes(table[name])
        levels.append(labels)
    distinct, row = np.unique(codes, axis=0, return_inverse=True)
    names = [_joined(combination, levels) for combination in distinct]
    return pd.Series(
        np.array([*names, None], dtype=object)[row.ravel()], index=table.index, dtype=object
    )


def _joined(combination: np.ndarray, levels: Sequence[Sequence[str]]) -> str | None:
    parts = [
        labels[code] if code >= 0 else UNKNOWN
        for code, labels in zip(combination, levels, strict=True)
    ]
    return None if UNKNOWN in parts else CROSS.join(parts)
