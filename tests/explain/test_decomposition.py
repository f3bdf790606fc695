"""decompose(): the parts add up, are what others computed, and their intervals hold."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.oaxaca import OaxacaBlinder

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.evidence.estimate import variance_cr3
from biasbench.evidence.jackknife import jackknife
from biasbench.explain.decomposition.decomposition import decompose
from biasbench.explain.decomposition.factors import cut
from biasbench.explain.decomposition.kitagawa import (
    composition_by_factor,
    kitagawa,
    kitagawa_parts,
    share_terms,
)
from biasbench.explain.decomposition.oaxaca import moments, oaxaca_parts
from biasbench.tables.decompositions import DECOMPOSITION_CELLS, DECOMPOSITION_PARTS
from tests.explain.conditions import line_study, study

EXACT = 1e-12
ASKED = {"by": "accent", "group": "g"}


def parts(found):
    """(component, of) → value."""
    table = found.parts
    return {(row.component, row.of): row.value for row in table.itertuples()}


def conditions(**options):
    return study(np.random.default_rng(4), **options).table()


# ── What others computed ───────────────────────────────────────────────────────────────────────


def test_headship_rates_1970_and_1985_decompose_as_by_das_gupta():
    """Household headship per 100 by age, United States: Das Gupta (1993), example 5.1.

    As printed in the documentation of R's DasGuptR: dgnpop(eg5.1, pop="pop", factors="rate",
    id_vars="age_group", crossclassified="size") gives age_group 1.2269, rate 1.7403, crude 2.9672.
    """
    size = [
        [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9],
        [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5],
    ]
    rates = [
        [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8],
        [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2],
    ]
    w70, w85 = np.array(size)
    r70, r85 = np.array(rates)
    found = kitagawa(w85 * r85, w85, w70 * r70, w70)
    assert found.composition == pytest.approx(1.2269, abs=5e-5)
    assert found.unexplained == pytest.approx(1.7403, abs=5e-5)


def test_death_rates_1970_and_1985_split_between_age_and_race_as_by_das_gupta():
    """Deaths per 1,000 by age and race, United States: Das Gupta (1993), example 5.3.

    As printed in the documentation of R's DasGuptR: dgnpop(eg5.3, pop="pop", factors="rate",
    id_vars=c("race", "age"), crossclassified="size") gives age 1.5217347,
    race 0.0197749, rate -2.2277254.
    """
    w85 = [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472]
    w85 += [707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236]
    w70 = [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315]
    w70 += [535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117]
    r85 = [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570]
    r85 += [17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161]
    r70 = [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837]
    r70 += [36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205]
    levels = np.array([[race, age] for race in range(2) for age in range(11)])
    e85, e70 = np.array(w85) * r85, np.array(w70) * r70
    race, age = composition_by_factor(e85, w85, e70, w70, levels)
    assert age == pytest.approx(1.5217347, abs=5e-8)
    assert race == pytest.approx(0.0197749, abs=5e-8)
    assert kitagawa(e85, w85, e70, w70).unexplained == pytest.approx(-2.2277254, abs=5e-8)


def test_lines_are_those_of_statsmodels_with_averaged_coefficients():
    """statsmodels' 'reimers' on rows of equal weight, where its means are ours."""
    rng = np.random.default_rng(2)
    table = conditions().assign(denominator=10.0)
    table["length"] = rng.gamma(4, 1, len(table))
    columns = ["snr_db", "length"]
    found = decompose(table, **ASKED, factors=columns, method="oaxaca")
    within = table.groupby("accent")[columns]
    low, high = within.min().max(), within.max().min()
    kept = table[((table[columns] >= low) & (table[columns] <= high)).all(axis=1)]
    exog = np.column_stack([np.ones(len(kept)), kept["accent"].eq("a"), kept[columns]])
    theirs = OaxacaBlinder(
        (kept["numerator"] / 10).to_numpy(), exog.astype(float), 1, hasconst=True, swap=False
    ).two_fold(two_fold_type="reimers")
    unexplained, explained, gap = theirs.params
    ours = parts(found)
    assert sum(v for (name, _), v in ours.items() if name == "not comparable") == pytest.approx(
        ours["difference", "all"] - gap, abs=EXACT
    )
    assert ours["composition", "all"] == pytest.approx(explained, abs=1e-10)
    assert ours["unexplained", "all"] == pytest.approx(unexplained, abs=1e-10)


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────

SUMS = arrays(float, 6, elements=st.floats(0.5, 100))
LEVELS = np.array([[a, b] for a in range(2) for b in range(3)])


