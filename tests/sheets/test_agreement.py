"""How far two people agree: other packages' figures, brute force, and laws."""

import math

import jiwer
import krippendorff
import numpy as np
import pandas as pd
import pytest

from biasbench.evidence.estimate import t_quantile
from biasbench.measures.normalize import find_normalizer
from biasbench.sheets.agreement import rating_agreement, word_agreement

MINIMAL = find_normalizer("minimal")
WORDS = ["oui", "non", "merci", "bonjour", "contrat", "demain"]


@pytest.fixture(scope="module")
def person():
    units = [f"u{k:03d}" for k in range(60)]
    return pd.DataFrame({
        "unit_id": units, "speaker_id": [f"p{k % 15}" for k in range(60)],
        "group": ["b" if k % 15 < 6 else "a" for k in range(60)],
    })  # fmt: skip


@pytest.fixture(scope="module")
def written(person):
    rng = np.random.default_rng(2)
    rows = []
    for unit in person["unit_id"]:
        first = rng.choice(WORDS, size=rng.integers(1, 9)).tolist()
        second = [word for word in first if rng.random() > 0.15]
        second += ["ajout"] * int(rng.random() < 0.2)
        rows.append((unit, "A", " ".join(first)))
        rows.append((unit, "B", " ".join(second)))
    frame = pd.DataFrame(rows, columns=["unit_id", "coder", "text"])
    empty = frame["text"].eq("")
    return frame.assign(
        state=np.where(empty, "nothing said", "transcribed"),
        text=frame["text"].where(~empty, None), remarks=None,
    )  # fmt: skip


def by_hand(written, person, units):
    """Edits by jiwer and mean words, summed by person."""
    wide = written.pivot(index="unit_id", columns="coder", values="text").fillna("")
    edits, words = {}, {}
    people = person.set_index("unit_id")["speaker_id"]
    for unit in units:
        one, two = wide.loc[unit]
        if one and two:
            told = jiwer.process_words(one, two)
            n = told.substitutions + told.deletions + told.insertions
        else:  # jiwer takes no empty reference
            n = len(one.split()) + len(two.split())
        who = people[unit]
        edits[who] = edits.get(who, 0) + n
        words[who] = words.get(who, 0) + (len(one.split()) + len(two.split())) / 2
    return edits, words


def test_word_edits_between_two_people_are_those_of_jiwer(written, person):
    found = word_agreement(written, person, "accent", MINIMAL).set_index("group")
    for group in ("a", "b", "overall"):
        units = person["unit_id"][person["group"].eq(group) | (group == "overall")]
        edits, words = by_hand(written, person, units)
        row = found.loc[group]
        assert row["n_edits"] == sum(edits.values())
        assert row["n_words"] == sum(words.values())
        assert row["differing"] == pytest.approx(sum(edits.values()) / sum(words.values()))
        assert (row["n_units"], row["n_speakers"]) == (len(units), len(edits))


def test_the_interval_leaves_out_each_person_in_turn(written, person):
    """CR3 of a ratio, written out from leave-one-person-out values; log scale, t on K − 1."""
    units = person["unit_id"][person["group"].eq("a")]
    edits, words = by_hand(written, person, units)
    e = np.array([edits[who] for who in edits], dtype=float)
    w = np.array([words[who] for who in edits])
    rate = e.sum() / w.sum()
    left = np.array([(e.sum() - e[k]) / (w.sum() - w[k]) for k in range(len(e))])
    variance = ((rate - left) ** 2).sum()  # r_k/(1 − h_k)/W = R − R without k
    reach = t_quantile(0.9, len(e) - 1) * math.sqrt(variance) / rate
    row = word_agreement(written, person, "accent", MINIMAL, level=0.9).set_index("group").loc["a"]
    assert (row["low"], row["high"]) == pytest.approx(
        (rate * math.exp(-reach), rate * math.exp(reach))
    )


def test_neither_of_the_two_is_the_reference(written, person):
    swapped = written.assign(coder=written["coder"].map({"A": "B", "B": "A"}))
    pd.testing.assert_frame_equal(
        word_agreement(written, person, "accent", MINIMAL),
        word_agreement(swapped, person, "accent", MINIMAL),
    )


def test_case_and_punctuation_are_no_difference_and_words_are(person):
    texts = {"A": "Bonjour, madame !", "B": "bonjour madame"}
    frame = pd.DataFrame(
        [(unit, coder, "transcribed", text, None) for unit in person["unit_id"][:20]
         for coder, text in texts.items()],
        columns=["unit_id", "coder", "state", "text", "remarks"],
    )  # fmt: skip
    assert word_agreement(frame, person, "x", MINIMAL)["n_edits"].tolist() == [0, 0, 0]
    strict = word_agreement(frame, person, "x", find_normalizer("none")).set_index("group")
    # 'Bonjour,' for 'bonjour', and '!' left out: two edits over (3 + 2)/2 words
    assert strict.loc["overall", "differing"] == pytest.approx(2 / 2.5)


