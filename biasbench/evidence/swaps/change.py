"""A model swapped for another: how much the gap changed, from the same words heard twice.

Speaker i said the same words to both models, so each is their own control:

    d_i    = e_i after − e_i before           over the same w_i
    change = Σ d_g / W_g − Σ d_a / W_a        the gap after minus the gap before, exactly
    V      = V_CR3 of each side's Σd / W      t with Welch–Satterthwaite df (`methods.cr3`, means)
    upper  = change + t_{1−α, ν}·√(V_g + V_a)     the one-sided bound; `lower` its mirror image

What a person and a sentence are like before the swap cancels in d_i; comparing the two gaps as if
other people had spoken would count it twice.

Non-inferiority, with a margin declared before: the new model is shown to worsen the gap by less
than the margin where the bound on the harmful side lies within it, that is where p_noninferior =
P(T_ν ≤ (change − margin)/√V) is below α. Schuirmann (1987), Journal of Pharmacokinetics and
Biopharmaceutics 15:657–680, one of his two one-sided tests. "Not shown to differ" is no pass: with
few people nearly everything is not shown to differ (tests/evidence/test_swap.py).

`method="bootstrap_t"` takes the critical value from resampled people instead (of |t*|, so that
the bound is symmetric), and p from the same t*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from scipy import special

from biasbench.errors import InsufficientDataError, OptionError, TableError
from biasbench.evidence.estimate import rate, t_quantile, variance_cr3
from biasbench.evidence.methods import bootstrap_t, cr3
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray, SpeakerSums, ordered_sums
from biasbench.evidence.swaps.pairing import Heard
from biasbench.tables import Direction

#: How the bound on the change is made.
SwapMethod = Literal["cr3", "bootstrap_t"]

_CR3 = "paired: CR3 t (Welch–Satterthwaite) on the change of each person, one-sided"
_BOOTSTRAP = (
    "paired: symmetric bootstrap-t of speakers ({n}) on the change of each person, one-sided"
)


@dataclass(frozen=True)
class ChangeInGap:
    """What the swap did to the gap of a group with its other side; None where there is no figure.

    `change` is gap_after − gap_before in the metric's unit, in the order of the question; which
    sign harms the group is said by `direction`. `lower` and `upper` are one-sided bounds, each at
    1 − alpha; together they are a two-sided interval at 1 − 2·alpha.
    """

    gap_before: float
    gap_after: float
    change: float
    group_change: float
    against_change: float
    lower: float | None
    upper: float | None
    alpha: float
    margin: float | None
    p_noninferior: float | None  # of "the gap worsened by the margin or more"
    standard_error: float | None
    dof: float | None  # None for the bootstrap
    direction: Direction
    n_speakers: int
    n_against: int
    n_changed: int  # people whose sums differ between the two models
    method: str
    note: str | None = None

    @property
    def worsening(self) -> float | None:
        """The bound on how much the gap worsened for the group: what a margin is held against.

        The larger of both ways for a metric of which neither is worse. None without a bound.
        """
        if self.lower is None or self.upper is None:
            return None
        if self.direction == "neither":
            return max(self.upper, -self.lower)
        return self.upper if self.direction == "higher is worse" else -self.lower


def changes(before: Heard, after: Heard, *, side: str = "a side") -> SpeakerSums:
    """d_i over w_i, as the sums of a mean: it may be negative, and its ratio says nothing.

    Raises TableError where a person's denominators differ, `side` naming whose.

    >>> changes(Heard(np.array([3.0, 5.0]), np.array([20.0, 40.0])),
    ...         Heard(np.array([4.0, 5.0]), np.array([20.0, 40.0])))
    SpeakerSums(numerator=array([1., 0.]), denominator=array([20., 40.]), n_utterances=2, ...)
    """
    shapes = {np.shape(x) for h in (before, after) for x in (h.numerator, h.denominator)}
    if len(shapes) > 1:
        raise OptionError(
            f"{side}: the sums before and after are of {len(before.denominator)} and "
            f"{len(after.denominator)} people; a swap is of the same people in the same order"
        )
    differs = ~np.isclose(before.denominator, after.denominator, rtol=1e-9, atol=0.0)
    if differs.any():
        at = int(differs.argmax())
        raise TableError(
            f"{side}: a person's denominator is {before.denominator[at]:g} before and "
            f"{after.denominator[at]:g} after; a swap is measured on the same words, so score "
            "both models against the same references with the same normaliser"
        )
    return ordered_sums(
        after.numerator - before.numerator,
        before.denominator,
        n_utterances=len(before.denominator),
        kind="mean",
    )


def change_in_gap(
    group_before: Heard,
    group_after: Heard,
    against_before: Heard,
    against_after: Heard,
    *,
    margin: float | None = None,
    alpha: float = 0.05,
    direction: Direction = "higher is worse",
    method: SwapMethod = "cr3",
    rng: np.random.Generator | None = None,
    n_resamples: int = 9999,
) -> ChangeInGap:
    """The change in the gap, its one-sided bounds and the p-value of non-inferiority.

    Without a margin there are bounds and no p. A side for whose every person the models agree
    has no spread, so that there is no bound: the note says so, and `n_changed` how many people
    any difference was found for. Raises InsufficientDataError below 6 people a side.

    >>> words = np.full(8, 200.0)
    >>> before = Heard(np.array([30.0, 22, 41, 18, 27, 35, 24, 29]), words)
    >>> after = Heard(np.array([29.0, 24, 40, 19, 25, 36, 22, 30]), words)
    >>> rest = Heard(np.array([20.0, 12, 25, 16, 22, 19, 14, 17]), words)
    >>> later = Heard(np.array([19.0, 13, 24, 17, 20, 20, 14, 16]), words)
    >>> found = change_in_gap(before, after, rest, later, margin=0.01)
    >>> f"{found.change:+.4f}, at most {found.upper:+.4f}, p={found.p_noninferior:.4f}"
    '+0.0006, at most +0.0071, p=0.0120'
    """
    _check(margin, alpha, direction, method)
    one = changes(group_before, group_after, side="the group")
    other = changes(against_before, against_after, side="the other side")
    for side, name in ((one, "the group"), (other, "the other side")):
        if side.n_speakers < FEWEST_TO_TEST:
            raise InsufficientDataError(
                f"{name} has {side.n_speakers} {'person' if side.n_speakers == 1 else 'people'} "
                f"heard by both models; at least {FEWEST_TO_TEST} on each side are needed to bound "
                "a change in the gap"
            )
    bare = ChangeInGap(
        gap_before=_gap(group_before, against_before),
        gap_after=_gap(group_after, against_after),
        change=rate(one.numerator, one.denominator) - rate(other.numerator, other.denominator),
        group_change=rate(one.numerator, one.denominator),
        against_change=rate(other.numerator, other.denominator),
        lower=None,
        upper=None,
        alpha=alpha,
        margin=margin,
        p_noninferior=None,
        standard_error=None,
        dof=None,
        direction=direction,
        n_speakers=one.n_speakers,
        n_against=other.n_speakers,
        n_changed=int(np.count_nonzero(one.numerator) + np.count_nonzero(other.numerator)),
        method="described only",
    )
    found = cr3.compare(one, other, level=1 - 2 * alpha)
    if found.difference_low is None or found.difference_high is None or found.dof is None:
        return replace(bare, note=found.note)
    error = math.hypot(
        *(math.sqrt(variance_cr3(side.numerator, side.denominator)) for side in (one, other))
    )
    if method == "cr3":
        return _bounded(bare, error, _Student(found.dof), label=_CR3, dof=found.dof)
    if rng is None:
        raise ValueError("change_in_gap() by bootstrap_t needs rng=numpy.random.default_rng(seed)")
    drawn = bootstrap_t.resampled_t(one, other, rng=rng, n_resamples=n_resamples)
    return _bounded(bare, error, _Drawn(drawn), label=_BOOTSTRAP.format(n=n_resamples), dof=None)


def _bounded(
    bare: ChangeInGap, error: float, law: _Student | _Drawn, *, label: str, dof: float | None
) -> ChangeInGap:
    critical = law.critical(bare.alpha)
    if math.isinf(critical):
        return replace(bare, note="too few people differ between resamples for a bound")
    p = None
    if bare.margin is not None:
        # Where neither way is worse the change has to be small both ways: two one-sided tests.
        harms = {"higher is worse": [1], "higher is better": [-1], "neither": [1, -1]}
        p = max(
            law.below((sign * bare.change - bare.margin) / error) for sign in harms[bare.direction]
        )
    return replace(
        bare,
        lower=bare.change - critical * error,
        upper=bare.change + critical * error,
        p_noninferior=p,
        standard_error=error,
        dof=dof,
        method=label,
    )


@dataclass(frozen=True)
class _Student:
    """Student's t: what `cr3` reads its critical value and p from."""

    dof: float

    def critical(self, alpha: float) -> float:
        return t_quantile(1 - 2 * alpha, self.dof)

    def below(self, t: float) -> float:
        return float(special.stdtr(self.dof, t))


@dataclass(frozen=True)
class _Drawn:
    """t* of resampled people, taken as symmetric: half of |t*| lies on either side."""

    t: FloatArray

    def critical(self, alpha: float) -> float:
        return bootstrap_t.critical_value(self.t, level=1 - 2 * alpha)

    def below(self, t: float) -> float:
        half = bootstrap_t.p_value(t, self.t) / 2
        return half if t < 0 else 1 - half


def _gap(group: Heard, against: Heard) -> float:
    return rate(group.numerator, group.denominator) - rate(against.numerator, against.denominator)


def _check(margin: float | None, alpha: float, direction: str, method: str) -> None:
    if margin is not None and not (math.isfinite(margin) and margin > 0):
        raise OptionError(
            f"margin={margin:g} is not above 0; it is by how much the gap may grow, in the "
            "metric's own unit (0.01 is a point of word error rate)"
        )
    if not 0 < alpha < 0.5:
        raise OptionError(f"alpha={alpha:g} is not between 0 and 0.5; 0.05 is usual")
    for name, given, known in (
        ("direction", direction, get_args(Direction)),
        ("method", method, get_args(SwapMethod)),
    ):
        if given not in known:
            raise OptionError(f"{name}={given!r} is none of {', '.join(map(repr, known))}")
