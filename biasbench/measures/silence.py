"""Silence: what the system counts, what people hear, and what of it is words it lost.

    silence_rate          seconds of silence the system counts / minutes
    human_silence_rate    seconds of silence people hear / minutes
    false_silence_share   seconds of the system's silence in which people hear speech / its seconds
    hallucination_rate    words written where people hear no speech / minutes of such silence
    handling_time         seconds of the call / 1

A system that hears no word for a while calls it silence. Where people hear somebody speak in it,
the recogniser lost what was said, and the person is charged with the pause. The other way round,
recognisers write whole phrases where nobody speaks, and do so more for people who pause longer
(Koenecke, Choi, Mei, Schellmann and Sloane 2024, "Careless Whisper", FAccT).

A silence is a gap of at least `shortest` seconds, the ends of the recording included. There is no
right length, and vendors differ; so the caller declares one, and the same for both sides. It must
be well above the error of the recogniser's times: at a second or more that error is an edge of the
silence, at 0.3 s it is most of it (tests/measures/test_silence.py). People's turns must be marked
as finely: a pause inside one long turn is speech to this module.
Words and turns must be of the same sides of the call: a recogniser of the agent's channel is right
to hear nothing while the customer speaks.

Words, silences and turns are sequences with one entry per unit: intervals (start, end) in seconds,
or None where nobody knows (no word times, not analysed, nobody listened); the metric is missing
there. `timed_words.spans` gives them. `seconds` is the length of each recording, None or NaN where
unknown; what lies outside of the recording is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError
from biasbench.measures.events import events_by_unit
from biasbench.measures.intervals import (
    Interval,
    clip,
    complement,
    covers,
    intersection,
    lasting,
    total,
)
from biasbench.measures.metrics import Fractions, Numbers

#: What is known of the words, silences or turns of n units: intervals, or None.
Spans = Sequence[Sequence[Interval] | None]

#: Length of each of n recordings in seconds; None or NaN where it is not known.
Lengths = Sequence[float | None] | Numbers


def silences_from_words(
    words: Sequence[Interval], seconds: float, *, shortest: float
) -> list[Interval]:
    """The gaps of at least `shortest` seconds between words, before the first and after the last.

    The same of turns gives people's silences. No word at all is one silence from end to end.

    >>> silences_from_words([(1.0, 1.5), (1.75, 2.0), (6.0, 6.5)], 10.0, shortest=2.0)
    [(2.0, 6.0), (6.5, 10.0)]
    """
    _check_shortest(shortest)
    return lasting(complement(words, 0.0, seconds), shortest)


def silences_by_unit(
    words: Spans, seconds: Lengths, *, shortest: float
) -> list[list[Interval] | None]:
    """`silences_from_words` of n units; None where the words or the length are not known.

    >>> silences_by_unit([[(0.0, 1.0)], None], [4.0, 4.0], shortest=2.0)
    [[(1.0, 4.0)], None]
    """
    _check_shortest(shortest)
    length = _seconds(seconds, words)
    return [
        None
        if written is None or math.isnan(end)
        else silences_from_words(written, end, shortest=shortest)
        for written, end in zip(words, length.tolist(), strict=True)
    ]


def silences_from_events(
    events: pd.DataFrame, units: Sequence[str], is_analysed: NDArray[np.bool_]
) -> list[list[Interval] | None]:
    """The silences that a system notes as events, per unit; its own `shortest` made them.

    None where the unit was not analysed, or an event lacks its start or end. Raises TableError for
    an event of no unit given or of one not analysed.

    >>> from biasbench.tables import EVENTS
    >>> events = pd.DataFrame({
    ...     "system": "vendor:x", "unit_id": ["c1", "c2"], "unit": "call", "number": [1, 1],
    ...     "kind": "silence", "label": "silence", "start": [3.0, 5.0], "end": [8.0, None],
    ...     }).reindex(columns=EVENTS.columns)
    >>> silences_from_events(events, ["c1", "c2", "c3", "c4"], np.array([True, True, True, False]))
    [[(3.0, 8.0)], None, [], None]
    """
    found: list[list[Interval] | None] = []
    for rows in events_by_unit(events, units, is_analysed, kind="silence"):
        if rows is None or rows[["start", "end"]].isna().to_numpy().any():
            found.append(None)
        else:
            pairs = zip(rows["start"], rows["end"], strict=True)
            found.append([(float(start), float(end)) for start, end in pairs])
    return found


def silence_rate(silences: Spans, seconds: Lengths) -> Fractions:
    """Seconds of silence that the system counts / minutes of the recording.

    Silences that overlap count once, and what lies after the end of the recording not at all.

    >>> silence_rate([[(2.0, 6.0), (6.5, 10.0)], [], None], [30.0, 60.0, 60.0])
    (array([7.5, 0. , nan]), array([0.5, 1. , nan]))
    """
    found: list[tuple[float, float] | None] = []
    for quiet, end in zip(silences, _seconds(seconds, silences).tolist(), strict=True):
        known = quiet is not None and not math.isnan(end)
        found.append((total(clip(quiet or (), 0.0, end)), end / 60) if known else None)
    return _fractions(found)


def human_silence_rate(turns: Spans, seconds: Lengths, *, shortest: float) -> Fractions:
    """Seconds of silence that people hear / minutes: gaps of at least `shortest` between turns.

    No turn at all is silence from end to end; None is nobody having listened.

    >>> human_silence_rate([[(0.0, 20.0), (21.0, 30.0)], [], None], [60.0] * 3, shortest=2.0)
    (array([30., 60., nan]), array([ 1.,  1., nan]))
    """
    return silence_rate(silences_by_unit(turns, seconds, shortest=shortest), seconds)


def false_silence_share(silences: Spans, turns: Spans, seconds: Lengths) -> Fractions:
    """Seconds of the system's silence in which people hear speech / seconds of its silence.

    0/0 where the system counts no silence.

    >>> false_silence_share([[(2.0, 6.0)], [], [(0.0, 9.0)]], [[(0.0, 5.0)], [], None],
    ...                     [60.0] * 3)
    (array([ 3.,  0., nan]), array([ 4.,  0., nan]))
    """
    length = _seconds(seconds, silences, turns)
    found: list[tuple[float, float] | None] = []
    for quiet, spoken, end in zip(silences, turns, length.tolist(), strict=True):
        if quiet is None or spoken is None or math.isnan(end):
            found.append(None)
            continue
        counted = clip(quiet, 0.0, end)
        found.append((total(intersection(counted, spoken)), total(counted)))
    return _fractions(found)


def hallucination_rate(
    words: Spans, turns: Spans, seconds: Lengths, *, collar: float = 0.25
) -> Fractions:
    """Words whose midpoint lies where people hear no speech / minutes in which they hear none.

    collar: seconds by which every turn is widened at both ends first, for words and minutes alike:
    a recogniser's times are some tenths of a second off, and a word at the edge of a turn is not
    invented. 0.25 s is what scoring of speaker diarisation customarily forgives (NIST's Rich
    Transcription evaluations). A midpoint outside of the recording counts as at its nearer end.

    Every word counts, whatever it is: the rate says that something was written, not what.

    >>> hallucination_rate([[(1.0, 1.5), (40.0, 40.5)], [], None], [[(0.0, 30.0)], [], []],
    ...                    [60.0] * 3, collar=0.0)
    (array([ 1.,  0., nan]), array([0.5, 1. , nan]))
    """
    if not (math.isfinite(collar) and collar >= 0):
        raise OptionError(f"collar={collar:g}: give a number of seconds from 0")
    length = _seconds(seconds, words, turns)
    found: list[tuple[float, float] | None] = []
    for written, spoken, end in zip(words, turns, length.tolist(), strict=True):
        if written is None or spoken is None or math.isnan(end):
            found.append(None)
            continue
        wide = [(start - collar, stop + collar) for start, stop in spoken]
        middles = [min(max((start + stop) / 2, 0.0), end) for start, stop in written]
        n_invented = sum(not covers(wide, middle) for middle in middles)
        found.append((float(n_invented), total(complement(wide, 0.0, end)) / 60))
    return _fractions(found)


def handling_time(seconds: Lengths) -> Fractions:
    """Seconds of the call / 1; missing where the length is not known.

    >>> handling_time([312.0, None])
    (array([312.,  nan]), array([ 1., nan]))
    """
    length = _seconds(seconds)
    return length, np.where(np.isnan(length), np.nan, 1.0)


def _fractions(pairs: Sequence[tuple[float, float] | None]) -> Fractions:
    table = np.array([(np.nan, np.nan) if pair is None else pair for pair in pairs], dtype=float)
    numerator, denominator = table.reshape(-1, 2).T
    return numerator.copy(), denominator.copy()


def _seconds(seconds: Lengths, *others: Sequence[object]) -> Numbers:
    length = np.asarray(seconds, dtype=float)
    for one in others:
        if len(one) != len(length):
            raise OptionError(f"{len(one)} units and {len(length)} lengths: they must pair up")
    wrong = ~np.isnan(length) & ~((length >= 0) & np.isfinite(length))
    if wrong.any():
        raise OptionError(f"seconds holds {length[wrong][0]:g}, which is no length; NaN = unknown")
    return length


def _check_shortest(shortest: float) -> None:
    if not (math.isfinite(shortest) and shortest >= 0):
        raise OptionError(f"shortest={shortest:g}: give a number of seconds from 0")
