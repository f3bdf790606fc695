"""Who is too few to be written about, and what would give them away (docs/report.md §J).

rule         which groups and which metrics a report withholds, and by which rule
figures      what its tables say of one group: people, dominance, rates of nearly everybody
families     metrics whose sums are tied to each other, so that one gives another away
suppression  small groups and cells of a cross-table, and those hidden with them
recovery     whether a combination of printed sums stands on fewer than k people: exact algebra
coarse       what is printed in place of a maximum, of a range over people, of small counts
releases     the log of published reports, against subtracting one report from another
record       what was withheld and by which rule, for an annex
"""

from __future__ import annotations

from biasbench.report.privacy.coarse import (
    leverage_words,
    rounded_counts,
    steadiness_words,
)
from biasbench.report.privacy.record import log_rows
from biasbench.report.privacy.recovery import recoverable
from biasbench.report.privacy.releases import ReleaseLog, people_of_blocks
from biasbench.report.privacy.rule import (
    FEWEST,
    OVERALL,
    Privacy,
    Withheld,
    least_people,
    privacy_of,
)
from biasbench.report.privacy.suppression import hidden_cells, hidden_groups, hidden_table

__all__ = [
    "FEWEST",
    "OVERALL",
    "Privacy",
    "ReleaseLog",
    "Withheld",
    "hidden_cells",
    "hidden_groups",
    "hidden_table",
    "least_people",
    "leverage_words",
    "log_rows",
    "people_of_blocks",
    "privacy_of",
    "recoverable",
    "rounded_counts",
    "steadiness_words",
]
