"""measure_variants() and erased(): what a choice of normaliser does, and to whom."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import biasbench as bb
from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, NotFoundError, OptionError
from biasbench.measures import measure
from biasbench.measures.align import count_edits
from biasbench.measures.normalize import find_normalizer
from biasbench.measures.variants import erased, measure_variants
from biasbench.provenance import Provenance
from biasbench.runs import Run
from biasbench.tables import SCORES, TRANSCRIPTS
from biasbench.tables.multiverses import ERASURES

SAID = [
    ("u1", "ann", "us", "I'm gonna call twenty-one people."),
    ("u2", "ann", "us", "Turn the lights on"),
    ("u3", "bob", "aave", "He finna go, isn't he?"),
    ("u4", "eve", "aave", "Good morning"),
    ("u5", "joe", None, "Yes."),
    ("u6", "kim", "us", "Never heard"),
]
WROTE = {
    "u1": "i am going to call 21 people",
    "u2": "turn the light on",
    "u3": "he finna go isn't he",
    "u4": "good mourning",
    "u5": "yes",
}


def corpus(said=SAID, **card):
    utterances = pd.DataFrame(said, columns=["utterance_id", "speaker_id", "accent", "reference"])
    chain = Provenance().then("load_corpus", {"corpus": "calls@12345678"})
    return Corpus(utterances, chain, Path("calls"), {"name": "calls", "language": "en-GB", **card})


def run(wrote=None, system="asr:x"):
    wrote = WROTE if wrote is None else wrote
    rows = [
        {
            "system": system,
            "utterance_id": name,
            "status": "ok" if text else "empty",
            "hypothesis": text,
            "error": None,
        }
        for name, text in wrote.items()
    ]
    return Run(TRANSCRIPTS.check(pd.DataFrame(rows)), SCORES.empty(), Provenance())


def of(found, group, label="en-1"):
    rows = found.table[(found.table["group"] == group) & (found.table["normalizer"] == label)]
    return rows.iloc[0]


def errors(group, name):
    """Counted one by one, by the same words."""
    normal = find_normalizer(name).normalize
    return sum(
        count_edits(normal(text).split(), normal(WROTE[unit]).split()).errors
        for unit, _, accent, text in SAID
        if accent == group and unit in WROTE
    )


# ── Variants ───────────────────────────────────────────────────────────────────────────────────


def test_each_variant_is_the_measure_under_that_normaliser():
    found = measure_variants(run(), corpus(), metrics=["wer", "cer"])
    assert list(found) == ["none", "minimal", "en"]
    for name, variant in found.items():
        alone = measure(run(), corpus(), metrics=["wer", "cer"], normalizer=name)
        pd.testing.assert_frame_equal(variant.table, alone.table)
        assert variant.provenance == alone.provenance
    assert "norm:minimal-1" in found["minimal"].provenance.signature()


@pytest.mark.parametrize(
    ("card", "names"),
    [({"language": "fr_CA"}, ["none", "minimal", "fr"]), ({"language": "de"}, ["none", "minimal"])],
)
def test_a_corpus_gets_the_normaliser_of_its_language(card, names):
    assert list(measure_variants(run(), corpus(**card))) == names


def test_variants_are_what_a_multiverse_asks_for():
    from biasbench.explain.multiverse.multiverse import multiverse

    said = [(f"u{n}", f"p{n // 2}", "ab"[n % 4 // 2], "I'm here, sir, at ten") for n in range(48)]
    wrote = {f"u{n}": "i am here sir at 10" if n % 3 else "am there at ten a b" for n in range(48)}
    wrote["u5"] = "no"
    found = multiverse(
        measure_variants(run(wrote), corpus(said)), by="accent", group="a", metrics=["wer"],
        n_resamples=19,
    )  # fmt: skip
    assert sorted(found.table["variant"]) == ["en", "minimal", "none"]


# ── What was erased ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["minimal", "en"])
@pytest.mark.parametrize("group", ["us", "aave"])
def test_errors_are_counted_by_group_before_and_after(name, group):
    row = of(erased(run(), corpus(), by="accent"), group, f"{name}-1")
    before, after = errors(group, "none"), errors(group, name)
    assert (row["errors_before"], row["errors_after"]) == (before, after)
    assert row["share_erased"] == pytest.approx((before - after) / before)
    assert row["rate_after"] == pytest.approx(after / row["words_after"])


def test_the_gap_is_with_everybody_else_whose_group_is_known():
    row = of(erased(run(), corpus(), by="accent"), "us")
    known = {"us": 5 + 4, "aave": 5 + 2}
    rate = errors("us", "none") / known["us"]
    rest = errors("aave", "none") / known["aave"]
    assert row["difference_before"] == pytest.approx(rate - rest)
    assert row["ratio_before"] == pytest.approx(rate / rest)
    two = erased(run(), corpus(), by="accent")
    assert of(two, "aave")["difference_after"] == pytest.approx(-of(two, "us")["difference_after"])


def test_people_of_no_known_group_are_shown_and_compared_with_nobody():
    row = of(erased(run(), corpus(), by="accent"), "unknown", "minimal-1")
    assert (row["errors_before"], row["errors_after"]) == (1, 0)
    assert np.isnan(row["difference_before"])
    assert np.isnan(row["ratio_after"])


def test_what_was_not_heard_is_in_neither_count():
    row = of(erased(run(), corpus(), by="accent"), "us")
    assert row["n_utterances"] == 2
    assert row["n_speakers"] == 1
    assert row["words_before"] == 9


def test_reference_words_that_the_normaliser_changed_are_counted():
    """'minimal' lowers case and drops marks: I'm, twenty-one, people. and Turn of nine words."""
    row = of(erased(run(), corpus(), by="accent"), "us", "minimal-1")
    plain = find_normalizer("none").normalize
    minimal = find_normalizer("minimal").normalize
    changed = sum(
        count_edits(plain(text).split(), minimal(text).split()).errors
        for unit, _, accent, text in SAID
        if accent == "us" and unit in WROTE
    )
    assert changed >= 4
    assert row["share_words_changed"] == pytest.approx(changed / 9)


