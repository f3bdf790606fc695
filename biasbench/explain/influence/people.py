"""One person drives it: the comparison again without each in turn.

    R_(−i) = (E − e_i) / (W − w_i)        a side's rate without person i

and with it the difference and the ratio, for every person of both sides. What is reported is how
far the figures move and whether a statement would ever have been another: never who. A range
that stays on one side of equality is no proof of anything, and one that does not is a comparison
that rests on one person. Cook (1977), Technometrics 19:15–18, made leaving one out a measure of
influence; MacKinnon, Nielsen & Webb (2023), arXiv 2301.04527, ask for it by cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.effective import rates_without_one
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, effective_speakers, leverage, rate
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sums import FloatArray, SpeakerSums
from biasbench.evidence.verdict import Code, judge
from biasbench.tables import METRIC_DIRECTION, REST, Direction
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Influence:
    """How far a comparison moves when one person is left out, over every person of both sides.

    The n_… count people without whom the sign of the difference, whether the interval holds
    equality, or the verdict is another. Ratios are None for means or without events.
    """

    comparison: Comparison
    smallest_difference: float
    largest_difference: float
    smallest_ratio: float | None
    largest_ratio: float | None
    largest_change: float  # of the difference, in the metric's unit
    n_speakers: int
    n_against: int
    n_effective: float
    n_effective_against: float
    largest_share: float  # the largest leverage h_i in the group
    largest_share_against: float
    n_other_sign: int
    n_other_decision: int  # the interval holds equality where it did not, or the reverse
    verdict: Code | None  # None without a margin
    n_other_verdict: int | None


@dataclass(frozen=True)
class WithoutOne:
    """Difference and ratio without each person, the group's people first; shape (n_g + n_a,)."""

    difference: FloatArray
    ratio: FloatArray  # NaN for means, and over a rate of 0


def without_each(group: SpeakerSums, against: SpeakerSums) -> WithoutOne:
    """The difference and the ratio without each person in turn; NaN if nobody else is left.

    >>> group = SpeakerSums(np.array([2.0, 4.0]), np.array([20.0, 20.0]), 2)
    >>> against = SpeakerSums(np.array([1.0, 3.0]), np.array([20.0, 20.0]), 2)
    >>> without_each(group, against).difference.round(3).tolist()
    [0.1, 0.0, 0.0, 0.1]
    """
    one, other = (rate(side.numerator, side.denominator) for side in (group, against))
    left, other_left = rates_without_one(group), rates_without_one(against)
    values = np.concatenate([left, np.full(len(other_left), one)])
    others = np.concatenate([np.full(len(left), other), other_left])
    ratio = np.full_like(values, np.nan)
    if group.kind == "rate":
        np.divide(values, others, out=ratio, where=others > 0)
    return WithoutOne(values - others, ratio)


