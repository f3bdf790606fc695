"""Documents: what was asked, received and refused, and what was not asked."""

import pytest

from biasbench.cases.record import DOCUMENTS
from biasbench.report.context import Context
from biasbench.report.sections.questions import BANK
from biasbench.report.sections.requests import document_name, refused_documents, requests
from biasbench.report.wording import LANGUAGES, check_wording, say
from tests.report import simulated
from tests.report.planned import PLAN, RECORD, context
from tests.report.sections_text import rows_of, said, texts_of, under

FREE = '\n[[request]]\ndocument = "staff survey <b>2024</b>"\nasked = 2026-02-03\n'


def by_document(of):
    return {row[0]: row[1:] for row in rows_of(requests(of))}


def test_each_state_stands_with_its_dates():
    of = context("en")
    rows = by_document(of)
    assert rows[document_name("scale", of)] == (
        "received", "2026-02-01", "2026-02-20", "history since 2024 only",
    )  # fmt: skip
    assert rows[document_name("instructions for use", of)][:3] == (
        "refused", "2026-02-01", "2026-03-01",
    )  # fmt: skip
    assert rows[document_name("call selection", of)][:3] == ("no answer", "2026-02-01", "–")
    assert rows[document_name("versions", of)][0] == "not asked"
    assert refused_documents(of) == ["vendor’s instructions"]


def test_a_document_of_the_cases_own_follows_the_list():
    rows = rows_of(requests(under("en", record=RECORD + FREE)))
    assert rows[-1][0] == "staff survey <b>2024</b>"
    assert len(rows) == len(DOCUMENTS)  # the American one is left out


def test_a_document_asked_for_twice_has_two_rows():
    twice = RECORD + '\n[[request]]\ndocument = "scale"\nasked = 2026-03-01\nrefused = 2026-03-02\n'
    rows = rows_of(requests(under("en", record=twice)))
    name = document_name("scale", context("en"))
    assert [row[1] for row in rows if row[0] == name] == ["received", "refused"]


def test_the_american_request_stands_under_american_law_only():
    us = under("en", plan=PLAN.replace('jurisdiction = "fr"', 'jurisdiction = "us"'))
    name = document_name("us information request", us)
    assert name in by_document(us)
    assert name not in by_document(context("en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_case_nothing_was_asked(lang):
    of = Context(simulated.evidence(), lang)
    assert {row[1] for row in rows_of(requests(of))} == {say("W-request-not-asked", lang)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_bank_of_questions_may_be_said(lang):
    text = said(requests(context(lang)))
    for name in BANK:
        assert say(f"ASK-{name}", lang, {"by": "accent"}) in text
    for one in texts_of(requests(context(lang))):
        check_wording(one, lang)


def test_every_document_of_a_record_has_a_name():
    of = context("fr")
    for document in DOCUMENTS:
        assert document_name(document, of) != document
        assert document_name(document, of, short=True) != document_name(document, of)
