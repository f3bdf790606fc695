"""Genesys Cloud analytics of conversations: handling, hold, talk and after-call time.

The model AnalyticsConversation of the API (POST /api/v2/analytics/conversations/details/query, its
jobs, and GET .../{id}/details), documented in Genesys' SDKs. What is easily misread:

- Metrics are in milliseconds, and a metric that did not occur is absent (no hold, no tHeld): it is
  left out, not 0. `tTalk` and `tHeld` are the parts of which `tTalkComplete` and `tHeldComplete`
  are the sums; the sums are taken, and the parts only where there is no sum.
- The same metric is told once for every session; those of agents are added up, those of IVR and
  queue are not handling.
- A transferred call has several agents: the times are the call's, and it is given to no agent.
- `participantName`, addresses and telephone numbers are left out.
- Evaluations here are whole numbers; the evaluation itself has decimals. They bear their own name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems import Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.times import moment
from biasbench.systems.vendors._genesys import (
    ALIKE,
    CALIBRATION,
    MS,
    RESCORED,
    SEVERAL_AGENTS,
    UNFINISHED,
    Document,
    documents,
    facts_apart,
    looks_like,
    names_apart,
    quality,
)

FORMAT = Format(
    title="Genesys Cloud conversation details",
    status="documented",
    gives=("agents", "call start", "work time", "scores", "evaluations", "selection"),
    source="developer.genesys.cloud (AnalyticsConversation)",
    modality="unknown",
    tier="T1",
)

DELETED = Remark(
    "evaluations that were deleted: left out",
    "évaluations supprimées : omises",
)
NO_TIMES = Remark(
    "conversations without any time of an agent",
    "conversations sans aucun temps d’un agent",
)
PARTS = Remark(
    "conversations whose talk or hold time is added up from its parts",
    "conversations dont le temps de parole ou d’attente est la somme de ses parties",
)

#: Fact, the metric that is the whole, the metric that is its parts. The facts are scores too.
_TIMES = (
    ("handle_seconds", "tHandle", None),
    ("talk_seconds", "tTalkComplete", "tTalk"),
    ("hold_seconds", "tHeldComplete", "tHeld"),
    ("after_call_seconds", "tAcw", None),
)
_MEDIA_STATS = (
    ("min_mos", "mediaStatsMinConversationMos"),
    ("min_r_factor", "mediaStatsMinConversationRFactor"),
)


def is_conversation(document: Document) -> bool:
    """Whether the document is a conversation's analytics."""
    return (
        "conversationId" in document
        and "transcripts" not in document
        and isinstance(document.get("participants"), list)
        and ("conversationStart" in document or "originatingDirection" in document)
    )


def recognises(file: ExportFile) -> bool:
    """Conversations with participants, sessions and metrics, without a transcript."""
    return looks_like(file, is_conversation)


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call for each conversation."""
    for file in files:
        for document in documents(file, is_conversation):
            yield _call(document, notes)


def _call(document: Document, notes: Notes) -> ToldCall:
    staff = [one for one in document["participants"] if one.get("purpose") == "agent"]
    if not any(one.get("userId") for one in staff):
        # A call that did not come through a queue has a user in an agent's place.
        staff += [one for one in document["participants"] if one.get("purpose") == "user"]
    sessions = [session for one in staff for session in one.get("sessions") or ()]
    facts = _facts(document, sessions, staff)
    sums, partly = _sums(sessions)
    times = {fact: round(sums[whole] * MS, 6) for fact, whole, _ in _TIMES if whole in sums}
    facts.update(times)
    if not times:
        notes.count(NO_TIMES)
    if partly:
        notes.count(PARTS)
    agents = {one["userId"]: None for one in staff if one.get("userId")}
    evaluated = _evaluations(document, facts, notes)
    if len(agents) > 1:
        notes.count(SEVERAL_AGENTS)
        facts["agents_in_call"] = float(len(agents))
    start, end = document.get("conversationStart"), document.get("conversationEnd")
    return ToldCall(
        call_id=document["conversationId"],
        scores=tuple(evaluated),
        agent=next(iter(agents)) if len(agents) == 1 else None,
        started=start,
        seconds=(moment(end) - moment(start)).total_seconds() if start and end else None,
        facts=facts,
    )


def _sums(sessions: Sequence[Document]) -> tuple[dict[str, float], bool]:
    """Milliseconds of each whole metric over the agents' sessions; whether parts stood in."""
    told: dict[str, float] = {}
    for session in sessions:
        for metric in session.get("metrics") or ():
            name = metric["name"]
            told[name] = told.get(name, 0.0) + metric["value"]
    partly = False
    for _, whole, part in _TIMES:
        if part in told and whole not in told:
            told[whole] = told[part]
            partly = True
    return told, partly


def _facts(
    document: Document, sessions: Sequence[Document], staff: Sequence[Document]
) -> dict[str, str | float | None]:
    facts: dict[str, str | float | None] = {}
    if direction := document.get("originatingDirection"):
        facts["direction"] = direction
    for name, key in _MEDIA_STATS:
        if document.get(key) is not None:
            facts[name] = float(document[key])
    for name, key in (("media_type", "mediaType"), ("agent_assistant_id", "agentAssistantId")):
        told = {session[key]: None for session in sessions if session.get(key)}
        if told:
            facts[name] = ", ".join(told)
    recorded = [
        session["recording"] for session in sessions if session.get("recording") is not None
    ]
    if recorded:
        facts["recorded"] = float(any(recorded))
    teams = {one["teamId"]: None for one in staff if one.get("teamId")}
    if len(teams) == 1:
        facts["team"] = next(iter(teams))
    return facts


def _evaluations(
    document: Document, facts: dict[str, str | float | None], notes: Notes
) -> Iterator[Score]:
    """Quality scores as analytics holds them, and who evaluated, which is added to the facts."""
    standing = []
    for one in document.get("evaluations") or ():
        if one.get("deleted"):
            notes.count(DELETED)
        else:
            standing.append(one)
    if len(standing) > 1:
        notes.count(ALIKE, len(standing))
    scores: list[Score] = []
    for one, end in zip(
        standing, names_apart([one.get("formName") for one in standing]), strict=True
    ):
        status = one.get("evaluationStatus")
        reason = note = None
        if status is not None and status.upper() != "FINISHED":
            reason, note = "not analysed", f"The evaluation has the status {status}"
            notes.count(UNFINISHED)
        for name, key in (
            ("quality score (analytics)", "oTotalScore"),
            ("critical quality score (analytics)", "oTotalCriticalScore"),
        ):
            scores.append(quality(name + end, one.get(key), reason, note))
        if one.get("rescored"):
            notes.count(RESCORED)
        if one.get("calibrationId"):
            notes.count(CALIBRATION)
    facts.update(facts_apart([_evaluation_facts(one) for one in standing]))
    return iter(scores)


def _evaluation_facts(one: Document) -> dict[str, str | float | None]:
    facts: dict[str, str | float | None] = {}
    if one.get("systemSubmitted") is not None or one.get("evaluatorId"):
        facts["evaluator_kind"] = "AI" if one.get("systemSubmitted") else "human"
    if one.get("calibrationId"):
        facts["calibration"] = 1.0
    if form := one.get("formName"):
        facts["evaluation_form"] = form
    return facts
