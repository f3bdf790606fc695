"""Microsoft Viva Insights, person query, by a ready mapping: one row per person and week.

The columns are documented in full, and the analyst chooses among them: one that is not there is
reported as not exported. Nothing in it is of a call. PersonId is a hash, so people cannot be joined
with other exports unless the same hash is in the roster.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

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
_MAPPING = "viva"
_HEADINGS = ("PersonId", "MetricDate")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
