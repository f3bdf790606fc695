"""Scoring rates: the rule's own worked example, counted by hand; ties, unknowns, thresholds."""

import numpy as np
import pandas as pd
import pytest

from biasbench.consequences.thresholds import threshold_curve
from biasbench.consequences.thresholds.scoring_rates import median_scoring_rates
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence import assess
from tests.evidence.tables import scores_table

#: The example under 6 RCNY § 5-301 (c), "culture fit": sex, ethnicity, people, scoring rate as
#: printed. The counts above the median are ours: the only whole numbers that give these rates.
EXAMPLE = [
    ("male", "hispanic", 16, 12), ("female", "hispanic", 12, 6),
    ("male", "white", 20, 7), ("female", "white", 20, 8),
    ("male", "black", 20, 10), ("female", "black", 12, 6),
    ("male", "pacific", 4, 3), ("female", "pacific", 4, 2),
    ("male", "asian", 12, 7), ("female", "asian", 12, 3),
    ("male", "native", 8, 5), ("female", "native", 8, 5),
    ("male", "two or more", 12, 6), ("female", "two or more", 8, 4),
]  # fmt: skip

#: As the rule prints them: people, rate in % (64.28… is printed 64.2 there), impact ratio.
SEX = {"male": (92, 54.3, "1.00"), "female": (76, 44.7, "0.82")}
ETHNICITY = {
    "hispanic": (28, 64.3, "1.00"), "white": (40, 37.5, "0.58"), "black": (32, 50.0, "0.78"),
    "pacific": (8, 62.5, "0.97"), "asian": (24, 41.7, "0.65"), "native": (16, 62.5, "0.97"),
    "two or more": (20, 50.0, "0.78"),
}  # fmt: skip
BOTH = {
    "male": ["1.00", "0.47", "0.67", "1.00", "0.78", "0.83", "0.67"],
    "female": ["0.67", "0.53", "0.67", "0.67", "0.33", "0.83", "0.67"],
}


def example() -> pd.DataFrame:
    """168 people, half of them above a median of 60, and 15 of unknown category."""
    rows = []
    for sex, ethnicity, people, above in EXAMPLE:
        for number in range(people):
            score = 70.0 + number if number < above else 50.0 - number
            rows.append((f"{sex}-{ethnicity}-{number}", sex, ethnicity, score))
    rows += [(f"unknown-{number}", None, None, 95.0) for number in range(15)]
    table = pd.DataFrame(rows, columns=["speaker_id", "sex", "ethnicity", "numerator"])
    return table.assign(
        system="tone:own",
        metric="mean_score:fit",
        unit_id=table["speaker_id"],
        denominator=1.0,
        direction="higher is better",
    )


# ── The worked example ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("by", "printed", "highest"), [("sex", SEX, "male"), ("ethnicity", ETHNICITY, "hispanic")]
)
def test_the_rules_own_example_is_reproduced(by, printed, highest):
    found = median_scoring_rates(example(), by=by)
    assert (found.n_people, found.n_unknown, found.highest) == (168, 15, highest)
    for name, (people, rate, ratio) in printed.items():
        row = found.category(name)
        assert row.n_people == people
        assert round(100 * row.median.rate.rate, 1) == rate
        assert f"{row.median.ratio:.2f}" == ratio


def test_its_intersections_are_reproduced_too():
    found = median_scoring_rates(example(), by="sex,ethnicity")
    assert len(found.categories) == 14
    for sex, ratios in BOTH.items():
        for name, ratio in zip(ETHNICITY, ratios, strict=True):
            assert f"{found.category(f'{sex} × {name}').median.ratio:.2f}" == ratio
    # Two categories share the highest rate; the first by name is the one named.
    assert found.highest == "male × hispanic"


def test_people_of_unknown_category_move_no_median():
    table = example()
    known = table[table["sex"].notna()]
    assert (
        median_scoring_rates(table, by="sex").median == median_scoring_rates(known, by="sex").median
    )
    assert float(np.median(table["numerator"])) != median_scoring_rates(table, by="sex").median


def test_a_category_below_two_percent_is_marked_and_kept():
    table = example()
    table.loc[0, "sex"] = "not said"
    found = median_scoring_rates(table, by="sex")
    assert [one.name for one in found.categories if one.is_small] == ["not said"]
    assert found.category("not said").median.rate.people == 1


# ── The verdict ────────────────────────────────────────────────────────────────────────────────


def test_the_verdict_is_that_of_assess_on_who_is_above():
    found = median_scoring_rates(example(), by="sex", margin=0.05)
    known = example()[lambda table: table["sex"].notna()]
    above = known.assign(
        numerator=(known["numerator"] > found.median).astype(float), metric="above"
    )
    findings = assess(above, by="sex", margin=0.05, n_resamples=1).to_findings()
    for one in findings:
        row = found.category(one.group)
        assert (row.verdict.code, row.verdict.reason) == (one.verdict, one.reason)
    assert found.category("female").verdict.code == "V-I"


