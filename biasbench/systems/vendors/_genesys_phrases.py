"""Genesys Cloud transcripts: a phrase, its words and its sentiment."""

from __future__ import annotations

from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score, Word
from biasbench.systems.exports import AGENT, CUSTOMER, Notes, Remark, Said
from biasbench.systems.vendors._genesys import IN_SECOND, Document, milliseconds
from biasbench.systems.vendors._genesys_sides import Connected

NO_SENTIMENT = Remark(
    "transcripts that hold no sentiment analysis",
    "transcriptions sans analyse de sentiment",
)
BACKWARDS = Remark(
    "phrases that begin before the call or end before they begin, kept as they are",
    "phrases qui commencent avant l’appel ou finissent avant de commencer, conservées telles "
    "quelles",
)

_DAY_MS = 86_400_000

_AGENT_UNANALYSED = (
    Score(
        "agent phrase sentiment",
        None,
        -1.0,
        1.0,
        "higher is better",
        "not analysed",
        "Genesys analyses the sentiment of the customer's phrases",
    ),
)
_CUSTOMER_UNSAID = (
    Score(
        "customer phrase sentiment",
        None,
        -1.0,
        1.0,
        "higher is better",
        "unset",
        "The file holds no sentiment for this phrase and does not say whether it was neutral",
    ),
)


def said_in(
    phrase: Document,
    zero: float,
    connected: Connected,
    feelings: dict[tuple[Any, Any], float | None] | None,
    name: str,
    notes: Notes,
) -> Said:
    side, at = phrase.get("participantPurpose"), phrase.get("startTimeMs")
    length = milliseconds(phrase.get("duration"))
    start = end = None
    # Without a time the phrase lies within nobody's: NaN compares as false with all of them.
    middle = float("nan")
    if at is not None:
        if at < zero - _DAY_MS:
            raise TableError(
                f"{name}: a phrase has startTimeMs {at}, more than a day before the call starts "
                f"({zero:.0f}). Genesys writes milliseconds since 1970: export the file again"
            )
        start, middle = (at - zero) / IN_SECOND, at + (length or 0.0) / 2
        if length is not None:
            end = (at + length - zero) / IN_SECOND
        if start < 0 or (end is not None and end < start):
            notes.count(BACKWARDS)
    role = speaker = None
    if side == "external":
        role = CUSTOMER
    elif side == "internal":
        role, speaker = connected.at(middle, notes)
    return Said(
        text=phrase["text"],
        start=start,
        end=end,
        speaker=speaker or side,
        agent=speaker if role == AGENT else None,
        role=role,
        words=tuple([_word(word, zero) for word in phrase.get("words") or ()]),
        confidence=phrase.get("confidence"),
        scores=() if feelings is None else _sentiment(feelings, (at, side), role),
    )


def _sentiment(
    feelings: dict[tuple[Any, Any], float | None], key: tuple[Any, Any], role: str | None
) -> tuple[Score, ...]:
    """The sentiment at the time and on the side of a phrase, taken out of what is to be joined."""
    value = feelings.pop(key, None)
    if value is not None:
        who = role if role in (AGENT, CUSTOMER) else key[1]
        return (Score(f"{who} phrase sentiment", value, -1.0, 1.0, "higher is better"),)
    if role == CUSTOMER:
        return _CUSTOMER_UNSAID
    return _AGENT_UNANALYSED if role == AGENT else ()


def _word(word: Document, zero: float) -> Word:
    at, length = word.get("startTimeMs"), word.get("duration")
    if at is None:
        return Word(word["word"], None, None, word.get("confidence"))
    since = at - zero
    after = length.get("milliseconds") if length else None
    end = None if after is None else (since + after) / IN_SECOND
    return Word(word["word"], since / IN_SECOND, end, word.get("confidence"))


def feelings_in(analytics: Document, notes: Notes) -> dict[tuple[Any, Any], float | None] | None:
    """Sentiment by time and side; None where there was no such analysis."""
    told = analytics.get("sentiment")
    if told is None:
        notes.count(NO_SENTIMENT)
        return None
    return {(one.get("startTimeMs"), one.get("participant")): one.get("sentiment") for one in told}
