"""multiverse(): every specification is a row, and one test answers for all of them."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence.methods import cr3, permutation
from biasbench.evidence.sums import SpeakerSums, speaker_sums
from biasbench.explain.adjustment.adjustment import adjust
from biasbench.explain.multiverse.curve import expected_sums, joint_test
from biasbench.explain.multiverse.multiverse import multiverse
from biasbench.explain.multiverse.specifications import MOST_SPECIFICATIONS, LeaveOut
from biasbench.provenance import Provenance
from biasbench.tables.multiverses import SPECIFICATION_RANGES, SPECIFICATIONS
from tests.calibration.speech import speak
from tests.evidence.tables import measures_table
from tests.explain.conditions import study

EVERYTHING = {"everything": None}
ASKED = {"by": "accent", "group": "b", "metrics": ["wer"], "n_resamples": 199}


def table(gap=1.6, people=10, seed=3):
    rows = measures_table({"b": (people, 0.1 * gap), "a": (people + 2, 0.1)}, seed=seed)
    rng = np.random.default_rng(seed)
    return rows.assign(
        client=rng.choice(["x", "y", "z"], len(rows)), snr_db=rng.normal(15, 4, len(rows))
    )


def milder(rows):
    return rows.assign(numerator=np.floor(rows["numerator"] * 0.7))


def both(rows):
    return {"none": rows, "en": milder(rows)}


# ── Rows ───────────────────────────────────────────────────────────────────────────────────────


def test_every_combination_is_a_row_in_the_order_of_the_curve():
    found = multiverse(
        both(table()), **ASKED, exclusions={**EVERYTHING, "without x": LeaveOut("client", ["x"])},
        adjustments={"plain": (), "snr": ["snr_db"], "both": ["snr_db", "client"]},
    )  # fmt: skip
    rows = found.table
    assert len(rows) == found.n_specifications == found.n_computed == found.n_tested == 12
    assert rows["order"].tolist() == list(range(1, 13))
    assert rows["ratio"].is_monotonic_increasing
    assert not rows.duplicated(["variant", "exclusion", "adjustment"]).any()
    SPECIFICATIONS.check(rows)
    SPECIFICATION_RANGES.check(found.ranges)


def test_a_plain_row_is_the_comparison_of_the_rows_left():
    rows = table()
    found = multiverse(
        {"none": rows}, **ASKED, exclusions={"loud": LeaveOut("snr_db", below=12)}
    ).table.iloc[0]
    left = rows[rows["snr_db"] >= 12]
    sides = [
        speaker_sums(side["speaker_id"], side["numerator"], side["denominator"])
        for side in (left[left["accent"] == "b"], left[left["accent"] == "a"])
    ]
    again = cr3.compare(*sides)
    for name in ("difference", "difference_low", "ratio", "ratio_low", "ratio_high"):
        assert found[name] == pytest.approx(getattr(again, name))
    assert found["p_value"] == pytest.approx(again.p)
    assert found["n_excluded"] == len(rows) - len(left)


def test_an_adjusted_row_is_what_adjust_says():
    rows = table()
    rows.loc[rows.index[:7], "snr_db"] = np.nan
    found = multiverse({"none": rows}, **ASKED, adjustments={"snr": ["snr_db"]}).table.iloc[0]
    alone = adjust(rows, by="accent", group="b", covariates=["snr_db"]).adjusted
    for name in ("difference", "difference_low", "difference_high", "ratio", "ratio_high"):
        assert found[name] == pytest.approx(getattr(alone, name))
    assert found["p_value"] == pytest.approx(alone.p)
    assert found["n_utterances"] == len(rows) - 7


def test_what_cannot_be_computed_is_a_row_with_its_reason():
    rows = table()
    rows.loc[rows["accent"] == "b", "site"] = "paris"
    rows.loc[rows["accent"] == "a", "site"] = "lyon"
    number = rows["speaker_id"].str.split("-").str[1].astype(int)
    few = rows.assign(few=np.where((rows["accent"] == "b") & (number > 3), "out", "in"))
    found = multiverse(
        {"none": few}, **ASKED, exclusions={**EVERYTHING, "few": LeaveOut("few", ["out"])},
        adjustments={"plain": (), "site": ["site"]},
    )  # fmt: skip
    rows = found.table.set_index(["exclusion", "adjustment"])
    assert found.n_specifications == 4
    assert found.n_tested == 1
    assert rows.loc[("few", "plain"), "reason"].startswith("4 and 12 people")
    assert "site" in rows.loc[("everything", "site"), "reason"]
    assert pd.isna(rows.loc[("everything", "site"), "order"])
    assert np.isnan(rows.loc[("few", "plain"), "p_curve"])
    assert "3 of 4 specifications are in no joint test" in found.cautions[-1]


def test_a_side_without_events_is_described_and_not_tested():
    rows = table()
    rows.loc[rows["accent"] == "a", "numerator"] = 0
    found = multiverse({"none": rows}, **ASKED)
    assert found.joint is None
    assert found.table["reason"].iloc[0].startswith("no event")
    assert found.table["difference"].iloc[0] > 0


def test_a_margin_gives_each_row_the_verdict_of_its_own_interval():
    rows = table(gap=4)
    found = multiverse(both(rows), **ASKED, margin=0.02).table
    assert set(found["verdict"]) == {"V-D1"}
    assert found["reason"].isna().all()
    assert multiverse(both(rows), **ASKED).table["verdict"].isna().all()
    undeclared = multiverse(
        {"none": rows.assign(metric="hits")}, **{**ASKED, "metrics": ["hits"]}, margin=0.02
    ).table
    assert undeclared["verdict"].isna().all()
    assert "nobody declared" in undeclared["reason"].iloc[0]


def test_ranges_are_given_metric_by_metric():
    rows = table()
    long = pd.concat([rows, milder(rows).assign(metric="cer", denominator=250.0)])
    found = multiverse(
        {"none": long}, **{**ASKED, "metrics": ["wer", "cer"]},
        exclusions={**EVERYTHING, "without x": LeaveOut("client", ["x"])},
    )  # fmt: skip
    ranges = found.ranges.set_index("metric")
    assert ranges.loc["cer", "difference_largest"] < ranges.loc["wer", "difference_smallest"]
    of_wer = found.table[found.table["metric"] == "wer"]
    assert ranges.loc["wer", "ratio_smallest"] == of_wer["ratio"].min()
    assert ranges.loc["wer", "difference_median"] == pytest.approx(of_wer["difference"].median())


def test_a_metric_of_which_higher_is_better_turns_the_sign():
    """Fewer errors for 'b', and a lower share recognised: both are not the same way round."""
    rows = table(gap=2)
    recall = rows.assign(
        metric="recall", numerator=rows["denominator"] - rows["numerator"],
        direction="higher is better",
    )  # fmt: skip
    long = pd.concat([rows.assign(direction="higher is worse"), recall])
    found = multiverse({"none": long}, **{**ASKED, "metrics": ["wer", "recall"]})
    assert found.sign_stability == 1.0
    assert (found.joint.t > 0).all()


def test_signs_that_disagree_are_counted():
    """Client x is where 'b' fares worse, and everywhere else it is the other way round."""
    rows = table(gap=0.5)
    worse = (rows["accent"] == "b") & (rows["client"] == "x")
    rows.loc[worse, "numerator"] += 20
    keep = {f"only {name}": LeaveOut("client", [c for c in "xyz" if c != name]) for name in "xyz"}
    found = multiverse({"none": rows}, **ASKED, exclusions=keep)
    assert found.sign_stability == pytest.approx(2 / 3)
    assert found.ranges["sign_stability"].tolist() == [found.sign_stability]


def test_holding_an_effect_of_the_group_equal_is_warned_about():
    rows = table().assign(speech_rate=lambda t: t["snr_db"])
    found = multiverse({"none": rows}, **ASKED, adjustments={"rate": ["speech_rate"]})
    assert "speech_rate may be an effect of the group" in found.cautions[0]


# ── Exclusions ─────────────────────────────────────────────────────────────────────────────────


def test_an_exclusion_may_be_a_function_and_is_not_shown_the_groups():
    seen = []

    def longest(columns):
        seen.append(list(columns.columns))
        return (columns["numerator"] > 8).to_numpy()

    rows = table()
    found = multiverse({"none": rows}, **ASKED, exclusions={"outliers": longest})
    assert "accent" not in seen[0]
    assert found.table["n_excluded"].iloc[0] == (rows["numerator"] > 8).sum()


@pytest.mark.parametrize(
    ("exclusion", "error", "words"),
    [
        (LeaveOut("cliend", ["x"]), NotFoundError, "Did you mean 'client'"),
        (LeaveOut("client", ["xx"]), NotFoundError, "Did you mean 'x'"),
        (LeaveOut("client", below=3), OptionError, "holds text"),
        (LeaveOut("accent", ["a"]), OptionError, "makes the groups"),
        (lambda _: np.array([1, 0]), OptionError, "not True or False for each of 176 rows"),
    ],
)
def test_an_exclusion_that_cannot_be_is_refused(exclusion, error, words):
    with pytest.raises(error, match=words):
        multiverse({"none": table()}, **ASKED, exclusions={"it": exclusion})


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"metrics": "wer"}, OptionError, r"\['wer'\]"),
        ({"metrics": ["wre"]}, NotFoundError, "Did you mean 'wer'"),
        ({"group": "c"}, NotFoundError, "no group of accent named 'c'"),
        ({"exclusions": {}}, OptionError, "exclusions is not a mapping"),
        ({"adjustments": {"snr": "snr_db"}}, OptionError, r"Write \['snr_db'\]"),
        ({"adjustments": {"snr": ["snr"]}}, NotFoundError, "Did you mean 'snr_db'"),
        ({"margin": -1.0}, OptionError, "above 0"),
        ({"margin": {"cer": 0.1}}, NotFoundError, "no metric named 'cer'"),
        ({"level": 95}, OptionError, "written 0.95"),
        ({"n_resamples": 0}, OptionError, "n_resamples=0"),
        (
            {"exclusions": {f"e{n}": None for n in range(MOST_SPECIFICATIONS + 1)}},
            OptionError,
            "2001 specifications",
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        multiverse({"none": table()}, **{**ASKED, **options})


def test_a_person_stands_in_one_group_in_every_variant():
    rows = table()
    moved = rows.assign(accent=rows["accent"].mask(rows["speaker_id"] == "b-3", "a"))
    with pytest.raises(TableError, match="speaker 'b-3' is in 'b' in one of them"):
        multiverse({"none": rows, "en": moved}, **ASKED)


def test_variants_are_of_one_system():
    rows = table()
    with pytest.raises(OptionError, match="2 systems, asr:other, asr:scripted"):
        multiverse({"none": rows, "en": rows.assign(system="asr:other")}, **ASKED)


def test_a_variant_with_provenance_will_do():
    made = SimpleNamespace(table=table(), provenance=Provenance())
    assert multiverse({"none": made}, **ASKED).n_computed == 1


def test_rows_of_nobody_are_rows_with_their_reason():
    nobody = table().drop(columns="speaker_id")
    found = multiverse({"none": table(), "en": nobody}, **ASKED)
    assert "no speaker labels" in found.table["reason"].iloc[1]
    assert found.n_tested == 1


# ── The joint test ─────────────────────────────────────────────────────────────────────────────


def curve_sums(rng, people, means=(0.12, 0.12)):
    """Sums of twelve specifications of one study: three ways to count, four exclusions."""
    sides = [speak(rng, people=n, mean=mean) for n, mean in zip(people, means, strict=True)]
    person = np.concatenate([sides[0].person, sides[1].person + people[0]])
    words = np.concatenate([side.words for side in sides])
    errors = np.concatenate([side.errors for side in sides])
    client = rng.integers(0, 4, len(person))
    counts = [errors, *(rng.binomial(errors.astype(int), p).astype(float) for p in (0.7, 0.4))]
    kept = [words > 0, words > 5, client != 0, client > 1]
    e, w = (
        np.array(
            [
                np.bincount(person[k], values[k], minlength=sum(people))
                for values, k in [(v, k) for v in chosen for k in kept]
            ]
        )
        for chosen in (counts, [words] * 3)
    )
    return e, w, np.arange(sum(people)) < people[0]


def one_test(e, w, in_group, seed=0, n_resamples=199):
    return joint_test(
        e, w, in_group, kinds=["rate"] * len(e), signs=[1] * len(e),
        rng=np.random.default_rng(seed), n_resamples=n_resamples,
    )  # fmt: skip


def alone(e, w, in_group):
    """The p-value of each specification by itself."""
    found = []
    for a, b in zip(e, w, strict=True):
        sides = [SpeakerSums(a[side], b[side], 0) for side in (in_group, ~in_group)]
        found.append(cr3.compare(*sides).p)
    return found


def test_chance_raises_an_alarm_in_one_curve_in_twenty_and_picking_one_row_in_far_more():
    """The control reads the curve as what an analyst could have chosen from: any row below 5 %."""
    rng = np.random.default_rng(31)
    alarms = np.zeros(3)
    n_studies = 400
    for number in range(n_studies):
        e, w, in_group = curve_sums(rng, (12, 12))
        found = one_test(e, w, in_group, seed=number, n_resamples=99)
        picked = min(alone(e, w, in_group)) < 0.05
        alarms += [found.p_max <= 0.05, found.p_median <= 0.05, picked]
    percent = 100 * alarms / n_studies
    error = 100 * np.sqrt(0.05 * 0.95 / n_studies)
    assert percent[0] <= 5 + 2.5 * error
    assert percent[1] <= 5 + 2.5 * error
    assert percent[2] > 5 + 4 * error


@pytest.mark.slow
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 6)])
def test_the_curve_holds_its_level(people):
    rng = np.random.default_rng([7, *people])
    alarms = np.zeros(2)
    for number in range(3000):
        found = one_test(*curve_sums(rng, people), seed=number, n_resamples=99)
        alarms += [found.p_max <= 0.05, found.p_median <= 0.05]
    assert (100 * alarms / 3000 <= 6).all()


def test_adjusted_specifications_hold_their_level_where_plain_ones_do_not():
    """No gap within a condition, but one side is recorded in the bad one more often."""
    rng = np.random.default_rng(8)
    alarms = np.zeros(2)
    n_studies = 200
    for number in range(n_studies):
        one = study(rng, means=(0.12, 0.12))
        person = np.concatenate([one.g.person, one.a.person + 12])
        e, w, bad = (
            np.concatenate([getattr(one.g, name), getattr(one.a, name)])
            for name in ("errors", "words", "is_bad")
        )
        design = np.column_stack([np.ones(len(e)), bad])
        pairs = [(e, w), expected_sums(design, e, w, person, kind="rate")]
        for at, pair in enumerate(pairs):
            sums = [np.bincount(person, values, minlength=24)[None] for values in pair]
            p = one_test(*sums, np.arange(24) < 12, seed=number, n_resamples=99).p_max
            alarms[at] += p <= 0.05
    assert 100 * alarms[0] / n_studies > 12
    assert 100 * alarms[1] / n_studies <= 5 + 2.5 * 100 * np.sqrt(0.05 * 0.95 / n_studies)


def test_one_specification_is_the_permutation_of_people_by_itself():
    rng = np.random.default_rng(2)
    e, w, in_group = curve_sums(rng, (9, 12), (0.16, 0.12))
    found = one_test(e[:1], w[:1], in_group, n_resamples=1999)
    sides = [SpeakerSums(e[0][side], w[0][side], 0) for side in (in_group, ~in_group)]
    single = permutation.compare(*sides, rng=np.random.default_rng(1), n_resamples=1999)
    assert found.p_max == found.p_median
    assert found.p_max == pytest.approx(single.p, abs=3 * np.sqrt(0.25 / 2000))
    assert found.t[0] == pytest.approx(single.t)


def test_all_labellings_of_few_people_give_the_exact_p_values():
    """Brute force: every choice of 4 among 8 people, three specifications."""
    rng = np.random.default_rng(12)
    e, w = rng.poisson(9, (3, 8)) + 1.0, rng.uniform(40, 90, (3, 8))
    in_group = np.arange(8) < 4
    largest, middle = [], []
    for chosen in combinations(range(8), 4):
        mask = np.isin(np.arange(8), chosen)
        t = [
            cr3.compare(SpeakerSums(a[mask], b[mask], 0), SpeakerSums(a[~mask], b[~mask], 0)).t
            for a, b in zip(e, w, strict=True)
        ]
        largest.append(max(np.abs(t)))
        middle.append(abs(np.median(t)))
    found = one_test(e, w, in_group, n_resamples=19_999)
    exact = np.mean(np.array(largest) >= np.abs(found.t).max() - 1e-12)
    assert found.p_max == pytest.approx(exact, abs=0.011)
    exact = np.mean(np.array(middle) >= abs(found.median_t) - 1e-12)
    assert found.p_median == pytest.approx(exact, abs=0.011)


def test_adjusting_for_the_curve_only_raises_a_p_value_and_the_largest_t_has_the_least():
    e, w, in_group = curve_sums(np.random.default_rng(5), (12, 12), (0.17, 0.12))
    found = one_test(e, w, in_group, n_resamples=1999)
    by_size = np.argsort(-np.abs(found.t))
    assert (np.diff(found.p_each[by_size]) >= 0).all()
    assert found.p_max == found.p_each[by_size[0]]
    single = [one_test(e[[at]], w[[at]], in_group, n_resamples=1999).p_max for at in range(12)]
    assert (found.p_each >= np.array(single) - 1e-12).all()


def test_a_gap_in_all_specifications_is_found():
    found = multiverse(both(table(gap=2.5)), **ASKED)
    assert found.joint.p_max == found.joint.p_median == 1 / 200
    assert (found.table["p_curve"] == 1 / 200).all()


def test_naming_and_order_of_people_and_side_asked_change_nothing():
    rows = table()
    names = {name: f"z{place}" for place, name in enumerate(reversed(pd.unique(rows.speaker_id)))}
    renamed = rows.assign(speaker_id=rows["speaker_id"].map(names)).sample(frac=1, random_state=4)
    one = multiverse(both(rows), **ASKED)
    other = multiverse(both(renamed), **ASKED)
    assert other.joint.p_max == one.joint.p_max
    assert other.joint.t == pytest.approx(one.joint.t)
    turned = multiverse(both(rows), **{**ASKED, "group": "a"})
    assert turned.joint.t == pytest.approx(-one.joint.t)


def test_the_same_seed_gives_the_same_curve():
    one, again = (multiverse(both(table()), **ASKED, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, again.table)
    assert one.joint.p_median == again.joint.p_median


def test_a_specification_without_a_t_is_in_no_joint_test():
    with pytest.raises(ValueError, match="specification 0 has no t"):
        one_test(np.zeros((1, 12)), np.full((1, 12), 50.0), np.arange(12) < 6)


def test_expected_sums_are_those_of_the_covariate_alone():
    """Two levels: what is expected is the pooled rate of the level, whoever spoke."""
    design = np.column_stack([np.ones(8), np.tile([0.0, 1.0], 4)])
    e = np.array([1.0, 4, 2, 5, 3, 3, 2, 8])
    _, expected = expected_sums(design, e, np.full(8, 10.0), np.repeat(range(4), 2), kind="rate")
    assert expected == pytest.approx(np.tile([8 / 4, 20 / 4], 4))
    residual, w = expected_sums(design, e, np.full(8, 10.0), np.repeat(range(4), 2), kind="mean")
    assert residual == pytest.approx(e - np.tile([2, 5], 4))
    assert (w == 10).all()


def test_an_adjusted_specification_is_shuffled_as_observed_against_expected():
    rows = study(np.random.default_rng(4)).table()
    found = multiverse(
        {"none": rows}, by="accent", group="g", metrics=["wer"], n_resamples=19,
        adjustments={"condition": ["condition"]},
    )  # fmt: skip
    pooled = rows.groupby("condition")[["numerator", "denominator"]].transform("sum")
    rows = rows.assign(expected=rows.denominator * pooled.numerator / pooled.denominator)
    sides = [
        speaker_sums(side["speaker_id"], side["numerator"], side["expected"])
        for side in (rows[rows["accent"] == "g"], rows[rows["accent"] == "a"])
    ]
    assert found.joint.t[0] == pytest.approx(cr3.compare(*sides).t)


def test_scores_that_are_means_have_no_ratio_and_a_curve_of_differences():
    rng = np.random.default_rng(6)
    people = np.repeat(np.arange(24), 5)
    rows = pd.DataFrame(
        {
            "system": "tone:x", "unit_id": range(120), "metric": "mean_score:calm",
            "speaker_id": [f"p{n}" for n in people], "denominator": 1.0,
            "accent": np.where(people < 12, "b", "a"), "snr_db": rng.normal(0, 1, 120),
            "direction": "higher is better",
        }
    )  # fmt: skip
    rows["numerator"] = rng.normal(-1, 1, 120) - 2 * (people < 12)
    found = multiverse(
        {"none": rows}, **{**ASKED, "metrics": ["mean_score:calm"]},
        adjustments={"plain": (), "snr": ["snr_db"]},
    )  # fmt: skip
    assert found.table["ratio"].isna().all()
    assert found.table["difference"].is_monotonic_increasing
    assert found.joint.p_max == 1 / 200
    assert (found.joint.t > 0).all()


def test_too_few_people_everywhere_is_said_in_every_row():
    found = multiverse(both(table(people=4)), **ASKED)
    assert found.joint is None
    assert found.table["reason"].str.startswith("4 and 6 people").all()


def test_groups_that_cannot_be_made_are_said_in_every_row():
    one_group = table().query("accent == 'a'")
    found = multiverse({"none": one_group}, **ASKED)
    assert found.n_computed == 0
    assert found.sign_stability is None
    assert "one known group" in found.table["reason"].iloc[0]
