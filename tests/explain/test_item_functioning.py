"""Logistic DIF: others' coefficients and covariance, people's own degrees of freedom."""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.methods.cr3 import satterthwaite_dof
from biasbench.explain.ratings.item_functioning import logistic_dif
from biasbench.explain.ratings.logit import contrast, fit_logit, is_separated, joint_test
from biasbench.explain.ratings.mantel_haenszel import odds_at_equal_rating
from tests.calibration.test_coverage import FULL, QUICK, monte_carlo_error
from tests.explain.rated import measures_of, two_sides

UNIFORM = np.array([0.0, 0.0, 1.0])


def designs(sides: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The design of both kinds of DIF, the labels, the person of each row, who is in the group."""
    group, other = sides
    n_group = int(group.person.max()) + 1
    rating = np.concatenate([group.rating, other.rating]) - 3.0
    side = np.repeat([1.0, 0.0], [len(group.person), len(other.person)])
    person = np.concatenate([group.person, n_group + other.person])
    label = np.concatenate([group.label, other.label])
    design = np.column_stack([np.ones(len(side)), rating, side, rating * side])
    return design, label, person, np.arange(person.max() + 1) < n_group


def crossing(people: int = 14) -> pd.DataFrame:
    """'b' is labelled at low ratings and 'a' at high ones, equally often all in all."""
    rng = np.random.default_rng(12)
    group, other = two_sides(rng, (people, people))
    parts = []
    for name, side, slope in (("b", group, -1.2), ("a", other, 1.2)):
        rating = rng.integers(1, 6, len(side.person))
        chance = 1 / (1 + np.exp(-slope * (rating - 3.0)))
        parts.append(
            pd.DataFrame(
                {
                    "speaker_id": [f"{name}{number}" for number in side.person],
                    "accent": name,
                    "heard": rating,
                    "numerator": (rng.random(len(rating)) < chance).astype(float),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        system="s", unit_id=range(len(table)), metric="label_rate:x", denominator=1.0
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("columns", [3, 4])
def test_coefficients_and_covariance_are_those_of_a_bias_reduced_gee(seed, columns):
    """statsmodels: GEE(label, X, groups=person, Binomial, Independence), bias_reduced."""
    design, label, person, _ = designs(two_sides(np.random.default_rng(seed), (9, 13)))
    model = sm.GEE(
        label,
        design[:, :columns],
        groups=person,
        family=sm.families.Binomial(),
        cov_struct=sm.cov_struct.Independence(),
    )
    theirs = model.fit(cov_type="bias_reduced", ctol=1e-12, maxiter=300)
    ours = fit_logit(design[:, :columns], label, person)
    assert ours.coefficients == pytest.approx(np.asarray(theirs.params), abs=1e-9)
    covariance = ours.influence.T @ ours.influence
    assert covariance == pytest.approx(np.asarray(theirs.cov_params()), rel=1e-7, abs=1e-10)


def test_the_row_error_is_that_of_a_plain_logistic_regression():
    design, label, person, in_group = designs(two_sides(np.random.default_rng(2), (9, 13)))
    plain = sm.GLM(label, design[:, :3], family=sm.families.Binomial()).fit(tol=1e-12)
    found = contrast(fit_logit(design[:, :3], label, person), UNIFORM, in_group)
    assert found.standard_error_rows == pytest.approx(plain.bse[2], rel=1e-7)
    assert found.standard_error > 1.3 * found.standard_error_rows


def test_a_joint_test_of_one_coefficient_is_its_t_test():
    design, label, person, in_group = designs(two_sides(np.random.default_rng(2), (9, 13)))
    model = fit_logit(design[:, :3], label, person)
    single, joint = contrast(model, UNIFORM, in_group), joint_test(model, [2], in_group)
    assert joint.f == pytest.approx(single.t**2)
    assert joint.dof == pytest.approx((1, single.dof))
    assert joint.p == pytest.approx(single.p)
    squares = model.influence[:, 2] ** 2
    welch = satterthwaite_dof(squares[in_group].sum(), 9, squares[~in_group].sum(), 13)
    assert single.dof == pytest.approx(welch)


def test_the_joint_test_is_that_of_krishnamoorthy_and_yu():
    """Their F written out for 9 and 13 people, from the two sides' covariances."""
    design, label, person, in_group = designs(two_sides(np.random.default_rng(2), (9, 13)))
    model = fit_logit(design, label, person)
    group, other = (
        model.influence[here][:, 2:].T @ model.influence[here][:, 2:]
        for here in (in_group, ~in_group)
    )
    inverse = np.linalg.inv(group + other)
    b = model.coefficients[2:]
    t_squared = b @ inverse @ b
    parts = [
        ((side @ inverse @ side @ inverse).trace() + (side @ inverse).trace() ** 2) / dof
        for side, dof in ((group, 8), (other, 12))
    ]
    nu = 6 / sum(parts)
    found = joint_test(model, [2, 3], in_group)
    assert found.f == pytest.approx((nu - 1) / (2 * nu) * t_squared)
    assert found.dof == pytest.approx((2, nu - 1))
    assert found.p == pytest.approx(stats.f.sf((nu - 1) / (2 * nu) * t_squared, 2, nu - 1))
    assert 8 < nu < 20


def test_the_odds_at_a_rating_are_those_of_a_model_that_starts_there():
    sides = two_sides(np.random.default_rng(3), (14, 9), odds_ratio=2.0)
    found = logistic_dif(measures_of(sides, value="label"), by="accent", group="b", rating="heard")
    design, label, person, in_group = designs(sides)
    for at in found.across:
        shifted = design.copy()
        shifted[:, 1] = design[:, 1] + 3 - at.rating
        shifted[:, 3] = shifted[:, 1] * design[:, 2]
        there = fit_logit(shifted, label, person)
        expected = contrast(there, np.array([0.0, 0.0, 1.0, 0.0]), in_group)
        assert at.odds.value == pytest.approx(expected.value)
        assert (at.odds.low, at.odds.p) == pytest.approx((expected.low, expected.p))
    assert [at.rating for at in found.across] == [2, 3, 4]


def test_a_label_that_crosses_is_found_by_the_interaction_and_missed_by_mantel_haenszel():
    table = crossing()
    found = logistic_dif(table, by="accent", group="b", rating="heard")
    assert found.joint.p < 1e-6
    assert found.non_uniform.high < 0.3
    low, middle, high = (at.odds for at in found.across)
    assert low.low > 1
    assert middle.low < 1 < middle.high
    assert high.high < 1
    flat = odds_at_equal_rating(table, by="accent", group="b", rating="heard").at_equal_rating
    assert flat.low < 1 < flat.high
    assert found.uniform.low < 1 < found.uniform.high


def test_swapping_the_groups_turns_the_odds_round():
    table = measures_of(two_sides(np.random.default_rng(3), (14, 9), odds_ratio=3.0), value="label")
    b, a = (logistic_dif(table, by="accent", group=group, rating="heard") for group in "ba")
    for name in ("unadjusted", "uniform", "non_uniform"):
        ours, theirs = getattr(b, name), getattr(a, name)
        assert ours.value == pytest.approx(1 / theirs.value)
        assert ours.low == pytest.approx(1 / theirs.high)
        assert ours.p == pytest.approx(theirs.p)
    assert b.joint.p == pytest.approx(a.joint.p)
    assert b.unadjusted.value != pytest.approx(b.uniform.value, rel=0.05)


def test_the_unit_of_the_rating_changes_its_own_factor_and_nothing_else():
    table = measures_of(two_sides(np.random.default_rng(3), (14, 9)), value="label")
    tenth = table.assign(heard=table["heard"] / 10 + 7)
    first, second = (
        logistic_dif(one, by="accent", group="b", rating="heard") for one in (table, tenth)
    )
    assert second.uniform.value == pytest.approx(first.uniform.value)
    assert second.joint.p == pytest.approx(first.joint.p)
    assert second.non_uniform.value == pytest.approx(first.non_uniform.value**10)
    assert second.non_uniform.p == pytest.approx(first.non_uniform.p)


def test_people_without_a_rating_are_no_people_here():
    table = measures_of(two_sides(np.random.default_rng(3), (14, 9)), value="label")
    table["heard"] = table["heard"].astype(float).mask(table["speaker_id"] == "b3")
    found = logistic_dif(table, by="accent", group="b", rating="heard")
    without = logistic_dif(
        table[table["speaker_id"] != "b3"], by="accent", group="b", rating="heard"
    )
    assert (found.n_speakers, found.n_against) == (13, 9)
    assert found.uniform == without.uniform
    assert found.joint == without.joint
    assert found.n_unrated[0] == (table["speaker_id"] == "b3").sum()


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


def test_separation_is_seen_where_it_is_and_not_where_it_is_not():
    rng = np.random.default_rng(0)
    rating = rng.normal(size=60)
    design = np.column_stack([np.ones(60), rating])
    complete = (rating > 0.2).astype(float)
    assert is_separated(design, complete)
    almost = complete.copy()
    almost[np.argsort(rating)[0]] = 1.0  # one row the other way: a finite maximum
    assert not is_separated(design, almost)
    side = np.repeat([0.0, 1.0], 30)
    never = np.where(side == 1, 0.0, (rng.random(60) < 0.5).astype(float))
    assert is_separated(np.column_stack([design, side]), never)  # quasi-complete


def _is_parted(rating, label):
    """Whether one rating parts the labelled from the others, itself on both sides or not."""
    one, other = rating[label == 1], rating[label == 0]
    if not len(one) or not len(other):
        return True
    return one.max() <= other.min() or other.max() <= one.min()


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(1, 5), st.integers(0, 1)), max_size=30),
    st.booleans(),
)
def test_separation_is_that_of_one_side_where_each_side_has_a_line_of_its_own(rows, both_sides):
    """Two lines of whole ratings: what a programme finds can be seen (Albert & Anderson 1984)."""
    side, rating, label = np.array(rows, dtype=float).reshape(-1, 3).T
    if both_sides:
        design = np.column_stack([np.ones(len(side)), rating, side, side * rating])
        expected = any(_is_parted(rating[side == one], label[side == one]) for one in (0, 1))
    else:
        design = np.column_stack([np.ones(len(side)), rating])
        expected = _is_parted(rating, label)
    assume(len(rows) and np.linalg.matrix_rank(design) == design.shape[1])
    assert is_separated(design, label) == expected


