"""A subset for a check before a push: everybody stays, and it is taken for nothing else."""

import tomllib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.audio import Audio
from biasbench.cli.quick import quick
from biasbench.corpus import check, load_corpus
from biasbench.corpus.cards import read_card
from biasbench.errors import (
    InsufficientDataError,
    NotFoundError,
    OptionError,
    TableError,
)
from biasbench.gates import Policy, gate, write_baseline
from biasbench.gates.quick import count_kept, quick_subset, write_folder
from biasbench.measures import measure
from biasbench.runs import run
from biasbench.systems.asr.scripted import Scripted

from ..conftest import ROOT

TINY = ROOT / "datasets" / "tiny"
WORDS = ["good", "morning", "thank", "you", "for", "calling", "the", "billing", "team"]


def spoken(n_people=24, n_each=5):
    """A table of people of two accents who say several things each."""
    rows = [
        {
            "utterance_id": f"{person:02}-{at}",
            "speaker_id": f"p{person:02}",
            "accent": "ab"[person % 2],
            "reference": " ".join(WORDS[: 4 + (person + at) % 5]),
            "audio": f"audio/{person:02}-{at}.wav",
        }
        for person in range(n_people)
        for at in range(n_each)
    ]
    return pd.DataFrame(rows)


def ids(corpus):
    return set(corpus.utterances["utterance_id"])


def test_everybody_keeps_as_many_utterances_as_asked_or_all_they_have():
    table = spoken()[:-3]  # the last person has two
    kept = quick_subset(load_corpus(table), by="accent", n_per_speaker=3).utterances
    counts = kept["speaker_id"].value_counts()
    assert set(counts.index) == set(table["speaker_id"])
    assert counts.pop("p23") == 2
    assert set(counts) == {3}


def test_the_order_of_rows_changes_nothing_of_what_is_drawn():
    table = spoken()
    turned = table.sample(frac=1, random_state=3, ignore_index=True)
    asked = {"by": "accent", "n_per_speaker": 2, "people_per_group": 7, "seed": 4}
    assert ids(quick_subset(load_corpus(table), **asked)) == ids(
        quick_subset(load_corpus(turned), **asked)
    )


