"""Deepgram: utterances only if asked for, sentiment by the numbers of words."""

import copy
import json

import pytest

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import assemblyai, deepgram


def word(text, start, end, punctuated=None, **more):
    item = {"word": text, "start": start, "end": end, "confidence": 0.5}
    return {**item, "punctuated_word": punctuated or text, **more}


LEFT = [
    word("water", 0.5, 0.9, "Water"),
    word("board", 0.9, 1.4, "board."),
    word("yes", 4.0, 4.3, "Yes."),
]
RIGHT = [word("my", 2.0, 2.2, "My"), word("bill", 2.2, 2.6, "bill?")]


def channel(words, **more):
    transcript = " ".join(one["punctuated_word"] for one in words)
    return {"alternatives": [{"transcript": transcript, "confidence": 0.9, "words": words, **more}]}


def turn(number, words, **more):
    return {
        "start": words[0]["start"],
        "end": words[-1]["end"],
        "confidence": 0.75,
        "channel": number,
        "transcript": " ".join(one["punctuated_word"] for one in words),
        "words": words,
        **more,
    }


def document(channels=None, utterances=None, **results):
    channels = channels or [channel(LEFT), channel(RIGHT)]
    told = {"channels": channels, **results}
    if utterances is not None:
        told["utterances"] = utterances
    models = {"abc": {"name": "general-nova-3", "version": "2025-07-31", "arch": "nova-3"}}
    metadata = {"request_id": "7f", "created": "2026-02-03T10:00:00Z", "duration": 6.5}
    return {"metadata": {**metadata, "model_info": models}, "results": told}


TURNS = [turn(0, LEFT[:2]), turn(1, RIGHT), turn(0, LEFT[2:])]


def only(content):
    notes = Notes()
    (call,) = deepgram.read([ExportFile("c.json", json.dumps(content).encode())], notes)
    return call, notes


def sentiments(*segments):
    return {
        "segments": [
            {"text": text, "start_word": first, "end_word": last, "sentiment_score": score}
            for text, first, last, score in segments
        ],
        "average": {"sentiment": "neutral", "sentiment_score": 0.125},
    }


def scores(call):
    return [[(one.name, one.value) for one in said.scores] for said in call.said]


def test_the_text_is_the_lexical_form_of_the_words():
    call, notes = only(document(utterances=TURNS))
    assert [one.text for one in call.said] == ["water board", "my bill", "yes"]
    assert call.said[1].words == (Word("my", 2.0, 2.2, 0.5), Word("bill", 2.2, 2.6, 0.5))
    assert call.said[1].confidence == 0.75
    assert not notes.counts


def test_on_several_channels_the_channel_is_the_speaker_and_no_role():
    call, _ = only(document(utterances=[{**one, "speaker": 3} for one in TURNS]))
    assert [one.speaker for one in call.said] == ["0", "1", "0"]
    assert {one.role for one in call.said} == {None}
    assert call.said[0].raw == {"speaker_in_channel": 3}


def test_on_one_channel_the_speaker_is_the_diarised_number_or_nobody():
    mono = [channel(LEFT)]
    call, _ = only(document(mono, [turn(0, LEFT[:2], speaker=1), turn(0, LEFT[2:])]))
    assert [one.speaker for one in call.said] == ["1", None]
    assert call.said[0].raw == {}


def test_the_request_names_no_call_and_its_date_is_not_the_calls():
    call, notes = only(document(utterances=TURNS))
    assert (call.call_id, call.started, call.seconds) == (None, None, 6.5)
    assert call.facts == {"request_id": "7f", "transcribed_at": "2026-02-03T10:00:00Z"}
    assert notes.versions == {"general-nova-3 2025-07-31": 1}


def test_utterances_not_asked_for_are_put_together_at_changes_of_speaker():
    words = [word("a", 0.0, 0.2, speaker=0), word("b", 0.3, 0.5, speaker=0)]
    words += [word("c", 1.0, 1.5, speaker=1), word("d", 2.0, 2.5, speaker=0)]
    call, notes = only(document([channel(words)]))
    assert [(one.text, one.speaker, one.start, one.end) for one in call.said] == [
        ("a b", "0", 0.0, 0.5),
        ("c", "1", 1.0, 1.5),
        ("d", "0", 2.0, 2.5),
    ]
    assert call.said[0].confidence is None
    assert notes.counts == {deepgram.REBUILT: 1}


def test_paragraphs_divide_the_words_where_there_are_no_utterances():
    parts = {"paragraphs": [{"num_words": 2}, {"num_words": 1}]}
    call, _ = only(document([channel(LEFT, paragraphs=parts), channel(RIGHT)]))
    assert [(one.text, one.speaker) for one in call.said] == [
        ("water board", "0"),
        ("my bill", "1"),
        ("yes", "0"),
    ]


def test_paragraphs_of_other_words_are_not_used():
    parts = {"paragraphs": [{"num_words": 2}, {"num_words": 7}]}
    call, _ = only(document([channel(LEFT, paragraphs=parts)]))
    assert [one.text for one in call.said] == ["water board yes"]


def test_a_sentiment_goes_to_the_words_of_its_numbers_both_ends_included():
    told = sentiments(("Water board.", 0, 1, 0.25), ("Yes.", 2, 2, -0.5), ("My bill?", 0, 1, -1.0))
    call, notes = only(document(utterances=TURNS, sentiments=told))
    assert scores(call) == [[("sentiment", 0.25)], [("sentiment", -1.0)], [("sentiment", -0.5)]]
    one = call.said[0].scores[0]
    assert (one.scale_min, one.scale_max, one.direction) == (-1.0, 1.0, "higher is better")
    assert [(one.name, one.value) for one in call.scores] == [("average sentiment", 0.125)]
    assert not notes.counts


