"""Labels of groups, people and conditions as codes, looking at each distinct label once.

A measures table can have millions of rows and a dozen labels, so nothing here goes row by row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.tables.columns import is_empty

Codes = npt.NDArray[np.intp]


def label_codes(values: pd.Series) -> tuple[Codes, list[str]]:
    """A code per row and the labels they stand for, sorted as text; an empty cell is −1.

    Labels are kept as written; a number is written plainly, so that 30.0 is '30'.

    >>> codes, labels = label_codes(pd.Series(["us", None, "england", "us", " "]))
    >>> codes.tolist(), labels
    ([1, -1, 0, 1, -1], ['england', 'us'])
    """
    raw, distinct = pd.factorize(values.astype(object), use_na_sentinel=True)
    present = pd.Series(distinct, dtype=object)
    empty = is_empty(present).to_numpy(dtype=bool)
    written = [_written(value) for value in present]
    labels = sorted({text for text, blank in zip(written, empty, strict=True) if not blank})
    place = {text: code for code, text in enumerate(labels)}
    new = [-1 if blank else place[text] for text, blank in zip(written, empty, strict=True)]
    return np.append(np.array(new, dtype=np.intp), np.intp(-1))[raw], labels


def _written(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
