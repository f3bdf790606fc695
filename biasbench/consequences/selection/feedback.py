"""Low score, more listening, lower score: does one follow the other in the same people?

Two links, estimated in `half_panel` with person and period effects and two periods of both before:

    response  β   listening in the next period for one point of score more, given listening now and
                  both one period earlier
    effect    θ   the next period's score for one unit of listening more, given the score now and
                  both one period earlier
    gain      β·θ of a point lost in one period, the part that comes back two periods later by way
                  of listening; above 0 the loop feeds itself

Where a higher score is better the loop that people fear has β below 0 and θ below 0; `closes` asks
for both intervals to lie there, with the bias correction and without it, because what is left of
the bias errs one way with it and the other way without. Each interval is t with K − 1 degrees of
freedom on CR3 (people left out one by one); sides are compared by their own fits,
Welch–Satterthwaite.

Simulated with 6 to 100 people over 6 to 24 months, people of low scores listened to more whatever
happens, low months drawing listening that changes nothing, scores that last or fade (400 to 1,000
studies each; a part of them in tests/consequences/test_feedback.py): `closes` in at most 2.5 %.
The pooled regression of person-months sees a loop in 18 to 96 %; with one month before in place of
two, both intervals of the corrected links lie there in 22 % of the worst case. A nominal 95 % holds
the response in 92 to 99 % and the effect in 92 to 98 (300 people over 8 months: 89 and 93). A loop
by which a fifth of a lost point comes back two months later closes in 40 % of studies with 12
people and 12 months, in 20 / 54 / 95 % with 30 people and 6 / 8 / 12 months; the interval of its
gain covers in 88 to 98 %.

What it can say: in these people, in these periods, one followed the other. What it cannot: that it
was the cause. How calls were chosen is not known; a bad month that a manager knows of, that goes on
and that the score does not show lowers the next score and draws listening alike. Nothing slower
than two periods is seen. The score of a period must not be made on the calls listened to in it:
where listening moves the score of its own period for that period alone, the effect on the next
looks too good (`closes` in 0 %, coverage down to 5 % with 100 people); where what it moves lasts,
that is counted as an effect on the next. A loop that is not shown is not excluded: read the
interval of the gain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from biasbench.consequences.selection.dispersion import Announced
from biasbench.consequences.selection.half_panel import (
    FEWEST_OUTCOMES,
    FEWEST_PERIODS,
    Outcomes,
    TwoEquations,
    outcomes,
    two_equations,
)
from biasbench.consequences.selection.loops import (
    Better,
    Link,
    Loop,
    difference_of,
    effect_of,
    loop_of,
    response_of,
)
from biasbench.consequences.selection.panels import Panel, read_panel
from biasbench.errors import InsufficientDataError, OptionError, not_found
from biasbench.evidence.options import check_plain_options, other_side
from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.tables import REST, UNKNOWN
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class Feedback:
    """The loop in everyone, and by side where a group was named; differences are group − against.

    `response_difference` below 0 (where a higher score is better): the listening that follows a
    low score is stronger in the group.
    """

    everyone: Loop
    group: Loop | None
    against: Loop | None
    response_difference: Link | None
    effect_difference: Link | None
    by: str | None
    group_name: str | None
    against_name: str | None
    direction: Better
    listening_as: Announced
    level: float
    n_rows: int
    n_periods: int  # from the first to the last, holes included


def feedback(
    panel: pd.DataFrame | str | Path,
    *,
    direction: Better,
    by: By | None = None,
    group: str | None = None,
    against: str = REST,
    covariates: Sequence[str] = (),
    listening_as: Announced = "share",
    level: float = 0.95,
) -> Feedback:
    """Whether listening follows low scores, and lower scores listening.

    Parameters
    ----------
    panel
        One row per person and period (`tables.panels.PANEL`: speaker_id, period, score,
        n_listened, n_calls, and columns of one's own); a DataFrame or a file.
    direction
        'higher is better' or 'higher is worse', of the score.
    by, group, against
        The column that makes the groups, and the two sides to compare.
    covariates
        Columns that vary over periods, held equal at the period before the outcome.
    listening_as
        'share' of the period's calls, or 'number' of them.

    Raises
    ------
    InsufficientDataError
        Fewer than 6 periods, or than 6 people (on each side) with 4 outcomes that have two known
        periods before them.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> own, score, share, rows = rng.normal(75, 3, 40), 75.0, 0.1, []
    >>> for month in range(12):
    ...     before = (score, share)
    ...     share = np.clip(0.1 - 0.02 * (before[0] - own) + rng.normal(0, 0.02, 40), 0, 1)
    ...     score = own - 20 * (before[1] - 0.1) + rng.normal(0, 1.5, 40)
    ...     rows += [(f"p{i:02}", month, score[i], round(200 * share[i]), 200) for i in range(40)]
    >>> columns = ["speaker_id", "period", "score", "n_listened", "n_calls"]
    >>> found = feedback(pd.DataFrame(rows, columns=columns), direction="higher is better")
    >>> r, e = found.everyone.response, found.everyone.effect
    >>> f"{r.value:.3f} [{r.low:.3f}, {r.high:.3f}]; {e.value:.0f} [{e.low:.0f}, {e.high:.0f}]"
    '-0.019 [-0.020, -0.017]; -16 [-26, -7]'
    >>> found.everyone.closes
    True
    """
    check_plain_options(level=level, audience="public", seed=0, n_resamples=1)
    if direction not in get_args(Better):
        raise OptionError(
            f"direction={direction!r} is none of {' and '.join(map(repr, get_args(Better)))}: a "
            "loop needs a low score"
        )
    if (by is None) != (group is None):
        raise OptionError(f"by={by!r} and group={group!r}: give both, or neither")
    found = read_panel(panel, by=by, covariates=covariates, listening_as=listening_as)
    n_periods = found.score.shape[1]
    if n_periods < FEWEST_PERIODS:
        raise InsufficientDataError(
            f"the panel spans {n_periods} period{'s' * (n_periods != 1)}: at least "
            f"{FEWEST_PERIODS}, of {FEWEST_TO_TEST} people or more, are needed to tell what "
            "follows a score from what a person is like"
        )
    everyone, _ = _loop(found, np.arange(found.n_people), direction, level, "the panel")
    sides: list[tuple[Loop, TwoEquations]] = []
    if group is not None and found.label is not None and found.by is not None:
        known = sorted({str(name) for name in found.label} - {UNKNOWN})
        if group not in known:
            raise not_found(f"group of {found.by}", group, known)
        against = other_side(against, known, found.by)
        if against == group:
            raise OptionError(f"group and against are both '{group}'; name two different sides")
        others = set(known) - {group} if against == REST else {against}
        for names, name in (({group}, f"'{group}'"), (others, _name(against))):
            here = np.flatnonzero(np.isin(found.label.astype(str), sorted(names)))
            sides.append(_loop(found, here, direction, level, name))
    differences = [
        difference_of(*(link(fit) for _, fit in sides), level=level) if sides else None
        for link in (response_of, effect_of)
    ]
    return Feedback(
        everyone=everyone,
        group=sides[0][0] if sides else None,
        against=sides[1][0] if sides else None,
        response_difference=differences[0],
        effect_difference=differences[1],
        by=found.by,
        group_name=group,
        against_name=against if sides else None,
        direction=direction,
        listening_as=listening_as,
        level=level,
        n_rows=found.n_rows,
        n_periods=n_periods,
    )


def _loop(
    panel: Panel, people: np.ndarray, direction: Better, level: float, name: str
) -> tuple[Loop, TwoEquations]:
    rows = outcomes(panel.listening[people], panel.score[people], panel.covariates[people])
    _check_people(rows, name)
    fit = two_equations(rows)
    left_out = len(people) - fit.n_people
    return loop_of(fit, direction=direction, level=level, n_left_out=left_out), fit


def _check_people(rows: Outcomes, name: str) -> None:
    n = len(np.unique(rows.person))
    if n < FEWEST_TO_TEST:
        people = "1 person" if n == 1 else f"{n} people"
        raise InsufficientDataError(
            f"{name} has {people} with {FEWEST_OUTCOMES} periods that follow on two known ones; at "
            f"least {FEWEST_TO_TEST} are needed to tell what follows a score from a person"
        )


def _name(against: str) -> str:
    return "the rest" if against == REST else f"'{against}'"
