"""Prosody: how a stretch of speech sounds, and who speaks when, in units anyone can measure again.

Not an emotion, not a quality: the raw material from which products infer both. No value is better
than another, so every score points 'neither' way.

| score | unit | definition |
|---|---|---|
| median_pitch_hz | Hz | median fundamental frequency of the voiced frames |
| pitch_range_semitones | semitones | 12·log2(f95 / f5), 5th and 95th percentile of the same |
| level_dbfs | dB re full scale | 20·log10 of the RMS of the samples in speech |
| speech_rate_syllables_per_s | 1/s | syllable nuclei per second of speech, pauses left out |
| pauses_per_minute | 1/min | pauses per minute from the first speech to the last |
| longest_pause_s | s | the longest pause; 0 where there is none |
| silence_share | share | part of the recording that is not speech, its ends included |
| words_per_minute | 1/min | words of the transcript / minutes from the first speech to the last |
| words_per_voiced_minute | 1/min | words of the transcript / minutes of speech |
| talk_share | share | speech of this speaker / (the same + speech of the other side) |
| mutual_silence_share | share | part of the recording in which neither speaks, its ends included |
| longest_mutual_silence_s | s | the longest stretch of that; 0 where there is none |
| overtalk_share | share | seconds of overtalk / seconds of the recording |
| overtalk_per_minute | 1/min | stretches of overtalk / minutes of the recording |
| overtalk_begun_per_minute | 1/min | those that this speaker began / the same minutes |

The first seven and the words are of one speaker. The last six need two channels: on one, nobody can
tell who speaks, nor a pause from the other's turn. Overtalk is a stretch of at least 0.25 s in
which both speak; it is begun by who starts to speak while the other does, and products call it an
interruption, though a "mm-hm" begins so too. Silence of the call (events 'silence') is at least 3 s
in which neither speaks, a silent hold included; overtalk makes the events 'overtalk', and their
lengths add up to its share. See voice/sides.py for where 0.25 s and 3 s come from.

Speech is what the WebRTC voice detector (mode 2, frames of 10 ms) hears once the sound is brought
to a common level, so that turning up the volume changes level_dbfs and nothing else; on two
channels, without what leaks over from the other (voice/activity.py). Gaps shorter than 0.25 s
belong to the speech around them (Goldman-Eisler 1968); bursts shorter than 0.1 s are not speech. A
pause is a gap between two stretches of this speaker's speech, whoever speaks in it.

Pitch is pYIN's (Mauch and Dixon 2014; librosa) between 75 and 400 Hz, every 10 ms in frames of
64 ms, in steps of a quarter of a semitone. A frame counts if pYIN is sure of it, in speech, and not
at one of those two bounds, where hum and noise come to rest.

A syllable nucleus is a peak of intensity (power in 10 ms, smoothed by a Hann window of 70 ms) less
than 25 dB below the 99th percentile of the voiced frames, that stands 2 dB above the dips beside it
and is voiced (after de Jong and Wempe 2009). Voiced here is a normalised autocorrelation above 0.45
(Boersma 1993, and his threshold), not pYIN's decision: that one is surer of high voices, and would
have found 52 % of the syllables of 25 men's sentences against 72 % of 25 women's, where this finds
81 % and 80 % (EmoDB, neutral; syllables as runs of vowel letters).

Words are counted in the transcript, if one is given, and so with a recogniser's errors: who loses
words in it is slow in it. Words marked as the customer's are left out; a script that puts no spaces
between words has none to count. The level is an RMS, not a loudness: it does not weigh frequencies
as the ear does (ITU-R BS.1770).

A recording shorter than 0.5 s has no scores; without speech it has its silences only; under 0.3 s
of pitch there is no pitch, under 0.3 s of voice no speech rate. What is missing is missing, with a
reason and a sentence, never 0. The room, the telephone line and the codec change these numbers too:
compare groups recorded alike.
"""

from __future__ import annotations

import math
from importlib.metadata import version

from biasbench.audio import resample
from biasbench.errors import AudioError, not_found
from biasbench.systems import Call, Event, Reading, Score, SystemInfo, Trace
from biasbench.systems.tone._prosody_answers import (
    OF_SOUND,
    OF_TWO,
    OF_WORDS,
    ONE_CHANNEL,
    SAVED_TWICE,
    SHORTEST_VOICE,
    Answers,
    Missing,
    Value,
    events_of,
    of_sound,
    of_two,
    of_words,
)
from biasbench.systems.voice import (
    OPTIONS,
    PITCH_MAX,
    PITCH_MIN,
    RATE,
    Samples,
    Sides,
    same_sound,
    speech_frames,
    tell_apart,
)

