"""The gap at equal human rating: exact where it can be, honest with few people, or refused."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums
from biasbench.explain.ratings.at_equal_rating import score_at_equal_rating
from biasbench.explain.ratings.standardised import (
    StratifiedSums,
    compare_standardised,
    standardised,
    stratified_sums,
    stratum_weights,
)
from biasbench.explain.ratings.strata import cut
from tests.calibration.test_coverage import FULL, QUICK, monte_carlo_error
from tests.explain.rated import Rated, label_rates, measures_of, two_sides

SAME = 1e-10  # relative; statsmodels iterates, so its own stop is set below that


def sums_of(side: Rated, value: np.ndarray, kept: np.ndarray | None = None) -> StratifiedSums:
    kept = np.ones(5, dtype=bool) if kept is None else kept
    return stratified_sums(side.person, side.stratum, value, np.ones(len(value)), is_kept=kept)


def common(sides: tuple[Rated, Rated], fewest: int) -> np.ndarray:
    """The ratings at which both sides have that many people."""
    people = [
        [len(set(side.person[side.stratum == place])) for place in range(5)] for side in sides
    ]
    return np.min(people, axis=0) >= fewest


def bias_reduced(
    sides: tuple[Rated, Rated], value: str, family: object
) -> tuple[np.ndarray, np.ndarray]:
    """One indicator per side and stratum: GEE(...).fit(cov_type="bias_reduced") of statsmodels."""
    group, other = sides
    cell = np.concatenate([group.stratum, 5 + other.stratum])
    person = np.concatenate([group.person, 1000 + other.person])
    y = np.concatenate([getattr(group, value), getattr(other, value)])
    model = sm.GEE(
        y,
        np.eye(10)[cell],
        groups=person,
        family=family,
        cov_struct=sm.cov_struct.Independence(),
    )
    fitted = model.fit(cov_type="bias_reduced", ctol=1e-12, maxiter=300)
    return np.asarray(fitted.params), np.asarray(fitted.cov_params())


@pytest.mark.parametrize("seed", range(4))
def test_the_variance_of_a_mean_is_the_bias_reduced_one(seed):
    sides = two_sides(np.random.default_rng(seed), (14, 9))
    sums = [sums_of(side, side.score) for side in sides]
    weight = stratum_weights(sums[0].denominator, sums[1].denominator, weights="overlap")
    means, covariance = bias_reduced(sides, "score", sm.families.Gaussian())
    ours = [standardised(one, weight) for one in sums]
    difference = np.concatenate([weight, -weight])
    assert ours[0].value - ours[1].value == pytest.approx(difference @ means, rel=SAME)
    variance = ours[0].variance + ours[1].variance
    assert variance == pytest.approx(difference @ covariance @ difference, rel=SAME)


def test_the_variance_of_a_rate_is_the_bias_reduced_one():
    sides = two_sides(np.random.default_rng(11), (14, 12), odds_ratio=4.0)
    sums = [sums_of(side, side.label) for side in sides]
    weight = stratum_weights(sums[0].denominator, sums[1].denominator, weights="pooled")
    log_rates, covariance = bias_reduced(sides, "label", sm.families.Poisson())
    gradient = np.exp(log_rates) * np.concatenate([weight, -weight])
    ours = [standardised(one, weight) for one in sums]
    variance = ours[0].variance + ours[1].variance
    assert variance == pytest.approx(gradient @ covariance @ gradient, rel=1e-8)


@pytest.mark.parametrize(("value", "kind"), [("score", "mean"), ("label", "rate")])
def test_with_one_stratum_it_is_the_comparison_of_assess(value, kind):
    sides = two_sides(np.random.default_rng(3), (12, 8), odds_ratio=2.0)
    one = []
    for side in sides:
        flat = dataclasses.replace(side, rating=np.ones(len(side.person), dtype=int))
        sums = sums_of(flat, getattr(side, value), np.array([True, False, False, False, False]))
        one.append(standardised(sums, np.ones(1)))
    ours = compare_standardised(one[0], one[1], kind=kind, method="")
    plain = [
        speaker_sums(side.person, getattr(side, value), np.ones(len(side.person)), kind=kind)
        for side in sides
    ]
    theirs = cr3.compare(*plain)
    for field in dataclasses.fields(ours):
        if field.name not in ("method", "note", "kind"):
            expected = getattr(theirs, field.name)
            if expected is not None:
                expected = pytest.approx(expected, rel=1e-9)
            assert getattr(ours, field.name) == expected, field.name


def test_influence_is_what_the_value_loses_without_a_person():
    side = two_sides(np.random.default_rng(5), (9, 9))[0]
    sums = sums_of(side, side.score)
    weight = np.array([0.1, 0.3, 0.2, 0.25, 0.15])
    whole = standardised(sums, weight)
    for person in range(9):
        left = np.arange(9) != person
        e, w = sums.numerator[left].sum(axis=0), sums.denominator[left].sum(axis=0)
        without = float((e / w) @ weight)
        assert whole.influence[person] == pytest.approx(whole.value - without, abs=1e-12)


def test_a_gap_that_is_all_rating_is_gone_at_equal_rating_and_the_plain_gap_stays_on_view():
    """Everybody scores 10 × rating + their own deviation; 'b' is rated 2 more often."""
    rows = []
    for group, ratings in (("b", [1, 2, 2, 2]), ("a", [1, 1, 1, 2])):
        for person in range(8):
            for heard in ratings:
                rows.append((f"{group}{person}", group, heard, 10.0 * heard + person - 3.5))
    table = pd.DataFrame(rows, columns=["speaker_id", "accent", "heard", "numerator"]).assign(
        system="s", unit_id=range(64), metric="mean_score:calm", denominator=1.0
    )
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard")
    assert found.unadjusted.difference == pytest.approx(5.0)
    assert found.at_equal_rating.difference == pytest.approx(0.0, abs=1e-12)
    low, high = found.at_equal_rating.difference_low, found.at_equal_rating.difference_high
    assert low < 0 < high
    assert found.at_equal_rating.p == pytest.approx(1.0)
    # 8 × 24 / 32 rows at each rating on the overlap: both ratings weigh the same.
    assert found.strata["weight"].tolist() == [0.5, 0.5]


def test_weights_are_those_declared():
    group, other = np.array([[10.0, 30.0]]), np.array([[40.0, 20.0]])
    overlap = stratum_weights(group, other, weights="overlap")
    assert overlap == pytest.approx(np.array([8.0, 12.0]) / 20)
    pooled = stratum_weights(group, other, weights="pooled")
    assert pooled == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("weights", ["overlap", "pooled"])
@pytest.mark.parametrize("value", ["score", "label"])
def test_swapping_the_groups_mirrors_everything(value, weights):
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15), gap=1.0), value=value)
    one, other = (
        score_at_equal_rating(
            table, by="accent", group=group, against=against, rating="heard", weights=weights
        )
        for group, against in (("a", "b"), ("b", "a"))
    )
    for ours, theirs in (
        (one.at_equal_rating, other.at_equal_rating.mirrored()),
        (one.unadjusted, other.unadjusted.mirrored()),
    ):
        assert ours.difference == pytest.approx(theirs.difference)
        assert ours.difference_low == pytest.approx(theirs.difference_low)
        assert ours.p == pytest.approx(theirs.p)
        if value == "label":
            assert ours.ratio_high == pytest.approx(theirs.ratio_high)


@pytest.mark.parametrize("seed", range(4))
def test_renaming_people_changes_no_bit(seed):
    table = measures_of(two_sides(np.random.default_rng(seed), (10, 15)))
    names = table["speaker_id"].unique()
    new = dict(
        zip(names, np.random.default_rng(0).permutation(len(names)).astype(str), strict=True)
    )
    renamed = table.assign(speaker_id=table["speaker_id"].map(new))
    others_first = renamed.sort_values("speaker_id", kind="stable")
    shuffled = renamed.sample(frac=1, random_state=1)
    first, second, third, fourth = (
        score_at_equal_rating(one, by="accent", group="b", rating="heard").at_equal_rating
        for one in (table, renamed, others_first, shuffled)
    )
    assert first == second == third
    assert first.difference == pytest.approx(fourth.difference, abs=1e-12)


def test_a_rating_that_one_person_has_alone_is_left_out_and_shown():
    table = measures_of(two_sides(np.random.default_rng(2), (12, 12)))
    lone = (table["speaker_id"] == "b0") & (table.groupby("speaker_id").cumcount() < 2)
    table.loc[lone, "heard"] = 6
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard")
    last = found.strata.iloc[-1]
    assert (last["stratum"], last["weight"], last["n_rows"]) == ("6", 0.0, 2)
    assert last["note"] == ("left out: fewer than 2 people of the group and of the other side")
    assert np.isnan(last["against_value"])
    assert found.n_outside == (2, 0)
    assert found.strata["weight"].sum() == pytest.approx(1.0)


def test_people_who_have_no_shared_rating_are_not_counted():
    table = measures_of(two_sides(np.random.default_rng(2), (12, 12)))
    table.loc[table["speaker_id"] == "b0", "heard"] = 6
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard")
    without = table[table["speaker_id"] != "b0"]
    expected = score_at_equal_rating(without, by="accent", group="b", rating="heard")
    assert (found.n_speakers, found.n_against) == (11, 12)
    assert found.at_equal_rating == expected.at_equal_rating


def test_a_fine_rating_is_cut_alike_for_both_sides_and_equal_ratings_are_never_parted():
    table = measures_of(two_sides(np.random.default_rng(4), (12, 12)))
    table["heard"] = table["heard"] + np.arange(len(table)) % 10 / 10
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard", bins=4)
    assert len(found.strata) == 4
    assert found.strata["n_rows"].sum() + found.strata["n_against_rows"].sum() == len(table)
    codes, names = cut(np.array([1.0, 1.0, 1.0, 1.0, 2.0]), 4)
    assert (codes.tolist(), names) == ([0, 0, 0, 0, 1], ["≤ 1", "> 1"])


def test_ratings_in_words_are_levels_and_unknown_is_none():
    table = measures_of(two_sides(np.random.default_rng(4), (12, 12)))
    words = {1: "calm", 2: "calm", 3: "neutral", 4: "tense", 5: "tense"}
    table["mood"] = table["heard"].map(words)
    table.loc[:9, "mood"] = "unknown"
    found = score_at_equal_rating(table, by="accent", group="b", rating="mood")
    assert found.strata["stratum"].tolist() == ["calm", "neutral", "tense"]
    assert found.n_unrated == (10, 0)


def test_ratings_in_numbers_stand_in_the_order_of_numbers():
    table = measures_of(two_sides(np.random.default_rng(4), (12, 12)))
    table["heard"] = table["heard"].map({1: 2, 2: 10, 3: 30, 4: 200, 5: 1000}).astype(str)
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard")
    assert found.strata["stratum"].tolist() == ["2", "10", "30", "200", "1000"]
    rows = table[table["accent"] == "b"]["heard"].value_counts()
    assert found.strata["n_rows"].tolist() == rows[found.strata["stratum"]].tolist()


def test_a_side_without_an_event_is_described_and_not_tested():
    table = measures_of(two_sides(np.random.default_rng(4), (12, 12)), value="label")
    table.loc[table["accent"] == "a", "numerator"] = 0.0
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard").at_equal_rating
    assert found.difference > 0
    assert (found.ratio, found.difference_low, found.p) == (None, None, None)
    assert found.note.startswith("no event on a side at equal rating")


def test_people_who_do_not_differ_give_no_interval():
    table = measures_of(two_sides(np.random.default_rng(4), (12, 12)))
    table["numerator"] = 2.0 * table["heard"]
    found = score_at_equal_rating(table, by="accent", group="b", rating="heard").at_equal_rating
    assert found.difference_low is None
    assert "no spread" in found.note


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


def ask(table: pd.DataFrame, **options: object) -> None:
    score_at_equal_rating(table, **({"by": "accent", "group": "b", "rating": "heard"} | options))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"rating": "herd"}, NotFoundError, "no column named 'herd'. Did you mean 'heard'?"),
        ({"rating": "accent"}, OptionError, "rating='accent' makes the groups"),
        ({"weights": "equal"}, OptionError, "weights='equal' is none of 'overlap', 'pooled'"),
        ({"bins": 1}, OptionError, "bins=1 is below 2"),
        ({"bins": [3, 2]}, OptionError, "bins=[3, 2]: give finite cuts that rise"),
        ({"rating": "unit_id"}, OptionError, "different values, more than 20; cut it into ranges"),
        ({"rating": "unit_id", "bins": 3}, OptionError, "unit_id is 'u0' in a row, not a number"),
        ({"rating": "system"}, OptionError, "system is 'tone:own' in every row"),
        ({"level": 95}, OptionError, "level=95 is not between 0.5 and 1"),
    ],
)
def test_a_wrong_option_is_an_error_with_the_way_out(options, error, words):
    table = measures_of(two_sides(np.random.default_rng(1), (12, 12)))
    with pytest.raises(error, match=re.escape(words)):
        ask(table, **options)


def test_sides_that_are_hardly_ever_rated_alike_are_refused():
    table = measures_of(two_sides(np.random.default_rng(1), (12, 12)))
    table.loc[table["accent"] == "b", "heard"] += 3
    with pytest.raises(InsufficientDataError, match="hardly ever rated alike; ratings with at l"):
        ask(table)


def test_many_rows_without_a_rating_are_refused():
    table = measures_of(two_sides(np.random.default_rng(1), (12, 12)))
    table["heard"] = table["heard"].astype(object).where(np.arange(len(table)) % 4 > 0, None)
    with pytest.raises(InsufficientDataError, match=r"rows of accent='b' have no heard, more than"):
        ask(table)


def test_five_people_are_refused_and_six_are_not():
    rng = np.random.default_rng(1)
    with pytest.raises(
        InsufficientDataError, match="5 people of the rest have a heard .* at least 6 on each side"
    ):
        ask(measures_of(two_sides(rng, (12, 5))))
    ask(measures_of(two_sides(rng, (12, 6))))


# ── How often the interval holds the truth ─────────────────────────────────────────────────────


def intervals(people: tuple[int, int], n_studies: int, odds_ratio: float) -> dict[str, float]:
    """Coverage, %, of the differences of scores (true gap 1) and of labels, and of OLS on rows."""
    rng = np.random.default_rng([20250611, *people])
    held: dict[str, list[bool]] = {"score": [], "label": [], "ratio": [], "rows": []}
    for study in range(n_studies):
        sides = two_sides(rng, people, gap=1.0, odds_ratio=odds_ratio)
        kept = common(sides, 2)
        for value, kind in (("score", "mean"), ("label", "rate")):
            sums = [sums_of(side, getattr(side, value), kept) for side in sides]
            weight = stratum_weights(sums[0].denominator, sums[1].denominator, weights="overlap")
            one, other = (standardised(side, weight) for side in sums)
            found = compare_standardised(one, other, kind=kind, method="")
            rates = label_rates(odds_ratio)[kept] @ weight, label_rates(1.0)[kept] @ weight
            truth = 1.0 if value == "score" else rates[0] - rates[1]
            held[value].append(found.difference_low <= truth <= found.difference_high)
            if kind == "rate":
                held["ratio"].append(found.ratio_low <= rates[0] / rates[1] <= found.ratio_high)
        if study % 4 == 0:  # far off, and dear
            held["rows"].append(row_interval_holds(sides, 1.0))
    return {name: 100 * float(np.mean(found)) for name, found in held.items()}


def row_interval_holds(sides: tuple[Rated, Rated], truth: float) -> bool:
    """The mistake: least squares on rows, the side beside indicators of the rating."""
    group, other = sides
    rating = np.concatenate([group.stratum, other.stratum])
    side = np.repeat([1.0, 0.0], [len(group.person), len(other.person)])
    y = np.concatenate([group.score, other.score])
    present = np.unique(rating)
    fitted = sm.OLS(y, np.column_stack([rating[:, None] == present, side]).astype(float)).fit()
    low, high = fitted.conf_int()[-1]
    return bool(low <= truth <= high)


@pytest.mark.parametrize("people", [(12, 12), (30, 30)])
def test_intervals_hold_the_truth_and_those_that_count_rows_do_not(people):
    coverage = intervals(people, QUICK, odds_ratio=2.0)
    least = 95 - 3 * monte_carlo_error(95, QUICK)
    for name in ("score", "label", "ratio"):
        assert least <= coverage[name] <= 99
    assert coverage["rows"] < 60


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "highest"), [((6, 6), 98.5), ((12, 12), 97.5), ((30, 30), 97.0), ((30, 6), 97.5)]
)
def test_intervals_hold_the_truth_within_the_acceptance_band(people, highest):
    coverage = intervals(people, FULL, odds_ratio=2.0)
    for name in ("score", "label", "ratio"):
        assert 93.5 <= coverage[name] <= highest
    assert coverage["rows"] < 60
