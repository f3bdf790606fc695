"""The README is the first test: its Python block runs, and its words match the package."""

import re
import shutil

import numpy as np
import pandas as pd
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


def test_the_explanations_run_as_written():
    _, block = re.findall(r"```python\n(.+?)```", README, flags=re.DOTALL)
    rng = np.random.default_rng(3)
    n_people, n_sentences = 32, 12
    person = np.repeat(np.arange(n_people), n_sentences)
    words = np.full(len(person), 20.0)
    rate = 0.1 * rng.gamma(9, 1 / 9, n_people)[person] * np.where(person < 16, 1.8, 1.0)
    measures = pd.DataFrame(
        {
            "system": "asr:scripted",
            "unit_id": np.arange(len(person)),
            "metric": "wer",
            "speaker_id": person,
            "numerator": rng.poisson(rate * words),
            "denominator": words,
            "accent": np.where(person < 16, "indian", "us"),
            "sentence_id": np.tile(np.arange(n_sentences), n_people),
            "snr_db": rng.normal(20, 4, len(person)),
            "device": np.where((person + np.tile(np.arange(12), n_people)) % 2, "desk", "headset"),
            "n_words": rng.integers(5, 30, len(person)),
        }
    )
    cer = measures.assign(metric="cer", numerator=lambda t: t["numerator"] * 2, denominator=100.0)
    measures = pd.concat([measures, cer], ignore_index=True)
    found = {}
    scope = {"measures": measures, "other": measures.assign(numerator=measures["numerator"] + 1)}
    for line in block.splitlines():
        if line.startswith(("adjust(", "compare_", "decompose(", "multiverse(")):
            found[line.split("(")[0]] = eval(line, scope)
        else:
            exec(line, scope)
    assert found["compare_same_sentences"].ratio > 1.3
    assert (found["adjust"]["ratio"].dropna() > 1.3).all()
    assert len(found["decompose"]) >= 3
    assert len(found["multiverse"]) == 4
