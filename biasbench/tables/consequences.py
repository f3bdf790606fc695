"""The columns of what a gap does to people: thresholds, and who is picked how often."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

#: Where a threshold of the curve comes from.
ORIGINS = ("contract", "asked", "observed", "quantile")

THRESHOLDS = Table(
    name="thresholds",
    key=("threshold",),
    columns={
        "threshold": Column("number", "in the score's own unit"),
        "origin": Column(
            "text",
            "the one in force, one asked for, a value observed, or a quantile of those",
            choices=ORIGINS,
        ),
        "pass_rate": Column("number", "share of the group's units that pass"),
        "against_pass_rate": Column("number", "the same for the other side"),
        "below_rate": Column("number", "share of the group's units that do not pass"),
        "against_below_rate": Column("number", "the same for the other side"),
        "difference": Column("number", "pass_rate − against_pass_rate"),
        "difference_low": Column("number", "pointwise: this threshold alone", may_be_empty=True),
        "difference_high": Column("number", "pointwise: this threshold alone", may_be_empty=True),
        "difference_low_all": Column(
            "number", "simultaneous: holds for all thresholds at once", may_be_empty=True
        ),
        "difference_high_all": Column(
            "number", "simultaneous: holds for all thresholds at once", may_be_empty=True
        ),
        "pass_ratio": Column("number", "pass_rate / against_pass_rate", may_be_empty=True),
        "pass_ratio_low": Column("number", "pointwise", may_be_empty=True),
        "pass_ratio_high": Column("number", "pointwise", may_be_empty=True),
        "pass_code": Column(
            "text", "IR-1 … IR-4 against 0.80; none where refused", may_be_empty=True
        ),
        "below_ratio": Column("number", "below_rate / against_below_rate", may_be_empty=True),
        "below_ratio_low": Column("number", "pointwise", may_be_empty=True),
        "below_ratio_high": Column("number", "pointwise", may_be_empty=True),
        "below_code": Column(
            "text", "IR-1 … IR-4 mirrored, against 1.25; none where refused", may_be_empty=True
        ),
        "level": Column("number", "confidence level of the pointwise intervals, as a fraction"),
        "p_value": Column("number", "pointwise, by permutation of people"),
        "p_adjusted": Column("number", "for all thresholds at once, the smallest p permuted"),
        "n_speakers": Column("whole", "people in the group"),
        "n_against": Column("whole", "people on the other side"),
        "n_pass": Column("whole", "units of the group that pass"),
        "n_against_pass": Column("whole", "units of the other side that pass"),
        "n_below": Column("whole", "units of the group that do not pass"),
        "n_against_below": Column("whole", "units of the other side that do not pass"),
        "note": Column("text", "why a code is refused, by outcome", may_be_empty=True),
    },
)

PICKED = Table(
    name="picked",
    key=("from_sd",),
    columns={
        "from_sd": Column(
            "number",
            "lower end of the bin, in standard deviations from the expected count; −inf first",
        ),
        "to_sd": Column("number", "upper end, not included; +inf last"),
        "n_people": Column("whole", "people whose count lies there"),
        "n_expected": Column("number", "how many would under independent picking, exactly"),
    },
)
