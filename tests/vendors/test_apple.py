"""Apple Speech: SFSpeech as JSON and yap's file, on small answers made up here."""

import json
from pathlib import Path

import pytest

from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import apple_speech

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"


def as_file(document):
    return ExportFile("call.json", json.dumps(document).encode())


def told(document):
    notes = Notes()
    (call,) = apple_speech.read([as_file(document)], notes)
    return call, notes


def segment(text, start, length, confidence=0.5, **more):
    return {"substring": text, "timestamp": start, "duration": length, "confidence": confidence,
            **more}  # fmt: skip


def frames(*values):
    return {"frameDuration": 0.01, "acousticFeatureValuePerFrame": list(values)}


def voice():
    return {"jitter": frames(1.0, 3.0), "shimmer": frames(0.5), "pitch": frames(-1.0, 0.5),
            "voicing": frames(1.0, 0.0, 0.5, 0.5)}  # fmt: skip


def heard(*segments, **more):
    return {"isFinal": True, "bestTranscription": {"segments": list(segments)}, **more}


def values(call):
    return {one.name.split(" (")[0]: one.value for one in call.scores}


def test_a_word_ends_after_its_duration():
    call, _ = told(heard(segment("Hello,", 0.1, 0.2), segment("you", 0.3, 0.4)))
    (one,) = call.said
    assert [(w.text, w.start, w.end, w.confidence) for w in one.words] == [
        ("Hello,", 0.1, 0.3, 0.5),
        ("you", 0.3, 0.7, 0.5),
    ]
    assert (one.text, one.start, one.end) == ("Hello, you", 0.1, 0.7)
    assert (one.speaker, one.role, call.call_id, call.seconds) == (None, None, None, None)


def test_confidence_0_means_not_final_and_is_no_confidence():
    call, notes = told({**heard(segment("a", 0, 1, 0), segment("b", 1, 1, 0.1)), "isFinal": False})
    assert [word.confidence for word in call.said[0].words] == [None, 0.1]
    assert notes.counts[apple_speech.NOT_FINAL] == 1
    assert notes.counts[apple_speech.UNFINISHED] == 1


def test_an_utterance_ends_where_no_word_follows_for_a_second():
    call, _ = told(heard(segment("a", 0.0, 0.5), segment("b", 1.25, 0.25), segment("c", 2.5, 0.5)))
    assert [(one.text, one.start, one.end) for one in call.said] == [
        ("a b", 0.0, 1.5),
        ("c", 2.5, 3.0),
    ]


def test_words_that_all_stand_at_0_have_no_times():
    call, notes = told(heard(segment("a", 0.0, 0.0, 0), segment("b", 0.0, 0.0, 0), isFinal=False))
    (one,) = call.said
    assert (one.text, one.start, one.end, one.words[1].start) == ("a b", None, None, None)
    assert notes.counts[apple_speech.NO_TIMES] == 1
    assert len(call.scores) == 6


def test_voice_analytics_are_means_over_frames_and_say_so():
    metadata = {"speakingRate": 180.0, "averagePauseDuration": 0.25, "voiceAnalytics": voice()}
    call, _ = told(heard(segment("a", 0, 1), speechRecognitionMetadata=metadata))
    assert values(call) == {
        "speech rate": 180.0, "average pause between words": 0.25, "jitter": 2.0, "shimmer": 0.5,
        "pitch": -0.25, "voicing": 0.5,
    }  # fmt: skip
    jitter, voicing = call.scores[2], call.scores[5]
    assert jitter.name == "jitter (% of fundamental frequency)"
    assert jitter.note == "Mean over 2 frames, voiced or not."
    assert (voicing.scale_min, voicing.scale_max, voicing.modality) == (0, 1, "voice")
    assert {one.direction for one in call.scores} == {"neither"}


def test_voice_analytics_at_each_word_are_one_mean_over_all_frames():
    first = segment("a", 0, 1, voiceAnalytics={"jitter": frames(1.0)})
    second = segment("b", 1, 1, voiceAnalytics={"jitter": frames(4.0, 4.0)})
    call, _ = told(heard(first, second))
    assert values(call)["jitter"] == 3.0
    assert values(call)["shimmer"] is None
    assert call.scores[3].missing_reason == "unset"


def test_a_result_without_metadata_has_the_same_scores_all_missing():
    call, _ = told(heard(segment("a", 0, 1), speechRecognitionMetadata=None))
    assert len(call.scores) == 6
    assert {(one.value, one.missing_reason) for one in call.scores} == {(None, "not exported")}


def test_a_result_without_words_is_a_call_without_utterances():
    call, _ = told(heard())
    assert call.said == ()


def yap(*segments):
    return {
        "metadata": {"created": "2026-01-06T08:00:00Z", "language": "fr-FR", "duration": 2.0},
        "segments": list(segments),
    }


def test_what_yap_wrote_has_speakers_words_and_a_language_but_no_confidence():
    words = [{"text": "Oui.", "start": 0.25, "end": 0.75}]
    call, _ = told(
        yap(
            {"id": 2, "start": 1.0, "end": 2.0, "text": "Non.", "speaker": "Mic"},
            {"id": 1, "start": 0.25, "end": 0.75, "text": "Oui.", "words": words},
        )
    )
    assert [(one.text, one.start, one.end, one.speaker, one.role) for one in call.said] == [
        ("Oui.", 0.25, 0.75, None, None),
        ("Non.", 1.0, 2.0, "Mic", None),
    ]
    assert [word.confidence for word in call.said[0].words] == [None]
    assert call.language == "fr-FR"


def test_when_yap_wrote_its_file_is_not_when_the_call_began_nor_its_last_word_its_length():
    call, _ = told(yap())
    assert (call.started, call.seconds) == (None, None)


def test_only_files_of_apple_speech_are_recognised():
    assert apple_speech.recognises(as_file(heard()))
    assert apple_speech.recognises(as_file(yap()))
    whisper = {"text": "hi", "segments": [{"id": 0, "start": 0, "end": 1, "text": "hi"}],
               "language": "en"}  # fmt: skip
    other = {"metadata": {"title": "x"}, "segments": []}
    for file in (as_file(whisper), as_file(other), ExportFile("x.json", b"{"), as_file([])):
        assert not apple_speech.recognises(file)


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("apple_sfspeech_agent", [(0.4, 3.2), (6.8, 10.3)]),
        ("apple_sfspeech_customer", [(3.65, 7.1), (12.6, 14.4)]),
        ("apple_yap_speechanalyzer", [(0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4)]),
    ],
)
def test_the_sample_call_has_its_utterances(name, times):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no sample at {path}")
    file = ExportFile(path.name, path.read_bytes())
    assert apple_speech.recognises(file)
    (call,) = apple_speech.read([file], Notes())
    assert [(one.start, one.end) for one in call.said] == times
