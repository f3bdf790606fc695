"""The ready mappings: what each assumes, and the traps of each system."""

import importlib
import tomllib
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Event
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.vendors import (
    calabrio,
    callminer_contacts,
    hubstaff_csv,
    pureconnect,
    tp_interact,
    tp_observer,
    tp_sentinel,
    viva,
)
from biasbench.systems.vendors.table import wants_calls

READERS = (
    calabrio,
    callminer_contacts,
    hubstaff_csv,
    pureconnect,
    tp_interact,
    tp_observer,
    tp_sentinel,
    viva,
)
SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
HEADINGS = {
    calabrio: "Contact ID,Contact Start Time,Contact Silence Time (s)",
    callminer_contacts: "ID,ClientID,ClientCaptureDate,WAVLength,Agent,PercentSilence,Agitation",
    hubstaff_csv: "Date,Member,Hours,Activity %,Idle Time",
    pureconnect: "Interaction ID,User ID,Agent Score,Customer Score,Keyword,Channel,Offset (ms)",
    tp_interact: "Interaction ID;Agent Login;Date;Sentiment;Script compliance;QA score",
    tp_observer: "Timestamp,Login,Event,Duration_s,Reviewed",
    tp_sentinel: "Interaction ID,Login,Timestamp,Packet loss %,Jitter (ms)",
    viva: "PersonId,MetricDate,Call_hours,Organization",
}


def told(reader, *rows, headings=None):
    notes = Notes()
    text = "\n".join([headings or HEADINGS[reader], *rows]) + "\n"
    calls = list(reader.read([ExportFile("a.csv", text.encode())], notes))
    return calls, {remark.en: count for remark, count in notes.counts.items()}


def scores_of(call):
    return {score.name: score.value for score in call.scores}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__.split(".")[-1])
def test_a_reader_by_mapping_knows_its_own_headings_and_no_other(reader):
    for other, headings in HEADINGS.items():
        file = ExportFile("a.csv", f"\ufeff{headings}\r\n".encode())
        by_content = reader is other and reader is not callminer_contacts
        assert reader.recognises(file) == by_content, other.__name__
    assert not reader.recognises(ExportFile("a.csv", b"\xff\xfe\x00\x00"))
    assert not reader.recognises(ExportFile("a.json", HEADINGS[reader].encode()))


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__.split(".")[-1])
def test_a_ready_mapping_is_sound_and_says_in_both_languages_what_it_assumes(reader):
    text = reader.mapping_text()
    mapping = tomllib.loads(text)
    assert wants_calls(mapping)
    assert parse(mapping).info.tier == reader.FORMAT.tier == "T1"
    head = text.split("[file]", 1)[0]
    assert "ASSUMED" in head
    assert "SUPPOSÉ" in head
    assert reader.FORMAT.assumes
    for remark in reader.FORMAT.assumes:
        assert remark.fr != remark.en
        assert not remark.en.endswith(".")


def test_tp_interact_is_read_with_decimal_commas_and_days_first():
    heads = "Interaction ID;Agent Login;Date;Duration;Silence %;Sentiment;Script compliance;"
    (call,), noted = told(
        tp_interact,
        "T1;c9;03/02/2026 14:05;00:10:00;12,5;Positive;75%;61,5;N",
        headings=heads + "QA score;Sent to review",
    )
    assert (call.agent, call.started, call.seconds) == ("c9", "2026-02-03T14:05:00", 600.0)
    assert call.facts == {"listened": 0.0}
    assert scores_of(call) == {
        "silence share": 0.125,
        "overtalk share": None,
        "sentiment: negative": 0.0,
        "sentiment: positive": 1.0,
        "script compliance": 0.75,
        "quality": 61.5,
    }
    overtalk = call.scores[1]
    assert (overtalk.missing_reason, overtalk.note) == (
        "not exported",
        "'Overtalk %' is not in the file",
    )
    assert noted["Column 'Overtalk %' not in the file: 'overtalk share' not exported"] == 1


def test_a_sentiment_word_that_the_mapping_does_not_know_is_refused():
    row = "T1;c9;03/02/2026 14:05;Furious;75%;61,5"
    with pytest.raises(TableError, match="line 2: Sentiment is 'Furious', not one of the values"):
        told(tp_interact, row)


def test_events_of_tp_observer_are_counted_by_person_and_day():
    calls, _ = told(
        tp_observer,
        "2026-02-03T10:00:00,c9,IDLE,120,N",
        "2026-02-03T11:00:00,c9,IDLE,60,Y",
        "2026-02-04T11:00:00,c9,PHONE,5,N",
    )
    assert [(call.agent, call.started, call.unit) for call in calls] == [
        ("c9", "2026-02-03", "person-day"),
        ("c9", "2026-02-04", "person-day"),
    ]
    assert scores_of(calls[0])["IDLE (count)"] == 2.0
    assert scores_of(calls[0])["IDLE (s)"] == 180.0
    assert scores_of(calls[0])["IDLE, reviewed (count)"] == 1.0
    assert scores_of(calls[0])["PHONE (count)"] == 0.0


def test_the_quality_of_a_connection_is_a_condition_and_no_score():
    (call,), _ = told(tp_sentinel, "T1,c9,2026-02-03 14:05,2.5%,30")
    assert call.scores == ()
    assert call.facts == {
        "network_packet_loss": 0.025,
        "network_latency_ms": None,
        "network_jitter_ms": 30.0,
        "network_download_mbps": None,
    }


def test_a_blank_score_of_pureconnect_was_not_analysed_and_0_was():
    (first, second), _ = told(pureconnect, "P1,c9,0,0,,,", "P2,c9,,,,,")
    assert scores_of(first)["agent score (points)"] == 0.0
    score = second.scores[0]
    assert (score.value, score.missing_reason) == (None, "not analysed")
    assert first.events == second.events == ()


