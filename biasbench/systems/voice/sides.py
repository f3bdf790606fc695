"""Two sides of a call: who speaks when, each person on a channel of their own.

Times are seconds from the start of the recording, and the recording is the call: silence at its
ends, a silent hold included, is silence of the call. Music on hold, or an announcement, may be
taken for speech of the side on whose channel it plays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from biasbench.systems.voice.activity import LEAK_DB, own_speech, speech_frames
from biasbench.systems.voice.frames import PER_SECOND, Mask, Samples, frame_power, stretches

#: Neither side speaks for so long: what Amazon Connect calls non-talk time ("periods of silence
#: exceeding 3 seconds", and hold). Google's CX Insights begins at 5 s; Calabrio lets the user
#: choose.
SHORTEST_SILENCE = 3.0

#: Both speak for so long. Overlaps where one turn gives way to the next are common and brief
#: (Levinson and Torreira 2015, Timing in turn-taking, Front. Psychol. 6:731), and the detector does
#: not know the ends of speech to better than 0.1 s.
SHORTEST_OVERTALK = 0.25

#: From this correlation on, two channels are one recording saved twice.
SAME_SOUND = 0.95

Side = Literal["own", "other"]

#: Every parameter, for a system's options.
OPTIONS = (
    ("silence_event", f"{SHORTEST_SILENCE:g} s"),
    ("overtalk", f"{SHORTEST_OVERTALK:g} s"),
    ("same_sound", f"correlation {SAME_SOUND:g} within {LEAK_DB:g} dB"),
)


@dataclass(frozen=True)
class Silence:
    """A stretch in which neither side speaks."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.start


@dataclass(frozen=True)
class Overtalk:
    """A stretch in which both sides speak.

    `begun_by`: the side that began to speak while the other was speaking, None if both began in
    the same 10 ms. Products call that an interruption; a "mm-hm" begins in the same way.
    """

    start: float
    end: float
    begun_by: Side | None

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.start


@dataclass(frozen=True, eq=False)
class Sides:
    """Which frames of 10 ms are speech of this speaker, and which of the other side.

    own, other: shape (n_frames,).

    >>> heard = Sides(np.arange(1000) < 300, np.arange(1000) >= 200)
    >>> round(heard.talk_share, 3), heard.overtalk
    (0.273, (Overtalk(start=2.0, end=3.0, begun_by='other'),))
    """

    own: Mask
    other: Mask

    @property
    def seconds(self) -> float:
        """Length of the call."""
        return len(self.own) / PER_SECOND

    @property
    def own_seconds(self) -> float:
        """Time this speaker speaks."""
        return float(self.own.sum()) / PER_SECOND

    @property
    def other_seconds(self) -> float:
        """Time the other side speaks."""
        return float(self.other.sum()) / PER_SECOND

    @property
    def talk_share(self) -> float:
        """own_seconds / (own_seconds + other_seconds); NaN where nobody speaks."""
        both = self.own_seconds + self.other_seconds
        return self.own_seconds / both if both else float("nan")

    @cached_property
    def silences(self) -> tuple[Silence, ...]:
        """Every stretch in which neither speaks, however short, ends of the call included."""
        starts, ends = stretches(~(self.own | self.other))
        return tuple(
            Silence(int(start) / PER_SECOND, int(end) / PER_SECOND)
            for start, end in zip(starts, ends, strict=True)
        )

    @cached_property
    def overtalk(self) -> tuple[Overtalk, ...]:
        """The stretches of at least 0.25 s in which both speak."""
        starts, ends = stretches(self.own & self.other)
        return tuple(
            Overtalk(int(start) / PER_SECOND, int(end) / PER_SECOND, self._begun_by(int(start)))
            for start, end in zip(starts, ends, strict=True)
            if end - start >= SHORTEST_OVERTALK * PER_SECOND
        )

    def _begun_by(self, frame: int) -> Side | None:
        if frame == 0 or self.own[frame - 1] == self.other[frame - 1]:
            return None
        return "other" if self.own[frame - 1] else "own"


def tell_apart(own: Samples, other: Samples) -> Sides:
    """Who speaks when, on two channels of the same length at 16 kHz; leakage is left out.

    >>> nothing = np.zeros(16000, dtype=np.float32)
    >>> tell_apart(nothing, nothing).silences
    (Silence(start=0.0, end=1.0),)
    """
    one, another = speech_frames(own), speech_frames(other)
    power, of_other = frame_power(own), frame_power(other)
    return Sides(
        own_speech(one, power, of_other, another), own_speech(another, of_other, power, one)
    )


def same_sound(own: Samples, other: Samples) -> bool:
    """True where two channels hold one recording, such as a mix that was saved as stereo.

    They correlate by 0.95 or more, either way up, and their levels lie within 20 dB: a channel
    that holds nothing but the other's leakage correlates with it too, and is much softer.

    >>> mix = np.sin(np.arange(16000, dtype=np.float32))
    >>> same_sound(mix, 0.5 * mix), same_sound(0.01 * mix, mix)
    (True, False)
    """
    one, another = own.astype(np.float64), other.astype(np.float64)
    energies = float(one @ one), float(another @ another)
    if min(energies) <= max(energies) * 10 ** (-LEAK_DB / 10):
        return False
    return abs(float(one @ another)) >= SAME_SOUND * float(np.sqrt(energies[0] * energies[1]))
