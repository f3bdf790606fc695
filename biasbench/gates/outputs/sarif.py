"""SARIF 2.1.0 (OASIS): what code scanning shows. A result for each rule that is not kept.

Every result points at the policy, the file in the repository that the rule is written in.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from biasbench.gates import lines
from biasbench.gates.gating import Gate
from biasbench.gates.verdicts import Check, Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RULES: dict[Rule, str] = {
    "change": "The gap to the other side may not grow by more than the policy allows.",
    "gap": "The gap of the candidate may not be larger than the policy allows.",
    "coverage": "The candidate may not lose more utterances than the policy allows.",
}


def text_of(gate: Gate) -> str:
    """The gate as a SARIF log of one run."""
    from biasbench import __version__

    rules = list(_RULES)
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "biasbench",
                        "semanticVersion": __version__,
                        "rules": [
                            {"id": rule, "shortDescription": {"text": text}}
                            for rule, text in _RULES.items()
                        ],
                    }
                },
                "invocations": [{"executionSuccessful": True, "exitCode": gate.exit_code}],
                "results": [
                    _result(check, gate, rules.index(check.rule))
                    for check in gate.checks
                    if check.outcome != "pass"
                ],
                "properties": {
                    "outcome": gate.outcome,
                    "signature": gate.signature,
                    "synthetic": gate.synthetic,
                },
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _result(check: Check, gate: Gate, rule_index: int) -> dict[str, Any]:
    identity = "\0".join((check.rule, check.metric, check.group, gate.policy.against))
    kind, level = _shown(check, goes_on=gate.policy.undecided == "go on")
    return {
        "ruleId": check.rule,
        "ruleIndex": rule_index,
        "kind": kind,
        "level": level,
        "message": {"text": lines.alone(lines.check_line(check, gate), gate)},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": uri_of(gate.policy.source)}}}
        ],
        "partialFingerprints": {"biasbench/v1": hashlib.sha256(identity.encode()).hexdigest()[:32]},
    }


def _shown(check: Check, *, goes_on: bool) -> tuple[str, str]:
    """Kind and level. SARIF 3.27.10 gives "open" no level, so that a viewer would hide it.

    What cannot be decided fails the policy, unless that says to go on: it is told as a warning.
    """
    if check.outcome == "fail":
        return "fail", "error"
    return ("open", "none") if goes_on else ("fail", "warning")


def uri_of(path: str) -> str:
    r"""A path as a relative URI reference.

    >>> uri_of("ci/my gate.toml"), uri_of("a\\b.toml")
    ('ci/my%20gate.toml', 'a/b.toml')
    """
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))
