"""Whose word it was: agent or customer, by table, by laws; and words and turns from their cells."""

import json
from dataclasses import astuple, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures.attribution import (
    AttributionCounts,
    count_attributions,
    misattribution_rate,
)
from biasbench.measures.timed_words import Turn, spans, turns_by_unit, words_by_unit, words_of
from biasbench.systems import Word

TURNS_HEARD = [
    Turn(0, 10, "agent"),
    Turn(10.5, 20, "customer"),
    Turn(18, 25, "agent"),
    Turn(26, 27),
]


def word(middle, role="agent"):
    return Word("word", middle - 0.1, middle + 0.1, role=role)


def pairs(fractions):
    """Pairs of numerator and denominator; None for a missing one, where both are NaN."""
    numerator, denominator = fractions
    assert (np.isnan(numerator) == np.isnan(denominator)).all()
    both = zip(numerator, denominator, strict=True)
    return [None if np.isnan(one) else (one, other) for one, other in both]


# ---------------------------------------------------------------- attribution


def test_a_word_counts_where_exactly_one_person_speaks_and_the_system_names_one():
    heard = [
        word(5), word(5, "customer"), word(15), word(15, "customer"),  # right wrong wrong right
        word(19), word(10.2), word(26.5), word(5, None), Word("six", role="agent"),
    ]  # fmt: skip
    found = count_attributions(heard, TURNS_HEARD)
    assert found == AttributionCounts(
        right=2, wrong=2, outside=1, overlapping=1, no_role=1, unknown=2
    )
    assert (found.compared, found.left_out) == (4, 5)
    assert sum(astuple(found)) == len(heard)


def test_what_the_customer_says_is_looked_at_alone():
    heard = [word(5, "customer"), word(12), word(13), word(14, "customer"), word(22, "customer")]
    assert pairs(misattribution_rate([heard], [TURNS_HEARD])) == [(4, 5)]
    assert pairs(misattribution_rate([heard], [TURNS_HEARD], role="customer")) == [(2, 3)]
    assert pairs(misattribution_rate([heard], [TURNS_HEARD], role="agent")) == [(2, 2)]


def test_what_is_not_known_is_missing_and_what_cannot_be_compared_adds_nothing():
    words = [
        None, [word(5)], [], [word(5, None)], [Word("six", role="agent")], [word(10.2)], [word(5)],
        [word(5)],
    ]  # fmt: skip
    turns = [TURNS_HEARD, None, *[TURNS_HEARD] * 4, [Turn(0, 10)], []]
    assert pairs(misattribution_rate(words, turns)) == [
        None, None, (0, 0), None, None, (0, 0), None, (0, 0),
    ]  # fmt: skip


roles = st.sampled_from(["agent", "customer", None])
spoken = st.lists(st.builds(word, st.integers(0, 30), roles), max_size=15)
heard_turns = st.lists(
    st.builds(
        lambda a, b, role: Turn(a, a + b, role), st.integers(0, 25), st.integers(1, 8), roles
    ),
    max_size=6,
)


@given(spoken, spoken, heard_turns)
def test_counts_add_up_over_words(some, others, turns):
    together = count_attributions([*some, *others], turns)
    assert together == count_attributions(some, turns) + count_attributions(others, turns)
    assert sum(astuple(together)) == len(some) + len(others)


@given(spoken, heard_turns)
def test_the_two_roles_make_up_the_whole(words, turns):
    whole = count_attributions(words, turns)
    parts = [count_attributions(words, turns, role=role) for role in ("agent", "customer")]
    assert whole.right == sum(part.right for part in parts)
    assert whole.wrong == sum(part.wrong for part in parts)
    assert all(part.left_out == whole.left_out for part in parts)


@given(spoken, heard_turns)
def test_swapping_the_systems_roles_swaps_right_and_wrong(words, turns):
    other = {"agent": "customer", "customer": "agent", None: None}
    swapped = [replace(one, role=other[one.role]) for one in words]
    found, turned = (count_attributions(one, turns) for one in (words, swapped))
    assert (found.right, found.wrong) == (turned.wrong, turned.right)
    assert found.left_out == turned.left_out


@settings(max_examples=80)
@given(st.lists(st.tuples(spoken, heard_turns), min_size=1, max_size=4))
def test_units_word_by_word(units):
    found = misattribution_rate([one[0] for one in units], [one[1] for one in units])
    for at, (words, turns) in enumerate(units):
        n_wrong = n_compared = 0
        for one in words:
            middle = (one.start + one.end) / 2
            whose = {turn.role for turn in turns if turn.start <= middle <= turn.end}
            if len(whose) == 1 and None not in whose and one.role:
                n_compared += 1
                n_wrong += one.role not in whose
        if np.isnan(found[1][at]):
            assert n_compared == 0
        else:
            assert (found[0][at], found[1][at]) == (n_wrong, n_compared)


def test_roles_of_another_vocabulary_are_refused_rather_than_all_wrong():
    for role in ("spk_0", "Agent"):
        with pytest.raises(
            OptionError, match=f"the role '{role}', and people's turns have 'agent'"
        ):
            misattribution_rate([[word(5, role)]], [TURNS_HEARD])
    # People marked the agent's turns only: a word given to the customer there is wrong.
    assert pairs(misattribution_rate([[word(5, "customer")]], [[Turn(0, 10, "agent")]])) == [(1, 1)]


def test_a_misspelt_role_and_lists_that_do_not_pair_up_are_refused():
    with pytest.raises(NotFoundError, match="no role of a turn named 'client'"):
        misattribution_rate([[]], [TURNS_HEARD], role="client")
    with pytest.raises(OptionError, match="words of 1 units and turns of 2"):
        misattribution_rate([[]], [[], []])


