"""gate(baseline, candidate, policy): did a gap widen, and is a gap too wide?

For each metric and group, against the declared other side, with D = R_g − R_a as the metric's
direction makes it worse for the group:

    change    pass  where the upper bound of D_after − D_before is at most max_change, at α; or
                    where the group is not worse off: upper bound of D_after at most 0, at α/5
              fail  where the lower bound of D_after − D_before is above max_change and D_after > 0
    gap       pass  where the upper bound of D_after is at most max_gap, at α
              fail  where the lower bound is above max_gap
    coverage  fail  where more than max_lost of the utterances that the baseline has a value for
                    have none any more, overall or in a group: counted, not estimated

and "cannot be decided" otherwise: a limit inside the bounds, too few people, too few events. The
gate passes where every rule passes, and fails where one fails.

Multiplicity. That the gate passes asserts every rule at once, so each is held to α and the chance
that a swap passes which is beyond a limit somewhere is at most α, however many rules there are
(intersection–union: Berger 1982, Technometrics 24:295–300). That it fails asserts one out of
many, so the bounds of a failure are at the single-step Šidák level 1 − (1 − α)^(1/m) over the m
rules of the declared family that have the people to be tested.

A group that is better off than the others and comes nearer to them is not harmed: that is what
the second way to pass is for. It costs α/5, so a swap at its limit passes at most 1.2·α of the
time; tests/gates/test_rates.py counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from biasbench.corpus import Corpus
from biasbench.errors import OptionError, not_found
from biasbench.evidence.intake import MeasuresLike
from biasbench.evidence.options import other_side
from biasbench.evidence.sums import FloatArray, Kind
from biasbench.gates.baselines import Baseline
from biasbench.gates.pairing import Paired, check_comparable, on_one_form, pair
from biasbench.gates.policy import Policy, policy_of
from biasbench.gates.rules import Compared, judge_change, judge_coverage, judge_gap, too_few
from biasbench.gates.sides import Side, members, set_against, sums_of
from biasbench.gates.sources import side_from
from biasbench.gates.verdicts import Check, Outcome, without_totals
from biasbench.provenance import Provenance
from biasbench.runs import Run
from biasbench.tables import METRIC_DIRECTION, UNKNOWN, Direction

#: What either side may be given as.
Given = MeasuresLike | pd.DataFrame | Run | Side | Baseline | str | Path

_EXIT: dict[Outcome, int] = {"pass": 0, "fail": 1, "undecided": 3}


@dataclass(frozen=True)
class Gate:
    """What the gate says, with every rule behind it."""

    outcome: Outcome
    checks: tuple[Check, ...]
    policy: Policy
    baseline: str  # where each side came from
    candidate: str
    system_before: str
    system_after: str
    paired: bool
    synthetic: bool  # nobody spoke: nothing follows about people
    notes: tuple[str, ...]
    signature: str

    @property
    def exit_code(self) -> int:
        """0 pass, 1 fail, 3 cannot be decided (0 where the policy says to go on)."""
        if self.outcome == "undecided" and self.policy.undecided == "go on":
            return 0
        return _EXIT[self.outcome]

    def of(self, outcome: Outcome) -> tuple[Check, ...]:
        """The rules that came out so."""
        return tuple(check for check in self.checks if check.outcome == outcome)


def gate(
    baseline: Given,
    candidate: Given,
    policy: Policy | str | Path,
    *,
    corpus: Corpus | str | Path | None = None,
    baseline_system: str | None = None,
    candidate_system: str | None = None,
    key: str | Path | None = None,
) -> Gate:
    """Whether the candidate keeps to the policy, beside the baseline.

    Parameters
    ----------
    baseline, candidate
        Measures (an object, a table or its file), a baseline (`write_baseline`), or a run (or its
        folder), which is measured on `corpus`.
    policy
        A `Policy`, or the file of one (gate.toml).
    corpus
        What the runs heard; an import brings its own.
    baseline_system, candidate_system
        Which system, where a table has several.
    key
        The key file that a baseline's pseudonyms were made with, if it has one.

    Raises
    ------
    TableError
        The two sides cannot be set against each other: another corpus, normaliser or decoding
        setting, other people or words; or a baseline that was changed or cut off.
    OptionError, NotFoundError
        A policy, metric, group, system or key that cannot be meant.
    InsufficientDataError
        Nobody knows who speaks.

    >>> people = [f"p{number:02}" for number in range(24)]
    >>> old = pd.DataFrame({
    ...     "system": "asr:old", "unit_id": people, "metric": "wer", "speaker_id": people,
    ...     "numerator": [30 + number % 7 for number in range(24)],
    ...     "denominator": 200.0, "accent": ["a", "b"] * 12})
    >>> new = old.assign(system="asr:new", numerator=old["numerator"] + [1, 2, -1, 0, 0, -2] * 4)
    >>> asked = Policy(metrics=("wer",), by="accent", groups=("a",), max_change={"wer": 0.01})
    >>> found = gate(old, new, asked)
    >>> found.outcome, found.exit_code, [(check.rule, check.outcome) for check in found.checks][:2]
    ('pass', 0, [('coverage', 'pass'), ('coverage', 'pass')])
    """
    asked = policy_of(policy)
    before = side_from(baseline, asked, corpus, baseline_system, "baseline")
    after = side_from(candidate, asked, corpus, candidate_system, "candidate")
    plain_before, plain_after = _plain(before), _plain(after)
    notes = check_comparable(plain_before, plain_after, asked)
    is_paired = _is_paired(plain_before, plain_after, asked)
    if is_paired:
        plain_before, plain_after = on_one_form(before, after, None if key is None else str(key))
    comparisons = _comparisons(plain_before, plain_after, asked)
    checks: list[Check] = []
    tested: list[tuple[str, Compared, Compared]] = []
    for metric in asked.metrics:
        two = pair(plain_before, plain_after, metric) if is_paired else None
        if two is not None:
            notes += _told(two, plain_before, plain_after)
        direction = _direction(metric, plain_before, plain_after, asked)
        checks += judge_coverage(metric, two, plain_before, plain_after, comparisons, asked)
        for name, (group, against) in comparisons.items():
            one = _compared(metric, two, plain_before, plain_after, group, direction)
            other = _compared(metric, two, plain_before, plain_after, against, direction)
            few = too_few(metric, name, one, other, asked)
            checks += few
            if not few:
                tested.append((name, one, other))
    family = sum(
        (side.metric in asked.max_change) + (side.metric in asked.max_gap) for _, side, _ in tested
    )
    alpha_fail = 1 - (1 - asked.alpha) ** (1 / max(family, 1))
    for name, one, other in tested:
        if one.metric in asked.max_change:
            checks.append(judge_change(name, one, other, asked, alpha_fail))
        if one.metric in asked.max_gap:
            checks.append(judge_gap(name, one, other, asked, alpha_fail))
    checks = without_totals(checks, plain_before.group, asked.against)
    return Gate(
        outcome=_outcome(checks),
        checks=tuple(checks),
        policy=asked,
        baseline=plain_before.source,
        candidate=plain_after.source,
        system_before=plain_before.system,
        system_after=plain_after.system,
        paired=is_paired,
        synthetic=plain_before.synthetic or plain_after.synthetic,
        notes=tuple(dict.fromkeys(notes)),
        signature=_signature(plain_before, plain_after, asked, family),
    )


def _plain(side: Side | Baseline) -> Side:
    return side.side if isinstance(side, Baseline) else side


def _is_paired(before: Side, after: Side, policy: Policy) -> bool:
    if policy.corpora == "same":
        return True
    was, is_now = before.facts.get("corpus"), after.facts.get("corpus")
    return was is not None and was == is_now


def _comparisons(
    before: Side, after: Side, policy: Policy
) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """For each group that is gated, its labels and those of the other side."""
    known = sorted({*before.groups, *after.groups} - {UNKNOWN})
    against = other_side(policy.against, known, before.by)
    groups = policy.groups or tuple(name for name in known if name != against)
    for name in groups:
        if name not in known:
            raise not_found(f"group of {before.by} (policy: groups)", name, known)
    return set_against(groups, known, against)


def _compared(
    metric: str,
    two: Paired | None,
    before: Side,
    after: Side,
    labels: frozenset[str],
    direction: Direction,
) -> Compared:
    """The sums of one side of a comparison: paired, and all that the candidate has."""
    old, new = before.metrics[metric], after.metrics[metric]
    kind: Kind = "mean" if "mean" in (old.kind, new.kind) else "rate"
    all_before, all_after = (sums_of(side, metric, labels, kind) for side in (before, after))
    if two is None:
        return Compared(metric, kind, direction, all_before, all_after, None)
    here = two.here & (two.denominator > 0) & members(two.group, labels)
    sums: tuple[FloatArray, FloatArray, FloatArray] = (
        two.before[here],
        two.after[here],
        two.denominator[here],
    )
    return Compared(metric, kind, direction, all_before, all_after, sums)


def _direction(metric: str, before: Side, after: Side, policy: Policy) -> Direction:
    said = [policy.direction.get(metric), before.metrics[metric].direction]
    said += [after.metrics[metric].direction, METRIC_DIRECTION.get(metric)]
    found = next((one for one in said if one is not None), None)
    if found is None:
        raise OptionError(
            f"{policy.source}: which way of {metric} is worse is not known: write a section "
            f'[direction] with "{metric}" = "higher is worse", "higher is better" or "neither"'
        )
    return found  # type: ignore[return-value]  # tables check it at their door


def _told(two: Paired, before: Side, after: Side) -> list[str]:
    notes = []
    left = int(np.count_nonzero(~two.here & (two.n_had > 0) & (two.n_lost < two.n_had)))
    if left:
        notes.append(
            f"{two.name}: people of whom the candidate lost an utterance are left out of its "
            f"change, since {before.source} has their sums alone; their share is held to max_lost"
        )
    if two.n_only_after:
        notes.append(
            f"{two.name}: {two.n_only_after} utterances with a value in {after.source} alone "
            "are in no change"
        )
    return notes


def _outcome(checks: Sequence[Check]) -> Outcome:
    outcomes = {check.outcome for check in checks}
    if "fail" in outcomes:
        return "fail"
    return "undecided" if "undecided" in outcomes else "pass"


def _signature(before: Side, after: Side, policy: Policy, family: int) -> str:
    from biasbench import __version__

    facts = {**before.facts, **after.facts}
    if before.facts.get("corpus") != after.facts.get("corpus") and "corpus" in before.facts:
        facts["corpus"] = f"{before.facts['corpus']} -> {after.facts.get('corpus', 'not said')}"
    return Provenance().signature(
        {
            **facts,
            "system": f"{before.system} -> {after.system}",
            "metric": ",".join(policy.metrics),
            "by": before.by,
            "against": policy.against,
            "unit": "speaker",
            "interval": f"one-sided cr3-satterthwaite, {family} rules",
            "level": f"{1 - policy.alpha:g}",
            "biasbench": __version__,
        }
    )
