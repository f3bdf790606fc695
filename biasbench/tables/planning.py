"""The columns of the planning tables: what a number of people sees, and how many are needed."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

_COMPARISON = {
    "system": Column("text", "which system; empty where it is assumed", may_be_empty=True),
    "metric": Column("text", "which metric; empty where it is assumed", may_be_empty=True),
    "by": Column("text", "the column that makes the groups", may_be_empty=True),
    "group": Column("text", "the group the comparison is about"),
    "against": Column("text", "the other side: 'rest' or a named group"),
}

#: What so many people a side can see: one row per comparison and number of people.
DETECTABLE = Table(
    name="detectable",
    key=("system", "metric", "by", "group", "against", "people"),
    columns={
        **_COMPARISON,
        "people": Column("whole", "people in the group"),
        "against_people": Column("whole", "people on the other side"),
        "ratio": Column(
            "number", "smallest ratio above 1 that is seen; none for means", may_be_empty=True
        ),
        "difference": Column(
            "number",
            "smallest difference that is seen, in the metric's unit; none without a rate",
            may_be_empty=True,
        ),
        "power": Column("number", "with which probability, as a fraction"),
        "level": Column("number", "confidence level of the family, as a fraction"),
        "n_comparisons": Column("whole", "comparisons in the family"),
        "adjusted_level": Column("number", "level of each comparison, single-step Šidák"),
    },
)

#: How many people it takes to see a ratio or a difference: one row per comparison and target.
NEEDED = Table(
    name="needed",
    key=("system", "metric", "by", "group", "against", "ratio", "difference"),
    columns={
        **_COMPARISON,
        "ratio": Column("number", "the true ratio to be seen; none for means", may_be_empty=True),
        "difference": Column(
            "number", "the true difference to be seen, in the metric's unit", may_be_empty=True
        ),
        "people": Column("whole", "people in the group that see it"),
        "against_people": Column("whole", "people on the other side"),
        "power": Column("number", "with which probability, as a fraction"),
        "level": Column("number", "confidence level of the family, as a fraction"),
        "n_comparisons": Column("whole", "comparisons in the family"),
        "adjusted_level": Column("number", "level of each comparison, single-step Šidák"),
    },
)

#: How people differ: what the plan rests on, a row per comparison.
SPREADS = Table(
    name="spreads",
    key=("system", "metric", "by", "group", "against"),
    columns={
        **_COMPARISON,
        "value": Column("number", "the group's value in the pilot", may_be_empty=True),
        "against_value": Column("number", "the other side's, or as assumed", may_be_empty=True),
        "cv": Column(
            "number", "relative SD between people of the group, √(K·V)/R", may_be_empty=True
        ),
        "against_cv": Column("number", "the same for the other side", may_be_empty=True),
        "sd": Column("number", "SD between people of the group, √(K·V)", may_be_empty=True),
        "against_sd": Column("number", "the same for the other side", may_be_empty=True),
        "n_speakers": Column("whole", "people of the group in the pilot", may_be_empty=True),
        "n_against": Column("whole", "people of the other side in the pilot", may_be_empty=True),
        "note": Column("text", "why this comparison cannot be planned", may_be_empty=True),
    },
)
