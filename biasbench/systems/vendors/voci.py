"""Medallia Voci V-Spark: the summary of a search, or JSON transcripts of V-Spark and V-Blaze.

Documented at docs.vocitec.com (Output Field Options) and docs.medallia.com (JSON transcripts: top-
level elements, utterances, app_data); of app_data, scorecards and applications were not seen.

- Genders are automatic guesses from the voice. They are never read, as group or otherwise, and
  counted where they stand.
- Clarity is 0 to 1, 1 the clearest: "low clarity is the result of poor signal, background noise,
  accent, or poor enunciation", says the documentation.
- Emotion is a label, given as four scores of 0 or 1. V-Spark writes Positive where it had nothing
  to judge by, so Positive is counted.
- `diarization` is 0 to 1 in calls of one channel; 2 says that speakers were not told apart: no
  role, and scores of agent and client are of the same sound.
- Roles are those of app_data (agent_channel, client_channel). V-Blaze alone has channels only.
- A null value is left out by the vendor, so what is absent may be unset or not exported.
- `datetime` has no zone (UTC says one page, the organization's zone another).
- An utterance has no text of its own: its words, joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Modality, Score, Word
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
from biasbench.systems.times import seconds
from biasbench.systems.vendors._voci_labels import EMOTIONS, UTTERANCE_LABELS, labelled

FORMAT = Format(
    title="Medallia Voci V-Spark summaries and transcripts",
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
        "scores",
    ),
    source="docs.vocitec.com/V-Spark: Output Field Options; docs.medallia.com/voci",
    modality="mixed",
    infers_emotion=True,
    assumes=(
        Remark(
            "datetime, documented as date and time of the transcript, is taken as the start of "
            "the call; it has no time zone",
            "datetime, documenté comme date et heure de la transcription, est pris pour le début "
            "de l’appel ; il n’a pas de fuseau horaire",
        ),
        Remark(
            "agent_channel and client_channel count channels as the utterances do",
            "agent_channel et client_channel numérotent les canaux comme les énoncés",
        ),
    ),
)

#: Prefix of a field, and of the name of its score.
SIDES = {"agent": "agent", "client": "customer"}

NOT_DIARISED = 2

GENDER = Remark(
    "Genders guessed from the voice: dropped; biasbench never uses an automatic guess of gender",
    "Genres devinés d’après la voix : écartés ; biasbench n’utilise jamais de genre deviné "
    "automatiquement",
)
NO_SPEAKERS = Remark(
    "Calls whose speakers were not told apart (diarization 2): no roles, and agent's and client's "
    "scores are of the same sound",
    "Appels dont les locuteurs n’ont pas été distingués (diarization 2) : aucun rôle, et les "
    "scores du conseiller et du client portent sur le même son",
)
POSITIVE = Remark(
    "Emotions of a call labelled Positive, which V-Spark also writes where it had nothing to judge "
    "by",
    "Émotions d’appel étiquetées « Positive », ce que V-Spark écrit aussi quand il n’a rien pour "
    "juger",
)
NOT_READ = Remark(
    "Fields of a summary or of app_data that are not read (custom metadata, applications)",
    "Champs de résumé ou d’app_data non lus (métadonnées propres au client, applications)",
)
WARNED = Remark(
    "Transcripts in which the engine wrote a warning",
    "Transcriptions dans lesquelles le moteur a écrit un avertissement",
)

_SIDED = tuple(f"{side}_{what}" for side in SIDES for what in ("clarity", "emotion", "gender"))
_READ = frozenset(
    (*_SIDED, "agent_channel", "client_channel", "agentid", "datetime", "diarization", "duration",
     "filename")
)  # fmt: skip


def recognises(file: ExportFile) -> bool:
    """A summary by its fields of agent or client, a transcript by its utterances and engine."""
    content = file.content
    is_summary = any(f'"{name}"'.encode() in content for name in _SIDED)
    is_transcript = b'"utterances"' in content and (b'"asr"' in content or b'"app_data"' in content)
    if not is_summary and not is_transcript:
        return False
    try:
        told = file.json
    except TableError:
        return False
    first = told[0] if isinstance(told, list) and told else told
    return isinstance(first, dict) and (_is_transcript(first) or _is_summary(first))


def _is_transcript(told: Mapping[str, Any]) -> bool:
    utterances = told.get("utterances")
    return isinstance(utterances, list) and (
        isinstance(told.get("app_data"), dict) or {"asr", "model"} <= told.keys()
    )


def _is_summary(told: Mapping[str, Any]) -> bool:
    is_sided = any(name in told for name in _SIDED)
    return is_sided and bool({"datetime", "diarization", "duration"} & told.keys())


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each record of a summary, or for each transcript."""
    for file in files:
        told = file.json
        for record in told if isinstance(told, list) else (told,):
            if _is_transcript(record):
                yield _transcript(record, notes)
            else:
                yield _summary(record, notes)


