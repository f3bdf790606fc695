"""The chain from a score to pay: the same links as one by one, what is refused, what cannot be."""

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences import follow_to_pay
from biasbench.consequences.bonus import bonus_gap, false_denial, person_months
from biasbench.consequences.bonus.scale_files import parse_scale
from biasbench.consequences.thresholds import share_in_lowest
from biasbench.consequences.thresholds.round_places import MOST_PLACES, round_places
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence import assess

SCALE = {
    "currency": "EUR",
    "period": "month",
    "steps": [{"from": 75, "amount": 120}],
    "kpis": {"calm": {"direction": "higher is better", "scale_min": 0, "scale_max": 100}},
}
METRIC = "mean_score:calm"


def calls(*, people=24, gap=6.0, seed=0, **columns):
    """Six calls in two months of each person of 'b' and 'a'; 'b' is scored `gap` lower."""
    rng = np.random.default_rng(seed)
    n = 12 * people
    person = np.repeat(np.arange(2 * people), 6)
    own = np.repeat(rng.normal(0, 4, 2 * people), 6)
    rated = 76 + own + rng.normal(0, 2, n)
    return pd.DataFrame(
        {
            "system": "tone:own", "metric": METRIC,
            "unit_id": [f"c{number:03}" for number in range(n)],
            "speaker_id": [f"p{number:02}" for number in person],
            "accent": np.where(person < people, "b", "a"), "month": np.tile(["03", "04"], n // 2),
            "denominator": 1.0, "direction": "higher is better",
            "numerator": np.clip(rated - np.where(person < people, gap, 0), 0, 100),
            "human_rating": rated,
        }
    ).assign(**columns)  # fmt: skip


TABLE = calls()


def follow(table=TABLE, **options):
    options = {"by": "accent", "group": "b", "margin": 1, **options}
    return follow_to_pay(table, **options)


def test_each_link_is_what_it_is_when_asked_alone():
    human = calls(gap=0.0)
    chain = follow(
        threshold=75, period="month", scale=parse_scale(SCALE), rating="human_rating", human=human
    )
    assert (chain.score, chain.group, chain.against) == ("calm", "b", "rest")
    assert (chain.direction, chain.period, chain.refused) == ("higher is better", "month", ())
    months = person_months(TABLE, by="accent", period="month")
    denial = false_denial(months, group="b", threshold=75, human="human_rating")
    assert chain.denial == denial
    assert chain.lowest == share_in_lowest(TABLE, 0.1, by="accent", group="b")
    bonus = bonus_gap(
        TABLE, parse_scale(SCALE), by="accent", group="b", period="month", margin=1,
        substituted=human,
    )  # fmt: skip
    assert chain.bonus.simulated == bonus.simulated
    assert [one.scenario for one in bonus.simulated] == ["gap_removed", "substituted"]
    assert chain.gap == chain.bonus.score
    swap = chain.substitution
    gaps = [
        table.groupby("accent")["numerator"].mean().loc[["b", "a"]].diff().iloc[-1]
        for table in (TABLE, human)
    ]
    assert (-swap.gap_automatic, -swap.gap_human) == pytest.approx(tuple(gaps))


def test_months_are_held_against_the_threshold_where_months_are_named_and_people_otherwise():
    by_month = TABLE.groupby(["accent", "speaker_id", "month"])["numerator"].mean()
    by_person = TABLE.groupby(["accent", "speaker_id"])["numerator"].mean()
    for period, scores, n_units in (("month", by_month, 48), (None, by_person, 24)):
        at = follow(threshold=75, period=period).curve.at
        assert at.n_units == n_units
        assert at.n_speakers == 24
        for group, rate in (("b", at.passing.comparison.value),
                            ("a", at.passing.comparison.against_value)):  # fmt: skip
            assert rate == pytest.approx((scores.loc[group] >= 75).mean())
    assert by_month.loc["b"].ge(75).mean() != by_person.loc["b"].ge(75).mean()


def test_a_file_gives_the_chain_of_its_table(tmp_path):
    TABLE.to_csv(tmp_path / "m.csv", index=False)
    from_file = follow(tmp_path / "m.csv", threshold=75, period="month", rating="human_rating")
    from_table = follow(threshold=75, period="month", rating="human_rating")
    assert from_file.denial.finding.value == from_table.denial.finding.value
    pd.testing.assert_frame_equal(from_file.curve.table, from_table.curve.table)


def test_another_system_and_another_metric_in_the_table_change_nothing():
    other = TABLE.assign(system="tone:other", numerator=50.0)
    second = TABLE.assign(metric="mean_score:speed", numerator=1.0)
    both = pd.concat([TABLE, other, second], ignore_index=True)
    asked = {"threshold": 75, "period": "month", "rating": "human_rating"}
    alone = follow(**asked)
    among = follow(both, metric=METRIC, system="tone:own", **asked)
    pd.testing.assert_frame_equal(alone.curve.table, among.curve.table)
    assert alone.denial.n_denied == among.denial.n_denied
    assert alone.lowest.comparison == among.lowest.comparison


def test_what_the_data_cannot_bear_is_refused_and_the_other_links_stand():
    unrated = TABLE.assign(human_rating=np.nan)
    chain = follow(unrated, threshold=75, rating="human_rating")
    assert [link for link, _ in chain.refused] == ["denial"]
    assert "no human rating in 'human_rating' for anybody in 'b'" in chain.refused[0][1]
    assert chain.denial is None
    assert chain.curve.at is not None
    few = TABLE[TABLE["accent"].eq("a") | TABLE["speaker_id"].isin(["p00", "p01", "p02"])]
    refused = dict(follow(few, threshold=75).refused)
    assert set(refused) == {"threshold", "lowest"}
    assert all("3 people" in reason for reason in refused.values())
    alike = TABLE.assign(numerator=70.0)
    assert dict(follow(alike).refused)["threshold"].startswith("everybody has the score 70")


def test_what_was_paid_is_told_though_the_scale_gives_too_few_amounts():
    months = TABLE[["speaker_id", "month"]].drop_duplicates().rename(columns={"month": "period"})
    own = months.assign(paid=np.arange(len(months)) % 3 * 40.0, sales=50.0)
    own.loc[own["speaker_id"] < "p12", "sales"] = np.nan
    scale = parse_scale(
        {
            **SCALE,
            "kpis": {
                "calm": {**SCALE["kpis"]["calm"], "weight": 0.5},
                "sales": {**SCALE["kpis"]["calm"], "weight": 0.5},
            },
            "steps": [{"from": 60, "amount": 120, "on": "sum"}],
        }
    )
    chain = follow(period="month", scale=scale, own=own)
    assert [link for link, _ in chain.refused] == ["bonus"]
    paid = own.merge(TABLE[["speaker_id", "accent"]].drop_duplicates())
    assert chain.paid.finding.value == pytest.approx(paid[paid["accent"] == "b"]["paid"].mean())


# ── Which way is worse ─────────────────────────────────────────────────────────────────────────


def test_a_score_where_higher_is_worse_is_passed_at_or_below_the_threshold():
    worse = TABLE.assign(numerator=100 - TABLE["numerator"], direction="higher is worse")
    better, mirrored = follow(threshold=75).curve.at, follow(worse, threshold=25).curve.at
    assert mirrored.difference == pytest.approx(better.difference)
    assert better.difference < 0
    lowest = follow().lowest, follow(worse).lowest
    assert lowest[0].comparison.value == lowest[1].comparison.value


def test_a_score_that_does_not_say_which_way_is_worse_is_asked_about():
    silent = TABLE.drop(columns="direction")
    with pytest.raises(OptionError, match=r"mean_score:calm does not say which way is worse"):
        follow(silent)
    human = calls(gap=0.0).drop(columns="direction")
    told = follow(silent, threshold=75, human=human, direction="higher is better")
    declared = follow(threshold=75, human=calls(gap=0.0))
    assert told.substitution.crossings.group.up == declared.substitution.crossings.group.up
    assert told.gap.verdict == declared.gap.verdict == "V-D1"
    by_scale = follow(silent, scale=parse_scale(SCALE), human=human, threshold=75)
    assert by_scale.direction == "higher is better"
    # Every link has one sign: the substitution's gap is established as the bonus's is.
    assert by_scale.substitution.gap_verdict == by_scale.bonus.score.verdict == "V-D1"


def test_a_direction_that_contradicts_the_measures_is_an_error():
    with pytest.raises(OptionError, match="direction='higher is worse', and mean_score:calm is"):
        follow(direction="higher is worse")
    neither = TABLE.assign(direction="neither")
    with pytest.raises(OptionError, match="is 'neither' better nor worse in the measures"):
        follow(neither)


# ── Round thresholds ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(40))
def test_thresholds_are_round_few_and_tell_somebody_apart(seed):
    rng = np.random.default_rng(seed)
    scale = 10.0 ** rng.integers(-3, 4)
    score = rng.normal(rng.normal(0, 5), 1 + rng.random(), rng.integers(2, 300)) * scale
    for higher in (True, False):
        places = round_places(score, higher_passes=higher)
        assert 1 <= len(places) <= MOST_PLACES
        assert np.all(np.diff(places) > 0)
        passing = [(score >= at if higher else score <= at).mean() for at in places]
        assert all(0 <= rate < 1 for rate in passing)
        assert max(len(f"{abs(at):.12g}".replace(".", "").strip("0")) for at in places) <= 5


def test_every_fiftieth_of_the_range_has_a_threshold():
    score = np.linspace(60.0, 98.0, 200)
    assert list(round_places(score)) == [float(n) for n in range(61, 99)]


def test_the_curve_counts_at_its_thresholds_and_marks_the_one_in_force():
    curve = follow(threshold=74.3).curve
    scores = TABLE.groupby(["accent", "speaker_id"])["numerator"].mean()
    assert set(curve.table["origin"]) == {"asked", "contract"}
    in_force = curve.table.loc[curve.table["origin"] == "contract", "threshold"]
    assert in_force.tolist() == [74.3]
    for row in curve.table.itertuples():
        assert row.pass_rate == pytest.approx((scores.loc["b"] >= row.threshold).mean())


# ── What cannot be asked ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
        ({"group": "c"}, NotFoundError, "no group of accent named 'c'"),
        ({"against": "b"}, OptionError, "group and against are both 'b'"),
        ({"rating": "human_rating"}, OptionError, "give threshold= too"),
        ({"rating": "rating", "threshold": 75}, NotFoundError, "Did you mean 'human_rating'"),
        ({"threshold": float("nan")}, OptionError, "threshold=nan"),
        ({"threshold": float("inf")}, OptionError, "threshold=inf"),
        ({"period": "moth"}, NotFoundError, "Did you mean 'month'"),
        ({"own": pd.DataFrame()}, OptionError, "nothing reads it without the bonus scale"),
        ({"scale": "none.toml"}, NotFoundError, "none.toml: no such file"),
        ({"margin": -1}, OptionError, "above 0"),
        ({"lowest": 10}, OptionError, "the lowest 10 % are written 0.1"),
        ({"metric": "mean_score:clam"}, NotFoundError, "Did you mean 'mean_score:calm'"),
        ({"level": 95}, OptionError, "95 % is written 0.95"),
    ],
)
def test_what_is_asked_wrongly_is_an_error_and_never_a_refused_link(options, error, words):
    with pytest.raises(error, match=words):
        follow(**options)


