"""Frames of 10 ms: the clock of everything in this package, and stretches of frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
HOP = 160
PER_SECOND = RATE // HOP

Samples = NDArray[np.float32]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def frames(samples: Samples) -> Samples:
    """The whole frames of a sound, shape (n_frames, 160); what is left over is left out."""
    n_frames = len(samples) // HOP
    return samples[: n_frames * HOP].reshape(n_frames, HOP)


def frame_power(samples: Samples) -> Floats:
    """Mean square of each whole frame of 10 ms, shape (n_frames,); samples at 16 kHz.

    >>> frame_power(np.full(320, 0.5, dtype=np.float32)).tolist()
    [0.25, 0.25]
    """
    of_sound = frames(samples)
    power: Floats = np.einsum("ij,ij->i", of_sound, of_sound, dtype=np.float64) / HOP
    return power


def stretches(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First frame of each run of True, and the frame after its last.

    >>> starts, ends = stretches(np.array([False, True, True, False, True]))
    >>> starts.tolist(), ends.tolist()
    ([1, 4], [3, 5])
    """
    steps = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def without_short(mask: Mask, value: bool, seconds: float) -> Mask:
    """The mask with every run of `value` shorter than that turned over.

    Silence (False) at either end stays silence, however short: nobody spoke on its other side.

    >>> without_short(np.array([False, True, True, False, True]), False, 0.02).tolist()
    [False, True, True, True, True]
    """
    turned = mask.copy()
    for start, end in zip(*stretches(mask == value), strict=True):
        at_an_end = start == 0 or end == len(mask)
        if end - start < seconds * PER_SECOND and (value or not at_an_end):
            turned[start:end] = not value
    return turned
