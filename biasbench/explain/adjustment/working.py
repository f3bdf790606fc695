"""How many degrees of freedom the variance of a contrast would have if people were alike.

A contrast c'β has the variance v = Σ_i z_i², z_i = c'u_i (gee.py). Where a covariate is nearly
the group itself, or a level has few people, v rests on those few and not on everybody. How far,
is told by ν = 2 (E v)² / Var v (Satterthwaite 1946) for scores t_i of independent speakers with
covariances T_i under a working model: Bell & McCaffrey (2002), Survey Methodology 28:169–181;
Pan & Wall (2002), Statistics in Medicine 21:1429–1441; Pustejovsky & Tipton (2018), J. Business &
Economic Statistics 36:672–683. With a_i = (B⁻¹ − G_i)⁻¹ c, b_i = B G_i a_i and T = Σ T_i the z_i
have the covariance

    Ω_ij = [i = j] a_i'T_i a_i − a_i'T_i b_j − b_i'T_j a_j + b_i'T b_j
    ν    = (tr Ω)² / Σ_ij Ω_ij²

The working model is over-dispersed rows, alike within a person, each side in its own way, with
φ and τ² from the residuals by moments:

    Var e_ij = φ m_ij + τ² m_ij²,   Cov(e_ij, e_ik) = τ² m_ij m_ik
    τ² = Σ_i (R_i² − Σ_j r_ij²) / Σ_i (m_i² − Σ_j m_ij²), not below 0;  R_i = Σ_j r_ij
    φ  = Σ_ij (r_ij² − τ² m_ij²) / Σ_ij m_ij

ν is printed as a warning and makes no interval: with the bias-reduced variance, which is already
too large on average where few people carry a contrast, t with ν holds the truth 96 to 98.5 times
in 100 (tests/explain/test_adjustment.py).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from biasbench.errors import OptionError
from biasbench.evidence.sums import FloatArray, IntArray
from biasbench.explain.adjustment.gee import GeeFit

#: Below this a Satterthwaite t test is not to be relied on: Tipton (2015), Psychological
#: Methods 20:375–393.
FEWEST_DOF = 4.0


def satterthwaite_dof(fit: GeeFit, coefficients: npt.ArrayLike, working: FloatArray) -> float:
    """ν of the variance of c'β, for scores with covariances `working`, shape (K, p, p).

    `coefficients` is c, shape (p,). With `working = fit.speakers.information`, a plain Poisson
    model, it is what clubSandwich gives for a `glm` (tests/explain/test_gee.py).

    >>> from biasbench.explain.adjustment.gee import fit_linear_gee
    >>> people = np.repeat(np.arange(12), 5)
    >>> fit = fit_linear_gee(np.ones((60, 1)), np.arange(60.0), np.ones(60), people)
    >>> round(satterthwaite_dof(fit, [1], fit.speakers.information), 6)
    11.0
    """
    c = np.asarray(coefficients, dtype=float)
    information = fit.speakers.information
    total = information.sum(axis=0)
    wanted = np.broadcast_to(c, (len(information), len(c)))[:, :, None]
    a = np.linalg.solve(total - information, wanted)[:, :, 0]
    b = np.einsum("kij,kj->ki", information, a) @ fit.bread
    ta = np.einsum("kij,kj->ki", working, a)
    own = np.einsum("ki,ki->k", a, ta)
    # Ω = diag(own) + L R' with two thin factors, so that Σ Ω² costs K·p² and not K².
    left = np.hstack([-ta, b])
    right = np.hstack([b, b @ working.sum(axis=0) - ta])
    diagonal = np.einsum("ki,ki->k", left, right)
    squares = float(
        (own**2).sum() + 2 * (own @ diagonal) + ((left.T @ left) * (right.T @ right)).sum()
    )
    trace = float(own.sum() + diagonal.sum())
    # (tr Ω)² ≥ Σ Ω² for a covariance matrix; where one person is everything, rounding may say less.
    return max(1.0, trace**2 / squares) if squares > 0 else 1.0


def working_covariance(fit: GeeFit, side: npt.ArrayLike | None = None) -> FloatArray:
    """T_i = φ G_i + τ² g_i g_i' of every speaker, g_i = Σ_j m_ij x_ij; shape (K, p, p).

    φ and τ² are those of the speaker's own side; `side` (K,), one for all where it is None.
    """
    pieces = fit.speakers
    sides = sides_of(fit, side)
    dispersion, between = np.empty(fit.n_speakers), np.empty(fit.n_speakers)
    for value in np.unique(sides):
        here = sides == value
        dispersion[here], between[here] = moments(
            pieces.residual[here],
            pieces.residual_squares[here],
            pieces.weight[here],
            pieces.weight_squares[here],
        )
    outer = pieces.exposure[:, :, None] * pieces.exposure[:, None, :]
    found: FloatArray = (
        dispersion[:, None, None] * pieces.information + between[:, None, None] * outer
    )
    return found


def moments(
    residual: FloatArray,
    residual_squares: FloatArray,
    weight: FloatArray,
    weight_squares: FloatArray,
) -> tuple[float, float]:
    """φ and τ² of people, each described by their sums of residuals and weights, shape (K,).

    >>> phi, tau2 = moments(np.array([4.0, -4.0]), np.array([8.5, 8.5]), np.array([10.0, 10.0]),
    ...                     np.array([50.0, 50.0]))
    >>> round(phi, 2), round(tau2, 2)
    (0.1, 0.15)
    """
    pairs = float((weight**2 - weight_squares).sum())
    together = float((residual**2 - residual_squares).sum())
    # Nobody has two rows: people cannot be told from utterances, and all spread is φ's.
    between = max(0.0, together / pairs) if pairs > 0 else 0.0
    within = float((residual_squares - between * weight_squares).sum()) / float(weight.sum())
    return max(within, 0.0), between


def sides_of(fit: GeeFit, side: npt.ArrayLike | None) -> IntArray:
    """A code of each speaker's side, shape (K,); 0 for everybody where no side is given."""
    if side is None:
        return np.zeros(fit.n_speakers, dtype=np.int64)
    sides = np.asarray(side).astype(np.int64)
    if sides.shape != (fit.n_speakers,):
        raise OptionError(f"side has shape {sides.shape}; the fit has {fit.n_speakers} speakers")
    if np.unique(sides, return_counts=True)[1].min() < 2:
        raise OptionError("a side has one speaker; at least 2 are needed for a variance")
    return sides
