"""Section 3: what is known of each part of the system, and how."""

from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Figure, Paragraph, Table
from biasbench.report.pipeline_figure import LINES, Step, pipeline
from biasbench.report.sections.system import system, weaker_tier
from tests.report.planned import context
from tests.report.simulated import evidence


def parts(lang: str) -> dict[str, list[str]]:
    """The table of parts by the name of each part."""
    table = next(b for b in system(context(lang)) if isinstance(b, Table))
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def planned(made: Context, **system_of_plan: object) -> Context:
    """The case with other declarations on its system."""
    inputs = made.case.inputs
    plan = replace(inputs.plan, system=replace(inputs.plan.system, **system_of_plan))
    return replace(made, case=replace(made.case, inputs=replace(inputs, plan=plan)))


def test_what_the_plan_does_not_declare_is_unknown():
    rows = parts("en")
    assert rows["Audio"][:2] == ["observed", "voice"]
    assert rows["Threshold"][:2] == ["unknown", "unknown"]
    assert rows["Pay"][:2] == ["unknown", "unknown"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_figure_says_in_words_what_its_lines_say(lang):
    figure = next(b for b in system(context(lang)) if isinstance(b, Figure))
    for name, (known, *_rest) in parts(lang).items():
        assert name in figure.alternative
        assert known in figure.alternative
    assert figure.draw().get_figwidth() == pytest.approx(7.6)


def test_every_way_of_knowing_has_its_own_line():
    assert len(set(LINES.values())) == 4
    drawn = pipeline([Step(known, known, ()) for known in LINES]).axes[0].patches
    looks = [(box.get_linewidth(), box.get_linestyle()) for box in drawn[:4]]
    assert len({str(look) for look in looks}) == 4


def test_of_two_tiers_the_more_cautious_holds():
    assert weaker_tier("T1", "T3") == "T3"
    assert weaker_tier("T2", "T1") == "T2"
    said = " ".join(b.text for b in system(context("en")) if isinstance(b, Paragraph))
    assert "the run" not in said
    assert "more cautious of the two holds" in said  # T1 in the plan, T3 in the runs


def test_a_plan_that_says_what_the_run_says_needs_no_such_note():
    said = " ".join(
        b.text for b in system(planned(context("en"), tier="T3")) if isinstance(b, Paragraph)
    )
    assert "more cautious" not in said


def test_declared_differences_are_printed():
    made = planned(context("en"), differences="threshold unknown")
    said = " ".join(b.text for b in system(made) if isinstance(b, Paragraph))
    assert "threshold unknown" in said


def test_without_a_plan_the_section_is_the_systems_own_description():
    blocks = system(Context(evidence(), "en"))
    assert not any(isinstance(block, Figure) for block in blocks)
    assert [type(block) for block in blocks] == [Table, Paragraph]
