"""The links of a loop and their product, with intervals from leaving out each person in turn.

Each is t with K − 1 degrees of freedom on V = Σ_i (x_(i) − x)², x being β, θ or β·θ of
`half_panel`; the difference of two sides has the sum of both V and Welch–Satterthwaite degrees.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from biasbench.consequences.selection.half_panel import TwoEquations
from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.evidence.sums import FloatArray

#: Which way a score is good; a score of which neither is has no low.
Better = Literal["higher is better", "higher is worse"]


@dataclass(frozen=True)
class Link:
    """A coefficient, or the difference of two, with its interval."""

    value: float
    low: float
    high: float
    standard_error: float
    dof: float


@dataclass(frozen=True)
class Loop:
    """Both links and their product for one set of people.

    The `_uncorrected` links are those of plain within estimation: how far the two lie apart is how
    much the correction has to do. `n_person_periods` are the outcomes they rest on; `n_left_out`
    people lack four outcomes with two known periods before each, and are in no figure.
    """

    response: Link
    effect: Link
    gain: Link
    response_uncorrected: Link
    effect_uncorrected: Link
    closes: bool
    n_people: int
    n_person_periods: int
    n_left_out: int


def loop_of(fit: TwoEquations, *, direction: Better, level: float, n_left_out: int = 0) -> Loop:
    """The links and the gain of a fit, with intervals from leaving out each person in turn.

    >>> import numpy as np
    >>> from biasbench.consequences.selection.half_panel import outcomes, two_equations
    >>> rng = np.random.default_rng(0)
    >>> listening, score = rng.normal(size=(2, 40, 12))
    >>> fit = two_equations(outcomes(listening, score, np.empty((40, 12, 0))))
    >>> loop_of(fit, direction="higher is better", level=0.95).closes
    False
    """
    response, effect, plain_response, plain_effect = (
        _link(*values(fit), level=level)
        for values in (response_of, effect_of, _plain_response, _plain_effect)
    )
    (beta, betas), (theta, thetas) = response_of(fit), effect_of(fit)
    sign = -1 if direction == "higher is better" else 1
    return Loop(
        response=response,
        effect=effect,
        gain=_link(beta * theta, betas * thetas, level=level),
        response_uncorrected=plain_response,
        effect_uncorrected=plain_effect,
        closes=all(
            min(sign * link.low, sign * link.high) > 0
            for link in (response, effect, plain_response, plain_effect)
        ),
        n_people=fit.n_people,
        n_person_periods=fit.n_outcomes,
        n_left_out=n_left_out,
    )


#: A figure, and the same without each person.
Jackknifed = tuple[float, FloatArray]


def response_of(fit: TwoEquations) -> Jackknifed:
    """Of l_{t+1} on s_t."""
    return float(fit.value[1, 0]), fit.without_one[:, 1, 0]


def effect_of(fit: TwoEquations) -> Jackknifed:
    """Of s_{t+1} on l_t."""
    return float(fit.value[0, 1]), fit.without_one[:, 0, 1]


def _plain_response(fit: TwoEquations) -> Jackknifed:
    return float(fit.within[1, 0]), fit.within_without_one[:, 1, 0]


def _plain_effect(fit: TwoEquations) -> Jackknifed:
    return float(fit.within[0, 1]), fit.within_without_one[:, 0, 1]


def _link(value: float, without_one: FloatArray, *, level: float) -> Link:
    error = math.sqrt(float(((without_one - value) ** 2).sum()))
    return _with_interval(value, error, len(without_one) - 1, level)


def difference_of(one: Jackknifed, other: Jackknifed, *, level: float) -> Link:
    """The first figure minus the second, of different people.

    >>> import numpy as np
    >>> one, other = (3.0, np.array([2.0, 4, 3])), (1.0, np.array([1.0, 2, 0]))
    >>> found = difference_of(one, other, level=0.95)
    >>> found.value, found.standard_error, found.dof
    (2.0, 2.0, 4.0)
    """
    variances = [float(((left - value) ** 2).sum()) for value, left in (one, other)]
    dof = satterthwaite_dof(variances[0], len(one[1]), variances[1], len(other[1]))
    return _with_interval(one[0] - other[0], math.sqrt(sum(variances)), dof, level)


def _with_interval(value: float, error: float, dof: float, level: float) -> Link:
    reach = t_quantile(level, dof) * error
    return Link(value, value - reach, value + reach, error, dof)
