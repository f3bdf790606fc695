"""The record of a case: what was asked, answered and said, or what is wrong with it in one line."""

import pytest

from biasbench.cases import record as module
from biasbench.cases.record import read_record
from biasbench.errors import OptionError
from tests.report.planned import RECORD


def read(tmp_path, text):
    path = tmp_path / "record.toml"
    path.write_text(text, encoding="utf-8")
    return read_record(path)


def test_the_example_of_the_docstring_is_a_record(tmp_path):
    example = "\n".join(line[4:] for line in module.__doc__.splitlines() if line.startswith("    "))
    found = read(tmp_path, example)
    assert found.results_opened == "2026-03-02T09:30:00Z"
    assert found.versions == ("5.1", "5.2")
    assert found.references.agreement == {"Maghreb": 0.81, "Antilles": 0.79}
    assert (found.exchanges[0].plan, found.runs[0].differences) == ("plan_B.toml", 0)


def test_times_of_other_zones_are_turned_to_utc(tmp_path):
    text = "biasbench_record = 1\nresults_opened = 2026-03-02T09:30:00+02:00\n"
    assert read(tmp_path, text).results_opened == "2026-03-02T07:30:00Z"


def test_a_source_that_was_not_checked_or_is_unknown_counts_as_unverified(tmp_path):
    text = RECORD + '[[source]]\nfiles = "a"\norigin = "x"\nhow = "unknown"\n'
    text += '[[source]]\nfiles = "b"\norigin = "x"\nhow = "court order"\nverified = false\n'
    assert read(tmp_path, text).n_unverified == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("biasbench_record = 1", "biasbench_record = 3", "not a record of form 1"),
        ('how = "own measurement"', 'how = "own measurment"', "did you mean 'own measurement'"),
        ("asked = 2026-02-01", 'asked = "1 February"', "a date without quotes"),
        ("received = 2026-02-20", "received = 2026-02-20\nrefused = 2026-02-21", "keep the one"),
        ("double_coded = 0.2", "double_coded = 20", "20 % is 0.2"),
        ("[[exchange]]", "[[exchanges]]", "did you mean 'exchange'"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(tmp_path, old, new, words):
    assert old in RECORD
    with pytest.raises(OptionError, match=words) as caught:
        read(tmp_path, RECORD.replace(old, new))
    assert "\n" not in str(caught.value)
