"""What is true of each link: plain sums over thousands of people, by no function of the evidence.

    rates, means   Σ numerator / Σ denominator of a side
    months         a month's score is the mean of its calls; it passes, pays, or is denied
    the lowest     people below the score under which that share of a population lies in which the
                   two groups are mixed as in the cell; those at it count by the share of them
                   that there is room for
    gap removed    'a' moved by the difference of the means, within the scale, and paid again

The two groups say the same things by the same law, so that the truth is had from one set of people
whose very calls are misheard twice, at the rate of 'a' and at that of 'b', by the same random
numbers: what differs between people cancels, and with human transcripts the gap is 0 exactly. So
is every gap where nothing is planted. The Monte-Carlo error is that of the mean over batches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.planted.cells import LOWEST, RATED, SCALE, THRESHOLD, Cell
from benchmarks.planted.links import (
    CHANGE,
    DENIED,
    LOWEST_SHARE,
    ON_HUMAN,
    PAID,
    PASSES,
    REMOVED,
    SUBSTITUTED,
)
from benchmarks.planted.measuring import AUTOMATIC, HUMAN, QUALITY, by_call
from biasbench.corpora.planted import GROUPS, calls_of

#: 25 batches: the error of the error is one seventh of it. 3,750 people, each misheard twice.
N_BATCHES, BATCH = 25, (75, 75)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Truth:
    """A link's true gap and the Monte-Carlo error it is known with."""

    value: float
    error: float


def batch(cell: Cell, number: int, seed: int, *, people: tuple[int, int] = BATCH) -> pd.DataFrame:
    """The measures of one batch of people, once as of 'a' and once as of 'b'."""
    sides = []
    for group, errors in zip(GROUPS, cell.planting.errors, strict=True):
        planting = replace(cell.planting, people=people, errors=(errors, errors))
        calls = list(calls_of(planting, seed=cell.seed_of(number, seed, of="truth")))
        sides.append(by_call(calls).assign(accent=group))
    return pd.concat(sides, ignore_index=True)


def truths(cell: Cell, batches: Sequence[pd.DataFrame]) -> Mapping[str, Truth]:
    """The truth of every link, from all batches together; of none, where nothing is planted, 0."""
    if not batches:
        return defaultdict(lambda: Truth(0.0, 0.0))
    of_batch = [plain_gaps(one, cell.people) for one in batches]
    named = [rows.assign(speaker_id=f"{n} " + rows["speaker_id"]) for n, rows in enumerate(batches)]
    of_all = plain_gaps(pd.concat(named, ignore_index=True), cell.people)
    return {
        link: Truth(
            value, float(np.std([one[link] for one in of_batch], ddof=1)) / len(batches) ** 0.5
        )
        for link, value in of_all.items()
    }


def plain_gaps(measures: pd.DataFrame, mix: tuple[int, int]) -> dict[str, float]:
    """Every link's gap, 'a' minus 'b', as the sums have it; `mix` is the people of a cell."""
    gaps = {}
    for (system, metric), rows in measures.groupby(["system", "metric"], sort=False):
        sums = rows.groupby("accent")[["numerator", "denominator"]].sum()
        value = sums["numerator"] / sums["denominator"]
        gaps[str(metric) + ON_HUMAN * (system == HUMAN)] = float(value["a"] - value["b"])
    months = {system: _months(measures, system) for system in (AUTOMATIC, HUMAN)}
    for system, tail in ((AUTOMATIC, ""), (HUMAN, ON_HUMAN)):
        table = months[system]
        gaps[PASSES + tail] = _gap(table, table["score"] >= THRESHOLD)
        gaps[PAID + tail] = _gap(table, _paid(table["score"]))
        gaps[LOWEST_SHARE + tail] = _lowest(table, mix)
    automatic, human = months[AUTOMATIC], months[HUMAN]
    good = automatic["rating"] >= RATED
    gaps[DENIED] = _gap(automatic[good], automatic["score"][good] < THRESHOLD)
    gaps[CHANGE] = gaps[QUALITY + ON_HUMAN] - gaps[QUALITY]
    ours = automatic.loc[automatic["accent"] == "a", "score"]
    moved = np.clip(ours - gaps[QUALITY], 0.0, 100.0)
    gaps[REMOVED] = float((_paid(moved) - _paid(ours)).mean())
    gaps[SUBSTITUTED] = _gap(automatic, _paid(human["score"]) - _paid(automatic["score"]))
    return gaps


def _months(measures: pd.DataFrame, system: str) -> pd.DataFrame:
    rows = measures[(measures["system"] == system) & (measures["metric"] == QUALITY)]
    by = rows.groupby(["accent", "speaker_id", "month"], as_index=False)
    return by.agg(score=("numerator", "mean"), rating=("human_rating", "mean"))


def _paid(score: pd.Series | Floats) -> Floats:
    (ladder,) = SCALE.ladders
    # Rounded as pay slips are: a mean of 85 is 85 however it was added up.
    held = np.round(np.asarray(score, dtype=float), 9)
    paid = np.zeros(len(held))
    for threshold, amount in zip(ladder.thresholds, ladder.amounts, strict=True):
        paid[held >= threshold] = amount
    return paid


def _gap(table: pd.DataFrame, values: pd.Series | Floats) -> float:
    of_a = (table["accent"] == "a").to_numpy()
    plain = np.asarray(values, dtype=float)
    return float(plain[of_a].mean() - plain[~of_a].mean())


def _lowest(months: pd.DataFrame, mix: tuple[int, int]) -> float:
    people = months.groupby(["accent", "speaker_id"], as_index=False)["score"].mean()
    score = np.round(people["score"].to_numpy(), 9)
    of_a = (people["accent"] == "a").to_numpy()
    weight = np.where(of_a, mix[0] / of_a.sum(), mix[1] / (~of_a).sum()) / sum(mix)
    order = np.argsort(score, kind="stable")
    cut = score[order][int(np.searchsorted(np.cumsum(weight[order]), LOWEST - 1e-12))]
    room = (LOWEST - weight[score < cut].sum()) / weight[score == cut].sum()
    member = np.where(score < cut, 1.0, np.where(score == cut, room, 0.0))
    return float(member[of_a].mean() - member[~of_a].mean())
