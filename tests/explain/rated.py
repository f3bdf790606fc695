"""Simulated scores and labels of rated calls, by people who differ, with the truth known.

A person has a habit: their calls are rated around their own mean on a scale of 1 to 5, and the
group's calls half a point higher. Given the rating, a score is 2 per point of rating, plus the
group's gap, plus the person's own deviation (SD 1), plus noise (SD 1.5); a label is put with a
probability whose mean over people has log odds −2.5 + 0.5·(rating − 1) + ln(odds ratio), beta
distributed with a concentration of 6, the same person being high at every rating.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

RATINGS = np.arange(1, 6)
LOG_ODDS = -2.5 + 0.5 * (RATINGS - 1)


@dataclass(frozen=True)
class Rated:
    """One side: the person, rating, score and label of every call."""

    person: np.ndarray
    rating: np.ndarray
    score: np.ndarray
    label: np.ndarray

    @property
    def stratum(self) -> np.ndarray:
        return self.rating - 1


def rate_calls(
    rng: np.random.Generator,
    people: int,
    *,
    shift: float = 0.0,
    gap: float = 0.0,
    odds_ratio: float = 1.0,
) -> Rated:
    person = np.repeat(np.arange(people), rng.integers(8, 41, people))
    habit = rng.normal(shift, 0.7, people)[person]
    rating = np.clip(np.round(3 + habit + rng.normal(0, 1, len(person))), 1, 5).astype(int)
    own = rng.normal(0, 1, people)
    score = 2.0 * rating + gap + own[person] + rng.normal(0, 1.5, len(person))
    mean = label_rates(odds_ratio)
    chance = stats.beta.ppf(stats.norm.cdf(own)[:, None], 6 * mean, 6 * (1 - mean))
    label = (rng.random(len(person)) < chance[person, rating - 1]).astype(float)
    return Rated(person, rating, score, label)


def label_rates(odds_ratio: float) -> np.ndarray:
    """The mean probability of the label at each rating."""
    odds = np.exp(LOG_ODDS) * odds_ratio
    return odds / (1 + odds)


def two_sides(
    rng: np.random.Generator,
    people: tuple[int, int],
    *,
    gap: float = 0.0,
    odds_ratio: float = 1.0,
) -> tuple[Rated, Rated]:
    """The group, rated half a point higher, and the other side."""
    group = rate_calls(rng, people[0], shift=0.5, gap=gap, odds_ratio=odds_ratio)
    return group, rate_calls(rng, people[1])


def measures_of(sides: tuple[Rated, Rated], *, value: str = "score") -> pd.DataFrame:
    """A measures table of groups 'b' (the first side) and 'a', with the rating in `heard`."""
    metric = {"score": "mean_score:calm", "label": "label_rate:curt"}[value]
    parts = [
        pd.DataFrame(
            {
                "speaker_id": [f"{name}{number}" for number in side.person],
                "numerator": getattr(side, value),
                "heard": side.rating,
                "accent": name,
            }
        )
        for name, side in zip("ba", sides, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        system="tone:own",
        unit_id=[f"u{number}" for number in range(len(table))],
        metric=metric,
        denominator=1.0,
    )
