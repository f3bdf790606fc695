"""Rows of equal human rating, put together: the strata that scores are compared within.

A rating of a few levels makes a stratum of each; a rating on a fine scale is cut into ranges,
the same for both sides. Five ranges of about as many rows each leave a tenth of what a linear
rating explains (Cochran 1968, Biometrics 24:295–313): more ranges leave less, and fewer people
in each.

A stratum is common where both sides have people in it. Rows outside common strata cannot be
compared at equal rating; they are counted and shown, and beyond a fifth of a side nothing is
compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.rows import Rows, column_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, MOST_MISSING
from biasbench.evidence.sums import FloatArray
from biasbench.tables import REST, UNKNOWN
from biasbench.tables.labels import Codes, label_codes

#: How a rating is cut: not at all, into that many ranges of about as many rows, or at these
#: values (a value on a cut belongs to the range below it).
Bins = int | Sequence[float] | None

#: A rating with more levels than this is on a fine scale, and must be cut.
MOST_LEVELS = 20

#: At most this share of a side's rows may lie outside the common strata.
MOST_OUTSIDE = 0.2


@dataclass(frozen=True)
class RatedRows:
    """The rows of a comparison that have a human rating, and the stratum of each."""

    rows: Rows
    stratum: Codes  # shape (n_rows,), 0 … n_strata − 1
    names: list[str]  # of the strata, from the lowest rating to the highest
    n_unrated: tuple[int, int]  # rows with a value and no rating, of the group and the other side


@dataclass(frozen=True)
class CommonStrata:
    """Where both sides have people: arrays of shape (n_strata,) unless said otherwise."""

    is_common: npt.NDArray[np.bool_]
    n_rows: npt.NDArray[np.int64]  # shape (2, n_strata): of the group, of the other side
    n_speakers: npt.NDArray[np.int64]  # shape (2, n_strata)
    n_outside: tuple[int, int]  # rows outside common strata, of the group and the other side


def rated_rows(rows: Rows, rating: str, *, bins: Bins = None) -> RatedRows:
    """The rows with a rating, in strata of equal (or nearly equal) rating.

    Raises NotFoundError for a column that is not there, OptionError for a rating that needs or
    cannot bear `bins`, and InsufficientDataError where more than a fifth of a side is unrated.
    """
    codes, labels, numbers, kept = _levels(rows, rating)
    has_rating = codes >= 0
    codes, present = _renumbered(codes[has_rating])
    labels, numbers = [labels[code] for code in present], numbers[present]
    values = None if np.isnan(numbers).any() else numbers[codes]
    if len(labels) == 1:
        raise OptionError(f"{rating} is '{labels[0]}' in every row: there is nothing to hold equal")
    if bins is not None:
        if values is None:
            word = labels[int(np.isnan(numbers).argmax())]
            raise OptionError(f"bins={bins!r}: {rating} is '{word}' in a row, not a number to cut")
        stratum, names = cut(values, bins)
    elif len(labels) > MOST_LEVELS:
        raise OptionError(
            f"{rating} has {len(labels)} different values, more than {MOST_LEVELS}; cut it into "
            "ranges, such as bins=5"
        )
    else:
        order = np.argsort(numbers, kind="stable") if values is not None else np.arange(len(labels))
        place = np.empty(len(labels), dtype=np.intp)
        place[order] = np.arange(len(labels))
        stratum, names = place[codes], [labels[at] for at in order]
    return RatedRows(kept, stratum, names, _count_unrated(rows, has_rating))


def rated_values(rows: Rows, rating: str) -> tuple[Rows, FloatArray, tuple[int, int]]:
    """The rows with a rating, their ratings as numbers, and how many of each side have none.

    Raises as `rated_rows` does, and OptionError where a rating is not a number.
    """
    codes, labels, numbers, kept = _levels(rows, rating)
    has_rating = codes >= 0
    values = numbers[codes[has_rating]]
    if np.isnan(values).any():
        word = labels[int(codes[has_rating][int(np.isnan(values).argmax())])]
        raise OptionError(
            f"{rating} is '{word}' in a row, not a number; logistic DIF needs a numeric rating. "
            "For levels in words there is odds_at_equal_rating"
        )
    return kept, values, _count_unrated(rows, has_rating)


def cut(rating: FloatArray, bins: int | Sequence[float]) -> tuple[Codes, list[str]]:
    """The range of each rating and the names of the ranges; empty ranges are left out.

    A number of `bins` cuts at the quantiles of all rows together, so that equal ratings are
    never parted and both sides are cut alike.

    >>> codes, names = cut(np.array([1.0, 1.5, 2.0, 3.0, 9.0]), [1.5, 3.0])
    >>> codes.tolist(), names
    ([0, 0, 1, 1, 2], ['≤ 1.5', '1.5 – 3', '> 3'])
    >>> cut(np.array([1.0, 2.0, 3.0, 4.0]), 2)[1]
    ['≤ 2.5', '> 2.5']
    """
    if isinstance(bins, int):
        if bins < 2:
            raise OptionError(f"bins={bins} is below 2; 5 is usual")
        edges = np.unique(np.quantile(rating, np.arange(1, bins) / bins))
    else:
        edges = np.asarray(bins, dtype=float)
        if not edges.size or not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
            raise OptionError(f"bins={list(bins)}: give finite cuts that rise, such as [2, 3.5]")
    inner = [f"{low:.4g} – {high:.4g}" for low, high in pairwise(edges)]
    names = [f"≤ {edges[0]:.4g}", *inner, f"> {edges[-1]:.4g}"]
    codes, present = _renumbered(np.searchsorted(edges, rating, side="left"))
    return codes, [names[at] for at in present]


def common_strata(rated: RatedRows, *, rating: str, fewest: int) -> CommonStrata:
    """The strata where both sides have at least `fewest` people with a denominator.

    Raises InsufficientDataError where more than a fifth of a side's rows lie outside, or fewer
    than 6 people of a side are left inside.
    """
    rows, n_strata = rated.rows, len(rated.names)
    sides = (rows.in_group, ~rows.in_group)
    n_rows = np.array([np.bincount(rated.stratum[side], minlength=n_strata) for side in sides])
    weighs = rows.denominator > 0
    n_speakers = np.array(
        [
            np.bincount(_pairs(rated.stratum[here], rows.speaker[here])[:, 0], minlength=n_strata)
            for here in (side & weighs for side in sides)
        ]
    )
    is_common = n_speakers.min(axis=0) >= fewest
    outside = n_rows[:, ~is_common].sum(axis=1)
    inside = is_common[rated.stratum]
    for name, side, n_out in zip(side_names(rows), sides, outside, strict=True):
        share = n_out / max(side.sum(), 1)
        if share > MOST_OUTSIDE:
            raise InsufficientDataError(
                f"{100 * share:.3g} % of the rows of {name} have a {rating} at which "
                f"the other side has too few people, more than {100 * MOST_OUTSIDE:.3g} %: the two "
                f"sides are hardly ever rated alike; ratings with at least {fewest} "
                f"{'person' if fewest == 1 else 'people'} on both sides are needed"
            )
    for name, side in zip(side_names(rows), sides, strict=True):
        people = len(np.unique(rows.speaker[side & inside & weighs]))
        if people < FEWEST_TO_TEST:
            raise InsufficientDataError(
                f"{people} people of {name} have a {rating} that the other side has "
                f"too; at least {FEWEST_TO_TEST} on each side are needed to compare at equal "
                f"{rating}"
            )
    return CommonStrata(is_common, n_rows, n_speakers, (int(outside[0]), int(outside[1])))


def side_names(rows: Rows) -> tuple[str, str]:
    """The group and the other side as a message names them: accent='b' and the rest."""
    other = "the rest" if rows.against == REST else f"{rows.by}='{rows.against}'"
    return f"{rows.by}='{rows.group}'", other


def left_out(strata: CommonStrata, *, fewest: int) -> list[str | None]:
    """Why each stratum is left out; None where it is not."""
    need = "no people" if fewest == 1 else f"fewer than {fewest} people"
    sides = ("the group", "the other side")
    notes: list[str | None] = []
    for counts in strata.n_speakers.T:
        short = [side for side, count in zip(sides, counts, strict=True) if count < fewest]
        notes.append(f"left out: {need} of {' and of '.join(short)}" if short else None)
    return notes


def _levels(rows: Rows, rating: str) -> tuple[Codes, list[str], FloatArray, Rows]:
    """Code of each row (−1: none), the levels as words and as numbers, and the rows with one."""
    if rating in rows.by.split(","):
        raise OptionError(f"rating='{rating}' makes the groups; it cannot be held equal too")
    codes, labels = label_codes(column_of(rows, rating))
    if UNKNOWN in labels:
        codes = np.where(codes == labels.index(UNKNOWN), -1, codes)
    _check_rated(rows, rating, codes >= 0)
    numbers = pd.to_numeric(pd.Series(labels, dtype=object), errors="coerce")
    return codes, labels, numbers.to_numpy(dtype=float), _only(rows, codes >= 0)


def _count_unrated(rows: Rows, has_rating: npt.NDArray[np.bool_]) -> tuple[int, int]:
    group = int((~has_rating & rows.in_group).sum())
    return group, int((~has_rating).sum()) - group


def _check_rated(rows: Rows, rating: str, has_rating: npt.NDArray[np.bool_]) -> None:
    sides = (rows.in_group, ~rows.in_group)
    for name, side in zip(side_names(rows), sides, strict=True):
        share = float((~has_rating)[side].mean()) if side.any() else 0.0
        if share > MOST_MISSING:
            raise InsufficientDataError(
                f"{100 * share:.3g} % of the rows of {name} have no {rating}, more "
                f"than {100 * MOST_MISSING:.3g} %; have the others rated before comparing"
            )


def _only(rows: Rows, kept: npt.NDArray[np.bool_]) -> Rows:
    return replace(
        rows,
        numerator=rows.numerator[kept],
        denominator=rows.denominator[kept],
        speaker=rows.speaker[kept],
        in_group=rows.in_group[kept],
        columns=rows.columns[kept].reset_index(drop=True),
    )


def _renumbered(codes: npt.NDArray[np.integer]) -> tuple[Codes, Codes]:
    present, new = np.unique(codes, return_inverse=True)
    return new.ravel().astype(np.intp), present.astype(np.intp)


def _pairs(stratum: Codes, speaker: Codes) -> npt.NDArray[np.intp]:
    """Each stratum and person that meet, once; shape (n_pairs, 2)."""
    return np.unique(np.column_stack([stratum, speaker]), axis=0).astype(np.intp)
