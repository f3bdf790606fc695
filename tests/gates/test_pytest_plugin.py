"""The gate as a test among tests: what fails, what goes on, and that no mark is left unapplied."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from biasbench.gates import Policy, write_baseline

from ..conftest import ROOT

pytest_plugins = "pytester"

PEOPLE = [f"p{number:02}" for number in range(24)]
OLD = pd.DataFrame(
    {
        "system": "asr:old",
        "unit_id": PEOPLE,
        "metric": "wer",
        "speaker_id": PEOPLE,
        "numerator": [30 + number % 7 for number in range(24)],
        "denominator": 200.0,
        "accent": ["a", "b"] * 12,
    }
)
JITTER = [1, 2, -1, 0, 0, -2] * 4
IS_A = np.array([1, 0] * 12)
TABLES = {
    "old.csv": OLD,
    "same.csv": OLD.assign(system="asr:new", numerator=OLD["numerator"] + JITTER),
    "worse.csv": OLD.assign(system="asr:new", numerator=OLD["numerator"] + JITTER + 20 * IS_A),
    "shaky.csv": OLD.assign(system="asr:new", numerator=OLD["numerator"] + 9 * np.array(JITTER)),
}
GATE = 'metrics = ["wer"]\nby = "accent"\ngroups = ["a"]\nmax_change = 0.01\n'
MARK = '@pytest.mark.bias(policy="gate.toml", baseline="baseline.json", candidate="{}")'
INI = "[pytest]\naddopts = --strict-markers -p no:cacheprovider\nfilterwarnings = error\n"


def write_project(folder):
    """A project that gates: tables, a committed baseline, two policies."""
    for name, table in TABLES.items():
        table.to_csv(folder / name, index=False)
    (folder / "gate.toml").write_text(GATE)
    (folder / "go-on.toml").write_text(GATE + 'undecided = "go on"\n')
    write_baseline(folder / "old.csv", folder / "baseline.json", folder / "gate.toml")


@pytest.fixture
def project(pytester, monkeypatch):
    """A project of its own, where pytest loads our plugin, xdist, and nothing else."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("BIASBENCH_KEY_FILE", raising=False)
    pytester.makefile(".ini", pytest=INI)
    write_project(pytester.path)
    return pytester


def run(project, *tests, options=()):
    project.makepyfile("import pytest\n\n" + "\n\n".join(tests))
    return project.runpytest_subprocess(
        "-p", "biasbench.pytest_plugin", "-p", "xdist.plugin", *options
    )


def calls(body, name="test_swap"):
    return f"def {name}(bias_gate):\n    {body}"


def marked(candidate, name="test_swap", body="pass"):
    return f"{MARK.format(candidate)}\ndef {name}():\n    {body}"


def test_a_candidate_that_keeps_to_the_policy_passes_and_its_gate_can_be_read(project):
    body = (
        'found = bias_gate("same.csv", baseline="baseline.json", policy="gate.toml")\n'
        '    assert found.outcome == "pass"'
    )
    ended = run(project, calls(body))
    ended.assert_outcomes(passed=1)
    ended.stdout.fnmatch_lines(["*= bias gates =*", "PASS: all * rules are kept  *::test_swap"])


def test_a_candidate_that_widens_a_gap_fails_with_the_broken_rules_first_and_no_traceback(project):
    body = 'bias_gate("worse.csv", baseline="baseline.json", policy="gate.toml")'
    ended = run(project, calls(body))
    ended.assert_outcomes(failed=1)
    out = ended.stdout.str()
    shown = out[out.index("FAIL: 1 of") :]
    assert shown.index("wer, a against the rest, change: fail") < shown.index("coverage: pass")
    assert "corpus:" in out or "system:asr:old -> asr:new" in out
    assert "Traceback" not in out
    assert "pytest_plugin.py" not in out
    ended.stdout.fnmatch_lines(["*= bias gates =*", "FAIL: 1 of * rules is broken  *::test_swap"])


