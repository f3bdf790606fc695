"""Calls, utterances, events and people's periods from any table, by a mapping."""

import datetime
import io
import json
import tomllib

import openpyxl
import pandas as pd
import pytest

from biasbench.errors import OptionError, TableError
from biasbench.systems import Event
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.vendors import table
from biasbench.systems.vendors.table import read_calls, recognises, wants_calls


def told(text, mapping, *, name="a.csv", encoding="utf-8"):
    """The calls of a file and what was noted, `mapping` being TOML."""
    notes = Notes()
    content = text if isinstance(text, bytes) else text.encode(encoding)
    calls = list(read_calls(ExportFile(name, content), tomllib.loads(mapping), notes))
    return calls, {remark.en: count for remark, count in notes.counts.items()}


FRENCH = """N° d'appel;Conseiller;Date;Durée;Attente;Silence %;Sentiment;Écouté;Plus lentement
A1;c17;05/01/2026 09h05;0:04:10;12,5;15,3 %;Négatif;Oui;2
A2;c17;31/01/2026 18:30;0:00:59;;***;Neutre;Non;0
"""

FRENCH_MAPPING = """
[file]
encoding = "cp1252"
decimal = ","
date_order = "day-first"

[columns]
call_id = "N° d'appel"
agent_id = "Conseiller"
started = "Date"
seconds = { column = "Durée", time_unit = "clock" }
listened = { column = "Écouté", values = { Oui = 1, Non = 0 } }

[facts]
hold_seconds = { column = "Attente", time_unit = "s" }

[scores."silence share"]
column = "Silence %"
percent = true
scale_min = 0
scale_max = 100
direction = "higher is worse"
modality = "voice"
missing = { "***" = "redacted" }

[scores."sentiment: negative"]
column = "Sentiment"
values = { "Négatif" = 1, "Neutre" = 0 }
scale_min = 0
scale_max = 1

[events."Parlez plus lentement"]
column = "Plus lentement"
kind = "prompt"
target_role = "agent"
"""


def test_a_french_table_of_calls_is_read_by_its_mapping():
    (first, second), noted = told(FRENCH, FRENCH_MAPPING, encoding="cp1252")
    assert (first.call_id, first.agent, first.started) == ("A1", "c17", "2026-01-05T09:05:00")
    assert (first.seconds, second.seconds) == (250.0, 59.0)
    assert first.facts == {"listened": 1.0, "hold_seconds": 12.5}
    assert second.facts == {"listened": 0.0, "hold_seconds": None}
    silence, negative = first.scores
    assert (silence.value, silence.scale_max, silence.modality) == (0.153, 1.0, "voice")
    assert (negative.value, negative.modality, negative.direction) == (1.0, None, "neither")
    assert noted == {"Rows read": 2}


def test_a_word_for_a_missing_score_has_its_own_reason_and_never_a_value():
    (_, second), _ = told(FRENCH, FRENCH_MAPPING, encoding="cp1252")
    silence = second.scores[0]
    assert (silence.value, silence.missing_reason) == (None, "redacted")
    assert silence.note == "'Silence %' is '***'"


def test_a_column_of_counts_gives_as_many_events_of_unknown_time():
    (first, second), _ = told(FRENCH, FRENCH_MAPPING, encoding="cp1252")
    prompt = Event(
        "prompt",
        "Parlez plus lentement",
        target_role="agent",
        rule="counted in the column 'Plus lentement'",
    )
    assert first.events == (prompt, prompt)
    assert second.events == ()


COUNTS = '[columns]\ncall_id = "id"\n[events.slower]\ncolumn = "n"\nkind = "prompt"\n'


def test_an_empty_count_is_refused_until_the_mapping_says_what_it_means():
    with pytest.raises(
        TableError, match=r"a\.csv: line 2: n is None, which may mean none or not k"
    ):
        told("id,n\n1,\n", COUNTS)
    calls, noted = told("id,n\n1,\n2,1\n", COUNTS + 'empty = "unknown"\n')
    assert [len(call.events) for call in calls] == [0, 1]
    assert noted["Empty counts of events: unknown, not none"] == 1
    _, noted = told("id,n\n1,\n", COUNTS + 'empty = "none"\n')
    assert "Empty counts of events: unknown, not none" not in noted


