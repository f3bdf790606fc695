"""Amazon: Transcribe, Call Analytics and Contact Lens, on small calls made up here."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Event
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import (
    _amazon,
    amazon_call_analytics,
    amazon_contact_lens,
    amazon_transcribe,
)

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"
READERS = (amazon_transcribe, amazon_call_analytics, amazon_contact_lens)


def as_file(document, name="call.json"):
    return ExportFile(name, json.dumps(document).encode())


def told(reader, document):
    notes = Notes()
    (call,) = reader.read([as_file(document)], notes)
    return call, notes


def score(owner, name):
    (found,) = [one for one in owner.scores if one.name == name]
    return found


def word(number, text, start, end, confidence="0.9", **label):
    return {
        "id": number,
        "type": "pronunciation",
        "start_time": start,
        "end_time": end,
        "alternatives": [{"content": text, "confidence": confidence}],
        **label,
    }


def mark(number, text, **label):
    alternatives = [{"content": text, "confidence": "0.0"}]
    return {"id": number, "type": "punctuation", "alternatives": alternatives, **label}


def job(**results):
    return {
        "jobName": "call-7",
        "accountId": "1",
        "status": "COMPLETED",
        "results": {"transcripts": [{"transcript": ""}], **results},
    }


# Transcribe


def segmented():
    items = [
        word(0, "Hello", "0.5", "0.9", "0.75"),
        mark(1, "."),
        word(2, "Hi", "1.0", "1.25", "1.0"),
    ]
    return job(
        items=items,
        audio_segments=[
            {"id": 0, "transcript": "Hello.", "start_time": "0.5", "end_time": "0.9",
             "speaker_label": "spk_0", "items": [0, 1]},
            {"id": 1, "transcript": "Hi", "start_time": "1.0", "end_time": "1.25",
             "speaker_label": "spk_4", "items": [2]},
        ],
    )  # fmt: skip


def test_times_and_confidences_written_as_text_become_numbers():
    call, _ = told(amazon_transcribe, segmented())
    assert [(one.text, one.start, one.end, one.speaker, one.role) for one in call.said] == [
        ("Hello.", 0.5, 0.9, "spk_0", None),
        ("Hi", 1.0, 1.25, "spk_4", None),
    ]
    (hello,) = call.said[0].words
    assert (hello.text, hello.start, hello.end, hello.confidence) == ("Hello", 0.5, 0.9, 0.75)
    assert call.call_id == "call-7"
    assert call.seconds is None


def test_a_redacted_word_has_no_confidence_and_is_counted():
    document = segmented()
    document["results"]["items"][0]["alternatives"] = [
        {"content": "[NAME]", "confidence": "0.999", "redactions": [{"confidence": "0.999"}]}
    ]
    call, notes = told(amazon_transcribe, document)
    assert call.said[0].words[0].confidence is None
    assert call.said[1].words[0].confidence == 1.0
    assert notes.counts[_amazon.REDACTED] == 1


def test_of_several_alternatives_the_first_is_taken_and_they_are_counted():
    document = segmented()
    document["results"]["items"][0]["alternatives"].append({"content": "Yellow"})
    call, notes = told(amazon_transcribe, document)
    assert call.said[0].words[0].text == "Hello"
    assert notes.counts[amazon_transcribe.ALTERNATIVES] == 1


def test_words_in_no_segment_are_counted():
    document = segmented()
    del document["results"]["audio_segments"][1]
    call, notes = told(amazon_transcribe, document)
    assert len(call.said) == 1
    assert notes.counts[amazon_transcribe.OUTSIDE] == 1


def test_a_segment_without_a_label_has_that_of_its_words():
    document = segmented()
    for item in document["results"]["items"]:
        item["channel_label"] = "ch_1"
    del document["results"]["audio_segments"][0]["speaker_label"]
    call, _ = told(amazon_transcribe, document)
    assert call.said[0].speaker == "ch_1"


def test_channels_of_an_older_file_are_cut_where_the_channel_changes():
    first = [word(0, "Good", "0.1", "0.3"), word(1, "day", "0.3", "0.6"), mark(2, "."),
             word(3, "Sure", "2.0", "2.4"), mark(4, "?"), mark(7, "!")]  # fmt: skip
    second = [word(5, "Help", "1.0", "1.5"), mark(6, "?")]
    channels = [
        {"channel_label": "ch_0", "items": first},
        {"channel_label": "ch_1", "items": second},
    ]
    call, notes = told(amazon_transcribe, job(channel_labels={"channels": channels}))
    assert [(one.speaker, one.text, one.start, one.end) for one in call.said] == [
        ("ch_0", "Good day.", 0.1, 0.6),
        ("ch_1", "Help?", 1.0, 1.5),
        ("ch_0", "Sure?!", 2.0, 2.4),
    ]
    assert [len(one.words) for one in call.said] == [2, 1, 1]
    assert notes.counts[amazon_transcribe.REBUILT] == 1


def diarised():
    def segment(speaker, *times):
        items = [{"start_time": a, "end_time": b, "speaker_label": speaker} for a, b in times]
        return {"start_time": times[0][0], "end_time": times[-1][1], "speaker_label": speaker,
                "items": items}  # fmt: skip

    segments = [
        segment("spk_1", ("0.1", "0.4"), ("0.4", "0.8")),
        segment("spk_1", ("0.9", "1.0")),
        segment("spk_0", ("0.7", "0.95")),
    ]
    items = [word(0, "one", "0.1", "0.4"), word(1, "two", "0.4", "0.8"), mark(2, ","),
             word(3, "yes", "0.7", "0.95"), word(4, "three", "0.9", "1.0")]  # fmt: skip
    return job(items=items, speaker_labels={"speakers": 2, "segments": segments})


def test_a_diarised_older_file_keeps_its_segments_and_joins_words_on_times():
    call, _ = told(amazon_transcribe, diarised())
    assert [(one.speaker, one.text, one.start) for one in call.said] == [
        ("spk_1", "one two,", 0.1),
        ("spk_0", "yes", 0.7),
        ("spk_1", "three", 0.9),
    ]


def test_a_word_of_a_diarised_file_that_nobody_spoke_is_an_error():
    document = diarised()
    document["results"]["items"][3]["end_time"] = "0.96"
    with pytest.raises(TableError, match=r"call.json: the word at 0.7 s to 0.96 s is in no seg"):
        told(amazon_transcribe, document)


def test_a_file_with_neither_channels_nor_speakers_is_one_utterance_of_nobody():
    items = [word(0, "one", "0.1", "0.4"), mark(1, ","), word(2, "two", "3.0", "3.5")]
    call, _ = told(amazon_transcribe, job(items=items))
    assert [(one.text, one.speaker) for one in call.said] == [("one, two", None)]


def test_punctuation_before_any_word_is_counted():
    call, notes = told(amazon_transcribe, job(items=[mark(0, "¿"), word(1, "Qué", "0.1", "0.4")]))
    assert call.said[0].text == "Qué"
    assert notes.counts[amazon_transcribe.LOOSE_PUNCTUATION] == 1


def test_a_job_in_which_nothing_was_heard_is_a_call_without_utterances():
    call, notes = told(amazon_transcribe, job(items=[]))
    assert call.said == ()
    assert not notes.counts


def test_a_failed_transcription_job_is_one_line():
    failed = {"jobName": "call-7", "accountId": "1", "status": "FAILED", "results": {}}
    assert amazon_transcribe.recognises(as_file(failed))
    with pytest.raises(TableError, match=r"call.json: status is 'FAILED'"):
        told(amazon_transcribe, failed)


# Call Analytics


def item(text, start, end, confidence=0.5):
    return {"Type": "pronunciation", "Content": text, "Confidence": confidence,
            "BeginOffsetMillis": start, "EndOffsetMillis": end}  # fmt: skip


def turn(who, start, end, text, **more):
    return {"ParticipantRole": who, "BeginOffsetMillis": start, "EndOffsetMillis": end,
            "Content": text, "Sentiment": "NEUTRAL", "LoudnessScores": [60.0], "Items": [],
            "Id": "t", **more}  # fmt: skip


def characteristics(**more):
    def quarters(*values):
        return [{"Score": value, "BeginOffsetMillis": 0, "EndOffsetMillis": 1} for value in values]

    return {
        "TotalConversationDurationMillis": 9500,
        "NonTalkTime": {"TotalTimeMillis": 1500, "Instances": [
            {"BeginOffsetMillis": 4000, "EndOffsetMillis": 5500, "DurationMillis": 1500}]},
        "Interruptions": {"TotalCount": 2, "TotalTimeMillis": 400, "InterruptionsByInterrupter": {
            "CUSTOMER": [{"BeginOffsetMillis": 1000, "EndOffsetMillis": 1200},
                         {"BeginOffsetMillis": 7000, "EndOffsetMillis": 7200}]}},
        "Sentiment": {
            "OverallSentiment": {"AGENT": -5.0, "CUSTOMER": 5.0},
            "SentimentByPeriod": {"QUARTER": {
                "AGENT": quarters(1.0, 2.0, -3.0, 0.0), "CUSTOMER": quarters(0.5, 0.0, 0.0, -4.0)}},
        },
        "TalkSpeed": {"DetailsByParticipant": {"AGENT": {"AverageWordsPerMinute": 150}}},
        "TalkTime": {"DetailsByParticipant": {"AGENT": {"TotalTimeMillis": 4200},
                                              "CUSTOMER": {"TotalTimeMillis": 2100}}},
        **more,
    }  # fmt: skip


def analysed(*turns, **more):
    return {
        "JobName": "call-8", "JobStatus": "COMPLETED", "LanguageCode": "en-IE", "Channel": "VOICE",
        "ConversationCharacteristics": characteristics(), "Categories": {},
        "Transcript": list(turns or [turn("AGENT", 400, 900, "Hello.")]), **more,
    }  # fmt: skip


def test_milliseconds_become_seconds_and_roles_are_those_that_amazon_defines():
    document = analysed(
        turn("CUSTOMER", 2000, 3500, "Bye."),
        turn("AGENT", 400, 900, "Hello.", Items=[item("Hello", 400, 850),
             {"Type": "punctuation", "Confidence": 0.0, "Content": "."}]),
    )  # fmt: skip
    call, _ = told(amazon_call_analytics, document)
    assert [(one.text, one.start, one.end, one.role) for one in call.said] == [
        ("Hello.", 0.4, 0.9, "agent"),
        ("Bye.", 2.0, 3.5, "customer"),
    ]
    (hello,) = call.said[0].words
    assert (hello.text, hello.start, hello.end, hello.confidence) == ("Hello", 0.4, 0.85, 0.5)
    assert (call.call_id, call.seconds, call.language) == ("call-8", 9.5, "en-IE")


def test_small_letters_name_the_same_role():
    call, _ = told(amazon_call_analytics, analysed(turn("customer", 0, 900, "Hi.")))
    assert call.said[0].role == "customer"


def test_a_word_that_names_no_role_is_a_speaker_without_one():
    call, _ = told(amazon_call_analytics, analysed(turn("PARTY_3", 0, 900, "Hi.")))
    assert (call.said[0].speaker, call.said[0].role) == ("PARTY_3", None)


def test_a_redacted_word_of_call_analytics_has_no_confidence():
    hidden = {**item("[PII]", 500, 700, confidence=1.0), "Redaction": [{"Confidence": 1.0}]}
    call, notes = told(
        amazon_call_analytics,
        analysed(turn("AGENT", 400, 900, "I am [PII]", Items=[item("I", 400, 450), hidden])),
    )
    assert [one.confidence for one in call.said[0].words] == [0.5, None]
    assert notes.counts[_amazon.REDACTED] == 1


def test_a_second_without_loudness_is_left_out_of_the_mean_and_counted():
    call, notes = told(
        amazon_call_analytics,
        analysed(turn("AGENT", 0, 4000, "Hm.", LoudnessScores=[80.0, None, 60.0, 0])),
    )
    found = score(call.said[0], "loudness (0 to 100)")
    assert found.value == pytest.approx(140 / 3)
    assert (found.scale_min, found.scale_max, found.modality) == (0, 100, "voice")
    assert notes.counts[_amazon.LOUDNESS_NULL] == 1
    assert notes.counts[_amazon.LOUDNESS_ZERO] == 1


def test_a_turn_of_nothing_but_nulls_has_no_loudness_and_not_0():
    call, _ = told(
        amazon_call_analytics, analysed(turn("AGENT", 0, 900, "Hm.", LoudnessScores=[None]))
    )
    found = score(call.said[0], "loudness (0 to 100)")
    assert (found.value, found.missing_reason) == (None, "unset")


def test_the_sentiment_of_a_turn_is_a_score_for_each_label():
    call, _ = told(amazon_call_analytics, analysed(turn("AGENT", 0, 900, "No.", Sentiment="MIXED")))
    labels = {one.name: one.value for one in call.said[0].scores if "sentiment" in one.name}
    assert labels == {
        "sentiment: positive": 0, "sentiment: negative": 0, "sentiment: neutral": 0,
        "sentiment: mixed": 1,
    }  # fmt: skip


def test_a_turn_without_sentiment_has_missing_scores():
    document = analysed()
    del document["Transcript"][0]["Sentiment"]
    call, _ = told(amazon_call_analytics, document)
    found = score(call.said[0], "sentiment: negative")
    assert (found.value, found.missing_reason) == (None, "not analysed")


def test_the_sentiment_of_a_call_keeps_its_scale():
    call, _ = told(amazon_call_analytics, analysed())
    found = score(call, "agent sentiment")
    assert (found.value, found.scale_min, found.scale_max) == (-5.0, -5.0, 5.0)
    assert found.direction == "higher is better"
    names = [f"agent sentiment, {name} quarter" for name in ("first", "second", "third", "fourth")]
    assert [score(call, name).value for name in names] == [1.0, 2.0, -3.0, 0.0]
    fourth = score(call, "customer sentiment, fourth quarter")
    assert (fourth.value, fourth.scale_min, fourth.scale_max) == (-4.0, -5.0, 5.0)


def test_a_redacted_item_without_any_confidence_is_counted_too():
    hidden = item("[PII]", 500, 700)
    del hidden["Confidence"]
    hidden["Redaction"] = [{"Confidence": 1.0}]
    call, notes = told(amazon_call_analytics, analysed(turn("AGENT", 0, 900, "x", Items=[hidden])))
    assert call.said[0].words[0].confidence is None
    assert notes.counts[_amazon.REDACTED] == 1


def test_three_values_for_four_quarters_are_not_laid_out_by_guess():
    document = analysed()
    sentiment = document["ConversationCharacteristics"]["Sentiment"]
    del sentiment["SentimentByPeriod"]["QUARTER"]["AGENT"][1]
    call, notes = told(amazon_call_analytics, document)
    found = score(call, "agent sentiment, third quarter")
    assert (found.value, found.missing_reason) == (None, "unset")
    assert score(call, "customer sentiment, first quarter").value == 0.5
    assert notes.counts[_amazon.NOT_FOUR_QUARTERS] == 1


def test_a_role_without_a_key_has_interrupted_0_times():
    call, _ = told(amazon_call_analytics, analysed())
    assert score(call, "agent interruptions (count)").value == 0
    assert score(call, "customer interruptions (count)").value == 2


def test_a_total_that_the_list_does_not_reach_leaves_the_counts_missing():
    found = {"TotalCount": 2, "InterruptionsByInterrupter": {}}
    document = analysed(ConversationCharacteristics=characteristics(Interruptions=found))
    call, notes = told(amazon_call_analytics, document)
    agent = score(call, "agent interruptions (count)")
    assert (agent.value, agent.missing_reason) == (None, "unset")
    assert agent.note == "The call has 2 interruptions, of which 0 are listed."
    assert notes.counts[_amazon.UNLISTED_INTERRUPTIONS] == 1


def test_no_section_on_interruptions_is_not_0_interruptions():
    document = analysed()
    del document["ConversationCharacteristics"]["Interruptions"]
    call, _ = told(amazon_call_analytics, document)
    agent = score(call, "agent interruptions (count)")
    assert (agent.value, agent.missing_reason) == (None, "not exported")


def test_a_participant_absent_from_a_section_has_no_value_there():
    call, _ = told(amazon_call_analytics, analysed())
    assert score(call, "agent speech rate (words per minute)").value == 150
    missing = score(call, "customer speech rate (words per minute)")
    assert (missing.value, missing.missing_reason) == (None, "not analysed")
    assert score(call, "customer talk time (s)").value == 2.1


def test_a_call_without_characteristics_has_the_same_scores_all_missing():
    full, _ = told(amazon_call_analytics, analysed())
    document = analysed()
    del document["ConversationCharacteristics"]
    call, _ = told(amazon_call_analytics, document)
    assert [one.name for one in call.scores] == [one.name for one in full.scores]
    assert {(one.value, one.missing_reason) for one in call.scores} == {(None, "not exported")}
    assert call.seconds is None


def test_non_talk_time_and_interruptions_are_events():
    call, _ = told(amazon_call_analytics, analysed())
    assert call.events == (
        Event("silence", "non-talk time", 4.0, 5.5, rule="non-talk time"),
        Event("overtalk", "interruption", 1.0, 1.2, "customer", "interruption"),
        Event("overtalk", "interruption", 7.0, 7.2, "customer", "interruption"),
    )
    assert score(call, "non-talk time (s)").value == 1.5


def test_a_category_without_points_of_interest_is_an_absence_rule():
    categories = {
        "MatchedCategories": [" greeting", "No_Closing_Remark", "undetailed"],
        "MatchedDetails": {
            " greeting": {"PointsOfInterest": [{"BeginOffsetMillis": 40, "EndOffsetMillis": 90}]},
            "No_Closing_Remark": {"PointsOfInterest": []},
        },
    }
    document = analysed(Categories=categories, ConversationCharacteristics={})
    call, notes = told(amazon_call_analytics, document)
    assert call.events == (
        Event("category", "greeting", 0.04, 0.09, rule="point of interest"),
        Event("category", "No_Closing_Remark", rule="absence"),
        Event("category", "undetailed"),
    )
    assert notes.counts[_amazon.SPACED_CATEGORY] == 1
    assert notes.counts[_amazon.UNDETAILED_CATEGORY] == 1


def test_a_failed_analytics_job_is_one_line():
    failed = {"JobName": "call-8", "JobStatus": "FAILED"}
    assert amazon_call_analytics.recognises(as_file(failed))
    with pytest.raises(TableError, match="JobStatus is 'FAILED'"):
        told(amazon_call_analytics, failed)


# Contact Lens


def contact(*turns, **more):
    return {
        "Version": "1.1.0", "Channel": "VOICE", "JobStatus": "COMPLETED", "LanguageCode": "fr-CA",
        "CustomerMetadata": {"ContactId": "contact-9", "InstanceId": "i"},
        "Participants": [{"ParticipantId": "8f-21", "ParticipantRole": "AGENT"},
                         {"ParticipantId": "bot", "ParticipantRole": "CUSTOM_BOT"}],
        "ConversationCharacteristics": characteristics(), "Categories": {},
        "Transcript": list(turns or [lens("8f-21", 0, 900, "Allo.")]), **more,
    }  # fmt: skip


def lens(who, start, end, text, **more):
    return {"ParticipantId": who, "BeginOffsetMillis": start, "EndOffsetMillis": end,
            "Content": text, "Id": "t", "Sentiment": "NEGATIVE", "LoudnessScore": [50.0, 70.0],
            **more}  # fmt: skip


def test_the_role_of_an_id_stands_in_the_list_of_participants():
    call, notes = told(
        amazon_contact_lens,
        contact(
            lens("8f-21", 0, 900, "Allo."), lens("CUSTOMER", 900, 1800, "Oui ?"),
            lens("bot", 1800, 2000, "Bip."), lens("77-00", 2000, 2500, "Hm."),
        ),
    )  # fmt: skip
    assert [(one.speaker, one.role) for one in call.said] == [
        ("8f-21", "agent"), ("CUSTOMER", "customer"), ("bot", "other"), ("77-00", None),
    ]  # fmt: skip
    assert (call.call_id, call.language, call.agent) == ("contact-9", "fr-CA", None)
    assert notes.versions == {"Contact Lens 1.1.0": 1}


def test_loudness_score_is_a_list_in_spite_of_its_name_and_there_are_no_words():
    call, _ = told(amazon_contact_lens, contact())
    (one,) = call.said
    assert score(one, "loudness (0 to 100)").value == 60.0
    assert score(one, "sentiment: negative").value == 1
    assert one.words == ()


def test_a_turn_with_personal_information_is_counted_and_keeps_where():
    where = {"RedactedTimestamps": [{"BeginOffsetMillis": 3, "EndOffsetMillis": 9}]}
    call, notes = told(
        amazon_contact_lens, contact(lens("8f-21", 0, 900, "Ici [PII].", Redaction=where))
    )
    assert call.said[0].raw["Redaction"] == where
    assert notes.counts[amazon_contact_lens.REDACTED_TURN] == 1


def test_an_analysis_that_was_skipped_is_told_of_the_call():
    skipped = [{"Feature": "CATEGORIZATION", "ReasonCode": "QUOTA_EXCEEDED"}]
    call, notes = told(amazon_contact_lens, contact(JobDetails={"SkippedAnalysis": skipped}))
    assert call.facts["skipped_analysis"] == "CATEGORIZATION: QUOTA_EXCEEDED"
    assert notes.counts[amazon_contact_lens.SKIPPED] == 1


def test_a_chat_is_refused_and_not_read_as_a_call():
    with pytest.raises(TableError, match="Channel is 'CHAT'"):
        told(amazon_contact_lens, contact(Channel="CHAT"))


def test_a_contact_that_was_not_analysed_is_one_line():
    with pytest.raises(TableError, match="JobStatus is 'FAILED'"):
        told(amazon_contact_lens, contact(JobStatus="FAILED"))


def test_each_format_is_recognised_by_its_reader_alone():
    files = [as_file(segmented()), as_file(analysed()), as_file(contact())]
    assert [[reader.recognises(file) for file in files] for reader in READERS] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]
    other = as_file({"results": [{"final": True, "alternatives": []}], "result_index": 0})
    broken = ExportFile("x.json", b'{"results": ')
    assert not any(r.recognises(file) for r in READERS for file in (other, broken))


@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("amazon_transcribe_channels", amazon_transcribe),
        ("amazon_transcribe_diarized", amazon_transcribe),
        ("amazon_transcribe_call_analytics", amazon_call_analytics),
        ("amazon_connect_contact_lens", amazon_contact_lens),
    ],
)
def test_the_sample_call_has_its_four_utterances(name, reader):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"no sample at {path}")
    file = ExportFile(path.name, path.read_bytes())
    assert [one for one in READERS if one.recognises(file)] == [reader]
    (call,) = reader.read([file], Notes())
    assert [(one.start, one.end) for one in call.said] == [
        (0.4, 3.2), (3.65, 7.1), (6.8, 10.3), (12.6, 14.4),
    ]  # fmt: skip
    assert call.call_id == "CALL-2026-000137"
