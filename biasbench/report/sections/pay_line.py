"""What the first page and the one-page summary say of the threshold and of pay.

Everything is taken from what section 11 prints (`report.pay`): its findings with their verdicts,
and never a figure that it withholds. It is about the first group that pay was followed for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from biasbench.consequences.chain import Chain
from biasbench.report.context import Context
from biasbench.report.document import Block, Claim, Paragraph
from biasbench.report.numbers import number, shortest
from biasbench.report.pay import pay
from biasbench.report.pay_bands import band, hides
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]

_PAID = "P-pay-observed"
#: Simulations in the order of section 11, then the sentence that there is none.
_SIMULATED = (
    "P-pay-simulated-gap_removed", "P-pay-simulated-gap_removed_at_equal_rating",
    "P-pay-simulated-substituted", "P-pay-simulated-corrected", "P-pay-simulated", "P-pay-bonus",
)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """One row of results: a measure, the two sides, the two figures, the verdict's words."""

    measure: str
    sides: str
    value: str
    against_value: str
    verdict: str
    withheld: bool = False


def pay_claims(chain: Chain, context: Context) -> list[Claim]:
    """The findings of section 11 on one chain."""
    case = None if context.case is None else replace(context.case, chains=(chain,))
    blocks = pay(replace(context, chain=chain, case=case))
    return [block for block in blocks if isinstance(block, Claim)]


def pay_line(context: Context) -> Blocks:
    """What was paid, and the first simulation or that there is none, as section 11 says it."""
    nothing = (Paragraph(say("P-pay-unexamined", context.lang)),)
    if not context.chains:
        return nothing
    chain = context.chains[0]
    paid = _claim(chain, context, (_PAID,))
    simulated = _claim(chain, context, _SIMULATED)
    return tuple(claim for claim in (paid, simulated) if claim is not None) or nothing


def threshold_row(context: Context) -> list[Shown]:
    """Who clears the threshold; a rate near all or none as a band. Empty without a threshold."""
    for chain in context.chains[:1]:
        title = _threshold_title(chain, context)
        if chain.curve is None or chain.curve.at is None or title is None:
            return []
        lang, names = context.lang, _names(chain, context)
        claims = [one for one in pay_claims(chain, context) if one.about == title[1]]
        rates = chain.curve.at.passing.comparison
        return [
            Shown(
                say("W-threshold-row", lang, {"tau": title[0]}),
                say("W-versus", lang, names),
                _rate(rates.value, context),
                _rate(rates.against_value, context),
                claim.verdict,
            )
            for claim in claims
        ]
    return []


def short_line(context: Context) -> str:
    """What was paid, else the first simulation, else that there is none, each with its verdict.

    Under the law of the United States both impact ratios follow.
    """
    if not context.chains:
        return say("P-pay-unexamined", context.lang)
    chain = context.chains[0]
    said = [_paid(chain, context) or _simulated(chain, context)]
    if context.plan is not None and context.plan.jurisdiction == "us":
        said.append(_impact_ratio(chain, context))
    return " ".join(text for text in said if text)


def _paid(chain: Chain, context: Context) -> str:
    """The bonus paid; empty where nobody says what was. Withheld wherever section 11 has a band."""
    lang, found = context.lang, chain.paid
    if found is None:
        return ""
    claim = _claim(chain, context, (_PAID,))
    banded = context.privacy.k is not None and hides(found.zero.value, found.zero.against_value)
    if claim is None or banded or claim.verdict == verdict_word("V-S", lang):
        return say("SUM-paid-withheld", lang)
    values = {
        "a": number(found.finding.value, lang, decimals=0),
        "b": number(found.finding.against_value, lang, decimals=0),
        "cur": found.currency,
        "verdict": claim.verdict,
    }
    return say("SUM-paid", lang, values)


def _simulated(chain: Chain, context: Context) -> str:
    """The first simulation in short, or why there is none."""
    lang, bonus = context.lang, chain.bonus
    if bonus is None:
        return say("P-pay-unexamined", lang)
    if not bonus.simulated:
        return say("PAY-NO", lang)
    one = bonus.simulated[0]
    claim = _claim(chain, context, (f"P-pay-simulated-{one.scenario}",))
    if claim is None or claim.verdict == verdict_word("V-S", lang):
        return say("SUM-simulated-withheld", lang)
    values = {
        "gap": number(one.gap.value, lang, decimals=0),
        "lo": number(one.gap.low, lang, decimals=0),
        "hi": number(one.gap.high, lang, decimals=0),
        "cur": one.currency,
        "verdict": claim.verdict,
    }
    return say(f"SUM-simulated-{one.scenario}", lang, values)


def _impact_ratio(chain: Chain, context: Context) -> str:
    """Both sides of the threshold; empty where section 11 prints no ratio."""
    shown = threshold_row(context)
    if not shown or chain.curve is None or chain.curve.at is None:
        return ""
    at = chain.curve.at
    rates = at.passing.comparison
    banded = context.privacy.k is not None and hides(rates.value, rates.against_value)
    if banded or at.passing.code is None or at.below.code is None:
        return ""
    values = {
        "ir": number(rates.ratio, context.lang, decimals=2),
        "below": number(at.below.comparison.ratio, context.lang, decimals=2),
        "verdict": shown[0].verdict,
    }
    return say("SUM-IR", context.lang, values)


def _claim(chain: Chain, context: Context, titles: tuple[str, ...]) -> Claim | None:
    """The first claim of section 11 under one of these titles, in their order."""
    names = _names(chain, context)
    abouts = [say(title, context.lang, names) for title in titles]
    claims = [claim for claim in pay_claims(chain, context) if claim.about in abouts]
    return min(claims, key=lambda claim: abouts.index(claim.about), default=None)


def _threshold_title(chain: Chain, context: Context) -> tuple[str, str] | None:
    """The threshold of the contract as printed, and the title of its finding."""
    if chain.curve is None:
        return None
    own = chain.curve.table[chain.curve.table["origin"] == "contract"]
    if own.empty:
        return None
    tau = shortest(float(own.iloc[0]["threshold"]), context.lang)
    values = {**_names(chain, context), "tau": tau}
    return tau, say("P-pay-threshold", context.lang, values)


def _names(chain: Chain, context: Context) -> dict[str, str]:
    sides = {"G": context.label(chain.group), "R": context.label(chain.against)}
    return {**sides, "score": chain.score}


def _rate(value: float | None, context: Context) -> str:
    name = band(value) if context.privacy.k is not None else None
    if name is not None:
        return say(name, context.lang)
    return number(None if value is None else 100 * value, context.lang)