@pytest.mark.parametrize("cell", ["-1", "1.5", "20000"])
def test_a_count_that_is_none_is_refused(cell):
    with pytest.raises(TableError, match=f"line 2: n is '{cell}', not a count of events"):
        told(f"id,n\n1,{cell}\n", COUNTS)


SPEECH = """call,began,who,said,from,to,sure
C1,2026-01-05 09:00:00,Client,allô,3.5,4,0.5
C1,,Conseiller,bonjour,0.5,2,0.9
C2,2026-01-05 10:00:00,Serveur,patientez,1,0.5,
"""
SPEECH_MAPPING = """
[file]
time_unit = "s"
[columns]
call_id = "call"
started = "began"
role = "who"
text = "said"
start = "from"
end = "to"
confidence = "sure"
[roles]
agent = ["CONSEILLER", "Agent"]
customer = ["Client"]
"""


def test_rows_of_one_call_are_joined_in_the_order_of_their_times():
    (first, second), noted = told(SPEECH, SPEECH_MAPPING)
    assert [(one.text, one.start, one.end) for one in first.said] == [
        ("bonjour", 0.5, 2.0),
        ("allô", 3.5, 4.0),
    ]
    assert first.started == "2026-01-05T09:00:00"
    assert [one.confidence for one in (*first.said, *second.said)] == [0.9, 0.5, None]
    assert noted["Ends before their starts"] == 1
    assert second.said[0].end == 0.5


def test_a_word_has_a_role_only_where_the_mapping_gives_it_one():
    (first, second), noted = told(SPEECH, SPEECH_MAPPING)
    assert [(one.speaker, one.role) for one in first.said] == [
        ("Conseiller", "agent"),
        ("Client", "customer"),
    ]
    assert (second.said[0].speaker, second.said[0].role) == ("Serveur", None)
    assert noted["Rows whose word for the role is not under [roles]"] == 1
    without = SPEECH_MAPPING.split("[roles]", maxsplit=1)[0]
    (first, _), _ = told(SPEECH.replace("Conseiller", "agent"), without)
    assert first.said[0].role is None


def test_rows_of_one_call_that_contradict_each_other_are_refused():
    text = SPEECH.replace("C1,,", "C1,2026-01-05 09:00:01,")
    with pytest.raises(
        TableError,
        match=r"a\.csv: line 3: started is '2026-01-05T09:00:01', but '2026-01-05T09:00:00' in "
        "line 2 of the same call 'C1'",
    ):
        told(text, SPEECH_MAPPING)


def test_a_file_of_utterances_without_call_ids_is_one_call_named_by_the_file():
    mapping = '[file]\nrows = "utterances"\n[columns]\ntext = "t"\n'
    (call,), noted = told("t\nun\ndeux\n", mapping)
    assert call.call_id is None
    assert [one.text for one in call.said] == ["un", "deux"]
    assert noted["Calls with an utterance of no time, left in the file's order"] == 1


def test_an_empty_text_is_an_answer_and_a_null_word_is_no_transcript():
    mapping = '[file]\nnull_words = ["NULL"]\n[columns]\ncall_id = "id"\ntext = "t"\n'
    (call,), noted = told("id,t\n1,\n1,NULL\n1,oui\n", mapping)
    assert [one.text for one in call.said] == ["", "oui"]
    assert sum(count for name, count in noted.items() if name.startswith("Rows of no tr")) == 1
    skipped = mapping.replace("[file]\n", '[file]\nblank_hypothesis = "skipped"\n')
    (call,), _ = told("id,t\n1,\n1,oui\n", skipped)
    assert [one.text for one in call.said] == ["oui"]


