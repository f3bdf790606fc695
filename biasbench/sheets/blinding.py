"""What keeps the people who listen from knowing whom they hear: codes, lots, neutral names.

A row's code is drawn by lot. The rows of each person who listens are in an order drawn by lot, and
each group is dealt out evenly among them, so that a strict listener is strict about every group.
The recording must be named so that it can be found; a name that holds the group or the worker is
refused.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from biasbench.errors import OptionError

# Consonants alone: no spreadsheet takes five of them for a word, a number, a month or a formula.
_LETTERS = np.array(list("BCDFGHJKLMNPQRSTVWXZ"))
_CODE_LENGTH = 5

#: Names of those who listen.
CODERS = "ABCDEFGHI"


def row_codes(n: int, rng: np.random.Generator) -> list[str]:
    """`n` different codes of five consonants, drawn by lot.

    >>> row_codes(2, np.random.default_rng(0))
    ['WQNHJ', 'BCBFV']
    """
    codes: dict[str, None] = {}
    while len(codes) < n:
        codes["".join(_LETTERS[rng.integers(len(_LETTERS), size=_CODE_LENGTH)])] = None
    return list(codes)


def deal(rows: pd.DataFrame, coders: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Who does each row (0 for A, …): one of `coders`, two where `double` is 1.

    Each group is dealt out in turn, those for two people apart from the others, so that nobody
    gets more than one row more of a group's than anybody else.

    >>> rows = pd.DataFrame({"group": ["a", "a", "a", "b"], "double": [1, 0, 0, 0]})
    >>> [len(one) for one in deal(rows, 2, np.random.default_rng(0))]
    [2, 1, 1, 1]
    """
    dealt: list[tuple[int, ...]] = [()] * len(rows)
    turn = int(rng.integers(coders))
    for _, block in rows.reset_index(drop=True).groupby(["group", "double"]):
        n_each = 1 + int(block["double"].iloc[0])
        for at in rng.permutation(block.index.to_numpy()):
            dealt[at] = tuple(sorted((turn + k) % coders for k in range(n_each)))
            turn += 1
    return dealt


def check_names(rows: pd.DataFrame) -> None:
    """Raise OptionError if the name of a recording holds its worker or its group.

    A word that stands in every name ('us' in 'us-east-1') tells nothing apart and is let pass.
    """
    for column, what in (("speaker_id", "worker"), ("group", "group")):
        for label in rows[column].unique():
            word = re.compile(rf"(?<![^\W_]){re.escape(str(label))}(?![^\W_])", re.IGNORECASE)
            holds = rows["recording"].map(lambda name, word=word: bool(word.search(str(name))))
            own = holds & rows[column].eq(label)
            if own.any() and not holds.all():
                raise OptionError(
                    f"the recording '{rows['recording'][own].iloc[0]}' is named after its "
                    f"{what} '{label}', whom those who listen must not know; copy the recordings "
                    "under neutral names and name their column with recording= (--recording)"
                )