@given(SUMS, SUMS, SUMS, SUMS)
def test_parts_add_up_and_turn_with_the_question(e, w, other_e, other_w):
    found, turned = kitagawa(e, w, other_e, other_w), kitagawa(other_e, other_w, e, w)
    gap = e.sum() / w.sum() - other_e.sum() / other_w.sum()
    assert found.composition + found.unexplained == pytest.approx(gap, abs=1e-9)
    assert found.composition == pytest.approx(-turned.composition, abs=1e-9)
    by_factor = composition_by_factor(e, w, other_e, other_w, LEVELS)
    assert by_factor.sum() == pytest.approx(found.composition, abs=1e-9)
    assert by_factor == pytest.approx(
        -composition_by_factor(other_e, other_w, e, w, LEVELS), abs=1e-9
    )


def test_shares_of_three_factors_are_averages_over_every_order():
    """Brute force: peel the factors off one after another, in each of the six orders."""
    rng = np.random.default_rng(1)
    levels = np.array([[a, b, c] for a in range(2) for b in range(2) for c in range(2)])
    w = rng.uniform(1, 9, 8)

    def total(cell, factors):
        same = (levels[:, factors] == levels[cell][factors]).all(axis=1)
        return w[same].sum()

    logs = np.zeros((8, 3))
    for order in permutations(range(3)):
        for place, factor in enumerate(order):
            before, after = list(order[:place]), list(order[: place + 1])
            for cell in range(8):
                logs[cell, factor] += np.log(total(cell, after) / total(cell, before)) / 6
    terms = share_terms(w, levels)
    assert terms == pytest.approx(np.exp(logs))
    assert terms.prod(axis=1) == pytest.approx(w / w.sum())


def test_three_factors_are_changed_in_every_order():
    """Brute force over orders: replace one factor's terms after another by the other side's."""
    rng = np.random.default_rng(5)
    levels = np.array([[a, b, c] for a in range(2) for b in range(2) for c in range(2)])
    e, w, other_e, other_w = rng.uniform(1, 9, (4, 8))
    ours, theirs = share_terms(w, levels), share_terms(other_w, levels)
    mean = (e / w + other_e / other_w) / 2
    expected = np.zeros(3)
    for order in permutations(range(3)):
        now = theirs.copy()
        for factor in order:
            before = (now.prod(axis=1) * mean).sum()
            now[:, factor] = ours[:, factor]
            expected[factor] += ((now.prod(axis=1) * mean).sum() - before) / 6
    assert composition_by_factor(e, w, other_e, other_w, levels) == pytest.approx(expected)


def test_a_jackknifed_difference_has_the_variance_of_the_engine():
    rng = np.random.default_rng(8)
    sides = [(rng.poisson(5, (n, 3)) + 0.5, rng.uniform(20, 90, (n, 3))) for n in (7, 11)]
    levels = np.array([[0], [1]])
    found = jackknife(kitagawa_parts(levels), *sides)
    engine = sum(variance_cr3(e.sum(axis=1), w.sum(axis=1)) for e, w in sides)
    assert found.variance[0] == pytest.approx(engine, rel=1e-10)