def test_categories_of_few_people_get_no_verdict_and_no_code():
    found = median_scoring_rates(example(), by="ethnicity", margin=0.05)
    pacific = found.category("pacific")
    assert pacific.verdict.code == "V-N"
    assert pacific.verdict.reason.startswith("N-SIZE(n_min=10): 8 people in 'pacific'")
    assert pacific.median.impact.passing.code is None
    assert pacific.median.impact.passing.refused[0].startswith("N-SIZE")


def test_without_a_margin_there_is_no_verdict():
    assert median_scoring_rates(example(), by="sex").category("female").verdict.code is None


def test_many_people_far_apart_have_a_verdict_and_mirror_each_other():
    rng = np.random.default_rng(2)
    table = scores_table({"a": rng.normal(75, 8, 150), "b": rng.normal(68, 8, 150)})
    found = median_scoring_rates(table, by="accent", margin=0.05)
    assert found.category("b").verdict.code == "V-D1"
    assert found.category("a").verdict.code == "V-A1"
    assert found.category("b").median.impact.passing.code == "IR-1"
    assert found.category("a").median.impact is None


# ── Thresholds ─────────────────────────────────────────────────────────────────────────────────


def test_a_median_can_hide_what_a_threshold_shows():
    """Half of both above the median; below 60, a fiftieth of one and a fifth of the other."""
    a = [80.0] * 50 + [70.0] * 48 + [55.0] * 2
    b = [80.0] * 50 + [70.0] * 30 + [55.0] * 20
    found = median_scoring_rates(
        scores_table({"a": a, "b": b}), by="accent", threshold=60, margin=0.05
    )
    row = found.category("b")
    assert found.highest_at_threshold == "a"
    assert row.median.ratio == 1
    assert round(row.threshold.ratio, 3) == round(0.80 / 0.98, 3)
    assert round(row.threshold.below_ratio, 6) == 10


def test_at_the_threshold_it_is_the_curves_own_ratio():
    rng = np.random.default_rng(3)
    table = scores_table({"a": rng.normal(75, 8, 60), "b": rng.normal(72, 8, 50)})
    found = median_scoring_rates(table, by="accent", threshold=74).category("b").threshold
    curve = threshold_curve(
        table, by="accent", group="b", unit="person", thresholds=[74], n_resamples=9
    ).table.iloc[0]
    assert found.rate.rate == curve["pass_rate"]
    assert found.ratio == pytest.approx(curve["pass_ratio"])
    assert found.below_ratio == pytest.approx(curve["below_ratio"])
    assert found.impact.passing.comparison.ratio_low == pytest.approx(curve["pass_ratio_low"])


def test_a_person_is_their_own_mean_however_many_calls_they_made():
    one = scores_table({"a": np.arange(20.0), "b": np.arange(20.0) + 4})
    twice = pd.concat(
        [one.assign(numerator=one["numerator"] + shift, unit_id=one["unit_id"] + f"/{shift}")
         for shift in (-1.5, 1.5)],
        ignore_index=True,
    )  # fmt: skip
    assert median_scoring_rates(twice, by="accent") == median_scoring_rates(one, by="accent")


def test_people_at_the_median_are_not_above_it_and_are_counted():
    table = scores_table({"a": [1.0, 2, 2, 2, 3, 3], "b": [2.0, 2, 2, 1, 1, 1]})
    found = median_scoring_rates(table, by="accent")
    assert (found.median, found.n_at_median) == (2.0, 6)
    assert found.category("a").median.rate.passed == 2
    assert found.category("b").median.rate.passed == 0
    assert found.category("b").median.ratio == 0


def test_where_lower_is_better_the_rate_counts_those_below():
    rng = np.random.default_rng(4)
    values = {"a": rng.normal(10, 2, 30), "b": rng.normal(11, 2, 30)}
    there = median_scoring_rates(
        scores_table(values), by="accent", threshold=10.5, higher_passes=False
    )
    turned = scores_table({name: -one for name, one in values.items()})
    back = median_scoring_rates(turned, by="accent", threshold=-10.5)
    assert there.median == -back.median
    assert [one.median for one in there.categories] == [one.median for one in back.categories]
    assert [one.threshold for one in there.categories] == [one.threshold for one in back.categories]


def test_people_without_a_score_are_counted_and_in_no_rate():
    table = scores_table({"a": np.arange(12.0), "b": np.arange(12.0)})
    table.loc[[0, 13], ["numerator", "denominator"]] = np.nan
    found = median_scoring_rates(table, by="accent")
    assert (found.n_people, found.n_without_score) == (22, 2)


# ── Refused ────────────────────────────────────────────────────────────────────────────────────


def test_what_makes_no_scoring_rate_is_refused():
    table = scores_table({"a": np.arange(12.0), "b": np.arange(12.0)})
    with pytest.raises(InsufficientDataError, match="no speaker labels: a scoring rate counts"):
        median_scoring_rates(table.drop(columns="speaker_id"), by="accent")
    with pytest.raises(
        InsufficientDataError, match="nobody's mean_score:calm is beyond the median"
    ):
        median_scoring_rates(table.assign(numerator=5.0), by="accent")
    with pytest.raises(OptionError, match="threshold=inf: give a finite number"):
        median_scoring_rates(table, by="accent", threshold=float("inf"))
