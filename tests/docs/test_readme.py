"""The README is the first test: its Python block runs, and its words match the package."""

import json
import re
import shlex
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import biasbench
from biasbench import cli, registry
from biasbench.corpora.planted import Planting, plant
from biasbench.corpus.cards import KEYS
from biasbench.tables import SCORES

from ..conftest import ROOT, listens_to_tiny
from ..gates.world import CHANGES, Told, table
from .commands import known_options

README = (ROOT / "README.md").read_text(encoding="utf-8")
_, EXPLANATIONS, TO_PAY = re.findall(r"```python\n(.+?)```", README, flags=re.DOTALL)


def test_every_command_of_the_readme_exists_with_its_options():
    for line in re.findall(r"^    biasbench (.+)$", README, flags=re.MULTILINE):
        words, known = known_options(line)
        assert {word for word in words if word.startswith("-")} <= known, line


def test_every_system_of_the_readme_exists():
    for kind, leaf in re.findall(r"`(asr|tone):([a-z0-9-]+)", README):
        assert leaf in registry.names(f"systems.{kind}")


@pytest.mark.slow
@listens_to_tiny
def test_the_five_verbs_run_as_written(five_verbs):
    folder, told = five_verbs
    printed = dict(line.rsplit(" ", 1) for line in told.splitlines())
    accents = set(biasbench.load_corpus(folder / "datasets" / "tiny").utterances["accent"])
    assert set(printed) == accents
    assert printed["West Midlands"].startswith("V-D")
    assert printed["Britain"] == "V-I"
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in report


def test_the_explanations_run_as_written():
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
    for line in EXPLANATIONS.splitlines():
        if line.startswith(("adjust(", "compare_", "decompose(", "multiverse(")):
            found[line.split("(")[0]] = eval(line, scope)
        else:
            exec(line, scope)
    assert found["compare_same_sentences"].ratio > 1.3
    assert (found["adjust"]["ratio"].dropna() > 1.3).all()
    assert len(found["decompose"]) >= 3
    assert len(found["multiverse"]) == 4


def test_every_key_of_corpus_toml_is_named():
    keys = re.search(r"Its keys: (.+?)\n\n", README, flags=re.DOTALL)
    assert keys is not None
    sections = dict(re.findall(r"`\[(\w+)\]` ([^`;]*(?:`[^`]*`[^`;]*)*)", keys[1]))
    for section, names in KEYS.items():
        assert set(names) <= set(re.findall(r"\w+", sections[section])), section


def test_from_words_to_pay_runs_as_written_where_the_truth_is_known(tmp_path, monkeypatch):
    """Every line but the recogniser's, on a world in which one group is misheard more."""
    shutil.copytree(ROOT / "datasets" / "tiny", tmp_path / "datasets" / "tiny")
    monkeypatch.chdir(tmp_path)
    world = plant(Planting(people=(40, 40)), seed=3)
    table = world.corpus.utterances
    named = table.assign(accent=table["accent"].replace("a", "West Midlands"))
    heard, *rest = TO_PAY.splitlines(keepends=True)
    assert heard.startswith("heard  = bb.run(corpus, ")
    scope = {
        "bb": biasbench,
        "corpus": replace(world.corpus, utterances=named),
        "heard": biasbench.Run(world.transcripts, SCORES.empty(), world.provenance),
    }
    exec(compile("".join(rest), "README.md", "exec"), scope)
    outcome, chain = scope["swap"].outcome, scope["chain"]
    assert outcome.gap_verdict.startswith("V-D")
    assert outcome.mechanism == "narrows"
    assert chain.substitution.change == pytest.approx(outcome.change)
    assert [one.scenario for one in chain.bonus.simulated] == ["gap_removed", "substituted"]
    assert chain.refused == ()
    assert (tmp_path / "pay.html").is_file()


