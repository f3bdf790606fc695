"""Rates and means given covariates, with a covariance that counts people and not rows.

Generalised estimating equations with an independent working correlation (Liang & Zeger 1986),
clustered by speaker, for rows j of speakers i = 1 … K:

    rate   E e_ij = μ_ij = w_ij · exp(x_ij'β)      Poisson, log link, offset log w; m_ij = μ_ij
    mean   E e_ij = μ_ij = w_ij · x_ij'β           identity link, weights w;        m_ij = w_ij

    r_ij = e_ij − μ_ij           residual
    s_i  = Σ_j x_ij r_ij         score of speaker i; Σ_i s_i = 0 at the estimate
    G_i  = Σ_j m_ij x_ij x_ij'   information of speaker i;  B = (Σ_i G_i)⁻¹
    u_i  = (B⁻¹ − G_i)⁻¹ s_i     how far the estimate moves without speaker i (one Newton step)

    V = Σ_i u_i u_i'             the bias-reduced covariance

V is that of Mancl & DeRouen (2001), Biometrics 57:126–134, B Σ X_i'(I − H_i)⁻¹ r_i r_i'
(I − H_i)⁻ᵀ X_i B, where H_i = M_i X_i B X_i' has as many rows as the speaker: since
X_i'(I − M_i X_i B X_i')⁻¹ = (I − G_i B)⁻¹ X_i', only matrices of the size of β are inverted,
however many utterances a person has. With an indicator per group and nothing else it is V_CR3 of
evidence/estimate.py; for a mean it is the delete-one-speaker jackknife, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.sums import FloatArray, IntArray, Kind

_MOST_STEPS = 100
_MOST_HALVINGS = 40
#: The Newton decrement, in units of the deviance, at which the estimate no longer moves: squared
#: convergence has then left only rounding behind.
_SETTLED = 1e-20
#: Information in some direction, as a share of what it would be at the overall rate, below which
#: the rate there is on its way to 0.
_VANISHED = 1e-9
#: Beyond this condition number a matrix is singular but for rounding.
_SINGULAR = 1e12


@dataclass(frozen=True)
class SpeakerPieces:
    """What each of K speakers brings to the fit, in the order of their first row."""

    score: FloatArray  # s_i, shape (K, p)
    information: FloatArray  # G_i, shape (K, p, p)
    exposure: FloatArray  # Σ_j m_ij x_ij, shape (K, p)
    residual: FloatArray  # Σ_j r_ij, shape (K,)
    residual_squares: FloatArray  # Σ_j r_ij², shape (K,)
    weight: FloatArray  # Σ_j m_ij, shape (K,)
    weight_squares: FloatArray  # Σ_j m_ij², shape (K,)


@dataclass(frozen=True)
class GeeFit:
    """Coefficients with their bias-reduced covariance, and the pieces that both are made of."""

    kind: Kind
    coefficients: FloatArray  # β, shape (p,)
    covariance: FloatArray  # V, bias-reduced, shape (p, p)
    bread: FloatArray  # B, shape (p, p)
    influence: FloatArray  # u_i, shape (K, p)
    speakers: SpeakerPieces
    speaker: IntArray  # code 0 … K − 1 of each row kept, shape (n_rows,)
    kept: npt.NDArray[np.bool_]  # which rows given were used
    n_left_out: int  # rows whose denominator is 0

    @property
    def n_speakers(self) -> int:
        """K: the people with a denominator."""
        return len(self.speakers.weight)

    @property
    def n_rows(self) -> int:
        """Rows used."""
        return len(self.speaker)


def fit_poisson_gee(
    design: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    speaker: npt.ArrayLike,
) -> GeeFit:
    """A log-linear model of a rate; `design` (n, p) holds the constant if there is to be one.

    exp of a coefficient is a *marginal* ratio: of the rates of everybody at one value of a
    covariate and everybody one unit above it, nobody held fixed. The numerator may be anything
    at or above 0. Rows with denominator 0 say nothing of a rate; they are left out and counted.
    Raises InsufficientDataError where no finite estimate exists (a column without any event) or
    where one speaker alone carries a coefficient.

    >>> group = np.repeat([0.0, 1.0], 8)
    >>> fit = fit_poisson_gee(np.column_stack([np.ones(16), group]),
    ...                       [1, 2, 2, 3, 1, 0, 2, 1, 4, 3, 2, 5, 3, 4, 2, 1], np.full(16, 10),
    ...                       np.repeat(np.arange(8), 2))
    >>> np.exp(fit.coefficients).round(3), np.sqrt(np.diag(fit.covariance)).round(3)
    (array([0.15, 2.  ]), array([0.314, 0.369]))
    """
    rows = _rows(design, numerator, denominator, speaker)
    if (rows.numerator < 0).any():
        raise OptionError("a numerator is below 0: a rate counts something; use fit_linear_gee")
    beta = _newton(rows)
    fitted: FloatArray = rows.denominator * np.exp(rows.design @ beta)
    _refuse_vanished(rows, fitted)
    return _assembled("rate", rows, beta, fitted=fitted, weight=fitted)


def fit_linear_gee(
    design: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    speaker: npt.ArrayLike,
) -> GeeFit:
    """The linear model of a mean: least squares of numerator / denominator, weights denominator.

    >>> fit = fit_linear_gee(np.ones((6, 1)), [1, 2, 3, 4, 6, 8], np.ones(6), list("aabbcc"))
    >>> fit.coefficients, fit.covariance.round(2)
    (array([4.]), array([[3.88]]))
    """
    rows = _rows(design, numerator, denominator, speaker)
    information = rows.design.T @ (rows.denominator[:, None] * rows.design)
    _refuse_singular(information)
    beta = np.asarray(np.linalg.solve(information, rows.design.T @ rows.numerator), dtype=float)
    fitted: FloatArray = rows.denominator * (rows.design @ beta)
    return _assembled("mean", rows, beta, fitted=fitted, weight=rows.denominator)


@dataclass(frozen=True)
class _GeeRows:
    """Rows with a denominator."""

    design: FloatArray
    numerator: FloatArray
    denominator: FloatArray
    speaker: IntArray
    kept: npt.NDArray[np.bool_]


def _rows(
    design: npt.ArrayLike,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    speaker: npt.ArrayLike,
) -> _GeeRows:
    x = np.asarray(design, dtype=float)
    e, w = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    people = np.asarray(speaker)
    if x.ndim != 2 or not len(x) == len(e) == len(w) == len(people):
        raise OptionError(
            f"design is {x.shape}, numerator {e.shape}, denominator {w.shape}, speaker "
            f"{people.shape}; give (n, p), (n,), (n,), (n,)"
        )
    if not (np.isfinite(x).all() and np.isfinite(e).all() and np.isfinite(w).all()):
        raise OptionError("design, numerator and denominator must be finite; leave out such rows")
    kept = w > 0
    if not kept.any():
        raise InsufficientDataError("no row has a denominator above 0; a model needs some")
    speaker_code, _ = pd.factorize(people[kept])
    return _GeeRows(x[kept], e[kept], w[kept], speaker_code.astype(np.int64), kept)


def _newton(rows: _GeeRows) -> FloatArray:
    """The Poisson maximum-likelihood estimate, by Newton's method with halved steps."""
    x, e, w = rows.design, rows.numerator, rows.denominator
    if e.sum() <= 0:
        raise InsufficientDataError(
            "no event in any row: a rate of 0 has no logarithm; at least one event is needed"
        )
    overall = e.sum() / w.sum()
    _refuse_singular(x.T @ (w[:, None] * x))
    weighted = np.sqrt(w)
    start = np.log((e / w + overall) / 2)
    beta: FloatArray = np.linalg.lstsq(x * weighted[:, None], start * weighted, rcond=None)[0]
    for _ in range(_MOST_STEPS):
        mu = w * np.exp(x @ beta)
        information = x.T @ (mu[:, None] * x)
        _refuse_singular(information)
        score = x.T @ (e - mu)
        step = np.asarray(np.linalg.solve(information, score), dtype=float)
        if score @ step <= _SETTLED * max(1.0, float(e.sum())):
            settled: FloatArray = beta + step
            return settled
        beta = beta + step * _shortened(rows, beta, step)
    raise InsufficientDataError(
        f"the model did not settle in {_MOST_STEPS} steps: some level or covariate has next to "
        "no events; leave it out or merge it with another"
    )


