"""Two channels on calls built by hand: speech placed at known times, so who speaks is known."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from biasbench.audio import Audio, read_audio
from biasbench.corpus import load_corpus
from biasbench.errors import AudioError
from biasbench.systems import Call, Reading
from biasbench.systems.tone._prosody_answers import OF_TWO, events_of, of_two
from biasbench.systems.tone.prosody import Prosody
from biasbench.systems.voice import Sides, sides, speech_frames, tell_apart
from biasbench.systems.voice.activity import leaked

RATE = 16_000
TINY = Path(__file__).parents[2] / "datasets" / "tiny" / "audio"
HISS_DB = -60.0

#: The voice detector holds on for up to 0.1 s and starts within a frame or two.
EDGE = 0.15


@dataclass(frozen=True)
class Spoken:
    """Speech without a pause of 0.15 s: seconds of the file, and when it is said in the call."""

    voice: str
    start: float
    end: float
    at: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


#: Times of the call: 2-6.75, 20-24.75, 30-32 and 7.5-12.16, 24-28.66, 29-30.96.
OWN = (
    Spoken("en+f1", 8.35, 13.10, at=2.0),
    Spoken("en+f1", 8.35, 13.10, at=20.0),
    Spoken("en+f1", 0.91, 2.91, at=30.0),
)
OTHER = (
    Spoken("en+m1", 8.12, 12.78, at=7.5),
    Spoken("en+m1", 8.12, 12.78, at=24.0),
    Spoken("en+m1", 0.85, 2.81, at=29.0),
)
LENGTH = 36.0
OWN_SECONDS, OTHER_SECONDS = 11.50, 11.28
TALK_SHARE = OWN_SECONDS / (OWN_SECONDS + OTHER_SECONDS)
OVERTALK = ((24.0, 24.75, "other"), (30.0, 30.96, "own"))
SILENCES = ((12.16, 20.0), (32.0, 36.0))
OVERTALK_SHARE = (0.75 + 0.96) / LENGTH
SILENCE_SHARE = (LENGTH - OWN_SECONDS - OTHER_SECONDS + 0.75 + 0.96) / LENGTH


@cache
def voice(name: str) -> np.ndarray:
    return read_audio(TINY / f"{name}-opening.ogg").samples


def hiss(seconds: float, *, seed: int = 0, level_db: float = HISS_DB) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=round(seconds * RATE))
    return (10 ** (level_db / 20) * noise).astype(np.float32)


def channel(
    spoken: tuple[Spoken, ...], *, seconds: float = LENGTH, seed: int = 0, gain_db: float = 0.0
) -> np.ndarray:
    """That speech over the hiss of a line."""
    sound = hiss(seconds, seed=seed)
    for one in spoken:
        speech = voice(one.voice)[round(one.start * RATE) : round(one.end * RATE)]
        first = round(one.at * RATE)
        sound[first : first + len(speech)] += np.float32(10 ** (gain_db / 20)) * speech
    return sound


def leak(sound: np.ndarray, level_db: float, delay: float) -> np.ndarray:
    """What comes over to the other channel."""
    late = np.concatenate([np.zeros(round(delay * RATE), dtype=np.float32), sound])
    return np.float32(10 ** (level_db / 20)) * late[: len(sound)]


def values(own: np.ndarray, other: np.ndarray) -> dict[str, float]:
    return {name: answer.value for name, answer in of_two(tell_apart(own, other)).items()}


def reading(own: np.ndarray, other: np.ndarray | None) -> Reading:
    there = None if other is None else Audio(other, RATE)
    return Prosody().score(Call(Audio(own, RATE), there))


@pytest.fixture(scope="module")
def own() -> np.ndarray:
    return channel(OWN, seed=1)


@pytest.fixture(scope="module")
def other() -> np.ndarray:
    return channel(OTHER, seed=2)


def assert_it_is_the_call(heard: Sides) -> None:
    """Every time and share is the one that the call was built with."""
    assert heard.own_seconds == pytest.approx(OWN_SECONDS, abs=3 * EDGE)
    assert heard.other_seconds == pytest.approx(OTHER_SECONDS, abs=3 * EDGE)
    assert heard.talk_share == pytest.approx(TALK_SHARE, abs=0.02)
    told = {name: answer.value for name, answer in of_two(heard).items()}
    assert told["overtalk_share"] == pytest.approx(OVERTALK_SHARE, abs=0.01)
    assert told["mutual_silence_share"] == pytest.approx(SILENCE_SHARE, abs=0.02)
    assert [one.begun_by for one in heard.overtalk] == [who for *_, who in OVERTALK]
    for one, (start, end, _) in zip(heard.overtalk, OVERTALK, strict=True):
        assert (one.start, one.end) == pytest.approx((start, end), abs=EDGE)
    long = [one for one in heard.silences if one.seconds >= 3]
    for one, times in zip(long, SILENCES, strict=True):
        assert (one.start, one.end) == pytest.approx(times, abs=EDGE)


def test_who_speaks_when_is_heard_as_the_call_was_built(own, other):
    assert_it_is_the_call(tell_apart(own, other))


def test_a_telephone_line_changes_nothing_of_that(own, other, tmp_path):
    import soxr

    narrow = np.column_stack([soxr.resample(side, RATE, 8000) for side in (own, other)])
    soundfile.write(tmp_path / "call.wav", narrow, 8000, subtype="ULAW")
    (tmp_path / "utterances.csv").write_text(
        "utterance_id,audio,channel\nagent,call.wav,0\n", encoding="utf-8"
    )
    corpus = load_corpus(tmp_path)
    heard = tell_apart(corpus.audio("agent").samples, corpus.other_side("agent").samples)
    assert_it_is_the_call(heard)


def test_the_events_are_the_silences_of_3_s_and_the_overtalk_in_the_order_of_time(own, other):
    events = events_of(tell_apart(own, other))
    assert [event.kind for event in events] == ["silence", "overtalk", "overtalk", "silence"]
    expected = sorted([*SILENCES, *((start, end) for start, end, _ in OVERTALK)])
    for event, times in zip(events, expected, strict=True):
        assert (event.start, event.end) == pytest.approx(times, abs=EDGE)
    assert [event.found.split(", ")[-1] for event in events[1:3]] == [
        "begun by the other side",
        "begun by this speaker",
    ]
    assert events[0].rule == "neither side speaks for 3 s or more"


def test_exchanging_the_channels_exchanges_the_sides_and_keeps_what_is_mutual(own, other):
    one, swapped = values(own, other), values(other, own)
    assert swapped.pop("talk_share") == pytest.approx(1 - one.pop("talk_share"))
    begun = one.pop("overtalk_begun_per_minute"), swapped.pop("overtalk_begun_per_minute")
    assert sum(begun) == pytest.approx(one["overtalk_per_minute"])
    assert swapped == one


def test_an_overtalk_that_the_other_side_began_is_not_this_speakers(own, other):
    first = slice(round(29 * RATE))
    here, there = values(own[first], other[first]), values(other[first], own[first])
    assert here["overtalk_per_minute"] == there["overtalk_per_minute"] == pytest.approx(60 / 29)
    assert here["overtalk_begun_per_minute"] == 0
    assert there["overtalk_begun_per_minute"] == pytest.approx(60 / 29)


def test_silence_at_the_ends_is_silence_of_the_call_and_no_part_of_the_talk(own, other):
    longer = [
        np.concatenate([hiss(5, seed=seed), side, hiss(7, seed=seed + 1)])
        for seed, side in ((5, own), (7, other))
    ]
    before, after = values(own, other), values(*longer)
    assert after["talk_share"] == pytest.approx(before["talk_share"], abs=0.005)
    silent = before["mutual_silence_share"] * LENGTH + 12
    assert after["mutual_silence_share"] * (LENGTH + 12) == pytest.approx(silent, abs=0.1)
    assert after["longest_mutual_silence_s"] == pytest.approx(4 + 7, abs=EDGE)
    overtalk = before["overtalk_share"] * LENGTH
    assert after["overtalk_share"] * (LENGTH + 12) == pytest.approx(overtalk, abs=0.05)


def test_the_volume_changes_the_level_and_nothing_else(own, other):
    here, there = own[19 * RATE : 27 * RATE], other[19 * RATE : 27 * RATE]
    loud = {score.name: score.value for score in reading(here, there).scores}
    soft = {score.name: score.value for score in reading(here * 0.25, there * 0.25).scores}
    assert loud.pop("level_dbfs") - soft.pop("level_dbfs") == pytest.approx(12.04, abs=0.01)
    told = {name: value for name, value in loud.items() if value is not None}
    assert len(told) == 12  # all but the two of words
    assert told["overtalk_share"] > 0
    assert {name: soft[name] for name in told} == pytest.approx(told, rel=1e-6)


def test_a_voice_that_is_12_db_softer_than_the_other_is_heard_as_well():
    # with a fixed threshold 20 dB below the other's peak, its overtalk was lost
    other = channel(OTHER, seed=2, gain_db=-12)
    assert_it_is_the_call(tell_apart(channel(OWN, seed=1), other))
    assert_it_is_the_call(tell_apart(channel(OWN, seed=1), other * 4))


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("level_db", [-40.0, -30.0, -25.0])
def test_what_leaks_over_from_the_other_channel_is_not_own_speech(own, other, level_db, delay):
    with_leak = (own + leak(other, level_db, delay), other + leak(own, level_db, delay))
    heard = tell_apart(*with_leak)
    assert heard.talk_share == pytest.approx(TALK_SHARE, abs=0.02)
    assert sum(one.seconds for one in heard.overtalk) == pytest.approx(0.75 + 0.96, abs=0.5)
    assert [one.begun_by for one in heard.overtalk] == ["other", "own"]


def test_two_people_who_talk_at_once_throughout_are_not_taken_for_a_leak():
    # each is the other's only company, so that the median of a leak would be that of a voice
    together = (Spoken("en+f1", 8.35, 13.10, at=2.0), Spoken("en+m1", 8.12, 12.78, at=2.0))
    heard = tell_apart(
        channel(together[:1], seconds=9, seed=1), channel(together[1:], seconds=9, seed=2)
    )
    assert sum(one.seconds for one in heard.overtalk) == pytest.approx(4.66, abs=2 * EDGE)


def test_how_much_leaks_is_told_by_the_other_sides_turns_only():
    # this side speaks for 8 s and leaks into the other channel, where it is taken for a voice;
    # the other speaks for 2 s, 40 dB of which are lost on the way, and 30 dB below is this side
    own = np.concatenate([np.full(800, 1.0), np.full(150, 1e-4), np.full(50, 1e-3)])
    other = np.concatenate([np.full(800, 1e-3), np.full(200, 1.0)])
    left_out = leaked(own, other, np.full(1000, True))
    assert not left_out[:800].any()
    assert left_out[800:950].all()
    assert not left_out[950:].any()


def test_an_echo_does_not_come_before_what_it_repeats():
    own = np.concatenate([np.full(100, 3e-4), np.full(100, 1e-4)])
    other = np.concatenate([np.full(100, 1e-6), np.full(100, 1.0)])
    left_out = leaked(own, other, other == 1)
    assert not left_out[:100].any()
    assert left_out[130:].all()


def test_without_the_rule_against_leakage_a_leak_of_30_db_is_a_voice(own, other, monkeypatch):
    monkeypatch.setattr(sides, "own_speech", lambda speech, *_: speech)
    heard = tell_apart(own + leak(other, -30, 0.05), other + leak(own, -30, 0.05))
    assert sum(one.seconds for one in heard.overtalk) > 15  # of 1.71 s


def test_who_says_nothing_is_not_given_the_voice_that_leaks_over(other):
    other = other[: 16 * RATE]
    silent = hiss(16, seed=1) + leak(other, -30, 0.05)
    by_name = {score.name: score for score in reading(silent, other).scores}
    assert by_name["talk_share"].value == 0
    assert by_name["silence_share"].value == 1
    assert by_name["median_pitch_hz"].note == "no speech was heard on this channel"
    assert speech_frames(silent).mean() > 0.2  # the same channel alone would be taken for speech


def test_who_says_little_in_a_long_call_is_heard_and_the_line_is_not():
    # 5 % of 4 minutes is 12 s: the loudest 5 % of this channel are noise
    said = (Spoken("en+f1", 0.91, 2.91, at=100.0),)
    heard = speech_frames(channel(said, seconds=240))
    assert heard.sum() / 100 == pytest.approx(2.0, abs=0.2)
    assert heard[10_000:10_200].mean() > 0.95


@pytest.mark.parametrize("hertz", [50, 350, 440])
def test_a_steady_tone_is_not_speech(hertz):
    tone = np.sin(2 * np.pi * hertz * np.arange(10 * RATE) / RATE).astype(np.float32)
    assert not speech_frames(0.1 * tone).any()


@pytest.mark.parametrize("level_db", [-65.0, -50.0, -30.0])
def test_a_hiss_is_not_speech_however_loud(level_db):
    assert not speech_frames(hiss(30, level_db=level_db)).any()


@pytest.mark.parametrize("gain", [1.0, 0.5, -1.0])
def test_a_mix_that_was_saved_as_two_channels_tells_nothing_of_sides(own, other, gain):
    mix = (own + other)[20 * RATE : 24 * RATE]
    given_twice = reading(mix, np.float32(gain) * mix + hiss(4, seed=9))
    alone = reading(mix, None)
    assert given_twice.scores[:9] == alone.scores[:9]
    assert given_twice.events == ()
    for score in given_twice.scores[9:]:
        assert (score.value, score.missing_reason) == (None, "not analysed")
        assert score.note == "both channels hold the same sound: nobody can tell who speaks"


def test_one_channel_has_no_silence_of_the_call_no_overtalk_and_no_events(own):
    heard = reading(own[: 8 * RATE], None)
    assert heard.events == ()
    missing = {score.name: score for score in heard.scores if score.name in OF_TWO}
    assert tuple(missing) == OF_TWO
    for score in missing.values():
        assert (score.value, score.missing_reason) == (None, "not analysed")
        assert score.note.startswith("one channel: nobody can tell who speaks")


def test_a_call_of_silence_has_no_talk_to_share():
    nothing = np.zeros(4 * RATE, dtype=np.float32)
    heard = reading(nothing, nothing)
    by_name = {score.name: score for score in heard.scores}
    assert by_name["mutual_silence_share"].value == 1
    assert by_name["longest_mutual_silence_s"].value == 4
    assert by_name["talk_share"].missing_reason == "unset"
    assert by_name["talk_share"].note == "no speech was heard on either channel"
    assert [event.kind for event in heard.events] == ["silence"]


def test_channels_of_different_lengths_are_refused(own, other):
    with pytest.raises(AudioError, match=r"lasts 5\.000 s and the other side's 4\.000 s"):
        reading(own[: 5 * RATE], other[: 4 * RATE])


def test_a_few_samples_more_on_one_channel_are_left_out(own, other):
    here, there = own[20 * RATE : 27 * RATE], other[20 * RATE : 27 * RATE]
    assert reading(here, there[:-100]).scores[9:] == reading(here[:-100], there[:-100]).scores[9:]


def test_a_share_says_what_it_was_made_of(own, other):
    heard = tell_apart(own, other)
    made_of = {name: answer.made_of for name, answer in of_two(heard).items()}
    assert made_of["talk_share"] == (
        f"{heard.own_seconds:.2f} s of this speaker, {heard.other_seconds:.2f} s of the other side"
    )
    assert made_of["overtalk_begun_per_minute"] == "1 of 2 / 36.00 s"


turns = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 80)), min_size=1)


def masks(turns: list[tuple[bool, bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    own = np.concatenate([np.full(n, speaks) for speaks, _, n in turns])
    other = np.concatenate([np.full(n, speaks) for _, speaks, n in turns])
    return own, other


@given(turns)
def test_shares_and_stretches_are_those_of_counting_frame_by_frame(turns):
    own, other = masks(turns)
    heard = Sides(own, other)
    silent = sum(not a and not b for a, b in zip(own, other, strict=True))
    assert sum(one.seconds for one in heard.silences) == pytest.approx(silent / 100)
    runs, run = [], 0
    for a, b in [*zip(own, other, strict=True), (False, False)]:
        if a and b:
            run += 1
        elif run:
            runs, run = [*runs, run], 0
    assert [one.seconds for one in heard.overtalk] == pytest.approx(
        [run / 100 for run in runs if run >= 25]
    )
    if own.any() or other.any():
        assert heard.talk_share == pytest.approx(own.sum() / (own.sum() + other.sum()))


@given(turns)
def test_every_overtalk_is_begun_by_the_side_that_was_not_speaking_before_it(turns):
    own, other = masks(turns)
    for one in Sides(own, other).overtalk:
        first = round(one.start * 100)
        before = (False, False) if first == 0 else (bool(own[first - 1]), bool(other[first - 1]))
        assert one.begun_by == {(True, False): "other", (False, True): "own"}.get(before)


@given(turns)
def test_the_other_side_of_the_other_side_is_this_one(turns):
    own, other = masks(turns)
    here, there = Sides(own, other), Sides(other, own)
    assert here.silences == there.silences
    assert [(one.start, one.end) for one in here.overtalk] == [
        (one.start, one.end) for one in there.overtalk
    ]
    flip = {"own": "other", "other": "own", None: None}
    assert [flip[one.begun_by] for one in here.overtalk] == [one.begun_by for one in there.overtalk]
