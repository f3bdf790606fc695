"""What is not enough is said so, in words, and never judged."""

import numpy as np
import pandas as pd
import pytest

from biasbench.evidence import Evidence, assess
from tests.evidence.tables import measures_table, scores_table

ENOUGH = {"a": (30, 0.10), "b": (30, 0.25)}


def finding(evidence: Evidence, group: str) -> pd.Series:
    table = evidence.findings
    return table[table["group"] == group].iloc[0]


def test_enough_people_and_a_large_gap_give_a_verdict():
    evidence = assess(measures_table(ENOUGH), by="accent", margin=0.03)
    assert finding(evidence, "b")["verdict"] == "V-D1"
    assert finding(evidence, "a")["verdict"] == "V-A1"
    assert evidence.decided


def test_without_speaker_labels_the_rates_are_described_and_nothing_inferred():
    table = measures_table(ENOUGH)
    for nameless in (table.drop(columns="speaker_id"), table.assign(speaker_id=None)):
        evidence = assess(nameless, by="accent", margin=0.03)
        row = finding(evidence, "b")
        assert row["verdict"] == "V-N"
        assert row["reason"].startswith(
            "N-SPK: no speaker labels, so nobody knows how many people these rows come from"
        )
        assert row["difference"] == pytest.approx(row["value"] - row["against_value"])
        assert pd.isna(row[["difference_low", "ratio_low", "p_value", "n_speakers"]]).all()
        assert row["n_comparisons"] == 0
        group = evidence.groups.set_index("group").loc["b"]
        assert group["value"] == row["value"]
        assert pd.isna(group["low"])
        assert group["note"] == "no speaker labels: described, without an interval"


def test_two_people_have_no_interval():
    row = finding(assess(measures_table({"a": (30, 0.1), "b": (2, 0.5)}), by="accent"), "b")
    assert row["verdict"] == "V-N"
    assert row["reason"].startswith(
        "N-SIZE(n_min=10): 2 people in 'b', 10 are needed for a verdict "
        "(20 or more are wanted); no interval"
    )
    assert pd.isna(row["difference_low"])
    assert row["difference"] > 0


def test_four_people_are_described_outside_the_family_and_get_no_verdict_from_anyone():
    table = measures_table({"a": (30, 0.1), "b": (4, 0.5)})
    for audience, needed in (("public", 10), ("restricted", 6)):
        evidence = assess(table, by="accent", margin=0.03, audience=audience)
        row = finding(evidence, "b")
        assert row["verdict"] == "V-N"
        assert row["reason"].startswith(
            f"N-SIZE(n_min={needed}): 4 people in 'b', {needed} are needed"
        )
        assert pd.isna(row["difference_low"])
        assert pd.isna(row["p_adjusted"])
        low, high = row["difference_low_unadjusted"], row["difference_high_unadjusted"]
        assert low < row["difference"] < high
        assert evidence.settings.n_comparisons == 0
        assert row["n_needed"] >= 10


def test_seven_people_are_judged_for_a_restricted_audience_only_and_with_a_caution():
    table = measures_table({"a": (30, 0.1), "b": (7, 0.5)})
    public = finding(assess(table, by="accent", margin=0.03), "b")
    assert (public["verdict"], public["reason"][:6]) == ("V-N", "N-SIZE")
    restricted = finding(assess(table, by="accent", margin=0.03, audience="restricted"), "b")
    assert restricted["verdict"] == "V-D1"
    assert "caution: 7 people in 'b', too few to publish a verdict" in restricted["reason"]


def test_twelve_people_are_judged_and_twenty_wanted():
    row = finding(
        assess(measures_table({"a": (30, 0.1), "b": (12, 0.5)}), by="accent", margin=0.03), "b"
    )
    assert row["verdict"] == "V-D1"
    assert row["reason"].endswith("12 people in 'b': 20 or more are wanted")


def test_too_few_people_on_the_other_side_are_too_few():
    row = finding(
        assess(measures_table({"a": (4, 0.1), "b": (30, 0.5)}), by="accent", margin=0.03), "b"
    )
    assert row["reason"].startswith("N-SIZE(n_min=10): 4 people in rest, 10 are needed")


def test_a_handful_of_errors_is_not_judged():
    table = measures_table({"a": (30, 0.1), "b": (30, 0.0)})
    table.loc[table.index[-5:], "numerator"] = 1.0
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert row["verdict"] == "V-N"
    assert row["reason"] == "N-ERR(n_events=5): 5 events in 'b', 30 are needed"


def test_no_error_at_all_has_the_rule_of_three_on_people_and_no_verdict():
    evidence = assess(measures_table({"a": (30, 0.1), "b": (30, 0.0)}), by="accent", margin=0.03)
    group = evidence.groups.set_index("group").loc["b"]
    assert (group["value"], group["low"]) == (0, 0)
    assert group["high"] == pytest.approx(1 - 0.05 ** (1 / 30))
    assert group["note"].startswith("no event among 30 people: the upper end is the exact bound")
    row = finding(evidence, "b")
    assert row["reason"] == "N-ERR(n_events=0): 0 events in 'b', 30 are needed"
    assert row["ratio"] == 0
    assert pd.isna(row["ratio_low"])
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    assert pd.isna(finding(evidence, "a")["ratio"])


def test_where_everybody_has_the_same_value_there_is_no_spread_to_judge_by():
    table = measures_table({"a": (30, 0.1), "b": (30, 0.2)})
    table.loc[table["accent"] == "b", "numerator"] = 7.0
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert row["verdict"] == "V-N"
    assert row["reason"].startswith("N-ERR-FLAT: every person on a side has the same value")


