"""CallMiner's table of contacts by itself, by a ready mapping: one row per contact.

The bulk export is recognised and read by `callminer`, its Contacts.csv too; this one is asked for
by name, for a table of contacts whose columns need a mapping: they differ by customer, and the
names of agitation, tempo and silence are assumed. Calls are named by their ClientID, as there.
Dates are American, in UTC or local time, which nothing says. `Agent` is a name, and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping import packaged

FORMAT = Format(
    title="CallMiner contacts (Contacts.csv alone)",
    status="partly documented",
    gives=("agents", "call start", "scores"),
    source="CallMiner Bulk Export User Guide 2025.11, appendices E and F",
    modality="voice",
    tier="T1",
    infers_emotion=True,
    assumes=(
        Remark(
            "The columns of agitation, tempo and silence, which differ by customer",
            "Les colonnes d’agitation, de débit et de silence, qui diffèrent d’un client à l’autre",
        ),
        Remark(
            "Dates are month-first, without a zone",
            "Les dates ont le mois en tête, sans fuseau",
        ),
    ),
)
_MAPPING = "callminer_contacts"


def recognises(file: ExportFile) -> bool:
    """Never: what it could tell by its headings, `callminer` reads in full."""
    return False


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """What the rows say, by the ready mapping."""
    return packaged.read_by(_MAPPING, files, notes)


def mapping_text() -> str:
    """The ready mapping, as TOML to copy and edit for a file with other headings."""
    return packaged.mapping_text(_MAPPING)
