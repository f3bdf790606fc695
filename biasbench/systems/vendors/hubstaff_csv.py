"""Hubstaff, "Time & activity" as CSV, by a ready mapping: one row per person and day.

No list of the headings is published; these were seen in a third party's report. Hours are H:MM:SS
and the activity is '49%'. A report grouped by project or task has several rows per person and day,
whose percentages cannot be added: they are reported as repeated. `Member` is a name and serves as
the id.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

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
_READY = Ready("hubstaff_csv", ("Date", "Member", "Hours", "Activity %"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
