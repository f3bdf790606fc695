"""NICE CXone Interaction Analytics, data export: a JSON list of segments. PARTIAL.

Documented at help.nicecxone.com (Interaction Analytics Data Included in Data Export). Of that
page the metrics specific to Interaction Analytics were seen, and not the tables after them (ACD,
sentiment, categories): what a record holds beyond those is counted and not read. There is no
transcript and no agent in what was seen.

- A file holds what was analysed in a stretch of time, new and analysed again, so a segment occurs
  more than once, within a file and between files: all files are read as a whole, and the latest
  `acquiredAt` is kept.
- A record is a segment; `masterExternalId` is its interaction, and names the call where the
  interaction has one segment. Where it has several, each is a call named by its own id, and the
  interaction is a fact.
- `acquiredAt` is when the analysis received it and `publishedAt` when the segment ended: neither
  is when the call started.
- `resolvedProbability` is 0 to 1; `resolved` is decided from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from biasbench.errors import TableError
from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.times import moment

FORMAT = Format(
    title="NICE CXone Interaction Analytics data export",
    status="partly documented",
    gives=("scores",),
    source="help.nicecxone.com: Interaction Analytics Data Included in Data Export",
    tier="T1",
    assumes=(
        Remark(
            "Known only from a page seen in part: sentiment, categories and agents, which the "
            "export may hold, are not read",
            "Connu seulement par une page vue en partie : sentiments, catégories et conseillers, "
            "que l’export peut contenir, ne sont pas lus",
        ),
    ),
)

#: Fields of a record that are documented on what was seen.
_KNOWN = frozenset(
    (
        "id", "externalId", "segmentId", "masterExternalId", "customerId", "tenantId", "accountId",
        "acquiredAt", "publishedAt", "matchedAccountDataSetIds", "matchedDataSetIds",
        "resolvedProbability", "resolved", "mediaType",
    )
)  # fmt: skip

#: The media type of a telephone call.
_CALL = "PhoneCall"

ANALYSED_AGAIN = Remark(
    "Records of segments that were analysed again: the latest acquiredAt was kept",
    "Enregistrements de segments analysés de nouveau : l’acquiredAt le plus récent a été conservé",
)
UNDATED = Remark(
    "Records without acquiredAt: taken as the oldest of their segment",
    "Enregistrements sans acquiredAt : tenus pour les plus anciens de leur segment",
)
SEVERAL_SEGMENTS = Remark(
    "Segments of interactions that have several: each is a call of its own, named by its segment",
    "Segments d’interactions qui en ont plusieurs : chacun est un appel, désigné par son segment",
)
NOT_READ = Remark(
    "Fields of records that are not read: their description was not seen",
    "Champs d’enregistrements non lus : leur description n’a pas été vue",
)
NO_CALL = Remark(
    "Records of media other than telephone calls (see media_type): kept",
    "Enregistrements de médias autres que des appels (voir media_type) : conservés",
)


def recognises(file: ExportFile) -> bool:
    """A list of objects with the keys of a segment."""
    if b'"masterExternalId"' not in file.content or b'"acquiredAt"' not in file.content:
        return False
    if not file.content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        return False
    try:
        records = file.json
    except TableError:
        return False
    return bool(records) and all(
        isinstance(record, dict) and {"masterExternalId", "acquiredAt"} <= record.keys()
        for record in records[:5]
    )


def part_of(name: str) -> str:
    """The same for all: a segment may be in several files, of which the latest counts."""
    return "CXone exports"


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """A call for each segment."""
    latest: dict[str, tuple[datetime | None, Mapping[str, Any]]] = {}
    for file in files:
        for number, record in enumerate(file.json, start=1):
            segment = record.get("segmentId") or record.get("externalId") or record.get("id")
            if not segment:
                raise TableError(
                    f"{file.name}: record {number} has no segmentId, externalId or id. Export the "
                    "period again"
                )
            acquired = _when(record, notes)
            known = latest.get(segment)
            if known is None:
                latest[segment] = acquired, record
                continue
            notes.count(ANALYSED_AGAIN)
            if acquired is not None and (known[0] is None or acquired >= known[0]):
                latest[segment] = acquired, record
    n_segments = Counter(record.get("masterExternalId") for _, record in latest.values())
    for segment, (_, record) in latest.items():
        yield _call(str(segment), record, n_segments, notes)


def _when(record: Mapping[str, Any], notes: Notes) -> datetime | None:
    if not record.get("acquiredAt"):
        notes.count(UNDATED)
        return None
    return moment(record["acquiredAt"])


def _call(
    segment: str, record: Mapping[str, Any], n_segments: Counter[Any], notes: Notes
) -> ToldCall:
    notes.count(NOT_READ, len(record.keys() - _KNOWN))
    interaction, media = record.get("masterExternalId"), record.get("mediaType")
    facts: dict[str, str | float | None] = {}
    call_id = segment
    if interaction:
        if n_segments[interaction] == 1:
            call_id = str(interaction)
        else:
            notes.count(SEVERAL_SEGMENTS)
        facts["interaction"] = str(interaction)
    if media:
        facts["media_type"] = media
        notes.count(NO_CALL, media != _CALL)
    if record.get("publishedAt"):
        facts["ended"] = record["publishedAt"]
    return ToldCall(call_id, scores=tuple(_scores(record)), facts=facts)


def _scores(record: Mapping[str, Any]) -> Iterator[Score]:
    """A field that is there and null was not analysed; one that is not there was not exported."""
    for key, name in (("resolvedProbability", "resolved probability"), ("resolved", "resolved")):
        value = record.get(key)
        if value is not None:
            yield Score(name, float(value), 0, 1, "higher is better")
            continue
        reason = "not analysed" if key in record else "not exported"
        note = f"{key} is null." if key in record else f"The record has no {key}."
        yield Score(name, None, 0, 1, "higher is better", reason, note)
