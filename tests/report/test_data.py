"""Section 4: who is in the data, who left it, and how good figures and references are."""

from dataclasses import replace

import pytest

from biasbench.report.context import Context
from biasbench.report.document import Facts, Figure, Paragraph, Table
from biasbench.report.sections import flow
from biasbench.report.sections.data import data
from biasbench.report.sections.disclosure import disclosure
from biasbench.report.sections.flow import flow_blocks
from tests.report import listened, planned
from tests.report.simulated import evidence


def tables(blocks) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def captioned(blocks, words: str) -> dict[str, list[str]]:
    """The rows of the table with these words in its caption, by their first cell."""
    table = next(table for table in tables(blocks) if words in table.caption)
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def test_what_a_flow_leaves_out_adds_up():
    rows = captioned(flow_blocks(planned.context("en")), "Exclusions")
    for at in (0, 1):
        count = {name: int(cells[at]) for name, cells in rows.items()}
        left = count["Measured"] - count["Excluded: short calls"] - count["Without a value"]
        assert left == count["Compared"]
    assert [int(n) for n in rows["Measured"]] == [240, 240]


def test_a_rule_that_takes_more_of_one_group_is_said_with_counts():
    said = " ".join(b.text for b in flow_blocks(planned.context("en")) if isinstance(b, Paragraph))
    assert "“a” 2 of 240 (0.8%), “b” 8 of 240 (3.3%)" in said
    assert "no exchange takes place" in said


def test_measures_of_the_same_rows_have_one_chart():
    blocks = flow_blocks(planned.context("en"))
    assert sum(isinstance(block, Figure) for block in blocks) == 1
    assert len(tables(blocks)) == 2  # 30 people of group a have a score, 29 an unfounded prompt


def test_a_small_group_leaves_no_count_in_the_flow():
    context = listened.context("en")
    rows = captioned(flow_blocks(context), "Exclusions")
    table = next(t for t in tables(flow_blocks(context)) if "Exclusions" in t.caption)
    for name in ("Joux", "Nice"):
        at = table.heads.index(name) - 1
        assert {cells[at] for cells in rows.values()} == {"withheld"}
    figure = next(b for b in flow_blocks(context) if isinstance(b, Figure))
    assert "Joux: withheld" in figure.alternative
    figure.draw()


def test_few_people_touched_by_a_rule_are_not_counted():
    made = listened.context("en")
    excluded = made.case.excluded.assign(n_speakers=3)
    context = replace(made, case=replace(made.case, excluded=excluded))
    rows = captioned(flow_blocks(context), "Exclusions")
    assert rows["People concerned: first weeks"][:3] == ["< 10"] * 3


def test_hours_are_counted_once_for_a_recording_with_several_measures():
    made = planned.context("en")
    table = made.case.measures.table
    units = table[table["accent"] == "a"].drop_duplicates("unit_id")
    rows = captioned(data(made), "hours")
    assert rows["a"][0] == str(len(units)) == "238"
    assert float(rows["a"][1]) == pytest.approx(units["duration"].sum() / 3600, abs=0.05)


def test_references_say_who_made_them_and_on_what_terms():
    facts = next(b for b in data(planned.context("fr")) if isinstance(b, Facts))
    said = dict(facts.rows)
    assert said["Rémunération"] == "hourly wage"
    assert said["Part codée deux fois"] == "20\u00a0%"
    assert said["Désaccords tranchés par"] == "non déclarée"


def test_agreement_is_held_against_what_the_plan_asks():
    rows = captioned(data(listened.context("en")), "Agreement between people")
    assert rows["Lyon"] == ["0.71", "0.8", "no"]
    assert rows["Maghreb"] == ["0.85", "0.8", "yes"]
    assert rows["Joux"] == ["withheld", "–", "–"]


def test_quality_answers_enough_stable_marked():
    rows = captioned(data(planned.context("en")), "Quality")
    assert rows["Word errors – planted"][1:] == [
        "yes (30 and 30)",
        "same direction in 2 of 2 periods",
        "yes",
    ]
    secondary = next(cells for name, cells in rows.items() if name.startswith("Unfounded"))
    assert secondary[2:] == ["not tested", "no"]


def test_a_withheld_comparison_has_no_quality():
    table = next(t for t in tables(data(listened.context("en"))) if "Quality" in t.caption)
    joux = next([c.text for c in row] for row in table.rows if row[1].text == "Joux")
    assert joux[2:] == ["withheld", "–", "–"]


def test_where_group_and_condition_coincide_it_is_said():
    made = planned.context("en")
    findings = made.evidence.findings.assign(reason="N-CONF(factor=site): …")
    context = replace(made, evidence=replace(made.evidence, findings=findings))
    said = [b.text for b in data(context) if isinstance(b, Paragraph)]
    assert sum("group and site overlap almost entirely" in text for text in said) == 1


def test_without_a_plan_the_section_stays_as_it_was():
    blocks = data(Context(evidence(), "en"))
    assert not any(isinstance(block, Facts | Figure) for block in blocks)
    assert not any("Exclusions" in table.caption for table in tables(blocks))


def test_the_log_names_rules_and_groups_and_no_number_of_people():
    blocks = disclosure(listened.context("en"))
    rows = [[cell.text for cell in row] for row in tables(blocks)[0].rows]
    assert ["Word errors", "Joux", "fewer than 10 people"] in rows
    assert all("8" not in " ".join(row) for row in rows)
    assert disclosure(Context(evidence(), "en")) == ()


def test_many_groups_stand_below_each_other_with_the_same_counts():
    context = planned.context("en")
    few = flow._table(*_some(2), "Errors", context)
    many = flow._table(*_some(9), "Errors", context)
    assert few.heads[1:] == ("g0", "g1")
    assert [row[0].text for row in many.rows] == [f"g{n}" for n in range(9)]
    by_step = {row[0].text: row[1].text for row in few.rows}
    assert dict(zip(many.heads[1:], (c.text for c in many.rows[0][1:]), strict=True)) == by_step


def _some(n):
    return tuple(flow.GroupFlow(f"g{at}", (("short", 2, 12),), 1, 40, 14) for at in range(n)), (
        frozenset()
    )
