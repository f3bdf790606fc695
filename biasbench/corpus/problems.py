"""What can be wrong with the rows of a corpus, short of listening to it.

Each function looks at one thing and adds what it finds to a ProblemList, with the row, the value
and what to do.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from biasbench.corpus.drafts import HYPOTHESIS, Draft
from biasbench.corpus.rows import draft_problems
from biasbench.corpus.summaries import labels_of
from biasbench.corpus.swaps import looks_swapped
from biasbench.tables import UNKNOWN, is_empty
from biasbench.tables.grouping import crossed_columns

COLUMNS = ("group", "kind", "file", "row", "column", "value", "message")

#: Labels that often mean that nobody knows, in English and French; asked about, never changed.
_DOUBTFUL = frozenset(
    {"n/a", "na", "nan", "nil", "none", "null", "-", "--", "?", ".", "unspecified", "undisclosed"}
    | {"not_specified", "inconnu", "inconnue", "non_renseigné", "non_renseignée", "nr", "nc"}
)


class ProblemList:
    """The rows of the problems table, as they are found."""

    def __init__(self, draft: Draft, by: str | None, kept: NDArray[np.bool_]) -> None:
        self.draft = draft
        self.kept = kept
        is_there = by is not None and set(crossed_columns(by, draft.frame)) <= set(draft.frame)
        self.by = by if is_there else None
        self.labels = labels_of(draft.frame, self.by) if self.by else None
        self.rows: list[dict[str, object]] = []

    def add(
        self, kind: str, column: str, at: int | None, message: str, *, whole: bool = False
    ) -> None:
        """One problem; `at` is the row's position, `whole` if the message names file and row."""
        draft = self.draft
        row = draft.row(at) if at is not None else None
        place = f"{draft.file}: {row}: " if row else f"{draft.file}: "
        value = None
        if at is not None and column in draft.frame.columns:
            cell = draft.frame[column].iloc[at]
            value = None if pd.isna(cell) else str(cell)
        self.rows.append(
            {
                "group": self.labels.iloc[at]
                if at is not None and self.labels is not None
                else None,
                "kind": kind,
                "file": draft.file,
                "row": row,
                "column": column or None,
                "value": value,
                "message": message if whole else place + message,
            }
        )


_WHAT_TO_DO = {
    "utterance_id": "Write a name that no other utterance has",
    "speaker_id": "Write who speaks: people are what is counted",
    "audio": "Write the file, relative to the corpus folder",
}


def table_problems(found: ProblemList) -> None:
    """What keeps the table from being loaded, and every repeated id with the row it repeats."""
    frame = found.draft.frame
    for problem in draft_problems(found.draft):
        if not problem.positions:
            kind = "missing column" if "is missing" in problem.message else "wrong table"
            found.add(kind, problem.column, None, str(problem), whole=True)
            continue
        if "stands in an earlier row" in problem.message:
            continue  # below, each with the row it repeats
        for at in problem.positions:
            if is_empty(frame[problem.column].iloc[[at]]).item():
                todo = _WHAT_TO_DO.get(problem.column, "Fill it")
                found.add("empty cell", problem.column, at, f"{problem.column} is empty. {todo}")
            elif len(problem.positions) == 1:
                found.add("wrong value", problem.column, at, str(problem), whole=True)
            else:
                value = frame[problem.column].iloc[at]
                wanted = problem.message.partition(", not ")[2].partition(", and ")[0]
                found.add(
                    "wrong value",
                    problem.column,
                    at,
                    f"{problem.column} is {value!r}, not {wanted}",
                )
    if "utterance_id" not in frame.columns:
        return
    names = frame["utterance_id"].map(str)
    first: dict[str, int] = {}
    empty = is_empty(frame["utterance_id"]).to_numpy()
    for at, name in enumerate(names):
        if empty[at]:
            continue
        if name in first:
            found.add(
                "duplicate id",
                "utterance_id",
                at,
                f"utterance_id {name!r} stands in {found.draft.row(first[name])} too. "
                f"{_WHAT_TO_DO['utterance_id']}",
            )
        first.setdefault(name, at)