def test_what_cannot_be_decided_fails_and_says_that_it_is_no_pass(project):
    body = 'bias_gate("shaky.csv", baseline="baseline.json", policy="gate.toml")'
    ended = run(project, calls(body))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        ["CANNOT BE DECIDED: 1 of * rules; this is not a pass", "*change: cannot be decided.*"]
    )


def test_where_the_policy_says_to_go_on_the_test_passes_and_the_summary_says_it_is_no_pass(project):
    body = (
        'found = bias_gate("shaky.csv", baseline="baseline.json", policy="go-on.toml")\n'
        '    assert found.outcome == "undecided"'
    )
    ended = run(project, calls(body))
    ended.assert_outcomes(passed=1)
    line = "CANNOT BE DECIDED: 1 of * this is not a pass; the policy says to go on  *::test_swap"
    ended.stdout.fnmatch_lines(["*= bias gates =*", line])


def test_a_wrong_baseline_fails_in_one_line(project):
    path = project.path / "baseline.json"
    document = json.loads(path.read_text())
    document["metrics"]["wer"]["numerator"][0] += 1
    path.write_text(json.dumps(document))
    ended = run(project, marked("same.csv"))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["FAIL: no gate: *baseline.json: was changed since it was written*"])
    assert "Traceback" not in ended.stdout.str()


def test_a_file_that_is_not_there_fails_in_one_line(project):
    ended = run(project, marked("nowhere.parquet"))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["FAIL: no gate: *nowhere.parquet: no such file*"])


def test_people_that_nobody_knows_cannot_be_decided(project):
    OLD.drop(columns="speaker_id").to_csv(project.path / "nobody.csv", index=False)
    ended = run(project, marked("nobody.csv"))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["CANNOT BE DECIDED: this is not a pass: *no speaker labels*"])


def test_what_was_not_given_is_named(project):
    missing = {
        "bias_gate()": "policy and baseline and candidate are missing",
        'bias_gate("same.csv", policy="gate.toml")': "baseline is missing",
        'bias_gate(policy="gate.toml", baseline="baseline.json")': "candidate is missing",
        'bias_gate("same.csv", baseline="baseline.json")': "policy is missing",
    }
    ended = run(project, *(calls(call, f"test_{at}") for at, call in enumerate(missing)))
    ended.assert_outcomes(failed=4)
    ended.stdout.fnmatch_lines([f"bias gate: {what}: give *" for what in missing.values()])


def test_a_mark_is_applied_to_a_function_that_does_not_use_the_fixture(project):
    ended = run(
        project, marked("worse.csv"), marked("same.csv", "test_same"), "def test_other(): pass"
    )
    ended.assert_outcomes(failed=1, passed=2)
    ended.stdout.fnmatch_lines(["FAIL: 1 of * broken  *::test_swap", "PASS: *::test_same"])


def test_a_mark_is_applied_to_a_function_that_has_the_fixture_and_does_not_call_it(project):
    ended = run(project, MARK.format("worse.csv") + "\n" + calls("bias_gate"))
    ended.assert_outcomes(failed=1)


def test_a_mark_that_lacks_its_candidate_fails_where_the_function_does_not_gate(project):
    mark = '@pytest.mark.bias(policy="gate.toml", baseline="baseline.json")'
    bare = "@pytest.mark.bias"
    ended = run(project, f"{mark}\ndef test_swap(): pass", f"{bare}\ndef test_bare(): pass")
    ended.assert_outcomes(failed=2)
    ended.stdout.fnmatch_lines(
        [
            "bias gate: candidate is missing: *",
            "bias gate: policy and baseline and candidate are missing: *",
        ]
    )


def test_a_mark_is_applied_to_methods_and_to_unittest(project):
    mark = MARK.format("worse.csv")
    ended = run(
        project,
        "import unittest",
        f"{mark}\nclass TestOne:\n    def test_one(self): pass",
        f"{mark}\nclass TestTwo(unittest.TestCase):\n    def test_two(self): pass",
    )
    ended.assert_outcomes(failed=2)


