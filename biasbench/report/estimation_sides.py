"""What of people's values an estimation plot may print: quartiles, and to whom.

A value is a person's numerator over denominator (both added up), everybody with a denominator
above 0 counts once, and quartiles are those of Hyndman & Fan (1996, The American Statistician
50:361), definition 7: what numpy, R and spreadsheets compute unless told otherwise.

For the public, a box is printed of a side only where

    hidden     no group of the side is hidden on that metric (report.privacy)
    few        k people or more stand in each of its four quarters: 4·k people. So k people lie at
               or below the first quartile and k at or above the third: it is the smallest or
               the largest value only where k people or more have that value
    rest       the side is not "everyone else" where several comparisons are against everyone
               else: a's rest and b's rest overlap, and how many of the shared people lie below
               one printed value and above another follows from the quartiles of both and of
               the groups themselves. Groups share nobody, so a box of each is printed, whatever
               they are held against; a rest that is one single group is that group

Quartiles are rounded as the tables round the values of groups, *before* they are drawn: a drawing
is as exact as its coordinates. With 4·m + 1 people a quartile is one person's value, as rounded;
whose it is, none of the printed figures says.

A restricted report prints each person of a group that is not hidden as a point, and its box: the
box then tells nothing that the points do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from biasbench.evidence.rows import rows_of
from biasbench.evidence.sums import FloatArray, SpeakerSums
from biasbench.report.context import Context, Row
from biasbench.report.numbers import MINUS
from biasbench.report.quantities import Quantity, quantity
from biasbench.tables import REST

#: Why a side has no box: the rules above, too few for quarters at all, or nobody knows who speaks.
Reason = Literal["hidden", "few", "rest", "none", "unknown"]

#: Below this a quarter has nobody in it, whoever reads the report.
FEWEST_FOR_QUARTERS = 4


@dataclass(frozen=True)
class Spread:
    """People's values of one side, as printed; `reason` says why there are no quartiles."""

    quartiles: tuple[float, float, float] | None
    points: tuple[float, ...] = ()
    reason: Reason | None = None


def quartiles(values: npt.ArrayLike) -> tuple[float, float, float]:
    """The 25th, 50th and 75th percentile, everybody once (Hyndman & Fan, definition 7).

    >>> quartiles([1.0, 2.0, 3.0, 4.0])
    (1.75, 2.5, 3.25)
    """
    low, median, high = np.quantile(np.asarray(values, dtype=float), (0.25, 0.5, 0.75))
    return float(low), float(median), float(high)


def values_of_people(sums: SpeakerSums) -> FloatArray:
    """Each person's own value, those without anything in the denominator left out."""
    counted = sums.denominator > 0
    found: FloatArray = sums.numerator[counted] / sums.denominator[counted]
    return found


def spreads(row: Row, context: Context) -> tuple[Spread, Spread]:
    """What is printed of the group's people and of the other side's; needs the case's measures."""
    assert context.case is not None
    measures = context.case.measures
    if "speaker_id" not in measures.table or not measures.table["speaker_id"].notna().any():
        nobody = Spread(None, reason="unknown")
        return nobody, nobody
    rows = rows_of(
        measures,
        by=context.evidence.settings.by.split(","),
        group=str(row["group"]),
        against=str(row["against"]),
        metric=str(row["metric"]),
        system=str(row["system"]),
    )
    kind = quantity(str(row["metric"]))
    group, against = (values_of_people(sums) for sums in rows.sides())
    others = [str(r["group"]) for r in context.other_side(row) if r["n_speakers"] != 0]
    return (
        _spread(group, [str(row["group"])], kind, row, context),
        _spread(against, others, kind, row, context),
    )


def as_printed(value: float, kind: Quantity) -> float:
    """The number that a reader of the table has, in printed units.

    >>> as_printed(0.19449, quantity("wer")), as_printed(-1234.5678, quantity("my_index"))
    (19.4, -1234.6)
    """
    text = kind.value(value, "en").replace(",", "").replace(MINUS, "-")
    return float(text.removeprefix("< "))


def _spread(
    values: FloatArray, groups: list[str], kind: Quantity, row: Row, context: Context
) -> Spread:
    reason = _withheld(len(values), groups, row, context)
    if reason is not None:
        return Spread(None, reason=reason)
    low, median, high = (as_printed(value, kind) for value in quartiles(values))
    is_restricted = context.evidence.settings.audience == "restricted"
    people = sorted(as_printed(float(v), kind) for v in values) if is_restricted else []
    return Spread((low, median, high), tuple(people))


def _withheld(n_people: int, groups: list[str], row: Row, context: Context) -> Reason | None:
    privacy, block = context.privacy, (str(row["system"]), str(row["metric"]))
    if privacy.k is not None:
        if any(privacy.hides(group, block) for group in groups):
            return "hidden"
        if privacy.is_public and len(groups) > 1 and _is_one_of_several_rests(row, context):
            return "rest"
        if n_people < privacy.k * (FEWEST_FOR_QUARTERS if privacy.is_public else 1):
            return "few"
    return "none" if n_people < FEWEST_FOR_QUARTERS else None


def _is_one_of_several_rests(row: Row, context: Context) -> bool:
    same = context.findings_of(str(row["system"]), str(row["metric"]))
    return sum(1 for other in same if other["against"] == REST) > 1
