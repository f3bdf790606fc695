"""Scoring: the scores and events of one call, by some rules.

| score | scale | what it is |
|---|---|---|
| quality | 0–100 | mean of the four below, by the weights of the rules |
| politeness | 0–100 | points for what was said |
| pace | 0–100 | 100 less points for passages too fast or too slow |
| silence | 0–100 | 100 less points for long silences and for their share |
| tone | 0–100 | 100 less points for words to be avoided |
| words_per_minute | 1/min | of the agent, over the whole call |
| longest_gap_s | s | the longest silence |
| silence_share | share | part of the call that is silence |

A call without a transcript, in a language that the rules do not read, or with nothing of the agent
transcribed has none of them, and no events: what was not heard cannot be said to be absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from biasbench.systems import Call, Event, Reading, Score, Trace
from biasbench.systems.interact.heard import AGENT, Heard, hear
from biasbench.systems.interact.pace import Stretch, pace, whole_call
from biasbench.systems.interact.parts import Breach, Part, Untold
from biasbench.systems.interact.rules import FULL, SUBSCORES, Prompt, Rules, Subscore
from biasbench.systems.interact.said import categories, politeness, tone
from biasbench.systems.interact.silences import (
    Silences,
    events,
    find_silences,
    seconds,
    silence,
)
from biasbench.systems.interact.wording import say
from biasbench.systems.phrases import find_phrases
from biasbench.tables import Direction

_Parts = Mapping[Subscore, Part | Untold]


def score_call(call: Call, rules: Rules) -> Reading:
    """The eight scores of the module's table, always all and in that order, and the events.

    >>> from biasbench.systems import Transcript
    >>> from biasbench.systems.interact import read_rules
    >>> call = Call(transcript=Transcript("Thank you. Goodbye!"), language="en")
    >>> reading = score_call(call, read_rules())
    >>> [(score.name, score.value) for score in reading.scores[:3]]
    [('quality', None), ('politeness', 60.0), ('pace', None)]
    >>> [event.label for event in reading.events]
    ['thanks', 'greet']
    """
    if call.transcript is None:
        return _nothing(Untold("not analysed", say("no transcript")))
    language = rules.spoken(call.language)
    if language is None:
        return _nothing(_unread(call.language, rules))
    if rules.silence_from == "words":
        call = _without_sound(call)
    heard = hear(call, rules.silence.shortest)
    if not heard.texts:
        return _nothing(Untold("unset", say("nothing said")))
    hits = find_phrases(heard.texts, rules.phrases(language))
    silences = find_silences(call, heard, rules.silence_from, rules.silence.shortest)
    parts: dict[Subscore, Part | Untold] = {
        "politeness": politeness(hits, heard, rules.say),
        "pace": pace(heard, rules.pace),
        "silence": (silences if isinstance(silences, Untold) else silence(silences, rules.silence)),
        "tone": tone(hits, heard, rules.avoid),
    }
    noted = categories(hits, heard, language)
    if isinstance(silences, Silences):
        noted += events(silences, rules.silence)
    noted += _prompts(rules.prompts, parts, heard.seconds if heard.is_timed else None)
    scores = (
        _quality(parts, rules),
        *(_subscore(name, parts[name]) for name in SUBSCORES),
        _words_per_minute(whole_call(heard, rules.pace), heard),
        *_of_silences(silences),
    )
    return Reading(scores, tuple(sorted(noted, key=_in_time)))


def _without_sound(call: Call) -> Call:
    """The call as rules that go by words alone know it; how long it was is no sound."""
    seconds = call.seconds
    if seconds is None and call.audio is not None:
        seconds = call.audio.seconds
    return replace(call, audio=None, other=None, seconds=seconds)


def _nothing(why: Untold) -> Reading:
    return Reading(
        (
            *(_missing(name, why, FULL, "higher is better") for name in ("quality", *SUBSCORES)),
            _missing("words_per_minute", why, None, "neither"),
            _missing("longest_gap_s", why, None, "higher is worse"),
            _missing("silence_share", why, 1.0, "higher is worse"),
        )
    )


def _unread(language: str | None, rules: Rules) -> Untold:
    readable = ", ".join((rules.language,) if rules.language is not None else rules.languages)
    if language is None:
        return Untold("not analysed", say("no language", readable))
    return Untold("not analysed", say("other language", language, readable))


def _missing(name: str, why: Untold, highest: float | None, direction: Direction) -> Score:
    return Score(name, None, 0.0, highest, direction, why.reason, why.note)


def _subscore(name: str, part: Part | Untold) -> Score:
    if isinstance(part, Untold):
        return _missing(name, part, FULL, "higher is better")
    return Score(name, part.value, 0.0, FULL, "higher is better", trace=part.trace)


def _quality(parts: _Parts, rules: Rules) -> Score:
    untold = [name for name in SUBSCORES if isinstance(parts[name], Untold)]
    told = {name: part for name, part in parts.items() if isinstance(part, Part)}
    of_told = round(sum(rules.weights[name] for name in told), 2)
    if untold and rules.missing == "missing":
        reason = next(part.reason for part in parts.values() if isinstance(part, Untold))
        why = Untold(reason, say("no quality", ", ".join(untold)))
        return _missing("quality", why, FULL, "higher is better")
    if not of_told:
        return _missing("quality", Untold("unset", say("no part")), FULL, "higher is better")
    trace = []
    exact, before = 0.0, 0.0
    for name in SUBSCORES:
        key = f"weights.{name}"
        part = told.get(name)
        if part is None:
            trace.append(Trace(key, say("part missing")))
            continue
        # What the running sum gains at each step, so that the rounded points miss nothing.
        exact += part.value * rules.weights[name] / of_told
        points = round(round(exact, 2) - before, 2)
        before = round(exact, 2)
        trace.append(Trace(key, say("part", part.value, rules.weights[name], of_told), points))
    return Score("quality", before, 0.0, FULL, "higher is better", trace=tuple(trace))


def _words_per_minute(stretch: Stretch | Untold, heard: Heard) -> Score:
    if isinstance(stretch, Untold):
        return _missing("words_per_minute", stretch, None, "neither")
    rate = stretch.words_per_minute
    trace = [Trace("pace", say("pace", rate, stretch.n_words, stretch.seconds), rate)]
    if heard.n_left_out:
        trace.append(Trace("pace", say("left out", heard.n_left_out)))
    return Score("words_per_minute", rate, 0.0, None, "neither", trace=tuple(trace))


def _of_silences(silences: Silences | Untold) -> tuple[Score, Score]:
    if isinstance(silences, Untold):
        return (
            _missing("longest_gap_s", silences, None, "higher is worse"),
            _missing("silence_share", silences, 1.0, "higher is worse"),
        )
    source = Trace("silence_from", say(silences.source))
    gap = silences.longest
    longest = 0.0 if gap is None else seconds(gap)
    step = Trace("silence.gap", say("seconds", longest), longest, *(gap or (None, None)))
    of_call = say("share of", silences.seconds, silences.length)
    return (
        Score("longest_gap_s", longest, 0.0, None, "higher is worse", trace=(source, step)),
        Score(
            "silence_share",
            silences.share,
            0.0,
            1.0,
            "higher is worse",
            trace=(source, Trace("silence.share", of_call, silences.share)),
        ),
    )


def _prompts(prompts: Iterable[Prompt], parts: _Parts, end: float | None) -> list[Event]:
    broken: dict[str, list[Breach]] = {}
    for part in parts.values():
        if isinstance(part, Part):
            for breach in part.breaches:
                broken.setdefault(breach.rule, []).append(breach)
    shown = []
    for prompt in prompts:
        breaches = broken.get(prompt.rule, [])
        if prompt.when == "end" and breaches:
            breaches = [Breach(prompt.rule, end, breaches[-1].found)]
        shown += [
            Event(
                kind="prompt",
                label=prompt.label,
                start=breach.at,
                target_role=AGENT,
                rule=breach.rule,
                found=breach.found,
            )
            for breach in breaches
        ]
    return shown


def _in_time(event: Event) -> tuple[bool, float]:
    """By time, those of which nobody knows it last, as they came."""
    return (event.start is None, event.start or 0.0)
