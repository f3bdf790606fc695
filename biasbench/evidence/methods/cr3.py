"""The default: few-speaker corrected variance (CR3), Student's t with Welch–Satterthwaite df.

    log ratio   log R_g − log R_a,  variance V_g/R_g² + V_a/R_a²        (the p-value is from here,
    dof         (v_g + v_a)² / (v_g²/(K_g−1) + v_a²/(K_a−1))             and from nothing else)
    difference  MOVER: Zou & Donner (2008), Statistics in Medicine 27:1693–1702, from the two
                groups' own log intervals
    means       the difference itself, variance V_g + V_a, the same dof; no ratio

Coverage of a nominal 95 % with 6 / 12 / 30 speakers a group: 95.5 / 94.4 / 95.3 for the ratio,
97.3 / 95.6 / 95.8 for the difference under no gap (benchmarks/calibration.md, 4,000 studies).
Variance: Mancl & DeRouen (2001); degrees of freedom: Satterthwaite (1946), Welch (1947).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from biasbench.evidence.comparison import Comparison, described
from biasbench.evidence.estimate import Estimate, estimate, t_quantile, two_sided_p
from biasbench.evidence.sums import SpeakerSums

INTERVAL = "cr3-satterthwaite"
_RATE = "CR3 t (Welch–Satterthwaite) on the log ratio; MOVER for the difference"
_MEAN = "CR3 t (Welch–Satterthwaite) on the difference"

#: Beyond this, a float's square is beyond all floats.
_SQUARE_OVERFLOWS = 1e150


def compare(
    group: SpeakerSums,
    against: SpeakerSums,
    *,
    level: float = 0.95,
    rng: np.random.Generator | None = None,
    n_resamples: int = 0,
) -> Comparison:
    """Ratio, difference, their intervals and the p-value; nothing is drawn at random.

    `rng` and `n_resamples` are there because every method takes them. With no interval on either
    side (fewer than 3 speakers, nobody differing) the values are described and a note says why.
    A side without a single event has a difference and its interval, but no log ratio, so no p.

    >>> from biasbench.evidence.sums import speaker_sums
    >>> people = np.repeat(np.arange(8), 5)
    >>> a = speaker_sums(people, np.tile([3, 2, 4, 1, 2], 8) + people % 3, np.full(40, 12))
    >>> b = speaker_sums(people, np.tile([1, 2, 1, 1, 2], 8) + people % 2, np.full(40, 12))
    >>> found = compare(a, b)
    >>> f"{found.ratio:.2f} [{found.ratio_low:.2f}, {found.ratio_high:.2f}] p={found.p:.4f}"
    '1.72 [1.27, 2.35] p=0.0020'
    """
    label = _MEAN if group.kind == "mean" else _RATE
    plain = described(group, against, level=level, method=label)
    one, other = estimate(group, level=level), estimate(against, level=level)
    side, other_side = _side(one), _side(other)
    if side is None or other_side is None:
        return replace(plain, method="described only", note=one.note or other.note)
    if group.kind == "mean":
        return _means(plain, side, other_side)
    low, high = mover_difference(
        side.value, side.low, side.high, other_side.value, other_side.low, other_side.high
    )
    found = replace(plain, difference_low=low, difference_high=high)
    if side.value == 0 or other_side.value == 0:
        return replace(found, note=one.note or other.note)
    return _log_ratio(found, side, other_side)


def satterthwaite_dof(
    variance: float, n_speakers: int, other_variance: float, other_n_speakers: int
) -> float:
    """Welch–Satterthwaite degrees of freedom of a sum of two independent variances.

    >>> satterthwaite_dof(1.0, 11, 1.0, 11)
    20.0
    """
    return (variance + other_variance) ** 2 / (
        variance**2 / (n_speakers - 1) + other_variance**2 / (other_n_speakers - 1)
    )


def mover_difference(
    value: float,
    low: float,
    high: float,
    against_value: float,
    against_low: float,
    against_high: float,
    *,
    correlation: float = 0.0,
) -> tuple[float, float]:
    """Ends of an interval for value − against_value out of the two separate intervals.

    Zou & Donner (2008), equations for a difference; it keeps the skewness of each interval. Where
    the two estimates go together (both sides read the same sentences, or share a covariate),
    Zou (2007), Psychological Methods 12:399–413: with a = value − low and b = against_high −
    against_value, the lower arm is √(a² + b² − 2ρab), and likewise above.

    >>> low, high = mover_difference(0.2, 0.15, 0.28, 0.1, 0.08, 0.13)
    >>> round(low, 4), round(high, 4)
    (0.0417, 0.1825)
    """
    difference = value - against_value

    def arm(one: float, other: float) -> float:
        # Where next to nothing is known an end is so far off that its square overflows.
        largest = max(abs(one), abs(other))
        unit = largest if largest > _SQUARE_OVERFLOWS else 1.0
        one, other = one / unit, other / unit
        return unit * math.sqrt(max(one**2 + other**2 - 2 * correlation * one * other, 0.0))

    return (
        difference - arm(value - low, against_high - against_value),
        difference + arm(high - value, against_value - against_low),
    )


@dataclass(frozen=True)
class _Side:
    """An estimate that has its interval."""

    value: float
    low: float
    high: float
    variance: float
    n_speakers: int


def _side(found: Estimate) -> _Side | None:
    if found.value is None or found.low is None or found.high is None:
        return None
    return _Side(found.value, found.low, found.high, found.variance or 0.0, found.n_speakers)


def _log_ratio(found: Comparison, one: _Side, other: _Side) -> Comparison:
    v_one, v_other = one.variance / one.value**2, other.variance / other.value**2
    dof = satterthwaite_dof(v_one, one.n_speakers, v_other, other.n_speakers)
    log_ratio, error = math.log(one.value / other.value), math.sqrt(v_one + v_other)
    reach = t_quantile(found.level, dof) * error
    t = log_ratio / error
    return replace(
        found,
        ratio_low=math.exp(max(log_ratio - reach, -700.0)),  # exp overflows beyond 709
        ratio_high=math.exp(min(log_ratio + reach, 700.0)),
        t=t,
        dof=dof,
        p=two_sided_p(t, dof),
    )


def _means(plain: Comparison, one: _Side, other: _Side) -> Comparison:
    difference = one.value - other.value
    dof = satterthwaite_dof(one.variance, one.n_speakers, other.variance, other.n_speakers)
    error = math.sqrt(one.variance + other.variance)
    reach = t_quantile(plain.level, dof) * error
    t = difference / error
    return replace(
        plain,
        difference_low=difference - reach,
        difference_high=difference + reach,
        t=t,
        dof=dof,
        p=two_sided_p(t, dof),
    )
