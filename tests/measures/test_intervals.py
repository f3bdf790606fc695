"""Intervals by brute force on a grid, by laws, and against pyannote.core."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biasbench.errors import OptionError
from biasbench.measures.intervals import (
    clip,
    complement,
    covers,
    intersection,
    lasting,
    total,
    union,
)

SIZE = 12  # seconds of the grid; ends of intervals are whole seconds within or around it


@st.composite
def interval_lists(draw):
    ends = st.integers(-3, SIZE + 3)
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=6))
    return [(float(min(pair)), float(max(pair))) for pair in pairs]


def cells(intervals):
    """The whole seconds that the intervals cover, looked at one by one."""
    return {
        cell
        for cell in range(-4, SIZE + 4)
        if any(start <= cell and cell + 1 <= end for start, end in intervals)
    }


def is_in_order(intervals):
    return all(a[1] < b[0] for a, b in pairwise(intervals))


@given(interval_lists(), interval_lists())
def test_the_union_covers_what_any_list_covers_in_order_and_apart(one, other):
    both = union(one, other)
    assert cells(both) == cells(one) | cells(other)
    assert is_in_order(both)
    assert union(both) == both
    assert both == union(other, one)


@given(interval_lists(), interval_lists())
def test_the_intersection_covers_what_both_lists_cover(one, other):
    shared = intersection(one, other)
    assert cells(shared) == cells(union(one)) & cells(union(other))
    assert shared == intersection(other, one)
    assert all(start < end for start, end in shared)
    assert total(shared) == len(cells(shared))


@given(interval_lists())
def test_the_complement_covers_the_rest_of_the_recording(intervals):
    gaps = complement(intervals, 0.0, SIZE)
    assert cells(gaps) == set(range(SIZE)) - cells(union(intervals))
    assert total(gaps) + total(clip(intervals, 0.0, SIZE)) == SIZE
    assert all(0 <= start < end <= SIZE for start, end in gaps)


@given(interval_lists(), interval_lists())
def test_totals_add_up(one, other):
    assert total(union(one, other)) + total(intersection(one, other)) == total(one) + total(other)


@given(interval_lists(), st.integers(-4, SIZE + 4))
def test_a_moment_is_covered_where_the_union_covers_it(intervals, moment):
    assert covers(intervals, moment) == covers(union(intervals), moment)
    assert covers(intervals, moment) == any(a <= moment <= b for a, b in intervals)


@given(interval_lists())
def test_clipping_leaves_what_lies_within(intervals):
    inside = clip(intervals, 0.0, SIZE)
    assert cells(inside) == cells(union(intervals)) & set(range(SIZE))
    assert all(0 <= start <= end <= SIZE for start, end in inside)


def test_an_instant_parts_two_gaps_and_lasts_nothing():
    assert complement([(2.0, 2.0)], 0.0, 4.0) == [(0.0, 2.0), (2.0, 4.0)]
    assert union([(2.0, 2.0)]) == [(2.0, 2.0)]
    assert total([(2.0, 2.0)]) == 0
    assert intersection([(2.0, 2.0)], [(0.0, 4.0)]) == []
    assert complement([(0.0, 0.0), (4.0, 4.0)], 0.0, 4.0) == [(0.0, 4.0)]
    assert clip([(0.0, 0.0), (4.0, 4.0), (5.0, 5.0)], 0.0, 4.0) == [(0.0, 0.0), (4.0, 4.0)]


def test_touching_intervals_leave_no_gap():
    assert union([(0.0, 1.0), (1.0, 2.0)]) == [(0.0, 2.0)]
    assert complement([(0.0, 1.0), (1.0, 2.0)], 0.0, 2.0) == []


def test_an_interval_of_exactly_the_shortest_length_lasts_it():
    """3.3 − 1.3 is 1.9999999999999998 in binary."""
    assert 3.3 - 1.3 < 2.0
    assert lasting([(1.3, 3.3), (4.0, 5.999)], 2.0) == [(1.3, 3.3)]
    assert lasting([(1.0, 1.0)], 0.0) == [(1.0, 1.0)]


def test_totals_do_not_depend_on_the_order():
    pieces = [(0.1 * n, 0.1 * n + 0.07) for n in range(100)]
    assert total(pieces) == total(pieces[::-1]) == pytest.approx(7.0, abs=1e-12)


def test_pyannote_agrees():
    """Printed by pyannote.core 6.1.0:

    a = Timeline([S(0.5, 2.25), S(2.0, 3.75), S(6.5, 7.0), S(9.0, 12.5)]).support()
    b = Timeline([S(1.0, 1.5), S(3.5, 6.75), S(10.0, 11.0)]).support()
    print([tuple(s) for s in a], a.duration())
    print([tuple(s) for s in a.gaps(support=Timeline([S(0, 15)]))])
    print(a.crop(b, mode="intersection").duration())
    """
    one = [(9.0, 12.5), (0.5, 2.25), (2.0, 3.75), (6.5, 7.0)]
    other = [(1.0, 1.5), (3.5, 6.75), (10.0, 11.0)]
    assert union(one) == [(0.5, 3.75), (6.5, 7.0), (9.0, 12.5)]
    assert total(one) == 7.25
    assert complement(one, 0.0, 15.0) == [(0.0, 0.5), (3.75, 6.5), (7.0, 9.0), (12.5, 15.0)]
    assert total(intersection(one, other)) == 2.0


@pytest.mark.parametrize("wrong", [(2.0, 1.0), (math.nan, 1.0), (0.0, math.inf)])
def test_what_is_no_interval_is_refused(wrong):
    with pytest.raises(OptionError, match="is not an interval: give a start and an end in seconds"):
        union([(0.0, 1.0), wrong])
    with pytest.raises(OptionError, match="is not an interval"):
        complement([], *wrong)
