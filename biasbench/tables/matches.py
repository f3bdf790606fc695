"""The table of how alike two sides are in their covariates, before and after matching."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

BALANCE = Table(
    name="balance",
    key=("covariate", "level"),
    columns={
        "covariate": Column("text", "the column matched on"),
        "level": Column("text", "one of its values; none for a number", may_be_empty=True),
        "group_before": Column("number", "the group's mean, or share at this level"),
        "against_before": Column("number", "the same for the other side"),
        "smd_before": Column(
            "number", "difference in standard deviations; none without spread", may_be_empty=True
        ),
        "group_after": Column("number", "the group's mean or share once matched"),
        "against_after": Column("number", "the same for the other side"),
        "smd_after": Column(
            "number", "difference in the same standard deviations", may_be_empty=True
        ),
    },
)
