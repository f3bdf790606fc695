"""Google Speech-to-Text and CX Insights: what their exports say, and what they leave out."""

import json
from pathlib import Path

import pytest

from biasbench.errors import TableError
from biasbench.systems import Score, Word
from biasbench.systems.exports import ExportFile, Notes
from biasbench.systems.vendors import (
    _cx_insights,
    _cx_insights_api,
    _cx_insights_bigquery,
    google_cx_insights,
    google_stt,
)

SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"


def a_file(document, name="call.json"):
    text = document if isinstance(document, str) else json.dumps(document)
    return ExportFile(name, text.encode())


def read(reader, document):
    """The calls of a document that its reader recognises, and what was noticed."""
    file, notes = a_file(document), Notes()
    assert reader.recognises(file)
    return list(reader.read([file], notes)), notes


def sample(name):
    if not (SAMPLES / name).is_file():
        pytest.skip(f"no sample {name} beside this checkout")
    return (SAMPLES / name).read_text(encoding="utf-8")


def word(text, start, end, **more):
    return {"word": text, "startTime": start, "endTime": end, **more}


def result(*words, text=None, **more):
    best = {"words": list(words)}
    if text is not None:
        best["transcript"] = text
    return {"alternatives": [best], **more}


HELLO = (word("hello", "0.500s", "0.900s"), word("there", "0.900s", "1.200s"))
YES = (word("yes", "2s", "2.300s"),)

# Speech-to-Text


def test_lengths_are_text_with_an_s_and_channels_are_names_from_one():
    [call], notes = read(
        google_stt,
        {"results": [result(*HELLO, text="hello there ", channelTag=2, resultEndTime="1.900s")]},
    )
    [said] = call.said
    assert (said.text, said.start, said.end, said.speaker) == ("hello there", 0.5, 1.2, "2")
    assert said.role is None
    assert said.words == (Word("hello", 0.5, 0.9), Word("there", 0.9, 1.2))
    assert notes.versions == {"v1": 1}


def test_a_confidence_of_zero_was_not_set():
    first, second = word("so", "0s", "1s", confidence=0.0), word("so", "1s", "2s", confidence=0.25)
    document = {"results": [result(first, second, text="so so", resultEndTime="2s")]}
    document["results"][0]["alternatives"][0]["confidence"] = 0
    [call], _ = read(google_stt, document)
    assert [one.confidence for one in call.said[0].words] == [None, 0.25]
    assert call.said[0].confidence is None


def test_a_word_at_the_very_start_says_zero_and_one_without_a_start_has_none():
    [call], notes = read(
        google_stt,
        {
            "results": [
                result({"word": "um", "endTime": "0.4s"}, text="um", channelTag=1),
                result(word("well", "0s", "0.4s"), text="well", channelTag=2),
            ]
        },
    )
    assert [(one.text, one.start) for one in call.said] == [("well", 0.0), ("um", None)]
    assert notes.counts[google_stt.NO_START] == 1


def test_version_two_has_other_names_and_an_end_without_words():
    [call], notes = read(
        google_stt,
        {
            "results": [
                {
                    "alternatives": [
                        {
                            "transcript": "bonjour",
                            "words": [
                                {"word": "bonjour", "startOffset": "1.1s", "endOffset": "1.6s"}
                            ],
                        },
                        {"transcript": "bon jour"},
                    ],
                    "languageCode": "fr-FR",
                },
                {"alternatives": [{"transcript": "oui"}], "resultEndOffset": "4.25s"},
            ]
        },
    )
    assert [(one.text, one.start, one.end) for one in call.said] == [
        ("bonjour", 1.1, 1.6),
        ("oui", None, 4.25),
    ]
    assert call.language == "fr-FR"
    assert notes.versions == {"v2": 1}
    assert notes.counts[google_stt.ALTERNATIVES] == 1


def tagged(*words_and_tags):
    return [{**one, "speakerTag": tag} for one, tag in words_and_tags]


