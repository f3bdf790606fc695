"""TP Observer (Teleperformance), by a ready mapping: monitoring events of people.

Not documented in public, and no export was ever seen: the headings that the mapping names are
invented. Events name a person and no call, so they are counted per person and day; a day without
any event is not in the file, and is not a 0. Keyword hits that name their call are read with the
second form in the mapping (`mapping_text`). Video and screens are not read.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

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
_READY = Ready("tp_observer", ("Timestamp", "Login", "Event", "Duration_s", "Reviewed"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
