"""A corpus with its recordings made worse by degrees: how loud the noise is, and whose it is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from biasbench.audio import Audio
from biasbench.corpus import Corpus, describe, load_corpus
from biasbench.corpus.degraded import add_noise, lose_packets, with_noise
from biasbench.demo import tiny
from biasbench.errors import AudioError, OptionError
from biasbench.evidence.degradation import degradation
from biasbench.measures import measure
from biasbench.provenance import Provenance
from biasbench.runs import run
from biasbench.runs.engines import _one_utterance_corpora

RATE = 16_000


def spoken(people=8, each=2, *, loudness=0.1) -> Corpus:
    """Everybody hums a tone of their own: whoever stands in a sum can be told by the pitch."""
    rows, sounds = [], {}
    for person in range(people):
        for at in range(each):
            name = f"p{person}-{at}"
            t = np.arange(RATE + 800 * person) / RATE
            hum = loudness * (1 + at) * np.sin(2 * np.pi * pitch(person) * t)
            sounds[name] = Audio(hum.astype(np.float32), RATE, name)
            rows.append((name, f"p{person}", "ab"[person % 2], "hm"))
    table = pd.DataFrame(rows, columns=["utterance_id", "speaker_id", "accent", "reference"])
    return Corpus(table, Provenance(), Path(), {"name": "hum"}, audio_in_memory=sounds)


def pitch(person: int) -> float:
    return 300.0 + 200 * person


def snr_of(corpus: Corpus, degraded: Corpus, name: str, degree: str) -> float:
    speech = corpus.audio(name).samples.astype(float)
    noise = degraded.audio(f"{name} snr {degree}").samples - speech
    return 10 * np.log10((speech**2).mean() / (noise**2).mean())


@pytest.mark.parametrize("noise", ["white", "babble", np.sin(np.arange(5000) / 3)])
def test_the_ratio_comes_out_as_it_was_asked_for(noise):
    corpus = spoken()
    noisy = add_noise(corpus, noise=noise, snr_db=(20, 10, 5, -3))
    for degree in ("20", "10", "5", "-3"):
        for name in ("p0-0", "p7-1"):
            assert snr_of(corpus, noisy, name, degree) == pytest.approx(float(degree), abs=0.1)


def test_every_utterance_stands_untouched_and_at_every_degree():
    corpus = spoken()
    noisy = add_noise(corpus, noise="white")
    table = noisy.utterances
    counts = table["snr"].fillna(-1).value_counts().to_dict()
    assert counts == {-1: 16, 20: 16, 10: 16, 5: 16}
    assert table["utterance_id"].is_unique
    pd.testing.assert_frame_equal(table[table["snr"].isna()].drop(columns="snr"), corpus.utterances)
    same = noisy.audio("p3-1").samples
    assert np.array_equal(same, corpus.audio("p3-1").samples)
    assert table.loc[table["utterance_id"] == "p3-1 snr 10", "speaker_id"].item() == "p3"


def test_the_same_seed_gives_the_same_samples_and_another_does_not():
    def sha(seed, corpus=None, noise="babble"):
        return add_noise(corpus or spoken(), noise=noise, seed=seed).audio("p1-0 snr 5").sha256()

    assert sha(3) == sha(3)
    assert sha(3) != sha(4)
    # White noise does not depend on who else is in the corpus.
    assert sha(3, spoken(people=3), "white") == sha(3, spoken(people=5), "white")


def test_the_noise_of_an_utterance_is_one_noise_louder_or_softer():
    corpus = spoken()
    noisy = add_noise(corpus, noise="babble")
    speech = corpus.audio("p2-0").samples.astype(float)
    loud, soft = (noisy.audio(f"p2-0 snr {at}").samples - speech for at in (5, 20))
    assert np.corrcoef(loud, soft)[0, 1] > 0.9999
    other = noisy.audio("p2-1 snr 5").samples - corpus.audio("p2-1").samples.astype(float)
    assert abs(np.corrcoef(loud, other)[0, 1]) < 0.9


def test_babble_is_other_people_alike_and_never_the_speaker():
    corpus = spoken(people=8, each=3)
    noisy = add_noise(corpus, noise="babble", snr_db=[0])
    heard = set()
    for utterance in range(3):
        name = f"p4-{utterance}"
        speech = corpus.audio(name).samples.astype(float)
        noise = noisy.audio(f"{name} snr 0").samples - speech
        spectrum = np.abs(np.fft.rfft(noise * np.hanning(len(noise))))
        at = np.fft.rfftfreq(len(noise), 1 / RATE)
        power = [float(spectrum[np.abs(at - pitch(p)) < 40].max()) for p in range(8)]
        there = {person for person in range(8) if power[person] > 0.3 * max(power)}
        assert len(there) == 6
        heard |= there
    assert 4 not in heard
    assert len(heard) > 6  # not the same six every time


def test_a_sum_beyond_full_scale_is_turned_down_as_a_whole():
    speech = np.full(1000, 0.9, np.float32)
    noise = np.tile([1.0, -1.0], 500).astype(np.float32)
    mixed = with_noise(speech, noise, 0.0)
    assert np.abs(mixed).max() == pytest.approx(1)
    assert mixed.min() == pytest.approx(0, abs=1e-6)  # not cut off: the shape is kept


def test_silence_has_no_signal_to_noise_ratio():
    corpus = spoken(loudness=0.0)
    with pytest.raises(AudioError, match="p0-0: is silence"):
        add_noise(corpus, noise="white").audio("p0-0 snr 10")


def test_what_cannot_be_degraded_says_why():
    corpus = spoken()
    for options, words in (
        ({"noise": "pink"}, "neither 'white' nor 'babble'"),
        ({"noise": np.zeros(9)}, "silence is no noise"),
        ({"noise": np.ones((9, 2))}, "one channel of samples"),
        ({"snr_db": []}, "no degree is given"),
        ({"snr_db": [5, 5.0]}, "stands twice"),
        ({"snr_db": [np.nan]}, "is no degree"),
        ({"column": "accent"}, "a column 'accent' already"),
    ):
        with pytest.raises(OptionError, match=words):
            add_noise(corpus, **options)
    with pytest.raises(OptionError, match="has 2 in all"):
        add_noise(spoken(people=2), noise="babble")
    with pytest.raises(OptionError, match="texts alone"):
        add_noise(Corpus(corpus.utterances, Provenance(), Path()), noise="white")
    with pytest.raises(OptionError, match="no share"):
        lose_packets(corpus, rates=[5])


def test_frames_lost_at_one_rate_are_lost_at_every_higher_one():
    corpus = spoken(people=3)
    lossy = lose_packets(corpus, rates=(0.1, 0.4), seed=2)
    speech = corpus.audio("p0-0").samples[1:]
    silent = [lossy.audio(f"p0-0 loss {at}").samples[1:] == 0 for at in ("0.1", "0.4")]
    silent = [here & (np.abs(speech) > 1e-4) for here in silent]
    assert not (silent[0] & ~silent[1]).any()
    assert silent[1].mean() > silent[0].mean() > 0
    many = lose_packets(spoken(people=40), rates=[0.1])
    share = np.mean([
        (many.audio(f"p{p}-0 loss 0.1").samples.reshape(-1, 80) == 0).all(axis=1).mean()
        for p in range(40)
    ])  # fmt: skip
    assert share == pytest.approx(0.1, abs=0.02)


def test_a_corpus_of_files_keeps_its_files(tmp_path):
    rows = ["utterance_id,speaker_id,audio,reference"]
    for person in range(4):
        tone = 0.1 * np.sin(np.arange(RATE) / (5 + person))
        soundfile.write(tmp_path / f"{person}.wav", tone, RATE)
        rows.append(f"u{person},p{person},{person}.wav,hm")
    (tmp_path / "utterances.csv").write_text("\n".join(rows), encoding="utf-8")
    corpus = load_corpus(tmp_path)
    noisy = add_noise(corpus, snr_db=[10])
    assert noisy.utterances["audio"].notna().sum() == 4
    assert snr_of(corpus, noisy, "u1", "10") == pytest.approx(10, abs=0.1)
    assert noisy.provenance.facts()["corpus"] != corpus.provenance.facts()["corpus"]
    alone = _one_utterance_corpora(noisy)  # what travels to a worker
    for name in ("u1", "u1 snr 10"):
        assert alone(name).audio(name).sha256() == noisy.audio(name).sha256()


def test_the_way_from_a_microphone_to_a_curve():
    """A listener tells tones apart; those of b lie closer, so that noise costs b more."""
    rng, rows, sounds = np.random.default_rng(5), [], {}
    words = {"a": [400, 900, 1400, 1900], "b": [400, 408, 416, 424]}
    t = np.arange(400) / RATE
    waves = {hz: np.sin(2 * np.pi * hz * t) for tones in words.values() for hz in tones}
    for accent, tones in words.items():
        for person in range(8):
            for at in range(6):
                name = f"{accent}{person}-{at}"
                said = rng.choice(tones, 10)
                wave = 0.1 * np.concatenate([waves[int(hz)] for hz in said])
                sounds[name] = Audio(wave.astype(np.float32), RATE, name)
                rows.append((name, f"{accent}{person}", accent, " ".join(map(str, said))))
    names = ["utterance_id", "speaker_id", "accent", "reference"]
    corpus = Corpus(pd.DataFrame(rows, columns=names), Provenance(), Path(), audio_in_memory=sounds)

    def listen(audio: Audio) -> str:
        kept = words[audio.name[0]]
        frames = audio.samples.reshape(-1, 400)
        return " ".join(str(max(kept, key=lambda hz: abs(f @ waves[hz]))) for f in frames)

    noisy = add_noise(corpus, noise="white", snr_db=(20, -17))
    heard = run(noisy, listen, progress=False)
    measures = measure(heard, noisy, metrics=["wer"], normalizer="none")
    found = degradation(measures, by="accent", group="b", degree="snr", worst="lowest")
    assert [one.degree for one in found.levels] == [None, 20, -17]
    assert found.levels[0].comparison.value == 0
    assert found.fall.n_unlike == 0
    assert 0 < found.fall.against.value < found.fall.group.value
    assert found.fall.difference.low > 0


def test_a_corpus_of_files_under_noise_is_described_with_its_hours():
    """The copies have no file: their length is that of the sound they are made of."""
    plain = load_corpus(tiny())
    noisy = add_noise(plain, snr_db=(10,), noise="white")
    whole, twice = (describe(one, by="accent")["hours"].sum() for one in (plain, noisy))
    assert twice == pytest.approx(2 * whole)