def test_utterances_have_scores_of_their_own_and_their_call_has_others():
    mapping = (
        '[columns]\ncall_id = "id"\ntext = "t"\n[scores.tone]\ncolumn = "tone"\n'
        '[scores.qa]\ncolumn = "qa"\nunit = "call"\n'
    )
    (call,), _ = told("id,t,tone,qa\n1,a,0.1,\n1,b,0.2,70\n", mapping)
    assert [one.scores[0].value for one in call.said] == [0.1, 0.2]
    assert [(score.name, score.value) for score in call.scores] == [("qa", 70.0)]
    (call,), _ = told("id,t,tone,qa\n1,a,0.1,70\n1,b,0.2,\n", mapping)
    assert call.scores[0].value == 70.0
    with pytest.raises(TableError, match="line 3: score 'qa' is 71.0, but 70.0 in line 2"):
        told("id,t,tone,qa\n1,a,0.1,70\n1,b,0.2,71\n", mapping)


EVENTS = """[file]
date_order = "iso"
[columns]
call_id = "id"
started = "began"
label = "what"
start = { column = "at", time_unit = "moment" }
duration = { column = "lasts", time_unit = "ms" }
[kinds]
"Parlez plus lentement" = "prompt"
"Blanc" = "silence"
"""


def test_events_at_moments_are_told_from_the_start_of_their_call():
    text = (
        "id,began,what,at,lasts\n1,2026-01-05 09:00:00,Parlez plus lentement,"
        "2026-01-05 09:00:12.5,\n1,,Blanc,2026-01-05 09:01:00,2300\n2,,,,\n"
    )
    (first, second), noted = told(text, EVENTS)
    assert first.events == (
        Event("prompt", "Parlez plus lentement", 12.5, None),
        Event("silence", "Blanc", 60.0, 62.3),
    )
    assert (second.call_id, second.events) == ("2", ())
    assert noted["Rows without an event"] == 1


def test_a_moment_without_a_start_to_count_from_is_refused():
    with pytest.raises(
        TableError, match="line 2: at is .* but its call has no start to count from"
    ):
        told("id,began,what,at,lasts\n1,,Blanc,2026-01-05 09:01:00,\n", EVENTS)


def test_an_event_of_no_known_kind_is_refused_with_the_line_to_write():
    text = "id,began,what,at,lasts\n1,,Souriez,,\n"
    with pytest.raises(
        TableError, match=r"line 2: what is 'Souriez', of no known kind.*'Souriez' = "
    ):
        told(text, EVENTS)


def test_events_that_name_no_call_are_counted_by_person_and_day():
    mapping = (
        '[file]\nrows = "events"\n[columns]\nagent_id = "who"\nstarted = "at"\nlabel = "what"\n'
        'duration = { column = "s", time_unit = "s" }\n'
        'listened = { column = "seen", values = { Y = 1, N = 0 } }\n'
    )
    text = (
        "who,at,what,s,seen\na,2026-01-05T10:00,IDLE,300,Y\na,2026-01-05T11:00,IDLE,60,N\n"
        "b,2026-01-05T11:00,PHONE,,\n"
    )
    (first, second), noted = told(text, mapping)
    assert (first.agent, first.started, first.unit) == ("a", "2026-01-05", "person-day")
    assert {score.name: score.value for score in first.scores} == {
        "IDLE (count)": 2.0,
        "IDLE (s)": 360.0,
        "IDLE, reviewed (count)": 1.0,
        "PHONE (count)": 0.0,
        "PHONE (s)": 0.0,
        "PHONE, reviewed (count)": 0.0,
    }
    lasting = {score.name: score for score in second.scores}["PHONE (s)"]
    assert (lasting.value, lasting.missing_reason) == (None, "unset")
    assert (
        noted["Person-days with at least one event listed; a day with none is not in the file"] == 2
    )


