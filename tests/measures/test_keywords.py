"""Keywords said and found, by table, by brute force and by laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures.keywords import (
    category_counts,
    keyword_false_alarm_rate,
    keyword_recall,
)
from biasbench.tables import EVENTS

NAN = float("nan")


def pairs(fractions):
    """Pairs of numerator and denominator; None for a missing one, where both are NaN."""
    numerator, denominator = fractions
    assert (np.isnan(numerator) == np.isnan(denominator)).all()
    both = zip(numerator, denominator, strict=True)
    return [None if np.isnan(one) else (one, other) for one, other in both]


def numbers(*values):
    return np.array(values, dtype=float)


def test_each_call_counts_where_it_qualifies_and_is_missing_where_nobody_knows():
    """Found all, lost one, found too many; not said: found, not found; unknown: found, said, both;
    not said and found unknown."""
    said = numbers(2, 2, 1, 0, 0, NAN, 1, NAN, 0)
    found = numbers(2, 1, 3, 2, 0, 1, NAN, NAN, NAN)
    assert pairs(keyword_recall(said, found)) == [
        (2, 2), (1, 2), (1, 1), (0, 0), (0, 0), None, None, None, (0, 0),
    ]  # fmt: skip
    assert pairs(keyword_false_alarm_rate(said, found)) == [
        (0, 0), (0, 0), (0, 0), (1, 1), (0, 1), None, (0, 0), None, None,
    ]  # fmt: skip


def test_a_lost_transcript_never_counts_as_a_phrase_not_found():
    numerator, denominator = keyword_recall(numbers(3), numbers(NAN))
    assert np.isnan(numerator[0])
    assert np.isnan(denominator[0])


counts = st.integers(0, 4)


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=30))
def test_occurrence_by_occurrence_and_call_by_call(rows):
    said, found = (np.array([row[at] for row in rows], dtype=float) for at in (0, 1))
    hits, n_said = keyword_recall(said, found)
    alarms, n_not_said = keyword_false_alarm_rate(said, found)
    for at, (n, m) in enumerate(rows):
        assert hits[at] == sum(1 for which in range(n) if which < m)
        assert n_said[at] == n
        assert (alarms[at], n_not_said[at]) == ((m > 0 if n == 0 else 0), n == 0)


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=30))
def test_finding_more_never_lowers_recall_and_never_fewer_false_alarms(rows):
    said, found = (np.array([row[at] for row in rows], dtype=float) for at in (0, 1))
    assert (keyword_recall(said, found + 1)[0] >= keyword_recall(said, found)[0]).all()
    more, fewer = (keyword_false_alarm_rate(said, one)[0] for one in (found + 1, found))
    assert (more >= fewer).all()


@given(st.lists(counts, min_size=1, max_size=30))
def test_what_was_said_found_in_itself_has_full_recall_and_no_false_alarm(said):
    said = np.array(said, dtype=float)
    numerator, denominator = keyword_recall(said, said)
    assert (numerator == denominator).all()
    assert not keyword_false_alarm_rate(said, said)[0].any()


def test_a_category_noted_once_a_call_is_measured_once_a_call():
    """Said three times and noted once: the system that notes it once has missed nothing."""
    said, noted = numbers(3, 2, 0), numbers(1, 0, 0)
    assert pairs(keyword_recall(said, noted)) == [(1, 3), (0, 2), (0, 0)]
    assert pairs(keyword_recall(np.minimum(said, 1), noted)) == [(1, 1), (0, 1), (0, 0)]


def categories(*rows: tuple[str, str], kind: str = "category") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["unit_id", "label"], dtype=object).assign(
        system="vendor:x", unit="call", kind=kind, number=range(1, len(rows) + 1)
    )
    return EVENTS.check(table.reindex(columns=list(EVENTS.columns)))


def test_categories_are_counted_where_the_system_looked():
    rows = categories(("c1", "thanks"), ("c1", "thanks"), ("c1", "refund"), ("c3", "thanks"))
    looked_at = np.array([True, True, True, False])
    found = category_counts(rows, ["c1", "c2", "c3", "c4"], looked_at, "thanks")
    assert found[:3].tolist() == [2, 0, 1]
    assert np.isnan(found[3])


def test_a_prompt_is_no_category():
    both = pd.concat([categories(("c1", "thanks")), categories(("c2", "thanks"), kind="prompt")])
    assert category_counts(both, ["c1", "c2"], np.array([True, True]), "thanks").tolist() == [1, 0]


def test_a_misspelt_category_is_refused_and_one_never_noted_is_zero():
    rows, looked_at = categories(("c1", "thanks")), np.array([True])
    with pytest.raises(NotFoundError, match="no category named 'thank'. Did you mean 'thanks'"):
        category_counts(rows, ["c1"], looked_at, "thank")
    assert category_counts(rows, ["c1"], looked_at, "refund", known=["refund"]).tolist() == [0]
    with pytest.raises(TableError, match="unit 'c1' is none of the 1 units measured"):
        category_counts(rows, ["c2"], looked_at, "thanks")


@settings(deadline=None)
@given(st.sampled_from([numbers(-1), numbers(0.5), numbers(np.inf)]))
def test_what_is_no_count_is_refused(wrong):
    with pytest.raises(OptionError, match="n_said holds .* which is no count"):
        keyword_recall(wrong, numbers(1))
    with pytest.raises(OptionError, match="n_detected holds"):
        keyword_false_alarm_rate(numbers(1), wrong)


def test_arrays_must_pair_up():
    with pytest.raises(OptionError, match=r"n_said has shape \(2,\) and n_detected \(1,\)"):
        keyword_recall(numbers(1, 2), numbers(1))
