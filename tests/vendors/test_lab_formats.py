"""Formats of evaluations and toolkits: CTM, STM, RTTM, SegLST, Kaldi folders."""

import json
import math
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import ctm, kaldi, rttm, seglst, srt, stm

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
READERS = (ctm, stm, rttm, seglst, kaldi)


def read(reader, text, name="eval/out"):
    """The calls of one file, and what was noticed."""
    file = ExportFile(name, text if isinstance(text, bytes) else text.encode())
    assert [one for one in READERS if one.recognises(file)] == [reader]
    notes = Notes()
    return list(reader.read([file], notes)), notes


def told(call):
    return [(one.start, one.end, one.speaker, one.text) for one in call.said]


def test_the_fourth_field_of_ctm_is_a_duration():
    (call,), notes = read(ctm, "c1 A 1.25 0.50 hello 0.75\nc1 A 1.75 0.25 there\n")
    assert call.call_id == "c1"
    assert told(call) == [(1.25, 2.0, "A", "hello there")]
    assert call.said[0].words == (Word("hello", 1.25, 1.75, 0.75), Word("there", 1.75, 2.0, None))
    assert call.said[0].role is None
    assert notes.counts == {ctm.MADE_UTTERANCES: 1}


def test_ends_of_ctm_words_are_the_sums_as_written():
    # 1.1 + 2.2 is 3.3000000000000003 in floating point.
    (call,), _ = read(ctm, "c1 A 1.1 2.2 morning\n")
    assert call.said[0].end == 3.3


def test_channels_that_interleave_are_each_cut_at_their_own_pauses():
    (call,), notes = read(
        ctm,
        ";; file chnl start dur word conf\n\n"
        "c1 A 0.0 0.5 one 1\nc1 B 0.3 0.4 uh 1\nc1 A 0.9 0.1 two 1\nc1 B 0.7 0.9 huh 1\n"
        "c1 A 1.5 0.5 three 1\n",
    )
    # 0.4 s after 'one' goes on, 0.5 s after 'two' does not.
    assert told(call) == [
        (0.0, 1.0, "A", "one two"),
        (0.3, 1.6, "B", "uh huh"),
        (1.5, 2.0, "A", "three"),
    ]
    assert notes.counts == {ctm.MADE_UTTERANCES: 3}


def test_a_pause_of_exactly_the_limit_ends_an_utterance_in_decimals_too():
    # 0.7 - 0.2 is 0.49999999999999994 in floating point.
    (call,), _ = read(ctm, "c1 A 0.1 0.1 a\nc1 A 0.7 0.1 b\nc1 A 1.299 0.1 c\n")
    assert [one.text for one in call.said] == ["a", "b c"]


def test_a_short_word_within_a_long_one_does_not_end_the_utterance():
    (call,), _ = read(ctm, "c1 A 0.0 2.0 looong\nc1 A 0.5 0.1 in\nc1 A 2.2 0.2 out\n")
    assert told(call) == [(0.0, 2.4, "A", "looong in out")]


def test_words_out_of_order_are_put_in_order():
    (call,), _ = read(ctm, "c1 A 1.0 0.2 second\nc1 A 0.8 0.2 first\n")
    assert call.said[0].text == "first second"


def test_each_file_id_of_ctm_is_a_call():
    calls, _ = read(ctm, "late 1 0.0 0.2 x\nearly 1 0.0 0.2 y\nlate 1 0.2 0.2 z\n")
    assert [(one.call_id, one.said[0].text) for one in calls] == [("late", "x z"), ("early", "y")]


@pytest.mark.parametrize("confidence", ["NA", "<NA>", "-"])
def test_a_word_without_a_confidence_has_none(confidence):
    (call,), notes = read(ctm, f"c1 A 0.0 0.2 x {confidence}\n")
    assert call.said[0].words[0].confidence is None
    assert notes.counts == {ctm.MADE_UTTERANCES: 1}


def test_a_confidence_outside_its_scale_is_left_out_and_counted():
    (call,), notes = read(ctm, "c1 A 0.0 0.2 x 1.01\nc1 A 0.2 0.2 y 1\nc1 A 0.4 0.2 z -0.1\n")
    assert [word.confidence for word in call.said[0].words] == [None, 1.0, None]
    assert notes.counts[ctm.NO_CONFIDENCE] == 2