def test_the_last_diarised_result_repeats_all_words_and_is_used_alone():
    everything = result(*tagged((HELLO[0], 1), (HELLO[1], 1), (YES[0], 2)))
    heard = result(*HELLO, text="hello there")
    heard["alternatives"][0]["confidence"] = 0.8
    [call], notes = read(google_stt, {"results": [heard, result(*YES, text="yes"), everything]})
    assert [(one.speaker, one.text, one.start) for one in call.said] == [
        ("1", "hello there", 0.5),
        ("2", "yes", 2.0),
    ]
    assert call.said[0].confidence == 0.8
    assert sum(len(one.words) for one in call.said) == 3
    assert notes.counts[google_stt.REPEATED] == 2


def test_a_change_of_speaker_inside_a_segment_cuts_it_and_its_confidence_is_of_neither():
    heard = result(*HELLO, text="hello there")
    heard["alternatives"][0]["confidence"] = 0.8
    everything = result(*tagged((HELLO[0], 1), (HELLO[1], 2)), text="hello there")
    [call], _ = read(google_stt, {"results": [heard, everything]})
    assert [(one.speaker, one.text, one.confidence) for one in call.said] == [
        ("1", "hello", None),
        ("2", "there", None),
    ]


def test_one_speaker_over_two_segments_stays_two_utterances():
    everything = result(*tagged((HELLO[0], 1), (HELLO[1], 1), (YES[0], 1)))
    [call], _ = read(
        google_stt,
        {"results": [result(*HELLO, text="hello there"), result(*YES, text="yes"), everything]},
    )
    assert [one.text for one in call.said] == ["hello there", "yes"]


def test_diarised_words_without_times_are_still_not_doubled():
    words = [{"word": "hello"}, {"word": "there"}]
    everything = result(*tagged((words[0], 1), (words[1], 1)), text="hello there")
    [call], _ = read(google_stt, {"results": [result(*words, text="hello there"), everything]})
    assert [one.text for one in call.said] == ["hello there"]


def test_segments_without_words_are_not_told_beside_the_words_of_the_last_result():
    heard = {"alternatives": [{"transcript": "hello there"}]}
    everything = result(*tagged((HELLO[0], 1), (HELLO[1], 1)))
    [call], notes = read(google_stt, {"results": [heard, everything]})
    assert [(one.speaker, one.text) for one in call.said] == [("1", "hello there")]
    assert notes.counts[google_stt.REPEATED] == 1


def test_results_that_each_have_their_own_speakers_are_all_used():
    [call], notes = read(
        google_stt,
        {
            "results": [
                result(*({**one, "speakerLabel": "1"} for one in HELLO), text="hello there"),
                result({**YES[0], "speakerLabel": "2"}, text="yes"),
            ]
        },
    )
    assert [(one.speaker, one.text) for one in call.said] == [("1", "hello there"), ("2", "yes")]
    assert google_stt.REPEATED not in notes.counts


def test_channels_are_merged_in_order_of_time():
    [call], _ = read(
        google_stt,
        {
            "results": [
                result(*YES, text="yes", channelTag=1),
                result(*HELLO, text="hello there", channelTag=2),
            ]
        },
    )
    assert [one.speaker for one in call.said] == ["2", "1"]


def operation(**more):
    return {
        "name": "123",
        "metadata": {
            "@type": "type.googleapis.com/google.cloud.speech.v1.LongRunningRecognizeMetadata",
            "uri": "gs://calls/2026/C-77.wav",
        },
        **more,
    }


def test_an_operation_names_the_audio_file():
    response = {
        "@type": "type.googleapis.com/google.cloud.speech.v1.LongRunningRecognizeResponse",
        "results": [result(*YES, text="yes")],
    }
    [call], _ = read(google_stt, operation(done=True, response=response))
    assert (call.call_id, call.said[0].text) == ("C-77", "yes")


def test_a_failed_operation_is_a_call_that_failed():
    [call], notes = read(google_stt, operation(done=True, error={"code": 3, "message": "bad"}))
    assert (call.call_id, call.said) == ("C-77", ())
    assert call.facts == {"transcription_status": "failed"}
    assert notes.counts[google_stt.FAILED] == 1


