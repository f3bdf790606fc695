"""Which utterances or calls people are to hear: as many people as possible, groups in equal number.

Uncertainty depends on how many people speak, not on how much one of them says. So within a group
everybody is asked for one utterance before anybody is asked for a second, the order of the people
is drawn by lot (who talks more is not likelier to be drawn), and the utterances of one person come
from as many calls as there are. Groups get equal numbers, whatever their share of the calls.

A figure over such a sample is one in which people count alike, not minutes of speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.provenance import Provenance
from biasbench.sheets.pool import Unit, check_one_group, pool_of
from biasbench.tables import UNKNOWN
from biasbench.tables.grouping import By, grouping_columns
from biasbench.tables.sheets import SAMPLE, SAMPLE_GROUPS


@dataclass(frozen=True)
class Sample:
    """What was drawn (table SAMPLE), and from what (table SAMPLE_GROUPS)."""

    rows: pd.DataFrame
    groups: pd.DataFrame
    by: str
    unit: Unit
    seed: int
    provenance: Provenance


def draw_sample(
    utterances: pd.DataFrame,
    *,
    by: By,
    n: int = 200,
    seed: int = 0,
    double: float = 0.2,
    unit: Unit = "utterance",
    groups: Sequence[str] | None = None,
    role: str | None = "agent",
    recording: str | None = None,
) -> Sample:
    """A sample of utterances, or of calls, stratified by group with people as the unit.

    Parameters
    ----------
    utterances
        Table UTTERANCES with group columns; for `unit="call"` a table of calls (call_id,
        speaker_id, group columns).
    by, groups
        The column that makes the groups, and which of them to draw from; None takes all. People
        of whom nobody knows the group are shown and never drawn.
    n
        How many in all; each group gets n / groups, rounded down.
    double
        Share of each group that two people are to do, so that their agreement can be told.
    role
        Where the table has a column `role`, rows of this role alone are drawn: what a customer
        says is not the worker's speech. None draws from every role.
    recording
        The column that names the recording; None takes `audio`, and `call_id` where it is empty.

    Raises
    ------
    InsufficientDataError
        Nothing can be found by ear, or a group has fewer than 6 people or too few utterances.
    OptionError, NotFoundError, TableError
        An option, column or group that cannot be; a person in two groups.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "utterance_id": [f"u{k}" for k in range(48)],
    ...     "speaker_id": [f"p{k % 12}" for k in range(48)],
    ...     "call_id": [f"c{k // 2}" for k in range(48)], "start": 1.0, "end": 4.0,
    ...     "accent": ["a" if k % 12 < 6 else "b" for k in range(48)]})
    >>> found = draw_sample(table, by="accent", n=20, seed=1)
    >>> found.groups[["group", "n_people", "n_usable", "n_drawn_people", "n_drawn", "n_double"]]
      group  n_people  n_usable  n_drawn_people  n_drawn  n_double
    0     a         6        24               6       10         2
    1     b         6        24               6       10         2
    """
    _check_options(n, seed, double, unit)
    table = utterances.reset_index(drop=True)
    columns = grouping_columns(by, table)
    name = ",".join(columns)
    pool = pool_of(table, columns, unit, role, recording)
    check_one_group(pool, table, name)
    asked = _groups_asked(pool, groups, name)
    quota = n // len(asked)
    if quota < 1:
        raise OptionError(f"n={n} is fewer than the {len(asked)} groups of {name}; ask for more")
    for group in asked:
        _check_enough(pool, group, name, quota, len(asked), unit)
    rng = np.random.default_rng(seed)
    chosen = [_of_group(pool[pool["usable"] & pool["group"].eq(one)], quota, rng) for one in asked]
    n_double = round(double * quota)
    rows = pd.concat(chosen, ignore_index=True)
    rows["double"] = np.tile(np.arange(quota) < n_double, len(asked)).astype(int)
    rows = SAMPLE.check(rows[list(SAMPLE.columns)])
    facts = {
        "sample": f"{len(rows)} {unit}s", "by": name, "groups": ",".join(asked),
        "seed": f"{seed}", "double": f"{double:g}", "role": role or "any",
    }  # fmt: skip
    counts = [_counts(pool, rows, group, name, asked) for group in _all_groups(pool)]
    return Sample(
        rows,
        SAMPLE_GROUPS.check(pd.DataFrame(counts)),
        name,
        unit,
        seed,
        Provenance().then("draw", facts),
    )


def _check_options(n: int, seed: int, double: float, unit: str) -> None:
    if unit not in get_args(Unit):
        raise OptionError(f"unit={unit!r} is none of {', '.join(map(repr, get_args(Unit)))}")
    if n < 1:
        raise OptionError(f"n={n} is below 1; 200 is usual")
    if seed < 0:
        raise OptionError(f"seed={seed} is below 0; any whole number from 0 on will do")
    if not 0 <= double <= 1:
        raise OptionError(f"double={double:g} is no share; 0.2 gives a fifth to two people")


def _all_groups(pool: pd.DataFrame) -> list[str]:
    """Names of the groups, UNKNOWN last."""
    return sorted(map(str, pool["group"].unique()), key=lambda name: (name == UNKNOWN, name))


def _groups_asked(pool: pd.DataFrame, groups: Sequence[str] | None, by: str) -> list[str]:
    known = [name for name in _all_groups(pool) if name != UNKNOWN]
    if not known:
        raise InsufficientDataError(
            f"nobody's {by} is known; a sample by group needs it, from people.csv"
        )
    if groups is None:
        return known
    if isinstance(groups, str) or not groups:
        raise OptionError(f"groups={groups!r}: give a list of names, such as ['{known[0]}']")
    for group in groups:
        if group not in known:
            raise not_found(f"group of {by}", group, known)
    return sorted(set(groups))


def _check_enough(
    pool: pd.DataFrame, group: str, by: str, quota: int, n_groups: int, unit: Unit
) -> None:
    usable = pool[pool["usable"] & pool["group"].eq(group)]
    people = usable["speaker_id"].nunique()
    others = "or name the other groups with groups= (--group)" if n_groups > 1 else ""
    if people < FEWEST_TO_TEST:
        raise InsufficientDataError(
            f"{by}='{group}' has {people} {'person' if people == 1 else 'people'} who can be "
            f"heard; at least {FEWEST_TO_TEST} are needed to tell a group from a person, "
            f"{others}".rstrip(", ")
        )
    if len(usable) < quota:
        raise InsufficientDataError(
            f"{by}='{group}' has {len(usable)} {unit}s that can be heard and {quota} are asked of "
            f"each group; ask for n={len(usable) * n_groups} or fewer, {others}".rstrip(", ")
        )


def _of_group(usable: pd.DataFrame, quota: int, rng: np.random.Generator) -> pd.DataFrame:
    """The rows drawn of one group, in the order in which they were: one of each person first."""
    rows = usable.sort_values("unit_id")  # the order of the table is to change nothing
    rows = rows.iloc[rng.permutation(len(rows))]
    people = np.sort(rows["speaker_id"].unique())
    lot = pd.Series(rng.permutation(len(people)), index=people)
    call = rows["call"].where(rows["call"].notna(), rows["unit_id"])
    again = rows.groupby([rows["speaker_id"], call]).cumcount()  # 0: the first of its call
    rows = rows.iloc[np.argsort(again.to_numpy(), kind="stable")]
    turn = rows.groupby("speaker_id").cumcount().to_numpy()
    return rows.iloc[np.lexsort((lot[rows["speaker_id"]].to_numpy(), turn))[:quota]]


def _counts(
    pool: pd.DataFrame, drawn: pd.DataFrame, group: str, by: str, asked: Sequence[str]
) -> dict[str, str | int | None]:
    of_group, own = pool[pool["group"].eq(group)], drawn[drawn["group"].eq(group)]
    notes = []
    if group == UNKNOWN:
        notes.append("group not known: shown, not drawn")
    elif group not in asked:
        notes.append("not asked for")
    if unheard := int((~of_group["heard"]).sum()):
        notes.append(f"{unheard} cannot be found in a recording")
    if roleless := int((~of_group["of_role"]).sum()):
        notes.append(f"{roleless} whose role is not told")
    if nobody := int((of_group["heard"] & of_group["of_role"] & ~of_group["usable"]).sum()):
        notes.append(f"{nobody} without a speaker")
    return {
        "by": by,
        "group": group,
        "n_people": int(of_group.loc[of_group["usable"], "speaker_id"].nunique()),
        "n_units": len(of_group),
        "n_usable": int(of_group["usable"].sum()),
        "n_drawn_people": int(own["speaker_id"].nunique()),
        "n_drawn": len(own),
        "n_double": int(own["double"].sum()),
        "note": "; ".join(notes) or None,
    }