# ---------------------------------------------------------------- words from their cells


def test_words_are_read_with_what_the_cell_gives():
    cell = '[{"word": "six", "start": 1, "end": 1.5, "confidence": 0.25, "role": "agent"}, ' \
           '{"word": "oh", "start": null}]'  # fmt: skip
    assert words_of(cell) == (Word("six", 1.0, 1.5, 0.25, "agent"), Word("oh"))
    assert words_of("[]") == ()
    assert words_of(None) is words_of(float("nan")) is words_of(" ") is None


stated = st.builds(
    lambda text, start, length, sure, role: Word(text, start, start + length, sure, role),
    st.text(max_size=8), st.floats(0, 1e4), st.floats(0, 10),
    st.none() | st.floats(0, 1), st.none() | st.sampled_from(["agent", "customer"]),
)  # fmt: skip


@given(st.lists(stated, max_size=6))
def test_words_written_as_json_are_read_back(words):
    cell = json.dumps([{"word": one.text} | {
        name: getattr(one, name) for name in ("start", "end", "confidence", "role")
    } for one in words])  # fmt: skip
    assert words_of(cell) == tuple(words)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("{", "u7: words are not JSON"),
        ('{"word": "six"}', "u7: words are no JSON list of words"),
        ('["six"]', "u7: word 1 is 'six', not an object with the text 'word'"),
        ('[{"start": 1}]', "u7: word 1 is {'start': 1}, not an object with the text 'word'"),
        ('[{"word": "a"}, {"word": "b", "start": "1.0"}]', "u7: word 2: start is '1.0', not a num"),
        ('[{"word": "a", "end": NaN}]', "u7: word 1: end is nan, not a number or null"),
        ('[{"word": "a", "end": true}]', "u7: word 1: end is True"),
        ('[{"word": "a", "start": 2, "end": 1}]', "u7: word 1 ('a') ends at 1 s, before it starts"),
        ('[{"word": "a", "role": 1}]', "u7: word 1: role is 1, not a text"),
    ],
)
def test_a_cell_that_holds_something_else_is_refused(cell, words):
    with pytest.raises(TableError) as raised:
        words_of(cell, "u7")
    assert words in str(raised.value)


YES = '[{"word": "yes", "start": 0.1, "end": 0.4}]'


def test_an_empty_transcript_has_no_words_if_the_system_gives_times_to_those_it_writes():
    status = np.array(["ok", "empty", "failed", "skipped", None, "ok"], dtype=object)
    found = words_by_unit(status, [YES, None, YES, YES, YES, None])
    assert found == [(Word("yes", 0.1, 0.4),), (), None, None, None, None]


@pytest.mark.parametrize("cell", [None, '[{"word": "yes"}]', "[]"])
def test_an_empty_transcript_of_a_system_without_times_tells_nothing_of_silence(cell):
    found = words_by_unit(np.array(["ok", "empty"], dtype=object), [cell, None])
    assert found[1] is None


def test_statuses_and_cells_must_pair_up():
    with pytest.raises(OptionError, match="2 statuses and 1 cells"):
        words_by_unit(np.array(["ok", "ok"], dtype=object), [YES])


def test_one_word_without_a_time_hides_all_spans():
    assert spans([Word("a", 0, 1), Word("b", 1, 2)]) == [(0, 1), (1, 2)]
    assert spans([Word("a", 0, 1), Word("b", 1)]) is None
    assert spans(None) is None
    assert spans(()) == []


# ---------------------------------------------------------------- turns from their table


def heard(**columns):
    table = pd.DataFrame(
        {"unit_id": ["c1", "c3", "c1"], "start": [0.0, 1.0, 4.0], "end": [3.0, 2.0, 6.0]}
    )
    return table.assign(**columns)


def test_turns_go_to_their_units_and_a_unit_without_any_was_not_listened_to():
    found = turns_by_unit(heard(role=["agent", None, "customer"]), ["c1", "c2", "c3"])
    assert found == [(Turn(0, 3, "agent"), Turn(4, 6, "customer")), None, (Turn(1, 2),)]
    assert turns_by_unit(heard(), ["c1", "c2", "c3"])[0] == (Turn(0, 3), Turn(4, 6))


def test_a_unit_declared_listened_to_without_turns_is_silent():
    found = turns_by_unit(heard(), ["c1", "c2", "c3"], is_listened=np.array([True, True, True]))
    assert found[1] == ()


def test_turns_of_one_role_leave_a_unit_of_the_other_silent_and_not_unheard():
    table = heard(role=["agent", "customer", "customer"])
    found = turns_by_unit(table, ["c1", "c2", "c3"], role="agent")
    assert found == [(Turn(0, 3, "agent"),), None, ()]
    with pytest.raises(NotFoundError, match="no role of a turn named 'agnt'. Did you mean 'agent'"):
        turns_by_unit(table, ["c1", "c3"], role="agnt")


@pytest.mark.parametrize(
    ("table", "units", "listened", "words"),
    [
        (heard(), ["c1", "c2"], None, "turns: row 2: unit 'c3' is none of the 2 units measured"),
        (heard(end=[3, 2, 3.5]), ["c1", "c3"], None, "turns: row 3: the turn goes from 4 to 3.5 s"),
        (heard(), ["c1", "c3"], [True, False], "row 2: a turn of unit 'c3', which is declared not"),
    ],
)
def test_turns_that_cannot_be_are_refused(table, units, listened, words):
    with pytest.raises(TableError) as raised:
        turns_by_unit(table, units, is_listened=None if listened is None else np.array(listened))
    assert words in str(raised.value)
    with pytest.raises(OptionError, match="1 of is_listened and 2 units"):
        turns_by_unit(heard(), ["c1", "c3"], is_listened=np.array([True]))