def test_a_call_takes_from_the_mark_what_it_leaves_out_and_is_gated_once(project):
    ended = run(project, MARK.format("worse.csv") + "\n" + calls('bias_gate("same.csv")'))
    ended.assert_outcomes(passed=1)
    assert len(re.findall(r"^PASS: .*::test_swap$", ended.stdout.str(), re.MULTILINE)) == 1


def test_the_nearest_mark_wins_keyword_by_keyword(project):
    ended = run(
        project,
        'pytestmark = pytest.mark.bias(policy="gate.toml", baseline="baseline.json", '
        'candidate="worse.csv")',
        '@pytest.mark.bias(candidate="same.csv")\ndef test_swap(): pass',
    )
    ended.assert_outcomes(passed=1)


def test_a_mark_that_is_written_wrongly_fails_in_one_line(project):
    ended = run(
        project,
        '@pytest.mark.bias(polcy="gate.toml")\ndef test_misspelt(): pass',
        '@pytest.mark.bias("gate.toml", candidate="same.csv")\ndef test_positional(): pass',
    )
    ended.assert_outcomes(failed=2)
    ended.stdout.fnmatch_lines(
        [
            "bias gate: no keyword of the mark 'bias' named 'polcy'*'policy'*",
            "bias gate: the mark 'bias' takes keywords alone*'gate.toml'*",
        ]
    )


def test_two_marks_of_one_test_that_name_two_candidates_are_refused(project):
    ended = run(project, MARK.format("same.csv") + "\n" + marked("worse.csv"))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["bias gate: two marks 'bias' of one test give another candidate*"])


def test_a_test_that_fails_by_itself_fails_with_its_own_words(project):
    ended = run(project, marked("same.csv", body='assert 1 == 2, "its own"'))
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["*its own*"])


def test_a_gate_called_by_another_fixture_counts_for_the_mark(project):
    ended = run(
        project,
        '@pytest.fixture\ndef swap(bias_gate):\n    return bias_gate("same.csv")',
        MARK.format("worse.csv") + '\ndef test_swap(swap):\n    assert swap.outcome == "pass"',
    )
    ended.assert_outcomes(passed=1)


def test_paths_are_relative_to_the_root_wherever_pytest_is_started(project, monkeypatch):
    project.makepyfile("import pytest\n\n" + marked("same.csv"))
    monkeypatch.chdir(project.mkdir("elsewhere"))
    ended = project.runpytest_subprocess("-p", "biasbench.pytest_plugin", project.path)
    ended.assert_outcomes(passed=1)


def test_a_measured_table_may_be_given_for_a_file(project):
    body = (
        "import pandas as pd\n"
        '    bias_gate(pd.read_csv("same.csv"), baseline="old.csv", policy="gate.toml")'
    )
    run(project, calls(body)).assert_outcomes(passed=1)


def test_the_key_of_a_baseline_comes_from_the_mark_or_from_the_environment(project, monkeypatch):
    key = project.path / "people.key"
    key.write_text("0123456789abcdef" * 4)
    asked = Policy(metrics=("wer",), by="accent", groups=("a",), max_change={"wer": 0.01})
    write_baseline(OLD, project.path / "baseline.json", asked, key=key)
    run(project, marked("same.csv")).assert_outcomes(failed=1)
    with_key = MARK.format("same.csv").replace(")", ', key="people.key")')
    run(project, f"{with_key}\ndef test_swap(): pass").assert_outcomes(passed=1)
    monkeypatch.setenv("BIASBENCH_KEY_FILE", str(key))
    run(project, marked("same.csv")).assert_outcomes(passed=1)


