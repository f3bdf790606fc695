"""What one rule of a policy came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: A rule, and a gate, either way, or neither way.
Outcome = Literal["pass", "fail", "undecided"]
Rule = Literal["change", "gap", "coverage"]

#: Why a rule came out so:
#:   within      the bound keeps to the limit            beyond     the other bound is past it
#:   better-off  the group is not worse off at all       wide       the limit lies between
#:   identical   nobody's sums differ, over enough of them
#:   people      too few on a side                       events     too few to see a change by
#:   one-person  one supplies most of a denominator      spread     everybody on a side is alike
#:   missing     too many of a side have no value        narrowing  grew, but the group is not
#:   lost, kept  more utterances lost than may be, or not           worse off than the others
Reason = Literal[
    "within", "beyond", "better-off", "wide", "identical", "people", "events", "one-person",
    "spread", "missing", "lost", "kept", "narrowing",
]  # fmt: skip

#: The group of a rule about all recordings together.
EVERYBODY = ""


@dataclass(frozen=True)
class Check:
    """One rule for one metric and group; figures are in the metric's unit, or None.

    `value` is the change, the gap or the share lost; `low` and `high` its one-sided bounds, each
    at 1 − alpha. `detectable` is the margin that a model which changes nothing would be shown to
    keep in 80 % of studies with these people, and `power` how often it would keep this one.
    `n_people` is None below 6: so few are not counted in public.
    """

    rule: Rule
    metric: str
    group: str
    outcome: Outcome
    reason: Reason
    limit: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    after: float | None = None
    n_people: int | None = None
    n_against: int | None = None
    detectable: float | None = None
    power: float | None = None
    people_needed: int | None = None  # on each side, for that power at this limit; as many on both
    fewest: int | None = None  # people that the policy wants
