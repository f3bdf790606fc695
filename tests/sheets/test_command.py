"""`biasbench transcribe-sheet`: a run folder in, sheets out; sheets in, references out."""

import json

import openpyxl
import pytest
from click.testing import CliRunner

from biasbench.cli.sheets import transcribe_sheet
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.provenance import Provenance
from biasbench.runs import Run, read_run
from biasbench.tables import CALLS, SCORES, TRANSCRIPTS, UTTERANCES, read_table


@pytest.fixture
def folder(tmp_path, utterances):
    told = UTTERANCES.check(utterances.drop(columns=["hypothesis", "score"]))
    transcripts = TRANSCRIPTS.check(
        utterances[["utterance_id", "hypothesis"]].assign(
            system="export:own", status="ok", error=None
        )
    )
    calls = utterances.drop_duplicates("call_id")[["call_id", "speaker_id", "accent"]]
    run = Run(transcripts, SCORES.empty(), Provenance(), utterances=told, calls=CALLS.check(calls))
    return run.write(tmp_path / "run")


def called(*arguments):
    told = CliRunner().invoke(transcribe_sheet, [str(one) for one in arguments])
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    assert told.exit_code == 0, told.output
    return told


def fill(path, text="bonjour madame", politeness=4):
    book = openpyxl.load_workbook(path)
    entry = book.worksheets[1]
    at = {cell.value: cell.column for cell in entry[1]}
    for row in range(2, entry.max_row + 1):
        entry.cell(row, at["transcription"]).value = text
        entry.cell(row, at["politesse (1 à 5)"]).value = politeness
    book.save(path)


def test_a_run_becomes_sheets_and_the_sheets_become_references(folder, tmp_path):
    told = called(
        folder, "--by", "accent", "--sample", 40, "-o", tmp_path / "s.xlsx", "--lang", "fr"
    )
    sheets = [tmp_path / "s-A.xlsx", tmp_path / "s-B.xlsx"]
    assert [line for line in told.stdout.splitlines() if line.endswith(".xlsx")] == [
        str(path) for path in sheets
    ]
    assert "alsace" in told.stdout
    assert "it is not to be handed out" in told.stderr
    assert (folder / "s.key.parquet").is_file()
    read_run(folder)  # the key beside it does no harm
    fill(sheets[0])
    fill(sheets[1], "bonjour chère madame", 5)
    out = tmp_path / "references.csv"
    rated = tmp_path / "ratings.csv"
    told = called(folder, "--read", sheets[0], "--read", sheets[1], "-o", out,
                  "--ratings-output", rated)  # fmt: skip
    assert "word agreement by accent" in told.stdout
    assert "antilles" in told.stdout
    table, _ = read_table(out)
    assert len(table) == 40
    assert set(table["reference"]) == {"bonjour madame", "bonjour chère madame"}
    assert len(read_table(rated)[0]) == 48


def test_json_prints_the_tables_of_agreement(folder, tmp_path):
    called(folder, "--by", "accent", "--sample", 40, "-o", tmp_path / "s.xlsx", "--lang", "fr")
    for coder in "AB":
        fill(tmp_path / f"s-{coder}.xlsx")
    told = called(folder, "--read", tmp_path / "s-A.xlsx", "--read", tmp_path / "s-B.xlsx",
                  "-o", tmp_path / "r.parquet", "--json")  # fmt: skip
    found = json.loads(told.stdout)
    assert [row["group"] for row in found["word_agreement"]] == ["alsace", "antilles", "overall"]
    assert found["word_agreement"][2]["differing"] == 0
    assert found["returns"][2]["n_references"] == 40


def test_one_person_who_listens_gets_one_sheet_and_nothing_is_done_twice(folder, tmp_path):
    called(folder, "--by", "accent", "--sample", 20, "-o", tmp_path / "s.csv", "--coders", 1,
           "--no-ratings")  # fmt: skip
    key, _ = read_table(folder / "s.key.parquet")
    assert len(key) == 20
    heading = (tmp_path / "s.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert heading.endswith("transcription,inaudible,nothing said,remarks")


def test_calls_of_a_run_are_given_out_to_be_rated(folder, tmp_path):
    called(folder, "--by", "accent", "--sample", 20, "--unit", "call", "-o", tmp_path / "s.xlsx",
           "--rating", "ton")  # fmt: skip
    path = tmp_path / "s-A.xlsx"
    with pytest.raises(InsufficientDataError, match="no sheet holds a rating yet"):
        called(folder, "--read", path, "-o", tmp_path / "r.csv")
    book = openpyxl.load_workbook(path)
    book["Entry"]["F2"].value = 3
    assert book["Entry"]["F1"].value == "ton (1 to 5)"
    book.save(path)
    called(folder, "--read", path, "-o", tmp_path / "r.csv")
    table, _ = read_table(tmp_path / "r.csv")
    assert table[["unit", "rating", "value"]].to_numpy().tolist() == [["call", "ton", "3.0"]]


def test_what_is_lacking_is_named(folder, tmp_path):
    with pytest.raises(OptionError, match="--by is missing"):
        called(folder, "-o", tmp_path / "s.xlsx")
    with pytest.raises(OptionError, match="--rating and --no-ratings contradict"):
        called(folder, "--by", "accent", "-o", tmp_path / "s.xlsx", "--rating", "a", "--no-ratings")
    with pytest.raises(NotFoundError, match="holds no key"):
        called(folder, "--read", tmp_path / "s.xlsx", "-o", tmp_path / "r.csv")
    plain = Run(TRANSCRIPTS.empty(), SCORES.empty(), Provenance()).write(tmp_path / "plain")
    with pytest.raises(OptionError, match="holds no utterances of its own"):
        called(plain, "--by", "accent", "-o", tmp_path / "s.xlsx")
    called(folder, "--by", "accent", "--sample", 20, "-o", tmp_path / "s.xlsx")
    with pytest.raises(InsufficientDataError, match="no sheet holds a transcription yet"):
        called(folder, "--read", tmp_path / "s-A.xlsx", "-o", tmp_path / "r.csv")
    assert not (tmp_path / "r.csv").exists()