@pytest.mark.parametrize(
    ("rows", "order", "cell", "started", "unit"),
    [
        ("person-days", "day-first", "05/01/2026 10:00", "2026-01-05", "person-day"),
        ("person-weeks", "iso", "2026-W02", "2026-01-05", "person-week"),
        ("person-months", "iso", "2026-01-31", "2026-01-01", "person-month"),
        ("person-months", "day-first", "01/2026", "2026-01-01", "person-month"),
    ],
)
def test_a_period_of_a_person_starts_on_its_first_day(rows, order, cell, started, unit):
    mapping = (
        f'[file]\nrows = "{rows}"\ndate_order = "{order}"\n[columns]\nagent_id = "who"\n'
        'started = "when"\n[scores."bonus"]\ncolumn = "bonus"\n'
    )
    (call,), _ = told(f"who,when,bonus\na,{cell},5\n", mapping)
    assert (call.agent, call.started, call.unit, call.call_id) == ("a", started, unit, None)
    assert call.scores[0].value == 5.0
    with pytest.raises(TableError, match="line 2: when is empty"):
        told("who,when,bonus\na,,5\n", mapping)


@pytest.mark.parametrize(
    ("unit", "cell", "seconds"),
    [
        ("s", "1.5", 1.5),
        ("ms", "1500", 1.5),
        ("us", "1500000", 1.5),
        ("ns", "1500000000", 1.5),
        ("ticks", "15000000", 1.5),
        ("iso8601", "PT1M1.5S", 61.5),
        ("clock", "1:01:01.5", 3661.5),
        ("suffix", "1.500s", 1.5),
    ],
)
def test_a_length_is_read_in_the_unit_that_the_mapping_names(unit, cell, seconds):
    own = f'[columns]\ncall_id = "id"\nseconds = {{ column = "l", time_unit = "{unit}" }}\n'
    of_file = f'[file]\ntime_unit = "{unit}"\n[columns]\ncall_id = "id"\nseconds = "l"\n'
    for mapping in (own, of_file):
        (call,), noted = told(f"id,l\n1,{cell}\n", mapping)
        assert call.seconds == seconds
        assert "Columns of times without a declared time_unit, read as seconds" not in noted
    with pytest.raises(TableError, match=r"a\.csv: line 2: l is 'long'"):
        told("id,l\n1,long\n", own)


def test_a_unit_that_nobody_declared_is_seconds_and_said_so():
    (call,), noted = told("id,l\n1,15\n", '[columns]\ncall_id = "id"\nseconds = "l"\n')
    assert call.seconds == 15.0
    assert noted["Columns of times without a declared time_unit, read as seconds"] == 1


def test_a_score_that_is_a_length_is_told_in_seconds():
    mapping = (
        '[columns]\ncall_id = "id"\n[scores."hold (s)"]\ncolumn = "h"\ntime_unit = "clock"\n'
        "scale_min = 0\nscale_max = 60\n"
    )
    (call,), _ = told("id,h\n1,0:00:45\n", mapping)
    assert call.scores[0].value == 45.0
    with pytest.raises(TableError, match="h is '0:01:45', outside the declared scale 0.0 to 60.0"):
        told("id,h\n1,0:01:45\n", mapping)


@pytest.mark.parametrize(
    ("order", "zone", "cell", "started"),
    [
        ("month-first", None, "01/05/2026 02:30:00 PM", "2026-01-05T14:30:00"),
        ("month-first", None, "01/05/2026 12:00 AM", "2026-01-05T00:00:00"),
        ("day-first", None, "05.01.2026, 09:00:01.25", "2026-01-05T09:00:01.250000"),
        ("day-first", None, "2026-01-05 09:00", "2026-01-05T09:00:00"),
        ("iso", None, "2026/1/5 09:00", "2026-01-05T09:00:00"),
        ("iso", "UTC", "2026-01-05 09:00:00", "2026-01-05T09:00:00+00:00"),
        ("iso", "UTC", "2026-01-05T09:00:00+02:00", "2026-01-05T09:00:00+02:00"),
        ("epoch-ms", None, "1767603600000", "2026-01-05T09:00:00+00:00"),
        ("epoch-s", None, "1767603600", "2026-01-05T09:00:00+00:00"),
    ],
)
def test_a_date_is_read_in_its_order_with_its_time_and_zone(order, zone, cell, started):
    mapping = f'[file]\ndate_order = "{order}"\n' + (f'zone = "{zone}"\n' if zone else "")
    mapping += '[columns]\ncall_id = "id"\nstarted = "d"\n'
    (call,), _ = told(f'id,d\n1,"{cell}"\n', mapping)
    assert call.started == started


