"""Rules of thumb that courts and consultants quote, computed so that they can be shown beside.

All three take counts of rows, as if every row were another person's. With one row a person that
is right; with several it is not, and none of them can know. On simulated passes of people who
differ, with nothing between the groups (tests/consequences/test_rules_of_thumb.py), the two
standard deviations are passed in far more than one study in five, where chance should pass them
in one of twenty. The four-fifths rule on the point ratio has no error rate at all: on word error
rates with 6, 12 and 30 speakers a group it is "failed", one way or the other, in 56, 39 and 17 %
of studies without any gap. No verdict of this package reads them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri
from scipy.stats import norm

from biasbench.consequences.thresholds.impact_ratio import FOUR_FIFTHS
from biasbench.errors import OptionError


@dataclass(frozen=True)
class KatzInterval:
    """Ratio of two shares with the large-sample log interval of Katz et al.

    Shown beside the clustered interval, never instead of it: it takes rows for people, and is
    too short wherever a person has several. None where one of the shares is 0: the logarithm
    does not exist, and no half is added to make it.
    """

    ratio: float | None
    low: float | None
    high: float | None
    level: float


@dataclass(frozen=True)
class TwoStandardDeviations:
    """The gap in standard errors of two pooled shares, and its normal p-value.

    Shown beside, never read: it takes rows for people. Castaneda v. Partida, 430 U.S. 482, 496
    n. 17 (1977) and Hazelwood School District v. United States, 433 U.S. 299, 308 n. 14 (1977)
    counted *people*, and compared them with a known share of a population; the two-sample form
    here is what practice made of it. z² is Pearson's χ² of the two-by-two table. None where
    nobody or everybody passes.
    """

    z: float | None
    p_value: float | None


@dataclass(frozen=True)
class FourFifths:
    """The point ratio against 0.80, without any uncertainty.

    Shown beside, never read: 29 CFR 1607.4(D) itself says that larger differences may not be
    evidence where they are "based on small numbers", and the point ratio cannot tell. `outside`
    is the two-way form, ratio below 0.80 or above 1.25.
    """

    ratio: float | None
    below: bool | None
    outside: bool | None


@dataclass(frozen=True)
class RulesOfThumb:
    """The three on the same counts of rows."""

    katz: KatzInterval
    two_standard_deviations: TwoStandardDeviations
    four_fifths: FourFifths


def rules_of_thumb(
    passed: int, of: int, against_passed: int, against_of: int, *, level: float = 0.95
) -> RulesOfThumb:
    """All three rules, on rows that passed out of all rows.

    >>> found = rules_of_thumb(6, 12, 37, 60)
    >>> round(found.four_fifths.ratio, 2), found.four_fifths.below
    (0.81, False)
    >>> round(found.katz.low, 2), round(found.katz.high, 2)
    (0.45, 1.48)
    """
    return RulesOfThumb(
        katz=katz_interval(passed, of, against_passed, against_of, level=level),
        two_standard_deviations=two_standard_deviations(passed, of, against_passed, against_of),
        four_fifths=four_fifths(passed, of, against_passed, against_of),
    )


def katz_interval(
    passed: int, of: int, against_passed: int, against_of: int, *, level: float = 0.95
) -> KatzInterval:
    """log(p_g/p_a) ± z·√((1 − p_g)/(n_g·p_g) + (1 − p_a)/(n_a·p_a)).

    Katz, Baptista, Azen & Pike (1978), Biometrics 34:469–474, method C; for the impact ratio
    Morris & Lobsenz (2000), Personnel Psychology 53:89–111.

    >>> found = katz_interval(10, 75, 12, 225)
    >>> round(found.ratio, 3), round(found.low, 4), round(found.high, 4)
    (2.5, 1.1262, 5.5499)
    """
    if not 0 < level < 1:
        raise OptionError(f"level={level:g} is not between 0 and 1; 95 % is written 0.95")
    p, other = _shares(passed, of, against_passed, against_of)
    if other == 0:
        return KatzInterval(None, None, None, level)
    if p == 0:
        return KatzInterval(0.0, None, None, level)
    error = math.sqrt((1 - p) / passed + (1 - other) / against_passed)
    reach = float(ndtri((1 + level) / 2)) * error
    ratio = p / other
    return KatzInterval(ratio, ratio * math.exp(-reach), ratio * math.exp(reach), level)


def two_standard_deviations(
    passed: int, of: int, against_passed: int, against_of: int
) -> TwoStandardDeviations:
    """The gap over its error, (p_g − p_a) / √(p(1 − p)(1/n_g + 1/n_a)), p the share of both.

    >>> found = two_standard_deviations(48, 80, 12, 40)
    >>> round(found.z, 4), round(found.p_value, 5)
    (3.0984, 0.00195)
    """
    p, other = _shares(passed, of, against_passed, against_of)
    pooled = (passed + against_passed) / (of + against_of)
    if pooled in (0, 1):
        return TwoStandardDeviations(None, None)
    z = (p - other) / math.sqrt(pooled * (1 - pooled) * (1 / of + 1 / against_of))
    return TwoStandardDeviations(z, 2 * float(norm.sf(abs(z))))


def four_fifths(
    numerator: float, denominator: float, against_numerator: float, against_denominator: float
) -> FourFifths:
    """The ratio of two rates, and on which side of 0.80 (and of 1.25) it falls.

    >>> four_fifths(48, 80, 12, 20)
    FourFifths(ratio=1.0, below=False, outside=False)
    """
    if not (denominator > 0 and against_denominator > 0):
        raise OptionError(
            f"rates out of {denominator:g} and {against_denominator:g}: both must be above 0"
        )
    other = against_numerator / against_denominator
    if other == 0:
        return FourFifths(None, None, None)
    ratio = numerator / denominator / other
    return FourFifths(ratio, ratio < FOUR_FIFTHS, ratio < FOUR_FIFTHS or ratio > 1 / FOUR_FIFTHS)


def _shares(passed: int, of: int, against_passed: int, against_of: int) -> tuple[float, float]:
    for count, total in ((passed, of), (against_passed, against_of)):
        if total < 1 or not 0 <= count <= total:
            raise OptionError(f"{count} passed of {total}: give counts with 0 ≤ passed ≤ all")
    return passed / of, against_passed / against_of