@pytest.mark.slow
@listens_to_tiny
def test_from_words_to_pay_runs_as_written(french_demo, tmp_path, monkeypatch):
    """In Python, then from a shell: the same folders, and so nothing is listened to twice."""
    shutil.copytree(ROOT / "datasets" / "tiny", tmp_path / "datasets" / "tiny")
    shutil.copytree(french_demo[1] / "whisper", tmp_path / "runs" / "words")  # listened by the demo
    monkeypatch.chdir(tmp_path)
    corpus = biasbench.load_corpus("datasets/tiny")
    scope = {"bb": biasbench, "corpus": corpus}
    exec(compile(TO_PAY, "README.md", "exec"), scope)
    (tmp_path / "pay.html").unlink()
    # Printed so that above 0 is to the group's disadvantage; a higher score is better.
    turned = f"{-scope['swap'].outcome.change:.2f}".replace("-", "−")
    assert scope["chain"].bonus.simulated == ()
    section = README.split("## From words to pay")[1].split("## May this model")[0]
    printed = {}
    for line in re.findall(r"^    biasbench (.+)$", section, flags=re.MULTILINE):
        words = shlex.split(line)
        done = CliRunner().invoke(cli.main, words)
        printed[words[0]] = done.stdout
        cannot_decide = words[0] in ("substitute", "pay")
        assert done.exit_code == (3 if cannot_decide else 0), done.output
    assert list(printed) == ["run", "substitute", "measure", "pay", "trace"]
    assert f"(change: {turned}," in printed["substitute"]
    assert "insufficient evidence" in printed["pay"]
    assert "politesse :" in printed["trace"]
    assert "EUR" not in printed["pay"]
    assert (tmp_path / "pay.html").is_file()


def test_a_gate_runs_as_written(tmp_path, monkeypatch):
    """With the smallest policy of the docs, and two tables of the names that are written."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "BIASBENCH_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    gates = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    policy = gates.split("```toml\n")[1].split("```")[0]
    Path("gate.toml").write_text(policy, encoding="utf-8")
    for name, added in (("old", [0]), ("new", CHANGES)):
        told = Told(table(added=added, system=f"asr:{name}"))
        biasbench.Measures(told.table, told.provenance).write(f"{name}.parquet")
    section = README.split("## May this model")[1].split("## A report that")[0]
    written = {}
    for line in re.findall(r"^    biasbench (.+)$", section, flags=re.MULTILINE):
        words = shlex.split(line)
        done = CliRunner().invoke(cli.main, words)
        written[words[0]] = done.exit_code
    assert written == {"baseline": 0, "gate": 0, "compare": 0}
    for name in ("baseline.json", "gate.md", "gate.xml", "compare.svg"):
        assert Path(name).is_file()


@pytest.mark.slow
def test_a_report_that_can_be_contested_runs_as_written(tmp_path, monkeypatch):
    """Somebody fills in the margin between the first command and the second, and nothing else."""
    monkeypatch.chdir(tmp_path)
    world = plant(Planting(people=(12, 12)), seed=3)
    run = biasbench.Run(world.transcripts, SCORES.empty(), world.provenance)
    biasbench.measure(run, corpus=world.corpus, metrics=["wer"]).write("measures.parquet")
    section = README.split("## A report that can be contested")[1].split("## Bad input")[0]
    printed = {}
    for line in re.findall(r"^    biasbench (.+)$", section, flags=re.MULTILINE):
        words = shlex.split(line, comments=True)
        done = CliRunner().invoke(cli.main, words)
        assert done.exit_code == 0, (line, done.output)
        printed[" ".join(words[:2])] = done.stdout
        if words[:2] == ["plan", "seal"]:
            time.sleep(1.1)  # times are kept in seconds, and one second is not before itself
        if words[:2] == ["plan", "new"]:
            plan = Path("plan.toml").read_text(encoding="utf-8")
            for blank, filled in (
                ("# margin = 0", "margin = 0.02"),
                ('# anchor = "human noise"', 'anchor = "agreed"'),
                ('# why = ""', 'why = "agreed with the employer"'),
            ):
                assert blank in plan
                plan = plan.replace(blank, filled, 1)
            Path("plan.toml").write_text(plan, encoding="utf-8")
    assert "12" in printed["plan check"]
    findings = json.loads((tmp_path / "case" / "findings.json").read_text(encoding="utf-8"))
    assert findings["exploratory"] is False
    assert (tmp_path / "case.zip").is_file()
