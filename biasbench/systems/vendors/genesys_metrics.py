"""Genesys Cloud speech and text analytics of a conversation: sentiment, empathy, shares of talk.

The model ConversationMetrics of the API (GET /api/v2/speechandtextanalytics/conversations/{id}),
documented in Genesys' SDKs. What is easily misread:

- `sentimentScore` runs from -100 to 100; sentiment of a phrase in the transcript from -1 to 1. They
  bear different names here.
- `sentimentTrend` is half the difference between the average sentiment at the end and at the
  beginning (Genesys' FAQ on sentiment analysis), so it keeps the scale; with the class
  NotCalculated its number says nothing and is missing here, even where it is 0.
- No scale is published for `empathyScores`: none is declared. A third party's manual gives -100 to
  100, others 0 to 100.
- Several agents in a conversation: each has an empathy score, told apart by a number; the facts
  `empathy_agent_1`, ... say whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._genesys import SEVERAL_AGENTS, Document, documents, looks_like
from biasbench.tables import Direction

FORMAT = Format(
    title="Genesys Cloud conversation metrics",
    status="documented",
    gives=("scores", "agents"),
    source="developer.genesys.cloud (ConversationMetrics)",
    modality="text",
    tier="T1",
    infers_emotion=True,
    assumes=(
        Remark(
            "Genesys publishes no scale for empathy scores: none is declared",
            "Genesys ne publie pas d’échelle pour les notes d’empathie : aucune n’est déclarée",
        ),
    ),
)

NO_SENTIMENT = Remark(
    "conversations without a sentiment score",
    "conversations sans note de sentiment",
)
NO_TREND = Remark(
    "conversations whose sentiment trend was not calculated",
    "conversations dont la tendance du sentiment n’a pas été calculée",
)

_SHARES: tuple[tuple[str, str, Direction], ...] = (
    ("agentDurationPercentage", "agent talk (% of the call)", "neither"),
    ("customerDurationPercentage", "customer talk (% of the call)", "neither"),
    ("silenceDurationPercentage", "silence (% of the call)", "higher is worse"),
    ("overtalkDurationPercentage", "overtalk (% of the call)", "higher is worse"),
    ("ivrDurationPercentage", "IVR (% of the call)", "neither"),
    ("acdDurationPercentage", "queue (% of the call)", "neither"),
    ("otherDurationPercentage", "other sound (% of the call)", "neither"),
)
_TRENDS: tuple[tuple[str, str, Direction], ...] = (
    ("Declining", "customer sentiment trend: declining", "higher is worse"),
    ("SlightlyDeclining", "customer sentiment trend: slightly declining", "higher is worse"),
    ("NoChange", "customer sentiment trend: no change", "neither"),
    ("SlightlyImproving", "customer sentiment trend: slightly improving", "higher is better"),
    ("Improving", "customer sentiment trend: improving", "higher is better"),
)
_KEYS = ("participantMetrics", "sentimentScore", "sentimentTrendClass", "empathyScores")


def is_metrics(document: Document) -> bool:
    """Whether the document is the speech and text analytics of one conversation."""
    return isinstance(document.get("conversation"), dict) and any(key in document for key in _KEYS)


def recognises(file: ExportFile) -> bool:
    """A conversation's sentiment, empathy or participant metrics."""
    return looks_like(file, is_metrics)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The scores of each conversation."""
    for file in files:
        for document in documents(file, is_metrics):
            yield _call(document, notes)


def _call(document: Document, notes: Notes) -> ToldCall:
    facts: dict[str, str | float | None] = {}
    scores = [*_sentiment(document, notes), *_empathy(document, facts)]
    shares = document.get("participantMetrics")
    if shares is not None:
        scores.extend(_shares(shares))
    users = {one["userId"]: None for one in document.get("empathyScores") or ()}
    if len(users) > 1:
        notes.count(SEVERAL_AGENTS)
    return ToldCall(
        call_id=document["conversation"]["id"],
        scores=tuple(scores),
        agent=next(iter(users)) if len(users) == 1 else None,
        facts=facts,
    )


def _sentiment(document: Document, notes: Notes) -> Iterator[Score]:
    score = document.get("sentimentScore")
    if score is None:
        notes.count(NO_SENTIMENT)
    yield _or_missing(
        "customer sentiment", score, "Genesys gives no sentiment score for this conversation"
    )
    name, trend = "customer sentiment trend", document.get("sentimentTrend")
    label = document.get("sentimentTrendClass")
    if label == "NotCalculated":
        notes.count(NO_TREND)
        yield _or_missing(name, None, "Genesys calls the trend of this conversation NotCalculated")
        return
    yield _or_missing(name, trend, "Genesys gives no sentiment trend for this conversation")
    if label is None:
        return
    if label not in {each for each, _, _ in _TRENDS}:
        # A class of a later version of the API keeps its own name.
        yield Score(f"customer sentiment trend: {label}", 1.0, 0.0, 1.0)
    for each, told, direction in _TRENDS:
        yield Score(told, float(each == label), 0.0, 1.0, direction)


def _or_missing(name: str, value: float | None, note: str) -> Score:
    if value is None:
        return Score(name, None, -100.0, 100.0, "higher is better", "not analysed", note)
    return Score(name, float(value), -100.0, 100.0, "higher is better")


def _empathy(document: Document, facts: dict[str, str | float | None]) -> Iterator[Score]:
    told = document.get("empathyScores") or ()
    for number, one in enumerate(told, start=1):
        name = "agent empathy"
        if len(told) > 1:
            name = f"agent empathy (agent {number} of the call)"
            facts[f"empathy_agent_{number}"] = one.get("userId")
        value = one.get("score")
        if value is None:
            note = "Genesys lists the agent without an empathy score"
            yield Score(name, None, None, None, "higher is better", "not analysed", note)
        else:
            yield Score(name, float(value), None, None, "higher is better")


def _shares(shares: Mapping[str, Any]) -> Iterator[Score]:
    """Percentages and the count of overtalk, made from the sound."""
    note = "The participant metrics hold no such figure"
    for key, name, direction in _SHARES:
        value = shares.get(key)
        yield (
            Score(name, float(value), 0.0, 100.0, direction, modality="voice")
            if value is not None
            else Score(name, None, 0.0, 100.0, direction, "not exported", note, modality="voice")
        )
    name, count = "overtalk (times)", shares.get("overtalkCount")
    yield (
        Score(name, float(count), 0.0, None, "higher is worse", modality="voice")
        if count is not None
        else Score(name, None, 0.0, None, "higher is worse", "not exported", note, modality="voice")
    )
