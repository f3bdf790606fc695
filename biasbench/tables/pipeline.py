"""Utterances, transcripts, scores, events, measures: the tables from audio to evidence."""

from __future__ import annotations

from biasbench.tables.calls import PERIODS_OF_WORK
from biasbench.tables.columns import Column, Table

UTTERANCES = Table(
    name="utterances",
    key=("utterance_id",),
    columns={
        "utterance_id": Column("text", "unique name of the utterance"),
        "speaker_id": Column("text", "who speaks; the unit of evidence", required=False),
        "audio": Column("text", "audio file, relative to the corpus folder", required=False),
        "start": Column("number", "seconds into the file", required=False, may_be_empty=True),
        "end": Column("number", "seconds into the file", required=False, may_be_empty=True),
        "channel": Column("text", "0-based channel, or 'mix'", required=False, may_be_empty=True),
        "language": Column("text", "ISO 639-1 code", required=False, may_be_empty=True),
        "reference": Column(
            "text", "what was said, written by people", required=False, may_be_empty=True
        ),
        "reference_words": Column(
            "text",
            "the same with times: JSON list of {word, start, end}",
            required=False,
            may_be_empty=True,
        ),
        "call_id": Column("text", "the call it belongs to", required=False, may_be_empty=True),
        "role": Column(
            "text", "who speaks: agent, customer, other", required=False, may_be_empty=True
        ),
    },
    is_open=True,
)

#: Utterances as an export has them: the customer's too, and an agent's whom nobody named.
SAID = Table(
    name="utterances",
    key=("utterance_id",),
    columns={
        **UTTERANCES.columns,
        "speaker_id": Column(
            "text", "the agent who speaks; empty for others", required=False, may_be_empty=True
        ),
    },
    is_open=True,
)

STATUSES = ("ok", "empty", "failed", "skipped")

TRANSCRIPTS = Table(
    name="transcripts",
    key=("system", "utterance_id"),
    columns={
        "system": Column("text", "which system wrote it"),
        "utterance_id": Column("text", "which utterance"),
        "status": Column("text", "ok, empty, failed or skipped", choices=STATUSES),
        "hypothesis": Column("text", "what the system wrote", may_be_empty=True),
        "words": Column(
            "text",
            "JSON list of {word, start, end, confidence, role}",
            required=False,
            may_be_empty=True,
        ),
        "error": Column("text", "why it failed", may_be_empty=True),
        "seconds": Column("number", "time the system took, s", required=False, may_be_empty=True),
        "audio_seconds": Column("number", "length heard, s", required=False, may_be_empty=True),
        "audio_sha256": Column(
            "text", "SHA-256 of the samples heard", required=False, may_be_empty=True
        ),
        "raw": Column("text", "what else came back, as JSON", required=False, may_be_empty=True),
    },
)

MISSING_REASONS = ("not analysed", "unset", "censored", "redacted", "not exported", "failed")

SCORES = Table(
    name="scores",
    key=("system", "unit_id", "score"),
    columns={
        "system": Column("text", "which system gave it"),
        "unit_id": Column("text", "which utterance, call or person-month"),
        "unit": Column(
            "text", "what unit_id names", choices=("utterance", "call", *PERIODS_OF_WORK)
        ),
        "score": Column("text", "the score's own name, with its unit"),
        "value": Column("number", "the value on the declared scale", may_be_empty=True),
        "scale_min": Column("number", "lowest possible value", may_be_empty=True),
        "scale_max": Column("number", "highest possible value", may_be_empty=True),
        "direction": Column(
            "text",
            "which way is worse for the person",
            choices=("higher is worse", "higher is better", "neither"),
        ),
        "modality": Column(
            "text", "what the score was made from", choices=("voice", "text", "mixed", "unknown")
        ),
        "status": Column("text", "ok or missing", choices=("ok", "missing")),
        "missing_reason": Column(
            "text", "why there is no value", may_be_empty=True, choices=MISSING_REASONS
        ),
        "error": Column(
            "text", "what went wrong, or what was lacking", required=False, may_be_empty=True
        ),
        "trace": Column(
            "text",
            "what the value is made of: JSON list of {rule, found, points, start, end}",
            required=False,
            may_be_empty=True,
        ),
    },
)

EVENT_KINDS = ("prompt", "silence", "overtalk", "category")

EVENTS = Table(
    name="events",
    key=("system", "unit_id", "number"),
    columns={
        "system": Column("text", "which system showed or noted it"),
        "unit_id": Column("text", "in which utterance or call"),
        "unit": Column("text", "what unit_id names", choices=("utterance", "call")),
        "number": Column("whole", "1 for the first of the unit"),
        "kind": Column("text", "prompt, silence, overtalk or category", choices=EVENT_KINDS),
        "label": Column("text", "the system's own name for it"),
        "start": Column("number", "seconds into the unit", may_be_empty=True),
        "end": Column("number", "seconds into the unit", may_be_empty=True),
        "target_role": Column("text", "whom it is about: agent, customer", may_be_empty=True),
        "rule": Column("text", "what made it", may_be_empty=True),
        "found": Column("text", "the words or the measured value", may_be_empty=True),
        "founded": Column(
            "number",
            "what people who listened say: 1 called for, 0 not, empty where nobody checked",
            required=False,
            may_be_empty=True,
        ),
    },
)

TURNS = Table(
    name="turns",
    key=("unit_id", "start", "role"),
    columns={
        "unit_id": Column("text", "which utterance or call"),
        "start": Column("number", "seconds into the unit"),
        "end": Column("number", "seconds into the unit"),
        "role": Column("text", "who speaks: agent, customer", required=False, may_be_empty=True),
    },
    is_open=True,
)

MEASURES = Table(
    name="measures",
    key=("system", "unit_id", "metric"),
    columns={
        "system": Column("text", "which system is measured"),
        "unit_id": Column("text", "which utterance, call or person-month"),
        "metric": Column("text", "which metric"),
        "speaker_id": Column("text", "who; absent when nobody knows", required=False),
        "numerator": Column("number", "added up first", may_be_empty=True),
        "denominator": Column(
            "number", "added up, then divided by; both empty = missing", may_be_empty=True
        ),
        "direction": Column(
            "text",
            "which way is worse for the person",
            required=False,
            choices=("higher is worse", "higher is better", "neither"),
        ),
    },
    is_open=True,
)
