"""What is counted over the worlds of a cell, and how exact a count is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.calibration.counts import monte_carlo_error
from benchmarks.planted.cells import Cell
from benchmarks.planted.links import (
    AUTOMATIC_AND_HUMAN,
    CHANGE,
    CONTROL,
    ON_HUMAN,
    PACKAGE,
    Answers,
    Seen,
)
from benchmarks.planted.measuring import QUALITY
from benchmarks.planted.truth import Truth

TRUTH, MEAN, SPREAD = "truth", "mean estimate", "SD of estimates"
EXACTNESS = "error of the truth, in hundredths of that SD"
GIVEN, COVERED, SAYS, AGAINST = "interval given", "covered", "says a gap", "says it against 'a'"
ESTABLISHED, ADVANTAGE, REFUSED = "V-D", "V-A", "V-N"
GONE, GONE_MEDIAN, NARROWS = "gone, pooled", "gone, median", "narrows"
DIFFERENT = "rows that differ"

#: In the link's own unit; everything else is per cent, and DIFFERENT a number of rows.
IN_UNITS = (TRUTH, MEAN, SPREAD)

#: In place of the people, in figures over several cells.
POOLED = "all people"

SUBSTITUTION, AGREEMENT = "substitution", "run and measure, and call by call"


@dataclass(frozen=True)
class Figure:
    """One figure of one link; `mc_error` is its Monte-Carlo standard error in its own unit."""

    planted: str
    people: str  # "30 v 30"
    link: str
    method: str
    figure: str
    value: float
    n_worlds: int  # that it is counted over
    mc_error: float


def figures(cell: Cell, found: Sequence[Answers], truth: Mapping[str, Truth]) -> list[Figure]:
    """Every figure of a cell, link by link."""
    rows: list[Figure] = []
    for link, method in dict.fromkeys(key for answers in found for key in answers.seen):
        seen = [one.seen[link, method] for one in found if (link, method) in one.seen]
        of_link = _Row(cell, link, method)
        rows += of_link.gaps(seen, truth[link], n_worlds=len(found))
    for link in AUTOMATIC_AND_HUMAN:
        rows += _Row(cell, link, SUBSTITUTION).gone(found)
    row = _Row(cell, QUALITY, SUBSTITUTION)
    return [*rows, row.share(NARROWS, [one.narrows for one in found])]


@dataclass(frozen=True)
class _Row:
    """Makes the figures of one link."""

    cell: Cell
    link: str
    method: str

    def figure(self, name: str, value: float, n_worlds: int, mc_error: float) -> Figure:
        return Figure(
            self.cell.planted,
            self.cell.sides,
            self.link,
            self.method,
            name,
            value,
            n_worlds,
            mc_error,
        )

    def share(self, name: str, hits: Iterable[bool]) -> Figure:
        every = list(hits)
        value = 100 * sum(every) / len(every)
        return self.figure(name, value, len(every), monte_carlo_error(value, len(every)))

    def gaps(self, seen: Sequence[Seen], truth: Truth, *, n_worlds: int) -> list[Figure]:
        values = np.array([one.value for one in seen])
        n, spread = len(seen), float(np.std(values, ddof=1)) if len(seen) > 1 else np.nan
        has_ends = [one.low is not None for one in seen]
        rows = [
            self.figure(TRUTH, truth.value, 0, truth.error),
            self.figure(MEAN, float(values.mean()), n, spread / n**0.5),
            self.figure(SPREAD, spread, n, spread / (2 * max(n - 1, 1)) ** 0.5),
            self.figure(EXACTNESS, 100 * truth.error / spread, n, 0.0),
            self.share(GIVEN, [*has_ends, *[False] * (n_worlds - n)]),
            self.share(COVERED, [one.holds(truth.value) for one in seen]),
            self.share(SAYS, [one.says_a_gap for one in seen]),
            self.share(AGAINST, [one.says_a_gap and self._is_against(one.value) for one in seen]),
        ]
        if any(one.verdict for one in seen):
            for code in (ESTABLISHED, ADVANTAGE, REFUSED):
                rows.append(
                    self.share(code, [(one.verdict or "").startswith(code) for one in seen])
                )
        return rows

    def _is_against(self, value: float) -> bool:
        return value > 0 if is_worse_above(self.link) else value < 0

    def gone(self, found: Sequence[Answers]) -> list[Figure]:
        """Of the gap: 1 − mean on human transcripts / mean on automatic ones, and the median."""
        if self.cell.planted == "none":
            return []
        automatic, human = (
            np.array([one.seen[name, PACKAGE].value for one in found])
            for name in (self.link, self.link + ON_HUMAN)
        )
        n = len(found)
        kept = human.mean() / automatic.mean()
        # Of a ratio of two means, from what is left of each pair.
        error = np.std(human - kept * automatic, ddof=1) / n**0.5 / abs(automatic.mean())
        # A world whose automatic gap is nil to the last bit has none to share out.
        each = np.sort(1 - human[automatic != 0] / automatic[automatic != 0])
        n_each = len(each)
        # The order statistics one standard error of a median away.
        reach = (n_each**0.5) / 2
        low, high = (each[int(np.clip(n_each / 2 + x, 0, n_each - 1))] for x in (-reach, reach))
        return [
            self.figure(GONE, 100 * float(1 - kept), n, 100 * float(error)),
            self.figure(GONE_MEDIAN, 100 * float(np.median(each)), n_each, 50 * float(high - low)),
        ]


def is_worse_above(link: str) -> bool:
    """Whether a difference above 0 is to the disadvantage of 'a'."""
    better = ("keyword_recall", "mean_", "pass rate")
    # The change of a score that is better when higher: above 0 it is for the better.
    return not link.startswith((*better, CHANGE))


def pooled_control(rows: Sequence[Figure]) -> list[Figure]:
    """The control over all cells of equal size together: covered, and gaps said where none is."""
    found = []
    for figure, of in ((COVERED, "all"), (SAYS, "none")):
        for link in dict.fromkeys(row.link for row in rows if row.method == CONTROL):
            of_link = [
                row
                for row in rows
                if (row.link, row.method, row.figure) == (link, CONTROL, figure)
                and of in ("all", row.planted)
            ]
            if not of_link:
                continue
            value = float(np.mean([row.value for row in of_link]))
            n = sum(row.n_worlds for row in of_link)
            error = monte_carlo_error(value, n)
            found.append(Figure(of, POOLED, link, CONTROL, figure, value, n, error))
    return found


def agreement(cell: Cell, n_different: int, n_worlds: int) -> Figure:
    """Rows that the two ways to measures make otherwise."""
    return Figure(
        cell.planted,
        cell.sides,
        "measures",
        AGREEMENT,
        DIFFERENT,
        float(n_different),
        n_worlds,
        0.0,
    )
