"""Medallia Voci: summaries of V-Spark, transcripts of V-Spark and V-Blaze."""

import json
from pathlib import Path

import pytest

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _voci_labels, voci

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"

SUMMARY = {
    "agentid": "a-9",
    "agent_clarity": 0.25,
    "agent_emotion": "Negative",
    "agent_gender": "Female",
    "client_clarity": "0.75",
    "client_gender": "Male",
    "datetime": "2026-03-01 23:15:09",
    "duration": "0:01:01.5",
    "filename": "calls/REC.7.wav",
}


def utterance(channel, start, end, *words, **rest):
    return {
        "start": start,
        "end": end,
        "confidence": 0.5,
        "metadata": {"channel": channel},
        "events": [
            {"word": word, "start": start, "end": end, "confidence": 0.75} for word in words
        ],
    } | rest


def transcript(*utterances, **rest):
    return {
        "asr": "7.3.0-1",
        "model": "eng1:callcenter",
        "source": "REC-7.wav",
        "utterances": list(utterances),
    } | rest


def as_file(told):
    return ExportFile("a.json", json.dumps(told).encode())


def read(told):
    notes = Notes()
    (call,) = voci.read([as_file(told)], notes)
    return call, notes.counts


def scores_of(call):
    return {score.name: score.value for score in call.scores}


def test_a_summary_is_a_call_with_its_agent_and_length():
    call, _ = read([SUMMARY])
    assert (call.call_id, call.agent, call.seconds) == ("REC.7", "a-9", 61.5)
    assert call.said == ()


def test_the_time_of_a_call_has_no_zone():
    assert read([SUMMARY])[0].started == "2026-03-01T23:15:09"


def test_clarity_may_be_written_as_text():
    scores = {score.name: score for score in read([SUMMARY])[0].scores}
    assert (scores["agent clarity"].value, scores["customer clarity"].value) == (0.25, 0.75)
    clear = scores["agent clarity"]
    assert (clear.scale_min, clear.scale_max, clear.direction, clear.modality) == (
        0,
        1,
        "higher is better",
        "voice",
    )


def test_an_emotion_is_four_scores_of_which_one_is_one():
    found = scores_of(read([SUMMARY])[0])
    assert {name: value for name, value in found.items() if "emotion" in name} == {
        "agent emotion: positive": 0,
        "agent emotion: improving": 0,
        "agent emotion: negative": 1,
        "agent emotion: worsening": 0,
    }


def test_a_positive_emotion_may_be_a_default_and_is_counted():
    _, counts = read([SUMMARY | {"agent_emotion": "positive", "client_emotion": "Positive"}])
    assert counts[voci.POSITIVE] == 2


def test_an_emotion_that_is_not_documented_has_no_value():
    call, counts = read([SUMMARY | {"agent_emotion": "Bored"}])
    bored = [score for score in call.scores if "emotion" in score.name]
    assert {(score.value, score.missing_reason) for score in bored} == {(None, "unset")}
    assert counts[_voci_labels.UNKNOWN_LABEL] == 1


def test_a_guess_of_gender_is_counted_and_nowhere_kept():
    call, counts = read([SUMMARY])
    assert counts[voci.GENDER] == 2
    told = transcript(
        utterance(0, 0, 1, "hi", gender="female"), app_data=dict(SUMMARY), gender="male"
    )
    other, more = read(told)
    assert more[voci.GENDER] == 4
    for one in (call, other):
        written = repr(one).lower()
        assert not any(word in written for word in ("gender", "male", "sex"))


def test_diarization_2_means_that_nobody_was_told_apart():
    call, counts = read([SUMMARY | {"diarization": 2}])
    assert call.facts == {"diarised": 0}
    assert counts[voci.NO_SPEAKERS] == 1
    call, counts = read([SUMMARY | {"diarization": 0.5}])
    assert call.facts == {"diarised": 1, "diarization": 0.5}
    assert counts[voci.NO_SPEAKERS] == 0
    assert read([SUMMARY])[0].facts == {}


def test_what_a_summary_does_not_hold_is_no_score():
    call, _ = read([{"agent_clarity": 0.5, "datetime": "2026-03-01 08:00:00"}])
    assert scores_of(call) == {"agent clarity": 0.5}
    assert (call.call_id, call.agent, call.seconds) == (None, None, None)


