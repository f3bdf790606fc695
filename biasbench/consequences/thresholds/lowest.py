"""Who stands among the lowest-scored: the people of whom a bottom tenth is made.

Rankings feed improvement plans and orders of lay-off. The cut is taken over both sides together,
one score a person, and the share of each side that falls below it is compared.

Interval: CR3-t and MOVER (evidence.methods.cr3) on one unit a person, as if the cut were fixed.
It is not: it was read from the same people. Under equal distributions this costs nothing (the
hypergeometric variance is the two-sample one); coverage with and without a gap is simulated in
tests/consequences/test_lowest.py. The p-value shuffles people and is exact, cut included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from biasbench.consequences.thresholds.scores import check_people, scores_of
from biasbench.errors import OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sums import FloatArray, ordered_sums
from biasbench.tables import REST
from biasbench.tables.grouping import By

#: People tied at the cut: each counts by the chance of being drawn; all are in; none is.
Ties = Literal["shared", "all", "none"]

#: Cells (labellings × people) held at once: 16 MB a matrix.
_CHUNK_CELLS = 2_000_000

#: Two labellings of equal difference must tie whatever the order of summation.
_TIE = 1e-12


@dataclass(frozen=True)
class LowestShare:
    """The share of each side among the lowest `q` of all people.

    `comparison.value` is Σ membership / people of the group. `places` is ⌊q·n⌋, at least 1;
    `n_tied` people have the score of the last place where not all of them fit in it.
    """

    comparison: Comparison
    p: float  # permutation of people, two-sided on the difference of shares
    q: float
    cut: float  # the score of the last place
    places: int
    n_tied: int
    ties: Ties
    n_people: int
    n_against: int
    n_missing: tuple[int, int]
    n_resamples: int


def membership(
    score: npt.ArrayLike, q: float, *, ties: Ties = "shared", higher_passes: bool = True
) -> tuple[FloatArray, float, int, int]:
    """How much each person is among the lowest q: 1, 0, or a share where tied at the cut.

    Returns the memberships, the score at the cut, the places, and how many are tied there (0
    where all of them fit). With ties "shared" the memberships add up to the places: the mean
    over all ways to draw lots.

    >>> membership([50, 60, 60, 60, 90], 0.4)
    (array([1. , 0.33333333, 0.33333333, 0.33333333, 0. ]), 60.0, 2, 3)
    >>> membership([50, 60, 60, 60, 90], 0.4, ties="all")[0]
    array([1., 1., 1., 1., 0.])
    """
    if not 0 < q < 1:
        raise OptionError(f"q={q:g} is not between 0 and 1; the lowest 10 % are written 0.1")
    if ties not in get_args(Ties):
        raise OptionError(f"ties={ties!r} is none of 'shared', 'all' and 'none'")
    values = np.asarray(score, dtype=float)
    badness = values if higher_passes else -values
    places = max(1, math.floor(q * len(values) + 1e-9))  # 1e-9: 0.1·30 is 3.0000…4 in binary
    cut = float(np.sort(badness)[places - 1])
    under, at = badness < cut, badness == cut
    room, n_at = places - int(under.sum()), int(at.sum())
    share = {"shared": room / n_at, "all": 1.0, "none": 1.0 if room == n_at else 0.0}[ties]
    n_tied = n_at if room < n_at else 0
    return (
        np.where(under, 1.0, np.where(at, share, 0.0)),
        cut if higher_passes else -cut,
        places,
        n_tied,
    )


def lowest_share(
    score: npt.ArrayLike,
    in_group: npt.ArrayLike,
    q: float,
    *,
    rng: np.random.Generator,
    ties: Ties = "shared",
    higher_passes: bool = True,
    level: float = 0.95,
    n_resamples: int = 9999,
) -> LowestShare:
    """The share of each side among the lowest q, one score a person; arrays of shape (n_people,).

    >>> found = lowest_share(np.r_[np.arange(40), np.arange(20, 60)], np.arange(80) < 40, 0.25,
    ...                      rng=np.random.default_rng(0))
    >>> found.comparison.value, found.comparison.against_value, found.p, found.n_tied
    (0.5, 0.0, 0.0001, 0)
    """
    group = np.asarray(in_group, dtype=bool)
    values = np.asarray(score, dtype=float)
    member, cut, places, n_tied = membership(values, q, ties=ties, higher_passes=higher_passes)
    sides = [
        ordered_sums(member[side], np.ones(int(side.sum())), n_utterances=int(side.sum()))
        for side in (group, ~group)
    ]
    return LowestShare(
        comparison=cr3.compare(sides[0], sides[1], level=level),
        p=_permuted_p(member, group, rng=rng, n_resamples=n_resamples),
        q=q,
        cut=cut,
        places=places,
        n_tied=n_tied,
        ties=ties,
        n_people=int(group.sum()),
        n_against=int((~group).sum()),
        n_missing=(0, 0),
        n_resamples=n_resamples,
    )


def share_in_lowest(
    measures: MeasuresSource,
    q: float,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    ties: Ties = "shared",
    higher_passes: bool = True,
    level: float = 0.95,
    seed: int = 0,
    n_resamples: int = 9999,
) -> LowestShare:
    """The share of each side among the lowest-scored q of both sides' people.

    A person's score is their mean, Σ numerator / Σ denominator. With `higher_passes=False` the
    lowest-placed are those of the highest values. Raises InsufficientDataError with fewer than 6
    people on a side.

    >>> import pandas as pd
    >>> people = [f"p{number:02}" for number in range(80)]
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": people, "metric": "mean_score:calm",
    ...     "speaker_id": people, "denominator": 1.0, "accent": ["b"] * 40 + ["a"] * 40,
    ...     "numerator": [70.0 + n % 10 for n in range(40)] + [74.0 + n % 8 for n in range(40)]})
    >>> found = share_in_lowest(table, 0.1, by="accent", group="b")
    >>> found.comparison.value, found.comparison.against_value, found.cut, found.n_tied
    (0.2, 0.0, 71.0, 0)
    """
    check_plain_options(level=level, audience="public", seed=seed, n_resamples=n_resamples)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    scores = scores_of(rows, unit="person")
    check_people(scores, group=rows.group, against=rows.against, purpose="the lowest-scored")
    found = lowest_share(
        scores.value,
        scores.in_group,
        q,
        rng=np.random.default_rng(seed),
        ties=ties,
        higher_passes=higher_passes,
        level=level,
        n_resamples=n_resamples,
    )
    return replace(found, n_missing=scores.n_missing)


def _permuted_p(
    member: FloatArray,
    in_group: npt.NDArray[np.bool_],
    *,
    rng: np.random.Generator,
    n_resamples: int,
) -> float:
    """(1 + #{|d*| ≥ |d|}) / (1 + n_resamples), d the difference of shares."""
    total, n = float(member.sum()), len(member)
    size = int(in_group.sum())

    def difference(inside: FloatArray) -> FloatArray:
        return np.abs(inside / size - (total - inside) / (n - size))

    observed = float(difference(np.array([member[in_group].sum()]))[0])
    n_as_extreme = 0
    chunk = max(1, _CHUNK_CELLS // n)
    for start in range(0, n_resamples, chunk):
        rows = min(chunk, n_resamples - start)
        masks = rng.permuted(np.tile(in_group, (rows, 1)), axis=1)
        n_as_extreme += int((difference(masks.astype(float) @ member) >= observed - _TIE).sum())
    return (1 + n_as_extreme) / (1 + n_resamples)
