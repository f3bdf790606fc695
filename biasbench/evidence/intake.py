"""A measures table, checked and coded: what `assess` works on.

Everything that can be wrong with the table or with the question put to it is found here, at the
door; behind it there are only arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.cells import Cell, cells_of
from biasbench.provenance import Provenance
from biasbench.tables import MEASURES, REST, UNKNOWN, place_of, read_table
from biasbench.tables.grouping import By, group_labels, grouping_columns
from biasbench.tables.labels import Codes, label_codes

#: What the row of all people together is called in the table of groups.
OVERALL = "overall"


class MeasuresLike(Protocol):
    """A checked measures table and where it came from: `biasbench.Measures`, or one's own."""

    @property
    def table(self) -> pd.DataFrame:
        """Columns of `tables.MEASURES` and the corpus's own."""
        ...

    @property
    def provenance(self) -> Provenance:
        """The chain of steps behind the table."""
        ...


@dataclass(frozen=True)
class Intake:
    """The table ready for work: its cells, its groups, and who is in which."""

    provenance: Provenance
    by: str  # the grouping columns, joined by a comma
    columns: tuple[str, ...]  # the same, one by one
    table: pd.DataFrame  # the rows of the metrics asked for
    cells: list[Cell]  # by system, then metric, in the order of first appearance
    groups: list[str]  # labels, sorted; UNKNOWN last if there is any
    group: Codes  # per row of `table`
    speaker: Codes | None  # per row of `table`
    group_of_speaker: Codes | None  # shape (n_speakers,)

    @property
    def known(self) -> list[str]:
        """The groups that may be compared."""
        return [name for name in self.groups if name != UNKNOWN]


def take_in(
    measures: MeasuresLike | pd.DataFrame | str | Path, *, by: By, metrics: Sequence[str] | None
) -> Intake:
    """Check the table and put it into codes.

    Raises TableError for what is wrong with the table, NotFoundError for a column or a metric
    that is not there, and InsufficientDataError when `by` makes fewer than two groups.
    """
    table, provenance, source = _checked(measures)
    _check_numbers(table, source)
    columns = grouping_columns(by, table)
    name = ",".join(columns)
    groups = _groups(table, columns, source)
    speaker, names = _speakers(table)
    group_of_speaker = None
    if speaker is not None:
        group_of_speaker = _one_group_each(table, name, groups, speaker, names, source)
    wanted = _metrics(table, metrics)
    cells = cells_of(table, wanted, groups[0], speaker, source)
    asked = table["metric"].isin(wanted).to_numpy()
    return Intake(
        provenance=provenance,
        by=name,
        columns=columns,
        table=table if asked.all() else table[asked].reset_index(drop=True),
        cells=cells,
        groups=groups[1],
        group=groups[0][asked],
        speaker=None if speaker is None else speaker[asked],
        group_of_speaker=group_of_speaker,
    )


def covariates(table: pd.DataFrame) -> list[str]:
    """Columns that are the corpus's own: groups and conditions."""
    return [str(name) for name in table.columns if name not in MEASURES.columns]


def _checked(
    measures: MeasuresLike | pd.DataFrame | str | Path,
) -> tuple[pd.DataFrame, Provenance, str]:
    if isinstance(measures, str | Path):
        table, provenance = read_table(measures)
        source = str(measures)
    elif isinstance(measures, pd.DataFrame):
        table, provenance, source = measures, Provenance(), MEASURES.name
    else:
        # A Measures object was checked when it was made.
        return measures.table.reset_index(drop=True), measures.provenance, MEASURES.name
    if "speaker_id" in table.columns and not label_codes(table["speaker_id"])[1]:
        table = table.drop(columns="speaker_id")  # nobody knows who speaks: gate N-SPK
    return MEASURES.check(table, source=source), provenance, source


def _check_numbers(table: pd.DataFrame, source: str) -> None:
    if table.empty:
        raise TableError(f"{source}: the table has no rows")
    numerator = table["numerator"].to_numpy(dtype=float)
    denominator = table["denominator"].to_numpy(dtype=float)
    half = np.isnan(numerator) != np.isnan(denominator)
    if half.any():
        at = int(half.argmax())
        name = "numerator" if np.isnan(numerator[at]) else "denominator"
        raise TableError(
            f"{place_of(table, source, at)}: {name} is empty and its partner is not; a missing "
            "value leaves both empty"
        )
    for name, values in (("numerator", numerator), ("denominator", denominator)):
        if np.isinf(values).any():
            at = int(np.isinf(values).argmax())
            raise TableError(
                f"{place_of(table, source, at)}: {name} is {values[at]}, not a finite number"
            )
    if (denominator < 0).any():
        at = int((denominator < 0).argmax())
        raise TableError(
            f"{place_of(table, source, at)}: denominator is {denominator[at]:g}; it counts "
            "something and cannot be below 0"
        )


def _groups(table: pd.DataFrame, columns: Sequence[str], source: str) -> tuple[Codes, list[str]]:
    codes, labels = label_codes(group_labels(table, columns))
    by = ",".join(columns)
    for label, meaning in ((REST, "everybody else"), (OVERALL, "everybody")):
        if label in labels:
            at = int((codes == labels.index(label)).argmax())
            raise TableError(
                f"{place_of(table, source, at)}: {by} is '{label}', which means {meaning} here; "
                "give the group another name"
            )
    known = [label for label in labels if label != UNKNOWN]
    if len(known) < 2:
        have = f"one known group, '{known[0]}'" if known else "no known group"
        raise InsufficientDataError(f"by='{by}' makes {have}; a comparison needs two")
    has_unknown = len(known) < len(labels) or (codes < 0).any()
    place = [known.index(label) if label in known else len(known) for label in labels]
    new = np.append(np.array(place, dtype=np.intp), np.intp(len(known)))
    return new[codes], [*known, UNKNOWN] if has_unknown else known


def _speakers(table: pd.DataFrame) -> tuple[Codes | None, list[str]]:
    if "speaker_id" not in table.columns:
        return None, []
    codes, names = label_codes(table["speaker_id"])
    return (codes, names) if names else (None, [])


def _one_group_each(
    table: pd.DataFrame,
    by: str,
    groups: tuple[Codes, list[str]],
    speaker: Codes,
    names: list[str],
    source: str,
) -> Codes:
    codes, labels = groups
    if (speaker < 0).any():
        at = int((speaker < 0).argmax())
        raise TableError(
            f"{place_of(table, source, at)}: speaker_id is empty, and other rows have one"
        )
    found = np.zeros(len(names), dtype=np.intp)
    found[speaker] = codes
    differs = found[speaker] != codes
    if differs.any():
        at = int(differs.argmax())
        here, there = labels[codes[at]], labels[found[speaker[at]]]
        raise TableError(
            f"{place_of(table, source, at)}: speaker '{names[speaker[at]]}' has {by} '{here}' "
            f"here and '{there}' elsewhere; a person must stand in one group"
        )
    return found


def _metrics(table: pd.DataFrame, metrics: Sequence[str] | None) -> list[str]:
    present = [str(name) for name in pd.unique(table["metric"])]
    if metrics is None:
        return present
    if isinstance(metrics, str) or not metrics:
        raise OptionError(f"metrics={metrics!r}: give a list of names, such as ['wer']")
    for name in metrics:
        if name not in present:
            raise not_found("metric", name, present)
    return list(dict.fromkeys(metrics))