def test_keywords_of_one_interaction_are_joined_at_their_offsets():
    (call,), _ = told(
        pureconnect, "P1,c9,4,-1,thank you,Agent,1500", "P1,c9,4,-1,cancel,Customer,61000"
    )
    assert call.events == (
        Event("category", "thank you", 1.5, None, "agent"),
        Event("category", "cancel", 61.0, None, "customer"),
    )
    assert scores_of(call)["agent score (points)"] == 4.0


def test_calabrio_starts_are_in_utc_with_the_zone_beside_them():
    (call,), _ = told(
        calabrio,
        "55,2026-07-03 14:05:00,4,Europe/Paris,2,Anger,not happy",
        "55,2026-07-03 14:05:00,4,Europe/Paris,2,Closing,good bye",
        headings=HEADINGS[calabrio]
        + ",Contact Start Timezone,Contact Hold Time (s),Phrase Category,Phrase",
    )
    assert call.started == "2026-07-03T14:05:00+00:00"
    assert call.facts["start_timezone"] == "Europe/Paris"
    assert call.facts["hold_seconds"] == 2.0
    assert [(event.label, event.found) for event in call.events] == [
        ("Anger", "not happy"),
        ("Closing", "good bye"),
    ]


def test_a_calabrio_contact_that_nobody_evaluated_has_no_evaluation_score():
    (call,), _ = told(
        calabrio,
        "55,2026-07-03 14:05:00,4,,61",
        headings=HEADINGS[calabrio] + ",Evaluation Score (%),Predictive Evaluation Score",
    )
    by_name = {score.name: score for score in call.scores}
    assert by_name["evaluation score (percent)"].missing_reason == "not analysed"
    assert by_name["predicted evaluation score"].value == 61.0
    assert by_name["sentiment"].missing_reason == "not exported"
    assert "selection_source" not in call.facts
    assert "listened" not in call.facts


def test_callminer_contacts_have_american_dates_and_nobodys_name():
    (call,), noted = told(callminer_contacts, "9,R-7,02/03/2026 14:05:00,600,Zoé P.,12.5,null")
    assert (call.call_id, call.started, call.seconds) == ("R-7", "2026-02-03T14:05:00", 600.0)
    assert call.facts == {"contact_id": "9", "team": None}
    assert "Zoé" not in str(call)
    assert scores_of(call) == {"silence share": 0.125, "agitation": None, "tempo": None}
    assert [score.missing_reason for score in call.scores] == [None, "unset", "not exported"]
    assert noted["Column 'Agent' not read"] == 1


def test_hubstaff_hours_are_clock_times_and_its_activity_a_share():
    (call,), _ = told(hubstaff_csv, "2026-02-03,c9,7:30:00,49%,0:14:00")
    assert (call.agent, call.started, call.unit) == ("c9", "2026-02-03", "person-day")
    assert scores_of(call) == {
        "tracked time (s)": 27000.0,
        "activity share": 0.49,
        "idle time (s)": 840.0,
    }


def test_viva_weeks_have_the_month_first_and_lack_what_was_not_chosen():
    (call, later), _ = told(viva, "h1,02/08/2026,6.5,Nord", "h1,2026-02-15,,Nord")
    assert (call.agent, call.started, call.unit) == ("h1", "2026-02-08", "person-week")
    assert call.facts == {"team": "Nord", "level": None}
    assert scores_of(call)["calls (hours)"] == 6.5
    missing = {score.name: score.missing_reason for score in later.scores}
    assert later.started == "2026-02-15"
    assert missing["calls (hours)"] == "unset"
    assert missing["emails sent (count)"] == "not exported"


def test_a_contacts_table_of_callminer_is_left_to_the_reader_of_the_whole_export():
    from biasbench.systems.vendors import callminer

    file = ExportFile("Contacts.csv", f"{HEADINGS[callminer_contacts]}\n".encode())
    assert callminer.recognises(file)
    assert not callminer_contacts.recognises(file)


@pytest.mark.parametrize(
    ("name", "path", "agent", "score", "value"),
    [
        ("tp_interact", "tp_interact_PLACEHOLDER.csv", "agent-0042", "quality", 68.5),
        ("tp_observer", "tp_observer_sentinel_PLACEHOLDER.csv", "agent-0042", "IDLE (s)", 300.0),
        (
            *("pureconnect", "pureconnect_analyzer_ASSUMED.csv", "agent-0042"),
            *("agent score (points)", 3.0),
        ),
        ("calabrio", "calabrio_sentiment_details.csv", "agent-0042", "silence time (s)", 2.0),
        ("callminer_contacts", "callminer_bulk/Contacts.csv", "agent-0042", "agitation", 37.2),
        (
            *("hubstaff_csv", "hubstaff_time_activity_ASSUMED.csv", "Amina B."),
            *("activity share", 0.49),
        ),
        ("viva", "viva_person_query.csv", "0f3c…hash", "calls (count)", 210.0),
    ],
)
def test_the_sample_of_each_system_is_recognised_and_read(name, path, agent, score, value):
    if not (SAMPLES / path).is_file():
        pytest.skip(f"{path} is not here: the samples are kept beside the project")
    reader = importlib.import_module(f"biasbench.systems.vendors.{name}")
    file = ExportFile(path, (SAMPLES / path).read_bytes())
    assert reader.recognises(file) == (reader is not callminer_contacts)
    first = next(iter(reader.read([file], Notes())))
    assert (first.agent, scores_of(first)[score]) == (agent, value)
    assert (first.started or "2026-01-05").startswith("2026-01-05")
