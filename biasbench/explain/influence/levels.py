"""One team drives it, or one site: the comparison again without each level of a column.

A gap that goes when one call-centre site is left out is a question about that site; one that
stays without any of them is not made by one alone. The levels are places and not persons: levels
of too few people are put together, or stay in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sums import speaker_sums
from biasbench.tables import REST
from biasbench.tables.decompositions import LEVELS_LEFT_OUT
from biasbench.tables.grouping import By
from biasbench.tables.labels import label_codes

#: What the levels of fewer than FEWEST_FOR_INTERVAL people are called together.
FEW = "levels of fewer than 3 people"


@dataclass(frozen=True)
class LevelInfluence:
    """The comparison whole, and without each level of a column (table LEVELS_LEFT_OUT)."""

    column: str
    comparison: Comparison
    table: pd.DataFrame
    n_never_left_out: int  # rows whose level is not known, or has too few people to be spoken of


def leave_one_level_out(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    column: str,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
) -> LevelInfluence:
    """The comparison without each team, site or client in turn: does one of them make the gap?

    Levels of fewer than 3 people are left out together, in one row, if there are 3 people in
    them; no row is about one person. What cannot be compared any more is a row with its reason.

    >>> people = np.arange(24)
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": people, "metric": "wer",
    ...     "speaker_id": [f"p{n}" for n in people], "accent": ["b"] * 12 + ["a"] * 12,
    ...     "team": np.tile(["x", "y", "z"], 8), "denominator": 100.0,
    ...     "numerator": 10 + people % 4 + 20 * ((people < 12) & (people % 3 == 0))})
    >>> found = leave_one_level_out(table, by="accent", group="b", column="team")
    >>> found.table[["left_out", "difference"]].round(3)
      left_out  difference
    0        x         0.0
    1        y         0.1
    2        z         0.1
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    if column == "speaker_id" or column in rows.by.split(","):
        instead = "leave_one_speaker_out" if column == "speaker_id" else "another column"
        raise OptionError(f"column='{column}' cannot be left out level by level; use {instead}")
    code, labels = label_codes(column_of(rows, column))
    if len(labels) < 2:
        raise InsufficientDataError(
            f"column '{column}' has {len(labels)} level{'s' * (len(labels) != 1)} here; two are "
            "needed for one to be left out"
        )
    comparison = cr3.compare(*rows.sides(), level=level)
    chosen = [(name, np.isin(code, codes)) for name, codes in _levels(rows, code, labels)]
    if not chosen:
        raise InsufficientDataError(
            f"no level of '{column}' has {FEWEST_FOR_INTERVAL} people, nor have those of fewer "
            "together: leaving one out would be about a person"
        )
    found = [_without_level(rows, column, *level_out, comparison) for level_out in chosen]
    left_out = np.any([is_out for _, is_out in chosen], axis=0)
    table = LEVELS_LEFT_OUT.check(pd.DataFrame(found))
    return LevelInfluence(column, comparison, table, int((~left_out).sum()))


def _levels(rows: Rows, code: np.ndarray, labels: list[str]) -> list[tuple[str, list[int]]]:
    people = [len(np.unique(rows.speaker[code == number])) for number in range(len(labels))]
    large = [n for n in range(len(labels)) if people[n] >= FEWEST_FOR_INTERVAL]
    small = [n for n in range(len(labels)) if people[n] < FEWEST_FOR_INTERVAL]
    found = [(labels[number], [number]) for number in large]
    together = len(np.unique(rows.speaker[np.isin(code, small)]))
    return [*found, (FEW, small)] if together >= FEWEST_FOR_INTERVAL else found


def _without_level(
    rows: Rows, column: str, name: str, is_out: np.ndarray, whole: Comparison
) -> dict[str, object]:
    sides = [
        speaker_sums(
            rows.speaker[mine & ~is_out],
            rows.numerator[mine & ~is_out],
            rows.denominator[mine & ~is_out],
            kind=rows.kind,
        )
        for mine in (rows.in_group, ~rows.in_group)
    ]
    shares = [
        float(rows.denominator[mine & is_out].sum() / rows.denominator[mine].sum())
        for mine in (rows.in_group, ~rows.in_group)
    ]
    found = cr3.compare(sides[0], sides[1], level=whole.level)
    change = None
    if found.difference is not None and whole.difference is not None:
        change = found.difference - whole.difference
    return {
        "column": column,
        "left_out": name,
        "share": shares[0],
        "against_share": shares[1],
        "n_speakers": sides[0].n_speakers,
        "n_against": sides[1].n_speakers,
        "difference": found.difference,
        "difference_low": found.difference_low,
        "difference_high": found.difference_high,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
        "level": whole.level,
        "change": change,
        "note": found.note,
    }
