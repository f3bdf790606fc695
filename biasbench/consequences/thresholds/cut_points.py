"""Which thresholds a curve stands on, and which scores pass them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.sums import FloatArray

#: With more distinct scores than this the curve stands on their hundredths instead, and says so.
MOST_THRESHOLDS = 99


def passes(
    score: npt.ArrayLike, threshold: float, *, higher_passes: bool = True
) -> npt.NDArray[np.bool_]:
    """Which scores pass: those at the threshold do, from whichever side.

    >>> passes([69.9, 70.0, 71.0], 70), passes([69.9, 70.0, 71.0], 70, higher_passes=False)
    (array([False,  True,  True]), array([ True,  True, False]))
    """
    values = np.asarray(score, dtype=float)
    return values >= threshold if higher_passes else values <= threshold


def distinct_thresholds(
    score: npt.ArrayLike, *, higher_passes: bool = True
) -> tuple[FloatArray, bool]:
    """The thresholds that tell scores apart, ascending, and whether they are all of them.

    At the lowest score everybody passes (at the highest, where lower passes): it is left out.
    With more than 99 others, the scores at their hundredths are taken (inverse of the empirical
    distribution: scores that somebody has).

    >>> distinct_thresholds([3, 1, 2, 2])
    (array([2., 3.]), True)
    >>> places, complete = distinct_thresholds(np.arange(1000.0))
    >>> places[:2], len(places), complete
    (array([ 9., 19.]), 99, False)
    """
    values = np.asarray(score, dtype=float)
    distinct = np.unique(values)
    distinct = distinct[1:] if higher_passes else distinct[:-1]
    if len(distinct) <= MOST_THRESHOLDS:
        return distinct, True
    shares = np.arange(1, 100) / 100
    quantiles = np.unique(np.quantile(values, shares, method="inverted_cdf"))
    return quantiles[np.isin(quantiles, distinct)], False


def curve_places(
    score: FloatArray,
    thresholds: Sequence[float] | None,
    at: float | None,
    higher_passes: bool,
) -> tuple[FloatArray, list[str], str]:
    """The thresholds, ascending, where each comes from (tables.consequences.ORIGINS), and a
    phrase that says how they were chosen.

    >>> curve_places(np.array([1.0, 2.0, 3.0]), None, 2.5, True)
    (array([2. , 2.5, 3. ]), ['observed', 'contract', 'observed'],
     'all 2 distinct scores at which not everybody passes, and the threshold in force')
    """
    if at is not None and not np.isfinite(at):
        raise OptionError(f"at={at:g}: give the threshold in force as a finite number")
    if thresholds is None:
        places, complete = distinct_thresholds(score, higher_passes=higher_passes)
        if not len(places):
            raise InsufficientDataError(
                f"everybody has the score {score[0]:g}: at least two different scores are needed "
                "for a threshold to tell anybody apart"
            )
        origin = "observed" if complete else "quantile"
        chosen = (
            f"all {len(places)} distinct scores at which not everybody passes"
            if complete
            else f"{len(places)} hundredths of {len(np.unique(score))} distinct scores"
        )
    else:
        places = np.unique(np.asarray(thresholds, dtype=float))
        if not places.size or not np.isfinite(places).all():
            raise OptionError(f"thresholds={list(thresholds)}: give one or more finite numbers")
        origin, chosen = "asked", f"{len(places)} thresholds asked for"
    origins = [origin] * len(places)
    if at is None:
        return places, origins, chosen
    places = np.unique(np.append(places, at))
    origins = ["contract" if place == at else origin for place in places]
    return places, origins, f"{chosen}, and the threshold in force"
