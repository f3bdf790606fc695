"""Subtitles as transcripts: WebVTT, SRT, and the WebVTT of Microsoft Teams."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import _cues, ctm, srt, teams, webvtt

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
READERS = (webvtt, srt, teams)


def read(reader, text, name="call.vtt"):
    """The one call of a subtitle file, and what was noticed."""
    file = ExportFile(name, text if isinstance(text, bytes) else text.encode())
    recognised = [one for one in READERS if one.recognises(file)]
    assert recognised == [reader]
    notes = Notes()
    (call,) = reader.read([file], notes)
    return call, notes


def vtt(text):
    return read(webvtt, text)


def told(call):
    return [(one.start, one.end, one.speaker, one.text) for one in call.said]


def test_a_voice_names_the_speaker_and_no_role():
    call, notes = vtt(
        "WEBVTT\n\n00:01.500 --> 00:02.250\n<v Zoë Ní Bhriain>The parcel came.</v>\n\n"
        "intro\n00:00:03.000 --> 01:00:04.125 align:start position:10%\n<v.loud desk>Good.\n"
    )
    assert told(call) == [
        (1.5, 2.25, "Zoë Ní Bhriain", "The parcel came."),
        (3.0, 3604.125, "desk", "Good."),
    ]
    assert call.call_id is None
    assert [one.role for one in call.said] == [None, None]
    assert call.language is None
    assert not notes.counts


def test_comments_styles_and_regions_are_no_cues():
    call, notes = vtt(
        "WEBVTT - made by a machine\nKind: captions\nLanguage: fr\n\n"
        "STYLE\n::cue { color: red }\n\nREGION\nid:low\n\nNOTE a --> b\nnot said\n\nNOTE\nnor this"
        "\n\n00:01.000 --> 00:02.000\noui\n"
    )
    assert told(call) == [(1.0, 2.0, None, "oui")]
    assert call.language == "fr"
    assert not notes.counts


def test_a_cue_may_follow_the_header_and_another_cue_without_an_empty_line():
    call, _ = vtt("WEBVTT\n00:01.000 --> 00:02.000\none\n00:02.000 --> 00:03.000\ntwo")
    assert told(call) == [(1.0, 2.0, None, "one"), (2.0, 3.0, None, "two")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing(end):
    lines = ["WEBVTT", "", "00:01.000 --> 00:02.000", "two", "lines", "", "00:03.000 --> 00:04.000"]
    call, notes = vtt("\ufeff" + end.join([*lines, "x"]))
    assert told(call) == [(1.0, 2.0, None, "two lines"), (3.0, 4.0, None, "x")]
    assert not notes.counts


def test_a_line_separator_within_a_cue_ends_no_line():
    call, _ = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nup\u2028\u2028to now\n")
    assert told(call) == [(1.0, 2.0, None, "up to now")]


def test_tags_and_inner_times_go_and_character_references_are_read():
    call, _ = vtt(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n"
        "<c.yellow>Q&amp;A</c> <i>at</i> <00:00:01.500>&lt;i&gt; <lang en-GB>ten</lang>&nbsp;now\n"
    )
    assert call.said[0].text == "Q&A at <i> ten now"


def test_what_only_looks_like_a_tag_is_text():
    call, _ = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\n<unk> is 3 < 4 or 5 > 4\n")
    assert call.said[0].text == "<unk> is 3 < 4 or 5 > 4"


def test_two_voices_of_a_cue_are_two_utterances_of_the_same_times():
    call, notes = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>yes</v>\n<v B>no</v>\n")
    assert told(call) == [(1.0, 2.0, "A", "yes"), (1.0, 2.0, "B", "no")]
    assert notes.counts == {_cues.SEVERAL_VOICES: 1}


def test_empty_cues_and_text_without_a_time_are_counted():
    call, notes = vtt(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:02.000 --> 00:03.000\n<v A></v>\n\n"
        "00:03.000 --> 00:04.000\nkept\n\nlost after an empty line\n"
    )
    assert told(call) == [(3.0, 4.0, None, "kept")]
    assert notes.counts == {_cues.EMPTY: 2, _cues.STRAY: 1}


def test_overlapping_cues_stay_and_are_put_in_order_of_their_start():
    call, _ = vtt(
        "WEBVTT\n\n00:05.000 --> 00:09.000\nlate\n\n00:01.000 --> 00:06.000\nearly\n\n"
        "00:01.000 --> 00:02.000\nbeside\n"
    )
    assert [one.text for one in call.said] == ["early", "beside", "late"]


def test_hours_have_no_upper_end():
    call, _ = vtt("WEBVTT\n\n123:00:05.900 --> 123:00:06.200\nstill there\n")
    assert told(call) == [(442805.9, 442806.2, None, "still there")]


def test_a_cue_that_ends_before_it_starts_is_named_with_its_line():
    with pytest.raises(TableError, match=r"call\.vtt: line 4: .*00:05\.000 --> 00:04\.000"):
        vtt("WEBVTT\n\nid\n00:05.000 --> 00:04.000\nx\n")


@pytest.mark.parametrize("line", ["00:75:00.000 --> 00:76:00.000", "00:01.000 --> soon", "a --> b"])
def test_a_time_that_is_none_is_an_error_and_not_a_lost_cue(line):
    with pytest.raises(TableError, match=r"line 6: .* the start and end of a cue"):
        vtt(f"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\n{line}\ny\n")


def test_a_time_that_is_none_is_an_error_right_after_a_text_too():
    with pytest.raises(TableError, match=r"line 5: '00:02\.000 -->00:75\.000' is not"):
        vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n00:02.000 -->00:75.000\ny\n")


def test_text_without_a_time_at_the_very_end_is_counted():
    call, notes = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\nlost")
    assert [one.text for one in call.said] == ["x"]
    assert notes.counts == {_cues.STRAY: 1}


def test_a_single_digit_of_hours_beside_padded_seconds_is_not_teams():
    call, _ = vtt("WEBVTT\n\n0:00:01.50 --> 0:01:02.250\nx\n")
    assert [(one.start, one.end) for one in call.said] == [(1.5, 62.25)]


def test_a_voice_goes_before_a_name_in_brackets():
    call, _ = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>[B]: x\n")
    assert told(call) == [(1.0, 2.0, "A", "[B]: x")]


def test_an_arrow_within_a_cue_is_text():
    call, _ = vtt("WEBVTT\n\n00:01.000 --> 00:02.000\nmenu --> settings\n")
    assert call.said[0].text == "menu --> settings"


def test_short_fractions_are_decimals_and_counted():
    call, notes = vtt("WEBVTT\n\n00:00:01.5 --> 00:00:02.25\nx\n\n00:03.000 --> 00:04.1234567\ny\n")
    assert [(one.start, one.end) for one in call.said] == [(1.5, 2.25), (3.0, 4.123457)]
    assert notes.counts == {_cues.SHORT_FRACTION: 2}


def test_names_before_a_colon_are_speakers_where_every_cue_has_one():
    call, notes = vtt(
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nJo Lee: Note: it is 10:30\n\n"
        "2\n00:02.000 --> 00:03.000\nDesk : bien\n\n3\n00:03.000 --> 00:04.000\nJo Lee: ok\n\n"
        "4\n00:04.000 --> 00:05.000\nDesk : oui\n"
    )
    assert [(one.speaker, one.text) for one in call.said] == [
        ("Jo Lee", "Note: it is 10:30"),
        ("Desk", "bien"),
        ("Jo Lee", "ok"),
        ("Desk", "oui"),
    ]
    assert not notes.counts


SRT = (
    "1\n00:00:00,500 --> 00:00:01,750\nAgent: hello\nthere\n\n"
    "2\n00:00:01.500 --> 00:00:03.000\nCustomer: <i>yes</i>\n\n"
    "3\n00:00:04,000 --> 00:00:05,000 X1:10 X2:20\nAgent: Note: closed\n\n"
    "4\n00:00:06,000 --> 00:00:07,000\nCustomer: bye\n"
)


def test_srt_takes_commas_points_and_positions():
    call, notes = read(srt, SRT)
    assert told(call) == [
        (0.5, 1.75, "Agent", "hello there"),
        (1.5, 3.0, "Customer", "yes"),
        (4.0, 5.0, "Agent", "Note: closed"),
        (6.0, 7.0, "Customer", "bye"),
    ]
    assert not notes.counts


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_srt_line_ends_and_a_byte_order_mark_change_nothing(end):
    assert read(srt, "\ufeff" + SRT.replace("\n", end))[0] == read(srt, SRT)[0]


def test_srt_without_numbers_is_the_same():
    bare = "\n".join(line for line in SRT.split("\n") if not line.isdigit())
    assert read(srt, bare)[0] == read(srt, SRT)[0]


def test_one_sentence_without_a_name_leaves_every_colon_in_the_text():
    call, notes = read(srt, SRT + "\n5\n00:00:08,000 --> 00:00:09,000\nthe line is dead\n")
    assert [one.speaker for one in call.said] == [None] * 5
    assert call.said[2].text == "Agent: Note: closed"
    assert notes.counts == {_cues.LABELS_KEPT: 4}


def test_words_that_do_not_recur_are_no_names():
    call, notes = read(
        srt,
        "1\n00:00:00,500 --> 00:00:01,750\nNote: closed\n\n"
        "2\n00:00:02,500 --> 00:00:03,000\nRemember: Monday\n\n"
        "3\n00:00:04,500 --> 00:00:05,000\nNote: open\n",
    )
    assert [one.text for one in call.said] == ["Note: closed", "Remember: Monday", "Note: open"]
    assert {one.speaker for one in call.said} == {None}
    assert notes.counts == {_cues.LABELS_KEPT: 3}


def test_a_name_in_brackets_is_always_a_speaker():
    call, notes = read(
        srt,
        "1\n00:00:00,500 --> 00:00:01,750\n[SPEAKER_00]: Note: closed\n\n"
        "2\n00:00:02,500 --> 00:00:03,000\nnobody\n",
    )
    assert [(one.speaker, one.text) for one in call.said] == [
        ("SPEAKER_00", "Note: closed"),
        (None, "nobody"),
    ]
    assert not notes.counts


def test_srt_text_after_an_empty_line_still_belongs_to_its_cue():
    call, notes = read(
        srt,
        "1\n00:00:00,500 --> 00:00:01,750\nyour code\n\n1234\n\n"
        "2\n00:00:02,500 --> 00:00:03,000\n\n3\n00:00:04,500 --> 00:00:05,000\nlast\n",
    )
    assert told(call) == [(0.5, 1.75, None, "your code 1234"), (4.5, 5.0, None, "last")]
    assert notes.counts == {_cues.EMPTY: 1}


def test_a_negative_time_of_srt_is_kept_for_the_import_to_refuse():
    call, notes = read(srt, "1\n-00:00:01,500 --> 00:00:01,000\nx\n")
    assert told(call) == [(-1.5, 1.0, None, "x")]
    assert notes.counts == {_cues.NEGATIVE: 1}


def test_srt_that_ends_before_it_starts_is_named_with_its_line():
    with pytest.raises(TableError, match=r"call\.vtt: line 2: the cue ends before it starts"):
        read(srt, "1\n00:46:59,520 --> 00:46:52,840\nx\n")


def test_teams_times_count_milliseconds_after_the_point():
    # As decimals the second cue would end before it starts.
    call, notes = read(
        teams,
        "WEBVTT\n\n0:0:0.0 --> 0:0:0.870\n<v Ann Ode>Yeah.</v>\n\n"
        "0:0:6.90 --> 0:0:6.500\n<v Ann Ode>Hello.</v>\n\n"
        "0:12:33.96 --> 10:12:37.5\n<v Bo>Hello.</v>\n",
    )
    assert told(call) == [
        (0.0, 0.87, "Ann Ode", "Yeah."),
        (6.09, 6.5, "Ann Ode", "Hello."),
        (753.096, 36757.005, "Bo", "Hello."),
    ]
    assert call.started is None
    assert not notes.counts


def test_a_teams_file_that_another_program_wrote_anew_has_decimals():
    call, notes = read(teams, "WEBVTT\n\n0:0:1.5 --> 0:0:2.25\nx\n\n0:0:3.75 --> 0:0:4.1\ny\n")
    assert [(one.start, one.end) for one in call.said] == [(1.5, 2.25), (3.75, 4.1)]
    assert notes.counts == {teams.DECIMALS: 1, _cues.SHORT_FRACTION: 4}


@pytest.mark.parametrize("last", ["0:0:4.10", "0:0:4.0", "0:0:4.125"])
def test_three_short_fractions_or_a_last_zero_are_still_milliseconds(last):
    call, notes = read(teams, f"WEBVTT\n\n0:0:1.5 --> 0:0:2.25\nx\n\n0:0:3.75 --> {last}\ny\n")
    assert call.said[0].start == 1.005
    assert call.said[1].start == 3.075
    assert not notes.counts


@pytest.mark.parametrize("time", ["-0:0:5.320", "0:0:-5.-320", "-00:00:05.320"])
def test_negative_times_of_teams_are_kept_and_counted(time):
    call, notes = read(teams, f"WEBVTT\n\n{time} --> 0:0:1.100\n<v A>before</v>\n")
    assert told(call) == [(-5.32, 1.1, "A", "before")]
    assert notes.counts == {_cues.NEGATIVE: 1}
    assert teams.FORMAT.has_negative_times


def metadata(*cues, language="en-gb"):
    """A metadataContent file: (time, clock, name, text[, language]) for each cue."""
    blocks = ["WEBVTT"]
    for time, clock, name, text, *other in cues:
        said = {
            "startDateTime": clock,
            "endDateTime": clock,
            "speakerName": name,
            "spokenText": text,
            "spokenLanguage": other[0] if other else language,
        }
        blocks.append(f"{time}\n{json.dumps(said)}")
    return "\n\n".join(blocks)


def test_teams_metadata_says_when_the_call_began_and_in_which_language():
    call, notes = read(
        teams,
        metadata(
            ("00:00:16.246 --> 00:00:17.726", "2023-03-08T08:22:30.0461639+00:00", "Jo", "One &"),
            ("00:00:18.000 --> 00:00:19.000", "2023-03-08T08:22:31.8001639+00:00", None, "a --> b"),
        ),
    )
    assert call.started == "2023-03-08T08:22:13.800163+00:00"
    assert call.language == "en-gb"
    assert told(call) == [(16.246, 17.726, "Jo", "One &"), (18.0, 19.0, None, "a --> b")]
    assert not notes.counts


def test_an_empty_name_is_no_speaker():
    call, _ = read(teams, metadata(("00:01.000 --> 00:02.000", "2023-03-08T08:00:01Z", "", "x")))
    assert call.said[0].speaker is None


def test_a_name_stays_out_of_raw():
    call, _ = read(teams, metadata(("00:01.000 --> 00:02.000", "2023-03-08T08:00:01Z", "Jo", "x")))
    assert "Jo" not in json.dumps(call.said[0].raw)


def test_several_languages_stand_with_the_utterances():
    call, notes = read(
        teams,
        metadata(
            ("00:01.000 --> 00:02.000", "2023-03-08T08:00:01Z", "Jo", "yes", "en-us"),
            ("00:02.000 --> 00:03.000", "2023-03-08T08:00:02Z", "Jo", "oui", "fr-fr"),
        ),
    )
    assert call.language is None
    assert [one.raw for one in call.said] == [
        {"spokenLanguage": "en-us"},
        {"spokenLanguage": "fr-fr"},
    ]
    assert notes.counts == {teams.SEVERAL_LANGUAGES: 1}


def test_clocks_that_disagree_and_empty_texts_are_counted():
    call, notes = read(
        teams,
        metadata(
            ("00:01.000 --> 00:02.000", "2023-03-08T08:00:01Z", "Jo", "yes"),
            ("00:02.000 --> 00:03.000", "2023-03-08T08:00:04Z", "Jo", ""),
        ),
    )
    assert call.started == "2023-03-08T08:00:00+00:00"
    assert len(call.said) == 1
    assert notes.counts == {teams.CLOCKS_DISAGREE: 1, _cues.EMPTY: 1}


def test_a_broken_payload_is_named_with_its_line():
    good = metadata(("00:01.000 --> 00:02.000", "2023-03-08T08:00:01Z", "Jo", "yes"))
    with pytest.raises(TableError, match=r"line 7: is not a JSON object with spokenText"):
        read(teams, good + '\n\n00:02.000 --> 00:03.000\n{"spokenText": "cut')


@pytest.mark.parametrize(
    "text",
    [
        "call A 0.1 0.2 hello 0.9\n",
        "WEBVTTX\n\n00:01.000 --> 00:02.000\nx\n",
        '{"text": "00:00:01,000 --> 00:00:02,000"}',
        "0:0:0.0 --> 0:0:1.250\nJane Doe\npasted from a document\n",
        "",
    ],
)
def test_other_files_are_not_subtitles(text):
    assert not any(reader.recognises(ExportFile("a", text.encode())) for reader in READERS)


def test_subtitles_are_no_words_with_times():
    assert not ctm.recognises(ExportFile("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"))


REGULAR = [
    ("00:00:01.250", "00:00:02.500", "first line\nsecond line"),
    ("00:00:02.000", "01:00:03.125", "overlapping"),
    ("99:59:59.999", "100:00:00.001", "late"),
]


def test_webvtt_py_reads_the_same_from_a_regular_file():
    library = pytest.importorskip("webvtt")
    text = "WEBVTT\n\n" + "\n\n".join(f"{a} --> {b} line:0\n{words}" for a, b, words in REGULAR)
    theirs = [(c.start, c.end, c.text.replace("\n", " ")) for c in library.from_string(text)]
    ours = [(one.start, one.end, one.text) for one in vtt(text)[0].said]
    assert ours == [
        (_cues.clock_seconds(a), _cues.clock_seconds(b), words) for a, b, words in theirs
    ]
    assert len(ours) == 3


def test_the_srt_library_reads_the_same_from_a_regular_file():
    library = pytest.importorskip("srt")
    text = "\n\n".join(
        f"{n}\n{a.replace('.', ',')} --> {b.replace('.', ',')}\n{words}"
        for n, (a, b, words) in enumerate(REGULAR, start=1)
    )
    theirs = [
        (one.start.total_seconds(), one.end.total_seconds(), one.content.replace("\n", " "))
        for one in library.parse(text)
    ]
    assert [(one.start, one.end, one.text) for one in read(srt, text)[0].said] == theirs
    assert len(theirs) == 3


TIMES = [(0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4)]


@pytest.mark.parametrize(
    ("reader", "name", "speakers"),
    [
        (webvtt, "generic.vtt", ["agent", "customer"] * 2),
        (srt, "generic.srt", ["Agent", "Customer"] * 2),
        (teams, "teams_graph_calltranscript.vtt", ["Amina B.", "Customer"] * 2),
        (teams, "teams_graph_metadatacontent.vtt", ["Amina B.", "Customer"] * 2),
    ],
)
def test_the_design_sample_has_its_four_utterances(reader, name, speakers):
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"{name} is not among the design samples here")
    call, _ = read(reader, path.read_bytes())
    assert [(one.start, one.end) for one in call.said] == TIMES
    assert [one.speaker for one in call.said] == speakers
    assert call.said[3].text == "Right, thank you."
    if "metadata" in name:
        assert (call.started, call.language) == ("2026-01-05T09:00:00+00:00", "en-gb")
