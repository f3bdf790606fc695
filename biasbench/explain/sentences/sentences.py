"""Who read which sentences, and the comparison that this allows.

Four layouts, by how sentences and people lie to each other (`sentence_design`):

    same script    both sides read nearly the same sentences, in nearly the same proportions
    partly shared  they read some in common
    nested         sentences are read by several people, nearly none by both sides: what the text
                   does and what the group does cannot be told apart
    unique         nearly every sentence is one person's own: spontaneous speech, nothing to match

Proportions are compared by their overlap, Σ_s min(p_gs, p_as), p_gs the share of sentence s in the
group's words: 1 when alike, 0 when nothing is shared.

Nested sentences force the two-way variance: a side with a hard text is otherwise a finding about
the text. Where sentences are shared, the two sides are compared on those as well, each sentence
weighted alike (`shared_sentences`). Clark (1973), Journal of Verbal Learning and Verbal Behavior
12:335–359, is the classic warning against counting people alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.methods import cr3
from biasbench.evidence.rows import MeasuresSource, Rows, column_of, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.explain.sentences.moves import contrast
from biasbench.explain.sentences.shared import (
    FEWEST_SENTENCES,
    SharedSentences,
    compare_shared_sentences,
    shared_rows,
)
from biasbench.explain.sentences.twoway import TwoWay, compare, two_way_variance
from biasbench.tables import MEASURES, REST
from biasbench.tables.grouping import By
from biasbench.tables.labels import Codes, label_codes

Layout = Literal["same script", "partly shared", "nested", "unique"]

#: From this overlap on, sides read "nearly the same"; from this share on, nearly every row is in
#: a sentence of one person's own.
NEARLY_ALL = 0.9
#: Below this share of both sides' words, "nearly none" are in shared sentences.
NEARLY_NONE = 0.1


@dataclass(frozen=True)
class SentenceDesign:
    """How sentences and people are laid out.

    `share_of_group` and `share_of_against` are shares of each side's denominator that lie in
    sentences both sides read, `overlap` is how alike the two sides' proportions of sentences are,
    and `share_alone` is the share of rows in sentences that one person alone read. A row without a
    sentence counts as a sentence of its own.
    """

    layout: Layout
    n_sentences: int
    n_of_group: int
    n_of_against: int
    n_shared: int
    share_of_group: float
    share_of_against: float
    overlap: float
    share_alone: float
    n_without_sentence: int


@dataclass(frozen=True)
class SameSentences:
    """A comparison that knows about sentences.

    `unadjusted` is what `assess` gives, speakers alone; `comparison` is the same contrast at the
    larger of speaker-only and two-way variance; `shared` is on the sentences both sides read, or
    None, and `reason` says why.
    """

    system: str
    metric: str
    by: str
    group: str
    against: str
    sentence: str
    new_sentences: bool
    n_speakers: int
    n_against: int
    n_missing: tuple[int, int]  # rows without a value, of the group and of the other side
    unadjusted: Comparison
    design: SentenceDesign
    variance: TwoWay
    comparison: Comparison
    shared: SharedSentences | None
    reason: str | None


def sentence_design(
    speaker: npt.ArrayLike,
    sentence: npt.ArrayLike,
    in_group: npt.ArrayLike,
    denominator: npt.ArrayLike | None = None,
) -> SentenceDesign:
    """How sentences and people are laid out; arrays of shape (n_rows,), labels or codes.

    Rows count alike where no `denominator` is given.

    >>> sentence_design(["a", "a", "b", "b"], ["s1", "s2", "s1", "s2"], [True, True, False, False])
    SentenceDesign(layout='same script', n_sentences=2, n_of_group=2, n_of_against=2, n_shared=2,
                   share_of_group=1.0, share_of_against=1.0, overlap=1.0, share_alone=0.0,
                   n_without_sentence=0)
    >>> sentence_design(["a", "b", "c", "d"], ["s1", "s1", "s2", "s2"],
    ...                 [True, True, False, False]).layout
    'nested'
    """
    people = label_codes(pd.Series(np.asarray(speaker, dtype=object)))[0]
    codes, n_without = sentence_codes(pd.Series(np.asarray(sentence, dtype=object)))
    side = np.asarray(in_group, dtype=bool)
    words = np.ones(len(codes)) if denominator is None else np.asarray(denominator, dtype=float)
    if not (side.any() and (~side).any()):
        raise InsufficientDataError("all rows are on one side; rows of both sides are needed")
    shared = shared_rows(codes, words, side)
    readers = pd.Series(people).groupby(codes).nunique().to_numpy()
    alone = float((readers[codes] == 1).mean())
    of_group, of_against = (
        float(words[shared & here].sum() / words[here].sum()) for here in (side, ~side)
    )
    proportions = [
        np.bincount(codes[here], weights=words[here], minlength=len(readers)) / words[here].sum()
        for here in (side, ~side)
    ]
    overlap = float(np.minimum(*proportions).sum())
    return SentenceDesign(
        layout=_layout(max(of_group, of_against), overlap, alone),
        n_sentences=int(codes.max()) + 1,
        n_of_group=len(np.unique(codes[side])),
        n_of_against=len(np.unique(codes[~side])),
        n_shared=len(np.unique(codes[shared])),
        share_of_group=of_group,
        share_of_against=of_against,
        overlap=overlap,
        share_alone=alone,
        n_without_sentence=n_without,
    )


def sentence_codes(sentence: pd.Series) -> tuple[Codes, int]:
    """A code per row, and how many rows had no sentence: each of those is one of its own.

    >>> codes, n_without = sentence_codes(pd.Series(["s1", None, "s1", ""]))
    >>> codes.tolist(), n_without
    ([0, 1, 0, 2], 2)
    """
    codes, labels = label_codes(sentence)
    without = codes < 0
    codes[without] = len(labels) + np.arange(int(without.sum()))
    return codes, int(without.sum())


def compare_same_sentences(
    measures: MeasuresSource,
    *,
    by: By,
    group: str,
    against: str = REST,
    sentence: str = "sentence_id",
    metric: str | None = None,
    system: str | None = None,
    level: float = 0.95,
    new_sentences: bool = True,
) -> SameSentences:
    """The comparison with its sentences: layout, two-way variance, and the shared ones alone.

    `new_sentences=False` asks about these sentences alone, which only people who read the same
    ones can answer. Raises InsufficientDataError below 6 people a side, or below 6 sentences a
    side where the claim is about sentences to come.

    >>> table = pd.DataFrame({"speaker_id": [f"p{i // 8}" for i in range(112)],
    ...     "sentence_id": [f"s{i % 8}" for i in range(112)], "unit_id": range(112),
    ...     "system": "asr:scripted", "metric": "wer", "denominator": 20.0,
    ...     "numerator": [1 + i % 8 + i // 8 % 3 + 3 * (i < 56) for i in range(112)],
    ...     "accent": ["uk"] * 56 + ["us"] * 56})
    >>> found = compare_same_sentences(table, by="accent", group="uk")
    >>> found.design.layout, round(found.shared.comparison.ratio, 2)
    ('same script', 1.52)
    """
    if not 0.5 <= level < 1:
        raise OptionError(f"level={level:g} is not between 0.5 and 1; 95 % is written 0.95")
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    labels = _sentence_column(rows, sentence)
    codes, _ = sentence_codes(labels)
    design = sentence_design(rows.speaker, labels, rows.in_group, rows.denominator)
    _check_new_sentences(new_sentences, design, rows)
    sides = rows.sides()
    counts = [side.n_speakers for side in sides]
    if min(counts) < FEWEST_TO_TEST:
        raise InsufficientDataError(
            f"{rows.group} has {counts[0]} people and {rows.against} {counts[1]}; at least "
            f"{FEWEST_TO_TEST} on each side are needed"
        )
    # Only one script for both sides lets these sentences stand for themselves.
    two_way = new_sentences or design.layout != "same script"
    if two_way and min(design.n_of_group, design.n_of_against) < FEWEST_SENTENCES:
        raise InsufficientDataError(
            f"{rows.group} has {design.n_of_group} sentences and {rows.against} "
            f"{design.n_of_against}; at least {FEWEST_SENTENCES} on each side are needed to speak "
            "of sentences to come"
            + (
                " (new_sentences=False speaks of these alone)"
                if design.layout == "same script"
                else ""
            )
        )
    found = contrast(
        rows.speaker, codes, rows.numerator, rows.denominator, rows.in_group, kind=rows.kind
    )
    shared, reason = _shared(rows, codes, level=level, new_sentences=new_sentences)
    return SameSentences(
        system=rows.system,
        metric=rows.metric,
        by=rows.by,
        group=rows.group,
        against=rows.against,
        sentence=sentence,
        new_sentences=new_sentences,
        n_speakers=counts[0],
        n_against=counts[1],
        n_missing=rows.n_missing,
        unadjusted=cr3.compare(*sides, level=level),
        design=design,
        variance=two_way_variance(found),
        comparison=compare(found, level=level, new_sentences=two_way),
        shared=shared,
        reason=reason,
    )


def _layout(most_shared: float, overlap: float, alone: float) -> Layout:
    if alone >= NEARLY_ALL:
        return "unique"
    if overlap >= NEARLY_ALL:
        return "same script"
    return "nested" if most_shared < NEARLY_NONE else "partly shared"


def _sentence_column(rows: Rows, sentence: str) -> pd.Series:
    own = [str(name) for name in rows.columns.columns if name not in MEASURES.columns]
    if sentence in MEASURES.columns or sentence in rows.by.split(","):
        raise OptionError(
            f"sentence='{sentence}' does not say which sentence was read; pass sentence= one of "
            f"{', '.join(name for name in own if name not in rows.by.split(',')) or 'none here'}"
        )
    if sentence == "sentence_id" and sentence not in own:
        raise OptionError(
            "no column 'sentence_id' says which sentence each row is a reading of; pass sentence= "
            f"the column that does. Columns here: {', '.join(own)}"
        )
    return column_of(rows, sentence)


def _check_new_sentences(new_sentences: bool, design: SentenceDesign, rows: Rows) -> None:
    if not new_sentences and design.layout in ("nested", "unique"):
        raise OptionError(
            f"new_sentences=False, but {rows.group} and {rows.against} share "
            f"{design.n_shared} of {design.n_sentences} sentences ({design.layout}): about these "
            "sentences alone, text and group cannot be told apart. Leave it out"
        )


def _shared(
    rows: Rows, codes: Codes, *, level: float, new_sentences: bool
) -> tuple[SharedSentences | None, str | None]:
    arrays: tuple[Codes, Codes, FloatArray, FloatArray, npt.NDArray[np.bool_]]
    arrays = (rows.speaker, codes, rows.numerator, rows.denominator, rows.in_group)
    try:
        shared = compare_shared_sentences(
            *arrays, kind=rows.kind, level=level, new_sentences=new_sentences
        )
    except InsufficientDataError as refusal:
        return None, str(refusal)
    return shared, None
