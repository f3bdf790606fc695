"""Krippendorff's alpha: the textbook's, another package's, and an interval by people."""

import math
import re

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.correct import sidak, sidak_level
from biasbench.evidence.methods.cr3 import mover_difference
from biasbench.explain.ratings.agreement import agreement_by_group
from biasbench.explain.ratings.krippendorff import (
    Alpha,
    alpha_gap,
    alpha_of_speakers,
    krippendorff_alpha,
)
from tests.calibration.test_coverage import QUICK, monte_carlo_error

SAME = 1e-10
SCALES = ("nominal", "ordinal", "interval")

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers,
# twelve units, five values; a dot is no value.
TEXTBOOK = """
1 2 3 3 2 1 4 1 2 . . .
1 2 3 3 2 2 4 1 2 5 . 3
. 3 3 3 2 3 4 2 2 5 1 .
1 2 3 3 2 4 4 1 2 5 1 .
"""


def textbook_counts() -> np.ndarray:
    observers = [line.split() for line in TEXTBOOK.strip().splitlines()]
    return np.array(
        [
            [unit.count(str(value)) for value in range(1, 6)]
            for unit in zip(*observers, strict=True)
        ],
        dtype=float,
    )


@pytest.mark.parametrize(
    ("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_the_textbook_example_has_the_published_alpha(scale, published):
    found = krippendorff_alpha(textbook_counts(), scale=scale, values=np.arange(1.0, 6.0))
    assert round(found, 3) == published


counts_of_units = st.integers(2, 5).flatmap(
    lambda values: st.lists(
        st.lists(st.integers(0, 4), min_size=values, max_size=values), min_size=2, max_size=12
    )
)


@settings(max_examples=60, deadline=None)
@given(counts_of_units, st.sampled_from(SCALES))
def test_alpha_is_that_of_the_package_krippendorff(rows, scale):
    counts = np.array(rows, dtype=float)
    paired = counts[counts.sum(axis=1) >= 2]
    assume((paired.sum(axis=0) > 0).sum() >= 2)
    values = np.arange(counts.shape[1]) * 1.5 - 1
    theirs = krippendorff.alpha(
        value_counts=counts.astype(int), level_of_measurement=scale, value_domain=values
    )
    assert krippendorff_alpha(counts, scale=scale, values=values) == pytest.approx(theirs, abs=SAME)


def votes(
    rng: np.random.Generator, people: int, *, doubt: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Counts of 3 to 7 ratings on four values for 6 to 24 units of each person.

    A rating is the unit's own value, or drawn at random with the person's probability, which is
    beta distributed around `doubt`: some people are hard to rate.
    """
    person = np.repeat(np.arange(people), rng.integers(6, 25, people))
    own = rng.beta(4 * doubt, 4 * (1 - doubt), people)[person]
    value, n_ratings = rng.integers(0, 4, len(person)), rng.integers(3, 8, len(person))
    counts = np.zeros((len(person), 4))
    for number in range(7):
        asked = np.flatnonzero(n_ratings > number)
        random = rng.integers(0, 4, (2, len(asked))).min(axis=0)
        rated = np.where(rng.random(len(asked)) < own[asked], random, value[asked])
        np.add.at(counts, (asked, rated), 1)
    return counts, person


@pytest.mark.parametrize("scale", SCALES)
def test_the_variance_is_that_of_leaving_out_each_person(scale):
    counts, person = votes(np.random.default_rng(1), 9)
    values = np.array([0.0, 1.0, 2.0, 5.0])

    def log_disagreement(rows: np.ndarray) -> float:
        alpha = krippendorff.alpha(
            value_counts=counts[rows].astype(int), level_of_measurement=scale, value_domain=values
        )
        return math.log(1 - alpha)

    whole = log_disagreement(person >= 0)
    expected = sum((whole - log_disagreement(person != one)) ** 2 for one in range(9))
    found = alpha_of_speakers(counts, person, scale=scale, values=values)
    assert found.variance == pytest.approx(expected, rel=1e-9)
    assert found.n_speakers == 9
    reach = stats.t.ppf(0.95, 8) * math.sqrt(expected)  # people − 1 degrees of freedom
    ends = [1 - math.exp(whole + reach), 1 - math.exp(whole - reach)]
    assert found.interval(0.9) == pytest.approx(ends)


def test_no_interval_reaches_above_one():
    counts, person = votes(np.random.default_rng(3), 7, doubt=0.1)
    found = alpha_of_speakers(counts, person)
    low, high = found.interval(0.99)
    assert low < found.value < high < 1


def test_units_with_one_rating_add_nothing_but_are_counted():
    counts, person = votes(np.random.default_rng(3), 8)
    single = np.eye(4)[[0, 1, 2]]
    table = table_of(np.vstack([counts, single]), np.concatenate([person, [0, 90, 4]]))
    found = agreement_by_group(table, by="accent", votes=VOTES).groups.set_index("group")
    assert found.loc["overall", "n_single"] == 3
    assert found.loc["overall", "n_units"] == len(counts)
    assert found.loc["overall", "n_speakers"] == 8  # person 90 has nothing that can agree
    assert found.loc["overall", "alpha"] == pytest.approx(krippendorff_alpha(counts))


VOTES = ["n_0", "n_1", "n_2", "n_3"]


def table_of(counts: np.ndarray, person: np.ndarray) -> pd.DataFrame:
    """People of even number are of accent 'a', of odd number 'b'."""
    table = pd.DataFrame(counts, columns=VOTES)
    return table.assign(
        speaker_id=[f"p{number}" for number in person], accent=np.where(person % 2, "b", "a")
    )


def test_swapping_the_groups_flips_the_difference():
    table = table_of(*votes(np.random.default_rng(4), 20))
    gaps = agreement_by_group(table, by="accent", votes=VOTES).gaps.set_index("group")
    assert gaps.loc["a", "difference"] == pytest.approx(-gaps.loc["b", "difference"])
    assert gaps.loc["a", "difference_low"] == pytest.approx(-gaps.loc["b", "difference_high"])
    assert gaps.loc["a", "p_value"] == pytest.approx(gaps.loc["b", "p_value"])
    assert set(gaps["n_comparisons"]) == {1}  # one comparison, asked from both ends


def test_renaming_people_changes_no_bit():
    table = table_of(*votes(np.random.default_rng(4), 20))
    renamed = table.assign(speaker_id=table["speaker_id"].str[::-1] + "x")
    for first, second in zip(both_tables(table), both_tables(renamed), strict=True):
        pd.testing.assert_frame_equal(first, second, check_exact=True)


def both_tables(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = agreement_by_group(table, by="accent", votes=VOTES)
    return found.groups, found.gaps


def test_several_groups_are_one_family_and_the_plain_interval_stands_beside():
    table = table_of(*votes(np.random.default_rng(4), 36))
    table["accent"] = table["speaker_id"].str[1:].astype(int).mod(3).map({0: "a", 1: "b", 2: "c"})
    found = agreement_by_group(table, by="accent", votes=VOTES)
    gap = found.gaps.set_index("group").loc["b"]
    assert gap["n_comparisons"] == 3
    assert gap["p_adjusted"] == pytest.approx(sidak(gap["p_value"], 3))
    counts = table[VOTES].to_numpy(dtype=float)
    person = table["speaker_id"].str[1:].astype(int).to_numpy()
    of_b = (table["accent"] == "b").to_numpy()
    one, rest = (alpha_of_speakers(counts[rows], person[rows]) for rows in (of_b, ~of_b))
    for level, low, high in (
        (sidak_level(0.95, 3), "difference_low", "difference_high"),
        (0.95, "difference_low_unadjusted", "difference_high_unadjusted"),
    ):
        ends = mover_difference(one.value, *one.interval(level), rest.value, *rest.interval(level))
        assert (gap[low], gap[high]) == pytest.approx(ends)


def test_few_people_are_described_and_unknown_people_never_compared():
    table = table_of(*votes(np.random.default_rng(4), 20))
    number = table["speaker_id"].str[1:].astype(int)
    table["accent"] = np.where(number < 5, "few", np.where(number < 18, "many", None))
    found = agreement_by_group(table, by="accent", votes=VOTES)
    groups = found.groups.set_index("group")
    assert list(groups.index) == ["few", "many", "unknown", "overall"]
    assert groups.loc["unknown", "note"].startswith("group not known: shown, never compared")
    assert groups.loc["unknown", "note"].endswith("2 people: no interval below 3")
    assert np.isnan(groups.loc["unknown", "low"])
    assert groups.loc["few", "low"] < groups.loc["few", "alpha"]
    gap = found.gaps.set_index("group").loc["few"]
    assert gap["note"] == "5 people on a side: described only, 6 are needed to compare"
    assert np.isnan(gap["difference_low"])
    assert (gap["n_speakers"], gap["n_against"], gap["n_comparisons"]) == (5, 13, 0)


def test_raters_who_all_agree_have_no_interval():
    counts = np.repeat(np.eye(4)[[0, 1, 2, 3]], 5, axis=0) * 3
    found = alpha_of_speakers(counts, np.arange(20) // 2)
    assert (found.value, found.variance) == (1.0, None)
    assert found.note.startswith("all raters agree")
    one_value = alpha_of_speakers(np.full((20, 2), [3.0, 0.0]), np.arange(20) // 2)
    assert one_value.value is None
    assert alpha_gap(found, one_value).note.startswith("every rating is the same value")


def test_disagreement_about_one_person_alone_has_no_interval():
    counts = np.repeat(np.eye(4)[[0, 1, 2, 3]], 5, axis=0) * 3
    counts[0] = [1, 1, 1, 0]
    found = alpha_of_speakers(counts, np.arange(20) // 2)
    assert 0 < found.value < 1
    assert found.note == "without one person there is no disagreement: no interval"


def test_a_declared_threshold_is_noted_and_none_declares_nothing():
    table = table_of(*votes(np.random.default_rng(4), 20))
    noted = agreement_by_group(table, by="accent", votes=VOTES, least=0.667).groups
    assert len(noted) == 3
    for note in noted["note"]:
        assert note.startswith("N-REF(alpha_min=0.667): alpha is 0.")
    unnoted = agreement_by_group(table, by="accent", votes=VOTES, least=0.1).groups
    assert unnoted["note"].isna().all()
    assert agreement_by_group(table, by="accent", votes=VOTES).groups["note"].isna().all()


# ── Refusals ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"votes": ["n_0", "n_9"]}, NotFoundError, "no column of votes named 'n_9'"),
        ({"votes": ["n_0"]}, OptionError, "name the columns of at least two values"),
        ({"votes": ["n_0", "n_0"]}, OptionError, "a column is named twice"),
        ({"scale": "ratio"}, OptionError, "scale='ratio' is none of 'nominal', 'ordinal'"),
        ({"scale": "interval"}, OptionError, "needs the number that each column counts"),
        ({"least": 66.7}, OptionError, "least=66.7 is no alpha"),
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'?"),
        ({"against": "c"}, NotFoundError, "no group of accent named 'c'"),
    ],
)
def test_a_wrong_option_is_an_error_with_the_way_out(options, error, words):
    table = table_of(*votes(np.random.default_rng(4), 12))
    with pytest.raises(error, match=re.escape(words)):
        agreement_by_group(table, **({"by": "accent", "votes": VOTES} | options))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (
            lambda t: t.assign(n_1=[0.5, *t["n_1"][1:]]),
            TableError,
            "row 1: n_1 is '0.5', not a number",
        ),
        (lambda t: t.assign(n_1=[None, *t["n_1"][1:]]), TableError, "write 0 where nobody gave"),
        (lambda t: t.assign(speaker_id="p"), TableError, "a person must stand in one group"),
        (lambda t: t.assign(accent="a"), InsufficientDataError, "makes 1 known group; a compari"),
        (lambda t: t.drop(columns="speaker_id"), NotFoundError, "no column named 'speaker_id'"),
        (lambda t: t.replace({"accent": {"a": "rest"}}), TableError, "accent is 'rest'"),
    ],
)
def test_a_wrong_table_is_an_error_with_the_place(change, error, words):
    table = table_of(*votes(np.random.default_rng(4), 12))
    with pytest.raises(error, match=re.escape(words)):
        agreement_by_group(change(table), by="accent", votes=VOTES)


# ── How often the interval holds the truth ─────────────────────────────────────────────────────


def coverage(people: tuple[int, int], n_studies: int, doubt: float) -> dict[str, float]:
    """Coverage, %, of alpha, of a difference of 0, and of the interval that counts units."""
    truth = krippendorff_alpha(votes(np.random.default_rng(0), 20_000, doubt=doubt)[0])
    rng = np.random.default_rng([2011, *people])
    held: dict[str, list[bool]] = {"alpha": [], "difference": [], "units": []}
    for study in range(n_studies):
        sides = [votes(rng, number, doubt=doubt) for number in people]
        one, other = (alpha_of_speakers(*side) for side in sides)
        gap = alpha_gap(one, other)
        if gap.low is None:  # people of whom raters disagree about one alone
            continue
        held["alpha"].append(holds(one, truth))
        held["difference"].append(gap.low <= 0 <= gap.high)
        if study % 4 == 0:  # leaving out unit by unit takes long, and is far off anyway
            counts = sides[0][0]
            held["units"].append(holds(alpha_of_speakers(counts, np.arange(len(counts))), truth))
    assert len(held["alpha"]) > 0.97 * n_studies
    return {name: 100 * float(np.mean(found)) for name, found in held.items()}


def holds(alpha: Alpha, truth: float) -> bool:
    low, high = alpha.interval()
    return low <= truth <= high


@pytest.mark.parametrize(("people", "doubt"), [((12, 12), 0.5), ((30, 30), 0.15)])
def test_intervals_hold_alpha_and_those_that_count_units_do_not(people, doubt):
    found = coverage(people, QUICK, doubt)
    # Simulated at length it is 93 at an alpha of 0.3, 95 to 96 at 0.75.
    assert found["alpha"] >= 93 - 3 * monte_carlo_error(93, QUICK)
    assert found["difference"] >= 95 - 3 * monte_carlo_error(95, QUICK)
    assert found["units"] < 75


@pytest.mark.slow
@pytest.mark.parametrize("doubt", [0.5, 0.15])
@pytest.mark.parametrize("people", [(6, 6), (12, 12), (30, 30), (30, 6)])
def test_intervals_hold_alpha_within_the_acceptance_band(people, doubt):
    found = coverage(people, 1500, doubt)
    noise = 2 * monte_carlo_error(95, 1500)
    assert 92 - noise <= found["alpha"] <= 97.5
    assert 93.5 - noise <= found["difference"] <= 99.5
    assert found["units"] < 80
