"""TP Sentinel (Teleperformance), by a ready mapping: quality of the connection per call.

Nothing of what it writes is public: that there is a row per call, its measures and every heading
are invented. The measures become columns of the call (conditions), never scores of the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

FORMAT = Format(
    title="TP Sentinel, connection quality per call (assumed from end to end)",
    status="by mapping",
    gives=("agents", "call start"),
    source="no public documentation",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "Everything is invented: neither headings nor measures of TP Sentinel are known",
            "Tout est inventé : on ne connaît ni les intitulés ni les mesures de TP Sentinel",
        ),
        Remark(
            "One row per call",
            "Une ligne par appel",
        ),
    ),
)
_MAPPING = "tp_sentinel"
_HEADINGS = ("Interaction ID", "Login", "Timestamp", "Packet loss %")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
