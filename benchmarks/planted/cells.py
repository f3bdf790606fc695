"""What is planted, how many people there are, and what makes a score a pass and a bonus."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from biasbench.consequences.bonus.scale import BonusScale, Kpi, Ladder
from biasbench.corpora.planted import Planting

#: Mean share of words with an error, of 'a' and of 'b'.
ERRORS = {"gap": (0.22, 0.08), "none": (0.15, 0.15)}
PEOPLE = ((30, 30), (15, 45))
CALLS, MONTHS = 2, 3

#: A month passes from here (score), is good from here (rating of a listener who misses nothing).
THRESHOLD, RATED = 85.0, 80.0

#: The share of people who count as the lowest-scored.
LOWEST = 0.2

#: What a month's quality score pays.
SCALE = BonusScale(
    "EUR",
    (Kpi("quality", "higher is better", 0.0, 100.0),),
    (Ladder("quality", (80.0, THRESHOLD, 90.0), (40.0, 80.0, 120.0), True),),
)


@dataclass(frozen=True)
class Cell:
    """Worlds of one planting and one number of people."""

    planted: str
    people: tuple[int, int]

    @property
    def sides(self) -> str:
        """The people, as a table shows them."""
        return f"{self.people[0]} v {self.people[1]}"

    @property
    def title(self) -> str:
        """What the cell is called by."""
        return f"{self.planted}, {self.sides}"

    @property
    def planting(self) -> Planting:
        """The settings of each of its worlds."""
        return Planting(people=self.people, calls=CALLS, months=MONTHS, errors=ERRORS[self.planted])

    def seed_of(self, number: int, seed: int, *, of: str = "world") -> int:
        """The seed of a world, or of a batch of the truth: no two share one, whatever `seed`."""
        return (seed << 64) + (zlib.crc32(f"{of}, {self.title}".encode()) << 32) + number


CELLS = tuple(Cell(planted, people) for planted in ERRORS for people in PEOPLE)
