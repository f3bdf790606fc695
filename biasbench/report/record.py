"""findings.json: what the report says, for machines: codes, numbers, sentences.

Numbers are fractions and units as in the tables, not as printed; a withheld comparison has its
code and its sentence, and no number. The texts of every section stand beside, so that a number
edited anywhere is found by recomputing (`bundles.reproduce`). Ten significant digits: what is
beyond differs between machines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import biasbench
from biasbench.report.claims import write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Document, Figure, Listening
from biasbench.report.sections.status import plan_sentence, tier_sentences

FORM = 1
#: Significant digits of a number.
DIGITS = 10

_NUMBERS = (
    "value", "against_value", "difference", "difference_low", "difference_high", "ratio",
    "ratio_low", "ratio_high", "difference_low_unadjusted", "difference_high_unadjusted",
    "p_value", "p_adjusted", "p_holm", "n_speakers", "n_against", "n_effective", "n_utterances",
    "n_missing", "n_needed", "standard_error",
)  # fmt: skip
_OF_GROUPS = ("n_speakers", "n_utterances", "n_missing", "numerator", "denominator", "value",
              "low", "high")  # fmt: skip


def record_of(context: Context) -> dict[str, Any]:
    """The findings and groups of a report, with what they were computed under."""
    settings = context.evidence.settings
    seal = None if context.case is None else context.case.inputs.seal
    return {
        "biasbench_findings": FORM,
        "biasbench": biasbench.__version__,
        "lang": context.lang,
        "status": [plan_sentence(context), *tier_sentences(context)],
        "exploratory": not context.is_planned,
        "plan": None if seal is None else {"sha256": seal.last.sha256, "sealed": seal.last.at},
        "opened": None if context.case is None else context.case.inputs.opened,
        "root": context.root or None,
        "by": settings.by,
        "against": settings.against,
        "audience": settings.audience,
        "level": settings.level,
        "method": settings.method,
        "seed": settings.seed,
        "findings": [_finding(row, context) for row in context.findings],
        "groups": [_group(row, context) for row in context.groups],
    }


def texts_of(document: Document) -> list[dict[str, Any]]:
    """Every section of a document as plain values: what each block says, no drawing, no sound."""
    return [
        {
            "name": section.name,
            "number": section.number,
            "title": section.title,
            "blocks": [_plain(block) for block in section.blocks],
        }
        for section in document.sections
    ]


def _finding(row: Row, context: Context) -> dict[str, Any]:
    words = write_finding(row, context)
    shown = not words.withheld
    numbers = {name: _rounded(row[name]) if shown else None for name in _NUMBERS}
    return {
        "system": row["system"],
        "metric": row["metric"],
        "by": row["by"],
        "group": row["group"],
        "against": row["against"],
        "primary": context.is_primary(row),
        "direction": row["direction"],
        "margin": _rounded(row["margin"]),
        "level": row["level"],
        "n_comparisons": row["n_comparisons"],
        "code": words.code,
        "verdict": words.verdict,
        "sentence": words.text,
        "signature": context.evidence.signature(row),
        **numbers,
    }


def _group(row: Row, context: Context) -> dict[str, Any]:
    hidden = context.privacy.hides(row["group"])
    return {
        "system": row["system"],
        "metric": row["metric"],
        "group": row["group"],
        "withheld": hidden,
        **{name: None if hidden else _rounded(row[name]) for name in _OF_GROUPS},
    }


def _plain(block: object) -> Any:  # noqa: ANN401 - any value of a document
    if isinstance(block, Figure):
        return {"kind": "Figure", "caption": block.caption, "alternative": block.alternative}
    if is_dataclass(block) and not isinstance(block, type):
        left_out = ("sound", "media_type") if isinstance(block, Listening) else ()
        said = {f.name: _plain(getattr(block, f.name)) for f in fields(block)}
        kept = {name: value for name, value in said.items() if name not in left_out}
        return {"kind": type(block).__name__, **kept}
    if isinstance(block, float):
        return _rounded(block)
    if isinstance(block, Mapping):
        return {str(key): _plain(value) for key, value in block.items()}
    if isinstance(block, Sequence) and not isinstance(block, str | bytes):
        return [_plain(one) for one in block]
    return block


def _rounded(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value
    return float(f"{float(value):.{DIGITS}g}")
