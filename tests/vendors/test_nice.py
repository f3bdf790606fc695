"""NICE ElevateAI and NICE CXone."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Event, Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import nice_cxone, nice_elevateai

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"


def as_file(told, name="a.json"):
    return ExportFile(name, json.dumps(told).encode())


def read(leaf, *documents):
    notes = Notes()
    return list(leaf.read([as_file(told) for told in documents], notes)), notes.counts


def sentence(who, start, end, phrase, score=0.5):
    return {
        "participant": who,
        "startTimeOffset": start,
        "endTimeOffset": end,
        "phrase": phrase,
        "score": score,
    }


def model(**changes):
    return {"name": "activeListening", "score": -4.5, "quartile4": 2} | changes


def bundle(*models, **rest):
    return {"enlightenBundles": [{"name": "Customer Satisfaction", "models": list(models)}]} | rest


def stretch(start, end, outcome):
    return {"startTimeOffset": start, "endTimeOffset": end, "result": outcome}


# ElevateAI


def test_a_participant_is_a_speaker_and_has_no_role():
    told = {
        "sentenceSegments": [
            sentence("participantTwo", 1500, 2250, "Yes.", 0.75),
            sentence("participantOne", 0, 1250, "Parcel desk?"),
        ]
    }
    (call,), _ = read(nice_elevateai, told)
    assert [(o.speaker, o.role, o.start, o.end, o.confidence, o.text) for o in call.said] == [
        ("participantOne", None, 0.0, 1.25, 0.5, "Parcel desk?"),
        ("participantTwo", None, 1.5, 2.25, 0.75, "Yes."),
    ]
    assert call.call_id is None
    assert call.facts == {}


def test_redacted_stretches_are_counted_and_their_marks_kept():
    told = {
        "sentenceSegments": [sentence("participantTwo", 0, 900, "It is # # # #.")],
        "redactionSegments": [{**stretch(300, 900, "CVV"), "score": 0}],
    }
    (call,), counts = read(nice_elevateai, told)
    assert call.said[0].text == "It is # # # #."
    assert call.facts == {"redacted_passages": 1}
    assert counts[nice_elevateai.REDACTED] == 1


def test_a_sentence_that_ends_before_it_starts_is_left_as_written():
    told = {"sentenceSegments": [sentence("participantOne", 900, 300, "Hm.")]}
    (call,), _ = read(nice_elevateai, told)
    assert (call.said[0].start, call.said[0].end) == (0.9, 0.3)


def test_a_behaviour_score_has_no_bounds_and_says_whose_it_is():
    told = {"allParticipants": bundle(model()), "participantTwo": bundle(model(score=6.25))}
    (call,), _ = read(nice_elevateai, told)
    assert {score.name: score.value for score in call.scores} == {
        "activeListening (all participants)": -4.5,
        "activeListening: last quarter (all participants)": 2.0,
        "activeListening (participant two)": 6.25,
        "activeListening: last quarter (participant two)": 2.0,
    }
    assert {(one.scale_min, one.scale_max, one.direction) for one in call.scores} == {
        (None, None, "neither")
    }


def test_a_score_of_null_was_not_analysed():
    (call,), counts = read(nice_elevateai, {"participantOne": bundle(model(score=None))})
    missing = call.scores[0]
    assert (missing.value, missing.missing_reason) == (None, "not analysed")
    assert counts[nice_elevateai.NOT_SCORED] == 1


def test_a_model_scored_twice_is_an_error():
    with pytest.raises(TableError, match="scored twice for one participant"):
        read(nice_elevateai, {"participantOne": bundle(model(), model())})


def test_silence_is_that_of_everybody_and_not_of_one():
    told = {
        "allParticipants": {
            "voiceActivitySegments": [
                stretch(0, 500, "voice"),
                stretch(500, 2500, "silence"),
                stretch(2500, 3000, "music"),
            ]
        },
        "participantOne": {"voiceActivitySegments": [stretch(0, 2500, "silence")]},
    }
    assert nice_elevateai.recognises(as_file(told))
    (call,), counts = read(nice_elevateai, told)
    assert call.events == (Event("silence", "silence", 0.5, 2.5),)
    assert counts[nice_elevateai.OWN_SILENCE] == 1
    assert counts[nice_elevateai.OTHER_ACTIVITY] == 1


def phrases(*words):
    return {
        "phrases": [text for text, *_ in words],
        "phraseSegments": [
            {"startTimeOffset": start, "endTimeOffset": end, "phraseIndex": at, "score": score}
            for at, (_, start, end, score) in enumerate(words)
        ],
    }


def test_phrases_are_words_cut_where_the_speaker_changes():
    told = {
        "allParticipants": phrases(("hello", 0, 400, 1), ("yes", 500, 700, 1)),
        "participantOne": phrases(("hello", 0, 400, 0.9), ("right", 800, 900, 0.8)),
        "participantTwo": phrases(("yes", 500, 700, 0.7)),
    }
    assert nice_elevateai.recognises(as_file(told))
    (call,), _ = read(nice_elevateai, told)
    assert [(one.speaker, one.text) for one in call.said] == [
        ("participantOne", "hello"),
        ("participantTwo", "yes"),
        ("participantOne", "right"),
    ]
    assert call.said[1].words == (Word("yes", 0.5, 0.7, 0.7),)


def test_phrases_of_everybody_are_read_where_there_are_no_others():
    told = {"allParticipants": phrases(("hello", 0, 400, 1), ("there", 500, 700, 1))}
    told["allParticipants"]["redactionSegments"] = [stretch(800, 900, "CVV")]
    told["redactionSegments"] = [stretch(1800, 1900, "CVV")]
    (call,), counts = read(nice_elevateai, told)
    assert counts[nice_elevateai.REDACTED] == 2
    assert [(one.speaker, one.text, one.end) for one in call.said] == [(None, "hello there", 0.7)]


# CXone


def segment(**changes):
    return {
        "id": "s1",
        "segmentId": "s1",
        "masterExternalId": "m1",
        "acquiredAt": "2026-03-01T10:00:00.466Z",
        "publishedAt": "2026-03-01T09:00:16Z",
        "resolvedProbability": 0.25,
        "resolved": False,
        "mediaType": "PhoneCall",
    } | changes


def test_resolution_is_a_probability_and_a_decision():
    (call,), counts = read(nice_cxone, [segment(resolved=True)])
    assert [(one.name, one.value, one.scale_min, one.scale_max) for one in call.scores] == [
        ("resolved probability", 0.25, 0, 1),
        ("resolved", 1.0, 0, 1),
    ]
    assert not counts


def test_what_is_null_was_not_analysed_and_what_is_absent_not_exported():
    record = segment(resolvedProbability=None)
    del record["resolved"]
    (call,), _ = read(nice_cxone, [record])
    assert [(one.value, one.missing_reason) for one in call.scores] == [
        (None, "not analysed"),
        (None, "not exported"),
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_segment_analysed_again_the_latest_is_kept_across_files(turned):
    old = [segment(resolvedProbability=0.9)]
    new = [segment(resolvedProbability=0.1, acquiredAt="2026-03-01T10:00:01Z")]
    assert nice_cxone.part_of("a.json") == nice_cxone.part_of("b/c.json")
    (call,), counts = read(nice_cxone, *((new, old) if turned else (old, new)))
    assert call.scores[0].value == 0.1
    assert counts[nice_cxone.ANALYSED_AGAIN] == 1


def test_a_record_without_a_date_is_the_oldest():
    (call,), counts = read(
        nice_cxone, [segment(), segment(acquiredAt=None, resolvedProbability=0.9)]
    )
    assert call.scores[0].value == 0.25
    assert counts[nice_cxone.UNDATED] == 1


def test_a_call_is_named_by_its_interaction_unless_it_has_several_segments():
    (one,), _ = read(nice_cxone, [segment()])
    assert one.call_id == "m1"
    two, counts = read(nice_cxone, [segment(), segment(segmentId="s2", id="s2")])
    assert [(call.call_id, call.facts["interaction"]) for call in two] == [
        ("s1", "m1"),
        ("s2", "m1"),
    ]
    assert counts[nice_cxone.SEVERAL_SEGMENTS] == 2


def test_neither_date_of_a_segment_is_the_start_of_the_call():
    (call,), _ = read(nice_cxone, [segment()])
    assert call.started is None
    assert call.facts["ended"] == "2026-03-01T09:00:16Z"


def test_fields_that_were_not_documented_are_counted_and_not_kept():
    (call,), counts = read(nice_cxone, [segment(agentName="Lena K.", sentiment="POSITIVE")])
    assert "Lena" not in repr(call)
    assert counts[nice_cxone.NOT_READ] == 2


def test_other_media_are_kept_and_counted():
    (call,), counts = read(nice_cxone, [segment(mediaType="Chat")])
    assert call.facts["media_type"] == "Chat"
    assert counts[nice_cxone.NO_CALL] == 1


def test_a_record_that_is_not_named_is_an_error():
    with pytest.raises(TableError, match="record 1 has no segmentId"):
        read(nice_cxone, [segment(id="", segmentId=None)])


def test_that_it_is_partial_is_said_in_every_report():
    assert nice_cxone.FORMAT.status == "partly documented"
    assert "seen in part" in nice_cxone.FORMAT.assumes[0].en


def test_each_is_taken_for_itself_alone():
    punctuated = as_file({"sentenceSegments": []})
    cxone = as_file([segment()])
    assert nice_elevateai.recognises(punctuated)
    assert nice_cxone.recognises(cxone)
    assert not nice_elevateai.recognises(cxone)
    assert not nice_cxone.recognises(punctuated)
    for content in (b"", b"[", b'[{"masterExternalId": 1, "acquiredAt": ', b"[]", b"a,b\n1,2\n"):
        assert not nice_cxone.recognises(ExportFile("x", content))
        assert not nice_elevateai.recognises(ExportFile("x", content))


@pytest.fixture
def samples():
    if not SAMPLES.is_dir():
        pytest.skip("the samples of vendors' formats are not here")
    return SAMPLES


def sample(leaf, path):
    file = ExportFile(path.name, path.read_bytes())
    assert leaf.recognises(file)
    (call,) = leaf.read([file], Notes())
    return call


def test_the_samples_of_elevateai(samples):
    call = sample(nice_elevateai, samples / "nice_elevateai_punctuated.json")
    assert [(one.start, one.end, one.speaker) for one in call.said] == [
        (0.4, 3.2, "participantOne"),
        (3.65, 7.1, "participantTwo"),
        (6.8, 10.3, "participantOne"),
        (12.6, 14.4, "participantTwo"),
    ]
    call = sample(nice_elevateai, samples / "nice_elevateai_cxai.json")
    assert call.events == (Event("silence", "silence", 10.3, 12.6),)
    assert len(call.scores) == 28
    assert call.scores[0].value == -2.1


def test_the_sample_of_cxone(samples):
    call = sample(nice_cxone, samples / "nice_cxone_ia_export_PARTIAL.json")
    assert call.call_id == "CALL-2026-000137"
    assert [score.value for score in call.scores] == [0.4312, 0.0]
