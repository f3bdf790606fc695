"""Does the range hold the true gap in euros? Planted normal scores, and the wrong ways beside."""

from dataclasses import replace

import numpy as np
import pytest

from biasbench.consequences.bonus.gap_removed import Shift, remove_gap
from biasbench.consequences.bonus.resampling import (
    PayMonths,
    expanded_range,
    few_people,
    multiplicities,
    redraw,
)
from biasbench.consequences.bonus.scored_again import score_again
from biasbench.consequences.bonus.simulation import Draws
from biasbench.evidence.methods import cr3
from biasbench.evidence.methods.bootstrap import percentile_interval
from biasbench.evidence.sums import speaker_sums
from tests.consequences.scales import World, one_kpi, pay_side

ONE = one_kpi()
THREE = one_kpi((70.0, 75.0, 80.0), (60.0, 120.0, 200.0))

#: Share of 200 studies at 93 % true coverage that falls below: three Monte-Carlo errors.
LEAST = 0.93 - 3 * (0.93 * 0.07 / 200) ** 0.5


def alone(side: PayMonths) -> PayMonths:
    """The same months, each one 'call': nothing to redraw, which halves the time."""
    e, w = side.by_month()
    return replace(side, first_call=np.arange(len(e) + 1), calls=((e / w, np.ones(len(e))),))


def covered(world, scale, *, studies, n_resamples=399, seed=1, side=pay_side) -> np.ndarray:
    """Whether each study's range of the gap removed holds the true gap."""
    rng = np.random.default_rng(seed)
    truth = world.true_gap(scale)
    found = []
    for study in range(studies):
        ours, other = (alone(side(calls)) for calls in world.draw(rng))
        gap = remove_gap(ours, other, scale, "calm", Draws(0.95, study, n_resamples)).gap_change
        found.append(gap.low <= truth <= gap.high)
    return np.array(found)


def calls_as_people(calls: np.ndarray) -> PayMonths:
    """The wrong way: every month a person of its own."""
    return pay_side(calls.reshape(-1, 1, calls.shape[2]))


@pytest.mark.parametrize(
    ("world", "scale"),
    [(World((12, 12), 3), ONE), (World((30, 30), 3), THREE)],
    ids=["12 people", "30 people, three steps"],
)
def test_the_range_holds_the_true_gap(world, scale):
    assert covered(world, scale, studies=200, n_resamples=199).mean() > LEAST


def test_months_taken_for_people_do_not_hold_it():
    found = covered(World((12, 12), 6), ONE, studies=100, n_resamples=199, side=calls_as_people)
    assert found.mean() < 0.8


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "scale"),
    [
        (World((12, 12), 1), ONE),
        (World((12, 12), 6), ONE),
        (World((12, 60)), ONE),
        (World(people_sd=4, call_sd=20), ONE),
        (World((30, 100), people_sd=4, call_sd=20), ONE),
        (World(), one_kpi((88.0,))),
        (World(against_mean=74.5), ONE),
        (World((150, 150), 1, people_sd=4, call_sd=20), THREE),
    ],
    ids=["1 month", "6 months", "12 v 60", "noisy", "30 v 100", "high step", "no gap", "150"],
)
def test_the_range_holds_the_true_gap_everywhere(world, scale):
    assert covered(world, scale, studies=500).mean() > 0.93 - 3 * (0.93 * 0.07 / 500) ** 0.5


@pytest.mark.slow
def test_printing_only_what_is_established_inflates_the_figure_and_not_the_range():
    """36 % of such studies print anything, 29 € on average for a true 18 €."""
    world, rng = World(), np.random.default_rng(2)
    truth, values, holds = world.true_gap(ONE), [], []
    for study in range(400):
        calls = world.draw(rng)
        sides = [
            speaker_sums(np.arange(len(x)), x.mean((1, 2)), np.ones(len(x)), kind="mean")
            for x in calls
        ]
        if cr3.compare(*sides).difference_high < 0:
            ours, other = (alone(pay_side(x)) for x in calls)
            gap = remove_gap(ours, other, ONE, "calm", Draws(0.95, study, 399)).gap_change
            values.append(gap.value)
            holds.append(gap.low <= truth <= gap.high)
    assert len(values) < 200
    assert np.mean(values) > truth + 5
    assert np.mean(holds) > 0.93 - 3 * (0.93 * 0.07 / len(holds)) ** 0.5