def test_leaving_a_person_out_is_decomposing_without_them():
    """Brute force: V of every part, by deleting people from the sums one after another."""
    rng = np.random.default_rng(8)
    sides = [(rng.poisson(5, (n, 5)) + 0.5, rng.uniform(20, 90, (n, 5))) for n in (6, 9)]
    figures = kitagawa_parts(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    whole = figures(*[tuple(v.sum(axis=0) for v in side) for side in sides])
    variance = np.zeros_like(whole)
    for which in range(2):
        for person in range(len(sides[which][0])):
            left = list(sides)
            left[which] = tuple(np.delete(v, person, axis=0) for v in sides[which])
            variance += (figures(*[tuple(v.sum(axis=0) for v in s) for s in left]) - whole) ** 2
    assert jackknife(figures, *sides).variance == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize("method", ["kitagawa", "oaxaca"])
@pytest.mark.parametrize("factors", [["condition"], ["condition", "denominator"], ["snr_db"]])
def test_a_table_is_decomposed_without_remainder_and_turns_with_the_question(method, factors):
    table = conditions()
    found = decompose(table, **ASKED, factors=factors, method=method)
    value = parts(found)
    inner = value["unexplained", "all"] + sum(
        v for (name, _), v in value.items() if name == "not comparable"
    )
    assert value["difference", "all"] == pytest.approx(found.comparison.difference, abs=EXACT)
    assert value["difference", "all"] == pytest.approx(value["composition", "all"] + inner)
    assert value["composition", "all"] == pytest.approx(
        sum(value["composition", name] for name in factors)
    )
    turned = parts(decompose(table, by="accent", group="a", factors=factors, method=method))
    for name in ("difference", "composition", "unexplained"):
        assert turned[name, "all"] == pytest.approx(-value[name, "all"], abs=EXACT)


def test_one_factor_of_levels_is_the_same_by_cells_and_by_lines():
    table = conditions()
    both = [
        decompose(table, **ASKED, factors=["condition"], method=method).parts
        for method in ("kitagawa", "oaxaca")
    ]
    columns = ["value", "low", "high"]
    assert both[0][columns].to_numpy(float) == pytest.approx(
        both[1][columns].to_numpy(float), abs=1e-10, nan_ok=True
    )


def test_renaming_and_reordering_people_changes_no_part():
    table = conditions()
    names = {name: f"x{place}" for place, name in enumerate(reversed(pd.unique(table.speaker_id)))}
    renamed = table.assign(speaker_id=table["speaker_id"].map(names)).sample(frac=1, random_state=2)
    both = [decompose(t, **ASKED, factors=["condition"]).parts for t in (table, renamed)]
    columns = ["value", "low", "high", "dof"]
    assert both[0][columns].to_numpy(float) == pytest.approx(
        both[1][columns].to_numpy(float), abs=1e-12, nan_ok=True
    )


def test_the_order_of_factors_says_nothing():
    table = conditions()
    one = parts(decompose(table, **ASKED, factors=["condition", "denominator"]))
    other = parts(decompose(table, **ASKED, factors=["denominator", "condition"]))
    assert one == pytest.approx(other)


def test_a_gap_made_by_conditions_alone_is_composition_alone():
    """Within each condition both sides have one rate; only their shares differ."""
    table = conditions()
    rate = np.where(table["condition"] == "bad", 0.3, 0.1)
    table = table.assign(numerator=rate * table["denominator"])
    value = parts(decompose(table, **ASKED, factors=["condition"]))
    assert value["composition", "all"] == pytest.approx(value["difference", "all"])
    assert value["unexplained", "all"] == pytest.approx(0, abs=EXACT)


# ── What is not comparable ─────────────────────────────────────────────────────────────────────


def only_one_side(share, *, column="condition", people=4):
    """`share` of some people's rows of 'g' in a condition that 'a' never has."""
    table = conditions(people=(12, 12)).copy()
    mine = table["speaker_id"].isin([f"g{n}" for n in range(people)])
    chosen = mine & (np.random.default_rng(1).random(len(table)) < share)
    table.loc[chosen, column] = "car"
    return table


def test_what_one_side_alone_was_recorded_in_is_its_own_part():
    found = decompose(only_one_side(0.3), **ASKED, factors=["condition"])
    value = parts(found)
    assert 0 < found.outside[0] < 0.2
    assert found.outside[1] == 0
    assert value["not comparable", "rest"] == 0
    inside = only_one_side(0.3).query("condition != 'car'")
    trimmed = parts(decompose(inside, **ASKED, factors=["condition"]))
    for name in ("composition", "unexplained"):
        assert value[name, "all"] == pytest.approx(trimmed[name, "all"])
    assert value["not comparable", "g"] == pytest.approx(
        value["difference", "all"] - trimmed["difference", "all"]
    )
    cells = found.cells.set_index("cell")
    assert cells.loc["condition=car", "comparable"] == "no"
    assert "not comparable" in found.cautions[0]


def test_a_part_outside_turns_with_the_question_too():
    table = only_one_side(0.3)
    value = parts(decompose(table, **ASKED, factors=["condition"]))
    turned = parts(decompose(table, by="accent", group="a", factors=["condition"]))
    assert value["not comparable", "g"] != 0
    assert turned["not comparable", "rest"] == pytest.approx(-value["not comparable", "g"])


def test_a_condition_that_one_person_alone_has_is_not_comparable():
    table = conditions()
    for name in ("g0", "a0", "a1"):
        rows = table.index[table["speaker_id"] == name][:5]
        table.loc[rows, "condition"] = "car"
    found = decompose(table, **ASKED, factors=["condition"])
    assert found.cells.set_index("cell").loc["condition=car", "comparable"] == "no"


def test_too_much_outside_what_both_have_is_refused():
    with pytest.raises(InsufficientDataError, match=r"[3-7]\d[.\d]* % of the denominator of 'g'"):
        decompose(only_one_side(0.99, people=6), **ASKED, factors=["condition"])


def test_rows_of_no_known_condition_are_not_comparable():
    table = conditions()
    table.loc[table.index[:20], "condition"] = None
    found = decompose(table, **ASKED, factors=["condition"])
    lost = table["denominator"].iloc[:20].sum() / table.query("accent == 'g'")["denominator"].sum()
    assert found.outside == (pytest.approx(lost), 0)


def test_a_line_is_not_drawn_beyond_where_both_sides_are():
    table = conditions()
    furthest = table.index[(table["accent"] == "g") & (table["condition"] == "good")][:9]
    table.loc[furthest, "snr_db"] = 90.0
    found = decompose(table, **ASKED, factors=["snr_db"], method="oaxaca")
    lost = table.loc[furthest, "denominator"].sum()
    assert found.outside[0] >= lost / table.query("accent == 'g'")["denominator"].sum() - EXACT


# ── Tables and refusals ────────────────────────────────────────────────────────────────────────


def test_tables_are_checked_and_the_first_row_is_the_plain_comparison():
    found = decompose(conditions(), **ASKED, factors=["condition", "snr_db"])
    DECOMPOSITION_PARTS.check(found.parts)
    DECOMPOSITION_CELLS.check(found.cells)
    first = found.parts.iloc[0]
    assert (first["low"], first["high"]) == (
        found.comparison.difference_low,
        found.comparison.difference_high,
    )
    assert found.cells["share"].sum() == pytest.approx(1)
    assert found.cells["unexplained"].sum() == pytest.approx(parts(found)["unexplained", "all"])
    assert found.parts["share"].iloc[0] == 1


def test_no_share_is_given_of_a_difference_that_may_be_nothing():
    table = conditions(means=(0.12, 0.12), share_bad=(0.5, 0.5))
    found = decompose(table, **ASKED, factors=["condition"])
    assert found.comparison.difference_low < 0 < found.comparison.difference_high
    assert found.parts["share"].isna().all()


def test_numbers_are_cut_at_quantiles_of_both_sides_together():
    codes, labels = cut(np.arange(100.0), 4)
    assert np.bincount(codes).tolist() == [25, 25, 25, 25]
    assert labels == ("≤ 24.75", "24.75 – 49.5", "49.5 – 74.25", "> 74.25")
    codes, labels = cut([1.0] * 60 + [2.0] * 10 + [3.0], 4)
    assert labels == ("≤ 1", "> 1")


def test_scores_that_are_means_are_decomposed_too():
    rng = np.random.default_rng(3)
    table = conditions().assign(denominator=1.0, metric="mean_score:calm")
    table["numerator"] = rng.normal(-1, 1, len(table)) + (table["condition"] == "bad")
    value = parts(decompose(table, **ASKED, factors=["condition"]))
    assert value["composition", "all"] == pytest.approx(0.4, abs=0.15)
    assert value["unexplained", "all"] == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"factors": ["conditions"]}, NotFoundError, "Did you mean 'condition'"),
        ({"factors": "condition"}, OptionError, r"Write \['condition'\]"),
        ({"factors": []}, OptionError, "name at least one column"),
        ({"factors": ["accent"]}, OptionError, "'accent' cannot be one"),
        ({"factors": ["speaker_id"]}, OptionError, "'speaker_id' cannot be one"),
        ({"factors": ["numerator"]}, OptionError, "'numerator' cannot be one"),
        ({"factors": ["condition", "condition"]}, OptionError, "twice"),
        ({"factors": ["condition"], "bins": 1}, OptionError, "bins=1"),
        ({"factors": ["condition"], "level": 95}, OptionError, "written 0.95"),
        ({"factors": ["condition"], "method": "lines"}, OptionError, "'kitagawa', 'oaxaca'"),
        ({"factors": ["one"]}, OptionError, "has one value, 'x'"),
        ({"factors": ["none"]}, OptionError, "no value at all"),
        ({"factors": [f"c{n}" for n in range(7)]}, OptionError, "6 at most"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options, error, words):
    table = conditions().assign(one="x", none=None)
    with pytest.raises(error, match=words):
        decompose(table, **ASKED, **options)


