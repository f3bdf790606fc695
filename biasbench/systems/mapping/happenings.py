"""Events from a table: a row per event, a column of counts, or a person's day of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from biasbench.systems import Event, EventKind, Score
from biasbench.systems.exports import Remark, ToldCall
from biasbench.systems.mapping.cells import number
from biasbench.systems.mapping.columns import Columns
from biasbench.systems.mapping.meaning import CountColumn
from biasbench.systems.mapping.scored import bad_cell, is_blank
from biasbench.systems.mapping.utterances import roles, spans

NO_EVENT = Remark("Rows without an event", "Lignes sans événement")
NO_COUNT = Remark(
    "Empty counts of events: unknown, not none",
    "Nombres d’événements vides : inconnus, et non nuls",
)
BY_DAY = Remark(
    "Person-days with at least one event listed; a day with none is not in the file",
    "Jours-personnes avec au moins un événement ; un jour sans événement n’est pas dans le fichier",
)
# A call with more is a column of something else, read as a count.
_MOST_EVENTS = 10_000


def listed_events(columns: Columns, origins: Sequence[str | None]) -> list[Event | None]:
    """The event of every row; None where the label is empty, which is counted."""
    labels = columns.texts("label")
    starts, ends = spans(columns, origins)
    rows = zip(
        labels,
        _kinds(columns, labels),
        starts,
        ends,
        roles(columns, columns.texts("role")),
        columns.texts("rule"),
        columns.texts("found"),
        columns.numbers("confidence"),
        strict=True,
    )
    events: list[Event | None] = []
    for label, kind, start, end, role, rule, found, confidence in rows:
        if label is None or kind is None:
            events.append(None)
            continue
        sure = None if confidence is None else f"confidence {confidence:g}"
        about = ", ".join(text for text in (found, sure) if text) or None
        events.append(Event(kind, label, start, end, role, rule, about))
    if columns.is_there(columns.told.written["label"]):
        columns.notes.count(NO_EVENT, events.count(None))
    return events


def _kinds(columns: Columns, labels: Sequence[str | None]) -> list[EventKind | None]:
    """What each event is: by its kind's word or its label under [kinds], else the file's own."""
    told, source = columns.told, columns.source
    words = columns.texts("kind") if "kind" in told.columns else labels
    heading = told.columns.get("kind", told.columns["label"])
    known = {**{kind: kind for kind in get_args(EventKind)}, **told.kinds}
    found: list[EventKind | None] = []
    for place, word, label in zip(source.places, words, labels, strict=True):
        if label is None:
            found.append(None)
            continue
        kind = told.kinds.get(label) or (known.get(word) if word else None) or told.event_kind
        if kind is None:
            raise bad_cell(
                source,
                place,
                heading,
                word,
                f"of no known kind. Write it under [kinds], as in '{word or label}' = 'prompt', or "
                "event_kind = ... under [file] for all of them",
            )
        found.append(kind)
    return found


def counted_events(columns: Columns) -> list[tuple[Event, ...]]:
    """For every row, an event of unknown time for each one that its columns count."""
    by_column = [
        _counted(columns, count)
        for count in columns.told.counts
        if not count.optional or columns.source.has(count.column)
    ]
    if not by_column:
        return [()] * columns.n_rows
    rows = zip(*by_column, strict=True)
    return [tuple(event for events in row for event in events) for row in rows]


def _counted(columns: Columns, count: CountColumn) -> list[tuple[Event, ...]]:
    source, told = columns.source, columns.told
    event = Event(
        count.kind,
        count.label,
        target_role=count.target_role,
        rule=f"counted in the column '{count.column}'",
    )
    found: list[tuple[Event, ...]] = []
    for place, cell in zip(source.places, source.column(count.column), strict=True):
        if is_blank(cell) or (isinstance(cell, str) and cell.strip() in told.null_words):
            if count.empty is None:
                raise bad_cell(
                    source,
                    place,
                    count.column,
                    cell,
                    f"which may mean none or not known. Write under [events.{count.label}] "
                    "empty = 'none' or empty = 'unknown'",
                )
            columns.notes.count(NO_COUNT, int(count.empty == "unknown"))
            found.append(())
            continue
        found.append((event,) * _how_many(cell, count, columns, place))
    return found


def _how_many(cell: object, count: CountColumn, columns: Columns, place: str) -> int:
    try:
        if count.values:
            if str(cell).strip() not in count.values:
                known = ", ".join(f"'{known}'" for known in count.values)
                raise ValueError(f"not one of the values {known}")
            times = count.values[str(cell).strip()]
        else:
            times = number(cell, decimal=columns.told.decimal or ".", percent=False)
        if times < 0 or times != int(times) or times > _MOST_EVENTS:
            raise ValueError(f"not a count of events in one call (0 to {_MOST_EVENTS})")
    except ValueError as error:
        raise bad_cell(columns.source, place, count.column, cell, str(error)) from error
    return int(times)


def days_of_events(columns: Columns) -> Iterator[ToldCall]:
    """A person-day for every person and day that has an event, with how many of each label.

    A label that the file has, and this day has not, is a count of 0: the file lists every event.
    """
    labels = columns.texts("label")
    days = [moment[:10] for moment in columns.required_dates("started")]
    lasting = columns.lengths("duration")
    reviewed = columns.listened()
    known = list(dict.fromkeys(label for label in labels if label is not None))
    rows: dict[tuple[str, str], list[int]] = {}
    for position, key in enumerate(zip(columns.required("agent_id"), days, strict=True)):
        rows.setdefault(key, []).append(position)
    columns.notes.count(NO_EVENT, labels.count(None))
    columns.notes.count(BY_DAY, len(rows))
    for (agent, day), positions in rows.items():
        scores: list[Score] = []
        for label in known:
            these = [position for position in positions if labels[position] == label]
            scores.append(Score(f"{label} (count)", float(len(these)), 0.0))
            if "duration" in columns.told.columns:
                scores.append(_added(f"{label} (s)", [lasting[one] for one in these]))
            if reviewed is not None:
                name = f"{label}, reviewed (count)"
                scores.append(_added(name, [reviewed[one] for one in these]))
        yield ToldCall(None, scores=tuple(scores), agent=agent, started=day, unit="person-day")


def _added(name: str, values: Sequence[float | None]) -> Score:
    """Their sum, which nobody knows if one of them is not known."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        note = f"{len(values) - len(known)} of {len(values)} events do not say it"
        return Score(name, None, 0.0, missing_reason="unset", note=note)
    return Score(name, float(sum(known)), 0.0)