def test_another_seed_draws_others_and_the_same_seed_the_same():
    corpus = load_corpus(spoken())
    drawn = [ids(quick_subset(corpus, by="accent", seed=seed)) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_each_utterance_of_a_person_is_drawn_equally_often():
    corpus = load_corpus(spoken(n_people=2, n_each=4))
    drawn = [
        sorted(quick_subset(corpus, by="accent", seed=seed).utterances["utterance_id"])[0]
        for seed in range(400)
    ]
    # 100 of each are expected; four standard deviations of a binomial are 35.
    assert all(abs(n - 100) < 35 for n in pd.Series(drawn).value_counts())
    assert len(set(drawn)) == 4


def test_somebody_who_is_added_changes_nobody_elses_utterances():
    fewer = ids(quick_subset(load_corpus(spoken(20)), by="accent"))
    assert fewer < ids(quick_subset(load_corpus(spoken(24)), by="accent"))


def test_more_utterances_or_people_keep_what_fewer_kept():
    corpus = load_corpus(spoken())
    one, two = (ids(quick_subset(corpus, by="accent", n_per_speaker=n)) for n in (1, 2))
    assert one < two
    few, more = (ids(quick_subset(corpus, by="accent", people_per_group=n)) for n in (6, 9))
    assert few < more


def test_people_are_drawn_within_each_group_and_a_small_group_keeps_all():
    table = spoken()
    table.loc[table["speaker_id"].isin(["p00", "p01", "p02"]), "accent"] = "c"
    corpus = load_corpus(table)
    subset = quick_subset(corpus, by="accent", people_per_group=5)
    kept = count_kept(subset, corpus, by="accent").set_index("group")
    assert kept["n_speakers"].to_dict() == {"a": 5, "b": 5, "c": 3, "all": 13}
    assert kept["of_speakers"].to_dict() == {"a": 10, "b": 11, "c": 3, "all": 24}
    assert kept["of_utterances"].to_dict() == {"a": 50, "b": 55, "c": 15, "all": 120}


def test_the_subset_has_a_name_and_fingerprint_of_its_own_and_says_how_it_was_drawn():
    corpus = load_corpus(spoken())
    subset = quick_subset(corpus, by="accent", people_per_group=8, seed=5)
    was, is_now = corpus.provenance.facts(), subset.provenance.facts()
    assert is_now["corpus"].startswith("table quick@")
    assert is_now["corpus"].partition("@")[2] != was["corpus"].partition("@")[2]
    assert is_now["subset_of"] == was["corpus"]
    told = [is_now[key] for key in ("n_per_speaker", "people_per_group", "seed")]
    assert told == ["1", "8", "5"]
    assert len(corpus.utterances) == 120


@pytest.fixture
def heard():
    """What a system made of a corpus without sound: everything right but now and then a word."""

    def listen(corpus, name):
        rng = np.random.default_rng(1)
        texts = {
            row.utterance_id: " ".join(word for word in row.reference.split() if rng.random() > 0.1)
            for row in corpus.utterances.itertuples()
        }
        return measure(run(corpus, Scripted(texts, name=name)), corpus, metrics=["wer"])

    return listen


def test_a_baseline_of_the_whole_corpus_refuses_the_subset(tmp_path, heard):
    asked = Policy(metrics=("wer",), by="accent", groups=("a",), max_change={"wer": 0.1})
    corpus = load_corpus(spoken().drop(columns="audio"), language="en")
    silence = Audio(np.zeros(160, dtype=np.float32), 16_000)
    corpus = replace(corpus, audio_in_memory=dict.fromkeys(ids(corpus), silence))
    path = write_baseline(heard(corpus, "old"), tmp_path / "baseline.json", asked)
    subset = quick_subset(corpus, by="accent")
    with pytest.raises(TableError, match=r"the corpus is table@\w+, and that of .* table quick@"):
        gate(path, heard(subset, "new"), asked)
    own = write_baseline(heard(subset, "old"), tmp_path / "quick.json", asked)
    assert gate(own, heard(subset, "new"), asked).paired


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"n_per_speaker": 0}, OptionError, "n_per_speaker is 0: write 1 or more"),
        ({"people_per_group": 0}, OptionError, "people_per_group is 0: write 1 or more"),
        ({"seed": -1}, OptionError, "seed is -1: write 0 or more"),
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
    ],
)
def test_what_cannot_be_meant_is_refused(asked, error, words):
    with pytest.raises(error, match=words):
        quick_subset(load_corpus(spoken()), **{"by": "accent", **asked})


def test_a_person_in_two_groups_is_refused_and_so_is_a_corpus_of_nobody():
    table = spoken()
    table.loc[0, "accent"] = "b"
    with pytest.raises(TableError, match="accent of speaker 'p00' is a and b; a person is in one"):
        quick_subset(load_corpus(table), by="accent")
    with pytest.raises(InsufficientDataError, match="nobody knows how many people speak"):
        quick_subset(load_corpus(table.drop(columns="speaker_id")), by="accent")


def test_the_folder_that_is_written_holds_the_same_utterances_and_finds_their_sound(tmp_path):
    corpus = load_corpus(TINY)
    subset = quick_subset(corpus, by="accent", people_per_group=2)
    written = load_corpus(write_folder(subset, tmp_path / "quick"))
    assert not (tmp_path / "quick" / "audio").exists()
    pd.testing.assert_frame_equal(
        written.utterances.drop(columns="audio"), subset.utterances.drop(columns="audio")
    )
    name = subset.utterances["utterance_id"].iloc[-1]
    assert np.array_equal(written.audio(name).samples, corpus.audio(name).samples)
    assert check(tmp_path / "quick", by="accent").ok
    assert {key: value for key, value in written.card.items() if key != "origin"} == {
        key: value for key, value in subset.card.items() if key != "origin"
    }
    assert written.provenance.facts()["origin"] == (
        f"{corpus.card['origin']}; quick subset of {corpus.provenance.facts()['corpus']} by "
        "accent: 1 a speaker, people a group: 2, seed 0"
    )


