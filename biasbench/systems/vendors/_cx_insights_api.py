"""A Conversation of the CX Insights API, as ProtoJSON. See `google_cx_insights`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasbench.systems import Event, Score, Word
from biasbench.systems.exports import AGENT, CUSTOMER, Notes, Remark, Said, ToldCall
from biasbench.systems.times import moment
from biasbench.systems.vendors import _cx_insights as cx
from biasbench.systems.vendors._google import length, number, set_number

NO_SEGMENT = Remark(
    "Annotations whose boundary is not in the transcript: without times",
    "Annotations dont la borne n’est pas dans la transcription : sans horaires",
)
SILENCE_IN_WORD = Remark(
    "Silences whose bounds are one and the same word: without times",
    "Silences dont les bornes sont un seul et même mot : sans horaires",
)
OTHER_ANNOTATIONS = Remark(
    "Annotations of sentiment and of entities, not read",
    "Annotations de sentiment et d’entités, non lues",
)

_SUGGESTIONS = (
    "articleSuggestion",
    "faqAnswer",
    "smartReply",
    "smartComposeSuggestion",
)


def conversation(told: Mapping[str, Any], notes: Notes) -> ToldCall:
    """The call that a Conversation tells of."""
    metadata = told.get("callMetadata") or {}
    channels = {}
    for key, role in (("customerChannel", CUSTOMER), ("agentChannel", AGENT)):
        if metadata.get(key):
            channels[int(metadata[key])] = role
    segments = (told.get("transcript") or {}).get("transcriptSegments") or ()
    said = _segments(segments, channels)
    result = (told.get("latestAnalysis") or {}).get("analysisResult") or {}
    analysis = result.get("callAnalysisMetadata")
    scores = list(_call_scores(analysis, channels))
    cards, evaluator = cx.scorecards((analysis or {}).get("qaScorecardResults") or (), notes)
    scores += cards
    events = list(_annotations(analysis or {}, said, channels, notes))
    started = told.get("startTime")
    events += _runtime(told.get("runtimeAnnotations") or (), started, said)
    quality = told.get("qualityMetadata") or {}
    rating = number(quality.get("customerSatisfactionRating"))
    if rating is not None:
        scores.append(Score("customer satisfaction rating", rating))
    agents = quality.get("agentInfo") or ()
    facts = cx.facts(agents, told, length(quality.get("waitDuration")), evaluator)
    notes.count(cx.LABELS, 1 if told.get("labels") else 0)
    ordered = sorted(said, key=lambda one: (one.start is None, one.start or 0.0))
    return ToldCall(
        cx.last_part(told.get("name")),
        tuple(ordered),
        tuple(scores),
        tuple(events),
        agent=cx.one_agent(told.get("agentId"), agents, notes),
        started=started,
        seconds=length(told.get("duration")),
        language=told.get("languageCode") or None,
        facts=facts,
    )


def _segments(segments: Sequence[Mapping[str, Any]], channels: Mapping[int, str]) -> list[Said]:
    """The segments in the transcript's own order, to which boundaries refer."""
    scored = any(segment.get("sentiment") is not None for segment in segments)
    said = []
    for segment in segments:
        words = tuple(
            Word(
                item["word"],
                length(item.get("startOffset")),
                length(item.get("endOffset")),
                set_number(item.get("confidence")),
            )
            for item in segment.get("words") or ()
        )
        channel = int(segment.get("channelTag") or 0)
        named = (segment.get("segmentParticipant") or {}).get("role")
        role = cx.ROLES.get(str(named)) or channels.get(channel)
        feeling = segment.get("sentiment")
        scores: tuple[Score, ...] = ()
        if feeling is not None:
            scores = cx.sentiment(role, _sentiment(feeling))
        elif scored:
            scores = cx.sentiment(role, cx.NO_FEELING)
        said.append(
            Said(
                text=segment.get("text", ""),
                start=words[0].start if words else None,
                end=words[-1].end if words else None,
                speaker=str(channel) if channel else named,
                role=role,
                words=words,
                confidence=set_number(segment.get("confidence")),
                scores=scores,
            )
        )
    return said


def _sentiment(told: Mapping[str, Any]) -> cx.Feeling:
    """Score and magnitude of a SentimentData, which leaves out a number that is 0."""
    return float(told.get("score", 0.0)), float(told.get("magnitude", 0.0))


