"""Section 10: whose calls are recorded or listened to, by group and by person inside each group.

A comparison that the plan has a margin for has the verdict of its own finding; any other is given
with its interval and none. Of the spread inside each side (`spreads`), the two sides are never
printed beside their sum, nor two groups each beside its rest: subtracting would undo its joining.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from biasbench.cases.case import Selected
from biasbench.consequences.selection import Concentration
from biasbench.evidence.estimate import Estimate
from biasbench.report.claims import conclude
from biasbench.report.context import Context, Row
from biasbench.report.document import Block, Box, Claim, Subheading
from biasbench.report.numbers import shortest, whole
from biasbench.report.quantities import Quantity
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.references import agreement_table
from biasbench.report.sections.spreads import percent, spread_blocks
from biasbench.report.wording import say, verdict_word
from biasbench.tables import REST

Blocks = tuple[Block, ...]


def selection(context: Context) -> Blocks:
    """Each announced rate with its groups; then how far listeners agree."""
    if context.case is None or not context.case.selected:
        return ()
    lang = context.lang
    blocks: list[Block] = []
    for planned in dict.fromkeys(one.planned for one in context.case.selected):
        here = [one for one in context.case.selected if one.planned == planned]
        values = {"action": _action(here[0], context), "metric": planned.metric}
        blocks.append(Subheading(say("P-selection-head", lang, values)))
        blocks += [_claim(one, context) for one in here]
        blocks += _spreads(here, context)
    if context.case.inputs.record.references.agreement:
        blocks.append(agreement_table(context, caption="CAP-raters"))
    caveats = [say("P-selection-caveat", lang), say("C-GROUP", lang)]
    caveats += [say("SYN", lang)] if context.synthetic else []
    return (*blocks, Box(say("BOX-section", lang), tuple(caveats)))


def _claim(one: Selected, context: Context) -> Block:
    """What was picked, the verdict, the interval, and where each side stands: one string."""
    lang = context.lang
    names = {"G": context.label(one.group), "R": context.label(_against(context))}
    about = say("W-about", lang, names)
    hidden = _withheld(one, context)
    if hidden is not None:
        text = say(hidden, lang, {"k": str(context.privacy.k)})
        return Claim(about, verdict_word("V-S", lang), text)
    found = one.found
    if found is None:
        reason = reason_in(one.refused, lang)
        text = say("P-selection-refused", lang, {"G": names["G"], "reason": reason})
        return Claim(about, verdict_word("V-N", lang), text)
    kind = Quantity(one.planned.metric, "M-SELECT", "selected")
    declared = percent(found.announced, context)
    measured = {
        **names,
        "m_g": kind.value(found.group.value, lang),
        "m_r": kind.value(found.against.value, lang),
        "n_g": whole(found.group.n_speakers, lang),
        "n_r": whole(found.against.n_speakers, lang),
        "action": _action(one, context),
        "declared": declared,
    }
    word, concluded = _concluded(one, kind, names, context)
    parts = [say("M-SELECT", lang, measured), concluded]
    for name, side, standing in (
        (names["G"], found.group, found.group_standing),
        (names["R"], found.against, found.against_standing),
    ):
        if standing is not None and side.low is not None and side.high is not None:
            low, high = kind.interval(side.low, side.high, lang, margin=found.announced)
            values = {"G": name, "lo": low, "hi": high, "declared": declared}
            parts.append(say(f"STANDING-{standing}", lang, values))
    return Claim(about, word, " ".join(parts))


def _concluded(
    one: Selected, kind: Quantity, names: Mapping[str, str], context: Context
) -> tuple[str, str]:
    """Verdict and interval: of the planned finding, else of the comparison without a verdict."""
    row = _finding(one, context)
    if row is not None and row["margin"] is not None:
        return conclude(row, kind, names, context)
    assert one.found is not None
    lang, gap = context.lang, one.found.comparison
    low, high = gap.difference_low, gap.difference_high
    said = say("P-selection-nointerval", lang)
    if low is not None and high is not None:
        ends = kind.interval(low, high, lang)
        values = {
            "lo": ends[0],
            "hi": ends[1],
            "unit": kind.unit(lang),
            "level": shortest(100 * gap.level, lang),
        }
        said = say("P-selection-interval", lang, values)
    if one.found.refused:
        reasons = "; ".join(dict.fromkeys(reason_in(text, lang) for text in one.found.refused))
        said += " " + say("P-selection-gates", lang, {"reasons": reasons})
    return verdict_word(None, lang), said


def _finding(one: Selected, context: Context) -> Row | None:
    return next(
        (
            row
            for row in context.findings
            if (row["metric"], row["group"]) == (one.planned.metric, one.group)
        ),
        None,
    )


def _withheld(one: Selected, context: Context) -> str | None:
    """The sentence in its place, by the rule of groups and by the people who have calls here."""
    found, privacy = one.found, context.privacy
    row = _finding(one, context)
    block = None if row is None else (str(row["system"]), str(row["metric"]))
    n_against = None if found is None else found.against.n_speakers
    hidden = privacy.withholds(one.group, _against(context), n_against, block)
    if hidden is None and found is not None:
        sides: Sequence[Estimate] = (found.group, found.against)
        if not all(privacy.count(side.n_speakers) for side in sides):
            return "V-S"
    return hidden


def _against(context: Context) -> str:
    return context.evidence.settings.against


def _action(one: Selected, context: Context) -> str:
    return say(f"ACTION-{one.planned.action.replace(' ', '-')}", context.lang)


def _spreads(selected: Sequence[Selected], context: Context) -> Blocks:
    """The spread inside each side, no two of which overlap."""
    shown = [one for one in selected if one.found is not None and not _withheld(one, context)]
    sides: dict[str, Concentration | None] = {}
    for one in shown:
        assert one.found is not None
        sides[one.group] = one.found.concentrations[0]
        # The rest of one group holds the others: beside theirs it would give them away.
        if len(selected) == 1 or _against(context) != REST:
            sides.setdefault(_against(context), one.found.concentrations[1])
    known = {context.label(name): of for name, of in sides.items() if of is not None}
    if not known:
        return ()
    return spread_blocks(known, shown[0].planned.metric, _action(shown[0], context), context)
