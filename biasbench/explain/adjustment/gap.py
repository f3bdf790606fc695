"""The gap at equal values of some covariates: one model, three figures, one p-value.

The p-value is that of the log ratio (of the difference, for a mean), and there is no other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.sums import Kind
from biasbench.explain.adjustment.contrast import contrast
from biasbench.explain.adjustment.gee import fit_linear_gee, fit_poisson_gee
from biasbench.explain.adjustment.question import AdjustedRows, design_of
from biasbench.explain.adjustment.standardisation import standardised_difference

_RATE = "GEE Poisson, bias-reduced, t (Welch); g-computation with MOVER for the difference"
_MEAN = "GEE linear, bias-reduced, t (Welch)"


@dataclass(frozen=True)
class AdjustedGap:
    """The gap at equal values of some covariates; a mean has no ratio."""

    covariates: tuple[str, ...]
    value: float  # the group's rate at the covariates of both sides
    against_value: float
    difference: float
    difference_low: float
    difference_high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    level: float
    t: float
    dof: float
    p: float  # of the log ratio; of the difference, for a mean
    dof_working: float  # what the people it rests on are worth (adjust_working.py)
    largest_share: float  # one person's part of its variance
    method: str

    @property
    def kind(self) -> Kind:
        """A mean has no ratio."""
        return "mean" if self.ratio is None else "rate"

    def comparison(self) -> Comparison:
        """The same as any method of comparison returns it."""
        return Comparison(
            value=self.value,
            against_value=self.against_value,
            level=self.level,
            method=self.method,
            difference=self.difference,
            difference_low=self.difference_low,
            difference_high=self.difference_high,
            ratio=self.ratio,
            ratio_low=self.ratio_low,
            ratio_high=self.ratio_high,
            t=self.t,
            dof=self.dof,
            p=self.p,
            note=f"at equal {', '.join(self.covariates)}",
            kind=self.kind,
        )


def gap_given(asked: AdjustedRows, names: Sequence[str], *, level: float) -> AdjustedGap:
    """The gap at equal values of these covariates, from rows that are settled."""
    rows = asked.rows
    design = design_of(asked, names)
    fit_gee = fit_linear_gee if rows.kind == "mean" else fit_poisson_gee
    fit = fit_gee(design, rows.numerator, rows.denominator, rows.speaker)
    side = np.zeros(fit.n_speakers, dtype=np.int64)
    side[rows.speaker[rows.in_group]] = 1
    only_group = np.zeros(design.shape[1])
    only_group[1] = 1
    found = contrast(fit, only_group, side=side, level=level)
    if rows.kind == "mean":
        at_zero = float(rows.denominator @ (design @ fit.coefficients - design[:, 1] * found.value))
        against_value = at_zero / float(rows.denominator.sum())
        values = (against_value + found.value, against_value, found.value, found.low, found.high)
        ratios = None
    else:
        rates = standardised_difference(
            fit, design, rows.denominator, column=1, side=side, level=level
        )
        values = (rates.value, rates.against_value, rates.difference, rates.low, rates.high)
        ratios = [math.exp(min(max(end, -700.0), 700.0)) for end in (found.low, found.high)]
    return AdjustedGap(
        covariates=tuple(names),
        value=values[0],
        against_value=values[1],
        difference=values[2],
        difference_low=values[3],
        difference_high=values[4],
        ratio=None if ratios is None else math.exp(found.value),
        ratio_low=None if ratios is None else ratios[0],
        ratio_high=None if ratios is None else ratios[1],
        level=level,
        t=found.t,
        dof=found.dof,
        p=found.p,
        dof_working=found.dof_working,
        largest_share=found.largest_share,
        method=_MEAN if rows.kind == "mean" else _RATE,
    )
