"""Verint Workforce Optimization, Interaction Analytics Export: one JSON per call.

Documented in the WFO online library (QMAdmin, interaction export format; call and metadata). The
keys of the call and of a word are documented by name; the metadata and the timed text only by
what they mean, so the names read here (employeeId, direction, siteId, organizationId, contactId,
startTime; sp, s, e, text) are in part ASSUMED. What else the metadata holds is counted.

- Times are milliseconds from the start of the recording.
- `plainTextTime` gives the utterances, `transcript_detailed` their words: a word is of the
  utterance of its speaker during which it starts. Without timed text, words are cut where the
  speaker changes; with `plainText` alone, at each change of speaker, without times or speakers.
- `sp` 'simultaneous' is nobody: no role.
- `length` is -1 where only the transcript was exported; an empty string is a field that was not
  calculated.
- `dateCreated` is the day of the export, not of the call, and is not read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import (
    AGENT,
    CUSTOMER,
    ExportFile,
    Format,
    Notes,
    Remark,
    Said,
    ToldCall,
)
from biasbench.systems.times import moment

FORMAT = Format(
    title="Verint WFO Interaction Analytics Export",
    status="partly documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "roles",
        "agents",
        "call start",
    ),
    source="wfoonlinelibrary: QMAdmin, Interaction Analytics Export transcript formats",
    tier="T1",
    assumes=(
        Remark(
            "The names of the metadata fields are assumed: their public description gives their "
            "meaning only",
            "Les noms des champs de métadonnées sont supposés : leur description publique n’en "
            "donne que le sens",
        ),
        Remark(
            "The parts of plainTextTime have the keys sp, s, e (milliseconds) and text",
            "Les éléments de plainTextTime ont pour clés sp, s, e (millisecondes) et text",
        ),
    ),
)

ROLES = {"agent": AGENT, "customer": CUSTOMER}
DIRECTIONS = {1: "inbound", 2: "outbound", 3: "internal"}  # 0 is unknown

SIMULTANEOUS = Remark(
    "Words or utterances of several people at once ('simultaneous'): no role",
    "Mots ou énoncés de plusieurs personnes à la fois (« simultaneous ») : aucun rôle",
)
OTHER_SPEAKER = Remark(
    "Words or utterances of a speaker other than agent and customer: no role",
    "Mots ou énoncés d’un locuteur autre que le conseiller et le client : aucun rôle",
)
UNPLACED = Remark(
    "Words that start in no utterance of their speaker: left out of the words",
    "Mots ne commençant dans aucun énoncé de leur locuteur : absents des mots",
)
TRANSCRIPT_ONLY = Remark(
    "Calls exported without metadata ('transcript only'): length unknown",
    "Appels exportés sans métadonnées (« transcript only ») : durée inconnue",
)
NOT_CALCULATED = Remark(
    "Metadata fields that were not calculated (empty): missing",
    "Champs de métadonnées non calculés (vides) : manquants",
)
NOT_READ = Remark(
    "Metadata fields that are not read: their names are not documented, and they may hold names",
    "Champs de métadonnées non lus : leurs noms ne sont pas documentés, et ils peuvent contenir "
    "des noms de personnes",
)
NO_DATE = Remark(
    "Start times in the metadata that are not ISO 8601: left out",
    "Heures de début des métadonnées qui ne sont pas au format ISO 8601 : laissées de côté",
)

_TRANSCRIPTS = ("plainTextTime", "transcript_detailed", "plainText")


def recognises(file: ExportFile) -> bool:
    """One object with a mediaId and a transcript in one of the three forms."""
    if b'"mediaId"' not in file.content:
        return False
    told = file.json_object
    return told is not None and "mediaId" in told and any(key in told for key in _TRANSCRIPTS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of the file."""
    for file in files:
        yield _call(file.json, notes)


