"""The page for elected people: six parts, at most 350 words, nothing that the report withholds."""

import re
from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.ladder import ladder
from biasbench.report.sections.requests import refused_documents
from biasbench.report.summary import MOST_WORDS, summary
from biasbench.report.wording import LANGUAGES, check_wording, say, verdict_word
from tests.report import simulated
from tests.report.planned import PLAN, RECORD, context
from tests.report.sections_text import said, texts_of, under
from tests.report.test_pay import context_of, followed

US = PLAN.replace('jurisdiction = "fr"', 'jurisdiction = "us"')
NO_PAY = PLAN[: PLAN.index("[pay]")]
REFUSALS = RECORD + "".join(
    f'\n[[request]]\ndocument = "{name}"\nasked = 2026-02-01\nrefused = 2026-03-01\n'
    for name in ("impact assessment", "versions", "overrides", "listening grids")
)


def no_pay(lang):
    of = under(lang, plan=NO_PAY)
    return replace(of, case=replace(of.case, chains=()))


CASES = {
    "planted": context,
    "exploratory": lambda lang: context(lang, sealed=False),
    "no pay": no_pay,
    "no case": lambda lang: Context(simulated.evidence(), lang),
    "small groups": lambda lang: Context(simulated.evidence(simulated.SMALL), lang),
    "paid": lambda lang: context_of(followed(), lang),
    "us": lambda lang: under(lang, plan=US),
    "refusals": lambda lang: under(lang, record=REFUSALS),
}


def page(document):
    """All of the page's text."""
    texts = [document.title, document.kicker, *document.footer]
    for section in document.sections:
        texts += [section.title, *texts_of(section.blocks)]
    return "\n".join(texts)


def part(document, name):
    return said(next(s.blocks for s in document.sections if s.name == name))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_it_has_six_parts_and_at_most_350_words(name, lang):
    made = summary(CASES[name](lang))
    assert [section.number for section in made.sections] == list("123456")
    assert made.kind == "summary"
    text = page(made)
    assert len(text.split()) <= MOST_WORDS
    check_wording(text, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_it_says_what_it_does_not_say(name, lang):
    of = CASES[name](lang)
    silent = part(summary(of), "silent")
    assert say("C-LAW", lang) in silent
    assert say("C-GROUP", lang) in silent
    # Of the paid case no run says what kind of system it is.
    tier = "none" if name == "paid" else "T3"
    assert say(f"SUM-silent-{tier}", lang) in silent


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_the_trade_stands_on_it(lang):
    jargon = r"\b(WER|bootstrap|p-value|permutation|CR3|V-[A-Z]\d?|N-[A-Z]+|interval(le)?)\b"
    for make in CASES.values():
        assert not re.search(jargon, page(summary(make(lang))))


def test_every_result_ends_with_its_verdict():
    words = {verdict_word(code, "en") for code in ("V-D1", "V-D2", "V-I")}
    lines = part(summary(context("en")), "results").split("\n")[1:]
    assert len(lines) == 4
    assert all(line.rpartition(" · ")[2] in words for line in lines)


def test_a_withheld_group_has_no_figure_on_it():
    small = {"Alpes": (8, 0.31), "Lyon": (30, 0.1), "Nord": (30, 0.1)}
    made = summary(Context(simulated.evidence(small), "en"))
    results = part(made, "results")
    assert verdict_word("V-S", "en") in results
    assert not re.search(r"\d+\.\d", results)


def test_a_total_that_the_report_withholds_is_not_on_it():
    of = Context(simulated.evidence({"Alpes": (8, 0.31), "Lyon": (9, 0.1)}), "en")
    block = (simulated.SYSTEM, "wer")
    shown = replace(of, evidence=simulated.evidence({"Alpes": (18, 0.31), "Lyon": (19, 0.1)}))
    unknown = of.evidence.groups.assign(n_speakers=[3, 3, 6])
    few = replace(of, evidence=replace(of.evidence, groups=unknown))
    assert few.privacy.hides("overall", block)
    assert say("SUM-looked-0", "en", {"tier": say("SUM-tier-T3", "en")}) in page(summary(few))
    assert "37 people" in page(summary(shown))


def test_the_steps_stand_with_their_counts():
    of = context("en")
    reach = part(summary(of), "reach")
    for rung in ladder(of):
        assert rung.answer in reach
    assert "yes (2 of 3)" in reach


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_exploratory_page_says_so(lang):
    assert say("SUM-plan-exploratory", lang) in page(summary(context(lang, sealed=False)))
    assert say("SUM-plan-exploratory", lang) not in page(summary(context(lang)))


def test_an_employer_who_was_written_to_has_not_replied():
    silent = RECORD[: RECORD.index("comment =")]
    answer = "The employer has replied: {}."
    assert answer.format("no") in page(summary(under("en", record=silent)))
    assert answer.format("yes") in page(summary(under("en")))


def test_a_stand_in_bears_no_company_in_its_title():
    made = summary(context("en"))
    assert "stand-in" in made.title
    assert "Belfort" not in made.title


def test_the_foot_has_fingerprint_version_and_contact():
    of = context("en")
    foot = " ".join(summary(of).footer)
    assert of.root in foot
    assert "expert@example.org" in foot
    assert say("FOOT-1", "en") in foot


def test_the_local_reads_of_its_bargaining_unit_and_of_both_ratios():
    real = under("en", plan=US)
    assert "the local" in summary(real).kicker
    chain = followed()
    of = context_of(chain, synthetic=False)
    us = replace(of, case=replace(real.case, chains=(chain,)), chain=None)
    money = part(summary(us), "money")
    ratio = chain.curve.at.passing.comparison.ratio
    below = chain.curve.at.below.comparison.ratio
    assert f"Impact ratio: {ratio:.2f}; below the threshold: {below:.2f}" in money
    assert "people of the bargaining unit" in page(summary(us))
    french = replace(of, case=replace(context("en").case, chains=(chain,)), chain=None)
    assert "Impact ratio" not in page(summary(french))
    assert "bargaining" not in page(summary(french))


def test_nobody_recorded_for_a_stand_in_is_of_the_bargaining_unit():
    made = page(summary(under("en", plan=US.replace('tier = "T1"', 'tier = "T3"'))))
    assert "stand-in" in made
    assert "bargaining" not in made


def test_refused_documents_are_named():
    of = under("en", record=REFUSALS)
    assert len(refused_documents(of)) == 5
    assert "vendor’s instructions, impact assessment, version log…" in page(summary(of))


def test_the_same_case_gives_the_same_page():
    assert summary(context("fr")) == summary(context("fr"))
