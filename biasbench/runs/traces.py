"""What each score and prompt of a run is made of, read back from its tables."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from biasbench.errors import NotFoundError, OptionError
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


def chosen(of_unit: Mapping[str, Reading], units: Sequence[str]) -> dict[str, Reading]:
    """The readings of those units, in their order; of all, if none is named.

    >>> chosen({"call-01": Reading(()), "call-02": Reading(())}, ["call-2"])
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: no unit named 'call-2' among the 2 of the run. Did you mean ...
    """
    for unit in units:
        if unit not in of_unit:
            near = difflib.get_close_matches(unit, of_unit, n=3) or list(of_unit)[:3]
            many = "unit" if len(of_unit) == 1 else f"{len(of_unit)}"
            raise NotFoundError(
                f"no unit named '{unit}' among the {many} of the run. Did you mean one of "
                f"{', '.join(near)}?"
            )
    return {unit: of_unit[unit] for unit in units or of_unit}


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
