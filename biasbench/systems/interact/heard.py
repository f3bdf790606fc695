"""Heard: what a scorer has of a call: the agent's words, when they were said, how long it lasted.

Where the transcript says whose its words are, those of anyone but the agent are left out; they
count as time in which the other side speaks, and so does speech on the other side's channel, unless
both channels hold one recording.

A word without times among words that have them is taken to last from the word before to the word
after: it was said somewhere there. Words of which only the start is known (some vendors give no
end) tell pace and order, and no silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from biasbench.audio import Audio, resample
from biasbench.systems import Call, Word
from biasbench.systems.interact.spans import Span, gaps, merge
from biasbench.systems.phrases import is_word

AGENT = "agent"
_RATE = 16_000
_Times = tuple[float, float | None] | None
SHORTEST_SOUND = 0.5  # s; the voice detector is not asked about less


@dataclass(frozen=True)
class Heard:
    """One call, ready to be scored; times are seconds from its start.

    texts: the agent's words as written; what is only punctuation is none. spans: when each was
    said, () where no word has times. seconds: length of the call, None where nothing tells it.
    others: when the other side speaks. occupied: when anybody does, by the words; None where they
    cannot tell. n_left_out: words of others than the agent.
    """

    texts: tuple[str, ...]
    n_left_out: int
    spans: tuple[Span, ...]
    seconds: float | None
    others: tuple[Span, ...]
    occupied: tuple[Span, ...] | None

    @property
    def is_timed(self) -> bool:
        """Whether it is known when words were said."""
        return bool(self.spans)


def hear(call: Call, shortest: float) -> Heard:
    """What there is to score in a call that has a transcript.

    A gap of less than `shortest` seconds in what the other side says is part of it.

    >>> from biasbench.systems import Transcript
    >>> heard = hear(Call(transcript=Transcript("Good morning !"), seconds=2.0), 0.25)
    >>> heard.texts, heard.is_timed
    (('Good', 'morning'), False)
    """
    assert call.transcript is not None  # the caller has looked
    words: Sequence[Word] = call.transcript.words
    if not words:
        words = tuple(map(Word, call.transcript.text.split()))
    texts: list[str] = []
    times: list[_Times] = []
    of_others: list[_Times] = []
    for word in words:
        if not is_word(word.text):
            continue
        if not word.role or word.role.casefold() == AGENT:
            texts.append(word.text)
            times.append(_times(word))
        else:
            of_others.append(_times(word))
    length = _length(call, [*times, *of_others])
    others = merge([*_known(of_others), *_of_channel(call)], shortest=shortest)
    spans = _filled(times, length or 0.0)
    ends_known = all(one is None or one[1] is not None for one in (*times, *of_others))
    return Heard(
        texts=tuple(texts),
        n_left_out=len(of_others),
        spans=spans,
        seconds=length,
        others=tuple(others),
        occupied=tuple(merge([*spans, *others])) if spans and ends_known else None,
    )


def silences_in_words(heard: Heard, shortest: float) -> list[Span] | None:
    """The gaps between words, ends of the call included; None without times of words."""
    if heard.occupied is None or heard.seconds is None:
        return None
    return gaps(heard.occupied, heard.seconds, shortest=shortest)


def silences_in_sound(call: Call, shortest: float) -> list[Span] | None:
    """The stretches without a voice on either channel; None without sound of at least 0.5 s."""
    if call.audio is None or call.audio.seconds < SHORTEST_SOUND:
        return None
    voices = [*_voices(call.audio, call.other), *_of_channel(call)]
    return gaps(merge(voices), call.audio.seconds, shortest=shortest)


def _times(word: Word) -> _Times:
    """Start and end, None where they are not given or cannot be times."""
    start, end = word.start, word.end
    if start is None or not 0.0 <= start < inf:
        return None
    if end is None:
        return start, None
    return (start, end) if start <= end < inf else None


def _known(times: Sequence[_Times]) -> list[Span]:
    return [(one[0], one[0] if one[1] is None else one[1]) for one in times if one is not None]


def _length(call: Call, times: Sequence[_Times]) -> float | None:
    """The declared length, else that of the sound; never less than where the last word ends."""
    declared = call.seconds
    if declared is None and call.audio is not None:
        declared = call.audio.seconds
    last = max((one[1] or one[0] for one in times if one is not None), default=None)
    if declared is None or last is None:
        return last if declared is None else declared
    return max(declared, last)


def _filled(times: Sequence[_Times], length: float) -> tuple[Span, ...]:
    """A span for each word; () where no word has one."""
    if not any(one is not None for one in times):
        return ()
    filled: list[Span] = []
    before = 0.0
    for index, one in enumerate(times):
        if one is not None:
            start, end = one
            filled.append((start, start if end is None else end))
        else:
            after = next((later[0] for later in times[index:] if later is not None), length)
            filled.append((before, max(before, after)))
            continue  # the next word without times shares the room
        before = filled[-1][1]
    return tuple(filled)


def _of_channel(call: Call) -> list[Span]:
    """When there is speech on the other side's channel."""
    if call.other is None or call.other.seconds < SHORTEST_SOUND:
        return []
    if call.audio is not None and _is_one_recording(call.audio, call.other):
        return []
    return _voices(call.other, call.audio)


def _voices(audio: Audio, beside: Audio | None) -> list[Span]:
    """When there is speech on a channel, what leaked over from the other left out."""
    from biasbench.systems.voice import PER_SECOND, speech_frames, stretches, tell_apart

    if beside is None or _is_one_recording(audio, beside):
        speech = speech_frames(_samples(audio))
    else:
        speech = tell_apart(*_same_length(_samples(audio), _samples(beside))).own
    starts, ends = stretches(speech)
    return [(int(a) / PER_SECOND, int(b) / PER_SECOND) for a, b in zip(starts, ends, strict=True)]


def _is_one_recording(one: Audio, other: Audio) -> bool:
    from biasbench.systems.voice import same_sound

    return same_sound(*_same_length(_samples(one), _samples(other)))


def _samples(audio: Audio) -> NDArray[np.float32]:
    return resample(audio, _RATE).samples


def _same_length(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both padded with silence to the longer: a side that hung up first is silent after."""
    longest = max(len(one), len(other))
    return np.pad(one, (0, longest - len(one))), np.pad(other, (0, longest - len(other)))