def _summary(record: Mapping[str, Any], notes: Notes) -> ToldCall:
    notes.count(NOT_READ, len(record.keys() - _READ))
    started = record.get("datetime")
    duration = record.get("duration")
    diarization = record.get("diarization")
    is_diarised = diarization is None or float(diarization) != NOT_DIARISED
    notes.count(NO_SPEAKERS, not is_diarised)
    facts: dict[str, str | float | None] = {}
    if diarization is not None:
        facts["diarised"] = int(is_diarised)
        if is_diarised:
            facts["diarization"] = float(diarization)
    return ToldCall(
        _without_ending(record.get("filename")),
        scores=tuple(_scores(record, notes)),
        agent=None if record.get("agentid") in (None, "") else str(record["agentid"]),
        started=started.strip().replace(" ", "T", 1) if started else None,
        seconds=None if duration in (None, "") else _length(duration),
        facts=facts,
    )


def _length(duration: object) -> float:
    return seconds(duration, "clock" if ":" in str(duration) else "s")


def _without_ending(name: str | None) -> str | None:
    """'CALL-1' for 'calls/CALL-1.wav': the recording's own name, as other systems have it."""
    if not name:
        return None
    last = name.rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[0] or last


def _scores(record: Mapping[str, Any], notes: Notes) -> Iterator[Score]:
    for side, words in SIDES.items():
        notes.count(GENDER, f"{side}_gender" in record)
        clarity, emotion = record.get(f"{side}_clarity"), record.get(f"{side}_emotion")
        if clarity is not None:
            yield Score(
                f"{words} clarity", float(clarity), 0, 1, "higher is better", modality="voice"
            )
        if emotion is not None:
            notes.count(POSITIVE, emotion.lower() == "positive")
            yield from labelled(f"{words} emotion", emotion, EMOTIONS, "mixed", notes)


def _transcript(told: Mapping[str, Any], notes: Notes) -> ToldCall:
    of_call = told.get("app_data") or {}
    for key in ("asr", "model"):
        if told.get(key):
            notes.saw_version(f"{key} {told[key]}")
    notes.count(WARNED, bool(told.get("warning")))
    notes.count(GENDER, "gender" in told)
    base = _summary(of_call, notes)
    name = of_call.get("filename") or told.get("source")
    agent = of_call.get("agentid") or (told.get("client_data") or {}).get("agentid")
    is_diarised = base.facts.get("diarised") != 0
    roles = {
        of_call.get(f"{side}_channel"): role
        for side, role in (("agent", AGENT), ("client", CUSTOMER))
        if is_diarised and of_call.get(f"{side}_channel") is not None
    }
    if len(roles) == 1 and "client_channel" in of_call and "agent_channel" in of_call:
        roles = {}  # both on one channel: it is nobody's
    labels: dict[tuple[str, str], tuple[Score, ...]] = {}
    said = [_said(one, roles, labels, notes) for one in told["utterances"]]
    said.sort(key=lambda one: one.start or 0.0)
    return ToldCall(
        _without_ending(name),
        said=tuple(said),
        scores=base.scores,
        agent=None if agent in (None, "") else str(agent),
        started=base.started,
        seconds=base.seconds,
        facts=base.facts,
    )


def _said(
    told: Mapping[str, Any],
    roles: Mapping[Any, str],
    labels: dict[tuple[str, str], tuple[Score, ...]],
    notes: Notes,
) -> Said:
    channel = (told.get("metadata") or {}).get("channel")
    start, end = float(told["start"]), float(told["end"])
    notes.count(GENDER, "gender" in told)
    words = tuple(
        Word(event["word"], event.get("start"), event.get("end"), event.get("confidence"))
        for event in told.get("events") or ()
    )
    scores: tuple[Score, ...] = ()
    for kind, known in UTTERANCE_LABELS.items():
        label = told.get(kind)
        if label is None:
            continue
        if (kind, label) not in labels or label.lower() not in known:
            modality: Modality = "text" if kind == "sentiment" else "mixed"
            labels[kind, label] = tuple(labelled(kind, label, known, modality, notes))
        scores += labels[kind, label]
    return Said(
        " ".join(word.text for word in words),
        start,
        end,
        None if channel is None else f"channel {channel}",
        roles.get(channel),
        words,
        told.get("confidence"),
        scores,
    )
