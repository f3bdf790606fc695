"""Azure Speech batch transcription: the result files of versions 3.0, 3.1, 3.2 and 2024-11-15.

Documented by Microsoft's JSON schemas, samples/batch/transcriptionresult_*.schema.json in
Azure-Samples/cognitive-services-speech-sdk (MIT), and by
https://learn.microsoft.com/azure/ai-services/speech-service/batch-transcription-get.

What to know:

- Phrases are sorted by channel, not by time; here they are in order of time.
- A time is a start and a duration, in ticks of 100 ns; ISO 8601 or milliseconds where there are
  no ticks.
- The text is `nBest[0].lexical`, the words as recognised. `display` has digits and punctuation,
  `maskedITN` hides swear words. A model that writes no lexical form is counted.
- A word may have a negative duration (the schema of 2024-11-15 allows it): it has no end here.
- Words are there if word-level times were asked for. `displayWords` (3.1 and later) have no
  confidence and are used only where there are no `words`.
- A phrase whose status is not Success: NoMatch is speech of which no word was recognised and is
  kept with an empty text; a timeout on silence or noise is no utterance; anything else failed.
  Each is counted.
- `channel` counts from 0, `speaker` from 1 and only with diarisation. Neither says who the agent
  is. Microsoft's call-centre sample takes the first to speak for the agent; this reader does not,
  because in an outbound call, after a transfer or a greeting by machine it is somebody else.
- `timestamp` is when the transcription was made, not when the call began, and is kept as
  `transcribed_at`. The call's id is the name of the audio file in `source`; the rest of that URL
  may hold an access token and is not kept.
- The file does not state its version: milliseconds tell 2024-11-15, a locale or display words 3.1
  or later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._azure import audio_name, length, utterances

SOURCE_NAME = Remark(
    "The name of the audio file in `source`, without folder and ending, is the call's id",
    "Le nom du fichier audio dans « source », sans dossier ni extension, est l’identifiant de "
    "l’appel",
)

FORMAT = Format(
    title="Azure Speech batch transcription 3.0–3.2, 2024-11-15",
    status="documented",
    gives=(
        "utterances",
        "start times",
        "end times",
        "words",
        "word times",
        "word confidences",
        "language",
    ),
    source="github.com/Azure-Samples/cognitive-services-speech-sdk",
    assumes=(SOURCE_NAME,),
)


def recognises(file: ExportFile) -> bool:
    """Whether it is the result of one audio file."""
    document = file.json_object
    return document is not None and isinstance(document.get("recognizedPhrases"), list)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call per file."""
    for file in files:
        document = file.json
        phrases = document["recognizedPhrases"]
        notes.saw_version(version(document))
        said, language = utterances(phrases, notes)
        made = document.get("timestamp")
        yield ToldCall(
            audio_name(document.get("source")),
            said,
            seconds=length(document, "duration"),
            language=language,
            facts={"transcribed_at": made} if made else {},
        )


def version(document: Mapping[str, Any]) -> str:
    """The version as far as its fields tell it."""
    if "durationMilliseconds" in document:
        return "2024-11-15"
    for phrase in document["recognizedPhrases"]:
        best = phrase.get("nBest")
        if "locale" in phrase or (best and "displayWords" in best[0]):
            return "3.1 or 3.2"
    return "3.0 to 3.2"
