"""Genesys Cloud transcripts: the JSON behind the API's transcript URL, one file a communication.

Documented with a JSON schema at developer.genesys.cloud/analyticsdatamanagement/
speechtextanalytics/transcript-url. What is easily misread:

- Times are milliseconds since 1970. Zero is `conversationStartTime`; where it is absent,
  `startTime` (of the communication, which is later), then the first participant's. Counted.
- A phrase is `external` (the customer) or `internal`, and `internal` is the agent, the IVR, the
  queue and voicemail alike. Who it was is told by the `participants` connected at the middle of
  the phrase: an agent or a user is the agent, the rest is 'other'. Where none or people and
  machinery both were, the role stays open. Several agents: the speaker is the userId.
- `phraseIndex` is not the place in the list; sentiment is joined by its time and side.
- Sentiment of a phrase runs from -1 to 1 and exists for customers; an agent's phrase is not
  analysed. A customer's phrase without one may have been neutral: the file does not say.
- `analytics.acoustic` is also written `acoustics`.
- A transfer makes several communications of a conversation, each with its transcript. They are
  one call where they are read together: in one file, or in files whose path bears the
  conversation's id. The customer's side may stand in two of them: a phrase with the same side,
  time and words as one of another transcript is left out, and counted.

ASSUMED: confidences of words and phrases are in 0 to 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Event
from biasbench.systems.exports import (
    AGENT,
    ExportFile,
    Format,
    Notes,
    Remark,
    Said,
    ToldCall,
)
from biasbench.systems.times import from_epoch
from biasbench.systems.vendors._genesys import (
    IN_SECOND,
    SEVERAL_AGENTS,
    Document,
    documents,
    looks_like,
    milliseconds,
    role_of,
)
from biasbench.systems.vendors._genesys_events import events
from biasbench.systems.vendors._genesys_phrases import feelings_in, said_in
from biasbench.systems.vendors._genesys_sides import Connected

FORMAT = Format(
    title="Genesys Cloud transcript",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "roles",
        "agents",
        "call start",
        "language",
        "silence",
        "overtalk",
        "categories",
        "scores",
    ),
    source="developer.genesys.cloud/analyticsdatamanagement/speechtextanalytics/transcript-url",
    modality="text",
    tier="T1",
    infers_emotion=True,
    assumes=(
        Remark(
            "confidences of words and phrases are in 0 to 1",
            "les confiances des mots et des phrases vont de 0 à 1",
        ),
    ),
)

FROM_COMMUNICATION = Remark(
    "transcripts without conversationStartTime: times count from the start of the communication",
    "transcriptions sans conversationStartTime : les temps partent du début de la communication",
)
FROM_PARTICIPANT = Remark(
    "transcripts without conversationStartTime and startTime: times count from the first "
    "participant's",
    "transcriptions sans conversationStartTime ni startTime : les temps partent du premier "
    "participant",
)
COMMUNICATIONS = Remark(
    "calls put together from several communications, as after a transfer",
    "appels réunis à partir de plusieurs communications, comme après un transfert",
)
TWICE = Remark(
    "phrases and events left out because another transcript of the same call holds them too",
    "phrases et événements omis car une autre transcription du même appel les contient aussi",
)
UNJOINED = Remark(
    "sentiments at a time when no phrase of that side begins: left out",
    "sentiments à un moment où aucune phrase de ce côté ne commence : omis",
)
WRITTEN = Remark(
    "written conversations (chat, message, email): nobody spoke, see the fact 'media_type'",
    "conversations écrites (chat, message, courriel) : personne n’a parlé, voir « media_type »",
)
LANGUAGES = Remark(
    "transcripts in several languages: the call bears the first",
    "transcriptions en plusieurs langues : l’appel porte la première",
)
#: How Genesys writes its ids.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SPOKEN = ("call", "callback", "voice", "video")


def is_transcript(document: Document) -> bool:
    """Whether the document is a transcript as the transcript URL gives it."""
    told = document.get("transcripts")
    if not isinstance(told, list):
        return False
    return "communicationId" in document or (
        "conversationId" in document and bool(told) and "phrases" in told[0]
    )


def recognises(file: ExportFile) -> bool:
    """A document with `transcripts` of a conversation or communication."""
    return looks_like(file, is_transcript)


def part_of(name: str) -> str:
    """Files of one conversation are read together, as far as their path names it.

    Genesys' ids are UUIDs. A folder that is one is the conversation's; else the first in the
    file's own name is. Other files are read one by one.

    >>> conversation = "0b2f6a7c-91aa-4e2b-9d3a-7b1fa3c20001"
    >>> part_of(f"{conversation}/1.json") == part_of(f"calls/{conversation}_2.json")
    True
    >>> part_of("calls/1.json")
    'calls/1.json'
    """
    folder, _, own = name.rpartition("/")
    last = folder.rpartition("/")[2]
    if _UUID.fullmatch(last):
        return last.lower()
    found = _UUID.search(own)
    return found[0].lower() if found else name


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call for each conversation, of all its communications in these files."""
    conversations: dict[str, list[Document]] = {}
    names: dict[str, str] = {}
    for file in files:
        for document in documents(file, is_transcript):
            conversation = document.get("conversationId")
            if conversation is None:
                yield _call(document, file.name, notes)
                continue
            conversations.setdefault(conversation, []).append(document)
            names.setdefault(conversation, file.name)
    for conversation, told in conversations.items():
        yield _call(_together(told, notes), names[conversation], notes)


