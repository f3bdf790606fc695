"""Calls scored on both transcripts, one by one: what crossings are counted and redrawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.evidence.rows import MeasuresSource, column_of, rows_of
from biasbench.evidence.sums import FloatArray
from biasbench.evidence.swaps.pairing import Paired
from biasbench.tables.grouping import By
from biasbench.tables.labels import Codes, label_codes


@dataclass(frozen=True)
class Calls:
    """Calls scored on both transcripts; arrays of shape (n_calls,).

    `speaker` are codes 0 … n_people − 1; `period` codes from 0, −1 where it is not known, or None
    where no period was named.
    """

    automatic: FloatArray
    human: FloatArray
    denominator: FloatArray
    speaker: Codes
    in_group: npt.NDArray[np.bool_]
    period: Codes | None = None


def paired_calls(
    measures: MeasuresSource,
    human_measures: MeasuresSource,
    pair: Paired,
    by: By,
    period: str | None,
) -> Calls:
    """The paired calls one by one; a row with a denominator of 0 has no score of its own."""
    rows = [
        rows_of(
            source,
            by=by,
            group=pair.group,
            against=pair.against,
            metric=pair.metric,
            system=system,
        )
        for source, system in (
            (measures, pair.system_before),
            (human_measures, pair.system_after),
        )
    ]
    automatic = pd.DataFrame(
        {
            "unit_id": rows[0].columns["unit_id"].astype(str),
            "speaker": rows[0].speaker,
            "in_group": rows[0].in_group,
            "denominator": rows[0].denominator,
            "automatic": rows[0].numerator,
        }
    )
    if period is not None:
        automatic["period"] = label_codes(column_of(rows[0], period))[0]
    human = pd.DataFrame(
        {"unit_id": rows[1].columns["unit_id"].astype(str), "human": rows[1].numerator}
    )
    both = automatic.merge(human, on="unit_id", validate="one_to_one")
    both = both[both["denominator"] > 0]
    return Calls(
        automatic=both["automatic"].to_numpy(dtype=float),
        human=both["human"].to_numpy(dtype=float),
        denominator=both["denominator"].to_numpy(dtype=float),
        speaker=both["speaker"].to_numpy(dtype=np.intp),
        in_group=both["in_group"].to_numpy(dtype=bool),
        period=None if period is None else both["period"].to_numpy(dtype=np.intp),
    )
