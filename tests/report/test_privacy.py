"""Small groups: not written about, and not to be had by subtraction."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from biasbench.evidence import assess
from biasbench.report.claims import write_finding
from biasbench.report.context import Context
from biasbench.report.privacy import hidden_cells, hidden_groups
from biasbench.report.sections.status import audience_sentence
from tests.report.simulated import GROUPS, SMALL, chain, evidence, measures

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


def test_a_group_hidden_on_one_metric_is_hidden_on_all():
    table = measures({**GROUPS, "Joux": (12, 0.1)})
    fewer = table[~table["speaker_id"].isin([f"Joux-{n}" for n in range(4)])]
    both = pd.concat([table, fewer.assign(metric="cer")], ignore_index=True)
    from biasbench.evidence import assess

    assert "Joux" in hidden(assess(both, by="accent")).small


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
