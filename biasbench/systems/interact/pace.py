"""Pace: words per minute of the agent, in a sliding window or over the whole call.

    words whose end lies in the window · 60 / seconds of it in which the other side is not heard

Time in which both speak is the agent's. A window without a word has a silence and no pace.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from biasbench.systems import Trace
from biasbench.systems.interact import rules as r
from biasbench.systems.interact.heard import Heard
from biasbench.systems.interact.parts import Breach, Part, Untold, floored, lost
from biasbench.systems.interact.rules import FULL, Limit
from biasbench.systems.interact.spans import Span, merge, seconds_within, without
from biasbench.systems.interact.wording import say

_ROUNDING = 1e-9  # what a sum of steps can be off


class Stretch(NamedTuple):
    """Words in a stretch of a call, and its seconds that are the agent's own."""

    start: float
    end: float
    n_words: int
    seconds: float

    @property
    def words_per_minute(self) -> float:
        """To the hundredth, as it is printed and compared."""
        return round(self.n_words * 60 / self.seconds, 2)


def whole_call(heard: Heard, rules: r.Pace) -> Stretch | Untold:
    """The call as one stretch.

    >>> from biasbench.systems.interact import read_rules
    >>> heard = Heard(("a",) * 30, 0, (), 12.0, (), None)
    >>> whole_call(heard, read_rules().pace).words_per_minute
    150.0
    """
    if heard.seconds is None:
        return Untold("not analysed", say("no pace"))
    seconds = heard.seconds - sum(end - start for start, end in _alone(heard))
    if seconds < rules.least:
        return Untold("unset", say("too short", rules.least))
    return Stretch(0.0, heard.seconds, len(heard.texts), seconds)


def pace(heard: Heard, rules: r.Pace) -> Part | Untold:
    """100 less what was lost for passages too fast or too slow."""
    whole = whole_call(heard, rules)
    if isinstance(whole, Untold):
        return whole
    looked_at = [whole]
    if heard.is_timed and whole.end > rules.window:
        looked_at = _windows(heard, rules, whole.end)
        if not looked_at:
            return Untold("unset", say("too short", rules.least))
    rates = [stretch.words_per_minute for stretch in looked_at]
    trace = [Trace("pace", say("start"), FULL)]
    if len(rates) > 1:
        trace.append(Trace("pace.window", say("paces", min(rates), max(rates), len(rates))))
    else:
        only = looked_at[0]
        trace.append(Trace("pace", say("pace", rates[0], only.n_words, only.seconds)))
    breaches: list[Breach] = []
    for limit, name, sign in ((rules.too_fast, "too fast", 1), (rules.too_slow, "too slow", -1)):
        beyond = [
            stretch
            for stretch, rate in zip(looked_at, rates, strict=True)
            if sign * rate > sign * limit.limit
        ]
        _count(beyond, limit, name, rules.again_after, heard.is_timed, trace, breaches)
    return Part(floored("pace", trace), tuple(breaches))


def _count(
    beyond: list[Stretch],
    limit: Limit,
    name: str,
    again_after: float,
    is_timed: bool,
    trace: list[Trace],
    breaches: list[Breach],
) -> None:
    """Add the steps and breaches of one limit."""
    gone, last = 0.0, float("-inf")
    for stretch in beyond:
        if stretch.end - last < again_after:
            continue
        last = stretch.end
        found = say(name, stretch.words_per_minute, stretch.n_words, stretch.seconds, limit.limit)
        points = lost(limit.each, limit.at_most, gone)
        gone += points
        shown = found if points == limit.each else say("capped", found, limit.at_most)
        start, end = (round(stretch.start, 3), round(stretch.end, 3)) if is_timed else (None, None)
        trace.append(Trace(limit.key, shown, -points + 0.0, start, end))
        breaches.append(Breach(limit.key, end, found))


def _windows(heard: Heard, rules: r.Pace, length: float) -> list[Stretch]:
    ends = sorted(end for _, end in heard.spans)
    alone = _alone(heard)
    stretches = []
    n_steps = int((length - rules.window) / rules.step + _ROUNDING)
    for step in range(n_steps + 1):
        start = step * rules.step
        end = start + rules.window
        own = rules.window - (seconds_within(alone, start, end) if alone else 0.0)
        before = bisect_right(ends, start + _ROUNDING) if step else 0
        n_words = bisect_right(ends, end + _ROUNDING) - before
        if n_words and own >= rules.least:
            stretches.append(Stretch(start, end, n_words, own))
    return stretches


def _alone(heard: Heard) -> list[Span]:
    """When the other side speaks and the agent does not."""
    return without(heard.others, merge(heard.spans)) if heard.others else []
