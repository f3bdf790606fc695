"""Person-months: a person's calls of one month, added up to the score that a bonus reads.

    score of a month    Σ numerator / Σ denominator over the month's calls that have a value

A month none of whose calls has a value has no score, and stays in the table: its bonus is
missing, and is counted. Further KPIs and what was paid come from a table of the user's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from biasbench.consequences.bonus.own_table import OWN_FIGURES, OwnTable, read_own_table
from biasbench.errors import InsufficientDataError, OptionError, TableError, not_found
from biasbench.evidence.intake import Intake, covariates, take_in
from biasbench.evidence.one_cell import one_cell
from biasbench.evidence.options import other_side
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sums import sums_by_code
from biasbench.tables import MEASURES, REST, Direction
from biasbench.tables.bonuses import PERSON_MONTHS
from biasbench.tables.grouping import By, grouping_columns
from biasbench.tables.labels import Codes, label_codes

#: The period of everybody where the measures name none.
WHOLE_PERIOD = "all"


@dataclass(frozen=True)
class PersonMonths:
    """The person-months of one system and metric, with the calls under them.

    `table` has the columns of tables.bonuses.PERSON_MONTHS and one for each KPI, `kpi` being the
    one that the metric gives; by person, then period. `rows` are the measures (with and without
    a value), and `month` the place of each in `table`.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    month: Codes
    by: str
    groups: tuple[str, ...]  # those that may be compared
    system: str
    metric: str
    kpi: str
    direction: Direction | None  # as the measures declare it
    has_calls: bool  # False: only the months' own scores are known
    notes: tuple[str, ...] = ()

    @property
    def n_periods(self) -> int:
        """How many periods there are."""
        return int(self.table["period"].nunique())

    def sides(self, group: str, against: str = REST) -> MonthSides:
        """Which rows of `table` are the group's, and which the other side's.

        Raises NotFoundError for a group that is not there.
        """
        if group not in self.groups:
            raise not_found(f"group of {self.by}", group, self.groups)
        against = other_side(against, self.groups, self.by)
        if against == group:
            raise OptionError(f"group and against are both '{group}'; name two different sides")
        others = set(self.groups) - {group} if against == REST else {against}
        label = self.table["group"]
        return MonthSides(
            group, against, (label == group).to_numpy(), label.isin(others).to_numpy()
        )


