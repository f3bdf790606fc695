"""Findings, and the tables that stand beside them in an evidence file."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

FINDINGS = Table(
    name="findings",
    key=("system", "metric", "by", "group", "against"),
    columns={
        "system": Column("text", "which system"),
        "metric": Column("text", "which metric"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group the finding is about"),
        "against": Column("text", "the other side: 'rest' or a named group"),
        "value": Column("number", "the group's Σnumerator / Σdenominator", may_be_empty=True),
        "against_value": Column("number", "the same for the other side", may_be_empty=True),
        "difference": Column("number", "value − against_value", may_be_empty=True),
        "difference_low": Column(
            "number",
            "lower end, adjusted for the family: what the verdict reads",
            may_be_empty=True,
        ),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "ratio": Column("number", "value / against_value", may_be_empty=True),
        "ratio_low": Column("number", "lower end, adjusted for the family", may_be_empty=True),
        "ratio_high": Column("number", "upper end of the same", may_be_empty=True),
        "level": Column("number", "confidence level of the family, as a fraction"),
        "n_comparisons": Column("whole", "comparisons in the family that can be tested"),
        "difference_low_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "difference_high_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "ratio_low_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "ratio_high_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "p_value": Column(
            "number", "of the log ratio (of the difference, for means)", may_be_empty=True
        ),
        "p_adjusted": Column("number", "single-step Šidák", may_be_empty=True),
        "p_holm": Column("number", "Holm, printed as an alternative", may_be_empty=True),
        "p_max_t": Column(
            "number", "permutation of people, max-T over the family", may_be_empty=True
        ),
        "p_bh": Column(
            "number", "Benjamini–Hochberg: exploratory, for no verdict", may_be_empty=True
        ),
        "margin": Column("number", "declared before, in the metric's unit", may_be_empty=True),
        "direction": Column("text", "which way is worse for the person"),
        "n_speakers": Column("whole", "people in the group", may_be_empty=True),
        "n_against": Column("whole", "people on the other side", may_be_empty=True),
        "n_effective": Column("number", "effective people in the group, W²/Σw²", may_be_empty=True),
        "n_effective_against": Column(
            "number", "effective people on the other side", may_be_empty=True
        ),
        "largest_leverage": Column(
            "number", "largest share of one person in a side", may_be_empty=True
        ),
        "standard_error": Column(
            "number", "clustered; of the log ratio (of a mean's difference)", may_be_empty=True
        ),
        "standard_error_naive": Column(
            "number", "the same, rows counted as people: for comparison only", may_be_empty=True
        ),
        "design_effect": Column("number", "(clustered / naive)²", may_be_empty=True),
        "difference_without_one_low": Column(
            "number", "smallest difference with one person left out", may_be_empty=True
        ),
        "difference_without_one_high": Column("number", "largest likewise", may_be_empty=True),
        "ratio_without_one_low": Column(
            "number", "smallest ratio with one person left out", may_be_empty=True
        ),
        "ratio_without_one_high": Column("number", "largest likewise", may_be_empty=True),
        "detectable": Column(
            "number",
            "smallest ratio above 1 (difference, of a mean) that 8 studies in 10 would show",
            may_be_empty=True,
        ),
        "n_utterances": Column("whole", "rows of the group with a value"),
        "n_missing": Column("whole", "rows of the group without one"),
        "n_needed": Column("whole", "people per group that would settle it", may_be_empty=True),
        "method": Column("text", "how the interval and the p-value were made"),
        "verdict": Column("text", "one code of the verdict table, or none", may_be_empty=True),
        "reason": Column("text", "why this verdict, in words", may_be_empty=True),
    },
)

CONDITIONS = Table(
    name="conditions",
    key=("condition", "level", "group"),
    columns={
        "condition": Column("text", "the column that is a recording condition"),
        "level": Column("text", "one of its values"),
        "group": Column("text", "the group"),
        "n_speakers": Column("whole", "people of the group with any row there", may_be_empty=True),
        "n_utterances": Column("whole", "rows of the group there"),
    },
)

GROUPS = Table(
    name="groups",
    key=("system", "metric", "by", "group"),
    columns={
        "system": Column("text", "which system"),
        "metric": Column("text", "which metric"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'unknown', or 'overall'"),
        "value": Column("number", "Σnumerator / Σdenominator", may_be_empty=True),
        "low": Column("number", "lower end for this group alone", may_be_empty=True),
        "high": Column("number", "upper end for this group alone", may_be_empty=True),
        "level": Column("number", "confidence level of low and high"),
        "numerator": Column("number", "sum over the rows with a value"),
        "denominator": Column("number", "sum over the rows with a value"),
        "n_speakers": Column("whole", "people with a value", may_be_empty=True),
        "n_effective": Column("number", "effective people, W²/Σw²", may_be_empty=True),
        "n_utterances": Column("whole", "rows with a value"),
        "n_missing": Column("whole", "rows without one"),
        "note": Column("text", "what a reader must know about this row", may_be_empty=True),
    },
)

OMNIBUS = Table(
    name="omnibus",
    key=("system", "metric", "by"),
    columns={
        "system": Column("text", "which system"),
        "metric": Column("text", "which metric"),
        "by": Column("text", "the column that makes the groups"),
        "n_comparisons": Column("whole", "comparisons of this metric that can be tested"),
        "n_speakers": Column("whole", "people whose labels are shuffled"),
        "largest_t": Column("number", "the largest |t| of them", may_be_empty=True),
        "p_value": Column(
            "number", "permutation of people: are all groups alike?", may_be_empty=True
        ),
        "n_resamples": Column("whole", "shuffles"),
    },
)

MISSING = Table(
    name="missing",
    key=("system", "metric", "by", "group", "against"),
    columns={
        "system": Column("text", "which system"),
        "metric": Column("text", "the metric that has no value in some rows"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group"),
        "against": Column("text", "the other side"),
        "value": Column("number", "share of the group's rows without a value", may_be_empty=True),
        "against_value": Column("number", "the same for the other side", may_be_empty=True),
        "difference": Column("number", "value − against_value", may_be_empty=True),
        "difference_low": Column("number", "lower end, this comparison alone", may_be_empty=True),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "level": Column("number", "confidence level, as a fraction"),
        "n_speakers": Column("whole", "people in the group", may_be_empty=True),
        "n_against": Column("whole", "people on the other side", may_be_empty=True),
        "n_missing": Column("whole", "rows of the group without a value"),
        "note": Column("text", "why there is no interval", may_be_empty=True),
    },
)
