"""Vosk and Rev, and that no recogniser's reader claims another's file."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import (
    _recognisers,
    assemblyai,
    deepgram,
    faster_whisper,
    gladia,
    openai,
    rev,
    speechmatics,
    vosk,
    whisper,
    whisperx,
)

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
READERS = {
    "assemblyai": assemblyai,
    "deepgram": deepgram,
    "faster_whisper": faster_whisper,
    "gladia": gladia,
    "openai": openai,
    "rev": rev,
    "speechmatics": speechmatics,
    "vosk": vosk,
    "whisper": whisper,
    "whisperx": whisperx,
}
OWN = {
    "assemblyai.json": "assemblyai",
    "deepgram.json": "deepgram",
    "faster_whisper.json": "faster_whisper",
    "gladia_fr.json": "gladia",
    "openai_diarized.json": "openai",
    "openai_verbose.json": "openai",
    "rev_ai.json": "rev",
    "speechmatics.json": "speechmatics",
    "vosk_agent.jsonl": "vosk",
    "vosk_customer.jsonl": "vosk",
    "whisper.json": "whisper",
    "whisperx.json": "whisperx",
}
TIMES = [(0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4)]

SURE = {"result": [{"conf": 0.75, "start": 1.5, "end": 1.9, "word": "hello"}], "text": "hello"}
AGAIN = {
    "result": [
        {"conf": 1.0, "start": 4.0, "end": 4.2, "word": "the"},
        {"conf": 0.5, "start": 4.2, "end": 4.9, "word": "meter"},
    ],
    "text": "the meter",
}
NBEST = {
    "alternatives": [
        {"confidence": 212.5, "result": [{"start": 0.3, "end": 0.6, "word": "yes"}], "text": "yes"},
        {"confidence": 208.1, "result": [{"start": 0.3, "end": 0.6, "word": "yeah"}], "text": "ye"},
    ]
}


def lines(*values):
    return "\n".join(json.dumps(value) for value in values).encode()


def only(reader, content, name="x.json"):
    """The one call in a file, and what was noticed."""
    notes = Notes()
    (call,) = reader.read([ExportFile(name, content)], notes)
    return call, notes


def test_vosk_results_are_utterances_with_the_times_of_their_words():
    call, notes = only(vosk, lines(SURE, AGAIN))
    assert [(one.text, one.start, one.end) for one in call.said] == [
        ("hello", 1.5, 1.9),
        ("the meter", 4.0, 4.9),
    ]
    assert call.said[1].words == (Word("the", 4.0, 4.2, 1.0), Word("meter", 4.2, 4.9, 0.5))
    assert (call.call_id, call.said[0].speaker, call.said[0].confidence) == (None, None, None)
    assert not notes.counts


@pytest.mark.parametrize(
    "content",
    [
        lines(SURE, AGAIN),
        (json.dumps(SURE, indent=2) + "\n" + json.dumps(AGAIN, indent=2)).encode(),
        (json.dumps(SURE, indent=2) + json.dumps(AGAIN)).encode(),
        json.dumps([SURE, AGAIN]).encode(),
        b"\xef\xbb\xbf" + lines(SURE, AGAIN) + b"\r\n\r\n",
    ],
    ids=["lines", "over several lines", "without a gap", "list", "with a byte-order mark"],
)
def test_vosk_results_may_be_strung_together_in_any_way(content):
    assert vosk.recognises(ExportFile("x", content))
    call, _ = only(vosk, content)
    assert [one.text for one in call.said] == ["hello", "the meter"]


def test_a_single_result_of_vosk_is_read():
    content = json.dumps(SURE).encode()
    assert vosk.recognises(ExportFile("x", content))
    assert [one.text for one in only(vosk, content)[0].said] == ["hello"]


def test_a_likelihood_of_vosk_is_no_confidence_and_counted():
    call, notes = only(vosk, lines(NBEST))
    (one,) = call.said
    assert one.text == "yes"
    assert one.confidence is None
    assert one.words == (Word("yes", 0.3, 0.6, None),)
    assert one.raw == {"log_likelihood": 212.5}
    assert notes.counts == {vosk.LIKELIHOOD: 1}


def test_partial_and_empty_results_of_vosk_are_counted_and_not_read():
    call, notes = only(vosk, lines({"partial": "hel"}, SURE, {"partial": ""}, {"text": ""}))
    assert [one.text for one in call.said] == ["hello"]
    assert notes.counts == {vosk.PARTIAL: 2, vosk.EMPTY: 1}


def test_a_result_of_vosk_without_words_has_no_times():
    call, notes = only(vosk, lines({"text": "hello there"}, SURE))
    assert (call.said[0].start, call.said[0].words) == (None, ())
    assert notes.counts == {vosk.NO_TIMES: 1}


def test_a_voice_print_is_never_taken_over():
    call, notes = only(vosk, lines({**SURE, "spk": [0.5, -1.5], "spk_frames": 80}))
    assert "-1.5" not in repr(call)
    assert notes.counts == {vosk.VOICE_PRINT: 1}


def test_a_broken_result_of_vosk_is_named_by_its_line():
    broken = lines(SURE) + b'\n{"text": \n'
    assert not vosk.recognises(ExportFile("x", broken))
    with pytest.raises(TableError, match=r"a\.jsonl: line 2, column \d+: is not JSON"):
        only(vosk, broken, "a.jsonl")
    spread = json.dumps(SURE, indent=1).encode() + b"\n17"
    with pytest.raises(TableError, match=r"a\.jsonl: line 12: '17' is not a result of Vosk"):
        only(vosk, spread, "a.jsonl")


@pytest.mark.parametrize(
    "content",
    [
        b'{"text": "of any service"}',
        b'{"result": [{"conf": 0.5, "word": "a"}, {"word": "b"}], "text": "a b"}',
        b'{"result": ["conf"], "text": "a"}',
        b'{"result": {"transcription": {}}, "text": ""}',
        b'{"alternatives": [{"transcript": "of Google", "confidence": 0.5}]}',
        lines(SURE, {"results": []}),
        b"",
        b"text",
        b"[]",
        b"[1, 2]",
    ],
)
def test_vosk_claims_nothing_that_others_could_have_written(content):
    assert not vosk.recognises(ExportFile("x", content))


def text(value, ts, end_ts, confidence=0.5):
    element = {"type": "text", "value": value, "ts": ts, "end_ts": end_ts}
    return {**element, "confidence": confidence}


def sign(value):
    return {"type": "punct", "value": value}


def of_rev(*monologues):
    return json.dumps({"monologues": list(monologues)}).encode()


def test_signs_of_rev_join_the_text_and_are_no_words():
    elements = [
        text("Well", 1.0, 1.2, 0.75),
        sign(", "),
        text("yes", 1.3, 1.6),
        sign("."),
        sign(" "),
    ]
    call, notes = only(rev, of_rev({"speaker": 1, "elements": elements}))
    (one,) = call.said
    assert (one.text, one.start, one.end) == ("Well, yes.", 1.0, 1.6)
    assert (one.speaker, one.role) == ("1", None)
    assert one.words == (Word("Well", 1.0, 1.2, 0.75), Word("yes", 1.3, 1.6, 0.5))
    assert not notes.counts


def test_what_rev_heard_and_did_not_transcribe_is_counted_and_no_word():
    elements = [text("My", 1.0, 1.2), sign(" "), {"type": "unknown", "value": "<inaudible>"}]
    elements += [sign(" "), text("bill", 2.0, 2.5)]
    call, notes = only(rev, of_rev({"speaker": 0, "elements": elements}))
    (one,) = call.said
    assert one.text == "My bill"
    assert [word.text for word in one.words] == ["My", "bill"]
    assert one.raw == {"unknown_elements": 1}
    assert notes.counts == {rev.UNKNOWN: 1}


def test_a_monologue_that_rev_did_not_understand_is_an_utterance_of_no_words():
    element = {"type": "unknown", "value": "<crosstalk>", "ts": 3.0, "end_ts": 3.5}
    call, _ = only(rev, of_rev({"speaker": 0, "elements": [element, sign(".")]}))
    (one,) = call.said
    assert (one.text, one.words, one.start, one.end) == ("", (), 3.0, 3.5)


def test_rev_monologues_come_by_start_and_an_empty_one_is_counted():
    late = {"speaker": 0, "elements": [text("late", 5.0, 6.0)]}
    early = {"speaker": 1, "elements": [text("early", 1.0, 2.0)]}
    call, notes = only(rev, of_rev(late, {"speaker": 2, "elements": []}, early))
    assert [one.text for one in call.said] == ["early", "late"]
    assert notes.counts == {rev.WITHOUT_ELEMENTS: 1}


def test_a_word_of_rev_without_times_and_a_strange_element_are_counted():
    elements = [{"type": "text", "value": "Hm"}, {"type": "music", "value": "♪"}]
    call, notes = only(rev, of_rev({"speaker": None, "elements": elements}))
    assert call.said[0].words == (Word("Hm"),)
    assert (call.said[0].text, call.said[0].speaker) == ("Hm", None)
    assert notes.counts == {rev.WITHOUT_TIMES: 1, rev.OTHER_TYPE: 1}


def test_rev_does_not_claim_monologues_of_another_make():
    assert rev.recognises(ExportFile("x", of_rev()))
    for other in (b'{"monologues": [{"terms": []}]}', b'{"monologues": 1}', b"[]", b""):
        assert not rev.recognises(ExportFile("x", other))


def test_a_sentence_goes_to_the_utterance_it_overlaps_most():
    owned, nowhere = _recognisers.lay(
        [(0.0, 2.0, None), (0.0, 2.0, "B"), (9.0, 9.5, "A"), (0.0, 2.0, "C")],
        [(0.0, 1.5, "A"), (1.2, 3.0, "B")],
    )
    assert owned == [[0], [1]]
    assert nowhere == 2


def test_a_missing_label_is_not_zero_and_several_are_a_share():
    notes = Notes()
    known = {"bad": "higher is worse", "good": "higher is better"}
    none = _recognisers.label_scores("mood", known, [], notes)
    assert [(one.name, one.value, one.missing_reason) for one in none] == [
        ("mood: bad", None, "not analysed"),
        ("mood: good", None, "not analysed"),
    ]
    some = _recognisers.label_scores("mood", known, ["good", "bad", "good", "odd"], notes)
    odd = _recognisers.label_scores("mood", known, [*"zyxwvu"], Notes())
    assert [one.name[-1] for one in odd[2:]] == [*"uvwxyz"]
    assert [(one.name, one.value, one.direction) for one in some] == [
        ("mood: bad", 0.25, "higher is worse"),
        ("mood: good", 0.5, "higher is better"),
        ("mood: odd", 0.25, "neither"),
    ]
    assert {(one.scale_min, one.scale_max) for one in some} == {(0.0, 1.0)}
    assert notes.counts == {
        _recognisers.UNDOCUMENTED_LABEL: 1,
        _recognisers.SEVERAL_SENTENCES: 1,
    }


def samples():
    if not SAMPLES.is_dir():
        pytest.skip("no folder of samples beside the checkout")
    return sorted(one for one in SAMPLES.rglob("*") if one.is_file())


def test_every_sample_is_claimed_by_its_own_reader_and_by_no_other():
    claims = {}
    for path in samples():
        file = ExportFile(path.name, path.read_bytes())
        for name, reader in READERS.items():
            if reader.recognises(file):
                claims.setdefault(path.name, []).append(name)
    assert claims == {sample: [name] for sample, name in OWN.items()}


@pytest.mark.parametrize("sample", sorted(OWN))
def test_the_utterances_of_a_sample_are_where_they_were_spoken(sample):
    (path,) = [one for one in samples() if one.name == sample]
    (call,) = READERS[OWN[sample]].read([ExportFile(sample, path.read_bytes())], Notes())
    expected = {"vosk_agent.jsonl": TIMES[::2], "vosk_customer.jsonl": TIMES[1::2]}
    assert [(one.start, one.end) for one in call.said] == expected.get(sample, TIMES)
    assert all(one.role is None for one in call.said)
    if sample != "openai_diarized.json":
        assert all(one.words for one in call.said)
