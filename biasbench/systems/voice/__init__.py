"""Voice: what can be measured in the sound of a call, in units that anyone can measure again.

frames    sound in steps of 10 ms, and stretches of them
activity  when a person speaks
sides     who speaks when, of two people on two channels
pitch     fundamental frequency, and how periodic the sound is
pace      syllables of the sound and words of a transcript

Plain functions on samples at 16 kHz and on arrays with one value per 10 ms. Not a system: those are
in `tone/`.
"""

from biasbench.systems.voice import activity, pace, pitch, sides
from biasbench.systems.voice.activity import speech_frames
from biasbench.systems.voice.frames import (
    PER_SECOND,
    RATE,
    Floats,
    Mask,
    Samples,
    frame_power,
    stretches,
)
from biasbench.systems.voice.pace import count_nuclei, count_own_words, separates_words
from biasbench.systems.voice.pitch import PITCH_MAX, PITCH_MIN, VOICED, harmonicity, pitch_track
from biasbench.systems.voice.sides import (
    SHORTEST_OVERTALK,
    SHORTEST_SILENCE,
    Overtalk,
    Sides,
    Silence,
    same_sound,
    tell_apart,
)

#: Every parameter of the package, for a system's options.
OPTIONS = (*pitch.OPTIONS, *activity.OPTIONS, *pace.OPTIONS, *sides.OPTIONS)

__all__ = [
    "OPTIONS",
    "PER_SECOND",
    "PITCH_MAX",
    "PITCH_MIN",
    "RATE",
    "SHORTEST_OVERTALK",
    "SHORTEST_SILENCE",
    "VOICED",
    "Floats",
    "Mask",
    "Overtalk",
    "Samples",
    "Sides",
    "Silence",
    "count_nuclei",
    "count_own_words",
    "frame_power",
    "harmonicity",
    "pitch_track",
    "same_sound",
    "separates_words",
    "speech_frames",
    "stretches",
    "tell_apart",
]
