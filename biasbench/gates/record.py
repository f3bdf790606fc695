"""A gate as plain JSON values: codes and numbers, and the sentence of each rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from biasbench.gates import lines
from biasbench.gates.gating import Gate

#: The form of the record; it changes when a reader of the old one would be misled.
FORM = 1


def record_of(gate: Gate) -> dict[str, Any]:
    """Outcome, policy, both sides and every rule; a group of nobody named is everybody."""
    policy = gate.policy
    return {
        "biasbench_gate": FORM,
        "outcome": gate.outcome,
        "exit_code": gate.exit_code,
        "headline": lines.headline(gate),
        "baseline": gate.baseline,
        "candidate": gate.candidate,
        "system_before": gate.system_before,
        "system_after": gate.system_after,
        "paired": gate.paired,
        "synthetic": gate.synthetic,
        "policy": {
            "source": policy.source,
            "metrics": list(policy.metrics),
            "by": policy.by,
            "against": policy.against,
            "groups": None if policy.groups is None else list(policy.groups),
            "max_change": dict(policy.max_change),
            "max_gap": dict(policy.max_gap),
            "alpha": policy.alpha,
            "min_people": policy.min_people,
            "max_lost": policy.max_lost,
            "undecided": policy.undecided,
            "options": policy.options,
            "corpora": policy.corpora,
        },
        "checks": [
            {**asdict(check), "text": lines.check_line(check, gate)} for check in gate.checks
        ],
        "notes": list(gate.notes),
        "signature": gate.signature,
    }
