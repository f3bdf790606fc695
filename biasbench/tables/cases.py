"""The tables of a case."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

EXCLUDED = Table(
    name="excluded",
    key=("rule", "metric", "group"),
    columns={
        "rule": Column("text", "name of the rule in the plan"),
        "metric": Column("text", "of which measures"),
        "group": Column("text", "whose rows"),
        "n_rows": Column("whole", "rows left out by this rule and by none before it"),
        "n_of": Column("whole", "rows that there were"),
        "n_speakers": Column("whole", "people of whom a row was left out", may_be_empty=True),
    },
)
