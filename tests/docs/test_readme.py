"""The README is the first test: its Python block runs, and its words match the package."""

import re
import shutil

import pytest

import biasbench
from biasbench import cli, registry

from ..conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_of_the_readme_exists_with_its_options():
    for line in re.findall(r"^    biasbench (.+)$", README, flags=re.MULTILINE):
        name, *words = line.split()
        command = cli.main.commands[name]
        known = {opt for param in command.params for opt in param.opts}
        assert {word for word in words if word.startswith("-")} <= known, line


def test_every_system_of_the_readme_exists():
    for kind, leaf in re.findall(r"`(asr|tone):([a-z-]+)", README):
        assert leaf in registry.names(f"systems.{kind}")


@pytest.mark.slow
def test_the_five_verbs_run_as_written(tmp_path, monkeypatch, capsys):
    block = re.search(r"```python\n(.+?)```", README, flags=re.DOTALL)
    assert block is not None
    shutil.copytree(ROOT / "datasets" / "tiny", tmp_path / "datasets" / "tiny")
    monkeypatch.chdir(tmp_path)
    exec(compile(block.group(1), "README.md", "exec"), {})
    printed = dict(line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines())
    accents = set(biasbench.load_corpus("datasets/tiny").utterances["accent"])
    assert set(printed) == accents
    assert printed["West Midlands"].startswith("V-D")
    assert printed["Britain"] == "V-I"
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in report
