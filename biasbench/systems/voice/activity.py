"""Speech activity: when a person speaks, alone on a channel or beside another's leakage.

The WebRTC voice detector decides frame by frame, once the sound is brought to a common level, so
that turning up the volume changes nothing. Three things it does not know are added here.

The level is that of the loudest frames: 5 % of them, and never more than 0.2 s, because who says
three words in a call of ten minutes must not have the line's noise raised in place of the voice.

Speech goes up and down with its syllables. A sound whose level stays within 6 dB (5th to 95th
percentile, in 50 ms) is a hum, a hiss or a dial tone, and the detector, which takes a raised hiss
for speech, is overruled. Of 1,108 stretches of a second or more that it heard in recordings of
speech (alnum, EmoDB, prompts, datasets/tiny), the steadiest spans 9 dB; of 429 shorter ones 26 span
less than 6, and 24 of these lie within 6 dB of their recording's noise. Noise spans 1 dB, and 6 if
it has nothing above 100 Hz.

On two channels, the other side leaks into this one: by the line's echo, by the microphone; and
brought to a common level, a leak at -30 dB is a voice like any other. How much leaks is told by the
other side's turns: the median, over its speech, of this channel's peak of 0.3 s over the other's
(only where this one is the softer: the rest is this side's own turn). A frame counts if it is
louder than that leak and 6 dB more, measured from the other's peak in the 0.3 s up to it; never
more is asked than to be within 20 dB of that peak, so that talking at once for long is not taken
for a leak. It is Geigel's rule for telling near-end speech from echo (Duttweiler 1978, A
twelve-channel digital echo canceler, IEEE Trans. Commun. 26:647-653), on levels in place of
samples, with a threshold found in the call in place of 6 dB. A leak above -20 dB is not told from
speech; beside one of -30 dB and more, a side 12 dB softer than the other loses its short overtalk.
"""

from __future__ import annotations

import numpy as np

from biasbench.systems.voice.frames import (
    PER_SECOND,
    RATE,
    Floats,
    Mask,
    Samples,
    frame_power,
    frames,
    stretches,
    without_short,
)

VAD_MODE = 2
VAD_LEVEL_DB = -20.0  # where the loud frames are brought for the detector
SHORTEST_PAUSE = 0.25
SHORTEST_SPEECH = 0.1
LEAK_DB = 20.0
LEAK_MARGIN_DB = 6.0
LEAK_DELAY = 0.3  # s: the echo of a mobile network comes back after 0.2 s and more
STEADY_DB = 6.0
_STEADY_FRAMES = 5  # 50 ms: a rumble of few hertz wavers from one 10 ms to the next, as speech does
_LOUD_SHARE = 0.05
_LOUD_FRAMES = 20  # 0.2 s
_SILENT_DB = -70.0  # nothing louder: a muted line, whose noise must not be raised to speech
_NOTHING = 1e-12  # power of digital silence, for its logarithm: -120 dB

#: Every parameter, for a system's options.
OPTIONS = (
    (
        "level",
        f"of the loudest {_LOUD_SHARE:.0%}, {_LOUD_FRAMES / PER_SECOND:g} s at most; "
        f"below {_SILENT_DB:g} dBFS is silence",
    ),
    ("speech", f"webrtcvad mode {VAD_MODE} at {VAD_LEVEL_DB:g} dBFS"),
    ("shortest_pause", f"{SHORTEST_PAUSE} s"),
    ("shortest_speech", f"{SHORTEST_SPEECH} s"),
    ("steady", f"within {STEADY_DB:g} dB is no speech"),
    (
        "leakage",
        f"median in {LEAK_DELAY} s + {LEAK_MARGIN_DB:g} dB, at most {-LEAK_DB:g} dB of the other",
    ),
)


def speech_frames(samples: Samples) -> Mask:
    """Which frames of 10 ms are speech; samples at 16 kHz, shape (n_frames,).

    Gaps shorter than 0.25 s belong to the speech around them (Goldman-Eisler 1968); bursts shorter
    than 0.1 s are not speech.

    >>> speech_frames(np.zeros(16000, dtype=np.float32)).any()
    np.False_
    """
    power = frame_power(samples)
    return _without_steady(_smoothed(_voice_detected(samples, power)), power)


def own_speech(speech: Mask, power: Floats, of_other: Floats, other_speaks: Mask) -> Mask:
    """The speech of a channel without what leaked over from the other.

    What is left is held to the same rules: no gap or burst too short, no steady sound.

    speech, other_speaks: speech_frames of either channel. power, of_other: their frame_power.

    >>> voice = np.tile([1.0, 0.1], 100)
    >>> own_speech(voice > 0, 0.001 * voice, voice, voice > 0).any()
    np.False_
    """
    left = _smoothed(speech & ~leaked(power, of_other, other_speaks))
    return _without_steady(left, power)


def leaked(power: Floats, of_other: Floats, other_speaks: Mask) -> Mask:
    """Which frames may hold no more than what came over from the other channel.

    power, of_other: mean squares of the frames of either channel, shape (n_frames,).
    other_speaks: speech_frames of the other channel.

    >>> voice = np.tile([1.0, 0.1], 100)
    >>> leaked(0.001 * voice, voice, voice > 0).all()  # 30 dB below
    np.True_
    >>> leaked(0.1 * voice, voice, voice > 0).any()
    np.False_
    """
    peak, of_other_peak = _peak(power), _peak(of_other)
    softer = other_speaks & (peak < of_other_peak)
    if not softer.any():
        return np.zeros(len(power), dtype=np.bool_)
    leak = float(np.median(peak[softer] / of_other_peak[softer]))
    threshold = min(leak * 10 ** (LEAK_MARGIN_DB / 10), 10 ** (-LEAK_DB / 10))
    return np.asarray(power < threshold * of_other_peak)


def _peak(power: Floats) -> Floats:
    """The highest power in the 0.3 s that end with each frame; an echo never comes first."""
    from scipy.ndimage import maximum_filter1d

    n_before = round(LEAK_DELAY * PER_SECOND)
    return np.asarray(
        maximum_filter1d(power, n_before + 1, mode="constant", cval=0.0, origin=n_before // 2)
    )


def _voice_detected(samples: Samples, power: Floats) -> Mask:
    import webrtcvad

    if not len(power):
        return np.zeros(0, dtype=np.bool_)
    share = min(_LOUD_SHARE, _LOUD_FRAMES / len(power))
    loud = float(np.quantile(np.sqrt(power), 1 - share))
    if loud <= 10 ** (_SILENT_DB / 20):
        return np.zeros(len(power), dtype=np.bool_)
    levelled = frames(samples) * np.float32(10 ** (VAD_LEVEL_DB / 20) / loud)
    pcm = np.round(np.clip(levelled, -1.0, 1.0) * 32767).astype("<i2")
    detector = webrtcvad.Vad(VAD_MODE)
    return np.array([detector.is_speech(frame.tobytes(), RATE) for frame in pcm], dtype=np.bool_)


def _smoothed(heard: Mask) -> Mask:
    return without_short(without_short(heard, False, SHORTEST_PAUSE), True, SHORTEST_SPEECH)


def _without_steady(heard: Mask, power: Floats) -> Mask:
    speech = heard.copy()
    smooth = np.convolve(power, np.full(_STEADY_FRAMES, 1 / _STEADY_FRAMES), mode="same")
    level = 10 * np.log10(np.maximum(smooth, _NOTHING))
    for start, end in zip(*stretches(heard), strict=True):
        low, high = np.percentile(level[start:end], (5, 95))
        if high - low < STEADY_DB:
            speech[start:end] = False
    return speech