def test_sound_is_named_relative_to_the_folder_so_that_both_can_move_together(tmp_path):
    (tmp_path / "corpus" / "audio").mkdir(parents=True)
    spoken().to_csv(tmp_path / "corpus" / "utterances.csv", index=False)
    subset = quick_subset(load_corpus(tmp_path / "corpus"), by="accent")
    write_folder(subset, tmp_path / "checks" / "quick")
    named = pd.read_csv(tmp_path / "checks" / "quick" / "utterances.csv")["audio"]
    assert named.str.startswith("../../corpus/audio/").all()


def test_ids_and_words_that_look_like_formulas_come_back_as_they_were(tmp_path):
    table = spoken().drop(columns="audio")
    table["speaker_id"] = "+" + table["speaker_id"]
    table["reference"] = "=" + table["reference"]
    subset = quick_subset(load_corpus(table), by="accent")
    written = load_corpus(write_folder(subset, tmp_path / "quick"))
    assert written.utterances.to_dict("list") == subset.utterances.to_dict("list")


def test_a_card_with_quotes_and_line_ends_is_written_so_that_it_reads_back(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    spoken().drop(columns="audio").to_csv(folder / "utterances.csv", index=False)
    (folder / "corpus.toml").write_text(
        '[corpus]\nname = "a \\"b\\" é\\u007f"\ndescription = "one\\ntwo"\nclips = true\n'
        '[labels]\nsource = "panel"\nraters = 3\n',
        encoding="utf-8",
    )
    corpus = load_corpus(folder)
    write_folder(quick_subset(corpus, by="accent"), tmp_path / "quick")
    card = read_card(tmp_path / "quick")
    assert card["name"] == 'a "b" é\x7f quick'
    assert (card["description"], card["clips"], card["labels_raters"]) == ("one\ntwo", "yes", "3")
    assert "design" not in tomllib.loads((tmp_path / "quick" / "corpus.toml").read_text())["corpus"]


def test_sound_in_memory_lies_in_no_folder(tmp_path):
    corpus = load_corpus(spoken().drop(columns="audio"))
    silence = Audio(np.zeros(160, dtype=np.float32), 16_000)
    held = replace(corpus, audio_in_memory=dict.fromkeys(ids(corpus), silence))
    subset = quick_subset(held, by="accent")
    assert len(subset.audio(min(ids(subset))).samples) == 160
    with pytest.raises(OptionError, match="holds its sound in memory and not in files"):
        write_folder(subset, tmp_path / "quick")


def test_a_folder_is_written_again_and_another_corpus_is_never_overwritten(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    spoken().drop(columns="audio").to_csv(folder / "utterances.csv", index=False)
    subset = quick_subset(load_corpus(folder), by="accent")
    write_folder(subset, write_folder(subset, tmp_path / "quick"))
    with pytest.raises(OptionError, match="is the corpus itself"):
        write_folder(subset, folder)
    for name in ("utterances.csv", "utterances.parquet", "corpus.toml"):
        other = tmp_path / f"other {name}"
        other.mkdir()
        (other / name).write_text("[corpus]\n" if name == "corpus.toml" else "id\n")
        with pytest.raises(OptionError, match="holds another corpus"):
            write_folder(subset, other)


def test_the_command_tells_what_it_kept_of_each_group_and_what_that_cannot_decide(tmp_path):
    ended = CliRunner().invoke(
        quick,
        [str(TINY), "--by", "accent", "-o", str(tmp_path / "q"), "--people-per-group", "3"],
        catch_exceptions=False,
    )
    assert ended.exit_code == 0
    lines = ended.stdout.splitlines()
    assert "Britain: 3 of 10 people, 3 of 10 utterances" in lines
    assert "all: 24 of 80 people, 24 of 80 utterances" in lines
    assert lines[-1].startswith("Cannot be decided, whatever the model does: Britain, ")
    assert "fewer than 10 people" in lines[-1]
    assert len(load_corpus(tmp_path / "q").utterances) == 24


def test_the_command_says_that_fewer_words_decide_less_where_everybody_stays(tmp_path):
    ended = CliRunner().invoke(quick, [str(TINY), "--by", "accent", "-o", str(tmp_path / "q")])
    assert ended.stdout.splitlines()[-1].startswith("Every group has 10 people or more; with fewer")
