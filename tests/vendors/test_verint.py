"""Verint Interaction Analytics Export."""

import json
from pathlib import Path

import pytest

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import verint

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"

WORDS = [
    {"p": 1, "c": 0.9, "s": 200, "e": 500, "w": "Parcel", "sp": "Agent"},
    {"p": 2, "c": 0.4, "s": 500, "e": 900, "w": "desk", "sp": "Agent"},
    {"p": 3, "c": 1, "s": 800, "e": 1100, "w": "hello", "sp": "Customer"},
]
TIMED = [
    {"sp": "Agent", "s": 200, "e": 900, "text": "parcel desk"},
    {"sp": "Customer", "s": 800, "e": 1100, "text": "hello"},
]


def document(**changes):
    told = {
        "mediaId": "42",
        "status": "success",
        "dateCreated": "2026-03-09T01:00:00",
        "channels": "",
        "length": 61,
        "metadata": {"employeeId": "e-1", "direction": 2},
        "plainText": "Parcel desk\nHello",
        "plainTextTime": TIMED,
        "transcript_detailed": WORDS,
    }
    return ExportFile("42.json", json.dumps(told | changes).encode())


def read(**changes):
    notes = Notes()
    (call,) = verint.read([document(**changes)], notes)
    return call, notes.counts


def test_times_are_milliseconds_and_words_keep_their_confidence():
    call, counts = read()
    first, second = call.said
    assert (first.text, first.start, first.end, first.role) == ("parcel desk", 0.2, 0.9, "agent")
    assert first.words == (Word("Parcel", 0.2, 0.5, 0.9), Word("desk", 0.5, 0.9, 0.4))
    assert (second.role, second.words) == ("customer", (Word("hello", 0.8, 1.1, 1.0),))
    assert not counts


def test_a_word_goes_to_its_own_speaker_where_two_overlap():
    words = [{"p": 1, "c": 0.5, "s": 850, "e": 880, "w": "uh", "sp": "customer"}]
    call, _ = read(transcript_detailed=words)
    assert [[word.text for word in one.words] for one in call.said] == [[], ["uh"]]


def test_a_word_in_no_utterance_of_its_speaker_is_counted():
    words = [{"p": 1, "c": 0.5, "s": 950, "e": 990, "w": "uh", "sp": "Agent"}]
    call, counts = read(transcript_detailed=words)
    assert all(one.words == () for one in call.said)
    assert counts[verint.UNPLACED] == 1


def test_several_at_once_have_no_role():
    timed = [{"sp": "simultaneous", "s": 0, "e": 10, "text": "yes"}, *TIMED]
    call, counts = read(plainTextTime=timed)
    assert (call.said[0].speaker, call.said[0].role) == ("simultaneous", None)
    assert counts[verint.SIMULTANEOUS] == 1


def test_any_other_speaker_has_no_role_and_is_counted():
    call, counts = read(plainTextTime=[{"sp": "IVR", "s": 0, "e": 10, "text": "press one"}])
    assert (call.said[0].speaker, call.said[0].role) == ("IVR", None)
    assert counts[verint.OTHER_SPEAKER] == 1


def test_length_minus_one_is_unknown():
    call, counts = read(length=-1, status="transcript only", metadata=None)
    assert call.seconds is None
    assert counts[verint.TRANSCRIPT_ONLY] == 1
    assert read()[0].seconds == 61.0


def test_an_empty_string_was_not_calculated():
    call, counts = read(metadata={"employeeId": "", "direction": "", "siteId": 3})
    assert call.agent is None
    assert call.facts == {"site": "3"}
    assert counts[verint.NOT_CALCULATED] == 2


def test_the_day_of_the_export_is_not_the_start_of_the_call():
    assert read()[0].started is None
    call, _ = read(metadata={"startTime": "2026-03-08T10:00:00"})
    assert call.started == "2026-03-08T10:00:00+00:00"


def test_a_start_in_another_notation_is_counted_and_not_guessed():
    call, counts = read(metadata={"startTime": "08/03/2026 10:00"})
    assert call.started is None
    assert counts[verint.NO_DATE] == 1


def test_a_direction_of_zero_is_unknown():
    assert "direction" not in read(metadata={"direction": 0})[0].facts
    assert read()[0].facts == {"direction": "outbound"}


def test_metadata_of_other_names_are_counted_and_not_kept():
    call, counts = read(metadata={"employeeName": "Lena K.", "employeeId": "e-1"})
    assert "Lena" not in repr(call)
    assert counts[verint.NOT_READ] == 1


def test_words_alone_are_cut_where_the_speaker_changes():
    call, _ = read(plainTextTime=None, transcript_detailed=[WORDS[0], WORDS[2], WORDS[1]])
    assert [(one.text, one.start, one.end, one.role) for one in call.said] == [
        ("Parcel desk", 0.2, 0.9, "agent"),
        ("hello", 0.8, 1.1, "customer"),
    ]


def test_plain_text_alone_has_no_times_and_no_speakers():
    call, _ = read(plainTextTime=[], transcript_detailed=[])
    assert [(one.text, one.start, one.speaker) for one in call.said] == [
        ("Parcel desk", None, None),
        ("Hello", None, None),
    ]


def test_an_utterance_that_ends_before_it_starts_is_left_as_written():
    call, _ = read(plainTextTime=[{"sp": "Agent", "s": 900, "e": 200, "text": "x"}])
    assert (call.said[0].start, call.said[0].end) == (0.9, 0.2)


@pytest.mark.parametrize(
    "content", ['{"mediaId": "1"}', '[{"mediaId": "1", "plainText": ""}]', '{"utterances": []}']
)
def test_other_json_is_not_taken_for_it(content):
    assert not verint.recognises(ExportFile("a.json", content.encode()))
    assert verint.recognises(document())


def test_the_sample_has_four_utterances_with_all_their_words():
    if not SAMPLES.is_dir():
        pytest.skip("the samples of vendors' formats are not here")
    file = ExportFile("v.json", (SAMPLES / "verint_ia_export.json").read_bytes())
    (call,) = verint.read([file], Notes())
    assert [(one.start, one.end, one.role, len(one.words)) for one in call.said] == [
        (0.4, 3.2, "agent", 10),
        (3.65, 7.1, "customer", 12),
        (6.8, 10.3, "agent", 11),
        (12.6, 14.4, "customer", 3),
    ]
    assert (call.agent, call.seconds) == ("agent-0042", 15.0)