def test_five_people_are_too_few():
    with pytest.raises(InsufficientDataError, match="'g' has 5 people; at least 6"):
        decompose(conditions(people=(5, 12)), **ASKED, factors=["condition"])


def test_a_cell_without_a_denominator_has_no_rate():
    with pytest.raises(ValueError, match="no denominator on one side"):
        kitagawa([1, 0], [10, 0], [1, 1], [10, 10])


def test_factors_that_repeat_each_other_cannot_be_told_apart():
    table = conditions().assign(again=lambda t: 2 * t["snr_db"] + 1)
    with pytest.raises(InsufficientDataError, match="snr_db, again cannot be told apart"):
        decompose(table, **ASKED, factors=["snr_db", "again"], method="oaxaca")


def test_a_number_that_one_person_alone_varies_in_is_refused():
    table = conditions().assign(headset=0.0)
    some = table["speaker_id"].isin(["g3", "a2", "a5"])
    table.loc[some, "headset"] = np.arange(some.sum()) % 4.0
    with pytest.raises(InsufficientDataError, match="one person alone varies"):
        decompose(table, **ASKED, factors=["headset"], method="oaxaca", bins=2)


def test_edacc_decomposes_by_length_without_remainder(shared_data):
    """Conversations of 9 and 6 people; the factor is the length of an utterance in words."""
    folder = shared_data("edacc")
    people = pd.read_csv(next(folder.glob("utterances.csv*")), dtype=str, keep_default_na=False)
    heard = pd.read_csv(folder / "transcripts.csv.gz", keep_default_na=False)
    pair = ["Mainstream US English", "Vietnamese"]
    kept = people[people["accent"].isin(pair)][["utterance_id", "speaker_id", "accent"]]
    table = heard.merge(kept, on="utterance_id").rename(
        columns={"utterance_id": "unit_id", "errors": "numerator", "words": "denominator"}
    )
    table = table.assign(metric="wer")
    for system in pd.unique(table["system"]):
        found = decompose(
            table, by="accent", group=pair[1], against=pair[0], factors=["denominator"],
            system=system,
        )  # fmt: skip
        value = parts(found)
        names = [("composition", "denominator"), ("unexplained", "all")]
        names += [("not comparable", name) for name in pair]
        assert sum(value[name] for name in names) == pytest.approx(value["difference", "all"])
        # Where a side has nothing outside, nothing varies and there is no interval.
        assert found.parts["low"].notna().tolist() == [True] * 4 + [s > 0 for s in found.outside]


