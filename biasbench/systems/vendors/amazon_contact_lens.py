"""Amazon Connect Contact Lens: the analysis file of one voice contact.

Documented in the Amazon Connect administrator guide (contact-lens-example-output-files), versions
1.1.0 and VOICE-2022-11-30. A turn names a `ParticipantId`, whose role stands in `Participants`; the
id may be a word like AGENT or anything else, and in the guide's own examples some ids are missing
from the list, where only the words AGENT and CUSTOMER tell a role. The loudness of a turn is
`LoudnessScore`, a list in spite of its name. There are no items, so no words, no times and no
confidence below the turn, and a redacted word is only [PII] or its kind in the text. The file does
not say when the call began. Chat contacts have other fields and are refused. What it shares with
Call Analytics is told in `_amazon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, Said, ToldCall
from biasbench.systems.vendors import _amazon
from biasbench.systems.vendors._recognisers import in_order

FORMAT = Format(
    title="Amazon Connect Contact Lens (voice)",
    status="documented",
    gives=(
        "utterances", "start times", "end times", "roles", "language", "silence", "overtalk",
        "categories", "scores",
    ),
    source="docs.aws.amazon.com/connect/latest/adminguide/contact-lens-example-output-files.html",
    infers_emotion=True,
    assumes=(
        _amazon.WORDS_OF_THE_RECOGNISER, _amazon.OWN_QUARTERS, _amazon.MEAN_LOUDNESS,
    ),
)  # fmt: skip

REDACTED_TURN = Remark(
    "utterances that Contact Lens marks as holding personal information; the text of a redacted "
    "file says [PII] or its kind instead",
    "énoncés que Contact Lens signale comme contenant des données personnelles\u00a0; le texte "
    "d’un fichier caviardé dit [PII] ou l’équivalent à la place",
)
SKIPPED = Remark(
    "analyses that Contact Lens says it skipped: what they would have found is not known",
    "analyses que Contact Lens dit avoir omises\u00a0: ce qu’elles auraient trouvé n’est pas connu",
)

#: What was found in a turn and is kept as it is.
_RAW = ("Id", "IssuesDetected", "OutcomesDetected", "ActionItemsDetected", "Redaction")


def recognises(file: ExportFile) -> bool:
    """Turns by participant id, or a contact's metadata beside a transcript."""
    document = file.json_object
    if document is None or not isinstance(document.get("Transcript"), list):
        return False
    turns = document["Transcript"]
    if "JobStatus" not in document and "ConversationCharacteristics" not in document:
        return False
    if not turns:
        return "CustomerMetadata" in document
    return isinstance(turns[0], dict) and "ParticipantId" in turns[0]


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """The one contact of this file."""
    (file,) = files
    document = file.json
    if document.get("Channel", "VOICE") != "VOICE":
        raise TableError(
            f"{file.name}: Channel is {document['Channel']!r}; only contacts by VOICE are read. "
            "Leave the file out"
        )
    status = document.get("JobStatus")
    if status not in (None, "COMPLETED"):
        raise TableError(
            f"{file.name}: JobStatus is {status!r}, so the contact was not analysed. Leave the "
            "file out"
        )
    if "Version" in document:
        notes.saw_version(f"Contact Lens {document['Version']}")
    roles = {
        one["ParticipantId"]: _amazon.role_of(one.get("ParticipantRole"))
        for one in document.get("Participants") or ()
    }
    found = document.get("ConversationCharacteristics") or {}
    length = found.get("TotalConversationDurationMillis")
    yield ToldCall(
        (document.get("CustomerMetadata") or {}).get("ContactId"),
        in_order([_said(turn, roles, notes) for turn in document["Transcript"]], notes),
        _amazon.call_scores(found, notes),
        _amazon.call_events(document, notes),
        seconds=None if length is None else length / 1e3,
        language=document.get("LanguageCode"),
        facts=_facts(document, notes),
    )


def _said(turn: Mapping[str, Any], roles: Mapping[str, str | None], notes: Notes) -> Said:
    who = turn["ParticipantId"]
    role = roles[who] if who in roles else _amazon.role_of(who)
    notes.count(REDACTED_TURN, bool((turn.get("Redaction") or {}).get("RedactedTimestamps")))
    return Said(
        turn["Content"],
        turn["BeginOffsetMillis"] / 1e3,
        turn["EndOffsetMillis"] / 1e3,
        who,
        role,
        scores=(
            *_amazon.sentiment_scores(turn.get("Sentiment"), notes),
            _amazon.loudness_score(turn.get("LoudnessScore"), notes),
        ),
        raw={key: turn[key] for key in _RAW if key in turn},
    )


def _facts(document: Mapping[str, Any], notes: Notes) -> dict[str, str | float | None]:
    facts: dict[str, str | float | None] = {}
    if "Output" in (metadata := document.get("ContentMetadata") or {}):
        facts["transcript_output"] = metadata["Output"]
    if skipped := (document.get("JobDetails") or {}).get("SkippedAnalysis"):
        notes.count(SKIPPED, len(skipped))
        facts["skipped_analysis"] = "; ".join(
            f"{one['Feature']}: {one.get('ReasonCode', 'no reason given')}" for one in skipped
        )
    return facts
