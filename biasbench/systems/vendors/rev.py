"""Rev AI: a transcript in JSON (application/vnd.rev.transcript.v1.0+json).

docs.rev.ai and the revai-python-sdk (MIT) document it. A monologue is one speaker's; its elements
are `text` (words, times in s, confidence in 0 to 1), `punct` (signs and the spaces between words)
and `unknown` (something heard and not transcribed: counted, not a word). Speakers are numbers.
Neither the length, the language nor any name of the recording is written in the transcript; they
stand in the job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Rev AI",
    status="documented",
    gives=("utterances", "start times", "end times", "words", "word times", "word confidences"),
    source="docs.rev.ai",
)

UNKNOWN = Remark(
    "elements of type unknown: heard and not transcribed, not words",
    "éléments de type « unknown » : entendus et non transcrits, ce ne sont pas des mots",
)
OTHER_TYPE = Remark(
    "elements of a type that is not documented, left out",
    "éléments d’un type non documenté, omis",
)
WITHOUT_ELEMENTS = Remark("monologues without any element", "monologues sans aucun élément")
WITHOUT_TIMES = Remark(
    "words without times, kept without them",
    "mots sans temps, gardés sans temps",
)


def recognises(file: ExportFile) -> bool:
    """Monologues made of elements."""
    document = file.json_object
    if document is None:
        return False
    monologues = document.get("monologues")
    if not isinstance(monologues, list):
        return False
    return not monologues or (isinstance(monologues[0], dict) and "elements" in monologues[0])


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The call of this file, one utterance a monologue."""
    (file,) = files
    said = []
    for monologue in file.json["monologues"]:
        if monologue["elements"]:
            said.append(_said(monologue, notes))
        else:
            notes.count(WITHOUT_ELEMENTS)
    yield ToldCall(None, in_order(said, notes))


def _said(monologue: Mapping[str, Any], notes: Notes) -> Said:
    """The words; a monologue in which nothing was understood is an utterance of no words."""
    words: list[Word] = []
    parts: list[str] = []
    times: list[float] = []
    unknown = 0
    for element in monologue["elements"]:
        kind = element["type"]
        if kind == "punct":
            parts.append(element["value"])
            continue
        start, end = element.get("ts"), element.get("end_ts")
        if start is not None and end is not None:
            times += (start, end)
        if kind == "text":
            parts.append(element["value"])
            words.append(Word(element["value"], start, end, element.get("confidence")))
            notes.count(WITHOUT_TIMES, start is None)
        elif kind == "unknown":
            unknown += 1
        else:
            notes.count(OTHER_TYPE)
    notes.count(UNKNOWN, unknown)
    speaker = monologue.get("speaker")
    return Said(
        " ".join("".join(parts).split()) if words else "",
        times[0] if times else None,
        times[-1] if times else None,
        None if speaker is None else str(speaker),
        words=tuple(words),
        raw={"unknown_elements": unknown} if unknown else {},
    )
