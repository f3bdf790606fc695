"""What two sides have in common on a covariate, and the refusal where that is nothing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.explain.adjustment.adjustment import adjust
from biasbench.explain.adjustment.covariates import bins_of, covariate_of
from biasbench.explain.adjustment.overlap import overlap_of, overlap_table, overlap_together
from biasbench.tables.adjustments import OVERLAPS
from tests.evidence.tables import measures_table

ASK = {"by": "accent", "group": "uk"}


def with_column(name: str, values, **people: int) -> pd.DataFrame:
    """12 people a side, 8 utterances each; `values(person, utterance, is_uk)` fills the column."""
    table = measures_table({"uk": (people.get("uk", 12), 0.2), "us": (people.get("us", 12), 0.15)})
    person = table["speaker_id"].str.split("-").str[1].astype(int).to_numpy()
    utterance = table.groupby("speaker_id").cumcount().to_numpy()
    is_uk = (table["accent"] == "uk").to_numpy()
    return table.assign(**{name: values(person, utterance, is_uk)})


def test_the_table_counts_people_and_rows_of_each_side():
    table = with_column("site", lambda p, u, uk: np.where(uk & (u < 6), "paris", "lyon"))
    found = overlap_table(table, **ASK, covariates=["site"])
    paris = found[(found["level"] == "paris") & (found["side"] == "uk")].iloc[0]
    assert (paris["n_speakers"], paris["n_rows"], paris["share"]) == (12, 72, 0.75)
    assert list(found.columns) == list(OVERLAPS.columns)
    shares = found.groupby(["covariate", "side"])[["share", "speaker_share"]].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_two_sites_apart_are_refused_with_the_cross_table():
    table = with_column("site", lambda p, u, uk: np.where(uk, "paris", "lyon"))
    words = (
        r"site: uk and rest overlap by 0\.00, and 0\.10 is the least .* "
        r"\(uk / rest, people: lyon 0 / 12, paris 12 / 0\); at least 2 people of each side"
    )
    with pytest.raises(InsufficientDataError, match=words):
        adjust(table, **ASK, covariates=["site"])


def test_numbers_that_do_not_meet_are_refused():
    table = with_column("snr_db", lambda p, u, uk: np.where(uk, 5.0, 30.0) + u + p / 10)
    with pytest.raises(InsufficientDataError, match=r"snr_db: uk and rest overlap by 0\.00"):
        adjust(table, **ASK, covariates=["snr_db"])


def test_one_person_who_was_everywhere_is_not_an_overlap_of_people():
    """Many rows of one person at the other site: rows in common, hardly any people."""

    def site(person, utterance, is_uk):
        return np.where(is_uk, np.where(person == 0, "lyon", "paris"), "lyon")

    table = with_column("site", site)
    lots = table[(table["accent"] == "uk") & (table["site"] == "lyon")]
    copies = pd.concat([table, *[lots.assign(unit_id=lots["unit_id"] + f"-{n}") for n in range(9)]])
    with pytest.raises(InsufficientDataError, match=r"overlap by 0\.08"):
        adjust(copies, **ASK, covariates=["site"])


def test_one_person_who_heard_every_line_is_not_an_overlap_of_numbers_either():
    """8 rows of 96 people-weighted, half of the rows: noise that only one person of 'uk' met."""
    rng = np.random.default_rng(3)
    person = np.concatenate([np.repeat(np.arange(24), 8), np.zeros(88, dtype=int)])
    in_group = person < 12
    there = in_group & (person > 0)
    number = np.where(there, 10.0, 0.0) + rng.random(len(person))
    level, names = bins_of(number, n_bins=2)
    found = overlap_of("snr", level, names, person, in_group, number=number)
    ours = stats.ks_2samp(number[in_group], number[~in_group]).statistic
    assert 1 - ours > 0.4
    assert found.value == pytest.approx(1 / 12, abs=0.03)


def test_covariates_that_part_the_sides_only_together_are_refused():
    """Each overlaps by half or more; their sum is below 0 on one side and above it on the other."""
    rng = np.random.default_rng(4)
    one = rng.normal(size=192)

    def other(person, utterance, is_uk):
        return np.where(is_uk, 1.0, -1.0) * rng.uniform(0.5, 1.0, len(is_uk)) - one

    table = with_column("first", lambda p, u, uk: one).assign(second=0.0)
    is_uk = (table["accent"] == "uk").to_numpy()
    table["second"] = other(None, None, is_uk)
    for name in ("first", "second"):
        assert adjust(table, **ASK, covariates=[name]).covariates["overlap"].iloc[0] > 0.3
    with pytest.raises(InsufficientDataError, match="all covariates together: uk and rest overlap"):
        adjust(table, **ASK, covariates=["first", "second"])


def test_covariates_that_have_nothing_to_do_with_the_group_overlap_along_the_line_too():
    rng = np.random.default_rng(4)
    columns = rng.normal(size=(4000, 3))
    in_group = np.arange(4000) % 2 == 0
    assert overlap_together(columns, np.arange(4000), in_group).value > 0.9


def test_numbers_overlap_by_what_their_distributions_leave_between_them():
    """Normal distributions d apart: 2 Φ(−d / 2), and scipy's Kolmogorov distance says the same."""
    rng = np.random.default_rng(7)
    for apart in (0.0, 1.0, 2.0, 3.0):
        number = rng.normal(size=20_000) + np.repeat([apart, 0.0], 10_000)
        in_group = np.repeat([True, False], 10_000)
        level, names = bins_of(number)
        found = overlap_of("snr", level, names, np.arange(20_000), in_group, number=number)
        assert found.value == pytest.approx(2 * stats.norm.cdf(-apart / 2), abs=0.03)
        distance = stats.ks_2samp(number[in_group], number[~in_group]).statistic
        assert found.value <= 1 - distance + 1e-12


