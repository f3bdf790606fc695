"""Genesys Cloud quality evaluations: the scores, how the call was chosen, and who or what judged.

The model Evaluation of the API (GET /api/v2/quality/...), documented in Genesys' SDKs; the page
{"entities": [...]} too. What is easily misread:

- Totals exist for a status other than FINISHED; they are not taken. `redacted` means that whoever
  exported it was not allowed to see it.
- `evaluationSource.type` (Policy, User, Program, Unknown) says how the call came to be evaluated:
  the fact `selection_source`. The name is kept for a policy or a program; for User it is a
  person's, and is not.
- `aiAnswer` is what the AI suggested for a question, beside the answer that counts. The facts
  `ai_answers` and `ai_answers_kept` count them, and where the form comes with the evaluation the
  value of the suggestion is a score of its own.
- `evaluator_kind` is "AI" where the system submitted the evaluation (`systemSubmitted`) or where
  nobody evaluated and an AI answered; "human" where the evaluator is named.
- Several evaluations of one call: the scores' names get the form's name, a number where that is
  the same, and the facts of the second end in '_2'. This takes files that are read together: those
  whose path speaks of evaluations or quality are.

ASSUMED: totals are in 0 to 100; a topic's `startTimeMilliseconds` counts from the start of the
conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from biasbench.errors import TableError
from biasbench.systems import Event, Score
from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
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
from biasbench.systems.vendors._genesys_form import evaluation_facts, question_scores

FORMAT = Format(
    title="Genesys Cloud evaluation",
    status="documented",
    gives=("evaluations", "selection", "scores", "agents", "call start", "categories"),
    source="developer.genesys.cloud (Evaluation)",
    modality="unknown",
    tier="T1",
    assumes=(
        Remark(
            "total scores of evaluations are in 0 to 100",
            "les notes totales des évaluations vont de 0 à 100",
        ),
        Remark(
            "times of topics in evaluations count from the start of the conversation",
            "les temps des sujets dans les évaluations partent du début de la conversation",
        ),
    ),
)

DISPUTED = Remark(
    "evaluations that the agent disputed",
    "évaluations contestées par l’agent",
)
HIDDEN = Remark(
    "evaluations that whoever exported them was not allowed to see: their scores are missing",
    "évaluations que l’auteur de l’export n’avait pas le droit de voir : leurs notes sont "
    "manquantes",
)
#: A topic that starts later than this, some three years into a call, has another clock.
_TOO_LATE = 1e8
_TOGETHER = re.compile(r"evaluation|quality|[ée]valuation|qualit[ée]", re.IGNORECASE)


class _Told(NamedTuple):
    """One evaluation, before its names are told apart from others of the same call."""

    form: str | None
    agent: str | None
    started: str | None
    scores: tuple[Score, ...]
    events: tuple[Event, ...]
    facts: dict[str, str | float | None]


def is_evaluation(document: Document) -> bool:
    """Whether the document is an evaluation as the quality API gives it."""
    return isinstance(document.get("conversation"), dict) and (
        "evaluationForm" in document or ("answers" in document and "evaluator" in document)
    )


def recognises(file: ExportFile) -> bool:
    """Evaluations of conversations, with their form or with answers and evaluator."""
    return looks_like(file, is_evaluation)


def part_of(name: str) -> str:
    """Files whose path speaks of evaluations are read together, others one by one.

    >>> part_of("qa/evaluation-1.json"), part_of("qa/evaluation-2.json"), part_of("1.json")
    ('evaluations', 'evaluations', '1.json')
    """
    return "evaluations" if _TOGETHER.search(name) else name


def read(files: Sequence[ExportFile], notes: Notes) -> Iterator[ToldCall]:
    """One call for each conversation, with every evaluation of it in these files."""
    calls: dict[str, list[_Told]] = {}
    for file in files:
        for document in documents(file, is_evaluation):
            call = document["conversation"]["id"]
            calls.setdefault(call, []).append(_told(document, file.name, notes))
    for call, told in calls.items():
        yield _together(call, told, notes)


def _together(call: str, told: Sequence[_Told], notes: Notes) -> ToldCall:
    """The evaluations of one call: their names told apart, their agent if it is one."""
    if len(told) > 1:
        notes.count(ALIKE, len(told))
    scores = [
        score if not end else _named(score, end)
        for one, end in zip(told, names_apart([one.form for one in told]), strict=True)
        for score in one.scores
    ]
    agents = {one.agent: None for one in told if one.agent is not None}
    facts = facts_apart([one.facts for one in told])
    if len(agents) > 1:
        notes.count(SEVERAL_AGENTS)
        for number, one in enumerate(told, start=1):
            facts[f"evaluated_agent_{number}"] = one.agent
    return ToldCall(
        call_id=call,
        scores=tuple(scores),
        # A topic that every evaluation of the call repeats is one topic.
        events=tuple(dict.fromkeys(event for one in told for event in one.events)),
        agent=next(iter(agents)) if len(agents) == 1 else None,
        started=next((one.started for one in told if one.started), None),
        facts=facts,
    )


def _named(score: Score, end: str) -> Score:
    return Score(
        score.name + end,
        score.value,
        score.scale_min,
        score.scale_max,
        score.direction,
        score.missing_reason,
        score.note,
        modality=score.modality,
    )


def _told(document: Document, name: str, notes: Notes) -> _Told:
    answers = document.get("answers") or {}
    form = document.get("evaluationForm") or {}
    reason, note = _why_missing(document, notes)
    if document.get("rescore"):
        notes.count(RESCORED)
    if document.get("calibration"):
        notes.count(CALIBRATION)
    if document.get("disputeCount"):
        notes.count(DISPUTED)
    questions = [
        question
        for group in answers.get("questionGroupScores") or ()
        for question in group.get("questionScores") or ()
    ]
    scores = [
        quality("quality score", answers.get("totalScore"), reason, note),
        quality("critical quality score", answers.get("totalCriticalScore"), reason, note),
        quality("non-critical quality score", answers.get("totalNonCriticalScore"), reason, note),
        _fatal(answers.get("anyFailedKillQuestions"), reason, note),
        *question_scores(answers, form, reason, note),
    ]
    return _Told(
        form=form.get("name"),
        agent=(document.get("agent") or {}).get("id"),
        started=document.get("conversationDate"),
        scores=tuple(scores),
        events=tuple(_topics(answers, name)),
        facts=evaluation_facts(document, questions, notes),
    )


def _why_missing(document: Document, notes: Notes) -> tuple[str | None, str | None]:
    """Why an evaluation has no scores to take, in a reason and a sentence; None, None if it has."""
    if document.get("redacted"):
        notes.count(HIDDEN)
        return "redacted", "Whoever exported the evaluation was not allowed to see it"
    status = document.get("status")
    if status is not None and status.upper() != "FINISHED":
        notes.count(UNFINISHED)
        return "not analysed", f"The evaluation has the status {status}"
    return None, None


def _fatal(value: bool | None, reason: str | None, note: str | None) -> Score:
    """Whether a fatal question was failed, as 1 or 0."""
    name = "failed a fatal question"
    if reason is not None or value is None:
        why, told = reason or "not exported", note or "The evaluation does not say"
        return Score(name, None, 0.0, 1.0, "higher is worse", why, told)
    return Score(name, float(value), 0.0, 1.0, "higher is worse")


def _topics(answers: Document, name: str) -> Iterator[Event]:
    for topic in answers.get("transcriptTopics") or ():
        at = topic.get("startTimeMilliseconds")
        length = (topic.get("duration") or {}).get("totalMilliseconds")
        start = None if at is None else round(at * MS, 6)
        if start is not None and start > _TOO_LATE:
            raise TableError(
                f"{name}: a topic has startTimeMilliseconds {at}, which is no time within a call. "
                "Leave transcriptTopics out of the file"
            )
        confidence = topic.get("confidence")
        yield Event(
            "category",
            topic.get("name") or topic["id"],
            start,
            None if at is None or length is None else round((at + length) * MS, 6),
            None,
            f"topic {topic.get('id')}",
            None if confidence is None else f"confidence {confidence:g} of 100",
        )
