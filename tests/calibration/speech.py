"""Simulated word errors of people who differ, with the truth known.

Person i of a group has an error rate of their own, gamma with the group's mean and a relative
standard deviation of 0.4; speaks 10 to 70 utterances of 1 to 24 words; errors of an utterance
are negative binomial (gamma–Poisson, relative SD 0.8 between utterances). E[e] / E[w] of a group
is its mean rate exactly.
"""

from dataclasses import dataclass

import numpy as np

from biasbench.evidence.sums import SpeakerSums, ordered_sums


@dataclass(frozen=True)
class Spoken:
    """One simulated group: errors and words of every utterance, and who spoke it."""

    person: np.ndarray
    errors: np.ndarray
    words: np.ndarray

    def by_speaker(self) -> SpeakerSums:
        e = np.bincount(self.person, weights=self.errors)
        w = np.bincount(self.person, weights=self.words)
        return ordered_sums(e, w, n_utterances=len(self.words))

    def by_utterance(self) -> SpeakerSums:
        """As if every utterance came from another person: the mistake to be shown."""
        return ordered_sums(self.errors, self.words, n_utterances=len(self.words))


def speak(rng: np.random.Generator, *, people: int, mean: float, between: float = 0.4) -> Spoken:
    own = mean * rng.gamma(1 / between**2, between**2, people)
    person = np.repeat(np.arange(people), rng.integers(10, 71, people))
    words = rng.integers(1, 25, len(person)).astype(float)
    shape = 1 / 0.8**2
    utterance = rng.gamma(shape, 1 / shape, len(person))
    return Spoken(person, rng.poisson(own[person] * utterance * words).astype(float), words)
