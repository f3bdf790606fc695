"""How often the rule would speak of a gap if the groups meant nothing."""

import time
from dataclasses import replace
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence import Evidence, assess
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.data_facts import DataFacts
from biasbench.evidence.intake import take_in
from biasbench.evidence.own_error import assessment, own_error
from biasbench.evidence.own_error.assessment import clopper_pearson
from biasbench.evidence.own_error.people import people_of
from biasbench.evidence.own_error.rule import CODES, Asked, _Interval, _judged
from biasbench.evidence.verdict import Code, judge
from biasbench.tables import METRIC_DIRECTION
from tests.evidence.tables import measures_table

FIVE = dict.fromkeys("abcde", (20, 0.15))


def world(seed: int, *, n=16, utterances=6) -> pd.DataFrame:
    """Three metrics of two systems, missing rows, people whom a metric knows nothing of, sites."""
    rng = np.random.default_rng(seed)
    groups = {"a": (n, 0.10), "b": (n - 2, 0.20), "c": (8, 0.16), "d": (4, 0.3)}
    parts = []
    for at, metric in enumerate(["wer", "keyword_recall", "prompt_rate"]):
        part = measures_table(groups, utterances=utterances, seed=seed + at, metric=metric)
        if metric == "keyword_recall":
            part["system"] = "asr:other"
            part["denominator"] = 20.0
            part["numerator"] = rng.binomial(20, 0.8, len(part)).astype(float)
            part = part[~part["speaker_id"].isin(["a-0", "c-1", "c-2"])]
        parts.append(part)
    scores = measures_table(groups, utterances=utterances, seed=seed + 7, metric="mean_score:calm")
    scores["numerator"] = rng.normal(70, 8, len(scores))
    scores["denominator"] = 1.0
    table = pd.concat([*parts, scores], ignore_index=True)
    lost = rng.random(len(table)) < np.where(table["speaker_id"].str[-1] == "3", 0.9, 0.05)
    table.loc[lost, ["numerator", "denominator"]] = np.nan
    talker = table["speaker_id"].isin(["c-0"])
    table.loc[talker, ["numerator", "denominator"]] *= 12
    of_person = table["speaker_id"].map(
        {name: at for at, name in enumerate(table["speaker_id"].unique())}
    )
    table["site"] = np.where(of_person % 9 < 6, "Lyon", "Lille")
    table["direction"] = table["metric"].map(METRIC_DIRECTION).fillna("higher is better")
    return table.assign(unit_id=[f"u{at}" for at in range(len(table))])


MARGINS = {"wer": 0.02, "keyword_recall": 0.05, "prompt_rate": 0.5, "mean_score:calm": 2.0}


