"""`biasbench power` as someone uses it who has a pilot, or only assumptions."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from tests.evidence.tables import measures_table


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    measures_table({"a": (14, 0.1), "b": (16, 0.15)}).to_csv("pilot.csv", index=False)
    return lambda *words: CliRunner().invoke(main, ["power", *words])


def test_a_pilot_says_what_so_many_people_see_and_how_many_a_margin_takes(run):
    found = run("pilot.csv", "--by", "accent", "--against", "a", "--margin", "0.03")
    assert found.exit_code == 0, found.output
    assert "People needed to see a given gap, with a power of 80%" in found.output
    french = run("pilot.csv", "--by", "accent", "--lang", "fr", "--people", "12")
    assert "Personnes nécessaires" in french.output
    assert "puissance de 80\u00a0%" in french.output


def test_assumptions_alone_are_enough_and_json_is_exact(run):
    found = run("--cv", "0.5", "--rate", "0.12", "--people", "12", "--ratio", "1.5", "--json")
    plan = json.loads(found.output)
    assert plan["detectable"][0]["ratio"] == pytest.approx(1.855, abs=0.001)
    assert plan["needed"][0]["people"] == 26


def test_the_curve_is_written_as_picture_or_points(run):
    for name, starts in (("c.svg", b"<?xml"), ("c.png", b"\x89PNG")):
        assert run("--cv", "0.5", "-o", name).exit_code == 0
        assert Path(name).read_bytes().startswith(starts)
    run("--cv", "0.5", "-o", "c.csv")
    assert {"people", "ratio"} <= set(pd.read_csv("c.csv").columns)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "give either a pilot"),
        (("pilot.csv", "--by", "accent", "--cv", "0.5"), "give either a pilot"),
        (("pilot.csv",), "--by is missing"),
        (("pilot.csv", "--by", "accent", "--rate", "0.1"), "--rate and --against-cv go with --cv"),
        (("pilot.csv", "--by", "acent"), "Did you mean 'accent'"),
        (("none.csv", "--by", "accent"), "none.csv: no such file"),
        (("--cv", "0.5", "-o", "c.gif"), "c.gif"),
        (("--cv", "0.5", "--margin", "0.03"), "give rate="),
    ],
)
def test_what_cannot_be_planned_is_said_in_one_line(run, words, says):
    found = run(*words)
    assert found.exit_code == 2
    assert says in found.output
    assert found.output.count("\n") == 1
