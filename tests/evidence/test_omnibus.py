"""All groups at once: max-T by shuffling people."""

import itertools

import numpy as np
import pytest

from biasbench.evidence import assess
from biasbench.evidence.methods import cr3, permutation
from biasbench.evidence.omnibus import Contrast, max_t, range_test
from biasbench.evidence.sums import SpeakerSums
from tests.evidence.tables import measures_table

AGAINST_REST = [Contrast(0, (0,), (1, 2)), Contrast(0, (1,), (0, 2)), Contrast(0, (2,), (0, 1))]


@pytest.fixture
def people():
    rng = np.random.default_rng(4)
    group = np.repeat([0, 1, 2], [7, 9, 8])
    words = rng.integers(40, 400, 24).astype(float)
    return group, rng.poisson(words * rng.gamma(5, 0.03, 24)).astype(float)[None], words[None]


def run(people, contrasts=AGAINST_REST, kinds=("rate",), seed=0, n=1999):
    rng = np.random.default_rng(seed)
    return max_t(*people, contrasts, kinds=kinds, rng=rng, n_resamples=n)


def test_the_observed_statistics_are_those_of_the_default_method(people):
    group, e, w = people
    for t, code in zip(run(people, n=9).t, (0, 1, 2), strict=True):
        here = group == code
        one = SpeakerSums(e[0][here], w[0][here], 1)
        other = SpeakerSums(e[0][~here], w[0][~here], 1)
        assert t == pytest.approx(cr3.compare(one, other).t, rel=1e-12)


def test_one_comparison_alone_is_the_permutation_of_two_sides(people):
    group, e, w = people
    here = group == 0
    one, other = SpeakerSums(e[0][here], w[0][here], 1), SpeakerSums(e[0][~here], w[0][~here], 1)
    alone = permutation.compare(one, other, rng=np.random.default_rng(1), n_resamples=4999)
    joint = run(people, [Contrast(0, (0,), (1, 2))], n=4999)
    assert joint.p[0] == pytest.approx(alone.p, abs=3 * np.sqrt(0.25 / 4999))
    assert joint.cell_p[0] == joint.p[0]


def test_shuffling_finds_what_listing_every_relabelling_finds():
    """Three groups of two: 90 relabellings, and the p-value they give exactly."""
    group = np.array([0, 0, 1, 1, 2, 2])
    e, w = np.array([5.0, 9, 2, 4, 11, 6]), np.array([40.0, 50, 45, 60, 52, 41])

    def largest(labels):
        sides = [(labels == code, labels != code) for code in (0, 1, 2)]
        found = []
        for one, other in sides:
            first, second = SpeakerSums(e[one], w[one], 1), SpeakerSums(e[other], w[other], 1)
            v = []
            for side in (first, second):
                rate = side.numerator.sum() / side.denominator.sum()
                h = side.denominator / side.denominator.sum()
                r = (side.numerator - rate * side.denominator) / (1 - h)
                v.append((r @ r) / side.denominator.sum() ** 2 / rate**2)
            rates = [s.numerator.sum() / s.denominator.sum() for s in (first, second)]
            found.append(abs(np.log(rates[0] / rates[1])) / np.sqrt(sum(v)))
        return max(found)

    every = [largest(np.array(p)) for p in set(itertools.permutations(group.tolist()))]
    assert len(every) == 90
    exact = np.mean(np.array(every) >= largest(group) - 1e-12)
    found = run((group, e[None], w[None]), n=20_000)
    assert found.cell_p[0] == pytest.approx(exact, abs=3 * np.sqrt(0.25 / 20_000))


def test_max_t_is_never_below_the_comparison_alone_and_ranks_as_t_does(people):
    found = run(people)
    alone = [run(people, [contrast]).p[0] for contrast in AGAINST_REST]
    noise = 3 * np.sqrt(0.25 / 1999)
    assert (found.p >= np.array(alone) - noise).all()
    by_t = np.argsort(-np.abs(found.t))
    assert (np.diff(found.p[by_t]) >= 0).all()


def test_renaming_or_reordering_people_changes_nothing(people):
    order = np.random.default_rng(9).permutation(24)
    shuffled = tuple(array[..., order] for array in people)
    assert run(people).p.tolist() == run(shuffled).p.tolist()


def test_a_comparison_without_events_takes_no_part(people):
    group, e, w = people
    none = np.where(group == 2, 0.0, e)
    found = run((group, none, w))
    assert np.isnan(found.p[2])
    assert np.isfinite(found.p[:2]).all()


def test_two_groups_have_the_range_of_the_difference():
    group, e, w = (
        np.repeat([0, 1], 10),
        np.r_[np.full(10, 3.0), np.full(10, 6.0)],
        np.full(20, 30.0),
    )
    gap, p = range_test(group, e, w, rng=np.random.default_rng(1), n_resamples=999)
    assert gap == pytest.approx(0.1)
    assert p == 0.001  # no shuffle but the labelling itself separates them


def test_assess_prints_max_t_and_exploratory_values_beside_sidak():
    table = measures_table({"a": (12, 0.10), "b": (12, 0.11), "c": (12, 0.25)})
    evidence = assess(table, by="accent", seed=3)
    findings = evidence.findings
    assert (findings["p_max_t"] <= findings["p_adjusted"] + 0.01).all()
    assert (findings["p_bh"] <= findings["p_holm"]).all()
    assert (findings["p_bh"] >= findings["p_value"]).all()
    row = evidence.omnibus.iloc[0]
    assert (row["n_comparisons"], row["n_speakers"]) == (3, 36)
    assert row["p_value"] == findings["p_max_t"].min()
    again = assess(table, by="accent", seed=3)
    assert again.findings["p_max_t"].tolist() == findings["p_max_t"].tolist()


def test_people_too_few_to_be_tested_make_no_omnibus():
    evidence = assess(measures_table({"a": (4, 0.1), "b": (5, 0.1)}), by="accent")
    assert evidence.omnibus.empty
    assert evidence.findings["p_max_t"].isna().all()
