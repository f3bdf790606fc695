"""Plans: from a pilot and from assumptions, redone by hand, and what they refuse."""

import json

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.correct import sidak_level
from biasbench.evidence.estimate import between_speaker_sd
from biasbench.evidence.planning.pilot import relative_sd
from biasbench.evidence.planning.planning import plan_from_assumptions, plan_from_pilot
from biasbench.evidence.planning.power import (
    minimum_detectable_difference,
    minimum_detectable_ratio,
    people_needed_for_ratio,
    power_of,
    power_of_difference,
)
from biasbench.evidence.sums import speaker_sums
from biasbench.tables.planning import DETECTABLE, NEEDED, SPREADS
from tests.evidence.tables import measures_table, scores_table

PILOT = measures_table({"us": (14, 0.10), "uk": (9, 0.16), "india": (7, 0.20)}, spread=0.4)


def sums_of(table, *groups):
    of = table[table["accent"].isin(groups)]
    return speaker_sums(of["speaker_id"], of["numerator"], of["denominator"])


def row(table, **where):
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_each_comparison_has_the_ratio_that_its_own_spread_detects():
    plan = plan_from_pilot(PILOT, by="accent", people=[6, 20], level=0.9, power=0.7)
    level = sidak_level(0.9, 3)
    assert (plan.n_comparisons, plan.adjusted_level) == (3, level)
    for group in ("us", "uk", "india"):
        one = sums_of(PILOT, group)
        rest = sums_of(PILOT, *({"us", "uk", "india"} - {group}))
        expected = minimum_detectable_ratio(
            cv=relative_sd(one), against_cv=relative_sd(rest), people=20, level=level, power=0.7
        )
        found = row(plan.detectable, group=group, people=20)
        assert found["ratio"] == pytest.approx(expected)
        rate = rest.numerator.sum() / rest.denominator.sum()
        assert found["difference"] == pytest.approx((expected - 1) * rate)
        spread = row(plan.spreads, group=group)
        assert spread["cv"] == pytest.approx(relative_sd(one))
        assert spread["against_sd"] == pytest.approx(between_speaker_sd(rest))
        assert (spread["n_speakers"], spread["n_against"]) == (one.n_speakers, rest.n_speakers)


def test_the_people_needed_see_the_ratio_and_the_margin():
    plan = plan_from_pilot(
        PILOT, by="accent", against="us", ratios=[1.3, 0.7], margin=0.04, against_per_person=2
    )
    assert set(plan.needed["group"]) == {"uk", "india"}
    us, uk = sums_of(PILOT, "us"), sums_of(PILOT, "uk")
    for ratio in (1.3, 0.7):
        found = row(plan.needed[np.isclose(plan.needed["ratio"], ratio)], group="uk")
        assert found["people"] == people_needed_for_ratio(
            ratio,
            cv=relative_sd(uk),
            against_cv=relative_sd(us),
            level=plan.adjusted_level,
            against_per_person=2,
        )
        assert found["against_people"] == 2 * found["people"]
    of_margin = row(plan.needed[np.isclose(plan.needed["difference"], 0.04)], group="uk")
    rate = us.numerator.sum() / us.denominator.sum()
    assert of_margin["ratio"] == pytest.approx(1 + 0.04 / rate)


def test_a_mean_is_planned_on_its_difference_and_has_no_ratio():
    rng = np.random.default_rng(2)
    values = {"uk": list(rng.normal(-1, 1, 9)), "us": list(rng.normal(4, 2, 11))}
    plan = plan_from_pilot(scores_table(values), by="accent", against="us", margin=0.8, people=[15])
    sd = {
        name: np.std(of, ddof=1) * np.sqrt(len(of) / (len(of) - 1)) for name, of in values.items()
    }
    expected = minimum_detectable_difference(sd=sd["uk"], against_sd=sd["us"], people=15)
    found = plan.detectable.iloc[0]
    assert found["difference"] == pytest.approx(expected)
    assert plan.detectable["ratio"].isna().all()
    needed = plan.needed.iloc[0]
    power = [
        power_of_difference(0.8, sd=sd["uk"], against_sd=sd["us"], people=needed["people"] + more)
        for more in (0, -1)
    ]
    assert power[1] < 0.8 <= power[0]
    assert plan_from_pilot(scores_table(values), by="accent").needed.empty


def test_assumptions_give_what_a_pilot_of_that_spread_gives():
    plan = plan_from_assumptions(cv=0.5, against_cv=0.7, rate=0.12, people=[12], n_comparisons=4)
    found = plan.detectable.iloc[0]
    level = sidak_level(0.95, 4)
    assert power_of(
        found["ratio"], cv=0.5, against_cv=0.7, people=12, level=level
    ) == pytest.approx(0.8, abs=1e-6)
    assert found["difference"] == pytest.approx((found["ratio"] - 1) * 0.12)
    without = plan_from_assumptions(cv=0.5, people=[12])
    assert without.detectable["difference"].isna().all()
    assert without.needed["difference"].isna().all()
    assert without.spreads["against_value"].isna().all()


def test_a_margin_that_is_one_of_the_ratios_stands_there_once():
    plan = plan_from_assumptions(cv=0.5, rate=0.12, margin=0.03)
    assert plan.needed["ratio"].round(9).tolist() == [1.1, 1.25, 1.5, 2.0]


