"""Pitch: the fundamental frequency of the voice, and how periodic the sound is.

Pitch is pYIN's (Mauch and Dixon 2014; librosa) between 75 and 400 Hz, every 10 ms in frames of
64 ms, in steps of a quarter of a semitone.
"""

from __future__ import annotations

import numpy as np

from biasbench.systems.voice.compiled import compiled_librosa
from biasbench.systems.voice.frames import HOP, RATE, Floats, Samples

PITCH_MIN, PITCH_MAX = 75.0, 400.0
PITCH_STEP = 0.25
WINDOW = 1024  # 64 ms: nearly five periods of the lowest pitch
VOICED = 0.45  # harmonicity above this: Boersma (1993), and his threshold
_QUARTER_TONE = 2 ** (0.5 / 12)  # nearer than this to a bound is at the bound
_ACF_WINDOW = 640  # 40 ms: three periods of the lowest pitch
_PITCH_BLOCK = 3000  # frames at once: 30 s, so that an hour of sound fits in memory

#: Every parameter, for a system's options.
OPTIONS = (
    ("pitch", f"pyin {PITCH_MIN:g}-{PITCH_MAX:g} Hz, step {PITCH_STEP} semitone"),
    ("frame", f"{WINDOW} samples every {HOP} at {RATE} Hz"),
    ("voiced", f"autocorrelation over {VOICED}"),
)


def pitch_track(samples: Samples) -> Floats:
    """Pitch in Hz of each frame of 10 ms, NaN where there is none; samples at 16 kHz."""
    librosa = compiled_librosa()
    n_frames = len(samples) // HOP
    pitch = np.full(n_frames, np.nan)
    padded = np.pad(samples, (WINDOW - HOP) // 2)  # centres each window on its frame of 10 ms
    for first in range(0, n_frames, _PITCH_BLOCK):
        last = min(first + _PITCH_BLOCK, n_frames)
        block = padded[first * HOP : (last - 1) * HOP + WINDOW]
        if not block.any():
            continue
        hertz, voiced, _ = librosa.pyin(
            block,
            fmin=PITCH_MIN,
            fmax=PITCH_MAX,
            sr=RATE,
            frame_length=WINDOW,
            hop_length=HOP,
            resolution=PITCH_STEP,
            center=False,
        )
        inside = (hertz > PITCH_MIN * _QUARTER_TONE) & (hertz < PITCH_MAX / _QUARTER_TONE)
        pitch[first:last] = np.where(voiced & inside, hertz, np.nan)
    return pitch


def harmonicity(samples: Samples) -> Floats:
    """How periodic each frame of 10 ms is, from 0 (noise) to 1 (a steady tone); 16 kHz.

    The highest value, between the lags of 400 and 75 Hz, of the autocorrelation of 40 ms under a
    Hann window, divided by that of the window itself. Boersma (1993), Accurate short-term analysis
    of the fundamental frequency, eq. 9.
    """
    n_frames = len(samples) // HOP
    window = np.hanning(_ACF_WINDOW)
    lags = slice(round(RATE / PITCH_MAX), round(RATE / PITCH_MIN) + 1)
    of_window = _autocorrelation(window[None])[0]
    padded = np.pad(samples, (_ACF_WINDOW - HOP) // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _ACF_WINDOW)[::HOP]
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
