"""Silence, overtalk, delays and categories of one contact of a CallMiner export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from biasbench.systems import Event
from biasbench.systems.exports import AGENT, CUSTOMER, Notes, Remark
from biasbench.systems.times import seconds
from biasbench.systems.vendors._callminer_tables import MISSING

#: The words for who speaks that the User Guide defines.
ROLES = {"agent": AGENT, "customer": CUSTOMER}

DELAYS = Remark(
    "Delays before a reply, given as silences named 'delay'; they may overlap with those of the "
    "silence table",
    "Délais avant une réponse, donnés comme silences nommés « delay » ; ils peuvent recouper ceux "
    "de la table des silences",
)

Rows = Sequence[tuple[str, ...]]


def read_events(
    rows: Callable[[str], Rows], notes: Notes, *, holds_components: bool
) -> tuple[Event, ...]:
    """The events of a contact; `rows` gives its rows of a table, by the table's name."""
    found = [
        Event("silence", "silence", at(start), at(end)) for start, end in rows("events_silence")
    ]
    found += [
        Event("overtalk", "overtalk", at(start), at(end)) for start, end in rows("events_overtalk")
    ]
    delays = rows("events_delay")
    if delays:
        notes.count(DELAYS, len(delays))
        roles = {
            number: ROLES.get(name.strip().lower())
            for _, number, name, _ in rows("transcripts_by_speaker")
        }
        found += [
            Event("silence", "delay", at(start), at(end), roles.get(speaker))
            for start, end, speaker in delays
        ]
    found += _categories(rows, holds_components)
    found.sort(key=lambda event: (event.start is None, event.start or 0.0))
    return tuple(found)


def _categories(rows: Callable[[str], Rows], holds_components: bool) -> Iterator[Event]:
    """A category at each of its components; without a time where it has none.

    That a category has no component does not say that it is one of absence: a category on the
    facts of a call alone has none either.
    """
    names: dict[str, str] = {}
    located: set[str] = set()
    for number, full_name, name in rows("categories"):
        names[number] = full_name or name
    for row in rows("category_components"):
        number, full_name, name, component, start, end, weight, similarity = row
        located.add(number)
        label = names.get(number) or full_name or name or f"category {number}"
        measured = [
            f"{what} {cell}"
            for what, cell in (("weight", weight), ("similarity", similarity))
            if cell.strip().lower() not in MISSING
        ]
        yield Event(
            "category",
            label,
            at(start),
            at(end),
            rule=component or None,
            found="; ".join(measured) or None,
        )
    for number, label in names.items():
        if number not in located:
            bare = Event("category", label)
            yield replace(bare, found="no component in the export") if holds_components else bare


def at(cell: str) -> float | None:
    """Seconds from a decimal number or a TIME; None if missing."""
    if ":" in cell:
        return seconds(cell, "clock")
    if cell.strip().lower() in MISSING:
        return None
    return float(cell)
