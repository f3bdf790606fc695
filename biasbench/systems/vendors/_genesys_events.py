"""Genesys Cloud transcripts: topics, and what the acoustic analysis heard, as events.

ASSUMED: `offsetMs`, used only where an acoustic event has no `startTimeMs`, counts from the start
of the conversation.
"""

from __future__ import annotations

from collections.abc import Iterator

from biasbench.systems import Event
from biasbench.systems.exports import CUSTOMER, Notes, Remark
from biasbench.systems.vendors._genesys import IN_SECOND, Document, milliseconds
from biasbench.systems.vendors._genesys_sides import Connected

VOICE = Remark(
    "stretches of voice in the acoustic analysis, not kept: the phrases have their times",
    "plages de voix de l’analyse acoustique, non conservées : les phrases ont leurs temps",
)
OFFSET = Remark(
    "acoustic events without startTimeMs: offsetMs taken from the start of the conversation",
    "événements acoustiques sans startTimeMs : offsetMs compté depuis le début de la conversation",
)


def events(analytics: Document, zero: float, connected: Connected, notes: Notes) -> Iterator[Event]:
    for topic in analytics.get("topics") or ():
        start, end = _span(topic, milliseconds(topic.get("duration")), zero, notes)
        found = topic.get("transcriptPhrase") or topic.get("topicPhrase")
        if (confidence := topic.get("confidence")) is not None:
            found = f"{found} (confidence {confidence:g} of 100)"
        yield Event(
            "category",
            topic.get("topicName") or topic["topicId"],
            start,
            end,
            _target(topic, connected),
            f"topic {topic.get('topicId')}",
            found,
        )
    for key in ("acoustic", "acoustics"):
        for heard in analytics.get(key) or ():
            kind = heard["eventType"].lower()
            if kind == "voice":
                notes.count(VOICE)
                continue
            start, end = _span(heard, heard.get("durationMs"), zero, notes)
            target = _target(heard, connected)
            if kind == "silence":
                yield Event("silence", kind, start, end, target, "acoustic analysis")
            elif kind == "overtalk":
                yield Event("overtalk", kind, start, end, target, "acoustic analysis")
            else:
                yield Event("category", kind, start, end, target, "acoustic analysis")


def _span(
    event: Document, length: float | None, zero: float, notes: Notes
) -> tuple[float | None, float | None]:
    """Start and end of an event in seconds from the start of the conversation."""
    at = event.get("startTimeMs")
    if at is None:
        at = event.get("offsetMs")
        if at is None:
            return None, None
        notes.count(OFFSET)
        at += zero
    start = (at - zero) / IN_SECOND
    return start, None if length is None else (at + length - zero) / IN_SECOND


def _target(event: Document, connected: Connected) -> str | None:
    """Whom an event is about, where the file says so; not counted, as the phrases are."""
    side = event.get("participant")
    if side == "external":
        return CUSTOMER
    if side != "internal" or (at := event.get("startTimeMs")) is None:
        return None
    role, _ = connected.at(at, None)
    return role