def test_one_person_with_most_of_the_words_is_not_a_group():
    table = measures_table(ENOUGH)
    talker = table["speaker_id"] == "b-0"
    table.loc[talker, ["numerator", "denominator"]] *= 40
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert row["verdict"] == "V-N"
    assert row["reason"] == (
        "N-DOM(pct=58): one person supplies 58 % of the denominator of 'b', more than 50 %"
    )


def test_a_group_recorded_elsewhere_is_not_told_from_its_site():
    table = measures_table(ENOUGH)
    table["site"] = np.where(table["accent"] == "a", "Lyon", "Lille")
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert row["verdict"] == "V-N"
    assert row["reason"] == (
        "N-CONF(factor=site): accent and site coincide: 'b' and rest overlap by 0.00, "
        "less than 0.10"
    )


def test_sites_that_both_groups_share_are_no_obstacle_and_are_counted():
    table = measures_table(ENOUGH)
    number = table["speaker_id"].str.split("-").str[1].astype(int)
    table["site"] = np.where(number % 2 == 0, "Lyon", "Lille")
    evidence = assess(table, by="accent", margin=0.03)
    assert finding(evidence, "b")["verdict"] == "V-D1"
    assert evidence.settings.conditions == ("site",)
    assert evidence.conditions.to_dict("records")[0] == {
        "condition": "site",
        "level": "Lille",
        "group": "a",
        "n_speakers": 15,
        "n_utterances": 120,
    }


def test_a_condition_never_written_down_for_one_group_coincides_with_it():
    table = measures_table({"a": (14, 0.1), "b": (14, 0.2)})
    person = table["speaker_id"].str.extract(r"(\d+)")[0].astype(int)
    table["device"] = np.where(table["accent"] == "a", np.where(person % 2, "phone", "desk"), None)
    evidence = assess(table, by="accent", margin=0.03)
    assert evidence.findings["reason"].str.startswith("N-CONF(factor=device)").all()
    levels = evidence.conditions.set_index(["level", "group"])["n_speakers"]
    assert levels["unknown", "b"] == 14


def test_a_headset_of_ones_own_is_no_recording_condition():
    table = measures_table(ENOUGH)
    evidence = assess(table.assign(headset=table["speaker_id"]), by="accent", margin=0.03)
    assert finding(evidence, "b")["verdict"] == "V-D1"


def test_a_condition_of_ones_own_choice_is_checked():
    table = measures_table(ENOUGH).assign(shift="day")
    table.loc[table["accent"] == "b", "shift"] = "night"
    assert finding(assess(table, by="accent", margin=0.03), "b")["verdict"] == "V-D1"
    checked = assess(table, by="accent", margin=0.03, conditions=["shift"])
    assert finding(checked, "b")["reason"].startswith(
        "N-CONF(factor=shift): accent and shift coincide"
    )


def test_a_third_of_the_rows_missing_is_too_many():
    table = measures_table(ENOUGH)
    gone = (table["accent"] == "b") & (table.index % 3 == 0)
    table.loc[gone, ["numerator", "denominator"]] = np.nan
    evidence = assess(table, by="accent", margin=0.03)
    row = finding(evidence, "b")
    assert row["verdict"] == "V-N"
    assert (
        row["reason"] == "N-MISS(pct=33.3): 33.3 % of the rows of 'b' have no value, more than 20 %"
    )
    assert (row["n_utterances"], row["n_missing"]) == (160, 80)
    assert finding(evidence, "a")["reason"].startswith(
        "N-MISS(pct=33.3): 33.3 % of the rows of rest"
    )


def test_every_gate_that_fails_is_named_in_order():
    table = measures_table({"a": (30, 0.1), "b": (4, 0.001)})
    table["site"] = np.where(table["accent"] == "a", "Lyon", "Lille")
    reason = finding(assess(table, by="accent", margin=0.03), "b")["reason"]
    named = [part.partition("(")[0] for part in reason.split("; also ")]
    assert named == ["N-SIZE", "N-ERR", "N-CONF"]


def test_without_a_margin_there_is_an_interval_and_no_verdict():
    evidence = assess(measures_table(ENOUGH), by="accent")
    row = finding(evidence, "b")
    assert pd.isna(row["verdict"])
    assert row["reason"].startswith("no margin was declared for wer: pass margin=")
    assert row["difference_low"] > 0
    assert not evidence.decided


def test_a_gate_fails_without_a_margin_as_well():
    row = finding(assess(measures_table({"a": (30, 0.1), "b": (4, 0.5)}), by="accent"), "b")
    assert (row["verdict"], row["reason"][:6]) == ("V-N", "N-SIZE")
    assert pd.isna(row["n_needed"])


def test_a_metric_whose_worse_side_nobody_named_is_not_judged():
    table = measures_table(ENOUGH, metric="prompts")
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert pd.isna(row["verdict"])
    assert row["reason"].startswith("nobody said which way of prompts is worse: pass direction=")
    assert row["direction"] == "undeclared"
    told = assess(table, by="accent", margin=0.03, direction="higher is worse")
    assert finding(told, "b")["verdict"] == "V-D1"


def test_a_metric_without_a_worse_side_is_described():
    table = measures_table(ENOUGH, metric="prompts").assign(direction="neither")
    row = finding(assess(table, by="accent", margin=0.03), "b")
    assert pd.isna(row["verdict"])
    assert row["reason"] == "neither way of prompts is worse: described, not judged"


def test_few_events_are_no_obstacle_to_a_mean():
    rng = np.random.default_rng(3)
    table = scores_table({"a": rng.normal(0.5, 0.1, 25), "b": rng.normal(-0.5, 0.1, 25)})
    row = finding(assess(table, by="accent", margin=0.3), "b")
    assert row["verdict"] == "V-D1"
    assert row["difference"] == pytest.approx(-1.0, abs=0.1)
    assert pd.isna(row["ratio"])
