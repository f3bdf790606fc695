"""Whisper and its relatives: one shape of segments, four ways of writing it down."""

import json
from pathlib import Path

import pytest

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _recognisers, faster_whisper, openai, whisper, whisperx

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
FAMILY = {one.__name__.rpartition(".")[2]: one for one in (faster_whisper, openai, whisper)} | {
    "whisperx": whisperx
}


def file_of(document, name="call.json"):
    return ExportFile(name, json.dumps(document).encode())


def only(reader, document):
    """The one call in a document, and what was noticed."""
    notes = Notes()
    (call,) = reader.read([file_of(document)], notes)
    return call, notes


def segment(text, start, end, **more):
    return {
        "id": 0,
        "seek": 0,
        "start": start,
        "end": end,
        "text": text,
        "tokens": [1, 2],
        "temperature": 0.2,
        "avg_logprob": -0.5,
        "compression_ratio": 1.3,
        "no_speech_prob": 0.07,
        **more,
    }


def spoken(word, start, end, probability=None):
    item = {"word": word, "start": start, "end": end}
    return item if probability is None else {**item, "probability": probability}


OF_WHISPER = {
    "text": " Water meter. Which one?",
    "segments": [
        segment(
            " Water meter.",
            1.0,
            2.0,
            words=[spoken(" Water", 1.0, 1.4, 0.8), spoken(" meter.", 1.4, 2.0, 0.25)],
        ),
        segment(" Which one?", 2.5, 3.1),
    ],
    "language": "en",
}
VERBOSE = {
    "task": "transcribe",
    "language": "french",
    "duration": "9.5",
    "text": "L'eau coule. D'accord - merci.",
    "segments": [segment(" L'eau coule.", 0.5, 1.6), segment(" D'accord - merci.", 1.5, 2.6)],
    "words": [
        spoken("L'eau", 0.5, 0.9),
        spoken("coule", 0.9, 1.6),
        spoken("D'accord", 1.5, 2.0),
        spoken("-", 2.0, 2.1),
        spoken("merci", 2.1, 2.6),
    ],
}
DIARISED = {
    "task": "transcribe",
    "duration": 9.5,
    "text": "Bill. Yes.",
    "segments": [
        {"type": "transcript.text.segment", "id": "s0", "start": 0.1, "end": 0.9}
        | {"text": "Bill.", "speaker": "agent"},
        {"type": "transcript.text.segment", "id": "s1", "start": 1.0, "end": 1.5}
        | {"text": " Yes.", "speaker": "B"},
    ],
}
ALIGNED = {
    "segments": [
        {
            "start": 0.2,
            "end": 2.2,
            "text": " You owe 42 pounds.",
            "words": [
                {"word": "You", "start": 0.2, "end": 0.4, "score": 0.9, "speaker": "SPEAKER_01"},
                {"word": "owe", "start": 0.4, "end": 0.8, "score": 0.7, "speaker": "SPEAKER_00"},
                {"word": "42"},
                {"word": "pounds.", "start": 1.6, "end": 2.2, "score": 0.6}
                | {"speaker": "SPEAKER_01"},
            ],
            "speaker": "SPEAKER_01",
        },
        {"start": 3.0, "end": 3.4, "text": " Oh.", "words": []},
    ],
    "word_segments": [],
    "language": "en",
}


def test_whisper_words_lose_their_leading_space_and_keep_their_probability():
    call, notes = only(whisper, OF_WHISPER)
    first = call.said[0]
    assert first.text == "Water meter."
    assert first.words == (Word("Water", 1.0, 1.4, 0.8), Word("meter.", 1.4, 2.0, 0.25))
    assert (first.start, first.end, first.confidence) == (1.0, 2.0, None)
    assert (call.call_id, call.seconds, call.language) == (None, None, "en")
    assert not notes.counts


def test_whisper_names_no_speaker_and_no_role():
    call, _ = only(whisper, OF_WHISPER)
    assert {(one.speaker, one.role) for one in call.said} == {(None, None)}


def test_what_whisper_says_of_its_own_quality_stays_raw():
    call, _ = only(whisper, OF_WHISPER)
    assert call.said[0].raw == {
        "avg_logprob": -0.5,
        "no_speech_prob": 0.07,
        "compression_ratio": 1.3,
        "temperature": 0.2,
    }


def test_a_segment_without_words_has_none_made_up():
    call, _ = only(whisper, OF_WHISPER)
    assert call.said[1].text == "Which one?"
    assert call.said[1].words == ()


def test_a_segment_without_text_is_counted_and_left_out():
    call, notes = only(whisper, {**OF_WHISPER, "segments": [segment(" ", 0, 1)]})
    assert call.said == ()
    assert notes.counts == {_recognisers.NO_TEXT: 1}


