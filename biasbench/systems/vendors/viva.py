"""Microsoft Viva Insights, person query, by a ready mapping: one row per person and week.

The columns are documented in full, and the analyst chooses among them: one that is not there is
reported as not exported. Nothing in it is of a call. PersonId is a hash, so people cannot be joined
with other exports unless the same hash is in the roster.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

FORMAT = Format(
    title="Microsoft Viva Insights, person query",
    status="documented",
    gives=("agents", "scores", "work time"),
    source="microsoft.github.io/vivainsights/reference/pq_data",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "The query is grouped by week",
            "La requête est groupée par semaine",
        ),
        Remark(
            "MetricDate is written month-first",
            "MetricDate est écrite mois en tête",
        ),
    ),
)
_READY = Ready("viva", ("PersonId", "MetricDate"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
