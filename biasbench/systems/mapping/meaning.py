"""What a mapping says: what each column is, how it is written, what a row and a score are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from biasbench.systems import EventKind, Modality, SystemInfo
from biasbench.systems.mapping.cells import DateOrder, LengthUnit
from biasbench.tables import Direction

Rows = Literal["calls", "utterances", "events", "person-days", "person-weeks", "person-months"]
Unit = Literal["utterance", "call", "person-day", "person-week", "person-month"]
BlankHypothesis = Literal["empty", "skipped"]
EmptyCount = Literal["none", "unknown"]

#: Roles of a table of transcripts or scores of a corpus, and of a table of calls.
CORPUS_ROLES = ("utterance_id", "system", "hypothesis", "status", "error", "unit_id", "date")
CALL_ROLES = (
    "call_id",
    "agent_id",
    "started",
    "seconds",
    "language",
    "selection_source",
    "listened",
    "speaker",
    "role",
    "text",
    "start",
    "end",
    "duration",
    "confidence",
    "kind",
    "label",
    "rule",
    "found",
)
COLUMN_ROLES = (*CORPUS_ROLES, *CALL_ROLES)


@dataclass(frozen=True)
class HowWritten:
    """How one column is written; what is None is as [file] says.

    `otherwise` are the headings it has in other files, taken where `column` is not there.
    """

    column: str
    time_unit: LengthUnit | None = None
    date_order: DateOrder | None = None
    zone: str | None = None
    decimal: Literal[",", "."] | None = None
    percent: bool = False
    number: bool = False
    values: Mapping[str, str | float] = field(default_factory=dict)
    optional: bool = False
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreColumn:
    """One score: its column, its declared scale in the column's own numbers, what it means."""

    name: str
    column: str
    scale_min: float | None = None
    scale_max: float | None = None
    direction: Direction = "neither"
    modality: Modality = "unknown"
    unit: Unit | None = None
    percent: bool = False
    values: Mapping[str, float] = field(default_factory=dict)
    missing_reason: str = "unset"
    time_unit: LengthUnit | None = None
    decimal: Literal[",", "."] | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True)
class CountColumn:
    """How often something happened in the call, in a column of its own."""

    label: str
    column: str
    kind: EventKind
    target_role: str | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    empty: EmptyCount | None = None
    optional: bool = False
    otherwise: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableMapping:
    """A mapping, checked; absent sections have the defaults.

    `columns` has the heading of every role, `written` how it is written; `roles` the roles of the
    words that the role column has, in small letters; `kinds` what a kind or a label means.
    """

    rows: Rows | None = None
    delimiter: str | None = None
    encoding: str | None = None
    heading_line: int | None = None
    records: str | None = None
    sheet: str | None = None
    decimal: Literal[",", "."] | None = None
    date_order: DateOrder = "iso"
    time_unit: LengthUnit | None = None
    zone: str | None = None
    null_words: tuple[str, ...] = ()
    blank_hypothesis: BlankHypothesis = "empty"
    event_kind: EventKind | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, HowWritten] = field(default_factory=dict)
    facts: Mapping[str, HowWritten] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, EventKind] = field(default_factory=dict)
    wide_prefix: str | None = None
    wide_columns: tuple[str, ...] = ()
    scores: tuple[ScoreColumn, ...] = ()
    counts: tuple[CountColumn, ...] = ()
    system_name: str | None = None
    info: SystemInfo = field(default_factory=lambda: SystemInfo("", "", modality="unknown"))
    tier_is_declared: bool = False


_Named = TypeVar("_Named", HowWritten, ScoreColumn, CountColumn)


def chosen(told: TableMapping, has: Callable[[str], bool]) -> TableMapping:
    """The mapping with the headings that the file has, of those it may have."""

    def choose(how: _Named) -> _Named:
        there = (name for name in (how.column, *how.otherwise) if has(name))
        return replace(how, column=next(there, how.column), otherwise=())

    written = {role: choose(how) for role, how in told.written.items()}
    return replace(
        told,
        columns={role: how.column for role, how in written.items()},
        written=written,
        facts={name: choose(how) for name, how in told.facts.items()},
        scores=tuple(choose(score) for score in told.scores),
        counts=tuple(choose(count) for count in told.counts),
    )
