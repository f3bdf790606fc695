"""Mandate, comments, changes, forms, limits: what plan and record hold, as it was written."""

from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Quote
from biasbench.report.sections.certificates import BLANK, certificates
from biasbench.report.sections.changes import changes
from biasbench.report.sections.limits import limits
from biasbench.report.sections.mandate import mandate
from biasbench.report.sections.replies import Concluded, Rerun, RerunRow, replies
from biasbench.report.wording import LANGUAGES, check_wording, say, verdict_word
from tests.report import simulated
from tests.report.planned import PLAN, RECORD, context
from tests.report.sections_text import rows_of, said, texts_of, under

SECTIONS = (mandate, replies, limits, certificates, changes)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("make", SECTIONS)
def test_every_text_may_be_said(make, lang):
    texts = list(texts_of(make(context(lang))))
    assert texts
    for text in texts:
        check_wording(text, lang)


@pytest.mark.parametrize("make", [mandate, replies, certificates, changes])
def test_without_a_case_there_is_no_such_section(make):
    assert make(Context(simulated.evidence(), "en")) == ()


# ── Mandate ──────────────────────────────────────────────────────────────────────────────────────


def test_who_asked_who_paid_and_what_was_asked_stand_as_deposited():
    of = context("en")
    text = said(mandate(of))
    asked = of.plan.mandate
    for value in (asked.requester, asked.payer, asked.interests, *asked.questions, *asked.uses):
        assert value in text
    assert of.case.inputs.seal.last.sha256 in text
    assert "2026-03-02 09:30" in text


def test_what_is_not_declared_is_said_not_to_be():
    text = said(mandate(under("en", plan=PLAN.replace('interests = "none declared"\n', ""))))
    assert f"Declared interests\n{say('W-undeclared', 'en')}" in text


def test_an_amendment_stands_with_its_reason_and_before_or_after_results():
    of = under("en", sealed=("2026-02-10", "2026-02-20", "2026-03-05"))
    rows = rows_of(mandate(of))
    assert [row[2] for row in rows] == ["first deposit", "typing error", "typing error"]
    assert [row[3] for row in rows] == ["before", "before", "after"]
    assert "after results were opened" in said(mandate(of))
    assert rows_of(changes(of)) == rows


def test_a_plan_that_was_never_deposited_says_so():
    of = context("en", sealed=False)
    assert say("P-mandate-unsealed", "en") in said(mandate(of))
    assert say("P-changes-plan-none", "en") in said(changes(of))


# ── Comments and replies ─────────────────────────────────────────────────────────────────────────


def test_comments_are_quoted_word_for_word():
    of = context("fr")
    quotes = [block.text for block in replies(of) if isinstance(block, Quote)]
    exchange = of.case.inputs.record.exchanges[0]
    assert quotes == [exchange.comment, exchange.reply]


def test_a_comment_of_the_other_side_is_not_judged():
    rude = RECORD.replace("The sample is too small", "The system is fair and illegal nowhere")
    quotes = [block.text for block in replies(under("en", record=rude)) if isinstance(block, Quote)]
    assert quotes[0].startswith("The system is fair and illegal nowhere")


def test_silence_and_a_missing_reply_are_said():
    silent = RECORD[: RECORD.index("comment =")]
    assert "No comment was received from the employer" in said(replies(under("en", record=silent)))
    open_ = RECORD[: RECORD.index("reply =")]
    assert say("P-replies-noreply", "en") in said(replies(under("en", record=open_)))


def test_without_an_exchange_the_report_is_one_partys():
    alone = RECORD[: RECORD.index("[[exchange]]")]
    assert say("CONTRA-NO", "fr") in said(replies(under("fr", record=alone)))


def rerun(*rows):
    return Rerun("the employer", "Without May", "0123abcd", rows)


ROW = RerunRow(
    "asr:planted", "wer", "a", "rest", 30,
    ours=Concluded("V-D1", 0.111, 0.182, 0.03), theirs=Concluded("V-I", -0.01, 0.09, 0.05),
)  # fmt: skip


def test_the_other_sides_plan_stands_beside_ours_with_verdicts():
    blocks = replies(context("en"), [rerun(ROW, replace(ROW, theirs=None))])
    first, second = rows_of(blocks)
    assert first[2:] == ("gap above margin", "11.1 to 18.2", "insufficient evidence", "−1.0 to 9.0")
    assert second[4] == say("W-rerun-absent", "en")
    assert say("P-replies-norerun", "en") not in said(blocks)
    assert "Without May" in said(blocks)


def test_what_one_plan_withholds_is_withheld_under_both():
    row = replace(ROW, theirs=Concluded("V-S"))
    cells = rows_of(replies(context("en"), [rerun(row)]))[0]
    assert cells[2:] == (verdict_word("V-S", "en"), "–") * 2


def test_a_group_that_the_report_withholds_has_no_figure_in_a_rerun():
    small = replace(
        context("en"), evidence=simulated.evidence(simulated.SMALL), corpus=None, runs=()
    )
    hidden = min(small.privacy.small)
    row = replace(ROW, system=simulated.SYSTEM, group=hidden, n_against=84)
    cells = rows_of(replies(small, [rerun(row)]))[0]
    assert "18.2" not in " ".join(cells)


# ── Limits ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_limit_stands_only_while_it_is_true(lang):
    planned, plain = said(limits(context(lang))), said(limits(Context(simulated.evidence(), lang)))
    for name in ("P-limit-robust", "P-limit-reference", "P-limit-cause", "P-limit-pay"):
        assert say(name, lang) not in planned
        assert say(name, lang) in plain
    for name in ("P-limit-robust-done", "P-limit-agreement", "P-limit-alternatives", "C-PAY"):
        assert say(name, lang) in planned
        assert say(name, lang) not in plain
    assert "kind of call, client" in planned


def test_an_unchecked_source_is_counted():
    record = RECORD.replace('basis = "none needed"', 'basis = "none needed"\nverified = false')
    assert "could not be checked: 1" in said(limits(under("en", record=record)))
    assert "could not be checked" not in said(limits(context("en")))


def test_the_list_knows_its_tier():
    t1 = simulated.evidence(provenance=simulated.chain(tier="T1"))
    assert say("P-limit-T1", "en") in said(limits(Context(t1, "en")))
    assert say("P-limit-T3", "en") not in said(limits(Context(t1, "en")))


# ── Forms, and the log of changes ────────────────────────────────────────────────────────────────


def test_forms_are_blank_and_unsigned():
    of = context("en")
    text = said(certificates(of))
    assert text.count(BLANK) >= 12
    assert "A. Martin" not in text
    assert of.case.inputs.seal.last.sha256 in text
    assert "902(" not in text


def test_the_american_form_has_both_rules_and_the_root():
    text = said(certificates(under("en", plan=PLAN.replace('"fr"\nperiod', '"us"\nperiod'))))
    assert "902(13)" in text
    assert "902(14)" in text
    assert context("en").root in text


@pytest.mark.parametrize("differences", [0, 3])
def test_a_second_run_whose_numbers_differ_stops_the_release(differences):
    runs = f'\n[[run]]\nmachine = "second laptop"\non = 2026-03-05\ndifferences = {differences}\n'
    text = said(changes(under("en", record=RECORD + runs)))
    assert "second laptop" in text
    assert (say("P-changes-differ", "en") in text) == bool(differences)
