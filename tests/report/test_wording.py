"""Sentences: complete, in both languages, and never what a report must never say."""

import json
from importlib.resources import files

import pytest

from biasbench.errors import OptionError
from biasbench.evidence.verdict import Code
from biasbench.report import wording
from biasbench.report.wording import (
    LANGUAGES,
    WordingError,
    check_wording,
    checked_pair,
    say,
    templates,
    verdict_word,
)

FORBIDDEN = [
    ("en", "This is illegal."),
    ("en", "The software is racist."),
    ("en", "a discriminatory system"),
    ("en", "which proves it"),
    ("en", "The system is fair."),
    ("en", "The model is unbiased."),
    ("en", "fully compliant"),
    ("en", "certified by us"),
    ("en", "It passes the four-fifths rule."),
    ("en", "There is no gap."),
    ("en", "no difference was found"),
    ("en", "a significant gap"),
    ("en", "the probability that it is zero"),
    ("en", "p < 0.001"),
    ("en", "95% reliable"),
    ("en", "chance is ruled out"),
    ("en", "explained by chance"),
    ("en", "errors because of their accent"),
    ("en", "the system detects anger"),
    ("en", "up to 35% of words"),
    ("en", "a bias score of 3"),
    ("en", "a strong accent"),
    ("en", "they speak less well"),
    ("en", "a non-native speaker"),
    ("en", "damages of 200 euros"),
    ("fr", "C'est illégal."),
    ("fr", "un logiciel raciste"),
    ("fr", "un système discriminatoire"),
    ("fr", "une discrimination avérée"),
    ("fr", "l'employeur est coupable"),
    ("fr", "un outil conforme"),
    ("fr", "un outil certifié"),
    ("fr", "un outil équitable"),
    ("fr", "un outil sans biais"),
    ("fr", "Il n'y a pas d'écart."),
    ("fr", "Il n’y a pas d’écart."),
    ("fr", "aucune différence"),
    ("fr", "un écart significatif"),
    ("fr", "la probabilité que l'écart soit nul"),
    ("fr", "fiable à 95 %"),
    ("fr", "le hasard est exclu"),
    ("fr", "peut s'expliquer par le hasard"),
    ("fr", "à cause de l'accent"),
    ("fr", "à cause de leur origine"),
    ("fr", "le système détecte la colère"),
    ("fr", "jusqu'à 35 % des mots"),
    ("fr", "un score de biais"),
    ("fr", "un accent fort"),
    ("fr", "ils parlent moins bien"),
    ("fr", "des locuteurs natifs"),
    ("fr", "un rappel de salaire"),
]

VERDICTS = (*Code.__args__, "V-S", None)


@pytest.mark.parametrize(("lang", "text"), FORBIDDEN)
def test_what_a_report_never_says_is_refused(lang, text):
    with pytest.raises(WordingError, match="a report never says"):
        check_wording(text, lang)


def test_a_no_break_space_does_not_hide_a_forbidden_phrase():
    with pytest.raises(WordingError, match="fiable"):
        check_wording("fiable\u00a0à\u202f95\u00a0%", "fr")


def test_a_forbidden_sentence_in_the_sentence_file_is_refused_when_it_is_read():
    with pytest.raises(WordingError, match="never says 'unbiased'"):
        checked_pair("X", {"fr": "Rien.", "en": "The system is unbiased."})


def test_languages_that_need_different_values_are_refused():
    with pytest.raises(WordingError, match="placeholders differ"):
        checked_pair("X", {"fr": "{n} personnes", "en": "people"})


def test_every_sentence_and_label_can_be_said():
    assert len(templates()) > 300


def test_the_designs_own_sentences_are_unchanged(shared_data):
    design = shared_data("artie").parents[1] / "design" / "report_sentences.json"
    if not design.is_file():
        pytest.skip("the design's sentences are not beside the project")
    ours = json.loads(files("biasbench.report").joinpath("texts/sentences.json").read_text("utf-8"))
    theirs = json.loads(design.read_text("utf-8"))
    assert {name: ours[name] for name in theirs} == theirs


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("code", VERDICTS)
def test_every_verdict_has_a_headline_that_may_be_said(code, lang):
    assert check_wording(verdict_word(code, lang), lang)


def test_headlines_are_those_of_the_design():
    assert verdict_word("V-D1", "fr") == "écart établi, au-dessus de la marge"
    assert verdict_word("V-D2", "en") == "gap, size uncertain"
    assert verdict_word("V-E", "en") == "equivalent within margin"
    assert verdict_word("V-I", "fr") == verdict_word("V-N", "fr") == "preuve insuffisante"


def test_an_unknown_verdict_is_refused():
    with pytest.raises(WordingError, match="no verdict 'V-X'"):
        verdict_word("V-X", "en")


def test_a_language_that_no_report_has_is_refused():
    with pytest.raises(OptionError, match="'de'; reports are written in 'fr' or 'en'"):
        verdict_word("V-E", "de")


def test_a_missing_value_is_an_error_and_not_a_gap_in_the_sentence():
    with pytest.raises(WordingError, match="sentence V-S .* lacks a value for k"):
        say("V-S", "en", {})


def test_french_sentences_have_no_break_spaces_where_french_wants_them():
    for name, pair in wording.templates().items():
        text = pair["fr"]
        for mark in (" :", " ;", " ?", " !", " %", " »", "« "):
            assert mark not in text, f"{name}: ordinary space in {mark!r}: {text}"


def test_a_group_label_is_quoted_data_and_not_judged():
    said = say("V-N", "en", {"reason": "too few events observed", "G": "a strong accent"})
    assert "“a strong accent”" in said