def test_a_rating_that_is_no_number_is_told_with_its_call():
    wrong = TABLE.assign(human_rating=TABLE["human_rating"].astype(object))
    wrong.loc[7, "human_rating"] = "good"
    with pytest.raises(TableError, match=r"unit 'c007' of speaker 'p01': human_rating is 'good'"):
        follow(wrong, threshold=75, rating="human_rating")


def test_a_scale_in_another_unit_is_told_even_where_no_gap_is_established():
    tenths = {
        **SCALE, "steps": [{"from": 0.75, "amount": 120}],
        "kpis": {"calm": {**SCALE["kpis"]["calm"], "scale_max": 1}},
    }  # fmt: skip
    with pytest.raises(OptionError, match="the scale declares it between 0 and 1: check the unit"):
        follow(calls(gap=0.0), scale=parse_scale(tenths))


def test_nothing_given_is_changed():
    before = TABLE.copy(deep=True)
    follow(threshold=75, period="month", scale=parse_scale(SCALE), rating="human_rating")
    pd.testing.assert_frame_equal(TABLE, before)


def test_the_gap_has_one_verdict_in_every_link_however_many_groups_there_are():
    """A family of all groups has wider intervals, and could make another verdict of the gap."""
    others = [calls(people=12, gap=0.0, seed=seed) for seed in range(1, 5)]
    others = [
        one[one["accent"] == "a"].assign(
            accent=f"c{at}",
            unit_id=one["unit_id"] + f"-{at}",
            speaker_id=one["speaker_id"] + f"-{at}",
        )
        for at, one in enumerate(others)
    ]
    table = pd.concat([calls(people=12, gap=3.0, seed=3), *others], ignore_index=True)
    chain = follow(table, threshold=75, scale=parse_scale(SCALE), human=table.assign(system="h"))
    beside = assess(table, by="accent", groups=["b"], margin=1).to_findings()[0]
    family = assess(table, by="accent", margin=1).to_findings()
    assert family[0].n_comparisons > 1
    assert chain.substitution.gap_verdict == chain.bonus.score.verdict == beside.verdict
    assert chain.substitution.gap_finding.n_comparisons == beside.n_comparisons == 1
