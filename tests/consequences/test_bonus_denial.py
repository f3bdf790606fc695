"""False denial: shares of those a human puts above, counted by hand, with everything left out."""

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences.bonus import false_denial, months_of_table, person_months
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import speaker_sums


def rated_calls(
    seed=1, people=30, months=4, calls=5, denied=(0.0, 0.0), better=0.0
) -> pd.DataFrame:
    """Calls rated alike on both sides (the other by `better` points more), and a score that is
    lower by `denied`."""
    rng = np.random.default_rng(seed)
    n = people * months * calls
    alike = 75 + np.repeat(rng.normal(0, 6, people), months * calls) + rng.normal(0, 8, n)
    parts = []
    for name, less, more in zip("gr", denied, (0.0, better), strict=True):
        rating = alike + more
        parts.append(
            pd.DataFrame(
                {
                    "speaker_id": np.repeat(
                        [f"{name}{k:02}" for k in range(people)], months * calls
                    ),
                    "month": np.tile(np.repeat(np.arange(months), calls), people),
                    "heard": rating,
                    "numerator": rating + rng.normal(0, 5, n) - less,
                    "accent": name,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        system="tone:own",
        metric="mean_score:calm",
        unit_id=[f"c{k}" for k in range(len(table))],
        denominator=1.0,
        direction="higher is better",
    )


def ask(table, **options):
    options = {"threshold": 75, "human": "heard", "margin": 0.05, "n_resamples": 19, **options}
    months = person_months(table, by="accent", period="month")
    return false_denial(months, group="g", **options)


def by_hand(table, keys):
    unit = table.groupby([*keys, "accent"], as_index=False)[["numerator", "heard"]].mean()
    above = unit[unit["heard"] >= 75]
    return above.assign(denied=(above["numerator"] < 75).astype(float))


@pytest.mark.parametrize(
    ("unit", "keys"),
    [
        ("row", ["unit_id", "speaker_id"]),
        ("month", ["speaker_id", "month"]),
        ("person", ["speaker_id"]),
    ],
)
def test_the_shares_are_those_counted_by_hand_and_the_interval_the_engines(unit, keys):
    table = rated_calls(denied=(4.0, 0.0))
    found = ask(table, unit=unit)
    above = by_hand(table, keys)
    sides = []
    for place, name in enumerate("gr"):
        part = above[above["accent"] == name]
        assert found.n_above[place] == len(part)
        assert found.n_denied[place] == part["denied"].sum()
        sides.append(speaker_sums(part["speaker_id"], part["denied"], np.ones(len(part))))
    expected = cr3.compare(*sides)
    assert found.finding.value == pytest.approx(expected.value)
    assert found.finding.difference_low == pytest.approx(expected.difference_low)
    assert found.finding.n_speakers == sides[0].n_speakers


def test_a_score_that_takes_points_from_one_side_denies_it_more_often():
    found = ask(rated_calls(denied=(6.0, 0.0)), unit="row")
    assert found.finding.verdict == "V-D1"
    assert found.finding.against == "rest"
    assert found.finding.by == "accent"
    alike = ask(rated_calls(denied=(6.0, 6.0)), unit="row")
    assert alike.finding.verdict in ("V-I", "V-E")


def test_a_side_rated_closer_above_the_threshold_is_denied_more_by_the_same_error():
    """Both sides lose 4 points; one is rated 8 points higher, and so has more to lose."""
    found = ask(rated_calls(denied=(4.0, 4.0), better=8.0, people=60), unit="row")
    assert found.finding.verdict == "V-D1"
    assert found.mean_above[1] > found.mean_above[0] + 1
    alike = ask(rated_calls(denied=(4.0, 4.0), people=60), unit="row")
    assert alike.mean_above[1] == alike.mean_above[0]


def test_ties_are_above_for_both_and_counted():
    table = rated_calls()
    table["heard"] = table["heard"].round()
    table["numerator"] = table["numerator"].round()
    found = ask(table, unit="row")
    group = table[table["accent"] == "g"]
    assert found.n_tied_human[0] == (group["heard"] == 75).sum() > 0
    tied = (group["heard"] >= 75) & (group["numerator"] == 75)
    assert found.n_tied_score[0] == tied.sum() > 0
    assert found.n_denied[0] == ((group["heard"] >= 75) & (group["numerator"] < 75)).sum()


def test_missing_ratings_and_scores_are_counted_and_many_refuse_a_verdict():
    table = rated_calls(denied=(4.0, 0.0))
    of_group = np.flatnonzero(table["accent"] == "g")
    table.loc[of_group[:20], "heard"] = np.nan
    scoreless = of_group[20:60]
    lost = int((table.loc[scoreless, "heard"] >= 75).sum())
    table.loc[scoreless, ["numerator", "denominator"]] = np.nan
    found = ask(table, unit="row")
    assert found.n_unrated == (20, 0)
    assert found.n_unscored == (lost, 0)
    assert found.finding.n_missing == 20 + lost
    table.loc[of_group[:200], "heard"] = np.nan
    refused = ask(table, unit="row").finding
    assert refused.verdict == "V-N"
    assert "N-MISS" in refused.reason
    assert "'g'" in refused.reason


def test_a_rated_sample_of_calls_is_asked_of_months():
    """One call in five is rated: no call-wise verdict, and a month has its rated calls' mean."""
    table = rated_calls(denied=(4.0, 0.0))
    table.loc[np.arange(len(table)) % 5 > 0, "heard"] = np.nan
    assert ask(table, unit="row").finding.verdict == "V-N"
    found = ask(table, unit="month")
    assert found.n_unrated == (0, 0)
    assert found.finding.verdict is not None
    first = table[(table["speaker_id"] == "g00") & (table["month"] == 0)]
    assert first["heard"].notna().sum() == 1


def test_ratings_of_months_come_from_a_table_of_ones_own():
    own = pd.DataFrame(
        {
            "speaker_id": [f"p{k:03}" for k in range(480)],
            "period": "2026-03",
            "accent": np.repeat(["g", "r"], 240),
            "qa": np.tile([4.0, 2.0], 240),
            "calm": np.r_[70 + np.arange(240) % 10, 72 + np.arange(240) % 10].astype(float),
        }
    )
    months = months_of_table(own, by="accent", kpi="calm", kpis=["qa"])
    found = false_denial(
        months, group="g", threshold=75, human="qa", human_threshold=3, n_resamples=19
    )
    rated = own[own["qa"] >= 3]
    for place, name in enumerate("gr"):
        part = rated[rated["accent"] == name]
        assert found.n_above[place] == len(part)
        assert found.n_denied[place] == (part["calm"] < 75).sum()
    assert found.finding.verdict is None  # no margin was declared
    with pytest.raises(OptionError, match="'qa' rates months, not calls"):
        false_denial(months, group="g", threshold=75, human="qa", unit="row")


def test_nobody_rated_or_nobody_rated_above_is_one_sentence():
    table = rated_calls()
    with pytest.raises(
        InsufficientDataError, match="no human rating in 'heard' for anybody in 'g'"
    ):
        ask(table.assign(heard=table["heard"].where(table["accent"] == "r")))
    with pytest.raises(InsufficientDataError, match="nobody in 'g' is rated at 500 or better"):
        ask(table, human_threshold=500)


def test_what_cannot_be_asked_is_refused():
    table = rated_calls()
    with pytest.raises(NotFoundError, match="named 'herd'. Did you mean 'heard'"):
        ask(table, human="herd")
    with pytest.raises(OptionError, match="unit='call' is none of"):
        ask(table, unit="call")
    with pytest.raises(OptionError, match="threshold=nan"):
        ask(table, threshold=np.nan)
    table["heard"] = table["heard"].astype(object)
    table.loc[3, "heard"] = "good"
    with pytest.raises(TableError, match="unit 'c3' of speaker 'g00': heard is 'good'"):
        ask(table)


def test_where_lower_passes_the_mirror_image_is_denied_alike():
    table = rated_calls(denied=(4.0, 0.0))
    turned = table.assign(
        numerator=-table["numerator"], heard=-table["heard"], direction="higher is worse"
    )
    one = ask(table, unit="person")
    other = ask(turned, unit="person", threshold=-75, higher_passes=False)
    assert (one.n_denied, one.n_above) == (other.n_denied, other.n_above)
