"""Gates: what a comparison must have before its interval may be read as a verdict.

Every gate that fails is named, in this order (docs/statistics.md, "Gates on inference"):

    N-SPK   no speaker labels: nobody knows how many people there are
    N-SIZE  too few people on a side (n_min 10; 6 for a restricted audience)
    N-ERR   fewer than 30 events on a side, or everybody alike (rates only)
    N-DOM   one person supplies more than half of a side's denominator
    N-CONF  the two sides share almost no value of a recording condition
    N-MISS  more than 20 % of a side's rows have no value

Gates on the sources of the data come after these: `data_facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL
from biasbench.evidence.sums import Kind, SpeakerSums

Audience = Literal["public", "restricted"]

#: People on each side for a verdict.
FEWEST_PEOPLE: Mapping[Audience, int] = {"public": 10, "restricted": 6}
#: Below this no reader whatever gets a verdict: such a comparison is described, not tested.
FEWEST_TO_TEST = min(FEWEST_PEOPLE.values())
#: People on each side that one would want.
WANTED_PEOPLE = 20
FEWEST_EVENTS = 30
LARGEST_SHARE = 0.5
LEAST_OVERLAP = 0.1
MOST_MISSING = 0.2


@dataclass(frozen=True)
class Side:
    """What the gates look at on one side of a comparison."""

    name: str  # as the reader sees it: 'indian', rest
    n_speakers: int | None  # None: no speaker labels
    n_events: float  # Σ numerator
    largest_share: float  # the largest leverage h_i
    n_utterances: int
    n_missing: int


def side_of(name: str, sums: SpeakerSums) -> Side:
    """What the gates look at, from the sums."""
    total = float(sums.denominator.sum())
    return Side(
        name=name,
        n_speakers=sums.n_speakers,
        n_events=float(sums.numerator.sum()),
        largest_share=float(sums.denominator.max()) / total if total > 0 else 0.0,
        n_utterances=sums.n_utterances,
        n_missing=sums.n_missing,
    )


def failed_gates(
    group: Side,
    against: Side,
    *,
    kind: Kind,
    audience: Audience,
    by: str,
    overlaps: Mapping[str, float],
    no_spread: bool = False,
) -> list[str]:
    """A sentence for every gate that fails, its code first; empty when a verdict may be given.

    Each begins `CODE: ` or `CODE(key=value): `; a report takes its number from there.

    `overlaps` is the overlap of the two sides on each recording condition that can be checked.
    `no_spread` says that everybody on a side has the same value.

    >>> few = Side("'a'", 4, 90, 0.3, 40, 0)
    >>> failed_gates(few, Side("rest", 31, 400, 0.1, 300, 0), kind="rate", audience="public",
    ...              by="accent", overlaps={})
    ["N-SIZE(n_min=10): 4 people in 'a', 10 are needed for a verdict (20 or more are wanted)"]
    """
    if group.n_speakers is None or against.n_speakers is None:
        return [
            "N-SPK: no speaker labels, so nobody knows how many people these rows come from; "
            "the figures are described, without an interval"
        ]
    sides = (group, against)
    failed = _few_people(sides, audience)
    if kind == "rate":
        failed += [
            f"N-ERR(n_events={side.n_events:g}): {side.n_events:g} events in {side.name}, "
            f"{FEWEST_EVENTS} are needed"
            for side in sides
            if side.n_events < FEWEST_EVENTS
        ]
    if no_spread and not failed:
        failed.append(
            "N-ERR-FLAT: every person on a side has the same value, so that there is no spread "
            "between people to make an interval of"
        )
    failed += [
        f"N-DOM(pct={_percent(side.largest_share)}): one person supplies "
        f"{_percent(side.largest_share)} % of the denominator of "
        f"{side.name}, more than {_percent(LARGEST_SHARE)} %"
        for side in sides
        if side.largest_share > LARGEST_SHARE
    ]
    failed += [
        f"N-CONF(factor={condition}): {by} and {condition} coincide: {group.name} and "
        f"{against.name} overlap by "
        f"{overlap:.2f}, less than {LEAST_OVERLAP:.2f}"
        for condition, overlap in overlaps.items()
        if overlap < LEAST_OVERLAP
    ]
    failed += [
        f"N-MISS(pct={_percent(share)}): {_percent(share)} % of the rows of {side.name} have no "
        f"value, more than "
        f"{_percent(MOST_MISSING)} %"
        for side in sides
        if (share := _share_missing(side)) > MOST_MISSING
    ]
    return failed


def caution(group: Side, against: Side) -> str | None:
    """What to add to a verdict that rests on few people; None from 20 on.

    >>> caution(Side("'a'", 7, 90, 0.3, 40, 0), Side("rest", 31, 400, 0.1, 300, 0))
    "caution: 7 people in 'a', too few to publish a verdict (10 are needed, 20 or more are wanted)"
    """
    small = min((group, against), key=lambda side: side.n_speakers or 0)
    people = small.n_speakers or 0
    if people >= WANTED_PEOPLE:
        return None
    if people < FEWEST_PEOPLE["public"]:
        return (
            f"caution: {people} people in {small.name}, too few to publish a verdict "
            f"({FEWEST_PEOPLE['public']} are needed, {WANTED_PEOPLE} or more are wanted)"
        )
    return f"{people} people in {small.name}: {WANTED_PEOPLE} or more are wanted"


def _few_people(sides: tuple[Side, Side], audience: Audience) -> list[str]:
    needed = FEWEST_PEOPLE[audience]
    return [
        f"N-SIZE(n_min={needed}): {n_people(side.n_speakers)} in {side.name}, "
        f"{needed} are needed for a verdict ({WANTED_PEOPLE} or more are wanted)"
        + ("; no interval" if side.n_speakers < FEWEST_FOR_INTERVAL else "")
        for side in sides
        if side.n_speakers is not None and side.n_speakers < needed
    ]


def n_people(count: int) -> str:
    """A number of people as an error says it.

    >>> n_people(1), n_people(3)
    ('1 person', '3 people')
    """
    return "1 person" if count == 1 else f"{count} people"


def _share_missing(side: Side) -> float:
    rows = side.n_utterances + side.n_missing
    return side.n_missing / rows if rows else 0.0


def _percent(share: float) -> str:
    return f"{100 * share:.3g}"