def test_the_curve_falls_and_passes_through_the_table():
    plan = plan_from_pilot(PILOT, by="accent")
    for group, curve in plan.curve.groupby("group"):
        assert (np.diff(curve["ratio"]) < 0).all()
        table = plan.detectable[plan.detectable["group"] == group]
        both = table.merge(curve, on=["group", "people"], validate="one_to_one")
        assert len(both) == len(table)
        assert (both["ratio_x"] == both["ratio_y"]).all()


def test_more_comparisons_need_more_people_and_a_larger_other_side_fewer():
    base = plan_from_assumptions(cv=0.5).needed["people"]
    assert (plan_from_assumptions(cv=0.5, n_comparisons=10).needed["people"] > base).all()
    assert (plan_from_assumptions(cv=0.5, against_per_person=3).needed["people"] < base).all()


def test_a_group_too_small_to_tell_its_spread_is_a_note_and_the_others_are_planned():
    table = measures_table({"us": (9, 0.1), "uk": (8, 0.15), "few": (2, 0.2)})
    plan = plan_from_pilot(table, by="accent")
    note = row(plan.spreads, group="few")["note"]
    assert note == (
        "'few' has 2 people; at least 3 are needed to say how people differ, or assume a spread"
    )
    assert set(plan.detectable["group"]) == set(plan.needed["group"]) == {"us", "uk"}
    assert plan.n_comparisons == 3  # the study that is planned will have people enough


def test_a_pilot_in_which_nothing_can_be_told_is_refused():
    table = measures_table({"us": (2, 0.1), "uk": (2, 0.15)})
    with pytest.raises(InsufficientDataError, match="'uk' has 2 people; at least 3 are needed"):
        plan_from_pilot(table, by="accent")
    with pytest.raises(InsufficientDataError, match="no speaker labels: nobody knows how many"):
        plan_from_pilot(PILOT.drop(columns="speaker_id"), by="accent")


def test_renaming_speakers_and_shuffling_rows_changes_nothing():
    names = sorted(PILOT["speaker_id"].unique())
    new = dict(zip(names, np.random.default_rng(3).permutation(len(names)), strict=True))
    renamed = PILOT.assign(speaker_id=[f"s{new[name]}" for name in PILOT["speaker_id"]])
    shuffled = renamed.sample(frac=1, random_state=1).reset_index(drop=True)
    one, other = (plan_from_pilot(table, by="accent") for table in (PILOT, shuffled))
    assert one.detectable.equals(other.detectable)
    assert one.needed.equals(other.needed)


def test_the_tables_are_the_declared_ones_and_the_json_is_strict():
    for plan in (plan_from_pilot(PILOT, by="accent"), plan_from_assumptions(cv=0.5)):
        for table, frame in (
            (DETECTABLE, plan.detectable),
            (DETECTABLE, plan.curve),
            (NEEDED, plan.needed),
            (SPREADS, plan.spreads),
        ):
            assert table.check(frame).equals(frame)
        content = json.loads(plan.to_json(), parse_constant=pytest.fail)
        assert len(content["curve"]) == len(plan.curve)
        assert content["needed"][0]["people"] == int(plan.needed["people"].iloc[0])
    assert content["spreads"][0]["value"] is None


def test_a_table_of_two_metrics_wants_one_named():
    both = pd.concat([PILOT, PILOT.assign(metric="cer")], ignore_index=True)
    with pytest.raises(OptionError, match="the table has 2 metrics; pass metric= one of wer, cer"):
        plan_from_pilot(both, by="accent")
    with pytest.raises(NotFoundError, match="no system named 'asr:skripted'. Did you mean"):
        plan_from_pilot(both, by="accent", metric="cer", system="asr:skripted")
    assert set(plan_from_pilot(both, by="accent", metric="cer").needed["metric"]) == {"cer"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cv": -0.5}, "cv=-0.5 is not above 0; it is how much people differ"),
        ({"cv": 0.5, "rate": 0}, "rate=0 is not above 0; it is a fraction"),
        ({"cv": 0.5, "margin": 0.03}, "margin=0.03 is a difference of rates; give rate= as well"),
        ({"cv": 0.5, "rate": 0.1, "margin": -1}, "margin=-1 is not above 0"),
        ({"cv": 0.5, "people": []}, r"people=\[\]: give at least one number of people"),
        ({"cv": 0.5, "people": [2]}, "people=2 on a side; there is no interval below 3"),
        ({"cv": 0.5, "ratios": [1.0]}, "ratios: 1 is not a ratio that could be seen"),
        ({"cv": 0.5, "n_comparisons": 0}, "n_comparisons=0 is below 1"),
        ({"cv": 0.5, "against_per_person": 0}, "against_per_person=0 is not above 0"),
        ({"cv": 0.5, "power": 80}, "power=80 is not between"),
        ({"cv": 0.5, "level": 95}, "level=95 is not between 0.5 and 1"),
    ],
)
def test_assumptions_that_cannot_be_are_refused(options, message):
    with pytest.raises(OptionError, match=message):
        plan_from_assumptions(**options)
