"""The same calls scored again, and paid by the same scale (formulas: `simulation`)."""

from __future__ import annotations

import numpy as np

from biasbench.consequences.bonus.resampling import (
    PayMonths,
    draw_people,
    expanded_range,
    few_people,
    redraw,
)
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.consequences.bonus.simulation import (
    Draws,
    Payer,
    Scenario,
    SimulatedBonus,
    crossings,
    has_calls,
    n_people,
    scores,
)
from biasbench.evidence.sums import FloatArray, IntArray


def score_again(
    group: PayMonths,
    against: PayMonths,
    scale: BonusScale,
    kpi: str,
    draws: Draws,
    *,
    scenario: Scenario,
) -> SimulatedBonus:
    """Both sides' months paid by their first scores and by their second ones.

    `calls` of both sides holds the two ways of scoring, call by call.
    """
    rng = np.random.default_rng(draws.seed)
    sides = (group, against)
    payers = [Payer(side, scale, kpi) for side in sides]
    amounts = [
        [pay(scores(*side.by_month(way))) for way in (0, 1)]
        for side, pay in zip(sides, payers, strict=True)
    ]
    counted = [~np.isnan(now) & ~np.isnan(then) for now, then in amounts]
    change = [
        np.where(here, then - now, np.nan)
        for here, (now, then) in zip(counted, amounts, strict=True)
    ]
    people = [
        (side.by_person(values), side.by_person(here.astype(float)))
        for side, values, here in zip(sides, change, counted, strict=True)
    ]

    def figures(ours: IntArray, other: IntArray) -> FloatArray:
        found = [
            (drawn @ e) / (drawn @ w) for drawn, (e, w) in zip((ours, other), people, strict=True)
        ]
        return np.stack([found[0], found[1], found[0] - found[1]], axis=1)

    values = [float(part[here].mean()) for part, here in zip(change, counted, strict=True)]
    drawn = draw_people(group, against, figures, rng=rng, n_resamples=draws.n_resamples)
    dof, inflation = few_people((people[0], people[1]))
    ranges = [
        expanded_range(value, drawn[:, place], level=draws.level, dof=k - 1, inflation=k / (k - 1))
        for place, (value, k) in enumerate(
            zip(values, (n_people(*pair) for pair in zip(sides, counted, strict=True)), strict=True)
        )
    ]
    gap = expanded_range(
        values[0] - values[1], drawn[:, 2], level=draws.level, dof=dof, inflation=inflation
    )
    two_stage, noise_shift = None, None
    if has_calls(group):
        again = np.empty(draws.n_resamples)
        for place in range(draws.n_resamples):
            means = []
            for side, pay in zip(sides, payers, strict=True):
                found = redraw(side, rng=rng)
                now, then = (pay(scores(*found.sums[way]), found.month) for way in (0, 1))
                means.append(np.nanmean(then - now))
            again[place] = means[0] - means[1]
        noise_shift = float(np.nanmean(again) - np.nanmean(drawn[:, 2]))
        two_stage = expanded_range(
            gap.value, again - noise_shift, level=draws.level, dof=dof, inflation=inflation
        )
    return SimulatedBonus(
        scenario=scenario,
        currency=scale.currency,
        rule=scale.rule,
        now=_means(amounts, counted, 0),
        then=_means(amounts, counted, 1),
        group_change=ranges[0],
        against_change=ranges[1],
        gap_change=gap,
        two_stage=two_stage,
        noise_shift=noise_shift,
        shift=None,
        n_kept_in_scale=0,
        crossings=crossings(group, change[0]),
        n_people=(n_people(group, counted[0]), n_people(against, counted[1])),
        n_months=(int(counted[0].sum()), int(counted[1].sum())),
        n_missing=(int((~counted[0]).sum()), int((~counted[1]).sum())),
        level=draws.level,
        seed=draws.seed,
        n_resamples=draws.n_resamples,
    )


def _means(
    amounts: list[list[FloatArray]], counted: list[np.ndarray], way: int
) -> tuple[float, float]:
    first, second = (
        float(of_side[way][here].mean()) for of_side, here in zip(amounts, counted, strict=True)
    )
    return first, second