def _refuse_vanished(rows: _GeeRows, fitted: FloatArray) -> None:
    """Refuse an estimate on its way to −∞, where some direction of the design has no events."""
    x, overall = rows.design, rows.numerator.sum() / rows.denominator.sum()
    without = x.T @ (overall * rows.denominator[:, None] * x)
    share = linalg.eigh(x.T @ (fitted[:, None] * x), without, eigvals_only=True)
    if share[0] < _VANISHED:
        raise InsufficientDataError(
            "some level, or some combination of covariates, has no events, so that its rate has no "
            "logarithm; merge it with another or leave it out"
        )


def _shortened(rows: _GeeRows, beta: FloatArray, step: FloatArray) -> float:
    """The largest of 1, ½, ¼ … at which the step does not lower the likelihood."""
    before = _log_likelihood(rows, beta)
    size = 1.0
    for _ in range(_MOST_HALVINGS):
        after = _log_likelihood(rows, beta + size * step)
        if after >= before - 1e-12 * abs(before):
            return size
        size /= 2
    return size


def _log_likelihood(rows: _GeeRows, beta: FloatArray) -> float:
    eta = rows.design @ beta
    if eta.max() > 700:  # exp overflows beyond 709
        return -np.inf
    return float(rows.numerator @ eta - rows.denominator @ np.exp(eta))


