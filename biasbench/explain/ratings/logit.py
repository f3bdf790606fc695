"""A logistic model of rows that several people gave, with what each person adds to it.

With the score s_i = X_i'(y_i − μ_i) of person i, their share of the information
A_i = X_i'diag(μ(1 − μ))X_i and M = Σ A_i, the influence of person i on the coefficients is

    ψ_i = (M − A_i)⁻¹ s_i          V = Σ ψ_i ψ_i'

the variance of Mancl & DeRouen (2001), Biometrics 57:126–134, for working independence
(statsmodels: GEE, Binomial, cov_type="bias_reduced"); it needs no rows × rows matrix, because
X'W^½(I − H_i)⁻¹W^−½(y − μ) = (I − A_i M⁻¹)⁻¹ s_i. One figure has t with Welch–Satterthwaite
degrees of freedom, the influences squared and added by side. Several at once have Hotelling's test
with the degrees of freedom of Krishnamoorthy & Yu (2004), Statistics & Probability Letters
66:161–169:

    T² = b'V⁻¹b,  V = V_g + V_a,  ν = (q + q²) / Σ_k {tr[(V_k V⁻¹)²] + tr²[V_k V⁻¹]} / (K_k − 1)
    (ν − q + 1)/(ν·q)·T²  ~  F(q, ν − q + 1)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from biasbench.errors import InsufficientDataError
from biasbench.evidence.estimate import t_quantile, two_sided_p
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.evidence.sums import FloatArray
from biasbench.explain.ratings.odds_ratio import OddsRatio
from biasbench.tables.labels import Codes

#: A person without whom the information in some direction shrinks below this share of the whole
#: carries that direction alone.
_LEAST_LEFT = 1e-9


@dataclass(frozen=True)
class Logit:
    """A fitted logistic model, and what each person adds to its coefficients."""

    coefficients: FloatArray  # shape (p,)
    influence: FloatArray  # ψ, shape (n_people, p)
    row_covariance: FloatArray  # M⁻¹, shape (p, p): as if rows were people


@dataclass(frozen=True)
class JointTest:
    """Both kinds of DIF at once: an F statistic, its degrees of freedom, its p-value."""

    f: float
    dof: tuple[int, float]
    p: float


def fit_logit(design: FloatArray, labelled: FloatArray, speaker: Codes) -> Logit:
    """Maximum likelihood of a logistic model, rows independent, and ψ of each person.

    `design` has shape (n_rows, p), `labelled` is 0 or 1, `speaker` are codes 0 … n − 1.
    Raises InsufficientDataError where no finite maximum exists (Albert & Anderson 1984), or where
    one person carries a coefficient alone.

    >>> people = np.repeat(np.arange(4), 2)
    >>> fit_logit(np.ones((8, 1)), np.array([1.0, 0, 0, 0, 1, 0, 0, 0]), people).coefficients
    array([-1.09861229])
    """
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InsufficientDataError(
            "the rating does not vary on both sides, so that rating and side cannot be told apart; "
            "several different ratings on each side are needed"
        )
    if is_separated(design, labelled):
        raise InsufficientDataError(
            "rating and side tell completely which rows are labelled (separation), so that no odds "
            "ratio exists; rows with and without the label at the same ratings of each side are "
            "needed"
        )
    beta = _maximum(design, labelled)
    mu = 1 / (1 + np.exp(-(design @ beta)))
    n_people, p = int(speaker.max()) + 1, design.shape[1]
    score, share = np.zeros((n_people, p)), np.zeros((n_people, p, p))
    np.add.at(score, speaker, design * (labelled - mu)[:, None])
    weighted = design * (mu * (1 - mu))[:, None]
    np.add.at(share, speaker, weighted[:, :, None] * design[:, None, :])
    information = share.sum(axis=0)
    left = information - share
    root = np.linalg.inv(np.linalg.cholesky(information))
    if np.linalg.eigvalsh(root @ left @ root.T).min() < _LEAST_LEFT:
        raise InsufficientDataError(
            "one person alone carries a coefficient: without them rating and side cannot be told "
            "apart; several different ratings of at least 2 people on each side are needed"
        )
    influence: FloatArray = np.linalg.solve(left, score[:, :, None])[:, :, 0]
    return Logit(beta, influence, np.linalg.inv(information))


def is_separated(design: FloatArray, labelled: FloatArray) -> bool:
    """Whether some combination of the columns never contradicts the labels, so that β is infinite.

    Konis (2007, thesis, Oxford): maximise Σ ±x'β under ±x'β ≥ 0 in every row and −1 ≤ β ≤ 1; more
    than 0 means complete or quasi-complete separation (Albert & Anderson 1984, Biometrika 71:1–10).

    >>> one, side = np.ones(4), np.array([0.0, 0.0, 1.0, 1.0])
    >>> is_separated(np.column_stack([one, side]), np.array([0.0, 1.0, 1.0, 1.0]))
    True
    >>> is_separated(np.column_stack([one, side]), np.array([0.0, 1.0, 1.0, 0.0]))
    False
    """
    # A row that is there with both labels leaves x'β = 0 alone; where such rows span everything,
    # nothing but β = 0 is left, and no programme need be solved.
    rows, place = np.unique(design, axis=0, return_inverse=True)
    place = place.reshape(-1)  # numpy 2.0 gives it a second axis
    n, n_labelled = np.bincount(place), np.bincount(place, weights=labelled)
    both = rows[(n_labelled > 0) & (n_labelled < n)]
    if len(both) and np.linalg.matrix_rank(both) == design.shape[1]:
        return False
    signed = np.unique(design * (2 * labelled - 1)[:, None], axis=0)
    found = optimize.linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1)
    )
    if found.fun is None:
        raise RuntimeError(f"the linear programme of a bounded problem failed: {found.message}")
    return bool(found.fun < -1e-7)  # the solver's own tolerance


def contrast(
    model: Logit, weight: FloatArray, in_group: npt.NDArray[np.bool_], *, level: float = 0.95
) -> OddsRatio:
    """The odds ratio that a weighted sum of coefficients is the log of, with its t interval.

    `in_group` says which people are of the group, shape (n_people,).
    """
    value = float(model.coefficients @ weight)
    squares = (model.influence @ weight) ** 2
    parts = float(squares[in_group].sum()), float(squares[~in_group].sum())
    error = math.sqrt(parts[0] + parts[1])
    if error <= 1e-12:
        raise InsufficientDataError(
            "everybody is labelled alike at equal rating: there is no spread between people to "
            "make an interval of"
        )
    dof = satterthwaite_dof(parts[0], int(in_group.sum()), parts[1], int((~in_group).sum()))
    reach, t = t_quantile(level, dof) * error, value / error
    return OddsRatio(
        value=math.exp(min(value, 700.0)),  # exp overflows beyond 709
        low=math.exp(max(value - reach, -700.0)),
        high=math.exp(min(value + reach, 700.0)),
        level=level,
        standard_error=error,
        standard_error_rows=math.sqrt(float(weight @ model.row_covariance @ weight)),
        t=t,
        dof=dof,
        p=two_sided_p(t, dof),
    )


def joint_test(model: Logit, places: list[int], in_group: npt.NDArray[np.bool_]) -> JointTest:
    """That the coefficients at `places` are all 0 (module docstring)."""
    b, psi = model.coefficients[places], model.influence[:, places]
    sides = [psi[here].T @ psi[here] for here in (in_group, ~in_group)]
    q, inverse = len(places), np.linalg.inv(sides[0] + sides[1])
    spread = 0.0
    for side, people in zip(sides, (in_group.sum(), (~in_group).sum()), strict=True):
        part = side @ inverse
        spread += float(np.trace(part @ part) + np.trace(part) ** 2) / (int(people) - 1)
    dof = (q + q**2) / spread
    f = (dof - q + 1) / (dof * q) * float(b @ inverse @ b)
    return JointTest(f, (q, dof - q + 1), float(special.fdtrc(q, dof - q + 1, f)))


def _maximum(design: FloatArray, labelled: FloatArray) -> FloatArray:
    """Newton's steps, halved while they do not climb; the maximum is known to exist."""

    def height(beta: FloatArray) -> float:
        eta = design @ beta
        return float(labelled @ eta - np.logaddexp(0.0, eta).sum())

    beta = np.zeros(design.shape[1])
    for _ in range(200):
        mu = 1 / (1 + np.exp(-(design @ beta)))
        information = (design * (mu * (1 - mu))[:, None]).T @ design
        step = np.linalg.solve(information, design.T @ (labelled - mu))
        here = height(beta)
        while height(beta + step) < here - 1e-12 * abs(here):
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(beta).max()):
            return beta
    raise RuntimeError("Newton's steps did not settle on a maximum that exists")
