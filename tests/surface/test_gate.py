"""biasbench gate and baseline write, as typed: files in, an outcome and its exit code out."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import biasbench as bb
from biasbench.cli import main
from biasbench.runs.exports.people import write_key
from tests.gates.world import CHANGES, Told, table

TINY = Path(__file__).parents[2] / "datasets" / "tiny"
POLICY = 'metrics = ["wer"]\nby = "accent"\ngroups = ["a"]\nmax_change = 0.02\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with two tables and a policy, and no CI server around it."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "BIASBENCH_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "gate.toml").write_text(POLICY)
    for name, added in (("old", [0]), ("new", CHANGES), ("worse", [30, 0, 40, 1, 35, -1])):
        told = Told(table(added=added, system=f"asr:{name}"))
        bb.Measures(told.table, told.provenance).write(tmp_path / f"{name}.parquet")
    return tmp_path


def typed(*words):
    return CliRunner().invoke(main, list(words))


def gated(baseline, candidate, *more):
    return typed("gate", "--baseline", baseline, "--candidate", candidate, *more)


@pytest.mark.parametrize(
    ("candidate", "code", "says"), [("new", 0, "PASS: "), ("worse", 1, "FAIL: ")]
)
def test_the_exit_code_is_the_outcome(folder, candidate, code, says):
    result = gated("old.parquet", f"{candidate}.parquet")
    assert result.exit_code == code
    assert result.stdout.startswith(says)


def test_what_cannot_be_decided_leaves_with_3_unless_the_policy_goes_on(folder):
    (folder / "gate.toml").write_text(POLICY + "min_people = 15\n")
    result = gated("old.parquet", "new.parquet")
    assert result.exit_code == 3
    assert result.stdout.startswith("CANNOT BE DECIDED: ")
    (folder / "gate.toml").write_text(POLICY + 'min_people = 15\nundecided = "go on"\n')
    result = gated("old.parquet", "new.parquet")
    assert result.exit_code == 0
    assert "this is not a pass; the policy says to go on" in result.stdout


def test_a_baseline_is_written_once_and_gates_from_then_on(folder):
    result = typed("baseline", "write", "old.parquet")
    assert result.exit_code == 0
    assert result.stdout == "baseline.json\n"
    assert "give --key" in result.stderr
    assert gated("baseline.json", "new.parquet").exit_code == 0
    assert gated("baseline.json", "worse.parquet").exit_code == 1


def test_a_key_may_come_from_the_environment(folder, monkeypatch):
    write_key(folder / "key")
    assert typed("baseline", "write", "old.parquet", "--key", "key").exit_code == 0
    without = gated("baseline.json", "new.parquet")
    assert without.exit_code == 2
    assert "give the same file with --key" in without.stderr
    monkeypatch.setenv("BIASBENCH_KEY_FILE", str(folder / "key"))
    assert gated("baseline.json", "new.parquet").exit_code == 0


def test_every_output_asked_for_is_written(folder):
    outputs = [f"out/gate.{ending}" for ending in ("txt", "json", "xml", "md", "html", "sarif")]
    result = gated("old.parquet", "worse.parquet", *[w for o in outputs for w in ("-o", o)])
    assert result.exit_code == 1
    for output in outputs:
        assert (folder / output).stat().st_size > 100
    assert json.loads((folder / "out/gate.json").read_text())["outcome"] == "fail"


def test_a_wrong_ending_is_told_before_anything_is_written(folder):
    result = gated("old.parquet", "new.parquet", "-o", "a.json", "-o", "a.pdf")
    assert result.exit_code == 2
    assert "a.pdf: a gate is not written as '.pdf'" in result.stderr
    assert not (folder / "a.json").exists()


def test_github_prints_annotations_and_gets_its_summary(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    result = gated("old.parquet", "worse.parquet")
    assert "\n::error file=gate.toml" in result.stdout
    assert "FAIL" in (folder / "summary.md").read_text()


def test_json_stays_whole_on_github_too(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    result = gated("old.parquet", "worse.parquet", "--json")
    assert (result.exit_code, json.loads(result.stdout)["outcome"]) == (1, "fail")
    assert "::error " in result.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[:-40], "is not a whole baseline"),
        (lambda text: text.replace("[200,", "[199,"), "was changed since it was written"),
        (lambda text: text.replace("calls@", "other@"), "was changed since it was written"),
    ],
)
def test_a_wrong_baseline_leaves_with_2_and_one_line(folder, change, says):
    typed("baseline", "write", "old.parquet")
    path = folder / "baseline.json"
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    result = gated("baseline.json", "new.parquet", "-o", "gate.json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (folder / "gate.json").exists()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"corpus": "other@22222222"}, 'write corpora = "any" in the policy'),
        ({"norm": "minimal-1"}, "the normaliser is en-1, and that of other.parquet is minimal-1"),
        ({"options": "beam_size=1"}, "decoded with beam_size=5, and other.parquet with"),
    ],
)
def test_a_baseline_of_something_else_leaves_with_2_and_the_sentence(folder, facts, says):
    typed("baseline", "write", "old.parquet")
    told = Told(table(added=CHANGES, system="asr:new"), **facts)
    bb.Measures(told.table, told.provenance).write(folder / "other.parquet")
    result = gated("baseline.json", "other.parquet")
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_metric_that_a_side_has_not_is_told_with_its_file(folder):
    (folder / "gate.toml").write_text(POLICY.replace("wer", "cer"))
    result = gated("old.parquet", "new.parquet")
    assert result.exit_code == 2
    assert "no metric in old.parquet named 'cer'" in result.stderr


def test_run_folders_are_measured_on_their_corpus(folder):
    tiny = os.path.relpath(TINY, folder)
    (folder / "gate.toml").write_text(
        'metrics = ["wer", "cer"]\nby = "accent"\nmax_change = 0.5\nmin_people = 6\n'
    )
    corpus = bb.load_corpus(tiny)
    for name, words in (("old", "good morning"), ("new", "good morning and thank you")):
        bb.run(corpus, lambda audio, words=words: words, output=folder / name)
    result = gated("old", "new", "--corpus", tiny, "-o", "run.json")
    assert result.exit_code in (0, 1, 3), result.stderr
    for name in ("old", "new"):
        measured = bb.measure(bb.read_run(folder / name), corpus, metrics=["wer", "cer"])
        measured.write(folder / f"{name}_run.parquet")
    assert gated("old_run.parquet", "new_run.parquet", "-o", "table.json").exit_code == (
        result.exit_code
    )
    one, other = (json.loads((folder / f"{n}.json").read_text()) for n in ("run", "table"))
    assert one["checks"] == other["checks"]
