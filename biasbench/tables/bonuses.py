"""Tables of pay: a person's months, and what a score gap does to the bonus."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

#: What a user's own table may hold beside KPIs: one row per person and period.
PERSON_MONTHS = Table(
    name="person_months",
    key=("speaker_id", "period"),
    columns={
        "speaker_id": Column("text", "who, under the pseudonym of the measures"),
        "period": Column("text", "which month, written as in the measures (2026-03)"),
        "group": Column(
            "text",
            "the label that the measures give the person",
            required=False,
            may_be_empty=True,
        ),
        "calls": Column(
            "number", "calls that count for the month", required=False, may_be_empty=True
        ),
        "missing_calls": Column(
            "number", "rows of the month without a value", required=False, may_be_empty=True
        ),
        "months": Column(
            "number",
            "months of service, this one included",
            required=False,
            may_be_empty=True,
        ),
        "paid": Column(
            "number",
            "bonus paid for the month; empty = not known, which is not 0",
            required=False,
            may_be_empty=True,
        ),
    },
    is_open=True,
)

#: The same, one row per KPI: `kpi` may be 'paid', 'calls' or 'months' too.
PERSON_MONTH_KPIS = Table(
    name="person_month_kpis",
    key=("speaker_id", "period", "kpi"),
    columns={
        "speaker_id": Column("text", "who, under the pseudonym of the measures"),
        "period": Column("text", "which month, written as in the measures (2026-03)"),
        "kpi": Column("text", "which figure"),
        "value": Column("number", "its value; empty = missing", may_be_empty=True),
    },
)

#: What a row of BONUSES is about.
BONUS_FIGURES = (
    "paid",
    "gap_removed",
    "gap_removed_at_equal_rating",
    "substituted",
    "corrected",
)

BONUSES = Table(
    name="bonuses",
    key=("figure",),
    columns={
        "figure": Column(
            "text", "the bonus paid, or the scenario simulated", choices=BONUS_FIGURES
        ),
        "currency": Column("text", "of every amount in the row"),
        "value": Column("number", "the group's mean a person-month, as it is"),
        "against_value": Column("number", "the same for the other side"),
        "value_then": Column(
            "number", "the group's mean a person-month under the scenario", may_be_empty=True
        ),
        "against_value_then": Column("number", "the same for the other side", may_be_empty=True),
        "gap": Column(
            "number",
            "a person-month of the group, above 0 to its disadvantage: paid, other side − group; "
            "simulated, what the scenario adds to the group beyond what it adds to the other side",
        ),
        "gap_low": Column("number", "lower end of the range", may_be_empty=True),
        "gap_high": Column("number", "upper end of the range", may_be_empty=True),
        "level": Column("number", "level of the range, as a fraction"),
        "n_speakers": Column("whole", "people of the group"),
        "n_against": Column("whole", "people on the other side"),
        "n_months": Column("whole", "person-months of the group with an amount"),
        "n_against_months": Column("whole", "the same for the other side"),
        "n_missing": Column("whole", "person-months of the group without one"),
        "n_against_missing": Column("whole", "the same for the other side"),
        "method": Column("text", "how the range was made"),
    },
)

NORMAL_CURVE = Table(
    name="normal_curve",
    key=("threshold",),
    columns={
        "threshold": Column("number", "in the score's own unit"),
        "pass_rate": Column("number", "share of the group at or above it"),
        "against_pass_rate": Column("number", "the same for the other side"),
        "difference": Column("number", "against_pass_rate − pass_rate"),
        "pass_ratio": Column("number", "pass_rate / against_pass_rate", may_be_empty=True),
        "below_ratio": Column(
            "number", "(1 − pass_rate) / (1 − against_pass_rate)", may_be_empty=True
        ),
        "amount": Column("number", "difference × the step's amount: a person and period"),
    },
)
