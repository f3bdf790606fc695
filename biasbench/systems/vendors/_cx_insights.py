"""What the API and the BigQuery export of CX Insights share: roles, scores, scorecards, events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from biasbench.systems import Event, Score
from biasbench.systems.exports import AGENT, CUSTOMER, OTHER, Notes, Remark
from biasbench.systems.vendors._google import number
from biasbench.tables import Direction

#: ConversationParticipant.Role; ANY_AGENT and ROLE_UNSPECIFIED do not say who speaks.
ROLES = {"HUMAN_AGENT": AGENT, "AUTOMATED_AGENT": OTHER, "END_USER": CUSTOMER}

MANUAL = Remark(
    "Quality scores of which it is not told whether a person changed them",
    "Notes de qualité dont il n’est pas dit si une personne les a modifiées",
)

LABELS = Remark(
    "Calls with labels of the user's own: not read, as they may name people",
    "Appels portant des étiquettes propres à l’utilisateur : non lues, car elles peuvent nommer "
    "des personnes",
)
FEEDBACK = Remark(
    "Calls with labels that people gave to calibrate the scorecards: not read",
    "Appels portant des étiquettes posées par des personnes pour étalonner les grilles : non lues",
)
SEVERAL_AGENTS = Remark(
    "Calls with several agents and no one id: no agent is given",
    "Appels à plusieurs agents, sans identifiant unique : aucun agent n’est indiqué",
)

NOT_ANALYSED = ("not analysed", "The conversation was not analysed")
NO_VALUE = ("unset", "The analysis gives no value")

#: Score and magnitude of a sentiment.
Feeling = tuple[float | None, float | None]
NO_FEELING: Feeling = (None, None)

_WHOSE = {AGENT: "agent ", CUSTOMER: "customer ", OTHER: "automated agent ", None: ""}


def scored(
    name: str,
    value: float | None,
    scale: tuple[float | None, float | None],
    direction: Direction,
    why_missing: tuple[str, str] = NO_VALUE,
) -> Score:
    """A score; where it has no value, with the reason."""
    if value is not None:
        return Score(name, value, *scale, direction)
    return Score(name, None, *scale, direction, *why_missing)


def sentiment(
    role: str | None,
    told: Feeling,
    why_missing: tuple[str, str] = NO_VALUE,
) -> tuple[Score, Score]:
    """Sentiment from -1 to 1, and its magnitude, which grows with the length of the text."""
    score, magnitude = told
    whose = _WHOSE[role]
    return (
        scored(f"{whose}sentiment", score, (-1.0, 1.0), "higher is better", why_missing),
        scored(f"{whose}sentiment magnitude", magnitude, (0.0, None), "neither", why_missing),
    )


def scorecards(
    results: Sequence[Mapping[str, Any]], notes: Notes
) -> tuple[tuple[Score, ...], str | None]:
    """The scores of the scorecards, and who gave them: 'human', 'AI', or None if it is not told.

    All numbers are `optional` in the proto: an absent one was never set. `normalizedScore` is
    score / potentialScore; questions that do not apply lower the latter, so that points of two
    calls compare only in that form. It is on 0 to 1 if no weight is negative.
    """
    scores: list[Score] = []
    kinds: set[str | None] = set()
    for result in results:
        card = _card(result)
        scores += _numbers(f"quality: {card}", result)
        sources = result.get("scoreSources") or ()
        for source in sources:
            kind = str(source.get("sourceType") or "unspecified source")
            told = kind.lower().replace("_", " ")
            scores += _numbers(f"quality: {card}, {told}", source)
        answers = result.get("qaAnswers") or ()
        for answer in answers:
            scores.append(_answer(card, answer))
        kinds.add(_evaluator(sources, answers))
    if not kinds:
        return (), None
    if kinds <= {"AI"}:
        return _apart(scores), "AI"
    if "human" in kinds:
        return _apart(scores), "human"
    notes.count(MANUAL)
    return _apart(scores), None


def _apart(scores: Sequence[Score]) -> tuple[Score, ...]:
    """The same scores; of several with one name (two scorecards alike) the later are numbered."""
    seen: Counter[str] = Counter()
    apart = []
    for score in scores:
        seen[score.name] += 1
        again = seen[score.name]
        apart.append(replace(score, name=f"{score.name} [{again}]") if again > 1 else score)
    return tuple(apart)


def _card(result: Mapping[str, Any]) -> str:
    """The scorecard's name, or else its id in '…/qaScorecards/ID/revisions/R'."""
    for key in ("qaScorecardName", "qaScorecardRevision", "qaScorecard", "qaScorecardId"):
        if result.get(key):
            text = str(result[key])
            return text.split("/qaScorecards/", 1)[-1].split("/", 1)[0] if "/" in text else text
    return "scorecard"


