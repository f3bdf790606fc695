"""Genesys Cloud: transcripts, metrics, evaluations, conversation details, aggregates, a folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from biasbench.errors import TableError
from biasbench.systems import Event, Score, Word
from biasbench.systems.exports import ExportFile, Notes, ToldCall
from biasbench.systems.vendors import (
    _genesys,
    _genesys_events,
    _genesys_form,
    _genesys_phrases,
    _genesys_sides,
    genesys,
    genesys_aggregates,
    genesys_conversation,
    genesys_evaluation,
    genesys_metrics,
    genesys_transcript,
)

ZERO = 1_770_000_000_000


def as_file(document: object, name: str = "export/one.json") -> ExportFile:
    return ExportFile(name, json.dumps(document).encode())


def phrase(start: int, length: int, side: str, text: str, index: int = 0) -> dict[str, Any]:
    return {
        "text": text,
        "decoratedText": text.capitalize() + ".",
        "confidence": 0.75,
        "startTimeMs": ZERO + start,
        "duration": {"milliseconds": length},
        "participantPurpose": side,
        "phraseIndex": index,
        "words": [
            {
                "word": word,
                "confidence": 0.5,
                "startTimeMs": ZERO + start + 100 * place,
                "duration": {"milliseconds": 90},
            }
            for place, word in enumerate(text.split())
        ],
    }


def transcript(**changes: Any) -> dict[str, Any]:
    document = {
        "organizationId": "org",
        "conversationId": "c-7",
        "communicationId": "m-1",
        "mediaType": "call",
        "conversationStartTime": ZERO,
        "startTime": ZERO + 1000,
        "duration": {"milliseconds": 29_000},
        "transcripts": [
            {
                "transcriptId": "t",
                "language": "fr-FR",
                "engineId": "v9",
                "phrases": [
                    phrase(3000, 900, "external", "ma box est morte", 9),
                    phrase(1000, 500, "internal", "votre appel compte", 2),
                    phrase(9000, 1100, "internal", "je regarde", 4),
                ],
                "analytics": {
                    "sentiment": [
                        {
                            "participant": "external",
                            "startTimeMs": ZERO + 3000,
                            "sentiment": -0.5,
                            "phraseIndex": 0,
                        }
                    ]
                },
            }
        ],
        "participants": [
            {"participantPurpose": "ivr", "startTimeMs": ZERO, "endTimeMs": ZERO + 8000},
            {
                "participantPurpose": "customer",
                "startTimeMs": ZERO,
                "endTimeMs": ZERO + 30_000,
                "ani": "tel:+33123456789",
            },
            {
                "participantPurpose": "agent",
                "userId": "u-5",
                "teamId": "team-2",
                "queueId": "q-3",
                "initialDirection": "inbound",
                "startTimeMs": ZERO + 8001,
                "endTimeMs": ZERO + 30_000,
            },
        ],
    }
    return {**document, **changes}


def read_transcript(document: object) -> tuple[ToldCall, Notes]:
    notes = Notes()
    (call,) = genesys_transcript.read([as_file(document)], notes)
    return call, notes


def by_name(call: ToldCall) -> dict[str, Score]:
    found = {score.name: score for score in call.scores}
    assert len(found) == len(call.scores)
    return found


class TestTranscript:
    def test_times_are_seconds_from_the_start_of_the_conversation_and_in_order(self) -> None:
        call, notes = read_transcript(transcript())
        assert [(one.start, one.end) for one in call.said] == [(1.0, 1.5), (3.0, 3.9), (9.0, 10.1)]
        assert call.said[1].words[1] == Word("box", 3.1, 3.19, 0.5)
        assert call.said[1].text == "ma box est morte"
        assert call.said[1].confidence == 0.75
        assert call.started == "2026-02-02T02:40:00+00:00"
        assert call.seconds == 30.0
        assert (call.call_id, call.language) == ("c-7", "fr-FR")
        assert notes.versions == {"engine v9": 1}

    def test_an_internal_phrase_is_of_whoever_was_connected(self) -> None:
        call, notes = read_transcript(transcript())
        assert [(one.role, one.speaker) for one in call.said] == [
            ("other", "internal"),
            ("customer", "external"),
            ("agent", "u-5"),
        ]
        assert call.agent == "u-5"
        assert not notes.counts

    def test_the_middle_of_a_phrase_decides_and_not_its_start(self) -> None:
        document = transcript()
        document["transcripts"][0]["phrases"] = [phrase(7900, 2000, "internal", "bonjour")]
        call, _ = read_transcript(document)
        assert call.said[0].role == "agent"

    def test_an_agent_and_a_machine_at_once_leave_the_role_open(self) -> None:
        document = transcript()
        document["participants"][0]["endTimeMs"] = ZERO + 20_000
        call, notes = read_transcript(document)
        assert (call.said[2].role, call.said[2].speaker) == (None, "internal")
        assert notes.counts[_genesys_sides.UNCLEAR] == 1

    @pytest.mark.parametrize("participants", [None, []])
    def test_without_participants_the_internal_side_has_no_role(self, participants: object) -> None:
        call, notes = read_transcript(transcript(participants=participants))
        assert [one.role for one in call.said] == [None, "customer", None]
        assert call.said[0].speaker == "internal"
        assert call.agent is None
        assert call.seconds == 30.0
        assert notes.counts[_genesys_sides.NOBODY] == 2

    def test_the_only_internal_participant_has_spoken_even_outside_its_time(self) -> None:
        document = transcript()
        del document["participants"][0]
        call, notes = read_transcript(document)
        assert [one.role for one in call.said] == ["agent", "customer", "agent"]
        assert notes.counts[_genesys_sides.OUTSIDE] == 1

    def test_two_agents_are_two_speakers_and_the_call_is_given_to_neither(self) -> None:
        document = transcript()
        document["participants"][0] = {
            "participantPurpose": "user",
            "userId": "u-1",
            "startTimeMs": ZERO,
            "endTimeMs": ZERO + 8000,
        }
        call, notes = read_transcript(document)
        assert [(one.role, one.speaker) for one in call.said[::2]] == [
            ("agent", "u-1"),
            ("agent", "u-5"),
        ]
        assert call.agent is None
        assert call.facts["agents_in_call"] == 2
        assert notes.counts[_genesys.SEVERAL_AGENTS] == 1

    def test_a_participant_who_has_not_left_is_there_to_the_end(self) -> None:
        document = transcript()
        del document["participants"][2]["endTimeMs"]
        call, _ = read_transcript(document)
        assert call.said[2].speaker == "u-5"
        assert call.seconds == 30.0

    def test_sentiment_is_joined_by_time_and_not_by_the_index_of_the_phrase(self) -> None:
        call, _ = read_transcript(transcript())
        assert call.said[1].scores == (
            Score("customer phrase sentiment", -0.5, -1.0, 1.0, "higher is better"),
        )

    def test_an_agents_phrase_has_a_sentiment_that_was_not_analysed(self) -> None:
        call, _ = read_transcript(transcript())
        assert call.said[0].scores == ()
        (score,) = call.said[2].scores
        assert (score.name, score.value) == ("agent phrase sentiment", None)
        assert score.missing_reason == "not analysed"

    def test_a_customers_phrase_without_sentiment_is_unset_and_not_neutral(self) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"]["sentiment"] = []
        call, _ = read_transcript(document)
        (score,) = call.said[1].scores
        assert (score.value, score.missing_reason) == (None, "unset")

    def test_a_sentiment_that_meets_no_phrase_is_counted(self) -> None:
        document = transcript()
        told = document["transcripts"][0]["analytics"]["sentiment"][0]
        told["startTimeMs"] += 1
        call, notes = read_transcript(document)
        assert call.said[1].scores[0].value is None
        assert notes.counts[genesys_transcript.UNJOINED] == 1

    def test_a_sentiment_of_the_other_side_at_the_same_time_is_not_taken(self) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"]["sentiment"][0]["participant"] = "internal"
        call, notes = read_transcript(document)
        assert call.said[1].scores[0].value is None
        assert notes.counts[genesys_transcript.UNJOINED] == 1

    def test_a_transcript_without_sentiment_analysis_says_so(self) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"] = {}
        call, notes = read_transcript(document)
        assert all(one.scores == () for one in call.said)
        assert notes.counts[_genesys_phrases.NO_SENTIMENT] == 1

    def test_without_the_conversations_start_times_count_from_the_communications(self) -> None:
        document = transcript()
        del document["conversationStartTime"]
        call, notes = read_transcript(document)
        assert call.said[1].start == 2.0
        assert notes.counts[genesys_transcript.FROM_COMMUNICATION] == 1

    def test_without_either_start_times_count_from_the_first_participants(self) -> None:
        document = transcript(startTime=None)
        del document["conversationStartTime"]
        document["participants"][0]["startTimeMs"] = ZERO + 500
        document["participants"][1]["startTimeMs"] = ZERO + 200
        call, notes = read_transcript(document)
        assert call.said[1].start == 2.8
        assert notes.counts[genesys_transcript.FROM_PARTICIPANT] == 1

    def test_without_any_start_the_file_is_refused(self) -> None:
        document = transcript(startTime=None, participants=[])
        del document["conversationStartTime"]
        with pytest.raises(TableError, match=r"one\.json: conversation 'c-7' has no conversation"):
            read_transcript(document)

    def test_times_that_are_not_since_1970_are_refused(self) -> None:
        document = transcript()
        document["transcripts"][0]["phrases"][0]["startTimeMs"] = 4500
        with pytest.raises(TableError, match="startTimeMs 4500, more than a day before"):
            read_transcript(document)

    def test_a_phrase_before_the_call_is_kept_and_counted(self) -> None:
        document = transcript(conversationStartTime=ZERO + 2000)
        call, notes = read_transcript(document)
        assert call.said[0].start == -1.0
        assert notes.counts[_genesys_phrases.BACKWARDS] == 1

    def test_a_phrase_in_two_transcripts_of_a_file_is_told_once(self) -> None:
        document = transcript()
        first = document["transcripts"][0]
        again = json.loads(json.dumps(first))
        again["phrases"] = [again["phrases"][0], phrase(20_000, 500, "internal", "me voici")]
        document["transcripts"].append(again)
        call, notes = read_transcript(document)
        assert [one.text for one in call.said] == [
            "votre appel compte",
            "ma box est morte",
            "je regarde",
            "me voici",
        ]
        assert call.said[1].scores[0].value == -0.5
        assert notes.counts[genesys_transcript.TWICE] == 1
        assert genesys_transcript.UNJOINED not in notes.counts

    def test_the_same_words_twice_in_one_transcript_are_both_kept(self) -> None:
        document = transcript()
        phrases = document["transcripts"][0]["phrases"]
        phrases.append(dict(phrases[2]))
        call, notes = read_transcript(document)
        assert len(call.said) == 4
        assert genesys_transcript.TWICE not in notes.counts

    def test_two_communications_of_a_conversation_are_one_call(self) -> None:
        second = transcript(communicationId="m-2", startTime=ZERO + 30_000)
        second["participants"] = [
            second["participants"][1],
            {
                "participantPurpose": "agent",
                "userId": "u-6",
                "startTimeMs": ZERO + 30_001,
                "endTimeMs": ZERO + 40_000,
            },
        ]
        second["transcripts"][0]["phrases"] = [
            phrase(3000, 900, "external", "ma box est morte", 0),
            phrase(31_000, 400, "internal", "alors voyons", 1),
        ]
        notes = Notes()
        files = [as_file(transcript(), "1.json"), as_file(second, "2.json")]
        (call,) = genesys_transcript.read(files, notes)
        assert [(one.start, one.speaker) for one in call.said] == [
            (1.0, "internal"),
            (3.0, "external"),
            (9.0, "u-5"),
            (31.0, "u-6"),
        ]
        assert (call.seconds, call.agent) == (40.0, None)
        assert notes.counts == {
            genesys_transcript.COMMUNICATIONS: 1,
            genesys_transcript.TWICE: 1,
            _genesys.SEVERAL_AGENTS: 1,
        }

    def test_communications_without_the_conversations_start_share_the_earliest(self) -> None:
        told = [
            transcript(conversationStartTime=None, participants=None, startTime=start)
            for start in (ZERO + 20_000, ZERO + 500)
        ]
        (call,) = genesys_transcript.read([as_file(told)], Notes())
        assert call.said[0].start == 0.5
        assert call.seconds == 48.5

    def test_communications_that_differ_on_the_conversations_start_share_the_earliest(
        self,
    ) -> None:
        told = [transcript(), transcript(conversationStartTime=ZERO - 500)]
        (call,) = genesys_transcript.read([as_file(told)], Notes())
        assert [one.start for one in call.said] == [1.5, 3.5, 9.5]

    def test_transcripts_that_name_no_conversation_stay_apart(self) -> None:
        document = transcript(conversationId=None)
        told = genesys_transcript.read([as_file([document, document])], Notes())
        assert [(call.call_id, len(call.said)) for call in told] == [(None, 3), (None, 3)]

    def test_a_word_without_time_has_none(self) -> None:
        document = transcript()
        word = document["transcripts"][0]["phrases"][0]["words"][0]
        del word["startTimeMs"], word["confidence"]
        call, _ = read_transcript(document)
        assert call.said[1].words[0] == Word("ma", None, None, None)

    @pytest.mark.parametrize("key", ["acoustic", "acoustics"])
    def test_both_spellings_of_the_acoustic_analysis_are_read(self, key: str) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"][key] = [
            {"eventType": "voice", "startTimeMs": ZERO + 1000, "durationMs": 500},
            {"eventType": "silence", "startTimeMs": ZERO + 4000, "durationMs": 4500},
            {"eventType": "overtalk", "startTimeMs": ZERO + 9500, "durationMs": 250},
            {
                "eventType": "music",
                "startTimeMs": ZERO + 12_000,
                "durationMs": 2000,
                "participant": "internal",
            },
        ]
        call, notes = read_transcript(document)
        by = "acoustic analysis"
        assert call.events == (
            Event("silence", "silence", 4.0, 8.5, None, by),
            Event("overtalk", "overtalk", 9.5, 9.75, None, by),
            Event("category", "music", 12.0, 14.0, "agent", by),
        )
        assert notes.counts == {_genesys_events.VOICE: 1}

    def test_an_acoustic_event_without_time_uses_its_offset_and_counts_it(self) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"]["acoustic"] = [
            {"eventType": "silence", "offsetMs": 700, "durationMs": 300}
        ]
        call, notes = read_transcript(document)
        assert (call.events[0].start, call.events[0].end) == (0.7, 1.0)
        assert notes.counts[_genesys_events.OFFSET] == 1

    def test_a_topic_is_a_category_at_its_time_with_what_was_found(self) -> None:
        document = transcript()
        document["transcripts"][0]["analytics"]["topics"] = [
            {
                "participant": "external",
                "topicId": "p-3",
                "topicName": "Panne",
                "topicPhrase": "box morte",
                "transcriptPhrase": "ma box est morte",
                "confidence": 88,
                "startTimeMs": ZERO + 3000,
                "duration": {"milliseconds": 900},
            }
        ]
        call, _ = read_transcript(document)
        assert call.events == (
            Event(
                "category",
                "Panne",
                3.0,
                3.9,
                "customer",
                "topic p-3",
                "ma box est morte (confidence 88 of 100)",
            ),
        )

    def test_the_agents_queue_and_team_are_facts_and_telephone_numbers_are_not(self) -> None:
        document = transcript()
        document["participants"][0]["queueId"] = "queue of the IVR"
        call, _ = read_transcript(document)
        assert call.facts == {
            "media_type": "call",
            "direction": "inbound",
            "queue_id": "q-3",
            "team": "team-2",
        }
        assert "33123456789" not in repr(call)

    def test_a_written_conversation_is_counted(self) -> None:
        call, notes = read_transcript(transcript(mediaType="message"))
        assert call.facts["media_type"] == "message"
        assert notes.counts[genesys_transcript.WRITTEN] == 1

    def test_two_languages_are_counted(self) -> None:
        document = transcript()
        document["transcripts"].append({"language": "en-GB", "phrases": []})
        call, notes = read_transcript(document)
        assert call.language == "fr-FR"
        assert notes.counts[genesys_transcript.LANGUAGES] == 1


class TestWrappers:
    @pytest.mark.parametrize(
        "content",
        [
            json.dumps([transcript(), transcript(conversationId="c-8")]),
            json.dumps({"entities": [transcript(), transcript(conversationId="c-8")], "total": 2}),
            json.dumps(transcript()) + "\n\n" + json.dumps(transcript(conversationId="c-8")) + "\n",
        ],
        ids=["array", "page", "lines"],
    )
    def test_every_wrapper_gives_every_document(self, content: str) -> None:
        file = ExportFile("x", b"\xef\xbb\xbf" + content.encode())
        assert genesys_transcript.recognises(file)
        told = genesys_transcript.read([file], Notes())
        assert [call.call_id for call in told] == ["c-7", "c-8"]

    def test_a_document_of_another_kind_in_the_file_is_named(self) -> None:
        file = as_file([transcript(), METRICS])
        with pytest.raises(TableError, match=r"export/one\.json: entry 2: is not like the first"):
            list(genesys_transcript.read([file], Notes()))

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"[",
            b"[]",
            b"[1]",
            b"{",
            b'{"entities": []}',
            b'{"conversations": [], "totalHits": 0}',
            b'{"transcripts": []}',
            b'{"transcripts": {"phrases": []}, "conversationId": "x"}',
            b'{"results": {"transcripts": [{"transcript": "hi"}], "items": []}}',
            b'{"results": [{"alternatives": [{"transcript": "hi"}]}]}',
            b"start,end\n1,2\n",
            b"\xff\xfe\x00",
        ],
    )
    def test_what_is_not_genesys_is_recognised_by_none(self, content: bytes) -> None:
        assert not genesys.recognises(ExportFile("a.json", content))

    def test_no_two_readers_recognise_the_same_document(self) -> None:
        told = [transcript(), METRICS, EVALUATION, CONVERSATION, AGGREGATE]
        for place, document in enumerate(told):
            marks = [kind.recognises(as_file(document)) for kind in genesys.KINDS]
            assert marks == [number == place for number in range(5)]


METRICS: dict[str, Any] = {
    "conversation": {"id": "c-7"},
    "sentimentScore": -40.5,
    "sentimentTrend": 12.0,
    "sentimentTrendClass": "Improving",
    "empathyScores": [{"score": 61.0, "userId": "u-5"}],
    "participantMetrics": {
        "agentDurationPercentage": 50.0,
        "customerDurationPercentage": 30.0,
        "silenceDurationPercentage": 12.5,
        "ivrDurationPercentage": 5.0,
        "acdDurationPercentage": 1.5,
        "overtalkDurationPercentage": 0.0,
        "otherDurationPercentage": 1.0,
        "overtalkCount": 0,
    },
}


def read_metrics(**changes: Any) -> tuple[ToldCall, Notes]:
    notes = Notes()
    (call,) = genesys_metrics.read([as_file({**METRICS, **changes})], notes)
    return call, notes


class TestMetrics:
    def test_the_calls_sentiment_has_another_name_and_scale_than_a_phrases(self) -> None:
        call, _ = read_metrics()
        score = by_name(call)["customer sentiment"]
        assert (score.value, score.scale_min, score.scale_max) == (-40.5, -100.0, 100.0)
        assert (call.call_id, call.agent) == ("c-7", "u-5")

    def test_empathy_declares_no_scale(self) -> None:
        call, _ = read_metrics()
        assert by_name(call)["agent empathy"] == Score(
            "agent empathy", 61.0, None, None, "higher is better"
        )

    def test_two_agents_keep_their_empathy_apart(self) -> None:
        told = [{"score": 61.0, "userId": "u-5"}, {"score": None, "userId": "u-6"}]
        call, notes = read_metrics(empathyScores=told)
        scores = by_name(call)
        assert scores["agent empathy (agent 1 of the call)"].value == 61.0
        assert scores["agent empathy (agent 2 of the call)"].missing_reason == "not analysed"
        assert call.agent is None
        assert call.facts == {"empathy_agent_1": "u-5", "empathy_agent_2": "u-6"}
        assert notes.counts[_genesys.SEVERAL_AGENTS] == 1

    def test_shares_are_percentages_made_from_the_sound(self) -> None:
        scores = by_name(read_metrics()[0])
        silence = scores["silence (% of the call)"]
        assert (silence.value, silence.scale_max, silence.modality) == (12.5, 100.0, "voice")
        assert scores["overtalk (times)"].value == 0.0
        assert scores["agent talk (% of the call)"].value == 50.0
        assert scores["customer talk (% of the call)"].value == 30.0

    def test_an_absent_share_is_not_exported(self) -> None:
        scores = by_name(read_metrics(participantMetrics={"overtalkDurationPercentage": 2.0})[0])
        assert scores["overtalk (% of the call)"].value == 2.0
        assert scores["silence (% of the call)"].missing_reason == "not exported"
        assert scores["overtalk (times)"].missing_reason == "not exported"

    def test_the_class_of_the_trend_is_one_of_five_labels(self) -> None:
        scores = by_name(read_metrics()[0])
        told = {name: one.value for name, one in scores.items() if "trend: " in name}
        assert told == {
            "customer sentiment trend: declining": 0.0,
            "customer sentiment trend: slightly declining": 0.0,
            "customer sentiment trend: no change": 0.0,
            "customer sentiment trend: slightly improving": 0.0,
            "customer sentiment trend: improving": 1.0,
        }

    def test_a_trend_of_0_that_was_not_calculated_is_missing(self) -> None:
        call, notes = read_metrics(sentimentTrend=0.0, sentimentTrendClass="NotCalculated")
        scores = by_name(call)
        assert scores["customer sentiment trend"].missing_reason == "not analysed"
        assert not any("trend: " in name for name in scores)
        assert notes.counts == {genesys_metrics.NO_TREND: 1}

    def test_an_absent_sentiment_is_not_analysed(self) -> None:
        call, notes = read_metrics(sentimentScore=None)
        assert by_name(call)["customer sentiment"].missing_reason == "not analysed"
        assert notes.counts == {genesys_metrics.NO_SENTIMENT: 1}


EVALUATION: dict[str, Any] = {
    "id": "e-1",
    "conversation": {"id": "c-7"},
    "evaluationForm": {"id": "f-1", "name": "Accueil"},
    "evaluator": {"id": "boss-1", "name": "Paule Martin"},
    "agent": {"id": "u-5", "name": "Aïcha B."},
    "status": "FINISHED",
    "conversationDate": "2026-02-02T02:40:00.000Z",
    "rescore": False,
    "disputeCount": 0,
    "evaluationSource": {"type": "Policy", "id": "p", "name": "5 % au hasard"},
    "answers": {
        "totalScore": 64.5,
        "totalCriticalScore": 0.0,
        "anyFailedKillQuestions": True,
        "questionGroupScores": [
            {
                "questionGroupId": "g-1",
                "totalScore": 6.0,
                "maxTotalScore": 10.0,
                "questionScores": [
                    {
                        "questionId": "q-1",
                        "answerId": "yes",
                        "score": 3,
                        "aiAnswer": {"answerId": "no", "explanation": "did not smile"},
                    },
                    {"questionId": "q-2", "answerId": None, "score": 0, "markedNA": True},
                ],
            }
        ],
    },
}


def evaluation(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(EVALUATION)), **changes}


def read_evaluations(*documents: object) -> tuple[list[ToldCall], Notes]:
    notes = Notes()
    files = [as_file(one, f"evaluation-{place}.json") for place, one in enumerate(documents)]
    return list(genesys_evaluation.read(files, notes)), notes


class TestEvaluation:
    def test_totals_are_in_0_to_100_and_a_fatal_question_is_1(self) -> None:
        (call,), notes = read_evaluations(EVALUATION)
        scores = by_name(call)
        assert scores["quality score"] == Score(
            "quality score", 64.5, 0.0, 100.0, "higher is better"
        )
        assert scores["critical quality score"].value == 0.0
        assert scores["non-critical quality score"].missing_reason == "not exported"
        fatal = scores["failed a fatal question"]
        assert (fatal.value, fatal.direction) == (1.0, "higher is worse")
        assert (call.call_id, call.agent) == ("c-7", "u-5")
        assert call.started == "2026-02-02T02:40:00.000Z"
        assert not notes.counts

    def test_how_the_call_was_chosen_and_by_which_policy_are_facts(self) -> None:
        (call,), _ = read_evaluations(EVALUATION)
        assert call.facts["selection_source"] == "Policy"
        assert call.facts["selection_policy"] == "5 % au hasard"

    def test_the_name_of_a_person_who_chose_the_call_is_not_kept(self) -> None:
        source = {"type": "User", "name": "Paule Martin"}
        (call,), _ = read_evaluations(evaluation(evaluationSource=source))
        assert call.facts["selection_source"] == "User"
        assert "selection_policy" not in call.facts
        assert "Martin" not in repr(call)
        assert "Aïcha" not in repr(call)

    def test_an_evaluation_that_does_not_say_how_it_came_about_is_counted(self) -> None:
        (call,), notes = read_evaluations(evaluation(evaluationSource=None))
        assert "selection_source" not in call.facts
        assert notes.counts == {_genesys_form.NO_SOURCE: 1}

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({}, "human"),
            ({"systemSubmitted": True}, "AI"),
            ({"evaluator": None}, "AI"),
            ({"evaluator": None, "answers": {"totalScore": 3.0}}, None),
        ],
    )
    def test_who_or_what_evaluated_is_told_as_far_as_it_is_said(
        self, changes: dict[str, Any], kind: str | None
    ) -> None:
        (call,), _ = read_evaluations(evaluation(**changes))
        assert call.facts["evaluator_kind"] == kind

    def test_answers_of_the_ai_that_the_human_kept_are_counted(self) -> None:
        document = evaluation()
        questions = document["answers"]["questionGroupScores"][0]["questionScores"]
        questions[1]["aiAnswer"] = {"answerId": "no"}
        questions[1]["answerId"] = "no"
        questions.append({"questionId": "q-3", "assistedAnswerId": "no", "aiAnswer": {}})
        (call,), _ = read_evaluations(document)
        assert (call.facts["ai_answers"], call.facts["ai_answers_kept"]) == (2.0, 1.0)
        assert call.facts["assisted_answers"] == 1.0

    def test_a_question_that_does_not_apply_has_no_score(self) -> None:
        (call,), _ = read_evaluations(EVALUATION)
        scores = by_name(call)
        group = scores["question group: g-1"]
        assert (group.value, group.scale_max) == (6.0, 10.0)
        assert (scores["question: q-1"].value, scores["question: q-1"].scale_max) == (3.0, None)
        other = scores["question: q-2"]
        assert (other.value, other.missing_reason) == (None, "not analysed")

    def test_the_form_gives_names_and_what_the_ai_would_have_given(self) -> None:
        document = evaluation()
        document["evaluationForm"]["questionGroups"] = [
            {
                "id": "g-1",
                "name": "Ton",
                "questions": [
                    {
                        "id": "q-1",
                        "text": "Aimable ?",
                        "answerOptions": [{"id": "yes", "value": 3}, {"id": "no", "value": 0}],
                    }
                ],
            }
        ]
        (call,), _ = read_evaluations(document)
        scores = by_name(call)
        assert scores["question group: Ton"].value == 6.0
        assert scores["question: Aimable ?"].scale_max == 3.0
        suggested = scores["question: Aimable ?, as the AI suggested"]
        assert (suggested.value, suggested.scale_max, suggested.modality) == (0.0, 3.0, "text")

    @pytest.mark.parametrize("status", ["PENDING", "INPROGRESS", "INREVIEW", "RETRACTED"])
    def test_scores_of_an_evaluation_that_is_not_finished_are_not_taken(self, status: str) -> None:
        (call,), notes = read_evaluations(evaluation(status=status))
        assert {one.missing_reason for one in call.scores} == {"not analysed"}
        assert {one.value for one in call.scores} == {None}
        assert call.scores[0].note == f"The evaluation has the status {status}"
        assert notes.counts == {_genesys.UNFINISHED: 1}

    def test_a_pending_evaluation_without_answers_is_read(self) -> None:
        document = evaluation(status="PENDING")
        del document["answers"]
        (call,), _ = read_evaluations(document)
        assert by_name(call)["quality score"].missing_reason == "not analysed"

    def test_a_redacted_evaluation_says_so(self) -> None:
        (call,), notes = read_evaluations(evaluation(redacted=True, answers=None))
        assert {one.missing_reason for one in call.scores} == {"redacted"}
        assert notes.counts == {genesys_evaluation.HIDDEN: 1}

    def test_disputes_and_second_scores_and_failures_of_the_ai_are_counted(self) -> None:
        (call,), notes = read_evaluations(
            evaluation(disputeCount=2, rescore=True, aiScoring={"failureType": "QuotaReached"})
        )
        assert notes.counts == {
            genesys_evaluation.DISPUTED: 1,
            _genesys.RESCORED: 1,
            _genesys_form.AI_FAILED: 1,
        }
        assert (call.facts["disputes"], call.facts["rescored"]) == (2.0, 1.0)
        assert call.facts["ai_scoring_failure"] == "QuotaReached"

    def test_one_evaluation_a_call_keeps_plain_names(self) -> None:
        calls, _ = read_evaluations(EVALUATION, evaluation(conversation={"id": "c-8"}))
        assert [call.call_id for call in calls] == ["c-7", "c-8"]
        assert all("quality score" in by_name(call) for call in calls)

    def test_two_forms_for_one_call_are_told_apart_by_their_names(self) -> None:
        other = evaluation(
            evaluationForm={"name": "Vente"}, evaluationSource={"type": "User"}, status="PENDING"
        )
        (call,), notes = read_evaluations(EVALUATION, other)
        scores = by_name(call)
        assert scores["quality score: Accueil"].value == 64.5
        assert scores["quality score: Vente"].missing_reason == "not analysed"
        assert call.facts["selection_source"] == "Policy"
        assert call.facts["selection_source_2"] == "User"
        assert notes.counts[_genesys.ALIKE] == 2

    def test_the_same_form_twice_is_told_apart_by_a_number(self) -> None:
        (call,), _ = read_evaluations({"entities": [EVALUATION, evaluation()]})
        assert {"quality score: Accueil (1)", "quality score: Accueil (2)"} <= set(by_name(call))

    def test_two_agents_evaluated_for_one_call_are_not_mixed_up(self) -> None:
        (call,), notes = read_evaluations(EVALUATION, evaluation(agent={"id": "u-6"}))
        assert call.agent is None
        assert call.facts["evaluated_agent_1"] == "u-5"
        assert call.facts["evaluated_agent_2"] == "u-6"
        assert notes.counts[_genesys.SEVERAL_AGENTS] == 1

    def test_a_topic_of_the_transcript_is_a_category_within_the_call(self) -> None:
        document = evaluation()
        document["answers"]["transcriptTopics"] = [
            {
                "id": "p-3",
                "name": "Panne",
                "confidence": 88.0,
                "startTimeMilliseconds": 3000,
                "duration": {"totalMilliseconds": 900},
            }
        ]
        (call,), _ = read_evaluations(document, document)
        assert call.events == (
            Event("category", "Panne", 3.0, 3.9, None, "topic p-3", "confidence 88 of 100"),
        )
        document["answers"]["transcriptTopics"][0]["startTimeMilliseconds"] = ZERO
        with pytest.raises(TableError, match=f"{ZERO}, which is no time within a call"):
            read_evaluations(document)


CONVERSATION: dict[str, Any] = {
    "conversationId": "c-7",
    "conversationStart": "2026-02-02T02:40:00.000Z",
    "conversationEnd": "2026-02-02T02:40:30.250Z",
    "originatingDirection": "outbound",
    "mediaStatsMinConversationMos": 3.9,
    "participants": [
        {
            "purpose": "ivr",
            "sessions": [{"mediaType": "voice", "metrics": [{"name": "tTalk", "value": 99_000}]}],
        },
        {"purpose": "customer", "participantName": "Jeanne Petit", "sessions": [{}]},
        {
            "purpose": "agent",
            "userId": "u-5",
            "participantName": "Aïcha B.",
            "sessions": [
                {
                    "mediaType": "voice",
                    "recording": True,
                    "agentAssistantId": "assist-1",
                    "metrics": [
                        {"name": "tTalk", "value": 4000},
                        {"name": "tTalk", "value": 6000},
                        {"name": "tTalkComplete", "value": 10_000},
                        {"name": "tHandle", "value": 15_500},
                        {"name": "nTransferred", "value": 1},
                    ],
                },
                {"mediaType": "voice", "metrics": [{"name": "tHandle", "value": 500}]},
            ],
        },
    ],
}


def read_conversation(**changes: Any) -> tuple[ToldCall, Notes]:
    notes = Notes()
    document = {**json.loads(json.dumps(CONVERSATION)), **changes}
    (call,) = genesys_conversation.read([as_file({"conversations": [document]})], notes)
    return call, notes


class TestConversation:
    def test_times_of_the_agents_sessions_are_seconds_and_added_up(self) -> None:
        call, notes = read_conversation()
        assert call.facts["handle_seconds"] == 16.0
        assert call.facts["talk_seconds"] == 10.0
        assert (call.agent, call.seconds) == ("u-5", 30.25)
        assert not notes.counts

    def test_a_metric_that_did_not_occur_is_left_out_and_not_0(self) -> None:
        call, _ = read_conversation()
        assert "hold_seconds" not in call.facts

    def test_parts_are_added_up_only_where_there_is_no_whole(self) -> None:
        document = json.loads(json.dumps(CONVERSATION))
        del document["participants"][2]["sessions"][0]["metrics"][2]
        call, notes = read_conversation(participants=document["participants"])
        assert call.facts["talk_seconds"] == 10.0
        assert notes.counts == {genesys_conversation.PARTS: 1}

    def test_quality_of_the_line_direction_recording_and_assistant_are_facts(self) -> None:
        call, _ = read_conversation()
        assert call.facts["min_mos"] == 3.9
        assert call.facts["direction"] == "outbound"
        assert call.facts["recorded"] == 1.0
        assert call.facts["agent_assistant_id"] == "assist-1"
        assert call.facts["media_type"] == "voice"

    def test_whether_it_was_recorded_is_told_only_if_it_is_said(self) -> None:
        document = json.loads(json.dumps(CONVERSATION))
        del document["participants"][2]["sessions"][0]["recording"]
        call, _ = read_conversation(participants=document["participants"])
        assert "recorded" not in call.facts

    def test_names_of_people_are_not_kept(self) -> None:
        call, _ = read_conversation()
        assert "Jeanne" not in repr(call)
        assert "Aïcha" not in repr(call)

    def test_a_transferred_call_is_given_to_no_agent(self) -> None:
        more = [*CONVERSATION["participants"], {"purpose": "agent", "userId": "u-6"}]
        call, notes = read_conversation(participants=more)
        assert call.agent is None
        assert call.facts["agents_in_call"] == 2.0
        assert notes.counts == {_genesys.SEVERAL_AGENTS: 1}

    def test_a_user_is_the_agent_of_a_call_without_a_queue(self) -> None:
        (person,) = CONVERSATION["participants"][2:]
        call, _ = read_conversation(participants=[{**person, "purpose": "user"}])
        assert call.agent == "u-5"
        assert call.facts["handle_seconds"] == 16.0

    def test_a_call_without_an_agents_time_is_counted(self) -> None:
        call, notes = read_conversation(participants=CONVERSATION["participants"][:2])
        assert call.scores == ()
        assert notes.counts == {genesys_conversation.NO_TIMES: 1}

    def test_evaluations_bear_their_own_names_and_deleted_ones_are_left_out(self) -> None:
        call, notes = read_conversation(
            evaluations=[
                {"oTotalScore": 64, "oTotalCriticalScore": 0, "systemSubmitted": True},
                {"oTotalScore": 1, "deleted": True},
            ]
        )
        scores = by_name(call)
        assert scores["quality score (analytics)"].value == 64.0
        assert scores["critical quality score (analytics)"].value == 0.0
        assert call.facts["evaluator_kind"] == "AI"
        assert notes.counts == {genesys_conversation.DELETED: 1}

    def test_several_evaluations_and_unfinished_ones_are_told_apart(self) -> None:
        call, notes = read_conversation(
            evaluations=[
                {"oTotalScore": 64, "formName": "A", "evaluatorId": "b", "rescored": True},
                {"oTotalScore": 9, "formName": "B", "evaluationStatus": "InReview"},
            ]
        )
        scores = by_name(call)
        assert scores["quality score (analytics): A"].value == 64.0
        assert scores["quality score (analytics): B"].missing_reason == "not analysed"
        assert (call.facts["evaluator_kind"], call.facts["evaluation_form_2"]) == ("human", "B")
        assert notes.counts == {
            _genesys.ALIKE: 2,
            _genesys.UNFINISHED: 1,
            _genesys.RESCORED: 1,
        }


def aggregate(*intervals: tuple[str, int], user: str = "u-5", **group: str) -> dict[str, Any]:
    return {
        "group": {"userId": user, **group},
        "data": [
            {
                "interval": interval,
                "metrics": [
                    {
                        "metric": "tSystemPresence",
                        "qualifier": "ON_QUEUE",
                        "stats": {"sum": length},
                    }
                ],
            }
            for interval, length in intervals
        ],
    }


DAY = "2026-02-02T00:00:00.000Z/2026-02-03T00:00:00.000Z"
AGGREGATE: dict[str, Any] = {
    "systemToOrganizationMappings": {"ON_QUEUE": ["x"]},
    "results": [aggregate((DAY, 7_200_000))],
}


def read_aggregates(*rows: dict[str, Any]) -> tuple[list[ToldCall], Notes]:
    notes = Notes()
    return list(genesys_aggregates.read([as_file({"results": list(rows)})], notes)), notes


class TestAggregates:
    def test_a_day_of_an_agent_is_seconds_in_each_status(self) -> None:
        (told,), notes = read_aggregates(aggregate((DAY, 7_200_000)))
        assert told == ToldCall(
            call_id=None,
            scores=(Score("presence: on queue (s)", 7200.0, 0.0, None, "neither"),),
            agent="u-5",
            started="2026-02-02",
            unit="person-day",
        )
        assert not notes.counts

    def test_hours_of_a_day_are_added_up_and_counted(self) -> None:
        (told,), notes = read_aggregates(
            aggregate(
                ("2026-02-02T08:00:00.000Z/2026-02-02T09:00:00.000Z", 600_000),
                ("2026-02-02T09:00:00.000Z/2026-02-02T10:00:00.000Z", 60_500),
            )
        )
        assert told.scores[0].value == 660.5
        assert notes.counts == {genesys_aggregates.ADDED: 2}

    @pytest.mark.parametrize(
        ("first", "last", "unit"),
        [
            ("2026-03-29T00:00:00.000+01:00", "2026-03-30T00:00:00.000+02:00", "person-day"),
            ("2026-10-25T00:00:00.000+02:00", "2026-10-26T00:00:00.000+01:00", "person-day"),
            ("2026-03-29T00:00:00.000+01:00", "2026-04-05T00:00:00.000+02:00", "person-week"),
            ("2026-02-01T00:00:00.000+01:00", "2026-03-01T00:00:00.000+01:00", "person-month"),
            ("2026-03-01T00:00:00.000+01:00", "2026-04-01T00:00:00.000+02:00", "person-month"),
            ("2026-10-01T00:00:00.000+02:00", "2026-11-01T00:00:00.000+01:00", "person-month"),
        ],
    )
    def test_days_weeks_and_months_may_hold_a_change_of_clocks(
        self, first: str, last: str, unit: str
    ) -> None:
        (told,), notes = read_aggregates(aggregate((f"{first}/{last}", 1)))
        assert (told.started, told.unit) == (first[:10], unit)
        assert not notes.counts

    def test_an_interval_of_no_unit_is_refused(self) -> None:
        interval = "2026-02-02T00:00:00.000Z/2026-02-05T00:00:00.000Z"
        with pytest.raises(TableError, match="neither a day, a week, a month.*granularity P1D"):
            read_aggregates(aggregate((interval, 1)))

    def test_agents_and_further_groups_stay_apart(self) -> None:
        told, _ = read_aggregates(
            aggregate((DAY, 1000)),
            aggregate((DAY, 2000), mediaType="voice"),
            aggregate((DAY, 3000), user="u-6"),
        )
        assert [(one.agent, [score.value for score in one.scores]) for one in told] == [
            ("u-5", [1.0, 2.0]),
            ("u-6", [3.0]),
        ]
        assert told[0].scores[1].name == "presence: on queue, mediaType voice (s)"

    def test_numbers_of_times_are_read_and_other_metrics_counted(self) -> None:
        row = aggregate((DAY, 1))
        row["data"][0]["metrics"] = [
            {"metric": "nConnected", "stats": {"count": 41}},
            {"metric": "tHandle", "stats": {"count": 41, "sum": 8_200_000}},
            {"metric": "oTotalScore", "stats": {"count": 2, "sum": 160}},
        ]
        (told,), notes = read_aggregates(row)
        assert {name: one.value for name, one in by_name(told).items()} == {
            "nConnected (times)": 41.0,
            "handle time (s)": 8200.0,
        }
        assert notes.counts == {genesys_aggregates.NOT_READ: 1}

    def test_an_agent_without_metrics_is_counted(self) -> None:
        told, notes = read_aggregates(aggregate())
        assert told == []
        assert notes.counts == {genesys_aggregates.EMPTY: 1}


class TestFolder:
    def test_each_file_goes_to_its_reader_and_evaluations_are_read_together(self) -> None:
        other = evaluation(evaluationForm={"name": "Vente"})
        documents = [EVALUATION, transcript(), METRICS, other, CONVERSATION, AGGREGATE]
        files = [as_file(one, f"{place}.json") for place, one in enumerate(documents)]
        told = list(genesys.read(files, Notes()))
        assert [one.call_id for one in told] == ["c-7", "c-7", None, "c-7", "c-7"]
        assert len(told[3].said) == 3
        assert {"quality score: Accueil", "quality score: Vente"} <= set(by_name(told[4]))

    def test_files_of_evaluations_are_one_part_and_others_are_not(self) -> None:
        assert genesys.part_of("Évaluations/1.json") == genesys.part_of("x/quality-2.json")
        assert genesys.part_of("calls/1.json") != genesys.part_of("calls/2.json")

    def test_files_that_bear_a_conversations_id_are_one_part(self) -> None:
        one, two = "0B2F6a7c-91aa-4e2b-9d3a-7b1fa3c20001", "0b2f6a7c-91aa-4e2b-9d3a-7b1fa3c20002"
        assert genesys.part_of(f"{one}/{two}.json") == genesys.part_of(f"{one}/3.json")
        assert genesys.part_of(f"a/{one}_{two}.json") == genesys.part_of(f"b/{one.lower()}.json")
        assert genesys.part_of(f"a/{one}.json") != genesys.part_of(f"a/{two}.json")

    def test_a_file_of_none_of_the_kinds_is_named(self) -> None:
        with pytest.raises(TableError, match=r"odd\.json: is none of the Genesys Cloud documents"):
            list(genesys.read([as_file({"a": 1}, "odd.json")], Notes()))

    def test_what_a_folder_gives_is_what_its_readers_give(self) -> None:
        for kind in genesys.KINDS:
            assert set(kind.FORMAT.gives) <= set(genesys.FORMAT.gives)


SAMPLES = Path(__file__).parents[3] / "shared" / "design" / "vendors" / "samples"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (genesys_transcript, "genesys_cloud_transcript.json"),
        (genesys_metrics, "genesys_cloud_conversation_metrics.json"),
        (genesys_evaluation, "genesys_cloud_evaluation.json"),
        (genesys_conversation, "genesys_cloud_conversation_detail.json"),
        (genesys_aggregates, "genesys_cloud_user_aggregates.json"),
    ],
)
def test_the_sample_is_read(kind: Any, name: str) -> None:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"the sample {name} is not here")
    file = ExportFile(name, path.read_bytes())
    assert [each for each in genesys.KINDS if each.recognises(file)] == [kind]
    (call,) = kind.read([file], Notes())
    assert call.agent == "agent-0042"
    if kind is genesys_aggregates:
        assert (call.unit, call.started) == ("person-day", "2026-01-05")
        return
    assert call.call_id == "CALL-2026-000137"
    if kind is genesys_transcript:
        assert [(one.start, one.end, one.role) for one in call.said] == [
            (0.4, 3.2, "agent"),
            (3.65, 7.1, "customer"),
            (6.8, 10.3, "agent"),
            (12.6, 14.4, "customer"),
        ]
