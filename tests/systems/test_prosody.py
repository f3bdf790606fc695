"""Prosody on sounds whose pitch, level, rate and pauses are known because they were made so."""

import csv
import re
import time

import numpy as np
import pytest

from biasbench.audio import Audio, read_audio
from biasbench.errors import NotFoundError
from biasbench.systems import Call, Reading, Transcript, Word, load_system
from biasbench.systems.tone.prosody import Prosody

RATE = 16_000


def voice(seconds: float, hertz: float | np.ndarray, syllables_per_s: float = 4.0) -> np.ndarray:
    """A voice-like buzz: harmonics under a vowel's envelope, swelling once per syllable."""
    n_samples = round(seconds * RATE)
    t = np.arange(n_samples) / RATE
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, n_samples)) / RATE
    buzz = sum(np.sin(k * phase) / k for k in range(1, 12))
    swell = 0.55 - 0.45 * np.cos(2 * np.pi * syllables_per_s * t)
    return (0.2 * swell * buzz).astype(np.float32)


def gap(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def reading(samples: np.ndarray, transcript: Transcript | None = None) -> Reading:
    return Prosody().score(Call(Audio(samples, RATE), transcript=transcript))


def scores(samples: np.ndarray, transcript: Transcript | None = None) -> dict[str, float | None]:
    return {score.name: score.value for score in reading(samples, transcript).scores}


@pytest.mark.parametrize("hertz", [90, 130, 210, 330])
def test_median_pitch_is_that_of_the_voice(hertz):
    # pYIN's grid is a quarter of a semitone wide: 0.7 % to either side
    assert scores(voice(3, hertz))["median_pitch_hz"] == pytest.approx(hertz, rel=0.01)


def test_pitch_range_is_in_semitones_between_the_5th_and_95th_percentile():
    octave = 110 * 2 ** np.linspace(0, 1, 4 * RATE)  # 12 semitones, evenly: 5-95 % are 10.8
    assert scores(voice(4, octave))["pitch_range_semitones"] == pytest.approx(10.8, abs=0.5)
    assert scores(voice(4, 150))["pitch_range_semitones"] == pytest.approx(0, abs=0.3)


def test_level_is_the_rms_of_the_speech_and_not_of_the_silence():
    speech = voice(2, 150)
    expected = 10 * np.log10(np.mean(speech.astype(float) ** 2))
    assert scores(speech)["level_dbfs"] == pytest.approx(expected, abs=0.3)
    padded = np.concatenate([gap(2), speech, gap(2)])
    assert scores(padded)["level_dbfs"] == pytest.approx(expected, abs=0.7)


@pytest.mark.parametrize("rate", [2.0, 4.0, 6.0])
def test_speech_rate_counts_syllables_per_second_of_speech(rate):
    speech = voice(4, 150, syllables_per_s=rate)
    assert scores(speech)["speech_rate_syllables_per_s"] == pytest.approx(rate, rel=0.1)


def test_pauses_are_left_out_of_the_speech_rate():
    speech = voice(2, 150)
    with_pause = np.concatenate([speech, gap(1.5), speech])
    without = np.concatenate([speech, speech])
    rate = "speech_rate_syllables_per_s"
    assert scores(with_pause)[rate] == pytest.approx(scores(without)[rate], rel=0.1)


def test_pauses_are_counted_between_stretches_of_speech_only():
    speech = voice(1.5, 150)
    sound = np.concatenate([gap(1), speech, gap(0.8), speech, gap(1.2), speech, gap(1)])
    heard = scores(sound)
    span = (3 * 1.5 + 0.8 + 1.2) / 60  # minutes from the first speech to the last
    assert heard["pauses_per_minute"] == pytest.approx(2 / span, rel=0.1)
    assert heard["longest_pause_s"] == pytest.approx(1.2, abs=0.2)
    assert heard["silence_share"] == pytest.approx(4.0 / 8.5, abs=0.08)


def test_a_gap_of_a_plosive_is_not_a_pause():
    speech = voice(1, 150)
    heard = scores(np.concatenate([speech, gap(0.12), speech]))
    assert heard["pauses_per_minute"] == 0
    assert heard["longest_pause_s"] == 0


def test_the_volume_changes_the_level_and_nothing_else():
    speech = np.concatenate([voice(1.5, 150), gap(0.7), voice(1.5, 180)])
    loud, soft = scores(speech), scores(speech * np.float32(0.25))
    assert loud["level_dbfs"] - soft["level_dbfs"] == pytest.approx(20 * np.log10(4), abs=1e-4)
    del loud["level_dbfs"], soft["level_dbfs"]
    told = {name: value for name, value in loud.items() if value is not None}
    assert {name: value for name, value in soft.items() if value is not None} == pytest.approx(
        told, rel=1e-6
    )


def test_silence_has_no_pitch_level_or_rate_and_they_are_missing_rather_than_0():
    by_name = {score.name: score for score in reading(gap(2)).scores[:7]}
    assert by_name.pop("silence_share").value == 1
    assert {score.value for score in by_name.values()} == {None}
    assert {score.missing_reason for score in by_name.values()} == {"unset"}
    assert {score.note for score in by_name.values()} == {"no speech was heard on this channel"}


def test_a_faint_hiss_is_not_raised_to_speech():
    hiss = (1e-4 * np.random.default_rng(0).normal(size=2 * RATE)).astype(np.float32)
    assert scores(hiss)["silence_share"] == 1


def test_a_sound_under_half_a_second_has_no_scores():
    assert set(scores(voice(0.4, 150)).values()) == {None}


def test_no_value_is_better_than_another():
    assert {score.direction for score in reading(voice(1, 150)).scores} == {"neither"}


def test_a_long_sound_is_scored_like_its_parts():
    # pitch is tracked 30 s at a time
    minute = scores(np.tile(voice(4, 150), 17))
    assert minute["median_pitch_hz"] == pytest.approx(150, rel=0.01)
    assert minute["speech_rate_syllables_per_s"] == pytest.approx(4, rel=0.1)


def test_another_sample_rate_gives_the_same_scores():
    import soxr

    speech = voice(3, 150)
    at_44k = soxr.resample(speech, RATE, 44_100, quality="HQ")
    one = reading(speech)
    other = Prosody().score(Call(Audio(at_44k, 44_100)))
    for here, there in zip(one.scores, other.scores, strict=True):
        if here.value is None:
            assert there == here
            continue
        assert there.value == pytest.approx(here.value, rel=0.02, abs=0.05), here.name


def said(text: str, *roles: str | None) -> Transcript:
    """A transcript whose words have these roles in turn, or none."""
    words = tuple(Word(word, role=role) for word, role in zip(text.split(), roles, strict=False))
    return Transcript(text, words)


def test_words_are_counted_over_the_time_from_first_speech_to_last_and_over_the_speech():
    speech = voice(1.5, 150)
    sound = np.concatenate([gap(1), speech, gap(1), speech, gap(2)])
    heard = scores(sound, said("good morning - thank you for calling"))
    assert heard["words_per_minute"] == pytest.approx(6 / (4 / 60), rel=0.05)
    assert heard["words_per_voiced_minute"] == pytest.approx(6 / (3 / 60), rel=0.05)


def test_silence_at_the_ends_slows_nobody_down():
    speech = voice(3, 150)
    words = said("one two three four five")
    plain, padded = scores(speech, words), scores(np.concatenate([gap(3), speech, gap(5)]), words)
    for name in ("words_per_minute", "words_per_voiced_minute"):
        assert padded[name] == pytest.approx(plain[name], rel=0.03)


def test_a_word_rate_says_what_it_was_made_of():
    by_name = {score.name: score for score in reading(voice(3, 150), said("one two")).scores}
    (step,) = by_name["words_per_voiced_minute"].trace
    n_words, minutes = re.fullmatch(r"(\d+) words / ([\d.]+) min of speech", step.found).groups()
    assert step.points is None
    assert int(n_words) / float(minutes) == pytest.approx(
        by_name["words_per_voiced_minute"].value, rel=1e-3
    )


def test_the_customers_words_are_not_the_speakers():
    mine = said("hello good day to you", "customer", "agent", "agent", None, "agent")
    heard = scores(voice(3, 150), mine)["words_per_voiced_minute"]
    assert heard == pytest.approx(
        scores(voice(3, 150), said("good day to you"))["words_per_voiced_minute"]
    )


@pytest.mark.parametrize(
    ("transcript", "reason", "note"),
    [
        (None, "not analysed", "no transcript was given"),
        (said(""), "unset", "holds no word of this speaker"),
        (said("- ..."), "unset", "holds no word of this speaker"),
        (said("hello there", "customer", "customer"), "unset", "holds no word of this speaker"),
        (said("\u304a\u306f\u3088\u3046"), "not analysed", "puts no spaces between words"),
    ],
)
def test_no_words_are_missing_with_a_reason_and_not_a_rate_of_0(transcript, reason, note):
    heard = reading(voice(2, 150), transcript).scores
    for score in [score for score in heard if score.name.startswith("words_")]:
        assert (score.value, score.missing_reason) == (None, reason)
        assert note in score.note


def test_words_without_speech_to_say_them_in_have_no_rate():
    for score in reading(gap(2), said("thanks for watching")).scores[7:9]:
        assert (score.value, score.missing_reason) == (None, "unset")
        assert score.note == "less than 0.3 s of speech to divide words by"


def test_every_missing_score_says_why_in_a_sentence():
    for sound in (gap(2), voice(0.4, 150), voice(2, 150)):
        for score in reading(sound).scores:
            assert (score.value is None) == (score.missing_reason is not None)
            assert (score.value is None) == bool(score.note)


def test_it_does_without_a_transcript_and_takes_one():
    info = load_system("tone:prosody").info
    assert (info.reads, info.takes) == (("audio",), ("transcript",))


def test_every_parameter_is_among_the_options():
    options = dict(load_system("tone:prosody").info.options)
    assert options["silence_event"] == "3 s"
    assert options["overtalk"] == "0.25 s"
    assert options["speech"] == "webrtcvad mode 2 at -20 dBFS"
    assert options["leakage"] == "median in 0.3 s + 6 dB, at most -20 dB of the other"
    assert options["steady"] == "within 6 dB is no speech"


def test_it_has_no_variants():
    with pytest.raises(NotFoundError, match="no prosody variant named 'praat'"):
        load_system("tone:prosody/praat")


@pytest.mark.slow
def test_it_is_fifteen_times_faster_than_the_speech_it_hears(shared_data):
    root = shared_data("alnum")
    with (root / "utterances.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))[:20]
    sounds = [read_audio(root / row["audio"]) for row in rows]
    scorer = Prosody()
    scorer.score(Call(sounds[0]))  # librosa compiles at its first call
    began = time.process_time()
    for sound in sounds:
        scorer.score(Call(sound))
    spent = time.process_time() - began
    assert sum(sound.seconds for sound in sounds) / spent > 15


def test_real_speakers_have_the_pitch_of_their_voices_and_a_rate_that_does_not_depend_on_it(
    shared_data,
):
    root = shared_data("emodb")
    with (root / "utterances.csv").open(encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["emotion"] == "neutral"]
    found = {}
    for sex, lowest, highest in (("male", 80, 180), ("female", 140, 260)):
        syllables = nuclei = 0.0
        for row in [row for row in rows if row["sex"] == sex][:12]:
            sound = read_audio(root / row["audio"])
            heard = scores(sound.samples)
            assert lowest < heard["median_pitch_hz"] < highest
            speech_seconds = sound.seconds * (1 - heard["silence_share"])
            nuclei += heard["speech_rate_syllables_per_s"] * speech_seconds
            # a German syllable has one run of vowel letters
            syllables += len(re.findall("[aeiouyäöü]+", row["reference"].lower()))
        found[sex] = nuclei / syllables
    assert 0.7 < found["male"] < 1
    assert found["male"] == pytest.approx(found["female"], abs=0.08)
