"""Scores to be held against a threshold: one per row, or one per person.

A measures table carries a score as numerator over denominator. Where a threshold applies to a
month or a call, every row is held against it (`unit="row"`); where it applies to a person, what
is held against it is the person's mean, Σ numerator / Σ denominator (`unit="person"`). The two
questions have different answers, so the caller must say which.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.rows import Rows
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import REST
from biasbench.tables.labels import Codes

Unit = Literal["row", "person"]


@dataclass(frozen=True)
class Scores:
    """Scores of two sides, with whose they are; arrays of shape (n_units,).

    `speaker` are codes 0 … n_people − 1 and every code occurs. `n_missing` counts the rows
    without a score, of the group and of the other side.
    """

    value: FloatArray
    speaker: Codes
    in_group: npt.NDArray[np.bool_]
    n_missing: tuple[int, int] = (0, 0)

    @property
    def n_people(self) -> tuple[int, int]:
        """People of the group and of the other side."""
        ours = len(np.unique(self.speaker[self.in_group]))
        return ours, len(np.unique(self.speaker[~self.in_group]))


def scores_of(rows: Rows, *, unit: Unit) -> Scores:
    """The scores under a comparison.

    Rows with a denominator of 0 have no score of their own and count as missing; a person none
    of whose rows has any is left out, and their rows counted.
    """
    if unit not in get_args(Unit):
        raise OptionError(
            f"unit={unit!r} is none of 'row' (every row is held against the threshold) and "
            "'person' (a person's mean is)"
        )
    has_score = rows.denominator > 0
    lost = [int((side & ~has_score).sum()) for side in (rows.in_group, ~rows.in_group)]
    missing = (rows.n_missing[0] + lost[0], rows.n_missing[1] + lost[1])
    codes, people = np.unique(rows.speaker[has_score], return_inverse=True)
    e, w = rows.numerator[has_score], rows.denominator[has_score]
    in_group = rows.in_group[has_score]
    if unit == "row":
        return Scores(e / w, people.astype(np.intp), in_group, missing)
    sums = sums_by_code(people, e, w, n_codes=len(codes))
    of_group = np.zeros(len(codes), dtype=bool)
    of_group[people] = in_group
    return Scores(
        sums.numerator / sums.denominator,
        np.arange(len(codes), dtype=np.intp),
        of_group,
        missing,
    )


def check_people(scores: Scores, *, group: str, against: str, purpose: str) -> None:
    """Raise InsufficientDataError with fewer people on a side than anything is tested with."""
    other = REST if against == REST else f"'{against}'"
    for name, n in zip((f"'{group}'", other), scores.n_people, strict=True):
        if n < FEWEST_TO_TEST:
            people = "1 person" if n == 1 else f"{n} people"
            raise InsufficientDataError(
                f"{people} with a score in {name}: {purpose} takes at least {FEWEST_TO_TEST} on "
                "each side"
            )