def test_a_date_in_another_order_is_refused():
    mapping = '[columns]\ncall_id = "id"\nstarted = { column = "d", date_order = "month-first" }\n'
    with pytest.raises(TableError, match="line 2: d is '31/01/2026', not a month-first date"):
        told("id,d\n1,31/01/2026\n", mapping)
    with pytest.raises(TableError, match=r"d is '1/5/26', not a month-first date with a year of f"):
        told("id,d\n1,1/5/26\n", mapping)


def test_json_columns_are_dotted_paths_and_a_heading_with_a_dot_wins():
    document = {
        "results": {
            "calls": [
                {"id": 7, "m": {"silence": {"percent": 15}}, "p": [{"id": "a1"}]},
                {"id": 8, "m": {"silence": {"percent": None}}, "p": []},
            ]
        },
        "site": "Nantes",
    }
    mapping = """
    [file]
    records = "results.calls"
    [columns]
    call_id = "id"
    agent_id = "p.0.id"
    [facts]
    site = "$.site"
    [scores.silence]
    column = "m.silence.percent"
    percent = true
    missing_reason = "not analysed"
    """
    (first, second), _ = told(json.dumps(document), mapping, name="a.json")
    assert (first.call_id, first.agent, first.facts) == ("7", "a1", {"site": "Nantes"})
    assert (first.scores[0].value, second.scores[0].value) == (0.15, None)
    assert (second.agent, second.scores[0].missing_reason) == (None, "not analysed")
    document["results"]["calls"][0]["p.0.id"] = "b2"
    (first, second), _ = told(json.dumps(document), mapping, name="a.json")
    assert (first.agent, second.agent) == ("b2", None)


def test_a_path_that_names_nothing_or_no_list_is_refused():
    document = json.dumps({"calls": [{"id": 1, "m": {"x": 2}}], "n": 3})
    with pytest.raises(OptionError, match=r"records is 'call', which is nothing .*are: 'calls'"):
        told(document, '[file]\nrecords = "call"\n[columns]\ncall_id = "id"\n', name="a.json")
    with pytest.raises(OptionError, match=r"\[columns\] agent_id is 'm.y', which a.json does not"):
        told(
            document,
            '[file]\nrecords = "calls"\n[columns]\ncall_id = "id"\nagent_id = "m.y"\n',
            name="a.json",
        )
    with pytest.raises(TableError, match="record 1: m is .* an object; name a path into it"):
        told(
            document,
            '[file]\nrecords = "calls"\n[columns]\ncall_id = "id"\nagent_id = "m"\n',
            name="a.json",
        )


def test_xlsx_parquet_jsonl_json_and_text_tell_the_same_calls():
    mapping = """
    [columns]
    call_id = "id"
    started = "d"
    seconds = { column = "s", time_unit = "s" }
    """
    frame = pd.DataFrame({"id": ["007", "8"], "d": ["2026-01-05", "2026-01-06"], "s": [1.5, None]})
    book, parquet = io.BytesIO(), io.BytesIO()
    frame.to_excel(book, index=False)
    frame.to_parquet(parquet)
    records = frame.to_json(orient="records")
    expected, _ = told("id,d,s\n007,2026-01-05,1.5\n8,2026-01-06,\n", mapping)
    assert [call.seconds for call in expected] == [1.5, None]
    for name, content in (
        ("a.xlsx", book.getvalue()),
        ("a.parquet", parquet.getvalue()),
        ("a.json", records),
        ("a.jsonl", frame.to_json(orient="records", lines=True)),
        ("a.tsv", frame.to_csv(index=False, sep="\t")),
        ("a.csv", frame.to_csv(index=False, sep=";").encode("utf-16")),
    ):
        told_by = (
            "[file]\nencoding = 'utf-16'\n" + mapping if content[:2] == b"\xff\xfe" else mapping
        )
        calls, _ = told(content, told_by, name=name)
        assert calls == expected, name