__all__ = ["Prosody", "load", "speech_frames"]

_NAMES = (*OF_SOUND, *OF_WORDS, *OF_TWO)
_SHORTEST_CLIP = 0.5
_CLOCK_TOLERANCE = 0.02  # s: two channels brought to 16 kHz may differ by a sample or two

#: The bounds a score cannot pass, where they are not 0 and nothing.
_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "median_pitch_hz": (PITCH_MIN, PITCH_MAX),
    "pitch_range_semitones": (0.0, 12 * math.log2(PITCH_MAX / PITCH_MIN)),
    "level_dbfs": (None, 0.0),
    "silence_share": (0.0, 1.0),
    "talk_share": (0.0, 1.0),
    "mutual_silence_share": (0.0, 1.0),
    "overtalk_share": (0.0, 1.0),
}


class Prosody:
    """The fifteen scores of the module's table, always all and in that order.

    >>> import numpy as np
    >>> from biasbench.audio import Audio
    >>> nothing = Audio(np.zeros(16000, dtype=np.float32), 16000)
    >>> reading = Prosody().score(Call(nothing, other=nothing))
    >>> [score.name for score in reading.scores if score.value == 1]
    ['silence_share', 'mutual_silence_share', 'longest_mutual_silence_s']
    """

    def __init__(self) -> None:
        self._info = SystemInfo(
            name="tone:prosody",
            version=f"2+librosa-{version('librosa')}+webrtcvad-{version('webrtcvad-wheels')}",
            options=(
                *OPTIONS,
                ("shortest_recording", f"{_SHORTEST_CLIP} s"),
                ("shortest_voice", f"{SHORTEST_VOICE} s"),
            ),
            licence="Apache-2.0",
            takes=("transcript",),
        )

    @property
    def info(self) -> SystemInfo:
        """Every parameter is among the options."""
        return self._info

    def score(self, call: Call) -> Reading:
        """The fifteen scores, and silences and overtalk as events; the language changes nothing.

        Raises AudioError where the other side's channel is not as long as this one.
        """
        own, other = _channels(call)
        if len(own) < _SHORTEST_CLIP * RATE:
            note = f"the recording lasts {len(own) / RATE:.2f} s, less than {_SHORTEST_CLIP} s"
            return _reading(dict.fromkeys(_NAMES, Missing("unset", note)))
        two = _two_sides(own, other)
        speech = two.own if isinstance(two, Sides) else speech_frames(own)
        answers = of_sound(own, speech) | of_words(call.transcript, speech) | of_two(two)
        return _reading(answers, events_of(two) if isinstance(two, Sides) else ())


def load(variant: str | None) -> Prosody:
    """The scorer; it has no variants."""
    if variant is not None:
        raise not_found("prosody variant", variant, ())
    return Prosody()


def _channels(call: Call) -> tuple[Samples, Samples | None]:
    """Samples of this speaker and of the other side, at 16 kHz and of the same length."""
    assert call.audio is not None  # info.reads says so
    own = resample(call.audio, RATE).samples
    if call.other is None:
        return own, None
    other = resample(call.other, RATE).samples
    if abs(len(own) - len(other)) > _CLOCK_TOLERANCE * RATE:
        raise AudioError(
            f"{call.name or call.audio.name}: the channel lasts {len(own) / RATE:.3f} s and the "
            f"other side's {len(other) / RATE:.3f} s. Give the same stretch of both"
        )
    n_samples = min(len(own), len(other))
    return own[:n_samples], other[:n_samples]


def _two_sides(own: Samples, other: Samples | None) -> Sides | Missing:
    if other is None:
        return ONE_CHANNEL
    return SAVED_TWICE if same_sound(own, other) else tell_apart(own, other)


def _reading(answers: Answers, events: tuple[Event, ...] = ()) -> Reading:
    return Reading(tuple(_score(name, answers[name]) for name in _NAMES), events)


def _score(name: str, answer: Value | Missing) -> Score:
    lowest, highest = _BOUNDS.get(name, (0.0, None))
    if isinstance(answer, Missing):
        return Score(name, None, lowest, highest, missing_reason=answer.reason, note=answer.note)
    made_of = () if answer.made_of is None else (Trace(name, answer.made_of),)
    return Score(name, answer.value, lowest, highest, trace=made_of)
