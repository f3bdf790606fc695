"""The full tables, for spreadsheets: numbers as numbers, small groups withheld as in the text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from biasbench.report.claims import gap_of, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.tables import note_words
from biasbench.report.wording import say

#: Digits kept of a printed value: beyond what any interval here can mean.
_DIGITS = 6


def findings_sheet(context: Context) -> pd.DataFrame:
    """One row a finding: its numbers in printed units, its whole sentence, its signature."""
    return _frame([_finding_row(row, context) for row in context.findings], context)


def groups_sheet(context: Context) -> pd.DataFrame:
    """One row a group and metric: value, own interval, people, recordings, missing."""
    return _frame([_group_row(row, context) for row in context.groups], context)


def _finding_row(row: Row, context: Context) -> dict[str, Any]:
    kind = quantity(row["metric"])
    words = write_finding(row, context)
    gap = gap_of(row)
    figures: dict[str, Any] = {
        "people": row["n_speakers"],
        "people_against": row["n_against"],
        "recordings": row["n_utterances"],
        "missing": row["n_missing"],
        "value": _scaled(row["value"], kind),
        "against_value": _scaled(row["against_value"], kind),
        "gap": _scaled(gap.value, kind),
        "gap_low": _scaled(gap.low, kind),
        "gap_high": _scaled(gap.high, kind),
        "gap_low_alone": _scaled(gap.low_alone, kind),
        "gap_high_alone": _scaled(gap.high_alone, kind),
        "ratio": _rounded(row["ratio"]),
        "ratio_low": _rounded(row["ratio_low"]),
        "ratio_high": _rounded(row["ratio_high"]),
        "p_adjusted": _rounded(row["p_adjusted"]),
        "p_holm": _rounded(row["p_holm"]),
        "effective": _rounded(row["n_effective"]),
        "needed": row["n_needed"],
    }
    return {
        **_question(row, kind, context),
        "against": context.label(row["against"]),
        **(dict.fromkeys(figures) if words.withheld else figures),
        "margin": _scaled(row["margin"], kind),
        "level": row["level"],
        "comparisons": row["n_comparisons"],
        "code": words.code,
        "verdict": words.verdict,
        "sentence": words.text,
        "signature": context.evidence.signature(row),
    }


def _group_row(row: Row, context: Context) -> dict[str, Any]:
    kind = quantity(row["metric"])
    hidden = context.privacy.hides(row["group"], (row["system"], row["metric"]))
    figures: dict[str, Any] = {
        "people": row["n_speakers"],
        "recordings": row["n_utterances"],
        "missing": row["n_missing"],
        "numerator": _rounded(row["numerator"]),
        "denominator": _rounded(row["denominator"]),
        "value": _scaled(row["value"], kind),
        "low": _scaled(row["low"], kind),
        "high": _scaled(row["high"], kind),
        "effective": _rounded(row["n_effective"]),
    }
    note = say("W-withheld", context.lang) if hidden else note_words(row["note"], context)
    return {
        **_question(row, kind, context),
        **(dict.fromkeys(figures) if hidden else figures),
        "level": row["level"],
        "note": note or None,
    }


def _question(row: Row, kind: Quantity, context: Context) -> dict[str, Any]:
    return {
        "measure": kind.name(context.lang),
        "unit": kind.unit(context.lang),
        "system": context.system(row["system"]).short,
        "by": row["by"],
        "group": context.label(row["group"]),
    }


def _frame(rows: list[dict[str, Any]], context: Context) -> pd.DataFrame:
    frame = pd.DataFrame(rows)
    whole = ("people", "people_against", "recordings", "missing", "needed", "comparisons")
    text = {"measure", "unit", "system", "by", "group", "against", "code", "verdict"}
    text |= {"sentence", "signature", "note"}
    for name in frame.columns:
        if name in whole:
            frame[name] = frame[name].astype("Int64")
        elif name not in text:
            frame[name] = frame[name].astype(float)
    return frame.rename(columns={name: say(f"H-{name}", context.lang) for name in frame.columns})


def _scaled(value: float | None, kind: Quantity) -> float | None:
    return _rounded(None if value is None else value * kind.factor)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
