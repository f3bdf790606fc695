"""The verb of a model swap: two measures tables in, the change in a group's gap out."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from biasbench.errors import OptionError
from biasbench.evidence.intake import MeasuresLike
from biasbench.evidence.swaps.change import ChangeInGap, SwapMethod, change_in_gap
from biasbench.evidence.swaps.pairing import Paired, paired
from biasbench.tables import REST, Direction
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Swap:
    """A change in the gap with the question it answers, and the rows it stands on."""

    system_before: str
    system_after: str
    metric: str
    by: str
    group: str
    against: str
    change: ChangeInGap
    n_utterances: tuple[int, int]  # paired, of the group and of the other side
    n_unpaired: tuple[int, int]  # with a value from one model only: in neither gap


def assess_swap(
    before: MeasuresLike | pd.DataFrame | str | Path,
    after: MeasuresLike | pd.DataFrame | str | Path,
    *,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system_before: str | None = None,
    system_after: str | None = None,
    margin: float | None = None,
    alpha: float = 0.05,
    direction: Direction | None = None,
    method: SwapMethod = "cr3",
    seed: int = 0,
    n_resamples: int = 9999,
) -> Swap:
    """What the swap of one model for another did to the gap of a group.

    `before` and `after` are measures tables of the same utterances, paired by unit_id, or one
    table with both systems. `margin` is by how much the gap may grow, in the metric's unit and
    declared before; `direction` which way is worse, where the table does not say. The rows that
    only one model has a value for are in neither gap, and are counted in `n_unpaired`.

    Raises TableError where the two tables are not of the same people and words, and
    InsufficientDataError where they cannot decide: fewer than 6 people heard by both on a side,
    or more than 20 % of a side's rows with a value from one model only.

    >>> people = [f"p{number:02}" for number in range(16)]
    >>> old = pd.DataFrame({
    ...     "system": "asr:old", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30, 22, 41, 18, 27, 35, 24, 29, 20, 12, 25, 16, 22, 19, 14, 17],
    ...     "denominator": 200.0, "accent": ["b"] * 8 + ["a"] * 8})
    >>> new = old.assign(
    ...     system="asr:new", numerator=old["numerator"] + [1, -2, 1, 0, 2, -1, 0, 1] * 2)
    >>> found = assess_swap(old, new, by="accent", group="b", margin=0.01)
    >>> round(found.change.upper, 4), round(found.change.p_noninferior, 4), found.n_unpaired
    (0.006, 0.0056, (0, 0))
    """
    pair = paired(
        before,
        after,
        by=by,
        group=group,
        against=against,
        metric=metric,
        system_before=system_before,
        system_after=system_after,
    )
    if seed < 0:
        raise OptionError(f"seed={seed} is below 0; any whole number from 0 on will do")
    names = [pair.system_before, pair.system_after, pair.metric, *sorted([group, pair.against])]
    stream = zlib.crc32("\0".join(names).encode())
    change = change_in_gap(
        pair.group_before,
        pair.group_after,
        pair.against_before,
        pair.against_after,
        margin=margin,
        alpha=alpha,
        direction=_direction(direction, pair),
        method=method,
        rng=np.random.default_rng([seed, stream]),
        n_resamples=n_resamples,
    )
    return Swap(
        system_before=pair.system_before,
        system_after=pair.system_after,
        metric=pair.metric,
        by=pair.by,
        group=group,
        against=pair.against,
        change=change,
        n_utterances=pair.n_utterances,
        n_unpaired=pair.n_unpaired,
    )


def _direction(given: Direction | None, pair: Paired) -> Direction:
    known = cast(Direction | None, pair.direction)
    if given is not None and known is not None and given != known:
        raise OptionError(
            f"direction={given!r}, but {pair.metric} is '{known}'; leave direction out"
        )
    found = given or known
    if found is None:
        raise OptionError(
            f"which way of {pair.metric} is worse is not known; pass direction='higher is worse', "
            "'higher is better' or 'neither'"
        )
    return found
