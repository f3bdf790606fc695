"""JUnit XML: a suite for each metric, a case for each rule, as CI servers read it.

A broken rule is a `failure`. One that cannot be decided is an `error`: the test could not be
carried out, which no server counts as passed; where the policy says to go on it is `skipped`.
Element and attribute names are those of the Jenkins schema (jenkins-junit.xsd).
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from biasbench.gates import lines
from biasbench.gates.gating import Gate
from biasbench.gates.verdicts import Check


def text_of(gate: Gate) -> str:
    """The gate as JUnit XML."""
    root = ET.Element("testsuites", _counts(gate.checks, gate) | {"name": "biasbench gate"})
    for metric in gate.policy.metrics:
        own = tuple(check for check in gate.checks if check.metric == metric)
        suite = ET.SubElement(
            root,
            "testsuite",
            {"name": f"biasbench gate: {lines.one_line(metric)}"} | _counts(own, gate),
        )
        properties = ET.SubElement(suite, "properties")
        for name, value in (
            ("signature", gate.signature),
            ("outcome", gate.outcome),
            ("paired", str(gate.paired).lower()),
            ("synthetic", str(gate.synthetic).lower()),
        ):
            ET.SubElement(properties, "property", {"name": name, "value": lines.one_line(value)})
        for check in own:
            _case(suite, check, gate)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: ET.Element, check: Check, gate: Gate) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "name": lines.about(check, gate),
            "classname": f"biasbench.gate.{lines.one_line(check.metric)}",
            "time": "0",
        },
    )
    told = lines.alone(lines.sentence(check, gate), gate)
    if check.outcome == "pass":
        ET.SubElement(case, "system-out").text = told
    elif check.outcome == "undecided" and gate.policy.undecided == "go on":
        ET.SubElement(case, "skipped", {"message": f"cannot be decided. {told}"})
    else:
        kind = "failure" if check.outcome == "fail" else "error"
        said = f"{lines.WORDS[check.outcome]}. {told}"
        ET.SubElement(case, kind, {"type": check.reason, "message": said}).text = said


def _counts(checks: tuple[Check, ...], gate: Gate) -> dict[str, str]:
    open_ = sum(check.outcome == "undecided" for check in checks)
    goes_on = gate.policy.undecided == "go on"
    counts = {
        "tests": len(checks),
        "failures": sum(check.outcome == "fail" for check in checks),
        "errors": 0 if goes_on else open_,
    }
    return {name: str(count) for name, count in counts.items()}
