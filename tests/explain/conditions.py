"""Simulated people recorded in two conditions, with the decomposition of their gap known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from biasbench.explain.decomposition.kitagawa import kitagawa


@dataclass(frozen=True)
class Side:
    """The utterances of one side: who spoke, words, errors, whether in the bad condition, SNR."""

    person: np.ndarray
    words: np.ndarray
    errors: np.ndarray
    is_bad: np.ndarray
    snr_db: np.ndarray


@dataclass(frozen=True)
class Study:
    """Sides 'g' and 'a', and what composition and unexplained part are in the population."""

    g: Side
    a: Side
    composition: float
    unexplained: float

    def table(self) -> pd.DataFrame:
        """The study as a measures table."""
        parts = [
            pd.DataFrame(
                {
                    "speaker_id": [f"{name}{number}" for number in side.person],
                    "accent": name,
                    "condition": np.where(side.is_bad, "bad", "good"),
                    "snr_db": side.snr_db,
                    "numerator": side.errors,
                    "denominator": side.words,
                }
            )
            for name, side in (("g", self.g), ("a", self.a))
        ]
        table = pd.concat(parts, ignore_index=True)
        units = [f"u{number}" for number in range(len(table))]
        return table.assign(system="asr:x", metric="wer", unit_id=units)


def study(
    rng: np.random.Generator,
    *,
    people: tuple[int, int] = (12, 12),
    means: tuple[float, float] = (0.20, 0.12),
    share_bad: tuple[float, float] = (0.7, 0.3),
    times: float = 2.0,
    by_person: bool = True,
) -> Study:
    """Errors as in tests/calibration/speech.py; in the bad condition they are `times` as many.

    `by_person`: people differ in how much of theirs is bad (beta), else everybody has the share.
    """
    g, a = (
        _side(rng, n, mean, share, times, by_person)
        for n, mean, share in zip(people, means, share_bad, strict=True)
    )
    w = [np.array([1 - share, share]) for share in share_bad]
    e = [mean * one * np.array([1.0, times]) for mean, one in zip(means, w, strict=True)]
    truth = kitagawa(e[0], w[0], e[1], w[1])
    return Study(g, a, float(truth.composition), float(truth.unexplained))


def _side(rng, n, mean, share, times, by_person):
    own = mean * rng.gamma(1 / 0.16, 0.16, n)
    mine = rng.beta(4 * share, 4 * (1 - share), n) if by_person else np.full(n, share)
    person = np.repeat(np.arange(n), rng.integers(10, 71, n))
    words = rng.integers(1, 25, len(person)).astype(float)
    is_bad = rng.random(len(person)) < mine[person]
    utterance = rng.gamma(1 / 0.64, 0.64, len(person))
    rate = own[person] * utterance * np.where(is_bad, times, 1.0)
    snr_db = np.where(is_bad, 5.0, 15.0) + rng.normal(0, 1, len(person))
    return Side(person, words, rng.poisson(rate * words).astype(float), is_bad, snr_db)


def line_study(rng: np.random.Generator, *, people: tuple[int, int] = (12, 12)) -> Study:
    """Sides whose rate is a line in `snr_db` (here 0 to 1), steeper for 'g', who have more of it.

    Rates are mean·(0.5 + x); x is uniform over [0, 1] for 'a' and has density 2x for 'g'.
    """
    means, sides = (0.20, 0.12), []
    for n, mean, power in zip(people, means, (2.0, 1.0), strict=True):
        own = mean * rng.gamma(1 / 0.16, 0.16, n)
        person = np.repeat(np.arange(n), rng.integers(10, 71, n))
        words = rng.integers(1, 25, len(person)).astype(float)
        x = rng.random(len(person)) ** (1 / power)
        rate = own[person] * rng.gamma(1 / 0.64, 0.64, len(person)) * (0.5 + x)
        errors = rng.poisson(rate * words).astype(float)
        sides.append(Side(person, words, errors, x > 0.5, x))
    composition = (2 / 3 - 1 / 2) * (means[0] + means[1]) / 2
    unexplained = (means[0] - means[1]) * (0.5 + (2 / 3 + 1 / 2) / 2)
    return Study(sides[0], sides[1], composition, unexplained)
