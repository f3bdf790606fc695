"""The table of who changes sides of a threshold when the transcript is replaced."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

CROSSINGS = Table(
    name="crossings",
    key=("side", "unit"),
    columns={
        "side": Column("text", "the group, or the other side", choices=("group", "against")),
        "unit": Column(
            "text",
            "what is held against the threshold: a person's mean, or that of each of their periods",
            choices=("person", "person-period"),
        ),
        "n": Column("whole", "units with both scores"),
        "n_people": Column("whole", "people they are of"),
        "up": Column("whole", "units that pass with the human transcript and not without"),
        "down": Column("whole", "units that pass without it and not with it"),
        "n_pass_automatic": Column("whole", "units that pass on the automatic transcript"),
        "n_pass_human": Column("whole", "units that pass on the human one"),
        "expected_up": Column(
            "number",
            "units that would pass and do not, on average over as many other calls of each, "
            "the transcript staying automatic",
            may_be_empty=True,
        ),
        "expected_down": Column(
            "number", "the same for units that pass and then would not", may_be_empty=True
        ),
        "changed_low": Column(
            "number", "range of up + down when people and calls are redrawn", may_be_empty=True
        ),
        "changed_high": Column("number", "upper end of the same", may_be_empty=True),
        "n_one_call": Column("whole", "units of a single call, which cannot be redrawn"),
    },
)