def test_an_operation_that_is_not_done_is_an_error_that_says_so():
    with pytest.raises(TableError, match=r"call\.json: the operation has no response"):
        read(google_stt, operation())


def test_a_batch_has_one_call_per_audio_file():
    transcript = {"results": [result(*YES, text="yes")]}
    calls, notes = read(
        google_stt,
        {
            "results": {
                "gs://b/one.wav": {"inlineResult": {"transcript": transcript}},
                "gs://b/two.wav": {"transcript": transcript},
                "gs://b/three.wav": {"error": {"code": 13}},
                "gs://b/four.wav": {"cloudStorageResult": {"uri": "gs://out/four.json"}},
            }
        },
    )
    assert [(call.call_id, len(call.said)) for call in calls] == [
        ("one", 1),
        ("two", 1),
        ("three", 0),
        ("four", 0),
    ]
    assert notes.counts[google_stt.FAILED] == 1
    assert notes.counts[google_stt.ELSEWHERE] == 1


def test_two_files_of_one_name_in_two_folders_keep_their_folders():
    failed = {"error": {"code": 13}}
    calls, _ = read(google_stt, {"results": {"gs://b/x/1.wav": failed, "gs://b/y/1.wav": failed}})
    assert [call.call_id for call in calls] == ["gs://b/x/1.wav", "gs://b/y/1.wav"]


def test_a_dump_in_the_protos_own_spelling_reads_the_same():
    words = [{"word": "yes", "start_time": "2s", "end_time": "2.300s", "speaker_tag": 0}]
    best = {"transcript": "yes", "words": words, "confidence": 0.0}
    [call], _ = read(
        google_stt,
        {"results": [{"alternatives": [best], "channel_tag": 0, "result_end_time": "2.3s"}]},
    )
    [said] = call.said
    assert (said.start, said.end, said.speaker, said.confidence) == (2.0, 2.3, None, None)


def test_lengths_of_seconds_and_nanos_are_read():
    first = word("yes", {}, {"seconds": "1", "nanos": 250000000})
    [call], _ = read(google_stt, {"results": [result(first, text="yes")]})
    assert call.said[0].words == (Word("yes", 0.0, 1.25),)


def test_a_length_without_its_unit_is_an_error():
    with pytest.raises(ValueError, match="is not a length like"):
        read(google_stt, {"results": [result(word("yes", "2", "3s"), text="yes")]})


def test_a_word_that_ends_before_it_starts_is_not_altered():
    [call], _ = read(google_stt, {"results": [result(word("no", "2s", "1s"), text="no")]})
    assert call.said[0].words == (Word("no", 2.0, 1.0),)


def test_silence_is_a_call_without_utterances():
    [call], _ = read(google_stt, {"totalBilledTime": "15s"})
    assert call.said == ()


@pytest.mark.parametrize(
    "document",
    [
        {"result_index": 0, "results": [{"final": True, "alternatives": [{"transcript": "a"}]}]},
        {"result_index": 0, "results": [{"alternatives": [{"transcript": "a"}]}]},
        {"results": [{"type": "word", "alternatives": [{"content": "a"}]}]},
        {"results": {"channels": [{"alternatives": [{"transcript": "a"}]}]}},
        {"results": {"transcripts": [{"transcript": "a"}]}},
        {"results": [{"isFinal": True, "alternatives": [{"transcript": "a"}]}]},
        {"recognizedPhrases": []},
        "WEBVTT\n",
        "{not json",
    ],
)
def test_results_of_other_systems_are_not_googles(document):
    assert not google_stt.recognises(a_file(document))
    assert not google_cx_insights.recognises(a_file(document))


@pytest.mark.parametrize(
    "name",
    ["google_stt_v1_longrunning.json", "google_stt_v1_diarized.json", "google_stt_v2_batch.json"],
)
def test_the_speech_samples_have_four_utterances_and_36_words(name):
    [call], _ = read(google_stt, sample(name))
    assert [(one.start, one.end, one.speaker) for one in call.said] == [
        (0.4, 3.2, "1"),
        (3.65, 7.1, "2"),
        (6.8, 10.3, "1"),
        (12.6, 14.4, "2"),
    ]
    assert sum(len(one.words) for one in call.said) == 36


