"""Prosody: how a stretch of speech sounds, in units that anyone can measure again.

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

Speech is what the WebRTC voice detector (mode 2, frames of 10 ms) hears once the sound is brought
to a common level, so that turning up the volume changes level_dbfs and nothing else. Gaps shorter
than 0.25 s belong to the speech around them (Goldman-Eisler 1968); bursts shorter than 0.1 s are
not speech. A pause is a gap between two stretches of speech.

Pitch is pYIN's (Mauch and Dixon 2014; librosa) between 75 and 400 Hz, every 10 ms in frames of
64 ms, in steps of a quarter of a semitone. A frame counts if pYIN is sure of it, in speech, and not
at one of those two bounds, where hum and noise come to rest.

A syllable nucleus is a peak of intensity (power in 10 ms, smoothed by a Hann window of 70 ms) less
than 25 dB below the 99th percentile, that stands 2 dB above the dips beside it and is voiced (after
de Jong and Wempe 2009). Voiced here is a normalised autocorrelation above 0.45 (Boersma 1993, and
his threshold), not pYIN's decision: that one is surer of high voices, and would have found 52 % of
the syllables of 25 men's sentences against 72 % of 25 women's, where this finds 81 % and 80 %
(EmoDB, neutral; syllables as runs of vowel letters).

A recording shorter than 0.5 s has no scores; one without speech has only its silence share, 1;
under 0.3 s of pitch there is no pitch, under 0.3 s of voice no speech rate. What is missing is
missing ('unset'), never 0. The room, the telephone line and the codec change these numbers too:
compare groups recorded alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from biasbench.audio import Audio, resample
from biasbench.errors import not_found
from biasbench.systems import Score, SystemInfo

_RATE = 16_000
_HOP = 160  # 10 ms: one frame of everything below
_FRAMES_PER_SECOND = _RATE // _HOP
_WINDOW = 1024  # 64 ms: nearly five periods of the lowest pitch
_PITCH_MIN, _PITCH_MAX = 75.0, 400.0
_PITCH_STEP = 0.25
_QUARTER_TONE = 2 ** (0.5 / 12)  # nearer than this to a bound is at the bound
_ACF_WINDOW = 640  # 40 ms: three periods of the lowest pitch
_VOICED = 0.45
_VAD_MODE = 2
_VAD_LEVEL_DB = -20.0  # where the loud frames are brought for the detector
_SILENT_DB = -70.0  # nothing louder: a muted line, whose noise must not be raised to speech
_SHORTEST_PAUSE = 0.25
_SHORTEST_SPEECH = 0.1
_SHORTEST_CLIP = 0.5
_SHORTEST_VOICE = 0.3
_NUCLEUS_RANGE_DB = 25.0
_NUCLEUS_DIP_DB = 2.0
_SMOOTHING = np.hanning(9)[1:-1]  # 7 frames, none of them weighing nothing
_NOTHING = 1e-12  # power of digital silence, for its logarithm: -120 dB
_PITCH_BLOCK = 3000  # frames at once: 30 s, so that an hour of sound fits in memory

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Scale:
    """The bounds a score cannot pass; None where there is none."""

    lowest: float | None = None
    highest: float | None = None


_SCALES = {
    "median_pitch_hz": _Scale(_PITCH_MIN, _PITCH_MAX),
    "pitch_range_semitones": _Scale(0.0, float(12 * np.log2(_PITCH_MAX / _PITCH_MIN))),
    "level_dbfs": _Scale(None, 0.0),
    "speech_rate_syllables_per_s": _Scale(0.0),
    "pauses_per_minute": _Scale(0.0),
    "longest_pause_s": _Scale(0.0),
    "silence_share": _Scale(0.0, 1.0),
}


class Prosody:
    """The seven scores of the module's table, always all and in that order.

    >>> hum = Audio(np.zeros(16000, dtype=np.float32), 16000)
    >>> [score.value for score in Prosody().score(hum)]
    [None, None, None, None, None, None, 1.0]
    """

    def __init__(self) -> None:
        self._info = SystemInfo(
            name="tone:prosody",
            version=f"1+librosa-{version('librosa')}",
            options=(
                ("pitch", f"pyin {_PITCH_MIN:g}-{_PITCH_MAX:g} Hz, step {_PITCH_STEP} semitone"),
                ("frame", f"{_WINDOW} samples every {_HOP} at {_RATE} Hz"),
                ("speech", f"webrtcvad mode {_VAD_MODE} at {_VAD_LEVEL_DB:g} dBFS"),
                ("shortest_pause", f"{_SHORTEST_PAUSE} s"),
                ("shortest_speech", f"{_SHORTEST_SPEECH} s"),
                (
                    "nucleus",
                    f"{_NUCLEUS_RANGE_DB:g} dB range, {_NUCLEUS_DIP_DB:g} dB dip, "
                    f"autocorrelation over {_VOICED}",
                ),
            ),
            licence="Apache-2.0",
        )

    @property
    def info(self) -> SystemInfo:
        """Every parameter is among the options."""
        return self._info

    def score(self, audio: Audio, *, language: str | None = None) -> tuple[Score, ...]:
        """The seven scores; the language changes nothing."""
        values = _values(resample(audio, _RATE).samples)
        return tuple(_score(name, values.get(name)) for name in _SCALES)


def load(variant: str | None) -> Prosody:
    """The scorer; it has no variants."""
    if variant is not None:
        raise not_found("prosody variant", variant, ())
    return Prosody()


def frame_power(samples: NDArray[np.float32]) -> Floats:
    """Mean square of each whole frame of 10 ms, shape (n_frames,); samples at 16 kHz."""
    frames = _frames(samples)
    power: Floats = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / _HOP
    return power


def speech_frames(samples: NDArray[np.float32]) -> Mask:
    """Which frames of 10 ms are speech, by the rules of the module; samples at 16 kHz."""
    heard = _without_short(_voice_detected(samples), False, _SHORTEST_PAUSE)
    return _without_short(heard, True, _SHORTEST_SPEECH)


def pitch_track(samples: NDArray[np.float32]) -> Floats:
    """Pitch in Hz of each frame of 10 ms, NaN where there is none; samples at 16 kHz."""
    import librosa

    n_frames = len(samples) // _HOP
    pitch = np.full(n_frames, np.nan)
    padded = np.pad(samples, (_WINDOW - _HOP) // 2)  # centres each window on its frame of 10 ms
    for first in range(0, n_frames, _PITCH_BLOCK):
        last = min(first + _PITCH_BLOCK, n_frames)
        block = padded[first * _HOP : (last - 1) * _HOP + _WINDOW]
        if not block.any():
            continue
        hertz, voiced, _ = librosa.pyin(
            block,
            fmin=_PITCH_MIN,
            fmax=_PITCH_MAX,
            sr=_RATE,
            frame_length=_WINDOW,
            hop_length=_HOP,
            resolution=_PITCH_STEP,
            center=False,
        )
        inside = (hertz > _PITCH_MIN * _QUARTER_TONE) & (hertz < _PITCH_MAX / _QUARTER_TONE)
        pitch[first:last] = np.where(voiced & inside, hertz, np.nan)
    return pitch


def harmonicity(samples: NDArray[np.float32]) -> Floats:
    """How periodic each frame of 10 ms is, from 0 (noise) to 1 (a steady tone); 16 kHz.

    The highest value, between the lags of 400 and 75 Hz, of the autocorrelation of 40 ms under a
    Hann window, divided by that of the window itself. Boersma (1993), Accurate short-term analysis
    of the fundamental frequency, eq. 9.
    """
    n_frames = len(samples) // _HOP
    window = np.hanning(_ACF_WINDOW)
    lags = slice(round(_RATE / _PITCH_MAX), round(_RATE / _PITCH_MIN) + 1)
    of_window = _autocorrelation(window[None])[0]
    padded = np.pad(samples, (_ACF_WINDOW - _HOP) // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _ACF_WINDOW)[::_HOP]
    highest = np.zeros(n_frames)
    for first in range(0, n_frames, _PITCH_BLOCK):
        block = frames[first : min(first + _PITCH_BLOCK, n_frames)].astype(np.float64)
        block -= block.mean(axis=1, keepdims=True)
        of_sound = _autocorrelation(block * window)
        power = of_sound[:, :1]
        ratio = np.divide(of_sound, power, out=np.zeros_like(of_sound), where=power > 0)
        highest[first : first + len(block)] = (ratio / of_window * of_window[0])[:, lags].max(
            axis=1
        )
    return highest


def _autocorrelation(frames: Floats) -> Floats:
    """Along the second axis, at lags 0 to the length of the frames halved."""
    n_samples = frames.shape[1]
    spectrum = np.abs(np.fft.rfft(frames, 2 * n_samples)) ** 2
    return np.fft.irfft(spectrum)[:, : n_samples // 2]


def count_nuclei(power: Floats, allowed: Mask) -> int:
    """Number of syllable nuclei: peaks of intensity in frames that are allowed to hold one.

    power: mean square, shape (n_frames,). allowed: the voiced frames of speech.

    >>> syllable = np.hanning(22)[1:-1] ** 2
    >>> count_nuclei(np.tile(syllable, 4), np.full(80, True))
    4
    """
    from scipy.signal import find_peaks

    smooth = np.convolve(power, _SMOOTHING / _SMOOTHING.sum(), mode="same")
    intensity = 10 * np.log10(np.maximum(smooth, _NOTHING))
    lowest = np.percentile(intensity, 99) - _NUCLEUS_RANGE_DB
    peaks, _ = find_peaks(intensity, height=lowest, prominence=_NUCLEUS_DIP_DB)
    return int(allowed[peaks].sum())


def _values(samples: NDArray[np.float32]) -> dict[str, float]:
    """The scores that can be told; the others are left out."""
    if len(samples) < _SHORTEST_CLIP * _RATE:
        return {}
    speech = speech_frames(samples)
    values = {"silence_share": float(1 - speech.mean())}
    if not speech.any():
        return values

    power = frame_power(samples)
    values["level_dbfs"] = float(10 * np.log10(power[speech].mean()))

    starts, ends = _stretches(speech)
    gaps = (starts[1:] - ends[:-1]) / _FRAMES_PER_SECOND
    minutes = (ends[-1] - starts[0]) / _FRAMES_PER_SECOND / 60
    values["pauses_per_minute"] = len(gaps) / minutes
    values["longest_pause_s"] = float(gaps.max(initial=0.0))

    long_enough = _SHORTEST_VOICE * _FRAMES_PER_SECOND
    voiced = speech & (harmonicity(samples) > _VOICED)
    if voiced.sum() >= long_enough:
        seconds_of_speech = speech.sum() / _FRAMES_PER_SECOND
        values["speech_rate_syllables_per_s"] = count_nuclei(power, voiced) / seconds_of_speech
    pitch = pitch_track(samples)[speech]
    pitch = pitch[~np.isnan(pitch)]
    if len(pitch) >= long_enough:
        low, median, high = np.percentile(pitch, (5, 50, 95))
        values["median_pitch_hz"] = float(median)
        values["pitch_range_semitones"] = float(12 * np.log2(high / low))
    return values


def _voice_detected(samples: NDArray[np.float32]) -> Mask:
    import webrtcvad

    loud = float(np.percentile(np.sqrt(frame_power(samples)), 95))
    if loud <= 10 ** (_SILENT_DB / 20):
        return np.zeros(len(samples) // _HOP, dtype=np.bool_)
    levelled = _frames(samples) * np.float32(10 ** (_VAD_LEVEL_DB / 20) / loud)
    pcm = np.round(np.clip(levelled, -1.0, 1.0) * 32767).astype("<i2")
    detector = webrtcvad.Vad(_VAD_MODE)
    return np.array([detector.is_speech(frame.tobytes(), _RATE) for frame in pcm], dtype=np.bool_)


def _frames(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    n_frames = len(samples) // _HOP
    return samples[: n_frames * _HOP].reshape(n_frames, _HOP)


def _without_short(mask: Mask, value: bool, seconds: float) -> Mask:
    """The mask with every inner run of `value` shorter than that turned over.

    Silence at either end stays silence, however short: nobody spoke on its other side.
    """
    turned = mask.copy()
    for start, end in zip(*_stretches(mask == value), strict=True):
        at_an_end = start == 0 or end == len(mask)
        if end - start < seconds * _FRAMES_PER_SECOND and (value or not at_an_end):
            turned[start:end] = not value
    return turned


def _stretches(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First frame of each run of True, and the frame after its last."""
    steps = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _score(name: str, value: float | None) -> Score:
    scale = _SCALES[name]
    return Score(
        name=name,
        value=None if value is None else float(value),
        scale_min=scale.lowest,
        scale_max=scale.highest,
        missing_reason="unset" if value is None else None,
    )
