"""AssemblyAI: milliseconds and seconds in one document, labels and how sure they are."""

import json

import pytest

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _recognisers, assemblyai, gladia


def word(text, start, end, speaker=None, channel=None):
    item = {"text": text, "start": start, "end": end, "confidence": 0.5}
    return {**item, "speaker": speaker, "channel": channel}


WORDS = [
    word("Bonjour.", 150, 650, "A"),
    word("Un", 700, 900, "A"),
    word("instant.", 900, 1305, "A"),
    word("Oui.", 2000, 2400, "B"),
]


def turn(words, speaker):
    return {
        "text": " ".join(one["text"] for one in words),
        "start": words[0]["start"],
        "end": words[-1]["end"],
        "confidence": 0.625,
        "speaker": speaker,
        "words": words,
    }


def sentence(words, sentiment, confidence, **more):
    told = turn(words, words[0]["speaker"])
    del told["words"]
    return {**told, "sentiment": sentiment, "confidence": confidence, "channel": None, **more}


DOCUMENT = {
    "id": "t-9",
    "status": "completed",
    "audio_url": "https://example.invalid/9.wav",
    "audio_duration": 42,
    "language_code": "en_au",
    "speech_model": "universal",
    "text": "Bonjour. Un instant. Oui.",
    "words": WORDS,
    "utterances": [turn(WORDS[:3], "A"), turn(WORDS[3:], "B")],
}
SENTENCES = [
    sentence(WORDS[:1], "POSITIVE", 0.9),
    sentence(WORDS[1:3], "NEGATIVE", 0.55),
    sentence(WORDS[3:], "NEUTRAL", 0.7),
]


def only(content):
    notes = Notes()
    (call,) = assemblyai.read([ExportFile("t.json", json.dumps(content).encode())], notes)
    return call, notes


def values(said):
    return {one.name: one.value for one in said.scores}


def test_words_are_in_milliseconds_and_the_recording_in_seconds():
    call, notes = only(DOCUMENT)
    assert (call.said[0].start, call.said[0].end) == (0.15, 1.305)
    assert call.said[0].words[0] == Word("Bonjour.", 0.15, 0.65, 0.5)
    assert call.said[0].words[2] == Word("instant.", 0.9, 1.305, 0.5)
    assert call.seconds == 42
    assert not notes.counts


def test_utterances_have_the_services_speakers_and_no_role():
    call, _ = only(DOCUMENT)
    assert [(one.speaker, one.role, one.confidence) for one in call.said] == [
        ("A", None, 0.625),
        ("B", None, 0.625),
    ]


def test_a_variant_of_english_is_english_and_keeps_its_code():
    call, notes = only(DOCUMENT)
    assert call.language == "en"
    assert call.facts == {"transcript_id": "t-9", "language_code": "en_au"}
    assert call.call_id is None
    assert notes.versions == {"universal": 1}


def test_a_channel_is_the_speaker_where_none_is_named():
    told = {**turn(WORDS[3:], None), "channel": "2"}
    call, _ = only({**DOCUMENT, "utterances": [told]})
    assert call.said[0].speaker == "2"


def test_the_confidence_of_a_label_is_not_its_score():
    call, _ = only({**DOCUMENT, "sentiment_analysis_results": SENTENCES[2:]})
    expected = {"sentiment: positive": 0.0, "sentiment: negative": 0.0, "sentiment: neutral": 1.0}
    assert values(call.said[1]) == expected
    assert call.said[1].raw == {"sentiment_label_confidences": [0.7]}


def test_two_sentences_of_an_utterance_share_it_and_that_is_counted():
    call, notes = only({**DOCUMENT, "sentiment_analysis_results": SENTENCES})
    expected = {"sentiment: positive": 0.5, "sentiment: negative": 0.5, "sentiment: neutral": 0.0}
    assert values(call.said[0]) == expected
    assert notes.counts == {_recognisers.SEVERAL_SENTENCES: 1}


def test_an_utterance_without_a_sentence_is_not_analysed_rather_than_0():
    call, _ = only({**DOCUMENT, "sentiment_analysis_results": SENTENCES[:1]})
    assert {(one.value, one.missing_reason) for one in call.said[1].scores} == {
        (None, "not analysed")
    }


def test_an_analysis_asked_for_and_not_given_is_missing_too():
    call, _ = only({**DOCUMENT, "sentiment_analysis": True, "sentiment_analysis_results": None})
    assert [one.missing_reason for one in call.said[0].scores] == ["not analysed"] * 3


