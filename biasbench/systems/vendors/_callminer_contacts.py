"""The Contacts table of a CallMiner export, whose columns every customer chooses.

What is taken from it, told by a column's own name or by the friendly name that its layout gives:

- who and when: ID, ClientID, ClientCaptureDate, AgentID, AgentGroup, WAVLength, Direction, Site;
- scores: columns named for what CallMiner measures of the voice or the talk (agitation, tempo,
  silence, overtalk, ...), under the customer's name for them. Their scale is the customer's and is
  written nowhere, so none is declared, and no direction;
- facts: other columns whose layout types them as a number, as `contact_<name>`.

All else is text, which may hold names of people, or numbers that stand for somebody (telephone,
account): left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import Notes, Remark
from biasbench.systems.vendors._callminer_tables import (
    CONTACTS,
    MISSING,
    Column,
    Layout,
    OneExport,
    count_rows,
    read_rows,
)

#: Words of a column's name that make it a score.
MEASURES = frozenset(
    (
        "agitation", "tempo", "silence", "overtalk", "crosstalk", "sentiment", "emotion",
        "stress", "pitch", "loudness", "volume", "energy",
    )
)  # fmt: skip

#: What agitation is shown as where it is not a number (Low, Medium, High).
LABELS = ("low", "medium", "high")

#: Words of a column's name that make its number somebody's.
_SOMEBODYS = frozenset(
    (
        "id", "ids", "phone", "telephone", "mobile", "ani", "dnis", "cli", "account", "card",
        "ssn", "social", "security", "customer", "number", "name", "email", "zip", "postal",
        "postcode", "birth", "dob", "age", "gender", "sex",
    )
)  # fmt: skip
_NUMBERS = frozenset(
    f"System.{kind}" for kind in ("Byte", "Int16", "Int32", "Int64", "Single", "Double", "Decimal")
)
_PARTS = {
    "id": "contact", "contactid": "contact", "clientid": "client",
    "clientcapturedate": "started", "agentid": "agent", "agent": "agent's name",
    "agentname": "agent's name", "agentgroup": "team", "wavlength": "seconds",
    "direction": "direction", "calldirection": "direction", "site": "site", "location": "site",
}  # fmt: skip

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NO_WORD = re.compile(r"[^a-z0-9]")

LEFT_OUT = Remark(
    "Columns of Contacts left out: text, or numbers that stand for a person",
    "Colonnes de Contacts laissées de côté : du texte, ou des numéros désignant une personne",
)
TWICE = Remark(
    "Contacts twice in one table of contacts: the last row was taken",
    "Contacts présents deux fois dans une table de contacts : dernière ligne retenue",
)
UNKNOWN_LABEL = Remark(
    "Cells of a measure of Contacts that are neither a number nor low, medium or high",
    "Cellules d’une mesure de Contacts qui ne sont ni un nombre, ni « low », « medium », « high »",
)


@dataclass(frozen=True)
class Contacts:
    """The contacts of an export, and where each thing stands in a row."""

    rows: Mapping[str, Sequence[str]]
    places: Mapping[str, int]
    measures: Sequence[tuple[int, str, bool]]
    numbers: Sequence[tuple[int, str]]

    def cell(self, contact: str, part: str) -> str | None:
        """One of contact, client, started, agent, team, ...; None if absent or missing."""
        row, at = self.rows.get(contact), self.places.get(part)
        if row is None or at is None or row[at].strip().lower() in MISSING:
            return None
        return row[at].strip()

    def scores(self, contact: str, notes: Notes) -> list[Score]:
        """The measures of a contact; where a column holds labels, one score of 0 or 1 for each."""
        row = self.rows.get(contact)
        if row is None:
            return []
        found = []
        for at, name, has_labels in self.measures:
            cell = row[at].strip().lower()
            if cell in MISSING:
                names = [f"{name}: {label}" for label in LABELS] if has_labels else [name]
                found += [unset(one, "voice") for one in names]
            elif has_labels and cell in LABELS:
                found += [
                    Score(f"{name}: {label}", float(cell == label), 0, 1, modality="voice")
                    for label in LABELS
                ]
            elif not has_labels and (value := as_number(cell)) is not None:
                found.append(Score(name, value, modality="voice"))
            else:
                notes.count(UNKNOWN_LABEL)
        return found

    def facts(self, contact: str) -> dict[str, str | float | None]:
        """Team, site, direction and the customer's own numbers."""
        found: dict[str, str | float | None] = {}
        for part in ("team", "site", "direction"):
            if (text := self.cell(contact, part)) is not None:
                found[part] = text
        row = self.rows.get(contact)
        for at, name in self.numbers if row is not None else ():
            assert row is not None
            found[name] = as_number(row[at])
        return found


def unset(name: str, modality: str) -> Score:
    """A score that the export writes as empty, null or NaN."""
    return Score(
        name,
        None,
        missing_reason="unset",
        note="The export writes no number here (empty, null or NaN).",
        modality="voice" if modality == "voice" else None,
    )


def as_number(cell: str) -> float | None:
    """The number in a cell; None if there is none in it."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # False for NaN too


def read_contacts(export: OneExport, notes: Notes) -> Contacts:
    """The contacts of an export; none if it has no such table."""
    layout = export.layouts.get(CONTACTS, Layout())
    columns: list[Column] = []
    rows: dict[str, Sequence[str]] = {}
    places: dict[str, int] = {}
    number = 0
    for file in export.tables.get(CONTACTS, ()):
        lines = read_rows(file)
        here = [layout.column(heading) for heading in next(lines, [])]
        if columns and here != columns:
            raise TableError(
                f"{file.name}: has other headings than the other tables of contacts of the same "
                "export. Import them one at a time"
            )
        columns = here
        places = _places(columns)
        if "contact" not in places:
            raise TableError(
                f"{file.name}: has no column ID; it has "
                f"{', '.join(column.name for column in columns) or 'nothing'}"
            )
        at = places["contact"]
        for row in lines:
            number += 1
            notes.count(TWICE, row[at] in rows)
            rows[row[at]] = row
    count_rows(export, CONTACTS, number, notes)
    measures, numbers = [], []
    for at, column in enumerate(columns):
        if at in places.values():
            continue
        words = _words(column.name) | _words(column.friendly)
        if words & MEASURES:
            measures.append((at, _plain(column), _holds_labels(rows, at)))
        elif column.kind in _NUMBERS and not words & _SOMEBODYS:
            numbers.append((at, "contact_" + _plain(column).replace(" ", "_")))
        else:
            notes.count(LEFT_OUT)
    return Contacts(rows, places, measures, numbers)


def _places(columns: Sequence[Column]) -> dict[str, int]:
    places: dict[str, int] = {}
    for spelling in ("name", "friendly"):  # a column's own name goes before its friendly name
        for at, column in enumerate(columns):
            part = _PARTS.get(_NO_WORD.sub("", str(getattr(column, spelling)).lower()))
            if part is not None and part not in places and at not in places.values():
                places[part] = at
    return places


def _holds_labels(rows: Mapping[str, Sequence[str]], at: int) -> bool:
    return any(row[at].strip().lower() in LABELS for row in rows.values())


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def _plain(column: Column) -> str:
    """The friendly name in small letters: 'Percent Silence' and PercentSilence alike."""
    return " ".join(word.lower() for word in _WORD.findall(column.friendly)) or column.name
