"""Several comparisons, one family: levels and p-values that hold for all of them at once.

Single-step Šidák is what the verdict reads, because a reader can redo it with a calculator.
Holm is printed beside it and never mixed in; so is Benjamini–Hochberg, which bounds the share of
false finds and not the chance of any, and is exploratory for that reason. Max-T: `omnibus`.
Šidák (1967), JASA 62:626–633; Holm (1979), Scandinavian Journal of Statistics 6:65–70; Benjamini
& Hochberg (1995), JRSS B 57:289–300.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def sidak_level(level: float, n_comparisons: int) -> float:
    """The level of each interval so that all hold together at `level`.

    1 − (1 − α)^(1/m) is the error of each, so the level of each is level^(1/m). With no
    comparison it is the level itself.

    >>> round(sidak_level(0.95, 5), 4)
    0.9898
    """
    return math.pow(level, 1 / max(n_comparisons, 1))


def sidak(p: float, n_comparisons: int) -> float:
    """The p-value of one comparison among m: 1 − (1 − p)^m.

    >>> round(sidak(0.01, 5), 4)
    0.049
    """
    if p >= 1:
        return 1.0
    return -math.expm1(max(n_comparisons, 1) * math.log1p(-p))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini–Hochberg adjusted p-values, in the order given: exploratory, for no verdict.

    p of rank k (ascending) becomes the smallest of p_(j)·m/j over j ≥ k.

    >>> [round(p, 3) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__, reverse=True)
    adjusted = [0.0] * len(p_values)
    smallest = 1.0
    for rank, index in enumerate(order):
        smallest = min(smallest, p_values[index] * len(p_values) / (len(p_values) - rank))
        adjusted[index] = smallest
    return adjusted
