"""Who is missing: the share of rows without a value, by group, measured with the same engine.

A system that fails more often for one group has measured the rest of that group only. Each
person's rows without a value over all their rows is a rate like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasbench.evidence.by_group import pooled
from biasbench.evidence.cells import Cell
from biasbench.evidence.family import Question
from biasbench.evidence.intake import Intake
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import SpeakerSums, ordered_sums
from biasbench.tables import MISSING


def missing_table(intake: Intake, asked: Sequence[Question], *, level: float) -> pd.DataFrame:
    """The table MISSING: a row for every comparison of a metric that lacks any value.

    Intervals hold for each comparison alone: they are no verdict and belong to no family.
    """
    if intake.speaker is None:
        return MISSING.empty()
    rows = []
    of_cell = {
        number: _missing_sums(cell, intake)
        for number, cell in enumerate(intake.cells)
        if np.isnan(cell.denominator).any()
    }
    for question in asked:
        if question.cell not in of_cell:
            continue
        sums, cell = of_cell[question.cell], intake.cells[question.cell]
        one, other = sums[question.group], pooled(sums, question.others)
        found = cr3.compare(one, other, level=level)
        rows.append(
            {
                "system": cell.system,
                "metric": cell.metric,
                "by": intake.by,
                "group": question.group,
                "against": question.against,
                "value": found.value,
                "against_value": found.against_value,
                "difference": found.difference,
                "difference_low": found.difference_low,
                "difference_high": found.difference_high,
                "level": level,
                "n_speakers": one.n_speakers,
                "n_against": other.n_speakers,
                "n_missing": int(one.numerator.sum()),
                "note": found.note,
            }
        )
    return MISSING.check(pd.DataFrame(rows, columns=list(MISSING.columns), dtype=object))


def _missing_sums(cell: Cell, intake: Intake) -> dict[str, SpeakerSums]:
    assert cell.speaker is not None
    assert intake.group_of_speaker is not None
    n_people = len(intake.group_of_speaker)
    has_no_value = np.isnan(cell.denominator).astype(float)
    missing = np.bincount(cell.speaker, weights=has_no_value, minlength=n_people)
    rows = np.bincount(cell.speaker, minlength=n_people).astype(float)
    found = {}
    for number, name in enumerate(intake.groups):
        here = (intake.group_of_speaker == number) & (rows > 0)
        found[name] = ordered_sums(missing[here], rows[here], n_utterances=int(rows[here].sum()))
    return found