def test_a_side_that_is_never_labelled_is_refused_with_a_sentence():
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    table.loc[table["accent"] == "a", "numerator"] = 0.0
    with pytest.raises(InsufficientDataError, match=r"\(separation\), so that no odds ratio"):
        logistic_dif(table, by="accent", group="b", rating="heard")


def test_a_rating_that_varies_with_one_person_alone_is_refused():
    """Everybody of 'b' but one is always rated 3."""
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    flat = (table["accent"] == "b") & (table["speaker_id"] != "b1")
    table.loc[flat, "heard"] = 3
    with pytest.raises(InsufficientDataError, match="one person alone carries a coefficient"):
        logistic_dif(table, by="accent", group="b", rating="heard")
    rank_one = np.ones((8, 2))
    with pytest.raises(InsufficientDataError, match="the rating does not vary on both sides"):
        fit_logit(rank_one, np.tile([0.0, 1.0], 4), np.arange(8))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda t: t.assign(heard="calm"), OptionError, "heard is 'calm' in a row, not a number"),
        (lambda t: t.assign(heard=3), OptionError, "heard is 3 in every row"),
        (
            lambda t: t.assign(heard=t["heard"] + 5 * (t["accent"] == "b")),
            InsufficientDataError,
            "of accent='b' have a heard beyond any of the other side",
        ),
        (
            lambda t: t[~t["speaker_id"].isin([f"a{n}" for n in range(10)])],
            InsufficientDataError,
            "5 people of the rest have a heard; at least 6",
        ),
    ],
)
def test_ratings_that_cannot_carry_it_are_refused(change, error, words):
    table = measures_of(two_sides(np.random.default_rng(8), (10, 15)), value="label")
    with pytest.raises(error, match=re.escape(words)):
        logistic_dif(change(table), by="accent", group="b", rating="heard")