def _call_scores(analysis: Mapping[str, Any] | None, channels: Mapping[int, str]) -> list[Score]:
    missing = cx.NOT_ANALYSED if analysis is None else cx.NO_VALUE
    analysis = analysis or {}
    found: dict[str, cx.Feeling] = {}
    scores: list[Score] = []
    for one in analysis.get("sentiments") or ():
        channel = int(one.get("channelTag") or 0)
        role = channels.get(channel)
        if role is None:
            for score in cx.sentiment(None, _sentiment(one.get("sentimentData") or {})):
                name = f"{score.name}, channel {channel}" if channel else score.name
                scores.append(replace(score, name=name))
        else:
            found[role] = _sentiment(one.get("sentimentData") or {})
    for role in (AGENT, CUSTOMER):
        scores += cx.sentiment(role, found.get(role, cx.NO_FEELING), missing)
    silence = analysis.get("silence")
    share = None if silence is None else float(silence.get("silencePercentage", 0.0))
    scores += cx.silence_scores(length((silence or {}).get("silenceDuration")), share, missing)
    return scores


def _annotations(
    analysis: Mapping[str, Any], said: Sequence[Said], channels: Mapping[int, str], notes: Notes
) -> Iterator[Event]:
    intents = analysis.get("intents") or {}
    for one in analysis.get("annotations") or ():
        first = _word(one.get("annotationStartBoundary"), said, 0)
        last = _word(one.get("annotationEndBoundary"), said, -1)
        role = channels.get(int(one.get("channelTag") or 0))
        start = first.start if first else None
        end = last.end if last else None
        if first is None or last is None:
            notes.count(NO_SEGMENT)
        if "interruptionData" in one:
            yield Event("overtalk", "interruption", start, end, role, rule="CX Insights")
        elif "silenceData" in one:
            after, before = (first.end if first else None), (last.start if last else None)
            if after is not None and before is not None and before < after:
                notes.count(SILENCE_IN_WORD)
                after = before = None
            yield Event("silence", "silence", after, before, role, rule="CX Insights")
        elif "holdData" in one:
            yield Event("category", "hold", start, end, role, rule="CX Insights")
        elif "phraseMatchData" in one:
            match = one["phraseMatchData"]
            name = (
                match.get("displayName")
                or cx.last_part(match.get("phraseMatcher"))
                or "phrase matcher"
            )
            yield Event("category", name, start, end, role, rule="phrase matcher")
        elif "intentMatchData" in one:
            key = one["intentMatchData"].get("intentUniqueId")
            name = (intents.get(key) or {}).get("displayName") or str(key)
            yield Event("category", name, start, end, role, rule="intent")
        elif "issueMatchData" in one:
            issue = one["issueMatchData"].get("issueAssignment") or {}
            yield Event(
                "category",
                cx.issue_name(issue),
                start,
                end,
                role,
                "issue model",
                cx.likelihood(issue),
            )
        else:
            notes.count(OTHER_ANNOTATIONS)
    for issue in (analysis.get("issueModelResult") or {}).get("issues") or ():
        yield Event(
            "category", cx.issue_name(issue), rule="issue model", found=cx.likelihood(issue)
        )


def _word(
    boundary: Mapping[str, Any] | None, said: Sequence[Said], default: int
) -> Word | Said | None:
    """The word at a boundary; the segment's first or last if the boundary names none."""
    at = int((boundary or {}).get("transcriptIndex", 0))
    if boundary is None or at >= len(said):
        return None
    words = said[at].words
    if not words:
        return said[at]
    index = int(boundary.get("wordIndex", default))
    return words[index] if index < len(words) else None


def _runtime(
    told: Sequence[Mapping[str, Any]], started: str | None, said: Sequence[Said]
) -> Iterator[Event]:
    """Suggestions of Agent Assist, timed by the clock, or else by the segment they belong to."""
    for one in told:
        kind = next((name for name in _SUGGESTIONS if name in one), None)
        if kind is None:
            continue
        at = None
        if started and one.get("createTime"):
            at = round((moment(one["createTime"]) - moment(started)).total_seconds(), 6)
        else:
            place = _word(one.get("startBoundary"), said, 0)
            at = place.start if place else None
        yield cx.prompt(kind, at, one.get("answerFeedback") or {})
