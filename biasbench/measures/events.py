"""Events of one system, unit by unit: how many, and which.

A table of events has no row for a unit in which nothing happened, nor for one that the system never
looked at. The one is 0 and the other missing, so that every function here takes `is_analysed`, and
an event of a unit that is said not to have been looked at is an error.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, TableError
from biasbench.measures.metrics import Numbers
from biasbench.systems import EventKind
from biasbench.tables import EVENTS, place_of


def event_labels(events: pd.DataFrame, *, kind: EventKind) -> list[str]:
    """The labels of the events of that kind, sorted.

    >>> event_labels(pd.DataFrame({"kind": ["category"], "label": ["refund"]}), kind="category")
    ['refund']
    """
    return sorted({str(label) for label in events.loc[events["kind"].eq(kind), "label"]})


def count_events(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    *,
    kind: EventKind,
    label: str | None = None,
) -> Numbers:
    """Events of that kind and label (None: any) in each unit, (n,); NaN where not analysed.

    Raises what `events_of` raises.

    >>> events = pd.DataFrame({
    ...     "system": "tone:x", "unit_id": ["c1", "c1"], "unit": "call", "number": [1, 2],
    ...     "kind": ["category", "silence"], "label": ["refund", "silence"]}).reindex(
    ...         columns=EVENTS.columns)
    >>> count_events(events, ["c1", "c2", "c3"], np.array([True, True, False]), kind="category")
    array([ 1.,  0., nan])
    """
    _, places = events_of(events, units, is_analysed, kind=kind, label=label)
    n_events = np.bincount(places, minlength=len(units)).astype(float)
    return np.where(np.asarray(is_analysed, dtype=bool), n_events, np.nan)


def events_by_unit(
    events: pd.DataFrame, units: Sequence[str], is_analysed: NDArray[np.bool_], *, kind: EventKind
) -> list[pd.DataFrame | None]:
    """The rows of that kind of each unit, in order; None where the unit was not analysed.

    >>> events_by_unit(EVENTS.empty(), ["c1"], np.array([False]), kind="silence")
    [None]
    """
    rows, places = events_of(events, units, is_analysed, kind=kind)
    rows_of = pd.Series(places).groupby(places).indices
    return [
        rows.iloc[rows_of.get(at, [])] if looked_at else None
        for at, looked_at in enumerate(is_analysed)
    ]


def events_of(
    events: pd.DataFrame,
    units: Sequence[str],
    is_analysed: NDArray[np.bool_],
    *,
    kind: EventKind,
    label: str | None = None,
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Rows of that kind and label (None: any), and the place of each one's unit among the units.

    Raises TableError for events of several systems, of no unit given, or of one not analysed, and
    OptionError for units that do not pair up with `is_analysed`.

    >>> events_of(EVENTS.empty(), ["c1"], np.array([True]), kind="prompt")[1]
    array([], dtype=int64)
    """
    table = EVENTS.check(events, source="events")
    _check_units(table, units, is_analysed)
    place = {unit: at for at, unit in enumerate(units)}
    chosen = table["kind"].eq(kind)
    if label is not None:
        chosen &= table["label"].eq(label)
    rows = table[chosen]
    places = np.array([place[unit] for unit in rows["unit_id"]], dtype=np.intp)
    return rows, places


def _check_units(table: pd.DataFrame, units: Sequence[str], is_analysed: NDArray[np.bool_]) -> None:
    if len(units) != len(is_analysed):
        raise OptionError(f"{len(units)} units and {len(is_analysed)} of is_analysed must pair up")
    if len(set(units)) < len(units):
        raise OptionError("units names a unit twice; each stands for one row of the measures")
    systems = sorted(table["system"].unique())
    if len(systems) > 1:
        raise TableError(
            f"events: of {len(systems)} systems ({', '.join(systems)}). Measure one at a time"
        )
    strange = ~table["unit_id"].isin(units).to_numpy()
    if strange.any():
        at = int(strange.argmax())
        raise TableError(
            f"{place_of(table, 'events', at)}: unit '{table['unit_id'].iloc[at]}' is none of the "
            f"{len(units)} units measured"
        )
    looked_at = {unit for unit, seen in zip(units, is_analysed, strict=True) if seen}
    unseen = ~table["unit_id"].isin(looked_at).to_numpy()
    if unseen.any():
        at = int(unseen.argmax())
        raise TableError(
            f"{place_of(table, 'events', at)}: an event of unit '{table['unit_id'].iloc[at]}', "
            "which is declared not analysed"
        )
