"""Simulated word errors of people who differ, with the truth known.

Person i of a group has an error rate of their own, gamma (or lognormal) with the group's mean and
a relative standard deviation of 0.55 between people; speaks 10 to 50 utterances of 1 to 24 words;
the errors of an utterance are negative binomial (gamma–Poisson, relative SD 0.9 between
utterances). E[e] / E[w] of a group is its mean rate exactly, whatever the law and the numbers.

Where people are uneven, a person's number of utterances is lognormal with mean 60: with an SD of
its logarithm of 0.9, one person in ten speaks more than 126 and one in ten no more than 12.

These constants are chosen for what row-level methods do on them (docs/statistics.md): intervals
of utterances hold the truth about 60 % of the time, 40 % where people are very uneven, and a point
ratio leaves [0.8, 1.25] by chance in about 56 / 39 / 17 % of studies with 6 / 12 / 30 people a
side.

One generator serves the tests and `python -m benchmarks.calibration`.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from biasbench.evidence.sums import SpeakerSums, ordered_sums

Law = Literal["gamma", "lognormal"]

#: Relative standard deviation of the error rate, between people and between utterances of one.
BETWEEN = 0.55
BETWEEN_UTTERANCES = 0.9

FEWEST_UTTERANCES, MOST_UTTERANCES = 10, 50
LONGEST = 24

#: Mean number of utterances where it is lognormal, and the SD of its logarithm for very uneven.
UNEVEN_MEAN, VERY_UNEVEN = 60, 0.9


@dataclass(frozen=True)
class Spoken:
    """One simulated group: errors and words of every utterance, and who spoke it."""

    person: np.ndarray
    errors: np.ndarray
    words: np.ndarray
    own: np.ndarray  # the true rate of each person, shape (people,)

    def by_speaker(self) -> SpeakerSums:
        return ordered_sums(*self.each_speaker(), n_utterances=len(self.words))

    def each_speaker(self) -> tuple[np.ndarray, np.ndarray]:
        """Errors and words of person 0, 1, …: in their order, so that two listenings pair."""
        e = np.bincount(self.person, weights=self.errors)
        return e, np.bincount(self.person, weights=self.words)

    def by_utterance(self) -> SpeakerSums:
        """As if every utterance came from another person: the mistake to be shown."""
        return ordered_sums(self.errors, self.words, n_utterances=len(self.words))


def speak(
    rng: np.random.Generator,
    *,
    people: int,
    mean: float,
    between: float = BETWEEN,
    law: Law = "gamma",
    uneven: float = 0.0,
) -> Spoken:
    """A group of `people` whose true rate is `mean`, heard once.

    `uneven` is the SD of the logarithm of a person's number of utterances; 0 is the usual 10 to 50.
    """
    own = mean * multiplier(rng, people, spread=between, law=law)
    person = np.repeat(np.arange(people), _utterances(rng, people, uneven=uneven))
    words = rng.integers(1, LONGEST + 1, len(person)).astype(float)
    return Spoken(person, _errors(rng, own[person] * words), words, own)


def hear_again(
    rng: np.random.Generator, spoken: Spoken, *, added: float, spread: float = 0.3
) -> Spoken:
    """The same people and words heard by another model, whose true rate is `added` higher.

    The change differs between people: each one's rate is multiplied by a gamma of mean 1 and
    relative SD `spread`, and the rise is the same for all.
    """
    own = spoken.own * multiplier(rng, len(spoken.own), spread=spread) + added
    return replace(spoken, errors=_errors(rng, own[spoken.person] * spoken.words), own=own)


def multiplier(
    rng: np.random.Generator, size: int, *, spread: float, law: Law = "gamma"
) -> np.ndarray:
    """Positive factors of mean 1 and standard deviation `spread`; shape (size,)."""
    if law == "gamma":
        return rng.gamma(1 / spread**2, spread**2, size)
    log_variance = np.log1p(spread**2)
    return rng.lognormal(-log_variance / 2, np.sqrt(log_variance), size)


def _utterances(rng: np.random.Generator, people: int, *, uneven: float) -> np.ndarray:
    if not uneven:
        return rng.integers(FEWEST_UTTERANCES, MOST_UTTERANCES + 1, people)
    drawn = UNEVEN_MEAN * multiplier(
        rng, people, spread=np.sqrt(np.expm1(uneven**2)), law="lognormal"
    )
    return np.maximum(1, np.rint(drawn)).astype(int)


def _errors(rng: np.random.Generator, expected: np.ndarray) -> np.ndarray:
    of_utterance = multiplier(rng, len(expected), spread=BETWEEN_UTTERANCES)
    return rng.poisson(expected * of_utterance).astype(float)