# ── Coverage ───────────────────────────────────────────────────────────────────────────────────

QUICK = 400
FULL = 4000


def coverage(n_studies, *, cluster=True, lines=False, **options):
    """Percentage of intervals that hold the truth: composition, unexplained."""
    rng = np.random.default_rng([20240607, *options.get("people", (12, 12))])
    figures = oaxaca_parts([0], 1) if lines else kitagawa_parts(np.array([[0], [1]]))
    held = np.zeros(2)
    for _ in range(n_studies):
        one = line_study(rng, **options) if lines else study(rng, **options)
        sides = [(line_sums if lines else cell_sums)(side, cluster) for side in (one.g, one.a)]
        found = jackknife(figures, *sides)
        low, high = found.low[[1, 3]], found.high[[1, 3]]
        truth = np.array([one.composition, one.unexplained])
        held += (low <= truth) & (truth <= high)
    return 100 * held / n_studies


def who(side, cluster):
    return side.person if cluster else np.arange(len(side.person))


def cell_sums(side, cluster):
    person = who(side, cluster)
    sums = np.zeros((2, person.max() + 1, 3))
    np.add.at(sums[0], (person, side.is_bad.astype(int)), side.errors)
    np.add.at(sums[1], (person, side.is_bad.astype(int)), side.words)
    return sums[0], sums[1]


def line_sums(side, cluster):
    design = np.column_stack([np.ones(len(side.words)), side.snr_db])
    inside = np.full(len(side.words), True)
    person = who(side, cluster)
    return moments(design, side.errors, side.words, person, inside=inside).arrays()


def error_of(percent, n_studies):
    return 3 * np.sqrt(percent * (100 - percent) / n_studies)


@pytest.mark.parametrize("lines", [False, True])
def test_intervals_hold_the_truth_with_twelve_people(lines):
    held = coverage(QUICK, lines=lines)
    assert held == pytest.approx([95, 95], abs=error_of(95, QUICK))


def test_counting_utterances_as_people_covers_far_too_little():
    """The negative control; the unexplained part is where people differ."""
    assert coverage(100, cluster=False)[1] < 80


@pytest.mark.slow
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 6)])
def test_intervals_of_lines_hold_the_truth_within_the_band(people):
    held = coverage(FULL // 2, lines=True, people=people)
    assert (held >= 92.5).all()
    assert (held <= 98.5).all()


@pytest.mark.slow
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 30), (30, 6)])
@pytest.mark.parametrize("by_person", [True, False])
@pytest.mark.parametrize("share_bad", [(0.5, 0.5), (0.7, 0.3)])
def test_intervals_hold_the_truth_within_the_band(people, by_person, share_bad):
    held = coverage(FULL, people=people, by_person=by_person, share_bad=share_bad)
    highest = 99.5 if min(people) < 12 else 97.5
    assert (held >= 92.5).all()
    assert (held <= highest).all()
