"""`biasbench compare` as someone uses it who has several models' measures."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.cli.comparing import compare
from tests.gates.test_comparing import models


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for place, table in enumerate(models()):
        table.to_csv(f"m{place}.csv", index=False)
    # The program with this command in it, errors and exit codes as everywhere.
    program = type(main)("biasbench", commands=[compare])
    return lambda *words: CliRunner().invoke(program, ["compare", *words])


def test_three_tables_are_printed_in_the_order_given(run):
    found = run("m2.csv", "m0.csv", "m1.csv", "--by", "accent", "--against", "b")
    assert found.exit_code == 0, found.output
    assert "from the first model, m2, to each of the others" in found.stdout
    rows = [line.split()[0] for line in found.stdout.splitlines() if line[:1] == "m"]
    heads = ["model", "m2", "m2", "m0", "m0", "m1", "m1"]
    assert rows[:7] == heads
    assert rows[7:12] == ["model", "m0", "m0", "m1", "m1"]
    assert rows[12:] == ["model", "m2", "m0", "m1"]


def test_each_output_is_what_its_ending_says(run):
    starts = {
        "o.csv": b"what,", "o.json": b"{", "o.md": b"# Models", "o.txt": b"Gaps",
        "o.svg": b"<?xml", "o.png": b"\x89PNG", "sub/o.pdf": b"%PDF",
    }  # fmt: skip
    asked = [word for name in starts for word in ("-o", name)]
    found = run("m0.csv", "m1.csv", "--by", "accent", "--group", "a", *asked)
    assert found.exit_code == 0, found.output
    assert found.stderr.split() == list(starts)
    for name, start in starts.items():
        assert Path(name).read_bytes().startswith(start)
    assert set(pd.read_csv("o.csv")["what"]) == {"gap", "change", "overall", "worst group"}


def test_json_is_what_is_printed_when_asked_for(run):
    found = run("m0.csv", "m1.csv", "--by", "accent", "--json")
    assert [one["name"] for one in json.loads(found.stdout)["models"]] == ["asr:m0", "asr:m1"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("m0.csv", "--by", "accent"), "1 model is given"),
        (("m0.csv", "m1.csv", "--by", "acent"), "Did you mean 'accent'"),
        (("m0.csv", "none.csv", "--by", "accent"), "none.csv: no such file"),
        (("m0.csv", "none.json", "--by", "accent"), "none.json: no such file"),
        (("m0.csv", "m1.csv", "--by", "accent", "--metric", "cer"), "no metric in m0.csv"),
        (("m0.csv", "m1.csv", "--by", "accent", "--min-people", "3"), "min_people=3"),
        (("m0.csv", "m1.csv", "--by", "accent", "--key", "k", "-o", "x.csv", "-o", "x.gif"),
         "x.gif: unknown ending '.gif'. Known: .csv, .json, .md, .txt, .svg, .png, .pdf"),
        (("m0.csv", "m1.csv", "--by", "accent", "-o", "x.csv", "-o", "folder.csv"),
         "folder.csv: is a folder"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_nothing_is_written(run, words, says):
    Path("folder.csv").mkdir()
    before = sorted(Path().iterdir())
    found = run(*words)
    assert found.exit_code == 2
    assert says in found.stderr
    assert len(found.stderr.splitlines()) == 1
    assert not found.stdout
    assert sorted(Path().iterdir()) == before


def test_too_few_people_leave_with_the_code_for_not_enough_data(run):
    found = run("m0.csv", "m1.csv", "--by", "accent", "--min-people", "60")
    assert found.exit_code == 3
    assert "nothing can be set side by side" in found.stderr
