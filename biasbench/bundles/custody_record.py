"""The record of custody of a case, in the ten parts of `custody.PARTS` (docs/report.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from biasbench.cases import Case
from biasbench.custody import environment


def custody_record(case: Case, *, began: str, ended: str) -> dict[str, Any]:
    """Who asked, which plan and when, where files come from, what made the numbers, who answered.

    `began` and `ended` are when it was computed, ISO 8601 in UTC.
    """
    inputs = case.inputs
    plan, record = inputs.plan, inputs.record
    mandate = plan.mandate
    return {
        "case": {
            **asdict(mandate),
            "jurisdiction": plan.jurisdiction,
            "audience": plan.audience,
        },
        "plan": _plan(case),
        "files": [asdict(source) for source in record.sources],
        "labels": asdict(plan.groups),
        "references": asdict(record.references),
        "system": _systems(case),
        "run": {
            **environment(),
            "began": began,
            "ended": ended,
            "seed": plan.seed,
            "n_resamples": plan.n_resamples,
            "second_runs": [asdict(run) for run in record.runs],
        },
        "exclusions": {
            "rules": [asdict(rule) for rule in plan.exclusions],
            "decided": inputs.standing,
            "rows": {
                rule: int(rows["n_rows"].sum())
                for rule, rows in case.excluded.groupby("rule", sort=False)
            },
        },
        "outputs": {
            "findings": len(case.evidence.findings),
            "signature": case.evidence.provenance.signature(),
        },
        "missing_or_refused": {
            "requests": [asdict(request) for request in record.requests],
            "exchanges": [asdict(exchange) for exchange in record.exchanges],
            "not_computed": [asdict(refused) for refused in case.refused],
        },
    }


def _plan(case: Case) -> Mapping[str, Any]:
    inputs = case.inputs
    versions = [] if inputs.seal is None else inputs.seal.versions
    return {
        "standing": inputs.standing,
        "first_opened": inputs.opened,
        "versions": [
            {"sha256": version.sha256, "sealed": version.at, "reason": version.reason}
            for version in versions
        ],
    }


def _systems(case: Case) -> Mapping[str, Any]:
    """What the plan declares, and what the runs recorded of themselves."""
    steps = case.evidence.provenance.steps
    declared = case.inputs.plan.system
    return {
        "declared": {**asdict(declared), "parts": [asdict(part) for part in declared.parts]},
        "recorded": [{"step": step.verb, **dict(step.facts)} for step in steps],
    }
