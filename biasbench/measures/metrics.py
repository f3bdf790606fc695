"""Metrics: each turns what is known of n utterances into n numerators and n denominators.

A group's value is Σ numerator / Σ denominator; nothing here divides over a group. Both are NaN
where the metric is missing: a transcript that failed has no word error rate, and to call it 0
or 1 would be to invent one. A metric is a few lines here, or in the file of what it reads, and a
line in `catalogue`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from biasbench.measures.align import count_edits_many

Numbers = NDArray[np.float64]
Fractions = tuple[Numbers, Numbers]


@dataclass(frozen=True, eq=False)
class Edits:
    """Normalised texts of n utterances and the edits between them, counted when first asked for.

    is_known: shape (n,), False where there is no transcript to compare (failed, skipped or
    never made); edits are NaN there.
    """

    references: Sequence[str]
    hypotheses: Sequence[str]
    is_known: NDArray[np.bool_]

    @cached_property
    def words(self) -> Numbers:
        """Shape (n, 4): hits, substitutions, deletions, insertions of words."""
        counts = count_edits_many(self.references, self.hypotheses)
        return np.where(self.is_known[:, None], counts, np.nan)

    @cached_property
    def characters(self) -> Numbers:
        """The same of characters, a space between words being one."""
        counts = count_edits_many(self.references, self.hypotheses, of="characters")
        return np.where(self.is_known[:, None], counts, np.nan)


def wer(edits: Edits) -> Fractions:
    """Word errors / reference words. An empty reference adds its insertions and no words."""
    return _errors(edits.words), _length(edits.words)


def cer(edits: Edits) -> Fractions:
    """Character errors / reference characters, spaces between words included."""
    return _errors(edits.characters), _length(edits.characters)


def substitution_rate(edits: Edits) -> Fractions:
    """Words replaced / reference words."""
    return edits.words[:, 1], _length(edits.words)


def deletion_rate(edits: Edits) -> Fractions:
    """Words left out / reference words. An empty transcript leaves out all of them."""
    return edits.words[:, 2], _length(edits.words)


def insertion_rate(edits: Edits) -> Fractions:
    """Words added / reference words."""
    return edits.words[:, 3], _length(edits.words)


def wer_macro(edits: Edits) -> Fractions:
    """The utterance's own word error rate / 1: a short "yes" weighs as much as a long story.

    Missing where the reference is empty.
    """
    return _macro(*wer(edits))


def cer_macro(edits: Edits) -> Fractions:
    """The utterance's own character error rate / 1; missing where the reference is empty."""
    return _macro(*cer(edits))


def no_output_rate(status: NDArray[np.object_]) -> Fractions:
    """Utterances for which the system answered with nothing / utterances it answered."""
    return _share(status == "empty", among=np.isin(status, ["ok", "empty"]))


def failure_rate(status: NDArray[np.object_]) -> Fractions:
    """Utterances on which the system failed / utterances it was given.

    A skipped utterance was not given to it, and is missing.
    """
    return _share(status == "failed", among=np.isin(status, ["ok", "empty", "failed"]))


def mean_score(values: Numbers) -> Fractions:
    """The score / 1, in the score's own unit; missing where the system gave none."""
    return values, np.where(np.isnan(values), np.nan, 1.0)


def _errors(counts: Numbers) -> Numbers:
    return counts[:, 1] + counts[:, 2] + counts[:, 3]


def _length(counts: Numbers) -> Numbers:
    return counts[:, 0] + counts[:, 1] + counts[:, 2]


def _macro(numerator: Numbers, denominator: Numbers) -> Fractions:
    rate = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=rate, where=denominator > 0)
    return rate, np.where(denominator > 0, 1.0, np.nan)


def _share(counted: NDArray[np.bool_], *, among: NDArray[np.bool_]) -> Fractions:
    return np.where(among, counted, np.nan), np.where(among, 1.0, np.nan)
