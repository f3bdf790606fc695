"""The difference of two rates that go together because both sides read a sentence.

MOVER with the correlation that shared sentences make: Zou (2007), Psychological Methods
12:399–413 (`evidence.methods.cr3.mover_difference`).
"""

from __future__ import annotations

import math

import numpy as np

from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.methods.cr3 import mover_difference
from biasbench.evidence.sums import FloatArray
from biasbench.explain.sentences.moves import Contrast, Moves, one_reader_each


def difference_ends(found: Contrast, *, level: float, new_sentences: bool) -> tuple[float, float]:
    """Ends for the difference of two rates whose people and sentences both vary.

    MOVER on the log intervals of the two sides, with t on the fewer of its people and its
    sentences, less one, and with the correlation that shared sentences make. Each end is the
    farther of the speaker-only and the two-way one.

    >>> from biasbench.explain.sentences.moves import contrast
    >>> person, own = np.repeat(np.arange(16), 8), np.tile(np.arange(8), 16)
    >>> errors = (2.0 + own % 5 + person % 3) * np.where(person < 8, 2, 1)
    >>> found = contrast(person, own, errors, np.full(128, 40.0), person < 8)
    >>> low, high = difference_ends(found, level=0.95, new_sentences=True)
    >>> round(low, 3), round(high, 3)
    (0.068, 0.169)
    """
    speaker = _covariance(found.speaker, found)
    n_people = (int(found.speaker.in_group.sum()), int(found.speaker.in_against.sum()))
    low, high = _mover(found, speaker, n_people, level)
    if not new_sentences or one_reader_each(found):
        return low, high
    both = speaker + _covariance(found.sentence, found) - _covariance(found.cell, found)
    # Each side's own variance is the larger of its two, as that of the contrast is.
    both[[0, 1], [0, 1]] = np.maximum(np.diag(both), np.diag(speaker))
    sentences = (int(found.sentence.in_group.sum()), int(found.sentence.in_against.sum()))
    counts = (min(n_people[0], sentences[0]), min(n_people[1], sentences[1]))
    two_way = _mover(found, both, counts, level)
    return min(low, two_way[0]), max(high, two_way[1])


def _covariance(moves: Moves, found: Contrast) -> FloatArray:
    """Covariance of the two log values; shape (2, 2)."""
    both = np.stack([moves.group / found.value, moves.against / found.against_value])
    made: FloatArray = both @ both.T
    return made


def _mover(
    found: Contrast, covariance: FloatArray, counts: tuple[int, int], level: float
) -> tuple[float, float]:
    sides = []
    for value, variance, count in zip(
        (found.value, found.against_value), np.diag(covariance), counts, strict=True
    ):
        arm = min(t_quantile(level, max(count - 1, 1)) * math.sqrt(variance), 700.0)
        sides.append((value, value * math.exp(-arm), value * math.exp(arm)))
    scale = math.sqrt(float(covariance[0, 0] * covariance[1, 1]))
    # The two-way covariance is a difference of estimates too: a correlation stays within 1.
    correlation = float(np.clip(covariance[0, 1] / scale, -1, 1)) if scale > 0 else 0.0
    return mover_difference(*sides[0], *sides[1], correlation=correlation)
