"""A decomposition as tables: its parts, and the cells behind them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.jackknife import Jackknifed
from biasbench.evidence.rows import Rows
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.explain.decomposition.factors import BoolArray, Cells, people_in
from biasbench.tables.decompositions import DECOMPOSITION_CELLS, DECOMPOSITION_PARTS


def parts_table(
    found: Jackknifed, comparison: Comparison, rows: Rows, factors: tuple[str, ...]
) -> pd.DataFrame:
    """DECOMPOSITION_PARTS from the figures of `kitagawa_parts` or `oaxaca_parts`, jackknifed.

    The difference has the interval of the plain comparison, so that it is one and the same
    everywhere; a share of it is given only where that interval leaves out 0.
    """
    difference = float(found.value[0])
    low, high = comparison.difference_low, comparison.difference_high
    is_shown = low is not None and high is not None and (low > 0 or high < 0)
    named = [
        *(("composition", name) for name in factors),
        ("unexplained", "all"),
        ("not comparable", rows.group),
        ("not comparable", rows.against),
    ]
    table = pd.DataFrame(
        {
            "component": [component for component, _ in named],
            "of": [of for _, of in named],
            "value": found.value[2:],
            "low": found.low[2:],
            "high": found.high[2:],
            "dof": found.dof[2:],
        }
    )
    total = {
        "component": ["difference", "composition"],
        "of": ["all", "all"],
        "value": [difference, found.value[1]],
        "low": [low, found.low[1]],
        "high": [high, found.high[1]],
        "dof": [comparison.dof, found.dof[1]],
    }
    table = pd.concat([pd.DataFrame(total).astype(table.dtypes), table], ignore_index=True)
    share = table["value"] / difference if is_shown else np.nan
    return DECOMPOSITION_PARTS.check(table.assign(level=found.level, share=share))


def cells_table(rows: Rows, cells: Cells, inside: BoolArray) -> pd.DataFrame:
    """DECOMPOSITION_CELLS: who is in each cell, its rates, and its part of the unexplained."""
    n_cells = len(cells.labels)
    people = people_in(cells.code, rows, n_levels=n_cells)
    sums = np.zeros((2, 2, n_cells + 1))  # numerator and denominator, of both sides
    for at, values in enumerate((rows.numerator, rows.denominator)):
        np.add.at(sums[at], ((~rows.in_group).astype(int), cells.code), values)
    shares = sums[1] / sums[1].sum(axis=1, keepdims=True)
    rate = np.full_like(shares, np.nan)
    np.divide(sums[0], sums[1], out=rate, where=sums[1] > 0)
    comparable = np.zeros(n_cells + 1, dtype=bool)
    comparable[np.unique(cells.code[inside])] = True
    within = np.where(comparable, shares, 0.0)
    within = within / within.sum(axis=1, keepdims=True)
    part = np.where(comparable, (rate[0] - rate[1]) * within.mean(axis=0), np.nan)
    table = pd.DataFrame(
        {
            "cell": cells.labels,
            "comparable": np.where(comparable[:-1], "yes", "no"),
            "n_speakers": people[:, 0],
            "n_against": people[:, 1],
            "share": shares[0, :-1],
            "against_share": shares[1, :-1],
            "value": rate[0, :-1],
            "against_value": rate[1, :-1],
            "unexplained": part[:-1],
        }
    )
    return DECOMPOSITION_CELLS.check(table)


def cautions(cells: pd.DataFrame, outside: tuple[float, float], rows: Rows) -> tuple[str, ...]:
    """What a reader must know: what is not compared, and cells of few people."""
    found = []
    for name, share in zip((f"'{rows.group}'", rows.against), outside, strict=True):
        if share > 0:
            found.append(
                f"{100 * share:.3g} % of the denominator of {name} is not comparable and is in "
                "neither composition nor the unexplained part"
            )
    compared = cells[cells["comparable"] == "yes"]
    few = int((compared[["n_speakers", "n_against"]].min(axis=1) < FEWEST_TO_TEST).sum())
    if few:
        found.append(
            f"{few} of {len(compared)} cells compared have fewer than {FEWEST_TO_TEST} people on "
            "a side: the parts add up, the cells by themselves are not to be read"
        )
    return tuple(found)
