"""The whole rule, gates and interval, for many labellings of the people at once.

What `assess` does once for the labels that people have, this does for a thousand labellings:
the gates of `sufficiency` and `conditions`, the number of comparisons that count, the CR3-tW and
MOVER intervals at that family's level (`methods.cr3`), the weaker verdict where ratio and
difference disagree, and the code of `verdict.interval_code`. It is a second writing of the same
rule, which is why it is held to the first: `own_error` refuses where the two differ on the labels
that people have, and tests/evidence/test_own_error.py compares them on relabelled tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from biasbench.evidence.own_error.people import ConditionOfPeople, People
from biasbench.evidence.sufficiency import (
    FEWEST_EVENTS,
    FEWEST_PEOPLE,
    FEWEST_TO_TEST,
    LARGEST_SHARE,
    LEAST_OVERLAP,
    MOST_MISSING,
    Audience,
)
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.tables import Direction

BoolArray = npt.NDArray[np.bool_]
CodeArray = npt.NDArray[np.int8]

#: What a labelling can be told, by place; an interval's code is its place among the first eight.
CODES = ("V-D1", "V-D2", "V-D3", "V-A1", "V-A2", "V-A3", "V-E", "V-I", "V-N", None)
_NOT_ENOUGH = CODES.index("V-N")
_UNJUDGED = CODES.index(None)

#: As in `estimate`: a relative variance below this is rounding.
_NO_SPREAD = 1e-24
#: exp overflows beyond 709.
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True)
class Asked:
    """One comparison: its cell, the codes of the groups on both sides, and how it is judged."""

    cell: int
    group: int
    others: tuple[int, ...]
    kind: Kind
    margin: float | None
    direction: Direction | None
    is_refused: bool = False  # by a gate that no labelling changes


@dataclass(frozen=True)
class Side:
    """One side under every labelling; arrays of shape (n_labellings,)."""

    value: FloatArray
    variance: FloatArray
    n_people: FloatArray
    n_events: FloatArray
    largest_share: FloatArray
    share_missing: FloatArray


class Rule:
    """The rule for one family; `codes` applies it to labellings of its people."""

    def __init__(
        self,
        people: People,
        asked: Sequence[Asked],
        *,
        against_rest: bool,
        known: Sequence[int],
        level: float,
        audience: Audience,
    ) -> None:
        self.people = people
        self.asked = list(asked)
        self.against_rest = against_rest
        self.known = list(known)
        self.level = level
        self.needed = FEWEST_PEOPLE[audience]

    def codes(self, labels: npt.NDArray[np.integer]) -> CodeArray:
        """Places in CODES of every comparison and labelling, (n_comparisons, n_labellings).

        `labels`, of shape (n_labellings, n_people), are codes of groups.
        """
        at = _Labelled(self.people, labels)
        pairs = [(at.side(a.cell, (a.group,)), at.side(a.cell, a.others)) for a in self.asked]
        level = self._adjusted(at, pairs)
        filled = {cell: at.filled(cell, self.known) for cell in {a.cell for a in self.asked}}
        found = np.empty((len(self.asked), len(labels)), dtype=np.int8)
        for place, (asked, (one, other)) in enumerate(zip(self.asked, pairs, strict=True)):
            interval = _interval(one, other, asked.kind, level)
            refused = _fails(one, other, asked.kind, self.needed) | ~interval.exists
            refused |= at.confounded(asked, filled[asked.cell]) | asked.is_refused
            found[place] = np.where(refused, _NOT_ENOUGH, _judged(interval, asked))
        return found

    def _adjusted(self, at: _Labelled, pairs: Sequence[tuple[Side, Side]]) -> FloatArray:
        """The level of each interval under each labelling: level^(1/m), as many as count."""
        m = np.zeros(at.n, dtype=float)
        tested = [
            np.minimum(one.n_people, other.n_people) >= FEWEST_TO_TEST for one, other in pairs
        ]
        for here in tested:
            m += here
        if self.against_rest:
            m -= self._asked_twice(at, tested)
        level: FloatArray = np.power(self.level, 1 / np.maximum(m, 1))
        return level

    def _asked_twice(self, at: _Labelled, tested: Sequence[BoolArray]) -> FloatArray:
        """Of two groups alone, 'A against the rest' and 'B against the rest' count once."""
        twice = np.zeros(at.n, dtype=float)
        for cell in {asked.cell for asked in self.asked}:
            two = at.filled(cell, self.known).sum(axis=1) == 2
            of_cell = [
                here for asked, here in zip(self.asked, tested, strict=True) if asked.cell == cell
            ]
            twice += two & (np.sum(of_cell, axis=0) == 2)
        return twice


@dataclass(frozen=True)
class _Interval:
    """Ends of the difference, and whether the ratio leaves equality out (None: has no ratio)."""

    low: FloatArray
    high: FloatArray
    exists: BoolArray
    ratio_shows: BoolArray | None


class _Labelled:
    """The sides that labellings make, each computed once."""

    def __init__(self, people: People, labels: npt.NDArray[np.integer]) -> None:
        self.people = people
        self.labels = labels
        self.n = len(labels)
        self._masks: dict[tuple[int, ...], FloatArray] = {}
        self._sides: dict[tuple[int, tuple[int, ...]], Side] = {}
        self._overlaps: dict[tuple[int, tuple[int, ...]], BoolArray] = {}

    def mask(self, codes: tuple[int, ...]) -> FloatArray:
        """1.0 where a person stands in one of the groups; shape (n_labellings, n_people)."""
        if codes not in self._masks:
            self._masks[codes] = np.isin(self.labels, codes).astype(float)
        return self._masks[codes]

    def side(self, cell: int, codes: tuple[int, ...]) -> Side:
        """The figures of a side in one cell."""
        if (cell, codes) not in self._sides:
            self._sides[cell, codes] = _side(self.people, cell, self.mask(codes))
        return self._sides[cell, codes]

    def filled(self, cell: int, known: Sequence[int]) -> BoolArray:
        """Which known groups have anybody in this cell; shape (n_labellings, n_known)."""
        counted = (self.people.denominator[cell] > 0).astype(float)
        return np.stack([self.mask((code,)) @ counted > 0 for code in known], axis=1)

    def confounded(self, asked: Asked, filled: BoolArray) -> BoolArray:
        """Whether the two sides share almost no value of a recording condition."""
        if not self.people.conditions:
            return np.zeros(self.n, dtype=bool)
        if not filled.all():  # the other side is then another one from labelling to labelling
            return self._few_overlap(self.mask((asked.group,)), self._filled_others(asked))
        key = (asked.group, asked.others)
        if key not in self._overlaps:
            self._overlaps[key] = self._few_overlap(
                self.mask((asked.group,)), self.mask(asked.others)
            )
        return self._overlaps[key]

    def _filled_others(self, asked: Asked) -> FloatArray:
        counted = (self.people.denominator[asked.cell] > 0).astype(float)
        others = np.zeros_like(self.mask(asked.others))
        for code in asked.others:
            here = self.mask((code,))
            others += here * (here @ counted > 0)[:, None]
        nobody = ~others.any(axis=1)
        others[nobody] = self.mask(asked.others)[nobody]
        return others

    def _few_overlap(self, one: FloatArray, other: FloatArray) -> BoolArray:
        found = np.zeros(self.n, dtype=bool)
        for condition in self.people.conditions:
            checked = _mostly_shared(condition, one) & _mostly_shared(condition, other)
            if checked.any():
                smaller = np.minimum(
                    _overlap(condition.share, one, other), _overlap(condition.rows, one, other)
                )
                found |= checked & (smaller < LEAST_OVERLAP)
        return found


def _side(people: People, cell: int, mask: FloatArray) -> Side:
    e, w = people.numerator[cell], people.denominator[cell]
    total, events = mask @ w, mask @ e
    rows, missing = mask @ people.n_rows[cell], mask @ people.n_missing[cell]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = events / total
        # [r_i / (1 − h_i)]² / W² = [(e_i − R·w_i) / (W − w_i)]²
        left_out = np.multiply.outer(value, w)
        np.subtract(e, left_out, out=left_out)
        left_out /= np.subtract.outer(total, w)
        left_out[mask == 0] = 0.0
        variance: FloatArray = np.einsum("ij,ij->i", left_out, left_out)
        largest = (mask * w).max(axis=1) / total
        share_missing = missing / (rows + missing)
    return Side(
        value=value,
        variance=variance,
        n_people=mask @ (w > 0).astype(float),
        n_events=events,
        largest_share=np.nan_to_num(largest),
        share_missing=np.nan_to_num(share_missing),
    )


def _fails(one: Side, other: Side, kind: Kind, needed: int) -> BoolArray:
    failed = np.zeros(len(one.value), dtype=bool)
    for side in (one, other):
        failed |= side.n_people < needed
        failed |= side.largest_share > LARGEST_SHARE
        failed |= side.share_missing > MOST_MISSING
        if kind == "rate":
            failed |= side.n_events < FEWEST_EVENTS
    return failed


def _interval(one: Side, other: Side, kind: Kind, level: FloatArray) -> _Interval:
    """CR3-tW and MOVER, as `methods.cr3`; where a gate fails anyway the figures mean nothing."""
    exists = _has_spread(one) & _has_spread(other)
    with np.errstate(all="ignore"):
        difference = one.value - other.value
        if kind == "mean":
            reach = _quantile(level, _dof(one, other, 1.0, 1.0)) * np.sqrt(
                one.variance + other.variance
            )
            return _Interval(difference - reach, difference + reach, exists, None)
        low, high = _log_ends(one, level)
        other_low, other_high = _log_ends(other, level)
        log_ratio = np.log(one.value / other.value)
        squares = one.value**2, other.value**2
        error = np.sqrt(one.variance / squares[0] + other.variance / squares[1])
        reach = _quantile(level, _dof(one, other, *squares)) * error
        return _Interval(
            difference - np.hypot(one.value - low, other_high - other.value),
            difference + np.hypot(high - one.value, other.value - other_low),
            exists,
            np.abs(log_ratio) > reach,
        )


def _has_spread(side: Side) -> BoolArray:
    least = _NO_SPREAD * np.maximum(side.value**2, 1e-300)
    return np.isfinite(side.variance) & (side.variance > least)


def _log_ends(side: Side, level: FloatArray) -> tuple[FloatArray, FloatArray]:
    reach = _quantile(level, side.n_people - 1) * np.sqrt(side.variance) / side.value
    return side.value * np.exp(-reach), side.value * np.exp(np.minimum(reach, _LARGEST_EXPONENT))


def _dof(one: Side, other: Side, scale: FloatArray | float, by: FloatArray | float) -> FloatArray:
    v, v_other = one.variance / scale, other.variance / by
    return (v + v_other) ** 2 / (v**2 / (one.n_people - 1) + v_other**2 / (other.n_people - 1))


def _quantile(level: FloatArray, dof: FloatArray) -> FloatArray:
    quantile: FloatArray = stdtrit(dof, (1 + level) / 2)
    return quantile


def _judged(interval: _Interval, asked: Asked) -> CodeArray:
    """As `verdict.judge`: places in CODES of the oriented interval, the weaker verdict standing."""
    if asked.margin is None or asked.direction not in ("higher is worse", "higher is better"):
        return np.full(len(interval.low), _UNJUDGED, dtype=np.int8)
    low, high, margin = interval.low, interval.high, asked.margin
    if asked.direction == "higher is better":
        low, high = -high, -low
    if interval.ratio_shows is not None:
        disagree = ((low > 0) | (high < 0)) != interval.ratio_shows
        low = np.where(disagree, np.minimum(low, 0.0), low)
        high = np.where(disagree, np.maximum(high, 0.0), high)
    rules = {
        "V-D1": low > margin,
        "V-D2": (low > 0) & (high > margin),
        "V-D3": low > 0,
        "V-A1": high < -margin,
        "V-A2": (high < 0) & (low < -margin),
        "V-A3": high < 0,
        "V-E": (low >= -margin) & (high <= margin),
    }
    places = [CODES.index(code) for code in rules]
    found = np.select(list(rules.values()), places, default=CODES.index("V-I"))
    return found.astype(np.int8)


def _mostly_shared(condition: ConditionOfPeople, mask: FloatArray) -> BoolArray:
    half = 0.5 * (mask @ condition.total)
    shared = (mask @ condition.share).sum(axis=1)
    # A sum of shares that is half and a rounding less is half.
    return np.asarray((shared >= half - 1e-9) & (half > 0))


def _overlap(of_person: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = [mask @ of_person for mask in (one, other)]
        shares = [side / side.sum(axis=1, keepdims=True) for side in sides]
    overlap: FloatArray = np.minimum(shares[0], shares[1]).sum(axis=1)
    return overlap


def names_of(codes: CodeArray) -> list[str | None]:
    """The codes in words."""
    return [CODES[code] for code in codes]


def counts_of(codes: CodeArray) -> Mapping[str | None, int]:
    """How many labellings were told each code."""
    found = np.bincount(codes, minlength=len(CODES))
    return {code: int(count) for code, count in zip(CODES, found, strict=True)}
