"""Two things that follow each other in the same people, each on both of the two periods before.

For person i and period t, l is listening and s the score:

    l_{i,t+1} = α_i + λ_t + β·s_{i,t} + γ·l_{i,t} + β₂·s_{i,t−1} + γ₂·l_{i,t−1} + …
    s_{i,t+1} = a_i + μ_t + θ·l_{i,t} + ρ·s_{i,t} + θ₂·l_{i,t−1} + ρ₂·s_{i,t−1} + …

β is the response of listening to the score, θ the effect that follows listening. α_i, a_i take up
all that is lasting about a person, λ_t, μ_t what happens to everybody. The second lag is there for
one trap: calls are listened to *for* the low score before. A score is a noisy picture of a person's
month, so that after a low one comes a less low one, or, if there was something in it, another low
one; either way listening "precedes" it. Given the score listening was chosen by, s_{t−1}, and the
listening before, what is left of l_t is not chosen by the score's noise any more.

Both sets of effects are taken out by least squares (within). With few periods that errs where a
regressor answers to past outcomes, as here it must (Nickell 1981, Econometrica 49:1417–1426).
The half-panel jackknife removes the leading term, of order 1/T: with θ̂_1, θ̂_2 from the earlier and
the later half of each person's periods,

    θ̂ = 2·θ̂_full − (θ̂_1 + θ̂_2)/2

Dhaene & Jochmans (2015), Review of Economic Studies 82:991–1030; for regressors that answer to the
past, with person and period effects, Chudik, Pesaran & Yang (2018), Journal of Applied
Econometrics 33:816–836. An odd number of periods is split both ways and averaged. The variance is
Σ_i (θ̂_(i) − θ̂)² over people left out one by one, the whole calculation repeated: CR3, t with
K − 1 degrees of freedom (MacKinnon, Nielsen & Webb 2023, arXiv 2301.04527).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError
from biasbench.evidence.sums import FloatArray

#: Periods before an outcome that it is explained by.
LAGS = 2
#: Outcomes a person must have: two for each half, so that each half has a within.
FEWEST_OUTCOMES = 4
FEWEST_PERIODS = LAGS + FEWEST_OUTCOMES

#: Below this share of its own size a regressor has nothing left within people and periods.
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True)
class TwoEquations:
    """Coefficients, shape (2·LAGS + n_covariates, 2), and the same without each person in turn.

    Rows are l_t, s_t, l_{t−1}, s_{t−1} and the covariates of period t; columns the equations of
    l_{t+1} and of s_{t+1}. `without_one` has shape (n_people, …). `within` are those of θ̂_full.
    """

    value: FloatArray
    without_one: FloatArray
    within: FloatArray
    within_without_one: FloatArray
    n_people: int
    n_outcomes: int


@dataclass(frozen=True)
class Outcomes:
    """One row for each period of a person that has all it takes, people and periods in order."""

    person: npt.NDArray[np.intp]
    period: npt.NDArray[np.intp]
    columns: FloatArray  # l_t, s_t, l_{t−1}, s_{t−1}, covariates, l_{t+1}, s_{t+1}


def outcomes(listening: FloatArray, score: FloatArray, covariates: FloatArray) -> Outcomes:
    """The rows of people with at least 4 outcomes; arrays of shape (n_people, n_periods, …).

    >>> found = outcomes(np.ones((2, 6)), np.ones((2, 6)), np.empty((2, 6, 0)))
    >>> found.person.tolist(), found.period.tolist()
    ([0, 0, 0, 0, 1, 1, 1, 1], [2, 3, 4, 5, 2, 3, 4, 5])
    """
    now = slice(LAGS - 1, -1)
    parts = [listening[:, now], score[:, now]]
    parts += [x[:, LAGS - 1 - lag : -1 - lag] for lag in range(1, LAGS) for x in (listening, score)]
    parts += list(np.moveaxis(covariates[:, now], 2, 0))
    parts += [listening[:, LAGS:], score[:, LAGS:]]
    stacked = np.stack(parts, axis=2)
    usable = np.isfinite(stacked).all(axis=2)
    usable &= usable.sum(axis=1, keepdims=True) >= FEWEST_OUTCOMES
    person, at = np.nonzero(usable)
    return Outcomes(person, at + LAGS, stacked[usable])


def two_equations(rows: Outcomes) -> TwoEquations:
    """Both equations with person and period effects, by the half-panel jackknife.

    Raises InsufficientDataError where a regressor does not vary within people and periods.

    >>> rng = np.random.default_rng(0)
    >>> listening, score = rng.normal(size=(2, 40, 12))
    >>> score[:, 1:] -= 0.5 * listening[:, :-1]
    >>> found = two_equations(outcomes(listening, score, np.empty((40, 12, 0))))
    >>> round(float(found.value[0, 1]), 2), found.n_people, found.n_outcomes
    (-0.57, 40, 400)
    """
    people, person = np.unique(rows.person, return_inverse=True)
    n = len(people)
    count = np.bincount(person, minlength=n)
    place = np.arange(len(person)) - np.repeat(np.cumsum(count) - count, count)
    half = count[person] // 2
    within, within_without = _fitted(rows, person, np.ones(len(person), dtype=bool), n)
    value, without = 2 * within, 2 * within_without
    for first in (half, count[person] - half):
        for here in (place < first, place >= first):
            part, part_without = _fitted(rows, person, here, n)
            value, without = value - part / 4, without - part_without / 4
    return TwoEquations(value, without, within, within_without, n_people=n, n_outcomes=len(person))


def _fitted(
    rows: Outcomes, person: npt.NDArray[np.intp], here: npt.NDArray[np.bool_], n: int
) -> tuple[FloatArray, FloatArray]:
    """Least squares on some of the rows, and without each person in turn."""
    sums = _cross_products(rows, person, here, n)
    whole = sums.sum(axis=0)
    n_periods = sums.shape[1] - rows.columns.shape[1]
    return _solved(whole[None], n_periods)[0], _solved(whole - sums, n_periods)


def _cross_products(
    rows: Outcomes, person: npt.NDArray[np.intp], here: npt.NDArray[np.bool_], n: int
) -> FloatArray:
    """Sums of products, within each person, of period dummies and columns; (n, q, q)."""
    periods, period = np.unique(rows.period[here], return_inverse=True)
    dummies = np.eye(len(periods))[period]
    wide = np.hstack([dummies, rows.columns[here]])
    who = person[here]
    count = np.bincount(who, minlength=n)
    total = np.zeros((n, wide.shape[1]))
    np.add.at(total, who, wide)
    wide -= (total / np.maximum(count, 1)[:, None])[who]
    found = np.zeros((n, wide.shape[1], wide.shape[1]))
    edges = np.concatenate([[0], np.cumsum(count)])
    for i in range(n):
        block = wide[edges[i] : edges[i + 1]]
        found[i] = block.T @ block
    return found


def _solved(sums: FloatArray, n_periods: int) -> FloatArray:
    """Least squares of the last two columns on those before, period dummies partialled out."""
    d, rest = slice(None, n_periods), slice(n_periods, None)
    # Within people the dummies add up to nothing: one of them is always too many.
    inverse = np.linalg.pinv(sums[:, d, d], rcond=1e-10, hermitian=True)
    left = sums[:, rest, rest] - sums[:, rest, d] @ inverse @ sums[:, d, rest]
    xx, xy = left[:, :-2, :-2], left[:, :-2, -2:]
    before = np.diagonal(sums[:, rest, rest], axis1=1, axis2=2)[:, :-2]
    spread = np.diagonal(xx, axis1=1, axis2=2)
    flat = spread <= _NOTHING_LEFT * np.maximum(before, 1e-300)
    if not flat.any():
        scale = np.sqrt(spread)
        flat = np.linalg.eigvalsh(xx / (scale[:, :, None] * scale[:, None, :])) < _NOTHING_LEFT
    if flat.any():
        raise InsufficientDataError(
            "scores, listening or a covariate do not vary enough within people and periods to "
            "tell what follows what; more people, or more periods, are needed"
        )
    return np.asarray(np.linalg.solve(xx, xy), dtype=np.float64)
