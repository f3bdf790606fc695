"""What the data can bear of a plan, before any result: names that are there, people enough.

No group's value is looked at. The people that a margin takes are reckoned from the spread of all
people together, whatever their group: 2 (z₀.₉₇₅ + z₀.₈₀)² SD² / δ², at the level of the family.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.errors import not_found
from biasbench.evidence.cells import Cell
from biasbench.evidence.correct import sidak_level
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, between_speaker_sd
from biasbench.evidence.intake import Intake, take_in
from biasbench.evidence.planning.power import people_needed
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import FEWEST_PEOPLE
from biasbench.evidence.sums import speaker_sums
from biasbench.plans.plan import Plan
from biasbench.tables import REST, UNKNOWN


@dataclass(frozen=True)
class Feasible:
    """One planned comparison: people on each side, and how many its margin takes in a group.

    `people` and `against` are None where nobody knows who speaks; `needed` where the spread
    between people cannot be had.
    """

    metric: str
    system: str
    group: str
    people: int | None
    against: int | None
    needed: int | None
    primary: bool

    @property
    def fewest(self) -> int:
        """People on the smaller side."""
        return min(self.people or 0, self.against or 0)

    @property
    def is_enough(self) -> bool:
        """Whether a gap as large as the margin would be seen in 8 such studies of 10."""
        return self.needed is not None and self.fewest >= self.needed


@dataclass(frozen=True)
class PlanCheck:
    """What the data can bear of a plan; a verdict takes `fewest` people on each side."""

    comparisons: tuple[Feasible, ...]
    fewest: int

    @property
    def can_decide(self) -> bool:
        """Whether any primary comparison has the people that a verdict takes."""
        return any(one.primary and one.fewest >= self.fewest for one in self.comparisons)


def check_plan(plan: Plan, measures: MeasuresSource) -> PlanCheck:
    """Whether the measures have what the plan names, and people enough for its margins.

    Raises NotFoundError for a metric, group or column that is not there.
    """
    intake = take_in(measures, by=plan.groups.by, metrics=None)
    names = _groups(plan, intake)
    _check_names(plan, intake, names)
    compared = [name for name in plan.groups.compare or names if name != plan.groups.against]
    planned = [cell for cell in intake.cells if plan.of(cell.metric) is not None]
    primary = [cell for cell in planned if plan.is_primary(cell.metric)]
    level = sidak_level(plan.level, max(1, len(primary) * len(compared)))
    found = []
    for cell in planned:
        people = _people(cell, plan, intake)
        needed = _needed(cell, plan, level)
        for group in compared:
            sides = None
            if people is not None:
                wanted = [name for name in names if name != group]
                if plan.groups.against != REST:
                    wanted = [plan.groups.against]
                sides = (people.get(group, 0), sum(people.get(name, 0) for name in wanted))
            found.append(
                Feasible(
                    metric=cell.metric,
                    system=cell.system,
                    group=group,
                    people=None if sides is None else sides[0],
                    against=None if sides is None else sides[1],
                    needed=needed,
                    primary=plan.is_primary(cell.metric),
                )
            )
    return PlanCheck(tuple(found), FEWEST_PEOPLE[plan.audience])


def _groups(plan: Plan, intake: Intake) -> list[str]:
    """The known groups, joined as planned."""
    return list(dict.fromkeys(plan.groups.joined(name) for name in intake.known))


def _people(cell: Cell, plan: Plan, intake: Intake) -> dict[str, int] | None:
    """People with a value in each group; nobody stands in two."""
    if cell.speaker is None:
        return None
    here = (cell.group >= 0) & ~np.isnan(cell.denominator)
    pairs = np.unique(np.column_stack([cell.group[here], cell.speaker[here]]), axis=0)
    counted: dict[str, int] = {}
    for code in pairs[:, 0]:
        name = intake.groups[int(code)]
        if name != UNKNOWN:
            joined = plan.groups.joined(name)
            counted[joined] = counted.get(joined, 0) + 1
    return counted


def _needed(cell: Cell, plan: Plan, level: float) -> int | None:
    planned = plan.of(cell.metric)
    if cell.speaker is None or planned is None:
        return None
    sums = speaker_sums(cell.speaker, cell.numerator, cell.denominator, kind=cell.kind)
    if sums.n_speakers < FEWEST_FOR_INTERVAL:
        return None
    spread = between_speaker_sd(sums)
    if not spread > 0:
        return None
    return max(people_needed(spread, planned.margin, level=level), FEWEST_PEOPLE[plan.audience])


def _check_names(plan: Plan, intake: Intake, names: list[str]) -> None:
    """Raise NotFoundError for the first name of the plan that the measures do not have."""
    by = plan.groups.by
    for group in (part for parts in plan.groups.merged.values() for part in parts):
        if group not in intake.known:
            raise not_found(f"group of {by} to be merged", group, intake.known)
    for group in (*(plan.groups.compare or ()), plan.groups.against):
        if group not in (*names, REST):
            raise not_found(f"group of {by}", group, names)
    present = {cell.metric for cell in intake.cells}
    wanted = [one.metric for one in plan.metrics] + [one.metric for one in plan.selection]
    for metric in wanted:
        if not any(metric in (name, name.partition(":")[0]) for name in present):
            raise not_found(
                f"metric among the measures (planned in {plan.source})", metric, present
            )
    for column in plan.columns:
        if column not in intake.table.columns:
            raise not_found(
                f"column among the measures (named in {plan.source})",
                column,
                map(str, intake.table.columns),
            )
