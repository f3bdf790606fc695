"""Which utterances are drawn: people first, groups in equal number, by lot."""

import numpy as np
import pandas as pd
import pytest

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.sheets import draw_sample


def test_every_group_gets_the_same_number_whatever_its_share_of_the_calls(utterances):
    few = utterances[utterances["accent"].ne("alsace") | utterances["call_id"].str[-1].lt("3")]
    found = draw_sample(few, by="accent", n=41).rows
    assert found["group"].value_counts().to_dict() == {"alsace": 20, "antilles": 20}


@pytest.mark.parametrize(("n", "per_person"), [(8, {0, 1}), (16, {1}), (32, {2}), (40, {2, 3})])
def test_everybody_is_asked_once_before_anybody_is_asked_again(utterances, n, per_person):
    found = draw_sample(utterances, by="accent", n=n).rows
    times = found["speaker_id"].value_counts().reindex(utterances["speaker_id"].unique())
    assert set(times.fillna(0).astype(int)) == per_person


def test_one_person_is_heard_in_as_many_calls_as_there_are(utterances):
    found = draw_sample(utterances, by="accent", n=96).rows  # six of each person, and six calls
    assert found["recording"].is_unique


def test_who_talks_more_is_not_likelier_to_be_drawn(utterances):
    talkers = ["agent-000", "agent-100"]
    more = utterances[utterances["speaker_id"].isin(talkers)]
    more = [more.assign(utterance_id=more["utterance_id"] + f"/{k}") for k in range(8)]
    table = pd.concat([utterances, *more])
    drawn = [
        set(draw_sample(table, by="accent", n=8, seed=seed).rows["speaker_id"])
        for seed in range(60)
    ]
    share = np.mean([[one in people for one in talkers] for people in drawn])
    assert 0.4 < share < 0.6  # 4 of 8 people; by utterances, it would be above .9


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_table(utterances):
    once = draw_sample(utterances, by="accent", n=20, seed=3).rows
    shuffled = utterances.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(once, draw_sample(shuffled, by="accent", n=20, seed=3).rows)
    assert set(once["unit_id"]) != set(
        draw_sample(utterances, by="accent", n=20, seed=4).rows["unit_id"]
    )


def test_only_the_workers_speech_is_drawn_and_a_role_not_told_is_counted(utterances):
    first = utterances["utterance_id"].eq("K00000~0")
    utterances.loc[first, "role"] = None
    found = draw_sample(utterances, by="accent", n=182, double=0)
    assert not found.rows["unit_id"].str.endswith("~1").any()
    assert "K00000~0" not in set(found.rows["unit_id"])
    row = found.groups.set_index("group").loc["alsace"]
    assert (row["n_units"], row["n_usable"], row["note"]) == (96, 95, "1 whose role is not told")
    everybody = draw_sample(utterances, by="accent", n=288, role=None).rows
    assert everybody["unit_id"].str.endswith("~1").sum() == 96


def test_no_role_told_at_all_is_refused(utterances):
    with pytest.raises(InsufficientDataError, match="no utterance has the role 'agent'"):
        draw_sample(utterances.assign(role=None), by="accent", n=20)


def test_people_of_unknown_group_are_shown_and_not_drawn(utterances):
    utterances.loc[utterances["speaker_id"].eq("agent-107"), "accent"] = None
    found = draw_sample(utterances, by="accent", n=20)
    assert "agent-107" not in set(found.rows["speaker_id"])
    row = found.groups.set_index("group").loc["unknown"]
    assert (row["n_people"], row["n_drawn"]) == (1, 0)
    assert row["note"] == "group not known: shown, not drawn"


def test_a_share_is_drawn_for_two_people_of_as_many_speakers_as_can_be(utterances):
    rows = draw_sample(utterances, by="accent", n=80, double=0.2).rows
    double = rows[rows["double"].eq(1)]
    assert double.groupby("group").size().to_dict() == {"alsace": 8, "antilles": 8}
    assert double["speaker_id"].is_unique


def test_too_few_people_are_refused_with_the_number_it_takes(utterances):
    few = utterances[~utterances["speaker_id"].isin([f"agent-10{k}" for k in range(3)])]
    with pytest.raises(
        InsufficientDataError, match="accent='antilles' has 5 people who can be heard; at least 6"
    ):
        draw_sample(few, by="accent", n=20)
    assert set(draw_sample(few, by="accent", n=20, groups=["alsace"]).rows["group"]) == {"alsace"}


def test_too_few_utterances_are_refused_with_the_sample_that_can_be_had(utterances):
    with pytest.raises(InsufficientDataError, match=r"has 96 utterances .* ask for n=192 or fewer"):
        draw_sample(utterances, by="accent", n=194)
    assert len(draw_sample(utterances, by="accent", n=192).rows) == 192


def test_utterances_without_times_cannot_be_heard(utterances):
    with pytest.raises(InsufficientDataError, match="none of 192 utterances can be found"):
        draw_sample(utterances.drop(columns=["start", "end"]), by="accent", n=20)
    utterances.loc[utterances["call_id"].eq("K00000"), "end"] = np.nan
    found = draw_sample(utterances, by="accent", n=20).groups.set_index("group")
    assert found.loc["alsace", ["n_units", "n_usable"]].tolist() == [96, 94]
    assert found.loc["alsace", "note"] == "2 cannot be found in a recording"


def test_an_utterance_with_a_file_of_its_own_needs_no_times(utterances):
    table = utterances.drop(columns=["start", "end"])
    table["audio"] = [f"{k:04d}.wav" for k in range(len(table))]
    assert draw_sample(table, by="accent", n=20).rows["recording"].str.endswith(".wav").all()


def test_calls_are_drawn_from_a_table_of_calls(utterances):
    calls = utterances.drop_duplicates("call_id")[["call_id", "speaker_id", "accent"]]
    rows = draw_sample(calls, by="accent", n=20, unit="call").rows
    assert set(rows["unit_id"]) <= set(calls["call_id"])
    with pytest.raises(TableError, match="call_id 'K00000' stands in an earlier row"):
        draw_sample(utterances, by="accent", n=20, unit="call")


def test_a_person_in_two_groups_is_refused(utterances):
    utterances.loc[2, "accent"] = "antilles"
    with pytest.raises(TableError, match="'agent-000' stands in another group of accent"):
        draw_sample(utterances, by="accent", n=20)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
        ({"n": 0}, OptionError, "n=0 is below 1"),
        ({"n": 1}, OptionError, "fewer than the 2 groups"),
        ({"double": 20}, OptionError, "double=20 is no share"),
        ({"seed": -1}, OptionError, "seed=-1"),
        ({"unit": "word"}, OptionError, "unit='word'"),
        ({"groups": ["alsce"]}, NotFoundError, "Did you mean 'alsace'"),
        ({"groups": "alsace"}, OptionError, "give a list"),
        ({"recording": "file"}, NotFoundError, "no column named 'file'"),
    ],
)
def test_a_wrong_option_is_named(utterances, wrong, error, words):
    with pytest.raises(error, match=words):
        draw_sample(utterances, **{"by": "accent", "n": 20, **wrong})
