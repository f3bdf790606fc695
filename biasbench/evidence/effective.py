"""How much evidence there really is: what stands beside every number.

    effective speakers   W² / Σ w_i²               (estimate.effective_speakers)
    standard error       √(V_g/R_g² + V_a/R_a²)    of the log ratio; √(V_g + V_a) of a mean's
                                                   difference; V is V_CR3
    naive                the same with V⁰ = Σ_rows (e − R·w)² / W², rows counted as people
    design effect        (standard error / naive)²: how many rows weigh as much as one
    leave one out        difference and ratio without each person in turn: their range
    leverage             the largest h_i = w_i / W: what one person's share can be

The naive standard error is there to be compared with, and enters no interval. Design effect:
Kish (1965), Survey Sampling, §8.2. Leaving out: MacKinnon, Nielsen & Webb (2023), Journal of
Econometrics 232:272–299, on what a cluster-robust analysis has to report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from biasbench.evidence.estimate import effective_speakers, leverage, rate, variance_cr3
from biasbench.evidence.sums import FloatArray, SpeakerSums


@dataclass(frozen=True)
class Range:
    """The smallest and the largest of several figures."""

    low: float
    high: float


@dataclass(frozen=True)
class Effective:
    """What a comparison stands on; None where a figure does not exist.

    Standard errors are of the log ratio, or of the difference where the metric is a mean.
    `difference_without_one` and `ratio_without_one` are the ranges over all people of both sides.
    """

    n_effective: float | None
    n_effective_against: float | None
    largest_leverage: float | None
    standard_error: float | None
    standard_error_naive: float | None
    design_effect: float | None
    difference_without_one: Range | None
    ratio_without_one: Range | None


def effective(group: SpeakerSums, against: SpeakerSums) -> Effective:
    """All of the module docstring for one comparison.

    >>> from biasbench.evidence.sums import speaker_sums
    >>> people = np.repeat(np.arange(6), 4)
    >>> a = speaker_sums(people, people, np.full(24, 20))     # person k makes k errors in 20
    >>> b = speaker_sums(people, np.tile([1, 2, 1, 2], 6) + people % 2, np.full(24, 20))
    >>> found = effective(a, b)
    >>> round(found.standard_error, 3), round(found.standard_error_naive, 3)
    (0.356, 0.157)
    >>> round(found.design_effect, 1), found.n_effective
    (5.2, 6.0)
    """
    one, other = _relative_variances(group), _relative_variances(against)
    clustered = naive = None
    if one is not None and other is not None:
        clustered, naive = one[0] + other[0], _sum(one[1], other[1])
    return Effective(
        n_effective=_positive(effective_speakers(group.denominator)),
        n_effective_against=_positive(effective_speakers(against.denominator)),
        largest_leverage=_largest_leverage(group, against),
        standard_error=None if clustered is None else math.sqrt(clustered),
        standard_error_naive=None if naive is None else math.sqrt(naive),
        design_effect=clustered / naive if clustered is not None and naive else None,
        difference_without_one=_range(*_without_one(group, against, ratio=False)),
        ratio_without_one=_range(*_without_one(group, against, ratio=True))
        if group.kind == "rate"
        else None,
    )


def variance_naive(sums: SpeakerSums) -> float:
    """Σ_rows (e − R·w)² / W²: the variance of R if every row were another person's.

    NaN where only sums per person are known. To be shown beside V_CR3, never to be used: its
    intervals cover about 60 % for a nominal 95 % (docs/statistics.md).

    >>> from biasbench.evidence.sums import speaker_sums
    >>> round(variance_naive(speaker_sums([1, 1, 2], [1, 0, 2], [10, 10, 10])), 5)
    0.00222
    """
    total = float(sums.denominator.sum())
    if sums.rows is None or not total > 0:
        return math.nan
    value, rows = rate(sums.numerator, sums.denominator), sums.rows
    squares = rows.ee - 2 * value * rows.ew + value**2 * rows.ww
    return max(squares, 0.0) / total**2  # rounding can leave a tiny negative


def rates_without_one(sums: SpeakerSums) -> FloatArray:
    """The rate without each person in turn; shape (n,), NaN where nobody else has a denominator.

    >>> from biasbench.evidence.sums import speaker_sums
    >>> rates_without_one(speaker_sums([1, 2, 3], [1, 2, 6], [10, 10, 10]))
    array([0.4 , 0.35, 0.15])
    """
    left = sums.denominator.sum() - sums.denominator
    with np.errstate(divide="ignore", invalid="ignore"):
        found: FloatArray = (sums.numerator.sum() - sums.numerator) / left
    return np.where(left > 0, found, np.nan)


def _relative_variances(sums: SpeakerSums) -> tuple[float, float] | None:
    """V_CR3 and the naive variance, over R² for a rate; None where they do not exist."""
    value = rate(sums.numerator, sums.denominator)
    variance = variance_cr3(sums.numerator, sums.denominator)
    scale = 1.0 if sums.kind == "mean" else value**2
    if not (math.isfinite(variance) and scale > 0):
        return None
    return variance / scale, variance_naive(sums) / scale


def _sum(one: float, other: float) -> float | None:
    total = one + other
    return total if math.isfinite(total) and total > 0 else None


def _largest_leverage(group: SpeakerSums, against: SpeakerSums) -> float | None:
    shares = [
        float(leverage(side.denominator).max())
        for side in (group, against)
        if side.denominator.sum() > 0
    ]
    return max(shares) if len(shares) == 2 else None


def _without_one(
    group: SpeakerSums, against: SpeakerSums, *, ratio: bool
) -> tuple[FloatArray, FloatArray]:
    """The comparison without each person of the group, and without each of the other side."""
    value = rate(group.numerator, group.denominator)
    other = rate(against.numerator, against.denominator)
    one_side, other_side = rates_without_one(group), rates_without_one(against)
    if not ratio:
        return one_side - other, value - other_side
    with np.errstate(divide="ignore", invalid="ignore"):
        return one_side / np.float64(other), np.float64(value) / other_side


def _range(*figures: FloatArray) -> Range | None:
    """None if any person's absence leaves no figure: a range that leaves it out would be false."""
    every = np.concatenate(figures)
    if not every.size or not np.isfinite(every).all():
        return None
    return Range(float(every.min()), float(every.max()))


def _positive(value: float) -> float | None:
    return value if value > 0 else None  # NaN, with no denominator at all, is not above 0
