"""What each score and prompt of a run is made of, read back from its tables."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from biasbench.errors import OptionError
from biasbench.runs.folder import Run
from biasbench.systems import Event, Reading, Score, Trace


def readings(run: Run) -> dict[str, Reading]:
    """What the scorer said of each unit, with the steps behind each score, in the run's order.

    Raises OptionError for a run of no scorer, or of several.
    """
    systems = list(dict.fromkeys([*run.scores["system"], *run.events["system"]]))
    if not systems:
        raise OptionError(
            "the run has neither scores nor events: its system writes transcripts. Trace the run "
            "of a scorer, such as tone:interact"
        )
    if len(systems) > 1:
        raise OptionError(f"the run holds {len(systems)} systems ({', '.join(systems)}); one only")
    scores: dict[str, list[Score]] = {}
    for row in _records(run.scores):
        steps = json.loads(row["trace"]) if row.get("trace") else []
        scores.setdefault(row["unit_id"], []).append(
            Score(
                name=row["score"],
                value=row["value"],
                scale_min=row["scale_min"],
                scale_max=row["scale_max"],
                direction=row["direction"],
                missing_reason=row["missing_reason"],
                note=row.get("error"),
                trace=tuple(Trace(**step) for step in steps),
            )
        )
    events: dict[str, list[Event]] = {}
    for row in _records(run.events):
        kept = ("kind", "label", "start", "end", "target_role", "rule", "found")
        events.setdefault(row["unit_id"], []).append(Event(**{name: row[name] for name in kept}))
    units = dict.fromkeys([*scores, *events])
    return {
        unit: Reading(tuple(scores.get(unit, ())), tuple(events.get(unit, ()))) for unit in units
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
