"""Each person's calls drawn again: how near the threshold people sit, and how far counts range.

See `crossings` for what the figures mean. Calls and people are put in the order of their values
first, so that neither names nor the order of a file change a draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biasbench.consequences.thresholds.cut_points import passes
from biasbench.evidence.sums import FloatArray

#: Cells (draws × calls of one unit) held at once: 16 MB a matrix.
_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True)
class Redrawn:
    """What drawing calls again gives; None where every unit has a single call."""

    expected_up: float | None
    expected_down: float | None
    changed_low: float | None
    changed_high: float | None
    n_one_call: int


def redrawn(
    automatic: FloatArray,
    human: FloatArray,
    denominator: FloatArray,
    unit: npt.NDArray[np.intp],
    person: npt.NDArray[np.intp],
    threshold: float,
    *,
    rng: np.random.Generator,
    higher_passes: bool = True,
    level: float = 0.95,
    n_resamples: int = 1999,
) -> Redrawn:
    """Expected crossings of the automatic score alone, and the range of those between transcripts.

    Arrays have shape (n_calls,); `unit` is who is held against the threshold (a person, or a
    person in a period) and `person` whose they are, codes from 0 of which every one occurs.

    >>> score = np.array([69.0, 70, 71, 72, 40, 41, 42, 43])
    >>> code = np.repeat(np.arange(2), 4)
    >>> found = redrawn(score, score, np.ones(8), code, code, 70, rng=np.random.default_rng(0))
    >>> 0 < found.expected_down < 0.2, found.expected_up, found.changed_high
    (True, 0.0, 0.0)
    """
    order = np.lexsort((human, automatic, denominator, unit))
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    calls_of = np.split(order, starts[1:])
    totals = [[x[at].sum() for x in (human, automatic, denominator)] for at in calls_of]
    rank = np.lexsort(np.array(totals).T)
    n_people = int(person.max()) + 1
    weight = _people_drawn(rng, n_resamples, n_people)
    place: dict[int, int] = {}  # people in the order in which their units come up
    changed = np.zeros(n_resamples)
    up = down = 0.0
    n_one_call = 0
    for number in rank:
        at = calls_of[number]
        drawn = weight[place.setdefault(int(person[at[0]]), len(place))]
        e_a, e_h, w = automatic[at], human[at], denominator[at]
        now = bool(passes(e_a.sum() / w.sum(), threshold, higher_passes=higher_passes))
        if len(at) == 1:
            n_one_call += 1
            later = bool(passes(e_h[0] / w[0], threshold, higher_passes=higher_passes))
            changed += drawn * (now != later)
            continue
        before, after = _pass_again(e_a, e_h, w, threshold, higher_passes, rng, n_resamples)
        share = float((before != now).mean())
        up, down = (up, down + share) if now else (up + share, down)
        changed += drawn * (before != after)
    if n_one_call == len(calls_of):
        return Redrawn(None, None, None, None, n_one_call)
    low, high = np.quantile(changed, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    return Redrawn(up, down, float(low), float(high), n_one_call)


def _people_drawn(rng: np.random.Generator, n_resamples: int, n_people: int) -> FloatArray:
    """How often each person is drawn; shape (n_people, n_resamples)."""
    drawn = rng.multinomial(n_people, np.full(n_people, 1 / n_people), size=n_resamples)
    return drawn.T.astype(float)


def _pass_again(
    automatic: FloatArray,
    human: FloatArray,
    denominator: FloatArray,
    threshold: float,
    higher_passes: bool,
    rng: np.random.Generator,
    n_resamples: int,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    n = len(denominator)
    chunk = max(1, _CHUNK_CELLS // n)
    found: tuple[list[npt.NDArray[np.bool_]], list[npt.NDArray[np.bool_]]] = ([], [])
    for start in range(0, n_resamples, chunk):
        picked = rng.integers(0, n, (min(chunk, n_resamples - start), n - 1))
        w = denominator[picked].sum(axis=1)
        for e, kept in zip((automatic, human), found, strict=True):
            means = e[picked].sum(axis=1) / w
            kept.append(passes(means, threshold, higher_passes=higher_passes))
    return np.concatenate(found[0]), np.concatenate(found[1])
