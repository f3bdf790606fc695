"""Who stands above the median of all, category by category: a table of US reports.

The columns are those that New York's rule asks for of tools that score candidates; its name stands
nowhere, because it covers hiring and promotion, and because the median hides a gap that lies at the
threshold in force: the same stands beside at that threshold, on both sides of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.consequences.thresholds.scoring_rates import RateRatio, ScoringRates
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, number, share, shortest, whole
from biasbench.report.pay_bands import band, hides
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]


def scoring_rates_blocks(context: Context) -> Blocks:
    """A table for each score, and how it is read; nothing outside a US report."""
    if context.case is None or not context.case.scoring_rates:
        return ()
    lang = context.lang
    blocks: list[Block] = [Subheading(say("P-rates-title", lang))]
    blocks += [_table(found, context) for found in context.case.scoring_rates]
    blocks.append(Paragraph(say("P-rates-note", lang), style="note"))
    blocks.append(Paragraph(say("IR-C", lang), style="note"))
    return tuple(blocks)


def _table(found: ScoringRates, context: Context) -> Table:
    lang, block = context.lang, (found.system, found.metric)
    names = ["group", "people", "scoring-rate", "impact-ratio"]
    if found.threshold is not None:
        names += ["threshold-rate", "threshold-ratio", "below-ratio"]
    names.append("verdict")
    at_median = _may_have_ratios([one.median for one in found.categories], context)
    at_step = [one.threshold for one in found.categories if one.threshold is not None]
    at_threshold = _may_have_ratios(at_step, context)
    rows = []
    for one in found.categories:
        head = Cell(context.label(one.name))
        if context.privacy.hides(one.name, block):
            rest = (Cell(say("W-withheld", lang)),) * (len(names) - 1)
            rows.append((head, *rest))
            continue
        cells = [Cell(whole(one.n_people, lang)), *_rate(one.median, context, ratios=at_median)[:2]]
        if one.threshold is not None:
            cells += _rate(one.threshold, context, ratios=at_threshold)
        rows.append((head, *cells, Cell(verdict_word(one.verdict.code, lang))))
    values = {
        "measure": context.heading(*block),
        "median": shortest(round(found.median, 2), lang),
        "highest": context.label(found.highest),
        "unknown": _few(found.n_unknown, context),
    }
    heads = tuple(say(f"H-{name}", lang) for name in names)
    numeric = (False, *[True] * (len(names) - 2), False)
    caption = say("CAP-rates-median", lang, values)
    if found.threshold is not None:
        values["threshold"] = shortest(found.threshold, lang)
        caption += " " + say("CAP-rates-threshold", lang, values)
    return Table(caption, heads, tuple(rows), numeric)


def _rate(found: RateRatio, context: Context, *, ratios: bool) -> list[Cell]:
    """The rate, the ratio to the highest, and the ratio below."""
    lang = context.lang
    rate = found.rate.rate
    words = band(rate) if context.privacy.k is not None else None
    first = Cell(share(rate, lang), rate) if words is None else Cell(say(words, lang))
    if not ratios:
        return [first, *_NOTHING]
    both = (found.ratio, found.below_ratio)
    return [first, *(Cell(number(ratio, lang, decimals=2), ratio) for ratio in both)]


def _may_have_ratios(rates: Sequence[RateRatio], context: Context) -> bool:
    """Not where any rate stands as a band: a ratio to it, or of it, would give it back."""
    return context.privacy.k is None or not hides(*(one.rate.rate for one in rates))


_NOTHING = (Cell(ABSENT), Cell(ABSENT))


def _few(count: int, context: Context) -> str:
    k = context.privacy.k
    if k is not None and 0 < count < k:
        return say("W-fewer", context.lang, {"k": str(k)})
    return whole(count, context.lang)
