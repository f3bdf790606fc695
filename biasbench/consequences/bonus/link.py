"""One link of the chain from score to pay, with a verdict of its own.

Every link is a comparison of one group with its other side, made by `assess` itself: the same
gates, interval and rule as everywhere, for a family of this one comparison. Who compares several
groups hands over the finding of their own family instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.bonus.months import MonthSides
from biasbench.evidence.assessment import assess
from biasbench.evidence.finding import Finding
from biasbench.evidence.sufficiency import Audience
from biasbench.tables import MEASURES, Direction

#: The column that tells the two sides of the one comparison apart.
_SIDE = "side of the comparison"


def find_link(
    rows: pd.DataFrame,
    in_group: npt.NDArray[np.bool_],
    sides: MonthSides,
    *,
    by: str,
    grouping: Sequence[str],
    margin: float | None,
    direction: Direction,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 9999,
) -> Finding:
    """The finding about `sides.group`, from measures rows that are all on one side or the other.

    `rows` holds one system and metric; `in_group` marks the rows of the group. The columns in
    `grouping` make the groups and so are no recording condition of theirs.
    """
    other = f"not {sides.group}"
    labels = np.where(in_group, sides.group, other)
    table = rows.drop(columns=[name for name in grouping if name in rows.columns])
    if "direction" in table.columns:
        table = table.drop(columns="direction")
    evidence = assess(
        table.assign(**{_SIDE: labels}, direction=direction),
        by=_SIDE,
        against=other,
        margin=margin,
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
    )
    found = next(one for one in evidence.to_findings() if one.group == sides.group)
    reason = (
        None
        if found.reason is None
        else found.reason.replace(f"'{other}'", sides.names[1]).replace(_SIDE, by)
    )
    return replace(found, by=by, against=sides.against, reason=reason)


def measures_of_months(
    table: pd.DataFrame,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    system: str,
    metric: str,
) -> pd.DataFrame:
    """A measures table with a row for each person-month; NaN over NaN where there is no value."""
    return pd.DataFrame(
        {
            "system": system,
            "unit_id": table["speaker_id"].astype(str) + " " + table["period"].astype(str),
            "metric": metric,
            "speaker_id": table["speaker_id"],
            "numerator": np.asarray(numerator, dtype=float),
            "denominator": np.asarray(denominator, dtype=float),
        },
        columns=[name for name in MEASURES.columns if name != "direction"],
    )
