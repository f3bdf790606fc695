"""compare(models): gaps, changes and errors of several models side by side; nothing is ranked.

    gaps     R_g − R_a of each model, two-sided (`methods.cr3`)
    changes  the gap of each later model minus that of the first, person by person (`bounds`)
    points   the value of everybody together, and that of the group that fares worst

Models stand in the order given. Each interval is there twice: at 1 − α alone, and at the
single-step Šidák level (1 − α)^(1/m) over the m rows of its table, as for all of them at once.

Gaps and points of a model stand on the utterances that it has a value for; a change on those that
both models have one for. Nothing is said of a group with fewer than `min_people` people on a side.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast, get_args

from biasbench.corpus import Corpus
from biasbench.errors import InsufficientDataError, OptionError, TableError
from biasbench.evidence import sufficiency
from biasbench.evidence.options import groups_asked, other_side
from biasbench.gates.comparing.changes import changes_of
from biasbench.gates.comparing.comparison import ModelComparison
from biasbench.gates.comparing.gaps import gaps_of
from biasbench.gates.comparing.models import Taken, models_of
from biasbench.gates.comparing.points import points_of
from biasbench.gates.comparing.question import Question
from biasbench.gates.gating import Given
from biasbench.gates.sides import COMPARED, Side
from biasbench.provenance import Provenance
from biasbench.report.numbers import share
from biasbench.tables import METRIC_DIRECTION, REST, UNKNOWN, Direction


def compare(
    sources: Sequence[Given],
    *,
    by: str,
    metric: str | None = None,
    against: str = REST,
    corpus: Corpus | str | Path | None = None,
    groups: Sequence[str] | None = None,
    min_people: int = sufficiency.FEWEST_PEOPLE["public"],
    alpha: float = 0.05,
    key: str | Path | None = None,
) -> ModelComparison:
    """Several models side by side, in the order given; changes are measured from the first.

    Parameters
    ----------
    sources
        Measures (an object, a table or its file), runs (or their folders), which are measured on
        `corpus`, or baselines. A table of several systems is several models.
    metric
        May be left out where there is one.
    against, groups
        The other side, and the groups that are set against it; all by default.
    min_people
        On each side; a group with fewer has no figure.
    alpha
        Intervals are two-sided, at 1 − alpha.
    key
        The key file of baselines that were written with one.

    Raises
    ------
    OptionError, NotFoundError
        Fewer than two models; a metric, group or key that cannot be meant; a metric of which
        neither way is worse, for which there is no worst group.
    TableError
        The models were not scored the same way, or not on the same words.
    InsufficientDataError
        No group has the people.

    >>> import pandas as pd
    >>> people = [f"p{number:02}" for number in range(24)]
    >>> old = pd.DataFrame({
    ...     "system": "asr:old", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30 + number % 7 for number in range(24)],
    ...     "denominator": 200.0, "accent": ["a", "b"] * 12})
    >>> new = old.assign(system="asr:new", numerator=old["numerator"] + [1, 2, -1, 0, 0, -2] * 4)
    >>> found = compare([old, new], by="accent", groups=["a"])
    >>> change = found.changes[0]
    >>> [round(one, 4) for one in (change.low, change.change, change.high)]
    [-0.0061, 0.0, 0.0061]
    >>> [(point.model, point.worst_group, point.on_front) for point in found.points]
    [('asr:old', 'a', True), ('asr:new', 'a', True)]
    """
    _check_numbers(alpha, min_people)
    metric, models = models_of(sources, by=by, metric=metric, corpus=corpus)
    sides = [model.side for model in models]
    direction = _direction(sides, metric)
    known = sorted({label for side in sides for label in side.groups} - {UNKNOWN})
    against = other_side(against, known, sides[0].by)
    question = Question(
        metric=metric,
        kind="mean" if any(side.metrics[metric].kind == "mean" for side in sides) else "rate",
        direction=direction,
        by=sides[0].by,
        against=against,
        known=tuple(known),
        groups=groups_asked(groups, known, against)
        or tuple(name for name in known if name != against),
        alpha=alpha,
        min_people=min_people,
    )
    gaps, few_gaps = gaps_of(question, models)
    if not gaps:
        raise InsufficientDataError(
            f"no group of {question.by} has {min_people} people on both sides (against "
            f"'{against}') with any of the models; nothing can be set side by side"
        )
    changes, few_changes, notes = changes_of(question, models, key)
    points, among = points_of(question, models)
    return ModelComparison(
        metric=metric,
        direction=direction,
        by=question.by,
        against=against,
        models=tuple(one.model for one in models),
        gaps=gaps,
        changes=changes,
        points=points,
        too_few=few_gaps + few_changes,
        among=among,
        alpha=alpha,
        min_people=min_people,
        synthetic=any(side.synthetic for side in sides),
        notes=tuple(dict.fromkeys([*_missing(models), *notes])),
        signature=_signature(question, models),
    )


def _check_numbers(alpha: float, min_people: int) -> None:
    if not 0 < alpha < 0.5:
        raise OptionError(f"alpha={alpha:g} is not between 0 and 0.5; 0.05 is usual")
    if min_people < sufficiency.FEWEST_TO_TEST:
        raise OptionError(
            f"min_people={min_people}: nothing can be said of fewer than "
            f"{sufficiency.FEWEST_TO_TEST} people"
        )


def _direction(sides: Sequence[Side], metric: str) -> Direction:
    said = {one: side.source for side in sides if (one := side.metrics[metric].direction)}
    if len(said) > 1:
        (first, here), (second, there) = list(said.items())[:2]
        raise TableError(f"{there}: {metric} is '{second}', and '{first}' in {here}")
    found = next(iter(said), METRIC_DIRECTION.get(metric))
    if found is None:
        raise OptionError(
            f"which way of {metric} is worse is not known: give the tables a column 'direction' "
            f"that says {' or '.join(repr(one) for one in get_args(Direction)[:2])}"
        )
    if found == "neither":
        raise OptionError(
            f"{metric}: neither way is worse, so that there is no worst group and no front; "
            "compare a metric of which one way is"
        )
    return cast(Direction, found)  # tables check it at their door


def _missing(models: Sequence[Taken]) -> list[str]:
    return [
        f"{one.label}: {share(one.n_missing / (one.n_missing + one.n_utterances), 'en')} of its "
        "utterances have no value and are in no figure"
        for one in (taken.model for taken in models)
        if one.n_missing
    ]


def _signature(question: Question, models: Sequence[Taken]) -> str:
    from biasbench import __version__

    said = {name: [one.side.facts.get(name) for one in models] for name in COMPARED}
    facts = {name: ", ".join(dict.fromkeys(filter(None, all_))) for name, all_ in said.items()}
    return Provenance().signature(
        {
            **{name: values for name, values in facts.items() if values},
            "system": ", ".join(one.name for one in models),
            "metric": question.metric,
            "by": question.by,
            "against": question.against,
            "unit": "speaker",
            "interval": "two-sided cr3-satterthwaite, alone and Šidák-adjusted",
            "level": f"{question.level:g}",
            "biasbench": __version__,
        }
    )
