"""The choices an analyst could have made otherwise, named, and crossed into specifications.

    variants      measures made another way: {"none": ..., "minimal": ..., "en": ...}
    metrics       which of their metrics
    exclusions    which rows are left out: {"everything": None, "no short ones": LeaveOut(...)}
    adjustments   which covariates are held equal: {"plain": (), "snr": ("snr_db",)}

Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Perspectives on Psychological Science 11:702–712.
Every option must be one that a careful analyst could defend and that asks the same question; a
curve over options that are not alternatives to each other misleads (Del Giudice & Gangestad 2021,
Advances in Methods and Practices in Psychological Science 4(1)).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.errors import OptionError, not_found
from biasbench.evidence.rows import MeasuresSource, Rows
from biasbench.tables.labels import label_codes

BoolArray = npt.NDArray[np.bool_]

#: More specifications than this are a search and not a check.
MOST_SPECIFICATIONS = 2000


@dataclass(frozen=True)
class LeaveOut:
    """Rows to leave out: those with one of these values, below a number, or above one.

    An empty cell is no value and neither below nor above anything: such rows stay.

    >>> rows = pd.DataFrame({"client": ["x", "y", None], "snr_db": [4.0, 12.0, np.nan]})
    >>> LeaveOut("client", values=["x"])(rows).tolist(), LeaveOut("snr_db", below=10)(rows).tolist()
    ([True, False, False], [True, False, False])
    """

    column: str
    values: Sequence[str] = ()
    below: float | None = None
    above: float | None = None

    def __call__(self, columns: pd.DataFrame) -> BoolArray:
        """True for each row of the table that is left out."""
        if self.column not in columns.columns:
            raise not_found("column", self.column, map(str, columns.columns))
        column = columns[self.column]
        codes, labels = label_codes(column)
        strange = [value for value in self.values if str(value) not in labels]
        if strange:
            raise not_found(f"value of {self.column}", str(strange[0]), labels)
        wanted = [labels.index(str(value)) for value in self.values]
        out: BoolArray = np.isin(codes, wanted)
        if self.below is None and self.above is None:
            return out
        if not pd.api.types.is_numeric_dtype(column):
            raise OptionError(
                f"exclusion: '{self.column}' holds text, and below= and above= need numbers"
            )
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        if self.below is not None:
            out = out | (numbers < self.below)
        if self.above is not None:
            out = out | (numbers > self.above)
        return out


#: Which rows to leave out: a declared condition, a function of the table that gives True for each
#: row to leave out (it is not shown who is in which group), or None for no exclusion.
Exclusion = LeaveOut | Callable[[pd.DataFrame], npt.ArrayLike] | None


@dataclass(frozen=True)
class Specification:
    """One way to have asked the question, by the names of its options."""

    variant: str
    metric: str
    exclusion: str
    adjustment: str


@dataclass(frozen=True)
class Axes:
    """Every axis with its named options."""

    variants: Mapping[str, MeasuresSource]
    metrics: Sequence[str]
    exclusions: Mapping[str, Exclusion]
    adjustments: Mapping[str, Sequence[str]]

    def specifications(self) -> list[Specification]:
        """All combinations, the last axis changing fastest.

        >>> axes = Axes({"none": "a.csv", "en": "b.csv"}, ["wer"], {"everything": None},
        ...             {"plain": (), "snr": ("snr_db",)})
        >>> [f"{s.variant}, {s.adjustment}" for s in axes.specifications()]
        ['none, plain', 'none, snr', 'en, plain', 'en, snr']
        """
        for name, options in (
            ("variants", self.variants),
            ("exclusions", self.exclusions),
            ("adjustments", self.adjustments),
        ):
            if not isinstance(options, Mapping) or not options:
                raise OptionError(f"{name} is not a mapping of names to options, or an empty one")
        for name, covariates in self.adjustments.items():
            if isinstance(covariates, str):
                raise OptionError(
                    f"adjustments: '{name}' is the text {covariates!r}, not a list. "
                    f"Write [{covariates!r}]"
                )
        axes = self.variants, self.metrics, self.exclusions, self.adjustments
        found = [Specification(*names) for names in product(*axes)]
        if len(found) > MOST_SPECIFICATIONS:
            raise OptionError(
                f"{len(found)} specifications; {MOST_SPECIFICATIONS} at most are a check of "
                "choices. Leave out options that nobody would defend"
            )
        return found


def left_out(rows: Rows, exclusion: Exclusion, name: str) -> BoolArray:
    """True for each row that the exclusion leaves out; the columns that make groups are withheld.

    Raises OptionError for an exclusion that gives anything but one truth value per row.
    """
    n_rows = len(rows.numerator)
    if exclusion is None:
        return np.zeros(n_rows, dtype=bool)
    columns = rows.columns.drop(columns=[c for c in rows.by.split(",") if c in rows.columns])
    if isinstance(exclusion, LeaveOut) and exclusion.column in rows.by.split(","):
        raise OptionError(
            f"exclusion '{name}' looks at '{exclusion.column}', which makes the groups; choose a "
            "group and against instead"
        )
    out = np.asarray(exclusion(columns))
    if out.shape != (n_rows,) or out.dtype != bool:
        raise OptionError(
            f"exclusion '{name}' gave {out.dtype} of shape {out.shape}, not True or False for "
            f"each of {n_rows} rows"
        )
    return out


def kept_rows(rows: Rows, kept: BoolArray) -> Rows:
    """The rows where `kept` is True, everything else as it was."""
    return replace(
        rows,
        numerator=rows.numerator[kept],
        denominator=rows.denominator[kept],
        speaker=rows.speaker[kept],
        in_group=rows.in_group[kept],
        columns=rows.columns[kept].reset_index(drop=True),
    )
