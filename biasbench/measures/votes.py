"""Votes on a category: how often people hear what was meant.

Where several people each chose one of several categories (which emotion was heard), two metrics:

    vote_agreement   clips whose votes agree exactly with what was intended / clips
    vote_share       votes for what was intended / votes

Votes agree exactly where the one category with the most votes is the one intended. Where several
tie for the most, there is no such one, and they do not agree. `majority_labels` takes the majority
for a system of its own, whose false labels `label_measures` counts. Who agrees with whom, whatever
was meant, is `explain.agreement_by_group`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.corpus import Corpus
from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.labels import check_free
from biasbench.measures.measurement import Measures
from biasbench.measures.metrics import Fractions, Numbers
from biasbench.tables import MEASURES, UNKNOWN, is_empty, place_of
from biasbench.tables.ratings import LABELS

#: What describes the recording rather than the person or the circumstances.
_NOT_CARRIED = ("audio", "start", "end", "channel", "reference")


def vote_measures(
    corpus: Corpus,
    *,
    votes: Mapping[str, str],
    intended: str,
    raters: str = "raters",
) -> Measures:
    """`vote_agreement` and `vote_share` of every utterance (module docstring); higher is better.

    `votes` maps each column that counts votes to its category, `intended` is the column of the
    category meant. What is measured are the raters, and `raters` is their name as a system. A row
    without a vote, or of which nobody knows the category meant, is missing. How many tie is a
    fact of the provenance.

    >>> import biasbench as bb
    >>> corpus = bb.load_corpus(pd.DataFrame({
    ...     "id": ["a", "b", "c"], "speaker": ["p", "p", "q"], "meant": ["joy", "joy", "fear"],
    ...     "n_joy": [5, 3, 0], "n_fear": [1, 3, 4]}))
    >>> found = vote_measures(corpus, votes={"n_joy": "joy", "n_fear": "fear"}, intended="meant")
    >>> found.table[["unit_id", "metric", "numerator", "denominator"]]
      unit_id          metric  numerator  denominator
    0       a  vote_agreement        1.0          1.0
    1       b  vote_agreement        0.0          1.0
    2       c  vote_agreement        1.0          1.0
    3       a      vote_share        5.0          6.0
    4       b      vote_share        3.0          6.0
    5       c      vote_share        4.0          4.0
    """
    table = corpus.utterances
    check_free(table, corpus.name, tuple(name for name in MEASURES.columns if name != "speaker_id"))
    for column in (*votes, intended):
        if column not in table.columns:
            raise not_found("column", column, map(str, table.columns))
    if len(votes) < 2 or len(set(votes.values())) < len(votes):
        raise OptionError(f"votes={dict(votes)}: name two categories or more, each once")
    counts = np.column_stack([_counts_of(table, column, corpus.name) for column in votes])
    meant = _meant(table, intended, list(votes.values()), corpus.name)
    own = np.where(meant >= 0, counts[np.arange(len(counts)), meant], np.nan)
    all_votes = np.where((meant >= 0) & (counts.sum(axis=1) > 0), counts.sum(axis=1), np.nan)
    most = counts.max(axis=1)
    n_most = (counts == most[:, None]).sum(axis=1)
    has_value = ~np.isnan(all_votes)
    agrees = np.where(has_value, (own == most) & (n_most == 1), np.nan)
    fractions: dict[str, Fractions] = {
        "vote_agreement": (agrees, np.where(has_value, 1.0, np.nan)),
        "vote_share": (np.where(has_value, own, np.nan), all_votes),
    }
    spent = {*votes, *_NOT_CARRIED} & set(table.columns)
    carried = table.drop(columns=list(spent)).rename(columns={"utterance_id": "unit_id"})
    blocks = [
        carried.assign(
            system=raters,
            metric=name,
            numerator=numerator,
            denominator=denominator,
            direction="higher is better",
        )
        for name, (numerator, denominator) in fractions.items()
    ]
    facts = {
        "metrics": ",".join(fractions),
        "intended": intended,
        "ties": f"{int((has_value & (n_most > 1)).sum())} of {int(has_value.sum())}",
    }
    return Measures(
        MEASURES.check(pd.concat(blocks, ignore_index=True), source=corpus.name),
        corpus.provenance.then("vote_measures", facts),
    )


def majority_labels(
    corpus: Corpus, *, votes: Mapping[str, str], intended: str, raters: str = "majority"
) -> pd.DataFrame:
    """The majority of raters as a system that labels every utterance, for `label_measures`.

    A row of table LABELS for each utterance and category: `labelled` is 1 where the category alone
    has the most votes (a tie labels nothing), `human` 1 where it is the one intended. Where nobody
    voted `labelled` is empty, and `human` where nobody knows what was meant.

    >>> import biasbench as bb
    >>> corpus = bb.load_corpus(pd.DataFrame({
    ...     "id": ["a", "b"], "speaker": ["p", "q"], "meant": ["joy", "fear"],
    ...     "n_joy": [5, 3], "n_fear": [1, 3]}))
    >>> found = majority_labels(corpus, votes={"n_joy": "joy", "n_fear": "fear"}, intended="meant")
    >>> found[["unit_id", "label", "labelled", "human"]]
      unit_id label  labelled  human
    0       a   joy       1.0    1.0
    1       b   joy       0.0    0.0
    2       a  fear       0.0    0.0
    3       b  fear       0.0    1.0
    """
    table = corpus.utterances
    check_free(table, corpus.name, [name for name in LABELS.columns if name != "speaker_id"])
    for column in (*votes, intended):
        if column not in table.columns:
            raise not_found("column", column, map(str, table.columns))
    counts = np.column_stack([_counts_of(table, column, corpus.name) for column in votes])
    meant = _meant(table, intended, list(votes.values()), corpus.name)
    most = counts.max(axis=1)
    alone = (counts == most[:, None]).sum(axis=1) == 1
    spent = {*votes, intended, *_NOT_CARRIED} & set(table.columns)
    carried = table.drop(columns=list(spent)).rename(columns={"utterance_id": "unit_id"})
    blocks = [
        carried.assign(
            system=raters,
            label=category,
            labelled=np.where(most > 0, (counts[:, at] == most) & alone, np.nan),
            human=np.where(meant >= 0, meant == at, np.nan),
        )
        for at, category in enumerate(votes.values())
    ]
    return LABELS.check(pd.concat(blocks, ignore_index=True), source=corpus.name)


def _counts_of(table: pd.DataFrame, column: str, corpus: str) -> Numbers:
    cells = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    wrong = ~((cells >= 0) & (cells == np.round(cells)))  # NaN is wrong too
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"{place_of(table, corpus, at)}: {column} is '{table[column].iloc[at]}', not a number "
            "of votes; write 0 where nobody chose it"
        )
    return cells


def _meant(
    table: pd.DataFrame, column: str, categories: Sequence[str], corpus: str
) -> NDArray[np.intp]:
    """Place of the category meant in each row; −1 where nobody knows."""
    place = {name: at for at, name in enumerate(categories)}
    unknown = is_empty(table[column]) | table[column].eq(UNKNOWN)
    strange = ~(unknown | table[column].isin(categories))
    if strange.any():
        at = int(strange.to_numpy().argmax())
        raise TableError(
            f"{place_of(table, corpus, at)}: {column} is '{table[column].iloc[at]}', and no column "
            f"counts votes for it. Categories are: {', '.join(categories)}"
        )
    return table[column].map(lambda name: place.get(name, -1)).to_numpy(dtype=np.intp)
