"""What a pilot tells a larger study: how people differ, and the power of drawing more like them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, between_speaker_sd, rate
from biasbench.evidence.methods.bootstrap_t import Resampled, resampled
from biasbench.evidence.planning.noncentral import Sides, check_level, check_people
from biasbench.evidence.sums import SpeakerSums

#: A relative variance below this is rounding, as in `estimate`: everybody drawn has one value.
_NO_SPREAD = 1e-24


@dataclass(frozen=True)
class Spread:
    """How people differ on the two sides of a comparison; a note says why that cannot be told."""

    cv: float | None = None
    other_cv: float | None = None
    sd: float | None = None
    other_sd: float | None = None
    value: float | None = None
    other_value: float | None = None
    n_speakers: int | None = None
    n_against: int | None = None
    note: str | None = None

    def sides(self, people: int, other_people: int) -> Sides:
        """On the scale of the plan: relative for a rate, the metric's own for a mean."""
        if self.cv is not None and self.other_cv is not None:
            return Sides(self.cv, self.other_cv, people, other_people)
        return Sides(self.sd or 0.0, self.other_sd or 0.0, people, other_people)


def spread_of(group: SpeakerSums, against: SpeakerSums, *, names: tuple[str, str]) -> Spread:
    """How people differ on both sides, or the note why not; `names` is what the sides are called.

    >>> few = SpeakerSums(np.array([2.0, 4]), np.full(2, 20.0), 40)
    >>> spread_of(few, few, names=("'a'", "the rest")).note
    "'a' has 2 people; at least 3 are needed to say how people differ, or assume a spread"
    """
    sides = ((group, names[0]), (against, names[1]))
    counts = group.n_speakers, against.n_speakers
    cv, other_cv = None, None
    try:
        sd, other_sd = (absolute_sd(side, name=name) for side, name in sides)
        if group.kind == "rate":
            cv, other_cv = (relative_sd(side, name=name) for side, name in sides)
    except InsufficientDataError as error:
        return Spread(n_speakers=counts[0], n_against=counts[1], note=str(error))
    return Spread(
        cv=cv,
        other_cv=other_cv,
        sd=sd,
        other_sd=other_sd,
        value=rate(group.numerator, group.denominator),
        other_value=rate(against.numerator, against.denominator),
        n_speakers=counts[0],
        n_against=counts[1],
    )


def relative_sd(sums: SpeakerSums, *, name: str = "the pilot") -> float:
    """The coefficient of variation √(K·V)/R between a side's people: what a ratio is planned by.

    Raises InsufficientDataError where the people cannot tell it; `name` is what they are called.

    >>> round(relative_sd(SpeakerSums(np.array([2.0, 4, 3, 7]), np.full(4, 20.0), 40)), 3)
    0.624
    """
    value = rate(sums.numerator, sums.denominator)
    if sums.n_speakers >= FEWEST_FOR_INTERVAL and not value > 0:
        raise InsufficientDataError(
            f"{name} has no event among {sums.n_speakers} people; at least one is needed to say "
            "how people differ, or assume a spread"
        )
    return absolute_sd(sums, name=name) / value


def absolute_sd(sums: SpeakerSums, *, name: str = "the pilot") -> float:
    """The standard deviation √(K·V) between a side's people: what a difference is planned by.

    As `estimate.between_speaker_sd`, and refused where that says nothing.

    >>> round(absolute_sd(SpeakerSums(np.array([2.0, 4, 3, 7]), np.full(4, 20.0), 40)), 3)
    0.125
    """
    people = sums.n_speakers
    if people < FEWEST_FOR_INTERVAL:
        raise InsufficientDataError(
            f"{name} has {people} {'person' if people == 1 else 'people'}; at least "
            f"{FEWEST_FOR_INTERVAL} are needed to say how people differ, or assume a spread"
        )
    spread = between_speaker_sd(sums)
    if not spread > 0:  # NaN: one person is the whole denominator
        raise InsufficientDataError(
            f"{name} has {people} people of whom one is the whole denominator or all have one "
            f"value; at least {FEWEST_FOR_INTERVAL} who differ are needed, or assume a spread"
        )
    return spread


@dataclass(frozen=True)
class SimulatedPower:
    """The share of simulated studies that saw the ratio, and its Monte-Carlo standard error."""

    power: float
    error: float
    n_studies: int
    n_without_interval: int  # no event, or nobody differing: counted as not seen


def simulate_power(
    group: SpeakerSums,
    against: SpeakerSums,
    *,
    ratio: float,
    people: int,
    rng: np.random.Generator,
    against_people: int | None = None,
    level: float = 0.95,
    n_studies: int = 2000,
) -> SimulatedPower:
    """Power without a formula: studies of `people` drawn from a pilot's, and tested by CR3.

    The pilot's people are drawn with replacement and the group's errors multiplied by what makes
    the rates differ by `ratio`; shape of the spread, uneven volumes and their effect on the test
    are those of the pilot. A small pilot's people are more alike than people are, by K/(K−1) in
    variance: below some 20 of them read the formula too.

    >>> from biasbench.evidence.planning.power import power_of
    >>> rng = np.random.default_rng(0)
    >>> pilot = SpeakerSums(rng.gamma(4, 10, 60), np.full(60, 300.0), 600)
    >>> found = simulate_power(pilot, pilot, ratio=1.5, people=30, rng=rng)
    >>> abs(found.power - power_of(1.5, cv=relative_sd(pilot), people=30)) < 0.03
    True
    """
    other = people if against_people is None else against_people
    check_people(people, other)
    check_level(level)
    for side, name in ((group, "the group"), (against, "the other side")):
        relative_sd(side, name=name)
    if not (math.isfinite(ratio) and ratio > 0):
        raise OptionError(f"ratio={ratio:g} is not a ratio of two rates; 1.25 is a quarter more")
    if n_studies < 1:
        raise OptionError(f"n_studies={n_studies} is below 1; 2000 gives a point of error")
    wanted = ratio * rate(against.numerator, against.denominator)
    factor = wanted / rate(group.numerator, group.denominator)
    one = resampled(group, rng=rng, n_resamples=n_studies, people=people)
    one = Resampled(one.value * factor, one.variance * factor**2)
    two = resampled(against, rng=rng, n_resamples=n_studies, people=other)
    is_seen, is_tested = _seen(one, two, people, other, level)
    share = float(is_seen.mean())
    return SimulatedPower(
        power=share,
        error=math.sqrt(share * (1 - share) / n_studies),
        n_studies=n_studies,
        n_without_interval=int(n_studies - np.count_nonzero(is_tested)),
    )


def _seen(
    one: Resampled, other: Resampled, people: int, other_people: int, level: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each study tells its log ratio from 0, and whether it can be tested, by `cr3`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        v, v_other = one.variance / one.value**2, other.variance / other.value**2
        dof = (v + v_other) ** 2 / (v**2 / (people - 1) + v_other**2 / (other_people - 1))
        t = np.log(one.value / other.value) / np.sqrt(v + v_other)
    differ = (v > _NO_SPREAD) & (v_other > _NO_SPREAD)
    is_tested = np.isfinite(t) & np.isfinite(dof) & differ
    is_seen = np.zeros(len(t), dtype=bool)
    is_seen[is_tested] = np.abs(t[is_tested]) > stats.t.ppf((1 + level) / 2, dof[is_tested])
    return is_seen, is_tested
