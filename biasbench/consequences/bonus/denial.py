"""False denial: those whom people who listened put above the threshold, and the machine below.

    among the units (months, people, calls) with   human rating ≥ its threshold
    share denied                                   automatic score < threshold
    a tie                                          at the threshold is above it, for both

It answers "they were just less good": everybody in it was good enough for a human. It is not a
comparison at equal rating: a side whose people are rated only just above the threshold is denied
more often by the very same error than one whose people are rated far above it (infra-marginality,
Simoiu, Corbett-Davies & Goel 2017, Annals of Applied Statistics 11:1193–1216). So `mean_above`
stands beside, and the score at equal rating (explain.ratings) belongs to it. A rating that is
itself uncertain sends some to the wrong side by chance: look at raters' agreement by group first.

Units without a rating, and rated ones without a score, are counted; above 20 % of a side's units
gate N-MISS refuses a verdict. Where people rated a sample of calls drawn beforehand, ask of
months or people (their rating is the mean of their rated calls), or hand over the sampled calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.bonus.link import find_link
from biasbench.consequences.bonus.months import MonthSides, PersonMonths
from biasbench.consequences.thresholds.cut_points import passes
from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.finding import Finding
from biasbench.evidence.intake import covariates
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.sums import FloatArray, sums_by_code
from biasbench.tables import REST, is_empty
from biasbench.tables.labels import Codes, label_codes

#: What is held against the threshold: each call, a person's month, a person's mean.
DenialUnit = Literal["row", "month", "person"]

DENIED = "false_denial"


@dataclass(frozen=True)
class FalseDenial:
    """Shares denied of those whom the human rating puts above; pairs: group, other side.

    `finding` has the shares (value, against_value), their difference and the verdict;
    its n_speakers and n_against are the people with anything above the human threshold.
    """

    finding: Finding
    threshold: float
    human: str
    human_threshold: float
    unit: DenialUnit
    n_denied: tuple[int, int]
    n_above: tuple[int, int]  # units above by human rating, with a score
    n_unrated: tuple[int, int]  # units without a human rating
    n_unscored: tuple[int, int]  # above by human rating, without a score
    n_tied_human: tuple[int, int]  # units rated exactly at the human threshold: above
    mean_above: tuple[float, float]  # mean human rating of n_above: how far above they are
    n_tied_score: tuple[int, int]  # of n_above, those scored exactly at the threshold: not denied


def false_denial(
    months: PersonMonths,
    *,
    group: str,
    threshold: float,
    human: str,
    against: str = REST,
    human_threshold: float | None = None,
    unit: DenialUnit = "month",
    higher_passes: bool = True,
    margin: float | None = None,
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 9999,
) -> FalseDenial:
    """The share that the score denies what a human rating grants, by group.

    Parameters
    ----------
    months, group, against
        Person-months (`person_months`), and the two sides.
    threshold, human_threshold
        Of the score, in its unit, and of the rating, in its own (the same if None).
    human
        The column of human ratings: of the calls, or of the person-months.
    unit
        What is held against the threshold: 'month', a person-month; 'person', a person's mean
        over all their calls; 'row', each call.
    higher_passes
        A value passes at or above its threshold; with False at or below it, for both.
    margin
        The smallest difference of shares that matters: 0.05 is five in a hundred.

    Raises
    ------
    InsufficientDataError
        Nobody on a side has a rating, or nobody is rated above the threshold.

    Examples
    --------
    >>> from biasbench.consequences.bonus.months import months_of_table
    >>> own = pd.DataFrame({
    ...     "speaker_id": [f"p{n:03}" for n in range(200)], "period": "2026-03", "qa": 80.0,
    ...     "calm": [70.0 + n % 10 for n in range(100)] + [72.0 + n % 10 for n in range(100)],
    ...     "accent": ["b"] * 100 + ["a"] * 100})
    >>> months = months_of_table(own, by="accent", kpi="calm", kpis=["qa"])
    >>> found = false_denial(months, group="b", threshold=75, human="qa", unit="person",
    ...                      margin=0.05, n_resamples=99)
    >>> found.finding.value, found.finding.against_value, found.finding.verdict, found.n_denied
    (0.5, 0.3, 'V-D1', (50, 30))
    """
    if unit not in get_args(DenialUnit):
        raise OptionError(f"unit={unit!r} is none of 'month', 'person' and 'row' (each call)")
    wanted = threshold if human_threshold is None else human_threshold
    for name, value in (("threshold", threshold), ("human_threshold", wanted)):
        if not np.isfinite(value):
            raise OptionError(f"{name}={value:g}: give a finite number")
    sides = months.sides(group, against)
    units = _units(months, human, unit)
    in_group, in_against = (mask[units.month] for mask in sides.masks)
    masks = (in_group, in_against)
    rated = ~np.isnan(units.rating)
    above = rated & passes(units.rating, wanted, higher_passes=higher_passes)
    has_score = ~np.isnan(units.score)
    _check(sides, masks, rated, above & has_score, human, wanted)
    denied = ~passes(units.score, threshold, higher_passes=higher_passes)
    used = above & has_score
    # Neither an unrated unit nor one without a score is in the share; both are missing from it.
    kept = np.flatnonzero((in_group | in_against) & (above | ~rated))
    finding = find_link(
        units.columns.iloc[kept].assign(
            metric=DENIED,
            numerator=np.where(used, denied, np.nan)[kept],
            denominator=np.where(used, 1.0, np.nan)[kept],
        ),
        in_group[kept],
        sides,
        by=months.by,
        grouping=months.by.split(","),
        margin=margin,
        direction="higher is worse",
        level=level,
        audience=audience,
        seed=seed,
        n_resamples=n_resamples,
    )

    def count(what: npt.NDArray[np.bool_]) -> tuple[int, int]:
        return int((what & masks[0]).sum()), int((what & masks[1]).sum())

    return FalseDenial(
        finding=finding,
        threshold=threshold,
        human=human,
        human_threshold=wanted,
        unit=unit,
        n_denied=count(used & denied),
        n_above=count(used),
        n_unrated=count(~rated),
        n_unscored=count(above & ~has_score),
        n_tied_human=count(rated & (units.rating == wanted)),
        mean_above=(
            float(units.rating[used & masks[0]].mean()),
            float(units.rating[used & masks[1]].mean()),
        ),
        n_tied_score=count(used & (units.score == threshold)),
    )


@dataclass(frozen=True)
class _Units:
    """What is held against the threshold; arrays of shape (n_units,), `columns` one row each."""

    score: FloatArray
    rating: FloatArray
    month: Codes  # a person-month of the same person, which knows the side
    columns: pd.DataFrame  # system, unit_id, speaker_id, and of calls their own columns


def _units(months: PersonMonths, human: str, unit: DenialUnit) -> _Units:
    rows = months.rows
    of_calls = human in covariates(rows)
    if not of_calls and human not in months.table.columns:
        known = {*covariates(rows), *map(str, months.table.columns)} - {"speaker_id", "period"}
        raise not_found("column of human ratings", human, known)
    if not of_calls and unit == "row":
        raise OptionError(f"unit='row': '{human}' rates months, not calls; ask unit='month'")
    e, w = (rows[name].to_numpy(dtype=float) for name in ("numerator", "denominator"))
    if unit == "row":
        with np.errstate(divide="ignore", invalid="ignore"):
            score = np.where(w > 0, e / w, np.nan)
        columns = rows.drop(columns=["metric", "numerator", "denominator"])
        return _Units(score, _ratings(rows, human), months.month, columns)
    table = months.table
    if unit == "month":
        code = np.arange(len(table), dtype=np.intp)
    else:
        code = label_codes(table["speaker_id"])[0]
    n = int(code.max()) + 1
    first = np.full(n, -1, dtype=np.intp)
    first[code[::-1]] = np.arange(len(table), dtype=np.intp)[::-1]
    sums = sums_by_code(code[months.month], e, w, n_codes=n)
    if of_calls:
        rating = _means(code[months.month], _ratings(rows, human), n)
    else:
        rating = _means(code, table[human].to_numpy(dtype=float), n)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(sums.denominator > 0, sums.numerator / sums.denominator, np.nan)
    columns = pd.DataFrame(
        {
            "system": months.system,
            "unit_id": np.arange(n).astype(str),
            "speaker_id": table["speaker_id"].to_numpy()[first],
        }
    )
    return _Units(score, rating, first, columns)


def _ratings(rows: pd.DataFrame, human: str) -> FloatArray:
    empty = is_empty(rows[human])
    found: FloatArray = pd.to_numeric(rows[human].where(~empty), errors="coerce").to_numpy(
        dtype=float
    )
    wrong = np.isnan(found) & ~empty.to_numpy()
    if wrong.any():
        row = rows.iloc[int(wrong.argmax())]
        raise TableError(
            f"measures: unit {row['unit_id']!r} of speaker {row['speaker_id']!r}: {human} is "
            f"{row[human]!r}, not a number; leave the cell empty where nobody rated"
        )
    return found


def _means(code: Codes, values: FloatArray, n: int) -> FloatArray:
    """The mean of the values there are, NaN where there is none; shape (n,)."""
    here = ~np.isnan(values)
    found: FloatArray = np.full(n, np.nan)
    total = np.bincount(code[here], weights=values[here], minlength=n)
    count = np.bincount(code[here], minlength=n)
    np.divide(total, count, out=found, where=count > 0)
    return found


def _check(
    sides: MonthSides,
    masks: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    rated: npt.NDArray[np.bool_],
    used: npt.NDArray[np.bool_],
    human: str,
    threshold: float,
) -> None:
    for name, mask in zip(sides.names, masks, strict=True):
        if not (mask & rated).any():
            raise InsufficientDataError(
                f"no human rating in '{human}' for anybody in {name}: false denial takes at least "
                "10 people on each side whom people who listened have rated"
            )
        if not (mask & used).any():
            raise InsufficientDataError(
                f"nobody in {name} is rated at {threshold:g} or better in '{human}' and has a "
                "score: false denial takes at least 10 such people on each side"
            )
