"""Genesys Cloud evaluations: groups, questions and the AI's answers; how a call was chosen.

A question's score is unweighted, and what an answer is worth stands in the form, which comes along
only where the export was asked for it: otherwise questions bear their ids and no highest score.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from biasbench.systems import Score
from biasbench.systems.exports import Notes, Remark
from biasbench.systems.vendors._genesys import Document

NO_SOURCE = Remark(
    "evaluations that do not say how their call was chosen",
    "évaluations qui ne disent pas comment leur appel a été choisi",
)
AI_FAILED = Remark(
    "evaluations in which AI scoring failed, see the fact 'ai_scoring_failure'",
    "évaluations dont la notation par IA a échoué, voir « ai_scoring_failure »",
)


def question_scores(
    answers: Document, form: Document, reason: str | None, note: str | None
) -> Iterator[Score]:
    """Groups and questions, with what the AI suggested where the form says what that is worth."""
    if reason is not None:
        return
    names, worths = _form(form)
    for group in answers.get("questionGroupScores") or ():
        label = f"question group: {names.get(group['questionGroupId'], group['questionGroupId'])}"
        yield _scored(label, group, group.get("totalScore"), group.get("maxTotalScore"))
        for question in group.get("questionScores") or ():
            key = question["questionId"]
            label, worth = f"question: {names.get(key, key)}", worths.get(key, {})
            top = max(worth.values(), default=None)
            yield _scored(label, question, question.get("score"), top)
            suggested = (question.get("aiAnswer") or {}).get("answerId")
            if suggested in worth:
                yield Score(
                    f"{label}, as the AI suggested",
                    float(worth[suggested]),
                    0.0,
                    top,
                    "higher is better",
                    modality="text",
                )


def _scored(name: str, one: Document, value: float | None, top: float | None) -> Score:
    highest = None if top is None else float(top)
    if one.get("markedNA"):
        note = "The evaluator, or a condition of the form, marked it as not applicable"
        return Score(name, None, 0.0, highest, "higher is better", "not analysed", note)
    if value is None:
        note = "The question has no score"
        return Score(name, None, 0.0, highest, "higher is better", "not exported", note)
    return Score(name, float(value), 0.0, highest, "higher is better")


def _form(form: Document) -> tuple[dict[str, str], dict[str, dict[str, float]]]:
    """The texts of groups and questions, and what each answer is worth; empty if only named."""
    names: dict[str, str] = {}
    worths: dict[str, dict[str, float]] = {}
    for group in form.get("questionGroups") or ():
        names[group["id"]] = group.get("name") or group["id"]
        for question in group.get("questions") or ():
            names[question["id"]] = question.get("text") or question["id"]
            worths[question["id"]] = {
                option["id"]: option["value"]
                for option in question.get("answerOptions") or ()
                if option.get("value") is not None
            }
    return names, worths


def evaluation_facts(
    document: Document, questions: Sequence[Document], notes: Notes
) -> dict[str, str | float | None]:
    """How the call was chosen, who or what judged, and what became of the evaluation."""
    facts = _selection(document, notes)
    if form := (document.get("evaluationForm") or {}).get("name"):
        facts["evaluation_form"] = form
    if status := document.get("status"):
        facts["evaluation_status"] = status
    facts.update(_judge(document, questions, notes))
    for name, key in (
        ("disputes", "disputeCount"),
        ("rescored", "rescore"),
        ("agent_has_read", "agentHasRead"),
    ):
        if document.get(key) is not None:
            facts[name] = float(document[key])
    if document.get("calibration"):
        facts["calibration"] = 1.0
    if team := (document.get("agentTeam") or {}).get("id"):
        facts["team"] = team
    return facts


def _selection(document: Document, notes: Notes) -> dict[str, str | float | None]:
    """The fact `selection_source`; a policy's or program's name, never a person's."""
    facts: dict[str, str | float | None] = {}
    source = document.get("evaluationSource") or {}
    kind = source.get("type")
    if kind is None:
        notes.count(NO_SOURCE)
    else:
        facts["selection_source"] = kind
        if kind.lower() in ("policy", "program") and source.get("name"):
            facts["selection_policy"] = source["name"]
    return facts


def _judge(
    document: Document, questions: Sequence[Document], notes: Notes
) -> dict[str, str | float | None]:
    """Who or what judged, and how many of the AI's answers stand."""
    facts: dict[str, str | float | None] = {}
    suggested = [one for one in questions if (one.get("aiAnswer") or {}).get("answerId")]
    if suggested:
        facts["ai_answers"] = float(len(suggested))
        facts["ai_answers_kept"] = float(
            sum(one["aiAnswer"]["answerId"] == one.get("answerId") for one in suggested)
        )
    assisted = sum(bool(one.get("assistedAnswerId")) for one in questions)
    if assisted:
        facts["assisted_answers"] = float(assisted)
    scoring = document.get("aiScoring") or {}
    if failure := scoring.get("failureType"):
        facts["ai_scoring_failure"] = failure
        notes.count(AI_FAILED)
    facts["evaluator_kind"] = _evaluator(document, bool(suggested))
    return facts


def _evaluator(document: Document, suggested: bool) -> str | None:
    """Who judged, as far as the document says."""
    if document.get("systemSubmitted"):
        return "AI"
    if (document.get("evaluator") or {}).get("id"):
        return "human"
    return "AI" if suggested else None