# ── False alarms and coverage ──────────────────────────────────────────────────────────────────


def alarms(people: tuple[int, int], n_studies: int, odds_ratio: float = 1.0) -> dict[str, float]:
    """Alarms, %, of each test under no DIF (uniform: coverage of the true odds ratio, too)."""
    rng = np.random.default_rng([1990, *people])
    found: dict[str, list[bool]] = {
        name: [] for name in ("held", "uniform", "non-uniform", "joint", "rows")
    }
    for _ in range(n_studies):
        design, label, person, in_group = designs(two_sides(rng, people, odds_ratio=odds_ratio))
        try:
            parallel = fit_logit(design[:, :3], label, person)
            crossed = fit_logit(design, label, person)
        except InsufficientDataError:  # a side of few people that is hardly ever labelled
            continue
        uniform = contrast(parallel, UNIFORM, in_group)
        interaction = contrast(crossed, np.array([0.0, 0.0, 0.0, 1.0]), in_group)
        found["held"].append(uniform.low <= odds_ratio <= uniform.high)
        found["uniform"].append(uniform.p < 0.05)
        found["non-uniform"].append(interaction.p < 0.05)
        found["joint"].append(joint_test(crossed, [2, 3], in_group).p < 0.05)
        z = uniform.t * uniform.standard_error / uniform.standard_error_rows
        found["rows"].append(abs(z) > 1.96)
    assert len(found["held"]) > 0.99 * n_studies
    return {name: 100 * float(np.mean(each)) for name, each in found.items()}


def test_chance_raises_few_alarms_and_the_test_on_rows_raises_many():
    found = alarms((12, 12), QUICK)
    for name in ("uniform", "non-uniform", "joint"):
        assert found[name] <= 5 + 3 * monte_carlo_error(5, QUICK), name
    assert found["held"] >= 95 - 3 * monte_carlo_error(95, QUICK)
    assert found["rows"] > 25


@pytest.mark.slow
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 30), (30, 6)])
def test_tests_keep_their_level_within_the_acceptance_band(people):
    found = alarms(people, FULL)
    for name in ("uniform", "non-uniform", "joint"):
        assert found[name] <= (6.0 if min(people) >= 12 else 6.5), name
    assert found["rows"] > 25
    assert 93.5 <= alarms(people, 1000, odds_ratio=2.0)["held"] <= 98
