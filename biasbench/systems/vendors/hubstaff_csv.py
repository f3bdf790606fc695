"""Hubstaff, "Time & activity" as CSV, by a ready mapping: one row per person and day.

No list of the headings is published; these were seen in a third party's report. Hours are H:MM:SS
and the activity is '49%'. A report grouped by project or task has several rows per person and day,
whose percentages cannot be added: they are reported as repeated. `Member` is a name and serves as
the id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

FORMAT = Format(
    title="Hubstaff time and activity, CSV (assumed headings)",
    status="by mapping",
    gives=("agents", "scores", "work time"),
    source="no published list; hourtab.com/blog (third party)",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "The headings, seen in a third party’s report only",
            "Les intitulés, vus seulement dans le rapport d’un tiers",
        ),
        Remark(
            "One row per person and day",
            "Une ligne par personne et par jour",
        ),
    ),
)
_MAPPING = "hubstaff_csv"
_HEADINGS = ("Date", "Member", "Hours", "Activity %")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
