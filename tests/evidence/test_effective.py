"""What stands beside every number: checked by brute force, and against others' formulas."""

import numpy as np
import pytest
import statsmodels.api as sm

from biasbench.evidence import assess
from biasbench.evidence.effective import effective, variance_naive
from biasbench.evidence.estimate import between_speaker_sd, rate
from biasbench.evidence.methods import cr3
from biasbench.evidence.planning.power import minimum_detectable_ratio
from biasbench.evidence.sums import SpeakerSums, speaker_sums
from tests.calibration.speech import speak
from tests.evidence.tables import measures_table


def spoken(seed, **kwargs):
    return speak(np.random.default_rng(seed), **kwargs)


@pytest.fixture
def sides():
    return spoken(1, people=9, mean=0.2), spoken(2, people=14, mean=0.12)


def test_the_naive_variance_is_the_sandwich_with_every_row_its_own_cluster(sides):
    for side in sides:
        fitted = sm.GLM(
            side.errors,
            np.ones((len(side.words), 1)),
            family=sm.families.Poisson(),
            offset=np.log(side.words),
        ).fit(cov_type="HC0", tol=1e-14)
        sums = speaker_sums(side.person, side.errors, side.words)
        value = sums.numerator.sum() / sums.denominator.sum()
        assert variance_naive(sums) / value**2 == pytest.approx(fitted.cov_params()[0, 0], rel=1e-9)


def test_the_standard_error_is_the_one_behind_the_p_value(sides):
    group, against = (speaker_sums(s.person, s.errors, s.words) for s in sides)
    found = cr3.compare(group, against)
    assert effective(group, against).standard_error == pytest.approx(
        np.log(found.ratio) / found.t, rel=1e-12
    )


def test_the_design_effect_is_about_one_where_every_row_is_another_person(sides):
    one_row_each = [speaker_sums(np.arange(len(s.words)), s.errors, s.words) for s in sides]
    assert effective(*one_row_each).design_effect == pytest.approx(1, abs=0.02)
    clustered = [speaker_sums(s.person, s.errors, s.words) for s in sides]
    assert effective(*clustered).design_effect > 2


def test_the_ranges_without_one_person_are_those_of_leaving_each_out(sides):
    group, against = (speaker_sums(s.person, s.errors, s.words) for s in sides)
    found = effective(group, against)
    differences, ratios = [], []
    for left_out_of, other in ((group, against), (against, group)):
        for person in range(left_out_of.n_speakers):
            kept = np.arange(left_out_of.n_speakers) != person
            smaller = SpeakerSums(left_out_of.numerator[kept], left_out_of.denominator[kept], 1)
            pair = (smaller, other) if left_out_of is group else (other, smaller)
            compared = cr3.compare(*pair)
            differences.append(compared.difference)
            ratios.append(compared.ratio)
    assert found.difference_without_one.low == pytest.approx(min(differences))
    assert found.difference_without_one.high == pytest.approx(max(differences))
    assert found.ratio_without_one.low == pytest.approx(min(ratios))
    assert found.ratio_without_one.high == pytest.approx(max(ratios))


def test_one_talker_among_many_shows_in_leverage_and_in_effective_people():
    even = SpeakerSums(np.full(10, 5.0), np.full(10, 50.0), 100)
    loud = SpeakerSums(np.r_[np.full(9, 5.0), 90.0], np.r_[np.full(9, 50.0), 450.0], 100)
    found = effective(loud, even)
    assert found.largest_leverage == pytest.approx(0.5)
    assert found.n_effective == pytest.approx(900**2 / (9 * 50**2 + 450**2))
    assert found.n_effective_against == pytest.approx(10)


def test_where_sums_alone_are_known_there_is_no_naive_error_and_no_design_effect(sides):
    group, against = (speaker_sums(s.person, s.errors, s.words) for s in sides)
    bare = SpeakerSums(group.numerator, group.denominator, group.n_utterances)
    found = effective(bare, against)
    assert found.standard_error is not None
    assert found.standard_error_naive is None
    assert found.design_effect is None


def test_a_mean_has_ranges_of_the_difference_alone():
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(8), 6)
    group, against = (
        speaker_sums(people, rng.normal(size=48) + people / 4, np.ones(48), kind="mean")
        for _ in range(2)
    )
    found = effective(group, against)
    compared = cr3.compare(group, against)
    assert found.ratio_without_one is None
    assert found.standard_error == pytest.approx(compared.difference / compared.t)
    assert found.difference_without_one.low < compared.difference


def test_a_side_of_one_person_has_no_range():
    one = SpeakerSums(np.array([3.0]), np.array([30.0]), 4)
    many = SpeakerSums(np.arange(1.0, 9), np.full(8, 30.0), 40)
    found = effective(one, many)
    assert found.difference_without_one is None
    assert found.standard_error is None
    assert found.largest_leverage == 1.0


def test_the_smallest_detectable_ratio_is_that_of_planning_at_the_familys_level():
    table = measures_table({"a": (14, 0.10), "b": (20, 0.11), "c": (16, 0.12)})
    evidence = assess(table, by="accent", against="a")
    row = evidence.findings.set_index("group").loc["b"]
    sides = {
        name: speaker_sums(part["speaker_id"], part["numerator"], part["denominator"])
        for name, part in table.groupby("accent")
    }
    expected = minimum_detectable_ratio(
        cv=between_speaker_sd(sides["b"]) / rate(sides["b"].numerator, sides["b"].denominator),
        against_cv=between_speaker_sd(sides["a"])
        / rate(sides["a"].numerator, sides["a"].denominator),
        people=20,
        against_people=14,
        level=evidence.settings.adjusted_level,
    )
    assert row["detectable"] == pytest.approx(expected)
    assert 1.1 < row["detectable"] < 1.6
