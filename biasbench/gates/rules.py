"""The three rules: a change, a gap, and what was lost (gating.py has them in words)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from biasbench.evidence.methods import cr3
from biasbench.evidence.sufficiency import (
    FEWEST_EVENTS,
    FEWEST_TO_TEST,
    LARGEST_SHARE,
    MOST_MISSING,
)
from biasbench.evidence.sums import FloatArray, Kind, SpeakerSums
from biasbench.evidence.swaps.pairing import Heard
from biasbench.gates.bounds import Bounds, paired_bounds, unpaired_bounds
from biasbench.gates.pairing import Paired
from biasbench.gates.policy import Policy
from biasbench.gates.sides import Side, members
from biasbench.gates.verdicts import EVERYBODY, Check, Outcome, Reason
from biasbench.tables import Direction

#: Of alpha, what the second way to pass a change may use: "not worse off at all".
_SECOND_WAY = 0.2


@dataclass(frozen=True)
class Compared:
    """One side of a comparison: everything each model has of it, and what is paired."""

    metric: str
    kind: Kind
    direction: Direction
    all_before: SpeakerSums
    all_after: SpeakerSums
    paired: tuple[FloatArray, FloatArray, FloatArray] | None  # Σ before, Σ after, denominator

    @property
    def n_people(self) -> int:
        """People to be tested: the paired ones, or the fewer of both models'."""
        if self.paired is not None:
            return len(self.paired[2])
        return min(self.all_before.n_speakers, self.all_after.n_speakers)

    @property
    def heard(self) -> tuple[Heard, Heard]:
        """The paired sums, before and after."""
        assert self.paired is not None
        return Heard(self.paired[0], self.paired[2]), Heard(self.paired[1], self.paired[2])


def too_few(metric: str, group: str, one: Compared, other: Compared, policy: Policy) -> list[Check]:
    """A check for each limit that too few people are there to test."""
    if min(one.n_people, other.n_people) >= policy.min_people:
        return []
    limits = {"change": policy.max_change, "gap": policy.max_gap}
    return [
        Check(
            rule="change" if rule == "change" else "gap",
            metric=metric,
            group=group,
            outcome="undecided",
            reason="people",
            limit=of_rule[metric],
            n_people=_told(one.n_people),
            n_against=_told(other.n_people),
            fewest=policy.min_people,
        )
        for rule, of_rule in limits.items()
        if metric in of_rule
    ]


def judge_change(
    group: str, one: Compared, other: Compared, policy: Policy, alpha_fail: float
) -> Check:
    """Whether the gap grew by more than the policy allows."""
    limit = policy.max_change[one.metric]
    blank = _blank("change", group, one, other, limit)
    lacking = _lacking(one, other)
    bounds = _bounds(one, other)
    blank = replace(blank, value=bounds.change, before=bounds.gap_before, after=bounds.gap_after)
    if bounds.n_changed == 0 and not lacking:
        # The same sums of everybody, over enough to see a change by, are the same output.
        return replace(blank, outcome="pass", reason="identical", low=0.0, high=0.0)
    ends, strict = bounds.interval(policy.alpha), bounds.interval(alpha_fail)
    if lacking or ends is None or strict is None:
        return replace(blank, reason=lacking or "spread")
    blank = replace(
        _with_bounds(blank, ends, strict),
        power=bounds.power(limit, policy.alpha),
        detectable=bounds.detectable(policy.alpha),
    )
    gap = _gap_ends(one, other, _SECOND_WAY * policy.alpha)
    outcome, reason = _of_change(bounds, limit, ends, strict, gap, _harms(one.direction))
    needed = bounds.people_needed(limit, policy.alpha) if reason == "wide" else None
    return replace(blank, outcome=outcome, reason=reason, people_needed=needed)


def _of_change(
    bounds: Bounds,
    limit: float,
    ends: tuple[float, float],
    strict: tuple[float, float],
    gap: tuple[float, float] | None,
    harms: tuple[int, ...],
) -> tuple[Outcome, Reason]:
    """What the bounds of a change come to; `gap` are those of the gap after, at a fifth of α."""
    if all(_upper(sign, ends) <= limit for sign in harms):
        return "pass", "within"
    if gap is not None and len(harms) == 1 and _upper(harms[0], gap) <= 0:
        return "pass", "better-off"
    beyond = [sign for sign in harms if _lower(sign, strict) > limit]
    if not beyond:
        return "undecided", _why_open(limit, ends, harms)
    if any(sign * bounds.gap_after > 0 for sign in beyond):
        return "fail", "beyond"
    return "undecided", "narrowing"