@dataclass(frozen=True)
class MonthSides:
    """Two sides of person-months, as masks over their table."""

    group: str
    against: str
    in_group: npt.NDArray[np.bool_]
    in_against: npt.NDArray[np.bool_]

    @property
    def masks(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """The group's and the other side's."""
        return self.in_group, self.in_against

    @property
    def names(self) -> tuple[str, str]:
        """As a sentence has them: 'indian', rest."""
        return f"'{self.group}'", REST if self.against == REST else f"'{self.against}'"


def person_months(
    measures: MeasuresSource,
    *,
    by: By,
    period: str | None = None,
    metric: str | None = None,
    system: str | None = None,
    kpi: str | None = None,
    own: OwnTable | None = None,
    kpis: Sequence[str] = (),
) -> PersonMonths:
    """The person-months of a measures table whose rows are calls.

    Parameters
    ----------
    measures, by, metric, system
        As in `assess`; `metric` and `system` may be left out where the table has one of them.
    period
        The column that names each row's month. Without one every person has a single period,
        and a note says so.
    kpi
        What the metric's monthly value is called in the scale; by default what follows ':' in
        its name ('calm' of 'mean_score:calm'), or the whole name.
    own, kpis
        A table of person-months of one's own (`own_table`), and which of its columns are KPIs;
        'paid', 'calls' and 'months' are taken where they are there. Its person-months without
        any call have no score; those of other people or other periods are left out, with a note.

    Raises
    ------
    TableError, NotFoundError, OptionError
        With file, row, column and value; a month that is not named; a column that is not there.
    InsufficientDataError
        Nobody knows who speaks.

    Examples
    --------
    >>> calls = pd.DataFrame({
    ...     "system": "tone:own", "unit_id": range(5), "metric": "mean_score:calm",
    ...     "speaker_id": ["a", "a", "a", "b", "b"], "month": ["03", "03", "04", "03", "04"],
    ...     "numerator": [70, 80, 60, 90, None], "denominator": [1, 1, 1, 1, None],
    ...     "accent": ["x", "x", "x", "y", "y"]})
    >>> paid = pd.DataFrame({"speaker_id": ["a", "b"], "period": "03", "paid": [120, 0]})
    >>> months = person_months(calls, by="accent", period="month", own=paid)
    >>> months.table[["speaker_id", "period", "calls", "missing_calls", "paid", "calm"]]
      speaker_id period  calls  missing_calls   paid  calm
    0          a     03    2.0            0.0  120.0  75.0
    1          a     04    1.0            0.0    NaN  60.0
    2          b     03    1.0            0.0    0.0  90.0
    3          b     04    0.0            1.0    NaN   NaN
    """
    intake = take_in(measures, by=by, metrics=None if metric is None else [metric])
    if intake.speaker is None:
        raise InsufficientDataError(
            "no speaker labels: nobody knows whose months these calls make; at least 10 people on "
            "each side, named in speaker_id, are needed for any statement on pay"
        )
    cell = one_cell(intake, metric=metric, system=system)
    of_cell = (intake.table["system"] == cell.system) & (intake.table["metric"] == cell.metric)
    here = np.flatnonzero(of_cell.to_numpy())
    rows = intake.table.iloc[here].reset_index(drop=True)
    speaker, names = label_codes(rows["speaker_id"])
    when, periods = _periods(rows, period)
    pair, month = np.unique(speaker * len(periods) + when, return_inverse=True)
    sums = sums_by_code(
        month,
        rows["numerator"].to_numpy(dtype=float),
        rows["denominator"].to_numpy(dtype=float),
        n_codes=len(pair),
    )
    group_of = _group_of_speaker(intake, here, speaker, len(names))
    fed = kpi or cell.metric.split(":", 1)[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(sums.denominator > 0, sums.numerator / sums.denominator, np.nan)
    table = pd.DataFrame(
        {
            "speaker_id": [names[code] for code in pair // len(periods)],
            "period": [periods[code] for code in pair % len(periods)],
            "group": [group_of[code] for code in pair // len(periods)],
            "calls": sums.n_rows.astype(float),
            "missing_calls": sums.n_missing.astype(float),
            fed: score,
        }
    )
    notes = [] if period else ["no period column was named: each person counts as one period"]
    if own is not None:
        if period is None:
            raise OptionError(
                "own= is a table of person-months and the measures have no periods: pass period=, "
                "the column that names each call's month"
            )
        table, said = _joined(
            table, own, kpis=kpis, fed=fed, people=dict(zip(names, group_of, strict=True))
        )
        notes += said
    elif kpis:
        raise OptionError(f"kpis={list(kpis)}: they are columns of a table of your own; pass own=")
    return PersonMonths(
        table=PERSON_MONTHS.check(table),
        rows=rows,
        month=month.astype(np.intp),
        by=intake.by,
        groups=tuple(intake.known),
        system=cell.system,
        metric=cell.metric,
        kpi=fed,
        direction=cast("Direction | None", cell.direction),
        has_calls=True,
        notes=tuple(notes),
    )


def months_of_table(
    own: OwnTable,
    *,
    by: By,
    kpi: str,
    kpis: Sequence[str] = (),
    system: str = "scores supplied",
) -> PersonMonths:
    """Person-months from a table that has nothing else: no calls, only each month's score.

    `kpi` is the column of the score under examination, `by` the columns that make the groups.
    The measurement error of a month cannot be redrawn then, and a note says so.

    >>> own = pd.DataFrame({"speaker_id": list("abcd"), "period": "2026-03",
    ...                     "accent": ["x", "x", "y", "y"], "calm": [71, 74.5, 80, None]})
    >>> months = months_of_table(own, by="accent", kpi="calm")
    >>> months.metric, months.table["calm"].tolist()
    ('mean_score:calm', [71.0, 74.5, 80.0, nan])
    """
    table = read_own_table(own, kpis=[kpi, *kpis])
    grouping_columns(by, table)
    score = table[kpi]
    measures = table.drop(
        columns=[name for name in table if name in {*OWN_FIGURES, *kpis, kpi, "group"}]
    ).assign(
        system=system,
        metric=f"mean_score:{kpi}",
        unit_id=[
            f"{who} {when}" for who, when in zip(table["speaker_id"], table["period"], strict=True)
        ],
        numerator=score,
        denominator=score.notna().map({True: 1.0, False: np.nan}),
    )
    figures = table[
        ["speaker_id", "period", *(name for name in table if name in {*OWN_FIGURES, *kpis})]
    ]
    months = person_months(measures, by=by, period="period", kpi=kpi, own=figures, kpis=kpis)
    known = months.table
    if "calls" not in table:
        known = known.drop(columns="calls")
    return PersonMonths(
        table=known.drop(columns="missing_calls"),
        rows=months.rows,
        month=months.month,
        by=months.by,
        groups=months.groups,
        system=months.system,
        metric=months.metric,
        kpi=kpi,
        direction=None,
        has_calls=False,
        notes=("calls are not known: the measurement error of a month cannot be redrawn",),
    )


def _periods(rows: pd.DataFrame, period: str | None) -> tuple[Codes, list[str]]:
    if period is None:
        return np.zeros(len(rows), dtype=np.intp), [WHOLE_PERIOD]
    if period not in rows.columns or period in MEASURES.columns:
        raise not_found("period column", period, covariates(rows))
    codes, labels = label_codes(rows[period])
    if (codes < 0).any():
        row = rows.iloc[int((codes < 0).argmax())]
        raise TableError(
            f"measures: unit {row['unit_id']!r} of speaker {row['speaker_id']!r}: {period} is "
            "empty; every call needs the month it was scored in"
        )
    return codes, labels


def _group_of_speaker(intake: Intake, here: Codes, speaker: Codes, n: int) -> list[str]:
    codes = np.zeros(n, dtype=np.intp)
    codes[speaker] = intake.group[here]
    return [intake.groups[code] for code in codes]


def _joined(
    table: pd.DataFrame,
    own: OwnTable,
    *,
    kpis: Sequence[str],
    fed: str,
    people: dict[str, str],
) -> tuple[pd.DataFrame, list[str]]:
    """The person-months with the figures of one's own beside, and what was left out, in words."""
    if fed in kpis:
        raise OptionError(
            f"kpis: '{fed}' comes from the measures already; name the other KPIs alone"
        )
    figures = read_own_table(own, kpis=kpis)
    wanted = [name for name in figures if name in {*OWN_FIGURES, *kpis}]
    figures = figures[["speaker_id", "period", *wanted]]
    notes = []
    stranger = ~figures["speaker_id"].isin(people)
    outside = ~figures["period"].isin(table["period"]) & ~stranger
    for left, why in (
        (stranger, "of people without any call in the measures (nobody knows their group)"),
        (outside, "of periods that the measures do not have"),
    ):
        if left.any():
            notes.append(f"{int(left.sum())} person-months of the table supplied are {why}: out")
    figures = figures[~stranger & ~outside]
    if "calls" in figures:  # the employer's count is the one that the scale means
        table = table.drop(columns="calls")
    both = table.merge(figures, on=["speaker_id", "period"], how="outer", validate="one_to_one")
    # New rows are months without a call; they come last, so that `month` still points right.
    place = {
        pair: at for at, pair in enumerate(zip(table["speaker_id"], table["period"], strict=True))
    }
    order = [
        place.get(pair, len(place)) for pair in zip(both["speaker_id"], both["period"], strict=True)
    ]
    both = both.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    return both.assign(group=both["speaker_id"].map(people)), notes
