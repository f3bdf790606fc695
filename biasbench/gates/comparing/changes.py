"""The gap of each later model minus that of the first: person by person, or of other recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from biasbench.errors import TableError
from biasbench.evidence.swaps.pairing import Heard
from biasbench.gates.bounds import paired_bounds, unpaired_bounds
from biasbench.gates.comparing.comparison import Change, TooFew
from biasbench.gates.comparing.gaps import EndsAt, caution, with_intervals
from biasbench.gates.comparing.models import Taken
from biasbench.gates.comparing.question import Labels, Question
from biasbench.gates.lines import one_line
from biasbench.gates.pairing import Paired, on_one_form, pair
from biasbench.gates.sides import COMPARED, Side
from biasbench.report.numbers import whole

_ANEW = "a change is of the same recordings heard by both models: give measures of one corpus"


def changes_of(
    question: Question, models: Sequence[Taken], key: str | Path | None
) -> tuple[tuple[Change, ...], tuple[TooFew, ...], list[str]]:
    """Each change with its intervals; those of too few people; and what to tell of the pairing.

    Raises TableError where two models were not scored the same way, or not on the same words.
    """
    tested: list[tuple[Change, EndsAt]] = []
    few = []
    notes = []
    first = models[0]
    for later in models[1:]:
        notes += _differences(first, later)
        before, after, two = first.side, later.side, None
        if not _heard_others(before, after):
            before, after = on_one_form(first.given, later.given, None if key is None else str(key))
            two = pair(before, after, question.metric, anew=_ANEW)
            notes += _left_out(two, first, later)
        for name, labels in question.comparisons().items():
            found = _change(question, later.name, name, labels, before, after, two)
            if found is None:
                few.append(TooFew("change", later.name, name))
            else:
                tested.append(found)
    return with_intervals(tested, question.level), tuple(few), notes


def _change(
    question: Question,
    model: str,
    group: str,
    labels: tuple[Labels, Labels],
    before: Side,
    after: Side,
    two: Paired | None,
) -> tuple[Change, EndsAt] | None:
    """The change of one group; None where a side has too few people."""
    # The group before and after, then the other side before and after.
    four = [question.sums(side, own) for own in labels for side in (before, after)]
    if two is None:
        n_people, n_against = (min(a.n_speakers, b.n_speakers) for a, b in (four[:2], four[2:]))
    else:
        heard = [one for own in labels for one in _heard(two, own)]
        n_people, n_against = len(heard[0].denominator), len(heard[2].denominator)
    if min(n_people, n_against) < question.min_people:
        return None
    bounds = unpaired_bounds(*four) if two is None else paired_bounds(*heard)
    change = Change(
        model=model,
        group=group,
        against=question.against,
        n_people=n_people,
        n_against=n_against,
        before=bounds.gap_before,
        after=bounds.gap_after,
        change=bounds.change,
        paired=two is not None,
        note=caution(question, group, [(four[0], four[2]), (four[1], four[3])], bounds.note),
    )
    return change, lambda level: bounds.interval((1 - level) / 2) or (None, None)


def _heard(two: Paired, labels: Labels) -> tuple[Heard, Heard]:
    own = np.array([label in labels for label in two.group], dtype=bool)
    here = two.here & (two.denominator > 0) & own
    weight = two.denominator[here]
    return Heard(two.before[here], weight), Heard(two.after[here], weight)


def _heard_others(before: Side, after: Side) -> bool:
    was, is_now = before.facts.get("corpus"), after.facts.get("corpus")
    return was is not None and is_now is not None and was != is_now


def _differences(first: Taken, later: Taken) -> list[str]:
    """What else than the model may make a change; another normaliser is refused."""
    one, other = first.side, later.side
    notes = []
    for fact, what in COMPARED.items():
        was, is_now = one.facts.get(fact), other.facts.get(fact)
        if (was is None) != (is_now is None):
            silent = one_line(one.source if was is None else other.source)
            notes.append(f"{silent} does not say its {what}: it is taken to be that of the other")
        elif was != is_now and fact == "norm":
            raise TableError(
                f"{other.source}: the {what} is {is_now}, and that of {one.source} is {was}; "
                "models are set side by side only as scored the same way: measure them with the "
                "same normaliser"
            )
    notes += [
        f"{later.label} was decoded with {one_line(f'{name}={other.settings[name]}')}, and "
        f"{first.label} with {one_line(f'{name}={one.settings[name]}')}: a change may come from "
        "either"
        for name in sorted(one.settings.keys() & other.settings.keys())
        if one.settings[name] != other.settings[name]
    ]
    if _heard_others(one, other):
        notes.append(
            f"{later.label} heard other recordings ({one_line(other.facts['corpus'])}) than "
            f"{first.label} ({one_line(one.facts['corpus'])}): the change is not paired, and part "
            "of it may be the recordings'"
        )
    return notes


def _left_out(two: Paired, first: Taken, later: Taken) -> list[str]:
    notes = []
    n_alone = int(two.n_lost.sum()) + two.n_only_after
    if n_alone:
        notes.append(
            f"{later.label}: of {whole(n_alone, 'en')} utterances only it or only {first.label} "
            "has a value; they are in no change"
        )
    has_sums_alone = not (first.side.has_rows and later.side.has_rows)
    if has_sums_alone and (~two.here & (two.n_lost < two.n_had)).any():
        notes.append(
            f"{later.label}: people of whom only one of the two models has some utterance are in "
            "no change, since a baseline has their sums alone"
        )
    return notes
