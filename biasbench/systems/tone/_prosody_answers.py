"""The scores of tone:prosody, each a value or the reason why there is none.

Speech comes in as a mask of frames of 10 ms; what it is, and what the scores are, stands in
prosody.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.systems import Event, Transcript
from biasbench.systems.voice import (
    PER_SECOND,
    SHORTEST_OVERTALK,
    SHORTEST_SILENCE,
    VOICED,
    Floats,
    Mask,
    Samples,
    Sides,
    count_nuclei,
    count_own_words,
    frame_power,
    harmonicity,
    pitch_track,
    separates_words,
    stretches,
)

OF_SOUND = (
    "median_pitch_hz",
    "pitch_range_semitones",
    "level_dbfs",
    "speech_rate_syllables_per_s",
    "pauses_per_minute",
    "longest_pause_s",
    "silence_share",
)
OF_WORDS = ("words_per_minute", "words_per_voiced_minute")
OF_TWO = (
    "talk_share",
    "mutual_silence_share",
    "longest_mutual_silence_s",
    "overtalk_share",
    "overtalk_per_minute",
    "overtalk_begun_per_minute",
)

SHORTEST_VOICE = 0.3


@dataclass(frozen=True)
class Value:
    """A score that can be told; `made_of` says from which quantities, where there are several."""

    value: float
    made_of: str | None = None


@dataclass(frozen=True)
class Missing:
    """Why a score cannot be told: one of tables.MISSING_REASONS, and a sentence."""

    reason: str
    note: str


Answers = dict[str, Value | Missing]

_NO_SPEECH = Missing("unset", "no speech was heard on this channel")
_NO_PITCH = Missing("unset", f"pitch was found in less than {SHORTEST_VOICE} s of the speech")
_NO_VOICE = Missing("unset", f"less than {SHORTEST_VOICE} s of the speech is voiced")
_LITTLE_SPEECH = Missing("unset", f"less than {SHORTEST_VOICE} s of speech to divide words by")
_NO_TRANSCRIPT = Missing("not analysed", "no transcript was given")
_NO_WORDS = Missing("unset", "the transcript holds no word of this speaker: that is no speed")
_UNSPACED = Missing(
    "not analysed", "the transcript's script puts no spaces between words, so none can be counted"
)
ONE_CHANNEL = Missing(
    "not analysed",
    "one channel: nobody can tell who speaks, nor a silence of the call from the other's turn",
)
SAVED_TWICE = Missing(
    "not analysed", "both channels hold the same sound: nobody can tell who speaks"
)
_NOBODY = Missing("unset", "no speech was heard on either channel")


def of_sound(samples: Samples, speech: Mask) -> Answers:
    """The scores of one speaker's sound."""
    silence = Value(float(1 - speech.mean()))
    if not speech.any():
        return {**dict.fromkeys(OF_SOUND, _NO_SPEECH), "silence_share": silence}
    power = frame_power(samples)
    starts, ends = stretches(speech)
    gaps = (starts[1:] - ends[:-1]) / PER_SECOND
    return {
        **_of_pitch(pitch_track(samples)[speech]),
        "level_dbfs": Value(float(10 * np.log10(power[speech].mean()))),
        "speech_rate_syllables_per_s": _speech_rate(
            power, speech, speech & (harmonicity(samples) > VOICED)
        ),
        "pauses_per_minute": Value(len(gaps) / _minutes_spanned(speech)),
        "longest_pause_s": Value(float(gaps.max(initial=0.0))),
        "silence_share": silence,
    }


def _of_pitch(hertz: Floats) -> Answers:
    """hertz: the pitch of the frames of speech, NaN where there is none."""
    hertz = hertz[~np.isnan(hertz)]
    if len(hertz) < SHORTEST_VOICE * PER_SECOND:
        return dict.fromkeys(("median_pitch_hz", "pitch_range_semitones"), _NO_PITCH)
    low, median, high = np.percentile(hertz, (5, 50, 95))
    return {
        "median_pitch_hz": Value(float(median)),
        "pitch_range_semitones": Value(float(12 * np.log2(high / low))),
    }


