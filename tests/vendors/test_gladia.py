"""Gladia: accents, labels of sentiment and emotion, and results hidden in a text."""

import json

import pytest

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _recognisers, assemblyai, gladia


def turn(text, start, end, channel=0, speaker=0):
    words = [{"word": " réglé", "start": start, "end": end, "confidence": 0.25}]
    told = {"text": text, "start": start, "end": end, "confidence": 0.75, "words": words}
    return {**told, "channel": channel, "speaker": speaker, "language": "fr"}


TURNS = [turn("C'est réglé.", 0.5, 1.5), turn(" Ça m'étonnerait !", 2.0, 3.0, 1, 4)]


def label(start, end, sentiment, emotion="neutral", channel=0, speaker=0):
    told = {"text": "…", "sentiment": sentiment, "emotion": emotion, "start": start, "end": end}
    return {**told, "channel": channel, "speaker": speaker}


def document(results=None, channels=2, languages=("fr",), **analysis):
    metadata = {"audio_duration": 8.5, "number_of_distinct_channels": channels}
    transcription = {"languages": [*languages], "utterances": TURNS, "full_transcript": ""}
    told = {"metadata": metadata, "transcription": transcription}
    if results is not None or analysis:
        base = {"success": True, "is_empty": False, "results": results, "error": None}
        told["sentiment_analysis"] = {**base, **analysis}
    return {"id": "g5", "status": "done", "completed_at": "2026-02-03T10:00:00Z", "result": told}


def only(content):
    notes = Notes()
    file = ExportFile("g.json", json.dumps(content, ensure_ascii=False).encode())
    (call,) = gladia.read([file], notes)
    return call, notes


def marked(said):
    """What an utterance was labelled with."""
    return {one.name: one.value for one in said.scores if one.value}


def test_accents_and_times_come_through():
    call, notes = only(document())
    assert [(one.text, one.start, one.end) for one in call.said] == [
        ("C'est réglé.", 0.5, 1.5),
        ("Ça m'étonnerait !", 2.0, 3.0),
    ]
    assert call.said[0].words == (Word("réglé", 0.5, 1.5, 0.25),)
    assert (call.said[0].confidence, call.said[0].scores) == (0.75, ())
    assert (call.call_id, call.seconds, call.language) == (None, 8.5, "fr")
    assert call.facts == {"job_id": "g5", "transcribed_at": "2026-02-03T10:00:00Z"}
    assert not notes.counts


def test_an_utterance_without_text_is_counted_and_left_out():
    content = document()
    content["result"]["transcription"]["utterances"] = [turn(" ", 0, 1), TURNS[0]]
    call, notes = only(content)
    assert len(call.said) == 1
    assert notes.counts == {_recognisers.NO_TEXT: 1}


def test_the_speaker_is_the_channel_on_several_and_the_number_on_one():
    two, _ = only(document(channels=2))
    assert [(one.speaker, one.role) for one in two.said] == [("0", None), ("1", None)]
    assert two.said[1].raw == {"speaker_in_channel": 4}
    one, _ = only(document(channels=1))
    assert [(said.speaker, said.raw) for said in one.said] == [("0", {}), ("4", {})]


def test_several_languages_name_none_for_the_call():
    call, notes = only(document(languages=("fr", "ar")))
    assert call.language is None
    assert notes.counts == {gladia.SEVERAL_LANGUAGES: 1}


def test_a_label_is_one_and_every_other_label_of_the_list_is_zero():
    call, notes = only(document([label(0.5, 1.5, "negative", "anger")]))
    first = call.said[0]
    assert marked(first) == {"sentiment: negative": 1.0, "emotion: anger": 1.0}
    assert len(first.scores) == len(gladia.KNOWN_SENTIMENTS) + len(gladia.EMOTIONS) == 4 + 25
    directions = {one.name: one.direction for one in first.scores}
    assert directions["emotion: anger"] == "higher is worse"
    assert directions["emotion: relief"] == "higher is better"
    assert directions["emotion: neutral"] == "neither"
    assert {one.missing_reason for one in call.said[1].scores} == {"not analysed"}
    assert not notes.counts
    assert gladia.FORMAT.infers_emotion