def test_workers_of_xdist_tell_what_their_gates_came_to(project):
    ended = run(
        project,
        marked("worse.csv", "test_worse"),
        marked("same.csv", "test_same"),
        marked("shaky.csv", "test_shaky").replace("gate.toml", "go-on.toml"),
        options=("-n", "2"),
    )
    ended.assert_outcomes(failed=1, passed=2)
    ended.stdout.fnmatch_lines(
        [
            "*= bias gates =*",
            "FAIL: *::test_worse",
            "CANNOT BE DECIDED: *go on  *::test_shaky",
            "PASS: *::test_same",
        ]
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_outcome_and_signature_of_each_gate_stand_in_the_junit_report(project, options):
    run(
        project,
        marked("worse.csv", "test_worse"),
        calls("bias_gate('same.csv', policy='gate.toml', baseline='old.csv')", "test_same"),
        options=("--junitxml=out.xml", *options),
    )
    told = {
        case.get("name"): {one.get("name"): one.get("value") for one in case.iter("property")}
        for case in ET.parse(project.path / "out.xml").iter("testcase")
    }
    assert told["test_worse"]["bias_gate"].startswith("FAIL: 1 of")
    assert told["test_same"]["bias_gate"].startswith("PASS: ")
    assert "system:asr:old -> asr:new" in told["test_same"]["bias_gate_signature"]


def test_a_run_without_gates_has_no_section_of_them(project):
    ended = run(project, "def test_other(): pass")
    ended.assert_outcomes(passed=1)
    ended.stdout.no_fnmatch_line("*bias gates*")


def test_the_mark_is_listed_among_pytests_marks(project):
    ended = project.runpytest_subprocess("-p", "biasbench.pytest_plugin", "--markers")
    ended.stdout.fnmatch_lines(["@pytest.mark.bias(policy=..., baseline=..., *"])


def test_loading_the_plugin_imports_nothing_that_costs():
    heavy = ("numpy", "pandas", "scipy", "click", "matplotlib", "biasbench.gates")
    code = (
        "import sys, pytest; known = set(sys.modules); import biasbench.pytest_plugin; "
        "print(sorted(set(sys.modules) - known))"
    )
    new = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "biasbench.pytest_plugin" in new
    assert not [name for name in heavy if f"'{name}'" in new]


def test_a_run_that_gates_nothing_imports_nothing_that_costs(project):
    body = 'import sys\n    assert not {"numpy", "pandas", "biasbench.gates"} & set(sys.modules)'
    run(project, f"def test_light():\n    {body}").assert_outcomes(passed=1)


SAMPLE = '''"""The swap that this project is about to make."""

import pytest


def test_the_candidate_is_gated_by_the_fixture(bias_gate):
    found = bias_gate("same.csv", policy="gate.toml", baseline="baseline.json")
    assert found.outcome == "pass"


@pytest.mark.bias(policy="gate.toml", baseline="baseline.json", candidate="worse.csv")
def test_the_candidate_is_gated_by_the_mark():
    pass


@pytest.mark.bias(policy="go-on.toml", baseline="baseline.json", candidate="shaky.csv")
def test_the_candidate_that_nobody_can_decide_on():
    pass
'''


@pytest.mark.slow
def test_a_project_of_a_new_user_gates_from_an_environment_made_now(tmp_path):
    project, environment = tmp_path / "project", tmp_path / "venv"
    (project / "tests").mkdir(parents=True)
    write_project(project)
    (project / "pytest.ini").write_text(
        "[pytest]\naddopts = --strict-markers\ntestpaths = tests\nfilterwarnings = error\n"
    )
    (project / "tests" / "test_model.py").write_text(SAMPLE)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", ROOT, "pytest", "pytest-xdist"],
        check=True,
    )
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "PYTHONPATH", "BIASBENCH_", "COV_"))
    }
    for options in ([], ["-n", "2"]):
        ended = subprocess.run(
            [python, "-m", "pytest", *options],
            cwd=project,
            env=plain,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1, ended.stdout + ended.stderr
        assert "1 failed, 2 passed" in ended.stdout
        section = ended.stdout.partition("= bias gates =")[2].splitlines()[1:4]
        test = "tests/test_model.py::test_the_candidate"
        assert [line.split("  ")[-1] for line in section] == [
            f"{test}_is_gated_by_the_mark",
            f"{test}_that_nobody_can_decide_on",
            f"{test}_is_gated_by_the_fixture",
        ]
        assert [line.split()[0] for line in section] == ["FAIL:", "CANNOT", "PASS:"]


def test_the_readers_of_this_file_find_the_plugin_where_the_project_names_it():
    text = Path(ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\nbiasbench = "biasbench.pytest_plugin"\n' in text
