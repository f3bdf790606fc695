"""The rows of one comparison: what every explanation starts from.

`assess` needs sums per person. An explanation needs the rows under them, with what is known of
each: the recording condition, the sentence read, the length.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.intake import MeasuresLike, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import other_side
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, n_people
from biasbench.evidence.sums import FloatArray, Kind, SpeakerSums, speaker_sums
from biasbench.tables import REST
from biasbench.tables.grouping import By
from biasbench.tables.labels import Codes

#: What a measures table may come as.
MeasuresSource = MeasuresLike | pd.DataFrame | str | Path


@dataclass(frozen=True)
class Rows:
    """The rows with a value of a group and its other side, for one system and metric.

    Arrays have shape (n_rows,); `columns` has one row for each, in the same order, and holds
    the corpus's own columns (groups, conditions, covariates). `speaker` are codes 0 … n − 1
    of the people on both sides together.
    """

    system: str
    metric: str
    kind: Kind
    by: str
    group: str
    against: str
    numerator: FloatArray
    denominator: FloatArray
    speaker: Codes
    in_group: npt.NDArray[np.bool_]
    columns: pd.DataFrame
    n_missing: tuple[int, int]  # rows without a value, of the group and of the other side

    def sides(self, here: npt.NDArray[np.bool_] | None = None) -> tuple[SpeakerSums, SpeakerSums]:
        """The sums per person of the group and of the other side, over the rows of `here`.

        `here` has shape (n_rows,); None is all rows.
        """
        sides = [self.in_group, ~self.in_group]
        both = [
            speaker_sums(
                self.speaker[side], self.numerator[side], self.denominator[side], kind=self.kind
            )
            for side in (sides if here is None else [side & here for side in sides])
        ]
        return both[0], both[1]

    def sides_to_test(self, what: str) -> tuple[SpeakerSums, SpeakerSums]:
        """Both sides, of people enough for an interval.

        Raises InsufficientDataError with fewer than 6 people on a side; `what` says what takes
        them: 'how a figure falls'.
        """
        both = self.sides()
        for name, side in zip(self.side_names, both, strict=True):
            if side.n_speakers < FEWEST_TO_TEST:
                raise InsufficientDataError(
                    f"{n_people(side.n_speakers)} in {name}: {what} takes at least "
                    f"{FEWEST_TO_TEST} on each side"
                )
        return both

    @property
    def side_names(self) -> tuple[str, str]:
        """What errors call the group and the other side."""
        return f"'{self.group}'", REST if self.against == REST else f"'{self.against}'"


def rows_of(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
) -> Rows:
    """The rows that the comparison of `group` with `against` stands on.

    `metric` and `system` may be left out where the table has one of them. Rows of people whose
    group is not known are on neither side. Raises TableError, OptionError or NotFoundError as
    `assess` does, and InsufficientDataError where nobody knows who speaks.

    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": range(6), "metric": "wer",
    ...     "speaker_id": ["a", "a", "b", "c", "d", "d"], "numerator": [1, 0, 2, 3, 1, 1],
    ...     "denominator": 10, "accent": ["us", "us", "us", "uk", "uk", "uk"]})
    >>> rows = rows_of(table, by="accent", group="uk")
    >>> rows.numerator.tolist(), rows.in_group.tolist()
    ([1.0, 0.0, 2.0, 3.0, 1.0, 1.0], [False, False, False, True, True, True])
    """
    metrics = None if metric is None else [metric]
    intake = take_in(measures, by=by, metrics=metrics)
    if intake.speaker is None:
        raise InsufficientDataError(
            "no speaker labels: nobody knows how many people these rows come from; at least 6 "
            "people on each side, named in speaker_id, are needed for any explanation"
        )
    if group not in intake.known:
        raise not_found(f"group of {intake.by}", group, intake.known)
    against = other_side(against, intake.known, intake.by)
    if against == group:
        raise OptionError(f"group and against are both '{group}'; name two different sides")
    others = set(intake.known) - {group} if against == REST else {against}
    table = intake.table
    cell = one_cell(intake, metric=metric, system=system)
    system, metric = cell.system, cell.metric
    of_cell = ((table["system"] == system) & (table["metric"] == metric)).to_numpy()
    code = {name: number for number, name in enumerate(intake.groups)}
    in_group = intake.group == code[group]
    sides = in_group | np.isin(intake.group, [code[name] for name in others])
    has_value = table["denominator"].notna().to_numpy()
    missing = [int((of_cell & side & ~has_value).sum()) for side in (in_group, sides & ~in_group)]
    kept = np.flatnonzero(of_cell & sides & has_value)
    speaker, _ = pd.factorize(intake.speaker[kept])
    chosen = table.iloc[kept].reset_index(drop=True)
    return Rows(
        system=system,
        metric=metric,
        kind=cell.kind,
        by=intake.by,
        group=group,
        against=against,
        numerator=chosen["numerator"].to_numpy(dtype=float),
        denominator=chosen["denominator"].to_numpy(dtype=float),
        speaker=speaker.astype(np.intp),
        in_group=in_group[kept],
        columns=chosen,
        n_missing=(missing[0], missing[1]),
    )


def column_of(rows: Rows, name: str) -> pd.Series:
    """One of the corpus's own columns; NotFoundError, with the nearest name, if it is not there."""
    if name not in rows.columns.columns:
        raise not_found("column", name, map(str, rows.columns.columns))
    return rows.columns[name]
