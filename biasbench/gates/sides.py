"""One side of a gate: the sums of each person, from a table of measures or from a baseline.

A table knows its units (utterances, calls), so that two tables pair unit by unit. A baseline
knows sums alone, under pseudonyms, and of each person's units a digest: a person is paired where
the digests are equal, that is where both models have a value for the very same units.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError
from biasbench.evidence.cells import Cell
from biasbench.evidence.intake import Intake, MeasuresLike, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.sums import FloatArray, Kind, SpeakerSums, ordered_sums, sums_by_code
from biasbench.provenance import Provenance
from biasbench.runs.exports.people import Pseudonyms
from biasbench.tables import REST
from biasbench.tables.labels import label_codes

StrArray = npt.NDArray[np.str_]
IntArray = npt.NDArray[np.int64]

#: Facts that must agree before a change may be called the model's, and what each is called.
COMPARED = {"corpus": "corpus", "norm": "normaliser"}


#: A fact that is carried and not compared: whether nobody spoke, as the corpus's card says.
_SYNTHETIC = "synthetic"

#: Options that come with the weights or the engine: part of what is swapped, not how it is set.
_OF_MODEL = ("tokenizer", "ctranslate2")


@dataclass(frozen=True)
class Rows:
    """The rows of one metric, a unit each; arrays of shape (n_rows,), NaN where no value."""

    unit: StrArray
    person: IntArray  # code into the side's people
    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True)
class PersonSums:
    """Sums of one metric, a person each; arrays of shape (n_people,)."""

    numerator: FloatArray
    denominator: FloatArray
    n_units: IntArray  # with a value
    n_missing: IntArray  # without one
    digest: tuple[str, ...]  # of the units with a value; empty where units are known
    missing: frozenset[str] = frozenset()  # pseudonyms of the units without a value


@dataclass(frozen=True)
class Metric:
    """One metric of a side: what kind it is, its sums, and its rows where there is a table."""

    name: str
    kind: Kind
    direction: str | None
    sums: PersonSums
    rows: Rows | None = None


class Named(Protocol):
    """What people and units are called: `runs.exports.people.Pseudonyms`."""

    def of(self, kind: str, identifier: str) -> str:
        """The pseudonym of an id of that kind."""
        ...


@dataclass(frozen=True)
class Side:
    """The people of one model's measures: `people` in the order of every array."""

    source: str  # as a message names it
    system: str
    by: str
    people: tuple[str, ...]
    group: tuple[str, ...]  # label of each person
    metrics: Mapping[str, Metric]
    facts: Mapping[str, str]  # of COMPARED, and "synthetic", where they are known
    settings: Mapping[str, str]  # how the model was set

    @property
    def has_rows(self) -> bool:
        """Whether units are known, as a table's are and a baseline's are not."""
        return all(metric.rows is not None for metric in self.metrics.values())

    @property
    def synthetic(self) -> bool:
        """Whether the corpus says of itself that its speech is synthetic."""
        return self.facts.get(_SYNTHETIC) == "yes"

    @property
    def groups(self) -> list[str]:
        """The labels there are, sorted."""
        return sorted(set(self.group))


def side_of(
    measures: MeasuresLike,
    *,
    by: str,
    metrics: Sequence[str],
    system: str | None = None,
    source: str = "measures",
    option: str = "system",
) -> Side:
    """The sums of each person, from a table of measures.

    Raises what `assess` raises for a wrong table, InsufficientDataError where nobody knows who
    speaks, and OptionError where the table has several systems and `system` names none of them.
    """
    intake = take_in(measures, by=by, metrics=metrics)
    if intake.speaker is None:
        raise InsufficientDataError(
            f"{source}: no speaker labels: nobody knows how many people these rows come from, so "
            "that nothing can be gated; a column speaker_id is needed"
        )
    person, people = label_codes(intake.table["speaker_id"])
    code = np.zeros(len(people), dtype=np.intp)
    code[person] = intake.group
    cells = {
        metric: one_cell(intake, metric=metric, system=system, system_option=option)
        for metric in metrics
    }
    return Side(
        source=source,
        system=cells[metrics[0]].system,
        by=intake.by,
        people=tuple(map(str, people)),
        group=tuple(intake.groups[one] for one in code),
        metrics={
            name: _metric(intake, cell, person.astype(np.int64), len(people))
            for name, cell in cells.items()
        },
        facts=_facts(intake.provenance),
        settings=_settings(intake.provenance, cells[metrics[0]].system),
    )