def leave_one_out(
    group: SpeakerSums,
    against: SpeakerSums,
    *,
    level: float = 0.95,
    margin: float | None = None,
    direction: Direction = "higher is worse",
) -> Influence:
    """The comparison without each person in turn: its range, and what it would have said.

    Values are in closed form; intervals and verdicts are made anew each time by the code that
    makes them, at `level` (give the adjusted level of a family to ask about its verdict).
    Raises InsufficientDataError where leaving one out leaves fewer than 3 people on a side.

    >>> from biasbench.evidence.sums import speaker_sums
    >>> group = speaker_sums(range(8), [30, 4, 5, 6, 5, 4, 5, 6], [50] * 8)
    >>> against = speaker_sums(range(8), [5, 4, 6, 5, 4, 5, 6, 5], [50] * 8)
    >>> found = leave_one_out(group, against)
    >>> round(found.smallest_ratio, 2), round(found.largest_ratio, 2), found.n_other_sign
    (1.0, 1.74, 1)
    """
    fewest = FEWEST_FOR_INTERVAL + 1
    for name, side in (("the group", group), ("the other side", against)):
        if side.n_speakers < fewest:
            raise InsufficientDataError(
                f"{name} has {side.n_speakers} {_people(side.n_speakers)}; {fewest} are needed, so "
                f"that leaving one out leaves the {FEWEST_FOR_INTERVAL} of an interval"
            )
    if margin is not None and not margin > 0:
        raise OptionError(f"margin={margin:g} is not above 0; it is the smallest gap that matters")
    if margin is not None and direction == "neither":
        raise OptionError("margin with direction='neither': say which way is worse, or no margin")
    comparison = cr3.compare(group, against, level=level)
    moved = without_each(group, against)
    here = np.concatenate([group.denominator, against.denominator]) > 0
    difference, ratio = moved.difference[here], moved.ratio[here]
    again = [
        *(cr3.compare(left, against, level=level) for left in _each_left_out(group)),
        *(cr3.compare(group, left, level=level) for left in _each_left_out(against)),
    ]
    value = comparison.difference or 0.0
    decided = _decided(comparison)
    verdict = None if margin is None else _verdict(comparison, margin, direction)
    has_ratio = bool(np.isfinite(ratio).all())
    return Influence(
        comparison=comparison,
        smallest_difference=float(difference.min()),
        largest_difference=float(difference.max()),
        smallest_ratio=float(ratio.min()) if has_ratio else None,
        largest_ratio=float(ratio.max()) if has_ratio else None,
        largest_change=float(np.abs(difference - value).max()),
        n_speakers=group.n_speakers,
        n_against=against.n_speakers,
        n_effective=effective_speakers(group.denominator),
        n_effective_against=effective_speakers(against.denominator),
        largest_share=float(leverage(group.denominator).max()),
        largest_share_against=float(leverage(against.denominator).max()),
        n_other_sign=int((np.sign(difference) != np.sign(value)).sum()),
        n_other_decision=sum(_decided(one) != decided for one in again),
        verdict=verdict,
        n_other_verdict=None
        if margin is None
        else sum(_verdict(one, margin, direction) != verdict for one in again),
    )


def leave_one_speaker_out(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
    margin: float | None = None,
) -> Influence:
    """`leave_one_out` on a measures table.

    >>> import pandas as pd
    >>> table = pd.DataFrame({
    ...     "system": "asr:scripted", "unit_id": range(16), "metric": "wer",
    ...     "speaker_id": [f"p{n}" for n in range(16)], "accent": ["b"] * 8 + ["a"] * 8,
    ...     "numerator": [30, 4, 5, 6, 5, 4, 5, 6, 5, 4, 6, 5, 4, 5, 6, 5], "denominator": 50.0})
    >>> found = leave_one_speaker_out(table, by="accent", group="b")
    >>> round(found.comparison.ratio, 2), round(found.smallest_ratio, 2)
    (1.62, 1.0)
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    group_sums, against_sums = rows.sides()
    return leave_one_out(
        group_sums, against_sums, level=level, margin=margin, direction=direction_of(rows)
    )


def direction_of(rows: Rows) -> Direction:
    """Which way is worse for the person, as the table says, or as is known of our own metrics."""
    if "direction" in rows.columns.columns:
        stated: Direction = rows.columns["direction"].iloc[0]
        return stated
    return METRIC_DIRECTION.get(rows.metric, "neither")


def _each_left_out(side: SpeakerSums) -> list[SpeakerSums]:
    return [
        SpeakerSums(
            np.delete(side.numerator, at),
            np.delete(side.denominator, at),
            side.n_utterances,
            side.n_missing,
            side.kind,
        )
        for at in np.flatnonzero(side.denominator > 0)
    ]


def _decided(found: Comparison) -> bool | None:
    """Whether the interval leaves out equality; None where there is no interval."""
    if found.difference_low is None or found.difference_high is None:
        return None
    apart = found.difference_low > 0 or found.difference_high < 0
    if found.ratio_low is None or found.ratio_high is None:
        return apart
    return apart and (found.ratio_low > 1 or found.ratio_high < 1)


def _verdict(found: Comparison, margin: float, direction: Direction) -> Code | None:
    if found.difference_low is None:
        return "V-N"
    return judge(found, margin=margin, direction=direction).code


def _people(count: int) -> str:
    return "person" if count == 1 else "people"
