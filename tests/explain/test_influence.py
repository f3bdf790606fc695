"""leave_one_out(): how far one person moves a comparison, and leave_one_level_out() a team."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.estimate import variance_cr3
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import SpeakerSums, ordered_sums, speaker_sums
from biasbench.explain.influence.levels import FEW, leave_one_level_out
from biasbench.explain.influence.people import leave_one_out, leave_one_speaker_out, without_each
from biasbench.tables.decompositions import LEVELS_LEFT_OUT
from tests.evidence.tables import measures_table, scores_table


def sums(errors, words=50.0, kind="rate"):
    e = np.array(errors, dtype=float)
    return ordered_sums(e, np.full(len(e), words), n_utterances=len(e), kind=kind)


def random_sides(seed, people=(8, 11)):
    rng = np.random.default_rng(seed)
    return [
        ordered_sums(rng.poisson(9, n) + 1.0, rng.uniform(30, 90, n), n_utterances=n)
        for n in people
    ]


def without(side, at):
    return SpeakerSums(np.delete(side.numerator, at), np.delete(side.denominator, at), 0)


EIGHT = sums([5, 4, 6, 5, 4, 5, 6, 5])


# ── People ─────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_every_figure_is_that_of_the_comparison_without_the_person(seed):
    """Brute force: compare again without each, by the code that compares."""
    group, against = random_sides(seed)
    again = [cr3.compare(without(group, at), against) for at in range(8)]
    again += [cr3.compare(group, without(against, at)) for at in range(11)]
    found = without_each(group, against)
    assert found.difference == pytest.approx([c.difference for c in again])
    assert found.ratio == pytest.approx([c.ratio for c in again])
    summed = leave_one_out(group, against)
    assert summed.smallest_ratio == pytest.approx(min(c.ratio for c in again))
    assert summed.largest_difference == pytest.approx(max(c.difference for c in again))
    value = summed.comparison.difference
    assert summed.n_other_sign == sum(c.difference * value <= 0 for c in again)
    apart = [c.ratio_low > 1 or c.ratio_high < 1 for c in again]
    apart = [
        a and not c.difference_low <= 0 <= c.difference_high
        for a, c in zip(apart, again, strict=True)
    ]
    here = summed.comparison
    is_apart = (here.ratio_low > 1 or here.ratio_high < 1) and not (
        here.difference_low <= 0 <= here.difference_high
    )
    assert summed.n_other_decision == sum(a != is_apart for a in apart)


def test_the_rates_without_each_person_average_to_the_engine_variance():
    """V_CR3 is Σ (R − R_(−i))²: closed form against closed form."""
    group, against = random_sides(3)
    moved = without_each(group, against).difference - cr3.compare(group, against).difference
    assert (moved[:8] ** 2).sum() == pytest.approx(
        variance_cr3(group.numerator, group.denominator), rel=1e-10
    )


def test_a_gap_that_one_person_makes_is_seen_to_be_that():
    one = sums([30, 4, 5, 6, 5, 4, 5, 6])
    found = leave_one_out(one, EIGHT, margin=0.02)
    assert found.smallest_ratio == pytest.approx(1.0)
    assert found.comparison.ratio == pytest.approx(65 / 40)
    assert found.largest_change == pytest.approx(65 / 400 - 35 / 350)
    many = sums([9, 8, 9, 10, 8, 9, 10, 8])
    steady = leave_one_out(many, EIGHT, margin=0.02)
    assert steady.smallest_ratio > 1.6
    assert (steady.n_other_sign, steady.n_other_decision, steady.n_other_verdict) == (0, 0, 0)
    assert steady.verdict == "V-D1"


def test_a_decision_that_hangs_on_one_person_is_counted():
    """Without the one who has few errors, the rest are apart."""
    found = leave_one_out(sums([7, 8, 7, 8, 7, 8, 7, 0]), EIGHT, margin=0.02)
    assert found.comparison.difference_low < 0
    assert found.n_other_decision == 1
    assert found.n_other_verdict == 1


def test_the_other_side_turns_every_figure():
    group, against = random_sides(5)
    found, turned = leave_one_out(group, against), leave_one_out(against, group)
    assert turned.largest_difference == pytest.approx(-found.smallest_difference)
    assert turned.largest_ratio == pytest.approx(1 / found.smallest_ratio)
    assert turned.n_other_decision == found.n_other_decision


def test_a_mean_has_no_ratio():
    group, against = sums([-3, 1, 2, 0, 1], 1.0, "mean"), sums([1, 2, 1, 0, 3], 1.0, "mean")
    found = leave_one_out(group, against)
    assert found.smallest_ratio is None
    assert found.largest_difference == pytest.approx((4 / 4) - 7 / 5)


def test_nobody_is_named_in_what_is_found():
    found = leave_one_out(sums([30, 4, 5, 6, 5, 4, 5, 6]), EIGHT)
    assert not any(
        isinstance(value, str | list | tuple | np.ndarray)
        for value in (getattr(found, field.name) for field in dataclasses.fields(found))
    )


def test_somebody_without_a_denominator_is_not_left_out():
    with_insertions = SpeakerSums(
        np.append(EIGHT.numerator, 2.0), np.append(EIGHT.denominator, 0.0), 9
    )
    found = leave_one_out(with_insertions, EIGHT)
    assert found.n_speakers == 8
    assert found.largest_change < 0.02


def test_the_direction_of_a_metric_of_ours_and_of_a_table_is_used():
    table = scores_table({"b": [1.0, 2, 1, 2, 1, 2, 1, 2], "a": [8.0, 9, 8, 9, 8, 9, 8, 9]})
    found = leave_one_speaker_out(table, by="accent", group="b", margin=1.0)
    assert found.verdict == "V-D1"
    ours = measures_table({"b": (8, 0.4), "a": (8, 0.1)})
    assert leave_one_speaker_out(ours, by="accent", group="b", margin=0.02).verdict == "V-D1"


def test_three_people_cannot_lose_one():
    with pytest.raises(InsufficientDataError, match="the group has 3 people; 4 are needed"):
        leave_one_out(sums([1, 2, 3]), EIGHT)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"margin": -0.1}, "margin=-0.1"), ({"margin": 0.1, "direction": "neither"}, "which way")],
)
def test_a_margin_that_cannot_be_is_refused(options, words):
    with pytest.raises(OptionError, match=words):
        leave_one_out(EIGHT, EIGHT, **options)


# ── Levels ─────────────────────────────────────────────────────────────────────────────────────


def by_team(seed=2):
    table = measures_table({"b": (15, 0.1), "a": (15, 0.1)}, seed=seed)
    number = table["speaker_id"].str.split("-").str[1].astype(int)
    return table.assign(team=np.array(["x", "y", "z"])[number % 3])


def test_a_team_that_makes_the_gap_is_seen_when_it_is_left_out():
    table = by_team()
    mine = (table["team"] == "x") & (table["accent"] == "b")
    table.loc[mine, "numerator"] *= 4
    found = leave_one_level_out(table, by="accent", group="b", column="team")
    rows = found.table.set_index("left_out")
    assert rows.loc["x", "change"] < -0.05
    assert (rows.loc[["y", "z"], "change"] > 0).all()
    assert rows["n_speakers"].tolist() == [10, 10, 10]
    assert rows["share"].sum() == pytest.approx(1)
    LEVELS_LEFT_OUT.check(found.table)


def test_a_row_is_the_comparison_of_what_is_left():
    table = by_team()
    found = leave_one_level_out(table, by="accent", group="b", column="team").table.iloc[1]
    left = table[table["team"] != "y"]
    sides = [
        speaker_sums(rows["speaker_id"], rows["numerator"], rows["denominator"])
        for rows in (left[left["accent"] == "b"], left[left["accent"] == "a"])
    ]
    again = cr3.compare(*sides)
    assert found["difference"] == pytest.approx(again.difference)
    assert found["ratio_low"] == pytest.approx(again.ratio_low)


def test_no_row_is_about_one_person():
    table = by_team()
    table.loc[table["speaker_id"] == "b-0", "team"] = "alone"
    found = leave_one_level_out(table, by="accent", group="b", column="team")
    assert found.table["left_out"].tolist() == ["x", "y", "z"]
    assert found.n_never_left_out == 8
    for number, name in enumerate(("b-1", "a-4", "a-5")):
        table.loc[table["speaker_id"] == name, "team"] = f"alone too {number}"
    found = leave_one_level_out(table, by="accent", group="b", column="team")
    assert found.table["left_out"].tolist() == ["x", "y", "z", FEW]
    assert found.table["n_speakers"].iloc[3] == 13


def test_what_cannot_be_compared_any_more_keeps_its_row_and_reason():
    table = by_team()
    table.loc[table["accent"] == "b", "team"] = "x"
    found = leave_one_level_out(table, by="accent", group="b", column="team").table
    row = found.set_index("left_out").loc["x"]
    assert row["n_speakers"] == 0
    assert np.isnan(row["difference"])
    assert "no interval below 3" in row["note"]


def test_rows_of_no_known_level_are_never_left_out():
    table = by_team()
    table.loc[table.index[:6], "team"] = None
    assert leave_one_level_out(table, by="accent", group="b", column="team").n_never_left_out == 6


@pytest.mark.parametrize(
    ("column", "error", "words"),
    [
        ("speaker_id", OptionError, "leave_one_speaker_out"),
        ("accent", OptionError, "'accent' cannot be left out"),
        ("teem", NotFoundError, "Did you mean 'team'"),
        ("one", InsufficientDataError, "1 level here"),
        ("unit_id", InsufficientDataError, "no level"),
    ],
)
def test_a_column_that_cannot_be_left_out_is_refused(column, error, words):
    table = by_team().assign(one="x")
    if column == "unit_id":
        table = table[table["speaker_id"].isin(["b-0", "a-1"])].assign(unit=table["unit_id"])
        column = "unit"
    with pytest.raises(error, match=words):
        leave_one_level_out(table, by="accent", group="b", column=column)


def test_artie_moves_little_without_any_one_person(shared_data):
    """969 people: leaving out one cannot do much, and does."""
    folder = shared_data("artie")
    people = pd.read_csv(next(folder.glob("utterances.csv*")), dtype=str, keep_default_na=False)
    heard = pd.read_csv(folder / "transcripts.csv.gz", keep_default_na=False)
    table = heard.merge(people[["utterance_id", "speaker_id", "gender"]], on="utterance_id")
    table = table.rename(
        columns={"utterance_id": "unit_id", "errors": "numerator", "words": "denominator"}
    ).assign(metric="wer")
    system = table["system"].iloc[0]
    found = leave_one_speaker_out(
        table[table["system"] == system], by="gender", group="female", against="male"
    )
    assert found.largest_change < 0.1 * found.comparison.value
    assert found.smallest_ratio < found.comparison.ratio < found.largest_ratio
