"""A row of the BigQuery export of CX Insights. See `google_cx_insights`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from biasbench.systems import Event, Score, Word
from biasbench.systems.exports import AGENT, CUSTOMER, Notes, Remark, Said, ToldCall
from biasbench.systems.times import from_epoch
from biasbench.systems.vendors import _cx_insights as cx
from biasbench.systems.vendors._google import number

LOOSE_WORDS = Remark(
    "Words that start in no sentence of their speaker: left out",
    "Mots ne commençant dans aucune phrase de leur locuteur : laissés de côté",
)


def row_call(row: Mapping[str, Any], notes: Notes) -> ToldCall:
    """The call that a row tells of."""
    missing = cx.NO_VALUE if row.get("analysisTimestampUtc") else cx.NOT_ANALYSED
    began = number(row.get("startTimestampUtc"))
    sentences = row.get("sentences") or ()
    words = _words_by_sentence(row.get("words") or (), sentences, notes)
    scored = any(sentence.get("sentimentScore") is not None for sentence in sentences)
    said = []
    events: list[Event] = []
    for at, sentence in enumerate(sentences):
        named = sentence.get("participantRole")
        role = cx.ROLES.get(named) if named else None
        start = _nanos(sentence.get("startOffsetNanos"))
        end = _nanos(sentence.get("endOffsetNanos"))
        tag = number(sentence.get("speakerTag"))
        scores: tuple[Score, ...] = ()
        if scored:
            scores = cx.sentiment(role, _pair(sentence, "sentiment"))
        said.append(
            Said(
                text=sentence.get("sentence") or "",
                start=start,
                end=end,
                speaker=str(int(tag)) if tag else named,
                role=role,
                words=words.get(at, ()),
                scores=scores,
            )
        )
        for key, rule in (("phraseMatchData", "phrase matcher"), ("intentMatchData", "intent")):
            for match in sentence.get(key) or ():
                name = match.get("displayName") or match.get("phraseMatcherId") or rule
                events.append(Event("category", str(name), start, end, role, rule=rule))
        for suggestion in sentence.get("annotations") or ():
            kind = str(suggestion.get("type") or "suggestion")
            if "DIALOGFLOW" in kind.upper():  # said to the customer by a machine
                continue
            made = number(suggestion.get("createTimeNanos"))
            shown = None if made is None or began is None else round(made * 1e-9 - began, 3)
            told = {key: suggestion.get(key) for key in ("displayed", "clicked")}
            known = any(value is not None for value in told.values())
            events.append(cx.prompt(kind, shown, told if known else {}))
    for issue in row.get("issues") or ():
        events.append(
            Event("category", cx.issue_name(issue), rule="issue model", found=cx.likelihood(issue))
        )
    scores_of_call = [
        *cx.sentiment(AGENT, _pair(row, "agentSentiment"), missing),
        *cx.sentiment(CUSTOMER, _pair(row, "clientSentiment"), missing),
        *cx.silence_scores(
            _nanos(row.get("silenceNanos")), number(row.get("silencePercentage")), missing
        ),
    ]
    for whose, key in (
        ("agent", "agentSpeakingPercentage"),
        ("customer", "clientSpeakingPercentage"),
    ):
        share = number(row.get(key))
        name = f"{whose} talk share (percent)"
        scores_of_call.append(cx.voice(cx.scored(name, share, (0.0, 100.0), "neither", missing)))
    cards, evaluator = cx.scorecards(row.get("qaScorecardResults") or (), notes)
    agents = row.get("agents") or ()
    notes.count(cx.LABELS, 1 if row.get("labels") else 0)
    notes.count(cx.FEEDBACK, 1 if row.get("feedbackLabels") else 0)
    said.sort(key=lambda one: (one.start is None, one.start or 0.0))
    return ToldCall(
        cx.last_part(row["conversationName"]),
        tuple(said),
        (*scores_of_call, *cards),
        tuple(events),
        agent=cx.one_agent(row.get("agentId"), agents, notes),
        started=None if began is None else from_epoch(began, "s"),
        seconds=_nanos(row.get("durationNanos")),
        language=row.get("languageCode") or None,
        facts=cx.facts(agents, row, None, evaluator),
    )


def _pair(row: Mapping[str, Any], whose: str) -> cx.Feeling:
    return number(row.get(f"{whose}Score")), number(row.get(f"{whose}Magnitude"))


def _nanos(value: Any) -> float | None:  # noqa: ANN401 - a number, or one as text
    return None if value is None else round(int(value) * 1e-9, 9)


def _words_by_sentence(
    items: Sequence[Mapping[str, Any]], sentences: Sequence[Mapping[str, Any]], notes: Notes
) -> dict[int, tuple[Word, ...]]:
    """The words of each sentence, by the sentence's place in the row."""
    spoken: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for at, sentence in enumerate(sentences):
        start, end = sentence.get("startOffsetNanos"), sentence.get("endOffsetNanos")
        if start is not None and end is not None:
            spoken[int(sentence.get("speakerTag") or 0)].append((int(start), int(end), at))
    for mine in spoken.values():
        mine.sort()
    words: dict[int, list[Word]] = defaultdict(list)
    reached: dict[int, int] = defaultdict(int)
    loose = 0
    for item in sorted(items, key=lambda one: int(one.get("startOffsetNanos") or 0)):
        tag, start = int(item.get("speakerTag") or 0), item.get("startOffsetNanos")
        mine = spoken.get(tag, [])
        begins = -1 if start is None else int(start)
        while reached[tag] < len(mine) and mine[reached[tag]][1] <= begins:
            reached[tag] += 1
        if reached[tag] >= len(mine) or begins < mine[reached[tag]][0]:
            loose += 1
            continue
        end = _nanos(item.get("endOffsetNanos"))
        words[mine[reached[tag]][2]].append(Word(item["word"], _nanos(start), end))
    notes.count(LOOSE_WORDS, loose)
    return {at: tuple(mine) for at, mine in words.items()}
