"""The two sides on the sentences that both of them read, each sentence weighted alike.

With group g, sentence s read by both sides, r_gs = Σe / Σw of the group's readings of it:

    R*_g = Σ_s q_s r_gs        q_s = p_s / Σp        p_s = w_gs + w_as, the words of both sides

and R*_a with the same q_s: direct standardisation (Kitagawa 1955, JASA 50:1168–1194), with the
pooled denominators as the standard. What one side read more of, and which sentences are hard,
cancels. Each person, each sentence and each reading is left out in turn and *everything* is
computed again, the weights too (a sentence that loses its only reader on a side drops out), so
that the moves of `twoway` are exact here and not a linearisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from biasbench.errors import InsufficientDataError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray, IntArray, Kind
from biasbench.explain.sentences.moves import Contrast, Flags, Moves, speaker_sentence_cells
from biasbench.explain.sentences.twoway import TwoWay, compare, two_way_variance
from biasbench.tables.labels import Codes

#: Sentences on a side below which nothing is said about sentences to come: as few as people.
FEWEST_SENTENCES = FEWEST_TO_TEST


@dataclass(frozen=True)
class SharedSentences:
    """The comparison on the sentences both sides read, and how much of the speech that is."""

    comparison: Comparison
    variance: TwoWay
    n_sentences: int
    n_speakers: int  # of the group, with any of these sentences
    n_against: int
    share_of_group: float  # of the group's denominator
    share_of_against: float


def compare_shared_sentences(
    speaker: Codes,
    sentence: Codes,
    numerator: FloatArray,
    denominator: FloatArray,
    in_group: Flags,
    *,
    kind: Kind = "rate",
    level: float = 0.95,
    new_sentences: bool = True,
) -> SharedSentences:
    """R*_g against R*_a, with the interval of `twoway.compare`; arrays of shape (n_rows,).

    Raises InsufficientDataError below 6 people a side who read any shared sentence, and, where
    the claim is about sentences to come, below 6 shared sentences.

    >>> person, sentence = np.repeat(np.arange(14), 8), np.tile(np.arange(8), 14)
    >>> errors = (1 + sentence + person % 3 + 3 * (person < 7)).astype(float)
    >>> found = compare_shared_sentences(person, sentence, errors, np.full(112, 20.0), person < 7)
    >>> round(found.comparison.ratio, 3), found.n_sentences, found.share_of_group
    (1.519, 8, 1.0)
    """
    shared = shared_rows(sentence, denominator, in_group)
    reads = shared & (denominator > 0)
    people = [len(np.unique(speaker[reads & side])) for side in (in_group, ~in_group)]
    n_sentences = len(np.unique(sentence[shared]))
    needed = FEWEST_SENTENCES if new_sentences else 1
    if n_sentences < needed:
        raise InsufficientDataError(
            f"both sides read {n_sentences} sentence{'s' * (n_sentences != 1)} in common; at least "
            f"{needed} are needed" + (" to speak of sentences to come" if new_sentences else "")
        )
    if min(people) < FEWEST_TO_TEST:
        raise InsufficientDataError(
            f"the sentences that both sides read were read by {people[0]} people of the group and "
            f"{people[1]} of the other side; at least {FEWEST_TO_TEST} on each side are needed"
        )
    found = standardised_contrast(
        speaker[shared],
        sentence[shared],
        numerator[shared],
        denominator[shared],
        in_group[shared],
        kind=kind,
    )
    shares = [
        float(denominator[shared & side].sum() / denominator[side].sum())
        for side in (in_group, ~in_group)
    ]
    return SharedSentences(
        comparison=compare(found, level=level, new_sentences=new_sentences),
        variance=two_way_variance(found),
        n_sentences=n_sentences,
        n_speakers=people[0],
        n_against=people[1],
        share_of_group=shares[0],
        share_of_against=shares[1],
    )


def shared_rows(sentence: Codes, denominator: FloatArray, in_group: Flags) -> Flags:
    """True for the rows of sentences for which both sides have a denominator.

    >>> shared_rows(np.array([0, 0, 1, 2]), np.array([5.0, 5, 5, 5]),
    ...             np.array([True, False, True, False])).tolist()
    [True, True, False, False]
    """
    n_sentences = int(sentence.max()) + 1
    words = [
        np.bincount(sentence[side], weights=denominator[side], minlength=n_sentences)
        for side in (in_group, ~in_group)
    ]
    both: Flags = ((words[0] > 0) & (words[1] > 0))[sentence]
    return both


def standardised_contrast(
    speaker: Codes,
    sentence: Codes,
    numerator: FloatArray,
    denominator: FloatArray,
    in_group: Flags,
    *,
    kind: Kind = "rate",
) -> Contrast:
    """R*_g and R*_a (module docstring) and what leaving anything out moves them by, exactly.

    Every sentence must be one that both sides read (`shared_rows`).

    >>> found = standardised_contrast(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]),
    ...     np.array([2.0, 4, 1, 2]), np.array([10.0, 20, 10, 20]), np.array([True, True, False,
    ...     False]))
    >>> round(found.value, 3), round(found.against_value, 3)
    (0.2, 0.1)
    """
    _, sentence = np.unique(sentence, return_inverse=True)
    _, speaker = np.unique(speaker, return_inverse=True)
    cells = _cells(speaker, sentence, numerator, denominator, in_group)
    total = _totals(cells)
    each_cell, each_sentence = np.arange(len(cells.speaker)), np.arange(len(total.pooled))
    changes = _left_out(cells, total)
    everywhere = np.ones(len(total.pooled), dtype=bool)
    return Contrast(
        value=float(total.sums[0] / total.weight),
        against_value=float(total.sums[1] / total.weight),
        kind=kind,
        speaker=_moves(changes, cells.speaker, _sides_of(cells.speaker, cells), total),
        sentence=_moves(_sentences_left_out(total), each_sentence, (everywhere, everywhere), total),
        cell=_moves(changes, each_cell, _sides_of(each_cell, cells), total),
    )


@dataclass(frozen=True)
class _Cells:
    """One person's readings of one sentence, added up; arrays of shape (n_cells,)."""

    speaker: IntArray
    sentence: IntArray
    side: IntArray  # 0 the group, 1 the other side
    numerator: FloatArray
    denominator: FloatArray


