"""TP Interact (Teleperformance), by a ready mapping: one row per call.

Not documented in public, and no export was ever seen: the headings that the mapping names are
invented, as are ';', the decimal commas and the day-first dates. What it does is known from the
press and from unions: it transcribes, counts silence and overtalk, labels a sentiment, shows
pop-ups. A file with other headings is read with a copy of the mapping (`mapping_text`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

FORMAT = Format(
    title="TP Interact, one row per call (assumed headings)",
    status="by mapping",
    gives=("agents", "call start", "scores", "evaluations", "selection"),
    source="no public documentation",
    modality="mixed",
    tier="T1",
    infers_emotion=True,
    assumes=(
        Remark(
            "The headings are invented: no export of TP Interact was seen",
            "Les intitulés sont inventés : aucun export de TP Interact n’a été vu",
        ),
        Remark(
            "'Sent to review' is read as: chosen, and listened to by a person",
            "« Sent to review » est lu ainsi : choisi, et écouté par une personne",
        ),
        Remark(
            "Whose sentiment it is, is not known: no direction is declared",
            "On ignore de qui est le sentiment : aucun sens n’est déclaré",
        ),
    ),
)
_MAPPING = "tp_interact"
_HEADINGS = ("Interaction ID", "Agent Login", "Script compliance", "QA score")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
