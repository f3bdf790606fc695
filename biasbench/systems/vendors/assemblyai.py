"""AssemblyAI: a transcript as its service returns it (/v2/transcript/{id}).

www.assemblyai.com/docs documents it. Times of words and utterances are milliseconds, but
`audio_duration` is in seconds. `utterances` are there only with speaker labels or several
channels; without them the sentences of the sentiment analysis, if any, are the utterances, else
all words of a channel are one, cut where the speaker changes. The speaker is the service's own
("A", "1"), the channel where it gives none. Text and words are formatted; there is no lexical
form.

A sentiment is a label; its `confidence` says how sure the label is, not how strong the sentiment,
and stays in `raw`. A transcript whose status is "error" is refused with the service's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import (
    NO_UTTERANCE,
    SENTIMENTS,
    Stretch,
    in_order,
    label_scores,
    lay,
)

FORMAT = Format(
    title="AssemblyAI",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
        "scores",
    ),
    source="www.assemblyai.com/docs",
)

NO_UTTERANCES = Remark(
    "transcripts without utterances: all words of a channel are one utterance",
    "transcriptions sans énoncés : tous les mots d’un canal forment un seul énoncé",
)
BY_SENTENCE = Remark(
    "transcripts without utterances: the sentences of the sentiment analysis are their utterances",
    "transcriptions sans énoncés : les phrases de l’analyse de sentiment en sont les énoncés",
)
OUTSIDE = Remark(
    "words outside every sentence of the sentiment analysis, in no utterance",
    "mots hors de toute phrase de l’analyse de sentiment, dans aucun énoncé",
)
REDACTED = Remark(
    "transcripts in which the service redacted words; they are kept as written",
    "transcriptions dont le service a occulté des mots ; ils sont gardés tels quels",
)

_MS = 1e-3

Found = Mapping[str, Any]


def recognises(file: ExportFile) -> bool:
    """A transcript with a status, and words or an error, of an `audio_url`."""
    document = file.json_object
    return (
        document is not None
        and document.keys() >= {"id", "status"}
        and ("audio_url" in document or "audio_duration" in document)
        and ("words" in document or "utterances" in document or "error" in document)
    )


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file; TableError if the service did not transcribe it."""
    (file,) = files
    document = file.json
    if document["status"] != "completed":
        why = f": {document['error']}" if document.get("error") else ""
        raise TableError(
            f"{file.name}: status is {document['status']!r}{why}. Only a completed transcript can "
            "be read: fetch it again, or leave the file out"
        )
    sentences = document.get("sentiment_analysis_results") or ()
    asked = bool(sentences) or document.get("sentiment_analysis") is True
    turns = document.get("utterances")
    if turns:
        said = [_said(turn, turn.get("words") or ()) for turn in turns]
    elif sentences:
        notes.count(BY_SENTENCE)
        said = _by_sentence(sentences, document["words"], notes)
    else:
        notes.count(NO_UTTERANCES)
        said = _by_channel(document.get("words") or ())
    if asked:
        said = _labelled(said, sentences, notes)
    notes.count(REDACTED, document.get("redact_pii") is True)
    model = document.get("speech_model_used") or document.get("speech_model")
    if model:
        notes.saw_version(model)
    language = document.get("language_code")
    yield ToldCall(
        None,
        in_order(said, notes),
        seconds=document.get("audio_duration"),  # seconds, unlike every other time here
        language=language.split("_")[0] if language else None,
        facts={"transcript_id": document["id"], "language_code": language},
    )


def _said(turn: Found, items: Sequence[Found]) -> Said:
    return Said(
        turn["text"],
        round(turn["start"] * _MS, 9),
        round(turn["end"] * _MS, 9),
        _party(turn),
        words=tuple(
            Word(
                item["text"],
                round(item["start"] * _MS, 9),
                round(item["end"] * _MS, 9),
                item.get("confidence"),
            )
            for item in items
        ),
        confidence=turn.get("confidence"),
    )


def _party(turn: Found) -> str | None:
    speaker = turn.get("speaker")
    if speaker is None:
        speaker = turn.get("channel")
    return None if speaker is None else str(speaker)


def _by_sentence(sentences: Sequence[Found], words: Sequence[Found], notes: Notes) -> list[Said]:
    """The words within each sentence; a sentence's confidence is its label's, not its words'."""
    said = []
    used = 0
    for sentence in sentences:
        own = [
            word
            for word in words
            if sentence["start"] <= word["start"] and word["end"] <= sentence["end"]
            if word.get("channel") == sentence.get("channel")
        ]
        used += len(own)
        said.append(replace(_said(sentence, own), confidence=None))
    notes.count(OUTSIDE, max(0, len(words) - used))
    return said


def _by_channel(words: Sequence[Found]) -> list[Said]:
    """All words of one channel and speaker in a row."""
    said = []
    runs: dict[str | None, list[Found]] = {}
    for word in words:
        runs.setdefault(word.get("channel"), []).append(word)
    for run in runs.values():
        first = 0
        for place in range(1, len(run) + 1):
            if place == len(run) or run[place].get("speaker") != run[first].get("speaker"):
                part = run[first:place]
                turn = {
                    **part[0],
                    "text": " ".join([word["text"] for word in part]),
                    "end": part[-1]["end"],
                    "confidence": None,
                }
                said.append(_said(turn, part))
                first = place
    return said


def _labelled(said: list[Said], sentences: Sequence[Found], notes: Notes) -> list[Said]:
    parties = {one.speaker for one in said}
    stretches: list[Stretch] = []
    for sentence in sentences:
        party = _party(sentence)
        # sentences of a diarised transcript may name a channel where utterances name a speaker
        whose = party if party in parties else None
        stretches.append((sentence["start"] * _MS, sentence["end"] * _MS, whose))
    owned, nowhere = lay(
        stretches, [(one.start or 0.0, one.end or 0.0, one.speaker) for one in said]
    )
    notes.count(NO_UTTERANCE, nowhere)
    labelled = []
    for one, numbers in zip(said, owned, strict=True):
        labels = [sentences[number]["sentiment"].lower() for number in numbers]
        raw = {"sentiment_label_confidences": [sentences[n]["confidence"] for n in numbers]}
        scores = label_scores("sentiment", SENTIMENTS, labels, notes)
        labelled.append(replace(one, scores=scores, raw=raw if numbers else {}))
    return labelled