def test_an_analysis_never_asked_for_leaves_no_scores():
    call, _ = only({**DOCUMENT, "sentiment_analysis": False})
    assert call.said[0].scores == ()


def test_a_sentence_of_nobody_falls_to_the_utterance_of_its_time():
    lost = [
        sentence(WORDS[3:], "NEGATIVE", 0.5, speaker=None),
        {**sentence(WORDS[3:], "NEGATIVE", 0.5), "start": 9000, "end": 9100},
    ]
    call, notes = only({**DOCUMENT, "sentiment_analysis_results": lost})
    assert values(call.said[1])["sentiment: negative"] == 1.0
    assert notes.counts == {_recognisers.NO_UTTERANCE: 1}


def test_without_utterances_the_sentences_of_the_sentiment_are_their_frame():
    content = {**DOCUMENT, "utterances": None, "sentiment_analysis_results": SENTENCES[:2]}
    call, notes = only(content)
    assert [(one.text, len(one.words), one.confidence) for one in call.said] == [
        ("Bonjour.", 1, None),
        ("Un instant.", 2, None),
    ]
    assert values(call.said[1])["sentiment: negative"] == 1.0
    assert notes.counts == {assemblyai.BY_SENTENCE: 1, assemblyai.OUTSIDE: 1}


def test_a_sentence_of_one_channel_takes_no_word_of_the_other():
    words = [word("Un", 0, 100, None, "1"), word("Zwei", 20, 90, None, "2")]
    told = [{**sentence(words[:1], "NEUTRAL", 0.5), "channel": "1"}]
    content = {**DOCUMENT, "utterances": None, "words": words}
    call, notes = only({**content, "sentiment_analysis_results": told})
    assert [one.text for one in call.said[0].words] == ["Un"]
    assert notes.counts[assemblyai.OUTSIDE] == 1


def test_a_sentence_stays_with_its_speaker_where_both_speak():
    both = [turn([word("Oui.", 0, 1000, "A")], "A"), turn([word("Non.", 0, 1000, "B")], "B")]
    told = [sentence([word("Non.", 0, 1000, "B")], "NEGATIVE", 0.5)]
    call, _ = only({**DOCUMENT, "utterances": both, "sentiment_analysis_results": told})
    assert [one.scores[0].missing_reason for one in call.said] == ["not analysed", None]


def test_without_both_the_words_are_cut_where_the_speaker_changes():
    call, notes = only({**DOCUMENT, "utterances": None})
    assert [(one.text, one.speaker, one.start, one.end) for one in call.said] == [
        ("Bonjour. Un instant.", "A", 0.15, 1.305),
        ("Oui.", "B", 2.0, 2.4),
    ]
    assert notes.counts == {assemblyai.NO_UTTERANCES: 1}


def test_channels_are_not_mixed_into_one_utterance():
    words = [word("Un", 0, 100, None, "1"), word("Zwei", 50, 150, None, "2")]
    words.append(word("deux", 200, 300, None, "1"))
    call, _ = only({**DOCUMENT, "utterances": None, "words": words})
    assert [(one.text, one.speaker) for one in call.said] == [("Un deux", "1"), ("Zwei", "2")]


def test_a_redacted_transcript_is_counted():
    _, notes = only({**DOCUMENT, "redact_pii": True})
    assert notes.counts == {assemblyai.REDACTED: 1}


def test_a_transcript_that_failed_is_refused_in_the_services_words():
    failed = {"id": "t", "status": "error", "audio_url": "x", "error": "Download error: 404"}
    file = ExportFile("t.json", json.dumps(failed).encode())
    assert assemblyai.recognises(file)
    with pytest.raises(TableError, match=r"t\.json: status is 'error': Download error: 404"):
        list(assemblyai.read([file], Notes()))


def test_a_transcript_that_is_not_finished_is_refused():
    with pytest.raises(TableError, match="status is 'processing'"):
        only({**DOCUMENT, "status": "processing", "words": None})


def test_assemblyai_is_told_from_its_neighbours():
    own = ExportFile("t.json", json.dumps(DOCUMENT).encode())
    assert assemblyai.recognises(own)
    assert not gladia.recognises(own)
    bare = {"id": "t", "status": "completed", "audio_duration": 3}
    for part in ("words", "utterances", "error"):
        file = ExportFile("t.json", json.dumps({**bare, part: None}).encode())
        assert assemblyai.recognises(file)
    for other in (bare, {"id": "g", "status": "done", "result": {}}, {"status": "completed"}, []):
        assert not assemblyai.recognises(ExportFile("t.json", json.dumps(other).encode()))
