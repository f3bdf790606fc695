"""Tables of ratings and labels: what people say of a recording, set against what a machine says."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

LABELS = Table(
    name="labels",
    key=("system", "unit_id", "label"),
    columns={
        "system": Column("text", "which system put the label, or did not"),
        "unit_id": Column("text", "which utterance, call or person-month"),
        "label": Column("text", "the label's own name"),
        "speaker_id": Column("text", "who; absent when nobody knows", required=False),
        "labelled": Column(
            "number",
            "1 if the system put the label, 0 if not",
            may_be_empty=True,
        ),
        "human": Column(
            "number",
            "1 if people say that it applies, 0 if not; empty = nobody said",
            required=False,
            may_be_empty=True,
        ),
        "n_yes": Column(
            "number", "people who say that it applies", required=False, may_be_empty=True
        ),
        "n_votes": Column("number", "people who were asked", required=False, may_be_empty=True),
    },
    is_open=True,
)

RATING_STRATA = Table(
    name="rating_strata",
    key=("stratum",),
    columns={
        "stratum": Column("text", "the rating, or the range of ratings"),
        "n_rows": Column("whole", "rows of the group"),
        "n_against_rows": Column("whole", "rows of the other side"),
        "n_speakers": Column("whole", "people of the group"),
        "n_against": Column("whole", "people of the other side"),
        "value": Column("number", "the group's Σnumerator / Σdenominator here", may_be_empty=True),
        "against_value": Column("number", "the same for the other side", may_be_empty=True),
        "odds_ratio": Column(
            "number",
            "odds of the group / of the other side",
            required=False,
            may_be_empty=True,
        ),
        "weight": Column("number", "share of this stratum in the figure; 0 where it is left out"),
        "note": Column("text", "why it is left out", may_be_empty=True),
    },
)

AGREEMENT = Table(
    name="agreement",
    key=("by", "group"),
    columns={
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group, or 'unknown', or 'overall'"),
        "alpha": Column("number", "Krippendorff's alpha", may_be_empty=True),
        "low": Column("number", "lower end for this group alone", may_be_empty=True),
        "high": Column("number", "upper end for this group alone", may_be_empty=True),
        "level": Column("number", "confidence level of low and high"),
        "n_units": Column("whole", "units with two ratings or more"),
        "n_single": Column("whole", "units with fewer: nothing can agree with them"),
        "n_ratings": Column("whole", "ratings of the units with two or more"),
        "n_speakers": Column("whole", "people of whom those units are"),
        "note": Column("text", "what a reader must know about this row", may_be_empty=True),
    },
)

AGREEMENT_GAPS = Table(
    name="agreement_gaps",
    key=("by", "group", "against"),
    columns={
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group"),
        "against": Column("text", "the other side: 'rest' or a named group"),
        "alpha": Column("number", "alpha of the group", may_be_empty=True),
        "against_alpha": Column("number", "alpha of the other side", may_be_empty=True),
        "difference": Column("number", "alpha − against_alpha", may_be_empty=True),
        "difference_low": Column("number", "lower end, adjusted for the family", may_be_empty=True),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "difference_low_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "difference_high_unadjusted": Column("number", "this comparison alone", may_be_empty=True),
        "level": Column("number", "confidence level of the family"),
        "n_comparisons": Column("whole", "comparisons in the family that can be tested"),
        "p_value": Column("number", "of the log ratio of disagreement", may_be_empty=True),
        "p_adjusted": Column("number", "single-step Šidák", may_be_empty=True),
        "n_speakers": Column("whole", "people of the group"),
        "n_against": Column("whole", "people of the other side"),
        "note": Column("text", "why there is no interval, or what to mind", may_be_empty=True),
    },
)
