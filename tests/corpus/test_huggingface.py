"""Hugging Face data sets: sound as files, bytes or arrays, with no torch anywhere."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

import biasbench as bb
from biasbench.errors import AudioError, OptionError
from tests.corpus.conftest import RATE, write_tone

hf = pytest.importorskip("datasets", reason="the package 'datasets' is not installed")
if not hasattr(hf, "Dataset"):  # without the package, the project's own folder bears the name
    pytest.skip("the package 'datasets' is not installed", allow_module_level=True)


def wav_bytes(samples: np.ndarray, rate: int = RATE) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format="WAV", subtype="FLOAT")
    return stream.getvalue()


def test_common_voice_columns_and_class_labels_become_ours():
    split = hf.Dataset.from_dict(
        {
            "client_id": ["c1", "c2", "c3"],
            "path": ["a.mp3", "b.mp3", "c.mp3"],
            "sentence": ["yes", "no", "well"],
            "accent": ["us", "", None],
            "gender": [0, 1, -1],
            "audio": [{"array": [0.1] * 160, "sampling_rate": 16_000}] * 3,
        }
    ).cast_column("gender", hf.ClassLabel(names=["female", "male"]))
    corpus = bb.load_corpus(split, language="en")
    table = corpus.utterances
    assert table["speaker_id"].tolist() == ["c1", "c2", "c3"]
    assert table["reference"].tolist() == ["yes", "no", "well"]
    assert table["accent"].tolist() == ["us", "unknown", "unknown"]
    assert table["gender"].tolist() == ["female", "male", "unknown"]
    assert table["utterance_id"].tolist() == ["row-0", "row-1", "row-2"]
    assert corpus.provenance.facts()["utterance_id"] == "row number"
    assert bb.check(split).ok


def test_arrays_are_heard_at_16_khz():
    t = np.arange(8000) / 8000
    tone = np.sin(2 * np.pi * 440 * t)
    split = hf.Dataset.from_dict(
        {
            "id": ["u"],
            "speaker_id": ["p"],
            "text": ["tone"],
            "audio": [{"array": tone.tolist(), "sampling_rate": 8000}],
        }
    )
    sound = bb.load_corpus(split).audio("u")
    assert (sound.sample_rate, sound.seconds, sound.samples.dtype) == (16_000, 1.0, np.float32)


def test_bytes_are_decoded_when_asked_for():
    tone = 0.25 * np.ones(1600)
    rows = {
        "id": ["u", "v", "w"],
        "speaker": ["p", "q", "r"],
        "audio": [
            {"bytes": wav_bytes(tone), "path": None},
            {"bytes": b"not a sound", "path": None},
            {"bytes": None, "path": None},
        ],
    }
    split = hf.Dataset.from_dict(rows).cast_column("audio", hf.Audio())
    corpus = bb.load_corpus(split)
    assert corpus.has_audio
    np.testing.assert_array_equal(corpus.audio("u").samples, tone.astype(np.float32))
    with pytest.raises(AudioError, match=r"v: the sound of row 2 cannot be read"):
        corpus.audio("v")
    found = bb.check(split)
    assert found.problems.query("kind == 'unreadable audio'")["row"].tolist() == ["row 2", "row 3"]
    assert "w: the sound of row 3 cannot be read: the row holds no sound" in str(found)


def test_files_stay_files(tmp_path: Path):
    path = tmp_path / "one.wav"
    write_tone(path, seconds=0.5)
    split = hf.Dataset.from_dict({"audio": [str(path)], "speaker": ["p"], "text": ["x"]})
    corpus = bb.load_corpus(split.cast_column("audio", hf.Audio()))
    assert corpus.utterances["audio"].tolist() == [str(path)]
    assert corpus.utterances["utterance_id"].tolist() == ["one.wav"]
    assert corpus.audio("one.wav").seconds == pytest.approx(0.5)
    plain = bb.load_corpus(split)  # a column of paths that nobody declared as sound
    assert plain.audio(plain.utterances["utterance_id"].iloc[0]).seconds == pytest.approx(0.5)


def test_times_of_a_longer_recording_do_not_cut_the_sound_again():
    split = hf.Dataset.from_dict(
        {
            "id": ["u"],
            "speaker": ["p"],
            "text": ["x"],
            "start": [100.0],
            "end": [101.0],
            "audio": [{"array": [0.1] * 16_000, "sampling_rate": 16_000}],
        }
    )
    corpus = bb.load_corpus(split)
    assert corpus.audio("u").seconds == 1.0
    assert corpus.utterances["source_start"].tolist() == [100.0]
    assert "start" not in corpus.utterances.columns
    assert bb.describe(corpus)["hours"].iloc[0] == pytest.approx(1 / 3600)


def test_several_channels_ask_for_one():
    both = np.stack([np.zeros(100), np.ones(100)])
    rows = {
        "id": ["u"],
        "speaker": ["p"],
        "text": ["x"],
        "audio": [{"array": both.tolist(), "sampling_rate": 16_000}],
    }
    with pytest.raises(
        AudioError, match=r"u: has 2 channels and none was chosen. Add a column chan"
    ):
        bb.load_corpus(hf.Dataset.from_dict(rows)).audio("u")
    chosen = bb.load_corpus(hf.Dataset.from_dict({**rows, "channel": ["1"]})).audio("u")
    np.testing.assert_array_equal(chosen.samples, np.ones(100))


def test_a_dict_of_splits_asks_for_one():
    split = hf.Dataset.from_dict({"id": ["a"], "speaker": ["p"], "text": ["x"]})
    with pytest.raises(OptionError, match=r"holds several splits. Give one: dataset\['test'\]"):
        bb.load_corpus(hf.DatasetDict({"test": split}))
    with pytest.raises(OptionError, match=r"read once, a corpus several times"):
        bb.load_corpus(split.to_iterable_dataset())


def test_a_split_gives_the_same_corpus_as_its_table():
    rows = {"id": ["a", "b"], "speaker": ["p", "q"], "text": ["x", "y"], "accent": ["us", None]}
    split = bb.load_corpus(hf.Dataset.from_dict(rows))
    pd.testing.assert_frame_equal(split.utterances, bb.load_corpus(pd.DataFrame(rows)).utterances)
