"""A table of people two by two: the figures of a staff register, to the printed digit."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from biasbench.errors import OptionError
from biasbench.evidence import assess
from biasbench.evidence.two_by_two import two_by_two, wilson
from tests.evidence.test_verdict import MIRROR

#: A reconstruction of the figures in Cass. soc. 14 Dec. 2022, n° 21-19.628: both printed
#: percentages follow from it, and its denominators are in no source (docs/report.md §B1).
REGISTER = (2, 29, 43, 238)


def register_table() -> pd.DataFrame:
    """The same register as `assess` takes it: one row a person, 1 for hired."""
    hired = [1] * 2 + [0] * 27 + [1] * 43 + [0] * 195
    people = [f"p{number:03}" for number in range(len(hired))]
    return pd.DataFrame(
        {
            "system": "register",
            "unit_id": people,
            "metric": "hired",
            "speaker_id": people,
            "numerator": np.array(hired, float),
            "denominator": 1.0,
            "direction": "higher is better",
            "origin": ["g"] * 29 + ["r"] * 238,
        }
    )


# ── The register ───────────────────────────────────────────────────────────────────────────────


def test_two_of_29_are_6_9_percent():
    assert f"{100 * two_by_two(*REGISTER).group.rate:.1f}" == "6.9"


def test_43_of_238_are_18_07_percent():
    assert f"{100 * two_by_two(*REGISTER).against.rate:.2f}" == "18.07"


def test_fishers_two_sided_p_is_0_19():
    found = two_by_two(*REGISTER)
    assert f"{found.p_fisher:.2f}" == "0.19"
    assert found.p_fisher == pytest.approx(0.187681, abs=5e-7)


def test_the_verdict_is_insufficient_evidence_whatever_the_margin():
    for margin in (0.01, 0.03, 0.05, 0.11):
        found = two_by_two(*REGISTER, margin=margin)
        assert found.verdict.code == "V-N"
        assert found.verdict.reason == ("N-ERR(n_events=2): 2 events in the group, 30 are needed")
        # And without that gate the interval would hold both answers: V-I.
        assert found.difference_low < -margin < 0 < found.difference_high


def test_assess_on_the_same_people_says_insufficient_evidence_too():
    evidence = assess(register_table(), by="origin", margin=0.03)
    row = next(one for one in evidence.to_findings() if one.group == "g")
    assert (f"{row.value:.3f}", f"{row.against_value:.4f}") == ("0.069", "0.1807")
    assert row.verdict == "V-N"
    assert row.reason == "N-ERR(n_events=2): 2 events in 'g', 30 are needed"
    assert row.difference_low < 0 < row.difference_high
    assert row.p_value > 0.05
    assert not evidence.decided


def test_twenty_times_the_register_would_have_been_a_gap():
    """The control: the same percentages of twenty times as many people."""
    found = two_by_two(*(20 * count for count in REGISTER), margin=0.03)
    assert found.verdict.code == "V-D1"
    assert found.p_fisher < 1e-4
    evidence = assess(
        pd.concat(
            [
                register_table().assign(
                    speaker_id=lambda table, copy=copy: table["speaker_id"] + f"-{copy}",
                    unit_id=lambda table, copy=copy: table["unit_id"] + f"-{copy}",
                )
                for copy in range(20)
            ],
            ignore_index=True,
        ),
        by="origin",
        margin=0.03,
        n_resamples=1,
    )
    row = next(one for one in evidence.to_findings() if one.group == "g")
    assert row.verdict == "V-D1"


# ── Numbers of others ──────────────────────────────────────────────────────────────────────────


def test_newcombes_own_example():
    """Newcombe (1998), Statistics in Medicine 17:873–890, table II, method 10: 56/70 and 48/80."""
    found = two_by_two(56, 70, 48, 80)
    assert found.difference == pytest.approx(0.2)
    assert f"{found.difference_low:.4f}" == "0.0524"
    assert f"{found.difference_high:.4f}" == "0.3339"


counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_interval_is_that_of_statsmodels(count, level):
    theirs = proportion_confint(*count, alpha=1 - level, method="wilson")
    assert wilson(*count, level=level) == pytest.approx(theirs, abs=1e-12)


@given(counts, counts)
def test_the_difference_is_that_of_statsmodels(one, other):
    found = two_by_two(*one, *other)
    theirs = confint_proportions_2indep(*one, *other, method="newcomb")
    assert (found.difference_low, found.difference_high) == pytest.approx(theirs, abs=1e-9)


@given(counts, counts)
def test_fisher_is_the_sum_of_tables_as_improbable(one, other):
    (a, n), (b, m) = one, other
    place = stats.hypergeom(n + m, a + b, n)
    every = place.pmf(np.arange(max(0, a + b - m), min(n, a + b) + 1))
    expected = every[every <= place.pmf(a) * (1 + 1e-7)].sum()
    assert two_by_two(a, n, b, m).p_fisher == pytest.approx(expected, rel=1e-6, abs=1e-12)


# ── Laws ───────────────────────────────────────────────────────────────────────────────────────


@given(counts, counts, st.floats(0.001, 0.5))
def test_swapping_the_sides_mirrors_everything(one, other, margin):
    there = two_by_two(*one, *other, margin=margin)
    back = two_by_two(*other, *one, margin=margin)
    assert (back.difference_low, back.difference_high) == pytest.approx(
        (-there.difference_high, -there.difference_low)
    )
    assert back.p_fisher == pytest.approx(there.p_fisher)
    assert back.verdict.code == MIRROR.get(there.verdict.code, there.verdict.code)


@given(counts, counts)
def test_ends_stay_between_minus_one_and_one_around_the_difference(one, other):
    found = two_by_two(*one, *other)
    assert -1 <= found.difference_low <= found.difference <= found.difference_high <= 1


def test_the_interval_covers_as_it_says():
    """4,000 registers a row, 12 to 60 people a side, rates of 10 to 70 %: 93 to 97.5 %."""
    rng = np.random.default_rng(1)
    for people, others, rate, other_rate in [
        (12, 60, 0.5, 0.6),
        (30, 30, 0.1, 0.1),
        (30, 60, 0.3, 0.7),
    ]:
        drawn = rng.binomial(people, rate, 4000), rng.binomial(others, other_rate, 4000)
        seen: dict[tuple[int, int], bool] = {}
        covered = 0
        for pair in zip(*map(np.ndarray.tolist, drawn), strict=True):
            if pair not in seen:
                found = two_by_two(pair[0], people, pair[1], others)
                seen[pair] = found.difference_low <= rate - other_rate <= found.difference_high
            covered += seen[pair]
        assert 0.93 <= covered / 4000 <= 0.975


def test_every_word_of_the_verdict_is_reached():
    said = {
        two_by_two(*table, margin=margin).verdict.code
        for table, margin in [
            ((60, 200, 140, 200), 0.05),
            ((100, 200, 125, 200), 0.05),
            ((4000, 8000, 4300, 8000), 0.1),
            ((4000, 8000, 4010, 8000), 0.1),
            ((100, 200, 102, 200), 0.05),
            ((4300, 8000, 4000, 8000), 0.1),
            ((125, 200, 100, 200), 0.05),
            ((140, 200, 60, 200), 0.05),
            ((2, 29, 43, 238), 0.05),
        ]
    }
    assert said == {"V-D1", "V-D2", "V-D3", "V-E", "V-I", "V-A1", "V-A2", "V-A3", "V-N"}


# ── What it says and refuses ───────────────────────────────────────────────────────────────────


def test_without_margin_or_direction_there_are_figures_and_no_verdict():
    bare = two_by_two(60, 200, 140, 200)
    assert bare.verdict.code is None
    assert bare.verdict.reason.startswith("no margin was declared: pass margin=")
    neither = two_by_two(60, 200, 140, 200, margin=0.05, direction="neither")
    assert neither.verdict.code is None
    assert "described, not judged" in neither.verdict.reason


def test_being_dismissed_more_often_is_to_the_disadvantage():
    found = two_by_two(140, 200, 60, 200, margin=0.05, direction="higher is worse")
    assert found.verdict.code == "V-D1"


def test_seven_people_are_judged_for_a_restricted_audience_only():
    counts = (60, 62, 9, 9)
    assert two_by_two(*counts, margin=0.05).verdict.reason.startswith(
        "N-SIZE(n_min=10): 9 people in the other side"
    )
    assert (
        "N-ERR(n_events=9)"
        in two_by_two(*counts, margin=0.05, audience="restricted").verdict.reason
    )


def test_nobody_passing_on_the_other_side_leaves_no_ratio_and_an_interval():
    found = two_by_two(5, 20, 0, 20)
    assert found.ratio is None
    assert found.against.low == 0
    assert math.isfinite(found.difference_low)


@pytest.mark.parametrize("counts", [(3, 2, 1, 4), (-1, 2, 1, 4), (0, 0, 1, 4), (1.5, 2, 1, 4)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(OptionError, match="people in the group: give counts, 0 ≤ passed ≤ people"):
        two_by_two(*counts)
    with pytest.raises(OptionError, match="margin=0 is no difference of rates"):
        two_by_two(1, 2, 1, 2, margin=0)
