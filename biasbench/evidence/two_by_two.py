"""A table of people, two by two: so many of so many passed here, so many of so many there.

What a staff register gives: each person once, hired or not, promoted or not. The raw rates come
first; courts have acted on them alone. Beside them stand

    p           Fisher's exact test, two-sided: tables as improbable as this one or more so,
                at these margins (Fisher 1935, JRSS 98:39–82)
    difference  MOVER out of two Wilson intervals: Newcombe (1998), Statistics in Medicine
                17:873–890, method 10
    verdict     the same gates and the same rule as every other finding (`sufficiency`, `verdict`)

`assess` takes such a table too, one row a person, and reads its own interval; both are insufficient
evidence on few people (tests/evidence/test_two_by_two.py). The register's people must be
everybody concerned, once each; months or calls of one person are not people.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import fisher_exact

from biasbench.errors import OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods.cr3 import mover_difference
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.sufficiency import Audience, Side, caution, failed_gates
from biasbench.evidence.verdict import Verdict, judge
from biasbench.tables import Direction

_METHOD = "Newcombe: MOVER of two Wilson intervals"


@dataclass(frozen=True)
class Proportion:
    """So many of so many people, with the Wilson interval of the share."""

    passed: int
    people: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share of the people who passed."""
        return self.passed / self.people


@dataclass(frozen=True)
class TwoByTwo:
    """Raw rates first; `difference` is rate − against rate, `ratio` None over a rate of 0."""

    group: Proportion
    against: Proportion
    difference: float
    difference_low: float
    difference_high: float
    ratio: float | None
    p_fisher: float
    level: float
    margin: float | None
    verdict: Verdict


def two_by_two(
    passed: int,
    people: int,
    passed_against: int,
    people_against: int,
    *,
    margin: float | None = None,
    direction: Direction = "higher is better",
    level: float = 0.95,
    audience: Audience = "public",
    names: tuple[str, str] = ("the group", "the other side"),
) -> TwoByTwo:
    """Rates, Fisher's exact p, the difference with its interval, and the verdict on it.

    `margin` is the smallest difference of the two rates that matters, declared before: without
    one there is no verdict but that of the gates. `direction` says whether passing is good for a
    person. Raises OptionError for counts that cannot be.

    >>> found = two_by_two(2, 29, 43, 238, margin=0.03)
    >>> f"{100 * found.group.rate:.1f} {100 * found.against.rate:.2f} p={found.p_fisher:.2f}"
    '6.9 18.07 p=0.19'
    >>> round(found.difference_low, 3), round(found.difference_high, 3), found.verdict.code
    (-0.185, 0.045, 'V-N')
    """
    check_plain_options(level=level, audience=audience, seed=0, n_resamples=1)
    if margin is not None and not 0 < margin <= 1:
        raise OptionError(f"margin={margin:g} is no difference of rates: above 0, at most 1")
    one = _proportion(passed, people, names[0], level)
    other = _proportion(passed_against, people_against, names[1], level)
    low, high = mover_difference(one.rate, one.low, one.high, other.rate, other.low, other.high)
    found = Comparison(
        value=one.rate,
        against_value=other.rate,
        level=level,
        method=_METHOD,
        difference=one.rate - other.rate,
        difference_low=low,
        difference_high=high,
        ratio=one.rate / other.rate if other.rate > 0 else None,
    )
    table = np.array([[passed, people - passed], [passed_against, people_against - passed_against]])
    return TwoByTwo(
        group=one,
        against=other,
        difference=one.rate - other.rate,
        difference_low=low,
        difference_high=high,
        ratio=found.ratio,
        p_fisher=float(fisher_exact(table).pvalue),
        level=level,
        margin=margin,
        verdict=_verdict(found, (one, other), names, margin, direction, audience),
    )


def wilson(passed: int, people: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share of people (1927, JASA 22:209–212).

    >>> low, high = wilson(2, 29)
    >>> round(low, 3), round(high, 3)
    (0.019, 0.22)
    """
    z = float(ndtri((1 + level) / 2))
    rate, spread = passed / people, z**2 / people
    middle = (rate + spread / 2) / (1 + spread)
    arm = z * math.sqrt(rate * (1 - rate) / people + z**2 / (4 * people**2)) / (1 + spread)
    # At 0 and at 1 the ends are exact, and rounding would put them a hair beside.
    return (0.0 if passed == 0 else middle - arm), (1.0 if passed == people else middle + arm)


def _proportion(passed: int, people: int, name: str, level: float) -> Proportion:
    if people < 1 or not 0 <= passed <= people or passed != int(passed) or people != int(people):
        raise OptionError(
            f"{passed} of {people} people in {name}: give counts, 0 ≤ passed ≤ people"
        )
    return Proportion(passed, people, *wilson(passed, people, level=level))


def _verdict(
    found: Comparison,
    shares: tuple[Proportion, Proportion],
    names: tuple[str, str],
    margin: float | None,
    direction: Direction,
    audience: Audience,
) -> Verdict:
    sides = [
        Side(name, share.people, share.passed, 1 / share.people, share.people, 0)
        for name, share in zip(names, shares, strict=True)
    ]
    failed = failed_gates(
        sides[0], sides[1], kind="rate", audience=audience, by="group", overlaps={}
    )
    if failed:
        return Verdict("V-N", "; also ".join(failed))
    if direction == "neither":
        return Verdict(None, "neither way of this rate is worse: described, not judged")
    if margin is None:
        return Verdict(
            None,
            "no margin was declared: pass margin=, the smallest difference of the two rates that "
            "matters, decided before looking",
        )
    verdict = judge(found, margin=margin, direction=direction)
    words = caution(sides[0], sides[1])
    return verdict if words is None else Verdict(verdict.code, f"{verdict.reason}; {words}")
