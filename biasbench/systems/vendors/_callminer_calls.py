"""One contact of a CallMiner export as a call: its rows of every table, put together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import Notes, Remark, Said, ToldCall
from biasbench.systems.vendors import _callminer_contacts as contacts_table
from biasbench.systems.vendors._callminer_contacts import Contacts, as_number, unset
from biasbench.systems.vendors._callminer_events import ROLES, at, read_events
from biasbench.systems.vendors._callminer_tables import (
    CONTACTS,
    MISSING,
    WANTED,
    OneExport,
    by_contact,
)

_US_DATE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([AP])M)?"
)
_REVIEW = "review later"

ORPHANS = Remark(
    "Contacts that other tables tell of and Contacts does not: no agent, no date",
    "Contacts cités par d’autres tables et absents de Contacts : ni conseiller, ni date",
)
OLDER = Remark(
    "Contacts exported again later: the latest export was taken",
    "Contacts exportés de nouveau plus tard : l’export le plus récent a été retenu",
)
SHARED_CLIENT_ID = Remark(
    "Contacts that share a ClientID with another: named by their ContactID instead",
    "Contacts partageant leur ClientID avec un autre : désignés par leur ContactID",
)
SEVERAL_CLIENT_IDS = Remark(
    "Contacts with several ClientIDs: the one in Contacts was taken, else the first",
    "Contacts à plusieurs ClientID : celui de Contacts a été retenu, à défaut le premier",
)
ONLY_NAMED = Remark(
    "Contacts whose agent has a name and no AgentID: the name was dropped, the agent is not known",
    "Contacts dont le conseiller a un nom mais pas d’AgentID : nom écarté, conseiller inconnu",
)
OTHER_SPEAKER = Remark(
    "Utterances of a speaker who is neither 'Agent' nor 'Customer': no role",
    "Énoncés d’un locuteur qui n’est ni « Agent » ni « Customer » : aucun rôle",
)
REPEATED = Remark(
    "Scores given twice for one contact: the last was taken",
    "Scores donnés deux fois pour un même contact : dernier retenu",
)
INACTIVE = Remark(
    "Indicators that the export marks as no longer active: kept",
    "Indicateurs que l’export signale comme inactifs : conservés",
)
REDACTED = Remark(
    "Passages redacted in the recordings",
    "Passages caviardés dans les enregistrements",
)
OTHER_TAGS = Remark(
    "Tags other than 'Review Later', not read: they may hold names",
    "Étiquettes autres que « Review Later », non lues : elles peuvent contenir des noms",
)

Rows = Mapping[str, Sequence[tuple[str, ...]]]


@dataclass(frozen=True)
class _Export:
    contacts: Contacts
    tables: Mapping[str, Rows]
    score_names: Mapping[str, str]
    exported: Sequence[str]
    file: str

    def rows(self, table: str, contact: str) -> Sequence[tuple[str, ...]]:
        return self.tables[table].get(contact, ())


def read_calls(exports: Sequence[OneExport], notes: Notes) -> Iterator[ToldCall]:
    """The calls of all exports, the latest export first; a contact is told once."""
    told: set[str] = set()
    owner: dict[str, str] = {}
    for export in exports:
        gathered = _gather(export, notes)
        order = dict.fromkeys(gathered.contacts.rows)
        is_listed = CONTACTS in export.tables
        for table in gathered.tables.values():
            order.update(dict.fromkeys(table))
        client_ids = {contact: _client_id(gathered, contact, notes) for contact in order}
        n_of = Counter(client for client in client_ids.values() if client is not None)
        for contact, client in client_ids.items():
            if contact in told:
                notes.count(OLDER)
                continue
            told.add(contact)
            if is_listed and contact not in gathered.contacts.rows:
                notes.count(ORPHANS)
            call_id = contact
            if client is not None:
                if n_of[client] > 1 or owner.setdefault(client, contact) != contact:
                    notes.count(SHARED_CLIENT_ID)
                else:
                    call_id = client
            yield _call(gathered, contact, call_id, notes)


def _gather(export: OneExport, notes: Notes) -> _Export:
    contacts = contacts_table.read_contacts(export, notes)
    tables = {table: by_contact(export, table, notes) for table in WANTED}
    names: dict[str, str] = {}
    for rows in tables["scores"].values():
        names.update((number, name) for number, name, _ in rows)
    n_of = Counter(names.values())
    unique = {
        number: name if n_of[name] == 1 else f"{name} (ScoreID {number})"
        for number, name in names.items()
    }
    file = next((files[0].name for files in export.tables.values() if files), "CallMiner export")
    return _Export(contacts, tables, unique, list(export.tables), file)


def _client_id(export: _Export, contact: str, notes: Notes) -> str | None:
    own = export.contacts.cell(contact, "client")
    others = [
        client for (client,) in export.rows("client_ids", contact) if client.lower() not in MISSING
    ]
    notes.count(SEVERAL_CLIENT_IDS, len({*others, *([own] if own else [])}) > 1)
    return own or next(iter(others), None)


def _call(export: _Export, contact: str, call_id: str, notes: Notes) -> ToldCall:
    contacts = export.contacts
    agent = contacts.cell(contact, "agent")
    if agent is None and contacts.cell(contact, "agent's name") is not None:
        notes.count(ONLY_NAMED)
    started, length = contacts.cell(contact, "started"), contacts.cell(contact, "seconds")
    notes.count(REDACTED, len(export.rows("events_redaction", contact)))
    return ToldCall(
        call_id,
        said=_said(export, contact, notes),
        scores=_scores(export, contact, notes),
        events=read_events(
            lambda table: export.rows(table, contact),
            notes,
            holds_components="category_components" in export.exported,
        ),
        agent=agent,
        started=None if started is None else us_date(started, export.file),
        seconds=None if length is None else at(length),
        facts=contacts.facts(contact) | _selection(export, contact, notes),
    )


def _said(export: _Export, contact: str, notes: Notes) -> tuple[Said, ...]:
    found = []
    for start, number, name, text in export.rows("transcripts_by_speaker", contact):
        role = ROLES.get(name.strip().lower())
        if role is None:
            # Not the name: an unforeseen one may be a person's.
            speaker = f"speaker {number}" if number.lower() not in MISSING else None
            notes.count(OTHER_SPEAKER)
        else:
            speaker = name
        found.append(Said(text, at(start), None, speaker, role))
    found.sort(key=lambda one: (one.start is None, one.start or 0.0))
    return tuple(found)


def _scores(export: _Export, contact: str, notes: Notes) -> tuple[Score, ...]:
    scores = [
        _score(export.score_names[number], cell)
        for number, _, cell in export.rows("scores", contact)
    ]
    for number, full_name, cell, is_active in export.rows("score_indicators", contact):
        scores.append(_score(_component(export.score_names.get(number), full_name), cell))
        notes.count(INACTIVE, is_active.strip().lower() in ("false", "0"))
    scores += _coached_scores(export, contact)
    scores += export.contacts.scores(contact, notes)
    once = {score.name: score for score in scores}
    notes.count(REPEATED, len(scores) - len(once))
    return tuple(once.values())


def _score(name: str, cell: str) -> Score:
    if cell.strip().lower() in MISSING:
        return unset(name, "")
    return Score(name, float(cell))


def _component(score: str | None, full_name: str) -> str:
    """'Agent Quality: Politeness' for 'Agent Quality.Politeness'."""
    if score is not None and full_name.startswith(f"{score}."):
        return f"{score}: {full_name[len(score) + 1 :]}"
    return full_name.replace(".", ": ", 1)


def _coached_scores(export: _Export, contact: str) -> list[Score]:
    """The score that an insight shows the agent: a person may have changed it."""
    found: dict[str, Score] = {}
    rows = sorted(
        export.rows("coach_insights", contact),
        key=lambda row: us_date(row[1], export.file) if row[1].lower() not in MISSING else "",
    )
    for _, _, score, value, _, _ in rows:
        number = as_number(value)
        if number is not None and score.strip().lower() not in MISSING:
            found[score] = Score(f"{score} (in coaching)", number)
    return list(found.values())


def _selection(export: _Export, contact: str, notes: Notes) -> dict[str, str | float | None]:
    """Whether somebody chose the call: coaching, the tag 'Review Later'; and listened to it.

    An export that holds a table of insights says of every one of its calls how many it has.
    """
    found: dict[str, str | float | None] = {}
    sources = []
    insights = export.rows("coach_insights", contact)
    if "coach_insights" in export.exported:
        found["coach_insights"] = len({row[0] for row in insights})
    if insights:
        kinds = sorted({row[4] for row in insights if row[4].strip().lower() not in MISSING})
        sources.append(f"coach insight ({', '.join(kinds)})" if kinds else "coach insight")
        if any(row[5].strip().lower() not in MISSING for row in insights):
            found["listened"] = 1
    for name, full_name in export.rows("tags", contact):
        if name.strip().lower() == _REVIEW:
            sources.append(f"tag ({full_name or name})")
        else:
            notes.count(OTHER_TAGS)
    if sources:
        found["selection_source"] = "; ".join(dict.fromkeys(sources))
    return found


def us_date(text: str, file: str) -> str:
    """A date of the export as ISO 8601, without a zone: the export does not say which.

    >>> us_date("01/05/2026 09:00:00", "Contacts.csv"), us_date("1/5/2026 1:30:00 PM", "")
    ('2026-01-05T09:00:00', '2026-01-05T13:30:00')
    """
    written = _US_DATE.fullmatch(text.strip())
    try:
        if written is None:
            return datetime.fromisoformat(text.strip()).isoformat()
        month, day, year, hour, minute, second = (int(part or 0) for part in written.groups()[:6])
        if written[7]:
            hour = hour % 12 + (12 if written[7] == "P" else 0)
        return datetime(year, month, day, hour, minute, second).isoformat()
    except ValueError as error:
        raise TableError(
            f"{file}: {text!r} is not a date like MM/DD/YYYY HH:MM:SS, which CallMiner writes. If "
            "the table was saved from a spreadsheet, export it again"
        ) from error
