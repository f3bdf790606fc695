"""Calls and periods of work: what a system in use scores, and whose it is."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

#: What a score can be of that is longer than a call.
PERIODS_OF_WORK = ("person-day", "person-week", "person-month")

CALLS = Table(
    name="calls",
    key=("call_id",),
    columns={
        "call_id": Column("text", "unique name of the call"),
        "speaker_id": Column("text", "the agent; empty where the export does not say",
                             required=False, may_be_empty=True),
        "started": Column("text", "ISO 8601", required=False, may_be_empty=True),
        "seconds": Column("number", "length of the call", required=False, may_be_empty=True),
        "language": Column("text", "as in 'fr'", required=False, may_be_empty=True),
    },
    is_open=True,
)  # fmt: skip

PERIODS = Table(
    name="periods",
    key=("period_id",),
    columns={
        "period_id": Column("text", "unique name: the person and the first day"),
        "unit": Column("text", "person-day, person-week or person-month", choices=PERIODS_OF_WORK),
        "speaker_id": Column("text", "whose work"),
        "started": Column("text", "first day, ISO 8601", required=False, may_be_empty=True),
    },
    is_open=True,
)

#: Score of an utterance: the mean of the recogniser's confidence in its words.
CONFIDENCE = "transcription confidence"

#: Columns of a call that are scores of it too, by the score's name.
FACT_SCORES = {
    "listened": "listened to (1 = yes)",
    "handle_seconds": "handling time (s)",
    "hold_seconds": "hold time (s)",
    "talk_seconds": "talk time (s)",
    "after_call_seconds": "after-call work (s)",
}

_COUNTED = " counted (share of the call)"


def counted(kind: str) -> str:
    """Name of the score that adds up a call's events of one kind: 'silence counted (share …)'."""
    return f"{kind}{_COUNTED}"


def is_tally(score: str) -> bool:
    """Whether a score is arithmetic of ours on what an export says, and no system's own score.

    >>> is_tally(counted("silence")), is_tally("agent sentiment")
    (True, False)
    """
    return score == CONFIDENCE or score.endswith(_COUNTED) or score in FACT_SCORES.values()
