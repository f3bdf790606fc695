"""From score to pay: each link of the chain in words, with its figures and its own verdict.

Order and wording are those of docs/report.md §K: the threshold and the curve over every threshold,
the lowest-scored, denial against a human rating, the bonus paid, the simulations. A simulation is
printed only where the score gap is established; otherwise the sentence says that none was made.
Nothing is printed about a group that the report's privacy rule withholds, no amount about fewer
than ten people, and a rate near 0 or 100 only as a band: it would speak of everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from biasbench.consequences.bonus import FalseDenial, ObservedBonus, SimulatedBonus
from biasbench.consequences.chain import Chain
from biasbench.consequences.substitution import Substitution, crossings_printed
from biasbench.consequences.thresholds import LowestShare, ThresholdCurve
from biasbench.consequences.thresholds.impact_ratio import ImpactRatio, OutcomeRatio
from biasbench.evidence.finding import Finding
from biasbench.report.claims import conclude, reason_words
from biasbench.report.context import Context
from biasbench.report.document import Block, Box, Claim, Paragraph, Subheading
from biasbench.report.numbers import number, shortest, whole
from biasbench.report.pay_figures import curve_figure, curve_table
from biasbench.report.quantities import Amount, Quantity
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]

#: Amounts are printed about at least so many people, whoever reads (docs/report.md §J).
FEWEST_FOR_AMOUNTS = 10

#: Beyond these a rate would speak of everybody in the group.
_NEARLY_ALL, _NEARLY_NONE = 0.9, 0.1

_PEOPLE = Quantity("pass_rate", "M-PASS", "people")
_SCORES = Quantity("pass_rate", "M-PASS-ROW", "scores")


def pay(context: Context) -> Blocks:
    """The whole section; nothing where no chain was followed."""
    chain, lang = context.chain, context.lang
    if chain is None:
        return ()
    names = _names(chain, context)
    hidden = context.privacy.withholds(chain.group, chain.against, _people_opposite(chain))
    if hidden:
        return (Paragraph(say(hidden, lang, {"k": str(context.privacy.k)})),)
    blocks: list[Block] = [Paragraph(say("P-pay", lang), style="lead")]
    link = _Link(chain, context, names)
    if chain.curve is not None:
        blocks += link.threshold(chain.curve)
    if chain.lowest is not None:
        blocks += link.lowest(chain.lowest)
    if chain.denial is not None:
        blocks += link.denial(chain.denial)
    if chain.bonus is not None and chain.bonus.observed is not None:
        blocks += link.observed(chain.bonus.observed)
    if chain.substitution is not None:
        blocks += link.substitution(chain.substitution)
    if chain.bonus is not None:
        blocks += link.simulated()
    for link_name, reason in chain.refused:
        title = link.say(f"P-pay-{link_name}", {"tau": "–"})
        text = link.say("P-pay-refused", {"reason": reason})
        blocks.append(Claim(title, verdict_word("V-N", lang), text))
    caveats = [say(name, lang) for name in ("C-PAY", "C-GROUP")]
    if context.synthetic:
        caveats.append(say("SYN", lang))
    return (*blocks, Box(say("P-also", lang), tuple(caveats)))


@dataclass(frozen=True)
class _Link:
    """Writes each link for one chain, in one language."""

    chain: Chain
    context: Context
    names: Mapping[str, str]

    def say(self, name: str, values: Mapping[str, str] | None = None) -> str:
        return say(name, self.context.lang, {**self.names, **(values or {})})

    # ── The threshold ──────────────────────────────────────────────────────────────────────────

    def threshold(self, curve: ThresholdCurve) -> list[Block]:
        blocks: list[Block] = []
        if curve.at is not None:
            tau = shortest(self._contract(curve), self.context.lang)
            title = self.say("P-pay-threshold", {"tau": tau})
            blocks.append(Claim(title, self._impact_word(curve.at), self._impact(curve, tau)))
        blocks.append(Subheading(self.say("P-pay-curve")))
        blocks.append(curve_figure(curve, self.chain, self.context, self.names))
        blocks.append(curve_table(curve, self.chain, self.context, self.names))
        return blocks

    def _contract(self, curve: ThresholdCurve) -> float:
        row = curve.table[curve.table["origin"] == "contract"].iloc[0]
        return float(row["threshold"])

    def _impact_word(self, at: ImpactRatio) -> str:
        lang = self.context.lang
        sides = (at.passing, at.below)
        if all(side.code is None for side in sides):
            return verdict_word("V-N", lang)
        if any(side.excludes_one for side in sides):
            worse = (at.difference or 0) < 0
            return say("W-disadvantage" if worse else "W-advantage", lang)
        return verdict_word("V-I", lang)

    def _impact(self, curve: ThresholdCurve, tau: str) -> str:
        at = curve.at
        assert at is not None
        c = at.passing.comparison
        values = {
            "tau": tau,
            "m_g": self._rate(c.value),
            "m_r": self._rate(c.against_value),
            **self._people(at.n_speakers, at.n_against),
        }
        said = [self.say("M-PASS" if curve.unit == "person" else "M-PASS-ROW", values)]
        kind = _PEOPLE if curve.unit == "person" else _SCORES
        if at.passing.code is None and at.below.code is None:
            refused = dict.fromkeys((*at.passing.refused, *at.below.refused))
            reason = reason_words("; also ".join(refused), self.context)
            said.append(self.say("V-N", {"reason": reason}))
        else:
            said += self._ratio(at.passing, "IR", kind) + self._ratio(at.below, "IR-B", kind)
            said.append(self.say("IR-C"))
        low, high = at.difference_low, at.difference_high
        if low is not None and high is not None:
            said.append(self._interval(-high, -low, at.level, kind))
        return " ".join(said)

    def _ratio(self, side: OutcomeRatio, name: str, kind: Quantity) -> list[str]:
        c, lang = side.comparison, self.context.lang
        if c.ratio is None or c.ratio_low is None or c.ratio_high is None or side.code is None:
            reason = reason_words("; also ".join(side.refused), self.context)
            return [self.say(f"{name}-N", {"reason": reason})]
        values = {
            "ir": number(c.ratio, lang, decimals=2),
            "ir100": whole(100 * c.ratio, lang),
            "lo": number(c.ratio_low, lang, decimals=2),
            "hi": number(c.ratio_high, lang, decimals=2),
        }
        code = side.code if name == "IR" else side.code.replace("IR-", "IR-B")
        return [self.say(name if kind is _PEOPLE else f"{name}-ROW", values), self.say(code)]

    # ── The lowest-scored, and denial ──────────────────────────────────────────────────────────

    def lowest(self, found: LowestShare) -> list[Block]:
        c, lang = found.comparison, self.context.lang
        values = {
            "q": shortest(100 * found.q, lang),
            "m_g": self._rate(c.value),
            "m_r": self._rate(c.against_value),
            **self._people(found.n_people, found.n_against),
        }
        text = self.say("M-BOTTOM", values)
        word = verdict_word(None, lang)
        if c.difference_low is not None and c.difference_high is not None:
            text += " " + self._interval(c.difference_low, c.difference_high, c.level, _PEOPLE)
        return [Claim(self.say("P-pay-lowest"), word, text)]

    def denial(self, found: FalseDenial) -> list[Block]:
        kind = Quantity("false_denial", "M-DENY", "people")
        if found.unit != "person":
            kind = Quantity("false_denial", "M-DENY-ROW", "months")
        values = {
            "m_g": self._rate(found.finding.value),
            "m_r": self._rate(found.finding.against_value),
            **self._people(found.finding.n_speakers, found.finding.n_against),
        }
        return [self._claim("P-pay-denial", self.say(kind.sentence, values), found.finding, kind)]

    # ── The bonus ──────────────────────────────────────────────────────────────────────────────

    def observed(self, found: ObservedBonus) -> list[Block]:
        lang = self.context.lang
        if self._few_for_amounts(min(found.n_people)):
            few = self.say("V-S", {"k": str(FEWEST_FOR_AMOUNTS)})
            return [Claim(self.say("P-pay-observed"), verdict_word("V-S", lang), few)]
        kind = Amount("mean_bonus:paid", "M-PAY-OBS", "amount", 1.0, currency=found.currency)
        values = {
            "m_g": kind.value(found.finding.value, lang),
            "m_r": kind.value(found.finding.against_value, lang),
            "cur": found.currency,
            "months": whole(found.n_periods, lang),
            "med_g": kind.value(found.median[0], lang),
            "med_r": kind.value(found.median[1], lang),
            "z_g": self._rate(found.zero.value),
            "z_r": self._rate(found.zero.against_value),
            **self._people(*found.n_people),
        }
        text = f"{self.say('M-PAY-OBS', values)} {self.say('M-PAY-OBS-2', values)}"
        return [self._claim("P-pay-observed", text, found.finding, kind)]

    def simulated(self) -> list[Block]:
        bonus = self.chain.bonus
        assert bonus is not None
        title = self.say("P-pay-simulated")
        claims: list[Block] = []
        for one in bonus.simulated:
            n = min(one.n_people)
            if self._few_for_amounts(n):
                word = verdict_word("V-S", self.context.lang)
                claims.append(Claim(title, word, self.say("V-S", {"k": str(FEWEST_FOR_AMOUNTS)})))
                continue
            claims.append(Claim(title, *self._simulation(one)))
        # A refusal that names a scenario stands beside simulations that were made.
        if not bonus.simulated or any(one.scenario is not None for one in bonus.refusals):
            claims.append(Claim(title, verdict_word("V-N", self.context.lang), self.say("PAY-NO")))
        return claims

    def _simulation(self, one: SimulatedBonus) -> tuple[str, str]:
        lang = self.context.lang
        template = {
            "gap_removed": "M-PAY-SIM",
            "gap_removed_at_equal_rating": "M-PAY-RATED",
            "substituted": "M-PAY-SUBST",
            "corrected": "M-PAY-CORR",
        }[one.scenario]
        gap = one.gap
        values = {
            "rule": one.rule,
            "gap": number(gap.value, lang, decimals=0),
            "cur": one.currency,
            "direction": self.say(f"W-{one.direction}"),
            "lo": number(gap.low, lang, decimals=0),
            "hi": number(gap.high, lang, decimals=0),
        }
        if one.scenario in ("substituted", "corrected"):
            values["direction"] = self.say(f"W-gap-{one.direction}")
        decided = gap.low > 0
        word = self.say(f"W-{one.direction}") if decided else verdict_word("V-I", lang)
        return word, self.say(template, values)

    # ── The substitution test ──────────────────────────────────────────────────────────────────

    def substitution(self, found: Substitution) -> list[Block]:
        lang = self.context.lang
        kind = Quantity(found.metric, "M-SUBST", "score", factor=1.0)
        sign = -1.0 if found.direction == "higher is better" else 1.0
        values = {
            "a": kind.value(sign * found.gap_automatic, lang),
            "b": kind.value(sign * found.gap_human, lang),
            "unit": kind.unit(lang),
        }
        low, high = found.change_low, found.change_high
        if low is None or high is None:
            text = self.say("M-SUBST-0", {**values, "reason": found.note or "–"})
        else:
            ends = sorted((sign * low, sign * high))
            lo, hi = kind.interval(ends[0], ends[1], lang)
            change = kind.gap(sign * found.change, lang, low=ends[0], high=ends[1])
            for name, gap in (("a", found.gap_automatic), ("b", found.gap_human)):
                values[name] = kind.gap(sign * gap, lang, low=ends[0], high=ends[1])
            text = self.say("M-SUBST", {**values, "chg": change, "lo": lo, "hi": hi})
        if found.share is not None and found.share.low is not None:
            text += " " + self.say("M-SUBST-SHARE", self._share(found))
        if found.refused:
            text += " " + self.say(
                "V-N", {"reason": reason_words("; also ".join(found.refused), self.context)}
            )
        text += self._crossings(found)
        word = verdict_word("V-N" if found.refused else "V-I", lang)
        if not found.refused and found.mechanism is not None:
            word = self.say(f"V-M-{found.mechanism}")
        return [Claim(self.say("P-pay-substitution"), word, text)]

    def _share(self, found: Substitution) -> dict[str, str]:
        lang, part = self.context.lang, found.share
        assert part is not None
        printed = {"share": part.value, "lo": part.low, "hi": part.high}
        return {
            key: number(None if value is None else 100 * value, lang, decimals=0)
            for key, value in printed.items()
        }

    def _crossings(self, found: Substitution) -> str:
        if found.crossings_code == "PAY-NO":
            return " " + self.say("PAY-NO")
        if found.crossings is None:
            return ""
        lang, k = self.context.lang, self.context.privacy.k
        side = crossings_printed(found.crossings.group, k=k)
        if side.n is None or side.changed is None:
            return " " + self.say("M-CROSS-W")
        values = {
            "x": whole(side.changed, lang),
            "n_g": whole(side.n, lang),
            "up": whole(side.up, lang),
            "down": whole(side.down, lang),
        }
        said = " " + self.say("M-CROSS", values)
        return said + (" " + self.say("M-CROSS-R") if side.is_rounded else "")

    # ── In common ──────────────────────────────────────────────────────────────────────────────

    def _claim(self, title: str, measured: str, finding: Finding, kind: Quantity) -> Claim:
        row = asdict(finding)
        word, text = conclude(row, kind, self.names, self.context)
        return Claim(self.say(title), word, f"{measured} {text}")

    def _rate(self, value: float | None) -> str:
        """A rate per 100; only a band where it would speak of nearly everybody."""
        if value is None or self.context.privacy.k is None:
            return number(None if value is None else 100 * value, self.context.lang)
        if value >= _NEARLY_ALL:
            return self.say("W-most")
        if value <= _NEARLY_NONE:
            return self.say("W-few")
        return number(100 * value, self.context.lang)

    def _people(self, group: int | None, against: int | None) -> dict[str, str]:
        lang = self.context.lang
        return {"n_g": whole(group, lang), "n_r": whole(against, lang)}

    def _interval(self, low: float, high: float, level: float, kind: Quantity) -> str:
        """The interval of a gap in rates, alone: one comparison, declared with its threshold."""
        lo, hi = kind.interval(low, high, self.context.lang)
        values = {
            "level": shortest(100 * level, self.context.lang),
            "lo": lo,
            "hi": hi,
            "unit": kind.unit(self.context.lang),
        }
        return self.say("U-EXP-1", values)

    def _few_for_amounts(self, people: int) -> bool:
        return self.context.privacy.k is not None and people < FEWEST_FOR_AMOUNTS


def _names(chain: Chain, context: Context) -> dict[str, str]:
    return {
        "G": context.label(chain.group),
        "R": context.label(chain.against),
        "score": chain.score,
    }


def _people_opposite(chain: Chain) -> int | None:
    for found in (chain.substitution, chain.curve, chain.lowest):
        if found is not None:
            return found.n_against
    if chain.bonus is not None:
        return chain.bonus.score.n_against
    return None if chain.denial is None else chain.denial.finding.n_against
