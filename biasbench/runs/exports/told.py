"""Calls told file by file: who is who is settled, what cannot be is an error or is counted.

With `skip_bad` a file that cannot be read is left out whole, and so is a call that cannot be; each
is listed with its line. Without it the first one stops everything, and nothing has been written.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from biasbench.errors import BiasbenchError, TableError
from biasbench.runs.exports.archives import Member
from biasbench.runs.exports.checks import check_call, check_scores, with_possible_times
from biasbench.runs.exports.people import People, Pseudonyms, Roles
from biasbench.runs.exports.rows import Rows, Tables
from biasbench.systems import Event, Score
from biasbench.systems.exports import (
    AGENT,
    CUSTOMER,
    ExportFile,
    ExportReader,
    Notes,
    Said,
    ToldCall,
)

#: What a reader raises at a document that is not as documented.
_NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError, IndexError, AttributeError)


@dataclass
class Tally:
    """What was counted on the way: whole numbers, and names that the report lists."""

    n_files: int = 0
    n_customer_texts_dropped: int = 0
    n_unknown_texts_dropped: int = 0
    n_words_without_time: int = 0
    skipped: list[str] = field(default_factory=list)
    speakers_without_role: Counter[str] = field(default_factory=Counter)
    agents: set[str] = field(default_factory=set)  # as the export names them


@dataclass(frozen=True)
class Telling:
    """How the calls of an export are read: who is who, and what is let through."""

    format: str
    reader: ExportReader
    roles: Roles
    people: People
    pseudonyms: Pseudonyms
    agent_only: bool
    skip_bad: bool
    utterance_per_file: bool
    now: datetime.datetime

    def tables(self, members: Sequence[Member], rows: Rows, notes: Notes, tally: Tally) -> Tables:
        """Every call of these files as rows.

        Raises TableError for a file or call that cannot be read, unless `skip_bad`.
        """
        seen: dict[str, _Seen] = {}
        for part in parts(members, self.reader, self.roles):
            try:
                calls = self._read(part, notes, tally)
            except BiasbenchError as error:
                self._leave_out(error, tally)
                continue
            tally.n_files += len(part)
            for call, file in calls:
                try:
                    self._add(call, file, rows, seen, tally)
                except BiasbenchError as error:
                    self._leave_out(error, tally)
        return rows.tables()

    def _leave_out(self, error: BiasbenchError, tally: Tally) -> None:
        if not self.skip_bad:
            raise error
        tally.skipped.append(str(error))

    def _read(
        self, part: Sequence[Member], notes: Notes, tally: Tally
    ) -> list[tuple[ToldCall, str]]:
        """The calls of one part, named, each with the file that it stands in; joined if told so."""
        together = hasattr(self.reader, "part_of")
        skipped: list[str] | None = [] if self.skip_bad else None
        files = [ExportFile(member.name, member.read(), skipped) for member in part]
        for file in files:
            if not file.content.strip():
                raise TableError(f"{file.name}: is empty")
        found: list[tuple[ToldCall, str]] = []
        for group in [files] if together else [[file] for file in files]:
            own = Notes()
            calls = list(self._told(group, own))
            found += [(call, group[0].name) for call in self._named(calls, group)]
            notes.add(own)
        tally.skipped += skipped or []
        told = {self.roles.calls.get(file_key(file.name, self.roles)) for file in files} - {None}
        if len(found) > 1 and told:  # the user says that these files are one call
            return [(_joined([call for call, _ in found], found[0][1]), found[0][1])]
        return found

    def _told(self, files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
        try:
            for call in self.reader.read(files, notes):
                yield self._with_roles(call, files[0])
        except _NOT_AS_DOCUMENTED as error:
            what = (
                f"has no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
            )
            raise TableError(
                f"{files[0].name}: is not as '{self.format}' is documented: {what}"
            ) from error

    def _named(self, calls: Sequence[ToldCall], files: Sequence[ExportFile]) -> list[ToldCall]:
        keys = (file_key(file.name, self.roles) for file in files)
        told = next((self.roles.calls[key] for key in keys if key in self.roles.calls), None)
        if self.utterance_per_file:
            if len(calls) > 1:
                raise TableError(
                    f"{files[0].name}: holds {len(calls)} calls, and each file is to be one "
                    "utterance"
                )
            told = told or files[0].base
        nameless = 0
        named = []
        for call in calls:
            if call.unit != "call":
                named.append(call)
                continue
            name = told or call.call_id
            if name is None:
                nameless += 1
                name = files[0].base if nameless == 1 else f"{files[0].base}-{nameless}"
            named.append(replace(call, call_id=name))
        return named

    def _with_roles(self, call: ToldCall, file: ExportFile) -> ToldCall:
        roles = self.roles
        if not roles.roles or not call.said:
            return call
        key = file_key(file.name, roles)
        name = roles.calls.get(key) or call.call_id or file.base
        said = tuple(
            one if role is None or role == one.role else replace(one, role=role)
            for one in call.said
            for role in (roles.role(key, name, one.speaker or ""),)
        )
        return replace(call, said=said)

    def _add(
        self, call: ToldCall, file: str, rows: Rows, seen: dict[str, _Seen], tally: Tally
    ) -> None:
        agent = self.roles.agent(file_key(file, self.roles), call.call_id or "") or call.agent
        if call.unit != "call":
            self._add_period(call, agent, file, rows, seen, tally)
            return
        assert call.call_id is not None
        may_be_negative = self.reader.FORMAT.has_negative_times
        call, n_odd = with_possible_times(call, may_be_negative=may_be_negative)
        tally.n_words_without_time += n_odd
        check_call(call, file, self.now, may_be_negative=may_be_negative)
        _refuse_repeated(call, agent, file, seen)
        for one in call.said:
            if one.role is None:
                # Some systems name a speaker by a person's name.
                speaker = "(name withheld)" if self.pseudonyms.has_key else one.speaker or ""
                tally.speakers_without_role[speaker] += 1
        if self.agent_only:
            call = self._without_customers(call, tally)
        tally.agents.update(one for one in (agent, *(said.agent for said in call.said)) if one)
        if self.pseudonyms.has_key:
            call_id = call.call_id
            assert call_id is not None
            call = replace(
                call,
                call_id=self.pseudonyms.of("call", call_id),
                said=tuple(replace(one, raw={}) if one.raw else one for one in call.said),
                facts={name: v for name, v in call.facts.items() if not name.endswith("_id")},
            )
        rows.add(call, agent)

    def _add_period(
        self,
        call: ToldCall,
        agent: str | None,
        file: str,
        rows: Rows,
        seen: dict[str, _Seen],
        tally: Tally,
    ) -> None:
        if agent is None or call.started is None:
            raise TableError(f"{file}: a {call.unit} has no agent or no first day")
        day = call.started[:10]
        check_scores(call.scores, f"{file}: {agent} {day}")
        period = replace(call, call_id=f"{agent} {day}")
        _refuse_repeated(period, agent, file, seen)
        tally.agents.add(agent)
        name = self.pseudonyms.of("agent", agent)
        rows.add(replace(period, call_id=f"{name} {day}", started=day), agent)

    def _without_customers(self, call: ToldCall, tally: Tally) -> ToldCall:
        said = []
        for one in call.said:
            if one.role == AGENT:
                said.append(one)
                continue
            tally.n_customer_texts_dropped += one.role is not None
            tally.n_unknown_texts_dropped += one.role is None
            said.append(replace(one, text=None, words=(), raw={}))
        events = tuple(
            replace(event, found=None) if event.target_role == CUSTOMER else event
            for event in call.events
        )
        return replace(call, said=tuple(said), events=events)


@dataclass
class _Seen:
    """What was already told of a call: in which file its utterances and each score stand."""

    said_in: str | None = None
    agent: str | None = None
    agent_in: str = ""
    scores: dict[str, str] = field(default_factory=dict)


def parts(
    members: Sequence[Member], reader: ExportReader, roles: Roles
) -> Iterator[Sequence[Member]]:
    """The files that are read together: by the format, or because roles.csv joins them."""
    by_format = getattr(reader, "part_of", None)
    groups: dict[str, list[Member]] = {}
    for member in members:
        if by_format is not None:
            key = f"part {by_format(member.name)}"
        else:
            call = roles.calls.get(file_key(member.name, roles))
            key = f"file {member.name}" if call is None else f"call {call}"
        groups.setdefault(key, []).append(member)
    yield from groups.values()


def file_key(name: str, roles: Roles) -> str:
    """How roles.csv names a file: by its path in the export, or by its last part."""
    return name if name in roles.files else name.rsplit("/", 1)[-1]


def _refuse_repeated(call: ToldCall, agent: str | None, file: str, seen: dict[str, _Seen]) -> None:
    """Raise TableError where two parts tell the same thing of one call: which is right?"""
    assert call.call_id is not None
    known = seen.setdefault(call.call_id, _Seen())
    if agent is not None and known.agent not in (None, agent):
        raise TableError(
            f"{file}: call '{call.call_id}' is of agent '{agent}', and of '{known.agent}' in "
            f"{known.agent_in}. Say whose it is in roles.csv (call_id, agent_id)"
        )
    if call.said and known.said_in is not None:
        raise TableError(
            f"{file}: call '{call.call_id}' has its utterances in {known.said_in} already. Remove "
            "one; or, where they are two channels of one call, say so in roles.csv (file, call_id)"
        )
    for score in call.scores:
        if score.name in known.scores:
            raise TableError(
                f"{file}: call '{call.call_id}' has a score '{score.name}' in "
                f"{known.scores[score.name]} already. Remove one"
            )
    if agent is not None and known.agent is None:
        known.agent, known.agent_in = agent, file
    if call.said:
        known.said_in = file
    known.scores |= {score.name: file for score in call.scores}


def _joined(calls: Sequence[ToldCall], file: str) -> ToldCall:
    """One call of several files, as roles.csv says; utterances in order of time."""
    first = calls[0]
    said: list[Said] = sorted(
        (one for call in calls for one in call.said),
        key=lambda one: math.inf if one.start is None else one.start,
    )
    scores: dict[str, Score] = {}
    events: list[Event] = []
    facts: dict[str, str | float | None] = {}
    for call in calls:
        for score in _of_its_side(call):
            if score.name in scores:
                raise TableError(f"{file}: the files joined as one call both have '{score.name}'")
            scores[score.name] = score
        events += call.events
        facts |= call.facts
    lengths = [call.seconds for call in calls if call.seconds is not None]
    return replace(
        first,
        said=tuple(said),
        scores=tuple(scores.values()),
        events=tuple(events),
        facts=facts,
        agent=next((call.agent for call in calls if call.agent), None),
        started=next((call.started for call in calls if call.started), None),
        language=next((call.language for call in calls if call.language), None),
        seconds=max(lengths) if lengths else None,
    )


def _of_its_side(call: ToldCall) -> tuple[Score, ...]:
    """The scores of one channel; of the customer's, named so."""
    if {one.role for one in call.said} != {CUSTOMER}:
        return call.scores
    return tuple(replace(score, name=f"{CUSTOMER} {score.name}") for score in call.scores)
