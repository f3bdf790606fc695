"""Krippendorff's alpha from counts of votes, with an interval whose unit is the speaker.

Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: from n_uc, how many raters gave
unit u the value c, and m_u = Σ_c n_uc, over the units with m_u ≥ 2,

    o_ck = Σ_u n_uc·(n_uk − [c = k]) / (m_u − 1)      coincidences; n_c = Σ_k o_ck, n = Σ_c n_c
    D    = (n − 1)·Σ o_ck·δ²_ck / Σ n_c·n_k·δ²_ck     disagreement, relative to that of chance
    α    = 1 − D

    δ² nominal   [c ≠ k]
    δ² ordinal   (Σ_{g=c..k} n_g − (n_c + n_k)/2)²     in the order of the values given
    δ² interval  (c − k)²

The units of one speaker are one cluster. D is a ratio of disagreements, so it is treated as a rate
is: each speaker i is left out in turn, V = Σ_i (log D − log D₍₋ᵢ₎)², t with K − 1 degrees of
freedom on the log; two groups by the log ratio of their D, Welch–Satterthwaite; the difference of
two alphas by MOVER (Zou & Donner 2008, Statistics in Medicine 27:1693–1702). No interval reaches
above 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, t_quantile, too_few, two_sided_p
from biasbench.evidence.methods.cr3 import mover_difference, satterthwaite_dof
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.tables.labels import Codes

Scale = Literal["nominal", "ordinal", "interval"]

#: A variance of log D below this is rounding: leaving anybody out changes nothing.
_NO_SPREAD = 1e-24


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha of some people's units; None where a figure does not exist."""

    value: float | None
    variance: float | None  # V, of log(1 − alpha)
    n_speakers: int  # people with a unit that two or more rated
    note: str | None = None  # why there is no value, or no variance

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Both ends, by t on the log of 1 − alpha."""
        if self.value is None or self.variance is None:
            return None
        reach = t_quantile(level, self.n_speakers - 1) * math.sqrt(self.variance)
        d = 1 - self.value
        return 1 - d * math.exp(min(reach, 700.0)), 1 - d * math.exp(-reach)  # exp: up to 709


@dataclass(frozen=True)
class AlphaGap:
    """Difference of two alphas; None where a figure does not exist."""

    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None  # of the log ratio of disagreement
    note: str | None = None


def coincidences(counts: FloatArray, speaker: Codes) -> FloatArray:
    """o_ck of each speaker's units, shape (n_speakers, n_values, n_values).

    `counts` has shape (n_units, n_values), `speaker` are codes 0 … n − 1. Units with fewer than
    two ratings pair with nothing and add nothing.

    >>> coincidences(np.array([[2.0, 1.0], [1.0, 0.0]]), np.array([0, 0]))
    array([[[1., 1.],
            [1., 0.]]])
    """
    ratings = counts.sum(axis=1)
    pairs = ratings >= 2
    kept, m = counts[pairs], ratings[pairs]
    of_unit = kept[:, :, None] * kept[:, None, :]
    diagonal = np.arange(counts.shape[1])
    of_unit[:, diagonal, diagonal] -= kept
    found = np.zeros((int(speaker.max()) + 1, counts.shape[1], counts.shape[1]))
    np.add.at(found, speaker[pairs], of_unit / (m - 1)[:, None, None])
    return found


def disagreement(
    coincidence: FloatArray, *, scale: Scale = "nominal", values: FloatArray | None = None
) -> float:
    """D = 1 − alpha; NaN where chance alone could not disagree (one value, or no pair).

    `values`, shape (n_values,), are the numbers of an interval scale.

    >>> disagreement(np.array([[8.0, 2.0], [2.0, 8.0]]))
    0.38
    """
    margin = coincidence.sum(axis=1)
    n = float(margin.sum())
    apart = _apart(margin, scale, values)
    expected = float(margin @ apart @ margin)
    return (n - 1) * float((coincidence * apart).sum()) / expected if expected > 0 else math.nan


def krippendorff_alpha(
    counts: FloatArray, *, scale: Scale = "nominal", values: FloatArray | None = None
) -> float:
    """Alpha of units × values counts; NaN where it does not exist.

    >>> counts = np.array([[3.0, 0.0], [0.0, 3.0], [2.0, 1.0], [0.0, 2.0]])
    >>> round(krippendorff_alpha(counts), 3)
    0.667
    """
    whole = coincidences(counts, np.zeros(len(counts), dtype=np.intp)).sum(axis=0)
    return 1 - disagreement(whole, scale=scale, values=values)


def alpha_of_speakers(
    counts: FloatArray,
    speaker: Codes,
    *,
    scale: Scale = "nominal",
    values: FloatArray | None = None,
) -> Alpha:
    """Alpha, and its variance from leaving out each speaker (module docstring).

    `speaker` are any whole numbers that tell people apart. No variance below 3 people, where all
    raters agree, or where the disagreement is about one person alone.

    >>> counts = np.array([[3.0, 0.0], [0.0, 3.0], [2.0, 1.0]] * 4)
    >>> found = alpha_of_speakers(counts, np.arange(12) // 3)
    >>> round(found.value, 4), found.n_speakers, found.note
    (0.5625, 4, None)
    """
    paired = counts.sum(axis=1) >= 2
    people, codes = np.unique(speaker[paired], return_inverse=True)
    n_people = len(people)
    if not n_people:
        return Alpha(None, None, 0, "no unit has two ratings: nothing can agree")
    each = coincidences(counts[paired], codes)
    each = each[np.lexsort(each.reshape(n_people, -1).T)]  # by what they are, not by their names
    whole = each.sum(axis=0)
    d = disagreement(whole, scale=scale, values=values)
    if math.isnan(d):
        return Alpha(
            None, None, n_people, "every rating is the same value: chance alone would agree"
        )
    left = np.array([disagreement(whole - one, scale=scale, values=values) for one in each])
    note = _why_no_variance(d, left)
    if note is not None:
        return Alpha(1 - d, None, n_people, note)
    return Alpha(1 - d, float(((math.log(d) - np.log(left)) ** 2).sum()), n_people)


def alpha_gap(one: Alpha, other: Alpha, *, level: float = 0.95) -> AlphaGap:
    """The difference of two alphas, its interval and p-value where there are 6 people a side.

    >>> found = alpha_gap(Alpha(0.40, 0.006, 20), Alpha(0.25, 0.004, 20))
    >>> f"{found.difference:.2f} [{found.low:.2f}, {found.high:.2f}] p={found.p:.3f}"
    '0.15 [0.01, 0.29] p=0.032'
    """
    if one.value is None or other.value is None:
        return AlphaGap(note=one.note if one.value is None else other.note)
    difference = one.value - other.value
    ends, other_ends = one.interval(level), other.interval(level)
    few = min(one.n_speakers, other.n_speakers)
    if few < FEWEST_TO_TEST:
        people = "1 person" if few == 1 else f"{few} people"
        note = f"{people} on a side: described only, {FEWEST_TO_TEST} are needed to compare"
        return AlphaGap(difference, note=note)
    if ends is None or other_ends is None or one.variance is None or other.variance is None:
        return AlphaGap(difference, note=one.note or other.note)
    low, high = mover_difference(one.value, *ends, other.value, *other_ends)
    dof = satterthwaite_dof(one.variance, one.n_speakers, other.variance, other.n_speakers)
    t = math.log((1 - one.value) / (1 - other.value)) / math.sqrt(one.variance + other.variance)
    return AlphaGap(difference, low, high, two_sided_p(t, dof))


def _why_no_variance(d: float, left: FloatArray) -> str | None:
    """What stands against a variance of log D; `left` is D without each person."""
    if len(left) < FEWEST_FOR_INTERVAL:
        return too_few(len(left))
    if d == 0:
        return "all raters agree about every unit: no spread to make an interval of"
    if not (left > 0).all():  # NaN included
        return "without one person there is no disagreement: no interval"
    if float(((math.log(d) - np.log(left)) ** 2).sum()) <= _NO_SPREAD:
        return "leaving out anybody changes nothing: no spread to make an interval of"
    return None


def _apart(margin: FloatArray, scale: Scale, values: FloatArray | None) -> FloatArray:
    """δ² between all pairs of values, shape (n_values, n_values)."""
    if scale == "nominal":
        return 1.0 - np.eye(len(margin))
    if scale == "interval":
        if values is None:
            raise ValueError("an interval scale needs the number of each value")
        return np.subtract.outer(values, values) ** 2
    middle = np.cumsum(margin) - margin / 2  # up to the middle of each value's own ratings
    return np.subtract.outer(middle, middle) ** 2
