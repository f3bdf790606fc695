"""The tables of decompositions, and of what is left when a level is left out."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

DECOMPOSITION_PARTS = Table(
    name="decomposition_parts",
    key=("component", "of"),
    columns={
        "component": Column(
            "text",
            "difference, composition, unexplained or not comparable",
            choices=("difference", "composition", "unexplained", "not comparable"),
        ),
        "of": Column("text", "the factor, or the side, or 'all'"),
        "value": Column("number", "in the metric's unit; all but the first row add up to it"),
        "low": Column("number", "lower end for this part alone", may_be_empty=True),
        "high": Column("number", "upper end for this part alone", may_be_empty=True),
        "level": Column("number", "confidence level of low and high"),
        "dof": Column("number", "degrees of freedom of the interval", may_be_empty=True),
        "share": Column(
            "number",
            "value / difference; empty where the difference's interval holds 0",
            may_be_empty=True,
        ),
    },
)

DECOMPOSITION_CELLS = Table(
    name="decomposition_cells",
    key=("cell",),
    columns={
        "cell": Column("text", "the levels that are crossed"),
        "comparable": Column(
            "text", "whether both sides have two people there", choices=("yes", "no")
        ),
        "n_speakers": Column("whole", "people of the group with a denominator there"),
        "n_against": Column("whole", "the same for the other side"),
        "share": Column("number", "of the group's denominator"),
        "against_share": Column("number", "the same for the other side"),
        "value": Column("number", "the group's Σnumerator / Σdenominator", may_be_empty=True),
        "against_value": Column("number", "the same for the other side", may_be_empty=True),
        "unexplained": Column(
            "number", "this cell's part of the unexplained difference", may_be_empty=True
        ),
    },
)

LEVELS_LEFT_OUT = Table(
    name="levels_left_out",
    key=("column", "left_out"),
    columns={
        "column": Column("text", "the column whose levels are left out in turn"),
        "left_out": Column("text", "the level, or the levels of too few people together"),
        "share": Column("number", "of the group's denominator that is left out"),
        "against_share": Column("number", "the same for the other side"),
        "n_speakers": Column("whole", "people of the group that are left"),
        "n_against": Column("whole", "the same for the other side"),
        "difference": Column("number", "without the level", may_be_empty=True),
        "difference_low": Column("number", "lower end for this row alone", may_be_empty=True),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "ratio": Column("number", "without the level", may_be_empty=True),
        "ratio_low": Column("number", "lower end for this row alone", may_be_empty=True),
        "ratio_high": Column("number", "upper end of the same", may_be_empty=True),
        "level": Column("number", "confidence level of the intervals"),
        "change": Column(
            "number", "difference without the level − difference with it", may_be_empty=True
        ),
        "note": Column("text", "what a reader must know about this row", may_be_empty=True),
    },
)
