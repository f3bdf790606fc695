"""How alike two sides are in what they were matched on, before and after.

    smd = (m_g − m_a) / √((s_g² + s_a²)/2)

m are means of a number, or shares at a level (s² = p(1 − p)); s_g and s_a are those *before*
matching in both columns, so that a smaller smd afterwards means closer sides and not wider ones
(Stuart 2010, Statistical Science 25:1–21). Beyond 0.1 is commonly read as imbalance (Austin 2009,
Statistics in Medicine 28:3083–3107).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.evidence.sums import FloatArray
from biasbench.tables.labels import label_codes
from biasbench.tables.matches import BALANCE

#: Standardised differences beyond this are commonly read as imbalance.
IMBALANCE = 0.1


def balance_table(
    covariates: pd.DataFrame,
    in_group: npt.NDArray[np.bool_],
    weight: FloatArray,
    *,
    on: Sequence[str],
) -> pd.DataFrame:
    """Means and shares of both sides before and after, as a checked `BALANCE` table.

    `weight` is what each row counts for after matching, 0 for one left out; shape (n_rows,).
    Every level of a text column is a row, and a number is one row.

    >>> table = balance_table(pd.DataFrame({"snr_db": [10.0, 20, 20, 30]}),
    ...     np.array([True, True, False, False]), np.array([0.0, 1, 1, 0]), on=["snr_db"])
    >>> table[["smd_before", "smd_after"]].round(3).values.tolist()
    [[-1.414, 0.0]]
    """
    rows = []
    for name in on:
        for level, values in _indicators(covariates[name]):
            before = [_mean(values[side], np.ones(int(side.sum()))) for side in _sides(in_group)]
            after = [_mean(values[side], weight[side]) for side in _sides(in_group)]
            scale = _pooled_sd(values, in_group, is_share=level is not None)
            rows.append(
                {
                    "covariate": name,
                    "level": level,
                    "group_before": before[0],
                    "against_before": before[1],
                    "smd_before": _smd(before, scale),
                    "group_after": after[0],
                    "against_after": after[1],
                    "smd_after": _smd(after, scale),
                }
            )
    return BALANCE.check(pd.DataFrame(rows, columns=list(BALANCE.columns)))


def largest_imbalance(balance: pd.DataFrame) -> float | None:
    """The largest |smd| after matching; None where no covariate has any spread.

    >>> largest_imbalance(pd.DataFrame({"smd_after": [0.02, -0.3, np.nan]}))
    0.3
    """
    sizes = balance["smd_after"].abs().dropna()
    return float(sizes.max()) if len(sizes) else None


def is_number(values: pd.Series) -> bool:
    """True for a column of numbers; yes-or-no and text columns have levels."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _indicators(values: pd.Series) -> Iterator[tuple[str | None, FloatArray]]:
    if is_number(values):
        yield None, values.to_numpy(dtype=float)
        return
    codes, labels = label_codes(values)
    for code, label in enumerate(labels):
        yield label, (codes == code).astype(float)


def _sides(in_group: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], ...]:
    return in_group, ~in_group


def _mean(values: FloatArray, weight: FloatArray) -> float:
    return float(values @ weight / weight.sum())


def _pooled_sd(values: FloatArray, in_group: npt.NDArray[np.bool_], *, is_share: bool) -> float:
    variances = []
    for side in _sides(in_group):
        here = values[side]
        if is_share:
            variances.append(float(here.mean() * (1 - here.mean())))
        else:
            variances.append(float(here.var(ddof=1)) if len(here) > 1 else 0.0)
    return math.sqrt(sum(variances) / 2)


def _smd(means: Sequence[float], scale: float) -> float:
    return (means[0] - means[1]) / scale if scale > 0 else math.nan
