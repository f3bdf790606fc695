"""What a method of comparison returns: two values, their difference and ratio, intervals, p."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from biasbench.evidence.estimate import rate
from biasbench.evidence.sums import Kind, SpeakerSums


@dataclass(frozen=True)
class Comparison:
    """A group against another side. None where a figure does not exist; never 0 or NaN for that.

    `difference` is value − against_value and `ratio` is value / against_value, in the order of
    the question and not of blame: which sign is worse is for the verdict to say. A mean has no
    ratio.
    """

    value: float | None
    against_value: float | None
    level: float
    method: str
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    t: float | None = None
    dof: float | None = None
    p: float | None = None
    note: str | None = None
    kind: Kind = "rate"

    def mirrored(self) -> Comparison:
        """The same comparison asked from the other side: A against B becomes B against A."""
        ratio = None
        if self.kind == "rate" and self.value and self.against_value is not None:
            ratio = self.against_value / self.value
        return replace(
            self,
            value=self.against_value,
            against_value=self.value,
            difference=_negative(self.difference),
            difference_low=_negative(self.difference_high),
            difference_high=_negative(self.difference_low),
            ratio=ratio,
            ratio_low=_inverse(self.ratio_high),
            ratio_high=_inverse(self.ratio_low),
            t=_negative(self.t),
        )


def described(
    group: SpeakerSums, against: SpeakerSums, *, level: float, method: str, note: str | None = None
) -> Comparison:
    """The two values, their difference and their ratio, without any inference.

    >>> import numpy as np
    >>> people = SpeakerSums(np.array([4.0, 6]), np.full(2, 40.0), 20)
    >>> others = SpeakerSums(np.array([2.0, 3]), np.full(2, 40.0), 20)
    >>> found = described(people, others, level=0.95, method="described only")
    >>> found.value, found.against_value, found.ratio, found.p
    (0.125, 0.0625, 2.0, None)
    """
    value = rate(group.numerator, group.denominator)
    other = rate(against.numerator, against.denominator)
    both = not (math.isnan(value) or math.isnan(other))
    has_ratio = both and group.kind == "rate" and other > 0
    return Comparison(
        value=None if math.isnan(value) else value,
        against_value=None if math.isnan(other) else other,
        level=level,
        method=method,
        difference=value - other if both else None,
        ratio=value / other if has_ratio else None,
        note=note,
        kind=group.kind,
    )


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _inverse(value: float | None) -> float | None:
    return None if value is None else 1 / value
