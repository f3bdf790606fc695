"""Rows that two models heard, paired unit by unit and added up by person.

What only one of them has a value for is in neither sum, and is counted: leaving out the
utterances that one model failed on, and saying nothing, would flatter it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.intake import MeasuresLike, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import other_side
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, MOST_MISSING
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import REST
from biasbench.tables.grouping import By
from biasbench.tables.labels import label_codes


@dataclass(frozen=True)
class Heard:
    """The sums of one side's people as one model heard them; shape (n_people,).

    Both models' sums stand in the same order of people: that is the pairing.
    """

    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True)
class Paired:
    """Both models' sums of the same people on the same words, for a group and its other side."""

    metric: str
    direction: str | None
    by: str
    group: str
    against: str
    system_before: str
    system_after: str
    group_before: Heard
    group_after: Heard
    against_before: Heard
    against_after: Heard
    n_utterances: tuple[int, int]  # paired, of the group and of the other side
    n_unpaired: tuple[int, int]  # with a value from one model only


def paired(
    before: MeasuresLike | pd.DataFrame | str | Path,
    after: MeasuresLike | pd.DataFrame | str | Path,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system_before: str | None = None,
    system_after: str | None = None,
) -> Paired:
    """The two tables' rows of one metric, paired by unit_id; they may be one table.

    Raises TableError where a unit is of another person or group, or has another denominator, in
    the two; InsufficientDataError where nobody knows who speaks, nothing is paired, or more than
    20 % of a side has a value from one model only.
    """
    old = _rows(before, by, metric, system_before, "before")
    new = _rows(after, by, metric or old.metric, system_after, "after")
    if group not in old.known:
        raise not_found(f"group of {old.by}", group, old.known)
    against = other_side(against, old.known, old.by)
    if against == group:
        raise OptionError(f"group and against are both '{group}'; name two different sides")
    both = old.rows.merge(
        new.rows, on="unit_id", how="outer", suffixes=("_before", "_after"), validate="one_to_one"
    )
    _check_same(both, old.by)
    label = both["group_before"].fillna(both["group_after"])
    has_pair = (both["denominator_before"].notna() & both["denominator_after"].notna()).to_numpy()
    has_one = (both["denominator_before"].notna() | both["denominator_after"].notna()).to_numpy()
    in_group = (label == group).to_numpy()
    others = set(old.known) - {group} if against == REST else {against}
    sides = in_group, label.isin(others).to_numpy()
    for side, name in zip(sides, (f"'{group}'", _name(against)), strict=True):
        _check_enough(has_pair[side], has_one[side], name)
    heard = [_heard(both[side & has_pair]) for side in sides]
    return Paired(
        metric=old.metric,
        direction=old.direction,
        by=old.by,
        group=group,
        against=against,
        system_before=old.system,
        system_after=new.system,
        group_before=heard[0][0],
        group_after=heard[0][1],
        against_before=heard[1][0],
        against_after=heard[1][1],
        n_utterances=_counts(sides, has_pair),
        n_unpaired=_counts(sides, has_one & ~has_pair),
    )


@dataclass(frozen=True)
class _Rows:
    """What one model heard: unit_id, speaker, group, numerator, denominator."""

    rows: pd.DataFrame
    by: str
    known: list[str]
    system: str
    metric: str
    direction: str | None


def _rows(
    measures: MeasuresLike | pd.DataFrame | str | Path,
    by: By,
    metric: str | None,
    system: str | None,
    when: str,
) -> _Rows:
    intake = take_in(measures, by=by, metrics=None if metric is None else [metric])
    if intake.speaker is None:
        raise InsufficientDataError(
            f"no speaker labels {when} the swap: nobody knows how many people these rows come "
            f"from; at least {FEWEST_TO_TEST} on each side, named in speaker_id, are needed"
        )
    cell = one_cell(intake, metric=metric, system=system, system_option=f"system_{when}")
    table = intake.table
    here = ((table["system"] == cell.system) & (table["metric"] == cell.metric)).to_numpy()
    codes, names = label_codes(table["speaker_id"])
    rows = pd.DataFrame(
        {
            "unit_id": table["unit_id"].astype(str),
            "speaker": np.array(names, dtype=object)[codes],
            "group": np.array(intake.groups, dtype=object)[intake.group],
            "numerator": table["numerator"],
            "denominator": table["denominator"],
        }
    )
    return _Rows(rows[here], intake.by, intake.known, cell.system, cell.metric, cell.direction)


def _check_same(both: pd.DataFrame, by: str) -> None:
    for column, what in (("speaker", "speaker_id"), ("group", by), ("denominator", "denominator")):
        old, new = both[f"{column}_before"], both[f"{column}_after"]
        differs = (old.notna() & new.notna() & (old != new)).to_numpy()
        if not differs.any():
            continue
        at = int(differs.argmax())
        unit, was, is_now = both["unit_id"].iloc[at], old.iloc[at], new.iloc[at]
        if column == "denominator":
            raise TableError(
                f"unit '{unit}': denominator is {was:g} before and {is_now:g} after; a swap is "
                "measured on the same words, so score both models against the same references "
                "with the same normaliser"
            )
        raise TableError(
            f"unit '{unit}': {what} is '{was}' before and '{is_now}' after; both models must have "
            "heard the same recordings of the same people"
        )


def _check_enough(
    has_pair: npt.NDArray[np.bool_], has_one: npt.NDArray[np.bool_], name: str
) -> None:
    n_pairs, n_any = int(has_pair.sum()), int(has_one.sum())
    if not n_pairs:
        raise InsufficientDataError(
            f"no row of {name} has a value from both models; at least {FEWEST_TO_TEST} people "
            "heard by both are needed on each side"
        )
    share = 1 - n_pairs / n_any
    if share > MOST_MISSING:
        raise InsufficientDataError(
            f"{100 * share:.3g} % of the rows of {name} have a value from one model only, more "
            f"than {100 * MOST_MISSING:.3g} %; a swap needs the same utterances heard by both"
        )


def _heard(rows: pd.DataFrame) -> tuple[Heard, Heard]:
    codes, people = pd.factorize(rows["speaker_before"])

    def added(when: str) -> Heard:
        sums = sums_by_code(
            codes,
            rows[f"numerator_{when}"].to_numpy(dtype=float),
            rows[f"denominator_{when}"].to_numpy(dtype=float),
            n_codes=len(people),
        )
        return Heard(sums.numerator, sums.denominator)

    return added("before"), added("after")


def _counts(
    sides: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]], what: npt.NDArray[np.bool_]
) -> tuple[int, int]:
    return int((sides[0] & what).sum()), int((sides[1] & what).sum())


def _name(against: str) -> str:
    return "the rest" if against == REST else f"'{against}'"