def judge_gap(
    group: str, one: Compared, other: Compared, policy: Policy, alpha_fail: float
) -> Check:
    """Whether the candidate's gap is larger than the policy allows."""
    limit = policy.max_gap[one.metric]
    blank = _blank("gap", group, one, other, limit)
    lacking = _lacking(one, other)
    found = cr3.compare(one.all_after, other.all_after, level=1 - 2 * policy.alpha)
    blank = replace(blank, value=found.difference)
    ends, strict = (_gap_ends(one, other, alpha) for alpha in (policy.alpha, alpha_fail))
    if lacking or ends is None or strict is None:
        return replace(blank, reason=lacking or "spread")
    blank = _with_bounds(blank, ends, strict)
    harms = _harms(one.direction)
    if all(_upper(sign, ends) <= limit for sign in harms):
        return replace(blank, outcome="pass", reason="within")
    if any(_lower(sign, strict) > limit for sign in harms):
        return replace(blank, outcome="fail", reason="beyond")
    return replace(blank, reason=_why_open(limit, ends, harms))


def _why_open(limit: float, ends: tuple[float, float], harms: tuple[int, ...]) -> Reason:
    """Whether the limit lies inside the bounds of one rule alone, or inside those of all."""
    return "one-of-many" if any(_lower(sign, ends) > limit for sign in harms) else "wide"


def judge_coverage(
    metric: str,
    two: Paired | None,
    before: Side,
    after: Side,
    comparisons: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    policy: Policy,
) -> list[Check]:
    """What share of the utterances was lost: of everybody, and of each group with the people."""
    found = [_lost(metric, EVERYBODY, None, two, before, after, policy)]
    found += [
        _lost(metric, name, labels, two, before, after, policy)
        for name, (labels, _) in comparisons.items()
        if sum(label in labels for label in before.group) >= policy.min_people
    ]
    return found


def _lost(
    metric: str,
    group: str,
    labels: frozenset[str] | None,
    two: Paired | None,
    before: Side,
    after: Side,
    policy: Policy,
) -> Check:
    old, new = before.metrics[metric].sums, after.metrics[metric].sums
    here, later = (
        np.ones(len(side.group), dtype=bool) if labels is None else members(side.group, labels)
        for side in (before, after)
    )
    if two is not None:
        n_had, n_lost = float(two.n_had[here].sum()), float(two.n_lost[here].sum())
        share = n_lost / n_had if n_had else 1.0
    else:
        # Other recordings: how much more of its own the candidate has no value for.
        was = _share(old.n_missing[here].sum(), old.n_units[here].sum())
        share = max(_share(new.n_missing[later].sum(), new.n_units[later].sum()) - was, 0.0)
    kept = share <= policy.max_lost
    return Check(
        rule="coverage",
        metric=metric,
        group=group,
        outcome="pass" if kept else "fail",
        reason="kept" if kept else "lost",
        limit=policy.max_lost,
        value=share,
        n_people=_told(int(here.sum())),
    )


def _share(missing: float, valued: float) -> float:
    total = missing + valued
    return float(missing / total) if total else 1.0


def _blank(rule: str, group: str, one: Compared, other: Compared, limit: float) -> Check:
    return Check(
        rule="change" if rule == "change" else "gap",
        metric=one.metric,
        group=group,
        outcome="undecided",
        reason="wide",
        limit=limit,
        n_people=_told(one.n_people),
        n_against=_told(other.n_people),
    )


def _with_bounds(blank: Check, ends: tuple[float, float], strict: tuple[float, float]) -> Check:
    return replace(blank, low=ends[0], high=ends[1], low_of_all=strict[0], high_of_all=strict[1])


def _lacking(one: Compared, other: Compared) -> Reason | None:
    """What the sums lack for an interval to be read: events, or people behind them."""
    for side in (one, other):
        for sums in (side.all_before, side.all_after):
            total = float(sums.denominator.sum())
            if total > 0 and float(sums.denominator.max()) / total > LARGEST_SHARE:
                return "one-person"
            rows = sums.n_utterances + sums.n_missing
            if rows and sums.n_missing / rows > MOST_MISSING:
                return "missing"
            seen = float(sums.numerator.sum()) if side.kind == "rate" else sums.n_utterances
            if seen < FEWEST_EVENTS:
                return "events"
    return None


def _bounds(one: Compared, other: Compared) -> Bounds:
    if one.paired is not None and other.paired is not None:
        return paired_bounds(*one.heard, *other.heard)
    return unpaired_bounds(one.all_before, one.all_after, other.all_before, other.all_after)


def _gap_ends(one: Compared, other: Compared, alpha: float) -> tuple[float, float] | None:
    found = cr3.compare(one.all_after, other.all_after, level=1 - 2 * alpha)
    if found.difference_low is None or found.difference_high is None:
        return None
    return found.difference_low, found.difference_high


def _harms(direction: Direction) -> tuple[int, ...]:
    """The signs of a difference that harm the group."""
    return {"higher is worse": (1,), "higher is better": (-1,), "neither": (1, -1)}[direction]


def _upper(sign: int, ends: tuple[float, float]) -> float:
    return ends[1] if sign > 0 else -ends[0]


def _lower(sign: int, ends: tuple[float, float]) -> float:
    return ends[0] if sign > 0 else -ends[1]


def _told(people: int) -> int | None:
    return people if people >= FEWEST_TO_TEST else None
