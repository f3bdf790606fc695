"""Small groups: not written about, and not to be had by subtraction."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import OptionError
from biasbench.evidence import assess
from biasbench.report.claims import write_finding
from biasbench.report.context import Context
from biasbench.report.privacy import (
    hidden_cells,
    hidden_groups,
    hidden_table,
    log_rows,
    privacy_of,
    recoverable,
)
from biasbench.report.privacy.suppression import printed_of
from biasbench.report.sections.status import audience_sentence
from biasbench.report.wording import has
from tests.report.simulated import GROUPS, SMALL, SYSTEM, chain, evidence, measures

PEOPLE = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 60), min_size=2)


@given(PEOPLE, st.sampled_from([5, 10]))
def test_what_is_hidden_together_is_never_fewer_than_k_unless_it_is_everybody(people, k):
    small, shadow = hidden_groups(people, k)
    hidden = small | shadow
    assert small == {name for name, count in people.items() if count < k}
    if hidden and hidden != set(people):
        assert len(hidden) >= 2
        assert sum(people[name] for name in hidden) >= k


@given(PEOPLE)
def test_nobody_is_hidden_where_every_group_is_large_enough(people):
    assert hidden_groups(people, 1) == (frozenset(), frozenset())


def hidden(made):
    return Context(made, "en").privacy


def test_the_next_smallest_group_is_withheld_with_a_single_small_one():
    privacy = hidden(evidence(SMALL))
    assert privacy.small == {"Joux"}
    assert privacy.shadow == {"Antilles"}


def test_a_restricted_report_shows_groups_of_five():
    assert hidden(evidence(SMALL, audience="restricted")).hidden == frozenset()


def test_below_five_nothing_is_shown_even_to_a_restricted_audience():
    made = evidence({**GROUPS, "Joux": (4, 0.1)}, audience="restricted")
    assert "Joux" in hidden(made).small


def test_synthetic_voices_are_nobody_and_are_not_withheld():
    assert hidden(evidence(SMALL, provenance=chain(synthetic="yes"))).hidden == frozenset()


def test_a_comparison_against_a_small_group_is_withheld():
    here = Context(evidence(SMALL, against="Joux"), "en")
    assert {write_finding(row, here).code for row in here.findings} == {"V-S"}


def scored(few, *, metric="mean_score:politeness"):
    """Everybody's word errors, and a score that only some of each group have."""
    table = measures({**GROUPS, "Joux": (12, 0.1)})
    number = table["speaker_id"].str.rsplit("-", n=1).str[1].astype(int)
    some = table[number < table["accent"].map(lambda name: few.get(name, 99))]
    score = some.assign(metric=metric)
    made = assess(pd.concat([table, score], ignore_index=True), by="accent", n_resamples=19)
    return hidden(made)


WER, SCORE = (SYSTEM, "wer"), (SYSTEM, "mean_score:politeness")


def test_a_score_that_few_people_have_leaves_the_other_metrics_in_print():
    privacy = scored(dict.fromkeys([*GROUPS, "Joux"], 4))
    assert all(privacy.hides(group, SCORE) for group in GROUPS)
    assert not any(privacy.hides(group, WER) for group in GROUPS)


def test_a_group_few_of_whom_have_a_score_is_hidden_there_with_another_and_only_there():
    privacy = scored({"Joux": 3})
    assert privacy.hides("Joux", SCORE)
    assert sum(privacy.hides(group, SCORE) for group in GROUPS) == 1
    assert not privacy.hides("Joux", WER)


def test_where_bounds_would_tell_how_many_have_the_score_it_is_not_hidden_by_halves():
    """9 of 12: the second group complete, so that the sum of the two gives 9."""
    privacy = scored({"Joux": 9})
    assert SCORE in privacy.blocks or privacy.hides("Joux", WER)


def test_the_parts_of_one_sum_are_hidden_together():
    privacy = scored({"Joux": 9}, metric="deletion_rate")
    assert privacy.hides("Joux", WER)
    assert privacy.hides("Joux", (SYSTEM, "deletion_rate"))


def test_few_people_between_a_sum_and_its_part_are_not_had_by_subtraction():
    """12 people's errors minus 10 people's replaced, missed and added: two people's errors."""
    assert scored({"Joux": 10}, metric="deletion_rate").hides("Joux", WER)