def test_redrawing_calls_adds_their_error_again_and_moves_the_amount():
    """The plug-in bias in closed form: the second stage is a world with twice the calls' error."""
    world = World((30_000, 30_000), 1, 20, people_sd=4, month_sd=0, call_sd=27)
    ours, other = (pay_side(calls) for calls in world.draw(np.random.default_rng(5)))
    found = remove_gap(ours, other, ONE, "calm", Draws(0.95, 0, 8))
    # n calls drawn from n spread by (n − 1)/n of their variance.
    twice = replace(world, call_sd=27 * (1 + 19 / 20) ** 0.5)
    expected = twice.true_gap(ONE) - world.true_gap(ONE)
    assert expected < -3
    assert found.noise_shift == pytest.approx(expected, abs=0.8)  # of the people near the step


def test_a_second_scoring_has_the_range_that_cr3_gives_its_mean():
    """The change of a side is a mean of sums by person: two ways to one interval."""
    rng = np.random.default_rng(6)
    first = World((60, 60), 4, 5).draw(rng)
    second = [
        calls + shift + rng.normal(0, 2, calls.shape)
        for calls, shift in zip(first, (4.0, 1.0), strict=True)
    ]
    sides = [pay_side(*both) for both in zip(first, second, strict=True)]
    found = score_again(
        sides[0], sides[1], THREE, "calm", Draws(0.95, 0, 2500), scenario="substituted"
    )
    sums = []
    for one, two in zip(first, second, strict=True):
        change = THREE.pay({"calm": two.mean(2)}) - THREE.pay({"calm": one.mean(2)})
        sums.append(speaker_sums(np.arange(60), change.sum(1), np.full(60, 4.0), kind="mean"))
    expected = cr3.compare(*sums)
    assert found.gap_change.value == pytest.approx(expected.difference)
    width = expected.difference_high - expected.difference_low
    assert found.gap_change.low == pytest.approx(expected.difference_low, abs=0.06 * width)
    assert found.gap_change.high == pytest.approx(expected.difference_high, abs=0.06 * width)


def test_the_expanded_range_of_a_normal_mean_is_students():
    """Hesterberg (2015): of n − 1 degrees of freedom, the resampling error stretched."""
    n = 12
    drawn = np.random.default_rng(0).normal(0, ((n - 1) / n) ** 0.5, 400_000)
    found = expanded_range(0.0, drawn, level=0.95, dof=n - 1, inflation=n / (n - 1))
    assert found.high == pytest.approx(2.201, abs=0.02)
    plain = percentile_interval(drawn, level=0.95)
    assert plain[1] < 1.9


def test_people_are_drawn_whole_and_calls_within_their_own_month():
    rng = np.random.default_rng(1)
    calls = np.arange(24.0).reshape(4, 2, 3)
    side = pay_side(calls, calls * 10)
    assert multiplicities(4, 50, rng=rng).sum(axis=1).tolist() == [4] * 50
    for _ in range(50):
        found = redraw(side, rng=rng)
        pairs = found.month.reshape(-1, 2)
        assert (pairs[:, 1] == pairs[:, 0] + 1).all()
        assert (pairs[:, 0] % 2 == 0).all()
        e, w = found.sums[0]
        assert (w == 3).all()
        low, high = calls.reshape(8, 3)[:, 0][found.month], calls.reshape(8, 3)[:, 2][found.month]
        assert ((e >= 3 * low) & (e <= 3 * high)).all()
        assert (found.sums[1][0] == 10 * e).all()  # a call drawn is drawn in both scorings


def test_nobody_differing_has_the_freedom_of_the_smaller_side():
    flat = (np.ones(12), np.ones(12))
    assert few_people((flat, (np.ones(30), np.ones(30)))) == (11.0, 12 / 11)


def test_a_gap_from_elsewhere_brings_its_own_error():
    ours, other = (pay_side(x) for x in World((200, 200), 1).draw(np.random.default_rng(3)))
    draws = Draws(0.95, 0, 999)
    sure, unsure = (
        remove_gap(ours, other, ONE, "calm", draws, shift=Shift(3.0, error, 100.0)).gap
        for error in (0.01, 1.5)
    )
    assert sure.value == unsure.value
    assert unsure.high - unsure.low > 1.5 * (sure.high - sure.low)
