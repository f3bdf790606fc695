"""The disparity table in a terminal: the same cells as the report's, aligned."""

from biasbench.evidence import assess
from biasbench.report.terminal import evidence_lines
from tests.report.simulated import GROUPS, SMALL, chain, evidence, measures


def test_each_group_has_its_people_gap_interval_and_verdict_on_a_line():
    lines = evidence_lines(evidence(), "en")
    assert lines[0].startswith("Word errors, by “accent” (errors per 100 words)")
    maghreb = next(line for line in lines if line.startswith("Maghreb"))
    assert " 16 " in maghreb
    assert maghreb.endswith("gap above margin")
    heading = next(line for line in lines if line.startswith("Group"))
    assert maghreb.index("gap above") == heading.index("Verdict")


def test_the_analyst_sees_small_groups_why_they_decide_nothing_and_what_a_report_does():
    lines = evidence_lines(evidence(SMALL), "fr")
    joux = next(line for line in lines if line.startswith("Joux"))
    assert joux.endswith("preuve insuffisante")
    assert joux.split()[1] == "8"
    assert any(
        line.startswith("Preuve insuffisante")
        and "moins de 10 personnes" in line
        and "Joux" in line
        for line in lines
    )
    assert lines[-1].endswith("moins de 10 personnes.")


def test_the_margin_and_the_number_of_comparisons_stand_under_each_table():
    assert any(
        "declared margin of 3 errors per 100 words" in line
        for line in evidence_lines(evidence(), "en")
    )


def test_without_names_of_people_nothing_is_tested_and_the_line_says_so():
    nameless = measures(GROUPS).drop(columns="speaker_id")
    lines = evidence_lines(assess(nameless, by="accent", margin=0.03), "en")
    assert any("people are not identified in these data" in line for line in lines)
    assert any(line.endswith("no comparison has people enough to be tested.") for line in lines)


def test_synthetic_speech_is_said_first():
    lines = evidence_lines(evidence(provenance=chain(synthetic="yes")), "en")
    assert lines[0].endswith("nothing follows about people.")