def test_an_utterance_over_two_segments_has_the_mean_over_its_words():
    told = sentiments(("Water", 0, 0, 0.5), ("board. Yes.", 1, 2, -0.5))
    call, _ = only(document([channel(LEFT)], [turn(0, LEFT)], sentiments=told))
    assert call.said[0].scores[0].value == pytest.approx((0.5 - 0.5 - 0.5) / 3)


def test_numbers_that_do_not_fit_give_way_to_the_one_utterance_of_that_text():
    told = sentiments(("My bill?", 0, 5, -0.75))
    call, notes = only(document(utterances=TURNS, sentiments=told))
    assert [one.scores[0].value for one in call.said] == [None, -0.75, None]
    assert notes.counts == {deepgram.BY_TEXT: 1}


def test_a_sentiment_of_words_on_both_channels_is_nobodys_and_counted():
    same = [word("yes", 5.0, 5.2, "Yes.")]
    both = [channel([word("yes", 1.0, 1.2, "Yes.")]), channel(same)]
    turns = [turn(0, [word("yes", 1.0, 1.2, "Yes.")]), turn(1, same)]
    call, notes = only(document(both, turns, sentiments=sentiments(("Yes.", 0, 0, 0.5))))
    assert notes.counts == {deepgram.UNPLACED: 1}
    assert [one.scores[0].missing_reason for one in call.said] == ["not analysed"] * 2


def test_an_utterances_own_sentiment_comes_first():
    turns = [{**TURNS[0], "sentiment": "positive", "sentiment_score": 0.875}, *TURNS[1:]]
    call, _ = only(document(utterances=turns))
    assert scores(call) == [[("sentiment", 0.875)], [], []]


def test_a_missing_sentiment_keeps_its_scale_and_direction():
    call, _ = only(document(utterances=TURNS, sentiments=sentiments(("Yes.", 2, 2, 0.5))))
    missing = call.said[0].scores[0]
    assert (missing.value, missing.scale_min, missing.scale_max) == (None, -1.0, 1.0)
    assert missing.direction == "higher is better"


def test_sentiment_is_placed_in_transcripts_without_punctuation_and_utterances():
    plain = [{k: v for k, v in one.items() if k != "punctuated_word"} for one in LEFT]
    told = sentiments(("Water Board", 0, 1, 0.25), ("yes", 2, 2, -0.5))
    parts = {"paragraphs": [{"num_words": 2}, {"num_words": 1}]}
    best = {"transcript": "water board yes", "words": plain, "paragraphs": parts}
    second = {"transcript": "daughter", "words": [word("daughter", 0.5, 1.4)]}
    call, _ = only(document([{"alternatives": [best, second]}], sentiments=told))
    assert [one.text for one in call.said] == ["water board", "yes"]
    assert [one.scores[0].value for one in call.said] == [0.25, -0.5]


def test_the_language_is_the_one_detected_on_the_first_channel():
    channels = [{**channel(LEFT), "detected_language": "fr"}, channel(RIGHT)]
    assert only(document(channels, TURNS))[0].language == "fr"
    assert only(document(utterances=TURNS))[0].language is None


def test_without_sentiment_there_are_no_scores():
    call, _ = only(document(utterances=TURNS))
    assert (scores(call), call.scores) == ([[], [], []], ())


def test_an_utterance_without_words_has_the_formatted_text_and_is_counted():
    bare = {"start": 0.5, "end": 1.0, "channel": 0, "transcript": " Good day.", "words": []}
    call, notes = only(document([channel(LEFT)], [bare]))
    assert (call.said[0].text, call.said[0].words) == ("Good day.", ())
    assert notes.counts == {deepgram.FORMATTED: 1}


def test_a_redacted_word_is_kept_as_written_and_counted():
    words = [word("i'm", 0.0, 0.2), word("[NAME_1]", 0.2, 0.6)]
    call, notes = only(document([channel(words)], [turn(0, words)]))
    assert call.said[0].text == "i'm [NAME_1]"
    assert notes.counts == {deepgram.REDACTED: 1}


def test_the_document_is_not_changed_by_reading_it():
    content = document(utterances=TURNS, sentiments=sentiments(("Yes.", 2, 2, 0.5)))
    before = copy.deepcopy(content)
    only(content)
    assert content == before


def test_an_error_of_the_service_is_told_in_its_own_words():
    error = {"err_code": "Bad Request", "err_msg": "corrupt audio", "request_id": "7f"}
    file = ExportFile("c.json", json.dumps(error).encode())
    assert deepgram.recognises(file)
    with pytest.raises(TableError, match=r"c\.json: .*Bad Request: corrupt audio"):
        list(deepgram.read([file], Notes()))


def test_deepgram_is_told_from_its_neighbours():
    own = ExportFile("c.json", json.dumps(document()).encode())
    assert deepgram.recognises(own)
    assert not assemblyai.recognises(own)
    amazon = {"jobName": "j", "results": {"channel_labels": {"channels": []}, "items": []}}
    google = {"metadata": {}, "results": [{"alternatives": []}]}
    for other in (amazon, google, {"results": {"channels": []}}, []):
        assert not deepgram.recognises(ExportFile("c.json", json.dumps(other).encode()))