def test_custom_fields_are_counted_and_not_kept():
    call, counts = read([SUMMARY | {"Supervisor": "Marta"}])
    assert "Marta" not in repr(call)
    assert counts[voci.NOT_READ] == 1


def test_words_of_a_transcript_keep_their_times_and_confidence():
    call, _ = read(
        transcript(utterance(1, 2.0, 3.0, "yes"), utterance(0, 0.5, 1.5, "hello", "sir"))
    )
    first, second = call.said
    assert (first.text, first.start, first.end, first.confidence) == ("hello sir", 0.5, 1.5, 0.5)
    assert second.words == (Word("yes", 2.0, 3.0, 0.75),)
    assert call.call_id == "REC-7"


def test_a_channel_alone_has_no_role():
    call, _ = read(transcript(utterance(0, 0, 1, "hi"), utterance(1, 1, 2, "ho")))
    assert [(one.speaker, one.role) for one in call.said] == [
        ("channel 0", None),
        ("channel 1", None),
    ]


def test_app_data_says_which_channel_is_the_agents():
    told = transcript(
        utterance(0, 0, 1, "hi"),
        utterance(1, 1, 2, "ho"),
        app_data={"agent_channel": 1, "client_channel": 0, "agent_clarity": "0.5"},
    )
    call, _ = read(told)
    assert [one.role for one in call.said] == ["customer", "agent"]
    assert scores_of(call) == {"agent clarity": 0.5}


@pytest.mark.parametrize(
    "of_call",
    [
        {"agent_channel": 0, "client_channel": 0},
        {"agent_channel": 0, "client_channel": 1, "diarization": 2},
    ],
)
def test_without_speakers_told_apart_there_are_no_roles(of_call):
    call, _ = read(transcript(utterance(0, 0, 1, "hi"), app_data=of_call))
    assert call.said[0].role is None


def test_sentiment_of_an_utterance_is_from_the_text_and_emotion_from_both():
    told = transcript(utterance(0, 0, 1, "hi", sentiment="Mostly Negative", emotion="Neutral"))
    ones = {score.name: score.modality for score in read(told)[0].said[0].scores if score.value}
    assert ones == {"sentiment: mostly negative": "text", "emotion: neutral": "mixed"}


def test_every_undocumented_label_is_counted():
    told = transcript(*(utterance(0, at, at + 1, "hi", sentiment="Odd") for at in (0, 1)))
    call, counts = read(told)
    assert counts[_voci_labels.UNKNOWN_LABEL] == 2
    assert {score.value for one in call.said for score in one.scores} == {None}


def test_engine_and_warning_are_noted():
    notes = Notes()
    list(voci.read([as_file(transcript(warning="clipped"))], notes))
    assert set(notes.versions) == {"asr 7.3.0-1", "model eng1:callcenter"}
    assert notes.counts[voci.WARNED] == 1


def test_an_utterance_that_ends_before_it_starts_is_left_as_written():
    call, _ = read(transcript(utterance(0, 2, 1, "hi")))
    assert (call.said[0].start, call.said[0].end) == (2.0, 1.0)


@pytest.mark.parametrize(
    "content",
    [
        '{"utterances": [], "audio_url": "x"}',
        '{"utterances": [], "asr": "x"}',
        '[{"agent_clarity": 0.5}]',
        '[{"agent_clarity": 0.5, "d',
        "agent_clarity,duration\n0.5,3\n",
        "[]",
    ],
)
def test_other_files_are_not_taken_for_it(content):
    assert not voci.recognises(ExportFile("a.json", content.encode()))


def test_its_own_are_recognised():
    for told in ([SUMMARY], SUMMARY, transcript(), {"utterances": [], "app_data": {}}):
        assert voci.recognises(as_file(told))


def test_the_sample():
    if not SAMPLES.is_dir():
        pytest.skip("the samples of vendors' formats are not here")
    file = ExportFile("v.json", (SAMPLES / "voci_vspark_summary.json").read_bytes())
    assert voci.recognises(file)
    (call,) = voci.read([file], Notes())
    assert (call.call_id, call.agent, call.started, call.seconds) == (
        "CALL-2026-000137",
        "agent-0042",
        "2026-01-05T09:00:00",
        15.0,
    )
    assert scores_of(call)["agent clarity"] == 0.63
    assert scores_of(call)["agent emotion: worsening"] == 1
