"""Means of scores, in each score's own unit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from biasbench.errors import TableError
from biasbench.measures.catalogue import SCORE_METRICS
from biasbench.measures.sources.asked import Asked, block, check_known, units_of
from biasbench.tables import SCORES

if TYPE_CHECKING:
    from biasbench.runs import Run


def blocks(run: Run, asked: Asked) -> list[pd.DataFrame]:
    """Rows of the score metrics that were asked for: one metric for each score of each system."""
    wanted = asked.wanted(list(SCORE_METRICS))
    if not wanted or run.scores.empty:
        return []
    scores = SCORES.check(run.scores, source="scores")
    found = []
    for _, kind, only in wanted:
        chosen = scores if not only else scores[scores["score"] == only]
        for (system, score, unit), given in chosen.groupby(["system", "score", "unit"], sort=False):
            units = units_of(asked, str(unit))
            check_known(given["unit_id"], units["utterance_id"], f"score '{score}'", asked.corpus)
            joined = units[["utterance_id"]].merge(
                given[["unit_id", "status", "value"]],
                left_on="utterance_id",
                right_on="unit_id",
                how="left",
                validate="one_to_one",
            )
            values = joined["value"].where(joined["status"].eq("ok")).to_numpy(dtype=float)
            direction = _only(given["direction"], f"{system}: score '{score}'")
            fractions = SCORE_METRICS[kind](values)
            found.append(block(units, str(system), f"{kind}:{score}", fractions, direction))
    return found


def scales_of(runs: Sequence[Run], metrics: Sequence[str]) -> str:
    """The scales that the scores asked for declare, as JSON: {score: [lowest, highest]}; or ''.

    A measure is a numerator and a denominator; on which scale they were given is a fact about it.
    """
    if not any(name.partition(":")[0] in SCORE_METRICS for name in metrics):
        return ""
    scales: dict[str, list[float]] = {}
    for run in runs:
        declared = run.scores[["score", "scale_min", "scale_max"]].drop_duplicates()
        for score, rows in declared.groupby("score", sort=False):
            low, high = rows["scale_min"].iloc[0], rows["scale_max"].iloc[0]
            if len(rows) == 1 and pd.notna(low) and pd.notna(high):
                scales[str(score)] = [float(low), float(high)]
    return json.dumps(scales, ensure_ascii=False) if scales else ""


def _only(values: pd.Series, what: str) -> str:
    different = sorted(values.unique())
    if len(different) > 1:
        raise TableError(f"{what} has two directions: '{different[0]}' and '{different[1]}'")
    return str(different[0])
