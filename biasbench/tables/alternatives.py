"""The table of alternative explanations: the gap as it is, then under each in turn."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

#: What a row of the table is, in the order of the table.
EXPLANATIONS = (
    "unadjusted",
    "without one person",
    "rows kept",
    "one covariate",
    "all covariates",
    "new sentences",
    "shared sentences",
    "matched",
    "equal rating",
    "composition",
    "unexplained",
    "not comparable",
    "without level",
)

ALTERNATIVES = Table(
    name="alternatives",
    key=("explanation", "of"),
    columns={
        "explanation": Column("text", "what is taken account of", choices=EXPLANATIONS),
        "of": Column("text", "the columns or the level it is about", may_be_empty=True),
        "difference": Column("number", "value − against_value, or a part of it", may_be_empty=True),
        "difference_low": Column("number", "lower end, for this row alone", may_be_empty=True),
        "difference_high": Column("number", "upper end of the same", may_be_empty=True),
        "ratio": Column("number", "value / against_value; none for a part", may_be_empty=True),
        "ratio_low": Column("number", "lower end, for this row alone", may_be_empty=True),
        "ratio_high": Column("number", "upper end of the same", may_be_empty=True),
        "level": Column("number", "confidence level, as a fraction"),
        "n_speakers": Column("whole", "people of the group it rests on"),
        "n_against": Column("whole", "people of the other side"),
        "note": Column("text", "why there is no figure, in one sentence", may_be_empty=True),
    },
)
