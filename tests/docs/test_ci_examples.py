"""What examples/ci holds can be copied: it parses, its commands exist, and the Makefile runs."""

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pandas as pd
import pytest

from biasbench import cli
from biasbench.corpus import load_corpus
from biasbench.corpus.cards import FILE_NAME
from biasbench.gates import read_policy
from biasbench.gates.annotations import CODE_QUALITY

from ..conftest import ROOT

CI = ROOT / "examples" / "ci"
YAML = sorted([*CI.glob("*.yml"), *CI.glob("*.yaml")])
GATES = sorted(CI.glob("gate*.toml"))
TINY = ROOT / "datasets" / "tiny"

#: What is before a command on its line: a list, a step, an indent.
_BEFORE = re.compile(r"^\s*(?:- )?(?:run: |entry: )?biasbench (?=[a-z])")


def commands(path):
    """The command lines of a file, those over several lines joined."""
    text = re.sub(r"\\?\n\s+(?=--)", " ", path.read_text(encoding="utf-8"))
    text = re.sub(r"\\\n\s*", " ", text)
    return [_BEFORE.sub("", line) for line in text.splitlines() if _BEFORE.match(line)]


def found(line):
    """The command of a line, and the words after its name."""
    command, words = cli.main, shlex.split(line)
    while isinstance(command, click.Group):
        name, *words = words
        command = command.commands[name]
    return command, words


def parsed(path):
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", [*YAML, CI / "Makefile", CI / "README.md"], ids=lambda path: path.name
)
def test_every_command_of_an_example_exists_with_its_options(path):
    lines = commands(path)
    assert lines or path.name.startswith("pre-commit")
    for line in lines:
        command, words = found(line)
        command.make_context(command.name, words)  # raises for what is unknown or missing


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_every_yaml_file_parses(path):
    assert parsed(path)


@pytest.mark.parametrize("path", GATES, ids=lambda path: path.name)
def test_every_policy_can_be_read(path):
    assert read_policy(path).metrics


def test_what_cannot_be_decided_goes_on_before_a_push_alone():
    undecided = {path.name: read_policy(path).undecided for path in GATES}
    assert undecided == {"gate.toml": "fail", "gate-quick.toml": "go on"}


def test_a_policy_and_a_baseline_are_of_the_corpus_that_was_listened_to():
    for path in [*YAML, CI / "Makefile"]:
        for line in commands(path):
            if line.startswith("gate "):
                is_quick = "corpus-quick" in line
                assert ("baseline-quick.json" in line) == is_quick, line
                assert ("gate-quick.toml" in line) == is_quick, line


@pytest.mark.parametrize("path", YAML, ids=lambda path: path.name)
def test_no_exit_code_is_swallowed(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        code = line.partition("#")[0]
        assert not re.search(r"\|\|\s*(true|:)|continue-on-error|allow_failure|exit 0", code), line


def test_actions_are_those_that_exist_and_artifacts_are_kept_of_a_gate_that_failed():
    known = {"actions/checkout@v4", "actions/setup-python@v5", "actions/upload-artifact@v4"}
    for path in CI.glob("github-*.yml"):
        (job,) = parsed(path)["jobs"].values()
        uses = [step for step in job["steps"] if "uses" in step]
        assert {step["uses"] for step in uses} == known
        (upload,) = [step for step in uses if step["uses"].startswith("actions/upload")]
        assert upload["if"] == "always()"
        written = re.findall(r"-o (gate\.\w+)", path.read_text(encoding="utf-8"))
        assert upload["with"]["path"].split() == written


def test_gitlab_is_given_the_reports_under_the_names_that_are_written():
    gate = parsed(CI / "gitlab-ci.yml")[".gate"]
    assert gate["artifacts"]["when"] == "always"
    assert gate["artifacts"]["reports"] == {"junit": "gate.xml", "codequality": CODE_QUALITY}


def test_every_line_of_a_gitlab_script_is_one_command():
    jobs = parsed(CI / "gitlab-ci.yml")
    scripts = [job["script"] for name, job in jobs.items() if name.startswith("bias-gate")]
    assert len(scripts) == 2
    for line in itertools.chain(*scripts):
        command, words = found(line.removeprefix("biasbench "))
        command.make_context(command.name, words)


def test_every_target_that_is_spoken_of_is_one_of_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):(?!=)", (CI / "Makefile").read_text(), re.MULTILINE))
    for path in (CI / "README.md", CI / "pre-commit-config.yaml"):
        named = re.findall(r"(?:`|entry: )make\s+([a-z-]+)", path.read_text(encoding="utf-8"))
        assert named
        assert set(named) <= targets


def test_every_file_has_its_row_in_the_readme():
    rows = re.findall(r"^\| `([^`]+)` \|", (CI / "README.md").read_text("utf-8"), re.MULTILINE)
    assert set(rows) == {path.name for path in CI.iterdir()} - {"README.md"}


def test_every_extra_that_is_installed_is_one_of_the_package():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = set(told["project"]["optional-dependencies"])
    for path in YAML:
        assert set(re.findall(r"biasbench\[(\w+)\]", path.read_text(encoding="utf-8"))) <= extras


@pytest.fixture
def repository(tmp_path):
    """What somebody has who copied the example: the files, and twenty voices of two accents."""
    for path in CI.iterdir():
        shutil.copy(path, tmp_path)
    corpus = load_corpus(TINY)
    accents = ["Britain", "West Midlands"]
    utterances = corpus.utterances[corpus.utterances["accent"].isin(accents)]
    folder = tmp_path / "corpus"
    folder.mkdir()
    shutil.copytree(TINY / "audio", folder / "audio")
    utterances.to_csv(folder / "utterances.csv", index=False)
    shutil.copy(TINY / FILE_NAME, folder)
    return tmp_path


def make(folder, *words):
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    plain = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    plain = {name: value for name, value in plain.items() if not name.startswith(("GITHUB", "CI"))}
    return subprocess.run(
        ["make", *words],
        cwd=folder,
        env=plain | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_makefile_writes_baselines_and_gates_by_them(repository):
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    pytest.importorskip("faster_whisper", reason="the recogniser of the example")
    for target in ("baseline", "quick", "full"):
        ended = make(repository, target)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        if target != "baseline":
            assert "PASS: all" in ended.stdout
    for name in ("baseline.json", "baseline-quick.json", "gate.xml", "gate-quick.md"):
        assert (repository / name).is_file(), name
    # The baseline of the whole is not that of the subset: 2, which make shows as Error 2.
    shutil.copy(repository / "baseline.json", repository / "baseline-quick.json")
    ended = make(repository, "quick")
    assert ended.returncode == 2
    assert "the corpus is tiny@" in ended.stderr
    assert "Error 2" in ended.stderr
    # People of whom too few are there: cannot be decided is Error 3, and no pass.
    shutil.rmtree(repository / "runs")
    few = pd.read_csv(repository / "corpus" / "utterances.csv").iloc[[0, 1, -2, -1]]
    few.to_csv(repository / "corpus" / "utterances.csv", index=False)
    (repository / "baseline.json").unlink()
    assert make(repository, "baseline").returncode == 0
    ended = make(repository, "full")
    assert "CANNOT BE DECIDED" in ended.stdout
    assert "Error 3" in ended.stderr
    ended = make(repository, "quick")
    assert ended.returncode == 0
    assert "this is not a pass; the policy says to go on" in ended.stdout
