"""CallMiner Bulk Export: tables put together into calls, and the traps of each."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Event, Score
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _callminer_calls as calls
from biasbench.systems.vendors import _callminer_contacts as contacts
from biasbench.systems.vendors import _callminer_events as events
from biasbench.systems.vendors import _callminer_tables as tables
from biasbench.systems.vendors import callminer

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"

CONTACTS = """ID,ClientID,ClientCaptureDate,Agent,AgentID,AgentGroup,WAVLength
7,REC-7,02/28/2026 23:15:09,Lena K.,a-9,Night,61.5
"""
TRANSCRIPT = """ContactID,StartTime,SpeakerID,SpeakerName,Text
7,4.25,2,Customer,where is my parcel
7,0.50,1,Agent,parcel desk hello
"""


def exported(folder="x", *, bom="\ufeff", **named):
    return [
        ExportFile(f"{folder}/{name}.csv", (bom + text).encode()) for name, text in named.items()
    ]


def described(name, *columns, n_rows=1, date="2026-03-01T00:00:00.1234567Z"):
    layout = {
        "ExportId": "e1",
        "ExportDate": date,
        "RecordCount": n_rows,
        "LayoutEntity": [
            {"ColumnName": column, "FriendlyName": friendly, "Type": kind, "Ordinal": number}
            for number, (column, friendly, kind) in enumerate(columns, start=1)
        ],
    }
    return ExportFile(name, json.dumps(layout).encode())


def read(files):
    notes = Notes()
    return list(callminer.read(files, notes)), notes.counts


def scores_of(call):
    return {score.name: score.value for score in call.scores}


def test_a_call_is_put_together_from_its_tables():
    (call,), counts = read(exported(Contacts=CONTACTS, Transcripts_By_Speaker=TRANSCRIPT))
    assert (call.call_id, call.agent, call.seconds) == ("REC-7", "a-9", 61.5)
    assert call.facts == {"team": "Night"}
    assert [(one.start, one.end, one.speaker, one.role, one.text) for one in call.said] == [
        (0.5, None, "Agent", "agent", "parcel desk hello"),
        (4.25, None, "Customer", "customer", "where is my parcel"),
    ]
    assert not counts


def test_no_end_time_and_no_word_is_promised():
    given = set(callminer.FORMAT.gives)
    assert not given & {"end times", "words", "word times", "word confidences"}


def test_the_name_of_an_agent_is_nowhere_in_what_is_read():
    insight = (
        "ContactID,InsightID,AssignedBy,CreationDate,AssignedTo,AgentEmail,Type\n"
        "7,i,Marta Boss,03/01/2026 08:00:00,Lena K.,lena@example.org,Coachable\n"
    )
    found, _ = read(exported(Contacts=CONTACTS, Coach_Insights=insight))
    assert not any(name in repr(found) for name in ("Lena", "lena", "Marta"))


def test_an_agent_with_a_name_only_is_unknown_and_counted():
    (call,), counts = read(exported(Contacts="ID,ClientID,WAVLength,Agent\n7,R,1,Lena K.\n"))
    assert call.agent is None
    assert counts[calls.ONLY_NAMED] == 1


def test_dates_are_month_first_and_have_no_zone():
    (call,), _ = read(exported(Contacts=CONTACTS))
    assert call.started == "2026-02-28T23:15:09"
    assert calls.us_date("3/4/2026 12:05:00 AM", "") == "2026-03-04T00:05:00"
    assert calls.us_date("2026-03-04T08:00:00Z", "") == "2026-03-04T08:00:00+00:00"


def test_a_date_that_is_day_first_is_an_error_and_not_a_guess():
    with pytest.raises(TableError, match="'28/02/2026 10:00:00' is not a date like MM/DD/YYYY"):
        read(exported(Contacts="ID,ClientCaptureDate\n7,28/02/2026 10:00:00\n"))


@pytest.mark.parametrize("cell", ["NaN", "null", "", "NULL", "Infinity"])
def test_a_score_without_a_number_is_unset_and_not_zero(cell):
    (call,), _ = read(exported(Scores=f"ContactID,ScoreID,ScoreName,Score\n7,1,Quality,{cell}\n"))
    (score,) = call.scores
    assert (score.value, score.missing_reason) == (None, "unset")
    assert score.note


def test_a_score_of_zero_is_zero():
    (call,), _ = read(exported(Scores="ContactID,ScoreID,ScoreName,Score\n7,1,Quality,0\n"))
    assert call.scores == (Score("Quality", 0.0),)


def test_scores_of_one_name_are_told_apart_by_their_number():
    text = "ContactID,ScoreID,ScoreName,Score\n7,1,Quality,5\n8,2,Quality,6\n7,3,Empathy,7\n"
    (seven, eight), _ = read(exported(Scores=text))
    assert scores_of(seven) == {"Quality (ScoreID 1)": 5.0, "Empathy": 7.0}
    assert scores_of(eight) == {"Quality (ScoreID 2)": 6.0}


def test_a_score_given_twice_counts_once():
    text = "ContactID,ScoreID,ScoreName,Score\n7,1,Quality,5\n7,1,Quality,6\n"
    (call,), counts = read(exported(Scores=text))
    assert scores_of(call) == {"Quality": 6.0}
    assert counts[calls.REPEATED] == 1


def test_an_indicator_is_named_after_its_score():
    scores = "ContactID,ScoreID,ScoreName,Score\n7,1,Q.A. Score,5\n"
    parts = (
        "ContactID,ScoreID,ScoreComponentID,ComponentFullName,CurrentlyActive,Value\n"
        "7,1,11,Q.A. Score.Tone,True,3\n7,9,12,Other.Pace,False,4\n"
    )
    (call,), counts = read(exported(Scores=scores, Score_Indicators=parts))
    assert scores_of(call) == {"Q.A. Score": 5.0, "Q.A. Score: Tone": 3.0, "Other: Pace": 4.0}
    assert counts[calls.INACTIVE] == 1


def test_a_speaker_who_is_neither_agent_nor_customer_has_no_role():
    text = (
        "ContactID,StartTime,SpeakerID,SpeakerName,Text\n"
        "7,1,3,Unknown,beep\n7,2,4,Lena K.,hi\n7,3,null,,hm\n"
    )
    (call,), counts = read(exported(Transcripts_By_Speaker=text))
    assert [(one.speaker, one.role) for one in call.said] == [
        ("speaker 3", None),
        ("speaker 4", None),
        (None, None),
    ]
    assert counts[calls.OTHER_SPEAKER] == 3


@pytest.mark.parametrize("start", ["66.8", "00:01:06.8", "0:01:06.8000000"])
def test_times_of_events_are_decimal_seconds_or_a_clock(start):
    text = f"ContactID,StartTime,EndTime,Duration\n7,{start},70,3.2\n"
    (call,), _ = read(exported(Events_Overtalk=text))
    assert call.events == (Event("overtalk", "overtalk", 66.8, 70.0),)


def test_an_event_that_ends_before_it_starts_is_left_as_written():
    text = "ContactID,StartTime,EndTime,Duration\n7,9,8,-1\n"
    (call,), _ = read(exported(Events_Silence=text))
    assert call.events == (Event("silence", "silence", 9.0, 8.0),)


def test_a_delay_is_of_whom_the_transcript_names_by_that_number():
    delay = "ContactID,StartTime,EndTime,Duration,Speaker,PreviousSpeaker\n7,2,4,2,1,2\n"
    (call,), counts = read(exported(Events_Delay=delay, Transcripts_By_Speaker=TRANSCRIPT))
    assert call.events == (Event("silence", "delay", 2.0, 4.0, "agent"),)
    assert counts[events.DELAYS] == 1


def test_a_category_stands_at_its_component_and_without_a_time_if_it_has_none():
    categories = (
        "ContactID,CategoryID,CategoryFullName,CategoryName\n7,1,A.Hello,Hello\n7,2,B.No,No\n"
    )
    parts = (
        "ContactID,CategoryID,ComponentName,StartTime,EndTime,Weight,SimilarityScore\n"
        "7,1,good day,0.5,0.9,2.0,0.71\n"
    )
    (call,), _ = read(exported(Categories=categories, Category_Components=parts))
    assert call.events == (
        Event("category", "A.Hello", 0.5, 0.9, None, "good day", "weight 2.0; similarity 0.71"),
        Event("category", "B.No", found="no component in the export"),
    )


def test_without_a_table_of_components_nothing_is_said_of_them():
    categories = "ContactID,CategoryID,CategoryName\n7,1,Hello\n"
    (call,), _ = read(exported(Categories=categories))
    assert call.events == (Event("category", "Hello"),)


def test_the_old_name_bucket_is_a_category():
    text = "ContactID,BucketID,BucketFullName,BucketName\n7,1,A.Hello,Hello\n"
    (file,) = exported(Buckets=text)
    assert callminer.recognises(file)
    (call,), _ = read([file])
    assert call.events == (Event("category", "A.Hello"),)


def test_coaching_and_review_later_are_how_a_call_was_chosen():
    insights = (
        "ContactID,InsightID,CreationDate,ScoreName,ScoreValue,Type,FirstListenedTime\n"
        "7,i2,03/02/2026 08:00:00,Quality,71,Coachable,03/03/2026 10:00:00\n"
        "7,i1,03/01/2026 08:00:00,Quality,60,Coachable,null\n"
        "9,i3,03/01/2026 08:00:00,null,NaN,null,null\n"
    )
    tags = (
        "ContactID,TagID,TagName,TagFullName\n"
        "7,1,Review Later,QA.Review Later\n8,2,For Sue,For Sue\n"
    )
    found, counts = read(
        exported(Contacts="ID,WAVLength\n7,1\n8,1\n9,1\n", Coach_Insights=insights, Tags=tags)
    )
    seven, eight, nine = found
    assert seven.facts == {
        "coach_insights": 2,
        "listened": 1,
        "selection_source": "coach insight (Coachable); tag (QA.Review Later)",
    }
    assert scores_of(seven) == {"Quality (in coaching)": 71.0}
    assert eight.facts == {"coach_insights": 0}
    assert nine.facts == {"coach_insights": 1, "selection_source": "coach insight"}
    assert counts[calls.OTHER_TAGS] == 1


def test_without_a_table_of_insights_nothing_is_said_of_selection():
    (call,), _ = read(exported(Contacts="ID,WAVLength\n7,1\n"))
    assert call.facts == {}


def test_a_call_without_client_id_is_named_by_its_contact():
    (one, two), _ = read(
        exported(Contacts="ID,WAVLength\n7,1\n8,1\n", Client_Ids="ContactID,ClientID\n8,REC-8\n")
    )
    assert (one.call_id, two.call_id) == ("7", "REC-8")


def test_contacts_that_share_a_client_id_are_not_joined():
    found, counts = read(exported(Contacts="ID,ClientID,WAVLength\n7,R,1\n8,R,2\n9,S,3\n"))
    assert [call.call_id for call in found] == ["7", "8", "S"]
    assert counts[calls.SHARED_CLIENT_ID] == 2


def test_a_client_id_names_one_contact_in_all_exports():
    files = exported("b", Contacts="ID,ClientID,WAVLength\n7,R,1\n") + exported(
        "a", Contacts="ID,ClientID,WAVLength\n8,R,2\n"
    )
    found, counts = read(files)
    assert [call.call_id for call in found] == ["R", "8"]
    assert counts[calls.SHARED_CLIENT_ID] == 1


def test_a_contact_twice_in_one_table_counts_once():
    (call,), counts = read(exported(Contacts="ID,WAVLength\n7,1\n7,2\n"))
    assert call.seconds == 2.0
    assert counts[contacts.TWICE] == 1


def test_a_contact_with_several_client_ids_has_that_of_contacts():
    found, counts = read(
        exported(
            Contacts="ID,ClientID,WAVLength\n7,R,1\n", Client_Ids="ContactID,ClientID\n7,Q\n7,R\n"
        )
    )
    assert [call.call_id for call in found] == ["R"]
    assert counts[calls.SEVERAL_CLIENT_IDS] == 1


def test_a_contact_that_contacts_does_not_hold_is_read_and_counted():
    found, counts = read(
        exported(
            Contacts="ID,WAVLength\n7,1\n",
            Scores="ContactID,ScoreID,ScoreName,Score\n8,1,Quality,5\n",
        )
    )
    assert [(call.call_id, call.seconds) for call in found] == [("7", 1.0), ("8", None)]
    assert counts[calls.ORPHANS] == 1


def test_without_a_table_of_contacts_there_are_no_orphans():
    _, counts = read(exported(Scores="ContactID,ScoreID,ScoreName,Score\n8,1,Quality,5\n"))
    assert not counts


def test_of_a_contact_exported_twice_the_latest_export_counts():
    columns = [(name, name, "") for name in ("ContactID", "ScoreID", "ScoreName", "Score")]
    files = []
    for folder, date, score in (
        ("b.zip", "2026-03-02T00:00:00Z", 2),
        ("a.zip", "2026-03-09T00:00:00Z", 9),
        ("c.zip", "2026-03-05T00:00:00Z", 5),
    ):
        text = f"ContactID,ScoreID,ScoreName,Score\n7,1,Quality,{score}\n"
        files.append(ExportFile(f"{folder}/e1_Scores.csv", text.encode()))
        files.append(described(f"{folder}/e1_Scores.json", *columns, date=date))
    assert len({callminer.part_of(file.name) for file in files}) == 1
    (call,), counts = read(files)
    assert scores_of(call) == {"Quality": 9.0}
    assert counts[calls.OLDER] == 2


def test_exports_in_one_folder_are_told_apart_by_the_id_in_front():
    text = "ContactID,ScoreID,ScoreName,Score\n7,1,Quality,{}\n"
    files = exported(a_Scores=text.format(1), b_Scores=text.format(2))
    _, counts = read(files)
    assert counts[calls.OLDER] == 1
    assert counts[calls.REPEATED] == 0


def test_known_measures_of_contacts_are_scores_on_no_declared_scale():
    text = "ID,WAVLength,UDF_Num_01,AvgAgitation,Tempo,PercentSilence\n7,1,3,41.5,180,NaN\n"
    layout = described(
        "x/Contacts.layout.json",
        ("ID", "ID", "System.Int32"),
        ("UDF_Num_01", "Hold Time", "System.Int32"),
        ("AvgAgitation", "Average Agitation", "System.String"),
        ("PercentSilence", "Percent Silence", "System.String"),
    )
    (call,), _ = read([*exported(Contacts=text), layout])
    assert call.scores == (
        Score("average agitation", 41.5, modality="voice"),
        Score("tempo", 180.0, modality="voice"),
        Score(
            "percent silence",
            None,
            missing_reason="unset",
            note="The export writes no number here (empty, null or NaN).",
            modality="voice",
        ),
    )
    assert call.facts == {"contact_hold_time": 3.0}


def test_agitation_as_a_label_is_one_score_for_each_label():
    (one, two), counts = read(exported(Contacts="ID,WAVLength,Agitation\n7,1,High\n8,1,null\n"))
    assert scores_of(one) == {"agitation: low": 0, "agitation: medium": 0, "agitation: high": 1}
    assert set(scores_of(two).values()) == {None}
    assert not counts


def test_a_measure_that_is_no_number_is_counted_and_left_out():
    (call,), counts = read(exported(Contacts="ID,WAVLength,Tempo\n7,1,brisk\n"))
    assert call.scores == ()
    assert counts[contacts.UNKNOWN_LABEL] == 1


def test_text_and_numbers_that_stand_for_somebody_are_left_out_of_contacts():
    text = "ID,WAVLength,UDF_text_01,Phone,Retries,Note\n7,1,Sue Miller,5550100,2,ask Sue\n"
    layout = described(
        "x/Contacts.json",
        ("UDF_text_01", "Customer Name", "System.String"),
        ("Phone", "Phone", "System.Int64"),
        ("Retries", "Retries", "System.Int32"),
        ("Note", "Note", "System.String"),
    )
    (call,), counts = read([*exported(Contacts=text), layout])
    assert call.facts == {"contact_retries": 2.0}
    assert counts[contacts.LEFT_OUT] == 3


def test_headings_that_are_friendly_names_are_found_by_the_layout():
    text = "Contact Number,Score Number,Name of Score,Result\n7,1,Quality,5\n"
    layout = described(
        "x/Scores.layout.json",
        ("ContactID", "Contact Number", ""),
        ("ScoreID", "Score Number", ""),
        ("ScoreName", "Name of Score", ""),
        ("Score", "Result", ""),
    )
    (call,), _ = read([*exported(Scores=text), layout])
    assert scores_of(call) == {"Quality": 5.0}
    with pytest.raises(TableError, match="Scores.csv: has no column ScoreID"):
        read(exported(Scores=text))


def test_a_table_that_is_cut_off_is_counted_against_its_layout():
    layout = described("x/Scores.json", ("ContactID", "ContactID", ""), n_rows=3)
    _, counts = read(
        [*exported(Scores="ContactID,ScoreID,ScoreName,Score\n7,1,Quality,5\n"), layout]
    )
    assert counts[tables.FEWER_ROWS] == 2


def test_a_layout_without_its_table_and_a_table_that_is_not_read_are_counted():
    files = [described("x/Scores.json"), ExportFile("x/AI_Summaries.csv", b"ContactID,Summary\n")]
    found, counts = read(files)
    assert not found
    assert counts[tables.NO_TABLE] == counts[tables.NOT_READ] == 1


def test_rows_beyond_those_announced_are_counted():
    layout = described("x/Tags.json", ("ContactID", "ContactID", ""), n_rows=0)
    _, counts = read([*exported(Tags="ContactID,TagName\n7,Review Later\n"), layout])
    assert counts[tables.MORE_ROWS] == 1


def test_redacted_passages_are_counted():
    text = "ContactID,StartTime,EndTime,Duration\n7,1,2,1\n7,3,4,1\n"
    (call,), counts = read(exported(Events_Redaction=text))
    assert call.events == ()
    assert counts[calls.REDACTED] == 2


def test_the_agents_number_may_stand_under_a_friendly_name_but_not_in_the_column_of_names():
    layout = described("x/Contacts.json", ("UDF_text_01", "Agent ID", "System.String"))
    (call,), _ = read([*exported(Contacts="ID,WAVLength,UDF_text_01\n7,1,a-9\n"), layout])
    assert call.agent == "a-9"
    layout = described("x/Contacts.json", ("Agent", "Agent ID", "System.String"))
    (call,), counts = read([*exported(Contacts="ID,WAVLength,Agent\n7,1,Lena K.\n"), layout])
    assert call.agent is None
    assert counts[calls.ONLY_NAMED] == 1


def test_a_torn_row_is_an_error_that_names_the_line():
    with pytest.raises(TableError, match="line 3: 3 cells under 4 headings"):
        read(exported(Scores="ContactID,ScoreID,ScoreName,Score\n7,1,Q,5\n7,1,Q\n"))


def test_a_table_that_is_not_utf_8_is_an_error_that_names_the_line():
    text = "ContactID,ScoreID,ScoreName,Score\n7,1,Qualité,5\n".encode("cp1252")
    with pytest.raises(TableError, match="line 2: byte 0xe9 is not UTF-8"):
        read([ExportFile("x/Scores.csv", text)])


def test_rows_without_a_contact_are_counted():
    found, counts = read(exported(Scores="ContactID,ScoreID,ScoreName,Score\nnull,1,Q,5\n"))
    assert not found
    assert counts[tables.NO_CONTACT_ID] == 1


@pytest.mark.parametrize(
    "text",
    [
        "call_id,start,end\n1,2,3\n",
        "ID,Name\n1,x\n",
        "Call,WAVLength\n1,2\n",
        "ContactID,StartTime,EndTime\n7,1,2\n",
        '{"mediaId": "1", "plainText": "hello"}',
        '{"LayoutEntity": []}',
        "\x00\x01",
    ],
)
def test_other_files_are_not_taken_for_it(text):
    assert not callminer.recognises(ExportFile("Scores.csv", text.encode()))


@pytest.fixture
def samples():
    if not SAMPLES.is_dir():
        pytest.skip("the samples of vendors' formats are not here")
    return SAMPLES


def test_the_sample_reads_alike_as_a_zip_and_as_a_folder(samples):
    folder = [
        ExportFile(f"callminer_bulk/{path.name}", path.read_bytes())
        for path in (samples / "callminer_bulk").iterdir()
    ]
    zipped = []
    with zipfile.ZipFile(samples / "callminer_bulk_export.zip") as archive:
        for name in archive.namelist():
            content = archive.read(name)
            content = gzip.decompress(content) if name.endswith(".gz") else content
            zipped.append(ExportFile(f"e.zip/{name.removesuffix('.gz')}", content))
    assert all(callminer.recognises(file) for file in (*folder, *zipped))
    (call,), counts = read(folder)
    assert read(zipped) == ([call], counts)
    assert not counts
    assert (call.call_id, call.agent, call.started) == (
        "CALL-2026-000137",
        "agent-0042",
        "2026-01-05T09:00:00",
    )
    assert [one.start for one in call.said] == [0.4, 3.65, 6.8, 12.6]
    spans = {event.kind: (event.start, event.end) for event in call.events[:3]}
    assert spans["overtalk"] == (6.8, 7.1)
    assert spans["silence"] == (10.3, 12.6)