def _numbers(name: str, told: Mapping[str, Any]) -> tuple[Score, ...]:
    share = number(told.get("normalizedScore"))
    points = number(told.get("score"))
    return (
        scored(name, share, (0.0, 1.0), "higher is better"),
        scored(f"{name} (points)", points, (None, None), "higher is better"),
        scored(
            f"{name} (points possible)", number(told.get("potentialScore")), (None, None), "neither"
        ),
    )


def _answer(card: str, answer: Mapping[str, Any]) -> Score:
    """One question: the API has an `answerValue`, the export has its fields in the answer."""
    value = answer.get("answerValue") or answer
    question = answer.get("qaQuestion")
    body = answer.get("questionBody") or answer.get("question")
    if isinstance(question, Mapping):
        body = body or question.get("questionBody") or question.get("qaQuestion")
    body = body or question or "question"
    why = ("unset", "The answer has no score")
    share = number(value.get("normalizedScore"))
    if value.get("naValue") or value.get("qaAnswerNaValue"):
        why, share = ("unset", "The question does not apply to this call"), None
    return scored(f"quality: {card}: {body}", share, (0.0, 1.0), "higher is better", why)


def _evaluator(
    sources: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]
) -> str | None:
    """'human' if a person changed an answer; 'AI' if all is system-generated; None if not told.

    INCLUDES_MANUAL_EDITS means "any manual edits if they exist": by itself it does not say that
    there are any. A total that differs from the system's does.
    """
    made = {
        source.get("sourceType")
        for answer in answers
        for source in answer.get("answerSources") or ()
    }
    if "MANUAL_EDIT" in made:
        return "human"
    totals = {source.get("sourceType"): number(source.get("score")) for source in sources}
    if "INCLUDES_MANUAL_EDITS" in totals:
        system = totals.get("SYSTEM_GENERATED_ONLY")
        edited = totals["INCLUDES_MANUAL_EDITS"]
        changed = system is not None and edited is not None and system != edited
        return "human" if changed else "AI" if made == {"SYSTEM_GENERATED"} else None
    return "AI" if "SYSTEM_GENERATED_ONLY" in totals or "SYSTEM_GENERATED" in made else None


def prompt(
    kind: str, start: float | None, feedback: Mapping[str, Any], end: float | None = None
) -> Event:
    """A suggestion of Agent Assist to the agent; what came of it where feedback was sent."""
    found = []
    if feedback:
        found = [
            "displayed" if feedback.get("displayed") else "not displayed",
            "clicked" if feedback.get("clicked") else "not clicked",
        ]
    return Event(
        "prompt",
        kind,
        start,
        end,
        target_role=AGENT,
        rule="Agent Assist",
        found=", ".join(found) or None,
    )


def silence_scores(
    lasts: float | None, share: float | None, missing: tuple[str, str]
) -> tuple[Score, Score]:
    """How long nobody spoke, and its share of the call."""
    return (
        voice(scored("silence (s)", lasts, (0.0, None), "neither", missing)),
        voice(scored("silence share (percent)", share, (0.0, 100.0), "neither", missing)),
    )


def voice(score: Score) -> Score:
    """The same score, made from sound."""
    return replace(score, modality="voice")


def last_part(name: str | None) -> str | None:
    """The id at the end of a resource name."""
    return (name.rsplit("/", 1)[-1] or None) if name else None


def one_agent(
    agent_id: str | None, agents: Sequence[Mapping[str, Any]], notes: Notes
) -> str | None:
    """The conversation's own agent, or else the one person among its agents."""
    if agent_id:
        return str(agent_id)
    people = {
        str(one["agentId"])
        for one in agents
        if one.get("agentId") and one.get("agentType", "HUMAN_AGENT") == "HUMAN_AGENT"
    }
    if len(people) > 1:
        notes.count(SEVERAL_AGENTS)
    return people.pop() if len(people) == 1 else None


def facts(
    agents: Sequence[Mapping[str, Any]],
    told: Mapping[str, Any],
    waited: float | None,
    evaluator: str | None,
) -> dict[str, str | float | None]:
    """Columns of the call; those of the agents where all of them have the same."""
    columns: dict[str, str | float | None] = {}
    for name, keys in (
        ("team", ("team", "agentTeam")),
        ("site", ("location",)),
        ("disposition_code", ("dispositionCode",)),
    ):
        values = {one[key] for one in agents for key in keys if one.get(key)}
        if len(values) == 1:
            columns[name] = str(values.pop())
    if told.get("medium"):
        columns["medium"] = told["medium"]
    if told.get("turnCount") is not None:
        columns["turns"] = number(told["turnCount"])
    if waited is not None:
        columns["wait_seconds"] = waited
    if evaluator:
        columns["evaluator_kind"] = evaluator
    return columns


def issue_name(issue: Mapping[str, Any]) -> str:
    """What a topic is called."""
    return str(
        issue.get("displayName") or last_part(issue.get("issue")) or issue.get("name") or "issue"
    )


def likelihood(issue: Mapping[str, Any]) -> str | None:
    """How sure the topic model is, from 0 to 1, in words."""
    score = number(issue.get("score"))
    return None if score is None else f"likelihood {score:g}"
