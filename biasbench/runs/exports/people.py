"""Who is who in an export: roles, agents, declared groups. All of it comes from the user's files.

`roles.csv` says who speaks, where the format does not. Columns, all optional but one of the last
two:

    file      name of the file that the row is about; empty: of every file
    call_id   with `file`: which call that file belongs to (two files of one call are joined);
              without: the row is about that call only
    speaker   the export's own name for who spoke: ch_0, spk_1, participantOne; empty: everybody
    role      agent, customer or other (conseiller, client, autre)
    agent_id  who the agent of that file or call is, where the export does not say

`people.csv` says who they are: agent_id, and any columns of declared groups and circumstances.
Nothing is guessed: not from names, not from who speaks first, not from voices.

With a key, ids of agents and calls become pseudonyms: the first 16 hexadecimal digits of
HMAC-SHA-256 (RFC 2104). Whoever holds the key can make the same pseudonym again, and nobody else
can go back. The key is read from a file and written nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.runs.exports.columns import of_one_kind
from biasbench.systems.exports import AGENT, CUSTOMER, OTHER
from biasbench.tables import CALLS, PERIODS, UTTERANCES, is_empty, place_of, read_table

AGENT_ID = "agent_id"

_ROLE_WORDS = {
    "agent": AGENT, "conseiller": AGENT, "conseillère": AGENT, "téléconseiller": AGENT,
    "téléconseillère": AGENT, "customer": CUSTOMER, "client": CUSTOMER, "cliente": CUSTOMER,
    "other": OTHER, "autre": OTHER,
}  # fmt: skip
_ROLE_COLUMNS = ("file", "call_id", "speaker", "role", AGENT_ID)

_SHORTEST_KEY = 16

_Key = TypeVar("_Key")


@dataclass(frozen=True)
class Roles:
    """roles.csv, ready to be asked. Keys are (file or '', call_id or '', speaker or '')."""

    roles: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    agents: Mapping[tuple[str, str], str] = field(default_factory=dict)
    calls: Mapping[str, str] = field(default_factory=dict)  # file → call_id
    files: frozenset[str] = frozenset()
    used: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def n_unused(self) -> int:
        """Roles and agents of the file that no utterance and no call asked for: misspelt names?"""
        return len((self.roles.keys() | self.agents.keys()) - self.used)

    def role(self, file: str, call_id: str, speaker: str) -> str | None:
        """The role of a speaker: told for the file, else for the call, else everywhere."""
        roles = self.roles
        for key in (
            (file, "", speaker), (file, "", ""), ("", call_id, speaker), ("", call_id, ""),
            ("", "", speaker),
            ("", "", ""),
        ):  # fmt: skip
            if key in roles:
                self.used.add(key)
                return roles[key]
        return None

    def agent(self, file: str, call_id: str) -> str | None:
        """Whose call it is, as the user's file says: for the file, else for the call."""
        keys = [key for key in ((file, ""), ("", call_id)) if key in self.agents]
        self.used.update(keys)
        return self.agents[keys[0]] if keys else None


def read_roles(path: str | Path | None, *, encoding: str = "utf-8-sig") -> Roles:
    """The user's roles; no file is no roles.

    Raises NotFoundError, and TableError for a column or a role that is not known, and for two rows
    that contradict each other.
    """
    if path is None:
        return Roles()
    frame, _ = read_table(path, encoding=encoding)
    for name in frame.columns:
        if name not in _ROLE_COLUMNS:
            raise TableError(f"{path}: unknown column '{name}'. Known: {', '.join(_ROLE_COLUMNS)}")
    if not {"role", AGENT_ID} & set(frame.columns):
        raise TableError(f"{path}: has neither a column 'role' nor '{AGENT_ID}'")
    roles: dict[tuple[str, str, str], str] = {}
    agents: dict[tuple[str, str], str] = {}
    calls: dict[str, str] = {}
    for position in range(len(frame)):
        place = place_of(frame, str(path), position)
        file, call, speaker, role, agent = (_cell(frame, position, name) for name in _ROLE_COLUMNS)
        if file and call:
            _put(calls, file, call, place, "call_id")
        about = (file, "") if file else ("", call)
        if role:
            if role.lower() not in _ROLE_WORDS:
                raise TableError(f"{place}: role is {role!r}, not agent, customer or other")
            _put(roles, (*about, speaker), _ROLE_WORDS[role.lower()], place, "role")
        if agent:
            if about == ("", ""):
                raise TableError(f"{place}: agent_id needs a file or a call_id beside it")
            _put(agents, about, agent, place, AGENT_ID)
            if file and call:
                _put(agents, ("", call), agent, place, AGENT_ID)
    return Roles(roles, agents, calls, frozenset({key[0] for key in (*roles, *agents)} | {*calls}))


