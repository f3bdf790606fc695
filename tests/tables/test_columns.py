"""Tables are checked at the door, and the message alone is enough to find the row."""

import pandas as pd
import pytest

from biasbench.errors import TableError
from biasbench.tables import FINDINGS, GROUPS, MEASURES, SCORES, TRANSCRIPTS, UTTERANCES, Table


def utterances(**changes):
    columns = {
        "utterance_id": ["a", "b", "c"],
        "speaker_id": ["p", "p", "q"],
        "reference": ["one", "two", "three"],
        "accent": ["x", "x", "y"],
    }
    return pd.DataFrame({**columns, **changes})


def test_a_sound_table_keeps_its_further_columns():
    checked = UTTERANCES.check(utterances(), source="utterances.csv")
    assert list(checked.columns) == ["utterance_id", "speaker_id", "reference", "accent"]


def test_a_missing_column_is_named_with_those_there():
    with pytest.raises(
        TableError, match=r"m\.csv: column 'unit_id' is missing\. Columns are: system"
    ):
        MEASURES.check(pd.DataFrame({"system": ["s"]}), source="m.csv")


@pytest.mark.parametrize("blank", [None, "", "  ", float("nan")])
def test_an_empty_speaker_is_counted_and_the_first_line_named(blank):
    frame = utterances(speaker_id=["p", blank, blank])
    message = r"utterances\.csv: speaker_id is empty in 2 rows, first in line 3"
    with pytest.raises(TableError, match=message):
        UTTERANCES.check(frame, source="utterances.csv")


def test_one_empty_row_is_told_in_the_singular():
    frame = utterances(speaker_id=["p", None, "q"])
    with pytest.raises(TableError, match="speaker_id is empty in 1 row, in row 3"):
        UTTERANCES.check(frame, source="people.xlsx")


def test_a_repeated_id_is_named_with_its_line():
    frame = utterances(utterance_id=["a", "b", "a"])
    with pytest.raises(TableError, match="line 4: utterance_id 'a' stands in an earlier row too"):
        UTTERANCES.check(frame, source="utterances.csv")


def test_text_where_a_number_belongs_is_quoted_with_its_line():
    frame = utterances(start=["0", "1,5", "2"])
    with pytest.raises(TableError, match=r"line 3: start is '1,5', not a number"):
        UTTERANCES.check(frame, source="utterances.csv")


def test_a_value_outside_the_choices_is_told_the_choices():
    frame = pd.DataFrame(
        {
            "system": ["s"],
            "utterance_id": ["a"],
            "status": ["fine"],
            "hypothesis": [""],
            "error": [""],
        }
    )
    with pytest.raises(TableError, match="status is 'fine', not one of ok, empty, failed, skipped"):
        TRANSCRIPTS.check(frame)


def test_a_closed_table_refuses_a_column_of_another_name():
    frame = TRANSCRIPTS.empty().assign(confidense=[])
    with pytest.raises(TableError, match="unknown column 'confidense'"):
        TRANSCRIPTS.check(frame)


def test_the_number_of_further_problems_is_told():
    frame = utterances(speaker_id=["p", None, "q"], start=["x", "0", "0"])
    with pytest.raises(TableError, match=r"\(and 1 more problem\)"):
        UTTERANCES.check(frame)


def test_checking_changes_nothing_of_what_was_given():
    frame = utterances(start=["0", "1", "2"])
    before = frame.copy()
    UTTERANCES.check(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_missing_text_is_none_and_ids_stay_text():
    frame = utterances(utterance_id=[1, 2, 3], reference=["one", float("nan"), "three"])
    checked = UTTERANCES.check(frame)
    assert checked["utterance_id"].tolist() == ["1", "2", "3"]
    assert checked["reference"].tolist()[1] is None


@pytest.mark.parametrize(
    "table", [UTTERANCES, TRANSCRIPTS, SCORES, MEASURES, FINDINGS, GROUPS], ids=lambda t: t.name
)
def test_an_empty_table_passes_its_own_check(table: Table):
    assert len(table.check(table.empty())) == 0
