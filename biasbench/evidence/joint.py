"""The whole family shuffled at once: what each comparison's max-T is, and each metric's omnibus.

People change places between the groups with all they did, in every system and metric together,
so that comparisons stay as correlated as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from biasbench.evidence.family import Key, Question
from biasbench.evidence.intake import Intake
from biasbench.evidence.omnibus import Contrast, MaxT, max_t
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import OMNIBUS

#: Marks the random stream of this test off from those of the comparisons.
_STREAM = 0x6D617854


def shuffle_family(
    intake: Intake, asked: Sequence[Question], *, seed: int, n_resamples: int
) -> tuple[dict[Key, float], pd.DataFrame]:
    """Max-T p of every comparison that is tested, and the table OMNIBUS, a row per cell.

    The people shuffled are those of every group that stands in a tested comparison. Both are
    empty where there are no speaker labels or no comparison has people enough.
    """
    tested = {question.key: question for question in asked if question.is_tested}
    if intake.speaker is None or intake.group_of_speaker is None or not tested:
        return {}, OMNIBUS.empty()
    code = {name: number for number, name in enumerate(intake.groups)}
    contrasts = [
        Contrast(
            question.cell,
            (code[question.group],),
            tuple(sorted(code[name] for name in question.others)),
        )
        for question in tested.values()
    ]
    standing = sorted({c for contrast in contrasts for c in contrast.group + contrast.against})
    people = np.isin(intake.group_of_speaker, standing)
    numerators, denominators = _sums_of_people(intake)
    found = max_t(
        intake.group_of_speaker[people],
        numerators[:, people],
        denominators[:, people],
        contrasts,
        kinds=[cell.kind for cell in intake.cells],
        rng=np.random.default_rng([seed, _STREAM]),
        n_resamples=n_resamples,
    )
    p = {key: float(p) for key, p in zip(tested, found.p, strict=True) if not np.isnan(p)}
    n_people = (denominators[:, people] > 0).sum(axis=1)
    return p, _omnibus_table(intake, contrasts, found, n_people, n_resamples=n_resamples)


def _sums_of_people(intake: Intake) -> tuple[FloatArray, FloatArray]:
    """Sums per person of every cell, each of shape (n_cells, n_people)."""
    assert intake.group_of_speaker is not None
    n_people = len(intake.group_of_speaker)
    sums = []
    for cell in intake.cells:
        assert cell.speaker is not None
        found = sums_by_code(cell.speaker, cell.numerator, cell.denominator, n_codes=n_people)
        sums.append((found.numerator, found.denominator))
    return np.stack([e for e, _ in sums]), np.stack([w for _, w in sums])


def _omnibus_table(
    intake: Intake,
    contrasts: Sequence[Contrast],
    found: MaxT,
    n_people: FloatArray,
    *,
    n_resamples: int,
) -> pd.DataFrame:
    rows = []
    for number, cell in enumerate(intake.cells):
        n_comparisons = sum(contrast.cell == number for contrast in contrasts)
        if n_comparisons:
            rows.append(
                {
                    "system": cell.system,
                    "metric": cell.metric,
                    "by": intake.by,
                    "n_comparisons": n_comparisons,
                    "n_speakers": int(n_people[number]),
                    "largest_t": float(found.cell_t[number]),
                    "p_value": float(found.cell_p[number]),
                    "n_resamples": n_resamples,
                }
            )
    return OMNIBUS.check(pd.DataFrame(rows, columns=list(OMNIBUS.columns)))
