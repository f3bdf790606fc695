"""What Amazon Transcribe Call Analytics and Amazon Connect Contact Lens say in the same words.

Documented in the Amazon Transcribe developer guide (call-analytics-batch, tca-output-batch) and the
Amazon Connect administrator guide (contact-lens-example-output-files). Times are milliseconds. What
a reader of these files must know:

- Sentiment is a label for each turn and a number from -5 to 5 for each participant, over the call
  and over its quarters. The quarters of a participant divide the time until that participant's own
  last word, so that those of agent and customer are not the same stretches of the call.
- `InterruptionsByInterrupter` has no key for who never interrupted: that is 0 interruptions, where
  `TotalCount` agrees. In every other section an absent participant is one without a value.
- Words per minute are counted from the words that the recogniser wrote: words that it missed or
  made up move them.
- A category that matched without any point of interest holds for the call as a whole, as a rule on
  something that was not said does.
- Loudness is one number from 0 to 100 for each second of a turn, some of them null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from biasbench.systems import Event, Modality, Score
from biasbench.systems.exports import AGENT, CUSTOMER, OTHER, Notes, Remark
from biasbench.systems.vendors._recognisers import SENTIMENTS, label_scores
from biasbench.tables.columns import Direction

WORDS_OF_THE_RECOGNISER = Remark(
    "words per minute are counted by Amazon from the words that its recogniser wrote: words missed "
    "or made up move them",
    "les mots par minute sont comptés par Amazon sur les mots écrits par sa reconnaissance\u00a0: "
    "les mots omis ou inventés les déplacent",
)
OWN_QUARTERS = Remark(
    "the quarters of a participant's sentiment divide the time until that participant's last word, "
    "not the call",
    "les quarts du sentiment d’un participant divisent le temps jusqu’à son dernier mot, et non "
    "l’appel",
)
MEAN_LOUDNESS = Remark(
    "the loudness of an utterance is the mean of Amazon's values for its seconds, without nulls",
    "le volume d’un énoncé est la moyenne des valeurs d’Amazon pour ses secondes\u00a0; les "
    "valeurs nulles (null) sont omises",
)
REDACTED = Remark(
    "redacted words: their confidence is that of the redaction, so they have none as words",
    "mots caviardés\u00a0: leur confiance est celle du caviardage, ils n’en ont donc pas comme "
    "mots",
)
LOUDNESS_NULL = Remark(
    "seconds without a loudness (null), left out of the mean",
    "secondes sans volume (null), omises de la moyenne",
)
LOUDNESS_ZERO = Remark(
    "seconds with a loudness of 0, kept in the mean",
    "secondes d’un volume de 0, gardées dans la moyenne",
)
SPACED_CATEGORY = Remark(
    "category names with a space before or after, which was taken off",
    "noms de catégorie précédés ou suivis d’une espace, qui a été retirée",
)
UNDETAILED_CATEGORY = Remark(
    "matched categories without details: when they matched is not known",
    "catégories reconnues sans détails\u00a0: le moment n’en est pas connu",
)
NOT_FOUR_QUARTERS = Remark(
    "participants whose sentiment by quarter does not have four values; those are left missing",
    "participants dont le sentiment par quart n’a pas quatre valeurs\u00a0; elles restent "
    "manquantes",
)
UNLISTED_INTERRUPTIONS = Remark(
    "calls whose total of interruptions is not what is listed; the counts are left missing",
    "appels dont le total d’interruptions n’est pas celui de la liste\u00a0; les nombres restent "
    "manquants",
)

LABELS: Mapping[str, Direction] = {**SENTIMENTS, "mixed": "neither"}

#: The participants' roles that Amazon defines; every other word is a speaker without a role.
_ROLES = {
    "agent": AGENT,
    "customer": CUSTOMER,
    "supervisor": OTHER,
    "system": OTHER,
    "custom_bot": OTHER,
}

_INTERRUPTERS: tuple[tuple[str, Direction], ...] = (
    (AGENT, "higher is worse"),
    (CUSTOMER, "neither"),
)
_QUARTERS = ("first", "second", "third", "fourth")


def role_of(word: str | None) -> str | None:
    """The role that the word means, in capitals or not.

    >>> role_of("AGENT"), role_of("SYSTEM"), role_of("spk_0")
    ('agent', 'other', None)
    """
    return None if word is None else _ROLES.get(word.lower())


def sentiment_scores(label: str | None, notes: Notes) -> tuple[Score, ...]:
    """One score of 0 or 1 for each of Amazon's labels of a turn."""
    return label_scores("sentiment", LABELS, () if label is None else (label.lower(),), notes)


def loudness_score(values: Sequence[float | None] | None, notes: Notes) -> Score:
    """The mean loudness of a turn over its seconds, without those that have none."""
    known = [value for value in values or () if value is not None]
    mean = sum(known) / len(known) if known else None
    reason = note = None
    if values is None:
        reason, note = "not analysed", "The turn has no loudness."
    elif not known:
        reason, note = "unset", f"None of the {len(values)} seconds of the turn has a loudness."
    if values is not None:
        notes.count(LOUDNESS_NULL, len(values) - len(known))
        notes.count(LOUDNESS_ZERO, known.count(0))
    return Score("loudness (0 to 100)", mean, 0.0, 100.0, "neither", reason, note, modality="voice")


def call_scores(found: Mapping[str, Any], notes: Notes) -> tuple[Score, ...]:
    """What `ConversationCharacteristics` says of the call: always the same scores in that order."""
    return tuple(_call_scores(found, notes))


