"""CallMiner's table of contacts by itself, by a ready mapping: one row per contact.

The bulk export is recognised and read by `callminer`, its Contacts.csv too; this one is asked for
by name, for a table of contacts whose columns need a mapping: they differ by customer, and the
names of agitation, tempo and silence are assumed. Calls are named by their ClientID, as there.
Dates are American, in UTC or local time, which nothing says. `Agent` is a name, and is not read.
"""

from __future__ import annotations

from biasbench.systems.exports import Format, Remark
from biasbench.systems.mapping.packaged import Ready

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
# By its headings `callminer` recognises the same table, and reads the whole export.
_READY = Ready("callminer_contacts")

recognises, read, mapping_text = _READY.recognises, _READY.read, _READY.mapping_text
