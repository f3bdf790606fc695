"""The measures as the plan wants them: groups joined, directions declared, exclusions made.

What is left out is counted by rule and group before it goes: rows that go from one group and stay
in another are themselves a finding.

Recordings that a plan says were degraded stand beside the comparisons and not in them, wherever
there are untouched ones; where every recording was degraded, the comparisons are of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InputError, OptionError, not_found
from biasbench.evidence.degradation import degrees_of
from biasbench.explain.multiverse import LeaveOut
from biasbench.measures import Measures
from biasbench.plans import Plan
from biasbench.plans.plan import Exclusion
from biasbench.tables import UNKNOWN
from biasbench.tables.cases import EXCLUDED
from biasbench.tables.grouping import crossed_columns, group_labels
from biasbench.tables.labels import label_codes


@dataclass(frozen=True)
class Prepared:
    """Measures ready for the planned comparisons, and what was left out of them (EXCLUDED).

    `at_all_degrees` are the same with the degraded recordings, `n_degraded` rows of which are not
    in `measures`; the two are one where the plan knows of none.
    """

    measures: Measures
    excluded: pd.DataFrame
    at_all_degrees: Measures
    n_degraded: int = 0


def people_of(*tables: pd.DataFrame | None) -> dict[str, str]:
    """A number for each person, in the order of first appearance in the tables.

    What is drawn at random then depends on the order of rows alone: the same case under pseudonyms
    gives the same figures.

    >>> people_of(pd.DataFrame({"speaker_id": ["zoe", "adam", "zoe"]}))
    {'zoe': '000001', 'adam': '000002'}
    """
    names: dict[str, str] = {}
    for table in tables:
        if table is not None and "speaker_id" in table.columns:
            for name in table["speaker_id"].dropna().astype(str).unique():
                names.setdefault(name, f"{len(names) + 1:06}")
    return names


def numbered(table: pd.DataFrame, people: Mapping[str, str]) -> pd.DataFrame:
    """The table with people by their numbers; one without speakers stays as it is."""
    if "speaker_id" not in table.columns:
        return table
    return table.assign(speaker_id=table["speaker_id"].astype(object).map(people))


def prepare(measures: Measures, plan: Plan, people: Mapping[str, str]) -> Prepared:
    """Number people, join groups, declare directions and leave out, in that order.

    Raises NotFoundError or OptionError for a column, group or value of the plan that is not there.
    """
    table = numbered(measures.table, people)
    facts: dict[str, str] = {}
    if plan.groups.merged:
        table = _merged(table, plan)
        joined = (f"{name}={'+'.join(parts)}" for name, parts in plan.groups.merged.items())
        facts["merged"] = "; ".join(joined)
    table = _directed(table, plan)
    labels = _labels(table, plan)
    compared = _compared(table, plan)
    if plan.degradations:
        facts["degraded"] = _aside(compared)
    rows, kept = [], np.ones(len(table), dtype=bool)
    for rule in plan.exclusions:
        try:
            out = left_out(rule)(table)
        except InputError as error:
            raise type(error)(f"{plan.source}: [[exclusion]] '{rule.name}': {error}") from error
        gone = pd.Series(out & kept, index=table.index)[compared].to_numpy()
        rows += _counted(rule.name, table[compared], labels[compared], gone)
        kept &= ~out
        facts[f"excluded: {rule.name}"] = f"{int(out[compared].sum())} rows"
    excluded = pd.DataFrame(rows, columns=list(EXCLUDED.columns), dtype=object)
    provenance = measures.provenance.then("plan", facts) if facts else measures.provenance

    def of(here: npt.NDArray[np.bool_]) -> Measures:
        return Measures(table[here].reset_index(drop=True), provenance)

    measures = of(kept & compared)
    everything = measures if compared.all() else of(kept)
    n_degraded = len(everything.table) - len(measures.table)
    return Prepared(measures, EXCLUDED.check(excluded), everything, n_degraded)


def untouched(table: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """True for each row with no degree in any of these columns.

    >>> untouched(pd.DataFrame({"snr": [np.nan, 20, np.nan], "loss": [np.nan, np.nan, 5]}),
    ...           ["snr", "loss"]).tolist()
    [True, False, False]
    """
    found = np.ones(len(table), dtype=bool)
    for name in columns:
        if name not in table.columns:
            raise not_found("column", name, map(str, table.columns))
        found &= np.isnan(degrees_of(table[name], name))
    return found


def _compared(table: pd.DataFrame, plan: Plan) -> npt.NDArray[np.bool_]:
    """The rows that comparisons are of: those untouched, or all where none is."""
    if not plan.degradations:
        return np.ones(len(table), dtype=bool)
    try:
        found = untouched(table, [one.column for one in plan.degradations])
    except InputError as error:
        raise type(error)(f"{plan.source}: [[degradation]]: {error}") from error
    if not found.any():
        return ~found
    cells = pd.DataFrame({"system": table["system"], "metric": table["metric"], "here": found})
    planned = [plan.of(str(metric)) is not None for metric in cells["metric"]]
    lacking = cells[planned].groupby(["system", "metric"], sort=True)["here"].any()
    if not lacking.all():
        system, metric = lacking.index[~lacking][0]
        raise OptionError(
            f"{plan.source}: [[degradation]]: {system} has {metric} of degraded recordings alone, "
            "while others have it of untouched ones; add its untouched recordings, or leave its "
            "rows out"
        )
    return found


def _aside(compared: npt.NDArray[np.bool_]) -> str:
    return f"{int((~compared).sum())} of {len(compared)} rows stand beside the comparisons"


def left_out(rule: Exclusion) -> LeaveOut:
    """The rule as `explain.multiverse` applies it."""
    return LeaveOut(rule.column, values=rule.values, below=rule.below, above=rule.above)


def _merged(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    by = plan.groups.by
    if by not in table.columns:
        if "," in by:
            raise OptionError(
                f"{plan.source}: [groups.merge] joins groups of one column, and by is '{by}'"
            )
        raise not_found("column", by, map(str, table.columns))
    known = {str(value) for value in table[by].dropna().unique()}
    names = {part: name for name, parts in plan.groups.merged.items() for part in parts}
    for part in names:
        if part not in known:
            raise not_found(f"group of {by} to be merged", part, known)
    return table.assign(**{by: table[by].replace(names)})


def _directed(table: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """With the plan's own word on which way is worse, where the measures have none."""
    declared = {one.metric: one.direction for one in plan.metrics if one.direction is not None}
    if not declared:
        return table
    known = table.get("direction", pd.Series(None, index=table.index, dtype=object))
    for metric, direction in declared.items():
        here = table["metric"] == metric
        others = set(known[here].dropna()) - {direction}
        if others:
            raise OptionError(
                f"{plan.source}: {metric} is '{direction}' in the plan and '{others.pop()}' in the "
                "measures; take direction out of the plan"
            )
        known = known.mask(here, direction)
    return table.assign(direction=known)


def _labels(table: pd.DataFrame, plan: Plan) -> pd.Series:
    codes, labels = label_codes(group_labels(table, crossed_columns(plan.groups.by, table)))
    named = [labels[code] if code >= 0 else UNKNOWN for code in codes]
    return pd.Series(named, index=table.index, dtype=object)


def _counted(
    rule: str, table: pd.DataFrame, labels: pd.Series, out: np.ndarray
) -> list[dict[str, object]]:
    """A row for each metric and group: how many rows go, of how many people."""
    frame = pd.DataFrame({"metric": table["metric"], "group": labels, "out": out})
    if "speaker_id" in table.columns:
        frame["speaker"] = table["speaker_id"]
    found = []
    for (metric, group), rows in frame.groupby(["metric", "group"], sort=True):
        people = rows.loc[rows["out"], "speaker"].nunique() if "speaker" in rows else None
        found.append(
            {
                "rule": rule,
                "metric": metric,
                "group": group,
                "n_rows": int(rows["out"].sum()),
                "n_of": len(rows),
                "n_speakers": people,
            }
        )
    return found
