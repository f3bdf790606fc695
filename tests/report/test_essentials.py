"""The first page: a rule picks the rows, and no figure stands without its verdict."""

from dataclasses import replace

import pandas as pd
import pytest

from biasbench.report.claims import write_finding
from biasbench.report.context import Context
from biasbench.report.document import Claim, Table
from biasbench.report.numbers import ABSENT
from biasbench.report.sections.essentials import MOST_ROWS, essentials, five_rows
from biasbench.report.sections.pay_line import pay_claims, short_line, threshold_row
from biasbench.report.sections.questions import BANK, asked_first
from biasbench.report.wording import LANGUAGES, check_wording, say, verdict_word
from tests.report import simulated
from tests.report.planned import PLAN, context
from tests.report.sections_text import rows_of, said, texts_of, under
from tests.report.test_pay import context_of, followed

PLAIN = {"en": Context(simulated.evidence(), "en"), "fr": Context(simulated.evidence(), "fr")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_kinds_of_report_have_a_first_page(lang):
    for of in (context(lang), PLAIN[lang]):
        texts = list(texts_of(essentials(of)))
        assert say("P-five-rule", lang) in texts
        for text in texts:
            check_wording(text, lang)


def test_a_row_for_each_primary_measure_in_the_order_of_the_plan():
    rows = rows_of(essentials(context("en")), place=1)
    assert [row[0].split(" – ")[0] for row in rows] == [
        "Word errors",
        "Score “politeness”",
        "“say thanks” prompts",
        "Threshold of 90 cleared (per 100)",
    ]
    assert not any("Unfounded" in row[0] for row in rows)


def test_the_order_is_that_of_the_plan_and_not_of_the_table():
    parts = PLAN.split("[[comparison]]\n")
    swapped = "[[comparison]]\n".join([parts[0], parts[2], parts[1], *parts[3:]])
    rows = five_rows(under("en", plan=swapped))
    assert rows[0].measure.startswith("Score")
    assert rows[1].measure.startswith("Word errors")


def test_the_first_planned_group_is_the_one_shown_whatever_its_verdict():
    evidence = simulated.evidence()
    order = list(evidence.findings["group"])
    first = Context(evidence, "en")
    assert five_rows(first)[0].sides.startswith(order[0])
    planned = context("en")
    groups = replace(planned.plan.groups, compare=(order[2], order[0], order[1], order[3]))
    metrics = (replace(planned.plan.metrics[0], metric="wer"),)
    plan = replace(planned.plan, groups=groups, metrics=metrics, pay=None)
    case = replace(planned.case, inputs=replace(planned.case.inputs, plan=plan), chains=())
    assert five_rows(replace(first, case=case))[0].sides.startswith(order[2])


def test_never_more_than_five_rows():
    planned = context("en")
    findings = planned.evidence.findings
    many = pd.concat(
        [findings[:1].assign(metric=name) for name in ("wer", "cer", "x1", "x2", "x3", "x4", "x5")],
        ignore_index=True,
    )
    of = Context(replace(planned.evidence, findings=many), "en")
    assert len(five_rows(of)) == MOST_ROWS


def test_every_row_and_every_finding_carries_its_verdict():
    of = context("en")
    words = {write_finding(row, of).verdict for row in of.findings}
    rows = rows_of(essentials(of), place=1)
    assert all(row[-1] in words | {verdict_word("V-I", "en")} for row in rows)
    for claim in (block for block in essentials(of) if isinstance(block, Claim)):
        assert claim in pay_claims(of.chains[0], of)


def test_a_withheld_comparison_keeps_its_row_without_figures():
    small = {"Alpes": (8, 0.31), "Lyon": (30, 0.1), "Nord": (30, 0.1)}
    rows = five_rows(Context(simulated.evidence(small), "en"))
    assert rows[0].withheld
    assert (rows[0].value, rows[0].against_value) == (ABSENT, ABSENT)
    assert rows[0].verdict == verdict_word("V-S", "en")
    shown = five_rows(Context(simulated.evidence(small, audience="restricted"), "en"))
    assert shown[0].value != ABSENT


def test_a_rate_of_nearly_everybody_is_a_band():
    chain = followed()
    passing = chain.curve.at.passing
    nearly = replace(passing, comparison=replace(passing.comparison, value=0.97))
    curve = replace(chain.curve, at=replace(chain.curve.at, passing=nearly))
    real = context_of(replace(chain, curve=curve), synthetic=False)
    assert threshold_row(real)[0].value == say("W-most", "en")
    assert threshold_row(replace(real, withholds=False))[0].value == "97.0"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_pay_the_page_says_that_it_was_not_examined(lang):
    assert say("P-pay-unexamined", lang) in said(essentials(PLAIN[lang]))


def test_a_score_gap_that_is_not_established_leaves_no_simulation():
    even = context_of(followed(errors=(0.08, 0.08)))
    even = replace(even, chain=replace(even.chain, paid=None))
    assert short_line(even) == say("PAY-NO", "en")


def test_what_was_paid_is_said_with_both_amounts_and_the_verdict():
    of = context_of(followed())
    finding = of.chain.paid.finding
    claim = next(c for c in pay_claims(of.chain, of) if c.text.startswith("The bonus paid"))
    line = short_line(of)
    assert f"{finding.value:.0f} · {finding.against_value:.0f} EUR" in line
    assert line.endswith(f"{claim.verdict}.")


def test_amounts_of_fewer_than_ten_real_people_are_withheld():
    chain = followed()
    few = replace(chain, paid=replace(chain.paid, n_people=(9, 48)))
    line = short_line(context_of(few, synthetic=False))
    assert line == say("SUM-paid-withheld", "en")


def test_the_three_questions_follow_what_was_measured():
    every = {name: say(f"ASK-{name}", "en", {"by": "accent"}) for name in BANK}
    assert asked_first(PLAIN["en"]) == tuple(
        every[n] for n in ("vendor", "thresholds", "selection")
    )
    tone = context_of(followed())
    assert asked_first(tone) == tuple(every[n] for n in ("thresholds", "corrections", "input"))


def test_the_ladder_prints_the_count_beside_the_answer():
    blocks = essentials(context("en"))
    assert rows_of(blocks)[1][1:] == ("yes", "2 of 3")
    assert rows_of(blocks)[2][1:] == ("not tested", ABSENT)
    assert next(block for block in blocks if isinstance(block, Table)).caption == say(
        "CAP-ladder", "en"
    )