def test_alternations_are_an_error_that_says_so():
    with pytest.raises(TableError, match=r"eval/out: line 2: <ALT_BEGIN> begins or ends an alter"):
        read(
            ctm,
            "c1 A 0.0 0.2 x\nc1 A * * <ALT_BEGIN>\nc1 A 1.0 0.3 um\nc1 A * * <ALT>\n"
            "c1 A 1.0 0.3 uh\nc1 A * * <ALT_END>\n",
        )


def test_words_that_end_before_they_start_are_an_error():
    with pytest.raises(TableError, match=r"line 1: the duration -0\.2 puts the end before"):
        read(ctm, "c1 A 1.0 -0.2 x\n")


@pytest.mark.parametrize("line", ["c1 A 1.0 x", "c1 A 1.0 0.2 x 0.9 lex spk"])
def test_ctm_lines_of_other_lengths_are_named(line):
    good = "c1 A 0.0 0.2 x\n" * 20
    with pytest.raises(TableError, match=r"line 21: has [48] fields"):
        read(ctm, good + line)


@pytest.mark.parametrize("time", ["nan", "inf", "soon"])
def test_times_that_are_no_numbers_are_named(time):
    good = "c1 A 0.0 0.2 x\r\n" * 20
    with pytest.raises(TableError, match=f"line 21: start '{time}' is not a number of seconds"):
        read(ctm, good + f"c1 A {time} 0.2 x")


STM = (
    ';; LABEL "F" "female" ""\r\n'
    "c1 A amina 0.40 3.20 <O,EN> good <unk> morning\r\n"
    "c1 B caller 3.00 7.10 <unk> hi\r\n"
    "c1 B caller 7.10 7.50\r\n"
    "c2 1 caller 1.0 2.0 <f> bye  now\r\n"
)


def test_the_fifth_field_of_stm_is_an_end_and_labels_are_no_words():
    calls, notes = read(stm, STM)
    assert [call.call_id for call in calls] == ["c1", "c2"]
    assert told(calls[0]) == [
        (0.4, 3.2, "amina", "good <unk> morning"),
        (3.0, 7.1, "caller", "<unk> hi"),
        (7.1, 7.5, "caller", ""),
    ]
    assert told(calls[1]) == [(1.0, 2.0, "caller", "bye now")]
    assert [one.raw for one in calls[0].said] == [
        {"channel": "A", "label": "<O,EN>"},
        {"channel": "B"},
        {"channel": "B"},
    ]
    assert calls[1].said[0].raw == {"channel": "1", "label": "<f>"}
    assert not notes.counts


def test_gaps_and_what_is_out_of_scoring_are_left_out_and_counted():
    (call,), notes = read(
        stm,
        "c1 A inter_segment_gap 0.0 1.0 <o,,unknown>\n"
        "c1 A excluded 1.0 2.0 <o,,unknown> ignore_time_segment_in_scoring\n"
        "c1 B excluded 2.0 3.0 IGNORE_TIME_SEGMENT_IN_SCORING\n"
        "c1 A s 3.0 4.0 said\n",
    )
    assert told(call) == [(3.0, 4.0, "s", "said")]
    assert notes.counts == {stm.GAPS: 1, stm.OUT_OF_SCORING: 2}


def test_stm_alternations_are_an_error_that_says_so():
    with pytest.raises(TableError, match=r"line 1: \{ … / … \} offers several transcripts"):
        read(stm, "c1 A s 3.0 4.0 i said { um / uh } no\n")


def test_stm_that_ends_before_it_starts_is_an_error():
    with pytest.raises(TableError, match=r"line 21: the end 3\.0 puts the end before the start"):
        read(stm, "c1 A s 3.0 4.0 x y\n" * 20 + "c1 A s 4.0 3.0 x y\n")


RTTM = (
    "SPKR-INFO c1 1 <NA> <NA> <NA> unknown Ana <NA> <NA>\n"
    "SPEAKER c1 1 0.00 2.00 <NA> <NA> Ana <NA> <NA>\n"
    "SPEAKER c1 1 1.50 1.00 <NA> <NA> Ben 0.9 <NA>\n"
    "SPEAKER c1 1 0.75 0.05 <NA> <NA> Ana <NA> <NA>\n"
    "SPEAKER c1 1 2.50 0.50 <NA> <NA> Ana <NA>\n"
    "SPEAKER c1 1 3.20 0.30 <NA> <NA> Ben <NA> <NA>\n"
    "LEXEME c1 1 3.20 0.30 hello lex Ben 0.5 <NA>\n"
    "SPEAKER c1 1 3.75 1.25 <NA> <NA> Ben <NA> <NA>\n"
)