def _cell(frame: pd.DataFrame, position: int, name: str) -> str:
    if name not in frame.columns:
        return ""
    value = frame[name].iloc[position]
    return "" if value is None or pd.isna(value) else str(value).strip()


def _put(known: dict[_Key, str], key: _Key, value: str, place: str, name: str) -> None:
    if known.setdefault(key, value) != value:
        raise TableError(f"{place}: {name} is {value!r}, and an earlier row says {known[key]!r}")


@dataclass(frozen=True)
class People:
    """people.csv: a row per agent under `agent_id`, and the columns that it adds."""

    rows: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


def read_people(path: str | Path | None, *, encoding: str = "utf-8-sig") -> People:
    """The user's people; no file is nobody.

    A person who stands twice with the same cells is noted. Raises NotFoundError, and TableError
    for a missing agent_id, for a person who stands twice with different cells, and for a column
    that has the name of one of ours.
    """
    if path is None:
        return People()
    frame, _ = read_table(path, encoding=encoding)
    if AGENT_ID not in frame.columns:
        have = ", ".join(map(str, frame.columns))
        raise TableError(
            f"{path}: column '{AGENT_ID}' is missing: the id of the agent as the export has it. "
            f"Columns are: {have}"
        )
    columns = tuple(str(name) for name in frame.columns if name != AGENT_ID)
    ours = {*UTTERANCES.columns, *CALLS.columns, *PERIODS.columns}
    for name in columns:
        if name in ours:
            raise TableError(f"{path}: column '{name}' has the name of a column of ours. Rename it")
    if not columns:
        raise TableError(f"{path}: has no column beside '{AGENT_ID}', so it says nothing of anyone")
    rows: dict[str, tuple[object, ...]] = {}
    repeated: dict[str, None] = {}
    blank = is_empty(frame[AGENT_ID])
    cells = pd.DataFrame({name: of_one_kind(frame[name].astype(object)) for name in columns})
    cells = cells.astype(object).where(cells.notna(), None)
    for position, values in enumerate(cells.itertuples(index=False, name=None)):
        place = place_of(frame, str(path), position)
        if blank.iloc[position]:
            raise TableError(f"{place}: {AGENT_ID} is empty. Every row needs one")
        agent = str(frame[AGENT_ID].iloc[position]).strip()
        if agent in rows:
            if rows[agent] != values:
                raise TableError(
                    f"{place}: {AGENT_ID} {agent!r} stands in an earlier row with other values. "
                    "Keep the right one"
                )
            repeated[agent] = None
        rows[agent] = values
    return People(rows, columns, tuple(repeated))


class Pseudonyms:
    """Ids made into pseudonyms under a key; without a key they stay as they are."""

    def __init__(self, key: bytes | None) -> None:
        self._key = key
        self._known: dict[tuple[str, str], str] = {}

    @property
    def has_key(self) -> bool:
        """Whether ids are replaced."""
        return self._key is not None

    def of(self, kind: str, identifier: str) -> str:
        """The pseudonym of an id of that kind ('agent', 'call'): 'agent-1f0c…'.

        >>> Pseudonyms(b"0123456789abcdef").of("agent", "0042")
        'agent-3e8cfc16ed844b93'
        >>> Pseudonyms(None).of("agent", "0042")
        '0042'
        """
        if self._key is None:
            return identifier
        known = self._known.get((kind, identifier))
        if known is None:
            message = f"{kind}:{identifier}".encode()
            digest = hmac.new(self._key, message, hashlib.sha256).hexdigest()
            known = self._known[(kind, identifier)] = f"{kind}-{digest[:16]}"
        return known


def read_key(path: str | Path | None, *, output: str | Path | None) -> Pseudonyms:
    """The key in a file. Raises OptionError where it is short, or lies in the run's folder."""
    if path is None:
        return Pseudonyms(None)
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(
            f"{path}: no such key file. Make one, and keep it apart from the run: "
            f"biasbench import --new-key {path}"
        )
    if output is not None and path.resolve().is_relative_to(Path(output).resolve()):
        raise OptionError(f"{path}: the key lies in the run's folder. Keep it elsewhere")
    key = path.read_bytes().strip()
    if len(key) < _SHORTEST_KEY:
        raise OptionError(
            f"{path}: the key has {len(key)} characters; fewer than {_SHORTEST_KEY} can be guessed"
        )
    return Pseudonyms(key)


def write_key(path: str | Path) -> Path:
    """A new key in a new file, readable by its owner alone. Raises OptionError if there is one."""
    path = Path(path)
    if path.exists():
        raise OptionError(f"{path}: is there already. A new key would orphan the pseudonyms of old")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{secrets.token_hex(32)}\n")
    return path
