"""What is asked of every model alike: one metric, the groups, and whom each is set against."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from biasbench.evidence.sums import Kind, SpeakerSums, ordered_sums
from biasbench.gates.sides import Side
from biasbench.tables import REST, Direction

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

    def comparisons(self) -> dict[str, tuple[Labels, Labels]]:
        """For each group, its labels and those of the other side."""
        other = frozenset(self.known if self.against == REST else [self.against])
        return {name: ({name}, other - {name}) for name in self.groups}

    def sums(self, side: Side, labels: Labels) -> SpeakerSums:
        """The sums of the people of these groups."""
        own = np.array([label in labels for label in side.group], dtype=bool)
        sums = side.metrics[self.metric].sums
        return ordered_sums(
            sums.numerator[own],
            sums.denominator[own],
            n_utterances=int(sums.n_units[own].sum()),
            n_missing=int(sums.n_missing[own].sum()),
            kind=self.kind,
        )