def _assembled(
    kind: Kind, rows: _GeeRows, beta: FloatArray, *, fitted: FloatArray, weight: FloatArray
) -> GeeFit:
    residual = rows.numerator - fitted
    pieces = SpeakerPieces(
        score=_sums(rows.speaker, rows.design * residual[:, None]),
        information=_informations(rows.speaker, rows.design, weight),
        exposure=_sums(rows.speaker, rows.design * weight[:, None]),
        residual=_total(rows.speaker, residual),
        residual_squares=_total(rows.speaker, residual**2),
        weight=_total(rows.speaker, weight),
        weight_squares=_total(rows.speaker, weight**2),
    )
    total = pieces.information.sum(axis=0)
    _refuse_singular(total)
    without = total - pieces.information
    if _condition_numbers(without).max() > _SINGULAR:
        raise InsufficientDataError(
            "one speaker alone carries a coefficient, which cannot be told from the person; "
            "at least 2 people are needed at every level and value of a covariate"
        )
    influence: FloatArray = np.linalg.solve(without, pieces.score[:, :, None])[:, :, 0]
    return GeeFit(
        kind=kind,
        coefficients=beta,
        covariance=influence.T @ influence,
        bread=np.linalg.inv(total),
        influence=influence,
        speakers=pieces,
        speaker=rows.speaker,
        kept=rows.kept,
        n_left_out=int((~rows.kept).sum()),
    )


def _total(speaker: IntArray, values: FloatArray) -> FloatArray:
    """Sum of the rows of each speaker; values (n,), sums (K,)."""
    return np.bincount(speaker, weights=values).astype(float)


def _sums(speaker: IntArray, values: FloatArray) -> FloatArray:
    """The same column by column; values (n, p), sums (K, p)."""
    return np.column_stack([_total(speaker, column) for column in values.T])


def _informations(speaker: IntArray, design: FloatArray, weight: FloatArray) -> FloatArray:
    n_columns = design.shape[1]
    found = np.empty((int(speaker.max()) + 1, n_columns, n_columns))
    for one in range(n_columns):
        for other in range(one + 1):
            product = np.bincount(speaker, weights=weight * design[:, one] * design[:, other])
            found[:, one, other] = found[:, other, one] = product
    return found


def _refuse_singular(information: FloatArray) -> None:
    if not np.isfinite(information).all() or _condition_numbers(information[None])[0] > _SINGULAR:
        raise InsufficientDataError(
            "the columns of the design are not independent of each other: one of them repeats "
            "the others or has no events; leave it out"
        )


def _condition_numbers(matrices: FloatArray) -> FloatArray:
    """Condition numbers (K,) of information matrices (K, p, p), whatever the columns' units."""
    scale = np.sqrt(np.einsum("kii->ki", matrices))
    if (scale <= 0).any() or not np.isfinite(scale).all():
        return np.full(len(matrices), np.inf)
    scaled = matrices / (scale[:, :, None] * scale[:, None, :])
    values = np.linalg.eigvalsh(scaled)
    lowest = np.maximum(values[:, 0], np.finfo(float).tiny)
    found: FloatArray = values[:, -1] / lowest
    return found
