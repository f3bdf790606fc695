"""Calabrio ONE, Insights "Sentiment details", by a ready mapping: one row per contact or phrase.

The dictionary of the dataset is public in part, and the user chooses the columns: those of agent,
sentiment, predictions, evaluations and phrases are assumed. Silence, talkover and hold are whole
seconds; the start is in UTC, with the zone in a column of its own. A predicted score can decide
which contacts are evaluated; whether it did is not in the file, so no source of the selection is
given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

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
_MAPPING = "calabrio"
_HEADINGS = ("Contact ID", "Contact Start Time", "Contact Silence Time (s)")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
