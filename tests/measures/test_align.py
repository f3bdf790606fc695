"""Edits are jiwer's, to the last substitution."""

import jiwer
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biasbench.errors import OptionError
from biasbench.measures import EditCounts, align, count_edits, count_edits_many
from biasbench.measures import align as align_function

# Few words, so that there are many ways to align and the choice among them is put to the test.
WORDS = st.lists(st.sampled_from(["a", "b", "c", "dd", "é", "it's"]), max_size=12)
PAIRS = st.lists(st.tuples(WORDS, WORDS), max_size=8)
EDITS = st.builds(EditCounts, *[st.integers(0, 50)] * 4)


def jiwer_counts(found):
    return [found.hits, found.substitutions, found.deletions, found.insertions]


def test_an_empty_hypothesis_counts_as_deletions():
    assert count_edits(["turn", "the", "lights", "on"], []) == EditCounts(deletions=4)


def test_an_empty_reference_counts_as_insertions():
    counts = count_edits([], ["thank", "you"])
    assert (counts, counts.reference_length) == (EditCounts(insertions=2), 0)


@settings(deadline=None)
@given(EDITS, EDITS)
def test_edit_counts_add(a, b):
    assert (a + b).errors == a.errors + b.errors
    assert (a + b).reference_length == a.reference_length + b.reference_length


@settings(deadline=None)
@given(WORDS, WORDS)
def test_one_pair_is_counted_as_jiwer_counts_it(reference, hypothesis):
    theirs = jiwer.process_words(" ".join(reference), " ".join(hypothesis))
    counts = count_edits(reference, hypothesis)
    assert [counts.hits, counts.substitutions, counts.deletions, counts.insertions] == (
        jiwer_counts(theirs)
    )


@settings(deadline=None)
@given(PAIRS)
def test_many_pairs_are_each_counted_as_jiwer_counts_them(pairs):
    references = [" ".join(reference) for reference, _ in pairs]
    hypotheses = [" ".join(hypothesis) for _, hypothesis in pairs]
    theirs = [
        jiwer_counts(jiwer.process_words(*pair))
        for pair in zip(references, hypotheses, strict=True)
    ]
    ours = count_edits_many(references, hypotheses)
    assert ours.shape == (len(pairs), 4)
    assert ours.tolist() == theirs


@settings(deadline=None)
@given(PAIRS)
def test_characters_are_counted_as_jiwer_counts_them(pairs):
    references = [" ".join(reference) for reference, _ in pairs]
    hypotheses = [" ".join(hypothesis) for _, hypothesis in pairs]
    theirs = [
        jiwer_counts(jiwer.process_characters(*pair))
        for pair in zip(references, hypotheses, strict=True)
    ]
    assert count_edits_many(references, hypotheses, of="characters").tolist() == theirs


@settings(deadline=None)
@given(WORDS, WORDS)
def test_an_alignment_holds_every_word_and_the_same_counts(reference, hypothesis):
    alignment = align(" ".join(reference), " ".join(hypothesis))
    assert [word for chunk in alignment for word in chunk.reference] == reference
    assert [word for chunk in alignment for word in chunk.hypothesis] == hypothesis
    assert alignment.counts == count_edits(reference, hypothesis)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_an_alignment_has_the_chunks_of_jiwer(reference, hypothesis):
    theirs = jiwer.process_words(" ".join(reference), " ".join(hypothesis)).alignments[0]
    assert [chunk.type for chunk in align(" ".join(reference), " ".join(hypothesis))] == [
        chunk.type for chunk in theirs
    ]


def test_a_vocabulary_larger_than_there_are_characters_is_started_anew(monkeypatch):
    module = __import__(align_function.__module__, fromlist=["_VOCABULARY_LIMIT"])
    monkeypatch.setattr(module, "_VOCABULARY_LIMIT", 3)
    references = ["a b c d", "e f g", "a b", "e f g"]
    hypotheses = ["a x c", "e y", "b", "e f g"]
    assert count_edits_many(references, hypotheses).tolist() == [
        jiwer_counts(jiwer.process_words(*pair))
        for pair in zip(references, hypotheses, strict=True)
    ]


def test_a_text_that_was_not_split_is_refused():
    with pytest.raises(OptionError, match=r"takes lists of words, not the text 'turn on'\. Split"):
        count_edits("turn on", ["turn"])


def test_references_and_hypotheses_must_pair_up():
    with pytest.raises(OptionError, match="2 references and 1 hypotheses: they must pair up"):
        count_edits_many(["a", "b"], ["a"])


@pytest.mark.parametrize("name", ["artie", "edacc"])
def test_every_real_pair_has_the_counts_that_were_made_independently(shared_data, name):
    folder = shared_data(name)
    utterances, transcripts = (
        pd.read_csv(next(folder.glob(f"{table}.csv*")), keep_default_na=False)
        for table in ("utterances", "transcripts")
    )
    pairs = transcripts.merge(
        utterances[["utterance_id", "reference"]], on="utterance_id", validate="many_to_one"
    )
    counts = count_edits_many(pairs["reference"].tolist(), pairs["hypothesis"].tolist())
    assert len(counts) > 15_000
    np.testing.assert_array_equal(counts[:, 1:], pairs[["sub", "del", "ins"]].to_numpy())
    np.testing.assert_array_equal(counts[:, :3].sum(axis=1), pairs["words"].to_numpy())
