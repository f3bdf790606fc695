"""A change in the gap with its standard error: paired by person, or of two sets of recordings.

Paired, it is `evidence.swaps.change_in_gap`. Where the recordings differ, nothing cancels:

    change = (R_g2 − R_a2) − (R_g1 − R_a1)
    V      = V_g2 + V_a2 + V_g1 + V_a1            each V_CR3 (docs/statistics.md, "The engine")
    dof    = V² / Σ V_j²/(K_j − 1)                Welch–Satterthwaite over the four

Where some people are in both sets, what they share makes the true variance smaller: the bound
errs on the safe side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from biasbench.errors import OptionError
from biasbench.evidence.estimate import between_speaker_sd, rate, t_quantile, variance_cr3
from biasbench.evidence.planning.noncentral import Sides, upper_tail
from biasbench.evidence.planning.power import people_needed_for_swap
from biasbench.evidence.sums import SpeakerSums
from biasbench.evidence.swaps.change import change_in_gap, changes
from biasbench.evidence.swaps.pairing import Heard

#: The power at which the smallest margin that could have been shown is told.
POWER = 0.80
#: 80 % of a normal distribution lies below so many standard deviations.
_NORMAL_AT_POWER = 0.8416212335729143


@dataclass(frozen=True)
class Bounds:
    """The gap of a group before and after, and how well the change is known.

    Without spread between people there is no standard error, and `note` says why.
    """

    gap_before: float
    gap_after: float
    change: float
    standard_error: float | None
    dof: float | None
    n_changed: int | None  # people whose sums differ; None where people are not paired
    note: str | None
    spread: Sides | None  # of the change of a person, on both sides; None where not paired

    def interval(self, alpha: float) -> tuple[float, float] | None:
        """One-sided bounds of the change, each at 1 − alpha.

        >>> bounds = Bounds(0.05, 0.06, 0.01, 0.01, 1e9, 9, None, None)
        >>> [round(end, 4) for end in bounds.interval(0.05)]
        [-0.0064, 0.0264]
        """
        if self.standard_error is None or self.dof is None:
            return None
        reach = t_quantile(1 - 2 * alpha, self.dof) * self.standard_error
        return self.change - reach, self.change + reach

    def power(self, margin: float, alpha: float) -> float | None:
        """How often a model that changes nothing is shown to stay within the margin.

        Paired: `evidence.planning.power_of_noninferiority`, of the spread that was found.
        """
        law = self._law(alpha)
        return None if law is None else upper_tail(law[1], law[2], margin / law[0])

    def detectable(self, alpha: float) -> float | None:
        """The margin that a model which changes nothing is shown to keep in 80 % of studies.

        The noncentrality at which T(ν, ncp) exceeds c with probability β, after Johnson & Welch
        (1940), Biometrika 31:362–389: c·(1 − 1/4ν) + z_β·√(1 + c²/2ν).

        >>> bounds = Bounds(0.05, 0.06, 0.01, 0.01, 20.0, 9, None, None)
        >>> margin = bounds.detectable(0.05)
        >>> round(margin, 4), round(bounds.power(margin, 0.05), 3)
        (0.0258, 0.8)
        """
        law = self._law(alpha)
        if law is None:
            return None
        error, critical, dof = law
        spread = math.sqrt(1 + critical**2 / (2 * dof))
        return error * (critical * (1 - 1 / (4 * dof)) + _NORMAL_AT_POWER * spread)

    def people_needed(self, margin: float, alpha: float) -> int | None:
        """People on each side so that 80 % of studies show it; None where nobody can say."""
        if self.spread is None:
            return None
        try:
            return people_needed_for_swap(
                margin,
                sd=self.spread.sd,
                against_sd=self.spread.other_sd,
                alpha=alpha,
                power=POWER,
            )
        except OptionError:  # more people than there are
            return None

    def _law(self, alpha: float) -> tuple[float, float, float] | None:
        if self.standard_error is None or self.dof is None:
            return None
        if self.spread is None:
            return self.standard_error, t_quantile(1 - 2 * alpha, self.dof), self.dof
        sides = self.spread
        critical = sides.stretch * t_quantile(1 - 2 * alpha, sides.dof)
        return sides.error, critical, sides.dof


def paired_bounds(
    group_before: Heard, group_after: Heard, against_before: Heard, against_after: Heard
) -> Bounds:
    """The change of people who said the same words to both models.

    Raises InsufficientDataError below 6 people a side, and TableError where the words differ.
    """
    found = change_in_gap(group_before, group_after, against_before, against_after)
    spread = None
    if found.standard_error is not None:
        spread = Sides(
            _sd(group_before, group_after),
            _sd(against_before, against_after),
            found.n_speakers,
            found.n_against,
        )
    return Bounds(
        gap_before=found.gap_before,
        gap_after=found.gap_after,
        change=found.change,
        standard_error=found.standard_error,
        dof=found.dof,
        n_changed=found.n_changed,
        note=found.note,
        spread=spread,
    )


def unpaired_bounds(
    group_before: SpeakerSums,
    group_after: SpeakerSums,
    against_before: SpeakerSums,
    against_after: SpeakerSums,
) -> Bounds:
    """The change between two sets of recordings, as of other people.

    >>> import numpy as np
    >>> from biasbench.evidence.sums import ordered_sums
    >>> def side(*errors):
    ...     return ordered_sums(np.array(errors, float), np.full(len(errors), 100.0),
    ...                         n_utterances=9)
    >>> found = unpaired_bounds(side(20, 25, 31), side(22, 27, 30), side(9, 12, 14),
    ...                         side(10, 11, 15))
    >>> round(found.change, 4), round(found.standard_error, 4), round(found.dof, 1)
    (0.0067, 0.0548, 5.6)
    """
    four = (group_before, group_after, against_before, against_after)
    rates = [rate(side.numerator, side.denominator) for side in four]
    variances = [variance_cr3(side.numerator, side.denominator) for side in four]
    gap_before, gap_after = rates[0] - rates[2], rates[1] - rates[3]
    bounded = all(math.isfinite(v) and v > 0 for v in variances)
    total = sum(variances)
    weights = [v**2 / (side.n_speakers - 1) for v, side in zip(variances, four, strict=True)]
    return Bounds(
        gap_before=gap_before,
        gap_after=gap_after,
        change=gap_after - gap_before,
        standard_error=math.sqrt(total) if bounded else None,
        dof=total**2 / sum(weights) if bounded else None,
        n_changed=None,
        note=None if bounded else "every person on a side has the same value",
        spread=None,
    )


def _sd(before: Heard, after: Heard) -> float:
    return between_speaker_sd(changes(before, after))
