"""One test for many specifications of one question, by shuffling people once for all of them.

Specifications share their recordings, so that their results move together; testing each as if it
were alone, and looking for one below 5 %, finds a gap between any two groups of people sooner or
later: in 12 to 14 of 100 studies without one, with twelve specifications (3,000 studies of 12 and
12, and of 30 and 6 people). The tests below raise an alarm in 4.9 to 5.4 of those. Here who is in
which group is shuffled, the same way in every specification, and the curve as a whole is compared
with the curves that chance makes:

    t_s     studentised log ratio of specification s (difference, for means), CR3 standard error,
            turned so that above 0 is worse for the group
    max-T   max_s |t_s|            single-step, family-wise: Westfall & Young (1993)
    median  |median_s t_s|         the curve's middle: Simonsohn, Simmons & Nelson (2020), Nature
                                   Human Behaviour 4:1208–1214, here studentised, because a raw
                                   difference misleads where the sides differ in size
    p       (1 + #{shuffled ≥ observed}) / (1 + shuffles)

A specification may not look at the groups: exclusions are made before, and covariates enter as
expected sums from a model fitted without the group (`expected_sums`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.evidence.methods import cr3, permutation
from biasbench.evidence.sums import FloatArray, Kind, SpeakerSums
from biasbench.explain.adjustment.gee import fit_linear_gee, fit_poisson_gee

#: Two labellings of equal statistic must tie whatever the order of summation.
_TIE = 1e-12


@dataclass(frozen=True)
class JointTest:
    """What chance makes of the whole curve; `t` and `p_each` have shape (n_specifications,)."""

    t: FloatArray
    p_each: FloatArray  # each specification, adjusted for all of them
    p_max: float  # is there a gap in any of them?
    median_t: float
    p_median: float  # is there one in the middle of them?
    n_people: int
    n_resamples: int


def joint_test(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    in_group: npt.ArrayLike,
    *,
    kinds: Sequence[Kind],
    signs: Sequence[int],
    rng: np.random.Generator,
    n_resamples: int = 999,
) -> JointTest:
    """Permutation tests of the whole curve (module docstring).

    `numerator` and `denominator` are sums per specification and person, shape
    (n_specifications, n_people), both 0 where a person is not in a specification; `in_group` says
    who is in the group, and `signs` is −1 where higher is better. People's order says nothing.
    Raises ValueError for a specification without a t, which belongs in no joint test.

    >>> rng = np.random.default_rng(3)
    >>> own = rng.gamma(6, 1 / 6, 24)
    >>> errors = np.stack([rng.poisson(own * rate * 400) for rate in (0.10, 0.12, 0.08)])
    >>> found = joint_test(errors, np.full((3, 24), 400.0), np.arange(24) < 12,
    ...                    kinds=["rate"] * 3, signs=[1, 1, 1], rng=rng)
    >>> found.t.round(2).tolist(), found.p_max > 0.05
    ([-0.21, 0.16, 0.35], True)
    """
    e, w = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    here = np.asarray(in_group, dtype=bool)
    n_group = int(here.sum())
    # By side, then by sums: what anybody is called must not move a shuffle.
    order = np.lexsort((*e[::-1], *w[::-1], ~here))
    e, w = e[:, order], w[:, order]
    seed = int(rng.integers(2**63))
    t, shuffled = np.empty(len(e)), np.empty((len(e), n_resamples))
    for at, (kind, sign) in enumerate(zip(kinds, signs, strict=True)):
        sides = [
            SpeakerSums(e[at, people], w[at, people], 0, kind=kind)
            for people in (slice(None, n_group), slice(n_group, None))
        ]
        observed = cr3.compare(*sides).t
        if observed is None:
            raise ValueError(f"specification {at} has no t: leave it out of the joint test")
        t[at] = sign * observed
        # The same seed, and people in the same places: the same shuffles for every specification.
        shuffled[at] = sign * permutation.permuted_t(
            *sides, rng=np.random.default_rng(seed), n_resamples=n_resamples
        )
    largest = np.abs(shuffled).max(axis=0)
    each = np.array([_p(largest, abs(one)) for one in t])
    median = float(np.median(t))
    with np.errstate(invalid="ignore"):  # +∞ and −∞ on both sides of a median
        middle = np.abs(np.median(shuffled, axis=0))
    middle = np.where(np.isnan(middle), np.inf, middle)
    return JointTest(
        t=t,
        p_each=each,
        p_max=float(each.min()),
        median_t=median,
        p_median=_p(middle, abs(median)),
        n_people=e.shape[1],
        n_resamples=n_resamples,
    )


def expected_sums(
    design: FloatArray,
    numerator: FloatArray,
    denominator: FloatArray,
    speaker: npt.NDArray[np.integer],
    *,
    kind: Kind,
) -> tuple[FloatArray, FloatArray]:
    """Sums per row that compare people at equal covariates, from a model without the group.

    A rate: the numerator over what the model expects, w·exp(x'β), so that a side's rate becomes
    observed / expected (indirect standardisation; Breslow & Day 1987, Statistical Methods in
    Cancer Research II, ch. 2). A mean: the residual e − w·x'β over w. The model knows nothing of
    who is in which group, so that people may be shuffled as with plain sums. Where the
    covariates differ between the sides it takes part of their gap for the covariates': the test
    then errs towards finding none.

    >>> design = np.column_stack([np.ones(6), [0, 1, 0, 1, 0, 1]])
    >>> e, w = expected_sums(design, np.array([1.0, 4, 3, 6, 2, 2]), np.full(6, 10.0),
    ...                      np.array([0, 0, 1, 1, 2, 2]), kind="rate")
    >>> w.round(3).tolist()
    [2.0, 4.0, 2.0, 4.0, 2.0, 4.0]
    """
    if kind == "mean":
        linear = fit_linear_gee(design, numerator, denominator, speaker)
        return numerator - denominator * (design @ linear.coefficients), denominator
    fit = fit_poisson_gee(design, numerator, denominator, speaker)
    return numerator, denominator * np.exp(design @ fit.coefficients)


def _p(shuffled: FloatArray, observed: float) -> float:
    """(1 + #{shuffled ≥ observed}) / (1 + shuffles): the labelling observed counts, never 0."""
    return (1 + int(np.count_nonzero(shuffled >= observed - _TIE))) / (1 + len(shuffled))
