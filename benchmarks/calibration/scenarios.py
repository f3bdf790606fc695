"""Who speaks in a simulated study: a group and its other side, with the truth known."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.calibration.speech import BETWEEN, VERY_UNEVEN, Law, Spoken, speak

EVEN_RATES = (0.12, 0.12)
GAP = (0.20, 0.12)


@dataclass(frozen=True)
class Scenario:
    """Two sides; pairs are (group, against)."""

    name: str
    people: tuple[int, int]
    means: tuple[float, float] = EVEN_RATES
    between: tuple[float, float] = (BETWEEN, BETWEEN)
    law: Law = "gamma"
    uneven: float = 0.0

    @property
    def ratio(self) -> float:
        """The true ratio."""
        return self.means[0] / self.means[1]

    @property
    def difference(self) -> float:
        """The true difference."""
        return self.means[0] - self.means[1]

    @property
    def sides(self) -> str:
        """The people, as a table shows them."""
        return f"{self.people[0]} v {self.people[1]}"

    @property
    def title(self) -> str:
        """Name and people: what a cell is called by, and its stream seeded with."""
        return f"{self.name}, {self.sides}"

    def studies(self, n_studies: int, seed: int) -> Iterator[tuple[Spoken, Spoken]]:
        """The first studies of this scenario's own stream: more of them begin with the same."""
        rng = stream(seed, self.title)
        for _ in range(n_studies):
            yield self.side(rng, 0), self.side(rng, 1)

    def side(self, rng: np.random.Generator, place: int) -> Spoken:
        """One simulated side: 0 the group, 1 its other side."""
        return speak(
            rng,
            people=self.people[place],
            mean=self.means[place],
            between=self.between[place],
            law=self.law,
            uneven=self.uneven,
        )


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each name: adding a cell changes no other."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


NULL = tuple(Scenario("null", (n, n)) for n in (6, 12, 30))
APART = tuple(Scenario("WER .12 v .20", (n, n), GAP) for n in (6, 12, 30))
UNEQUAL = Scenario("null", (30, 6))
UNEVEN = Scenario("very uneven speakers", (12, 12), uneven=VERY_UNEVEN)

#: Beyond what was published: twelve who weigh as much as six or seven, and as four or five. Shown,
#: and held to no band.
MORE_UNEVEN = tuple(
    Scenario(f"uneven speakers, SD {spread:g}", (12, 12), uneven=spread) for spread in (1.0, 1.5)
)

#: One side's people differ three times as much as the other's, in skewed rates of equal mean.
STRESS = tuple(
    Scenario("stress", people, between=(0.3, 0.9), law="lognormal")
    for people in ((12, 12), (30, 30), (30, 6))
)

ALL = (*NULL, *APART, UNEQUAL, UNEVEN, *MORE_UNEVEN, *STRESS)
