"""describe and Corpus: what is in a corpus, by group."""

import pandas as pd
import pytest

import biasbench as bb
from biasbench.errors import NotFoundError

TABLE = (
    "id,speaker,audio,start,end,accent,text\n"
    "a,p,a.wav,,,x,one two three\n"
    "b,p,a.wav,0.1,0.2,x,four\n"
    "c,q,gone.wav,,,y,\n"
    "d,r,a.wav,0.4,,,five six\n"
)


def test_groups_are_counted_in_people_utterances_hours_and_words(folder):
    corpus = bb.load_corpus(folder(TABLE, tones=("a.wav",)))
    summary = bb.describe(corpus, by="accent").set_index("group")
    assert summary.index.tolist() == ["x", "y", "unknown", "all"]
    assert summary["n_speakers"].tolist() == [1, 1, 1, 3]
    assert summary["n_utterances"].tolist() == [2, 1, 1, 4]
    assert summary["n_words"].tolist() == [4, 0, 2, 6]
    assert summary["n_no_reference"].tolist() == [0, 1, 0, 1]
    assert summary["n_no_audio"].tolist() == [0, 1, 0, 1]
    assert summary["n_unknown"].tolist() == [0, 0, 1, 1]
    assert summary.loc["x", "hours"] * 3600 == pytest.approx(0.6)
    assert pd.isna(summary.loc["y", "hours"])
    assert summary.loc["unknown", "hours"] * 3600 == pytest.approx(0.1)


def test_a_text_corpus_has_no_hours(folder):
    summary = bb.describe(bb.load_corpus(folder("id,speaker,text\na,p,yes\n")))
    assert summary["hours"].isna().all()
    assert summary["n_no_audio"].tolist() == [0]


def test_an_unknown_column_is_named(folder):
    corpus = bb.load_corpus(folder(TABLE))
    with pytest.raises(NotFoundError, match=r"no group column named 'dialect'. Known: accent"):
        bb.describe(corpus, by="dialect")


def test_a_hundred_thousand_rows_load_without_touching_audio(tmp_path):
    n = 100_000
    table = pd.DataFrame(
        {
            "utterance_id": [f"u{i}" for i in range(n)],
            "speaker_id": [f"s{i % 500}" for i in range(n)],
            "audio": [f"audio/{i}.wav" for i in range(n)],
            "reference": "please pay the bill",
            "accent": [("x", "y", "")[i % 500 % 3] for i in range(n)],
        }
    )
    path = tmp_path / "calls.csv"
    table.to_csv(path, index=False)
    corpus = bb.load_corpus(path)
    assert bb.describe(bb.load_corpus(table.drop(columns="audio")))["n_speakers"].tolist() == [500]
    assert (corpus.utterances["accent"] == "unknown").sum() == table["accent"].eq("").sum()


def test_two_columns_together_make_intersections():
    people = pd.DataFrame(
        {
            "utterance_id": ["a", "b", "c"],
            "speaker_id": ["p", "q", "r"],
            "reference": ["one", "two", "three"],
            "accent": ["us", "us", "uk"],
            "gender": ["f", None, "m"],
        }
    )
    described = bb.describe(bb.load_corpus(people), by="accent,gender")
    assert described["group"].tolist() == ["uk × m", "us × f", "unknown", "all"]
