"""Genesys PureConnect, Interaction Analyzer, by a ready mapping: one row per keyword spotted.

The columns are documented as those of queue controls; that a file has them in these words, and the
offset in ms, is assumed. A blank score means that the interaction was not analysed, 0 that it was
and nothing was found. An interaction has a row per keyword, and its scores stand in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

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
_MAPPING = "pureconnect"
_HEADINGS = ("Interaction ID", "Agent Score", "Customer Score", "Keyword")


def recognises(file: ExportFile) -> bool:
    """Whether a text table has the headings that the ready mapping rests on."""
    return packaged.has_headings(file, *_HEADINGS)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
