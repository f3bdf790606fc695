"""Speechmatics: words, signs and entities, and the utterances made of them."""

import json

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _recognisers, rev, speechmatics


def item(kind, content, start, end, speaker=None, channel=None, **more):
    best = {"content": content, "confidence": 0.5, "language": "en"}
    if speaker:
        best["speaker"] = speaker
    told = {"type": kind, "start_time": start, "end_time": end, "alternatives": [best], **more}
    return {**told, "channel": channel} if channel else told


def word(content, start, end, speaker=None, channel=None):
    return item("word", content, start, end, speaker, channel)


def sign(content, at, speaker=None, channel=None, **more):
    return item("punctuation", content, at, at, speaker, channel, **more)


def document(*results, config=None, delimiter=" ", **more):
    pack = {"word_delimiter": delimiter}
    config = {"language": "en", "operating_point": "enhanced", **(config or {})}
    metadata = {"created_at": "2026-02-03T10:00:00Z", "transcription_config": config}
    job = {"id": "j7", "data_name": "calls/call-77.v2.wav", "duration": 33}
    metadata["language_pack_info"] = pack
    return {"format": "2.9", "job": job, "metadata": metadata, "results": [*results], **more}


def only(content):
    notes = Notes()
    (call,) = speechmatics.read([ExportFile("s.json", json.dumps(content).encode())], notes)
    return call, notes


def told(call):
    return [(one.speaker, one.text) for one in call.said]


def test_signs_join_the_text_on_the_side_they_attach_to():
    call, _ = only(
        document(
            word("He", 0.5, 0.7),
            sign(",", 0.7, attaches_to="previous"),
            sign("«", 0.8, attaches_to="next"),
            word("well", 0.8, 1.0),
            sign("»", 1.0),
            word("all", 1.0, 1.1),
            sign("-", 1.1, attaches_to="both"),
            word("in", 1.1, 1.2),
            sign("&", 1.3, attaches_to="none"),
            word("out", 1.4, 1.5),
        )
    )
    (one,) = call.said
    assert one.text == "He, «well» all-in & out"
    assert [own.text for own in one.words] == ["He", "well", "all", "in", "out"]
    assert one.words[0] == Word("He", 0.5, 0.7, 0.5)


def test_a_language_without_spaces_gets_none():
    call, _ = only(document(word("你", 0.1, 0.2), word("好", 0.2, 0.3), delimiter=""))
    assert call.said[0].text == "你好"


def test_the_words_of_an_entity_are_those_spoken():
    spoken = [word("Two", 8.4, 8.7, "S1"), word("pounds", 8.7, 9.3, "S1")]
    entity = item("entity", "£2", 8.4, 9.3, "S1", entity_class="money", spoken_form=spoken)
    call, notes = only(document(entity, sign(".", 9.3, "S1", is_eos=True)))
    (one,) = call.said
    assert one.text == "Two pounds."
    assert [(own.text, own.start) for own in one.words] == [("Two", 8.4), ("pounds", 8.7)]
    assert not notes.counts


def test_an_entity_without_its_spoken_form_is_counted():
    call, notes = only(document(item("entity", "£2", 8.4, 9.3)))
    assert call.said[0].words == (Word("£2", 8.4, 9.3, 0.5),)
    assert notes.counts == {speechmatics.NO_SPOKEN_FORM: 1}


def test_a_change_of_speaker_is_a_new_utterance():
    call, _ = only(
        document(
            word("One", 0, 0.4, "S1"),
            word("Two", 0.5, 0.9, "S2"),
            word("three", 1.0, 1.4, "S1"),
            word("four", 1.4, 1.8, "S1"),
        )
    )
    assert told(call) == [("S1", "One"), ("S2", "Two"), ("S1", "three four")]
    assert (call.said[2].start, call.said[2].end) == (1.0, 1.8)


def test_an_unknown_speaker_is_nobody_and_counted():
    call, notes = only(document(word("Hm", 0, 0.4, "UU"), word("Yes", 0.5, 0.9, "S1")))
    assert told(call) == [(None, "Hm"), ("S1", "Yes")]
    assert notes.counts == {speechmatics.UNKNOWN_SPEAKER: 1}


def test_a_channel_called_agent_is_a_speaker_and_not_a_role():
    call, notes = only(document(word("Hello", 0, 0.4, "UU", "agent")))
    assert [(one.speaker, one.role) for one in call.said] == [("agent", None)]
    assert call.said[0].raw == {"speaker_in_channel": "UU"}
    assert not notes.counts


def test_a_sentence_goes_on_over_what_the_other_channel_says():
    a, b = (None, "a"), (None, "b")
    call, _ = only(
        document(
            word("I", 0.0, 0.2, *a),
            word("No", 0.1, 0.3, *b),
            word("see", 0.2, 0.5, *a),
            sign(".", 0.5, *a, is_eos=True),
            word("way", 0.4, 0.8, *b),
            sign("!", 0.8, *b, is_eos=True),
            word("Right", 1.0, 1.4, *a),
            sign(".", 1.4, *a, is_eos=True),
        )
    )
    assert told(call) == [("a", "I see."), ("b", "No way!"), ("a", "Right.")]


