"""Kaldi folders: the lists become columns; commands and archives are refused."""

from pathlib import Path

import pytest

import biasbench as bb
from biasbench.errors import TableError
from tests.corpus.conftest import write_tone

LISTS = {
    "wav.scp": "rec1 rec1.wav\n",
    "segments": "u1 rec1 0.0 0.2\nu2 rec1 0.2 -1\n",
    "text": "u1 good morning\nu2\n",
    "utt2spk": "u1 p1\nu2 p2\n",
    "spk2utt": "p1 u1\np2 u2\n",
    "spk2gender": "p1 f\n",
    "spk2accent": "p1 Scottish English\np2 Irish English\n",
    "utt2lang": "u1 en\nu2 en\n",
    "utt2site": "u1 Leeds\n",
}


def kaldi(root: Path, **changed: str) -> Path:
    for name, text in {**LISTS, **changed}.items():
        (root / name.replace("__", ".")).write_text(text, encoding="utf-8")
    write_tone(root / "rec1.wav")
    return root


def test_every_list_becomes_a_column(tmp_path: Path):
    corpus = bb.load_corpus(kaldi(tmp_path))
    first, second = corpus.utterances.to_dict("records")
    assert first["speaker_id"] == "p1"
    assert first["reference"] == "good morning"
    assert (first["start"], first["end"]) == (0.0, 0.2)
    assert first["language"] == corpus.provenance.facts()["language"] == "en"
    assert [row["gender"] for row in (first, second)] == ["f", "unknown"]
    assert [row["accent"] for row in (first, second)] == ["Scottish English", "Irish English"]
    assert [row["site"] for row in (first, second)] == ["Leeds", "unknown"]
    assert second["reference"] is None
    assert corpus.audio("u2").seconds == pytest.approx(0.3)  # −1 is the end of the recording


def test_without_segments_a_recording_is_an_utterance(tmp_path: Path):
    kaldi(tmp_path, **{"wav__scp": "u1 rec1.wav\nu2 rec1.wav\n"})
    (tmp_path / "segments").unlink()
    assert bb.load_corpus(tmp_path).utterances["audio"].tolist() == ["rec1.wav", "rec1.wav"]


def test_a_command_is_refused_and_never_run(tmp_path: Path):
    trace = tmp_path / "trace"
    kaldi(tmp_path, **{"wav__scp": f"rec1 touch {trace} && sph2pipe -f wav x.sph |\n"})
    with pytest.raises(
        TableError, match=r"line 1: .* is a command, and commands in data files are n"
    ):
        bb.load_corpus(tmp_path)
    assert not bb.check(tmp_path).ok
    assert not trace.exists()


def test_a_place_in_an_archive_is_refused(tmp_path: Path):
    kaldi(tmp_path, **{"wav__scp": "rec1 /data/wav.1.ark:1042\n"})
    with pytest.raises(TableError, match=r"is a place in a Kaldi archive, which is not read. Copy"):
        bb.load_corpus(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("utt2spk", "u1 p1\n", "speaker_id is empty"),
        ("utt2spk", "u1 p1\nu2 p2\nu3 p3\n", "utt2spk: line 3: 'u3' is not in segments"),
        ("text", "u1 a\nu9 b\n", "text: line 2: 'u9' is not in segments"),
        ("utt2spk", "u1 p1\nu2 p2\nu1 p2\n", "utt2spk: line 3: 'u1' stands in line 1 too"),
        (
            "segments",
            "u1 rec1 0.0 0.2\nu2 rec7 0 1\n",
            "line 2: recording 'rec7' is not in wav.scp",
        ),
        (
            "segments",
            "u1 rec1 0.0 0.2\nu2 rec1 0\n",
            "line 2: 'rec1 0' is not: recording start end",
        ),
        ("segments", "u1 rec1 0.3 0.2\nu2 rec1 0 1\n", "end 0.2 s is not after start 0.3 s"),
        ("wav.scp", "rec1\n", "wav.scp: line 1: 'rec1' has no file"),
    ],
)
def test_lists_that_disagree_are_shown(tmp_path: Path, name: str, text: str, words: str):
    kaldi(tmp_path, **{name.replace(".", "__"): text})
    assert words in str(bb.check(tmp_path))
    with pytest.raises(TableError):
        bb.load_corpus(tmp_path)
