"""What is asked of every model alike: one metric, the groups, and whom each is set against."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from biasbench.evidence.sums import Kind, SpeakerSums
from biasbench.gates.sides import Side, set_against, sums_of
from biasbench.tables import Direction

Labels = Collection[str]


@dataclass(frozen=True)
class Question:
    """The question, checked: its names are there, and one way of the metric is worse."""

    metric: str
    kind: Kind
    direction: Direction
    by: str
    against: str
    known: tuple[str, ...]  # every label but that of people of no known group
    groups: tuple[str, ...]  # those that are set against the other side
    alpha: float
    min_people: int

    @property
    def level(self) -> float:
        """Of an interval alone."""
        return 1 - self.alpha

    @property
    def worse(self) -> int:
        """1 where higher is worse, −1 where lower is: times this, low values are good."""
        return -1 if self.direction == "higher is better" else 1

    def comparisons(self) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
        """For each group, its labels and those of the other side."""
        return set_against(self.groups, self.known, self.against)

    def sums(self, side: Side, labels: Labels) -> SpeakerSums:
        """The sums of the people of these groups."""
        return sums_of(side, self.metric, labels, self.kind)
