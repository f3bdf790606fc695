"""Round thresholds for a curve that is published: an observed score is always somebody's own."""

from __future__ import annotations

import math

import numpy as np

from biasbench.evidence.sums import FloatArray

#: No more thresholds than this on a curve.
MOST_PLACES = 50

#: A score may be a multiple of the step but for what binary makes of it.
_SLACK = 1e-9


def round_places(score: FloatArray, *, higher_passes: bool = True) -> FloatArray:
    """Round thresholds that tell scores apart: multiples of 1, 2 or 5 times a power of ten.

    The finest such step that makes no more than 50 of them. One that everybody passes tells
    nobody apart and is left out; empty where all have one score.

    >>> round_places(np.array([61.3, 72.0, 98.7]))[:4], round_places(np.array([0.31, 0.34]))[-2:]
    (array([62., 63., 64., 65.]), array([0.339, 0.34 ]))
    >>> round_places(np.array([120.0, 380.0]), higher_passes=False)[:3]
    array([120., 130., 140.])
    """
    low, high = float(score.min()), float(score.max())
    if low == high:
        return np.array([])
    power = math.floor(math.log10((high - low) / MOST_PLACES))
    for factor in (1, 2, 5, 10):
        step = factor * 10.0**power
        first, last = math.ceil(low / step - _SLACK), math.floor(high / step + _SLACK)
        if last - first < MOST_PLACES:
            break
    places: FloatArray = np.round(np.arange(first, last + 1) * step, max(0, -power))
    return places[places > low] if higher_passes else places[places < high]
