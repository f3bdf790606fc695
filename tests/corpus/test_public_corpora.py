"""The readers of public corpora, on the real ones."""

import pytest

import biasbench as bb
from biasbench import registry
from biasbench.corpora.alnum import spelled


@pytest.mark.parametrize(
    ("name", "reader", "utterances", "people"),
    [
        ("alnum", "alnum", 140, 70),
        ("cremad_ratings", "cremad-ratings", 7442, 91),
        ("artie", "artie", 1712, 969),
        ("edacc", "edacc", 9177, 60),
        ("afrispeech_dev", "afrispeech-dev", 3227, 247),
        ("fsdd", "fsdd", 1200, 6),
        ("emodb", "emodb", 535, 10),
        ("asterisk_prompts", "asterisk-prompts", 480, 4),
    ],
)
def test_each_is_recognised_and_whole(shared_data, name, reader, utterances, people):
    root = shared_data(name)
    corpus = bb.load_corpus(root)
    facts = corpus.provenance.facts()
    assert facts["reader"] == reader
    assert (facts["labels"], facts["synthetic"]) == ("corpus", "no")
    total = bb.describe(corpus).iloc[0]
    assert (total["n_utterances"], total["n_speakers"]) == (utterances, people)
    by_leaf = registry.find("corpora", reader).load(root)
    assert by_leaf.provenance == corpus.provenance


@pytest.mark.parametrize("name", ["alnum", "fsdd", "emodb", "asterisk_prompts"])
def test_every_recording_of_the_audio_corpora_can_be_heard(shared_data, name):
    assert bb.check(shared_data(name), by="accent").ok


def test_alnum_leaves_addresses_out_and_says_so(shared_data):
    corpus = bb.load_corpus(shared_data("alnum"))
    assert set(corpus.utterances["kind"]) == {"Names", "Numbers"}
    assert corpus.provenance.facts()["excluded"].startswith("69 addresses")
    said = corpus.utterances.set_index("utterance_id")["reference"]
    assert said["alnum_names_R_1KvCEEGNThnpnzy"] == "s a f f r o n r o b l e s"
    assert said["alnum_numbers_R_1KvCEEGNThnpnzy"] == "8 8 8 5 1 1 2 9 3 1"
    wanted = {
        "familiarity",
        "recorder",
        "accent_strength_0_10",
        "difficulty_with_automated_systems",
    }
    assert wanted <= set(corpus.utterances.columns)
    assert "extra" not in corpus.utterances.columns


def test_spelling_keeps_letters_and_digits_only():
    assert spelled("Isla de Souza-7") == "i s l a d e s o u z a 7"


def test_alnum_can_be_read_as_a_plain_table_on_demand(shared_data):
    corpus = bb.load_corpus(shared_data("alnum"), reader="manifest")
    assert len(corpus.utterances) == 209


def test_voxpopuli_has_no_speakers_and_says_so(shared_data):
    root = shared_data("voxpopuli_fr")
    corpus = bb.load_corpus(root)
    assert "speaker_id" not in corpus.utterances.columns
    assert corpus.provenance.facts()["language"] == "fr"
    assert set(corpus.utterances["accent"]) == {"unknown"}
    assert not [name for name in corpus.utterances.columns if name.startswith("hyp_")]
    assert bb.describe(corpus, by="sex")["n_speakers"].isna().all()
    assert "no column speaker_id" in str(bb.check(root, by="sex"))


def test_words_for_nobody_knows_are_unknown(shared_data):
    artie = bb.load_corpus(shared_data("artie")).utterances
    assert (artie["accent"] == "unknown").sum() == 562
    assert "NA" not in set(artie["accent"]) | set(artie["gender"]) | set(artie["age"])
    edacc = bb.load_corpus(shared_data("edacc")).utterances
    assert (edacc["accent"] == "unknown").sum() == 93


@pytest.mark.parametrize("name", registry.names("corpora"))
def test_every_reader_keeps_the_agreement(name):
    leaf = registry.find("corpora", name)
    assert leaf.LOOKS_FOR
    assert leaf.__doc__
    assert callable(leaf.load)
    assert callable(leaf.read)
    assert leaf.fits(None) is False
