"""What a gate says, in lines: the outcome, a line for each rule, and what to do.

One text serves every output, so that a terminal, a pull request and a test report say the same.
Names of groups, files and systems come from outside: each is put on one line, and a control
character is shown and not obeyed (`report.inert`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from biasbench.gates import figures, reasons
from biasbench.gates.gating import Gate
from biasbench.gates.verdicts import EVERYBODY, Check, Outcome
from biasbench.report.inert import inert_text
from biasbench.report.numbers import Lang, share
from biasbench.report.wording import say
from biasbench.tables import REST

WORDS: dict[Outcome, str] = {
    "pass": "pass",
    "fail": "fail",
    "undecided": "cannot be decided",
}
_LANG: Lang = "en"


def headline(gate: Gate) -> str:
    """The outcome, and of how many rules.

    A line of its own says that "cannot be decided" is no pass, whatever the exit code.
    """
    n = len(gate.checks)
    of_what = " (synthetic speech)" if gate.synthetic else ""
    if gate.outcome == "pass":
        return f"PASS: all {n} rules are kept{of_what}"
    broken, open_ = len(gate.of("fail")), len(gate.of("undecided"))
    if gate.outcome == "fail":
        more = f"; {open_} cannot be decided" if open_ else ""
        return f"FAIL: {broken} of {n} rules {'is' if broken == 1 else 'are'} broken{more}{of_what}"
    on = "; the policy says to go on" if gate.exit_code == 0 else ""
    return f"CANNOT BE DECIDED: {open_} of {n} rules; this is not a pass{on}{of_what}"


def nobody_spoke(is_synthetic: bool) -> list[str]:
    """The report's sentence about synthetic speech, where it is; else nothing."""
    return [say("SYN", _LANG)] if is_synthetic else []


def sides(gate: Gate) -> str:
    """Which model took the place of which, and how the two are compared."""
    swap = f"{one_line(gate.system_before)} replaced by {one_line(gate.system_after)}"
    if gate.paired:
        return f"{swap}: the same recordings of the same people, paired person by person"
    return (
        f"{swap}: not paired, since the recordings differ; what people and sentences are like "
        "does not cancel, so that much more is needed to show the same"
    )


def check_line(check: Check, gate: Gate) -> str:
    """One rule in a sentence: what it is about, the figures, and what came out."""
    return f"{about(check, gate)}: {WORDS[check.outcome]}. {sentence(check, gate)}"


def alone(text: str, gate: Gate) -> str:
    """A text about one rule, for where it is shown without the first lines of the gate."""
    return " ".join([text, *nobody_spoke(gate.synthetic)])


def about(check: Check, gate: Gate) -> str:
    """'wer, indian against us, change'."""
    metric = one_line(check.metric)
    if check.group == EVERYBODY:
        return f"{metric}, everybody, coverage"
    if check.rule == "coverage":
        return f"{metric}, {one_line(check.group)}, coverage"
    return f"{metric}, {one_line(check.group)} against {against(gate)}, {check.rule}"


def against(gate: Gate) -> str:
    """The other side as a reader sees it."""
    other = gate.policy.against
    return "the rest" if other == REST else one_line(other)


def sentence(check: Check, gate: Gate) -> str:
    """The figures of a rule and why it came out so; for a change, report.md's M-SWAP."""
    if check.rule == "coverage":
        lost, limit = share(check.value or 0.0, _LANG), share(check.limit, _LANG)
        return (
            f"{lost} of the utterances that the baseline has a value for have none in the "
            f"candidate (limit {limit})."
        )
    parts = [_figures(check, gate), reasons.why(check, gate.policy)]
    return " ".join(part for part in parts if part)


def few_people(checks: Sequence[Check], gate: Gate) -> list[str]:
    """One line in place of one a rule, for groups that have too few people to be tested."""
    few = [check for check in checks if check.reason == "people"]
    lines = []
    for metric, own in groupby(few, key=lambda check: check.metric):
        names = list(dict.fromkeys(one_line(check.group) for check in own))
        lines.append(
            f"{one_line(metric)}: cannot be decided for {len(names)} "
            f"{'group' if len(names) == 1 else 'groups'}, of which one side has fewer than "
            f"{gate.policy.min_people} people heard by both models: {', '.join(names)}. Record "
            "more people, or name in the policy the groups that are gated (groups = […])."
        )
    return lines


def coverage_kept(gate: Gate) -> list[str]:
    """One line a metric for the coverage that was kept, everybody and each group."""
    lines = []
    for metric in gate.policy.metrics:
        own = [c for c in gate.of("pass") if c.metric == metric and c.rule == "coverage"]
        if own:
            most = max(check.value or 0.0 for check in own)
            lines.append(
                f"{one_line(metric)}, coverage: pass {len(own)} times. At most "
                f"{share(most, _LANG)} of the utterances that the baseline has a value for have "
                f"none in the candidate (limit {share(own[0].limit, _LANG)})."
            )
    return lines


def how_bounded(gate: Gate) -> str:
    """What the ends of an interval are."""
    level = share(1 - gate.policy.alpha, _LANG, decimals=0 if gate.policy.alpha >= 0.01 else 1)
    return f"Both ends of an interval are one-sided bounds, each at {level}, between people."


def _has_own_line(check: Check) -> bool:
    """Whether a rule is told in a line of its own, and not in one with others of its kind."""
    return check.reason not in ("people", "kept")


def lines(gate: Gate) -> list[str]:
    """Everything, broken rules first, for a terminal or a log."""
    told = [headline(gate), *nobody_spoke(gate.synthetic), sides(gate), how_bounded(gate), ""]
    for outcome in ("fail", "undecided", "pass"):
        told += [check_line(check, gate) for check in gate.of(outcome) if _has_own_line(check)]
        if outcome == "undecided":
            told += few_people(gate.checks, gate)
    told += coverage_kept(gate)
    notes = [f"note: {one_line(note)}" for note in gate.notes]
    return [*told, *notes, "", one_line(gate.signature)]


def one_line(text: str) -> str:
    r"""A text from outside on one line, its control characters shown.

    >>> one_line("a\nb\u202ec")
    'a b⟨U+202E⟩c'
    """
    return " ".join(inert_text(text).split())


def _figures(check: Check, gate: Gate) -> str:
    """The figures of a change or a gap, with their people and their interval."""
    if check.value is None:
        return ""
    unit = figures.kind_of(check).unit(_LANG)
    before, after, value = (
        figures.figure(one, check) for one in (check.before, check.after, check.value)
    )
    people = figures.people(check)
    of_whom = f", {people}" if people else ""
    has_ends = check.low is not None and check.high is not None
    between = f", interval {figures.bounds(check)}" if has_ends else ""
    if check.rule == "gap":
        return (
            f"The gap of the candidate is {value} {unit} "
            f"(limit {figures.limit(check)}{between}{of_whom})."
        )
    if not (gate.paired and has_ends):
        return (
            f"The gap was {before} and is {after} {unit} (change {value}{between}; limit of growth "
            f"{figures.limit(check)}{of_whom})."
        )
    low, high = figures.ends(check)
    told = say(
        "M-SWAP",
        _LANG,
        {
            "v1": one_line(gate.system_before),
            "v2": one_line(gate.system_after),
            "G": one_line(check.group),
            "R": against(gate),
            "a": before,
            "b": after,
            "unit": unit,
            "chg": value,
            "lo": low,
            "hi": high,
        },
    )
    return f"{told} Limit of growth: {figures.limit(check)}{f' ({people})' if people else ''}."
