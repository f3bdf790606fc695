"""Labels set against people's word: who is labelled, and who is labelled wrongly.

A label is something a machine puts on a call or leaves off ("aggressive", "non-compliant"). Three
metrics of each, ratios of sums like every other:

    label_rate:NAME            labelled / 1
    false_positive_rate:NAME   labelled and people say no / people say no
    false_negative_rate:NAME   not labelled and people say yes / people say yes

A row that does not qualify (people said yes, for false positives) is 0 over 0: it adds nothing and
is not missing. A row of which nobody knows whether it qualifies, or whether it was labelled, is
empty over empty: missing, and counted by group.

What people say is people's word: `explain.agreement_by_group` tells how far they agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.errors import OptionError, TableError, not_found
from biasbench.measures.measurement import Measures
from biasbench.measures.metrics import Fractions, Numbers
from biasbench.provenance import Provenance
from biasbench.tables import MEASURES, Direction, is_empty, place_of, read_table
from biasbench.tables.ratings import LABELS

#: What a false label or a label is, until the caller says otherwise.
_WORSE: Direction = "higher is worse"

#: Columns of LABELS that the measures do not carry on: they would be taken for groups.
_SPENT = ("label", "labelled", "human", "n_yes", "n_votes")


def label_measures(
    labels: pd.DataFrame | str | Path,
    *,
    threshold: float = 0.5,
    directions: Mapping[str, Direction] | None = None,
) -> Measures:
    """Label rate, false positives and false negatives of every system and label.

    Parameters
    ----------
    labels
        Rows of table LABELS (a DataFrame or a file): system, unit_id, label, labelled (1, 0 or
        empty), speaker_id, what people say, and group columns. People say it in `human` (1, 0 or
        empty), or in votes: `n_yes` of `n_votes`. With neither, there is the label rate alone.
    threshold
        The share of votes on one side that makes people's word, from 0.5 to 1, declared
        beforehand. Exactly half is a tie at any threshold. Between, nobody knows: such rows are
        missing for the two false rates, and counted as `undecided`.
    directions
        Which way is worse for the person, by kind of metric; "higher is worse" where not said.
        A label that tells against people spares those on whom it is missed, so that an expert may
        well declare {"false_negative_rate": "higher is better"}.

    Raises
    ------
    TableError
        A cell is not what its column holds: file, row, column, value.
    OptionError, NotFoundError
        A threshold or direction that cannot be, or an unknown kind of metric.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": ["a", "b", "c", "d"], "label": "curt",
    ...     "speaker_id": ["p", "p", "q", "r"], "labelled": [1, 1, 0, 1],
    ...     "n_yes": [0, 3, 2, 2], "n_votes": [3, 3, 3, 4], "accent": ["x", "x", "y", "y"]})
    >>> found = label_measures(table)
    >>> found.table[["unit_id", "metric", "numerator", "denominator"]].tail(8)
      unit_id                    metric  numerator  denominator
    4       a  false_positive_rate:curt        1.0          1.0
    5       b  false_positive_rate:curt        0.0          0.0
    6       c  false_positive_rate:curt        0.0          0.0
    7       d  false_positive_rate:curt        NaN          NaN
    8       a  false_negative_rate:curt        0.0          0.0
    9       b  false_negative_rate:curt        0.0          1.0
    10      c  false_negative_rate:curt        1.0          1.0
    11      d  false_negative_rate:curt        NaN          NaN
    """
    if not 0.5 <= threshold <= 1:
        raise OptionError(
            f"threshold={threshold:g} is not between 0.5 and 1; a majority of votes is 0.5"
        )
    toward = _directions(directions)
    source = str(labels) if isinstance(labels, str | Path) else LABELS.name
    provenance = Provenance()
    if isinstance(labels, str | Path):
        labels, provenance = read_table(labels)
    if "speaker_id" in labels.columns and is_empty(labels["speaker_id"]).all():
        labels = labels.drop(columns="speaker_id")  # nobody knows who speaks: gate N-SPK
    table = LABELS.check(labels, source=source)
    check_free(table, source, ("metric", "numerator", "denominator", "direction"))
    _check_cells(table, source)
    word = people_say(table, threshold=threshold, source=source)
    labelled = table["labelled"].to_numpy(dtype=float)
    fractions = {"label_rate": label_rate(labelled)}
    if word is not None:
        fractions["false_positive_rate"] = false_positive_rate(labelled, word)
        fractions["false_negative_rate"] = false_negative_rate(labelled, word)
    carried = table.drop(columns=[name for name in _SPENT if name in table.columns])
    blocks = [
        carried.assign(
            metric=kind + ":" + table["label"],
            numerator=numerator,
            denominator=denominator,
            direction=toward[kind],
        )
        for kind, (numerator, denominator) in fractions.items()
    ]
    facts = {"metrics": ",".join(fractions), "threshold": f"{threshold:g}"}
    if word is not None:
        facts |= _undecided(table, word)
    return Measures(
        MEASURES.check(pd.concat(blocks, ignore_index=True), source=source),
        provenance.then("label_measures", facts),
    )


def label_rate(labelled: Numbers) -> Fractions:
    """Labelled / 1; missing where the system gave no answer."""
    return labelled, np.where(np.isnan(labelled), np.nan, 1.0)


def false_positive_rate(labelled: Numbers, word: Numbers) -> Fractions:
    """Labelled and people say no / people say no; 0 over 0 where they say yes.

    >>> false_positive_rate(np.array([1.0, 0.0, 1.0, np.nan]), np.array([0.0, 0.0, 1.0, 0.0]))
    (array([ 1.,  0.,  0., nan]), array([ 1.,  1.,  0., nan]))
    """
    return _among(labelled == 1, labelled, word, qualifies=0.0)


def false_negative_rate(labelled: Numbers, word: Numbers) -> Fractions:
    """Not labelled and people say yes / people say yes; 0 over 0 where they say no.

    >>> false_negative_rate(np.array([1.0, 0.0, 0.0]), np.array([1.0, 1.0, np.nan]))
    (array([ 0.,  1., nan]), array([ 1.,  1., nan]))
    """
    return _among(labelled == 0, labelled, word, qualifies=1.0)


def people_say(table: pd.DataFrame, *, threshold: float = 0.5, source: str = "") -> Numbers | None:
    """1 where people say that the label applies, 0 where not, NaN where nobody knows.

    Shape (n_rows,); None where the table has no word of people. Raises TableError where it has
    both `human` and votes, or votes that are no counts.

    >>> people_say(pd.DataFrame({"n_yes": [3, 2, 1, 0], "n_votes": [4, 4, 3, 0]}))
    array([ 1., nan,  0., nan])
    >>> people_say(pd.DataFrame({"n_yes": [3, 2, 1], "n_votes": [4, 3, 3]}), threshold=0.7)
    array([ 1., nan, nan])
    """
    source = source or LABELS.name
    has_votes = [name for name in ("n_yes", "n_votes") if name in table.columns]
    if "human" in table.columns:
        if has_votes:
            raise TableError(
                f"{source}: columns 'human' and '{has_votes[0]}' both say what people say. Keep one"
            )
        return table["human"].to_numpy(dtype=float)
    if not has_votes:
        return None
    if len(has_votes) == 1:
        missing = ({"n_yes", "n_votes"} - set(has_votes)).pop()
        raise TableError(f"{source}: column '{missing}' is missing beside '{has_votes[0]}'")
    yes, votes = (table[name].to_numpy(dtype=float) for name in ("n_yes", "n_votes"))
    wrong = (np.isnan(yes) != np.isnan(votes)) | (yes > votes)
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"{place_of(table, source, at)}: n_yes is {yes[at]:g} of n_votes {votes[at]:g}; the "
            "one is part of the other, or both are empty"
        )
    word = np.full(len(yes), np.nan)
    no = votes - yes
    word[(yes > no) & (yes >= threshold * votes)] = 1.0
    word[(no > yes) & (no >= threshold * votes)] = 0.0
    return word


def check_free(table: pd.DataFrame, source: str, ours: Sequence[str]) -> None:
    """Raise TableError where the table has a column with the name of one of `ours`."""
    clash = [name for name in ours if name in table.columns]
    if clash:
        raise TableError(
            f"{source}: column '{clash[0]}' has the name of a column of the measures. Rename it"
        )


def _among(
    wrong: NDArray[np.bool_], labelled: Numbers, word: Numbers, *, qualifies: float
) -> Fractions:
    among = word == qualifies
    unknown = np.isnan(word) | (among & np.isnan(labelled))
    return (
        np.where(unknown, np.nan, (among & wrong).astype(float)),
        np.where(unknown, np.nan, among.astype(float)),
    )


def _directions(given: Mapping[str, Direction] | None) -> dict[str, Direction]:
    kinds = ("label_rate", "false_positive_rate", "false_negative_rate")
    for kind, direction in (given or {}).items():
        if kind not in kinds:
            raise not_found("kind of metric", kind, kinds)
        if direction not in get_args(Direction):
            raise OptionError(
                f"directions: {kind} is {direction!r}, none of "
                f"{', '.join(map(repr, get_args(Direction)))}"
            )
    return dict.fromkeys(kinds, _WORSE) | dict(given or {})


def _check_cells(table: pd.DataFrame, source: str) -> None:
    """Yes or no is 1, 0 or empty; a count of votes is whole and not below 0."""
    for name in ("labelled", "human"):
        if name in table.columns:
            _refuse(table, source, name, ~table[name].isin([0, 1]), "1, 0 or empty")
    for name in ("n_yes", "n_votes"):
        if name in table.columns:
            cells = table[name]
            _refuse(table, source, name, (cells < 0) | (cells != cells.round()), "a count of votes")


def _refuse(table: pd.DataFrame, source: str, name: str, wrong: pd.Series, wanted: str) -> None:
    bad = (wrong & table[name].notna()).to_numpy()
    if bad.any():
        at = int(bad.argmax())
        raise TableError(
            f"{place_of(table, source, at)}: {name} is {table[name].iloc[at]:g}, not {wanted}"
        )


def _undecided(table: pd.DataFrame, word: Numbers) -> dict[str, str]:
    """How many units of each label have no word of people, and how many of those had votes."""
    silent = np.isnan(word)
    asked = table["n_votes"].gt(0).to_numpy() if "n_votes" in table.columns else ~silent
    return {
        "undecided": f"{int((silent & asked).sum())} of {len(word)}",
        "without_word": f"{int((silent & ~asked).sum())} of {len(word)}",
    }
