"""The README's "Bad input", line by line, on the words a user sees at the shell."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner

from biasbench.cli import main

SAMPLE_RATE = 16_000


def shell(*arguments: object):
    """What a command printed and its exit code; nothing of ours may escape as a traceback."""
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Twenty-four people in two groups, one short wav each, and a script of what was 'heard'."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows, heard = [], []
    for index in range(24):
        name = f"u{index:02d}"
        soundfile.write(folder / f"{name}.wav", rng.normal(0, 0.1, SAMPLE_RATE // 4), SAMPLE_RATE)
        rows.append(
            {
                "utterance_id": name,
                "speaker_id": f"p{index:02d}",
                "audio": f"{name}.wav",
                "language": "en",
                "reference": "turn the lights on in the hall now please",
                "accent": "north" if index % 2 else "south",
            }
        )
        words = ["turn", "the", "lights", "on", "in", "the", "hall", "now", "please"]
        heard.append({"utterance_id": name, "hypothesis": " ".join(words[: 4 + index % 5])})
    pd.DataFrame(rows).to_csv(folder / "utterances.csv", index=False)
    pd.DataFrame(heard).to_csv(folder / "heard.csv", index=False)
    return folder


def change(corpus: Path, **columns) -> None:
    """Rewrite some cells of the corpus: column → {row: value}."""
    table = pd.read_csv(corpus / "utterances.csv", dtype=str)
    for column, cells in columns.items():
        for row, value in cells.items():
            table.loc[row, column] = value
    table.to_csv(corpus / "utterances.csv", index=False)


def listen(corpus: Path, output: Path):
    return shell(
        "run", corpus, "--system", f"asr:scripted/{corpus / 'heard.csv'}", "-o", output,
        "--no-progress",
    )  # fmt: skip


def measured(corpus: Path, tmp_path: Path, *options: object) -> Path:
    assert listen(corpus, tmp_path / "run").exit_code == 0
    path = tmp_path / "measures.parquet"
    outcome = shell("measure", tmp_path / "run", "--corpus", corpus, "-o", path, *options)
    assert outcome.exit_code == 0, outcome.stderr
    return path


# One line says what is wrong, with file, row, column and value, and what to do; exit 2 …


def test_a_wrong_cell_is_told_in_one_line_with_file_line_column_and_value(corpus, tmp_path):
    change(corpus, start={4: "soon"}, end={4: "1.0"})
    outcome = listen(corpus, tmp_path / "run")
    assert outcome.exit_code == 2
    line = outcome.stderr.strip()
    assert "\n" not in line
    for part in ("utterances.csv", "line 6", "start", "'soon'", "not a number"):
        assert part in line
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "nowhere", "--system", "asr:scripted", "-o", "r"), "nowhere"),
        (("assess", "none.csv", "--by", "accent"), "none.csv: no such file"),
        (("report", "none.json", "-o", "r.html"), "none.json"),
    ],
)
def test_a_file_that_is_not_there_is_named(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = shell(*arguments)
    assert outcome.exit_code == 2
    assert words in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_misspelt_system_metric_group_and_column_come_with_the_nearest_name(corpus, tmp_path):
    outcome = shell("run", corpus, "--system", "asr:wisper", "-o", tmp_path / "r")
    assert (outcome.exit_code, "Did you mean 'whisper'?" in outcome.stderr) == (2, True)
    path = measured(corpus, tmp_path)
    for arguments, meant in [
        (("measure", tmp_path / "run", "--corpus", corpus, "--metric", "wr", "-o", "x.csv"), "wer"),
        (("assess", path, "--by", "acent"), "accent"),
        (("assess", path, "--by", "accent", "--against", "nort"), "north"),
        (("assess", path, "--by", "accent", "--metric", "we"), "wer"),
    ]:
        outcome = shell(*arguments)
        assert outcome.exit_code == 2
        assert f"Did you mean '{meant}'?" in outcome.stderr
        assert "\n" not in outcome.stderr.strip()


def test_a_misspelt_key_of_corpus_toml_is_an_error_with_a_suggestion(corpus, tmp_path):
    (corpus / "corpus.toml").write_text('[corpus]\nlicense = "MIT"\n', encoding="utf-8")
    outcome = listen(corpus, tmp_path / "run")
    assert outcome.exit_code == 2
    assert "corpus.toml" in outcome.stderr
    assert "Did you mean 'licence'?" in outcome.stderr


# … no half-written output; files are written whole.


def test_a_refused_measure_leaves_the_old_table_as_it_was(corpus, tmp_path):
    path = measured(corpus, tmp_path)
    before = path.read_bytes()
    outcome = shell(
        "measure", tmp_path / "run", "--corpus", corpus, "--metric", "wer", "--metric", "nothing",
        "-o", path,
    )  # fmt: skip
    assert outcome.exit_code == 2
    assert path.read_bytes() == before


# An audio file that cannot be read is a failed row with its error, counted by group.


def test_an_unreadable_recording_is_a_failed_row_counted_in_its_group(corpus, tmp_path):
    (corpus / "u03.wav").write_bytes(b"not sound at all")
    (corpus / "u05.wav").unlink()
    path = measured(corpus, tmp_path, "--metric", "wer", "--metric", "failure_rate")
    transcripts = pd.read_parquet(tmp_path / "run" / "transcripts.parquet")
    assert len(transcripts) == 24
    failed = transcripts[transcripts["status"] == "failed"].set_index("utterance_id")["error"]
    assert list(failed.index) == ["u03", "u05"]
    assert "u03.wav" in failed["u03"]
    outcome = shell("assess", path, "--by", "accent", "--metric", "failure_rate", "--json")
    by_group = {row["group"]: row for row in json.loads(outcome.stdout)}
    assert by_group["north"]["value"] == pytest.approx(2 / 12)
    assert by_group["south"]["value"] == 0
    outcome = shell("assess", path, "--by", "accent", "--metric", "wer", "--json")
    missing = {row["group"]: row["n_missing"] for row in json.loads(outcome.stdout)}
    assert missing == {"north": 2, "south": 0}


def test_check_lists_every_problem_at_once_by_group(corpus):
    (corpus / "u03.wav").write_bytes(b"not sound at all")
    (corpus / "u04.wav").unlink()
    change(corpus, speaker_id={6: ""}, utterance_id={8: "u07"}, accent={10: ""})
    outcome = shell("check", corpus, "--by", "accent", "--json")
    assert outcome.exit_code == 2
    found = json.loads(outcome.stdout)
    assert {"u03.wav", "u04.wav"} <= {Path(str(row["value"])).name for row in found}
    columns = {row["column"] for row in found}
    assert {"audio", "speaker_id", "utterance_id", "accent"} <= columns
    assert {row["group"] for row in found if row["column"] == "audio"} == {"north", "south"}


# A group label that is missing is 'unknown': shown, never a comparison group.


def test_a_missing_label_is_unknown_shown_and_never_compared(corpus, tmp_path):
    change(corpus, accent={0: "", 1: ""})
    path = measured(corpus, tmp_path)
    evidence = tmp_path / "e.json"
    outcome = shell("assess", path, "--by", "accent", "--json", "-o", evidence)
    assert {row["group"] for row in json.loads(outcome.stdout)} == {"north", "south"}
    groups = {row["group"] for row in json.loads(evidence.read_text(encoding="utf-8"))["groups"]}
    assert "unknown" in groups
    outcome = shell("assess", path, "--by", "accent", "--against", "unknown")
    assert outcome.exit_code == 2


# A swap of reference and hypothesis columns is noticed and asked about.


def test_swapped_columns_are_asked_about_and_the_answer_is_taken(corpus, tmp_path):
    table = pd.read_csv(corpus / "utterances.csv", dtype=str)
    heard = pd.read_csv(corpus / "heard.csv", dtype=str)
    rooms = ["hall", "kitchen", "attic", "cellar", "garden", "garage"]
    said = [f"turn the lights on in the {rooms[index % 6]} now please" for index in range(24)]
    table["reference"] = [text.replace("lights", f"light {n}") for n, text in enumerate(said)]
    heard["hypothesis"] = said
    table.to_csv(corpus / "utterances.csv", index=False)
    heard.to_csv(corpus / "heard.csv", index=False)
    assert listen(corpus, tmp_path / "run").exit_code == 0
    arguments = ("measure", tmp_path / "run", "--corpus", corpus, "-o", tmp_path / "m.parquet")
    outcome = shell(*arguments)
    assert outcome.exit_code == 2
    assert "swapped" in outcome.stderr
    assert "--trust-columns" in outcome.stderr
    assert not (tmp_path / "m.parquet").exists()
    assert shell(*arguments, "--trust-columns").exit_code == 0


# The same inputs and seed give the same bytes.


def test_the_same_inputs_give_the_same_bytes(corpus, tmp_path):
    written = []
    for attempt in ("one", "two"):
        folder = tmp_path / attempt
        path = measured(corpus, folder)
        shell("assess", path, "--by", "accent", "--margin", "0.03", "-o", folder / "e.json")
        for name in ("r.html", "r.csv"):
            assert shell("report", folder / "e.json", "-o", folder / name).exit_code == 0
        written.append(
            [(folder / n).read_bytes() for n in (path.name, "e.json", "r.html", "r.csv")]
        )
    assert written[0] == written[1]


# Exit 3: the data cannot decide, which is never a pass.


def test_people_without_names_are_refused_an_inference_in_one_sentence(tmp_path):
    table = pd.DataFrame(
        {
            "system": "s",
            "unit_id": [str(i) for i in range(400)],
            "metric": "wer",
            "numerator": [i % 3 for i in range(400)],
            "denominator": 10,
            "accent": ["north" if i % 2 else "south" for i in range(400)],
        }
    )
    table.to_csv(tmp_path / "m.csv", index=False)
    outcome = shell("assess", tmp_path / "m.csv", "--by", "accent", "--margin", "0.03", "--json")
    assert outcome.exit_code == 3
    for row in json.loads(outcome.stdout):
        assert (row["verdict"], row["difference_low"]) == ("V-N", None)
        assert row["reason"].startswith("N-SPK")


def test_four_people_a_group_are_refused_a_verdict_in_one_sentence(corpus, tmp_path):
    table = pd.read_csv(corpus / "utterances.csv", dtype=str)
    table["speaker_id"] = [f"p{index % 8}" for index in range(24)]
    table.to_csv(corpus / "utterances.csv", index=False)
    path = measured(corpus, tmp_path)
    outcome = shell("assess", path, "--by", "accent", "--margin", "0.03", "--json")
    assert outcome.exit_code == 3
    row = json.loads(outcome.stdout)[0]
    assert row["verdict"] == "V-N"
    assert row["reason"].startswith("N-SIZE")
    assert "4" in row["reason"]


def test_intervals_without_a_margin_are_no_failure_and_an_open_verdict_is_exit_3(corpus, tmp_path):
    path = measured(corpus, tmp_path)
    assert shell("assess", path, "--by", "accent").exit_code == 0
    outcome = shell("assess", path, "--by", "accent", "--margin", "0.03", "--json")
    assert {row["verdict"] for row in json.loads(outcome.stdout)} == {"V-I"}
    assert outcome.exit_code == 3


def test_the_line_is_right_below_cells_that_span_lines(corpus, tmp_path):
    change(corpus, reference={0: "turn the lights\non in the hall"}, speaker_id={5: "p00"})
    found = json.loads(shell("check", corpus, "--by", "accent", "--json").stdout)
    assert any("'p00'" in str(row) and "line 8" in str(row) for row in found)
    table = tmp_path / "m.csv"
    table.write_text(
        "system,unit_id,metric,speaker_id,numerator,denominator,accent\n"
        's,a,wer,p,1,10,"north\nand far"\n\ns,b,wer,q,1,-10,south\n',
        encoding="utf-8",
    )
    assert "line 5: denominator is -10" in shell("assess", table, "--by", "accent").stderr
