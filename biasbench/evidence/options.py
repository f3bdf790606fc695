"""The arguments of `assess`, checked: what each may be, and what to write instead."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast, get_args

import pandas as pd

from biasbench.errors import OptionError, not_found
from biasbench.evidence.cells import Cell
from biasbench.evidence.conditions import KNOWN_CONDITIONS
from biasbench.evidence.intake import covariates
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.sums import Kind
from biasbench.tables import REST, UNKNOWN, Direction
from biasbench.tables.grouping import CROSS

#: What a declared margin may come as.
MarginOption = float | Mapping[str, float] | None


def check_plain_options(*, level: float, audience: str, seed: int, n_resamples: int) -> None:
    """Raise OptionError for a level, audience, seed or number of resamples that cannot be."""
    if not 0.5 <= level < 1:
        raise OptionError(f"level={level:g} is not between 0.5 and 1; 95 % is written 0.95")
    if audience not in get_args(Audience):
        raise OptionError(
            f"audience={audience!r} is none of {', '.join(map(repr, get_args(Audience)))}"
        )
    if seed < 0:
        raise OptionError(f"seed={seed} is below 0; any whole number from 0 on will do")
    if n_resamples < 1:
        raise OptionError(f"n_resamples={n_resamples} is below 1; 9999 is usual")


def other_side(against: str, known: Sequence[str], by: str) -> str:
    """`against` if it is 'rest' or a known group; 'us,male' is the intersection 'us × male'.

    >>> other_side("englnd", ["england", "us"], "accent")
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: no group of accent named 'englnd'. Did you mean 'england'? ...
    """
    if against == UNKNOWN:
        raise OptionError(
            f"against='{UNKNOWN}': people whose {by} is not known are shown, never compared. "
            f"Known groups: {', '.join(known)}"
        )
    crossed = CROSS.join(part.strip() for part in against.split(","))
    if against not in known and crossed in known:
        return crossed
    if against != REST and against not in known:
        raise not_found(f"group of {by}", against, [*known, REST])
    return against


def groups_asked(
    groups: Sequence[str] | None, known: Sequence[str], against: str
) -> tuple[str, ...] | None:
    """The groups of which a comparison was planned, each checked; None for all of them.

    >>> groups_asked(["uk"], ["uk", "us"], "rest")
    ('uk',)
    """
    if groups is None:
        return None
    if isinstance(groups, str) or not groups:
        raise OptionError(f"groups={groups!r}: give a list of names, such as ['indian']")
    for group in groups:
        if group not in known:
            raise not_found("group", group, known)
        if group == against:
            raise OptionError(f"group '{group}' is the other side already: against='{against}'")
    return tuple(dict.fromkeys(groups))


def margins_asked(margin: MarginOption, kinds: Mapping[str, Kind]) -> dict[str, float | None]:
    """The margin of each metric; `kinds` says which metrics there are and of which kind.

    >>> margins_asked(0.03, {"wer": "rate", "cer": "rate"})
    {'wer': 0.03, 'cer': 0.03}
    """
    if margin is None:
        return dict.fromkeys(kinds)
    if isinstance(margin, Mapping):
        for metric, value in margin.items():
            if metric not in kinds:
                raise not_found("metric", metric, kinds)
            _check_margin(value, metric)
        return {metric: margin.get(metric) for metric in kinds}
    means = [metric for metric, kind in kinds.items() if kind == "mean"]
    if means and len(kinds) > 1:
        raise OptionError(
            f"margin={margin:g} cannot serve {', '.join(kinds)} at once: '{means[0]}' has a "
            f"unit of its own. Name the metrics: {next(iter(kinds))}={margin:g}"
        )
    _check_margin(margin, None)
    return dict.fromkeys(kinds, float(margin))


def directions_asked(
    direction: Direction | None, cells: Sequence[Cell]
) -> dict[tuple[str, str], Direction | None]:
    """Which way is worse, for each (system, metric): the table's word, ours, or the caller's.

    Raises OptionError for a direction that is none, or that contradicts what is known about
    every metric there is.
    """
    if direction is not None and direction not in get_args(Direction):
        raise OptionError(
            f"direction={direction!r} is none of {', '.join(map(repr, get_args(Direction)))}"
        )
    known = {(cell.system, cell.metric): cell.direction for cell in cells}
    if direction is not None and all(known.values()) and set(known.values()) != {direction}:
        cell = next(cell for cell in cells if cell.direction != direction)
        raise OptionError(
            f"direction={direction!r}, but {cell.metric} is '{cell.direction}'; leave direction out"
        )
    return {key: cast(Direction | None, value or direction) for key, value in known.items()}


def conditions_asked(
    conditions: Sequence[str] | None, table: pd.DataFrame, by: Sequence[str]
) -> list[str]:
    """The recording-condition columns to check; the usual ones that are there if None."""
    if conditions is None:
        return [name for name in KNOWN_CONDITIONS if name in table.columns and name not in by]
    if isinstance(conditions, str):
        raise OptionError(f"conditions={conditions!r}: give a list of column names")
    present = covariates(table)
    for name in conditions:
        if name in by:
            raise OptionError(
                f"conditions: '{name}' makes the groups; it cannot be a condition too"
            )
        if name not in present:
            raise not_found("column", name, present)
    return list(dict.fromkeys(conditions))


def _check_margin(value: float, metric: str | None) -> None:
    name = f"margin of {metric}" if metric else "margin"
    if not (math.isfinite(value) and value > 0):
        raise OptionError(
            f"{name} is {value:g}; it is the smallest difference that matters, in the metric's "
            "own unit, and above 0 (0.03 is three points of word error rate)"
        )