def speaker_problems(found: ProblemList) -> None:
    """Rows without a real speaker, and people with two labels of the group column."""
    frame = found.draft.frame
    if "speaker_id" not in frame.columns:
        found.add(
            "no speakers",
            "speaker_id",
            None,
            "no column speaker_id (also read: speaker, client_id, agent_id …). Without people, no "
            "difference between groups can be tested",
        )
        return
    filled = ~is_empty(frame["speaker_id"])
    speakers = frame["speaker_id"].map(str)
    for at in np.flatnonzero(filled & speakers.str.casefold().isin({*_DOUBTFUL, UNKNOWN})):
        found.add(
            "doubtful label",
            "speaker_id",
            int(at),
            f"speaker_id is {speakers.iloc[at]!r}, and would count as one person. If it means that "
            "nobody knows, these rows cannot be used to compare groups",
        )
    if found.labels is None:
        return
    known: dict[str, tuple[str, int]] = {}
    told: set[str] = set()
    for at in np.flatnonzero(filled & (found.labels != UNKNOWN) & found.kept):
        speaker, label = speakers.iloc[at], found.labels.iloc[at]
        before, where = known.setdefault(speaker, (label, int(at)))
        if label != before and speaker not in told:
            told.add(speaker)
            found.add(
                "speaker in two groups",
                found.by or "",
                int(at),
                f"speaker {speaker!r} is {label!r} here, {before!r} in {found.draft.row(where)}. "
                f"A person has one {found.by}: correct one, or compare by another column",
            )


def label_problems(found: ProblemList) -> None:
    """Labels of the group column that are missing, doubtful or spelt in two ways."""
    if found.labels is None or found.by is None:
        return
    for at in np.flatnonzero((found.labels == UNKNOWN) & found.kept):
        found.add(
            "unknown label",
            found.by,
            int(at),
            f"{found.by} is not given: counted as '{UNKNOWN}', shown, never compared",
        )
    plain = found.labels.map(lambda label: "_".join(label.casefold().split()))
    doubtful = plain.isin({*_DOUBTFUL, UNKNOWN}) & (found.labels != UNKNOWN)
    for at in np.flatnonzero(doubtful & found.kept):
        label = found.labels.iloc[at]
        found.add(
            "doubtful label",
            found.by,
            int(at),
            f"{found.by} is {label!r}, and would be a group. If it means that nobody knows, leave "
            "the cell empty",
        )
    for _, alike in found.labels[found.kept].groupby(plain[found.kept]):
        spellings = sorted(alike.unique())
        if len(spellings) > 1:
            listed = " and ".join(repr(label) for label in spellings)
            found.add(
                "similar labels",
                found.by,
                int(alike.index[0]),
                f"{found.by} has {listed}, which are different groups. If they are the same, write "
                "them the same",
            )


def text_problems(found: ProblemList) -> None:
    """References that are missing, and columns that look swapped."""
    frame = found.draft.frame
    if "reference" not in frame.columns:
        found.add(
            "no reference",
            "reference",
            None,
            "no column reference (also read: text, sentence, ref …). Without it, words cannot be "
            f"compared. Columns are: {', '.join(map(str, frame.columns))}",
        )
        return
    for at in np.flatnonzero(is_empty(frame["reference"]) & found.kept):
        found.add(
            "empty reference",
            "reference",
            int(at),
            "reference is empty: whatever a system writes here counts as inserted",
        )
    if HYPOTHESIS not in frame.columns:
        return
    reason = looks_swapped(frame["reference"].tolist(), frame[HYPOTHESIS].tolist())
    if reason:
        found.add(
            "swapped columns suspected",
            "reference",
            None,
            f"are reference and {HYPOTHESIS} swapped? {reason}",
        )
