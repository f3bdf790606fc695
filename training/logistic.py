"""Multinomial logistic regression with an L2 penalty, fitted by Newton's method.

    L(b, W) = − Σ_i v_i · log p_i,y(i) + λ/2 · Σ w_ck²,      p_i = softmax(b + W z_i)

All classes have weights of their own (Friedman, Hastie and Tibshirani 2010, J. Stat. Softw. 33(1),
§4), which the penalty makes unique; they add up to 0 over the classes. The intercepts b have no
penalty; a constant added to all of them changes nothing, so they are held at a sum of 0. The v_i
make every class weigh the same, whatever the number of its clips: the probabilities are those
of a world in which each class is as frequent as any other.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from biasbench.systems.tone.emotion import softmax

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_MOST_STEPS = 100
_FLAT = 1e-8  # largest gradient, in clips: far below what the sixth digit of a weight can show


def class_weights(codes: Codes, n_classes: int) -> Floats:
    """Weights n / (n_classes · n_c) for each row of class c; shape (n,), sum n.

    >>> class_weights(np.array([0, 0, 0, 1]), 2).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    counts = np.bincount(codes, minlength=n_classes)
    return (len(codes) / (n_classes * counts))[codes]


def fit(
    standard: Floats,
    codes: Codes,
    weights: Floats,
    *,
    penalty: float,
    n_classes: int,
    start: Floats | None = None,
) -> Floats:
    """Intercepts and weights, shape (n_classes, 1 + k), for standardised features (n, k).

    start: where to begin, e.g. the solution for a larger penalty. Raises ArithmeticError if
    Newton's method has not come to rest, which a positive penalty does not let happen.

    >>> z = np.array([[-1.0], [-0.5], [0.5], [1.0]])
    >>> fit(z, np.array([0, 1, 0, 1]), np.ones(4), penalty=1.0, n_classes=2).round(3)
    array([[ 0.   , -0.224],
           [ 0.   ,  0.224]])
    """
    n, k = standard.shape
    rows = np.column_stack([np.ones(n), standard])
    size = k + 1
    ridge = np.concatenate([[0.0], np.full(k, penalty)])
    wanted = np.eye(n_classes)[codes]
    theta = np.zeros((n_classes, size)) if start is None else start.copy()
    value, shares = _loss(theta, rows, wanted, weights, ridge)
    for _ in range(_MOST_STEPS):
        slope = ((shares - wanted) * weights[:, None]).T @ rows + theta * ridge
        if np.abs(slope).max() < _FLAT:
            return theta
        step = np.linalg.solve(_curvature(rows, shares, weights, ridge), slope.ravel())
        step = step.reshape(n_classes, size)
        length = 1.0
        while True:
            tried, tried_shares = _loss(theta - length * step, rows, wanted, weights, ridge)
            # rounding may hide the last improvement
            if tried <= value + 1e-10 * abs(value) or length < 1e-9:
                break
            length /= 2
        theta, value, shares = theta - length * step, tried, tried_shares
    raise ArithmeticError(
        f"Newton's method did not come to rest in {_MOST_STEPS} steps at penalty {penalty:g}"
    )


def _loss(
    theta: Floats, rows: Floats, wanted: Floats, weights: Floats, ridge: Floats
) -> tuple[float, Floats]:
    """The penalised loss of the module's formula, and the probabilities (n, n_classes)."""
    log_odds = rows @ theta.T
    highest = log_odds.max(axis=1, keepdims=True)
    log_sum = highest + np.log(np.exp(log_odds - highest).sum(axis=1, keepdims=True))
    loss = -float((weights[:, None] * wanted * (log_odds - log_sum)).sum())
    return loss + float((theta**2 * ridge).sum()) / 2, softmax(log_odds)


def _curvature(rows: Floats, shares: Floats, weights: Floats, ridge: Floats) -> Floats:
    n_classes, size = shares.shape[1], rows.shape[1]
    hessian = np.zeros((n_classes, size, n_classes, size))
    for a in range(n_classes):
        for b in range(a, n_classes):
            each = weights * shares[:, a] * ((a == b) - shares[:, b])
            hessian[a, :, b, :] = hessian[b, :, a, :] = (rows * each[:, None]).T @ rows
    flat = hessian.reshape(n_classes * size, n_classes * size)
    flat[np.diag_indices(n_classes * size)] += np.tile(ridge, n_classes)
    intercepts = np.arange(n_classes) * size
    flat[np.ix_(intercepts, intercepts)] += 1.0  # pins their sum, which nothing else does
    return flat
