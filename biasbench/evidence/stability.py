"""Do the figures of one gap cover enough people, hold over time, and amount to something?

The three questions that the Court of Justice has put to statistics of this kind: enough
individuals, not purely fortuitous or short-term, and apparently significant (Enderby, C-127/92,
§ 17; Seymour-Smith and Perez, C-167/97, § 62). Values for a reader to answer them by:

    enough people   people on each side, of the whole and of every period
    stable          the gap of each period with its own interval, how many have the sign of the
                    whole, and the whole without each period in turn
    marked          the ratio, and the difference in standard deviations between people

Each period is described by the engine of every other figure (CR3-tW, MOVER), at a level of its
own and not of a family: no verdict reads it. The same people stand in several periods, so the
intervals hang together; no test is made of whether the periods differ, and the number with the
same sign is a count and no probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError
from biasbench.evidence.comparison import Comparison, described
from biasbench.evidence.estimate import between_speaker_sd
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, n_people
from biasbench.evidence.sums import SpeakerSums
from biasbench.tables import REST
from biasbench.tables.grouping import By
from biasbench.tables.labels import label_codes


@dataclass(frozen=True)
class PeriodGap:
    """One period; `comparison` is None, and `reason` says why, with too few people."""

    period: str
    n_speakers: int
    n_against: int
    comparison: Comparison | None
    reason: str | None = None

    @property
    def difference(self) -> float | None:
        """The gap, where there are people enough to give one."""
        return None if self.comparison is None else self.comparison.difference


@dataclass(frozen=True)
class Stability:
    """A gap over all periods and in each; `periods` are in the order of their names.

    `standardised` is the difference over the standard deviation of people's values, the root of
    the mean of both sides' variances; a person's own variation is in it, so that it errs
    downwards. None where people do not differ.
    """

    system: str
    metric: str
    group: str
    against: str
    whole: Comparison
    n_speakers: int
    n_against: int
    periods: tuple[PeriodGap, ...]
    n_described: int  # periods with people enough
    n_same_sign: int  # of these, with the sign of the whole
    n_shown: int  # of these, whose own interval leaves 0 out
    smallest: PeriodGap | None  # by the difference in the direction of the whole
    largest: PeriodGap | None
    without_one_low: float | None  # the whole without each period in turn
    without_one_high: float | None
    standardised: float | None
    n_without_period: int  # rows that name none: in the whole, and in no period
    level: float


def stability(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    period: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
) -> Stability:
    """The gap of one group, as a whole and period by period.

    `period` is the column that names each row's month (or week); names are put in order as
    text, so that '2026-03' comes before '2026-10'. A period with fewer than 6 people on a side
    is not described, and says so. Raises InsufficientDataError with fewer than 6 people on a
    side altogether, or with fewer than two periods.

    >>> import pandas as pd
    >>> rows = [(f"{accent}{n}", accent, month, 20 + 8 * (accent == "b") + (3 * n + month) % 5)
    ...         for accent in "ab" for n in range(8) for month in range(1, 5)]
    >>> table = pd.DataFrame(rows, columns=["speaker_id", "accent", "month", "numerator"])
    >>> table = table.assign(system="asr:own", metric="wer", unit_id=range(64), denominator=100)
    >>> found = stability(table, by="accent", group="b", period="month")
    >>> [round(one.difference, 3) for one in found.periods], found.n_same_sign, found.n_shown
    ([0.08, 0.08, 0.08, 0.08], 4, 4)
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    one, other = rows.sides_to_test("whether a gap is stable")
    codes, names = label_codes(column_of(rows, period))
    if len(names) < 2:
        raise InsufficientDataError(
            f"column '{period}' names {len(names)} period{'s' * (len(names) != 1)}; whether a gap "
            "lasts takes at least two"
        )
    whole = cr3.compare(one, other, level=level)
    periods = tuple(
        _period(rows, name, codes == number, level) for number, name in enumerate(names)
    )
    with_gap = [found for found in periods if found.difference is not None]
    turned = -1.0 if (whole.difference or 0.0) < 0 else 1.0
    ordered = sorted(with_gap, key=lambda found: turned * (found.difference or 0.0))
    ends = _without_each(rows, codes, len(names))
    return Stability(
        system=rows.system,
        metric=rows.metric,
        group=rows.group,
        against=rows.against,
        whole=whole,
        n_speakers=one.n_speakers,
        n_against=other.n_speakers,
        periods=periods,
        n_described=len(with_gap),
        n_same_sign=sum(turned * (found.difference or 0.0) > 0 for found in with_gap),
        n_shown=sum(_leaves_zero_out(found.comparison) for found in with_gap),
        smallest=ordered[0] if ordered else None,
        largest=ordered[-1] if ordered else None,
        without_one_low=ends[0],
        without_one_high=ends[1],
        standardised=_standardised(whole, one, other),
        n_without_period=int((codes < 0).sum()),
        level=level,
    )


def _period(rows: Rows, name: str, here: npt.NDArray[np.bool_], level: float) -> PeriodGap:
    one, other = rows.sides(here)
    for side_name, side in zip(rows.side_names, (one, other), strict=True):
        if side.n_speakers < FEWEST_TO_TEST:
            reason = (
                f"{n_people(side.n_speakers)} in {side_name} in {name}; {FEWEST_TO_TEST} are needed"
            )
            return PeriodGap(name, one.n_speakers, other.n_speakers, None, reason)
    found = cr3.compare(one, other, level=level)
    return PeriodGap(name, one.n_speakers, other.n_speakers, found, found.note)


def _without_each(
    rows: Rows, codes: npt.NDArray[np.intp], n: int
) -> tuple[float | None, float | None]:
    """Range of the difference without each period; None if any leaves a side without a value."""
    found = []
    for number in range(n):
        one, other = rows.sides(codes != number)
        if not (one.denominator.sum() > 0 and other.denominator.sum() > 0):
            return None, None
        found.append(described(one, other, level=0.95, method="described only").difference)
    ends = [difference for difference in found if difference is not None]
    return min(ends), max(ends)


def _leaves_zero_out(found: Comparison | None) -> bool:
    if found is None or found.difference_low is None or found.difference_high is None:
        return False
    return found.difference_low > 0 or found.difference_high < 0


def _standardised(whole: Comparison, one: SpeakerSums, other: SpeakerSums) -> float | None:
    spread = math.sqrt((between_speaker_sd(one) ** 2 + between_speaker_sd(other) ** 2) / 2)
    if whole.difference is None or not spread > 0:  # NaN: one person is a whole side
        return None
    return whole.difference / spread
