"""TP Observer (Teleperformance), by a ready mapping: monitoring events of people.

Not documented in public, and no export was ever seen: the headings that the mapping names are
invented. Events name a person and no call, so they are counted per person and day; a day without
any event is not in the file, and is not a 0. Keyword hits that name their call are read with the
second form in the mapping (`mapping_text`). Video and screens are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

FORMAT = Format(
    title="TP Observer, one row per monitoring event (assumed headings)",
    status="by mapping",
    gives=("agents", "scores", "selection"),
    source="no public documentation",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "The headings are invented: no export of TP Observer was seen",
            "Les intitulés sont inventés : aucun export de TP Observer n’a été vu",
        ),
        Remark(
            "The file lists every event of the days that are in it",
            "Le fichier liste tous les événements des jours qui y figurent",
        ),
    ),
)
_MAPPING = "tp_observer"
_HEADINGS = ("Timestamp", "Login", "Event", "Duration_s", "Reviewed")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
