"""NICE ElevateAI (Enlighten): a punctuated or phrase-by-phrase transcript, or a CX AI file.

Documented at docs.elevateai.com (Get Punctuated Transcript, Get Phrase-by-Phrase Transcript, Get
CX AI). No file names its interaction: the file's name stands for the call.

- Times are milliseconds.
- participantOne and participantTwo are whoever the user's configuration made them: speakers, no
  roles.
- `score` of a sentence is its confidence; redacted stretches stand in the text as '# # # #'.
- Of phrase by phrase, `allParticipants` repeats what each participant said, and is read only where
  there are no others. It has no sentences: consecutive phrases of one speaker are one utterance.
- CX AI gives, for everybody together and for each participant, a score for each model, its lowest
  and highest and its value in each quarter of the call. They have no bounds (the documentation
  shows -6 to 6) and their direction is not stated. A score's name ends with whose it is.
- Silences are those of all participants together; one participant's silence is not the call's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Event, Score, Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall

FORMAT = Format(
    title="NICE ElevateAI transcripts and CX AI",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "silence",
        "scores",
    ),
    source="docs.elevateai.com/tutorials",
    modality="text",
)

ALL = "allParticipants"
PARTICIPANTS = {
    ALL: "all participants",
    "participantOne": "participant one",
    "participantTwo": "participant two",
}

#: Keys of a model and what its score is called for them.
VALUES = {
    "score": "{}",
    "minScore": "{}: lowest",
    "maxScore": "{}: highest",
    "quartile1": "{}: first quarter",
    "quartile2": "{}: second quarter",
    "quartile3": "{}: third quarter",
    "quartile4": "{}: last quarter",
}

REDACTED = Remark(
    "Redacted stretches (card and social security numbers): '# # # #' in the text, never heard",
    "Passages caviardés (numéros de carte et de sécurité sociale) : « # # # # » dans le texte",
)
NOT_SCORED = Remark(
    "Scores of a model without a value: missing",
    "Scores d’un modèle sans valeur : manquants",
)
OWN_SILENCE = Remark(
    "Silences of one participant, not those of the call: left out",
    "Silences d’un seul participant, qui ne sont pas ceux de l’appel : laissés de côté",
)
OTHER_ACTIVITY = Remark(
    "Stretches of voice activity that are neither voice nor silence: left out",
    "Segments d’activité vocale qui ne sont ni voix ni silence : laissés de côté",
)


def recognises(file: ExportFile) -> bool:
    """One of the three documents, by the keys that no other format has."""
    if b'"sentenceSegments"' in file.content:
        told = file.json_object
        return told is not None and "sentenceSegments" in told
    if not any(
        key in file.content
        for key in (b'"enlightenBundles"', b'"voiceActivitySegments"', b'"phraseSegments"')
    ):
        return False
    told = file.json_object
    return told is not None and any(isinstance(told.get(who), dict) for who in PARTICIPANTS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of the file."""
    for file in files:
        told = file.json
        if "sentenceSegments" in told:
            yield _punctuated(told, notes)
        else:
            yield _by_participant(told, file.name, notes)


def _punctuated(told: Mapping[str, Any], notes: Notes) -> ToldCall:
    said = []
    for sentence in told["sentenceSegments"]:
        start, end = sentence["startTimeOffset"] / 1000, sentence["endTimeOffset"] / 1000
        said.append(
            Said(
                sentence["phrase"],
                start,
                end,
                sentence.get("participant"),
                confidence=sentence.get("score"),
            )
        )
    said.sort(key=lambda one: one.start or 0.0)
    return ToldCall(None, said=tuple(said), facts=_redactions(told, notes))


def _redactions(told: Mapping[str, Any], notes: Notes) -> dict[str, str | float | None]:
    """How many stretches were redacted; nothing where the file does not say."""
    redacted = told.get("redactionSegments")
    if redacted is None:
        return {}
    notes.count(REDACTED, len(redacted))
    return {"redacted_passages": len(redacted)}


def _by_participant(told: Mapping[str, Any], name: str, notes: Notes) -> ToldCall:
    scores: list[Score] = []
    for who, words in PARTICIPANTS.items():
        for bundle in (told.get(who) or {}).get("enlightenBundles") or ():
            for model in bundle["models"]:
                scores += _scores(model, words, notes)
    names = {score.name for score in scores}
    if len(names) < len(scores):
        raise TableError(
            f"{name}: a model is scored twice for one participant. Ask for the CX AI of the "
            "interaction again"
        )
    return ToldCall(
        None,
        said=_phrases(told, notes),
        scores=tuple(scores),
        events=_silences(told, notes),
        facts=_redactions(told, notes),
    )


def _scores(model: Mapping[str, Any], participant: str, notes: Notes) -> Iterator[Score]:
    for key, pattern in VALUES.items():
        if key not in model:
            continue
        name = f"{pattern.format(model['name'])} ({participant})"
        value = model[key]
        if value is None:
            notes.count(NOT_SCORED)
            yield Score(
                name,
                None,
                missing_reason="not analysed",
                note=f"The export gives null for {key}.",
            )
        else:
            yield Score(name, float(value))


def _silences(told: Mapping[str, Any], notes: Notes) -> tuple[Event, ...]:
    found = []
    for who in PARTICIPANTS:
        for stretch in (told.get(who) or {}).get("voiceActivitySegments") or ():
            if stretch["result"] == "silence":
                if who != ALL:
                    notes.count(OWN_SILENCE)
                    continue
                start, end = stretch["startTimeOffset"] / 1000, stretch["endTimeOffset"] / 1000
                found.append(Event("silence", "silence", start, end))
            elif stretch["result"] != "voice":
                notes.count(OTHER_ACTIVITY)
    return tuple(found)


def _phrases(told: Mapping[str, Any], notes: Notes) -> tuple[Said, ...]:
    """Phrases of a phrase-by-phrase transcript, cut where the speaker changes."""
    spoken: list[tuple[str | None, Word]] = []
    parts = [
        who for who in PARTICIPANTS if who != ALL and "phraseSegments" in (told.get(who) or {})
    ]
    for who in parts or [ALL]:
        part = told.get(who) or {}
        phrases = part.get("phrases") or ()
        speaker = None if who == ALL else who
        for segment in part.get("phraseSegments") or ():
            start, end = segment["startTimeOffset"] / 1000, segment["endTimeOffset"] / 1000
            text = phrases[segment["phraseIndex"]]
            spoken.append((speaker, Word(text, start, end, segment.get("score"))))
        notes.count(REDACTED, len(part.get("redactionSegments") or ()))
    spoken.sort(key=lambda pair: pair[1].start or 0.0)
    turns: list[tuple[str | None, list[Word]]] = []
    for speaker, word in spoken:
        if not turns or turns[-1][0] != speaker:
            turns.append((speaker, []))
        turns[-1][1].append(word)
    return tuple(
        Said(
            " ".join(word.text for word in words), words[0].start, words[-1].end, speaker,
            words=tuple(words),
        )
        for speaker, words in turns
    )  # fmt: skip