# CX Insights


def conversation(**more):
    return {
        "name": "projects/p/locations/l/conversations/C-9",
        "medium": "PHONE_CALL",
        "callMetadata": {"customerChannel": 1, "agentChannel": 2},
        "transcript": {
            "transcriptSegments": [
                {
                    "text": "my meter is broken",
                    "channelTag": 1,
                    "words": [
                        {"word": "my", "startOffset": "1s", "endOffset": "1.2s", "confidence": 0.5},
                        {"word": "meter", "startOffset": "1.2s", "endOffset": "1.6s"},
                        {"word": "is", "startOffset": "1.6s", "endOffset": "1.8s"},
                        {"word": "broken", "startOffset": "1.8s", "endOffset": "2.4s"},
                    ],
                },
                {
                    "text": "oh no",
                    "channelTag": 2,
                    "words": [
                        {"word": "oh", "startOffset": "4s", "endOffset": "4.2s"},
                        {"word": "no", "startOffset": "4.2s", "endOffset": "4.5s"},
                    ],
                },
            ]
        },
        **more,
    }


def analysed(**metadata):
    return conversation(latestAnalysis={"analysisResult": {"callAnalysisMetadata": metadata}})


def values(scores):
    return {score.name: score.value for score in scores}


def test_channels_have_the_roles_that_the_conversation_defines():
    [call], notes = read(google_cx_insights, conversation())
    assert [(one.speaker, one.role, one.start, one.end) for one in call.said] == [
        ("1", "customer", 1.0, 2.4),
        ("2", "agent", 4.0, 4.5),
    ]
    assert [one.confidence for one in call.said[0].words] == [0.5, None, None, None]
    assert call.call_id == "C-9"
    assert notes.versions == {"API": 1}


@pytest.mark.parametrize(
    ("told", "role"),
    [
        ("HUMAN_AGENT", "agent"),
        ("AUTOMATED_AGENT", "other"),
        ("END_USER", "customer"),
        ("ANY_AGENT", None),
    ],
)
def test_a_participants_role_is_translated_and_a_machine_is_not_the_agent(told, role):
    document = conversation()
    del document["callMetadata"]
    document["transcript"]["transcriptSegments"][1]["segmentParticipant"] = {"role": told}
    [call], _ = read(google_cx_insights, document)
    assert call.said[1].role == role


def test_a_conversation_without_an_analysis_has_scores_that_say_so():
    [call], _ = read(google_cx_insights, conversation())
    assert set(values(call.scores)) == {
        "agent sentiment",
        "agent sentiment magnitude",
        "customer sentiment",
        "customer sentiment magnitude",
        "silence (s)",
        "silence share (percent)",
    }
    assert all(one.value is None and one.missing_reason == "not analysed" for one in call.scores)


def test_a_sentiment_without_its_number_is_zero_and_one_that_is_absent_has_no_value():
    [call], _ = read(
        google_cx_insights,
        analysed(sentiments=[{"channelTag": 2, "sentimentData": {"magnitude": 0.5}}]),
    )
    assert call.scores[0] == Score("agent sentiment", 0.0, -1.0, 1.0, "higher is better")
    assert call.scores[1].value == 0.5
    customer = call.scores[2]
    assert (customer.value, customer.missing_reason) == (None, "unset")


def test_a_segment_without_sentiment_beside_one_that_has_it_is_unset():
    document = conversation()
    document["transcript"]["transcriptSegments"][0]["sentiment"] = {"score": -0.5, "magnitude": 0.5}
    [call], _ = read(google_cx_insights, document)
    assert values(call.said[0].scores)["customer sentiment"] == -0.5
    assert [one.missing_reason for one in call.said[1].scores] == ["unset", "unset"]


def test_silence_is_of_the_voice_and_its_share_a_percentage():
    [call], _ = read(
        google_cx_insights,
        analysed(silence={"silenceDuration": "6s", "silencePercentage": 12.5}),
    )
    silence, share = call.scores[4:]
    assert (silence.value, silence.modality) == (6.0, "voice")
    assert (share.value, share.scale_max) == (12.5, 100.0)


