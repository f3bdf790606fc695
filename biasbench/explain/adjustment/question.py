"""The rows that an adjustment stands on: every covariate known, enough people, nothing copied.

Every step is made on the same rows, those where all covariates are known: a figure that moves
between two steps must not move because the rows did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import InsufficientDataError
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL
from biasbench.evidence.rows import Rows
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.evidence.sums import FloatArray
from biasbench.explain.adjustment.covariates import (
    Covariate,
    covariate_of,
    design_columns,
    refuse_copies,
)
from biasbench.explain.adjustment.overlap import (
    Overlap,
    overlap_of,
    overlap_together,
    refuse_without_overlap,
)

#: People for each coefficient of a model, below which it is made of single persons.
PEOPLE_PER_COEFFICIENT = 2


@dataclass(frozen=True)
class AdjustedRows:
    """The rows kept, their covariates as columns of a model, and what was left out."""

    rows: Rows
    covariates: tuple[Covariate, ...]
    blocks: dict[str, FloatArray]  # covariate → its columns, shape (n_rows, k)
    overlaps: tuple[Overlap, ...]  # one each, then one of them together if there are several
    n_missing: dict[str, tuple[int, int]]  # covariate → rows where it is not known, by side
    n_left_out: tuple[int, int]  # rows without some covariate, by side
    n_zero: tuple[int, int]  # rows with every covariate and denominator 0, by side


def rows_to_adjust(rows: Rows, names: Sequence[str], categorical: Sequence[str]) -> AdjustedRows:
    """The rows with every covariate; InsufficientDataError where they cannot be adjusted.

    Refused are fewer than 6 people on a side, a side without any event, sides with nothing in
    common on a covariate or on all of them, a covariate that the others determine, and a model of
    fewer than 2 people for each coefficient.
    """
    found = {
        name: covariate_of(rows.columns[name], name, as_levels=name in categorical)
        for name in names
    }
    everywhere = np.ones(len(rows.numerator), dtype=bool)
    missing = {}
    for name, covariate in found.items():
        known = covariate.known()
        missing[name] = _by_side(rows, ~known)
        if not known.any():
            raise InsufficientDataError(
                f"covariate '{name}' is empty in every row; nothing can be adjusted for it"
            )
        everywhere &= known
    kept = everywhere & (rows.denominator > 0)
    chosen = _taken(rows, kept)
    _refuse_few(chosen, names)
    settled = [
        covariate_of(chosen.columns[name], name, as_levels=name in categorical) for name in names
    ]
    overlaps = [
        overlap_of(c.name, c.level, c.level_names, chosen.speaker, chosen.in_group, number=c.number)
        for c in settled
    ]
    for one in overlaps:
        refuse_without_overlap(one, chosen.group, chosen.against)
    blocks = {
        c.name: design_columns(c, chosen.speaker, chosen.numerator, chosen.kind) for c in settled
    }
    refuse_copies(list(blocks), list(blocks.values()), chosen.in_group.astype(float))
    if len(blocks) > 1:
        together = overlap_together(
            np.column_stack(list(blocks.values())), chosen.speaker, chosen.in_group
        )
        refuse_without_overlap(together, chosen.group, chosen.against)
        overlaps.append(together)
    n_coefficients = 2 + sum(block.shape[1] for block in blocks.values())
    n_people = len(np.unique(chosen.speaker))
    if n_people < PEOPLE_PER_COEFFICIENT * n_coefficients:
        raise InsufficientDataError(
            f"{n_people} people for the {n_coefficients} coefficients of a model of "
            f"{', '.join(names)}; at least {PEOPLE_PER_COEFFICIENT * n_coefficients} are needed: "
            "leave a covariate out or merge levels"
        )
    return AdjustedRows(
        rows=chosen,
        covariates=tuple(settled),
        blocks=blocks,
        overlaps=tuple(overlaps),
        n_missing=missing,
        n_left_out=_by_side(rows, ~everywhere),
        n_zero=_by_side(rows, everywhere & (rows.denominator <= 0)),
    )


def design_of(asked: AdjustedRows, names: Sequence[str]) -> FloatArray:
    """Columns of a model: the constant, the group (1 or 0), the covariates named."""
    constant = np.ones(len(asked.rows.numerator))
    columns = [constant, asked.rows.in_group.astype(float), *(asked.blocks[n] for n in names)]
    return np.column_stack(columns)


def _by_side(rows: Rows, here: npt.NDArray[np.bool_]) -> tuple[int, int]:
    return int((here & rows.in_group).sum()), int((here & ~rows.in_group).sum())


def _taken(rows: Rows, kept: npt.NDArray[np.bool_]) -> Rows:
    speaker, _ = pd.factorize(rows.speaker[kept])
    return replace(
        rows,
        numerator=rows.numerator[kept],
        denominator=rows.denominator[kept],
        speaker=speaker.astype(np.intp),
        in_group=rows.in_group[kept],
        columns=rows.columns[kept].reset_index(drop=True),
    )


def _refuse_few(rows: Rows, names: Sequence[str]) -> None:
    whose = f" with {', '.join(names)} known" if names else ""
    for name, here in ((rows.group, rows.in_group), (rows.against, ~rows.in_group)):
        people = len(np.unique(rows.speaker[here]))
        if people < FEWEST_TO_TEST:
            count = "1 person" if people == 1 else f"{people} people"
            raise InsufficientDataError(
                f"{count} in '{name}'{whose}; at least {FEWEST_TO_TEST} on each side are needed "
                "for an adjusted figure"
            )
        if rows.kind == "rate" and rows.numerator[here].sum() <= 0:
            raise InsufficientDataError(
                f"no event in '{name}'{whose}: a rate of 0 has no ratio; at least "
                f"{FEWEST_FOR_INTERVAL} people with an event are needed"
            )
