"""The reader of CREMA-D's ratings: recognised, whole, its traps minded."""

import numpy as np

import biasbench as bb
from biasbench import registry
from biasbench.corpora.cremad_ratings import VOTES, fits


def test_it_is_recognised_and_whole(shared_data):
    root = shared_data("cremad_ratings")
    corpus = bb.load_corpus(root)
    facts = corpus.provenance.facts()
    assert facts["reader"] == "cremad-ratings"
    assert (facts["labels"], facts["synthetic"], facts["language"]) == ("corpus", "no", "en")
    total = bb.describe(corpus).iloc[0]
    assert (total["n_utterances"], total["n_speakers"]) == (7442, 91)
    by_leaf = registry.find("corpora", "cremad-ratings").load(root)
    assert by_leaf.provenance == corpus.provenance
    assert not corpus.has_audio


def test_every_vote_is_counted_once(shared_data):
    clips = bb.load_corpus(shared_data("cremad_ratings")).utterances
    votes = clips[list(VOTES)].astype(int)
    assert (votes.sum(axis=1) == clips["n_raters"].astype(int)).all()
    assert votes.to_numpy().sum() == 68_568
    assert set(clips["emotion_intended"]) == set(VOTES.values())


def test_the_most_voted_emotions_are_those_that_the_corpus_names(shared_data):
    clips = bb.load_corpus(shared_data("cremad_ratings")).utterances
    votes = clips[list(VOTES)].astype(int).to_numpy()
    names = np.array(list(VOTES.values()))
    most = [":".join(names[row == row.max()]) for row in votes]
    assert most == clips["voice_vote"].tolist()


def test_the_actor_whose_race_nobody_knows_is_unknown(shared_data):
    clips = bb.load_corpus(shared_data("cremad_ratings")).utterances
    people = clips.groupby("race")["speaker_id"].nunique().to_dict()
    assert people == {"African American": 22, "Asian": 7, "Caucasian": 61, "unknown": 1}
    assert clips.groupby("sex")["speaker_id"].nunique().to_dict() == {"female": 43, "male": 48}


def test_another_folder_with_ratings_is_not_taken_for_it(tmp_path):
    (tmp_path / "ratings.csv.gz").write_bytes(b"not gzip")
    assert not fits(tmp_path)
    assert not fits(tmp_path / "nowhere")
    assert not fits("ratings.csv.gz")
