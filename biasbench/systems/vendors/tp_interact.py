"""TP Interact (Teleperformance), by a ready mapping: one row per call.

Not documented in public, and no export was ever seen: the headings that the mapping names are
invented, as are ';', the decimal commas and the day-first dates. What it does is known from the
press and from unions: it transcribes, counts silence and overtalk, labels a sentiment, shows
pop-ups. A file with other headings is read with a copy of the mapping (`mapping_text`).
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

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
_READY = Ready("tp_interact", ("Interaction ID", "Agent Login", "Script compliance", "QA score"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