def between(start, end, **kind):
    return {**kind, "channelTag": 2, "annotationStartBoundary": start, "annotationEndBoundary": end}


def test_boundaries_are_inclusive_words_and_a_missing_segment_index_is_the_first():
    [call], _ = read(
        google_cx_insights,
        analysed(
            annotations=[
                between({"wordIndex": 1}, {"wordIndex": 2}, interruptionData={}),
                between(
                    {"wordIndex": 3},
                    {"transcriptIndex": 1, "wordIndex": 0},
                    silenceData={},
                ),
                between({"transcriptIndex": 1}, {"transcriptIndex": 1}, holdData={}),
            ]
        ),
    )
    assert [(one.kind, one.label, one.start, one.end, one.target_role) for one in call.events] == [
        ("overtalk", "interruption", 1.2, 1.8, "agent"),
        ("silence", "silence", 2.4, 4.0, "agent"),
        ("category", "hold", 4.0, 4.5, "agent"),
    ]


def test_a_boundary_outside_the_transcript_is_counted_and_has_no_time():
    [call], notes = read(
        google_cx_insights,
        analysed(
            annotations=[between({"transcriptIndex": 7}, {"transcriptIndex": 7}, silenceData={})]
        ),
    )
    assert (call.events[0].start, call.events[0].end) == (None, None)
    assert notes.counts[_cx_insights_api.NO_SEGMENT] == 1


def test_a_silence_within_one_word_has_no_times():
    [call], notes = read(
        google_cx_insights,
        analysed(annotations=[between({"wordIndex": 0}, {"wordIndex": 0}, silenceData={})]),
    )
    assert (call.events[0].start, call.events[0].end) == (None, None)
    assert notes.counts[_cx_insights_api.SILENCE_IN_WORD] == 1


def test_phrases_intents_and_issues_are_categories():
    [call], notes = read(
        google_cx_insights,
        analysed(
            intents={"i1": {"id": "i1", "displayName": "makes promise"}},
            annotations=[
                between({}, {}, phraseMatchData={"phraseMatcher": "projects/p/x/pm", "n": 1}),
                between({}, {}, intentMatchData={"intentUniqueId": "i1"}),
                between({}, {}, entityMentionData={}),
            ],
            issueModelResult={"issues": [{"displayName": "billing", "score": 0.75}]},
        ),
    )
    assert [(one.label, one.rule, one.found, one.start) for one in call.events] == [
        ("pm", "phrase matcher", None, 1.0),
        ("makes promise", "intent", None, 1.0),
        ("billing", "issue model", "likelihood 0.75", None),
    ]
    assert notes.counts[_cx_insights_api.OTHER_ANNOTATIONS] == 1


def test_a_suggestion_to_the_agent_is_a_prompt_by_the_clock():
    [call], _ = read(
        google_cx_insights,
        conversation(
            startTime="2026-02-03T10:00:00Z",
            runtimeAnnotations=[
                {
                    "createTime": "2026-02-03T10:00:02.500Z",
                    "smartReply": {"reply": "I am sorry"},
                    "answerFeedback": {"displayed": True},
                },
                {"startBoundary": {"transcriptIndex": 1}, "dialogflowInteraction": {}},
                {"startBoundary": {"transcriptIndex": 1}, "faqAnswer": {}},
            ],
        ),
    )
    assert [
        (one.kind, one.label, one.start, one.target_role, one.found) for one in call.events
    ] == [
        ("prompt", "smartReply", 2.5, "agent", "displayed, not clicked"),
        ("prompt", "faqAnswer", 4.0, "agent", None),
    ]
    assert call.started == "2026-02-03T10:00:00Z"


CARD = {
    "qaScorecardRevision": "projects/p/locations/l/qaScorecards/greeting/revisions/3",
    "score": 4.0,
    "potentialScore": 5.0,
    "normalizedScore": 0.8,
}


def card(**more):
    return analysed(qaScorecardResults=[{**CARD, **more}])


def source(kind, score):
    return {"sourceType": kind, "score": score}


