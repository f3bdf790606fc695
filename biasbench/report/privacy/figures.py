"""What the tables of evidence say of one group that a rule of privacy asks for.

Dominance: one person who supplies more than half of a group's words or calls *is* its figure. The
table of groups has no largest share h, but has the effective people 1/Σh². With fewer than 4 of
them h may exceed ½; with 4 or more it cannot, since h² ≤ Σh². The findings have the largest share
on either side of a comparison, which settles most of the rest.

A rate of people near all or none (everybody counted once) speaks of each of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from biasbench.report.pay_bands import band
from biasbench.report.privacy.families import is_treatment

#: The largest share that one person may have of a printed figure (docs/report.md §J).
LARGEST_SHARE = 0.5
#: With so many effective people nobody can have a larger one: 1 / LARGEST_SHARE².
SURELY_ENOUGH = 4.0

Block = tuple[str, str]  # system, metric


@dataclass(frozen=True)
class GroupFigures:
    """One row of the table of groups, as far as privacy asks."""

    people: int
    denominator: float
    largest: float  # one person's share can be no larger than this
    is_band: bool


def figures_of(groups: pd.DataFrame) -> dict[Block, dict[str, GroupFigures]]:
    """The table of groups by (system, metric), then by group; people unknown count as nobody."""
    found: dict[Block, dict[str, GroupFigures]] = {}
    for row in groups.to_dict("records"):
        block = (str(row["system"]), str(row["metric"]))
        found.setdefault(block, {})[str(row["group"])] = GroupFigures(
            people=0 if pd.isna(row["n_speakers"]) else int(row["n_speakers"]),
            denominator=float(row["denominator"]),
            largest=_largest(row["n_effective"]),
            is_band=is_band({str(name): value for name, value in row.items()}),
        )
    return found


def dominated_sides(findings: pd.DataFrame | None) -> dict[tuple[Block, str], bool]:
    """For each (block, group) that was compared: whether a side of it may be one person's."""
    found: dict[tuple[Block, str], bool] = {}
    if findings is None:
        return found
    for row in findings.to_dict("records"):
        share = row["largest_leverage"]
        above = not pd.isna(share) and float(share) > LARGEST_SHARE
        key = (str(row["system"]), str(row["metric"])), str(row["group"])
        found[key] = found.get(key, False) or above
    return found


def is_band(row: Mapping[str, Any]) -> bool:
    """Whether the row is a rate of people, each counted once, near all or near none.

    >>> row = {"metric": "label_rate:angry", "n_speakers": 20, "n_utterances": 20,
    ...        "numerator": 19.0, "denominator": 20.0, "value": 0.95}
    >>> is_band(row), is_band({**row, "n_utterances": 200, "denominator": 200.0})
    (True, False)
    """
    if pd.isna(row["n_speakers"]) or pd.isna(row["value"]) or not row["n_speakers"]:
        return False
    people = float(row["n_speakers"])
    counted_once = math.isclose(float(row["denominator"]), people)
    counted_once = counted_once and float(row["n_utterances"]) == people
    is_share = 0 <= float(row["numerator"]) <= float(row["denominator"])
    rate = float(row["value"])
    return is_treatment(row["metric"]) and counted_once and is_share and band(rate) is not None


def _largest(effective: Any) -> float:  # noqa: ANN401 - a cell of a table
    """1/√(effective people): Σh² is at least the square of the largest share."""
    if pd.isna(effective) or not float(effective) > 0:
        return 1.0
    return min(1.0, 1 / math.sqrt(float(effective)))