def test_channels_that_follow_one_another_are_read_by_time():
    a, b = (None, "a"), (None, "b")
    call, _ = only(
        document(
            word("Hi", 0.0, 0.4, *a),
            sign(".", 0.4, *a, is_eos=True),
            word("Bye", 5.0, 5.4, *a),
            sign(".", 5.4, *a, is_eos=True),
            word("Help", 2.0, 2.4, *b),
            sign(".", 2.4, *b, is_eos=True),
        )
    )
    assert told(call) == [("a", "Hi."), ("b", "Help."), ("a", "Bye.")]


def test_two_sentences_in_a_row_are_one_utterance():
    call, _ = only(
        document(
            word("Hi", 0.0, 0.4, None, "a"),
            sign(".", 0.4, None, "a", is_eos=True),
            word("Yes", 0.5, 0.9, None, "a"),
        )
    )
    assert told(call) == [("a", "Hi. Yes")]


def test_without_any_signs_every_change_of_channel_is_a_new_utterance():
    call, _ = only(
        document(
            word("one", 0.0, 0.4, None, "a"),
            word("two", 1.0, 1.4, None, "b"),
            word("three", 2.0, 2.4, None, "a"),
        )
    )
    assert told(call) == [("a", "one"), ("b", "two"), ("a", "three")]


def test_a_sign_of_nobody_and_a_strange_result_are_counted():
    strange = {"type": "speaker_change", "start_time": 0, "end_time": 0}
    strange["alternatives"] = [{"content": ""}]
    call, notes = only(document(sign("…", 0.0), strange, word("Hm", 0.2, 0.4)))
    assert told(call) == [(None, "Hm")]
    assert notes.counts == {speechmatics.LOOSE_SIGN: 1, speechmatics.OTHER_TYPE: 1}


def test_the_recordings_name_names_the_call():
    call, notes = only(document(word("Hm", 0.2, 0.4)))
    assert (call.call_id, call.seconds, call.language) == ("call-77.v2", 33, "en")
    assert call.facts == {"job_id": "j7", "transcribed_at": "2026-02-03T10:00:00Z"}
    assert notes.versions == {"json-v2 2.9": 1, "model enhanced": 1}


def test_a_language_left_open_is_the_one_that_was_found():
    content = document(word("Ja", 0.2, 0.4), config={"language": "auto"})
    assert only(content)[0].language is None
    content["metadata"]["language_identification"] = {"predicted_language": "de"}
    assert only(content)[0].language == "de"


def test_sentiments_go_to_the_utterance_of_their_channel():
    segments = [
        {"text": "x", "start_time": 0.0, "end_time": 0.5, "sentiment": "negative"}
        | {"channel": "b", "confidence": 0.9},
        {"text": "y", "start_time": 7.0, "end_time": 7.5, "sentiment": "positive"}
        | {"channel": "b", "confidence": 0.9},
    ]
    results = [word("Hi", 0.0, 0.5, None, "a"), word("No", 0.1, 0.4, None, "b")]
    call, notes = only(document(*results, sentiment_analysis={"segments": segments}))
    negative = [
        (one.speaker, score.value, score.missing_reason)
        for one in call.said
        for score in one.scores
        if score.name == "sentiment: negative"
    ]
    assert negative == [("a", None, "not analysed"), ("b", 1.0, None)]
    assert notes.counts == {_recognisers.NO_UTTERANCE: 1}


def test_sentiments_go_to_the_utterance_of_their_speaker():
    told = {"text": "x", "start_time": 0.0, "end_time": 1.0, "sentiment": "NEGATIVE"}
    segments = [{**told, "speaker": "S2"}]
    results = [word("Hi", 0.0, 1.0, "S1"), word("No", 0.1, 0.9, "S2")]
    call, _ = only(document(*results, sentiment_analysis={"segments": segments}))
    assert call.said[0].scores[0].value is None
    values = {one.name: one.value for one in call.said[1].scores}
    assert values["sentiment: negative"] == 1.0
    assert len(values) == 3


def test_only_the_best_alternative_is_read():
    told = word("bill", 0.0, 0.5, "S1")
    told["alternatives"].append({"content": "pill", "confidence": 0.25, "speaker": "S2"})
    stop = sign(".", 0.5, "S1")
    stop["alternatives"].append({"content": "!", "confidence": 0.25, "speaker": "S2"})
    call, _ = only(document(told, stop))
    assert [(one.speaker, one.text, one.raw) for one in call.said] == [("S1", "bill.", {})]


def test_speechmatics_is_told_from_its_neighbours():
    own = document(word("Hm", 0.2, 0.4))
    assert speechmatics.recognises(ExportFile("s.json", json.dumps(own).encode()))
    assert not rev.recognises(ExportFile("s.json", json.dumps(own).encode()))
    live = {**own, "message": "AddTranscript"}
    google = {"results": [], "metadata": {}, "format": "x"}
    for other in (live, google, {"results": []}, []):
        assert not speechmatics.recognises(ExportFile("s.json", json.dumps(other).encode()))
