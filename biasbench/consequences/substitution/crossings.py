"""Who changes sides of a threshold when the human transcript replaces the automatic one.

A person's score is their mean over all their calls, Σe/Σw. A person *crosses* if that mean passes
the threshold with one transcript and not with the other: `up` if it passes with the human one
only, `down` if with the automatic one only. At the threshold a score passes, from whichever side.
Where the threshold applies to a month, each person-period is held against it as well; persons and
person-periods are counted apart and never added.

A person whose score sits at the threshold crosses it for next to nothing. `redrawn` says how much
of the crossing such nearness makes, by drawing each person's calls again (n − 1 of their n, with
replacement, which gives a mean the variance s²/n: Rao & Wu 1988, Journal of the American
Statistical Association 83:231–241):

    expected_up, expected_down   people whose *automatic* mean would change sides over as many
                                 other calls of theirs: no transcript is replaced
    changed_low, changed_high    the range of up + down when people are drawn again and, within
                                 each, their calls, both transcripts of a call together

Crossings no more numerous than expected ones say little about any one person, and still move
people one way: compare up with down. The range adds the noise of drawing to that already in the
data; it is a range and covers nothing at a stated rate.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.substitution.calls import Calls
from biasbench.consequences.substitution.redraws import Redrawn, redrawn
from biasbench.consequences.thresholds.cut_points import passes
from biasbench.evidence.sums import sums_by_code
from biasbench.evidence.swaps.pairing import Heard
from biasbench.tables.labels import Codes
from biasbench.tables.substitutions import CROSSINGS


@dataclass(frozen=True)
class Counts:
    """How many change sides; `n_pass_…` are those that pass on either transcript."""

    n: int
    up: int
    down: int
    n_pass_automatic: int
    n_pass_human: int

    @property
    def changed(self) -> int:
        """Those that change sides either way."""
        return self.up + self.down


@dataclass(frozen=True)
class Crossed(Counts):
    """Counts of one side, with what redrawing gives beside; None where nothing can be redrawn.

    `n` are people, or the person-periods of `n_people`.
    """

    n_people: int
    redrawn: Redrawn


@dataclass(frozen=True)
class Crossings:
    """Both sides of one threshold. Exact counts: what may be printed is `crossings_printed`'s."""

    threshold: float
    higher_passes: bool
    group: Crossed
    against: Crossed
    group_periods: Crossed | None  # None where no period was named
    against_periods: Crossed | None
    n_without_period: int  # calls whose period is not known: in no person-period

    def table(self) -> pd.DataFrame:
        """The same as a table, columns of tables.substitutions.CROSSINGS."""
        sides = (
            ("group", "person", self.group),
            ("against", "person", self.against),
            ("group", "person-period", self.group_periods),
            ("against", "person-period", self.against_periods),
        )
        rows = []
        for side, unit, found in sides:
            if found is not None:
                flat = asdict(found)
                rows.append({"side": side, "unit": unit, **flat.pop("redrawn"), **flat})
        return CROSSINGS.check(pd.DataFrame(rows)[list(CROSSINGS.columns)])


def count_crossings(
    automatic: Heard, human: Heard, threshold: float, *, higher_passes: bool = True
) -> Counts:
    """Up and down, from the sums of the same people (or person-periods) scored twice.

    >>> count_crossings(Heard(np.array([690.0, 740, 712]), np.full(3, 10.0)),
    ...                 Heard(np.array([705.0, 760, 698]), np.full(3, 10.0)), 70)
    Counts(n=3, up=1, down=1, n_pass_automatic=2, n_pass_human=2)
    """
    before, after = (
        passes(heard.numerator / heard.denominator, threshold, higher_passes=higher_passes)
        for heard in (automatic, human)
    )
    return Counts(
        n=len(before),
        up=int((after & ~before).sum()),
        down=int((before & ~after).sum()),
        n_pass_automatic=int(before.sum()),
        n_pass_human=int(after.sum()),
    )


def crossings(
    calls: Calls,
    threshold: float,
    *,
    rng: np.random.Generator,
    higher_passes: bool = True,
    level: float = 0.95,
    n_resamples: int = 1999,
) -> Crossings:
    """Counts of both sides, by person and, where calls have a period, by person-period.

    >>> rng = np.random.default_rng(1)
    >>> speaker = np.repeat(np.arange(20), 15)
    >>> human = 70 + rng.normal(0, 3, 20)[speaker] + rng.normal(0, 6, 300)
    >>> automatic = human - np.where(speaker < 10, 3.0, 0.5)
    >>> found = crossings(Calls(automatic, human, np.ones(300), speaker.astype(np.intp),
    ...                         speaker < 10), 70, rng=rng, n_resamples=199)
    >>> found.group.up, found.group.down, found.against.up, found.group.n
    (5, 0, 0, 10)
    >>> round(found.group.redrawn.expected_up, 1), found.group.redrawn.changed_high
    (0.4, 9.0)
    """
    by_period: dict[bool, Crossed | None] = {True: None, False: None}
    by_person = {
        side: _crossed(
            calls, calls.in_group == side, calls.speaker, threshold, higher_passes, rng, level,
            n_resamples,
        )
        for side in (True, False)
    }  # fmt: skip
    n_without = 0
    if calls.period is not None:
        known = calls.period >= 0
        n_without = int((~known).sum())
        cell = calls.speaker * (calls.period.max() + 1) + calls.period
        for side in (True, False):
            here = (calls.in_group == side) & known
            if here.any():
                by_period[side] = _crossed(
                    calls, here, cell, threshold, higher_passes, rng, level, n_resamples
                )
    return Crossings(
        threshold=threshold,
        higher_passes=higher_passes,
        group=by_person[True],
        against=by_person[False],
        group_periods=by_period[True],
        against_periods=by_period[False],
        n_without_period=n_without,
    )


def _crossed(
    calls: Calls,
    here: npt.NDArray[np.bool_],
    cell: Codes,
    threshold: float,
    higher_passes: bool,
    rng: np.random.Generator,
    level: float,
    n_resamples: int,
) -> Crossed:
    _, unit = np.unique(cell[here], return_inverse=True)
    _, person = np.unique(calls.speaker[here], return_inverse=True)
    e_a, e_h, w = calls.automatic[here], calls.human[here], calls.denominator[here]
    heard = []
    for e in (e_a, e_h):
        sums = sums_by_code(unit, e, w, n_codes=int(unit.max()) + 1)
        heard.append(Heard(sums.numerator, sums.denominator))
    counts = count_crossings(heard[0], heard[1], threshold, higher_passes=higher_passes)
    return Crossed(
        **asdict(counts),
        n_people=int(person.max()) + 1,
        redrawn=redrawn(
            e_a,
            e_h,
            w,
            unit,
            person,
            threshold,
            higher_passes=higher_passes,
            rng=rng,
            level=level,
            n_resamples=n_resamples,
        ),
    )
