"""One row of the findings table, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from biasbench.tables import FINDINGS


@dataclass(frozen=True)
class Finding:
    """What was found about one group: the columns of `tables.FINDINGS`, in their order.

    `difference` is value − against_value; the verdict, and nothing else, says which sign is
    worse. `difference_low` … `ratio_high` hold for the whole family of `n_comparisons`, the
    `_unadjusted` ones for this comparison alone. None is "there is none", never 0.
    """

    system: str
    metric: str
    by: str
    group: str
    against: str
    value: float | None
    against_value: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    level: float
    n_comparisons: int
    difference_low_unadjusted: float | None
    difference_high_unadjusted: float | None
    ratio_low_unadjusted: float | None
    ratio_high_unadjusted: float | None
    p_value: float | None
    p_adjusted: float | None
    p_holm: float | None
    p_max_t: float | None
    p_bh: float | None
    margin: float | None
    direction: str
    n_speakers: int | None
    n_against: int | None
    n_effective: float | None
    n_effective_against: float | None
    largest_leverage: float | None
    standard_error: float | None
    standard_error_naive: float | None
    design_effect: float | None
    difference_without_one_low: float | None
    difference_without_one_high: float | None
    ratio_without_one_low: float | None
    ratio_without_one_high: float | None
    detectable: float | None
    n_utterances: int
    n_missing: int
    n_needed: int | None
    method: str
    verdict: str | None
    reason: str | None


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """The findings as a checked table."""
    rows = [asdict(finding) for finding in findings]
    return FINDINGS.check(pd.DataFrame(rows, columns=list(FINDINGS.columns), dtype=object))


def finding_of(row: Mapping[str, Any]) -> Finding:
    """The finding in a row of the table (a mapping of column to value)."""
    values: dict[str, Any] = {
        field.name: None if pd.isna(row[field.name]) else _plain(field.name, row[field.name])
        for field in fields(Finding)
    }
    return Finding(**values)


def _plain(name: str, value: Any) -> str | int | float:  # noqa: ANN401 - a cell of a table
    kind = FINDINGS.columns[name].kind
    if kind == "text":
        return str(value)
    return int(value) if kind == "whole" else float(value)
