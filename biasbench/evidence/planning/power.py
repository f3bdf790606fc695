"""How many people a question needs, and what a number of people can see.

Two answers. The rough one, which a reader can redo with a calculator and a finding prints:

    n per group ≈ (z_{(1+level)/2} + z_{power})² · (SD_g² + SD_a²) / δ²

which is 2(1.96 + 0.84)²·SD²/δ² with equal spreads, 95 % and a power of 80 % (docs/report.md §D).
SD is the standard deviation between people, δ the margin. A rough size for planning, not a promise.

The better one is the power of the test itself (`methods.cr3`), by the noncentral t distribution:

    power = P( |T(ν, δ/s)| > c·t_{ν,(1+level)/2} )      s² = SD_g²/n_g + SD_a²/n_a

with ν and c as `noncentral` defines them. For a ratio δ is its logarithm and SD the *coefficient
of variation* of people's sums, CV = √(K·V)/R (`pilot.relative_sd`); for a difference δ is the
difference and SD = √(K·V), as `estimate.between_speaker_sd`. From 12 people a side on it is within
3 points of the share of simulated studies that see the gap (tests/evidence/test_power.py);
`pilot.simulate_power` does without it.

Assumed: the CV of a side is the same at every ratio, which is so where a gap multiplies each
person's errors (a CV falls a little as errors become frequent, so that power is understated
upward); people about as talkative as in the pilot; CR3's own factor n/(n−1), which is that of
people who speak equally much. A pilot's √(K·V) is itself few-speaker corrected and on average
√(K/(K−1)) too large: the number of people errs on the side of more.
"""

from __future__ import annotations

import math
from typing import Literal

from scipy import stats

from biasbench.errors import OptionError
from biasbench.evidence.planning.noncentral import (
    Sides,
    check_level,
    check_people,
    check_power,
    check_shift,
    check_spread,
    fewest_people,
    power_one_sided,
    power_two_sided,
    smallest_shift,
)
from biasbench.evidence.sufficiency import FEWEST_TO_TEST

#: How the number of people is found: the rough formula, or the power of the test itself.
PowerFormula = Literal["normal", "noncentral t"]


def people_needed(
    sd: float,
    margin: float,
    *,
    against_sd: float | None = None,
    level: float = 0.95,
    power: float = 0.80,
    formula: PowerFormula = "normal",
) -> int:
    """People in each of two groups to see a gap of `margin`; both in the metric's unit.

    By the rough formula, or by the power of the test (`formula="noncentral t"`), which is the
    larger where few people are needed and never below the 6 a side that any test takes.

    >>> people_needed(0.10, 0.05), people_needed(0.10, 0.03)
    (63, 174)
    >>> people_needed(0.10, 0.05, formula="noncentral t")
    65
    """
    other = sd if against_sd is None else against_sd
    if formula == "noncentral t":
        check_spread("sd", sd, against_sd)
        check_shift("margin", margin)
        check_power(power, level)
        return fewest_people(
            lambda people: power_two_sided(margin, Sides(sd, other, people, people), level=level),
            power=power,
        )
    if formula != "normal":
        raise OptionError(f"formula={formula!r} is none of 'normal', 'noncentral t'")
    z = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power))
    return max(2, round(z**2 * (sd**2 + other**2) / margin**2))


def power_of(
    ratio: float,
    *,
    cv: float,
    people: int,
    against_people: int | None = None,
    against_cv: float | None = None,
    level: float = 0.95,
) -> float:
    """The probability that the test of the log ratio sees a true `ratio`, as a fraction.

    `level` is that of the comparison: the family's adjusted one, `correct.sidak_level`. The other
    side has as many people, and their CV, unless it is said otherwise.

    >>> round(power_of(1.5, cv=0.5, people=30), 3)
    0.863
    >>> round(power_of(1.0, cv=0.5, people=30), 3)
    0.046
    """
    if not (math.isfinite(ratio) and ratio > 0):
        raise OptionError(f"ratio={ratio:g} is not a ratio of two rates; 1.25 is a quarter more")
    check_level(level)
    sides = _sides("cv", cv, against_cv, people, against_people)
    return power_two_sided(math.log(ratio), sides, level=level)


def power_of_difference(
    difference: float,
    *,
    sd: float,
    people: int,
    against_people: int | None = None,
    against_sd: float | None = None,
    level: float = 0.95,
) -> float:
    """The same for a difference on the metric's own scale: means of scores.

    >>> round(power_of_difference(0.5, sd=1.0, people=64), 3)
    0.797
    """
    if not math.isfinite(difference):
        raise OptionError(
            f"difference={difference:g} is not a number; give it in the metric's unit"
        )
    check_level(level)
    sides = _sides("sd", sd, against_sd, people, against_people)
    return power_two_sided(difference, sides, level=level)


