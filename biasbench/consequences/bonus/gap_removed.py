"""The gap removed: the group's scores moved by it, and paid again (formulas: `simulation`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.consequences.bonus.resampling import (
    PayMonths,
    Range,
    draw_people,
    expanded_range,
    few_people,
    redraw,
)
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.consequences.bonus.simulation import (
    Draws,
    Payer,
    SimulatedBonus,
    crossings,
    has_calls,
    n_people,
    scores,
)
from biasbench.evidence.methods.bootstrap import percentile_interval
from biasbench.evidence.sums import FloatArray, IntArray


@dataclass(frozen=True)
class Shift:
    """A gap that was estimated elsewhere (at equal rating): how far to move, and its error."""

    points: float
    error: float
    dof: float | None


def remove_gap(
    group: PayMonths,
    against: PayMonths,
    scale: BonusScale,
    kpi: str,
    draws: Draws,
    *,
    shift: Shift | None = None,
) -> SimulatedBonus:
    """The group's scores moved by the gap, and paid again.

    With `shift` its points are used in place of the gap between the two sides, and its error is
    drawn from Student's t, independently of the people drawn.
    """
    rng = np.random.default_rng(draws.seed)
    (e, w), (e_a, w_a) = group.by_month(), against.by_month()
    score, pay = scores(e, w), Payer(group, scale, kpi)
    kpi_range = scale.kpi(kpi).scale_min, scale.kpi(kpi).scale_max
    now, now_against = pay(score), Payer(against, scale, kpi)(scores(e_a, w_a))
    counted, counted_against = ~np.isnan(now), ~np.isnan(now_against)
    people = [
        part.by_person(values)
        for part, values in ((group, e), (group, w), (against, e_a), (against, w_a))
    ]
    points = people[2].sum() / people[3].sum() - people[0].sum() / people[1].sum()
    points = float(points) if shift is None else shift.points
    months = group.by_person(counted.astype(float))

    def moved(by: FloatArray) -> FloatArray:
        return pay(np.clip(score + by[:, None], *kpi_range))

    def drawn_points(ours: IntArray, other: IntArray) -> FloatArray:
        if shift is not None:
            return _drawn_shift(shift, len(ours), rng)
        found: FloatArray = (other @ people[2]) / (other @ people[3]) - (ours @ people[0]) / (
            ours @ people[1]
        )
        return found

    def figures(ours: IntArray, other: IntArray) -> FloatArray:
        change = np.nan_to_num(moved(drawn_points(ours, other)) - now)
        by_person = np.add.reduceat(change, group.first_month[:-1], axis=1)
        found: FloatArray = (ours * by_person).sum(axis=1) / (ours @ months)
        return found[:, None]

    then = moved(np.array([points]))[0]
    value = float((then - now)[counted].mean())
    drawn = draw_people(group, against, figures, rng=rng, n_resamples=draws.n_resamples)[:, 0]
    if shift is None:
        dof, inflation = few_people(((people[0], people[1]), (people[2], people[3])))
        change = expanded_range(value, drawn, level=draws.level, dof=dof, inflation=inflation)
    else:
        # The drawn shifts have the tails of t already.
        change = Range(value, *percentile_interval(drawn, level=draws.level))
    two_stage, noise_shift = None, None
    if shift is None and has_calls(group):
        again = np.empty(draws.n_resamples)
        for place in range(draws.n_resamples):
            ours, other = redraw(group, rng=rng), redraw(against, rng=rng)
            again[place] = _removed(ours.month, ours.sums[0], other.sums[0], pay, kpi_range)
        noise_shift = float(np.nanmean(again) - np.nanmean(drawn))
        moved_back = again - noise_shift
        two_stage = expanded_range(
            value, moved_back, level=draws.level, dof=dof, inflation=inflation
        )
    outside = counted & ((score + points < kpi_range[0]) | (score + points > kpi_range[1]))
    return SimulatedBonus(
        scenario="gap_removed" if shift is None else "gap_removed_at_equal_rating",
        currency=scale.currency,
        rule=scale.rule,
        now=(float(now[counted].mean()), float(now_against[counted_against].mean())),
        then=(float(then[counted].mean()), float(now_against[counted_against].mean())),
        group_change=change,
        against_change=Range(0.0, 0.0, 0.0),
        gap_change=change,
        two_stage=two_stage,
        noise_shift=noise_shift,
        shift=points,
        n_kept_in_scale=int(outside.sum()),
        crossings=crossings(group, then - now),
        n_people=(n_people(group, counted), n_people(against, counted_against)),
        n_months=(int(counted.sum()), int(counted_against.sum())),
        n_missing=(int((~counted).sum()), int((~counted_against).sum())),
        level=draws.level,
        seed=draws.seed,
        n_resamples=draws.n_resamples,
    )


def _removed(
    month: IntArray,
    ours: tuple[FloatArray, FloatArray],
    other: tuple[FloatArray, FloatArray],
    pay: Payer,
    kpi_range: tuple[float, float],
) -> float:
    points = other[0].sum() / other[1].sum() - ours[0].sum() / ours[1].sum()
    score = scores(*ours)
    moved = np.clip(score + points, *kpi_range)
    return float(np.nanmean(pay(moved, month) - pay(score, month)))


def _drawn_shift(shift: Shift, n: int, rng: np.random.Generator) -> FloatArray:
    noise = rng.standard_normal(n) if shift.dof is None else rng.standard_t(shift.dof, n)
    return shift.points + shift.error * noise
