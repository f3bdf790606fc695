"""IBM Watson Speech to Text: the JSON of a recognition, or of an asynchronous job.

Documented in the IBM Cloud documentation (speech-to-text: basic-response, metadata, output) and the
API reference. Words are positional: `timestamps` has [word, start, end] and `word_confidence` has
[word, confidence], two lists in the same order and of equal length. `speaker_labels` is a list of
its own, joined to the words on their times; the numbers of speakers need not follow one another,
may change until the label is final, and their `confidence` is that of the speaker, never of the
word.
A result in which the speaker changes is cut there. Of several alternatives the first is taken, the
only one with a confidence; interim results are superseded and not read.

`%HESITATION` is kept as a word: the recogniser wrote it, and a word error rate that is to leave it
out says so by its normalizer. It is counted. Where the transcript is formatted (numbers, dates) and
so differs from the words, the words are the text and the transcript stays in `raw`. A file names
neither call nor language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="IBM Watson Speech to Text",
    status="documented",
    gives=("utterances", "start times", "end times", "words", "word times", "word confidences"),
    source="cloud.ibm.com/docs/speech-to-text?topic=speech-to-text-basic-response",
)

INTERIM = Remark(
    "interim results, superseded by final ones and not read",
    "résultats provisoires, remplacés par les résultats finaux et non lus",
)
ALTERNATIVES = Remark(
    "results with further alternatives, which are not read",
    "résultats ayant d’autres variantes, qui ne sont pas lues",
)
HESITATIONS = Remark(
    "%HESITATION written by the recogniser, kept as words",
    "%HESITATION écrits par la reconnaissance, gardés comme mots",
)
NO_SPEAKER = Remark(
    "words whose times are those of no speaker label; their speaker is not known",
    "mots dont les temps ne sont ceux d’aucune étiquette de locuteur\u00a0; leur locuteur est "
    "inconnu",
)
NOT_FINAL = Remark(
    "speaker labels that the service calls not final",
    "étiquettes de locuteur que le service dit non définitives",
)
NO_TIMES = Remark(
    "utterances without times (timestamps were not asked for)",
    "énoncés sans temps (les timestamps n’ont pas été demandés)",
)
FORMATTED = Remark(
    "utterances whose transcript is not that of their words (numbers, dates); the words are taken",
    "énoncés dont la transcription n’est pas celle de leurs mots (nombres, dates)\u00a0; les mots "
    "sont retenus",
)


def recognises(file: ExportFile) -> bool:
    """Results with a `final` and transcripts, alone or inside a job's."""
    document = file.json_object
    if document is None:
        return False
    results = document.get("results")
    if not isinstance(results, list):
        return False
    if not results:
        return "result_index" in document
    first = results[0]
    if not isinstance(first, dict):
        return False
    if "result_index" in first and isinstance(first.get("results"), list):
        return True
    return "final" in first and isinstance(first.get("alternatives"), list)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one recording of this file."""
    (file,) = files
    document = file.json
    if document.get("status", "completed") != "completed":
        raise TableError(
            f"{file.name}: status is {document['status']!r}, so the job is not completed. Fetch it "
            "again, or leave the file out"
        )
    results = document["results"]
    # an asynchronous job wraps what a request gives into a list of its own
    bodies = results if results and "results" in results[0] else [document]
    said: list[Said] = []
    for body in bodies:
        speakers = _speakers(body.get("speaker_labels") or (), notes)
        for number, result in enumerate(body["results"], start=1):
            said += _said(result, speakers, f"{file.name}: result {number}", notes)
    yield ToldCall(None, in_order(said, notes))


def _speakers(labels: Sequence[Mapping[str, Any]], notes: Notes) -> dict[tuple[float, float], str]:
    notes.count(NOT_FINAL, sum(not label.get("final", True) for label in labels))
    return {(label["from"], label["to"]): str(label["speaker"]) for label in labels}


def _said(
    result: Mapping[str, Any],
    speakers: Mapping[tuple[float, float], str],
    place: str,
    notes: Notes,
) -> Iterator[Said]:
    if not result["final"]:
        notes.count(INTERIM)
        return
    alternatives = result["alternatives"]
    notes.count(ALTERNATIVES, len(alternatives) > 1)
    best = alternatives[0]
    text = best["transcript"].strip()
    words = _words(best, place)
    raw: dict[str, str] = {}
    if words:
        written = " ".join([word.text for word in words])
        if written != text:
            notes.count(FORMATTED)
            raw = {"transcript": text}
            text = written
    if "%HESITATION" in text:
        notes.count(HESITATIONS, text.split().count("%HESITATION"))
    confidence = best.get("confidence")
    timed = bool(words) and words[0].start is not None
    notes.count(NO_TIMES, not timed)
    if not timed:
        yield Said(text, words=words, confidence=confidence, raw=raw)
        return
    if not speakers:
        yield Said(text, words[0].start, words[-1].end, None, None, words, confidence, raw=raw)
        return
    # all words are timed where the first is; the zeros are for the type checker
    whose = [speakers.get((word.start or 0.0, word.end or 0.0)) for word in words]
    notes.count(NO_SPEAKER, whose.count(None))
    for speaker, pairs in groupby(zip(whose, words, strict=True), key=lambda pair: pair[0]):
        own = tuple([word for _, word in pairs])
        part = text if len(own) == len(words) else " ".join([word.text for word in own])
        yield Said(part, own[0].start, own[-1].end, speaker, None, own, confidence, raw=raw)


def _words(best: Mapping[str, Any], place: str) -> tuple[Word, ...]:
    timestamps = best.get("timestamps")
    confidences = best.get("word_confidence")
    if timestamps is None:
        return tuple([Word(text, confidence=value) for text, value in confidences or ()])
    if confidences is None:
        return tuple([Word(text, start, end) for text, start, end in timestamps])
    if len(timestamps) != len(confidences):
        raise TableError(
            f"{place}: has {len(timestamps)} timestamps and {len(confidences)} word confidences, "
            "which are told apart by their place alone. Was the file edited?"
        )
    words = []
    for (text, start, end), (same, confidence) in zip(timestamps, confidences, strict=True):
        if text != same:
            raise TableError(
                f"{place}: the timestamp of {text!r} stands where the confidence of {same!r} does, "
                "and they are joined by their place alone. Was the file edited?"
            )
        words.append(Word(text, start, end, confidence))
    return tuple(words)