def test_a_spreadsheet_keeps_real_dates_times_and_whole_ids():
    book = openpyxl.Workbook()
    book.active.append(["Rapport mensuel"])
    book.active.append([None])
    book.active.append(["id", "d", "l"])
    book.active.append([12.0, datetime.datetime(2026, 1, 5, 9), datetime.time(0, 4, 10)])
    content = io.BytesIO()
    book.save(content)
    mapping = (
        '[file]\nheading_line = 3\n[columns]\ncall_id = "id"\nstarted = "d"\n'
        'seconds = { column = "l", time_unit = "clock" }\n'
    )
    (call,), _ = told(content.getvalue(), mapping, name="a.xlsx")
    assert (call.call_id, call.started, call.seconds) == ("12", "2026-01-05T09:00:00", 250.0)
    with pytest.raises(TableError, match="row 4: l is .*, not a number"):
        told(content.getvalue(), mapping.replace("clock", "s"), name="a.xlsx")
    with pytest.raises(OptionError, match="sheet is 'Feuil2', .* Sheets are: Sheet"):
        told(content.getvalue(), '[file]\nsheet = "Feuil2"\n' + mapping[7:], name="a.xlsx")


def test_a_whole_number_that_was_stored_with_a_point_is_an_id_without_one():
    content = io.BytesIO()
    pd.DataFrame({"id": [12.0, 13.0]}).to_parquet(content)
    calls, _ = told(content.getvalue(), '[columns]\ncall_id = "id"\n', name="a.parquet")
    assert [call.call_id for call in calls] == ["12", "13"]


def test_lines_above_the_heading_are_passed_over_and_lines_still_counted():
    mapping = '[file]\nheading_line = 3\n[columns]\ncall_id = "id"\nseconds = "s"\n'
    with pytest.raises(TableError, match="line 5: s is 'x'"):
        told("Rapport;;\n\nid;s\n1;2\n2;x\n", mapping)
    (call,), _ = told("sep=;\nid;s\n1;2,5\n", mapping.replace("heading_line = 3", ""))
    assert call.seconds == 2.5


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    mapping = '[columns]\ncall_id = "id"\n'
    for encoding in ("utf-8", "utf-8-sig"):
        (call,), _ = told("\ufeffid\n1\n", f'[file]\nencoding = "{encoding}"\n{mapping}')
        assert call.call_id == "1"


def test_an_optional_column_that_is_not_there_was_not_exported():
    mapping = (
        '[columns]\ncall_id = ["ID", "Id"]\nagent_id = { column = "who", optional = true }\n'
        '[scores.qa]\ncolumn = ["QA", "Note"]\noptional = true\n'
    )
    (call,), noted = told("Id\n1\n", mapping)
    assert (call.call_id, call.agent) == ("1", None)
    score = call.scores[0]
    assert (score.value, score.missing_reason) == (None, "not exported")
    assert noted["Column 'QA' not in the file: 'qa' not exported"] == 1
    (call,), _ = told("ID,Note\n1,5\n", mapping)
    assert call.scores[0].value == 5.0


def test_a_column_that_nothing_reads_is_named():
    _, noted = told("id,Humeur\n1,bonne\n\n", '[columns]\ncall_id = "id"\n')
    assert noted == {"Rows read": 1, "Blank lines passed over": 1, "Column 'Humeur' not read": 1}


def test_a_column_without_a_heading_is_counted():
    _, noted = told("id,,\n1,a,b\n", '[columns]\ncall_id = "id"\n')
    assert noted["Columns without a heading, not read"] == 2


def test_times_before_the_call_are_kept_and_counted():
    (call,), noted = told(
        "id,t,s\n1,a,-0.5\n", '[columns]\ncall_id = "id"\ntext = "t"\nstart = "s"\n'
    )
    assert call.said[0].start == -0.5
    assert noted["Times before the start of the call"] == 1


