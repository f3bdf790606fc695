"""A clip as it was recorded, and as it comes out of a telephone.

    as recorded    16 kHz
    8 kHz µ-law    what a modern telephone network carries: ITU-T G.711 behind a headset
    narrow µ-law   the same behind a filter of 300 to 3400 Hz, the classic telephone band

The filter is a Butterworth of order 4 run forwards and backwards; µ-law is G.711's formula with
µ = 255 in 8 bits, at the level the recording has. Packet loss, noise and the microphone of a
headset are not imitated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import soxr
from scipy import signal

from biasbench.systems.voice.frames import RATE, Samples

_TELEPHONE_RATE = 8000
_MU = 255.0
_BAND = signal.butter(4, (300.0, 3400.0), "bandpass", fs=RATE, output="sos")


def as_recorded(samples: Samples) -> Samples:
    """The clip itself."""
    return samples


def mu_law(samples: Samples) -> Samples:
    """Through 8 kHz and 8 bits of µ-law, back at 16 kHz.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(16000) / 16000).astype(np.float32)
    >>> bool(np.abs(mu_law(tone)[500:-500] - tone[500:-500]).max() < 0.03)
    True
    """
    slow = np.clip(soxr.resample(samples, RATE, _TELEPHONE_RATE, quality="HQ"), -1, 1)
    pressed = np.sign(slow) * np.log1p(_MU * np.abs(slow)) / np.log1p(_MU)
    in_8_bits = np.round((pressed + 1) / 2 * _MU) / _MU * 2 - 1
    heard = np.sign(in_8_bits) * np.expm1(np.abs(in_8_bits) * np.log1p(_MU)) / _MU
    back: Samples = soxr.resample(
        heard.astype(np.float32), _TELEPHONE_RATE, RATE, quality="HQ"
    ).astype(np.float32)
    return back


def narrow_mu_law(samples: Samples) -> Samples:
    """Through 300 to 3400 Hz, then 8 kHz and µ-law."""
    return mu_law(signal.sosfiltfilt(_BAND, samples).astype(np.float32))


AS_RECORDED, MU_LAW, NARROW = "as recorded", "8 kHz µ-law", "narrow µ-law"

LINES: Mapping[str, Callable[[Samples], Samples]] = {
    AS_RECORDED: as_recorded,
    MU_LAW: mu_law,
    NARROW: narrow_mu_law,
}
