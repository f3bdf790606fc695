"""Who read what, and the comparison on what both sides read."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import InsufficientDataError, NotFoundError, OptionError, TableError
from biasbench.evidence.estimate import rate, variance_cr3
from biasbench.evidence.methods import cr3
from biasbench.explain.sentences.moves import speaker_sentence_cells
from biasbench.explain.sentences.sentences import compare_same_sentences, sentence_design
from biasbench.explain.sentences.shared import (
    compare_shared_sentences,
    shared_rows,
    standardised_contrast,
)
from tests.explain.read_aloud import read

QUICK = 400
# Three Monte-Carlo standard errors of a coverage of 95 % in QUICK studies.
MONTE_CARLO = 3 * math.sqrt(95 * 5 / QUICK)


def table(design="same script", *, people=(8, 8), sentences=10, seed=1, **options) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return read(rng, design, people=people, sentences=sentences, **options).table()


# ── Layout ─────────────────────────────────────────────────────────────────────────────────────


def layout(sentences_of: dict[str, list[str]], group: set[str]) -> str:
    rows = [(who, what) for who, read_by in sentences_of.items() for what in read_by]
    speaker, sentence = zip(*rows, strict=True)
    return sentence_design(speaker, sentence, [who in group for who in speaker]).layout


def test_people_who_read_the_same_sentences_read_the_same_script():
    script = [f"s{n}" for n in range(5)]
    assert layout(dict.fromkeys("abcd", script), {"a", "b"}) == "same script"


def test_sentences_read_on_one_side_alone_are_nested():
    one, other = ["s1", "s2"], ["s3", "s4"]
    assert layout({"a": one, "b": one, "c": other, "d": other}, {"a", "b"}) == "nested"


def test_sentences_of_one_person_each_are_unique_even_if_that_person_repeats_them():
    own = {who: [f"{who}{n}" for n in range(5)] * 2 for who in "abcd"}
    assert layout(own, {"a", "b"}) == "unique"


def test_some_sentences_in_common_are_partly_shared():
    one, other = ["s1", "s2"], ["s2", "s3"]
    assert layout({"a": one, "b": one, "c": other, "d": other}, {"a", "b"}) == "partly shared"


def test_the_same_sentences_in_other_proportions_are_not_one_script():
    """Every sentence is read by both sides; one side reads the first one over and over."""
    often, once = ["s1"] * 8 + ["s2"], ["s1"] + ["s2"] * 8
    assert layout({"a": often, "b": often, "c": once, "d": once}, {"a", "b"}) == "partly shared"


def test_the_design_counts_sentences_and_shares_of_words():
    found = sentence_design(
        ["a", "a", "b", "c", "c"],
        ["s1", "s2", "s1", "s1", "s3"],
        [True, True, True, False, False],
        [10, 30, 10, 5, 15],
    )
    assert (found.n_sentences, found.n_of_group, found.n_of_against, found.n_shared) == (3, 2, 2, 1)
    assert (found.share_of_group, found.share_of_against) == (pytest.approx(20 / 50), 0.25)
    assert found.share_alone == pytest.approx(2 / 5)
    assert found.overlap == pytest.approx(min(20 / 50, 5 / 20))


def test_a_row_without_a_sentence_is_counted_and_is_a_sentence_of_its_own():
    found = sentence_design(
        ["a", "a", "b", "b"], ["s1", None, "s1", " "], [True, True, False, False]
    )
    assert (found.n_without_sentence, found.n_sentences, found.n_shared) == (2, 3, 1)


def test_a_sentence_without_words_on_a_side_is_not_shared():
    shared = shared_rows(
        np.array([0, 0, 1, 1]), np.array([5.0, 0, 5, 5]), np.array([1, 0, 1, 0]) > 0
    )
    assert shared.tolist() == [False, False, True, True]


# ── The shared sentences ───────────────────────────────────────────────────────────────────────


def standardised_by_hand(speaker, sentence, errors, words, in_group) -> np.ndarray:
    """R*_g and R*_a sentence by sentence, dropping those one side no longer reads."""
    total, weight = np.zeros(2), 0.0
    for one in np.unique(sentence):
        here = sentence == one
        sides = [here & in_group, here & ~in_group]
        if min(words[side].sum() for side in sides) <= 0:
            continue
        pooled = words[here].sum()
        weight += pooled
        total += [pooled * errors[side].sum() / words[side].sum() for side in sides]
    return total / weight


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_every_move_is_what_leaving_it_out_and_starting_again_gives(seed):
    rng = np.random.default_rng(seed)
    spoken = read(rng, "partly shared", people=(4, 5), sentences=8)
    shared = shared_rows(spoken.sentence, spoken.words, spoken.in_group)
    arrays = tuple(array[shared] for array in spoken.arrays())
    found = standardised_contrast(*arrays)
    whole = standardised_by_hand(*arrays)
    assert (found.value, found.against_value) == pytest.approx(tuple(whole))
    speaker, sentence = arrays[:2]
    cells = speaker_sentence_cells(speaker, sentence)
    for codes, moves in ((speaker, found.speaker), (sentence, found.sentence), (cells, found.cell)):
        for place, code in enumerate(np.unique(codes)):
            left = standardised_by_hand(*(array[codes != code] for array in arrays))
            assert (moves.group[place], moves.against[place]) == pytest.approx(
                tuple(left - whole), abs=1e-12
            )


def test_one_sentence_read_by_all_has_the_cr3_variance():
    rng = np.random.default_rng(2)
    speaker, words = np.arange(16), np.full(16, 12.0)
    errors, in_group = rng.poisson(3, 16).astype(float), np.arange(16) < 8
    found = two_way_variance_of_one_sentence(speaker, errors, words, in_group)
    expected = sum(
        variance_cr3(errors[side], words[side]) / rate(errors[side], words[side]) ** 2
        for side in (in_group, ~in_group)
    )
    assert found == pytest.approx(expected)


def two_way_variance_of_one_sentence(speaker, errors, words, in_group) -> float:
    one = standardised_contrast(speaker, np.zeros(16, dtype=np.intp), errors, words, in_group)
    relative = one.speaker.group / one.value - one.speaker.against / one.against_value
    return float((relative**2).sum())


def test_a_group_that_read_the_harder_sentences_more_often_is_cleared_by_the_shared_ones():
    speaker = np.repeat(np.arange(16), 12)
    in_group = speaker < 8
    # Everybody reads all 6 sentences once; six readings more: hard ones here, easy ones there.
    sentence = np.tile(np.repeat(np.arange(6), 2), 16)
    extra = np.tile([False, True] * 6, 16)
    sentence = np.where(extra & in_group, 3 + sentence % 3, sentence)
    sentence = np.where(extra & ~in_group, sentence % 3, sentence)
    errors = np.where(sentence >= 3, 6.0, 1.0) + (speaker % 2)
    made = pd.DataFrame(
        {
            "system": "asr:scripted",
            "unit_id": range(192),
            "metric": "wer",
            "speaker_id": speaker,
            "numerator": errors,
            "denominator": 20.0,
            "accent": np.where(in_group, "uk", "us"),
            "sentence_id": sentence,
        }
    )
    found = compare_same_sentences(made, by="accent", group="uk")
    assert found.unadjusted.ratio_low > 1.5
    assert found.shared.comparison.ratio == pytest.approx(1)
    assert found.shared.share_of_group == 1


def test_shared_sentences_are_mirrored_when_asked_from_the_other_side():
    made = table("partly shared", people=(9, 7), sentences=14)
    there = compare_same_sentences(made, by="accent", group="uk", against="us").shared
    back = compare_same_sentences(made, by="accent", group="us", against="uk").shared
    mirrored = back.comparison.mirrored()
    for name in ("difference", "difference_low", "ratio", "ratio_low", "ratio_high", "p", "dof"):
        one, other = getattr(there.comparison, name), getattr(mirrored, name)
        assert one == pytest.approx(other, rel=1e-9), name
    assert (there.n_speakers, there.n_against) == (back.n_against, back.n_speakers)


@pytest.mark.parametrize("design", ["same script", "partly shared"])
def test_shared_sentences_hold_the_truth_about_new_people_and_new_sentences(design):
    rng = np.random.default_rng(12)
    held, alone = [], []
    for _ in range(QUICK):
        spoken = read(
            rng, design, people=(30, 30), sentences=16, means=(0.2, 0.12), interaction_sd=0.5
        )
        for new, found in ((True, held), (False, alone)):
            made = compare_shared_sentences(*spoken.arrays(), new_sentences=new).comparison
            found.append(
                (
                    made.ratio_low <= 0.2 / 0.12 <= made.ratio_high,
                    made.difference_low <= 0.08 <= made.difference_high,
                )
            )
    for share in 100 * np.mean(held, axis=0):
        assert 95 - MONTE_CARLO <= share <= 99.5
    assert max(100 * np.mean(alone, axis=0)) < 88  # the control: people alone


def test_shared_sentences_hold_the_truth_about_themselves():
    rng = np.random.default_rng(13)
    held = []
    for _ in range(QUICK):
        spoken = read(rng, "same script", people=(8, 8), sentences=12, means=(0.2, 0.12))
        made = compare_shared_sentences(*spoken.arrays(), new_sentences=False).comparison
        held.append(made.ratio_low <= spoken.ratio_on_these_sentences() <= made.ratio_high)
    assert 95 - MONTE_CARLO <= 100 * np.mean(held) <= 99


# ── The whole verb ─────────────────────────────────────────────────────────────────────────────


def test_the_unadjusted_comparison_is_the_one_that_assess_makes():
    made = table("nested", people=(8, 10), sentences=12)
    found = compare_same_sentences(made, by="accent", group="uk")
    sums = [
        made[made["accent"] == accent].groupby("speaker_id")[["numerator", "denominator"]].sum()
        for accent in ("uk", "us")
    ]
    expected = rate(*sums[0].to_numpy().T) / rate(*sums[1].to_numpy().T)
    assert found.unadjusted.ratio == pytest.approx(expected)
    assert found.unadjusted.method == cr3._RATE
    assert found.comparison.ratio == pytest.approx(expected)


def test_rows_without_a_value_are_counted_by_side():
    made = table()
    made.loc[[0, 1, len(made) - 1], ["numerator", "denominator"]] = np.nan
    assert compare_same_sentences(made, by="accent", group="uk").n_missing == (2, 1)


def test_shared_sentences_of_a_mean_are_compared_by_the_difference_alone():
    made = table(people=(8, 8)).assign(metric="mean_score:calm", denominator=1.0)
    made["direction"] = "higher is better"
    found = compare_same_sentences(made, by="accent", group="uk").shared.comparison
    assert (found.ratio, found.ratio_low) == (None, None)
    assert found.difference_low < found.difference < found.difference_high


def test_nested_sentences_widen_the_interval_and_leave_nothing_shared():
    found = compare_same_sentences(table("nested", people=(20, 20)), by="accent", group="uk")
    assert found.design.layout == "nested"
    assert "two-way by speaker and sentence" in found.comparison.method
    assert found.comparison.ratio_high > found.unadjusted.ratio_high
    assert found.shared is None
    assert found.reason.startswith("both sides read 0 sentences in common; at least 6 are needed")


def test_spontaneous_speech_keeps_the_speaker_only_interval():
    made = table("nested")
    made["sentence_id"] = made["unit_id"]
    found = compare_same_sentences(made, by="accent", group="uk")
    assert found.design.layout == "unique"
    assert found.comparison.ratio_high == pytest.approx(found.unadjusted.ratio_high)
    assert found.shared is None


def test_sentences_of_one_side_cannot_speak_for_themselves():
    with pytest.raises(OptionError, match=r"share 0 of 20 sentences \(nested\)"):
        compare_same_sentences(table("nested"), by="accent", group="uk", new_sentences=False)


def test_people_who_read_partly_the_same_are_compared_two_ways_on_all_of_it():
    found = compare_same_sentences(
        table("partly shared", sentences=14), by="accent", group="uk", new_sentences=False
    )
    assert "these sentences alone" not in found.comparison.method
    assert "these sentences alone" in found.shared.comparison.method


def test_a_missing_sentence_column_says_what_to_pass():
    made = table().rename(columns={"sentence_id": "prompt"})
    with pytest.raises(OptionError, match="pass sentence= the column that does.*accent, prompt"):
        compare_same_sentences(made, by="accent", group="uk")
    found = compare_same_sentences(made, by="accent", group="uk", sentence="prompt")
    assert found.design.layout == "same script"


def test_a_misspelt_sentence_column_is_asked_back():
    with pytest.raises(NotFoundError, match="Did you mean 'sentence_id'"):
        compare_same_sentences(table(), by="accent", group="uk", sentence="sentence_ids")


@pytest.mark.parametrize("sentence", ["speaker_id", "accent"])
def test_a_column_that_cannot_be_the_sentence_is_refused(sentence):
    with pytest.raises(OptionError, match="does not say which sentence was read"):
        compare_same_sentences(table(), by="accent", group="uk", sentence=sentence)


def test_a_level_that_cannot_be_is_refused():
    with pytest.raises(OptionError, match="level=95 is not between"):
        compare_same_sentences(table(), by="accent", group="uk", level=95)


def test_a_person_in_two_groups_is_refused_as_everywhere():
    made = table()
    made.loc[0, "accent"] = "us"
    with pytest.raises(TableError, match="a person must stand in one group"):
        compare_same_sentences(made, by="accent", group="uk")


def test_five_people_a_side_are_too_few():
    with pytest.raises(InsufficientDataError, match="uk has 5 people and rest 8; at least 6"):
        compare_same_sentences(table(people=(5, 8)), by="accent", group="uk")


def test_four_sentences_speak_for_themselves_and_not_for_sentences_to_come():
    made = table(sentences=4)
    with pytest.raises(InsufficientDataError, match="uk has 4 sentences.*new_sentences=False"):
        compare_same_sentences(made, by="accent", group="uk")
    found = compare_same_sentences(made, by="accent", group="uk", new_sentences=False)
    assert found.shared.n_sentences == 4
    assert found.comparison.method.startswith("CR3 t, speaker-only (these sentences alone)")
    assert found.comparison.ratio_low == pytest.approx(found.unadjusted.ratio_low)


EMOTIONS = ("anger", "disgust", "fear", "happiness", "neutral", "sadness")
CREMAD = {
    "log_ratio": 0.0179944191288,
    "speaker": 0.00188062002853,
    "sentence": 0.000138638305052,
    "cell": 0.000372346415078,
}


def test_twelve_sentences_of_91_actors_are_one_script(shared_data):
    """CREMA-D: votes for the intended emotion, in the voice alone, of 91 actors.

    R 4.2, clubSandwich, m <- glm(hits ~ group, poisson, offset=log(votes)); vcovCR(m, cluster=…,
    type="CR3") of actors, of sentences, and of both crossed.
    """
    clips = pd.read_csv(shared_data("cremad_ratings") / "ratings.csv.gz", dtype={"speaker": str})
    votes = clips[[f"n_{name}" for name in EMOTIONS]].to_numpy()
    place = clips["emotion_intended"].map({name: n for n, name in enumerate(EMOTIONS)})
    made = pd.DataFrame(
        {
            "system": "crowd",
            "unit_id": clips["id"],
            "metric": "intended_rate",
            "direction": "higher is better",
            "speaker_id": clips["speaker"],
            "numerator": votes[np.arange(len(clips)), place.to_numpy()].astype(float),
            "denominator": clips["n_raters"].astype(float),
            "race": clips["race"],
            "sentence_id": clips["text"],
        }
    )
    found = compare_same_sentences(made, by="race", group="African American", against="Caucasian")
    assert found.design.layout == "same script"
    assert found.shared.n_sentences == 12
    assert math.log(found.comparison.ratio) == pytest.approx(CREMAD["log_ratio"], rel=1e-8)
    for name in ("speaker", "sentence", "cell"):
        assert getattr(found.variance, name) == pytest.approx(CREMAD[name], rel=1e-6), name
