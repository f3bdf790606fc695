"""Adverse impact: the ratio of the rates at which two sides pass, and at which they do not.

For a group g and its other side a, with P the units that pass (months, calls; one a person is
the ordinary case) out of all units, added up by person:

    pass side    R_g / R_a               benchmark 0.80: the "four-fifths" of 29 CFR 1607.4(D)
    below side   (1 − R_g) / (1 − R_a)   benchmark 1/0.80 = 1.25, its mirror image

Each ratio has its own log CR3-t interval (evidence.methods.cr3): people are the unit, whatever
the number of units under them. Both sides are needed because the same gap looks small on the
common side and large on the rare one: in Jones v. City of Boston, 752 F.3d 38 (1st Cir. 2014),
97 to 99 % passed, the pass-side ratio was far above 0.80, and one side failed several times as
often as the other.

Why 1.25 below: a ratio is symmetric on the log scale only, and "four fifths as often" asked from
the other side is "five fourths as often". The regulation speaks of selection rates alone; 1.25
for those who are *not* selected is this package's mirror and has no authority of its own.

Coverage of a nominal 95 % where there is an interval (1,000 studies each; a part of them in
tests/consequences/test_impact_ratio.py): one unit a person, 95 to 100, on the safe side; twelve
units a person, 6 to 30 people, pass rates of 50 to 80 %, 93 to 99. At pass rates of 97 to 99 %
with 60 units each and 12 to 60 people: 93 to 97 where people differ little (correlation 0.05 of
a person's units); where failures are mostly those of a few people (0.2), 87 to 93 on the below
side and 90 to 100 on the pass side. That is too short, and 30 events do not cure it: read
`people_with_events` beside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from biasbench.errors import OptionError, TableError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, rows_of
from biasbench.evidence.sufficiency import Audience, failed_gates, side_of
from biasbench.evidence.sums import SpeakerSums, ordered_sums
from biasbench.tables import REST
from biasbench.tables.grouping import By

#: The benchmark of 29 CFR 1607.4(D), on the pass side.
FOUR_FIFTHS = 0.8

ImpactCode = Literal["IR-1", "IR-2", "IR-3", "IR-4"]
Outcome = Literal["pass", "below"]


@dataclass(frozen=True)
class OutcomeRatio:
    """The ratio of one outcome, pass or below, and where its interval lies.

    `code` is None, and `refused` says why, where a gate of evidence.sufficiency fails (people,
    30 events on each side, one person dominating, missing rows) or no interval exists; the
    interval itself stays in `comparison`, to be shown and not concluded from.
    """

    outcome: Outcome
    comparison: Comparison
    benchmark: float  # 0.80 for passing, 1.25 for falling below
    code: ImpactCode | None
    refused: tuple[str, ...]
    n_events: tuple[int, int]  # units with this outcome, of the group and of the other side
    people_with_events: tuple[int, int]  # people with at least one

    @property
    def excludes_one(self) -> bool | None:
        """Whether the interval leaves equality out; None where there is none or a gate fails."""
        low, high = self.comparison.ratio_low, self.comparison.ratio_high
        if low is None or high is None or self.refused:
            return None
        return low > 1 or high < 1


@dataclass(frozen=True)
class ImpactRatio:
    """Both sides of one threshold; `difference` is the group's pass rate minus the other's.

    The interval of the difference is MOVER from the log intervals of the *rarer* outcome over
    both sides together (`difference_from`), negated if that is falling below: the log interval
    of a rate near 1 is a symmetric one in disguise, and there is none at all where all of a
    side pass.
    """

    passing: OutcomeRatio
    below: OutcomeRatio
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    difference_from: Outcome
    level: float
    n_speakers: int
    n_against: int
    n_units: int
    n_against_units: int


def impact_ratio(
    group: SpeakerSums,
    against: SpeakerSums,
    *,
    level: float = 0.95,
    audience: Audience = "public",
    names: tuple[str, str] = ("the group", "the other side"),
) -> ImpactRatio:
    """The ratio of pass rates and that of below rates, each with interval and code.

    `numerator` counts a person's units that pass and `denominator` all of them. `names` are for
    the sentences of the gates. A side where nobody passes has no ratio interval on the pass
    side; its difference, and its exact bound, are in the comparison.

    >>> def sums(passed, of):
    ...     return ordered_sums(np.array(passed, float), np.full(len(passed), float(of)),
    ...                         n_utterances=of * len(passed))
    >>> found = impact_ratio(sums([9, 8, 11, 10, 7, 9, 12, 10, 9, 10, 8, 11], 12),
    ...                      sums([12, 11, 12, 10, 12, 11, 12, 9, 12, 11, 12, 11], 12))
    >>> c = found.passing.comparison
    >>> f"{c.ratio:.2f} [{c.ratio_low:.2f}, {c.ratio_high:.2f}]", found.passing.code
    ('0.84 [0.76, 0.94]', 'IR-3')
    >>> c = found.below.comparison
    >>> f"{c.ratio:.1f} [{c.ratio_low:.1f}, {c.ratio_high:.1f}]", found.below.code
    ('3.3 [1.3, 8.2]', None)
    >>> found.below.refused
    ('N-ERR(n_events=9): 9 events in the other side, 30 are needed',)
    """
    for name, sums in zip(names, (group, against), strict=True):
        _check_counts(sums, name)
    passing = _outcome("pass", group, against, level=level, audience=audience, names=names)
    below = _outcome(
        "below", _others(group), _others(against), level=level, audience=audience, names=names
    )
    rarer = below if sum(below.n_events) < sum(passing.n_events) else passing
    low, high = rarer.comparison.difference_low, rarer.comparison.difference_high
    if rarer is below:
        low, high = _negative(high), _negative(low)
    # Rates lie between 0 and 1, and the log intervals of few events do not know it.
    low, high = (None if end is None else min(1.0, max(-1.0, end)) for end in (low, high))
    return ImpactRatio(
        passing=passing,
        below=below,
        difference=passing.comparison.difference,
        difference_low=low,
        difference_high=high,
        difference_from=rarer.outcome,
        level=level,
        n_speakers=group.n_speakers,
        n_against=against.n_speakers,
        n_units=round(float(group.denominator.sum())),
        n_against_units=round(float(against.denominator.sum())),
    )


def impact_code(ratio: float, low: float, high: float) -> ImpactCode:
    """Where a pass-side ratio and its interval lie from the benchmark of 0.80.

        IR-1  high < 0.80            the whole interval is below
        IR-2  ratio < 0.80 ≤ high    below, and not established
        IR-3  low < 0.80 ≤ ratio     above, and a lower ratio is not ruled out
        IR-4  0.80 ≤ low             the whole interval is at or above

    For a below-side ratio pass its reciprocals, (1/ratio, 1/high, 1/low): falling below 1.25
    times as often is the mirror of passing 0.80 times as often.

    >>> impact_code(0.81, 0.45, 1.48), impact_code(0.7, 0.6, 0.79)
    ('IR-3', 'IR-1')
    """
    if high < FOUR_FIFTHS:
        return "IR-1"
    if ratio < FOUR_FIFTHS:
        return "IR-2"
    return "IR-3" if low < FOUR_FIFTHS else "IR-4"


def adverse_impact(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
    audience: Audience = "public",
) -> ImpactRatio:
    """`impact_ratio` of a metric that already says who passed: numerator passed, denominator of.

    For scores and a threshold see `threshold_curve`. Raises as `assess` does, and TableError
    where a numerator is no count of passes out of its denominator.

    >>> import pandas as pd
    >>> people = [f"p{number:03}" for number in range(120)]
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": people, "metric": "bonus", "speaker_id": people,
    ...     "numerator": [1.0 if n % 2 else 0.0 for n in range(60)] + [1.0 if n % 5 else 0.0
    ...                   for n in range(60)],
    ...     "denominator": 1.0, "accent": ["b"] * 60 + ["a"] * 60})
    >>> found = adverse_impact(table, by="accent", group="b")
    >>> round(found.passing.comparison.ratio, 3), found.passing.code
    (0.625, 'IR-2')
    """
    check_plain_options(level=level, audience=audience, seed=0, n_resamples=1)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    if (rows.numerator < 0).any() or (rows.numerator > rows.denominator).any():
        raise TableError(
            f"metric '{rows.metric}': numerator must count what passed out of the denominator, "
            "between 0 and it; for scores and a threshold use threshold_curve"
        )
    sides = [
        replace(side, kind="rate", n_missing=n_missing)
        for side, n_missing in zip(rows.sides(), rows.n_missing, strict=True)
    ]
    other = "rest" if rows.against == REST else f"'{rows.against}'"
    return impact_ratio(
        sides[0], sides[1], level=level, audience=audience, names=(f"'{rows.group}'", other)
    )


def _check_counts(sums: SpeakerSums, name: str) -> None:
    passed, units = sums.numerator, sums.denominator
    wrong = (passed < 0) | (passed > units) | (passed != np.round(passed))
    wrong |= units != np.round(units)
    if wrong.any():
        at = int(wrong.argmax())
        raise OptionError(
            f"{passed[at]:g} passed of {units[at]:g} in {name}: an impact ratio takes whole "
            "counts, 0 ≤ passed ≤ all"
        )


def _others(sums: SpeakerSums) -> SpeakerSums:
    """Those units that did not pass."""
    return ordered_sums(
        sums.denominator - sums.numerator,
        sums.denominator,
        n_utterances=sums.n_utterances,
        n_missing=sums.n_missing,
        kind="rate",
    )


def _outcome(
    outcome: Outcome,
    group: SpeakerSums,
    against: SpeakerSums,
    *,
    level: float,
    audience: Audience,
    names: tuple[str, str],
) -> OutcomeRatio:
    found = cr3.compare(group, against, level=level)
    has_interval = found.ratio_low is not None
    refused = failed_gates(
        side_of(names[0], group),
        side_of(names[1], against),
        kind="rate",
        audience=audience,
        by="group",
        overlaps={},
        no_spread=not has_interval,
    )
    code: ImpactCode | None = None
    low, high, ratio = found.ratio_low, found.ratio_high, found.ratio
    if not refused and low is not None and high is not None and ratio:
        code = (
            impact_code(ratio, low, high)
            if outcome == "pass"
            else impact_code(1 / ratio, 1 / high, 1 / low)
        )
    return OutcomeRatio(
        outcome=outcome,
        comparison=found,
        benchmark=FOUR_FIFTHS if outcome == "pass" else 1 / FOUR_FIFTHS,
        code=code,
        refused=tuple(refused),
        n_events=(round(float(group.numerator.sum())), round(float(against.numerator.sum()))),
        people_with_events=(
            int(np.count_nonzero(group.numerator)),
            int(np.count_nonzero(against.numerator)),
        ),
    )


def _negative(value: float | None) -> float | None:
    return None if value is None else -value
