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