def test_turns_of_rttm_have_no_text_and_not_an_empty_one():
    (call,), notes = read(rttm, RTTM)
    assert told(call) == [
        (0.0, 2.0, "Ana", None),
        (0.75, 0.8, "Ana", None),
        (1.5, 2.5, "Ben", None),
        (2.5, 3.0, "Ana", None),
        (3.2, 3.5, "Ben", None),
        (3.75, 5.0, "Ben", None),
    ]
    assert notes.counts == {rttm.NOT_TURNS: 2}


def test_overtalk_and_silence_follow_from_the_turns():
    # 0.2 s between 3.0 and 3.2 is no silence, 0.25 s between 3.5 and 3.75 is one; Ana's turn
    # within her own is no overtalk, and turns that touch at 2.5 do not overlap.
    (call,), _ = read(rttm, RTTM)
    assert [(one.kind, one.start, one.end, one.found) for one in call.events] == [
        ("overtalk", 1.5, 2.0, "0.50 s"),
        ("silence", 3.5, 3.75, "0.25 s"),
    ]
    assert call.facts == {
        "speakers": 2,
        "speech_seconds": 4.55,
        "silence_seconds": 0.25,
        "overtalk_seconds": 0.5,
    }
    assert {one.target_role for one in call.events} == {None}


def test_names_of_speakers_make_no_facts_and_no_events():
    (call,), _ = read(rttm, RTTM)
    assert "Ana" not in f"{call.facts} {call.events}"


def test_three_at_once_are_one_overtalk():
    speakers = [[(0.0, 4.0)], [(1.0, 3.0)], [(2.0, 3.5)]]
    assert rttm.overlap(speakers) == [(1.0, 3.5)]


def test_each_file_id_of_rttm_is_a_call():
    calls, _ = read(
        rttm, "SPEAKER b 1 0 1 <NA> <NA> x <NA>\nSPEAKER a 1 0 1 <NA> <NA> x <NA> <NA>\n"
    )
    assert [call.call_id for call in calls] == ["b", "a"]


def segments(**changes):
    first = {"session_id": "s1", "speaker": "A", "start_time": 2.5, "end_time": 3, "words": "b"}
    second = {"session_id": "s1", "speaker": 7, "start_time": "0.50", "end_time": "1.25",
              "words": " a  a "}  # fmt: skip
    third = {"session_id": "s2", "words": ""}
    return json.dumps([{**first, **changes}, second, third])


def test_seglst_times_may_be_text_or_absent_and_empty_words_are_an_answer():
    calls, notes = read(seglst, segments())
    assert [call.call_id for call in calls] == ["s1", "s2"]
    assert told(calls[0]) == [(0.5, 1.25, "7", "a a"), (2.5, 3.0, "A", "b")]
    assert told(calls[1]) == [(None, None, None, "")]
    assert {one.words for call in calls for one in call.said} == {()}
    assert not notes.counts


def test_segments_without_a_time_stand_after_the_others():
    text = json.dumps([
        {"session_id": "s", "words": "somewhen"},
        {"session_id": "s", "words": "late", "start_time": 2, "end_time": 3},
        {"session_id": "s", "words": "early", "start_time": 1, "end_time": 2},
    ])  # fmt: skip
    (call,), _ = read(seglst, text)
    assert [one.text for one in call.said] == ["early", "late", "somewhen"]


def test_only_fields_of_seglst_that_hold_no_names_are_kept():
    calls, _ = read(seglst, segments(channel="1", name="Ana"))
    assert calls[0].said[1].raw == {"channel": "1"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start_time": 4}, r"segment 1: ends at 3\.0 before it starts at 4\.0"),
        ({"start_time": math.nan}, "segment 1: start_time nan is not a number of seconds"),
        ({"end_time": True}, "segment 1: end_time True is not a number of seconds"),
        ({"words": ["b"]}, "segment 1: words is not text"),
    ],
)
def test_seglst_that_cannot_be_is_named(changes, message):
    with pytest.raises(TableError, match=message):
        read(seglst, segments(**changes))


