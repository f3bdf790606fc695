"""From an answer to a finding: gates first, then the rule, then what it would take.

gates            any that fails → V-N, margin or no margin
direction        'neither', or nobody said → no verdict
margin           none declared → no verdict
interval rule    → exactly one code
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from biasbench.evidence.cells import Cell
from biasbench.evidence.comparison import Comparison
from biasbench.evidence.effective import Effective, Range, effective
from biasbench.evidence.estimate import FEWEST_FOR_INTERVAL, between_speaker_sd, rate
from biasbench.evidence.family import Answer, Question
from biasbench.evidence.finding import Finding
from biasbench.evidence.outcome import Settings
from biasbench.evidence.planning.power import (
    minimum_detectable_difference,
    minimum_detectable_ratio,
    people_needed,
)
from biasbench.evidence.sufficiency import FEWEST_PEOPLE, caution, failed_gates, side_of
from biasbench.evidence.verdict import Verdict, judge
from biasbench.tables import REST, Direction

#: What `direction` says in a finding when nobody said which way is worse.
UNDECLARED = "undeclared"

#: What a comparison stands on where nobody knows who speaks.
_NOTHING = Effective(None, None, None, None, None, None, None, None)

#: The size that planning asks for is reached, and still the interval holds both answers.
_BETWEEN = (
    "the rough size for this margin is reached already; a gap that lies between 0 and the margin "
    "takes more people than that"
)


@dataclass(frozen=True)
class Context:
    """What a conclusion needs beside the figures."""

    cell: Cell
    settings: Settings
    direction: Direction | None
    overlaps: Mapping[str, float]  # condition → overlap of the two sides


def conclude(question: Question, answer: Answer, context: Context) -> Finding:
    """The finding: both intervals, both p-values, the verdict and its reason."""
    cell, settings = context.cell, context.settings
    verdict = _verdict(question, answer.adjusted, context)
    needed = _needed(question, verdict, context)
    if verdict.code == "V-I" and needed is not None and needed <= question.fewest_people:
        verdict = replace(verdict, reason=f"{verdict.reason}; {_BETWEEN}")
    adjusted, alone = answer.adjusted, answer.alone
    has_speakers = cell.speaker is not None
    stands_on = effective(question.one, question.other) if has_speakers else _NOTHING
    difference_range = _ends(stands_on.difference_without_one)
    ratio_range = _ends(stands_on.ratio_without_one)
    return Finding(
        system=cell.system,
        metric=cell.metric,
        by=settings.by,
        group=question.group,
        against=question.against,
        value=alone.value,
        against_value=alone.against_value,
        difference=alone.difference,
        difference_low=adjusted.difference_low,
        difference_high=adjusted.difference_high,
        ratio=alone.ratio,
        ratio_low=adjusted.ratio_low,
        ratio_high=adjusted.ratio_high,
        level=settings.level,
        n_comparisons=settings.n_comparisons,
        difference_low_unadjusted=alone.difference_low,
        difference_high_unadjusted=alone.difference_high,
        ratio_low_unadjusted=alone.ratio_low,
        ratio_high_unadjusted=alone.ratio_high,
        p_value=alone.p,
        p_adjusted=answer.p_adjusted,
        p_holm=answer.p_holm,
        p_max_t=answer.p_max_t,
        p_bh=answer.p_bh,
        margin=settings.margins[cell.metric],
        direction=context.direction or UNDECLARED,
        n_speakers=question.one.n_speakers if has_speakers else None,
        n_against=question.other.n_speakers if has_speakers else None,
        n_effective=stands_on.n_effective,
        n_effective_against=stands_on.n_effective_against,
        largest_leverage=stands_on.largest_leverage,
        standard_error=stands_on.standard_error,
        standard_error_naive=stands_on.standard_error_naive,
        design_effect=stands_on.design_effect,
        difference_without_one_low=difference_range[0],
        difference_without_one_high=difference_range[1],
        ratio_without_one_low=ratio_range[0],
        ratio_without_one_high=ratio_range[1],
        detectable=_detectable(question, settings) if has_speakers else None,
        n_utterances=question.one.n_utterances,
        n_missing=question.one.n_missing,
        n_needed=needed,
        method=alone.method,
        verdict=verdict.code,
        reason=verdict.reason,
    )


def _verdict(question: Question, adjusted: Comparison, context: Context) -> Verdict:
    cell, settings = context.cell, context.settings
    against = REST if question.against == REST else f"'{question.against}'"
    group_side = side_of(f"'{question.group}'", question.one)
    other_side = side_of(against, question.other)
    if cell.speaker is None:
        group_side = replace(group_side, n_speakers=None)
        other_side = replace(other_side, n_speakers=None)
    failed = failed_gates(
        group_side,
        other_side,
        kind=cell.kind,
        audience=settings.audience,
        by=settings.by,
        overlaps=context.overlaps,
        no_spread=adjusted.difference_low is None,
    )
    if settings.data_facts is not None:
        failed += settings.data_facts.failed_gates(
            system=cell.system,
            metric=cell.metric,
            groups=(question.group, *sorted(question.others)),
        )
    if failed:
        return Verdict("V-N", "; also ".join(failed))
    if context.direction is None:
        return Verdict(
            None,
            f"nobody said which way of {cell.metric} is worse: pass direction= "
            "('higher is worse', 'higher is better' or 'neither')",
        )
    if context.direction == "neither":
        return Verdict(None, f"neither way of {cell.metric} is worse: described, not judged")
    margin = settings.margins[cell.metric]
    if margin is None:
        return Verdict(
            None,
            f"no margin was declared for {cell.metric}: pass margin=, the smallest difference "
            "that matters, decided before looking",
        )
    verdict = judge(adjusted, margin=margin, direction=context.direction)
    words = caution(group_side, other_side)
    return replace(verdict, reason=f"{verdict.reason}; {words}") if words else verdict


def _ends(found: Range | None) -> tuple[float | None, float | None]:
    return (None, None) if found is None else (found.low, found.high)


def _detectable(question: Question, settings: Settings) -> float | None:
    """The smallest ratio (of a mean, difference) that 8 such studies in 10 would show.

    At the level that the verdict reads; None where there is no test, or people do not differ.
    """
    one, other = question.one, question.other
    sd, against_sd = between_speaker_sd(one), between_speaker_sd(other)
    if not (question.is_tested and sd > 0 and against_sd > 0):  # NaN: one person is a whole side
        return None
    people, against_people = one.n_speakers, other.n_speakers
    if one.kind == "mean":
        return minimum_detectable_difference(
            sd=sd,
            against_sd=against_sd,
            people=people,
            against_people=against_people,
            level=settings.adjusted_level,
        )
    return minimum_detectable_ratio(
        cv=sd / rate(one.numerator, one.denominator),
        against_cv=against_sd / rate(other.numerator, other.denominator),
        people=people,
        against_people=against_people,
        level=settings.adjusted_level,
    )


def _needed(question: Question, verdict: Verdict, context: Context) -> int | None:
    """People per group that would settle it: for V-I, and for too few people where it can be had.

    Never below the number that any verdict needs. The level is the adjusted one, which is what
    the verdict reads.
    """
    margin = context.settings.margins[context.cell.metric]
    unsettled = verdict.code == "V-I" or verdict.reason.startswith("N-SIZE")
    sides = (question.one, question.other)
    if margin is None or not unsettled or question.fewest_people < FEWEST_FOR_INTERVAL:
        return None
    sd, against_sd = (between_speaker_sd(side) for side in sides)
    if not (sd >= 0 and against_sd >= 0):  # NaN: one person is a whole side
        return None
    needed = people_needed(sd, margin, against_sd=against_sd, level=context.settings.adjusted_level)
    return max(needed, FEWEST_PEOPLE["public"])
