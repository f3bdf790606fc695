"""`assess(groups=[...])`: the family is of the comparisons that were planned, and of no others."""

import pandas as pd
import pytest

from biasbench.errors import NotFoundError, OptionError
from biasbench.evidence import assess, read_evidence
from biasbench.report import write_report
from tests.evidence.tables import measures_table

TABLE = measures_table({"a": (14, 0.22), "b": (16, 0.12), "c": (18, 0.1), "d": (12, 0.13)})
OPTIONS = {"by": "accent", "margin": 0.03, "n_resamples": 199}
ENDS = ["difference_low", "difference_high"]


def row_of(evidence, group):
    return evidence.findings.set_index("group").loc[group]


def test_a_planned_family_of_one_has_the_interval_of_that_comparison_alone():
    alone = assess(TABLE, groups=["a"], **OPTIONS)
    among = assess(TABLE, **OPTIONS)
    planned, one_of_four = row_of(alone, "a"), row_of(among, "a")
    assert alone.findings["group"].tolist() == ["a"]
    assert (alone.settings.n_comparisons, among.settings.n_comparisons) == (1, 4)
    for end in ENDS:
        assert planned[end] == one_of_four[f"{end}_unadjusted"]
        assert planned[end] == planned[f"{end}_unadjusted"]
    assert planned["p_adjusted"] == pytest.approx(planned["p_value"])
    # The control: the interval of the whole family is another one.
    assert one_of_four["difference_low"] < planned["difference_low"]
    assert planned["difference_high"] < one_of_four["difference_high"]


def test_only_planned_comparisons_are_counted_in_the_family():
    evidence = assess(TABLE, groups=["c", "a"], **OPTIONS)
    assert set(evidence.findings["group"]) == {"a", "c"}
    assert set(evidence.findings["n_comparisons"]) == {2}
    assert evidence.settings.adjusted_level == pytest.approx(0.95 ** (1 / 2))
    assert evidence.omnibus["n_comparisons"].tolist() == [2]


def test_the_other_side_and_the_table_of_groups_are_those_of_everybody():
    alone, among = assess(TABLE, groups=["a"], **OPTIONS), assess(TABLE, **OPTIONS)
    assert row_of(alone, "a")["against_value"] == row_of(among, "a")["against_value"]
    assert row_of(alone, "a")["n_against"] == 16 + 18 + 12
    pd.testing.assert_frame_equal(alone.groups, among.groups)


def test_all_groups_named_are_the_family_that_is_planned_by_default():
    named = assess(TABLE, groups=["a", "b", "c", "d"], **OPTIONS)
    pd.testing.assert_frame_equal(named.findings, assess(TABLE, **OPTIONS).findings)
    twice = assess(TABLE, groups=["b", "b"], **OPTIONS)
    assert twice.settings.groups == ("b",)
    assert twice.settings.n_comparisons == 1


def test_against_a_group_the_planned_ones_alone_are_held_against_it():
    evidence = assess(TABLE, groups=["b"], against="c", **OPTIONS)
    assert evidence.findings[["group", "against"]].to_numpy().tolist() == [["b", "c"]]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"groups": ["aa"]}, NotFoundError, "no group named 'aa'. Did you mean 'a'?"),
        ({"groups": ["c"], "against": "c"}, OptionError, "group 'c' is the other side already"),
        ({"groups": "a"}, OptionError, r"groups='a': give a list of names"),
        ({"groups": []}, OptionError, r"groups=\[\]: give a list of names"),
        ({"groups": ["unknown"]}, NotFoundError, "no group named 'unknown'"),
    ],
)
def test_what_cannot_be_planned_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        assess(TABLE, **OPTIONS, **options)


def test_the_plan_is_kept_in_the_evidence_and_in_its_provenance(tmp_path):
    evidence = assess(TABLE, groups=["c", "a"], **OPTIONS)
    path = tmp_path / "evidence.json"
    evidence.write(path)
    again = read_evidence(path)
    assert again.settings == evidence.settings
    assert again.settings.groups == ("c", "a")
    assert again.provenance.facts()["groups"] == "c,a"
    pd.testing.assert_frame_equal(again.findings, evidence.findings)
    everybody = assess(TABLE, **OPTIONS)
    everybody.write(path)
    assert read_evidence(path).settings.groups is None
    assert "groups" not in everybody.provenance.facts()


def test_another_plan_is_another_chain():
    plans = (None, ["a"], ["b"], ["a", "b"])
    chains = {assess(TABLE, groups=groups, **OPTIONS).provenance for groups in plans}
    assert len(chains) == len(plans)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_report_of_one_planned_group_counts_one_comparison_and_shows_every_group(lang, tmp_path):
    evidence = assess(TABLE, groups=["a"], **OPTIONS)
    page = write_report(evidence, tmp_path / "r.html", lang=lang).read_text(encoding="utf-8")
    only = {
        "en": "the only comparison of this analysis",
        "fr": "seule comparaison de cette analyse",
    }
    assert only[lang] in page
    about = {"en": "Group “{}” against", "fr": "Groupe «\u00a0{}\u00a0» face à"}[lang]
    assert about.format("a") in page
    for other in "bcd":
        assert about.format(other) not in page
        assert f">{other}</th>" in page  # in the tables of groups all the same
