"""IBM: Watson Speech to Text and Tone Analyzer, on small answers made up here."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import ibm_stt, ibm_tone

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"


def as_file(document, name="call.json"):
    return ExportFile(name, json.dumps(document).encode())


def told(reader, document):
    notes = Notes()
    (call,) = reader.read([as_file(document)], notes)
    return call, notes


# Speech to Text


def result(*words, final=True, confidence=0.8, transcript=None):
    """Words are (text, start, end, confidence)."""
    text = " ".join(word[0] for word in words) + " " if transcript is None else transcript
    best = {"transcript": text, "timestamps": [list(word[:3]) for word in words],
            "word_confidence": [[word[0], word[3]] for word in words]}  # fmt: skip
    if final:
        best["confidence"] = confidence
    return {"final": final, "alternatives": [best]}


def label(start, end, speaker, confidence=0.3, final=True):
    return {"from": start, "to": end, "speaker": speaker, "confidence": confidence, "final": final}


HELLO = (("good", 0.1, 0.4, 0.9), ("day", 0.4, 0.7, 0.6))


def test_positions_become_words_and_the_trailing_space_is_taken_off():
    call, notes = told(ibm_stt, {"result_index": 0, "results": [result(*HELLO)]})
    (one,) = call.said
    assert (one.text, one.start, one.end, one.confidence) == ("good day", 0.1, 0.7, 0.8)
    assert [(w.text, w.start, w.end, w.confidence) for w in one.words] == list(HELLO)
    assert (one.speaker, one.role, call.call_id) == (None, None, None)
    assert not notes.counts


def test_speakers_are_joined_on_times_and_their_confidence_is_not_that_of_words():
    document = {
        "results": [result(*HELLO), result(("yes", 0.9, 1.2, 0.7))],
        "speaker_labels": [label(0.9, 1.2, 5), label(0.1, 0.4, 2), label(0.4, 0.7, 2)],
    }
    call, _ = told(ibm_stt, document)
    assert [(one.text, one.speaker) for one in call.said] == [("good day", "2"), ("yes", "5")]
    assert call.said[1].words[0].confidence == 0.7


def test_a_result_in_which_the_speaker_changes_is_cut_there():
    document = {
        "results": [result(*HELLO, ("yes", 0.9, 1.2, 0.7))],
        "speaker_labels": [label(0.1, 0.4, 0), label(0.4, 0.7, 0), label(0.9, 1.2, 1)],
    }
    call, _ = told(ibm_stt, document)
    assert [(one.text, one.speaker, one.start, one.end) for one in call.said] == [
        ("good day", "0", 0.1, 0.7),
        ("yes", "1", 0.9, 1.2),
    ]


def test_a_word_with_the_times_of_no_label_has_no_speaker_and_is_counted():
    document = {
        "results": [result(*HELLO)],
        "speaker_labels": [label(0.1, 0.4, 0), label(0.41, 0.7, 0, final=False)],
    }
    call, notes = told(ibm_stt, document)
    assert [(one.text, one.speaker) for one in call.said] == [("good", "0"), ("day", None)]
    assert notes.counts[ibm_stt.NO_SPEAKER] == 1
    assert notes.counts[ibm_stt.NOT_FINAL] == 1


def test_lists_of_unequal_length_are_an_error():
    one = result(*HELLO)
    del one["alternatives"][0]["word_confidence"][0]
    with pytest.raises(
        TableError, match=r"call.json: result 1: has 2 timestamps and 1 word confidences"
    ):
        told(ibm_stt, {"results": [one]})


def test_lists_of_different_words_are_an_error():
    one = result(*HELLO)
    one["alternatives"][0]["word_confidence"].reverse()
    with pytest.raises(
        TableError, match="timestamp of 'good' stands where the confidence of 'day'"
    ):
        told(ibm_stt, {"results": [one]})


def test_hesitations_stay_words_and_are_counted():
    call, notes = told(ibm_stt, {"results": [result(("%HESITATION", 0.0, 0.2, 0.5), *HELLO)]})
    assert call.said[0].text == "%HESITATION good day"
    assert call.said[0].words[0].text == "%HESITATION"
    assert notes.counts[ibm_stt.HESITATIONS] == 1


def test_a_formatted_transcript_gives_way_to_its_words():
    words = (("nine", 0.0, 0.3, 0.9), ("euros", 0.3, 0.8, 0.9))
    call, notes = told(ibm_stt, {"results": [result(*words, transcript="€9 ")]})
    assert call.said[0].text == "nine euros"
    assert call.said[0].raw == {"transcript": "€9"}
    assert notes.counts[ibm_stt.FORMATTED] == 1


def test_interim_results_are_not_read_and_are_counted():
    document = {"results": [result(*HELLO, final=False), result(*HELLO)]}
    call, notes = told(ibm_stt, document)
    assert len(call.said) == 1
    assert notes.counts[ibm_stt.INTERIM] == 1


def test_of_several_alternatives_the_first_is_taken():
    one = result(*HELLO)
    one["alternatives"].append({"transcript": "good dale "})
    call, notes = told(ibm_stt, {"results": [one]})
    assert call.said[0].text == "good day"
    assert notes.counts[ibm_stt.ALTERNATIVES] == 1


def test_without_timestamps_an_utterance_has_no_times():
    one = result(*HELLO)
    del one["alternatives"][0]["timestamps"]
    call, notes = told(ibm_stt, {"results": [one]})
    (said,) = call.said
    assert (said.start, said.end, said.words[1].start) == (None, None, None)
    assert [word.confidence for word in said.words] == [0.9, 0.6]
    assert notes.counts[ibm_stt.NO_TIMES] == 1


def test_without_word_confidences_a_word_has_none():
    one = result(*HELLO)
    del one["alternatives"][0]["word_confidence"]
    call, _ = told(ibm_stt, {"results": [one]})
    assert [word.confidence for word in call.said[0].words] == [None, None]


def test_an_asynchronous_job_holds_its_results_in_a_list():
    inner = {"result_index": 0, "results": [result(*HELLO)]}
    job = {"id": "j-1", "status": "completed", "results": [inner]}
    assert ibm_stt.recognises(as_file(job))
    call, _ = told(ibm_stt, job)
    assert call.said[0].text == "good day"
    with pytest.raises(TableError, match="status is 'failed'"):
        told(ibm_stt, {"id": "j-1", "status": "failed", "results": [inner]})


# Tone Analyzer


def tone(name, score):
    return {"tone_id": name, "tone_name": name.title(), "score": score}


def general(*sentences, document=()):
    return {
        "document_tone": {"tones": list(document)},
        "sentences_tone": [
            {"sentence_id": number, "text": f"Sentence {number}.", "tones": list(tones)}
            for number, tones in enumerate(sentences)
        ],
    }


def chat(**more):
    return {"utterances_tone": [
        {"utterance_id": 0, "utterance_text": "Fine.", "tones": [tone("polite", 0.75)]},
        {"utterance_id": 1, "utterance_text": "Long.", "tones": [], "error": "over 500 characters"},
    ], **more}  # fmt: skip


def test_a_tone_that_is_not_returned_is_censored_and_not_0():
    call, _ = told(ibm_tone, general([tone("anger", 0.625)]))
    scores = {one.name: one for one in call.said[0].scores}
    assert list(scores) == [
        f"{name} tone"
        for name in ("anger", "fear", "joy", "sadness", "analytical", "confident", "tentative")
    ]
    anger, joy = scores["anger tone"], scores["joy tone"]
    assert (anger.value, anger.scale_min, anger.scale_max) == (0.625, 0, 1)
    assert (anger.direction, anger.missing_reason) == ("higher is worse", None)
    assert (joy.value, joy.missing_reason, joy.direction) == (None, "censored", "higher is better")
    assert "0.5" in joy.note


def test_the_tones_of_the_document_are_scores_of_the_call():
    call, _ = told(ibm_tone, general([], document=[tone("sadness", 0.5)]))
    assert {one.name: one.value for one in call.scores}["sadness tone"] == 0.5


def test_sentences_have_neither_times_nor_speakers_and_keep_their_order():
    call, _ = told(ibm_tone, general([], []))
    assert [(one.text, one.start, one.end, one.speaker) for one in call.said] == [
        ("Sentence 0.", None, None, None),
        ("Sentence 1.", None, None, None),
    ]


@pytest.mark.parametrize(("n", "counted"), [(99, 0), (100, 1)])
def test_a_text_of_a_hundred_sentences_may_go_on(n, counted):
    _, notes = told(ibm_tone, general(*[[]] * n))
    assert notes.counts[ibm_tone.CUT] == counted


def test_an_analysis_of_the_document_alone_has_no_utterances():
    call, _ = told(ibm_tone, {"document_tone": {"tones": [tone("joy", 0.9)]}})
    assert call.said == ()
    assert {one.name: one.value for one in call.scores}["joy tone"] == 0.9


def test_the_tones_of_a_chat_are_others_and_an_utterance_may_not_be_analysed():
    call, notes = told(ibm_tone, chat())
    first, second = ({one.name: one for one in said.scores} for said in call.said)
    assert first["polite tone"].value == 0.75
    assert first["impolite tone"].missing_reason == "censored"
    assert {one.missing_reason for one in second.values()} == {"not analysed"}
    assert second["polite tone"].note == "over 500 characters"
    assert first.keys() == second.keys()
    assert notes.counts[ibm_tone.NOT_ANALYSED] == 1
    assert call.scores == ()


def test_a_warning_of_the_service_is_told_of_the_call():
    call, notes = told(ibm_tone, chat(warning="only 50"))
    assert call.facts == {"warning": "only 50"}
    assert notes.counts[ibm_tone.WARNED] == 1


def test_a_tone_that_is_not_documented_is_a_score_of_its_own():
    call, notes = told(ibm_tone, general([tone("openness", 0.6)]))
    assert call.said[0].scores[-1].name == "openness tone"
    assert notes.counts[ibm_tone.UNDOCUMENTED_TONE] == 1


def test_the_version_before_is_refused_since_its_scores_mean_something_else():
    old = {"document_tone": {"tone_categories": []}}
    assert ibm_tone.recognises(as_file(old))
    with pytest.raises(TableError, match="of version 2016-05-19"):
        told(ibm_tone, old)


def test_tones_claim_a_feeling():
    assert ibm_tone.FORMAT.infers_emotion
    assert not ibm_stt.FORMAT.infers_emotion


def test_each_format_is_recognised_by_its_reader_alone():
    speech = as_file({"results": [result(*HELLO)]})
    google = as_file({"results": [{"alternatives": [{"transcript": "hi"}]}]})
    for file, expected in [
        (speech, [True, False]),
        (as_file({"result_index": 0, "results": []}), [True, False]),
        (as_file(general([])), [False, True]),
        (as_file(chat()), [False, True]),
        (google, [False, False]),
        (as_file({"results": []}), [False, False]),
        (ExportFile("x.json", b"{"), [False, False]),
    ]:
        assert [reader.recognises(file) for reader in (ibm_stt, ibm_tone)] == expected


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("ibm_watson_stt", ibm_stt),
        ("ibm_tone_analyzer_2017-09-21", ibm_tone),
        ("ibm_tone_analyzer_chat", ibm_tone),
    ],
)
def test_the_sample_call_has_its_four_utterances(name, reader):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no sample at {path}")
    file = ExportFile(path.name, path.read_bytes())
    assert reader.recognises(file)
    (call,) = reader.read([file], Notes())
    assert len(call.said) == 4
    if reader is ibm_stt:
        assert [(one.start, one.end, one.speaker) for one in call.said] == [
            (0.4, 3.2, "0"), (3.65, 7.1, "1"), (6.8, 10.3, "0"), (12.6, 14.4, "1"),
        ]  # fmt: skip
