"""Gladia: the result of its service (v2, recorded or live).

docs.gladia.io documents it. Times are seconds; a word may begin with a space, which is cut. Text
and words are formatted; there is no lexical form. On several channels the channel ("0", "1") is
the speaker and a number given within it stays in `raw`; else the speaker is the number that
diarisation gave.

Sentiment and emotion are labels of sentences, made from the transcript. The results may be a text
that holds a Python literal instead of a list: it is read as a literal, nothing in it is run, and
up to a length of MOST_LITERAL. Which emotions are positive or negative is the vendor's own list
(support.gladia.io, "How to detect sentiment in a transcription"); "unknown" is no label.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score, Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import (
    NO_TEXT,
    NO_UTTERANCE,
    SENTIMENTS,
    in_order,
    label_scores,
    lay,
)
from biasbench.tables.columns import Direction

FORMAT = Format(
    title="Gladia",
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
    source="docs.gladia.io",
    infers_emotion=True,
)

AS_LITERAL = Remark(
    "sentiment results written as a Python literal in a text, read as such",
    "résultats de sentiment écrits comme un littéral Python dans un texte, lus comme tel",
)
NO_LABEL = Remark(
    "sentences whose sentiment is “unknown”, taken as not labelled",
    "phrases dont le sentiment est « unknown », considérées comme non étiquetées",
)
SEVERAL_LANGUAGES = Remark(
    "transcripts in several languages; none is given for the call",
    "transcriptions en plusieurs langues ; aucune n’est donnée pour l’appel",
)

#: Characters of a literal: some 5,000 sentences, far more than a call has.
MOST_LITERAL = 1_000_000

KNOWN_SENTIMENTS: Mapping[str, Direction] = {**SENTIMENTS, "mixed": "neither"}
_POSITIVE = (
    "adoration amusement awe contentment desire ecstatic elation interest positive_surprise "
    "relief sympathy triumph"
)
_NEGATIVE = (
    "anger confusion contempt disappointment disgust distress embarrassment fear pain sadness "
    "negative_surprise"
)
EMOTIONS: Mapping[str, Direction] = {
    **dict.fromkeys(_POSITIVE.split(), "higher is better"),
    **dict.fromkeys(_NEGATIVE.split(), "higher is worse"),
    "realization": "neither",
    "neutral": "neither",
}

Found = Mapping[str, Any]


def recognises(file: ExportFile) -> bool:
    """A result with a transcription of utterances, or a job of this service that has none."""
    document = file.json_object
    if document is None or "result" not in document or "status" not in document:
        return False
    told = document["result"]
    if isinstance(told, dict):
        transcription = told.get("transcription")
        return isinstance(transcription, dict) and "utterances" in transcription
    return told is None and document.get("kind") in ("pre-recorded", "live")


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file; TableError if the service did not transcribe it."""
    (file,) = files
    document = file.json
    told = document["result"]
    if document["status"] != "done" or told is None:
        code = document.get("error_code")
        raise TableError(
            f"{file.name}: status is {document['status']!r}"
            f"{f', error code {code}' if code is not None else ''}. Only a job that is done can be "
            "read: fetch it again, or leave the file out"
        )
    metadata, transcription = told["metadata"], told["transcription"]
    several = metadata.get("number_of_distinct_channels", 1) > 1
    said = []
    for turn in transcription["utterances"]:
        if turn["text"].strip():
            said.append(_said(turn, several=several))
        else:
            notes.count(NO_TEXT)
    if "sentiment_analysis" in told:
        said = _scored(file.name, said, told["sentiment_analysis"], notes, several=several)
    languages = transcription.get("languages") or []
    notes.count(SEVERAL_LANGUAGES, len(languages) > 1)
    yield ToldCall(
        None,
        in_order(said, notes),
        seconds=metadata.get("audio_duration"),
        language=languages[0] if len(languages) == 1 else None,
        facts={"job_id": document.get("id"), "transcribed_at": document.get("completed_at")},
    )


def _said(turn: Found, *, several: bool) -> Said:
    number = turn.get("speaker")
    return Said(
        turn["text"].strip(),
        turn["start"],
        turn["end"],
        _party(turn, several=several),
        words=tuple(
            Word(item["word"].strip(), item["start"], item["end"], item.get("confidence"))
            for item in turn.get("words") or ()
        ),
        confidence=turn.get("confidence"),
        raw={"speaker_in_channel": number} if several and number is not None else {},
    )


def _party(turn: Found, *, several: bool) -> str | None:
    whose = turn.get("channel" if several else "speaker")
    return None if whose is None else str(whose)


def _scored(
    name: str, said: list[Said], analysis: Found, notes: Notes, *, several: bool
) -> list[Said]:
    error = analysis.get("error")
    if analysis.get("success") is False or error:
        why = error.get("message") if isinstance(error, dict) else error
        failed = _failed(str(why or "no reason"))
        return [replace(one, scores=failed) for one in said]
    sentences = analysis.get("results") or []
    if isinstance(sentences, str):
        notes.count(AS_LITERAL)
        sentences = _literal(name, sentences)
    owned, nowhere = lay(
        [(one["start"], one["end"], _party(one, several=several)) for one in sentences],
        [(one.start or 0.0, one.end or 0.0, one.speaker) for one in said],
    )
    notes.count(NO_UTTERANCE, nowhere)
    scored = []
    for one, numbers in zip(said, owned, strict=True):
        sentiments = [sentences[number]["sentiment"] for number in numbers]
        emotions = [label for n in numbers if (label := sentences[n].get("emotion"))]
        notes.count(NO_LABEL, sentiments.count("unknown"))
        named = [label for label in sentiments if label != "unknown"]
        scores = label_scores("sentiment", KNOWN_SENTIMENTS, named, notes)
        scores += label_scores("emotion", EMOTIONS, emotions, notes)
        scored.append(replace(one, scores=scores))
    return scored


def _failed(why: str) -> tuple[Score, ...]:
    labels = [("sentiment", KNOWN_SENTIMENTS), ("emotion", EMOTIONS)]
    return tuple(
        Score(f"{topic}: {label}", None, 0.0, 1.0, direction, "failed", f"The service says: {why}")
        for topic, known in labels
        for label, direction in known.items()
    )


def _literal(name: str, text: str) -> list[Found]:
    """The list in a text; nothing in it is run."""
    if len(text) > MOST_LITERAL:
        raise TableError(
            f"{name}: sentiment_analysis.results is a text of {len(text)} characters; at most "
            f"{MOST_LITERAL} are read. Export the results as a list"
        )
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise TableError(
            f"{name}: sentiment_analysis.results is a text that is no Python literal "
            f"({text[:40]!r}…). Export the results as a list"
        ) from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TableError(
            f"{name}: sentiment_analysis.results holds {type(found).__name__}, not a list of "
            "sentences. Export the results as a list"
        )
    return found
