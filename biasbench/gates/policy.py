"""A policy: what a swap of models may do to a gap, declared before anybody looks.

Every key that there is (gate.toml); the first three and one of the limits must be there:

    metrics = ["wer"]                # each is gated
    by = "accent"                    # the column that makes the groups
    max_change = 0.01                # by how much a gap may grow, in the metric's unit
    max_gap = 0.03                   # how large a gap of the candidate may be
    against = "rest"                 # or the name of a group
    groups = ["Maghreb", "Antilles"] # all by default
    alpha = 0.05                     # how often a swap at a limit may pass by chance
    min_people = 10                  # on each side; 6 is the fewest that anything can be said of
    max_lost = 0.01                  # share of the utterances that the candidate may lose
    undecided = "fail"               # or "go on": exit code 0 all the same, and never a pass
    options = "same"                 # or "any": decoding settings may differ too
    corpora = "same"                 # or "any": other recordings; the two are then not paired

    [max_change]                     # in place of the number, one for each metric
    wer = 0.01
    "mean_score:politeness" = 2

    [direction]                      # of a metric that does not say which way is worse
    my_rate = "higher is worse"
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from biasbench.errors import OptionError
from biasbench.evidence.sufficiency import FEWEST_PEOPLE, FEWEST_TO_TEST
from biasbench.tables import REST, Direction
from biasbench.tables.toml_parts import Part, read_toml

Undecided = Literal["fail", "go on"]
Allowed = Literal["same", "any"]

_KEYS = (
    "metrics", "by", "max_change", "max_gap", "against", "groups", "alpha", "min_people",
    "max_lost", "undecided", "options", "corpora", "direction",
)  # fmt: skip


@dataclass(frozen=True)
class Policy:
    """What is gated, and what the limits are; `read_policy` makes one from gate.toml.

    Limits are by metric, in the metric's own unit (0.01 is a point of word error rate); a metric
    without one of a kind is not held to that kind. Raises OptionError for what cannot be meant.

    >>> Policy(metrics=("wer",), by="accent", max_change={"wer": 0.01}).min_people
    10
    """

    metrics: tuple[str, ...]
    by: str
    max_change: Mapping[str, float] = field(default_factory=dict)
    max_gap: Mapping[str, float] = field(default_factory=dict)
    against: str = REST
    groups: tuple[str, ...] | None = None
    alpha: float = 0.05
    min_people: int = FEWEST_PEOPLE["public"]
    max_lost: float = 0.01
    undecided: Undecided = "fail"
    options: Allowed = "same"
    corpora: Allowed = "same"
    direction: Mapping[str, Direction] = field(default_factory=dict)
    source: str = "policy"

    def __post_init__(self) -> None:
        _check(self)


def read_policy(path: str | Path) -> Policy:
    """The policy in a TOML file (module docstring), or what is wrong with it in one line.

    Raises NotFoundError for a missing file, and OptionError with file, key, value and what to do.
    """
    written = read_toml(path)
    written.known(_KEYS)
    metrics = written.texts("metrics")
    if not metrics:
        raise OptionError(
            f'{written.source}: metrics is missing: write those that are gated, as ["wer"]'
        )
    directions = written.part("direction")
    directions.known(metrics)
    return Policy(
        metrics=metrics,
        by=written.text("by", "write the column that makes the groups, such as 'accent'"),
        max_change=_limits(written, "max_change", metrics),
        max_gap=_limits(written, "max_gap", metrics),
        against=written.said("against") or REST,
        groups=written.texts("groups") or None,
        alpha=_number(written, "alpha", 0.05),
        min_people=written.count("min_people", FEWEST_PEOPLE["public"]),
        max_lost=_number(written, "max_lost", 0.01),
        undecided=cast(Undecided, written.one_of("undecided", get_args(Undecided), "fail")),
        options=cast(Allowed, written.one_of("options", get_args(Allowed), "same")),
        corpora=cast(Allowed, written.one_of("corpora", get_args(Allowed), "same")),
        direction={
            name: cast(Direction, directions.one_of(name, get_args(Direction)))
            for name in directions.content
        },
        source=written.source,
    )


def policy_of(given: Policy | str | Path) -> Policy:
    """A policy, or the one in a file."""
    return given if isinstance(given, Policy) else read_policy(given)


def _limits(written: Part, key: str, metrics: Sequence[str]) -> dict[str, float]:
    value = written.content.get(key)
    if value is None:
        return {}
    if isinstance(value, Mapping):
        part = written.part(key)
        part.known(metrics)
        return {name: part.needed(name, "the limit") for name in part.content}
    limit = written.number(key)
    return dict.fromkeys(metrics, cast(float, limit))


def _number(written: Part, key: str, default: float) -> float:
    value = written.number(key)
    return default if value is None else value


def _check(policy: Policy) -> None:
    at = policy.source
    if not policy.metrics or not isinstance(policy.metrics, tuple):
        raise OptionError(f"{at}: metrics is {policy.metrics!r}: write a tuple, as ('wer',)")
    for kind, limits in (("max_change", policy.max_change), ("max_gap", policy.max_gap)):
        for metric, limit in limits.items():
            if metric not in policy.metrics:
                raise OptionError(f"{at}: {kind} is of '{metric}', which is not among metrics")
            if not (math.isfinite(limit) and limit > 0):
                raise OptionError(
                    f"{at}: {kind} of {metric} is {limit:g}: it is above 0, in the metric's own "
                    "unit (0.01 is a point of word error rate); no number of people shows that a "
                    "gap grew by nothing at all"
                )
    for metric in policy.metrics:
        if metric not in policy.max_change and metric not in policy.max_gap:
            raise OptionError(
                f"{at}: {metric} has no limit: write max_change (by how much its gap may grow) or "
                "max_gap (how large it may be), in the metric's unit"
            )
        if policy.metrics.count(metric) > 1:
            raise OptionError(f"{at}: metrics names '{metric}' twice; keep one")
    if not 0 < policy.alpha < 0.5:
        raise OptionError(f"{at}: alpha is {policy.alpha:g}: write one below 0.5, as 0.05")
    if policy.min_people < FEWEST_TO_TEST:
        raise OptionError(
            f"{at}: min_people is {policy.min_people}: nothing can be said of fewer than "
            f"{FEWEST_TO_TEST} people"
        )
    if not 0 <= policy.max_lost < 1:
        raise OptionError(
            f"{at}: max_lost is {policy.max_lost:g}: write a share from 0 to below 1; 0.01 is 1 %"
        )
    if policy.groups and policy.against in policy.groups:
        raise OptionError(
            f"{at}: '{policy.against}' stands in groups and in against; a group is not compared "
            "with itself"
        )
