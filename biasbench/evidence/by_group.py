"""Each group by itself: its people added up, its value, its interval."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from biasbench.evidence.cells import Cell
from biasbench.evidence.estimate import Estimate, estimate, rate
from biasbench.evidence.intake import OVERALL, Intake
from biasbench.evidence.sums import SpeakerSums, ordered_sums, row_moments, sums_by_code
from biasbench.tables import GROUPS, UNKNOWN

_NO_SPEAKERS = "no speaker labels: described, without an interval"


def sums_of_groups(cell: Cell, intake: Intake) -> dict[str, SpeakerSums]:
    """The sums per speaker of every group, UNKNOWN included, for one system and metric.

    Without speaker labels each group is a single pair of sums: good for its value and for
    nothing else.
    """
    if cell.speaker is None or intake.group_of_speaker is None:
        n_codes, codes = len(intake.groups), cell.group
        group_of_code = np.arange(n_codes)
    else:
        n_codes, codes = len(intake.group_of_speaker), cell.speaker
        group_of_code = intake.group_of_speaker
    per_code = sums_by_code(codes, cell.numerator, cell.denominator, n_codes=n_codes)
    found = {}
    for number, name in enumerate(intake.groups):
        here = group_of_code == number
        with_value = here & (per_code.n_rows > 0)
        own_rows = cell.group == number
        found[name] = ordered_sums(
            per_code.numerator[with_value],
            per_code.denominator[with_value],
            n_utterances=int(per_code.n_rows[here].sum()),
            n_missing=int(per_code.n_missing[here].sum()),
            kind=cell.kind,
            rows=row_moments(cell.numerator[own_rows], cell.denominator[own_rows]),
        )
    return found


def pooled(sums: dict[str, SpeakerSums], names: frozenset[str]) -> SpeakerSums:
    """The people of several groups as one side; at least one name."""
    first, *others = sorted(names)
    found = sums[first]
    for name in others:
        found = found + sums[name]
    return found


def groups_table(
    intake: Intake, sums: list[dict[str, SpeakerSums]], *, level: float
) -> pd.DataFrame:
    """One row per system, metric and group, then one of everybody; columns of `tables.GROUPS`.

    `sums` stands in the order of `intake.cells`.
    """
    rows = []
    for cell, of_cell in zip(intake.cells, sums, strict=True):
        sides = {**of_cell, OVERALL: pooled(of_cell, frozenset(of_cell))}
        for name, side in sides.items():
            rows.append(
                {
                    "system": cell.system,
                    "metric": cell.metric,
                    "by": intake.by,
                    "group": name,
                    "level": level,
                    "numerator": float(side.numerator.sum()),
                    "denominator": float(side.denominator.sum()),
                    "n_utterances": side.n_utterances,
                    "n_missing": side.n_missing,
                    **_figures(side, name, level=level, has_speakers=intake.speaker is not None),
                }
            )
    return GROUPS.check(pd.DataFrame(rows, columns=list(GROUPS.columns), dtype=object))


def _figures(
    side: SpeakerSums, name: str, *, level: float, has_speakers: bool
) -> dict[str, float | int | str | None]:
    if not has_speakers:
        value = rate(side.numerator, side.denominator)
        return {"value": None if math.isnan(value) else value, "note": _NO_SPEAKERS}
    found = estimate(side, level=level)
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "n_speakers": found.n_speakers,
        "n_effective": found.n_effective,
        "note": _note(found, name),
    }


def _note(found: Estimate, name: str) -> str | None:
    notes = ["group not known: shown, never compared"] if name == UNKNOWN else []
    if found.note:
        notes.append(found.note)
    return "; ".join(notes) or None