def test_a_group_that_one_person_dominates_is_withheld_from_the_public_alone():
    table = measures({**GROUPS, "Joux": (12, 0.1)})
    loud = table["speaker_id"] == "Joux-0"
    for name in ("numerator", "denominator"):
        table[name] = table[name].where(~loud, 50 * table[name])
    public, restricted = (
        Context(assess(table, by="accent", audience=audience, n_resamples=19), "en")
        for audience in ("public", "restricted")
    )
    assert public.privacy.rule("Joux", WER) == "dominance"
    assert not restricted.privacy.hides("Joux", WER)
    row = next(row for row in public.findings if row["group"] == "Joux")
    assert "one person" in write_finding(row, public).sentence
    assert "%" not in write_finding(row, public).sentence
    # What hides the group outweighs the person: half of it is not theirs.
    words = {r["group"]: r["denominator"] for r in public.groups}
    held = sum(words[name] for name in public.privacy.hidden - {"overall"})
    assert table.loc[loud, "denominator"].sum() <= 0.5 * held


def test_a_rate_of_people_near_all_is_withheld_and_one_of_calls_is_not():
    table = measures(GROUPS, metric="label_rate:angry")
    once = table.drop_duplicates("speaker_id").reset_index(drop=True)
    number = once.groupby("accent").cumcount()
    yes = (number % 2 == 0) | ((once["accent"] == "Lyon") & (number > 0))
    once = once.assign(numerator=yes.astype(float), denominator=1.0)
    block = (SYSTEM, "label_rate:angry")
    assert hidden(assess(once, by="accent", n_resamples=19)).rule("Lyon", block) == "band"
    calls = pd.concat([once, once.assign(unit_id=once["unit_id"] + "b")], ignore_index=True)
    assert not hidden(assess(calls, by="accent", n_resamples=19)).hides("Lyon", block)


@pytest.mark.parametrize(("audience", "k"), [("public", 9), ("restricted", 4)])
def test_k_may_be_raised_and_not_lowered(audience, k):
    made = evidence(SMALL)
    with pytest.raises(OptionError, match="may be raised, not lowered"):
        privacy_of(made.groups, audience=audience, synthetic=False, k=k)
    assert privacy_of(made.groups, audience=audience, synthetic=False, k=20).k == 20


def test_the_annex_names_rules_and_groups_and_no_number():
    rows = log_rows(hidden(evidence(SMALL)))
    assert [(row.rule, row.groups) for row in rows] == [
        ("small", ("Joux",)),
        ("secondary", ("Antilles",)),
        ("rounding", ()),
        ("extremes", ()),
    ]
    for row in rows:
        assert has(row.sentence)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4),
    st.sampled_from([5, 10]),
)
def test_margins_and_shown_cells_of_a_table_give_nobody_few_away(counts, k):
    table = np.array(counts)
    gone = hidden_table(table, k)
    if gone.all():
        return
    assert recoverable(printed_of(table.shape, gone), table.ravel().tolist(), k) is None


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 1), min_size=6, max_size=6), min_size=1, max_size=5),
    st.lists(st.integers(1, 12), min_size=6, max_size=6),
)
def test_a_sum_is_recoverable_where_the_rank_falls_without_its_cells(printed, people):
    """The definition itself: some figure is made of these cells alone, whatever the search is."""
    matrix, held = np.array(printed), np.array(people)

    def is_made_of(cells):
        without = matrix.copy()
        without[:, cells] = 0
        return np.linalg.matrix_rank(without) < np.linalg.matrix_rank(matrix)

    few = [
        cells
        for size in range(1, 7)
        for cells in itertools.combinations(range(6), size)
        if held[list(cells)].sum() < 10
    ]
    found = recoverable(matrix, people, 10)
    assert (found is not None) == any(is_made_of(cells) for cells in few)
    assert found is None or (found in few and is_made_of(found))


def test_the_total_is_withheld_with_a_small_unknown_group():
    privacy = hidden(evidence({**GROUPS, "unknown": (3, 0.1)}))
    assert privacy.hides("unknown")
    assert privacy.hides("overall")
    assert not privacy.hides("Lyon")


def test_the_total_of_fewer_people_than_k_is_withheld():
    assert hidden(evidence({"a": (3, 0.1), "b": (4, 0.2)})).hides("overall")


def test_small_cells_of_a_cross_table_are_withheld_with_a_second_one():
    assert hidden_cells([3, 12, 0, 40], 10) == [True, True, False, False]
    assert hidden_cells([3, 12], None) == [False, False]


def test_where_people_are_not_known_the_cover_does_not_claim_the_rule_was_kept():
    nameless = measures(GROUPS).drop(columns="speaker_id")
    said = audience_sentence(Context(assess(nameless, by="accent"), "en"))
    assert "could not be checked" in said
    assert "holds no figure" not in said
