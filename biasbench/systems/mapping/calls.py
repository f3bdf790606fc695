"""Calls from the rows of a table: a row per call, or several rows per call joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from biasbench.errors import TableError
from biasbench.systems import Event, Score
from biasbench.systems.exports import Notes, Remark, Said, ToldCall
from biasbench.systems.mapping.columns import COMMA_FOUND, Columns
from biasbench.systems.mapping.happenings import counted_events, listed_events
from biasbench.systems.mapping.rows import SCORE_UNITS, rows_of
from biasbench.systems.mapping.scored import scores_of
from biasbench.systems.mapping.utterances import said_in_rows

NO_TIME = Remark(
    "Calls with an utterance of no time, left in the file's order",
    "Appels dont un énoncé n’a pas d’horaire, laissés dans l’ordre du fichier",
)

_Value = TypeVar("_Value")


def one_call_per_row(columns: Columns) -> Iterator[ToldCall]:
    """A call for every row."""
    rows = zip(
        columns.required("call_id"),
        score_rows(columns, "call"),
        counted_events(columns),
        columns.texts("agent_id"),
        columns.dates("started"),
        columns.lengths("seconds"),
        columns.texts("language"),
        columns.facts(),
        strict=True,
    )
    for call_id, scores, events, agent, started, seconds, language, facts in rows:
        yield ToldCall(
            call_id,
            scores=scores,
            events=events,
            agent=agent,
            started=started,
            seconds=seconds,
            language=language,
            facts=facts,
        )


def joined_calls(columns: Columns) -> Iterator[ToldCall]:
    """Calls of several rows each, in the order of their first; a file without ids is one call."""
    told = columns.told
    rows = rows_of(told)
    ids: Sequence[str | None] = [None] * columns.n_rows
    if "call_id" in told.columns:
        ids = columns.required("call_id")
    starts = columns.dates("started")
    origins = _origins(ids, starts)
    said: Sequence[Said | None] = [None] * columns.n_rows
    events: Sequence[Event | None] = [None] * columns.n_rows
    if rows == "utterances":
        said = said_in_rows(columns, origins, score_rows(columns, "utterance"))
    else:
        events = listed_events(columns, origins)
    calls: dict[str | None, _Joined] = {}
    cells = zip(
        ids,
        columns.source.places,
        columns.texts("agent_id"),
        starts,
        columns.lengths("seconds"),
        columns.texts("language"),
        columns.facts(),
        score_rows(columns, "call"),
        said,
        events,
        strict=True,
    )
    for key, place, agent, started, seconds, language, facts, scores, one, event in cells:
        call = calls.get(key)
        if call is None:
            call = calls[key] = _Joined(key, columns)
        call.agent.take(agent, place, call, "agent_id")
        call.started.take(started, place, call, "started")
        call.seconds.take(seconds, place, call, "seconds")
        call.language.take(language, place, call, "language")
        for name, fact in facts.items():
            call.facts.setdefault(name, _Once()).take(fact, place, call, name)
        for score in scores:
            call.take_score(score, place)
        if one is not None:
            call.said.append(one)
        if event is not None:
            call.events.append(event)
    for call in calls.values():
        yield call.told(columns.notes)


def score_rows(columns: Columns, unit: str) -> list[tuple[Score, ...]]:
    """The scores of each row that are of that unit; rows of utterances can have two."""
    told = columns.told
    usual = SCORE_UNITS[rows_of(told)][0]
    by_column = []
    for score in told.scores:
        if (score.unit or usual) != unit:
            continue
        scores, mark, is_there = scores_of(columns.source, told, score)
        by_column.append(scores)
        if mark == "," and told.decimal is None and score.decimal is None:
            columns.notes.count(COMMA_FOUND)
        if not is_there:
            columns.notes.count(
                Remark(
                    f"Column '{score.column}' not in the file: '{score.name}' not exported",
                    f"Colonne « {score.column} » absente du fichier : « {score.name} » non exporté",
                )
            )
    return list(zip(*by_column, strict=True)) if by_column else [()] * columns.n_rows


def _origins(ids: Sequence[str | None], starts: Sequence[str | None]) -> list[str | None]:
    """The start of each row's call, though only one of its rows may say it."""
    first: dict[str | None, str] = {}
    for key, moment in zip(ids, starts, strict=True):
        if moment is not None:
            first.setdefault(key, moment)
    return [first.get(key) for key in ids]


@dataclass
class _Once(Generic[_Value]):
    """What several rows of a call may say, and then say alike."""

    value: _Value | None = None
    place: str = ""

    def take(self, value: _Value | None, place: str, call: _Joined, name: str) -> None:
        if value is None or value == self.value:
            return
        if self.value is not None:
            raise TableError(
                f"{call.columns.source.name}: {place}: {name} is {value!r}, but {self.value!r} in "
                f"{self.place} of the same call {call.key!r}. Every row of a call must say the same"
            )
        self.value, self.place = value, place


@dataclass
class _Joined:
    """One call, as far as its rows have been read."""

    key: str | None
    columns: Columns
    agent: _Once[str] = field(default_factory=_Once)
    started: _Once[str] = field(default_factory=_Once)
    seconds: _Once[float] = field(default_factory=_Once)
    language: _Once[str] = field(default_factory=_Once)
    facts: dict[str, _Once[str | float]] = field(default_factory=dict)
    scores: dict[str, Score] = field(default_factory=dict)
    values: dict[str, _Once[float]] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def take_score(self, score: Score, place: str) -> None:
        """A score that stands in the call's first row, or in all of them."""
        name = f"score '{score.name}'"
        self.values.setdefault(score.name, _Once()).take(score.value, place, self, name)
        if score.value is not None or score.name not in self.scores:
            self.scores[score.name] = score

    def told(self, notes: Notes) -> ToldCall:
        said = self.said
        if all(one.start is not None for one in said):
            said = sorted(said, key=lambda one: one.start or 0.0)
        else:
            notes.count(NO_TIME)
        return ToldCall(
            self.key,
            said=tuple(said),
            scores=tuple(self.scores.values()),
            events=tuple(self.events),
            agent=self.agent.value,
            started=self.started.value,
            seconds=self.seconds.value,
            language=self.language.value,
            facts={name: once.value for name, once in self.facts.items()},
        )
