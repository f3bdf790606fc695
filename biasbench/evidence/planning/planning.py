"""A plan: what a number of people sees, and how many a gap takes, before anybody is recorded.

    from a pilot       how people differ in recordings that exist, comparison by comparison
    from assumptions   a rate and a coefficient of variation, as from a published study

Both give the same tables, by the power of the test that `assess` will make (`power`), at the
single-step Šidák level of the family: the plan is for the verdict, not for one comparison alone.
A rate is planned on its ratio, with the CV between people; a mean on its difference, with the SD.
A difference that stands beside a ratio is (ratio − 1) × the other side's rate.

Nothing here is a promise: people of a pilot are few, and their spread is an estimate too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.by_group import sums_of_groups
from biasbench.evidence.correct import sidak_level
from biasbench.evidence.family import questions
from biasbench.evidence.intake import MeasuresLike, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import other_side
from biasbench.evidence.planning.noncentral import (
    check_people,
    check_power,
    check_shift,
    check_spread,
    fewest_people,
    power_two_sided,
    smallest_shift,
)
from biasbench.evidence.planning.pilot import Spread, spread_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import Kind
from biasbench.provenance import Provenance
from biasbench.tables import REST, Table
from biasbench.tables.grouping import By
from biasbench.tables.planning import DETECTABLE, NEEDED, SPREADS

#: People a side that a plan is printed for, from the fewest that are tested on.
USUAL_PEOPLE = (6, 8, 10, 12, 15, 20, 30, 50, 100, 200)
#: True ratios that people are counted for.
USUAL_RATIOS = (1.1, 1.25, 1.5, 2.0)

_CURVE_POINTS = 40

Cell = str | float | int | None


@dataclass(frozen=True)
class Planning:
    """What can be seen, by how many people; and what the plan rests on.

    `detectable` and `curve` have the columns of `tables.planning.DETECTABLE` (the curve has more
    and closer numbers of people), `needed` those of NEEDED, `spreads` those of SPREADS.
    """

    detectable: pd.DataFrame
    needed: pd.DataFrame
    curve: pd.DataFrame
    spreads: pd.DataFrame
    kind: Kind
    level: float  # of the family
    adjusted_level: float  # of each comparison
    power: float
    n_comparisons: int
    against_per_person: float
    provenance: Provenance

    def to_json(self) -> str:
        """The plan as strict JSON: tables as rows, whatever is missing as null."""
        content = {
            "adjusted_level": self.adjusted_level,
            "against_per_person": self.against_per_person,
            "curve": _records(self.curve),
            "detectable": _records(self.detectable),
            "kind": self.kind,
            "level": self.level,
            "n_comparisons": self.n_comparisons,
            "needed": _records(self.needed),
            "power": self.power,
            "provenance": self.provenance.to_dict(),
            "spreads": _records(self.spreads),
        }
        return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)


def plan_from_pilot(
    measures: MeasuresLike | pd.DataFrame | str | Path,
    *,
    by: By,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    margin: float | None = None,
    ratios: Sequence[float] = USUAL_RATIOS,
    people: Sequence[int] = USUAL_PEOPLE,
    against_per_person: float = 1.0,
    level: float = 0.95,
    power: float = 0.80,
    n_comparisons: int | None = None,
) -> Planning:
    """A plan for every comparison of `by`, with the spread between people found in a pilot.

    Parameters
    ----------
    measures
        The pilot: what `assess` takes.
    by, against
        The question, as to `assess`.
    metric, system
        May be left out where the table has one of them.
    margin
        The smallest difference that matters, in the metric's unit: how many people see a gap as
        large as that. The only target that a mean can have.
    ratios
        True ratios to count people for; ignored for means, which have none.
    people
        Numbers of people in the group.
    against_per_person
        People on the other side for each of the group: 1 is as many, and what a pair of equal
        groups has; against the rest of four equal groups it is 3.
    level, power
        Of the family, and of each comparison; fractions.
    n_comparisons
        Comparisons in the family that will be tested; those of the pilot if None.

    Raises
    ------
    InsufficientDataError
        Nobody knows who speaks, or no comparison has the people to tell how they differ. One
        that has not, among others that have, is a note in `spreads`.

    Examples
    --------
    >>> people = [f"p{number:02}" for number in range(24)]
    >>> pilot = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30 + n % 7 * 6 for n in range(12)] + [12 + n % 5 * 6 for n in range(12)],
    ...     "denominator": 200.0, "accent": ["b"] * 12 + ["a"] * 12})
    >>> plan = plan_from_pilot(pilot, by="accent", against="a", people=[12, 30], margin=0.05)
    >>> plan.detectable[["group", "people", "ratio", "difference"]].round(3)
      group  people  ratio  difference
    0     b      12  1.542       0.061
    1     b      30  1.296       0.033
    >>> plan.needed[["ratio", "difference", "people"]].round(3)
       ratio  difference  people
    0  1.100       0.011     211
    1  1.250       0.028      40
    2  1.500       0.056      14
    3  2.000       0.112       6
    4  1.444       0.050      16
    """
    intake = take_in(measures, by=by, metrics=None if metric is None else [metric])
    if intake.speaker is None:
        raise InsufficientDataError(
            "no speaker labels: nobody knows how many people these rows come from; at least "
            f"{FEWEST_TO_TEST} people on each side, named in speaker_id, are needed for a plan"
        )
    against = other_side(against, intake.known, intake.by)
    cell = one_cell(intake, metric=metric, system=system)
    sums = [sums_of_groups(cell, intake)]
    asked = questions(sums, intake.known, against)
    other_name = "the rest" if against == REST else f"'{against}'"
    names: list[dict[str, Cell]] = [
        {
            "system": cell.system,
            "metric": cell.metric,
            "by": intake.by,
            "group": question.group,
            "against": against,
        }
        for question in asked
    ]
    spreads = [
        spread_of(question.one, question.other, names=(f"'{question.group}'", other_name))
        for question in asked
    ]
    notes = [note for note in (spread.note for spread in spreads) if note is not None]
    if len(notes) == len(asked):
        raise InsufficientDataError(notes[0])
    planned = len({question.key for question in asked})
    return _plan(
        list(zip(names, spreads, strict=True)),
        kind=cell.kind,
        margin=margin,
        ratios=ratios,
        people=people,
        against_per_person=against_per_person,
        level=level,
        power=power,
        n_comparisons=planned if n_comparisons is None else n_comparisons,
        provenance=intake.provenance,
    )


def plan_from_assumptions(
    *,
    cv: float,
    rate: float | None = None,
    against_cv: float | None = None,
    margin: float | None = None,
    ratios: Sequence[float] = USUAL_RATIOS,
    people: Sequence[int] = USUAL_PEOPLE,
    against_per_person: float = 1.0,
    level: float = 0.95,
    power: float = 0.80,
    n_comparisons: int = 1,
) -> Planning:
    """The same plan for one comparison, with a rate and a spread that are assumed.

    `rate` is the other side's, as a fraction; without it there are ratios and no differences.
    `cv` is the relative standard deviation between people (0.5 is usual for word error rates);
    `against_cv` the other side's, the same if None.

    >>> plan = plan_from_assumptions(cv=0.5, rate=0.12, people=[12, 30], n_comparisons=4)
    >>> plan.detectable[["people", "ratio", "difference", "adjusted_level"]].round(3)
       people  ratio  difference  adjusted_level
    0      12  2.134       0.136           0.987
    1      30  1.565       0.068           0.987
    """
    check_spread("cv", cv, against_cv)
    if rate is not None and not (math.isfinite(rate) and rate > 0):
        raise OptionError(f"rate={rate:g} is not above 0; it is a fraction: 12 % is written 0.12")
    if margin is not None and rate is None:
        raise OptionError(f"margin={margin:g} is a difference of rates; give rate= as well")
    other_cv = cv if against_cv is None else against_cv
    spread = Spread(cv=cv, other_cv=other_cv, other_value=rate)
    names: dict[str, Cell] = {
        "system": None,
        "metric": None,
        "by": None,
        "group": "group",
        "against": REST,
    }
    return _plan(
        [(names, spread)],
        kind="rate",
        margin=margin,
        ratios=ratios,
        people=people,
        against_per_person=against_per_person,
        level=level,
        power=power,
        n_comparisons=n_comparisons,
        provenance=Provenance(),
    )


def _spread_row(spread: Spread) -> dict[str, Cell]:
    return {
        "value": spread.value,
        "against_value": spread.other_value,
        "cv": spread.cv,
        "against_cv": spread.other_cv,
        "sd": spread.sd,
        "against_sd": spread.other_sd,
        "n_speakers": spread.n_speakers,
        "n_against": spread.n_against,
        "note": spread.note,
    }


def _plan(
    comparisons: Sequence[tuple[dict[str, Cell], Spread]],
    *,
    kind: Kind,
    margin: float | None,
    ratios: Sequence[float],
    people: Sequence[int],
    against_per_person: float,
    level: float,
    power: float,
    n_comparisons: int,
    provenance: Provenance,
) -> Planning:
    check_power(power, level)
    if n_comparisons < 1:
        raise OptionError(f"n_comparisons={n_comparisons} is below 1; a plan is for at least one")
    if not (math.isfinite(against_per_person) and against_per_person > 0):
        raise OptionError(f"against_per_person={against_per_person:g} is not above 0; 1 is as many")
    if margin is not None:
        check_shift("margin", margin)
    _check_counts(people)
    _check_ratios(ratios)
    adjusted = sidak_level(level, n_comparisons)
    family: dict[str, Cell] = {
        "power": power,
        "level": level,
        "n_comparisons": n_comparisons,
        "adjusted_level": adjusted,
    }

    def other_people(count: int) -> int:
        return max(FEWEST_TO_TEST, round(count * against_per_person))

    def seen(spread: Spread, count: int) -> dict[str, Cell]:
        sides = spread.sides(count, other_people(count))
        shift = smallest_shift(sides, level=adjusted, power=power)
        return {
            "people": count,
            "against_people": other_people(count),
            **_figures(shift, kind, spread),
        }

    def needed(spread: Spread, target: float) -> dict[str, Cell]:
        count = fewest_people(
            lambda n: power_two_sided(target, spread.sides(n, other_people(n)), level=adjusted),
            power=power,
        )
        return {
            "people": count,
            "against_people": other_people(count),
            **_figures(target, kind, spread),
        }

    counts = list(dict.fromkeys(people))
    grid = np.geomspace(min(counts), max(*counts, 2 * min(counts)), _CURVE_POINTS)
    closer = sorted({*counts, *(round(count) for count in grid)})
    plannable = [(names, spread) for names, spread in comparisons if spread.note is None]
    return Planning(
        detectable=_table(
            DETECTABLE,
            [{**n, **seen(s, count), **family} for n, s in plannable for count in counts],
        ),
        needed=_table(
            NEEDED,
            [
                {**n, **needed(s, target), **family}
                for n, s in plannable
                for target in _targets(kind, s, ratios, margin)
            ],
        ),
        curve=_table(
            DETECTABLE,
            [{**n, **seen(s, count), **family} for n, s in plannable for count in closer],
        ),
        spreads=_table(SPREADS, [{**n, **_spread_row(s)} for n, s in comparisons]),
        kind=kind,
        level=level,
        adjusted_level=adjusted,
        power=power,
        n_comparisons=n_comparisons,
        against_per_person=against_per_person,
        provenance=provenance,
    )


def _targets(
    kind: Kind, spread: Spread, ratios: Sequence[float], margin: float | None
) -> list[float]:
    """What is to be seen: logarithms of ratios, or a difference of means."""
    if kind == "mean":
        return [] if margin is None else [margin]
    wanted = [float(ratio) for ratio in dict.fromkeys(ratios)]
    if margin is not None and spread.other_value is not None:
        of_margin = 1 + margin / spread.other_value
        if not any(math.isclose(of_margin, ratio) for ratio in wanted):
            wanted.append(of_margin)
    return [math.log(ratio) for ratio in wanted]


def _figures(shift: float, kind: Kind, spread: Spread) -> dict[str, Cell]:
    if kind == "mean":
        return {"ratio": None, "difference": shift}
    value = spread.other_value
    return {
        "ratio": math.exp(shift),
        "difference": None if value is None else math.expm1(shift) * value,
    }


def _check_counts(people: Sequence[int]) -> None:
    if not people:
        raise OptionError("people=[]: give at least one number of people in the group")
    for count in people:
        check_people(count, count)


def _check_ratios(ratios: Sequence[float]) -> None:
    for ratio in ratios:
        if not (math.isfinite(ratio) and ratio > 0 and ratio != 1):
            raise OptionError(
                f"ratios: {ratio:g} is not a ratio that could be seen; 1.25 is a quarter more"
            )


def _table(table: Table, rows: list[dict[str, Cell]]) -> pd.DataFrame:
    return table.check(pd.DataFrame(rows, columns=list(table.columns), dtype=object))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain JSON values; whatever is missing is null."""
    return [
        {
            str(name): None if pd.isna(value) else _plain(value)
            for name, value in zip(frame.columns, row, strict=True)
        }
        for row in frame.itertuples(index=False, name=None)
    ]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    return value.item() if hasattr(value, "item") else value
