"""Sums per speaker: what every statistic of this package starts from.

A metric is a numerator and a denominator per utterance. Here they are added up by person, and
from then on the person is the unit: utterances of one speaker resemble each other, so counting
them as independent finds differences that are not there.

    e_i = Σ numerator of speaker i      w_i = Σ denominator of speaker i
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

#: A rate is compared by its ratio and its difference; a mean, which may be negative or have an
#: arbitrary zero, by its difference alone.
Kind = Literal["rate", "mean"]


@dataclass(frozen=True)
class RowMoments:
    """Sums of squares and products over the rows of one side: Σe², Σe·w, Σw².

    All that the *naive* variance needs, the one that counts rows as people. It is computed to be
    shown beside the right one, and for nothing else.
    """

    ee: float
    ew: float
    ww: float

    def __add__(self, other: RowMoments) -> RowMoments:
        """The moments of both sides' rows together."""
        return RowMoments(self.ee + other.ee, self.ew + other.ew, self.ww + other.ww)


def row_moments(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> RowMoments:
    """The moments of rows; a row without a value (NaN over NaN) adds nothing.

    >>> row_moments([1, 2, np.nan], [10, 20, np.nan])
    RowMoments(ee=5.0, ew=50.0, ww=500.0)
    """
    e, w = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    if np.isnan(w).any():
        here = ~np.isnan(w)
        e, w = e[here], w[here]
    return RowMoments(float(e @ e), float(e @ w), float(w @ w))


@dataclass(frozen=True)
class SpeakerSums:
    """One side of a comparison: a pair of sums for each person, and how many rows lie under them.

    The people stand in the order of their sums, not of their names: renaming or reordering
    speakers changes no figure, down to the last bit, and nobody can be recognised by place.
    """

    numerator: FloatArray  # e_i, shape (n,)
    denominator: FloatArray  # w_i, shape (n,)
    n_utterances: int  # rows with a value
    n_missing: int = 0  # rows without one
    kind: Kind = "rate"
    rows: RowMoments | None = None  # None where only sums are known

    @property
    def n_speakers(self) -> int:
        """People with a denominator.

        Someone all of whose references are empty adds their insertions to the numerator and is
        not counted: the number of people never depends on what a system wrote.
        """
        return int(np.count_nonzero(self.denominator > 0))

    def __add__(self, other: SpeakerSums) -> SpeakerSums:
        """Both sides pooled into one; they must be different people of one kind of metric."""
        if self.kind != other.kind:
            raise ValueError(f"cannot pool the sums of a {self.kind} with those of a {other.kind}")
        return ordered_sums(
            np.concatenate([self.numerator, other.numerator]),
            np.concatenate([self.denominator, other.denominator]),
            n_utterances=self.n_utterances + other.n_utterances,
            n_missing=self.n_missing + other.n_missing,
            kind=self.kind,
            rows=None if self.rows is None or other.rows is None else self.rows + other.rows,
        )


def speaker_sums(
    speaker_id: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    *,
    kind: Kind = "rate",
) -> SpeakerSums:
    """Add up rows by speaker; arrays of one length, a row without a value is NaN over NaN.

    >>> speaker_sums(["ann", "bob", "ann"], [1, 0, 2], [10, 8, 12])
    SpeakerSums(numerator=array([0., 3.]), denominator=array([ 8., 22.]), n_utterances=3, ...)
    """
    codes, people = pd.factorize(np.asarray(speaker_id))
    e, w = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    per_speaker = sums_by_code(codes, e, w, n_codes=len(people))
    here = per_speaker.n_rows > 0
    return ordered_sums(
        per_speaker.numerator[here],
        per_speaker.denominator[here],
        n_utterances=int(per_speaker.n_rows.sum()),
        n_missing=int(per_speaker.n_missing.sum()),
        kind=kind,
        rows=row_moments(e, w),
    )


@dataclass(frozen=True)
class CodedSums:
    """Sums for each of `n` codes (speakers, or groups), in the order of the codes; shape (n,)."""

    numerator: FloatArray
    denominator: FloatArray
    n_rows: IntArray
    n_missing: IntArray


def sums_by_code(
    codes: npt.NDArray[np.integer], numerator: FloatArray, denominator: FloatArray, *, n_codes: int
) -> CodedSums:
    """Sums of the rows that bear each code 0 … n_codes − 1; rows of NaN over NaN are counted apart.

    >>> sums_by_code(np.array([0, 1, 0]), np.array([1.0, np.nan, 2.0]),
    ...              np.array([9.0, np.nan, 9.0]), n_codes=2).n_missing
    array([0, 1])
    """
    here = ~np.isnan(denominator)
    if not here.all():
        missing = np.bincount(codes[~here], minlength=n_codes)
        codes, numerator, denominator = codes[here], numerator[here], denominator[here]
    else:
        missing = np.zeros(n_codes, dtype=np.int64)
    return CodedSums(
        np.bincount(codes, weights=numerator, minlength=n_codes).astype(float),
        np.bincount(codes, weights=denominator, minlength=n_codes).astype(float),
        np.bincount(codes, minlength=n_codes).astype(np.int64),
        missing.astype(np.int64),
    )


def ordered_sums(
    numerator: FloatArray,
    denominator: FloatArray,
    *,
    n_utterances: int,
    n_missing: int = 0,
    kind: Kind = "rate",
    rows: RowMoments | None = None,
) -> SpeakerSums:
    """Sums per person that were made elsewhere, put in their order.

    >>> ordered_sums(np.array([5.0, 2]), np.array([40.0, 30]), n_utterances=9).numerator
    array([2., 5.])
    """
    order = np.lexsort((numerator, denominator))
    return SpeakerSums(numerator[order], denominator[order], n_utterances, n_missing, kind, rows)
