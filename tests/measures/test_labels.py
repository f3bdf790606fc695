"""Labels against people's word: who qualifies, who is missing, and that `assess` does the rest."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biasbench as bb
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.explain.ratings.at_equal_rating import score_at_equal_rating
from biasbench.explain.ratings.mantel_haenszel import odds_at_equal_rating
from biasbench.measures.labels import label_measures, people_say
from biasbench.measures.votes import vote_measures


def labels_table(**columns: object) -> pd.DataFrame:
    """Rows a, b, c … of one system and label; `columns` as given."""
    n_rows = len(next(iter(columns.values())))
    table = pd.DataFrame(columns)
    return table.assign(
        system="tone:own",
        unit_id=[f"u{number}" for number in range(n_rows)],
        label="curt",
        speaker_id=[f"p{number // 2}" for number in range(n_rows)],
    )


def fractions(measures: bb.Measures, kind: str) -> list[tuple[float, float]]:
    rows = measures.table[measures.table["metric"] == f"{kind}:curt"]
    return list(zip(rows["numerator"].fillna(-1), rows["denominator"].fillna(-1), strict=True))


MISSING = (-1.0, -1.0)


def test_each_row_counts_where_it_qualifies_and_is_missing_where_nobody_knows():
    """Rows: false alarm, right, missed, rightly unlabelled; no word (twice); no label (twice)."""
    table = labels_table(
        labelled=[1, 1, 0, 0, 1, 0, None, None], human=[0, 1, 1, 0, None, None, 0, 1]
    )
    found = label_measures(table)
    assert fractions(found, "label_rate") == [
        *[(1, 1), (1, 1), (0, 1), (0, 1), (1, 1), (0, 1)], MISSING, MISSING,
    ]  # fmt: skip
    assert fractions(found, "false_positive_rate") == [
        *[(1, 1), (0, 0), (0, 0), (0, 1)], MISSING, MISSING, MISSING, (0, 0),
    ]  # fmt: skip
    assert fractions(found, "false_negative_rate") == [
        *[(0, 0), (0, 1), (1, 1), (0, 0)], MISSING, MISSING, (0, 0), MISSING,
    ]  # fmt: skip


cells = st.sampled_from([0.0, 1.0, None])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=30))
def test_every_row_qualifies_for_one_false_rate_or_is_missing(rows):
    table = labels_table(labelled=[row[0] for row in rows], human=[row[1] for row in rows])
    found = label_measures(table)
    wrong_yes, wrong_no = (
        found.table[found.table["metric"] == f"{kind}:curt"].reset_index(drop=True)
        for kind in ("false_positive_rate", "false_negative_rate")
    )
    known = table["labelled"].notna() & table["human"].notna()
    both = wrong_yes["denominator"] + wrong_no["denominator"]
    assert (both[known] == 1).all()
    assert (wrong_yes["denominator"].isna() | wrong_no["denominator"].isna() == ~known).all()
    errors = (wrong_yes["numerator"] + wrong_no["numerator"])[known]
    assert (errors == (table["labelled"] != table["human"])[known]).all()


@pytest.mark.parametrize(
    ("yes", "votes", "threshold", "expected"),
    [
        (2, 3, 0.5, 1),
        (2, 4, 0.5, None),  # a tie
        (1, 3, 0.5, 0),
        (2, 3, 2 / 3, 1),
        (1, 3, 2 / 3, 0),
        (3, 5, 0.7, None),
        (2, 5, 0.7, None),
        (7, 10, 0.7, 1),
        (3, 10, 0.7, 0),
        (5, 5, 1.0, 1),
        (4, 5, 1.0, None),
        (0, 0, 0.5, None),  # nobody was asked
        (None, None, 0.5, None),
    ],
)
def test_people_say_what_the_declared_share_of_them_says(yes, votes, threshold, expected):
    word = people_say(
        pd.DataFrame({"n_yes": [yes], "n_votes": [votes]}, dtype=float), threshold=threshold
    )
    assert word[0] == expected if expected is not None else np.isnan(word[0])


def test_ties_and_silence_are_counted_apart():
    table = labels_table(labelled=[1] * 6, n_yes=[2, 1, 3, 0, 0, 2], n_votes=[4, 2, 3, 3, 0, 3])
    facts = label_measures(table).provenance.facts()
    assert (facts["undecided"], facts["without_word"]) == ("2 of 6", "1 of 6")
    assert facts["threshold"] == "0.5"
    human = labels_table(labelled=[1, 0], human=[None, 1])
    facts = label_measures(human).provenance.facts()
    assert (facts["undecided"], facts["without_word"]) == ("0 of 2", "1 of 2")


def test_without_peoples_word_there_is_the_label_rate_alone():
    found = label_measures(labels_table(labelled=[True, False]))
    assert found.table["metric"].tolist() == ["label_rate:curt"] * 2
    assert found.table["numerator"].tolist() == [1.0, 0.0]


def test_several_labels_and_systems_are_measured_apart_and_group_columns_carried():
    one = labels_table(labelled=[1, 0], human=[0, 0], accent=["x", "y"])
    both = pd.concat([one, one.assign(label="rude"), one.assign(system="tone:other")])
    found = label_measures(both).table
    assert len(found) == 3 * len(both)
    assert set(found["metric"]) >= {"label_rate:rude", "false_positive_rate:curt"}
    assert not {"labelled", "human", "label"} & set(found.columns)
    assert found["accent"].tolist() == ["x", "y"] * 9
    assert set(found["direction"]) == {"higher is worse"}


def test_which_way_is_worse_can_be_declared():
    table = labels_table(labelled=[1, 0], human=[0, 1])
    found = label_measures(table, directions={"false_negative_rate": "higher is better"}).table
    of_kind = found.groupby(found["metric"].str.partition(":")[0])["direction"].unique()
    assert of_kind["false_negative_rate"].tolist() == ["higher is better"]
    assert of_kind["false_positive_rate"].tolist() == ["higher is worse"]


def test_a_file_is_read_and_its_line_cited(tmp_path):
    table = labels_table(labelled=[1, 0, 2], human=[0, 1, 1])
    path = tmp_path / "labels.csv"
    table.to_csv(path, index=False)
    with pytest.raises(TableError, match=r"labels.csv: line 4: labelled is 2, not 1, 0 or empty"):
        label_measures(path)
    table.loc[2, "labelled"] = 1
    table.to_csv(path, index=False)
    assert len(label_measures(path).table) == 9


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_yes": [3, 1], "n_votes": [2, 2]}, "row 1: n_yes is 3 of n_votes 2; the one is part"),
        ({"n_yes": [1, None], "n_votes": [2, 2]}, "row 2: n_yes is nan of n_votes 2"),
        ({"n_yes": [1, 1]}, "column 'n_votes' is missing beside 'n_yes'"),
        ({"n_yes": [1, 1], "n_votes": [2, 2.5]}, "row 2: n_votes is 2.5, not a count of votes"),
        ({"n_yes": [-1, 1], "n_votes": [2, 2]}, "row 1: n_yes is -1, not a count of votes"),
        ({"human": [1, 1], "n_yes": [1, 1], "n_votes": [2, 2]}, "both say what people say"),
        ({"human": [0.5, 1]}, "row 1: human is 0.5, not 1, 0 or empty"),
        ({"human": [1, 1], "direction": ["x", "x"]}, "column 'direction' has the name of a col"),
        ({"unit_id": ["u", "u"]}, "stands in an earlier row too"),
        ({"labelled": ["yes", "no"]}, "labelled is 'yes', not a number"),
    ],
)
def test_a_wrong_table_is_an_error_with_the_place(change, words):
    table = labels_table(labelled=[1, 0]).assign(**change)
    with pytest.raises(TableError, match=re.escape(words)):
        label_measures(table)


def test_wrong_options_are_errors_with_the_way_out():
    table = labels_table(labelled=[1, 0], human=[0, 1])
    with pytest.raises(OptionError, match="threshold=0.4 is not between 0.5 and 1"):
        label_measures(table, threshold=0.4)
    with pytest.raises(NotFoundError, match="Did you mean 'label_rate'"):
        label_measures(table, directions={"lable_rate": "neither"})
    with pytest.raises(OptionError, match="label_rate is 'worse', none of 'higher is worse'"):
        label_measures(table, directions={"label_rate": "worse"})


# ── What assess and explain make of it ─────────────────────────────────────────────────────────


def heard(seed: int, *, false_alarms: dict[str, float]) -> pd.DataFrame:
    """20 people a side, 30 calls each; people find a fifth curt, most of them in 'b'.

    The machine misses a quarter of those, and labels of the others `false_alarms` of the group.
    """
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(40), 30)
    accent = np.where(person < 20, "b", "a")
    chance = np.where(accent == "b", 0.3, 0.1) * rng.gamma(4, 1 / 4, 40)[person]
    curt = rng.random(len(person)) < np.minimum(chance, 0.9)
    alarm = np.select([accent == "a"], [false_alarms["a"]], false_alarms["b"])
    alarm = alarm * rng.gamma(4, 1 / 4, 40)[person]
    labelled = np.where(curt, rng.random(len(curt)) < 0.75, rng.random(len(curt)) < alarm)
    table = labels_table(labelled=labelled, n_votes=np.full(len(curt), 5))
    n_yes = np.where(curt, rng.integers(3, 6, len(curt)), rng.integers(0, 3, len(curt)))
    return table.assign(n_yes=n_yes, speaker_id=[f"p{n}" for n in person], accent=accent)


def test_assess_finds_the_gap_in_false_labels_and_clears_the_gap_that_people_hear_too():
    """The group is labelled more; of what people did not find curt, it is labelled no more."""
    table = heard(1, false_alarms={"a": 0.15, "b": 0.15})
    findings = bb.assess(label_measures(table), by="accent", margin=0.1).findings
    of_b = findings[findings["group"] == "b"].set_index("metric")
    assert of_b.loc["label_rate:curt", "difference_low"] > 0
    alarms = of_b.loc["false_positive_rate:curt"]
    assert alarms["difference_low"] < 0 < alarms["difference_high"]

    table = heard(2, false_alarms={"a": 0.1, "b": 0.3})
    measures = label_measures(table)
    findings = bb.assess(measures, by="accent", margin=0.03).findings
    alarms = findings[findings["group"] == "b"].set_index("metric").loc["false_positive_rate:curt"]
    assert alarms["verdict"] == "V-D1"
    assert alarms["direction"] == "higher is worse"
    rows = table[(table["accent"] == "b") & (table["n_yes"] < 2.5)]
    assert alarms["value"] == pytest.approx(rows["labelled"].mean())
    assert alarms["n_speakers"] == 20


def test_people_without_a_qualifying_row_are_not_counted_for_a_false_rate():
    table = heard(1, false_alarms={"a": 0.15, "b": 0.15})
    table.loc[table["speaker_id"] == "p0", "n_yes"] = 5  # all of p0's calls are curt
    groups = bb.assess(label_measures(table), by="accent").groups.set_index(["metric", "group"])
    of_b = table[table["accent"] == "b"]
    people = {
        "false_positive_rate:curt": of_b[of_b["n_yes"] < 2.5]["speaker_id"].nunique(),
        "false_negative_rate:curt": of_b[of_b["n_yes"] > 2.5]["speaker_id"].nunique(),
    }
    assert people["false_positive_rate:curt"] < 20
    for metric, expected in people.items():
        assert groups.loc[(metric, "b"), "n_speakers"] == expected
    assert groups.loc[("false_positive_rate:curt", "b"), "n_missing"] == 0


def test_undecided_rows_are_missing_by_group():
    table = heard(1, false_alarms={"a": 0.15, "b": 0.15})
    tied = (table["accent"] == "b") & (table["n_yes"] == 2)
    table.loc[tied, "n_votes"] = 4
    groups = bb.assess(label_measures(table), by="accent").groups.set_index(["metric", "group"])
    assert groups.loc[("false_positive_rate:curt", "b"), "n_missing"] == tied.sum() > 0
    assert groups.loc[("label_rate:curt", "b"), "n_missing"] == 0


def test_labels_are_compared_at_equal_rating_too():
    table = heard(2, false_alarms={"a": 0.1, "b": 0.3}).assign(votes=lambda t: t["n_yes"])
    asked = {"by": "accent", "group": "b", "rating": "votes", "metric": "label_rate:curt"}
    measures = label_measures(table)
    gap = score_at_equal_rating(measures, **asked)
    assert gap.at_equal_rating.ratio_low > 1
    assert gap.at_equal_rating.difference < gap.unadjusted.difference
    assert odds_at_equal_rating(measures, **asked).at_equal_rating.low > 1


# ── Votes ──────────────────────────────────────────────────────────────────────────────────────


def voted(**columns: object) -> bb.Corpus:
    n_rows = len(next(iter(columns.values())))
    ids = [f"u{number}" for number in range(n_rows)]
    return bb.load_corpus(pd.DataFrame({"id": ids, "speaker": "p", **columns}), language="en")


VOTES = {"n_joy": "joy", "n_fear": "fear", "n_calm": "calm"}


def test_votes_agree_where_the_category_meant_has_the_most_and_no_other_as_many():
    corpus = voted(
        meant=["joy", "joy", "joy", "fear", None, "calm"],
        n_joy=[4, 3, 2, 5, 3, 0],
        n_fear=[3, 3, 4, 1, 2, 0],
        n_calm=[3, 0, 4, 0, 0, 0],
    )
    found = vote_measures(corpus, votes=VOTES, intended="meant")
    rows = {
        metric: of_metric[["numerator", "denominator"]].fillna(-1).to_numpy().tolist()
        for metric, of_metric in found.table.groupby("metric")
    }
    assert rows["vote_agreement"] == [[1, 1], [0, 1], [0, 1], [0, 1], [-1, -1], [-1, -1]]
    assert rows["vote_share"] == [[4, 10], [3, 6], [2, 10], [1, 6], [-1, -1], [-1, -1]]
    facts = found.provenance.facts()
    assert (facts["ties"], facts["intended"]) == ("2 of 4", "meant")
    assert set(found.table["direction"]) == {"higher is better"}
    assert not set(VOTES) & set(found.table.columns)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"meant": ["rage", "joy"]}, TableError, "row 1: meant is 'rage', and no column counts"),
        ({"n_joy": [1.5, 1]}, TableError, "row 1: n_joy is '1.5', not a number of votes"),
        ({"n_joy": [1, None]}, TableError, "row 2: n_joy is 'nan', not a number of votes"),
    ],
)
def test_wrong_votes_are_errors_with_the_place(change, error, words):
    columns = {"meant": ["joy", "fear"], "n_joy": [1, 2], "n_fear": [2, 1], "n_calm": [0, 0]}
    with pytest.raises(error, match=re.escape(words)):
        vote_measures(voted(**(columns | change)), votes=VOTES, intended="meant")


def test_wrong_names_of_votes_are_errors_with_the_way_out():
    corpus = voted(meant=["joy"], n_joy=[1], n_fear=[2], n_calm=[0])
    with pytest.raises(NotFoundError, match="no column named 'n_joi'. Did you mean 'n_joy'"):
        vote_measures(corpus, votes={**VOTES, "n_joi": "joi"}, intended="meant")
    with pytest.raises(OptionError, match="name two categories or more, each once"):
        vote_measures(corpus, votes={"n_joy": "joy", "n_fear": "joy"}, intended="meant")
