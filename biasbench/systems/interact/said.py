"""Said: what is made of the phrases found, or not found, in the agent's words."""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.systems import Event, Trace
from biasbench.systems.interact.heard import AGENT, Heard
from biasbench.systems.interact.parts import Breach, Part, floored, lost
from biasbench.systems.interact.rules import FULL, Avoid, Say
from biasbench.systems.interact.spans import Span
from biasbench.systems.interact.wording import quoted, say
from biasbench.systems.phrases import Hit

#: The list of what only looks like a listed phrase: found, so that nothing else is, and not shown.
IGNORED = "ignored"

_Times = tuple[float, float] | tuple[None, None]


def politeness(hits: Sequence[Hit], heard: Heard, rules: Sequence[Say]) -> Part:
    """Points for what was said often enough, and in time."""
    trace, breaches = [], []
    for rule in rules:
        if rule.only_if is not None and not any(hit.category == rule.only_if for hit in hits):
            trace.append(Trace(rule.key, say("not called for", rule.only_if), rule.points))
            continue
        within = rule.within if heard.is_timed else None
        counted = [
            hit
            for hit in hits
            if hit.category == rule.category
            and (within is None or heard.spans[hit.first][0] < within)
        ]
        found = _found(counted, rule, within)
        if len(counted) >= rule.at_least:
            start, end = times(heard, counted[0].first, counted[rule.at_least - 1].last)
            trace.append(Trace(rule.key, found, rule.points, start, end))
            continue
        trace.append(Trace(rule.key, found, 0.0))
        at = heard.seconds if heard.is_timed else None
        if at is not None and within is not None:
            at = min(at, within)
        breaches.append(Breach(rule.key, at, found))
    return Part(tuple(trace), tuple(breaches))


def tone(hits: Sequence[Hit], heard: Heard, rules: Sequence[Avoid]) -> Part:
    """100 less what was lost for words to be avoided."""
    trace = [Trace("tone", say("start"), FULL)]
    breaches = []
    for rule in rules:
        found = [hit for hit in hits if hit.category == rule.category]
        if not found:
            trace.append(Trace(rule.key, say("none said"), 0.0))
        gone = 0.0
        for number, hit in enumerate(found, start=1):
            start, end = times(heard, hit.first, hit.last)
            words = quoted((hit.words,))
            if number <= rule.tolerated:
                trace.append(Trace(rule.key, say("tolerated", words), 0.0, start, end))
                continue
            points = lost(rule.each, rule.at_most, gone)
            gone += points
            shown = words if points == rule.each else say("capped", words, rule.at_most)
            trace.append(Trace(rule.key, shown, -points + 0.0, start, end))
            so_far = quoted(one.words for one in found[:number])
            if rule.tolerated:
                so_far = say("beyond", number, rule.tolerated, so_far)
            breaches.append(Breach(rule.key, end, so_far))
    return Part(floored("tone", trace), tuple(breaches))


def categories(hits: Sequence[Hit], heard: Heard, language: str) -> list[Event]:
    """The phrases found, as events."""
    return [
        Event(
            kind="category",
            label=hit.category,
            start=start,
            end=end,
            target_role=AGENT,
            rule=f"phrases.{language}.{hit.category}",
            found=hit.words,
        )
        for hit in hits
        if hit.category != IGNORED
        for start, end in (times(heard, hit.first, hit.last),)
    ]


def times(heard: Heard, first: int, last: int) -> _Times:
    """When those words begin and end; None, None where no word has times."""
    if not heard.is_timed:
        return None, None
    return _ordered((heard.spans[first][0], heard.spans[last][1]))


def _ordered(span: Span) -> Span:
    # a recogniser may give words out of order: an event does not end before it starts
    return span if span[0] <= span[1] else (span[1], span[0])


def _found(counted: Sequence[Hit], rule: Say, within: float | None) -> str:
    words = quoted(hit.words for hit in counted)
    if within is None:
        if counted:
            return say("said", len(counted), rule.at_least, words)
        return say("not said", 0, rule.at_least)
    if counted:
        return say("said in time", len(counted), rule.at_least, within, words)
    return say("not said in time", 0, rule.at_least, within)