def relabelled(table: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    return table.assign(accent=table["speaker_id"].map(labels))


# ── The same rule as assess, redone ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("audience", ["public", "restricted"])
@pytest.mark.parametrize("against", ["rest", "a"])
def test_every_relabelled_table_has_the_verdicts_that_assess_gives(audience, against):
    """People change groups at random: each new table assessed, and held to the rule redone."""
    rng = np.random.default_rng(5)
    seen = set()
    for seed in (1, 2, 3):
        table = world(seed)
        people = table.drop_duplicates("speaker_id")
        for _ in range(3):
            labels = dict(zip(people["speaker_id"], rng.permutation(people["accent"]), strict=True))
            shuffled = relabelled(table, labels)
            evidence = assess(
                shuffled,
                by="accent",
                against=against,
                margin=MARGINS,
                audience=audience,
                n_resamples=1,
            )
            # own_error itself refuses where one verdict differs.
            own_error(shuffled, evidence, n_permutations=1)
            seen |= set(evidence.findings["verdict"])
    assert len(seen) >= (3 if against == "rest" else 2)


@pytest.mark.parametrize("groups", [None, ["b"]])
def test_two_groups_asked_twice_are_one_comparison(groups):
    table = measures_table({"a": (12, 0.1), "b": (12, 0.16)}, seed=4)
    evidence = assess(table, by="accent", margin=0.02, groups=groups)
    found = own_error(table, evidence, n_permutations=200)
    assert found.n_comparisons == 1
    assert len(found.comparisons) == (2 if groups is None else 1)


def test_a_drawn_labelling_told_by_hand_is_the_one_that_was_counted():
    """All draws of one small run, each made into a table and assessed: the same counts."""
    table = world(11, utterances=3)
    evidence = assess(table, by="accent", margin=MARGINS, audience="restricted", n_resamples=1)
    intake_rows = table.drop_duplicates("speaker_id")
    intake = take_in(table, by="accent", metrics=None)
    people = people_of(intake, evidence.settings.conditions)
    movable = np.ones(len(people.group), dtype=bool)
    (labels,) = assessment._relabelled(people.group, movable, 12, 3)
    found = own_error(table, evidence, n_permutations=12, seed=3)
    # The people stand in an order of their figures: find who is who by the sums of two metrics.
    wer = table[table["metric"] == "wer"].groupby("speaker_id")[["numerator", "denominator"]].sum()
    calm = table[table["metric"] == "mean_score:calm"].groupby("speaker_id")["numerator"].sum()
    at_wer = [cell.metric for cell in intake.cells].index("wer")
    at_calm = [cell.metric for cell in intake.cells].index("mean_score:calm")
    names, taken = [], pd.Series(False, index=wer.index)
    for e, score in zip(people.numerator[at_wer], people.numerator[at_calm], strict=True):
        same = (np.abs(wer["numerator"] - e) < 1e-9) & (np.abs(calm - score) < 1e-9) & ~taken
        name = wer.index[same][0]  # people of no value at all are alike, whoever is whom
        names.append(name)
        taken[name] = True
    assert sorted(names) == sorted(intake_rows["speaker_id"])
    counted = np.zeros(len(evidence.findings), dtype=int)
    for draw in labels:
        new = {name: intake.groups[code] for name, code in zip(names, draw, strict=True)}
        again = assess(
            relabelled(table, new),
            by="accent",
            margin=MARGINS,
            audience="restricted",
            n_resamples=1,
        )
        counted += again.findings["verdict"].isin(["V-D1", "V-D2", "V-D3"]).to_numpy()
    assert found.comparisons["n_disadvantage"].tolist() == counted.tolist()


ends = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(sorted)


@given(
    ends,
    st.sampled_from([True, False, None]),
    st.floats(0.01, 0.5),
    st.sampled_from(["higher is worse", "higher is better"]),
)
@example([0.04, 0.2], False, 0.03, "higher is worse")
@example([0.04, 0.2], False, 0.03, "higher is better")
@example([-0.2, -0.04], False, 0.03, "higher is worse")
@example([-0.01, 0.02], True, 0.03, "higher is worse")
def test_every_interval_is_judged_as_by_the_rule_itself(interval, ratio_shows, margin, direction):
    """Where ratio and difference disagree the weaker verdict stands, here as there."""
    low, high = interval
    shown = {True: (1.2, 2.0), False: (0.8, 2.0), None: (None, None)}[ratio_shows]
    found = Comparison(
        0.2, 0.1, 0.95, "by hand", difference_low=low, difference_high=high,
        ratio_low=shown[0], ratio_high=shown[1],
    )  # fmt: skip
    asked = Asked(0, 0, (1,), "rate", margin, direction)
    ratio = None if ratio_shows is None else np.array([ratio_shows])
    (code,) = _judged(_Interval(np.array([low]), np.array([high]), np.array([True]), ratio), asked)
    assert CODES[code] == judge(found, margin=margin, direction=direction).code


def test_the_weaker_verdict_stands_in_whole_tables_too():
    """Few people far apart: one of the two intervals shows a gap and the other does not."""
    disagreed = 0
    for seed in range(11, 15):
        table = measures_table({"a": (10, 0.1), "b": (10, 0.19)}, spread=0.7, seed=seed)
        evidence = assess(table, by="accent", margin=0.01, n_resamples=1)
        disagreed += evidence.findings["reason"].str.contains("weaker verdict stands").any()
        own_error(table, evidence, n_permutations=1)
    assert disagreed > 0


def test_a_condition_that_is_the_group_refuses_before_shuffling_and_seldom_after():
    table = measures_table({"a": (20, 0.1), "b": (20, 0.2)})
    table["site"] = np.where(table["accent"] == "a", "Lyon", "Lille")
    evidence = assess(table, by="accent", margin=0.03)
    assert evidence.findings["reason"].str.startswith("N-CONF").all()
    counts = own_error(table, evidence, n_permutations=200).comparisons
    assert (counts["n_insufficient"] == 0).all()
    labels = {name: "ab"[at % 2] for at, name in enumerate(table["speaker_id"].unique())}
    mixed = relabelled(table, labels)
    assert assess(mixed, by="accent", margin=0.03).findings["verdict"].ne("V-N").all()


# ── What it is for: false alarms ───────────────────────────────────────────────────────────────


def test_the_rule_is_wrong_about_one_family_in_twenty_or_less():
    table = pd.concat(
        [
            measures_table(FIVE, seed=at, metric=name)
            for at, name in enumerate(["wer", "cer", "prompt_rate"])
        ],
        ignore_index=True,
    )
    found = own_error(table, assess(table, by="accent", margin=0.03), n_permutations=2000)
    assert found.n_comparisons == 15
    assert found.any_gap.low < 0.05
    assert found.any_gap.high < 0.065
    assert found.any_gap.value > 0.01
    told = found.any_disadvantage.count, found.any_advantage.count
    assert max(told) <= found.any_gap.count <= sum(told)


def test_what_shuffling_says_is_what_new_worlds_without_a_gap_say():
    """120 worlds without a gap, judged; and one of them, shuffled: the same share within draws."""
    told = 0
    for seed in range(120):
        table = measures_table({"a": (14, 0.15), "b": (14, 0.15)}, seed=1000 + seed)
        verdicts = assess(table, by="accent", margin=0.03, n_resamples=1).findings["verdict"]
        told += bool(verdicts.str.startswith(("V-D", "V-A")).any())
    table = measures_table({"a": (14, 0.15), "b": (14, 0.15)}, seed=1)
    shuffled = own_error(table, assess(table, by="accent", margin=0.03), n_permutations=1000)
    low, high = clopper_pearson(told, 120)
    assert low <= 0.05
    assert shuffled.any_gap.low <= high
    assert shuffled.any_gap.high >= low


def test_shuffling_utterances_certifies_a_rule_that_counts_them_as_people():
    """The control. Rows taken for people: shuffled as rows the rule looks right, 5 %; shuffled as
    the people they come from, and in new worlds without a gap, it cries wolf far more often."""
    table = measures_table({"a": (12, 0.15), "b": (12, 0.15)}, utterances=30, spread=0.4, seed=3)

    def as_rows(one: pd.DataFrame) -> pd.DataFrame:
        return one.assign(speaker_id=one["unit_id"])

    def speaks(one: pd.DataFrame) -> bool:
        verdicts = assess(as_rows(one), by="accent", margin=0.03, n_resamples=1).findings["verdict"]
        return bool(verdicts.str.startswith(("V-D", "V-A")).any())

    naive = assess(as_rows(table), by="accent", margin=0.03, n_resamples=1)
    assert own_error(as_rows(table), naive, n_permutations=500).any_gap.value < 0.09
    rng = np.random.default_rng(8)
    people = table["speaker_id"].unique()
    shuffled = sum(
        speaks(relabelled(table, dict(zip(people, rng.permutation(["a", "b"] * 12), strict=True))))
        for _ in range(40)
    )
    new = sum(
        speaks(
            measures_table({"a": (12, 0.15), "b": (12, 0.15)}, utterances=30, spread=0.4, seed=s)
        )
        for s in range(100, 140)
    )
    assert shuffled / 40 > 0.25
    assert new / 40 > 0.25
    right = own_error(table, assess(table, by="accent", margin=0.03), n_permutations=500)
    assert right.any_gap.value < 0.09


def test_a_wider_margin_makes_the_rule_no_freer():
    table = measures_table(FIVE, seed=2)
    alarms = {
        margin: own_error(table, assess(table, by="accent", margin=margin), n_permutations=500)
        for margin in (0.001, 0.03, 0.5)
    }
    assert len({found.any_gap.count for found in alarms.values()}) == 1
    equivalent = [found.any_equivalent.count for found in alarms.values()]
    assert equivalent == sorted(equivalent)
    assert equivalent[0] < equivalent[-1]


# ── What it keeps to ───────────────────────────────────────────────────────────────────────────


def test_every_labelling_is_told_exactly_one_thing():
    table = world(4)
    found = own_error(
        table, assess(table, by="accent", margin=MARGINS, audience="restricted"), n_permutations=100
    ).comparisons
    told = [name for name in found.columns if name.startswith("n_") and name != "n_permutations"]
    assert (found[told].sum(axis=1) == 100).all()
    assert (found["rate"] == found["n_disadvantage"] / 100).all()


def test_without_a_margin_nothing_is_judged_and_nothing_is_wrong():
    table = measures_table(FIVE, seed=2)
    found = own_error(table, assess(table, by="accent"), n_permutations=50)
    assert (found.comparisons["n_unjudged"] == 50).all()
    assert found.any_gap.count == 0


def test_renaming_and_reordering_people_changes_nothing():
    table = world(6)
    renamed = table.assign(speaker_id=table["speaker_id"].str[::-1])
    again = renamed.sample(frac=1, random_state=5, ignore_index=True)
    found = []
    for one in (table, again):
        evidence = assess(one, by="accent", margin=MARGINS, n_resamples=1)
        counts = own_error(one, evidence, n_permutations=200).comparisons
        found.append(counts.sort_values(["system", "metric", "group"], ignore_index=True))
    pd.testing.assert_frame_equal(*found)


def test_the_same_seed_gives_the_same_and_another_seed_does_not():
    table = measures_table(FIVE, seed=2)
    evidence = assess(table, by="accent", margin=0.01)
    first, second, third = (
        own_error(table, evidence, n_permutations=400, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first.comparisons, second.comparisons)
    assert not first.comparisons.equals(third.comparisons)


def test_draws_are_the_same_however_many_are_held_at_once(monkeypatch):
    table = measures_table(FIVE, seed=2)
    evidence = assess(table, by="accent", margin=0.01)
    whole = own_error(table, evidence, n_permutations=300).comparisons
    monkeypatch.setattr("biasbench.evidence.own_error.assessment._CHUNK_CELLS", 700)
    pd.testing.assert_frame_equal(own_error(table, evidence, n_permutations=300).comparisons, whole)


def test_one_family_of_several_is_redone_with_its_own_number_of_comparisons():
    table = world(9)
    both = assess(table, by="accent", margin=MARGINS, audience="restricted", n_resamples=1)
    alone = assess(
        table, by="accent", metrics=["wer"], margin=0.02, audience="restricted", n_resamples=1
    )
    families: Evidence = replace(
        both,
        findings=pd.concat(
            [alone.findings, both.findings[both.findings["metric"] != "wer"]], ignore_index=True
        ),
    )
    found = own_error(table, families, metrics=["wer"], n_permutations=200)
    assert found.n_comparisons == alone.settings.n_comparisons
    pd.testing.assert_frame_equal(
        found.comparisons, own_error(table, alone, n_permutations=200).comparisons
    )


def test_a_gate_on_the_sources_is_no_matter_of_who_is_in_which_group():
    table = measures_table(FIVE, seed=2)
    facts = DataFacts(unverified_files=2)
    evidence = assess(table, by="accent", margin=0.01, data_facts=facts)
    found = own_error(table, evidence, n_permutations=50)
    assert (found.comparisons["n_insufficient"] == 50).all()


def test_a_thousand_labellings_take_less_than_two_seconds():
    table = pd.concat(
        [
            measures_table(FIVE, seed=at, metric=m)
            for at, m in enumerate(["wer", "cer", "prompt_rate"])
        ],
        ignore_index=True,
    )
    evidence = assess(table, by="accent", margin=0.03, n_resamples=1)
    started = time.process_time()
    own_error(table, evidence, n_permutations=1000)
    assert time.process_time() - started < 2


def test_the_interval_of_a_share_is_scipys_exact_one():
    for count, of in ((0, 50), (1, 50), (43, 1000), (50, 50)):
        theirs = binomtest(count, of).proportion_ci(0.95, "exact")
        assert clopper_pearson(count, of) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_all_codes_of_the_verdict_table_have_a_place():
    assert set(CODES) == {*get_args(Code), None}


# ── What it refuses ────────────────────────────────────────────────────────────────────────────


def test_measures_of_another_table_are_refused():
    table = measures_table({"a": (20, 0.1), "b": (20, 0.3)})
    evidence = assess(table, by="accent", margin=0.03)
    other = measures_table({"a": (20, 0.3), "b": (20, 0.1)})
    with pytest.raises(TableError, match="give the measures that the evidence was made from"):
        own_error(other, evidence)
    with pytest.raises(TableError, match="'b' against 'rest': the verdict here is not there"):
        own_error(other.replace({"accent": {"b": "c"}}), evidence)


def test_intervals_of_another_method_are_not_redone():
    table = measures_table({"a": (12, 0.1), "b": (12, 0.2)})
    evidence = assess(table, by="accent", margin=0.03, method="bootstrap-t", n_resamples=99)
    with pytest.raises(OptionError, match="method='bootstrap-t': the own error rate is that of"):
        own_error(table, evidence)
    shuffled = assess(table, by="accent", margin=0.03, method="permutation", n_resamples=99)
    assert own_error(table, shuffled, n_permutations=10).n_permutations == 10


def test_without_people_there_is_nobody_to_move():
    table = measures_table({"a": (12, 0.1), "b": (12, 0.2)})
    nameless = table.drop(columns="speaker_id")
    with pytest.raises(InsufficientDataError, match="no speaker labels: people cannot change"):
        own_error(nameless, assess(nameless, by="accent", margin=0.03))
    few = measures_table({"a": (4, 0.1), "b": (5, 0.2)})
    with pytest.raises(InsufficientDataError, match="no comparison has 6 people on each side"):
        own_error(few, assess(few, by="accent", margin=0.03))


def test_options_that_cannot_be_are_refused():
    table = measures_table({"a": (12, 0.1), "b": (12, 0.2)})
    evidence = assess(table, by="accent", margin=0.03)
    with pytest.raises(OptionError, match="n_permutations=0, seed=0: give at least 1"):
        own_error(table, evidence, n_permutations=0)
    with pytest.raises(OptionError, match="seed=-1"):
        own_error(table, evidence, seed=-1)
    with pytest.raises(NotFoundError, match="no metric in the evidence named 'wre'"):
        own_error(table, evidence, metrics=["wre"])
    with pytest.raises(OptionError, match="metrics='wer': give a list of names"):
        own_error(table, evidence, metrics="wer")
