"""Times and numbers of a call that cannot be."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

from biasbench.errors import TableError
from biasbench.systems import Score, Word
from biasbench.systems.exports import ToldCall

#: A start this far ahead of now is no difference of time zones.
_AHEAD = datetime.timedelta(days=1)


def check_call(call: ToldCall, file: str, now: datetime.datetime, *, may_be_negative: bool) -> None:
    """Raise TableError, naming file and call, for times and numbers that cannot be."""
    place = f"{file}: call '{call.call_id}'"
    if call.seconds is not None and not (call.seconds >= 0 and math.isfinite(call.seconds)):
        raise TableError(f"{place}: lasts {call.seconds:g} s, which cannot be")
    if call.started is not None:
        _check_started(call.started, place, now)
    for number, said in enumerate(call.said, start=1):
        _check_span(said.start, said.end, f"{place}: utterance {number}", may_be_negative)
        if said.confidence is not None and not 0 <= said.confidence <= 1:
            raise TableError(
                f"{place}: utterance {number}: confidence is {said.confidence:g}, not in 0 to 1"
            )
        _check_words(said.words, f"{place}: utterance {number}", may_be_negative)
        check_scores(said.scores, f"{place}: utterance {number}")
    for event in call.events:
        _check_span(event.start, event.end, f"{place}: {event.kind} '{event.label}'", True)
    check_scores(call.scores, place)


def _check_words(words: Sequence[Word], place: str, may_be_negative: bool) -> None:
    for word in words:
        start, end, confidence = word.start, word.end, word.confidence
        if (
            start is not None
            and end is not None
            and (may_be_negative or start >= 0)
            and end >= start
        ):
            if confidence is None or 0 <= confidence <= 1:
                continue
        elif start is None and end is None and confidence is None:
            continue
        _check_span(start, end, f"{place}: word '{word.text}'", may_be_negative)
        if confidence is not None and not 0 <= confidence <= 1:
            raise TableError(
                f"{place}: word '{word.text}': confidence is {confidence:g}, not in 0 to 1"
            )


def _check_span(start: float | None, end: float | None, place: str, may_be_negative: bool) -> None:
    for name, value in (("starts", start), ("ends", end)):
        if value is not None and not math.isfinite(value):
            raise TableError(f"{place} {name} at {value}, which is no time")
    if start is not None and start < 0 and not may_be_negative:
        raise TableError(f"{place} starts at {start:g} s, before the call does")
    if start is not None and end is not None and end < start:
        raise TableError(f"{place} ends at {end:g} s, before it starts at {start:g} s")


def check_scores(scores: Sequence[Score], place: str) -> None:
    """Raise TableError for a value that is no number, or off its declared scale."""
    for score in scores:
        value, low, high = score.value, score.scale_min, score.scale_max
        if value is None:
            continue
        if not math.isfinite(value):
            raise TableError(f"{place}: score '{score.name}' is {value}, which is no number")
        if (low is not None and value < low) or (high is not None and value > high):
            raise TableError(
                f"{place}: score '{score.name}' is {value:g}, outside its scale "
                f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
            )


def _check_started(started: str, place: str, now: datetime.datetime) -> None:
    try:
        moment = datetime.datetime.fromisoformat(started)
    except ValueError as error:
        raise TableError(f"{place}: starts '{started}', which is no ISO date and time") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    if moment > now + _AHEAD:
        raise TableError(
            f"{place}: starts {started}, in the future. Was its clock wrong, or are day and month "
            "the other way round?"
        )