def _together(told: Sequence[Document], notes: Notes) -> Document:
    """The communications of a conversation as one document, with everybody who took part."""
    if len(told) == 1:
        return told[0]
    notes.count(COMMUNICATIONS)
    zeros = [one["conversationStartTime"] for one in told if one.get("conversationStartTime")]
    starts = [one["startTime"] for one in told if one.get("startTime") is not None]
    ends = [
        one["startTime"] + length
        for one in told
        if one.get("startTime") is not None
        and (length := milliseconds(one.get("duration"))) is not None
    ]
    return {
        **told[0],
        "conversationStartTime": min(zeros, default=None),
        "startTime": min(starts, default=None),
        "duration": {"milliseconds": max(ends) - min(starts)} if ends else None,
        "transcripts": [each for one in told for each in one["transcripts"]],
        "participants": [each for one in told for each in one.get("participants") or ()],
    }


def _call(document: Document, name: str, notes: Notes) -> ToldCall:
    participants = document.get("participants") or ()
    zero = _zero(document, participants, name, notes)
    connected = Connected(participants)
    said: list[Said] = []
    noted: list[Event] = []
    # Of each phrase and event, the transcript that told it first.
    phrases: dict[tuple[Any, Any, Any], int] = {}
    marks: dict[Event, int] = {}
    for number, transcript in enumerate(document["transcripts"]):
        analytics = transcript.get("analytics") or {}
        feelings = feelings_in(analytics, notes)
        for phrase in transcript.get("phrases") or ():
            side, at = phrase.get("participantPurpose"), phrase.get("startTimeMs")
            if phrases.setdefault((side, at, phrase["text"]), number) == number:
                said.append(said_in(phrase, zero, connected, feelings, name, notes))
            else:
                notes.count(TWICE)
                if feelings:
                    feelings.pop((at, side), None)
        if feelings:
            notes.count(UNJOINED, len(feelings))
        for event in events(analytics, zero, connected, notes):
            if marks.setdefault(event, number) == number:
                noted.append(event)
            else:
                notes.count(TWICE)
    said.sort(key=lambda one: float("inf") if one.start is None else one.start)
    if len(connected.agents) > 1:
        notes.count(SEVERAL_AGENTS)
    return ToldCall(
        call_id=document.get("conversationId"),
        said=tuple(said),
        events=tuple(noted),
        agent=next(iter(connected.agents)) if len(connected.agents) == 1 else None,
        started=from_epoch(zero),
        seconds=_length(document, participants, zero),
        language=_language(document["transcripts"], notes),
        facts=_facts(document, participants, len(connected.agents), notes),
    )


def _language(transcripts: Sequence[Document], notes: Notes) -> str | None:
    """The first transcript's language; the engines that wrote them are noted."""
    languages = dict.fromkeys(one["language"] for one in transcripts if one.get("language"))
    for one in transcripts:
        if engine := one.get("engineId"):
            notes.saw_version(f"engine {engine}")
    if len(languages) > 1:
        notes.count(LANGUAGES)
    return next(iter(languages), None)


def _zero(document: Document, participants: Sequence[Document], name: str, notes: Notes) -> float:
    """The moment that times count from, in ms since 1970."""
    if (zero := document.get("conversationStartTime")) is not None:
        return float(zero)
    if (zero := document.get("startTime")) is not None:
        notes.count(FROM_COMMUNICATION)
        return float(zero)
    starts = [one["startTimeMs"] for one in participants if one.get("startTimeMs") is not None]
    if not starts:
        raise TableError(
            f"{name}: conversation {document.get('conversationId')!r} has no conversationStartTime,"
            " no startTime and no participant's startTimeMs, so its times cannot be counted from "
            "the start of the call. Export it again with one of them"
        )
    notes.count(FROM_PARTICIPANT)
    return float(min(starts))


def _length(document: Document, participants: Sequence[Document], zero: float) -> float | None:
    """Seconds until the last participant left, or until the communication ended."""
    ends: list[float] = [one["endTimeMs"] for one in participants if one.get("endTimeMs")]
    if ends and len(ends) == len(participants):
        return (max(ends) - zero) / IN_SECOND
    start: float | None = document.get("startTime")
    length = milliseconds(document.get("duration"))
    if start is None or length is None:
        return None
    return (start + length - zero) / IN_SECOND


def _facts(
    document: Document, participants: Sequence[Document], agents: int, notes: Notes
) -> dict[str, str | float | None]:
    """Media, direction, queue, team; telephone numbers (ani, dnis, to, from) are left out."""
    facts: dict[str, str | float | None] = {}
    media = document.get("mediaType")
    if media is not None:
        facts["media_type"] = media
        if media.lower() not in _SPOKEN:
            notes.count(WRITTEN)
    for name, key in (
        ("direction", "initialDirection"),
        ("queue_id", "queueId"),
        ("team", "teamId"),
    ):
        told = {
            one[key]: None
            for one in participants
            if one.get(key) and role_of(one.get("participantPurpose")) == AGENT
        }
        if len(told) == 1:
            facts[name] = next(iter(told))
    if agents > 1:
        facts["agents_in_call"] = float(agents)
    return facts