def test_an_emotion_that_is_not_on_the_list_is_kept_and_counted():
    call, notes = only(document([label(0.5, 1.5, "negative", "frustration")]))
    assert marked(call.said[0])["emotion: frustration"] == 1.0
    assert notes.counts == {_recognisers.UNDOCUMENTED_LABEL: 1}


def test_unknown_is_no_sentiment_and_counted():
    call, notes = only(document([label(0.5, 1.5, "unknown", "awe")]))
    assert marked(call.said[0]) == {"emotion: awe": 1.0}
    reasons = {one.missing_reason for one in call.said[0].scores if "sentiment" in one.name}
    assert reasons == {"not analysed"}
    assert notes.counts == {gladia.NO_LABEL: 1}


def test_a_sentence_belongs_to_its_own_channel():
    call, _ = only(document([label(0.5, 2.5, "positive", channel=1)]))
    assert marked(call.said[0]) == {}
    assert marked(call.said[1])["sentiment: positive"] == 1.0


def test_a_sentence_outside_every_utterance_is_counted():
    _, notes = only(document([label(7.0, 8.0, "positive")]))
    assert notes.counts == {_recognisers.NO_UTTERANCE: 1}


def test_results_hidden_in_a_text_are_read_as_a_literal_and_counted():
    hidden = repr([label(0.5, 1.5, "negative", "pain")])
    assert hidden.startswith("[{'text'")
    call, notes = only(document(hidden))
    assert marked(call.said[0]) == {"sentiment: negative": 1.0, "emotion: pain": 1.0}
    assert notes.counts == {gladia.AS_LITERAL: 1}


@pytest.mark.parametrize(
    "hidden",
    ["[{'a': open('x')}]", "__import__('os')", "[{", "(" * 5000, "[{'a': 1} for _ in ()]", "\0"],
)
def test_a_text_that_is_no_literal_is_refused_and_not_run(hidden):
    with pytest.raises(TableError, match=r"g\.json: sentiment_analysis\.results is a text that is"):
        only(document(hidden))


def test_a_literal_that_is_no_list_of_sentences_is_refused():
    for hidden in ("{'a': 1}", "['negative']", "7"):
        with pytest.raises(TableError, match=r"results holds \w+, not a list of sentences"):
            only(document(hidden))


def test_a_literal_of_endless_length_is_not_even_tried(monkeypatch):
    monkeypatch.setattr(gladia, "MOST_LITERAL", 20)
    with pytest.raises(TableError, match="text of 21 characters; at most 20 are read"):
        only(document("[" + " " * 19 + "]"))
    assert only(document("[" + " " * 18 + "]"))[1].counts == {gladia.AS_LITERAL: 1}


def test_an_analysis_that_failed_leaves_scores_with_the_reason():
    call, _ = only(document(success=False, error={"message": "out of memory"}))
    scores = [score for one in call.said for score in one.scores]
    assert len(scores) == 2 * 29
    assert {(one.value, one.missing_reason) for one in scores} == {(None, "failed")}
    assert scores[0].note == "The service says: out of memory"


@pytest.mark.parametrize("failure", [{"success": False}, {"error": "out of memory"}])
def test_either_sign_of_failure_is_enough(failure):
    call, _ = only(document([label(0.5, 1.5, "positive")], **failure))
    assert {one.missing_reason for one in call.said[0].scores} == {"failed"}


def test_a_failed_job_is_refused_with_its_code():
    failed = {"id": "g", "kind": "pre-recorded", "status": "error", "error_code": 403}
    file = ExportFile("g.json", json.dumps({**failed, "result": None}).encode())
    assert gladia.recognises(file)
    with pytest.raises(TableError, match=r"g\.json: status is 'error', error code 403"):
        list(gladia.read([file], Notes()))


def test_a_job_that_is_not_done_is_refused_even_with_a_result():
    with pytest.raises(TableError, match="status is 'processing'"):
        only({**document(), "status": "processing"})


def test_gladia_is_told_from_its_neighbours():
    own = ExportFile("g.json", json.dumps(document()).encode())
    assert gladia.recognises(own)
    assert not assemblyai.recognises(own)
    vosk_like = {"result": [{"conf": 1.0, "word": "a"}], "text": "a"}
    for other in (vosk_like, {"status": "done", "result": None}, {"status": "x", "result": {}}, []):
        assert not gladia.recognises(ExportFile("g.json", json.dumps(other).encode()))