def sums_of(side: Side, metric: str, labels: Collection[str], kind: Kind) -> SpeakerSums:
    """The sums of the people of these groups, every unit with a value."""
    own = members(side.group, labels)
    sums = side.metrics[metric].sums
    return ordered_sums(
        sums.numerator[own],
        sums.denominator[own],
        n_utterances=int(sums.n_units[own].sum()),
        n_missing=int(sums.n_missing[own].sum()),
        kind=kind,
    )


def set_against(
    groups: Collection[str], known: Collection[str], against: str
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each group, its labels and those of the other side; 'rest' is everybody else known.

    >>> {name: sorted(other) for name, (_, other) in set_against("ab", "abc", "rest").items()}
    {'a': ['b', 'c'], 'b': ['a', 'c']}
    """
    other = frozenset(known if against == REST else [against])
    return {name: (frozenset([name]), other - {name}) for name in groups}


def members(group: Iterable[str], labels: Collection[str]) -> npt.NDArray[np.bool_]:
    """Which people stand in one of these groups; `group` is the label of each.

    >>> members(["a", "b", "a"], {"a"})
    array([ True, False,  True])
    """
    return np.array([label in labels for label in group], dtype=bool)


def under_pseudonyms(
    side: Side, names: Pseudonyms, leaving_out: Mapping[str, frozenset[str]] | None = None
) -> Side:
    """The side without units, its people under pseudonyms.

    `leaving_out` are pseudonyms of units, by metric, that the other model has no value for: they
    count as missing here too, so that both stand on the same units.
    """
    if not side.has_rows:
        return side
    left = leaving_out or {}
    return Side(
        source=side.source,
        system=side.system,
        by=side.by,
        people=tuple(pseudonym(names, "speaker", one) for one in side.people),
        group=side.group,
        metrics={
            name: _hashed(metric, names, len(side.people), left.get(name, frozenset()))
            for name, metric in side.metrics.items()
        },
        facts=side.facts,
        settings=side.settings,
    )


def pseudonym(names: Named, kind: str, identifier: str) -> str:
    """16 hexadecimal digits, without the word before them."""
    return names.of(kind, identifier).rpartition("-")[2]


def person_sums(rows: Rows, n_people: int, here: npt.NDArray[np.bool_] | None = None) -> PersonSums:
    """The rows added up by person; rows outside `here` count as missing."""
    denominator = rows.denominator
    numerator = rows.numerator
    if here is not None:
        denominator = np.where(here, denominator, np.nan)
        numerator = np.where(here, numerator, np.nan)
    found = sums_by_code(rows.person, numerator, denominator, n_codes=n_people)
    return PersonSums(found.numerator, found.denominator, found.n_rows, found.n_missing, ())


def _metric(intake: Intake, cell: Cell, person: IntArray, n_people: int) -> Metric:
    table = intake.table
    here = ((table["system"] == cell.system) & (table["metric"] == cell.metric)).to_numpy()
    rows = Rows(
        unit=table["unit_id"].to_numpy()[here].astype(str),
        person=person[here],
        numerator=cell.numerator,
        denominator=cell.denominator,
    )
    return Metric(cell.metric, cell.kind, cell.direction, person_sums(rows, n_people), rows)


def _hashed(metric: Metric, names: Named, n_people: int, left_out: frozenset[str]) -> Metric:
    rows = metric.rows
    assert rows is not None
    units = [pseudonym(names, "unit", unit) for unit in rows.unit]
    out = np.array([unit in left_out for unit in units], dtype=bool)
    here = ~np.isnan(rows.denominator) & ~out
    own: list[list[str]] = [[] for _ in range(n_people)]
    for unit, person, has_value in zip(units, rows.person, here, strict=True):
        if has_value:
            own[person].append(unit)
    sums = person_sums(rows, n_people, here)
    hashed = PersonSums(
        numerator=sums.numerator,
        denominator=sums.denominator,
        n_units=sums.n_units,
        n_missing=sums.n_missing,
        digest=tuple(pseudonym(names, "units", " ".join(sorted(one)))[:12] for one in own),
        missing=frozenset(u for u, has in zip(units, here, strict=True) if not has),
    )
    return Metric(metric.name, metric.kind, metric.direction, hashed)


def _facts(provenance: Provenance) -> dict[str, str]:
    facts = provenance.facts()
    return {key: facts[key] for key in (*COMPARED, _SYNTHETIC) if key in facts}


def _settings(provenance: Provenance, system: str) -> dict[str, str]:
    for step in reversed(provenance.steps):
        facts = dict(step.facts)
        if step.verb == "run" and system in (facts.get("system"), facts.get("system_name")):
            words = [word.partition("=") for word in facts.get("options", "").split()]
            return {key: value for key, is_set, value in words if is_set and key not in _OF_MODEL}
    return {}
