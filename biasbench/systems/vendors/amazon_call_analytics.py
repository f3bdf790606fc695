"""Amazon Transcribe Call Analytics: the JSON of a post-call job, one file for each call.

Documented in the Amazon Transcribe developer guide (tca-output-batch); laid out as in the sample
call of aws-samples/amazon-transcribe-output-word-document. `ParticipantRole` is AGENT or CUSTOMER,
as whoever started the job said of each channel. Times are milliseconds. Punctuation is an item
without times and with confidence 0, and no word. A redacted item ([PII]) has only the confidence
of its redaction. The job's name stands for the call, because the file names no call. The guide says
of sentiment that it "estimates how the customer and agent are feeling": the scores claim a feeling,
though they are made from text. What it shares with Contact Lens is told in `_amazon`. Real-time
Call Analytics is a stream of events without a file, and not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Word
from biasbench.systems.exports import ExportFile, Format, Notes, Said, ToldCall
from biasbench.systems.vendors import _amazon
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Amazon Transcribe Call Analytics (post-call)",
    status="documented",
    gives=(
        "utterances", "start times", "end times", "words", "word times", "word confidences",
        "roles", "language", "silence", "overtalk", "categories", "scores",
    ),
    source="docs.aws.amazon.com/transcribe/latest/dg/tca-output-batch.html",
    infers_emotion=True,
    assumes=(
        _amazon.WORDS_OF_THE_RECOGNISER, _amazon.OWN_QUARTERS, _amazon.MEAN_LOUDNESS,
    ),
)  # fmt: skip

#: What was found in a turn and is kept as it is.
_RAW = ("Id", "IssuesDetected", "OutcomesDetected", "ActionItemsDetected", "Redaction")


def recognises(file: ExportFile) -> bool:
    """A job's turns by participant role, which Contact Lens names by participant id."""
    document = file.json_object
    if document is None or not isinstance(document.get("Transcript"), list | None):
        return False
    if "JobName" not in document:
        return False
    turns = document.get("Transcript")
    if not turns:
        return "JobStatus" in document
    return isinstance(turns[0], dict) and "ParticipantRole" in turns[0]


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one call of this file."""
    (file,) = files
    document = file.json
    status = document.get("JobStatus")
    if status not in (None, "COMPLETED"):
        raise TableError(
            f"{file.name}: JobStatus is {status!r}, so the job has analysed nothing. Run it again, "
            "or leave the file out"
        )
    found = document.get("ConversationCharacteristics") or {}
    length = found.get("TotalConversationDurationMillis")
    metadata = document.get("ContentMetadata") or {}
    yield ToldCall(
        document["JobName"],
        in_order([_said(turn, notes) for turn in document["Transcript"]], notes),
        _amazon.call_scores(found, notes),
        _amazon.call_events(document, notes),
        seconds=None if length is None else length / 1e3,
        language=document.get("LanguageCode"),
        facts={"transcript_output": metadata["Output"]} if "Output" in metadata else {},
    )


def _said(turn: Mapping[str, Any], notes: Notes) -> Said:
    who = turn["ParticipantRole"]
    words = []
    redacted = 0
    for item in turn.get("Items") or ():
        if item["Type"] == "punctuation":
            continue
        confidence = item.get("Confidence")
        if "Redaction" in item:
            redacted += 1
            confidence = None
        words.append(
            Word(
                item["Content"],
                float(item["BeginOffsetMillis"]) / 1e3,
                float(item["EndOffsetMillis"]) / 1e3,
                None if confidence is None else float(confidence),
            )
        )
    notes.count(_amazon.REDACTED, redacted)
    return Said(
        turn["Content"],
        turn["BeginOffsetMillis"] / 1e3,
        turn["EndOffsetMillis"] / 1e3,
        who,
        _amazon.role_of(who),
        tuple(words),
        scores=(
            *_amazon.sentiment_scores(turn.get("Sentiment"), notes),
            _amazon.loudness_score(turn.get("LoudnessScores"), notes),
        ),
        raw={key: turn[key] for key in _RAW if key in turn},
    )
