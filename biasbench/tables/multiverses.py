"""The tables of a multiverse of specifications, and of what normalisers erase."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

SPECIFICATIONS = Table(
    name="specifications",
    key=("variant", "metric", "exclusion", "adjustment"),
    columns={
        "order": Column(
            "whole", "place on the curve, from 1; empty if it could not be made", may_be_empty=True
        ),
        "system": Column("text", "which system"),
        "variant": Column("text", "which measures, such as the normaliser"),
        "metric": Column("text", "which metric"),
        "exclusion": Column("text", "which rows were left out"),
        "adjustment": Column("text", "which covariates were held equal"),
        "direction": Column("text", "which way is worse for the person"),
        "difference": Column("number", "group − against, in the metric's unit", may_be_empty=True),
        "difference_low": Column("number", "lower end for this row alone", may_be_empty=True),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "ratio": Column("number", "group / against; none for means", may_be_empty=True),
        "ratio_low": Column("number", "lower end for this row alone", may_be_empty=True),
        "ratio_high": Column("number", "upper end of the same", may_be_empty=True),
        "level": Column("number", "confidence level of the intervals"),
        "p_value": Column("number", "of this row alone", may_be_empty=True),
        "p_curve": Column("number", "single-step max-T over the whole curve", may_be_empty=True),
        "n_speakers": Column("whole", "people of the group", may_be_empty=True),
        "n_against": Column("whole", "people on the other side", may_be_empty=True),
        "n_utterances": Column("whole", "rows with a value on both sides", may_be_empty=True),
        "n_excluded": Column("whole", "rows that the exclusion left out", may_be_empty=True),
        "verdict": Column(
            "text", "code for the margin at this row's own interval", may_be_empty=True
        ),
        "reason": Column("text", "why something is missing from this row", may_be_empty=True),
    },
)

SPECIFICATION_RANGES = Table(
    name="specification_ranges",
    key=("metric",),
    columns={
        "metric": Column("text", "which metric; ranges do not cross units"),
        "n_specifications": Column("whole", "rows of this metric"),
        "n_computed": Column("whole", "of these, with a difference"),
        "difference_smallest": Column("number", "over the rows computed", may_be_empty=True),
        "difference_median": Column("number", "over the rows computed", may_be_empty=True),
        "difference_largest": Column("number", "over the rows computed", may_be_empty=True),
        "ratio_smallest": Column("number", "over the rows with a ratio", may_be_empty=True),
        "ratio_median": Column("number", "over the rows with a ratio", may_be_empty=True),
        "ratio_largest": Column("number", "over the rows with a ratio", may_be_empty=True),
        "sign_stability": Column(
            "number", "share of the rows computed with the sign of their median", may_be_empty=True
        ),
        "share_decided": Column(
            "number", "share of the rows with an interval that leaves out 0", may_be_empty=True
        ),
    },
)

ERASURES = Table(
    name="erasures",
    key=("system", "by", "group", "normalizer"),
    columns={
        "system": Column("text", "which system"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'unknown'"),
        "normalizer": Column("text", "which normaliser, with its version"),
        "n_speakers": Column("whole", "people of the group", may_be_empty=True),
        "n_utterances": Column("whole", "rows with a transcript to compare"),
        "words_before": Column("number", "reference words, only split at white space"),
        "words_after": Column("number", "reference words, normalised"),
        "share_words_changed": Column(
            "number", "reference words the normaliser changed / words before", may_be_empty=True
        ),
        "errors_before": Column("number", "word errors without normalising"),
        "errors_after": Column("number", "word errors with it"),
        "share_erased": Column(
            "number", "(errors before − errors after) / errors before", may_be_empty=True
        ),
        "rate_before": Column("number", "word error rate without normalising", may_be_empty=True),
        "rate_after": Column("number", "word error rate with it", may_be_empty=True),
        "difference_before": Column(
            "number", "rate − that of the rest, without normalising", may_be_empty=True
        ),
        "difference_after": Column("number", "the same with it", may_be_empty=True),
        "ratio_before": Column(
            "number", "rate / that of the rest, without normalising", may_be_empty=True
        ),
        "ratio_after": Column("number", "the same with it", may_be_empty=True),
    },
)
