"""Legal signposts: a provision and a place in the report, and nothing that follows."""

import re

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Table
from biasbench.report.sections.legal import SIGNPOSTS, legal
from biasbench.report.wording import LANGUAGES, check_wording, say, templates
from tests.report import simulated
from tests.report.planned import PLAN, context
from tests.report.sections_text import rows_of, said, under

PROFILES = ("fr", "eu", "us")


def of_law(law, lang):
    return under(lang, plan=PLAN.replace('jurisdiction = "fr"', f'jurisdiction = "{law}"'))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("law", PROFILES)
def test_two_columns_and_no_conclusion(law, lang):
    blocks = legal(of_law(law, lang))
    table = next(block for block in blocks if isinstance(block, Table))
    assert len(table.heads) == 2
    for row in rows_of(blocks):
        check_wording(" ".join(row), lang)
        follows = (
            r"\b(therefore|hence|thus|donc|par conséquent|ainsi|violat\w*|infring\w*|enfreint)\b"
        )
        assert not re.search(follows, " ".join(row), re.IGNORECASE)
        assert re.fullmatch(r"((sections?|annexe?s?|annex|[\dA-H])[,;\s]*)+", row[1])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("law", PROFILES)
def test_it_is_dated_and_says_to_check(law, lang):
    text = said(legal(of_law(law, lang)))
    assert say("C-LAW-DATE", lang) in text
    assert say("C-LAW", lang) in text


def test_the_french_profile_holds_that_of_the_union():
    assert set(SIGNPOSTS["eu"]) < set(SIGNPOSTS["fr"])
    assert not set(SIGNPOSTS["us"]) & set(SIGNPOSTS["fr"])


def test_what_was_not_seen_is_marked():
    rows = dict(rows_of(legal(context("en"))))
    marked = [name for name in rows if name.endswith("(to be checked)")]
    assert len(marked) == sum(one.to_check for one in SIGNPOSTS["fr"])
    assert any("L. 1222-3" in name.replace("\u00a0", " ") for name in marked)
    assert not any("L. 1132-1" in name.replace("\u00a0", " ") for name in marked)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_that_accent_is_not_a_listed_ground_is_said_to_the_french_only(lang):
    assert say("P-legal-accent", lang) in said(legal(of_law("fr", lang)))
    for law in ("eu", "us"):
        assert say("P-legal-accent", lang) not in said(legal(of_law(law, lang)))
        assert say("C-LAW-FR", lang) not in said(legal(of_law(law, lang)))


def test_american_reports_point_to_no_european_rule():
    text = said(legal(of_law("us", "en")))
    assert "2024/1689" not in text
    assert "1607.4(D)" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_profile_no_provision_is_named(lang):
    for of in (
        Context(simulated.evidence(), lang),
        under(lang, plan=PLAN.replace('jurisdiction = "fr"\n', "")),
    ):
        blocks = legal(of)
        assert say("P-legal-none", lang) in said(blocks)
        assert not any(isinstance(block, Table) for block in blocks)


def test_every_signpost_has_its_text_and_every_text_its_signpost():
    used = {f"LAW-{one.name}" for rows in SIGNPOSTS.values() for one in rows}
    assert used == {name for name in templates() if re.match(r"LAW-(FR|EU|US)-", name)}
