"""The other side of a call: the other channel of the same file and stretch, or nobody."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from biasbench.audio import Audio, count_channels, read_other_channel
from biasbench.corpus import Corpus, load_corpus
from biasbench.errors import AudioError, NotFoundError
from biasbench.provenance import Provenance

RATE = 16_000
#: What each channel holds, everywhere: so a channel is known by any of its samples.
LEVELS = (0.25, -0.5, 0.75)


def write_call(path: Path, *, channels: int, seconds: float = 2.0, rate: int = RATE) -> None:
    """A file whose channels hold a constant each, and 0 in its second half."""
    sound = np.tile(np.array(LEVELS[:channels]), (round(seconds * rate), 1))
    sound[len(sound) // 2 :] = 0
    soundfile.write(path, sound, rate, subtype="FLOAT")


def corpus_of(root: Path, table: str) -> Corpus:
    (root / "utterances.csv").write_text(table, encoding="utf-8")
    return load_corpus(root)


def test_the_other_side_of_each_channel_is_the_other_channel(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    corpus = corpus_of(tmp_path, "utterance_id,audio,channel\nagent,call.wav,0\nother,call.wav,1\n")
    for name, other_level in (("agent", LEVELS[1]), ("other", LEVELS[0])):
        heard = corpus.other_side(name)
        assert heard.samples[100] == pytest.approx(other_level)
        assert heard.sample_rate == RATE
        assert heard.name == name
        assert len(heard.samples) == len(corpus.audio(name).samples)


def test_it_is_heard_over_the_same_stretch(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    corpus = corpus_of(
        tmp_path, "utterance_id,audio,start,end,channel\na,call.wav,0.75,1.5,0\nb,call.wav,1,,1\n"
    )
    a, b = corpus.other_side("a"), corpus.other_side("b")
    assert a.seconds == pytest.approx(0.75)
    assert a.samples[: RATE // 4] == pytest.approx(LEVELS[1])
    assert not a.samples[RATE // 4 :].any()
    assert b.seconds == pytest.approx(1.0)
    assert not b.samples.any()


def test_a_column_with_gaps_that_turned_into_decimals_still_names_a_channel(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    write_call(tmp_path / "mono.wav", channels=1)
    corpus = corpus_of(tmp_path, "utterance_id,audio,channel\na,call.wav,1.0\nb,mono.wav,\n")
    assert corpus.other_side("a").samples[0] == pytest.approx(LEVELS[0])
    assert corpus.other_side("b") is None


@pytest.mark.parametrize(
    ("channels", "channel"), [(1, ""), (1, "0"), (2, "mix"), (3, "0"), (3, "mix")]
)
def test_there_is_no_other_side_on_one_channel_a_mix_or_more_than_two(tmp_path, channels, channel):
    write_call(tmp_path / "call.wav", channels=channels)
    corpus = corpus_of(tmp_path, f"utterance_id,audio,channel\na,call.wav,{channel}\n")
    assert corpus.audio("a").seconds == pytest.approx(2)
    assert corpus.other_side("a") is None


def test_there_is_none_in_texts_nor_in_sound_held_in_memory(tmp_path):
    texts = load_corpus(pd.DataFrame({"utterance_id": ["a"], "reference": ["hello"]}))
    assert texts.other_side("a") is None
    sound = Audio(np.zeros(RATE, dtype=np.float32), RATE)
    held = Corpus(texts.utterances, Provenance(), tmp_path, audio_in_memory={"a": sound})
    assert held.other_side("a") is None


def test_two_channels_of_which_none_was_chosen_have_no_other_side_to_guess(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    corpus = corpus_of(tmp_path, "utterance_id,audio\na,call.wav\n")
    with pytest.raises(AudioError, match="has 2 channels and none was chosen"):
        corpus.other_side("a")


def test_a_channel_that_the_file_does_not_have_is_refused(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    with pytest.raises(AudioError, match="there is no channel 2: the file has 2 channels"):
        read_other_channel(tmp_path / "call.wav", channel=2)


def test_an_unknown_utterance_is_answered_with_the_nearest(tmp_path):
    write_call(tmp_path / "call.wav", channels=2)
    corpus = corpus_of(tmp_path, "utterance_id,audio,channel\nanna,call.wav,0\n")
    with pytest.raises(NotFoundError, match="no utterance named 'ana'. Did you mean 'anna'"):
        corpus.other_side("ana")


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(AudioError, match="no such audio file"):
        count_channels(tmp_path / "call.wav")
    (tmp_path / "call.wav").write_bytes(b"not sound")
    with pytest.raises(AudioError, match="cannot be read as audio"):
        count_channels(tmp_path / "call.wav")


def test_a_phone_format_has_another_side_too(tmp_path):
    av = pytest.importorskip("av")
    path = tmp_path / "call.m4a"
    left = 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.stack([left, 0 * left]).astype(np.float32), format="fltp", layout="stereo"
        )
        frame.rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    assert count_channels(path) == 2
    assert np.abs(read_other_channel(path, channel=1).samples).max() > 0.4
    assert np.abs(read_other_channel(path, channel=0).samples).max() < 0.05