def test_a_scorecard_gives_points_and_their_share():
    [call], notes = read(google_cx_insights, card())
    told = {one.name: one for one in call.scores}
    share = told["quality: greeting"]
    assert (share.value, share.scale_min, share.scale_max) == (0.8, 0.0, 1.0)
    assert told["quality: greeting (points)"].value == 4.0
    assert told["quality: greeting (points possible)"].value == 5.0
    assert "evaluator_kind" not in call.facts
    assert notes.counts[_cx_insights.MANUAL] == 1


def test_a_scorecard_without_its_optional_share_has_none():
    [call], _ = read(google_cx_insights, analysed(qaScorecardResults=[{"score": 1.0}]))
    told = {one.name: one for one in call.scores}
    assert told["quality: scorecard"].value is None
    assert told["quality: scorecard"].missing_reason == "unset"


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"scoreSources": [source("SYSTEM_GENERATED_ONLY", 4)]}, "AI"),
        (
            {
                "scoreSources": [
                    source("SYSTEM_GENERATED_ONLY", 4),
                    source("INCLUDES_MANUAL_EDITS", 5),
                ]
            },
            "human",
        ),
        (
            {
                "scoreSources": [
                    source("SYSTEM_GENERATED_ONLY", 4),
                    source("INCLUDES_MANUAL_EDITS", 4),
                ]
            },
            None,
        ),
        ({"qaAnswers": [{"answerSources": [{"sourceType": "MANUAL_EDIT"}]}]}, "human"),
        ({"qaAnswers": [{"answerSources": [{"sourceType": "SYSTEM_GENERATED"}]}]}, "AI"),
    ],
)
def test_who_evaluated_is_told_only_where_the_sources_tell_it(more, kind):
    [call], _ = read(google_cx_insights, card(**more))
    assert call.facts.get("evaluator_kind") == kind


def test_each_source_of_a_score_is_kept():
    [call], _ = read(google_cx_insights, card(scoreSources=[source("SYSTEM_GENERATED_ONLY", 3.0)]))
    assert values(call.scores)["quality: greeting, system generated only (points)"] == 3.0


def test_a_question_that_does_not_apply_has_no_value_and_says_why():
    answers = [
        {"questionBody": "Apologised?", "answerValue": {"normalizedScore": 0.0, "strValue": "No"}},
        {"questionBody": "Refunded?", "answerValue": {"naValue": True, "normalizedScore": 0.0}},
    ]
    [call], _ = read(google_cx_insights, card(qaAnswers=answers))
    told = {one.name: one for one in call.scores}
    assert told["quality: greeting: Apologised?"].value == 0.0
    asked = told["quality: greeting: Refunded?"]
    assert (asked.value, asked.note) == (None, "The question does not apply to this call")


def test_two_results_of_one_scorecard_do_not_share_a_name():
    [call], _ = read(google_cx_insights, analysed(qaScorecardResults=[CARD, CARD]))
    names = [one.name for one in call.scores]
    assert len(names) == len(set(names))
    assert "quality: greeting [2]" in names


def test_the_agents_id_is_kept_and_no_name():
    people = [{"agentId": "a-1", "displayName": "Ada", "team": "blue", "location": "Lyon"}]
    [call], notes = read(
        google_cx_insights,
        conversation(
            labels={"customer": "Bob"},
            qualityMetadata={"agentInfo": people, "waitDuration": "42s"},
        ),
    )
    assert call.agent == "a-1"
    assert call.facts == {
        "team": "blue",
        "site": "Lyon",
        "medium": "PHONE_CALL",
        "wait_seconds": 42.0,
    }
    assert "Ada" not in repr(call)
    assert "Bob" not in repr(call)
    assert notes.counts[_cx_insights.LABELS] == 1


def test_of_several_agents_none_is_taken_for_the_one():
    people = [{"agentId": "a-1"}, {"agentId": "a-2"}]
    [call], notes = read(google_cx_insights, conversation(qualityMetadata={"agentInfo": people}))
    assert call.agent is None
    assert notes.counts[_cx_insights.SEVERAL_AGENTS] == 1


