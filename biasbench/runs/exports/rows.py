"""Calls as rows of the tables, column by column: ten thousand calls are a few lists.

Utterances are named after their call: 'CALL-7#002' is the second in order of time. Scores and
events keep what the export says; a score without a value has its reason. What a call's own columns
say in numbers (was it listened to, how long it took) is a score too, so that it can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from biasbench.runs.exports.cells import as_json, trace_cell, words_cell
from biasbench.runs.exports.columns import Columns, checked_rows
from biasbench.runs.exports.people import People, Pseudonyms
from biasbench.systems import Event, Modality, Score
from biasbench.systems.exports import AGENT, Said, ToldCall
from biasbench.tables import (
    CALLS,
    EVENTS,
    PERIODS,
    SAID,
    SCORES,
    TRANSCRIPTS,
    Direction,
)
from biasbench.tables.calls import CONFIDENCE, FACT_SCORES, counted

#: Scales of facts of a call, where they have an upper end. None points either way by itself.
_FACT_SCALES: Mapping[str, tuple[float | None, float | None]] = {"listened": (0.0, 1.0)}

#: Why a transcript has no text although somebody spoke.
NOT_GIVEN = "text not exported, or left out at import"


@dataclass(frozen=True)
class Tables:
    """The tables of an import; `nulls` counts, per field, the cells without a value of all."""

    system: str
    transcripts: pd.DataFrame
    scores: pd.DataFrame
    events: pd.DataFrame
    utterances: pd.DataFrame
    calls: pd.DataFrame
    periods: pd.DataFrame
    nulls: Mapping[str, tuple[int, int]]


class Rows:
    """Tables being filled, call by call, for one system."""

    def __init__(
        self,
        system: str,
        modality: Modality,
        people: People,
        pseudonyms: Pseudonyms,
        directions: Mapping[str, Direction],
    ) -> None:
        self._system = system
        self._modality = modality
        self._people = people
        self._pseudonyms = pseudonyms
        self._directions = directions
        self._nobody = (None,) * len(people.columns)
        self.differing: Counter[str] = Counter()  # column of calls → calls told differently
        self._n_events: Counter[str] = Counter()
        self._seconds_of: dict[str, dict[str, float]] = {}  # kind → call → seconds
        self._categories: dict[str, set[str]] = {}  # label → calls
        self._last_end: dict[str, float] = {}  # call → end of its last utterance
        self._calls: dict[str, dict[str, object]] = {}
        self._periods: dict[str, dict[str, object]] = {}
        self._transcripts = Columns(
            "utterance_id", "status", "hypothesis", "words", "audio_seconds", "raw", "error"
        )
        self._utterances = Columns(
            "utterance_id", "speaker_id", "start", "end", "language", "call_id", "role",
            *people.columns,
        )  # fmt: skip
        self._scores = Columns(
            "unit_id", "unit", "score", "value", "scale_min", "scale_max", "direction", "modality",
            "status", "missing_reason", "error", "trace",
        )  # fmt: skip
        self._events = Columns(
            "unit_id", "number", "kind", "label", "start", "end", "target_role", "rule", "found"
        )

    def add(self, call: ToldCall, agent: str | None) -> None:
        """One call whose roles and name are settled; `agent` is whose it is, as the export has it.

        A call that was added before gets what is new.
        """
        assert call.call_id is not None, "a call has its name by now"
        name, person = self._who(agent)
        if call.unit != "call":
            self._add_period(call, name, person)
            return
        self._add_call(call, name, person)
        for number, said in enumerate(call.said, start=1):
            who = (name, person) if said.agent in (None, agent) else self._who(said.agent)
            self._add_said(call, said, f"{call.call_id}#{number:03d}", *who)
        for score in call.scores:
            self._add_score(call.call_id, "call", score)
        named = {score.name for score in call.scores}
        for name, title in FACT_SCORES.items():
            value = call.facts.get(name)
            if isinstance(value, int | float) and title not in named:
                low, high = _FACT_SCALES.get(name, (0.0, None))
                score = Score(title, float(value), low, high, modality="unknown")
                self._add_score(call.call_id, "call", score)
        for event in call.events:
            self._add_event(call.call_id, event)

    def _who(self, agent: str | None) -> tuple[str | None, tuple[object, ...]]:
        """The name that is written for an agent, and the cells of people.csv."""
        if agent is None:
            return None, self._nobody
        return self._pseudonyms.of("agent", agent), self._people.rows.get(agent, self._nobody)

    def tables(self) -> Tables:
        """What was added, checked."""
        self._add_counted()
        system = self._system
        utterances = SAID.check(self._utterances.frame(), source="utterances")
        transcripts = self._transcripts.frame().assign(system=system)
        scores = SCORES.check(self._scores.frame().assign(system=system), source="scores")
        return Tables(
            system,
            TRANSCRIPTS.check(transcripts, source="transcripts"),
            scores,
            EVENTS.check(self._events.frame().assign(system=system, unit="call"), source="events"),
            utterances,
            checked_rows(CALLS, self._calls, self._people.columns),
            checked_rows(PERIODS, self._periods, self._people.columns),
            _nulls(utterances, transcripts, scores),
        )

    def _add_call(self, call: ToldCall, agent: str | None, person: tuple[object, ...]) -> None:
        assert call.call_id is not None
        row = self._calls.setdefault(call.call_id, {"call_id": call.call_id})
        told: dict[str, object] = {
            "speaker_id": agent,
            "started": call.started,
            "seconds": call.seconds,
            "language": call.language,
            **call.facts,
        }
        if agent is not None:
            told |= dict(zip(self._people.columns, person, strict=True))
        for name, value in told.items():
            known = row.setdefault(name, value)
            if value is None or known == value:
                continue
            if known is None:
                row[name] = value
            else:  # two files of one call differ, as of its length: the first stays
                self.differing[name] += 1

    def _add_period(self, call: ToldCall, agent: str | None, person: tuple[object, ...]) -> None:
        assert call.call_id is not None
        row = self._periods.setdefault(call.call_id, {"period_id": call.call_id})
        row |= {"unit": call.unit, "speaker_id": agent, "started": call.started, **call.facts}
        row |= dict(zip(self._people.columns, person, strict=True))
        for score in call.scores:
            self._add_score(call.call_id, call.unit, score)

    def _add_said(
        self, call: ToldCall, said: Said, name: str, agent: str | None, person: tuple[object, ...]
    ) -> None:
        is_agent = said.role == AGENT
        if said.end is not None and call.call_id is not None:
            self._last_end[call.call_id] = max(said.end, self._last_end.get(call.call_id, 0.0))
        self._utterances.add(
            name,
            agent if is_agent else None,
            said.start,
            said.end,
            call.language,
            call.call_id,
            said.role,
            *(person if is_agent else self._nobody),
        )
        seconds = None if said.start is None or said.end is None else said.end - said.start
        status = "skipped" if said.text is None else "ok" if said.text.strip() else "empty"
        self._transcripts.add(
            name,
            status,
            "" if status == "empty" else said.text,
            words_cell(said.words),
            seconds,
            as_json(said.raw) if said.raw else None,
            NOT_GIVEN if said.text is None else None,
        )
        confidence = said.confidence
        known = [word.confidence for word in said.words if word.confidence is not None]
        if known:
            confidence = sum(known) / len(known)
        if confidence is not None:
            score = Score(CONFIDENCE, confidence, 0.0, 1.0, "higher is better", modality="voice")
            self._add_score(name, "utterance", score)
        for score in said.scores:
            self._add_score(name, "utterance", score)

    def _add_score(self, unit_id: str, unit: str, score: Score) -> None:
        is_missing = score.value is None
        self._scores.add(
            unit_id,
            unit,
            score.name,
            score.value,
            score.scale_min,
            score.scale_max,
            self._directions.get(score.name, score.direction),
            score.modality or self._modality,
            "missing" if is_missing else "ok",
            (score.missing_reason or "unset") if is_missing else None,
            score.note if is_missing else None,
            trace_cell(score),
        )

    def _add_event(self, unit_id: str, event: Event) -> None:
        self._n_events[unit_id] += 1
        if event.kind == "category":
            self._categories.setdefault(event.label, set()).add(unit_id)
        elif event.kind != "prompt" and event.start is not None and event.end is not None:
            seconds = self._seconds_of.setdefault(event.kind, {})
            seconds[unit_id] = seconds.get(unit_id, 0.0) + event.end - event.start
        self._events.add(
            unit_id,
            self._n_events[unit_id],
            event.kind,
            event.label,
            event.start,
            event.end,
            event.target_role,
            event.rule,
            event.found,
        )

    def _add_counted(self) -> None:
        """What the system counted in each call, as scores of the call: its events, added up.

        A kind of event that the export never has says nothing. One that it has somewhere was
        looked for everywhere: a call without it has 0.
        """
        calls = list(self._calls)
        for kind, seconds in self._seconds_of.items():
            for call_id in calls:
                length = self._calls[call_id].get("seconds")
                score = _share_of_call(
                    kind, seconds.get(call_id, 0.0), length, self._last_end.get(call_id)
                )
                self._add_score(call_id, "call", score)
        for label, found_in in self._categories.items():
            for call_id in calls:
                found = float(call_id in found_in)
                score = Score(f"category: {label}", found, 0.0, 1.0, "neither", modality="text")
                self._add_score(call_id, "call", score)


def _share_of_call(kind: str, seconds: float, length: object, last_end: float | None) -> Score:
    """Seconds of a kind of event over the length of the call, else over what is heard of it."""
    name = counted(kind)
    note = None
    if not isinstance(length, int | float):
        length = last_end
        note = "the call's length is not given; the end of its last utterance stands for it"
    if length is None or length <= 0:
        note = "the length of the call is not known"
        return Score(name, None, 0.0, None, "higher is worse", "not exported", note)
    return Score(name, seconds / length, 0.0, None, "higher is worse", None, note, modality="voice")


def _nulls(
    utterances: pd.DataFrame, transcripts: pd.DataFrame, scores: pd.DataFrame
) -> dict[str, tuple[int, int]]:
    """Cells without a value, and all, by field."""
    counted = {
        "start": utterances["start"], "end": utterances["end"], "role": utterances["role"],
        "text": transcripts["hypothesis"], "words": transcripts["words"],
    }  # fmt: skip
    nulls = {name: (int(cells.isna().sum()), len(cells)) for name, cells in counted.items()}
    by_score = scores["value"].isna().groupby(scores["score"], sort=False)
    for name, n_missing, n_all in zip(
        by_score.groups, by_score.sum(), by_score.size(), strict=True
    ):
        nulls[f"score '{name}'"] = (int(n_missing), int(n_all))
    return nulls