FOLDER = {
    "text": "u1 good morning\nu2 hi\nu3\nu5 lost\n",
    "segments": "u2 r-b 0.50 -1\nu1 r-a 0.40 3.20\nu3 r-a 0.10 0.30\nu4 r-a 4.0 5.0\n",
    "utt2spk": "u1 ana\nu2 u2\nu4 ana\n",
    "wav.scp": "r-a sox /private/ana.wav -t wav - |\nr-b b.wav\nr-c c.wav\n",
}


def read_folder(**files):
    parts = [ExportFile(f"set/{name.replace('wav', 'wav.scp') if name == 'wav' else name}",
                        text.encode()) for name, text in files.items()]  # fmt: skip
    assert {kaldi.part_of(one.name) for one in parts} == {"set"}
    for one in parts:
        assert [reader for reader in READERS if reader.recognises(one)] == [kaldi], one.name
    notes = Notes()
    return list(kaldi.read(parts, notes)), notes


def test_a_kaldi_folder_is_joined_and_what_does_not_join_is_counted():
    calls, notes = read_folder(**FOLDER)
    assert {call.call_id: told(call) for call in calls} == {
        "r-b": [(0.5, None, None, "hi")],
        "r-a": [(0.1, 0.3, None, ""), (0.4, 3.2, "ana", "good morning")],
        "r-c": [],
    }
    assert notes.counts == {
        kaldi.NO_TEXT: 1,
        kaldi.NO_SEGMENT: 1,
        kaldi.NO_SPEAKER: 2,
        kaldi.NO_WORDS: 1,
    }
    assert "private" not in repr(calls)


def test_without_segments_each_recording_is_an_utterance_without_times():
    calls, notes = read_folder(text="c1 hello\nc2 bye\n", utt2spk="c1 ana\nc2 ben\n")
    assert [(call.call_id, told(call)) for call in calls] == [
        ("c1", [(None, None, "ana", "hello")]),
        ("c2", [(None, None, "ben", "bye")]),
    ]
    assert not notes.counts


def test_reco2file_and_channel_makes_one_call_of_two_recordings():
    calls, _ = read_folder(
        **FOLDER,
        reco2file_and_channel="r-a call-9 A\nr-b call-9 B\n",
        reco2dur="r-a 5.5\nr-b 6.25\n",
    )
    joined, silent = calls
    assert (joined.call_id, joined.seconds) == ("call-9", 6.25)
    assert [(one.text, one.raw) for one in joined.said] == [
        ("", {"channel": "A"}),
        ("good morning", {"channel": "A"}),
        ("hi", {"channel": "B"}),
    ]
    assert (silent.call_id, silent.seconds) == ("r-c", None)


def test_a_folder_without_text_says_what_it_has():
    with pytest.raises(TableError, match=r"^set: has no file `text`.*only segments, utt2spk"):
        read_folder(segments=FOLDER["segments"], utt2spk=FOLDER["utt2spk"])


def test_an_utterance_that_comes_twice_is_an_error():
    with pytest.raises(TableError, match=r"set/text: line 2: u1 was there before"):
        read_folder(text="u1 a\nu1 b\n")
    with pytest.raises(TableError, match=r"set/segments: line 2: u1 was there before"):
        read_folder(text="u1 a\n", segments="u1 r 0 1\nu1 r 1 2\n")


def test_a_kaldi_segment_that_ends_before_it_starts_is_an_error():
    with pytest.raises(TableError, match=r"set/segments: line 1: the end 0\.3 puts the end before"):
        read_folder(text="u1 a\n", segments="u1 r 0.4 0.3\n")


def test_groups_in_the_folder_are_not_read():
    plain, _ = read_folder(**FOLDER)
    with_groups, _ = read_folder(**FOLDER, spk2gender="ana f\n", spk2utt="ana u1 u4\n")
    assert with_groups == plain


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes", "just some words of a text file\nand 1 2 more\n"),
        ("a.srt", "1\n00:00:00,500 --> 00:00:01,750\nx\n"),
        ("a.json", '[{"speaker": "A", "words": "x"}]'),
        ("a.json", '[{"session_id": "s", "words": "x"}'),
        ("a.csv", "id,start,end,text\nc1,0.1,0.2,x\n"),
        ("set/segments", "one two three four\n"),
        ("set/text", "u1\nu2\n"),
        ("set/utt2spk", "a b c\n"),
        ("a.bin", "c1 A 0.0 0.2 x\0\n"),
        ("empty", ""),
    ],
)
def test_other_files_are_of_no_lab(name, text):
    assert [one for one in READERS if one.recognises(ExportFile(name, text.encode()))] == []


