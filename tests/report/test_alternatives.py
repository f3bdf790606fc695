"""Section 12: a gap under each explanation and analysis; nobody is found by subtraction."""

from dataclasses import replace

import pytest

from biasbench.cases.case import Refused
from biasbench.cases.trajectories import Point, Step, trajectories
from biasbench.report.context import Context
from biasbench.report.document import Box, Claim, Figure, Paragraph, Table
from biasbench.report.sections.alternatives import alternatives
from biasbench.report.sections.explained import explained_blocks, restated
from biasbench.report.sections.paths import path_blocks, shown_strata
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.robustness import robustness_blocks
from tests.report import listened, planned
from tests.report.simulated import evidence


def finding(made: Context, group: str = "Maghreb"):
    row = next(row for row in made.findings if row["group"] == group)
    return row, (str(row["system"]), str(row["metric"]), group)


def explained(made: Context, group: str = "Maghreb", **figures):
    row, of = finding(made, group)
    found = made.case.alternatives[of]
    for name, value in figures.items():
        found = replace(found, table=found.table.assign(**{name: value}))
    return explained_blocks(row, found, made)


def rows_of(blocks) -> dict[str, list[str]]:
    table = next(block for block in blocks if isinstance(block, Table))
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}


def test_the_first_row_is_the_finding_itself():
    row, _of = finding(planned.context("en"), "a")
    cells = rows_of(explained(planned.context("en"), "a"))["as it is"]
    assert cells[0] == f"{100 * row['difference']:.1f}"
    assert cells[-1] == "gap above margin"


def test_a_verdict_that_falls_under_an_explanation_is_seen_to_fall():
    made = planned.context("en")
    row = next(r for r in made.findings if str(r["metric"]).startswith("prompt_rate"))
    of = (str(row["system"]), str(row["metric"]), "a")
    cells = rows_of(explained_blocks(row, made.case.alternatives[of], made))
    assert cells["as it is"][-1] == "gap, size uncertain"
    assert cells["without month: m2"][-1] == "insufficient evidence"


def test_the_sentence_holds_figures_verdict_and_interval_together():
    claim = next(b for b in explained(planned.context("en"), "a") if isinstance(b, Claim))
    for part in ("from 14.5 to 14.5", "kind of call, client", "verdict stays: gap above margin",
                 "11.2 to 18.2", "98.3%"):  # fmt: skip
        assert part in claim.text


def test_a_score_is_turned_so_that_above_zero_is_worse():
    made = planned.context("en")
    row = next(r for r in made.findings if r["metric"] == "mean_score:politeness")
    of = (str(row["system"]), str(row["metric"]), "a")
    cells = rows_of(explained_blocks(row, made.case.alternatives[of], made))
    assert row["difference"] < 0
    assert cells["as it is"][0] == "12.1"


def test_gates_of_the_finding_hold_for_every_explanation():
    cells = rows_of(explained(listened.context("en"), "Lyon"))
    assert {row[-1] for name, row in cells.items() if "team" not in name} == {
        "insufficient evidence"
    }


def test_too_few_people_left_is_no_verdict():
    row, of = finding(planned.context("en"), "a")
    made = planned.context("en")
    other = dict(made.case.alternatives[of].table.iloc[0])
    assert restated(row, {**other, "n_speakers": 30}, made)["verdict"] == "V-D1"
    assert restated(row, {**other, "n_speakers": 9}, made)["verdict"] == "V-N"


def test_a_row_without_three_people_is_withheld():
    cells = rows_of(explained(listened.context("en")))
    assert cells["without team: S"] == ["–"] * 4 + ["withheld"]  # 13 and 27 of 16 and 30
    assert cells["at equal week"][0] != "–"


def test_a_public_report_says_only_whether_one_person_turns_the_direction():
    public, restricted = (listened.context("en", a) for a in ("public", "restricted"))
    assert not any("one person" in name for name in rows_of(explained(public)))
    assert "without one person, each in turn" in rows_of(explained(restricted))
    said = " ".join(b.text for b in explained(public) if isinstance(b, Paragraph))
    assert "Without any one person: same direction" in said


def test_what_could_not_be_computed_is_a_row_and_a_reason():
    blocks = explained(
        planned.context("fr"),
        "a",
        difference=None,
        note="covariate 'codec' is 'opus' in every row; leave it out",
    )
    assert rows_of(blocks)["tel quel"][-1] == "non calculé"
    said = " ".join(b.text for b in blocks if isinstance(b, Paragraph))
    assert "La variable a la même valeur partout." in said
    assert "leave it out" not in said


def test_the_e_value_is_that_of_the_ratio_and_of_its_nearer_end():
    said = " ".join(
        b.text for b in explained(planned.context("en"), "a") if isinstance(b, Paragraph)
    )
    assert "a ratio of 2.66" in said
    assert "at least 4.77" in said
    assert "(2.17), at least 3.77" in said


def robust(made: Context, group: str, **figures):
    row, of = finding(made, group)
    found = made.case.robustness[of]
    table = found.table.assign(**figures) if figures else found.table
    return robustness_blocks(row, replace(found, table=table), made, name="curve")


def test_the_conclusion_is_counted_over_the_other_analyses():
    claim = next(b for b in robust(planned.context("en"), "a") if isinstance(b, Claim))
    assert "the same in 5 of the 5 analyses planned in advance" in claim.text
    assert claim.text.endswith("It changes in: none.")