@dataclass(frozen=True)
class _Totals:
    """Per side and sentence, shape (2, n_sentences), and over all sentences."""

    words: FloatArray
    errors: FloatArray
    readers: IntArray  # people with a denominator
    pooled: FloatArray  # p_s, shape (n_sentences,)
    sums: FloatArray  # Σ p_s r_gs, shape (2,)
    weight: float  # Σ p_s


@dataclass(frozen=True)
class _Changes:
    """What leaving each thing out adds to `sums` and `weight`; shapes (2, n) and (n,)."""

    sums: FloatArray
    weight: FloatArray


def _cells(
    speaker: IntArray,
    sentence: IntArray,
    numerator: FloatArray,
    denominator: FloatArray,
    in_group: Flags,
) -> _Cells:
    code = speaker_sentence_cells(speaker.astype(np.intp), sentence.astype(np.intp))
    first = np.unique(code, return_index=True)[1]
    return _Cells(
        speaker[first],
        sentence[first],
        np.where(in_group[first], 0, 1),
        np.bincount(code, weights=numerator).astype(float),
        np.bincount(code, weights=denominator).astype(float),
    )


def _totals(cells: _Cells) -> _Totals:
    shape = (2, int(cells.sentence.max()) + 1)
    words, errors = np.zeros(shape), np.zeros(shape)
    readers = np.zeros(shape, dtype=np.int64)
    place = (cells.side, cells.sentence)
    np.add.at(words, place, cells.denominator)
    np.add.at(errors, place, cells.numerator)
    np.add.at(readers, place, cells.denominator > 0)
    pooled = words.sum(axis=0)
    return _Totals(
        words, errors, readers, pooled, (pooled * errors / words).sum(axis=1), float(pooled.sum())
    )


def _left_out(cells: _Cells, total: _Totals) -> _Changes:
    """Each cell in turn. A sentence is touched once by a person, so a person's changes add up."""
    own, s = cells.side, cells.sentence
    other = 1 - own
    weighted = total.pooled * total.errors / total.words  # (2, n_sentences)
    drops = (total.readers[own, s] - (cells.denominator > 0)) == 0
    words = np.where(drops, 1.0, total.words[own, s] - cells.denominator)
    pooled = total.pooled[s] - cells.denominator
    left = np.where(drops, 0.0, pooled * (total.errors[own, s] - cells.numerator) / words)
    other_rate = total.errors[other, s] / total.words[other, s]
    sums = np.zeros((2, len(s)))
    at = np.arange(len(s))
    sums[own, at] = left - weighted[own, s]
    sums[other, at] = np.where(drops, 0.0, pooled * other_rate) - weighted[other, s]
    return _Changes(sums, np.where(drops, -total.pooled[s], -cells.denominator))


def _sentences_left_out(total: _Totals) -> _Changes:
    return _Changes(-total.pooled * total.errors / total.words, -total.pooled)


def _moves(
    changes: _Changes, cluster: IntArray, present: tuple[Flags, Flags], total: _Totals
) -> Moves:
    weight = total.weight + np.bincount(cluster, weights=changes.weight)
    # Nothing shared is left without this cluster: there is no value to move to.
    weight = np.where(weight > 1e-9 * total.weight, weight, np.nan)
    moved = [
        (total.sums[side] + np.bincount(cluster, weights=changes.sums[side])) / weight
        - total.sums[side] / total.weight
        for side in (0, 1)
    ]
    return Moves(moved[0], moved[1], *present)


def _sides_of(cluster: IntArray, cells: _Cells) -> tuple[Flags, Flags]:
    """On which sides each person or cell has any denominator."""
    here = cells.denominator > 0
    of = [
        np.bincount(cluster[here & (cells.side == side)], minlength=int(cluster.max()) + 1) > 0
        for side in (0, 1)
    ]
    return of[0], of[1]
