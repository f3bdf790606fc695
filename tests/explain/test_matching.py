"""Matched comparisons: scores as others compute them, pairs by brute force, balance, coverage."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.explain.matching.balance import balance_table
from biasbench.explain.matching.matching import exact_weights, match
from biasbench.explain.matching.propensity import (
    caliper_width,
    covariate_matrix,
    nearest_pairs,
    propensity_logit,
)
from biasbench.explain.matching.units import cells_of_covariates
from biasbench.tables.matches import BALANCE

STUDIES = 150
# Three Monte-Carlo standard errors of a coverage of 95 % in STUDIES studies.
MONTE_CARLO = 3 * math.sqrt(95 * 5 / STUDIES)


def speech(
    rng: np.random.Generator, *, people=(20, 20), ratio: float = 1.0, shift: float = 0.8
) -> pd.DataFrame:
    """Word errors that rise with noise and on a phone; the group has more of both.

    At equal noise and device the true ratio is `ratio`, whatever `shift` is.
    """
    n_people = sum(people)
    speaker = np.repeat(np.arange(n_people), rng.integers(10, 40, n_people))
    in_group = speaker < people[0]
    own = rng.gamma(1 / 0.16, 0.16, n_people)[speaker]
    room = rng.normal(0, 0.5, n_people)[speaker]
    snr = 20 + 6 * (rng.normal(np.where(in_group, -shift / 2, shift / 2), 1) + room)
    phone = rng.random(len(speaker)) < 1 / (1 + np.exp(-shift * np.where(in_group, 0.6, -0.6)))
    words = rng.integers(3, 25, len(speaker)).astype(float)
    rate = 0.12 * np.where(in_group, ratio, 1) * own * np.exp(-0.06 * (snr - 20) + 0.3 * phone)
    errors = rng.poisson(rate * words * rng.gamma(1 / 0.64, 0.64, len(speaker)))
    return pd.DataFrame(
        {
            "system": "asr:scripted",
            "unit_id": np.arange(len(speaker)),
            "metric": "wer",
            "speaker_id": [f"p{code}" for code in speaker],
            "numerator": errors.astype(float),
            "denominator": words,
            "accent": np.where(in_group, "uk", "us"),
            "snr_db": snr,
            "device": np.where(phone, "phone", "headset"),
        }
    )


ON = ["snr_db", "device"]


# ── Scores and pairs ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(4))
def test_the_propensity_logit_is_that_of_statsmodels(seed):
    made = speech(np.random.default_rng(seed))
    in_group = (made["accent"] == "uk").to_numpy()
    exogenous = np.column_stack(
        [np.ones(len(made)), made["snr_db"], made["device"] == "phone"]
    ).astype(float)
    fitted = sm.GLM(in_group.astype(float), exogenous, family=sm.families.Binomial()).fit(tol=1e-13)
    found = propensity_logit(covariate_matrix(made[ON]), in_group)
    assert found == pytest.approx(exogenous @ fitted.params, rel=1e-8, abs=1e-8)


def test_a_column_that_says_the_same_twice_changes_no_score():
    made = speech(np.random.default_rng(1))
    in_group = (made["accent"] == "uk").to_numpy()
    twice = made[ON].assign(codec=made["device"].map({"phone": "amr", "headset": "opus"}))
    one, other = (
        propensity_logit(covariate_matrix(columns), in_group) for columns in (made[ON], twice)
    )
    assert one == pytest.approx(other, rel=1e-7, abs=1e-8)


def nearest_by_hand(score, in_group, caliper, rng) -> list[list[int]]:
    """Every free row looked at, for every row: greedy nearest neighbour as it is defined."""
    group, against = np.flatnonzero(in_group), np.flatnonzero(~in_group)
    few, many = (against, group) if len(against) < len(group) else (group, against)
    few = rng.permutation(few)
    free, pairs = set(many.tolist()), []
    for row in few:
        best = min(free, key=lambda other: abs(score[row] - score[other]), default=None)
        if best is not None and abs(score[row] - score[best]) <= caliper:
            free.discard(best)
            pairs.append([int(row), best] if in_group[row] else [best, int(row)])
    return sorted(pairs)


@pytest.mark.parametrize("sizes", [(30, 50), (50, 30), (40, 40)])
@pytest.mark.parametrize("caliper", [0.01, 0.1, 3.0])
def test_pairs_are_the_nearest_still_free_within_the_caliper(sizes, caliper):
    rng = np.random.default_rng(sum(sizes))
    in_group = rng.permutation(np.repeat([True, False], sizes))
    score = rng.normal(np.where(in_group, 0.3, 0), 1)
    found = nearest_pairs(score, in_group, caliper=caliper, rng=np.random.default_rng(9))
    by_hand = nearest_by_hand(score, in_group, caliper, np.random.default_rng(9))
    assert found.tolist() == by_hand
    assert len(np.unique(found)) == found.size  # each row once
    assert in_group[found[:, 0]].all()
    assert not in_group[found[:, 1]].any()


def test_rows_that_tie_are_not_taken_in_the_order_of_the_table():
    in_group = np.array([True] * 5 + [False] * 50)
    taken = [
        nearest_pairs(np.zeros(55), in_group, caliper=1.0, rng=np.random.default_rng(seed))[:, 1]
        for seed in range(40)
    ]
    assert len(np.unique(taken)) > 45


def test_the_caliper_is_a_share_of_the_pooled_deviation_of_the_logit():
    rng = np.random.default_rng(0)
    logit, in_group = rng.normal(0, 2, 400), np.arange(400) < 200
    one, other = logit[in_group].var(ddof=1), logit[~in_group].var(ddof=1)
    assert caliper_width(logit, in_group) == pytest.approx(0.2 * math.sqrt((one + other) / 2))


def test_exact_weights_give_both_sides_the_groups_make_up():
    rng = np.random.default_rng(6)
    cell, in_group = rng.integers(0, 9, 500), rng.random(500) < 0.4
    cell[in_group & (cell == 8)] = 7  # nobody of the group in cell 8
    weight = exact_weights(cell, in_group)
    shares = [
        np.bincount(cell[side], weights=weight[side], minlength=9) / weight[side].sum()
        for side in (in_group, ~in_group)
    ]
    assert shares[0] == pytest.approx(shares[1])
    assert (weight[cell == 8] == 0).all()
    assert weight[~in_group].sum() == pytest.approx((cell[~in_group] != 8).sum())


def test_numbers_are_binned_with_about_as_many_rows_each():
    values = pd.DataFrame({"snr_db": np.random.default_rng(0).normal(20, 6, 1000)})
    assert np.bincount(cells_of_covariates(values, n_bins=5)).tolist() == [200] * 5


# ── Balance ────────────────────────────────────────────────────────────────────────────────────


def test_balance_is_the_difference_in_the_standard_deviations_before():
    covariates = pd.DataFrame(
        {"age": [20.0, 30, 40, 30, 50, 60], "sex": ["f", "f", "m", "m", "m", "f"]}
    )
    in_group = np.array([True, True, True, False, False, False])
    found = balance_table(covariates, in_group, np.array([0, 1, 1, 1, 0, 0.0]), on=["age", "sex"])
    assert list(found.columns) == list(BALANCE.columns)
    age = found.iloc[0]
    spread = math.sqrt((np.var([20, 30, 40], ddof=1) + np.var([30, 50, 60], ddof=1)) / 2)
    assert age["smd_before"] == pytest.approx((30 - 140 / 3) / spread)
    assert age["smd_after"] == pytest.approx((35 - 30) / spread)
    female = found[found["level"] == "f"].iloc[0]
    assert (female["group_before"], female["against_before"]) == pytest.approx((2 / 3, 1 / 3))
    assert female["smd_before"] == pytest.approx((1 / 3) / math.sqrt(2 / 9))
    assert (female["group_after"], female["against_after"]) == (0.5, 0.0)


def test_a_covariate_that_splits_the_sides_has_no_standardised_difference():
    found = balance_table(
        pd.DataFrame({"site": ["x", "x", "y", "y"]}),
        np.array([True, True, False, False]),
        np.ones(4),
        on=["site"],
    )
    assert found["smd_before"].isna().all()


@pytest.mark.parametrize("method", ["propensity", "exact"])
def test_matching_makes_the_sides_alike(method):
    made = speech(np.random.default_rng(2), people=(30, 30))
    found = match(made, by="accent", group="uk", on=ON, method=method, n_bins=8)
    assert found.balance["smd_before"].abs().max() > 0.5
    assert found.largest_imbalance < 0.1


@pytest.mark.parametrize("method", ["propensity", "exact"])
def test_every_row_is_kept_incomplete_or_unmatched(method):
    made = speech(np.random.default_rng(3))
    made.loc[made.index[::10], "snr_db"] = np.nan
    made.loc[made.index[5::40], "device"] = None
    made.loc[made.index[3::50], ["numerator", "denominator"]] = np.nan
    found = match(made, by="accent", group="uk", on=ON, method=method)
    for kept, accent in ((found.of_group, "uk"), (found.of_against, "us")):
        rows = made[(made["accent"] == accent) & made["denominator"].notna()]
        assert kept.n_missing == int((made["accent"] == accent).sum()) - len(rows)
        assert kept.n_rows == len(rows)
        assert kept.n_incomplete == int(rows[ON].isna().any(axis=1).sum())
        assert kept.n_rows == kept.n_kept + kept.n_incomplete + kept.n_unmatched
        assert kept.n_effective <= kept.n_speakers_kept <= kept.n_speakers
    if method == "propensity":
        assert found.of_group.n_kept == found.of_against.n_kept


# ── The comparison ─────────────────────────────────────────────────────────────────────────────


def coverage(method: str, ratio: float, n_studies: int) -> tuple[float, float]:
    """Percentage of intervals that hold the truth, matched and unmatched."""
    rng = np.random.default_rng(14)
    held, unmatched = [], []
    for _ in range(n_studies):
        found = match(
            speech(rng, ratio=ratio), by="accent", group="uk", on=ON, method=method, n_bins=8
        )
        held.append(found.matched.ratio_low <= ratio <= found.matched.ratio_high)
        unmatched.append(found.unadjusted.ratio_low <= ratio <= found.unadjusted.ratio_high)
    return 100 * float(np.mean(held)), 100 * float(np.mean(unmatched))


@pytest.mark.parametrize(("method", "ratio"), [("propensity", 1.0), ("exact", 1.5)])
def test_matched_intervals_hold_the_truth_and_unmatched_ones_do_not(method, ratio):
    matched, unmatched = coverage(method, ratio, STUDIES)
    assert matched >= 95 - MONTE_CARLO
    assert unmatched < 65


@pytest.mark.slow
@pytest.mark.parametrize("method", ["propensity", "exact"])
@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_matched_intervals_hold_the_truth_within_a_narrower_band(method, ratio):
    matched, unmatched = coverage(method, ratio, 1000)
    assert 93.5 <= matched <= 99
    assert unmatched < 60


def test_the_same_seed_gives_the_same_pairs_and_another_seed_others():
    made = speech(np.random.default_rng(4))
    one, again, other = (
        match(made, by="accent", group="uk", on=ON, seed=seed).matched for seed in (0, 0, 1)
    )
    assert one == again
    assert one != other


def test_matching_from_the_other_side_is_the_mirror_image():
    made = speech(np.random.default_rng(4), people=(20, 27))
    there = match(made, by="accent", group="uk", against="us", on=ON).matched
    back = match(made, by="accent", group="us", against="uk", on=ON).matched.mirrored()
    assert there.ratio == pytest.approx(back.ratio)
    assert there.difference_low == pytest.approx(back.difference_low)


def test_renaming_people_changes_nothing():
    made = speech(np.random.default_rng(4))
    renamed = made.assign(speaker_id=made["speaker_id"].map(lambda name: f"z{name[::-1]}"))
    one, other = (match(table, by="accent", group="uk", on=ON).matched for table in (made, renamed))
    assert one == other


def test_people_are_matched_whole_and_their_values_paired():
    rng = np.random.default_rng(5)
    made = speech(rng, people=(25, 40), shift=0.3)
    age = pd.Series(rng.integers(20, 60, 65), index=[f"p{n}" for n in range(65)])
    made["age"] = made["speaker_id"].map(age)
    found = match(made, by="accent", group="uk", on=["age"], unit="speaker")
    assert found.pairs.shape == (found.of_group.n_speakers_kept, 2)
    assert found.of_group.n_speakers_kept == found.of_against.n_speakers_kept <= 25
    values = made.groupby("speaker_id")[["numerator", "denominator"]].sum()
    rates = (values["numerator"] / values["denominator"]).to_numpy()
    assert np.isin(found.pairs.round(12), rates.round(12)).all()


def test_a_person_with_two_labels_cannot_be_matched_whole():
    made = speech(np.random.default_rng(6))
    with pytest.raises(OptionError, match="device of speaker 'p0' is '.*' and '.*'; match rows"):
        match(made, by="accent", group="uk", on=["device"], unit="speaker")


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


def test_sides_without_a_common_cell_are_refused():
    made = speech(np.random.default_rng(7))
    made["site"] = np.where(made["accent"] == "uk", "leeds", "boston")
    with pytest.raises(InsufficientDataError, match="leaves 0 people of uk and 0 of rest"):
        match(made, by="accent", group="uk", on=["site"], method="exact")


def test_covariates_that_tell_the_sides_apart_are_refused():
    made = speech(np.random.default_rng(7))
    made["site"] = np.where(made["accent"] == "uk", "leeds", "boston")
    with pytest.raises(InsufficientDataError, match="tell the two sides apart completely"):
        match(made, by="accent", group="uk", on=["site"])


def test_fewer_than_six_matched_people_a_side_are_refused():
    made = speech(np.random.default_rng(8), people=(12, 12))
    made["site"] = "boston"
    few = made["speaker_id"].isin(["p0", "p1", "p2", "p3"])
    made.loc[(made["accent"] == "uk") & ~few, "site"] = "leeds"
    with pytest.raises(InsufficientDataError, match="leaves 4 people of uk and 12 of rest.*6 on"):
        match(made, by="accent", group="uk", on=["site"], method="exact")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on": "snr_db"}, "give a list of columns"),
        ({"on": []}, "give a list of columns"),
        ({"on": ["accent"]}, "'accent' is what is compared"),
        ({"on": ["numerator"]}, "'numerator' is what is compared"),
        ({"on": ON, "method": "nearest"}, "method='nearest' is none of 'propensity', 'exact'"),
        ({"on": ON, "unit": "call"}, "unit='call' is none of 'row', 'speaker'"),
        ({"on": ON, "caliper": 0}, "caliper=0 is not above 0"),
        ({"on": ON, "n_bins": 1}, "n_bins=1 is below 2"),
        ({"on": ON, "level": 95}, "level=95 is not between"),
        ({"on": ON, "seed": -1}, "seed=-1 is below 0"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options, words):
    with pytest.raises(OptionError, match=words):
        match(speech(np.random.default_rng(1)), by="accent", group="uk", **options)


def test_an_infinite_covariate_and_a_misspelt_one_are_refused():
    made = speech(np.random.default_rng(1))
    with pytest.raises(NotFoundError, match="Did you mean 'snr_db'"):
        match(made, by="accent", group="uk", on=["snr_dB"])
    made.loc[3, "snr_db"] = np.inf
    with pytest.raises(OptionError, match="snr_db is infinite in a row"):
        match(made, by="accent", group="uk", on=ON)


def test_a_level_of_one_side_alone_is_unmatched_and_counted_not_a_refusal():
    table = speech(np.random.default_rng(4))
    odd = table["speaker_id"] == "p0"
    table.loc[odd, "device"] = "satellite"
    found = match(table, by="accent", group="uk", on=["device"])
    assert found.of_group.n_unmatched >= odd.sum()
    assert found.of_group.n_speakers_kept < found.of_group.n_speakers
    assert "satellite" in found.balance["level"].tolist()
    assert found.matched.ratio is not None
