"""The tables of a comparison at equal covariates: its steps, its covariates, who has which."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

ADJUSTMENTS = Table(
    name="adjustments",
    key=("step", "covariates"),
    columns={
        "step": Column(
            "text",
            "unadjusted first, then one covariate at a time, then all of them",
            choices=("unadjusted", "rows kept", "one covariate", "all covariates", "conditional"),
        ),
        "covariates": Column("text", "which, joined by a comma; empty where none", True, True),
        "value": Column(
            "number", "the group's rate at the covariates of both sides", may_be_empty=True
        ),
        "against_value": Column("number", "the same for the other side", may_be_empty=True),
        "difference": Column("number", "value − against_value", may_be_empty=True),
        "difference_low": Column("number", "lower end", may_be_empty=True),
        "difference_high": Column("number", "upper end", may_be_empty=True),
        "ratio": Column("number", "value / against_value; empty for a mean", may_be_empty=True),
        "ratio_low": Column("number", "lower end", may_be_empty=True),
        "ratio_high": Column("number", "upper end", may_be_empty=True),
        "level": Column("number", "confidence level of the intervals"),
        "p_value": Column(
            "number", "of the log ratio (of the difference, for means)", may_be_empty=True
        ),
        "dof": Column("number", "degrees of freedom of t; empty where z", may_be_empty=True),
        "dof_working": Column(
            "number", "people the adjustment rests on, less one: below 4 few", may_be_empty=True
        ),
        "n_speakers": Column("whole", "people in the group"),
        "n_against": Column("whole", "people on the other side"),
        "n_rows": Column("whole", "rows of the group"),
        "n_rows_against": Column("whole", "rows of the other side"),
        "method": Column("text", "how the interval and the p-value were made"),
    },
)

COVARIATES = Table(
    name="covariates",
    key=("covariate",),
    columns={
        "covariate": Column("text", "the column, or all of them together"),
        "kind": Column("text", "what it is taken for", choices=("number", "levels", "together")),
        "n_levels": Column("whole", "levels, or bins of a number, that have rows"),
        "overlap": Column(
            "number", "what the two sides have in common, 0 to 1: over people or rows, the smaller"
        ),
        "outside": Column("number", "share of the group's rows beyond what the other side has"),
        "outside_against": Column("number", "the same for the other side"),
        "n_missing": Column("whole", "rows of the group where it is not known"),
        "n_missing_against": Column("whole", "the same for the other side"),
        "on_the_path": Column(
            "text",
            "whether its name says that it may be an effect of the group",
            choices=("yes", "no"),
        ),
    },
)

OVERLAPS = Table(
    name="overlaps",
    key=("covariate", "level", "side"),
    columns={
        "covariate": Column("text", "the column"),
        "level": Column("text", "one of its values, or a bin of its numbers"),
        "side": Column("text", "the group, or what it is compared with"),
        "n_speakers": Column("whole", "people of that side with any row there"),
        "n_rows": Column("whole", "rows of that side there"),
        "share": Column("number", "of that side's rows"),
        "speaker_share": Column("number", "of that side's people, each spread over their rows"),
    },
)
