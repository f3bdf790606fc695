"""Laws of every normaliser, and what `minimal` does to texts that are already normalised."""

# ruff: noqa: SIM905 - a list of pieces reads best as lines of pieces

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench import registry
from biasbench.errors import NotFoundError
from biasbench.measures.normalize import find_normalizer
from biasbench.measures.normalize._words_en import WORDS as WORDS_EN

NAMES = registry.names("measures.normalize")

# What the normalisers know of, glued together in every way: a number that another step completes,
# a mark that holds two words together.
PIECES = (
    "one two five zero oh o double triple ten twenty thirty hundred thousand million a and point "
    "first third second seconds 2nd 22nd 21st 5th may june 5 0 05 10 20 100 1000 3.5 1,000 $ £ % "
    "$5.50 5:00 10:30 dollars cents euro pounds pence o'clock a.m. pm p m is has it he would had "
    "n't 's 'd 'll don't it's gonna y'all uh um mm-hmm uh-huh . , - : ' # & ½ ¾ nineties 1990's "
    "per cent u.s. [a] <b> can't un une deux trois vingt vingts cents mille millions soixante dix "
    "onze zéro virgule pour pourcent € 22,50 10h30 h heures heure et demie quart 1er 2e premier "
    "deuxième 1 1.000 l' d' j' qu' aujourd'hui euh centimes euros m. mme œ « » dix-sept "
    "vingt-et-un quatre-vingt-dix-neuf milliards 1,5 06"
).split()
SOUP = st.lists(
    st.tuples(st.sampled_from(PIECES), st.sampled_from([" ", " ", "", "-"])), max_size=9
).map(lambda pieces: "".join(piece + glue for piece, glue in pieces))
TEXTS = st.one_of(SOUP, st.text(max_size=30), st.text(st.characters(max_codepoint=0x2FF)))


def test_the_leaves_are_the_normalisers_that_the_docstring_lists():
    assert NAMES == ["en", "fr", "minimal", "none", "spelled"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "n_texts", [200, pytest.param(4_000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_normalising_twice_changes_nothing_more(name, n_texts):
    normalize = find_normalizer(name).normalize

    @settings(max_examples=n_texts, deadline=None, derandomize=True)
    @given(TEXTS)
    def holds(text):
        once = normalize(text)
        assert normalize(once) == once

    holds()


@pytest.mark.parametrize("name", NAMES)
@settings(deadline=None, derandomize=True)
@given(text=TEXTS)
def test_words_stand_one_space_apart(name, text):
    once = find_normalizer(name).normalize(text)
    assert once == " ".join(once.split())


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_text_stays_empty(name):
    assert find_normalizer(name).normalize(" \n") == ""


def test_a_misspelt_normaliser_is_named_with_the_nearest():
    with pytest.raises(NotFoundError, match="no normaliser named 'minmal'. Did you mean 'minimal'"):
        find_normalizer("minmal")


def test_no_english_replacement_is_itself_replaced():
    again = {w for words in WORDS_EN.values() for w in words if WORDS_EN.get(w, (w,)) != (w,)}
    assert again == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It’s 22,50 €”, she said.", "it's 22,50 € she said"),
        ("T-shirt, e-mail", "t shirt e mail"),
        ("AUJOURD’HUI, l’accueil", "aujourd'hui l'accueil"),
        ("'quoted' O’Brien's dogs'", "quoted o'brien's dogs"),
        ("5% of AT&T at 10:30", "5 % of at & t at 10:30"),
        ("3.5 and 10,000. Then", "3.5 and 10,000 then"),
        ("ﬁn…", "fin"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("(laughs) [noise]", "laughs noise"),
        ("Ünïcode — ЖЗ 北京", "ünïcode жз 北京"),
    ],
)
def test_minimal(text, expected):
    assert find_normalizer("minimal").normalize(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S-A-F, R", "s a f r"),
        ("Saffron", "s a f f r o n"),
        ("saf fron", "s a f f r o n"),
        ("919 555", "9 1 9 5 5 5"),
        ("(919) 555-12", "9 1 9 5 5 5 1 2"),
        ("nine one nine, five five five", "9 1 9 5 5 5"),
        ("nine nineteen triple five", "9 1 9 5 5 5"),
        ("oh one two oh", "o h 1 2 o h"),
        ("one oh two", "1 0 2"),
        ("4 O 7", "4 0 7"),
        ("O-N-E", "o n e"),
        ("48 Ridge Road", "4 8 r i d g e r o a d"),
        ("José McQueen", "j o s e m c q u e e n"),
        ("eight hundred", "8 0 0"),
    ],
)
def test_spelled(text, expected):
    assert find_normalizer("spelled").normalize(text) == expected


def test_minimal_changes_few_of_the_texts_that_were_normalised_elsewhere(shared_data):
    # artie and edacc were normalised by others. `minimal` still differs from theirs: typographic
    # apostrophes and dashes, "c.14", "5%". So numbers of theirs are reproduced with `none`.
    import pandas as pd

    normalize = find_normalizer("minimal").normalize
    changed = {}
    for name in ("artie", "edacc"):
        texts = pd.read_csv(shared_data(name) / "transcripts.csv.gz", keep_default_na=False)
        seen = texts["hypothesis"].map(lambda text: " ".join(text.split()))
        changed[name] = sum(normalize(text) != text for text in seen) / len(seen)
    assert 0 < changed["artie"] < 0.01
    assert 0 < changed["edacc"] < 0.02
