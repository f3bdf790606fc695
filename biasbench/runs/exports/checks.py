"""Times and numbers of a call that cannot be."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import replace

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
        _check_confidences(said.words, f"{place}: utterance {number}")
        check_scores(said.scores, f"{place}: utterance {number}")
    for event in call.events:
        _check_span(event.start, event.end, f"{place}: {event.kind} '{event.label}'", True)
    check_scores(call.scores, place)


def with_possible_times(call: ToldCall, *, may_be_negative: bool) -> tuple[ToldCall, int]:
    """The call with no time for words whose time cannot be, and how many these are.

    Recognisers write some: a word that ends before it starts, or before the call. The word was
    written all the same, and one of them is no reason to leave out a person's call.
    """
    n_odd = sum(not _is_possible(word, may_be_negative) for one in call.said for word in one.words)
    if not n_odd:
        return call, 0
    said = tuple(
        replace(
            one,
            words=tuple(
                word if _is_possible(word, may_be_negative) else replace(word, start=None, end=None)
                for word in one.words
            ),
        )
        for one in call.said
    )
    return replace(call, said=said), n_odd


def _is_possible(word: Word, may_be_negative: bool) -> bool:
    start, end = word.start, word.end
    # Comparisons with NaN are false, so that it is not possible either.
    if start is None or end is None:
        known = end if start is None else start
        return known is None or (math.isfinite(known) and (may_be_negative or known >= 0))
    return start <= end and (may_be_negative or start >= 0) and start > -math.inf and end < math.inf


def _check_confidences(words: Sequence[Word], place: str) -> None:
    for word in words:
        confidence = word.confidence
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
