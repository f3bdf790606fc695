"""What a row of a table is, by its mapping alone: nothing is told from the cells."""

from __future__ import annotations

from biasbench.errors import OptionError
from biasbench.systems.exports import Unit as CallUnit
from biasbench.systems.mapping.layout import require
from biasbench.systems.mapping.meaning import CALL_ROLES, CORPUS_ROLES, Rows, TableMapping
from biasbench.systems.mapping.source import Source

_OF_CALL = ("call_id", "agent_id", "started", "seconds", "language", "selection_source", "listened")
_OF_SPEECH = ("speaker", "role", "text", "start", "end", "duration", "confidence")
_OF_EVENT = ("role", "kind", "label", "start", "end", "duration", "confidence", "rule", "found")
_OF_DAY = ("agent_id", "started", "label", "duration", "listened")
_OF_PERSON = ("agent_id", "started", "selection_source", "listened")

#: The columns that can be told, and those that must be, by what a row is.
_ROLES: dict[Rows, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "calls": (_OF_CALL, ("call_id",)),
    "utterances": ((*_OF_CALL, *_OF_SPEECH), ("text",)),
    "events": ((*_OF_CALL, *_OF_EVENT), ("label",)),
    "person-days": (_OF_PERSON, ("agent_id", "started")),
    "person-weeks": (_OF_PERSON, ("agent_id", "started")),
    "person-months": (_OF_PERSON, ("agent_id", "started")),
}

#: What the scores of a row can be of; the first if the score does not say.
SCORE_UNITS: dict[Rows, tuple[str, ...]] = {
    "calls": ("call",),
    "utterances": ("utterance", "call"),
    "events": ("call",),
    "person-days": ("person-day",),
    "person-weeks": ("person-week",),
    "person-months": ("person-month",),
}

PERIODS: dict[Rows, CallUnit] = {
    "person-days": "person-day",
    "person-weeks": "person-week",
    "person-months": "person-month",
}


def tells_of_calls(told: TableMapping) -> bool:
    """Whether a mapping is of calls or people's periods, not of a corpus's utterances."""
    of_calls = told.columns.keys() & set(CALL_ROLES)
    return bool(told.rows or of_calls or told.facts or told.counts or told.kinds or told.roles)


def rows_of(told: TableMapping) -> Rows:
    """What a row is: as declared, else by the columns that are declared beside call_id.

    Raises OptionError if nothing says it.
    """
    if told.rows is not None:
        return told.rows
    if "call_id" in told.columns:
        if "text" in told.columns:
            return "utterances"
        return "events" if told.columns.keys() & {"label", "kind"} else "calls"
    raise OptionError(
        "mapping: nothing says what a row is. Name the column of the call's id, [columns] call_id, "
        f"or write under [file] rows = one of {', '.join(repr(rows) for rows in _ROLES)}"
    )


def counts_by_day(told: TableMapping) -> bool:
    """Whether events are of a person's day, because no call is named."""
    columns = told.columns
    return rows_of(told) == "events" and "call_id" not in columns and "agent_id" in columns


def check_rows(told: TableMapping, source: Source) -> Rows:
    """What a row is. Raises OptionError where mapping, row and file do not fit."""
    rows = rows_of(told)
    possible, needed = _ROLES[rows]
    by_day = counts_by_day(told)
    if by_day:
        possible, needed = _OF_DAY, (*needed, "agent_id", "started")
    for role in told.columns:
        if role in CORPUS_ROLES:
            raise OptionError(
                f"mapping: [columns] {role} is of a table of transcripts or scores of a corpus, "
                f"not of one with rows of {rows}. Use one of {', '.join(possible)}"
            )
        if role not in possible:
            raise OptionError(
                f"mapping: [columns] {role} does not go with rows of {rows}, which have "
                f"{', '.join(possible)}"
            )
    for role in needed:
        if role not in told.columns:
            raise OptionError(f"mapping: rows of {rows} need [columns] {role}")
        # A table of events can hold none: then its column of labels may be left out.
        if told.written[role].optional and (role != "label" or by_day):
            raise OptionError(f"mapping: [columns] {role} cannot be optional with rows of {rows}")
    for score in told.scores:
        units = SCORE_UNITS[rows]
        if score.unit is not None and score.unit not in units:
            raise OptionError(
                f"mapping: [scores.{score.name}] unit is '{score.unit}', but rows of {rows} have "
                f"scores of {' or '.join(units)}"
            )
    if told.counts and rows != "calls":
        raise OptionError(f"mapping: [events] counts are of a row per call, not of {rows}")
    if by_day and (told.scores or told.facts):
        raise OptionError(
            "mapping: events of a person's day are counted, and have no [scores] or [facts]. "
            "Name the call_id, or leave them out"
        )
    if told.wide_prefix is not None or told.wide_columns:
        raise OptionError("mapping: [wide] is of transcripts of a corpus; leave it out")
    _check_headings(told, source)
    return rows


def _check_headings(told: TableMapping, source: Source) -> None:
    for section, columns in (("columns", told.written), ("facts", told.facts)):
        for role, how in columns.items():
            require(source, how.column, f"[{section}] {role}", is_optional=how.optional)
    for score in told.scores:
        place = f"[scores.{score.name}] column"
        require(source, score.column, place, is_optional=score.optional)
    for count in told.counts:
        place = f"[events.{count.label}] column"
        require(source, count.column, place, is_optional=count.optional)


def read_headings(told: TableMapping) -> set[str]:
    """The columns that a mapping reads."""
    return {
        *(how.column for how in told.written.values()),
        *(how.column for how in told.facts.values()),
        *(score.column for score in told.scores),
        *(count.column for count in told.counts),
    }