def test_an_analysis_where_it_changes_is_named():
    made = planned.context("en")
    _row, of = finding(made, "a")
    low = made.case.robustness[of].table["difference_low"].copy()
    low.iloc[0] = 0.01  # the smallest gap: no longer above the margin
    claim = next(b for b in robust(made, "a", difference_low=low) if isinstance(b, Claim))
    assert "the same in 4 of the 5" in claim.text
    assert "as planned / without the first month (gap, size uncertain)" in claim.text


def test_an_analysis_that_could_not_be_made_counts_as_a_change():
    made = planned.context("en")
    _row, of = finding(made, "a")
    gap = made.case.robustness[of].table["difference"].copy()
    gap.iloc[0] = None
    claim = next(b for b in robust(made, "a", difference=gap) if isinstance(b, Claim))
    assert "the same in 4 of the 5" in claim.text


def test_without_a_seal_no_analysis_is_said_to_be_planned():
    made = planned.context("en")
    inputs = replace(made.case.inputs, seal=None)
    unsealed = replace(made, case=replace(made.case, inputs=inputs))
    claim = next(b for b in robust(unsealed, "a") if isinstance(b, Claim))
    assert "in advance" not in claim.text
    assert "5 of the 5 other analyses of this report" in claim.text


def test_a_comparison_behind_a_gate_has_no_verdict_in_any_analysis():
    blocks = robust(listened.context("en"), "Lyon")
    table = next(b for b in blocks if isinstance(b, Table))
    words = {row[-1].text.replace(" (main analysis)", "") for row in table.rows}
    assert words == {"insufficient evidence", "withheld"}
    claim = next(b for b in blocks if isinstance(b, Claim))
    assert "the same requirement holds" in claim.text


def test_an_analysis_without_three_people_has_no_figure():
    blocks = robust(listened.context("en"), "Maghreb")
    table = next(b for b in blocks if isinstance(b, Table))
    left_out = [row for row in table.rows if row[0].text == "without team S"]
    assert len(left_out) == 2
    assert all(row[2].text == "–" for row in left_out)
    figure = next(b for b in blocks if isinstance(b, Figure))
    assert "without team S" not in figure.alternative


def test_the_curve_marks_the_main_analysis():
    figure = next(b for b in robust(planned.context("fr"), "a") if isinstance(b, Figure))
    axes = figure.draw().axes[0]
    filled = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
    assert filled.count("black") == 1
    assert len(filled) == 6


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_section_has_design_substitution_and_refusals(lang):
    made = planned.context(lang)
    refused = (Refused("robustness", "asr · wer · a", "3 people in 'a'; 6 are needed"),)
    blocks = alternatives(replace(made, case=replace(made.case, refused=refused)))
    said = " ".join(b.text for b in blocks if isinstance(b, Paragraph))
    assert "11" in said  # the substitution test stands there
    assert ("Trop peu de personnes" if lang == "fr" else "Too few people") in said
    box = blocks[-1]
    assert isinstance(box, Box)
    assert any("au hasard" in text or "at random" in text for text in box.texts)


def test_a_withheld_comparison_has_its_sentence_and_nothing_else():
    blocks = alternatives(listened.context("en"))
    at = next(n for n, b in enumerate(blocks) if "Joux" in getattr(b, "text", ""))
    assert isinstance(blocks[at + 1], Claim)
    assert blocks[at + 1].verdict == "withheld"
    assert "Lyon" in blocks[at + 2].text


def test_there_is_no_section_without_a_plan():
    assert alternatives(Context(evidence(), "en")) == ()


def test_an_unknown_reason_is_quoted_as_it_is():
    assert "strange" in reason_in("strange", "fr")


def path(made: Context, group: str = "Maghreb"):
    return trajectories(
        made.case.measures, by="accent", group=group, against="Québec", metric="wer",
        period="month", entry="entry",
    )  # fmt: skip


def test_paths_are_drawn_of_everybody_and_strata_only_where_large():
    made = listened.context("en")
    blocks = path_blocks(path(made), made, name="path")
    figure = next(b for b in blocks if isinstance(b, Figure))
    axes = figure.draw().axes[0]
    assert len(axes.get_xticks()) == 2
    assert axes.get_ylim()[0] == 0  # a rate
    table = next(b for b in blocks if isinstance(b, Table))
    # 8 people of the group entered in each year: no stratum is printed, and the sum is.
    assert {row[1].text for row in table.rows} == {"all, at equal composition"}
    assert shown_strata(path(made), "2026-03", listened.context("en", "restricted"))


def test_a_stratum_is_not_printed_where_those_outside_it_are_few():
    made = listened.context("en")

    def step(stratum: str, people: int) -> Step:
        side = Point(0.2, 0.1, 0.3, people)
        return Step(stratum, "2026-03", side, side)

    def shown(*strata: int) -> list[str]:
        steps = tuple(step(str(at), people) for at, people in enumerate(strata))
        found = replace(path(made), steps=steps, pooled=(step("", sum(strata)),))
        return [one.stratum for one in shown_strata(found, "2026-03", made)]

    assert shown(12, 14) == ["0", "1"]
    assert shown(12, 4) == []  # the sum of 16 would give the 4 away
    assert shown(12, 6, 6) == ["0"]


def test_a_path_of_a_small_group_is_a_sentence():
    made = listened.context("en")
    blocks = path_blocks(path(made, "Joux"), made, name="path")
    assert "withheld" in blocks[-1].text
    assert not any(isinstance(block, Figure | Table) for block in blocks)