def test_a_normaliser_that_forgives_one_dialect_is_seen_to_do_so():
    """A word list that knows gonna and not finna."""
    said = [
        ("u1", "ann", "us", "we are gonna call"),
        ("u2", "bob", "aave", "we are finna call"),
    ]
    wrote = {"u1": "we are going to call", "u2": "we are fixing to call"}
    found = erased(run(wrote), corpus(said), by="accent", normalizers=["minimal", "en"])
    assert of(found, "us", "minimal-1")["share_erased"] == 0
    assert of(found, "us")["share_erased"] == 1


def test_the_same_per_utterance_can_be_assessed():
    found = erased(run(), corpus(), by="accent")
    table = found.measures.table
    assert set(table["metric"]) == {"erased_errors:minimal-1", "erased_errors:en-1"}
    us = table[(table["accent"] == "us") & (table["metric"] == "erased_errors:en-1")]
    row = of(found, "us")
    assert us["numerator"].sum() == row["errors_before"] - row["errors_after"]
    assert us["denominator"].sum() == row["errors_before"]
    assert us["numerator"].isna().tolist() == us["denominator"].isna().tolist()
    evidence = bb.assess(found.measures, by="accent", metrics=["erased_errors:en-1"])
    finding = evidence.findings.set_index("group").loc["us"]
    assert finding["value"] == pytest.approx(row["share_erased"])
    assert "norm:none-1,minimal-1,en-1" in found.measures.provenance.signature()


def test_every_system_has_its_rows():
    other = run({name: text.upper() for name, text in WROTE.items()}, "asr:y")
    found = erased([run(), other], corpus(), by="accent", normalizers=["minimal"]).table
    assert found["system"].tolist() == ["asr:x"] * 3 + ["asr:y"] * 3
    shouted = found[found["system"] == "asr:y"]
    assert shouted["errors_before"].sum() > found["errors_before"][:3].sum()
    assert shouted["errors_after"].tolist() == found["errors_after"][:3].tolist()
    ERASURES.check(found)


def test_without_speaker_labels_nobody_is_counted():
    nameless = corpus()
    without = Corpus(
        nameless.utterances.drop(columns="speaker_id"),
        nameless.provenance, nameless.root, nameless.card,
    )  # fmt: skip
    assert erased(run(), without, by="accent").table["n_speakers"].isna().all()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"by": "acent"}, NotFoundError, "Did you mean 'accent'"),
        ({"by": "speaker_id"}, NotFoundError, "no group column named 'speaker_id'"),
        ({"by": "reference"}, NotFoundError, "no group column named 'reference'"),
        ({"by": "accent", "normalizers": ["none"]}, OptionError, "name one to compare"),
        ({"by": "accent", "normalizers": "en"}, OptionError, r"give a list"),
        ({"by": "accent", "normalizers": ["en", "en"]}, OptionError, "'en' twice"),
        ({"by": "accent", "normalizers": ["enn"]}, NotFoundError, "Did you mean 'en'"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        erased(run(), corpus(), **options)


def test_nobody_of_a_known_group_is_refused():
    said = [(unit, person, None, text) for unit, person, _, text in SAID]
    with pytest.raises(InsufficientDataError, match="nobody's accent is known"):
        erased(run(), corpus(said), by="accent")