@pytest.mark.parametrize(
    ("start", "end"), [(-0.5, 1.0), (2.0, 1.0), (float("nan"), 1.0), (0.0, float("inf"))]
)
def test_impossible_times_are_kept_and_counted(start, end):
    call, notes = only(whisper, {**OF_WHISPER, "segments": [segment(" Hm.", start, end)]})
    assert str((call.said[0].start, call.said[0].end)) == str((start, end))
    assert notes.counts == {_recognisers.ODD_TIMES: 1}


def test_a_segment_of_no_length_is_not_odd():
    _, notes = only(whisper, {**OF_WHISPER, "segments": [segment(" Hm.", 1.0, 1.0)]})
    assert not notes.counts


def test_utterances_come_by_start_whatever_the_order_of_the_file():
    segments = [segment(" Later.", 5, 6), segment(" Sooner.", 1, 2)]
    call, _ = only(whisper, {**OF_WHISPER, "segments": segments})
    assert [one.text for one in call.said] == ["Sooner.", "Later."]


def test_faster_whisper_as_a_list_has_neither_language_nor_length():
    call, _ = only(faster_whisper, OF_WHISPER["segments"])
    assert [one.text for one in call.said] == ["Water meter.", "Which one?"]
    assert (call.language, call.seconds, call.facts) == (None, None, {})


def test_faster_whisper_with_its_information_has_both():
    info = {"language": "fr", "language_probability": 0.5, "duration": 30.5}
    info["duration_after_vad"] = 4.5
    segments = [segment(" Bon.", 1.0, 2.0, words=None)]
    for document in ({"info": info, "segments": segments}, {**info, "segments": segments}):
        assert faster_whisper.recognises(file_of(document))
        call, _ = only(faster_whisper, document)
        assert (call.language, call.seconds) == ("fr", 30.5)
        assert call.facts == {"language_probability": 0.5, "heard_seconds": 4.5}
        assert call.said[0].words == ()


def test_words_of_verbose_json_are_laid_to_overlapping_segments_by_their_letters():
    call, notes = only(openai, VERBOSE)
    spelt = [[word.text for word in one.words] for one in call.said]
    assert spelt == [["L'eau", "coule"], ["D'accord", "-", "merci"]]
    assert not notes.counts


def test_words_of_verbose_json_have_no_confidence():
    call, _ = only(openai, VERBOSE)
    assert {word.confidence for one in call.said for word in one.words} == {None}


def test_words_that_spell_something_else_are_laid_by_time_and_that_is_counted():
    words = [spoken("Lo", 0.5, 0.9), spoken("coule", 0.9, 1.6), spoken("merci", 1.7, 2.6)]
    call, notes = only(openai, {**VERBOSE, "words": words})
    spelt = [[word.text for word in one.words] for one in call.said]
    assert spelt == [["Lo", "coule"], ["merci"]]
    assert notes.counts == {openai.BY_TIME: 1}


def test_verbose_json_without_segments_is_one_utterance_and_counted():
    document = {name: value for name, value in VERBOSE.items() if name != "segments"}
    document["text"] = f" {VERBOSE['text']} "
    call, notes = only(openai, document)
    (one,) = call.said
    assert (one.text, one.start, one.end, len(one.words)) == (VERBOSE["text"], 0.5, 2.6, 5)
    assert notes.counts == {openai.NO_SEGMENTS: 1}


def test_words_in_other_capitals_still_spell_their_segment():
    shouted = [{**word, "word": word["word"].upper()} for word in VERBOSE["words"]]
    call, notes = only(openai, {**VERBOSE, "words": shouted})
    assert [len(one.words) for one in call.said] == [2, 3]
    assert not notes.counts


def test_a_diarised_segment_without_text_is_counted_and_left_out():
    segments = [*DIARISED["segments"], {**DIARISED["segments"][0], "text": " "}]
    call, notes = only(openai, {**DIARISED, "segments": segments})
    assert len(call.said) == 2
    assert notes.counts == {_recognisers.NO_TEXT: 1}


def test_a_language_written_out_becomes_its_code():
    call, _ = only(openai, VERBOSE)
    assert (call.language, call.seconds) == ("fr", 9.5)
    for written, code in (("haitian creole", "ht"), ("German", "de"), ("es", "es")):
        assert only(openai, {**VERBOSE, "language": written})[0].language == code


def test_a_language_without_a_code_is_kept_and_counted():
    call, notes = only(openai, {**VERBOSE, "language": "klingon"})
    assert call.language == "klingon"
    assert notes.counts == {openai.OTHER_LANGUAGE: 1}


