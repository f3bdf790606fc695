"""A group's rate, and an interval for it that holds with few speakers.

Conventions, for the speakers i = 1 … K of one group (docs/statistics.md, "The engine"):

    R   = Σ e_i / W            the rate; W = Σ w_i
    h_i = w_i / W              leverage: the share of the group's data that is person i's
    r_i = e_i − R·w_i          residual
    V   = Σ [r_i / (1 − h_i)]² / W²

V is the CR3 (leave-one-cluster-out like) variance of Mancl & DeRouen (2001), Biometrics
57:126–134, written out for an intercept-only Poisson model with offset log w: V / R² is what
statsmodels' GEE reports as `cov_type="bias_reduced"` (tests/others/test_gee.py: to 1e-10).

A rate gets its interval on the log scale, a mean on its own; both with t on K − 1 degrees of
freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from biasbench.evidence.sums import FloatArray, SpeakerSums

#: Below this many people there is no interval: two cannot tell their group from themselves.
FEWEST_FOR_INTERVAL = 3

#: A relative variance below this is rounding: every person has the same value.
_NO_SPREAD = 1e-24


@dataclass(frozen=True)
class Estimate:
    """A group's value with the interval for this group alone; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    level: float
    variance: float | None  # V_CR3 of the value
    n_speakers: int
    n_effective: float | None
    note: str | None = None  # what a reader must know about the interval


def rate(numerator: FloatArray, denominator: FloatArray) -> float:
    """Σ numerator / Σ denominator; NaN when the denominator is 0.

    >>> rate(np.array([1.0, 3.0]), np.array([10.0, 10.0]))
    0.2
    """
    total = float(denominator.sum())
    return float(numerator.sum()) / total if total > 0 else math.nan


def leverage(denominator: FloatArray) -> FloatArray:
    """Each speaker's share of the group's denominator, w_i / W; shape (n,).

    >>> leverage(np.array([1.0, 3.0]))
    array([0.25, 0.75])
    """
    share: FloatArray = denominator / denominator.sum()
    return share


def effective_speakers(denominator: FloatArray) -> float:
    """W² / Σ w_i²: how many equally talkative people these weigh as much as (Kish 1965).

    >>> effective_speakers(np.array([10.0, 10.0, 10.0]))
    3.0
    >>> round(effective_speakers(np.array([98.0, 1.0, 1.0])), 2)
    1.04
    """
    squares = float((denominator**2).sum())
    return float(denominator.sum()) ** 2 / squares if squares > 0 else math.nan


def variance_cr3(numerator: FloatArray, denominator: FloatArray) -> float:
    """V_CR3 of the rate (module docstring); NaN when one person is the whole denominator.

    >>> variance_cr3(np.array([1.0, 3.0]), np.array([10.0, 10.0]))
    0.02
    """
    if not denominator.sum() > 0:  # nobody with anything to be right or wrong about
        return math.nan
    share = leverage(denominator)
    if not share.size or not np.isfinite(share).all() or share.max() >= 1:
        return math.nan
    residual = numerator - rate(numerator, denominator) * denominator
    return float(((residual / (1 - share)) ** 2).sum()) / float(denominator.sum()) ** 2


def between_speaker_sd(sums: SpeakerSums) -> float:
    """Standard deviation of the value between people, √(K·V): what planning needs.

    >>> round(between_speaker_sd(SpeakerSums(np.array([1.0, 3]), np.array([10.0, 10]), 2)), 3)
    0.2
    """
    return math.sqrt(sums.n_speakers * variance_cr3(sums.numerator, sums.denominator))


def estimate(sums: SpeakerSums, *, level: float = 0.95) -> Estimate:
    """The group's value and its interval.

    No interval below 3 speakers, nor where nothing tells people apart (all have one value). A
    rate without a single event has 0 for its lower end and, for its upper, the exact bound on
    the share of *speakers* with any event, 1 − (1 − level)^(1/K): the rule of three. It bounds
    the rate too wherever nobody's events outnumber their denominator.

    >>> tiny = SpeakerSums(np.array([2.0, 3.0, 5.0, 4.0]), np.array([20.0, 30.0, 30.0, 25.0]), 40)
    >>> found = estimate(tiny)
    >>> round(found.low, 3), round(found.value, 3), round(found.high, 3)
    (0.079, 0.133, 0.226)
    >>> estimate(SpeakerSums(np.zeros(20), np.full(20, 50.0), 100)).note
    'no event among 20 people: the upper end is the exact bound on the share of people ...'
    """
    value = rate(sums.numerator, sums.denominator)
    people = sums.n_speakers
    bare = Estimate(
        value=_number(value),
        low=None,
        high=None,
        level=level,
        variance=None,
        n_speakers=people,
        n_effective=_number(effective_speakers(sums.denominator)),
    )
    if people < FEWEST_FOR_INTERVAL:
        return _with(bare, note=too_few(people))
    if sums.kind == "rate" and value == 0:
        return _with(
            bare,
            low=0.0,
            high=1 - (1 - level) ** (1 / people),
            note=f"no event among {people} people: the upper end is the exact bound on the "
            "share of people with any (rule of three)",
        )
    variance = variance_cr3(sums.numerator, sums.denominator)
    if math.isnan(variance):
        return _with(bare, note="one person is the whole denominator: no interval")
    if variance <= _NO_SPREAD * max(value**2, 1e-300):
        return _with(bare, note="every person has the same value: no spread to make an interval of")
    reach = t_quantile(level, people - 1) * math.sqrt(variance)
    if sums.kind == "mean":
        return _with(bare, low=value - reach, high=value + reach, variance=variance)
    return _with(
        bare,
        low=value * math.exp(-reach / value),
        high=value * math.exp(min(reach / value, 700.0)),  # exp overflows beyond 709
        variance=variance,
    )


def too_few(n_speakers: int) -> str:
    """Why there is no interval.

    >>> too_few(1)
    '1 person: no interval below 3'
    """
    people = "1 person" if n_speakers == 1 else f"{n_speakers} people"
    return f"{people}: no interval below {FEWEST_FOR_INTERVAL}"


def t_quantile(level: float, dof: float) -> float:
    """Two-sided critical value of Student's t.

    >>> round(t_quantile(0.95, 11), 3)
    2.201
    """
    # What scipy.stats.t.ppf calls in the end, bit by bit, at a thirtieth of its time.
    return float(special.stdtrit(dof, (1 + level) / 2))


def two_sided_p(t: float, dof: float) -> float:
    """Two-sided p-value of Student's t, 2·P(T ≥ |t|); NaN where t or dof is.

    >>> round(two_sided_p(-2.201, 11), 3)
    0.05
    >>> two_sided_p(math.nan, 11)
    nan
    """
    return 2 * float(special.stdtr(dof, -abs(t)))


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _with(
    bare: Estimate,
    *,
    low: float | None = None,
    high: float | None = None,
    variance: float | None = None,
    note: str | None = None,
) -> Estimate:
    return Estimate(
        bare.value, low, high, bare.level, variance, bare.n_speakers, bare.n_effective, note
    )
