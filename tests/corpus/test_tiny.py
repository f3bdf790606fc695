"""datasets/tiny is what its card says: every voice another, the same variants in each accent."""

from biasbench.corpus import load_corpus
from biasbench.demo import tiny


def test_every_voice_is_another_one():
    corpus = load_corpus(tiny())
    digests = [corpus.audio(name).sha256() for name in corpus.utterances["utterance_id"]]
    assert len(set(digests)) == len(digests) == 80


def test_each_accent_has_the_same_ten_variants_and_the_same_script():
    utterances = load_corpus(tiny()).utterances
    grid = utterances.groupby(["voice_variant", "sentence_id"])["accent"].nunique()
    assert set(grid) == {8}
    assert utterances["voice_variant"].nunique() == 10
    assert utterances["reference"].nunique() == utterances["sentence_id"].nunique()


def test_it_is_declared_synthetic():
    corpus = load_corpus(tiny())
    assert corpus.synthetic
    assert corpus.provenance.facts()["labels"] == "synthetic"