def test_an_automated_agent_is_not_the_worker():
    people = [{"agentId": "bot", "agentType": "AUTOMATED_AGENT"}, {"agentId": "a-2"}]
    [call], _ = read(google_cx_insights, conversation(qualityMetadata={"agentInfo": people}))
    assert call.agent == "a-2"


def test_a_list_of_conversations_and_a_dump_in_snake_case_are_read():
    calls, _ = read(google_cx_insights, {"conversations": [conversation(), conversation()]})
    assert len(calls) == 2
    words = [{"word": "hi", "start_offset": "1s", "end_offset": "2s"}]
    segment = {"text": "hi", "words": words, "channel_tag": 3}
    [call], _ = read(google_cx_insights, {"transcript": {"transcript_segments": [segment]}})
    assert [(one.speaker, one.start, one.end) for one in call.said] == [("3", 1.0, 2.0)]


ROW = {
    "conversationName": "projects/p/locations/l/conversations/C-5",
    "startTimestampUtc": "1770112800",
    "analysisTimestampUtc": "1770113000",
    "durationNanos": "9000000000",
    "silenceNanos": "1500000000",
    "silencePercentage": 16.7,
    "agentSpeakingPercentage": 50.0,
    "agentSentimentScore": -0.25,
    "agentSentimentMagnitude": 2.5,
    "agentId": "a-3",
    "words": [
        {
            "word": "good",
            "startOffsetNanos": "3000000000",
            "endOffsetNanos": "3400000000",
            "speakerTag": "1",
        },
        {
            "word": "hello",
            "startOffsetNanos": "1000000000",
            "endOffsetNanos": "1400000000",
            "speakerTag": "1",
        },
        {
            "word": "lost",
            "startOffsetNanos": "8000000000",
            "endOffsetNanos": "8100000000",
            "speakerTag": "2",
        },
        {
            "word": "hey",
            "startOffsetNanos": "1200000000",
            "endOffsetNanos": "1300000000",
            "speakerTag": "2",
        },
    ],
    "sentences": [
        {
            "sentence": "Good.",
            "startOffsetNanos": "3000000000",
            "endOffsetNanos": "3400000000",
            "speakerTag": "1",
            "participantRole": "HUMAN_AGENT",
            "sentimentScore": 0.5,
        },
        {
            "sentence": "Hello.",
            "startOffsetNanos": "1000000000",
            "endOffsetNanos": "1400000000",
            "speakerTag": "1",
            "participantRole": "AUTOMATED_AGENT",
            "phraseMatchData": [{"phraseMatcherId": "9", "displayName": "greeting"}],
        },
        {
            "sentence": "Hey.",
            "startOffsetNanos": "1200000000",
            "endOffsetNanos": "1300000000",
            "speakerTag": "2",
            "participantRole": "END_USER",
            "annotations": [
                {
                    "type": "SMART_REPLY",
                    "createTimeNanos": "1770112802000000000",
                    "displayed": True,
                    "clicked": False,
                },
                {"type": "DIALOGFLOW_INTERACTION", "createTimeNanos": "1770112802000000000"},
            ],
        },
    ],
}


def test_nanoseconds_are_seconds_also_where_integers_are_text():
    [call], notes = read(google_cx_insights, ROW)
    assert [(one.text, one.role, one.start, one.end) for one in call.said] == [
        ("Hello.", "other", 1.0, 1.4),
        ("Hey.", "customer", 1.2, 1.3),
        ("Good.", "agent", 3.0, 3.4),
    ]
    assert (call.call_id, call.agent, call.seconds) == ("C-5", "a-3", 9.0)
    assert call.started == "2026-02-03T10:00:00+00:00"
    assert notes.versions == {"BigQuery export": 1}


def test_words_go_to_the_sentence_of_their_speaker_and_loose_ones_are_counted():
    [call], notes = read(google_cx_insights, ROW)
    assert [one.words for one in call.said] == [
        (Word("hello", 1.0, 1.4),),
        (Word("hey", 1.2, 1.3),),
        (Word("good", 3.0, 3.4),),
    ]
    assert notes.counts[_cx_insights_bigquery.LOOSE_WORDS] == 1


