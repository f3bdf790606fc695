"""Phrases found by hand, by brute force, and by laws of counting."""

import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasbench.errors import OptionError
from biasbench.systems import Word
from biasbench.systems.phrases import Phrases, count_phrases, find_phrases, is_word, tokens

ENGLISH = Phrases(
    {
        "thanks": ["thank you", "thanks", "thank you very much"],
        "apology": ["sorry"],
        "empathy": ["sorry to hear"],
    }
)
FRENCH = Phrases(
    {
        "thanks": ["merci", "vous remercie"],
        "apology": ["je m'excuse", "désolé"],
        "courtesy": ["s'il vous plaît", "bienvenue"],
        "greeting": ["bienvenue chez", "comment puis-je vous aider"],
    }
)


def found(text, phrases):
    return [(hit.category, hit.words, hit.first, hit.last) for hit in find_phrases(text, phrases)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Thank you!", ("thank", "you")),
        ("it’s IT'S it`s", ("it's", "it's", "it's")),
        ("L’accueil, l' accueil; l accueil", ("l", "accueil") * 3),
        ("aujourd’hui quelqu'un", ("aujourd'hui", "quelqu'un")),
        ("rendez-vous rendez‑vous", ("rendez", "vous") * 2),
        ("plaît plait sœur dû", ("plait", "plait", "soeur", "du")),
        ("désolé DÉSOLÉ de\u0301sole\u0301", ("désolé",) * 3),
        ("qu'est-ce que c'est", ("qu", "est", "ce", "que", "c", "est")),
        ("«  » … ! --- '", ()),
    ],
)
def test_words_are_compared_without_case_marks_and_elision(written, read):
    assert tokens(written) == read


def test_an_accent_makes_another_word():
    assert count_phrases("desole", FRENCH)["apology"] == 0
    assert count_phrases("désolé", FRENCH)["apology"] == 1


def test_the_longest_phrase_is_taken_and_what_is_in_it_not_counted_again():
    assert found("Thank you very much, I'm sorry to hear that.", ENGLISH) == [
        ("thanks", "Thank you very much", 0, 3),
        ("empathy", "sorry to hear", 5, 7),
    ]


def test_a_longer_phrase_begun_and_not_ended_leaves_the_shorter_one():
    assert found("thank you very", ENGLISH) == [("thanks", "thank you", 0, 1)]
    assert found("sorry to", ENGLISH) == [("apology", "sorry", 0, 0)]


def test_french_phrases_are_found_however_they_are_typed():
    for text in ("s’il vous plaît", "S'il vous plait !", "s' il vous plaît", "s il vous plait"):
        assert count_phrases(text, FRENCH)["courtesy"] == 1, text
    assert found("Bienvenue chez nous, comment puis-je vous aider ?", FRENCH) == [
        ("greeting", "Bienvenue chez", 0, 1),
        ("greeting", "comment puis-je vous aider", 3, 6),
    ]
    # alone, it is what Québec answers to a merci
    assert found("— Merci. — Bienvenue.", FRENCH) == [
        ("thanks", "Merci", 1, 1),
        ("courtesy", "Bienvenue", 3, 3),
    ]


def test_positions_are_those_of_the_words_given():
    words = [Word("Et", 0.0), Word("--", 0.1), Word("je", 0.2), Word("m'excuse", 0.4), Word(".", 1)]
    (hit,) = find_phrases(words, FRENCH)
    assert (hit.phrase, hit.first, hit.last, hit.words) == ("je m'excuse", 2, 3, "je m'excuse")
    assert words[hit.first].start == 0.2


def test_text_words_and_lists_of_words_are_read_alike():
    text = "Merci, je m’excuse — bienvenue chez nous !"
    words = text.split()
    assert find_phrases(words, FRENCH) == find_phrases(text, FRENCH)
    assert find_phrases([Word(word) for word in words], FRENCH) == find_phrases(text, FRENCH)


def test_a_recogniser_that_splits_words_finds_the_same():
    split = [Word(" s"), Word("'il"), Word(" vous"), Word(" plaît")]
    assert count_phrases(split, FRENCH)["courtesy"] == 1


def test_a_mark_is_no_word():
    assert [is_word(text) for text in ("!", "", "l'", "5", "oui.")] == [
        False, False, True, True, True,
    ]  # fmt: skip


def test_a_text_without_words_has_none():
    assert find_phrases("", ENGLISH) == ()
    assert count_phrases([], ENGLISH) == {"thanks": 0, "apology": 0, "empathy": 0}


def test_a_phrase_in_two_lists_is_refused_however_it_is_written():
    with pytest.raises(OptionError, match="'S’il vous plaît' is in 'a' and in 'b'"):
        Phrases({"a": ["s'il vous plait"], "b": ["S’il vous plaît"]})


@pytest.mark.parametrize("empty", ["", "  ", "…"])
def test_an_empty_phrase_is_refused(empty):
    with pytest.raises(OptionError, match="in 'thanks' holds no word"):
        Phrases({"thanks": ["merci", empty]})


WORDS = st.lists(st.sampled_from("abc"), max_size=30)
LISTS = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), min_size=1, max_size=6)


@given(WORDS, LISTS)
def test_it_finds_what_trying_every_phrase_everywhere_finds(words, listed):
    phrases = {" ".join(phrase) for phrase in listed}
    by_hand, at = [], 0
    while at < len(words):
        fitting = [
            phrase for phrase in phrases if words[at : at + len(phrase.split())] == phrase.split()
        ]
        longest = max(fitting, key=len, default=None)
        if longest is not None:
            by_hand.append((longest, at))
        at += len(longest.split()) if longest is not None else 1
    hits = find_phrases(words, Phrases({"x": sorted(phrases)}))
    assert [(hit.phrase, hit.first) for hit in hits] == by_hand


@given(WORDS, WORDS, LISTS)
def test_counts_add_up_where_no_phrase_lies_across(left, right, listed):
    phrases = Phrases({"x": [" ".join(phrase) for phrase in listed]})
    whole = count_phrases([*left, "stop", *right], phrases)["x"]
    assert whole == count_phrases(left, phrases)["x"] + count_phrases(right, phrases)["x"]


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_reading_it_again_changes_nothing(text):
    assert tokens(" ".join(tokens(text))) == tokens(text)


def test_many_phrases_cost_no_more_than_few():
    text = " ".join(f"the w{number % 977}" for number in range(20_000))
    many = Phrases({"x": [f"the w{number} and so on" for number in range(20_000)]})
    began = time.process_time()
    assert find_phrases(text, many) == ()
    assert time.process_time() - began < 2  # trying 20,000 phrases at each word takes minutes


def test_phrases_can_be_sent_to_a_worker():
    assert pickle.loads(pickle.dumps(ENGLISH)) == ENGLISH
    assert found("thanks", pickle.loads(pickle.dumps(ENGLISH))) == found("thanks", ENGLISH)
