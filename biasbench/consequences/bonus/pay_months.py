"""From person-months to the arrays that a simulation draws from, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.bonus.months import MonthSides, PersonMonths
from biasbench.consequences.bonus.own_table import numbers
from biasbench.consequences.bonus.resampling import PayMonths
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.errors import InsufficientDataError, OptionError, TableError
from biasbench.evidence.sums import FloatArray
from biasbench.tables.labels import label_codes


@dataclass(frozen=True)
class SecondScores:
    """The calls of a second table, by the place of the same call in the first; NaN where not."""

    numerator: FloatArray
    denominator: FloatArray
    n_unmatched: tuple[int, int]  # calls with a value in the first alone, in the second alone


def pay_months(
    months: PersonMonths,
    sides: MonthSides,
    scale: BonusScale,
    *,
    second: SecondScores | None = None,
) -> tuple[PayMonths, PayMonths]:
    """Both sides; with `second`, only the calls that have a value both ways.

    People stand in the order of their sums, so that no figure depends on how they are called.
    """
    table = months.table
    kpis = {name: figure(months, name) for name in scale.reads if name != months.kpi}
    asked = {"calls": scale.eligibility.calls, "months": scale.eligibility.months}
    counts = {name: figure(months, name) for name, least in asked.items() if least is not None}
    rows = months.rows
    calls = [(rows["numerator"].to_numpy(dtype=float), rows["denominator"].to_numpy(dtype=float))]
    if second is not None:
        calls.append((second.numerator, second.denominator))
    valued = np.logical_and.reduce([~np.isnan(w) for _, w in calls])
    speaker = label_codes(table["speaker_id"])[0]
    first, other = (
        _side(mask, speaker, months, kpis, counts, calls, valued) for mask in sides.masks
    )
    return first, other


def figure(months: PersonMonths, name: str) -> FloatArray:
    """A column of the person-months as numbers; OptionError if the scale's wish is not met."""
    if name not in months.table.columns:
        raise OptionError(
            f"the scale reads '{name}', which the person-months do not have: give it in a table "
            "of your own (own=, with speaker_id and period) under that name"
        )
    return numbers(months.table, name, "person_months").to_numpy(dtype=float)


def match_calls(months: PersonMonths, second: PersonMonths, *, named: str) -> SecondScores:
    """The second scores of the first table's calls, call by call (unit_id).

    `named` is the caller's word for the second table. Raises TableError for a call of somebody
    else there, and InsufficientDataError where no call is in both.
    """
    rows, others = months.rows, second.rows
    both = rows[["unit_id", "speaker_id"]].merge(
        others[["unit_id", "speaker_id", "numerator", "denominator"]],
        on="unit_id",
        how="left",
        validate="one_to_one",
        suffixes=("", "_second"),
    )
    differs = both["speaker_id_second"].notna() & both["speaker_id"].ne(both["speaker_id_second"])
    if differs.any():
        row = both.iloc[int(differs.to_numpy().argmax())]
        raise TableError(
            f"{named}: unit {row['unit_id']!r} is of speaker {row['speaker_id_second']!r} there "
            f"and of {row['speaker_id']!r} in the measures; the same call has one speaker"
        )
    e = both["numerator"].to_numpy(dtype=float)
    w = both["denominator"].to_numpy(dtype=float)
    has_first = rows["denominator"].notna().to_numpy()
    has_both = has_first & ~np.isnan(w)
    if not has_both.any():
        raise InsufficientDataError(
            f"{named}: no call has a score both there and in the measures; at least 10 people on "
            "each side need calls scored both ways, under one unit_id"
        )
    n_second = int(others["denominator"].notna().sum())
    unmatched = int((has_first & ~has_both).sum()), n_second - int(has_both.sum())
    return SecondScores(e, w, unmatched)


def _side(
    mask: npt.NDArray[np.bool_],
    speaker: npt.NDArray[np.intp],
    months: PersonMonths,
    kpis: dict[str, FloatArray],
    counts: dict[str, FloatArray],
    calls: list[tuple[FloatArray, FloatArray]],
    valued: npt.NDArray[np.bool_],
) -> PayMonths:
    chosen = np.flatnonzero(mask)
    here = valued & mask[months.month]
    e, w = (
        np.bincount(months.month[here], weights=values[here], minlength=len(mask))
        for values in calls[0]
    )
    per_person = pd.DataFrame({"speaker": speaker[chosen], "e": e[chosen], "w": w[chosen]})
    person = per_person.groupby("speaker")[["w", "e"]].sum().sort_values(["w", "e"], kind="stable")
    rank = np.zeros(int(speaker.max()) + 1, dtype=np.intp)
    rank[person.index.to_numpy()] = np.arange(len(person))
    order = chosen[
        np.lexsort((months.table["period"].to_numpy()[chosen].astype(str), rank[speaker[chosen]]))
    ]
    place = np.full(len(mask), -1, dtype=np.intp)
    place[order] = np.arange(len(order))
    of_call = place[months.month[here]]
    by_month = np.lexsort((calls[0][0][here], of_call))
    return PayMonths(
        kpis={name: values[order] for name, values in kpis.items()},
        counts={name: values[order] for name, values in counts.items()},
        first_month=_firsts(rank[speaker[order]], len(person)),
        first_call=_firsts(of_call, len(order)),
        calls=tuple((e[here][by_month], w[here][by_month]) for e, w in calls),
    )


def _firsts(code: npt.NDArray[np.intp], n: int) -> npt.NDArray[np.int64]:
    """Where each code's stretch begins once sorted, and the end of the last."""
    return np.concatenate([[0], np.cumsum(np.bincount(code, minlength=n))]).astype(np.int64)
