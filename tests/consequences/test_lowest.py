"""Who stands among the lowest-scored: ties, laws, Fisher's exact test, coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import brentq

from biasbench.consequences.thresholds.lowest import lowest_share, membership, share_in_lowest
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.methods import cr3
from biasbench.evidence.sums import ordered_sums
from tests.evidence.tables import scores_table


@given(st.lists(st.integers(0, 9), min_size=5, max_size=40), st.sampled_from([0.1, 0.25, 0.5]))
def test_shared_places_add_up_and_all_and_none_enclose_them(values, q):
    member, cut, places, n_tied = membership(values, q)
    assert member.sum() == pytest.approx(places)
    assert places == max(1, int(q * len(values) + 1e-9))
    every, none = (membership(values, q, ties=ties)[0] for ties in ("all", "none"))
    assert none.sum() <= places <= every.sum()
    assert (every == (np.array(values) <= cut)).all()
    if not n_tied:
        assert (member == every).all()
        assert (member == none).all()


@given(st.lists(st.integers(-5, 9), min_size=5, max_size=40))
def test_the_lowest_where_lower_passes_are_the_highest(values):
    member, cut, _, _ = membership(values, 0.2, higher_passes=False)
    turned, turned_cut, _, _ = membership([-v for v in values], 0.2)
    assert (member == turned).all()
    assert cut == -turned_cut


def test_shared_membership_is_the_mean_over_lots_drawn():
    values = np.array([1.0, 2, 2, 2, 3, 4])
    rng = np.random.default_rng(0)
    drawn = np.zeros(6)
    for _ in range(20000):
        order = np.lexsort((rng.random(6), values))
        drawn[order[:3]] += 1 / 20000
    np.testing.assert_allclose(membership(values, 0.5)[0], drawn, atol=0.015)


@pytest.mark.parametrize("seed", range(3))
def test_without_ties_the_p_value_is_that_of_the_hypergeometric_law(seed):
    """Shuffling people is drawing the lowest without putting back: two-sided on the difference."""
    rng = np.random.default_rng(seed)
    score, group = rng.normal(size=50), np.arange(50) < 18
    score[group] -= 0.7
    found = lowest_share(score, group, 0.2, rng=rng, n_resamples=20000)
    inside = np.arange(11)
    size = np.abs(inside / 18 - (10 - inside) / 32)
    ours = abs(found.comparison.difference)
    law = stats.hypergeom(50, 18, 10)
    exact = law.pmf(inside)[size >= ours - 1e-12].sum()
    assert found.p == pytest.approx(exact, abs=4 * np.sqrt(exact / 20000) + 1e-4)


def test_swapping_sides_flips_the_sign_and_leaves_p():
    rng = np.random.default_rng(4)
    score, group = rng.normal(size=60), np.arange(60) < 25
    one = lowest_share(score, group, 0.25, rng=np.random.default_rng(1))
    two = lowest_share(score, ~group, 0.25, rng=np.random.default_rng(1))
    assert one.comparison.difference == pytest.approx(-two.comparison.difference)
    assert one.comparison.ratio == pytest.approx(1 / two.comparison.ratio)
    assert one.p == pytest.approx(two.p, abs=0.02)


def test_a_persons_score_is_the_mean_of_their_rows():
    table = scores_table({"g": np.arange(12.0), "r": np.arange(4.0, 24.0)})
    twice = table.assign(numerator=table["numerator"] * 2, denominator=2.0)
    one = share_in_lowest(table, 0.25, by="accent", group="g", n_resamples=99)
    two = share_in_lowest(twice, 0.25, by="accent", group="g", n_resamples=99)
    assert one == two
    assert one.comparison.value == pytest.approx(6 / 12)  # 0 … 3, one of two 4s, one of two 5s
    assert (one.places, one.cut, one.n_tied) == (8, 5.0, 0)


def test_what_cannot_be_asked_is_refused():
    table = scores_table({"g": np.arange(12.0), "r": np.arange(5.0)})
    with pytest.raises(InsufficientDataError, match="5 people with a score in rest.* at least 6"):
        share_in_lowest(table, 0.25, by="accent", group="g")
    with pytest.raises(OptionError, match="the lowest 10 % are written 0.1"):
        membership([1, 2], 10)
    with pytest.raises(OptionError, match="ties='average' is none of"):
        membership([1, 2], 0.5, ties="average")


QUICK = 400


@pytest.mark.parametrize(
    ("people", "gap", "q"),
    [((30, 100), 0.0, 0.1), ((100, 100), 0.0, 0.25), ((100, 100), 0.7, 0.25), ((12, 60), 1.0, 0.2)],
)
def test_intervals_hold_the_truth_although_the_cut_is_read_from_the_people(people, gap, q):
    """Normal scores; the cut of the two sides mixed in these numbers, solved for."""
    n, m = people
    cut = brentq(
        lambda c: (n * stats.norm.cdf(c + gap) + m * stats.norm.cdf(c)) / (n + m) - q, -9, 9
    )
    p, other = stats.norm.cdf(cut + gap), stats.norm.cdf(cut)
    rng = np.random.default_rng([5, n, m])
    group = np.arange(n + m) < n
    held = []
    for _ in range(QUICK):
        score = rng.normal(size=n + m) - gap * group
        member = membership(score, q)[0]
        c = cr3.compare(
            *[
                ordered_sums(member[side], np.ones(side.sum()), n_utterances=int(side.sum()))
                for side in (group, ~group)
            ]
        )
        assert c.difference_low is not None
        held.append(c.difference_low <= p - other <= c.difference_high)
    assert 100 * float(np.mean(held)) >= 95 - 3.3  # three Monte-Carlo errors
