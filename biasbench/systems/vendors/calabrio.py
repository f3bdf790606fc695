"""Calabrio ONE, Insights "Sentiment details", by a ready mapping: one row per contact or phrase.

The dictionary of the dataset is public in part, and the user chooses the columns: those of agent,
sentiment, predictions, evaluations and phrases are assumed. Silence, talkover and hold are whole
seconds; the start is in UTC, with the zone in a column of its own. A predicted score can decide
which contacts are evaluated; whether it did is not in the file, so no source of the selection is
given.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

FORMAT = Format(
    title="Calabrio ONE, Insights sentiment details",
    status="partly documented",
    gives=("agents", "call start", "categories", "scores", "evaluations"),
    source="help.calabrio.com, insights dataset dictionary, sentiment details",
    modality="mixed",
    tier="T1",
    infers_emotion=True,
    assumes=(
        Remark(
            "The headings of agent, sentiment, predictions, evaluations and phrases",
            "Les intitulés de l’agent, du sentiment, des prédictions, des évaluations et des "
            "expressions",
        ),
        Remark(
            "Starts are in UTC, silence and overtalk in whole seconds",
            "Les débuts sont en UTC, silence et parole simultanée en secondes entières",
        ),
        Remark(
            "Whether predicted scores chose the evaluated contacts is not in the file",
            "Le fichier ne dit pas si des notes prédites ont choisi les contacts évalués",
        ),
    ),
)
_READY = Ready("calabrio", ("Contact ID", "Contact Start Time", "Contact Silence Time (s)"))

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
