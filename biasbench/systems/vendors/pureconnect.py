"""Genesys PureConnect, Interaction Analyzer, by a ready mapping: one row per keyword spotted.

The columns are documented as those of queue controls; that a file has them in these words, and the
offset in ms, is assumed. A blank score means that the interaction was not analysed, 0 that it was
and nothing was found. An interaction has a row per keyword, and its scores stand in each of them.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

FORMAT = Format(
    title="Genesys PureConnect, Interaction Analyzer (assumed layout)",
    status="partly documented",
    gives=("agents", "categories", "start times", "scores"),
    source="help.genesys.com, Interaction Analyzer columns in queue controls",
    modality="voice",
    tier="T1",
    assumes=(
        Remark(
            "The layout of the file and its offset in ms: the documented columns are the screen's",
            "La disposition du fichier et son décalage en ms : les colonnes documentées sont "
            "celles de l’écran",
        ),
        Remark(
            "A blank score: the interaction was not analysed",
            "Un score vide : l’interaction n’a pas été analysée",
        ),
    ),
)
_READY = Ready("pureconnect", ("Interaction ID", "Agent Score", "Customer Score", "Keyword"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
