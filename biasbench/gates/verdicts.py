"""What one rule of a policy came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from biasbench.evidence.sufficiency import FEWEST_TO_TEST
from biasbench.tables import REST

#: A rule, and a gate, either way, or neither way.
Outcome = Literal["pass", "fail", "undecided"]
Rule = Literal["change", "gap", "coverage"]

#: Why a rule came out so:
#:   within      the bound keeps to the limit            beyond     the other bound is past it
#:   better-off  the group is not worse off at all       wide       the limit lies between
#:   one-of-many past it as the only rule, and not as one of all those that are tested
#:   identical   nobody's sums differ, over enough of them
#:   people      too few on a side                       events     too few to see a change by
#:   one-person  one supplies most of a denominator      spread     everybody on a side is alike
#:   missing     too many of a side have no value        narrowing  grew, but the group is not
#:   lost, kept  more utterances lost than may be, or not           worse off than the others
Reason = Literal[
    "within", "beyond", "better-off", "wide", "one-of-many", "identical", "people", "events",
    "one-person", "spread", "missing", "lost", "kept", "narrowing",
]  # fmt: skip

#: The group of a rule about all recordings together.
EVERYBODY = ""


@dataclass(frozen=True)
class Check:
    """One rule for one metric and group; figures are in the metric's unit, or None.

    `value` is the change, the gap or the share lost; `low` and `high` its one-sided bounds, each
    at 1 − alpha; `low_of_all` and `high_of_all` those that a failure takes, at the Šidák level of
    all rules that are tested. `detectable` is the margin that a model which changes nothing would
    be shown to keep in 80 % of studies with these people, and `power` how often it would keep this
    one. `n_people` is None below 6: so few are not counted in public; nor is a total that gives
    them away (`without_totals`).
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
    low_of_all: float | None = None
    high_of_all: float | None = None
    before: float | None = None
    after: float | None = None
    n_people: int | None = None
    n_against: int | None = None
    detectable: float | None = None
    power: float | None = None
    people_needed: int | None = None  # on each side, for that power at this limit; as many on both
    fewest: int | None = None  # people that the policy wants


def without_totals(checks: Sequence[Check], group: Iterable[str], against: str) -> list[Check]:
    """The checks, without counts of everybody and of a rest where they leave fewer than 6 people.

    `group` is the label of each person. All others are counted one by one, so that a total minus
    them is how many people the groups below 6 have together.

    >>> check = Check("gap", "wer", "a", "pass", "within", 0.1, n_people=9, n_against=12)
    >>> [c.n_against for c in without_totals([check], "a" * 9 + "b" * 9 + "c" * 3, "rest")]
    [None]
    >>> [c.n_against for c in without_totals([check], "a" * 9 + "b" * 12, "rest")]
    [12]
    """
    few = sum(n for n in Counter(group).values() if n < FEWEST_TO_TEST)
    if not 0 < few < FEWEST_TO_TEST:
        return list(checks)
    return [
        replace(
            check,
            n_people=None if check.group == EVERYBODY else check.n_people,
            n_against=None if against == REST else check.n_against,
        )
        for check in checks
    ]
