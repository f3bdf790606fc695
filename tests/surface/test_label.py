"""`biasbench label`: from a spreadsheet of labels and people's word to measures."""

import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.measures import read_measures

TABLE = pd.DataFrame(
    {
        "system": "tone:own",
        "unit_id": ["a", "b", "c", "d"],
        "label": "curt",
        "speaker_id": ["p", "p", "q", "r"],
        "labelled": [1, 1, 0, 1],
        "n_yes": [0, 3, 2, 2],
        "n_votes": [3, 3, 3, 4],
        "accent": ["x", "x", "y", "y"],
    }
)


def label(tmp_path, table=TABLE, *options):
    table.to_csv(tmp_path / "labels.csv", index=False)
    command = ["label", str(tmp_path / "labels.csv"), "-o", str(tmp_path / "m.parquet"), *options]
    return CliRunner().invoke(main, command)


def test_labels_become_measures_with_peoples_word(tmp_path):
    outcome = label(tmp_path)
    assert outcome.exit_code == 0, outcome.stderr
    found = read_measures(tmp_path / "m.parquet").table
    sums = found.groupby("metric")[["numerator", "denominator"]].sum()
    assert sums.loc["false_positive_rate:curt"].tolist() == [1, 1]
    assert sums.loc["false_negative_rate:curt"].tolist() == [1, 2]
    assert "false_positive_rate:curt" in outcome.stdout


def test_a_direction_can_be_declared(tmp_path):
    outcome = label(tmp_path, TABLE, "--direction", "false_negative_rate=higher is better")
    assert outcome.exit_code == 0, outcome.stderr
    found = read_measures(tmp_path / "m.parquet").table
    of_missed = found[found["metric"] == "false_negative_rate:curt"]
    assert set(of_missed["direction"]) == {"higher is better"}


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (TABLE.assign(labelled=2), (), "labels.csv: line 2: labelled is 2"),
        (TABLE.assign(n_yes=9), (), "n_yes is 9 of n_votes 3"),
        (TABLE, ("--direction", "worse"), "write METRIC=DIRECTION"),
        (TABLE, ("--direction", "rate=neither"), "rate"),
    ],
)
def test_what_cannot_be_counted_is_one_line_and_nothing_is_written(
    tmp_path, table, options, message
):
    outcome = label(tmp_path, table, *options)
    assert outcome.exit_code == 2
    assert message in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "m.parquet").exists()
