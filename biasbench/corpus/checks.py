"""Every problem of a corpus at once, by group.

Nothing raises here for what a corpus contains: a table that cannot be read is one problem, a
recording that cannot be heard is one. All audio is decoded, as `run` will decode it, so that what
passes here does not fail there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from biasbench.corpus.drafts import Corpus, Draft
from biasbench.corpus.hearing import audio_problems
from biasbench.corpus.problems import (
    COLUMNS,
    ProblemList,
    label_problems,
    speaker_problems,
    table_problems,
    text_problems,
)
from biasbench.corpus.readers import Split, draft_of
from biasbench.corpus.settling import settle
from biasbench.corpus.summaries import labels_of
from biasbench.errors import InputError, NotFoundError

#: Kinds that stop nothing: what a reader of the evidence must know. The others are to be settled.
NOTES = (
    "unknown label",
    "doubtful label",
    "similar labels",
    "empty reference",
    "silent audio",
    "no speakers",
    "no audio",
    "no reference",
)

#: How many problems of a kind are printed; all of them are in the table.
_SHOWN = 20


@dataclass(frozen=True, eq=False)
class CorpusCheck:
    """What is wrong with a corpus.

    problems: a row per problem, columns group (of `by`; None where it concerns no row or no `by`
    was given), kind, file, row ('line 41'), column, value, message. `ok`: nothing to settle;
    notes (unknown labels, empty references …) may remain.
    """

    problems: pd.DataFrame
    n_utterances: int
    by: str | None = None

    @property
    def ok(self) -> bool:
        """True if `problems` holds notes at most."""
        return bool(self.problems["kind"].isin(NOTES).all())

    def by_group(self) -> pd.DataFrame:
        """Columns group, kind, n: how many problems of each kind each group has."""
        counted = self.problems.assign(group=self.problems["group"].fillna("(no group)"))
        return counted.groupby(["kind", "group"], sort=False).size().rename("n").reset_index()

    def __str__(self) -> str:
        notes = self.problems["kind"].isin(NOTES)
        n_wrong, n_notes = int((~notes).sum()), int(notes.sum())
        wrong = "no problem" if not n_wrong else _counted(n_wrong, "problem")
        known = f", {_counted(n_notes, 'thing')} to know" if n_notes else ""
        lines = [f"{_counted(self.n_utterances, 'utterance')}: {wrong}{known}."]
        for title, part in (("To settle", ~notes), ("To know", notes)):
            for kind, rows in self.problems[part].groupby("kind", sort=False):
                lines += ["", f"{title}: {kind} ({len(rows)}{self._groups_of(rows)})"]
                lines += [f"  {message}" for message in rows["message"].iloc[:_SHOWN]]
                if len(rows) > _SHOWN:
                    lines.append(f"  … and {len(rows) - _SHOWN} more (--json lists them)")
        return "\n".join(lines)

    def _groups_of(self, rows: pd.DataFrame) -> str:
        counts = rows["group"].dropna().value_counts()
        if self.by is None or counts.empty:
            return ""
        return f"; {self.by}: " + ", ".join(f"{group} {n}" for group, n in counts.items())


def check(
    source: str | Path | pd.DataFrame | Split,
    *,
    by: str | None = None,
    reader: str | None = None,
    encoding: str = "utf-8-sig",
    delimiter: str | None = None,
    language: str | None = None,
) -> CorpusCheck:
    """Every problem of a corpus; the arguments are those of `load_corpus`, and a group column.

    Decodes all audio. Raises NotFoundError if there is no such source, reader or column `by`.

    >>> table = pd.DataFrame({"id": ["a", "a"], "speaker": ["p", ""], "text": ["yes", "no"]})
    >>> found = check(table)
    >>> found.problems["message"].iloc[0]
    'DataFrame: row 2: speaker_id is empty. Write who speaks: people are what is counted'
    >>> sorted(set(found.problems["kind"]))
    ['duplicate id', 'empty cell', 'no audio']
    """
    try:
        draft = draft_of(source, reader=reader, encoding=encoding, delimiter=delimiter)
    except NotFoundError:
        raise
    except InputError as error:
        return _only(str(source) if isinstance(source, str | Path) else "", error, by)
    if isinstance(draft, Corpus):
        return CorpusCheck(pd.DataFrame(columns=list(COLUMNS)), len(draft.utterances), by)
    kept = np.ones(len(draft.frame), dtype=bool) if draft.kept is None else draft.kept.to_numpy()
    if by is not None and not draft.problems:
        labels_of(draft.frame, by)  # a name that is not there is said at once
    found = ProblemList(draft, by, kept)
    table_problems(found)
    try:
        settle(_sound_table(draft), language=language)
    except InputError as error:  # the card or the declared language; the rows are reported above
        found.add("unreadable corpus", "", None, str(error), whole=True)
    speaker_problems(found)
    label_problems(found)
    text_problems(found)
    audio_problems(found)
    return CorpusCheck(
        pd.DataFrame(found.rows, columns=list(COLUMNS), dtype=object), int(kept.sum()), by
    )


def _only(file: str, error: InputError, by: str | None) -> CorpusCheck:
    row = dict.fromkeys(COLUMNS) | {
        "kind": "unreadable corpus",
        "file": file or None,
        "message": str(error),
    }
    return CorpusCheck(pd.DataFrame([row], columns=list(COLUMNS), dtype=object), 0, by)


def _sound_table(draft: Draft) -> Draft:
    """A draft of no rows with the same card, to try what is declared beside the table."""
    empty = pd.DataFrame({"utterance_id": ["-"]})
    return Draft(empty, draft.root, draft.file, draft.card)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
