"""What is found of several models, in the order given; no figure is None but an interval's ends.

`low` and `high` are at 1 − α, each alone; the adjusted ends are at the Šidák level of their table.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from biasbench.report.document import Table
from biasbench.tables import Direction


@dataclass(frozen=True)
class Model:
    """One of the models: `name` is its system's, told from another of that name by its source."""

    name: str
    label: str  # as it is printed: on one line, without the kind that all of them share
    source: str
    n_utterances: int  # with a value
    n_missing: int  # without one


@dataclass(frozen=True)
class Gap:
    """The gap of a group with its other side, for one model."""

    model: str
    group: str
    against: str
    n_people: int
    n_against: int
    value: float
    against_value: float
    gap: float
    low: float | None = None
    high: float | None = None
    low_adjusted: float | None = None
    high_adjusted: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Change:
    """The gap of `model` minus that of the first model."""

    model: str
    group: str
    against: str
    n_people: int
    n_against: int
    before: float
    after: float
    change: float
    paired: bool
    low: float | None = None
    high: float | None = None
    low_adjusted: float | None = None
    high_adjusted: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Point:
    """Everybody of a known group together, and the group that fares worst."""

    model: str
    overall: float
    low: float | None
    high: float | None
    worst_group: str
    worst: float
    worst_low: float | None
    worst_high: float | None
    on_front: bool = False


@dataclass(frozen=True)
class TooFew:
    """A figure that is not given: too few people on a side."""

    what: Literal["gap", "change"]
    model: str
    group: str


@dataclass(frozen=True)
class ModelComparison:
    """Several models side by side, in the order given."""

    metric: str
    direction: Direction
    by: str
    against: str
    models: tuple[Model, ...]
    gaps: tuple[Gap, ...]
    changes: tuple[Change, ...]
    points: tuple[Point, ...]
    too_few: tuple[TooFew, ...]
    among: tuple[str, ...]  # the groups that the worst one is picked from
    alpha: float
    min_people: int
    synthetic: bool  # nobody spoke: nothing follows about people
    notes: tuple[str, ...]
    signature: str

    def label(self, model: str) -> str:
        """What a model is called in print."""
        return next(one.label for one in self.models if one.name == model)

    @property
    def table(self) -> pd.DataFrame:
        """All of it as one long table; `what` is gap, change, overall or worst group."""
        from biasbench.gates.comparing.tables import long_table

        return long_table(self)

    def tables(self) -> tuple[Table, Table, Table]:
        """Gaps, changes and points, for any renderer of the report."""
        from biasbench.gates.comparing.tables import printed_tables

        return printed_tables(self)

    def remarks(self) -> list[str]:
        """What holds for all three tables, a sentence or two each."""
        from biasbench.gates.comparing.tables import too_few_lines

        return [*too_few_lines(self), *self.notes]

    def lines(self) -> list[str]:
        """The three tables and what is needed to read them, as aligned text."""
        from biasbench.gates.comparing.outputs import lines_of

        return lines_of(self)

    def to_json(self) -> str:
        """All of it as JSON: fractions, and null where there is no figure."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    def write(self, *paths: str | Path) -> list[Path]:
        """Write it as each ending says: .csv, .json, .md, .txt, .svg, .png, .pdf.

        Raises OptionError, with nothing written, for another ending; and for a file that cannot
        be written.
        """
        from biasbench.gates.comparing.outputs import write

        return write(self, paths)
