"""The noncentral t: power of the test of `methods.cr3`, and its two inversions.

    s²    = SD_g²/n_g + SD_a²/n_a              variance of what is compared
    c²    = [SD_g²/(n_g−1) + SD_a²/(n_a−1)] / s²    CR3 makes its errors larger by as much
    ν     = Welch–Satterthwaite degrees of freedom of s²
    power = P( |T(ν, δ/s)| > c·t_{ν,(1+level)/2} )

T(ν, δ/s) is the noncentral t: Owen (1965), Biometrika 52:437–446. With unequal variances and
Satterthwaite's ν it is an approximation: Moser, Stevens & Watts (1989), Communications in
Statistics – Theory and Methods 18:3963–3975. `power` says what δ and SD are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import optimize, stats

from biasbench.errors import OptionError
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, t_quantile
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.evidence.sufficiency import FEWEST_TO_TEST

#: Beyond this many people a side nobody records speech; a target that needs more is refused.
MOST_PEOPLE = 1_000_000

#: From here on a noncentral t is a normal one to every printed digit, and quicker.
_LARGE_DOF = 1e5


@dataclass(frozen=True)
class Sides:
    """Two sides to be compared: how much people differ on each, and how many there are."""

    sd: float
    other_sd: float
    people: int
    other_people: int

    @property
    def error(self) -> float:
        """s, the standard error of what is compared."""
        return math.sqrt(self.sd**2 / self.people + self.other_sd**2 / self.other_people)

    @property
    def stretch(self) -> float:
        """c, by how much CR3's standard error is longer."""
        v = self.sd**2 / (self.people - 1) + self.other_sd**2 / (self.other_people - 1)
        return math.sqrt(v) / self.error

    @property
    def dof(self) -> float:
        """ν, Welch–Satterthwaite."""
        return satterthwaite_dof(
            self.sd**2 / self.people,
            self.people,
            self.other_sd**2 / self.other_people,
            self.other_people,
        )


def power_two_sided(shift: float, sides: Sides, *, level: float) -> float:
    """The probability that an interval at `level` excludes 0 when the truth is `shift`.

    >>> round(power_two_sided(0.5, Sides(1.0, 1.0, 64, 64), level=0.95), 3)
    0.797
    """
    critical = sides.stretch * t_quantile(level, sides.dof)
    ncp = shift / sides.error
    return upper_tail(critical, sides.dof, ncp) + upper_tail(critical, sides.dof, -ncp)


def power_one_sided(shift: float, sides: Sides, *, alpha: float) -> float:
    """The probability that the one-sided lower bound at 1 − alpha lies above 0.

    >>> round(power_one_sided(0.0, Sides(1.0, 1.0, 1000, 1000), alpha=0.05), 3)
    0.05
    """
    # The two-sided quantile at 1 − 2·alpha is the one-sided one at 1 − alpha.
    critical = sides.stretch * t_quantile(1 - 2 * alpha, sides.dof)
    return upper_tail(critical, sides.dof, shift / sides.error)


def upper_tail(critical: float, dof: float, ncp: float) -> float:
    """P(T(ν, ncp) > critical).

    >>> round(upper_tail(2.0, 10.0, 0.0), 4), round(upper_tail(2.0, 10.0, 2.0), 4)
    (0.0367, 0.519)
    """
    if dof > _LARGE_DOF:
        return float(stats.norm.sf(critical - ncp))
    return float(stats.nct.sf(critical, dof, ncp))


def smallest_shift(sides: Sides, *, level: float, power: float) -> float:
    """The smallest shift above 0 that is seen with that power.

    >>> round(smallest_shift(Sides(1.0, 1.0, 64, 64), level=0.95, power=0.80), 2)
    0.5
    """

    def lacking(shift: float) -> float:
        return power_two_sided(shift, sides, level=level) - power

    reach = sides.error
    while lacking(reach) < 0:
        reach *= 2
    return float(optimize.brentq(lacking, 0.0, reach, xtol=1e-12, rtol=1e-10))


def fewest_people(power_with: Callable[[int], float], *, power: float) -> int:
    """The fewest people a side, from the 6 of any test on, whose power is enough.

    >>> fewest_people(lambda people: people / 100, power=0.8)
    80
    """
    high = FEWEST_TO_TEST
    while power_with(high) < power:
        if high >= MOST_PEOPLE:
            raise OptionError(
                f"more than {MOST_PEOPLE:,} people a side would be needed; aim at a larger gap"
            )
        high *= 2
    low = high // 2
    while high - low > 1 and high > FEWEST_TO_TEST:
        middle = (low + high) // 2
        low, high = (low, middle) if power_with(middle) >= power else (middle, high)
    return high


def check_people(people: int, other_people: int) -> None:
    """Raise OptionError for a side too small for any interval."""
    for count in (people, other_people):
        if count < FEWEST_FOR_INTERVAL:
            raise OptionError(
                f"people={count} on a side; there is no interval below {FEWEST_FOR_INTERVAL}, and "
                f"no test below {FEWEST_TO_TEST}"
            )


def check_spread(name: str, spread: float, other: float | None) -> None:
    """Raise OptionError for a spread between people that is none."""
    for value in (spread, other):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise OptionError(
                f"{name}={value:g} is not above 0; it is how much people differ (a CV of 0.5 is "
                "usual for word error rates)"
            )


def check_shift(name: str, value: float) -> None:
    """Raise OptionError for a margin that is none."""
    if not (math.isfinite(value) and value > 0):
        raise OptionError(f"{name}={value:g} is not above 0; give it in the metric's own unit")


def check_level(level: float) -> None:
    """Raise OptionError for a level that is none."""
    if not 0.5 <= level < 1:
        raise OptionError(f"level={level:g} is not between 0.5 and 1; 95 % is written 0.95")


def check_power(power: float, level: float) -> None:
    """Raise OptionError for a power that is none, or no more than the level gives by chance."""
    check_level(level)
    if not 1 - level < power < 1:
        raise OptionError(
            f"power={power:g} is not between {1 - level:g} and 1; 80 % is written 0.8"
        )
