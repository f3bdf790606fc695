"""The rows of one system and one metric, as codes and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.errors import TableError
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.tables import METRIC_DIRECTION, place_of
from biasbench.tables.labels import Codes


@dataclass(frozen=True)
class Cell:
    """The rows of one system and one metric, as codes and numbers; arrays of shape (n_rows,)."""

    system: str
    metric: str
    kind: Kind
    direction: str | None  # as the table or METRIC_DIRECTION declares it
    group: Codes
    speaker: Codes | None  # None: no speaker labels
    numerator: FloatArray
    denominator: FloatArray


def cells_of(
    table: pd.DataFrame,
    metrics: Sequence[str],
    group: Codes,
    speaker: Codes | None,
    source: str,
) -> list[Cell]:
    """The cells of the table, by system in the order of appearance, then by metric as asked.

    `group` and `speaker` are codes per row. Raises TableError if a metric of one system points
    two ways.
    """
    numerator = table["numerator"].to_numpy(dtype=float)
    denominator = table["denominator"].to_numpy(dtype=float)
    system_codes, systems = pd.factorize(table["system"])
    metric_codes, metric_names = pd.factorize(table["metric"])
    place = {str(name): code for code, name in enumerate(metric_names)}
    cells = []
    kinds = {name: _kind(name, numerator[metric_codes == place[name]]) for name in metrics}
    for number, system in enumerate(systems):
        of_system = system_codes == number
        for metric in metrics:
            rows = np.flatnonzero(of_system & (metric_codes == place[metric]))
            if not rows.size:
                continue
            cells.append(
                Cell(
                    system=str(system),
                    metric=metric,
                    kind=kinds[metric],
                    direction=_direction(table, metric, rows, source),
                    group=group[rows],
                    speaker=None if speaker is None else speaker[rows],
                    numerator=numerator[rows],
                    denominator=denominator[rows],
                )
            )
    return cells


def _kind(metric: str, numerator: FloatArray) -> Kind:
    """A mean has an arbitrary zero or may be negative, so that its ratio says nothing."""
    return "mean" if metric.startswith("mean_") or bool((numerator < 0).any()) else "rate"


def _direction(table: pd.DataFrame, metric: str, rows: Codes, source: str) -> str | None:
    if "direction" in table.columns:
        declared = pd.unique(table["direction"].iloc[rows])
        if len(declared) > 1:
            first, second = map(str, declared[:2])
            differs = (table["direction"].iloc[rows] == declared[1]).to_numpy()
            at = int(rows[int(differs.argmax())])
            raise TableError(
                f"{place_of(table, source, at)}: direction of "
                f"{metric} is '{second}', and '{first}' in earlier rows; a metric has one direction"
            )
        return str(declared[0])
    return METRIC_DIRECTION.get(metric)