def _call(told: Mapping[str, Any], notes: Notes) -> ToldCall:
    metadata = {
        key.lower().replace("_", ""): value for key, value in (told.get("metadata") or {}).items()
    }
    notes.count(NOT_CALCULATED, sum(value == "" for value in metadata.values()))
    notes.count(NOT_READ, len(metadata.keys() - _READ))
    length = told.get("length")
    if told.get("status") == "transcript only" or length == -1:
        notes.count(TRANSCRIPT_ONLY)
    direction = metadata.get("direction", "")
    facts: dict[str, str | float | None] = {
        "direction": DIRECTIONS.get(int(direction)) if direction != "" else None,
        "site": _text(metadata, "siteid"),
        "team": _text(metadata, "organizationid"),
        "contact_id": _text(metadata, "contactid"),
    }
    return ToldCall(
        str(told["mediaId"]),
        said=_said(told, notes),
        agent=_text(metadata, "employeeid"),
        started=_started(metadata, notes),
        seconds=None if length in (None, "", -1) else float(length),
        facts={name: value for name, value in facts.items() if value is not None},
    )


_READ = {"direction", "siteid", "organizationid", "contactid", "employeeid", "starttime"}


def _text(metadata: Mapping[str, Any], key: str) -> str | None:
    value = metadata.get(key)
    return None if value in (None, "") else str(value)


def _started(metadata: Mapping[str, Any], notes: Notes) -> str | None:
    """The start of the interaction, documented as GMT."""
    text = _text(metadata, "starttime")
    if text is None:
        return None
    try:
        return moment(text).isoformat()
    except ValueError:
        notes.count(NO_DATE)
        return None


def _said(told: Mapping[str, Any], notes: Notes) -> tuple[Said, ...]:
    words = told.get("transcript_detailed") or ()
    sections = told.get("plainTextTime") or ()
    if sections:
        found = _sections(sections, words, notes)
    elif words:
        found = [
            _of_words(speaker, [_word(one) for one in group], notes)
            for speaker, group in groupby(
                sorted(words, key=lambda one: one["p"]), key=lambda one: one.get("sp")
            )
        ]
    else:
        lines = (told.get("plainText") or "").split("\n")
        return tuple(Said(line) for line in lines if line.strip())
    found.sort(key=lambda one: one.start or 0.0)
    return tuple(found)


def _sections(
    sections: Sequence[Mapping[str, Any]], words: Sequence[Mapping[str, Any]], notes: Notes
) -> list[Said]:
    by_speaker: dict[str, list[Mapping[str, Any]]] = {}
    for section in sorted(sections, key=lambda one: float(one["s"])):
        by_speaker.setdefault((section.get("sp") or "").lower(), []).append(section)
    starts = {name: [one["s"] for one in own] for name, own in by_speaker.items()}
    placed: dict[int, list[Word]] = {}
    for word in words:
        name = (word.get("sp") or "").lower()
        at = bisect_right(starts.get(name, ()), word["s"]) - 1
        if at < 0 or word["s"] >= by_speaker[name][at]["e"]:
            notes.count(UNPLACED)
        else:
            placed.setdefault(id(by_speaker[name][at]), []).append(_word(word))
    found = []
    for section in sections:
        start, end = section["s"] / 1000, section["e"] / 1000
        speaker = section.get("sp") or None
        found.append(
            Said(
                section["text"],
                start,
                end,
                speaker,
                _role(speaker, notes),
                tuple(placed.get(id(section), ())),
            )
        )
    return found


def _of_words(speaker: str | None, words: Sequence[Word], notes: Notes) -> Said:
    return Said(
        " ".join(word.text for word in words),
        words[0].start,
        words[-1].end,
        speaker or None,
        _role(speaker, notes),
        tuple(words),
    )


def _word(word: Mapping[str, Any]) -> Word:
    confidence = word.get("c")
    return Word(
        word["w"],
        word["s"] / 1000,
        word["e"] / 1000,
        None if confidence in (None, "") else float(confidence),
    )


def _role(speaker: str | None, notes: Notes) -> str | None:
    word = (speaker or "").lower()
    role = ROLES.get(word)
    if role is None:
        notes.count(SIMULTANEOUS if word == "simultaneous" else OTHER_SPEAKER)
    return role
