"""Simulated readings of people and of sentences that both differ, with the truth known.

Person i and sentence s have gamma effects with mean 1 (relative SD 0.4 and `sentence_sd`); a group
may find some sentences harder than the other does (`interaction_sd`); errors of a reading are
negative binomial (gamma–Poisson, relative SD 0.8). Over new people and new sentences the ratio of
the two sides' rates is the ratio of `means` exactly.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Design = Literal["same script", "partly shared", "nested"]


@dataclass(frozen=True)
class Readings:
    """Arrays of shape (n_rows,), and the rates of each row's side for the sentence it reads."""

    speaker: np.ndarray
    sentence: np.ndarray
    errors: np.ndarray
    words: np.ndarray
    in_group: np.ndarray
    group_rate: np.ndarray
    against_rate: np.ndarray

    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.speaker, self.sentence, self.errors, self.words, self.in_group

    def ratio_on_these_sentences(self) -> float:
        """The true ratio where sentences weigh as their words read by both sides do."""
        return float((self.words @ self.group_rate) / (self.words @ self.against_rate))

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "system": "asr:scripted",
                "unit_id": np.arange(len(self.speaker)),
                "metric": "wer",
                "speaker_id": [f"p{code}" for code in self.speaker],
                "numerator": self.errors,
                "denominator": self.words,
                "accent": np.where(self.in_group, "uk", "us"),
                "sentence_id": [f"s{code}" for code in self.sentence],
            }
        )


def read(
    rng: np.random.Generator,
    design: Design,
    *,
    people: tuple[int, int],
    sentences: int,
    means: tuple[float, float] = (0.12, 0.12),
    sentence_sd: float = 0.5,
    interaction_sd: float = 0.2,
) -> Readings:
    """`sentences` for each side; the same ones unless `design` is nested."""
    n_people = sum(people)
    side = np.arange(n_people) < people[0]
    own = _effects(rng, n_people, 0.4)
    hard = _effects(rng, 2 * sentences, sentence_sd)
    harder = [_effects(rng, 2 * sentences, interaction_sd) for _ in range(2)]
    length = rng.integers(5, 25, 2 * sentences).astype(float)
    if design == "partly shared":
        half = sentences // 2
        speaker = np.repeat(np.arange(n_people), half)
        chosen = [rng.choice(sentences, half, replace=False) for _ in range(n_people)]
        sentence = np.concatenate(chosen)
    else:
        speaker = np.repeat(np.arange(n_people), sentences)
        sentence = np.tile(np.arange(sentences), n_people)
    in_group = side[speaker]
    if design == "nested":
        sentence = np.where(in_group, sentence, sentence + sentences)
    rates = [mean * (hard * extra)[sentence] for mean, extra in zip(means, harder, strict=True)]
    words = length[sentence]
    reading = _effects(rng, len(speaker), 0.8)
    rate = np.where(in_group, rates[0], rates[1]) * own[speaker] * reading
    errors = rng.poisson(rate * words).astype(float)
    return Readings(speaker, sentence, errors, words, in_group, rates[0], rates[1])


def _effects(rng: np.random.Generator, n: int, sd: float) -> np.ndarray:
    return rng.gamma(1 / sd**2, sd**2, n) if sd > 0 else np.ones(n)
