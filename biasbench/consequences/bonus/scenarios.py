"""Which simulations are made, and which are refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from biasbench.consequences.bonus.gap_removed import Shift, remove_gap
from biasbench.consequences.bonus.months import MonthSides, PersonMonths, person_months
from biasbench.consequences.bonus.pay_months import match_calls, pay_months
from biasbench.consequences.bonus.scale import BonusScale
from biasbench.consequences.bonus.scored_again import score_again
from biasbench.consequences.bonus.simulation import Draws, SimulatedBonus
from biasbench.errors import InsufficientDataError, OptionError
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.estimate import t_quantile
from biasbench.evidence.finding import Finding
from biasbench.evidence.rows import MeasuresSource
from biasbench.evidence.sufficiency import MOST_MISSING
from biasbench.evidence.verdict import judge
from biasbench.tables.grouping import By


@dataclass(frozen=True)
class PayRefusal:
    """A simulation that was not made, and why; there is no number in it."""

    code: Literal["PAY-NO"]
    scenario: str | None  # None: none was made
    verdict: str | None  # of the score gap
    reason: str


def is_established(verdict: str | None) -> bool:
    """Whether a verdict is one of V-D1 … V-D3, V-A1 … V-A3.

    >>> is_established("V-A3"), is_established("V-E"), is_established(None)
    (True, False, False)
    """
    return verdict is not None and verdict.startswith(("V-D", "V-A"))


def simulate(
    months: PersonMonths,
    sides: MonthSides,
    scale: BonusScale,
    finding: Finding,
    equal_rating: Comparison | None,
    seconds: dict[str, MeasuresSource | PersonMonths | None],
    by: By,
    draws: Draws,
) -> tuple[list[SimulatedBonus], list[PayRefusal], list[str]]:
    """The simulations, what was refused, and notes; nothing at all without an established gap."""
    if not is_established(finding.verdict):
        why = finding.reason or "the score gap has no verdict"
        return [], [PayRefusal("PAY-NO", None, finding.verdict, why)], []
    group, against = pay_months(months, sides, scale)
    found = [remove_gap(group, against, scale, months.kpi, draws)]
    _check_missing(found[0], sides, "an amount by the scale")
    refusals, notes = [], []
    if equal_rating is not None:
        refusal = _refused_at_equal_rating(equal_rating, finding)
        if refusal is None:
            shift = _shift(equal_rating)
            found.append(remove_gap(group, against, scale, months.kpi, draws, shift=shift))
        else:
            refusals.append(refusal)
    for name, second in seconds.items():
        if second is None:
            continue
        other = (
            second
            if isinstance(second, PersonMonths)
            else person_months(second, by=by, metric=months.metric)
        )
        matched = match_calls(months, other, named=name)
        if any(matched.n_unmatched):
            notes.append(
                f"{name}: {matched.n_unmatched[0]} calls have no second score and "
                f"{matched.n_unmatched[1]} no first one; both months are of the calls scored twice"
            )
        twice = pay_months(months, sides, scale, second=matched)
        scenario: Literal["substituted", "corrected"] = (
            "substituted" if name == "substituted" else "corrected"
        )
        again = score_again(twice[0], twice[1], scale, months.kpi, draws, scenario=scenario)
        _check_missing(again, sides, f"an amount both ways ({name})")
        found.append(again)
    return found, refusals, notes


def _check_missing(found: SimulatedBonus, sides: MonthSides, what: str) -> None:
    for name, n, missing in zip(sides.names, found.n_months, found.n_missing, strict=True):
        if missing > MOST_MISSING * (n + missing):
            raise InsufficientDataError(
                f"{missing} of {n + missing} person-months of {name} have not {what}: a simulation "
                f"takes at least {1 - MOST_MISSING:.0%} of each side, of 10 people or more"
            )


def _refused_at_equal_rating(gap: Comparison, finding: Finding) -> PayRefusal | None:
    scenario = "gap_removed_at_equal_rating"
    if gap.difference_low is None or gap.difference_high is None:
        why = gap.note or "the gap at equal rating has no interval"
        return PayRefusal("PAY-NO", scenario, None, why)
    if finding.margin is None or finding.direction not in ("higher is better", "higher is worse"):
        raise OptionError("equal_rating= needs a margin: pass margin=, decided before looking")
    direction: Literal["higher is better", "higher is worse"] = (
        "higher is better" if finding.direction == "higher is better" else "higher is worse"
    )
    verdict = judge(gap, margin=finding.margin, direction=direction)
    if not is_established(verdict.code):
        return PayRefusal("PAY-NO", scenario, verdict.code, verdict.reason)
    return None


def _shift(gap: Comparison) -> Shift:
    """How far the other side is ahead at equal rating, with its standard error."""
    low, high, difference = gap.difference_low, gap.difference_high, gap.difference
    if low is None or high is None or difference is None:
        raise ValueError("a comparison without an interval makes no shift; see the refusal")
    reach = t_quantile(gap.level, gap.dof if gap.dof else math.inf)
    return Shift(points=-difference, error=(high - low) / 2 / reach, dof=gap.dof)
