"""corpus.toml: what it says reaches the provenance; what it cannot say is refused."""

import re
from pathlib import Path

import pytest

import biasbench as bb
from biasbench.errors import OptionError

TABLE = "id,speaker,text\na,p,yes\n"


def with_card(root: Path, card: str) -> Path:
    (root / "corpus.toml").write_text(card, encoding="utf-8")
    return root


def test_what_the_card_says_stands_in_the_provenance(folder):
    card = (
        '[corpus]\nname = "centre"\nversion = "2"\nlanguage = "fr"\nlicence = "none"\n'
        'design = "same-script"\nperiod = "2025"\n'
        '[labels]\nsource = "panel"\nquestion = "Quel accent ?"\nraters = 3\nagreement = 0.71\n'
    )
    corpus = bb.load_corpus(with_card(folder(TABLE), card))
    facts = corpus.provenance.facts()
    assert facts["corpus"].startswith("centre@")
    assert corpus.name == facts["corpus_name"] == "centre"
    wanted = {
        "corpus_version": "2",
        "synthetic": "no",
        "labels": "panel",
        "labels_question": "Quel accent ?",
        "labels_raters": "3",
        "labels_agreement": "0.71",
        "design": "same-script",
        "language": "fr",
        "licence": "none",
        "period": "2025",
    }
    assert wanted.items() <= facts.items()


def test_a_corpus_without_a_card_declares_nothing(folder):
    facts = bb.load_corpus(folder(TABLE)).provenance.facts()
    assert (facts["corpus_name"], facts["labels"]) == ("calls", "undeclared")
    assert (facts["design"], facts["synthetic"]) == ("undeclared", "no")
    assert "language" not in facts


def test_a_language_that_every_row_gives_is_the_corpus_language(folder):
    one = bb.load_corpus(folder("id,speaker,text,lang\na,p,oui,fr\nb,p,non,fr\n"))
    assert one.provenance.facts()["language"] == one.card["language"] == "fr"
    two = bb.load_corpus(folder("id,speaker,text,lang\na,p,oui,fr\nb,p,no,en\n"))
    assert "language" not in two.provenance.facts()


def test_synthetic_speech_is_never_taken_for_people(folder):
    corpus = bb.load_corpus(with_card(folder(TABLE), "[corpus]\nsynthetic = true\n"))
    assert corpus.synthetic
    assert corpus.provenance.facts()["synthetic"] == "yes"
    by_file = bb.load_corpus(corpus.root / "utterances.csv")
    assert by_file.synthetic


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ('[corpus]\nlicense = "MIT"\n', "named 'license'. Did you mean 'licence'?"),
        ('[label]\nsource = "self"\n', "no section named 'label'. Did you mean 'labels'?"),
        (
            '[labels]\nsource = "guess"\n',
            "source is 'guess'; write one of self, panel, corpus, syn",
        ),
        ('[corpus]\ndesign = "random"\n', "design is 'random'; write one of same-script, observat"),
        ('[corpus]\nsynthetic = "no"\n', "synthetic is 'no'; write true or false"),
        ("[corpus]\nname = []\n", "name is []; write a text or a number"),
        ("name = 'x'\n", "no section named 'name'"),
        ("[corpus\n", "is not TOML"),
        ('[corpus]\nlanguage = "english"\n', "language is 'english'; write an ISO 639-1 code"),
    ],
)
def test_a_wrong_card_is_an_error_with_the_way_out(folder, card, words):
    root = with_card(folder(TABLE), card)
    with pytest.raises(OptionError, match=re.escape(words)):
        bb.load_corpus(root)
    assert words in str(bb.check(root))
