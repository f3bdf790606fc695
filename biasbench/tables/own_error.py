"""How often the rule of verdicts speaks where there is nothing to speak of: its own error rate."""

from __future__ import annotations

from biasbench.tables.columns import Column, Table

OWN_ERROR = Table(
    name="own error",
    key=("system", "metric", "by", "group", "against"),
    columns={
        "system": Column("text", "which system"),
        "metric": Column("text", "which metric"),
        "by": Column("text", "the column that makes the groups"),
        "group": Column("text", "the group the comparison is about"),
        "against": Column("text", "the other side: 'rest' or a named group"),
        "n_permutations": Column("whole", "relabellings of the people"),
        "n_disadvantage": Column("whole", "of these, with V-D1, V-D2 or V-D3"),
        "n_advantage": Column("whole", "with V-A1, V-A2 or V-A3"),
        "n_equivalent": Column("whole", "with V-E"),
        "n_undecided": Column("whole", "with V-I"),
        "n_insufficient": Column("whole", "with V-N"),
        "n_unjudged": Column("whole", "without a verdict: no margin or no direction declared"),
        "rate": Column("number", "n_disadvantage / n_permutations"),
        "rate_low": Column("number", "lower end of its Monte-Carlo interval, 95 %"),
        "rate_high": Column("number", "upper end of the same"),
    },
)