def test_one_who_understood_and_one_who_did_not_are_counted_apart(written, person):
    gone = written["unit_id"].eq("u000") & written["coder"].eq("B")
    changed = written.assign(
        state=written["state"].mask(gone, "inaudible"), text=written["text"].mask(gone, None)
    )
    row = word_agreement(changed, person, "x", MINIMAL).set_index("group").loc["overall"]
    assert (row["n_one_only"], row["n_units"]) == (1, 59)


@pytest.fixture(scope="module")
def rated(person):
    rng = np.random.default_rng(4)
    rows = []
    for at, unit in enumerate(person["unit_id"]):
        own = int(rng.integers(1, 6))
        rows.append((unit, "utterance", "A", "clarity", own))
        if at % 6:  # every sixth unit is rated by one alone
            other = int(np.clip(own + rng.integers(-1, 3), 1, 5))
            rows.append((unit, "utterance", "B", "clarity", other))
    return pd.DataFrame(rows, columns=["unit_id", "unit", "coder", "rating", "value"])


def test_alpha_is_that_of_the_package_krippendorff(rated, person):
    found = rating_agreement(rated, person, "x", ["clarity"]).set_index("group")
    joined = rated.merge(person, on="unit_id")
    for group in ("a", "b", "overall"):
        own = joined[joined["group"].eq(group) | (group == "overall")]
        grid = own.pivot(index="coder", columns="unit_id", values="value").to_numpy(dtype=float)
        theirs = krippendorff.alpha(
            reliability_data=grid, level_of_measurement="ordinal", value_domain=[1, 2, 3, 4, 5]
        )
        assert found.loc[group, "alpha"] == pytest.approx(theirs, abs=1e-10)
        assert found.loc[group, "low"] < theirs < found.loc[group, "high"]


def test_alpha_of_a_published_table():
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: ordinal .815."""
    table = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3",
             ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]  # fmt: skip
    rows = [(f"u{at}", "utterance", coder, "tone", int(value))
            for coder, line in zip("ABCD", table, strict=True)
            for at, value in enumerate(line.split()) if value != "."]  # fmt: skip
    ratings = pd.DataFrame(rows, columns=["unit_id", "unit", "coder", "rating", "value"])
    people = pd.DataFrame({"unit_id": [f"u{k}" for k in range(12)],
                           "speaker_id": [f"p{k}" for k in range(12)], "group": "a"})  # fmt: skip
    found = rating_agreement(ratings, people, "x", ["tone"]).set_index("group").loc["a"]
    assert round(found["alpha"], 3) == 0.815
    assert (found["n_units"], found["n_single"]) == (11, 1)


def test_shares_the_same_and_within_one_are_counted(rated, person):
    found = rating_agreement(rated, person, "x", ["clarity"]).set_index("group").loc["overall"]
    wide = rated.pivot(index="unit_id", columns="coder", values="value").dropna()
    apart = (wide["A"] - wide["B"]).abs()
    assert found["exact"] == pytest.approx((apart == 0).mean())
    assert found["within_one"] == pytest.approx((apart <= 1).mean())
    assert (found["n_units"], found["n_single"]) == (50, 10)
    assert found["exact_low"] < found["exact"] < found["exact_high"] <= 1


def test_perfect_agreement_still_has_a_lower_end(person):
    rows = [(unit, "utterance", coder, "tone", 1 + at % 5)
            for at, unit in enumerate(person["unit_id"]) for coder in "AB"]  # fmt: skip
    ratings = pd.DataFrame(rows, columns=["unit_id", "unit", "coder", "rating", "value"])
    found = rating_agreement(ratings, person, "x", ["tone"]).set_index("group").loc["overall"]
    assert (found["alpha"], found["exact"], found["exact_high"]) == (1.0, 1.0, 1.0)
    assert found["exact_low"] == pytest.approx(0.05 ** (1 / 15))  # the rule of three, 15 people
    assert "all raters agree" in found["note"]


def test_a_rating_that_nobody_gave_has_a_row_without_figures(person):
    empty = pd.DataFrame(columns=["unit_id", "unit", "coder", "rating", "value"], dtype=object)
    found = rating_agreement(empty, person, "x", ["tone"])
    assert found["n_units"].tolist() == [0, 0, 0]
    assert found["alpha"].isna().all()
    assert rating_agreement(empty, person, "x", []).empty
