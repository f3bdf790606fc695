"""The numbers an emotion classifier is fed, on sounds that were made to have known ones."""

import re

import numpy as np
import pytest

from biasbench.systems import acoustics
from biasbench.systems.acoustics import FEATURES, describe
from biasbench.systems.voice.compiled import compiled_librosa

RATE = 16_000


def voice(seconds: float, hertz: float | np.ndarray = 150.0, *, boost: float = 1.0) -> np.ndarray:
    """A buzz that swells four times a second; `boost` multiplies what lies above 1 kHz."""
    n_samples = round(seconds * RATE)
    t = np.arange(n_samples) / RATE
    hertz = np.broadcast_to(hertz, n_samples)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    buzz = sum(
        (boost if k * hertz.mean() > 1000 else 1.0) * np.sin(k * phase) / k for k in range(1, 22)
    )
    swell = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * t)
    return (0.15 * swell * buzz).astype(np.float32)


def gap(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), dtype=np.float32)


def numbers(samples: np.ndarray, **band) -> dict[str, float]:
    described = describe(samples, **band)
    assert described.lacking is None
    return dict(zip(FEATURES, described.values, strict=True))


def test_every_number_has_a_name_of_its_own_and_a_line_in_the_table():
    assert len(set(FEATURES)) == len(FEATURES) == len(numbers(voice(1)))
    rows = [line for line in acoustics.__doc__.splitlines() if line.startswith("|")]
    for name in FEATURES:
        stem = re.sub(r"_(mean|sd|delta_sd|p10|median|p90)$", "", name)
        stem = "mfcc_01" if stem.startswith("mfcc") else stem
        assert any(stem in row for row in rows), name


def test_the_volume_changes_nothing():
    loud = numbers(voice(2))
    assert numbers(voice(2) * np.float32(0.01)) == pytest.approx(loud, rel=1e-4, abs=1e-4)


def test_silence_before_and_after_changes_nothing():
    # not without any silence: a recording that starts in mid-sound has no slope there
    alone = numbers(np.concatenate([gap(0.2), voice(2), gap(0.2)]))
    padded = numbers(np.concatenate([gap(1), voice(2), gap(3)]))
    assert padded == pytest.approx(alone, rel=1e-6)


def test_a_pause_inside_counts_as_not_heard():
    paused = np.concatenate([voice(1), gap(1), voice(1)])
    assert numbers(paused)["heard_share"] == pytest.approx(2 / 3, abs=0.04)
    assert numbers(voice(2))["heard_share"] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("hertz", [80, 110, 220, 440])
def test_pitch_is_in_semitones_above_55_hz(hertz):
    heard = numbers(voice(2, hertz))
    assert heard["pitch_median"] == pytest.approx(12 * np.log2(hertz / 55), abs=0.15)
    assert heard["pitch_sd"] < 0.15


def test_a_glide_of_an_octave_has_its_percentiles_and_steps():
    heard = numbers(voice(4, 110 * 2 ** np.linspace(0, 1, 4 * RATE)))
    assert heard["pitch_p90"] - heard["pitch_p10"] == pytest.approx(0.8 * 12, abs=0.4)
    assert heard["pitch_step_mean"] == pytest.approx(12 / 400, abs=0.02)  # 400 frames


def test_twice_the_amplitude_above_1_khz_is_6_db_of_alpha_ratio():
    flat, bright = numbers(voice(2)), numbers(voice(2, boost=2.0))
    gained = bright["alpha_ratio_mean"] - flat["alpha_ratio_mean"]
    assert gained == pytest.approx(20 * np.log10(2), abs=0.5)
    assert bright["centroid_mean"] > flat["centroid_mean"]
    assert bright["hammarberg_mean"] < flat["hammarberg_mean"]


