"""What a gate says, in lines: the outcome, a line for each rule, and what to do.

One text serves every output, so that a terminal, a pull request and a test report say the same.
Names of groups, files and systems come from outside: each is put on one line, and a control
character is shown and not obeyed (`report.inert`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from biasbench.evidence.sufficiency import FEWEST_EVENTS, LARGEST_SHARE, MOST_MISSING
from biasbench.gates.gating import Gate
from biasbench.gates.verdicts import EVERYBODY, Check, Outcome, Reason
from biasbench.report.inert import inert_text
from biasbench.report.numbers import Lang, share
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.wording import say
from biasbench.tables import REST

WORDS: dict[Outcome, str] = {
    "pass": "pass",
    "fail": "fail",
    "undecided": "cannot be decided",
}
_LANG: Lang = "en"


#: Why a rule came out so, and what to do about it.
_WHY: dict[Reason, str] = {
    "beyond": "The whole of the interval is beyond the limit.",
    "better-off": "The group is not worse off than the other side, so nothing grew to its harm.",
    "identical": "Nobody's figures differ between the two models.",
    "people": "Fewer than {people} people on a side were heard by both models: record more people, "
    "or leave the group out of the policy's groups.",
    "events": "Fewer than {events} events on a side: too few to see a change by. Record more, or "
    "gate a metric that has more events.",
    "one-person": "One person supplies more than {most} of a side: record more of the others.",
    "missing": "More than {missing} of a side's utterances have no value: find out why before "
    "the others are read.",
    "spread": "Everybody on a side has the same figure, so that there is no interval.",
    "narrowing": "The change is beyond the limit, and it is not shown that the group is now worse "
    "off than the other side: look at both gaps.",
}


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
    parts = [_figures(check, gate), _why(check, gate)]
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


def bounds(check: Check) -> str:
    """'−0.3 to 2.6', or what stands for no bounds."""
    if check.low is None or check.high is None:
        return "–"
    low, high = kind_of(check).interval(check.low, check.high, _LANG, margin=check.limit)
    return f"{low} to {high}"


def figure(value: float | None, check: Check) -> str:
    """A change or a gap as it is printed; '–' for none."""
    if value is None:
        return "–"
    if check.rule == "coverage":
        return share(value, _LANG)
    return kind_of(check).gap(value, _LANG, low=check.low, high=check.high)


def limit(check: Check) -> str:
    """The declared limit, with the digits that it was declared with."""
    if check.rule == "coverage":
        return share(check.limit, _LANG)
    return kind_of(check).margin(check.limit, _LANG)


def kind_of(check: Check) -> Quantity:
    """How values of the metric are printed."""
    return quantity(check.metric)


def one_line(text: str) -> str:
    r"""A text from outside on one line, its control characters shown.

    >>> one_line("a\nb\u202ec")
    'a b⟨U+202E⟩c'
    """
    return " ".join(inert_text(text).split())


def _figures(check: Check, gate: Gate) -> str:
    if check.value is None:
        return ""
    kind = kind_of(check)
    unit = kind.unit(_LANG)
    if check.rule == "gap":
        between = "" if check.low is None else f"between {bounds(check)}; "
        return (
            f"The gap of the candidate is {figure(check.value, check)} {unit} "
            f"({between}limit {limit(check)})."
        )
    if gate.paired and check.low is not None and check.high is not None:
        low, high = kind.interval(check.low, check.high, _LANG, margin=check.limit)
        told = say(
            "M-SWAP",
            _LANG,
            {
                "v1": one_line(gate.system_before),
                "v2": one_line(gate.system_after),
                "G": one_line(check.group),
                "R": against(gate),
                "a": figure(check.before, check),
                "b": figure(check.after, check),
                "unit": unit,
                "chg": figure(check.value, check),
                "lo": low,
                "hi": high,
            },
        )
        return f"{told} Limit of growth: {limit(check)}."
    between = "" if check.low is None else f", interval {bounds(check)}"
    return (
        f"The gap was {figure(check.before, check)} and is {figure(check.after, check)} {unit} "
        f"(change {figure(check.value, check)}{between}; limit of growth {limit(check)})."
    )


def _why(check: Check, gate: Gate) -> str:
    if check.reason == "wide":
        return _what_it_takes(check)
    text = _WHY.get(check.reason, "")
    return text.format(
        people=gate.policy.min_people,
        events=FEWEST_EVENTS,
        most=share(LARGEST_SHARE, _LANG, decimals=0),
        missing=share(MOST_MISSING, _LANG, decimals=0),
    )


def _what_it_takes(check: Check) -> str:
    """What a person can do about bounds that are too wide."""
    told = ["The limit lies inside the interval."]
    if check.power is not None:
        told.append(
            f"A model that changes nothing would be shown to keep it in "
            f"{share(check.power, _LANG, decimals=0)} of such studies"
            f"{_with_people(check)}."
        )
    if check.detectable is not None:
        told.append(
            "With these people, the smallest limit that 80 % of such studies would show is "
            f"{detectable(check)}"
            + (
                f"; for this limit it takes about {check.people_needed} people on each side."
                if check.people_needed is not None
                else "."
            )
        )
    return " ".join(told)


def _with_people(check: Check) -> str:
    if check.n_people is None or check.n_against is None:
        return ""
    return f" ({check.n_people} people, {check.n_against} on the other side)"


def detectable(check: Check) -> str:
    """The smallest limit that would be shown in 80 % of studies; '–' where none is known."""
    return "–" if check.detectable is None else kind_of(check).value(check.detectable, _LANG)