def test_an_empty_call_id_and_a_confidence_in_percent_are_refused():
    mapping = '[columns]\ncall_id = "id"\ntext = "t"\nconfidence = "c"\n'
    with pytest.raises(TableError, match="line 3: id is empty. Every row needs one"):
        told("id,t,c\n1,a,\n,b,\n", mapping)
    with pytest.raises(
        TableError, match="line 2: c is 61.0, not a confidence in 0 to 1; write per"
    ):
        told("id,t,c\n1,a,61\n", mapping)


def test_a_listened_word_that_nobody_explained_is_refused():
    mapping = '[columns]\ncall_id = "id"\nlistened = "w"\n'
    with pytest.raises(TableError, match=r"line 2: w is 'Y', neither 1 \(listened to\) nor 0"):
        told("id,w\n1,Y\n", mapping)
    (call,), _ = told("id,w\n1,0\n", mapping)
    assert call.facts == {"listened": 0.0}


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ('[columns]\nagent_id = "who"\n', "nothing says what a row is"),
        ('[columns]\ncall_id = "id"\nhypothesis = "t"\n', "is of a table of transcripts"),
        ('[columns]\ncall_id = "id"\nstart = "t"\n', "start does not go with rows of calls"),
        ('[file]\nrows = "person-days"\n[columns]\nagent_id = "who"\n', "need .columns. started"),
        (
            '[columns]\ncall_id = "id"\n[scores.x]\ncolumn = "t"\nunit = "utterance"\n',
            r"\[scores.x\] unit is 'utterance', but rows of calls have scores of call",
        ),
        (
            '[columns]\ncall_id = "id"\ntext = "t"\n[events.x]\ncolumn = "t"\nkind = "prompt"\n',
            "counts are of a row per call, not of utterances",
        ),
        ('[columns]\ncall_id = "id"\n[events.x]\ncolumn = "t"\n', r"\[events.x\] needs kind"),
        ('[roles]\nagent = ["A"]\ncustomer = ["a"]\n', "'a' is both agent and customer"),
        (
            '[columns]\ncall_id = "id"\n[scores.x]\ncolumn = "t"\ntime_unit = "moment"\n',
            "no moment",
        ),
        (
            '[columns]\ncall_id = { column = "id", percent = true, values = { a = 1 } }\n',
            r"\[columns.call_id\] has both percent and values",
        ),
        ('[columns]\ncall_id = "id"\nstarted = { column = "d", zone = "Mars" }\n', "zone 'Mars'"),
    ],
)
def test_a_mapping_of_calls_that_does_not_fit_says_why(mapping, words):
    with pytest.raises(OptionError, match=words):
        told("id,who,t,d\n1,a,b,2026-01-05 09:00\n", mapping)


def test_a_mapping_says_by_itself_whether_it_is_of_calls():
    assert wants_calls({"columns": {"call_id": "id"}})
    assert wants_calls({"file": {"rows": "person-days"}})
    assert not wants_calls({"columns": {"utterance_id": "id", "hypothesis": "text"}})
    assert not wants_calls({"columns": {"unit_id": "id"}, "scores": {"qa": {"column": "QA"}}})
    assert not wants_calls(None)


def test_the_table_of_utterances_of_a_corpus_refuses_a_score_of_days():
    mapping = {"scores": {"qa": {"column": "QA", "unit": "person-day"}}}
    assert parse(mapping).scores[0].unit == "person-day"
    from biasbench.systems.vendors.table import read

    with pytest.raises(OptionError, match=r"write under \[file\] rows = 'person-days'"):
        read("nowhere.csv", mapping)


def test_no_content_tells_what_the_columns_of_a_table_mean():
    assert recognises(ExportFile("a.csv", b"call_id,text\n1,a\n")) is False


def test_the_mapping_of_calls_in_the_documentation_is_a_sound_one():
    shown = table.__doc__.split("Of calls, it is the same")[1].split("Rows of one call are")[0]
    told = parse(tomllib.loads(shown.split(":", 1)[1]))
    assert told.rows == "calls"
    assert told.written["seconds"].time_unit == "clock"
    assert told.kinds == {"Parlez plus lentement": "prompt"}
    assert told.counts[0].empty == "none"
