"""Prompts per call: looked at and let pass, never looked at, unfounded, both ways in one call."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biasbench as bb
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures.events import count_events, event_labels, events_by_unit
from biasbench.measures.prompts import (
    contradiction_rate,
    prompt_rate,
    unfounded_by_rules,
    unfounded_prompt_rate,
)
from biasbench.provenance import Provenance
from biasbench.tables import EVENTS

UNITS = ["c1", "c2", "c3", "c4"]
ALL = np.array([True, True, True, True])


def events(*rows: tuple[str, str], **columns: object) -> pd.DataFrame:
    """A prompt for each (unit, label); further columns as given."""
    table = pd.DataFrame(rows, columns=["unit_id", "label"], dtype=object)
    table = table.assign(
        system="tone:own", unit="call", kind="prompt", number=range(1, len(rows) + 1)
    ).assign(**columns)
    return EVENTS.check(table.reindex(columns=list(EVENTS.columns)))


def shown(fractions):
    """Pairs of numerator and denominator; None for a missing one, where both are NaN."""
    numerator, denominator = fractions
    assert (np.isnan(numerator) == np.isnan(denominator)).all()
    both = zip(numerator, denominator, strict=True)
    return [None if np.isnan(one) else (one, other) for one, other in both]


# ---------------------------------------------------------------- rates


def test_a_call_without_prompts_is_zero_and_one_not_analysed_is_missing():
    rows = events(("c1", "faster"), ("c1", "faster"), ("c1", "kinder"), ("c3", "kinder"))
    looked_at = np.array([True, True, True, False])
    assert shown(prompt_rate(rows, UNITS, looked_at, "faster")) == [(2, 1), (0, 1), (0, 1), None]
    assert shown(prompt_rate(rows, UNITS, looked_at)) == [(3, 1), (0, 1), (1, 1), None]


def test_a_system_that_shows_nothing_is_zero_everywhere_it_looked():
    looked_at = np.array([True, False, True, False])
    assert shown(prompt_rate(events(), UNITS, looked_at)) == [(0, 1), None, (0, 1), None]


def test_only_prompts_count_as_prompts():
    rows = events(("c1", "faster"), ("c1", "faster"), kind=["prompt", "category"])
    assert prompt_rate(rows, UNITS, ALL, "faster")[0].tolist() == [1, 0, 0, 0]
    assert count_events(rows, UNITS, ALL, kind="category").tolist() == [1, 0, 0, 0]
    assert event_labels(rows, kind="prompt") == event_labels(rows, kind="category") == ["faster"]
    assert event_labels(rows, kind="silence") == []


def test_the_order_of_units_is_that_asked_for_and_rows_come_in_any():
    rows = events(("c3", "faster"), ("c1", "faster"), ("c3", "faster"))
    assert prompt_rate(rows, ["c3", "c2", "c1"], ALL[:3], "faster")[0].tolist() == [2, 0, 1]
    backwards = rows[::-1]
    assert prompt_rate(backwards, ["c3", "c2", "c1"], ALL[:3], "faster")[0].tolist() == [2, 0, 1]


LABELS = ("faster", "slower", "kinder")
prompts = st.lists(st.tuples(st.sampled_from(UNITS), st.sampled_from(LABELS)), max_size=25)


@settings(max_examples=20, deadline=None)
@given(prompts)
def test_the_labels_add_up_to_all_prompts_and_a_plain_count_agrees(rows):
    table = events(*rows)
    parts = [prompt_rate(table, UNITS, ALL, one, known=LABELS)[0] for one in LABELS]
    assert (sum(parts) == prompt_rate(table, UNITS, ALL)[0]).all()
    for label, part in zip(LABELS, parts, strict=True):
        assert part.tolist() == [rows.count((unit, label)) for unit in UNITS]


def test_each_unit_has_its_own_rows_and_none_where_it_was_not_analysed():
    rows = events(("c3", "faster"), ("c1", "slower"), ("c3", "kinder"))
    found = events_by_unit(rows, UNITS, np.array([True, True, True, False]), kind="prompt")
    assert [None if one is None else one["label"].tolist() for one in found] == [
        ["slower"], [], ["faster", "kinder"], None,
    ]  # fmt: skip


# ---------------------------------------------------------------- unfounded


def test_unfounded_counts_what_people_checked_and_is_missing_where_they_checked_nothing():
    """c1: one of two unfounded, a third unchecked; c2: unchecked; c3: none shown; c4: founded."""
    rows = events(
        *[("c1", "thanks")] * 3, ("c2", "thanks"), ("c3", "kinder"), ("c4", "thanks"),
        founded=[0, 1, None, None, 0, 1],
    )  # fmt: skip
    assert shown(unfounded_prompt_rate(rows, UNITS, ALL, "thanks")) == [
        (1, 2), None, (0, 0), (0, 1),
    ]  # fmt: skip
    assert shown(unfounded_prompt_rate(rows, UNITS, ALL)) == [(1, 2), None, (1, 1), (0, 1)]
    not_looked_at = np.array([True, True, True, True, False])
    assert shown(unfounded_prompt_rate(rows, [*UNITS, "c5"], not_looked_at))[-1] is None


def test_a_prompt_that_the_human_transcript_does_not_call_for_is_unfounded():
    """c1: one of two goes; c2: more on the human one; c3: no human transcript; c4: none shown."""
    automatic = events(("c1", "thanks"), ("c1", "thanks"), ("c2", "thanks"), ("c3", "thanks"))
    human = events(("c1", "thanks"), ("c2", "thanks"), ("c2", "thanks"), ("c2", "faster"))
    written = np.array([True, True, False, False])
    found = unfounded_by_rules(automatic, human, UNITS, ALL, written, "thanks")
    assert shown(found) == [(1, 2), (0, 1), None, (0, 0)]
    looked_at = np.array([True, True, True, False])  # and a human transcript of c4
    found = unfounded_by_rules(automatic, human, UNITS, looked_at, ALL, "thanks")
    assert shown(found) == [(1, 2), (0, 1), (1, 1), None]


def test_one_label_does_not_make_up_for_another():
    """Thanks not called for and faster called for: two prompts each way, one of them unfounded."""
    automatic = events(("c1", "thanks"), ("c1", "kinder"))
    human = events(("c1", "faster"), ("c1", "kinder"))
    found = unfounded_by_rules(automatic, human, ["c1"], ALL[:1], ALL[:1])
    assert shown(found) == [(1, 2)]


@settings(max_examples=20, deadline=None)
@given(prompts, prompts)
def test_unfounded_prompts_add_up_over_labels_and_are_no_more_than_those_shown(rows, theirs):
    table, human = events(*rows), events(*theirs)
    numerator, denominator = unfounded_by_rules(table, human, UNITS, ALL, ALL)
    parts = [
        unfounded_by_rules(table, human, UNITS, ALL, ALL, label, known=LABELS) for label in LABELS
    ]
    assert (numerator == sum(part[0] for part in parts)).all()
    assert (denominator == sum(part[1] for part in parts)).all()
    assert ((numerator >= 0) & (numerator <= denominator)).all()
    expected = [
        sum(max(0, rows.count((unit, one)) - theirs.count((unit, one))) for one in LABELS)
        for unit in UNITS
    ]
    assert numerator.tolist() == expected


@settings(max_examples=20, deadline=None)
@given(prompts)
def test_the_same_transcript_makes_no_prompt_unfounded(rows):
    table = events(*rows)
    numerator, _ = unfounded_by_rules(table, table, UNITS, ALL, ALL)
    assert not numerator.any()


# ---------------------------------------------------------------- contradictions

PAIR = [("faster", "slower")]


def test_opposite_prompts_in_one_call_contradict_in_either_order():
    rows = events(
        ("c1", "faster"), ("c1", "slower"), ("c2", "slower"), ("c2", "faster"), ("c2", "slower"),
        ("c3", "faster"), ("c3", "faster"), ("c3", "kinder"),
    )  # fmt: skip
    looked_at = np.array([True, True, True, False])
    found = [(1, 1), (1, 1), (0, 1), None]
    assert shown(contradiction_rate(rows, UNITS, looked_at, PAIR)) == found
    turned = [("slower", "faster")]
    assert shown(contradiction_rate(rows, UNITS, looked_at, turned)) == found


def test_a_call_with_two_contradictions_is_one_call():
    rows = events(("c1", "faster"), ("c1", "slower"), ("c1", "kinder"), ("c1", "firmer"))
    both = [*PAIR, ("kinder", "firmer")]
    assert shown(contradiction_rate(rows, ["c1"], ALL[:1], both)) == [(1, 1)]


def test_opposites_far_apart_do_not_contradict_within_a_time():
    """c1: 30 s apart; c2: 31 s; c3: one time unknown; c4: one unknown, another pair near enough."""
    rows = events(
        ("c1", "faster"), ("c1", "slower"), ("c2", "slower"), ("c2", "faster"),
        ("c3", "faster"), ("c3", "slower"),
        ("c4", "faster"), ("c4", "slower"), ("c4", "slower"),
        start=[10, 40, 10, 41, 10, None, 10, None, 20],
    )  # fmt: skip
    found = contradiction_rate(rows, UNITS, ALL, PAIR, within_s=30)
    assert shown(found) == [(1, 1), (0, 1), None, (1, 1)]
    assert contradiction_rate(rows, UNITS, ALL, PAIR)[0].tolist() == [1, 1, 1, 1]


def test_a_pair_that_settles_the_call_outweighs_one_that_cannot_be_timed():
    rows = events(
        ("c1", "faster"), ("c1", "slower"), ("c1", "kinder"), ("c1", "firmer"),
        start=[10, None, 10, 12],
    )  # fmt: skip
    for pairs in ([*PAIR, ("kinder", "firmer")], [("kinder", "firmer"), *PAIR]):
        assert shown(contradiction_rate(rows, ["c1"], ALL[:1], pairs, within_s=5)) == [(1, 1)]
    far = rows.assign(start=[10, None, 10, 90])
    for pairs in ([*PAIR, ("kinder", "firmer")], [("kinder", "firmer"), *PAIR]):
        assert shown(contradiction_rate(far, ["c1"], ALL[:1], pairs, within_s=5)) == [None]


timed = st.lists(
    st.tuples(st.sampled_from(UNITS), st.sampled_from(LABELS), st.integers(0, 60)), max_size=20
)


@settings(max_examples=20, deadline=None)
@given(timed, st.integers(0, 60))
def test_contradictions_by_looking_at_every_pair_of_prompts(rows, within):
    table = events(*[row[:2] for row in rows], start=[float(row[2]) for row in rows])
    expected = [
        float(
            any(
                a[0] == b[0] == unit and {a[1], b[1]} == {"faster", "slower"}
                and abs(a[2] - b[2]) <= within
                for a in rows for b in rows
            )
        )
        for unit in UNITS
    ]  # fmt: skip
    near, _ = contradiction_rate(table, UNITS, ALL, PAIR, within_s=within, known=LABELS)
    assert near.tolist() == expected
    anywhere, _ = contradiction_rate(table, UNITS, ALL, PAIR, known=LABELS)
    assert (anywhere >= near).all()


# ---------------------------------------------------------------- what is refused


def test_a_misspelt_label_is_refused_and_one_that_was_never_shown_is_zero():
    rows = events(("c1", "faster"))
    with pytest.raises(NotFoundError, match="no prompt named 'fastr'. Did you mean 'faster'"):
        prompt_rate(rows, UNITS, ALL, "fastr")
    with pytest.raises(NotFoundError, match="no prompt named 'slower'"):
        contradiction_rate(rows, UNITS, ALL, PAIR)
    assert not prompt_rate(rows, UNITS, ALL, "slower", known=["slower"])[0].any()
    assert not contradiction_rate(rows, UNITS, ALL, PAIR, known=["slower"])[0].any()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (
            lambda: prompt_rate(events(("c9", "faster")), UNITS, ALL),
            TableError,
            "events: row 1: unit 'c9' is none of the 4 units measured",
        ),
        (
            lambda: prompt_rate(events(("c1", "a"), ("c2", "a")), UNITS, np.arange(4) == 0),
            TableError,
            "events: row 2: an event of unit 'c2', which is declared not analysed",
        ),
        (
            lambda: prompt_rate(
                events(("c1", "a"), ("c1", "a"), system=["tone:x", "tone:y"]), UNITS, ALL
            ),
            TableError,
            "events: of 2 systems (tone:x, tone:y). Measure one at a time",
        ),
        (lambda: prompt_rate(events(), UNITS, ALL[:2]), OptionError, "4 units and 2 of"),
        (lambda: prompt_rate(events(), ["c1", "c1"], ALL[:2]), OptionError, "names a unit twice"),
        (
            lambda: unfounded_prompt_rate(events(("c1", "a"), founded=[2]), UNITS, ALL),
            TableError,
            "events: founded is 2 for prompt 1 of unit 'c1', not 1, 0 or empty",
        ),
        (
            lambda: unfounded_prompt_rate(
                events(("c1", "a")).drop(columns="founded"), UNITS, ALL
            ),
            TableError,
            "column 'founded' is missing: nobody says which prompts were called for",
        ),
        (
            lambda: unfounded_by_rules(events(), events(("c1", "a")), UNITS, ALL, ~ALL),
            TableError,
            "an event of unit 'c1', which is declared not analysed",
        ),
        (lambda: contradiction_rate(events(), UNITS, ALL, []), OptionError, "opposites is empty"),
        (
            lambda: contradiction_rate(events(), UNITS, ALL, [("a", "a")]),
            OptionError,
            "('a', 'a') is not a pair of two different labels",
        ),
        (
            lambda: contradiction_rate(events(), UNITS, ALL, ["ab"]),
            OptionError,
            "'ab' is not a pair",
        ),
        (
            lambda: contradiction_rate(events(), UNITS, ALL, PAIR, within_s=-1),
            OptionError,
            "within_s=-1: give a number of seconds from 0",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused_in_words(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)


# ---------------------------------------------------------------- as evidence


def test_calls_without_prompts_neither_count_nor_go_missing_in_the_evidence():
    """24 people, 3 calls each; a third of each person's calls show no prompt to check."""
    people = [f"p{number:02d}" for number in range(24)]
    units = [f"{person}-{call}" for person in people for call in range(3)]
    rows, founded = [], []
    for number, person in enumerate(people):
        for call in range(2):
            rows += [(f"{person}-{call}", "thanks")] * 2
            # Group x is wrongly prompted in every call, group y in the first one.
            founded += [0, 1] if number < 12 or call == 0 else [1, 1]
    table = events(*rows, founded=founded)
    fractions = unfounded_prompt_rate(table, units, np.ones(len(units), dtype=bool), "thanks")
    measures = pd.DataFrame(
        {
            "system": "tone:own",
            "unit_id": units,
            "metric": "unfounded_prompt_rate:thanks",
            "speaker_id": [unit.partition("-")[0] for unit in units],
            "numerator": fractions[0],
            "denominator": fractions[1],
            "direction": "higher is worse",
            "accent": ["x" if number < 12 else "y" for number in range(24) for _ in range(3)],
        }
    )
    found = bb.assess(bb.Measures(measures, Provenance()), by="accent", margin=0.05).findings
    of_x = found[found["group"] == "x"].iloc[0]
    assert of_x["value"] == pytest.approx(24 / 48)
    assert of_x["against_value"] == pytest.approx(12 / 48)
    assert of_x["n_missing"] == 0
