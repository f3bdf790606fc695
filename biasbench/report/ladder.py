"""How far the evidence reaches: five steps, each yes, no or not tested (docs/report.md §D).

    1 gap             a gap was measured
    2 alternatives    it stands under every declared alternative
    3 identical text  it is seen on identical text
    4 mechanism       with the human transcript in place of the automatic one it shrinks
    5 consequence     it reaches a threshold, or pay

What is asked. Steps 1 to 3 are asked of the primary comparisons, steps 4 and 5 of the chains from
score to pay. *Yes*: shown in at least one of those tested. *No*: tested, and shown in none; that
is not the absence of anything. *Not tested*: nothing could be asked. The number shown and the
number tested stand beside the word, so that no single comparison can speak for the rest. What the
report withholds, and what failed a data gate (V-N), is not tested. The steps are never summed:
a later one may be yes where an earlier one is not tested.

1  Tested: the verdict is of the interval rule (V-D, V-A, V-E, V-I). Shown: V-D or V-A.
2  Tested: shown at step 1, and an alternative gives an interval or a robustness grid a verdict.
   Shown: the interval of every alternative that has one, the range as each person is left out, and
   the verdict of every specification lie on the finding's own side of zero. Alternatives that
   leave a gap: covariates, matching, equal rating, sentences, a level left out, the unexplained
   part. A part that an alternative explains is not one. An alternative without an interval was not
   answered, and says nothing either way.
3  Tested: tested at step 1, and either sentences that both sides read were compared, or everybody
   read the same script (design 'same-script'). Shown: the interval over the shared sentences (the
   finding's own where there is none) lies on the side of the finding. Taking account of which
   sentences were read, none of them shared, is not identical text.
4  Tested: both scorings were compared, no gate failed, and the automatic gap has a side. Shown:
   the gap narrows.
5  Tested: pass rates at the contract's threshold, denial against a human rating, or the bonus paid
   has an interval that a gate does not forbid. Shown: one of them lies apart from zero on the
   side of the score gap. A simulation shows no consequence and does not count.

Mirror-symmetric: with the two groups exchanged, every answer and number is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from biasbench.consequences.chain import Chain
from biasbench.evidence.finding import Finding
from biasbench.report.context import Context, Row
from biasbench.report.pay import FEWEST_FOR_AMOUNTS

Answer = Literal["yes", "no", "not tested"]
Step = Literal["gap", "alternatives", "identical text", "mechanism", "consequence"]

#: In their order: the first is number 1.
STEPS: tuple[Step, ...] = ("gap", "alternatives", "identical text", "mechanism", "consequence")

#: Explanations whose row is a gap that remains.
REMAINING = (
    "one covariate", "all covariates", "new sentences", "shared sentences", "matched",
    "equal rating", "without level", "unexplained",
)  # fmt: skip

_DECIDED = ("V-D1", "V-D2", "V-D3", "V-A1", "V-A2", "V-A3", "V-E", "V-I")


@dataclass(frozen=True)
class Rung:
    """One step: in how many of the comparisons (of the chains, from step 4 on) it was shown."""

    number: int
    step: Step
    n_shown: int
    n_tested: int

    @property
    def answer(self) -> Answer:
        """In a word.

        >>> Rung(1, "gap", 0, 3).answer, Rung(3, "identical text", 0, 0).answer
        ('no', 'not tested')
        """
        if not self.n_tested:
            return "not tested"
        return "yes" if self.n_shown else "no"


def ladder(context: Context) -> tuple[Rung, ...]:
    """The five steps, in their order (module docstring)."""
    rows = [row for row in context.findings if context.is_primary(row)]
    asked = {
        "gap": [_gap(row, context) for row in rows],
        "alternatives": [_survives(row, context) for row in rows],
        "identical text": [_on_identical_text(row, context) for row in rows],
        "mechanism": [_mechanism(chain, context) for chain in context.chains],
        "consequence": [_consequence(chain, context) for chain in context.chains],
    }
    return tuple(
        Rung(
            number,
            step,
            n_shown=sum(shown is True for shown in asked[step]),
            n_tested=sum(shown is not None for shown in asked[step]),
        )
        for number, step in enumerate(STEPS, start=1)
    )


# ── Of a comparison: True shown, False tested and not shown, None not tested ─────────────────────


def _gap(row: Row, context: Context) -> bool | None:
    block = (str(row["system"]), str(row["metric"]))
    if context.privacy.withholds(row["group"], row["against"], row["n_against"], block):
        return None
    if row["verdict"] not in _DECIDED:
        return None
    return _side_of_verdict(row["verdict"]) != 0


def _survives(row: Row, context: Context) -> bool | None:
    if context.case is None or not _gap(row, context):
        return None
    of = (str(row["system"]), str(row["metric"]), str(row["group"]))
    sign = _worse_sign(row["direction"])
    own = _side_of_verdict(row["verdict"])
    sides: list[int] = []
    alternatives = context.case.alternatives.get(of)
    if alternatives is not None:
        sides += _sides_of(alternatives.table, REMAINING, sign)
    grid = context.case.robustness.get(of)
    if grid is not None:
        verdicts = grid.table.loc[grid.table["verdict"].isin(_DECIDED), "verdict"]
        sides += [_side_of_verdict(code) for code in verdicts]
    if not sides:
        return None
    if alternatives is not None:
        sides += _sides_of(alternatives.table, ("without one person",), sign)
    return all(side == own for side in sides)


def _on_identical_text(row: Row, context: Context) -> bool | None:
    own = _gap(row, context)
    if own is None:
        return None
    of = (str(row["system"]), str(row["metric"]), str(row["group"]))
    alternatives = None if context.case is None else context.case.alternatives.get(of)
    if alternatives is not None:
        sides = _sides_of(alternatives.table, ("shared sentences",), _worse_sign(row["direction"]))
        if sides:
            finding = _side_of_verdict(row["verdict"]) or _sign_of_gap(row)
            return all(side == finding for side in sides)
    return own if context.facts.get("design") == "same-script" else None


def _sides_of(table: pd.DataFrame, explanations: Iterable[str], sign: int) -> list[int]:
    """The side of zero of each interval of those explanations; those without one are left out."""
    here = table[table["explanation"].isin(list(explanations))]
    here = here[here["difference_low"].notna() & here["difference_high"].notna()]
    return [
        sign * _side(float(low), float(high))
        for low, high in zip(here["difference_low"], here["difference_high"], strict=True)
    ]


# ── Of a chain ───────────────────────────────────────────────────────────────────────────────────


def _mechanism(chain: Chain, context: Context) -> bool | None:
    found = chain.substitution
    if found is None or found.refused or found.mechanism is None:
        return None
    if _is_hidden(chain, context, found.n_speakers, found.n_against):
        return None
    return found.mechanism == "narrows"


def _consequence(chain: Chain, context: Context) -> bool | None:
    own = _side_of_chain(chain, context)
    sides = [
        side
        for side in (
            _threshold_side(chain, context),
            _denial_side(chain, context),
            _paid_side(chain, context),
        )
        if side is not None
    ]
    if not sides:
        return None
    return any(side != 0 and own in (0, side) for side in sides)


def _threshold_side(chain: Chain, context: Context) -> int | None:
    """Which side fewer people of the group pass on: both ratios and the difference must agree."""
    curve = chain.curve
    if curve is None or curve.at is None:
        return None
    if _is_hidden(chain, context, curve.n_speakers, curve.n_against):
        return None
    at = curve.at
    judged = [side for side in (at.passing, at.below) if side.code is not None]
    if not judged or at.difference_low is None or at.difference_high is None:
        return None
    if not all(side.excludes_one for side in judged):
        return 0
    return -_side(at.difference_low, at.difference_high)  # fewer passing is worse


def _denial_side(chain: Chain, context: Context) -> int | None:
    if chain.denial is None:
        return None
    finding = chain.denial.finding
    if _is_hidden(chain, context, finding.n_speakers, finding.n_against):
        return None
    return _side_of_finding(finding)


def _paid_side(chain: Chain, context: Context) -> int | None:
    if chain.paid is None or _is_hidden(chain, context, *chain.paid.n_people):
        return None
    if not context.synthetic and min(chain.paid.n_people) < FEWEST_FOR_AMOUNTS:
        return None
    return _side_of_finding(chain.paid.finding)


def _side_of_finding(finding: Finding) -> int | None:
    """By its verdict; by its interval where no margin was declared for it."""
    if finding.verdict is not None:
        return _side_of_verdict(finding.verdict) if finding.verdict in _DECIDED else None
    low, high = finding.difference_low, finding.difference_high
    if low is None or high is None:
        return None
    return _worse_sign(finding.direction) * _side(low, high)


def _side_of_chain(chain: Chain, context: Context) -> int:
    """The side of the score gap that the chain starts from; 0 where nobody knows."""
    for row in context.findings:
        score = str(row["metric"]).partition(":")[2] or row["metric"]
        same = (row["group"], row["against"], score) == (chain.group, chain.against, chain.score)
        if same and row["difference"] is not None:
            return _sign_of_gap(row)
    return 0


def _is_hidden(chain: Chain, context: Context, *people: int | None) -> bool:
    """Whether section 11 prints nothing of a link that rests on so many people."""
    k = context.privacy.k
    few = k is not None and any(n is not None and n < k for n in people)
    metrics = dict.fromkeys((f"mean_score:{chain.score}", chain.score))
    withheld = [
        context.privacy.withholds_on(metric, chain.group, chain.against, people[-1])
        for metric in metrics
    ]
    return few or any(withheld)


# ── Signs: above zero is worse for the group ─────────────────────────────────────────────────────


def _side(low: float, high: float) -> int:
    return 1 if low > 0 else -1 if high < 0 else 0


def _side_of_verdict(code: str) -> int:
    return {"V-D": 1, "V-A": -1}.get(str(code)[:3], 0)


def _worse_sign(direction: str | None) -> int:
    return -1 if direction == "higher is better" else 1


def _sign_of_gap(row: Row) -> int:
    gap = _worse_sign(row["direction"]) * float(row["difference"])
    return (gap > 0) - (gap < 0)
