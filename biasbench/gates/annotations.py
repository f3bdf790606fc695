"""What a CI server picks up by itself: GitHub's annotations and summary, GitLab's code quality.

Each is made only where the server's own variables say that it is there:

    GITHUB_ACTIONS=true      workflow commands (::error …) on stdout
    GITHUB_STEP_SUMMARY      a file; the Markdown is added to it
    GITLAB_CI=true           gl-code-quality-report.json in CI_PROJECT_DIR
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasbench.gates import lines
from biasbench.gates.gating import Gate
from biasbench.gates.outputs import md
from biasbench.gates.verdicts import Check
from biasbench.tables import write_text

CODE_QUALITY = "gl-code-quality-report.json"

#: GitHub shows ten annotations of a kind for a step: the last one says how many more there are.
_MOST_SHOWN = 10


def annotate(gate: Gate, environ: Mapping[str, str]) -> list[str]:
    """Lines to print for the server, after writing what it reads from files.

    Raises OSError where the server's file cannot be written.
    """
    printed = workflow_commands(gate) if environ.get("GITHUB_ACTIONS") == "true" else []
    summary = environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(md.text_of(gate) + "\n")
    if environ.get("GITLAB_CI") == "true":
        folder = Path(environ.get("CI_PROJECT_DIR", "."))
        write_text(folder / CODE_QUALITY, code_quality(gate))
    return printed


def workflow_commands(gate: Gate) -> list[str]:
    """GitHub's workflow commands, an annotation for each rule that is not kept."""
    goes_on = gate.policy.undecided == "go on"
    found = []
    told = [
        check for check in (*gate.of("fail"), *gate.of("undecided")) if check.reason != "people"
    ]
    for check in told[: _MOST_SHOWN - 1]:
        level = "error" if check.outcome == "fail" else "notice" if goes_on else "warning"
        title = f"biasbench: {lines.about(check, gate)}"
        said = f"{lines.WORDS[check.outcome]}. {lines.sentence(check, gate)}"
        found.append(_command(level, title, lines.alone(said, gate), gate))
    more = len(told) - len(found)
    rest = lines.few_people(gate.checks, gate)
    if more:
        rest.append(f"{more} more rules are not kept: see the step's summary")
    if rest:
        found.append(_command("warning", "biasbench", lines.alone(" ".join(rest), gate), gate))
    return found


def code_quality(gate: Gate) -> str:
    """GitLab's code quality report: a list, empty where every rule is kept."""
    issues = [_issue(check, gate) for check in (*gate.of("fail"), *gate.of("undecided"))]
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


def _issue(check: Check, gate: Gate) -> dict[str, Any]:
    identity = "\0".join((check.rule, check.metric, check.group, gate.policy.against))
    goes_on = gate.policy.undecided == "go on"
    return {
        "type": "issue",
        "check_name": f"biasbench/{check.rule}",
        "description": lines.alone(lines.check_line(check, gate), gate),
        "fingerprint": hashlib.sha256(identity.encode()).hexdigest(),
        "severity": "major" if check.outcome == "fail" else "info" if goes_on else "minor",
        "location": {
            "path": lines.one_line(gate.policy.source).replace("\\", "/"),
            "lines": {"begin": 1},
        },
    }


def _command(level: str, title: str, message: str, gate: Gate) -> str:
    file = _property(gate.policy.source.replace("\\", "/"))
    return f"::{level} file={file},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    r"""Text of a workflow command: what would end it is written by its code.

    >>> _data("100 %\n::error::x")
    '100 %25%0A::error::x'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