def _call_scores(found: Mapping[str, Any], notes: Notes) -> Iterator[Score]:
    sentiment = found.get("Sentiment") or {}
    overall = _by_role(sentiment.get("OverallSentiment"))
    quarters = _by_role((sentiment.get("SentimentByPeriod") or {}).get("QUARTER"))
    speed = _by_role((found.get("TalkSpeed") or {}).get("DetailsByParticipant"))
    talk = _by_role((found.get("TalkTime") or {}).get("DetailsByParticipant"))
    for role in (AGENT, CUSTOMER):
        yield _score(f"{role} sentiment", overall, role, 1.0, -5.0, 5.0, "higher is better", "text")
        yield from _quarters(quarters, role, notes)
        yield _score(
            f"{role} speech rate (words per minute)", _each(speed, "AverageWordsPerMinute"), role,
            1.0, 0.0, None, "neither", "mixed",
        )  # fmt: skip
        yield _score(
            f"{role} talk time (s)", _each(talk, "TotalTimeMillis"), role,
            1e3, 0.0, None, "neither", "voice",
        )  # fmt: skip
    yield from _interruption_scores(found.get("Interruptions"), notes)
    silence = found.get("NonTalkTime")
    whole = None if silence is None else {"call": silence["TotalTimeMillis"]}
    yield _score("non-talk time (s)", whole, "call", 1e3, 0.0, None, "neither", "voice")


def _quarters(quarters: Mapping[str, Any] | None, role: str, notes: Notes) -> Iterator[Score]:
    listed = None if quarters is None else quarters.get(role)
    if listed is not None and len(listed) != len(_QUARTERS):
        notes.count(NOT_FOUR_QUARTERS)
        note = f"{len(listed)} values are listed for four quarters, so which is which is not known."
        for name in _QUARTERS:
            yield Score(
                f"{role} sentiment, {name} quarter", None, -5.0, 5.0, "higher is better",
                "unset", note, modality="text",
            )  # fmt: skip
        return
    for place, name in enumerate(_QUARTERS):
        one = quarters if listed is None else {role: listed[place]["Score"]}
        yield _score(
            f"{role} sentiment, {name} quarter", one, role, 1.0, -5.0, 5.0, "higher is better",
            "text",
        )  # fmt: skip


def _interruption_scores(found: Mapping[str, Any] | None, notes: Notes) -> Iterator[Score]:
    listed = None if found is None else _by_role(found.get("InterruptionsByInterrupter"))
    total = None if found is None else found.get("TotalCount")
    n_listed = sum(map(len, listed.values())) if listed else 0
    reason = note = None
    if listed is None:
        reason, note = "not exported", "The export has no list of interruptions."
    elif total is not None and total != n_listed:
        notes.count(UNLISTED_INTERRUPTIONS)
        reason = "unset"
        note = f"The call has {total} interruptions, of which {n_listed} are listed."
    for role, direction in _INTERRUPTERS:
        # no key for a participant is none by that participant: Amazon leaves out what is empty
        count = None if listed is None or reason else float(len(listed.get(role, ())))
        yield Score(
            f"{role} interruptions (count)", count, 0.0, None, direction, reason, note,
            modality="voice",
        )  # fmt: skip


def call_events(document: Mapping[str, Any], notes: Notes) -> tuple[Event, ...]:
    """Non-talk time, interruptions and categories of the call, each in the order of the export."""
    found = document.get("ConversationCharacteristics") or {}
    events = [
        Event("silence", "non-talk time", *_span(one), rule="non-talk time")
        for one in (found.get("NonTalkTime") or {}).get("Instances") or ()
    ]
    interruptions = (found.get("Interruptions") or {}).get("InterruptionsByInterrupter") or {}
    events += [
        Event("overtalk", "interruption", *_span(one), role_of(who), "interruption")
        for who, instances in interruptions.items()
        for one in instances
    ]
    return (*events, *_categories(document.get("Categories") or {}, notes))


def _categories(found: Mapping[str, Any], notes: Notes) -> Iterator[Event]:
    details = {name.strip(): detail for name, detail in (found.get("MatchedDetails") or {}).items()}
    names = [*(found.get("MatchedCategories") or ()), *(found.get("MatchedDetails") or ())]
    for name in dict.fromkeys(name.strip() for name in names):
        detail = details.get(name)
        if detail is None:
            notes.count(UNDETAILED_CATEGORY)
            yield Event("category", name)
            continue
        points = detail["PointsOfInterest"]
        if not points:
            yield Event("category", name, rule="absence")
        for point in points:
            yield Event("category", name, *_span(point), rule="point of interest")
    notes.count(SPACED_CATEGORY, len({name for name in names if name != name.strip()}))


def _span(found: Mapping[str, Any]) -> tuple[float, float]:
    return found["BeginOffsetMillis"] / 1e3, found["EndOffsetMillis"] / 1e3


def _by_role(section: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The section by 'agent' and 'customer'; None where the export does not have it."""
    return None if section is None else {who.lower(): value for who, value in section.items()}


def _each(section: Mapping[str, Any] | None, key: str) -> Mapping[str, Any] | None:
    return None if section is None else {role: found[key] for role, found in section.items()}


def _score(
    name: str,
    section: Mapping[str, Any] | None,
    role: str,
    divisor: float,
    low: float,
    high: float | None,
    direction: Direction,
    modality: Modality,
) -> Score:
    value = None if section is None else section.get(role)
    reason = note = None
    if section is None:
        reason, note = "not exported", "The export has no section that holds it."
    elif value is None:
        reason, note = "not analysed", f"The section says nothing of the {role}."
    scaled = None if value is None else value / divisor
    return Score(name, scaled, low, high, direction, reason, note, modality=modality)