def test_a_known_voice_called_agent_is_a_speaker_and_not_a_role():
    call, _ = only(openai, DIARISED)
    assert [(one.text, one.speaker, one.role) for one in call.said] == [
        ("Bill.", "agent", None),
        ("Yes.", "B", None),
    ]
    assert call.said[0].words == ()
    assert call.language is None


def test_whisperx_keeps_a_number_without_times_and_counts_it():
    call, notes = only(whisperx, ALIGNED)
    assert call.said[0].words[2] == Word("42")
    assert call.said[0].words[0] == Word("You", 0.2, 0.4, 0.9)
    assert notes.counts[whisperx.UNPLACED] == 1


def test_whisperx_words_of_another_speaker_stay_and_are_counted():
    call, notes = only(whisperx, ALIGNED)
    assert call.said[0].speaker == "SPEAKER_01"
    speakers = ["SPEAKER_01", "SPEAKER_00", None, "SPEAKER_01"]
    assert call.said[0].raw == {"word_speakers": speakers}
    assert notes.counts[whisperx.OTHER_SPEAKER] == 1


def test_whisperx_gives_no_speaker_where_a_segment_has_none():
    call, notes = only(whisperx, ALIGNED)
    assert call.said[1].speaker is None
    assert notes.counts[whisperx.NO_SPEAKER] == 1
    third = {"start": 4.0, "end": 4.5, "text": " Ah.", "words": []}
    _, notes = only(whisperx, {**ALIGNED, "segments": [*ALIGNED["segments"], third]})
    assert notes.counts[whisperx.NO_SPEAKER] == 2


def test_whisperx_text_is_stripped_and_an_empty_segment_counted():
    segments = [*ALIGNED["segments"], {"start": 9.0, "end": 9.1, "text": " ", "words": []}]
    call, notes = only(whisperx, {**ALIGNED, "segments": segments})
    assert [one.text for one in call.said] == ["You owe 42 pounds.", "Oh."]
    assert call.language == "en"
    assert notes.counts[_recognisers.NO_TEXT] == 1


def test_whisperx_without_diarisation_misses_no_speakers():
    segments = [{"start": 0.0, "end": 1.0, "text": " Hm.", "avg_logprob": -0.4, "words": []}]
    call, notes = only(whisperx, {"segments": segments, "language": "en"})
    assert not notes.counts
    assert call.said[0].raw == {"avg_logprob": -0.4}


@pytest.mark.parametrize(
    ("document", "whose"),
    [
        (OF_WHISPER, "whisper"),
        ({"text": "", "segments": [], "language": "en"}, "whisper"),
        (OF_WHISPER["segments"], "faster_whisper"),
        ({"segments": OF_WHISPER["segments"], "language": "en"}, "faster_whisper"),
        ({"info": {"language_probability": 0.5}, "segments": []}, "faster_whisper"),
        (VERBOSE, "openai"),
        (DIARISED, "openai"),
        (ALIGNED, "whisperx"),
        ({"segments": [], "language": "en"}, "whisperx"),
        ({"text": "Hello."}, None),
        ([], None),
        ({"segments": []}, None),
        ({"metadata": {}, "segments": [{"start": 0, "end": 1, "text": "a"}]}, None),
        ([{"session_id": "a", "speaker": "b", "start_time": 0, "words": "c"}], None),
    ],
)
def test_each_of_the_family_claims_its_own_document_only(document, whose):
    claims = [name for name, reader in FAMILY.items() if reader.recognises(file_of(document))]
    assert claims == ([whose] if whose else [])


def test_a_broken_document_is_claimed_by_none():
    for content in (b'{"text": ', b"[{", b"", b"\xff{", b"<xml/>"):
        broken = ExportFile("x.json", content)
        assert not any(reader.recognises(broken) for reader in FAMILY.values())


@pytest.mark.parametrize(
    ("sample", "whose", "speakers"),
    [
        ("whisper.json", "whisper", {None}),
        ("faster_whisper.json", "faster_whisper", {None}),
        ("openai_verbose.json", "openai", {None}),
        ("openai_diarized.json", "openai", {"agent", "customer"}),
        ("whisperx.json", "whisperx", {"SPEAKER_00", "SPEAKER_01"}),
    ],
)
def test_the_sample_has_its_four_utterances(sample, whose, speakers):
    if not (SAMPLES / sample).exists():
        pytest.skip(f"no folder of samples with {sample}")
    (call,) = FAMILY[whose].read([ExportFile(sample, (SAMPLES / sample).read_bytes())], Notes())
    times = [(one.start, one.end) for one in call.said]
    assert times == [(0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4)]
    assert {one.speaker for one in call.said} == speakers
    counts = [len(one.words) for one in call.said]
    assert counts == ([0] * 4 if sample == "openai_diarized.json" else [10, 12, 11, 3])
