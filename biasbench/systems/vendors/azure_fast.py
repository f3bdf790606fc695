"""Azure Speech fast transcription: the JSON of its REST answer, or as Microsoft's SDKs dump it.

Documented in https://learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create
and, for the names in the JavaScript SDK, in
https://learn.microsoft.com/javascript/api/@azure/ai-speech-transcription.

What to know:

- Times are whole milliseconds: a start and a duration. The SDK for JavaScript calls them offsetInMs
  and durationInMs, a dump in Python's spelling offset_milliseconds and duration_milliseconds.
- There is only the display form: capitals, punctuation and digits ("25 pounds"). Compare it with a
  reference in the same form, or take batch transcription, which has the words as recognised.
- A phrase has a confidence, a word has none.
- `channel` counts from 0 and is there if channels were separated; `speaker` if voices were told
  apart, in no particular order. Neither says who the agent is.
- The audio file, the call and its start are not named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.times import seconds

FORMAT = Format(
    title="Azure Speech fast transcription",
    status="documented",
    gives=("utterances", "start times", "end times", "words", "word times", "language"),
    source="learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create",
    assumes=(
        Remark(
            "The text is the display form: numbers are in digits, as no spoken form is exported",
            "Le texte est la forme affichée : les nombres sont en chiffres, aucune forme parlée "
            "n’étant exportée",
        ),
    ),
)

EMPTY = Remark("Phrases without a word, kept", "Segments sans aucun mot, conservés")
COMBINED_ONLY = Remark(
    "Files that hold the text of each channel and no phrases: one utterance per channel, without "
    "times",
    "Fichiers ne contenant que le texte de chaque canal, sans segments : un énoncé par canal, sans "
    "horaires",
)

#: How the phrases, a start and a duration are called: in REST, in JavaScript, in Python's spelling.
_SPELLINGS = {
    "REST": ("combinedPhrases", "offsetMilliseconds", "durationMilliseconds"),
    "JavaScript SDK": ("combinedPhrases", "offsetInMs", "durationInMs"),
    "snake_case": ("combined_phrases", "offset_milliseconds", "duration_milliseconds"),
}


def recognises(file: ExportFile) -> bool:
    """Whether it is an answer of fast transcription."""
    document = file.json_object
    return document is not None and _spelling(document) is not None


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call per file."""
    for file in files:
        document = file.json
        spelling = _spelling(document)
        if spelling is None:
            raise ValueError("has no combinedPhrases with a duration in milliseconds")
        combined, offset, duration = _SPELLINGS[spelling]
        notes.saw_version(spelling)
        phrases = document.get("phrases") or ()
        if not phrases:
            phrases = [one for one in document[combined] if one.get("text")]
            notes.count(COMBINED_ONLY, 1 if phrases else 0)
        several = len({phrase.get("channel") for phrase in phrases}) > 1
        languages = {phrase.get("locale") for phrase in phrases}
        one_language = languages.pop() if len(languages) == 1 else None
        said = []
        for phrase in phrases:
            start, end = _span(phrase, offset, duration)
            notes.count(EMPTY, 0 if phrase["text"] else 1)
            words = []
            for item in phrase.get("words") or ():
                first, last = _span(item, offset, duration)
                words.append(Word(item["text"], first, last))
            raw = {}
            if one_language is None and phrase.get("locale"):
                raw["locale"] = phrase["locale"]
            said.append(
                Said(
                    text=phrase["text"],
                    start=start,
                    end=end,
                    speaker=_speaker(phrase, several),
                    words=tuple(words),
                    confidence=phrase.get("confidence"),
                    raw=raw,
                )
            )
        said.sort(key=lambda one: (one.start is None, one.start or 0.0))
        lasts = document.get(duration)
        yield ToldCall(
            None,
            tuple(said),
            seconds=None if lasts is None else seconds(lasts, "ms"),
            language=one_language,
        )


def _spelling(document: Mapping[str, Any]) -> str | None:
    for name, (combined, _, duration) in _SPELLINGS.items():
        if isinstance(document.get(combined), list) and duration in document:
            return name
    return None


def _span(item: Mapping[str, Any], offset: str, duration: str) -> tuple[float | None, float | None]:
    start, lasts = item.get(offset), item.get(duration)
    if start is None:
        return None, None
    begins = seconds(start, "ms")
    if lasts is None:
        return begins, None
    return begins, round(begins + seconds(lasts, "ms"), 6)


def _speaker(phrase: Mapping[str, Any], several: bool) -> str | None:
    channel, speaker = phrase.get("channel"), phrase.get("speaker")
    if speaker is None:
        return None if channel is None else str(channel)
    return f"{channel}/{speaker}" if several else str(speaker)
