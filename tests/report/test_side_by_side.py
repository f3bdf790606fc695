"""Several systems on the same people, and what each figure rests on, as tables of the report."""

import pandas as pd
import pytest

from biasbench.evidence import assess
from biasbench.report.context import Context
from biasbench.report.effective_tables import (
    errors_table,
    missing_tables,
    omnibus_table,
    people_table,
)
from biasbench.report.tables import side_by_side
from biasbench.report.terminal import evidence_lines
from tests.report.simulated import SMALL, measures

TWO = {"a": (14, 0.11), "b": (16, 0.24)}


@pytest.fixture(scope="module")
def two_systems():
    one = measures(TWO, system="asr:one")
    other = measures(TWO, system="asr:other", seed=2)
    return assess(pd.concat([one, other], ignore_index=True), by="accent", margin=0.03)


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_each_group_has_its_systems_one_under_the_other(two_systems):
    context = Context(two_systems, "en")
    (table,) = side_by_side("wer", context)
    assert [row[:2] for row in texts(table)] == [
        ["a", "one"],
        ["a", "other"],
        ["b", "one"],
        ["b", "other"],
    ]
    assert all(row[-1] for row in texts(table))  # no figure without its verdict
    assert table.caption in evidence_lines(two_systems, "en")


def test_one_system_alone_stands_beside_nothing():
    evidence = assess(measures(TWO), by="accent", margin=0.03)
    assert side_by_side("wer", Context(evidence, "fr")) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_annex_shows_both_standard_errors_and_withholds_small_groups(lang):
    evidence = assess(measures(SMALL), by="accent", margin=0.03)
    context = Context(evidence, lang)
    rows = texts(errors_table(context.findings, context))
    hidden = [row for row in rows if set(row[1:]) == {"–"}]
    assert "Joux" in [row[0] for row in hidden]
    shown = next(row for row in rows if row[0] == "Québec")
    finding = evidence.findings.set_index("group").loc["Québec"]
    assert shown[1] == f"{finding['standard_error']:.3f}".replace(".", "," if lang == "fr" else ".")
    assert finding["standard_error"] > finding["standard_error_naive"]
    people = {row[0]: row for row in texts(people_table(context.findings, context))}
    assert people["Québec"][1] == "30"
    assert set(people["Joux"][1:]) == {"–"}
    (omnibus,) = omnibus_table(context)
    assert texts(omnibus)[0][1] == "5"


def test_the_share_without_a_value_is_shown_by_group_and_withheld_for_small_ones():
    table = measures(SMALL)
    lost = table["speaker_id"].str.endswith("-1") & table["unit_id"].str.endswith("3")
    table.loc[lost, ["numerator", "denominator"]] = None
    context = Context(assess(table, by="accent", margin=0.03), "en")
    (found,) = missing_tables(context)
    rows = {row[1]: row for row in texts(found)}
    assert rows["Québec"][3] == "0.3%"
    assert rows["Joux"][2:] == ["–"] * 4