def minimum_detectable_ratio(
    *,
    cv: float,
    people: int,
    against_people: int | None = None,
    against_cv: float | None = None,
    level: float = 0.95,
    power: float = 0.80,
) -> float:
    """The smallest ratio above 1 that so many people see with that power; below 1 its inverse.

    >>> round(minimum_detectable_ratio(cv=0.5, people=12), 2)
    1.85
    >>> round(minimum_detectable_ratio(cv=0.5, people=12, against_people=200), 2)
    1.59
    """
    check_power(power, level)
    sides = _sides("cv", cv, against_cv, people, against_people)
    return math.exp(smallest_shift(sides, level=level, power=power))


def minimum_detectable_difference(
    *,
    sd: float,
    people: int,
    against_people: int | None = None,
    against_sd: float | None = None,
    level: float = 0.95,
    power: float = 0.80,
) -> float:
    """The smallest difference that so many people see with that power, in the metric's unit.

    >>> round(minimum_detectable_difference(sd=1.0, people=64), 2)
    0.5
    """
    check_power(power, level)
    sides = _sides("sd", sd, against_sd, people, against_people)
    return smallest_shift(sides, level=level, power=power)


def people_needed_for_ratio(
    ratio: float,
    *,
    cv: float,
    against_cv: float | None = None,
    level: float = 0.95,
    power: float = 0.80,
    against_per_person: float = 1.0,
) -> int:
    """People in the group to see a true `ratio` with that power; never below the 6 a test takes.

    `against_per_person` is how many people the other side has for each of the group.

    >>> people_needed_for_ratio(1.5, cv=0.5), people_needed_for_ratio(1 / 1.5, cv=0.5)
    (26, 26)
    >>> people_needed_for_ratio(1.5, cv=0.5, against_per_person=4)
    17
    """
    if ratio == 1:
        raise OptionError("ratio=1 is no gap, and no number of people can see it; 1.25 is usual")
    if not against_per_person > 0:
        raise OptionError(f"against_per_person={against_per_person:g} is not above 0; 1 is as many")
    check_power(power, level)
    return fewest_people(
        lambda people: power_of(
            ratio,
            cv=cv,
            people=people,
            against_people=max(FEWEST_TO_TEST, round(people * against_per_person)),
            against_cv=against_cv,
            level=level,
        ),
        power=power,
    )


def power_of_noninferiority(
    margin: float,
    *,
    sd: float,
    people: int,
    against_people: int | None = None,
    against_sd: float | None = None,
    change: float = 0.0,
    alpha: float = 0.05,
) -> float:
    """The probability that a model whose true change in the gap is `change` passes the margin.

    It passes where the one-sided upper bound at 1 − alpha lies below the margin (`swap`). SD is
    that of the *change* of a person, after minus before, √(K·V) of the paired sums.

    >>> round(power_of_noninferiority(0.03, sd=0.04, people=25), 3)
    0.825
    >>> round(power_of_noninferiority(0.03, sd=0.04, people=25, change=0.03), 3)
    0.047
    """
    check_shift("margin", margin)
    if not 0 < alpha < 0.5:
        raise OptionError(f"alpha={alpha:g} is not between 0 and 0.5; 0.05 is usual")
    if not math.isfinite(change):
        raise OptionError(f"change={change:g} is not a number; 0 is a model that changes nothing")
    sides = _sides("sd", sd, against_sd, people, against_people)
    return power_one_sided(margin - change, sides, alpha=alpha)


def people_needed_for_swap(
    margin: float,
    *,
    sd: float,
    against_sd: float | None = None,
    change: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.80,
) -> int:
    """People in each group so that a model whose true change is `change` passes the margin.

    >>> people_needed_for_swap(0.03, sd=0.04)
    24
    """
    if change >= margin:
        raise OptionError(
            f"change={change:g} is not below margin={margin:g}; a model that worsens the gap by "
            "the margin must fail, however many people there are"
        )
    check_power(power, 1 - alpha)
    return fewest_people(
        lambda people: power_of_noninferiority(
            margin, sd=sd, people=people, against_sd=against_sd, change=change, alpha=alpha
        ),
        power=power,
    )


def _sides(
    name: str, spread: float, other: float | None, people: int, other_people: int | None
) -> Sides:
    check_spread(name, spread, other)
    both = people, people if other_people is None else other_people
    check_people(*both)
    return Sides(spread, spread if other is None else other, *both)
