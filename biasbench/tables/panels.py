"""The table of people over periods: what each scored, and how often they were listened to."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

PANEL = Table(
    name="panel",
    key=("speaker_id", "period"),
    columns={
        "speaker_id": Column("text", "who; the unit of evidence"),
        "period": Column(
            "text",
            "when: months (2024-03 or 202403), quarters (2024-Q1), weeks (2024-W07), the first "
            "days of such, or whole numbers",
        ),
        "score": Column("number", "the person's score of the period", may_be_empty=True),
        "n_listened": Column("whole", "calls listened to", may_be_empty=True),
        "n_calls": Column("whole", "calls they were chosen from", may_be_empty=True),
    },
    is_open=True,
)
