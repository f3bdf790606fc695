"""Microsoft's call-centre sample for Azure: its full output, a transcription with sentiments.

Written by scenarios/*/call-center in Azure-Samples/cognitive-services-speech-sdk (MIT), which many
sites run with few changes: a batch transcription (see `azure_batch`) in `transcription`, into whose
phrases the confidences of Azure's sentiment analysis are merged, and summaries and personal data
in `conversationAnalyticsResults`, which are not read.

What to know:

- `sentiment` holds three probabilities (positive, neutral, negative) that add up to 1. They are
  not a score of how positive somebody was: 0.34, 0.33, 0.33 is the classifier not knowing. Each is
  kept by itself.
- The sentiment is that of the phrase's display text; sound plays no part in it.
- The sample merges by position in time, so that a phrase that was not analysed may have moved
  those after it. It cannot be told from the file.
- The sample asks for its summaries with the first to speak as "Agent" and everybody else as
  "Customer". That guess is not in this file, and is not made here either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.vendors._azure import audio_name, length, utterances
from biasbench.systems.vendors.azure_batch import SOURCE_NAME, version
from biasbench.tables import Direction

FORMAT = Format(
    title="Azure call-centre sample, full output",
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
    source="github.com/Azure-Samples/cognitive-services-speech-sdk/tree/master/scenarios",
    assumes=(SOURCE_NAME,),
)

SUMMARIES = Remark(
    "Calls whose summaries and personal data were not read",
    "Appels dont les résumés et les données personnelles n’ont pas été lus",
)
ODD_SUM = Remark(
    "Phrases whose three sentiment probabilities do not add up to 1, kept as they are",
    "Segments dont les trois probabilités de sentiment ne totalisent pas 1, conservées telles "
    "quelles",
)

_KINDS: tuple[tuple[str, Direction], ...] = (
    ("positive", "higher is better"),
    ("neutral", "neither"),
    ("negative", "higher is worse"),
)
#: The service rounds each to two decimals, so that three may miss 1 by 0.015.
_ROUNDING = 0.0151


def recognises(file: ExportFile) -> bool:
    """Whether it is a transcription with the sample's analyses around it."""
    document = file.json_object
    if document is None or "conversationAnalyticsResults" not in document:
        return False
    transcription = document.get("transcription")
    return isinstance(transcription, dict) and "recognizedPhrases" in transcription


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call per file."""

    def sentiment(best: Mapping[str, Any]) -> tuple[Score, ...]:
        return _scores(best.get("sentiment"), notes)

    for file in files:
        document = file.json
        transcription = document["transcription"]
        notes.saw_version(version(transcription))
        notes.count(SUMMARIES, 1 if document["conversationAnalyticsResults"] else 0)
        said, language = utterances(transcription["recognizedPhrases"], notes, sentiment)
        made = transcription.get("timestamp")
        yield ToldCall(
            audio_name(transcription.get("source")),
            said,
            seconds=length(transcription, "duration"),
            language=language,
            facts={"transcribed_at": made} if made else {},
        )


def _scores(told: Mapping[str, Any] | None, notes: Notes) -> tuple[Score, ...]:
    if not told:
        return tuple(
            Score(
                f"sentiment: {kind} (probability)",
                None,
                0.0,
                1.0,
                direction,
                "not analysed",
                "The phrase has no sentiment",
            )
            for kind, direction in _KINDS
        )
    values = {kind: told.get(kind) for kind, _ in _KINDS}
    known = [value for value in values.values() if value is not None]
    if len(known) == len(_KINDS) and abs(sum(known) - 1) > _ROUNDING:
        notes.count(ODD_SUM)
    return tuple(
        Score(
            f"sentiment: {kind} (probability)",
            values[kind],
            0.0,
            1.0,
            direction,
            *((None, None) if values[kind] is not None else ("unset", f"No {kind} probability")),
        )
        for kind, direction in _KINDS
    )