def test_a_word_at_the_border_of_two_sentences_belongs_to_the_second():
    def lasting(start, end, **more):
        return {"startOffsetNanos": start, "endOffsetNanos": end, "speakerTag": 1, **more}

    row = {
        **ROW,
        "sentences": [
            lasting(0, 500_000_000, sentence="a"),
            lasting(500_000_000, 900_000_000, sentence="b"),
        ],
        "words": [
            lasting(0, 500_000_000, word="a"),
            lasting(500_000_000, 900_000_000, word="b"),
        ],
    }
    [call], _ = read(google_cx_insights, row)
    assert [[word.text for word in one.words] for one in call.said] == [["a"], ["b"]]


def test_the_scores_of_a_row_keep_their_scales_and_say_what_is_missing():
    [call], _ = read(google_cx_insights, ROW)
    told = {one.name: one for one in call.scores}
    assert told["agent sentiment"].value == -0.25
    assert told["agent sentiment magnitude"].scale_max is None
    assert told["silence (s)"].value == 1.5
    assert told["agent talk share (percent)"].value == 50.0
    assert told["customer sentiment"].missing_reason == "unset"
    assert told["customer talk share (percent)"].missing_reason == "unset"
    assert call.said[1].scores[0].missing_reason == "unset"


def test_a_row_that_was_not_analysed_says_so():
    row = {key: value for key, value in ROW.items() if "entiment" not in key}
    del row["analysisTimestampUtc"]
    [call], _ = read(google_cx_insights, row)
    assert call.scores[0].missing_reason == "not analysed"


def test_matches_and_suggestions_of_a_row_are_events():
    [call], _ = read(google_cx_insights, ROW)
    assert [
        (one.kind, one.label, one.start, one.target_role, one.found) for one in call.events
    ] == [
        ("category", "greeting", 1.0, "other", None),
        ("prompt", "SMART_REPLY", 2.0, "agent", "displayed, not clicked"),
    ]


def test_rows_come_one_per_line_or_in_an_array():
    lines, _ = read(google_cx_insights, f"{json.dumps(ROW)}\n\n{json.dumps(ROW)}\n")
    array, _ = read(google_cx_insights, [ROW, ROW, ROW])
    assert (len(lines), len(array)) == (2, 3)


def test_an_early_schema_with_few_columns_is_read():
    few = {"conversationName": "projects/p/conversations/C-1", "durationNanos": None}
    few["startTimestampUtc"] = 0
    [call], _ = read(google_cx_insights, few)
    assert (call.call_id, call.seconds, call.said) == ("C-1", None, ())


def test_a_row_of_another_shape_names_its_line():
    broken = {**ROW, "sentences": "none"}
    with pytest.raises(TableError, match=r"call\.json: line 2: is not a row of the export"):
        read(google_cx_insights, f"{json.dumps(ROW)}\n{json.dumps(broken)}\n")


def test_a_table_in_csv_is_not_the_export():
    heading = '"conversationName","durationNanos"\n"a/conversations/b",1\n'
    assert not google_cx_insights.recognises(a_file(heading))
    assert not google_stt.recognises(a_file(ROW))
    assert not google_stt.recognises(a_file(conversation()))


@pytest.mark.parametrize(
    "name", ["google_ccai_insights_conversation.json", "google_ccai_insights_bigquery.jsonl"]
)
def test_the_insights_samples_are_one_call_with_roles_and_words(name):
    [call], _ = read(google_cx_insights, sample(name))
    assert (call.call_id, call.agent, call.seconds) == ("CALL-2026-000137", "agent-0042", 15.0)
    assert [(one.role, one.start, one.end) for one in call.said] == [
        ("agent", 0.4, 3.2),
        ("customer", 3.65, 7.1),
        ("agent", 6.8, 10.3),
        ("customer", 12.6, 14.4),
    ]
    assert sum(len(one.words) for one in call.said) == 36
    told = values(call.scores)
    assert told["agent sentiment"] == 0.25
    assert told["silence (s)"] == 2.3
