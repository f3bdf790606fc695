"""TP Sentinel (Teleperformance), by a ready mapping: quality of the connection per call.

Nothing of what it writes is public: that there is a row per call, its measures and every heading
are invented. The measures become columns of the call (conditions), never scores of the person.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

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
_READY = Ready("tp_sentinel", ("Interaction ID", "Login", "Timestamp", "Packet loss %"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
