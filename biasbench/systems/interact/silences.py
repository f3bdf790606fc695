"""Silences: when nobody is heard, between the words written or in the sound.

Between words is how a product that lives on transcripts sees it: a word that the recogniser lost is
silence to it. In the sound is what the voice detector of `systems.voice` hears.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from biasbench.systems import Call, Event, Trace
from biasbench.systems.interact import rules as r
from biasbench.systems.interact.heard import (
    AGENT,
    SHORTEST_SOUND,
    Heard,
    silences_in_sound,
    silences_in_words,
)
from biasbench.systems.interact.parts import Breach, Part, Untold, floored, lost
from biasbench.systems.interact.rules import FULL, SilenceSource
from biasbench.systems.interact.spans import Span
from biasbench.systems.interact.wording import say

_NEEDED = {
    "words": "no silence in words",
    "audio": "no silence in audio",
    "words, else audio": "no silence",
}


@dataclass(frozen=True)
class Silences:
    """Every gap of a call, in order, and where they were found."""

    source: Literal["words", "audio"]
    gaps: tuple[Span, ...]
    length: float

    @property
    def longest(self) -> Span | None:
        """The longest gap, the first of several; None where there is none."""
        return max(self.gaps, key=lambda gap: gap[1] - gap[0], default=None)

    @property
    def seconds(self) -> float:
        """All gaps together."""
        return round(sum(end - start for start, end in self.gaps), 3)

    @property
    def share(self) -> float:
        """Part of the call."""
        return min(1.0, round(self.seconds / self.length, 4))


def seconds(gap: Span) -> float:
    """Length of a gap, to the millisecond."""
    return round(gap[1] - gap[0], 3)


def find_silences(
    call: Call, heard: Heard, source: SilenceSource, shortest: float
) -> Silences | Untold:
    """The gaps of at least `shortest` seconds, from where the rules say."""
    if source != "audio":
        found = silences_in_words(heard, shortest)
        if found is not None and heard.seconds:
            return Silences("words", tuple(found), heard.seconds)
    if source != "words":
        found = silences_in_sound(call, shortest)
        if found is not None and call.audio is not None:
            return Silences("audio", tuple(found), call.audio.seconds)
    note = _NEEDED[source]
    values = () if source == "words" else (SHORTEST_SOUND,)
    return Untold("not analysed", say(note, *values))


def silence(silences: Silences, rules: r.Silence) -> Part:
    """100 less what was lost for long gaps and for their share of the call."""
    trace = [
        Trace("silence_from", say(silences.source)),
        Trace("silence", say("start"), FULL),
    ]
    breaches = []
    gap, share, gone = rules.gap, rules.share, 0.0
    for one in too_long(silences, rules):
        found = say("gap", seconds(one), gap.limit)
        points = lost(gap.each, gap.at_most, gone)
        gone += points
        shown = found if points == gap.each else say("capped", found, gap.at_most)
        trace.append(Trace(gap.key, shown, -points + 0.0, *one))
        breaches.append(Breach(gap.key, round(one[0] + gap.limit, 3), found))
    if not breaches:
        longest = silences.longest
        length = 0.0 if longest is None else seconds(longest)
        trace.append(Trace(gap.key, say("gap fine", length, gap.limit), 0.0))
    is_over = silences.share > share.limit
    found = say(
        "share" if is_over else "share fine",
        round(silences.share * 100, 2),
        round(share.limit * 100, 2),
    )
    points = lost(share.each, share.at_most, 0.0) if is_over else 0.0
    trace.append(Trace(share.key, found, -points + 0.0))
    if is_over:
        breaches.append(Breach(share.key, silences.length, found))
    return Part(floored("silence", trace), tuple(breaches))


def too_long(silences: Silences, rules: r.Silence) -> list[Span]:
    """The gaps that pass the limit."""
    limit = rules.gap.limit
    return [gap for gap in silences.gaps if gap[1] - gap[0] > limit and seconds(gap) > limit]


def events(silences: Silences, rules: r.Silence) -> list[Event]:
    """The gaps that pass the limit, as events."""
    return [
        Event(
            kind="silence",
            label="silence",
            start=gap[0],
            end=gap[1],
            target_role=AGENT,
            rule=rules.gap.key,
            found=say("gap", seconds(gap), rules.gap.limit),
        )
        for gap in too_long(silences, rules)
    ]