def _speech_rate(power: Floats, speech: Mask, voiced: Mask) -> Value | Missing:
    if voiced.sum() < SHORTEST_VOICE * PER_SECOND:
        return _NO_VOICE
    return Value(count_nuclei(power, voiced) / _seconds(speech))


def of_words(transcript: Transcript | None, speech: Mask) -> Answers:
    """The scores of one speaker's words over the time it took to say them."""
    if transcript is None:
        return dict.fromkeys(OF_WORDS, _NO_TRANSCRIPT)
    if not separates_words(transcript.text):
        return dict.fromkeys(OF_WORDS, _UNSPACED)
    n_words = count_own_words(transcript)
    if n_words == 0:
        return dict.fromkeys(OF_WORDS, _NO_WORDS)
    if _seconds(speech) < SHORTEST_VOICE:
        return dict.fromkeys(OF_WORDS, _LITTLE_SPEECH)
    spanned, spoken = _minutes_spanned(speech), _seconds(speech) / 60
    return {
        "words_per_minute": Value(
            n_words / spanned, f"{n_words} words / {spanned:.4f} min from first speech to last"
        ),
        "words_per_voiced_minute": Value(
            n_words / spoken, f"{n_words} words / {spoken:.4f} min of speech"
        ),
    }


def of_two(two: Sides | Missing) -> Answers:
    """The scores of two sides."""
    if isinstance(two, Missing):
        return dict.fromkeys(OF_TWO, two)
    silent = sum(silence.seconds for silence in two.silences)
    over = sum(stretch.seconds for stretch in two.overtalk)
    n_over = len(two.overtalk)
    n_begun = sum(stretch.begun_by == "own" for stretch in two.overtalk)
    length, minutes = f"{two.seconds:.2f} s", two.seconds / 60
    spoken = f"{two.own_seconds:.2f} s of this speaker, {two.other_seconds:.2f} s of the other side"
    longest = max((silence.seconds for silence in two.silences), default=0.0)
    nobody = two.own_seconds + two.other_seconds == 0
    return {
        "talk_share": _NOBODY if nobody else Value(two.talk_share, spoken),
        "mutual_silence_share": Value(silent / two.seconds, f"{silent:.2f} s / {length}"),
        "longest_mutual_silence_s": Value(longest),
        "overtalk_share": Value(over / two.seconds, f"{over:.2f} s / {length}"),
        "overtalk_per_minute": Value(n_over / minutes, f"{n_over} / {length}"),
        "overtalk_begun_per_minute": Value(n_begun / minutes, f"{n_begun} of {n_over} / {length}"),
    }


def events_of(two: Sides) -> tuple[Event, ...]:
    """Silences and overtalk, in the order of their beginning."""
    events = [
        Event(
            kind="silence",
            label="mutual silence",
            start=silence.start,
            end=silence.end,
            rule=f"neither side speaks for {SHORTEST_SILENCE:g} s or more",
            found=f"{silence.seconds:.2f} s",
        )
        for silence in two.silences
        if silence.seconds >= SHORTEST_SILENCE
    ]
    events += [
        Event(
            kind="overtalk",
            label="overtalk",
            start=stretch.start,
            end=stretch.end,
            rule=f"both sides speak for {SHORTEST_OVERTALK:g} s or more",
            found=f"{stretch.seconds:.2f} s, begun by {_WHO[stretch.begun_by]}",
        )
        for stretch in two.overtalk
    ]
    return tuple(sorted(events, key=lambda event: (event.start or 0.0, event.kind)))


_WHO = {"own": "this speaker", "other": "the other side", None: "both at once"}


def _seconds(speech: Mask) -> float:
    return float(speech.sum()) / PER_SECOND


def _minutes_spanned(speech: Mask) -> float:
    """From the first speech to the last."""
    first, *_, last = np.flatnonzero(speech)
    return float(last + 1 - first) / PER_SECOND / 60