def test_breath_is_flatter_and_less_periodic_than_a_buzz():
    breath = (0.03 * np.random.default_rng(0).normal(size=2 * RATE)).astype(np.float32)
    clear, breathy = numbers(voice(2)), numbers(voice(2) + breath)
    assert breathy["flatness_mean"] > clear["flatness_mean"] + 3
    assert breathy["harmonicity_mean"] < clear["harmonicity_mean"]


def test_cepstra_are_those_that_librosa_computes_from_the_sound():
    # a steady buzz: every frame is heard, and neither level nor the ends of the sound matter
    t = np.arange(3 * RATE) / RATE
    steady = sum(np.sin(2 * np.pi * 125 * k * t) / k for k in range(1, 30)).astype(np.float32)
    librosa = compiled_librosa()
    theirs = librosa.feature.mfcc(
        y=steady, sr=RATE, n_mfcc=20, n_fft=512, hop_length=160, n_mels=40, fmin=50, fmax=4000
    )[:, 20:-20].mean(axis=1)
    ours = numbers(steady * np.float32(0.1))
    for k in range(2, 21):  # the first is the level, which we bring to a common one
        assert ours[f"mfcc_{k:02d}_mean"] == pytest.approx(theirs[k - 1], abs=0.4), k
        assert ours[f"mfcc_{k:02d}_sd"] < 1.5


def test_what_lies_above_the_band_leaves_the_spectral_numbers_alone():
    t = np.arange(2 * RATE) / RATE
    whistle = (0.05 * np.sin(2 * np.pi * 6000 * t)).astype(np.float32)
    spectral = [name for name in FEATURES if not re.match("pitch|voiced|harmon|heard", name)]
    plain, whistled = numbers(voice(2)), numbers(voice(2) + whistle)
    for name in spectral:
        in_hertz = name.startswith(("centroid", "bandwidth", "rolloff"))
        assert whistled[name] == pytest.approx(plain[name], rel=0.03, abs=5 if in_hertz else 0.3)
    to_8k = numbers(voice(2) + whistle, highest=8000.0)
    assert to_8k["centroid_mean"] > numbers(voice(2), highest=8000.0)["centroid_mean"] + 300


def test_a_long_sound_is_described_as_if_in_one_piece(monkeypatch):
    sound = voice(3, np.linspace(100, 180, 3 * RATE))
    whole = numbers(sound)
    monkeypatch.setattr(acoustics, "_BLOCK", 70)  # frames: three seconds in five pieces
    assert numbers(sound) == pytest.approx(whole, rel=1e-9, abs=1e-9)


def hiss(seconds: float, level: float) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=round(seconds * RATE))
    return (level * noise).astype(np.float32)


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        (voice(0.4), "0.40 s of sound; 0.5 s are needed"),
        (gap(0), "0.00 s of sound; 0.5 s are needed"),
        (gap(2), "silence: nothing is louder than -70 dBFS"),
        (hiss(2, 1e-4), "silence: nothing is louder than -70 dBFS"),
        (np.concatenate([voice(0.3), gap(3)]), r"0\.\d\d s of sound; 0.5 s are needed"),
        (hiss(2, 0.1), r"0\.\d\d s of voiced sound; 0.3 s are needed"),
    ],
    ids=["short", "nothing", "silence", "a muted line", "a syllable", "hiss"],
)
def test_what_cannot_be_described_has_a_sentence_and_no_numbers(samples, why):
    described = describe(samples)
    assert described.values is None
    assert re.fullmatch(why, described.lacking)


def test_no_number_is_missing_where_there_are_numbers():
    rng = np.random.default_rng(1)
    for seconds in (0.8, 1.3, 5.0):
        sound = voice(seconds, rng.uniform(80, 400)) + hiss(seconds, rng.uniform(0, 0.02))
        assert np.isfinite(describe(sound).values).all()


def test_the_sound_itself_is_left_alone():
    sound = voice(1)
    before = sound.copy()
    describe(sound)
    np.testing.assert_array_equal(sound, before)