@pytest.mark.parametrize(
    ("reader", "name", "text"),
    [
        (ctm, "a", "c1 A 1 2 7 NA\nc1 A 3 4 9 0.5\n"),
        (ctm, "a", "c1 A * * <ALT_BEGIN>\nc1 A 3 4 x\n"),
        (stm, "a", "c1 A 1 2 7 nine\nc1 A 1 3 4\n"),
        (rttm, "a", "SPEAKER c1 1 0 9 <NA> <NA> x <NA> <NA>\n"),
        (kaldi, "set/segments", "u1 r 0 1 A\nu2 r 1 2 A\n"),
        (kaldi, "set/text", "u1 one 1 2 3 four\n"),
    ],
)
def test_formats_that_resemble_each_other_are_told_apart(reader, name, text):
    file = ExportFile(name, text.encode())
    assert [one for one in READERS if one.recognises(file)] == [reader]


def test_a_long_first_line_is_recognised_though_cut_within_a_letter():
    line = "u1 " + "é" * 12_000 + "\n"
    assert kaldi.recognises(ExportFile("set/text", line.encode()))


def test_lab_files_are_no_subtitles():
    assert not srt.recognises(ExportFile("a", b"c1 A 0.0 0.2 x\n"))


def test_meeteval_reads_the_same_words_segments_and_turns():
    library = pytest.importorskip("meeteval.io")
    text = "c1 1 0.62 0.40 a 0.5\nc1 1 1.02 0.36 b 0.5\n"
    theirs = [
        (line.word, float(line.begin_time), float(line.begin_time + line.duration))
        for line in library.CTM.parse(text)
    ]
    (call,), _ = read(ctm, text)
    assert [(word.text, word.start, word.end) for word in call.said[0].words] == theirs
    text = "c1 A ana 0.40 3.20 good morning\nc1 B ben 3.65 7.10 hi\n"
    theirs = [
        (float(line.begin_time), float(line.end_time), line.speaker_id, line.transcript)
        for line in library.STM.parse(text)
    ]
    assert told(read(stm, text)[0][0]) == theirs
    text = "SPEAKER c1 1 3.65 3.45 <NA> <NA> ben <NA> <NA>\n"
    theirs = [
        (float(line.begin_time), float(line.begin_time + line.duration), line.speaker_id, None)
        for line in library.RTTM.parse(text)
    ]
    assert told(read(rttm, text)[0][0]) == theirs == [(3.65, 7.1, "ben", None)]


TIMES = [(0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4)]
OPENING = "good morning meridian energy amina speaking how can i help"


@pytest.mark.parametrize(
    ("reader", "name", "speakers"),
    [
        (ctm, "generic.ctm", ["A", "B"] * 2),
        (stm, "generic.stm", ["agent", "customer"] * 2),
        (rttm, "generic.rttm", ["agent", "customer"] * 2),
        (seglst, "generic.seglst.json", ["agent", "customer"] * 2),
    ],
)
def test_the_design_sample_has_its_four_utterances(reader, name, speakers):
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the design samples here")
    (call,), _ = read(reader, path.read_bytes())
    assert call.call_id == "CALL-2026-000137"
    assert [(one.start, one.end) for one in call.said] == TIMES
    assert [one.speaker for one in call.said] == speakers
    assert call.said[0].text == (None if reader is rttm else OPENING)
    if reader is rttm:
        events = {(one.kind, one.start, one.end) for one in call.events}
        assert {("silence", 10.3, 12.6), ("overtalk", 6.8, 7.1)} < events
    if reader is ctm:
        assert sum(len(one.words) for one in call.said) == 36


def test_the_kaldi_design_sample_has_its_four_utterances():
    folder = SAMPLES / "kaldi"
    if not folder.is_dir():
        pytest.skip("kaldi/ is not among the design samples here")
    calls, notes = read_folder(**{path.name: path.read_text() for path in folder.iterdir()})
    assert [call.call_id for call in calls] == [
        "CALL-2026-000137-agent",
        "CALL-2026-000137-customer",
    ]
    assert sorted((one.start, one.end) for call in calls for one in call.said) == TIMES
    assert not notes.counts
