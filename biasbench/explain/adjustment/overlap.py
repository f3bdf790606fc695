"""Do the two sides have anything in common on a covariate?

Where one side was recorded at one site and the other at another, a model "adjusted for the site"
still prints a figure, made of nothing but its own assumptions. What two sides have in common is

    levels    Σ over levels of min(share of one side, share of the other),  0 to 1
    numbers   the same over the fifths of all rows (Cochran 1968), or, if it is less,
              1 − max |F − F′|, F and F′ the two sides' distribution functions (Kolmogorov)

over rows and over people (each spread over their own rows), the smaller of the two. The second
sees two sides that part within one fifth. Below LEAST_OVERLAP nothing is adjusted. Several
covariates together can part what each alone does not; they are looked at along the one line that
parts the sides best, the linear discriminant (Fisher 1936; Cochran & Rubin 1973, Sankhyā A
35:417–446).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError
from biasbench.evidence.conditions import overlap
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sufficiency import LEAST_OVERLAP
from biasbench.evidence.sums import FloatArray
from biasbench.explain.adjustment.covariates import (
    bins_of,
    covariate_of,
    covariates_asked,
)
from biasbench.tables import REST
from biasbench.tables.adjustments import OVERLAPS
from biasbench.tables.grouping import By
from biasbench.tables.labels import Codes

#: What the covariates are called when they are looked at together.
TOGETHER = "all covariates together"
#: How many levels a refusal shows; the whole table is `overlap_table`.
_SHOWN = 4


@dataclass(frozen=True)
class SideCounts:
    """One side at each level, shape (n_levels,)."""

    n_speakers: npt.NDArray[np.int64]
    n_rows: npt.NDArray[np.int64]
    share: FloatArray  # of the side's rows; adds up to 1
    speaker_share: FloatArray  # of the side's people, each spread over their rows; adds up to 1


@dataclass(frozen=True)
class Overlap:
    """What two sides have in common on one covariate, and who has which level or fifth."""

    covariate: str
    value: float  # 0 to 1: over rows or over people, the smaller
    outside: float  # share of the group's rows at levels, or beyond numbers, of the other side
    outside_against: float  # the same for the other side
    level_names: list[str]
    group: SideCounts
    against: SideCounts


def overlap_table(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    covariates: Sequence[str],
    categorical: Sequence[str] = (),
    metric: str | None = None,
    system: str | None = None,
) -> pd.DataFrame:
    """Who has which value: people, rows and shares of each side (table OVERLAPS).

    A covariate is counted over the rows where it is known, each by itself.

    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": range(8), "metric": "wer",
    ...     "speaker_id": list("aabbccdd"), "numerator": 1, "denominator": 10,
    ...     "accent": ["us"] * 4 + ["uk"] * 4, "site": ["x", "y", "x", "x"] + ["y"] * 4})
    >>> found = overlap_table(table, by="accent", group="uk", covariates=["site"])
    >>> found[["level", "side", "n_speakers", "share", "speaker_share"]]
      level  side  n_speakers  share  speaker_share
    0     x    uk           0   0.00           0.00
    1     x  rest           2   0.75           0.75
    2     y    uk           2   1.00           1.00
    3     y  rest           1   0.25           0.25
    """
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    parts = []
    for name in covariates_asked(rows, covariates, categorical=categorical):
        covariate = covariate_of(rows.columns[name], name, as_levels=name in categorical)
        known = covariate.known()
        found = overlap_of(
            name,
            covariate.level[known],
            covariate.level_names,
            rows.speaker[known],
            rows.in_group[known],
            number=None if covariate.number is None else covariate.number[known],
        )
        parts.append(_table_of(found, rows.group, rows.against))
    return OVERLAPS.check(pd.concat(parts, ignore_index=True))


def overlap_of(
    covariate: str,
    level: Codes,
    level_names: Sequence[str],
    speaker: Codes,
    in_group: npt.NDArray[np.bool_],
    *,
    number: FloatArray | None = None,
) -> Overlap:
    """Both sides' counts at each level; arrays of shape (n_rows,), codes of levels from 0.

    `number` holds the values where the levels are bins of one. Raises InsufficientDataError where
    a side has no row.

    >>> found = overlap_of("site", np.array([0, 0, 1, 1]), ["x", "y"], np.array([0, 1, 2, 2]),
    ...                    np.array([True, True, False, False]))
    >>> found.value, found.group.n_speakers.tolist()
    (0.0, [2, 0])
    """
    sides = []
    for here in (in_group, ~in_group):
        if not here.any():
            raise InsufficientDataError(
                f"'{covariate}' is not known in any row of a side; at least one row of each is "
                "needed"
            )
        sides.append(_side(level[here], speaker[here], len(level_names)))
    group, against = sides
    common = [
        overlap(group.share, against.share),
        overlap(group.speaker_share, against.speaker_share),
    ]
    outside = [
        float(group.share[against.n_rows == 0].sum()),
        float(against.share[group.n_rows == 0].sum()),
    ]
    if number is not None:
        own_rows = 1 / np.bincount(speaker)[speaker]
        common += [1 - _farthest(number, in_group, weight) for weight in (None, own_rows)]
        outside = [
            _beyond(number[in_group], number[~in_group]),
            _beyond(number[~in_group], number[in_group]),
        ]
    return Overlap(
        covariate, max(0.0, min(common)), outside[0], outside[1], list(level_names), group, against
    )


def overlap_together(
    columns: FloatArray, speaker: Codes, in_group: npt.NDArray[np.bool_]
) -> Overlap:
    """The overlap along the line through the covariates (n_rows, k) that parts the sides best."""
    basis = np.column_stack([np.ones(len(columns)), columns])
    side = in_group.astype(float)
    index = basis @ np.linalg.lstsq(basis, side, rcond=None)[0]
    number = np.round(index, 9)
    level, names = bins_of(number)
    return overlap_of(TOGETHER, level, names, speaker, in_group, number=number)


def refuse_without_overlap(found: Overlap, group: str, against: str) -> None:
    """Raise InsufficientDataError with the cross-table where the sides have too little in common.

    >>> found = overlap_of("site", np.array([0, 0, 1, 1]), ["x", "y"], np.array([0, 1, 2, 3]),
    ...                    np.array([True, True, False, False]))
    >>> refuse_without_overlap(found, "uk", "rest")
    Traceback (most recent call last):
    biasbench.errors.InsufficientDataError: site: uk and rest overlap by 0.00, and 0.10 is the
    least at which one can be adjusted for it (uk / rest, people: x 2 / 0, y 0 / 2); at least 2
    people of each side are needed at the same level
    """
    if found.value >= LEAST_OVERLAP:
        return
    raise InsufficientDataError(
        f"{found.covariate}: {group} and {against} overlap by {found.value:.2f}, and "
        f"{LEAST_OVERLAP:.2f} is the least at which one can be adjusted for it ({group} / "
        f"{against}, people: {_cross_table(found)}); at least 2 people of each side are needed at "
        "the same level"
    )


def _cross_table(found: Overlap) -> str:
    largest = np.maximum(found.group.share, found.against.share)
    shown = np.sort(np.argsort(-largest, kind="stable")[:_SHOWN])
    cells = [
        f"{found.level_names[n]} {found.group.n_speakers[n]} / {found.against.n_speakers[n]}"
        for n in shown
    ]
    more = len(found.level_names) - len(shown)
    return ", ".join(cells) + (f", and {more} more levels" if more else "")


def _side(level: Codes, speaker: Codes, n_levels: int) -> SideCounts:
    cells = pd.DataFrame({"level": level, "speaker": speaker})
    cells = cells.groupby(["level", "speaker"]).size().rename("n").reset_index()
    part = (cells["n"] / cells.groupby("speaker")["n"].transform("sum")).to_numpy(float)
    where = cells["level"].to_numpy()
    rows = np.bincount(level, minlength=n_levels)
    people = cells["speaker"].nunique()
    return SideCounts(
        n_speakers=np.bincount(where, minlength=n_levels).astype(np.int64),
        n_rows=rows.astype(np.int64),
        share=rows / rows.sum(),
        speaker_share=np.bincount(where, weights=part, minlength=n_levels) / people,
    )


def _farthest(
    number: FloatArray, in_group: npt.NDArray[np.bool_], weight: FloatArray | None
) -> float:
    """The largest distance between the two sides' distribution functions, rows weighted."""
    weights = np.ones(len(number)) if weight is None else weight
    order = np.argsort(number, kind="stable")
    step = np.where(in_group, weights / weights[in_group].sum(), 0.0)
    step = step - np.where(in_group, 0.0, weights / weights[~in_group].sum())
    last = np.append(np.diff(number[order]) > 0, True)  # equal numbers step together
    return float(np.abs(np.cumsum(step[order])[last]).max())


def _beyond(one: FloatArray, other: FloatArray) -> float:
    return float(((one < other.min()) | (one > other.max())).mean())


def _table_of(found: Overlap, group: str, against: str) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "covariate": found.covariate,
                "level": found.level_names,
                "side": name,
                "n_speakers": counts.n_speakers,
                "n_rows": counts.n_rows,
                "share": counts.share,
                "speaker_share": counts.speaker_share,
            }
        )
        for name, counts in ((group, found.group), (against, found.against))
    ]
    both = pd.concat(parts)
    return both.sort_index(kind="stable").reset_index(drop=True)
