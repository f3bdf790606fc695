"""Whose calls are recorded or listened to: by group, and by person inside each group.

The share of a side is Σ picked / Σ calls with the CR3-t interval of evidence.estimate; the two
sides are compared by evidence.methods.cr3 and adjusted for nothing: more calls of one team, or of
the newly hired, may be picked by rule, and this file does not know it. Against the announced rate
each side stands by its own interval. How unevenly people *within* a side are picked is
`concentration`, on the same counts: a comparison of two means cannot see it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from biasbench.consequences.selection.concentration import Concentration, concentration
from biasbench.consequences.selection.dispersion import Announced
from biasbench.errors import InsufficientDataError, OptionError, TableError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import Estimate, estimate
from biasbench.evidence.methods import cr3
from biasbench.evidence.options import check_plain_options
from biasbench.evidence.rows import MeasuresSource, Rows, rows_of
from biasbench.evidence.sufficiency import FEWEST_TO_TEST, Audience, failed_gates, side_of
from biasbench.evidence.sums import SpeakerSums
from biasbench.tables import REST
from biasbench.tables.grouping import By

#: A rate from the announced one: its whole interval above, below, or holding it.
Standing = Literal["above", "below", "undecided"]


@dataclass(frozen=True)
class Selection:
    """How often each side is picked, against each other and against what was announced.

    `concentrations` are of the group, of the other side and of both together; None, with the
    reason in `notes`, where too few have calls or nothing was picked. `refused` are the gates
    that forbid a verdict on the comparison.
    """

    comparison: Comparison
    group: Estimate
    against: Estimate
    announced: float
    announced_as: Announced
    group_standing: Standing | None
    against_standing: Standing | None
    concentrations: tuple[Concentration | None, Concentration | None, Concentration | None]
    refused: tuple[str, ...]
    notes: tuple[str, ...]
    seed: int


def standing(found: Estimate, announced: float) -> Standing | None:
    """Where a side's interval lies from the announced rate; None without an interval.

    "undecided" is an interval that holds the announced rate, which does not show that it was kept.

    >>> side = Estimate(0.08, 0.05, 0.12, 0.95, 0.0003, 20, 18.0)
    >>> standing(side, 0.02), standing(side, 0.10), standing(side, 0.20)
    ('above', 'undecided', 'below')
    """
    if found.low is None or found.high is None:
        return None
    if found.low > announced:
        return "above"
    return "below" if found.high < announced else "undecided"


def selection(
    measures: MeasuresSource,
    *,
    announced: float,
    by: By,
    group: str,
    against: str = REST,
    metric: str | None = None,
    system: str | None = None,
    announced_as: Announced = "share",
    level: float = 0.95,
    audience: Audience = "public",
    seed: int = 0,
    n_resamples: int = 9999,
) -> Selection:
    """Share picked by group, against the announced rate, with the dispersion inside each side.

    Parameters
    ----------
    measures, by, group, against, metric, system
        As in `assess`. The numerator counts calls picked, the denominator calls (or, where a
        number is announced, months): a row may be a call (0 or 1 over 1) or a person-month.
    announced, announced_as
        The rate that was announced: a 'share' of calls (0.02), or a 'number' a month (3).
    level, audience
        Of the intervals, and of the gates.
    seed, n_resamples
        For the dispersion's p-values.

    Raises
    ------
    InsufficientDataError
        Fewer than 6 people on a side.
    TableError
        A numerator that is no count out of its denominator.

    Examples
    --------
    >>> import pandas as pd
    >>> people = [f"p{number:02}" for number in range(24)]
    >>> table = pd.DataFrame({
    ...     "system": "quality:own", "unit_id": people, "metric": "listened",
    ...     "speaker_id": people, "denominator": 100.0, "accent": ["b"] * 12 + ["a"] * 12,
    ...     "numerator": [9.0, 2, 5, 12, 4, 8, 3, 10, 6, 2, 7, 11] + [2.0, 1, 4, 3, 2, 3] * 2})
    >>> found = selection(table, announced=0.02, by="accent", group="b")
    >>> round(found.group.value, 3), found.group_standing, found.against_standing
    (0.066, 'above', 'undecided')
    >>> c = found.comparison
    >>> f"{c.ratio:.1f} [{c.ratio_low:.1f}, {c.ratio_high:.1f}]"
    '2.6 [1.7, 4.0]'
    >>> [round(part.against_observed.p_value, 3) for part in found.concentrations]
    [0.031, 0.975, 0.0]
    """
    check_plain_options(level=level, audience=audience, seed=seed, n_resamples=n_resamples)
    rows = rows_of(measures, by=by, group=group, against=against, metric=metric, system=system)
    _check_picked(rows, announced_as)
    other_name = REST if rows.against == REST else f"'{rows.against}'"
    names = (f"'{rows.group}'", other_name)
    sides = [
        replace(side, kind="rate", n_missing=n_missing)
        for side, n_missing in zip(rows.sides(), rows.n_missing, strict=True)
    ]
    for name, side in zip(names, sides, strict=True):
        if side.n_speakers < FEWEST_TO_TEST:
            people = "1 person" if side.n_speakers == 1 else f"{side.n_speakers} people"
            raise InsufficientDataError(
                f"{people} with calls in {name}: a comparison of who is picked takes at least "
                f"{FEWEST_TO_TEST} on each side"
            )
    rng = np.random.default_rng(seed)
    found: list[Concentration | None] = []
    notes = []
    parts = [*zip(names, sides, strict=True), ("both sides together", sides[0] + sides[1])]
    for name, side in parts:
        try:
            found.append(
                concentration(
                    side.numerator,
                    side.denominator,
                    announced,
                    rng=rng,
                    announced_as=announced_as,
                    level=level,
                    n_resamples=n_resamples,
                )
            )
        except InsufficientDataError as error:
            found.append(None)
            notes.append(f"{name}: {error}")
    estimates = [estimate(side, level=level) for side in sides]
    comparison = cr3.compare(sides[0], sides[1], level=level)
    return Selection(
        comparison=comparison,
        group=estimates[0],
        against=estimates[1],
        announced=announced,
        announced_as=announced_as,
        group_standing=standing(estimates[0], announced),
        against_standing=standing(estimates[1], announced),
        concentrations=(found[0], found[1], found[2]),
        refused=_refused(sides, names, comparison, audience),
        notes=tuple(notes),
        seed=seed,
    )


def _check_picked(rows: Rows, announced_as: Announced) -> None:
    wrong = (rows.numerator < 0) | (rows.numerator != np.round(rows.numerator))
    if announced_as == "share":
        wrong |= rows.numerator > rows.denominator
        wrong |= rows.denominator != np.round(rows.denominator)
    elif announced_as != "number":
        raise OptionError(
            f"announced_as={announced_as!r} is none of 'share' (of a person's calls) and "
            "'number' (a month)"
        )
    if wrong.any():
        at = int(wrong.argmax())
        raise TableError(
            f"metric '{rows.metric}': a row has {rows.numerator[at]:g} over "
            f"{rows.denominator[at]:g}; the numerator counts calls picked, whole and, for a "
            "share, out of the calls in the denominator"
        )


def _refused(
    sides: list[SpeakerSums], names: tuple[str, str], comparison: Comparison, audience: Audience
) -> tuple[str, ...]:
    return tuple(
        failed_gates(
            side_of(names[0], sides[0]),
            side_of(names[1], sides[1]),
            kind="rate",
            audience=audience,
            by="group",
            overlaps={},
            no_spread=comparison.ratio_low is None,
        )
    )
