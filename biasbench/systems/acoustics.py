"""How a stretch of speech sounds, as 86 numbers: what an emotion classifier is fed.

Products that put a mood on a voice start from numbers like these. Each is described below, so that
a reader can say of any of them what else moves it: a cold, a headset, a sex, a telephone line.

Sound is heard at 16 kHz in frames of 10 ms. It is first brought to a common level (the power of the
20th loudest frame becomes 1), so that neither the volume nor silence before and after changes
anything. A spectrum is that of 32 ms under a Hann window, of which only the rows between `lowest`
and `highest` Hz are looked at; by default 50 and 4000, since a telephone that samples at 8 kHz
carries nothing above. Pitch and harmonicity are those of the whole sound. A frame is *heard* if the
level of the band is within 35 dB of that of the 20th loudest; it is *voiced* if it is also periodic
(`harmonicity` above 0.45) and its pitch is not at a bound.

| names | over | unit | what |
|---|---|---|---|
| mfcc_01 … mfcc_20 _mean, _sd | heard | – | mel cepstrum, 40 bands, orthonormal DCT-II, of dB |
| mfcc_01 … mfcc_20 _delta_sd | heard | 1/frame | sd of its slope over 9 frames (Savitzky–Golay) |
| pitch_mean, _sd | voiced | semitone | pitch above 55 Hz: 12·log2(f0 / 55) |
| pitch_p10, _median, _p90 | voiced | semitone | its percentiles |
| pitch_step_mean, _sd | voiced | semitone | absolute change from frame to frame, below 3 |
| voiced_share | heard | share | voiced frames / heard frames |
| harmonicity_mean, _sd | heard | share | highest normalised autocorrelation (Boersma 1993) |
| level_sd | heard | dB | standard deviation of the level of the band |
| level_range | heard | dB | its 90th minus its 10th percentile |
| level_step | heard | dB | mean absolute change from frame to frame |
| heard_share | first to last heard | share | heard frames: what is left are pauses |
| centroid_mean, _sd | heard | Hz | centre of gravity of the amplitude spectrum |
| bandwidth_mean, _sd | heard | Hz | its spread about that centre |
| rolloff_mean, _sd | heard | Hz | below it lie 85 % of the power |
| flatness_mean, _sd | heard | dB | geometric over arithmetic mean of the power: 0 is noise |
| alpha_ratio_mean, _sd | heard | dB | power above 1 kHz over power below |
| hammarberg_mean, _sd | heard | dB | strongest row below 2 kHz over strongest above |

The last two are those of Eyben et al. (2016), IEEE Trans. Affective Computing 7:190–202, cut at
`highest`. Pitch is YIN's (de Cheveigné and Kawahara 2002; librosa), 65 to 600 Hz, frames of 64 ms.
mfcc_01 is what DCT counts as 0: the mean of the bands in dB, hence how uneven the level is.

Standard deviations divide by n. A step of 3 semitones in 10 ms or more is an octave error of YIN,
not a voice. Sound that is nowhere louder than −70 dBFS is silence. There must be 0.5 s of heard and
0.3 s of voiced frames, or there are no numbers and a sentence says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from biasbench.systems.voice.compiled import compiled_librosa
from biasbench.systems.voice.frames import HOP, PER_SECOND, RATE, Floats, Mask, Samples, frame_power
from biasbench.systems.voice.pitch import harmonicity

LOWEST, HIGHEST = 50.0, 4000.0
SHORTEST_HEARD = 0.5
SHORTEST_VOICED = 0.3

_WINDOW = 512  # 32 ms
_PITCH_WINDOW = 1024  # 64 ms: four periods of the lowest pitch
_PITCH_MIN, _PITCH_MAX, _PITCH_ZERO = 65.0, 600.0, 55.0
_QUARTER_TONE = 2 ** (0.5 / 12)  # nearer than this to a bound is at the bound
_VOICED = 0.45  # Boersma's threshold, that of tone:prosody
_HEARD_DB = 35.0
_LOUD_FRAMES = 20  # 0.2 s: a percentile would depend on how much silence surrounds the voice
_SILENT = 1e-7  # power of −70 dBFS
_N_BANDS, _N_MFCC, _DELTA_WIDTH = 40, 20, 9
_FLOOR = 1e-8  # −80 dB below the mean of the mel bands: no lower, or silence would rule
_NOTHING = 1e-12
_OCTAVE_ERROR = 3.0  # semitones in 10 ms
_BLOCK = 3000  # frames at once: 30 s, so that an hour of sound fits in memory

_SPECTRAL = ("centroid", "bandwidth", "rolloff", "flatness", "alpha_ratio", "hammarberg")

#: Names of the numbers, in their order.
FEATURES: tuple[str, ...] = (
    *(f"mfcc_{k:02d}_{what}" for k in range(1, 21) for what in ("mean", "sd", "delta_sd")),
    *("pitch_mean", "pitch_sd", "pitch_p10", "pitch_median", "pitch_p90"),
    *("pitch_step_mean", "pitch_step_sd"),
    *("voiced_share", "harmonicity_mean", "harmonicity_sd"),
    *("level_sd", "level_range", "level_step", "heard_share"),
    *(f"{name}_{what}" for name in _SPECTRAL for what in ("mean", "sd")),
)


@dataclass(frozen=True, eq=False)
class Description:
    """The numbers in the order of FEATURES, shape (86,), or the sentence that says why not."""

    values: Floats | None = None
    lacking: str | None = None


def describe(samples: Samples, *, lowest: float = LOWEST, highest: float = HIGHEST) -> Description:
    """The 86 numbers of the module's table; samples at 16 kHz, mono, any volume.

    >>> t = np.arange(16000) / 16000
    >>> buzz = sum(np.sin(2 * np.pi * 110 * k * t) / k for k in range(1, 20)).astype(np.float32)
    >>> of_buzz = dict(zip(FEATURES, describe(buzz).values, strict=True))
    >>> round(float(of_buzz["pitch_median"]), 1)  # an octave above 55 Hz
    12.0
    >>> describe(np.zeros(16000, dtype=np.float32)).lacking
    'silence: nothing is louder than -70 dBFS'
    """
    seconds = len(samples) / RATE
    if seconds < SHORTEST_HEARD:
        return Description(lacking=f"{seconds:.2f} s of sound; {SHORTEST_HEARD} s are needed")
    loud = _loud(frame_power(samples))
    if loud <= _SILENT:
        return Description(lacking="silence: nothing is louder than -70 dBFS")
    levelled = samples.astype(np.float64) / np.sqrt(loud)

    series = _series(levelled, lowest, highest)
    heard = series.level > _loud(series.level) - _HEARD_DB
    if heard.sum() < SHORTEST_HEARD * PER_SECOND:
        return Description(lacking=_too_little("sound", heard, SHORTEST_HEARD))
    periodic = harmonicity(samples)
    voiced = heard & (periodic > _VOICED) & ~np.isnan(series.pitch)
    if voiced.sum() < SHORTEST_VOICED * PER_SECOND:
        return Description(lacking=_too_little("voiced sound", voiced, SHORTEST_VOICED))
    steps = np.abs(np.diff(series.pitch))[voiced[1:] & voiced[:-1]]
    steps = steps[steps < _OCTAVE_ERROR]
    if not len(steps):
        return Description(lacking="no two voiced frames in a row: no pitch to follow")

    pitch = series.pitch[voiced]
    level = series.level[heard]
    first, last = np.flatnonzero(heard)[[0, -1]]
    values = [
        *_cepstral(series.mel, heard),
        pitch.mean(),
        pitch.std(),
        *np.percentile(pitch, (10, 50, 90)),
        steps.mean(),
        steps.std(),
        voiced.sum() / heard.sum(),
        periodic[heard].mean(),
        periodic[heard].std(),
        level.std(),
        np.subtract(*np.percentile(level, (90, 10))),
        np.abs(np.diff(series.level))[heard[1:] & heard[:-1]].mean(),
        heard.sum() / (last - first + 1),
        *(number for row in series.spectral[:, heard] for number in (row.mean(), row.std())),
    ]
    return Description(np.array(values, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class _Series:
    """One value per frame of 10 ms."""

    level: Floats  # dB, shape (n,)
    mel: Floats  # power, shape (40, n)
    spectral: Floats  # the rows of _SPECTRAL, shape (6, n)
    pitch: Floats  # semitones, shape (n,); NaN at a bound and in digital silence


def _series(samples: Floats, lowest: float, highest: float) -> _Series:
    librosa = compiled_librosa()
    frequencies = librosa.fft_frequencies(sr=RATE, n_fft=_WINDOW)
    in_band = (frequencies >= lowest) & (frequencies <= highest)
    filters = librosa.filters.mel(
        sr=RATE, n_fft=_WINDOW, n_mels=_N_BANDS, fmin=lowest, fmax=highest
    )
    levels, mels, spectra = [], [], []
    for block in _blocks(samples, _WINDOW):
        power = np.abs(librosa.stft(block, n_fft=_WINDOW, hop_length=HOP, center=False)) ** 2
        band = power[in_band]
        levels.append(_decibel(band.sum(axis=0)))
        mels.append(filters @ power)
        spectra.append(_spectral(band, frequencies[in_band]))
    pitches = [_pitch(block) for block in _blocks(samples, _PITCH_WINDOW)]
    return _Series(
        np.concatenate(levels),
        np.concatenate(mels, axis=1),
        np.concatenate(spectra, axis=1),
        np.concatenate(pitches),
    )


def _blocks(samples: Floats, window: int) -> Iterator[Floats]:
    """Stretches of sound that hold up to 30 s of frames, each window centred on its 10 ms."""
    n_frames = len(samples) // HOP
    padded = np.pad(samples, (window - HOP) // 2)
    for first in range(0, n_frames, _BLOCK):
        last = min(first + _BLOCK, n_frames)
        yield padded[first * HOP : (last - 1) * HOP + window]


def _spectral(power: Floats, frequencies: Floats) -> Floats:
    """The rows of _SPECTRAL; power of the band, shape (n_rows, n_frames)."""
    librosa = compiled_librosa()
    amplitude = np.sqrt(power)
    centroid = librosa.feature.spectral_centroid(S=amplitude, freq=frequencies)
    bandwidth = librosa.feature.spectral_bandwidth(S=amplitude, freq=frequencies, centroid=centroid)
    rolloff = librosa.feature.spectral_rolloff(S=power, freq=frequencies, roll_percent=0.85)
    flatness = librosa.feature.spectral_flatness(S=power, power=1.0, amin=_NOTHING)
    above_1k, above_2k = frequencies > 1000, frequencies >= 2000
    alpha = _decibel(power[above_1k].sum(axis=0)) - _decibel(power[~above_1k].sum(axis=0))
    hammarberg = _decibel(power[~above_2k].max(axis=0)) - _decibel(power[above_2k].max(axis=0))
    return np.vstack([centroid, bandwidth, rolloff, _decibel(flatness), alpha, hammarberg])


def _pitch(block: Floats) -> Floats:
    librosa = compiled_librosa()
    n_frames = 1 + (len(block) - _PITCH_WINDOW) // HOP
    if not block.any():
        return np.full(n_frames, np.nan)
    hertz = librosa.yin(
        block,
        fmin=_PITCH_MIN,
        fmax=_PITCH_MAX,
        sr=RATE,
        frame_length=_PITCH_WINDOW,
        hop_length=HOP,
        center=False,
    )
    inside = (hertz > _PITCH_MIN * _QUARTER_TONE) & (hertz < _PITCH_MAX / _QUARTER_TONE)
    return np.where(inside, 12 * np.log2(hertz / _PITCH_ZERO), np.nan)


def _cepstral(mel: Floats, heard: Mask) -> list[float]:
    """Mean, sd and sd of the slope of each coefficient over the heard frames; 60 numbers."""
    librosa = compiled_librosa()
    relative = mel / mel[:, heard].mean()
    decibel = librosa.power_to_db(relative, amin=_FLOOR, top_db=None)
    mfcc = librosa.feature.mfcc(S=decibel, n_mfcc=_N_MFCC)
    slope = librosa.feature.delta(mfcc, width=_DELTA_WIDTH, mode="nearest")
    return [
        float(number)
        for row, slope_row in zip(mfcc[:, heard], slope[:, heard], strict=True)
        for number in (row.mean(), row.std(), slope_row.std())
    ]


def _loud(values: Floats) -> float:
    return float(np.sort(values)[-_LOUD_FRAMES])


def _decibel(power: Floats) -> Floats:
    decibel: Floats = 10 * np.log10(np.maximum(power, _NOTHING))
    return decibel


def _too_little(what: str, frames: Mask, needed: float) -> str:
    return f"{frames.sum() / PER_SECOND:.2f} s of {what}; {needed} s are needed"
