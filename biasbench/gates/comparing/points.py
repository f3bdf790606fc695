"""One point a model: the value of everybody together, and that of the group that fares worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from biasbench.errors import InsufficientDataError
from biasbench.evidence.estimate import Estimate, estimate
from biasbench.gates.comparing.comparison import Point
from biasbench.gates.comparing.models import Taken
from biasbench.gates.comparing.pareto import on_front
from biasbench.gates.comparing.question import Question


def points_of(
    question: Question, models: Sequence[Taken]
) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """The points, and the groups that the worst one is picked from: the same for every model.

    Raises InsufficientDataError where no group has the people with every model.
    """
    single = [
        {
            name: estimate(question.sums(one.side, [name]), level=question.level)
            for name in question.known
        }
        for one in models
    ]
    least = question.min_people
    among = tuple(
        name for name in question.known if all(own[name].n_speakers >= least for own in single)
    )
    if not among:
        raise InsufficientDataError(
            f"no group of {question.by} has {least} people with every model, so that no worst "
            "group can be picked"
        )
    points = [
        _point(question, model, {name: own[name] for name in among})
        for model, own in zip(models, single, strict=True)
    ]
    front = on_front(
        [question.worse * point.overall for point in points],
        [question.worse * point.worst for point in points],
    )
    placed = [replace(one, on_front=bool(is_on)) for one, is_on in zip(points, front, strict=True)]
    return tuple(placed), among


def _point(question: Question, model: Taken, single: Mapping[str, Estimate]) -> Point:
    everybody = estimate(question.sums(model.side, question.known), level=question.level)
    # People with a denominator have a value.
    name = max(single, key=lambda one: question.worse * cast(float, single[one].value))
    worst = single[name]
    return Point(
        model=model.name,
        overall=cast(float, everybody.value),
        low=everybody.low,
        high=everybody.high,
        worst_group=name,
        worst=cast(float, worst.value),
        worst_low=worst.low,
        worst_high=worst.high,
    )
