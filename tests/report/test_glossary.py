"""The glossary: every term in both languages, in the order of the reader's."""

import pytest

from biasbench.report.context import Context
from biasbench.report.sections.glossary import glossary, terms
from biasbench.report.wording import LANGUAGES, check_wording, has
from tests.report import simulated
from tests.report.sections_text import rows_of


def rows(lang):
    return rows_of(glossary(Context(simulated.evidence(), lang)))


def test_every_term_has_its_meaning():
    assert len(terms()) > 20
    for name in terms():
        assert has(f"{name}-MEANING")


@pytest.mark.parametrize(
    ("lang", "order"),
    [
        ("fr", ["autre côté", "écart ajusté", "exploratoire", "marge", "transcription"]),
        ("en", ["adjusted gap", "exploratory", "gap, differential", "margin", "withheld"]),
    ],
)
def test_terms_stand_where_a_dictionary_has_them(lang, order):
    texts = [row[0] for row in rows(lang)]
    places = [next(n for n, text in enumerate(texts) if text.startswith(one)) for one in order]
    assert places == sorted(places)


def test_the_two_languages_stand_side_by_side():
    french, english = rows("fr"), rows("en")
    assert {tuple(reversed(row)) for row in french} == set(english)
    assert any(row[0].startswith("margin:") and row[1].startswith("marge") for row in english)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_entry_may_be_said(lang):
    for row in rows(lang):
        for text in row:
            check_wording(text, lang)
