"""Section 5: the plan's comparisons, and the rule's own error rate."""

from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Paragraph, Table
from biasbench.report.sections.method import method, own_error_blocks
from tests.report import listened, planned
from tests.report.simulated import evidence


def rows_of(blocks, words: str) -> list[list[str]]:
    table = next(b for b in blocks if isinstance(b, Table) and words in b.caption)
    return [[cell.text for cell in row] for row in table.rows]


def without_seal(made: Context) -> Context:
    """The same case with no proof that its plan came first."""
    case = made.case
    return replace(made, case=replace(case, inputs=replace(case.inputs, seal=None)))


def test_every_planned_comparison_stands_with_its_margin_and_why():
    rows = rows_of(method(planned.context("en")), "Planned comparisons")
    assert len(rows) == 4
    assert rows[0][2:6] == [
        "primary",
        "3 errors per 100 words",
        "human disagreement",
        "two transcribers of this sample differ by 2.6 errors per 100 words",
    ]
    assert rows[-1][2] == "secondary"


def test_a_withheld_comparison_is_still_listed():
    rows = rows_of(method(listened.context("en")), "Planned comparisons")
    assert {row[1]: row[-1] for row in rows} == {
        "Joux": "withheld",
        "Nice": "withheld",
        "Lyon": "insufficient evidence",
        "Maghreb": "gap above margin",
    }


def test_the_plan_is_said_to_come_first_only_if_it_did():
    def said(made: Context) -> str:
        return " ".join(b.text for b in method(made) if isinstance(b, Paragraph))

    assert "before results were opened" in said(planned.context("en"))
    unsealed = without_seal(planned.context("en"))
    assert "before results were opened" not in said(unsealed)
    assert "Exploratory analysis" in said(unsealed)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_rules_own_error_rate_is_that_of_the_shuffles(lang):
    made = planned.context(lang)
    found = made.case.own_error
    text = own_error_blocks(found, made)[1].text
    shown = f"{100 * found.any_disadvantage.value:.1f}"
    assert (shown.replace(".", ",") if lang == "fr" else shown) in text
    rows = rows_of(own_error_blocks(found, made), "1")
    assert len(rows) == len(found.comparisons) + 1


def test_a_hidden_groups_shuffles_are_not_printed():
    made = listened.context("en")
    rows = {row[1]: row for row in rows_of(own_error_blocks(made.case.own_error, made), "draws")}
    assert rows["Joux"][2:] == ["withheld", "–", "–", "–"]
    assert rows["Maghreb"][2] != "withheld"


def test_a_case_without_it_says_nothing_of_an_error_rate():
    made = planned.context("en")
    bare = replace(made, case=replace(made.case, own_error=None))
    assert own_error_blocks(None, bare) == ()
    assert len(method(bare)) == len(method(made)) - 3


def test_without_a_plan_every_comparison_made_is_listed():
    made = Context(evidence(), "en")
    assert len(rows_of(method(made), "Every comparison made")) == len(made.findings)
