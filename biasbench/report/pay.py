"""From score to pay: each link of the chain in words, with its figures and its own verdict.

Order and wording are those of docs/report.md §K: the threshold and the curve over every threshold,
the lowest-scored, denial against a human rating, the bonus paid, the simulations. A simulation is
printed only where the score gap is established; otherwise the sentence says that none was made.
Nothing is printed about a group that the report's privacy rule withholds, nor of a link that rests
on fewer people than that rule asks; no amount about fewer than ten. A rate near 0 or 100 is printed
as a band only, because it would speak of everybody, and then nothing else that would give it away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
from biasbench.report.pay_bands import band, hides, is_all_or_none
from biasbench.report.pay_figures import curve_blocks
from biasbench.report.quantities import Amount, Quantity
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]

#: Amounts are printed about at least so many people, whoever reads (docs/report.md §J).
FEWEST_FOR_AMOUNTS = 10

#: A gate's number, as in 'N-ERR(n_events=3): 3 events in …'.
_COUNT = re.compile(r"\(\w+=(\d+)[^)]*\)")

_PEOPLE = Quantity("pass_rate", "M-PASS", "people")
_SCORES = Quantity("pass_rate", "M-PASS-ROW", "scores")


def pay(context: Context) -> Blocks:
    """The whole section, group by group; nothing where no chain was followed."""
    blocks: list[Block] = []
    for chain in context.chains:
        if len(context.chains) > 1:
            blocks.append(Subheading(say("W-about", context.lang, _names(chain, context))))
        blocks += _followed(chain, context)
    return tuple(blocks)


def _followed(chain: Chain, context: Context) -> Blocks:
    """One group's chain."""
    lang = context.lang
    names = _names(chain, context)
    metric, opposite = f"mean_score:{chain.score}", _people_opposite(chain)
    hidden = context.privacy.withholds_on(metric, chain.group, chain.against, opposite)
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
    if chain.paid is not None:
        blocks += link.observed(chain.paid)
    if chain.substitution is not None:
        blocks += link.substitution(chain.substitution)
    if chain.bonus is not None:
        blocks += link.simulated()
    blocks += [link.refused(name, reason) for name, reason in chain.refused]
    names_of = ("C-PAY", "C-GROUP") if link.has_simulation() else ("C-GROUP",)
    caveats = [say(name, lang) for name in names_of]
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
        people = (curve.n_speakers, curve.n_against)
        if self._few(*people):
            return [self._withheld("P-pay-curve", self.context.privacy.k)]
        blocks: list[Block] = []
        if curve.at is not None:
            tau = shortest(self._contract(curve), self.context.lang)
            title = self.say("P-pay-threshold", {"tau": tau})
            blocks.append(Claim(title, self._impact_word(curve.at), self._impact(curve, tau)))
        blocks.append(Subheading(self.say("P-pay-curve")))
        return [*blocks, *curve_blocks(curve, self.context, self.names)]

    def _contract(self, curve: ThresholdCurve) -> float:
        row = curve.table[curve.table["origin"] == "contract"].iloc[0]
        return float(row["threshold"])

    def _impact_word(self, at: ImpactRatio) -> str:
        """By the ratios whose gates hold and the interval of the difference, which is printed.

        Where they disagree on a gap of 0 the weaker stands, as in every verdict.
        """
        lang = self.context.lang
        judged = [side for side in (at.passing, at.below) if side.code is not None]
        low, high = at.difference_low, at.difference_high
        if not judged or low is None or high is None:
            return verdict_word("V-N", lang)
        if all(side.excludes_one for side in judged) and (high < 0 or low > 0):
            return say("W-disadvantage" if high < 0 else "W-advantage", lang)
        return verdict_word("V-I", lang)

    def _impact(self, curve: ThresholdCurve, tau: str) -> str:
        at = curve.at
        assert at is not None
        c = at.passing.comparison
        by_person = curve.unit == "person"
        values = {
            "tau": tau,
            "m_g": self._rate(c.value),
            "m_r": self._rate(c.against_value),
            **self._people(at.n_speakers, at.n_against),
        }
        said = [self.say("M-PASS" if by_person else "M-PASS-ROW", values)]
        said += self._missing("M-PASS-MISSING", curve.n_missing)
        kind = _PEOPLE if by_person else _SCORES
        hidden = self._hides(c.value, c.against_value)
        if at.passing.code is None and at.below.code is None:
            reason = self._gates((*at.passing.refused, *at.below.refused), hidden=hidden)
            said.append(self.say("V-N", {"reason": reason}))
        elif not hidden:
            said += self._ratio(at.passing, "IR", kind) + self._ratio(at.below, "IR-B", kind)
            said.append(self.say("IR-C"))
        if hidden:
            said.append(self.say("P-pay-hidden"))
        elif at.difference_low is not None and at.difference_high is not None:
            said.append(self._interval(-at.difference_high, -at.difference_low, at.level, kind))
        return " ".join(said)

    def _ratio(self, side: OutcomeRatio, name: str, kind: Quantity) -> list[str]:
        c, lang = side.comparison, self.context.lang
        if c.ratio is None or c.ratio_low is None or c.ratio_high is None or side.code is None:
            return [self.say(f"{name}-N", {"reason": self._gates(side.refused)})]
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
        if self._few(found.n_people, found.n_against):
            return [self._withheld("P-pay-lowest", self.context.privacy.k)]
        title, q = self.say("P-pay-lowest"), shortest(100 * found.q, lang)
        # The places are shared out whole: the share of one side gives that of the other.
        if self.context.privacy.k is not None and is_all_or_none(c.value, c.against_value):
            return [Claim(title, verdict_word("V-S", lang), self.say("P-pay-all-lowest", {"q": q}))]
        values = {
            "q": q,
            "m_g": number(None if c.value is None else 100 * c.value, lang),
            "m_r": number(None if c.against_value is None else 100 * c.against_value, lang),
            **self._people(found.n_people, found.n_against),
        }
        text = " ".join(
            [self.say("M-BOTTOM", values), *self._missing("M-PASS-MISSING", found.n_missing)]
        )
        if c.difference_low is not None and c.difference_high is not None:
            text += " " + self._interval(c.difference_low, c.difference_high, c.level, _PEOPLE)
        return [Claim(title, verdict_word(None, lang), text)]

    def denial(self, found: FalseDenial) -> list[Block]:
        finding = found.finding
        if self._few(finding.n_speakers, finding.n_against):
            return [self._withheld("P-pay-denial", self.context.privacy.k)]
        kind = Quantity("false_denial", self._of_side("M-DENY"), "people")
        if found.unit != "person":
            kind = Quantity("false_denial", "M-DENY-ROW", "months")
        values = {
            "m_g": self._rate(finding.value),
            "m_r": self._rate(finding.against_value),
            **self._people(finding.n_speakers, finding.n_against),
        }
        measured = [self.say(kind.sentence, values)]
        measured += self._missing("M-DENY-UNRATED", found.n_unrated)
        measured += self._missing("M-DENY-UNSCORED", found.n_unscored)
        hidden = self._hides(finding.value, finding.against_value)
        return [self._claim("P-pay-denial", " ".join(measured), finding, kind, hidden=hidden)]

    # ── The bonus ──────────────────────────────────────────────────────────────────────────────

    def observed(self, found: ObservedBonus) -> list[Block]:
        lang = self.context.lang
        if self._few_for_amounts(*found.n_people):
            return [self._withheld("P-pay-observed", FEWEST_FOR_AMOUNTS)]
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
        missing = self._missing("M-PAY-MISSING", found.n_missing)
        hidden = self._hides(found.zero.value, found.zero.against_value) and self._pays_one_amount()
        names = ("M-PAY-OBS-W",) if hidden else ("M-PAY-OBS", "M-PAY-OBS-2")
        text = " ".join([*(self.say(name, values) for name in names), *missing])
        return [self._claim("P-pay-observed", text, found.finding, kind, hidden=hidden)]

    def _pays_one_amount(self) -> bool:
        """Whether a mean amount is a share in disguise: all or nothing."""
        scale = self.chain.scale
        if scale is None:
            return False
        ladders = scale.ladders
        return len(ladders) == 1 and len({amount for amount in ladders[0].amounts if amount}) == 1

    def simulated(self) -> list[Block]:
        bonus = self.chain.bonus
        assert bonus is not None
        title = self.say("P-pay-simulated")
        if any(self._few_for_amounts(*one.n_people) for one in bonus.simulated):
            return [self._withheld("P-pay-simulated", FEWEST_FOR_AMOUNTS)]
        claims: list[Block] = [
            Claim(self.say(f"P-pay-simulated-{one.scenario}"), *self._simulation(one))
            for one in bonus.simulated
        ]
        refused = verdict_word("V-N", self.context.lang)
        for one in bonus.refusals:
            name = "PAY-NO" if one.scenario is None else "M-PAY-RATED-NO"
            claims.append(Claim(title, refused, self.say(name)))
        return claims

    def has_simulation(self) -> bool:
        """Whether anything in the section is a simulation, which a caveat belongs to."""
        bonus, swap = self.chain.bonus, self.chain.substitution
        return bool(bonus and bonus.simulated) or bool(swap and swap.crossings)

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
        said = [self.say(template, values), *self._missing("M-PAY-MISSING", one.n_missing)]
        if self.chain.period is None:
            said.append(self.say("M-PAY-PERIOD"))
        decided = gap.low > 0
        word = self.say(f"W-{one.direction}") if decided else verdict_word("V-I", lang)
        return word, " ".join(said)

    # ── The substitution test ──────────────────────────────────────────────────────────────────

    def substitution(self, found: Substitution) -> list[Block]:
        lang = self.context.lang
        if self._few(found.n_speakers, found.n_against):
            return [self._withheld("P-pay-substitution", self.context.privacy.k)]
        kind = Quantity(found.metric, "M-SUBST", "score", factor=1.0)
        sign = -1.0 if found.direction == "higher is better" else 1.0
        values = {
            "a": kind.value(sign * found.gap_automatic, lang),
            "b": kind.value(sign * found.gap_human, lang),
            "unit": kind.unit(lang),
        }
        low, high = found.change_low, found.change_high
        if low is None or high is None:
            why = "P-pay-why-nochange" if found.n_changed == 0 else "P-pay-why-nospread"
            text = self.say("M-SUBST-0", {**values, "reason": self.say(why)})
        else:
            ends = sorted((sign * low, sign * high))
            lo, hi = kind.interval(ends[0], ends[1], lang)
            change = kind.gap(sign * found.change, lang, low=ends[0], high=ends[1])
            for name, gap in (("a", found.gap_automatic), ("b", found.gap_human)):
                values[name] = kind.gap(sign * gap, lang, low=ends[0], high=ends[1])
            text = self.say("M-SUBST", {**values, "chg": change, "lo": lo, "hi": hi})
        if found.share is not None and found.share.low is not None:
            text += " " + self.say("M-SUBST-SHARE", self._share(found))
        text = " ".join([text, *self._missing("M-SUBST-MISSING", found.n_unpaired)])
        if found.refused:
            text += " " + self.say("V-N", {"reason": self._gates(found.refused)})
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
        said = " " + self.say(self._of_side("M-CROSS"), values)
        return said + (" " + self.say("M-CROSS-R") if side.is_rounded else "")

    # ── In common ──────────────────────────────────────────────────────────────────────────────

    def refused(self, name: str, reason: str) -> Claim:
        """A link that was asked for and not computed: why, and the program's own words.

        Those may count people, or say that nobody is rated high enough: not in what is published.
        """
        title = self.say("P-pay-curve" if name == "threshold" else f"P-pay-{name}")
        text = self.say("P-pay-refused", {"reason": self.say(f"P-pay-why-{name}")})
        if self.context.privacy.k is None:
            text += " " + self.say("P-pay-said", {"message": reason})
        return Claim(title, verdict_word("V-N", self.context.lang), text)

    def _claim(
        self, title: str, measured: str, finding: Finding, kind: Quantity, *, hidden: bool = False
    ) -> Claim:
        row = asdict(finding)
        reasons = (finding.reason or "").split("; also ")
        if finding.verdict == "V-N":
            row["reason"] = "; also ".join(_told(reasons))
        word, text = conclude(row, kind, self.names, self.context)
        if hidden:
            gates = self.say("V-N", {"reason": self._gates(reasons, hidden=True)})
            text = " ".join(
                [*([gates] if finding.verdict == "V-N" else []), self.say("P-pay-hidden")]
            )
        return Claim(self.say(title), word, f"{measured} {text}")

    def _withheld(self, title: str, k: int | None) -> Claim:
        word = verdict_word("V-S", self.context.lang)
        return Claim(self.say(title), word, self.say("V-S", {"k": str(k)}))

    def _few(self, *people: int | None) -> bool:
        """Whether a link rests on fewer people than anything is printed about."""
        k = self.context.privacy.k
        return k is not None and any(n is not None and n < k for n in people)

    def _few_for_amounts(self, *people: int) -> bool:
        return not self.context.synthetic and min(people) < FEWEST_FOR_AMOUNTS

    def _rate(self, value: float | None) -> str:
        """A rate per 100; only a band where it would speak of nearly everybody."""
        lang = self.context.lang
        name = band(value) if self.context.privacy.k is not None else None
        return (
            number(None if value is None else 100 * value, lang)
            if name is None
            else say(name, lang)
        )

    def _hides(self, *rates: float | None) -> bool:
        """Whether a rate stands as a band, so that nothing may be printed that gives it away."""
        return self.context.privacy.k is not None and hides(*rates)

    def _gates(self, refused: Sequence[str], *, hidden: bool = False) -> str:
        """The gates that failed, in words; without their numbers where a rate is hidden."""
        told = _told(refused)
        if hidden:
            told = [_COUNT.sub("", gate, count=1) for gate in told]
        return reason_words("; also ".join(told), self.context)

    def _missing(self, name: str, counts: tuple[int, int]) -> list[str]:
        """What is in no figure above, of the group and of the other side; nothing if none is."""
        values = {
            "x_g": whole(counts[0], self.context.lang),
            "x_r": whole(counts[1], self.context.lang),
        }
        return [self.say(name, values)] if any(counts) else []

    def _of_side(self, name: str) -> str:
        """The sentence that speaks of above and below, or its like where lower scores pass."""
        return f"{name}-LOW" if self.chain.direction == "higher is worse" else name

    def _people(self, group: int | None, against: int | None) -> dict[str, str]:
        lang = self.context.lang
        return {"n_g": whole(group, lang), "n_r": whole(against, lang)}

    def _interval(self, low: float, high: float, level: float, kind: Quantity) -> str:
        """The interval of a gap in rates, alone: no other link is corrected for."""
        lo, hi = kind.interval(low, high, self.context.lang)
        values = {
            "level": shortest(100 * level, self.context.lang),
            "lo": lo,
            "hi": hi,
            "unit": kind.unit(self.context.lang),
        }
        return self.say("P-pay-interval", values)


def _told(refused: Sequence[str]) -> list[str]:
    """The gates that failed, each once: of too few events the side with the fewest."""
    counted = [gate for gate in refused if gate.startswith("N-ERR(")]
    counted.sort(key=lambda gate: int(_COUNT.findall(gate)[0]))
    return [*(gate for gate in refused if gate not in counted), *counted[:1]]


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