def test_equal_numbers_are_one_step_of_a_distribution():
    number = np.array([1.0, 1.0, 2.0, 1.0, 1.0, 2.0])
    in_group = np.array([True, True, True, False, False, False])
    level, names = bins_of(number)
    assert overlap_of("n", level, names, np.arange(6), in_group, number=number).value == 1


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9), st.booleans()), min_size=2).filter(
        lambda rows: {side for *_, side in rows} == {True, False}
    )
)
def test_the_overlap_lies_between_0_and_1_and_asks_no_side_first(rows):
    level, speaker, side = (np.array(column) for column in zip(*rows, strict=True))
    speaker = speaker + 10 * side  # nobody is on both sides
    names = [f"l{n}" for n in range(5)]
    one = overlap_of("site", level, names, speaker, side)
    other = overlap_of("site", level, names, speaker, ~side)
    assert 0 <= one.value <= 1
    assert one.value == pytest.approx(other.value)
    assert (one.outside, one.outside_against) == (other.outside_against, other.outside)


def test_the_same_distribution_on_both_sides_overlaps_wholly():
    table = with_column("site", lambda p, u, uk: np.where(u % 2 == 0, "paris", "lyon"))
    found = adjust(table, **ASK, covariates=["site"]).covariates.iloc[0]
    assert (found["overlap"], found["outside"], found["outside_against"]) == (1.0, 0.0, 0.0)


def test_numbers_are_cut_at_the_fifths_of_all_rows():
    codes, names = bins_of(np.arange(100.0))
    assert np.bincount(codes).tolist() == [20] * 5
    assert names[0] == "up to 19.8"
    assert names[-1] == "above 79.2"


def test_text_that_reads_as_numbers_is_numbers_unless_named_levels():
    ages = pd.Series(["31", "45", None, "31"])
    found = covariate_of(ages, "age")
    assert found.kind == "number"
    assert found.known().tolist() == [True, True, False, True]
    assert covariate_of(ages, "age", as_levels=True).kind == "levels"
    assert covariate_of(pd.Series([True, False]), "headset").kind == "levels"
    assert covariate_of(pd.Series(["31", "about 40"]), "age").kind == "levels"


def test_wrong_questions_are_named():
    table = with_column("site", lambda p, u, uk: "paris")
    with pytest.raises(NotFoundError, match="Did you mean 'site'"):
        overlap_table(table, **ASK, covariates=["sitte"])
    with pytest.raises(OptionError, match="give a list of column names"):
        overlap_table(table, **ASK, covariates="site")
    with pytest.raises(NotFoundError, match="no covariate named 'age'"):
        overlap_table(table, **ASK, covariates=["site"], categorical=["age"])
    empty = table.assign(site=np.where(table["accent"] == "uk", None, "paris"))
    with pytest.raises(InsufficientDataError, match="'site' is not known in any row of a side"):
        overlap_table(empty, **ASK, covariates=["site"])
