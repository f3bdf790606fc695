"""Propensity scores, and one-to-one pairs of rows with nearly the same score.

The score is the probability of being in the group given the covariates; rows alike in it are
alike, on average, in all of them (Rosenbaum & Rubin 1983, Biometrika 70:41–55). Pairs are the
nearest on its logit within a caliper of 0.2 standard deviations, each row used once (Austin 2011,
Pharmaceutical Statistics 10:150–161). Koenecke et al. (2020), PNAS 117:7684–7689, matched snippets
of speech so.

The logistic regression is iteratively reweighted least squares (McCullagh & Nelder 1989,
Generalized Linear Models, §2.5), and equals statsmodels' to 1e-8.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError
from biasbench.evidence.sums import FloatArray, IntArray
from biasbench.explain.matching.balance import is_number
from biasbench.tables.labels import label_codes

Flags = npt.NDArray[np.bool_]

#: Fitted log odds beyond this, one in half a million, are those of sides that do not overlap.
_SEPARATED = 13.0
_APART = (
    "the covariates tell the two sides apart completely, so that nobody has a counterpart; "
    "both sides are needed at the same values, or match on fewer covariates"
)
_MOST_STEPS = 50
_STEP_SIZE = 1e-10


def covariate_matrix(covariates: pd.DataFrame) -> FloatArray:
    """A column of ones, each number standardised, each further level of a text column as 0 or 1.

    Shape (n_rows, n_terms); no cell may be empty.

    >>> covariate_matrix(pd.DataFrame({"sex": ["f", "m", "m"], "age": [20.0, 30, 40]})).tolist()
    [[1.0, 0.0, -1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """
    terms = [np.ones(len(covariates))]
    for name in covariates.columns:
        values = covariates[name]
        if is_number(values):
            numbers = values.to_numpy(dtype=float)
            spread = numbers.std(ddof=1) if len(numbers) > 1 else 0.0
            terms.append((numbers - numbers.mean()) / (spread if spread > 0 else 1.0))
        else:
            codes, labels = label_codes(values)
            terms += [(codes == code).astype(float) for code in range(1, len(labels))]
    return np.stack(terms, axis=1)


def at_shared_levels(covariates: pd.DataFrame, in_group: Flags) -> Flags:
    """Rows at levels of text columns that both sides have, among the rows so left; shape (n_rows,).

    At a level of one side alone nobody has a counterpart, and a logistic regression no finite odds.
    Raises InsufficientDataError where no row is left.

    >>> sex = pd.DataFrame({"sex": ["f", "m", "f", "m", "other"]})
    >>> at_shared_levels(sex, np.array([True, True, False, False, False])).tolist()
    [True, True, True, True, False]
    """
    kept = np.ones(len(covariates), dtype=bool)
    texts = [label_codes(values)[0] for _, values in covariates.items() if not is_number(values)]
    while True:
        before = kept.copy()
        for codes in texts:
            shared = np.intersect1d(codes[kept & in_group], codes[kept & ~in_group])
            kept &= np.isin(codes, shared)
        if not kept.any():
            raise InsufficientDataError(_APART)
        if (kept == before).all():
            return kept


def propensity_logit(matrix: FloatArray, in_group: Flags) -> FloatArray:
    """Log odds of being in the group, fitted to the rows by logistic regression; shape (n_rows,).

    Raises InsufficientDataError where the covariates tell the two sides apart.

    >>> logit = propensity_logit(np.array([[1.0, 0], [1, 0], [1, 0], [1, 1], [1, 1], [1, 1]]),
    ...                          np.array([True, False, False, True, True, False]))
    >>> logit.round(4).tolist()
    [-0.6931, -0.6931, -0.6931, 0.6931, 0.6931, 0.6931]
    """
    target = in_group.astype(float)
    coefficients = np.zeros(matrix.shape[1])
    for _ in range(_MOST_STEPS):
        logit = matrix @ coefficients
        if np.abs(logit).max() > _SEPARATED:
            break
        probability = 1 / (1 + np.exp(-logit))
        spread = np.sqrt(probability * (1 - probability))
        # Least squares, not a solve: levels that say the same twice are no error.
        step = np.linalg.lstsq(
            matrix * spread[:, None], (target - probability) / spread, rcond=None
        )[0]
        coefficients = coefficients + step
        if np.abs(step).max() < _STEP_SIZE:
            fitted: FloatArray = matrix @ coefficients
            return fitted
    raise InsufficientDataError(_APART)


def caliper_width(logit: FloatArray, in_group: Flags, *, multiple: float = 0.2) -> float:
    """`multiple` × √((s_g² + s_a²)/2), the SDs of the two sides' logits (Austin 2011).

    >>> caliper_width(np.array([0.0, 2, 1, 3]), np.array([True, True, False, False])).__round__(4)
    0.2828
    """
    variances = [float(logit[side].var(ddof=1)) for side in (in_group, ~in_group)]
    return multiple * math.sqrt(sum(variances) / 2)


def nearest_pairs(
    score: FloatArray,
    in_group: Flags,
    *,
    caliper: float,
    rng: np.random.Generator,
) -> IntArray:
    """Pairs of a row of the group and one of the other side, nearest in score; shape (n_pairs, 2).

    Each row of the smaller side in turn, in random order, takes the nearest row not yet taken; it
    stays alone where that is farther than `caliper`. Rows that tie are taken in random order.

    >>> nearest_pairs(np.array([0.0, 1.0, 0.9, 0.05, 5.0]), np.array([1, 1, 0, 0, 0], dtype=bool),
    ...               caliper=0.2, rng=np.random.default_rng(0)).tolist()
    [[0, 3], [1, 2]]
    """
    group, against = np.flatnonzero(in_group), np.flatnonzero(~in_group)
    swapped = len(against) < len(group)
    few, many = (against, group) if swapped else (group, against)
    few, many = rng.permutation(few), rng.permutation(many)
    many = many[np.argsort(score[many], kind="stable")]
    scores = score[many]
    free = _Free(len(many))
    pairs = []
    for row, start in zip(few, np.searchsorted(scores, score[few]), strict=True):
        below, above = free.at_or_below(int(start) - 1), free.at_or_above(int(start))
        down = score[row] - scores[below] if below >= 0 else math.inf
        up = scores[above] - score[row] if above < len(many) else math.inf
        place, distance = (below, down) if down < up else (above, up)
        if distance <= caliper:
            free.take(place)
            pairs.append((many[place], row) if swapped else (row, many[place]))
    found = np.array(sorted(pairs), dtype=np.int64)
    return found.reshape(-1, 2)


class _Free:
    """Places 0 … n − 1, and the nearest not yet taken; paths are shortened as they are walked."""

    def __init__(self, n: int) -> None:
        self._last = n - 1
        self._up = list(range(n + 1))
        self._down = list(range(n + 1))  # the same, counted from the far end

    def at_or_above(self, place: int) -> int:
        """The nearest free place from `place` upward; n where there is none."""
        return _root(self._up, place)

    def at_or_below(self, place: int) -> int:
        """The nearest free place from `place` downward; −1 where there is none."""
        return self._last - _root(self._down, self._last - place)

    def take(self, place: int) -> None:
        """No longer free."""
        self._up[place] = place + 1
        self._down[self._last - place] = self._last - place + 1


def _root(link: list[int], place: int) -> int:
    trail = []
    while link[place] != place:
        trail.append(place)
        place = link[place]
    for passed in trail:
        link[passed] = place
    return place
