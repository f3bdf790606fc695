"""What can be drawn from: the rows of a role, their groups, and where each is to be heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, TableError, not_found
from biasbench.tables import UNKNOWN, is_empty, place_of
from biasbench.tables.grouping import group_labels
from biasbench.tables.labels import label_codes

Unit = Literal["utterance", "call"]


def pool_of(
    table: pd.DataFrame, columns: Sequence[str], unit: Unit, role: str | None, recording: str | None
) -> pd.DataFrame:
    """Every row of the role asked for: its group, where it is to be heard, and if it can be."""
    id_column = f"{unit}_id"
    for needed in (id_column, "speaker_id"):
        if needed not in table.columns:
            raise not_found("column", needed, map(str, table.columns))
    if recording is not None and recording not in table.columns:
        raise not_found("column", recording, map(str, table.columns))
    codes, labels = label_codes(group_labels(table, columns))
    nothing = pd.Series([None] * len(table), dtype=object)

    def text(column: str) -> pd.Series:
        values = table[column].astype(object) if column in table.columns else nothing
        return values.where(~is_empty(values), None)

    def number(column: str) -> pd.Series:
        return pd.to_numeric(table[column]) if column in table.columns else nothing.astype(float)

    audio, call = text("audio"), text("call_id")
    own_name = audio.where(audio.notna(), call) if recording is None else text(recording)
    timed = number("start").notna() & number("end").notna()
    pool = pd.DataFrame(
        {
            "unit_id": text(id_column),
            "unit": unit,
            "speaker_id": text("speaker_id"),
            "group": np.array([*labels, UNKNOWN], dtype=object)[codes],
            "call": call,
            "recording": own_name,
            "start": number("start"),
            "end": number("end"),
            "channel": text("channel"),
            "of_role": True,
            # A call is heard whole; an utterance has times, or a file of its own.
            "heard": own_name.notna() & (timed | audio.notna() | (unit == "call")),
        }
    )
    pool["usable"] = pool["heard"] & pool["speaker_id"].notna() & pool["unit_id"].notna()
    repeated = pool["unit_id"].notna() & pool["unit_id"].duplicated()
    if repeated.any():
        at, name = int(pool.index[repeated][0]), pool["unit_id"][repeated].iloc[0]
        raise TableError(
            f"{place_of(table, f'{unit}s', at)}: {id_column} '{name}' stands in an earlier row "
            f"too; a table of {unit}s has a row for each"
        )
    if role is not None and unit == "utterance" and "role" in table.columns:
        pool["of_role"] = table["role"].eq(role)
        if not pool["of_role"].any():
            raise InsufficientDataError(
                f"no utterance has the role '{role}', so nobody knows which are the worker's; say "
                "who speaks in roles.csv and import again, or draw from everybody with role=None "
                "(--role any)"
            )
        pool["usable"] &= pool["of_role"]
        pool = pool[pool["of_role"] | is_empty(table["role"])]  # of no role: shown, not drawn
    if not pool["heard"].any():
        lacking = "no call_id" if unit == "call" else "no start and end, and no audio of its own"
        raise InsufficientDataError(
            f"none of {len(pool)} {unit}s can be found in a recording ({lacking}); import an "
            "export that has them"
        )
    return pool


def check_one_group(pool: pd.DataFrame, table: pd.DataFrame, by: str) -> None:
    """Raise TableError for a person who stands in two groups."""
    named = pool[pool["speaker_id"].notna()]
    differs = named["group"].ne(named.groupby("speaker_id")["group"].transform("first"))
    if differs.any():
        at, name = int(named.index[differs][0]), named["speaker_id"][differs].iloc[0]
        raise TableError(
            f"{place_of(table, 'utterances', at)}: speaker '{name}' stands in another group "
            f"of {by} here than before; a person must stand in one group"
        )
