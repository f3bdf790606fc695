"""Section 14: what the other side said, word for word, the replies, and its own plan recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from biasbench.cases.record import Exchange
from biasbench.report.context import Context
from biasbench.report.document import Block, Cell, Paragraph, Quote, Subheading, Table
from biasbench.report.numbers import ABSENT, long_date, whole
from biasbench.report.quantities import quantity
from biasbench.report.sections.status import exchange_sentence
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Concluded:
    """What one plan concludes of a comparison: the gap's interval, above zero worse, and the code.

    `code` is 'V-S' where the report may print nothing of it.
    """

    code: str | None
    low: float | None = None
    high: float | None = None
    margin: float | None = None


@dataclass(frozen=True)
class RerunRow:
    """One comparison under both plans; None: that plan does not compare it."""

    system: str
    metric: str
    group: str
    against: str
    n_against: int | None
    ours: Concluded | None
    theirs: Concluded | None


@dataclass(frozen=True)
class Rerun:
    """The same data under the other side's plan."""

    party: str
    title: str
    hash8: str
    rows: tuple[RerunRow, ...]


def replies(context: Context, reruns: Sequence[Rerun] = ()) -> Blocks:
    """Whether the other side could answer, what it said and the replies, its plan recomputed."""
    case, lang = context.case, context.lang
    if case is None:
        return ()
    exchanges = case.inputs.record.exchanges
    blocks: list[Block] = [Paragraph(exchange_sentence(context))]
    if any(one.comment for one in exchanges):
        blocks.append(Paragraph(say("P-replies-verbatim", lang), style="note"))
    for place, exchange in enumerate(exchanges, start=1):
        blocks += _exchange(place, exchange, context)
    for rerun in reruns:
        party = {"party": rerun.party}
        blocks += [
            Subheading(say("P-replies-rerun", lang, party)),
            rerun_table(rerun, context),
        ]
    if not reruns:
        blocks.append(Paragraph(say("P-replies-norerun", lang), style="note"))
    return tuple(blocks)


def _exchange(place: int, exchange: Exchange, context: Context) -> Blocks:
    lang, party = context.lang, {"party": exchange.party}
    day = long_date(date.fromisoformat(exchange.sent), lang)
    head = say("W-replies-head", lang, {**party, "n": whole(place, lang), "date": day})
    if not exchange.comment:
        return (Subheading(head), Paragraph(say("P-replies-none", lang, party)))
    reply: Block = Paragraph(say("P-replies-noreply", lang), style="note")
    if exchange.reply:
        reply = Quote(say("W-replies-reply", lang), exchange.reply)
    said = Quote(say("W-replies-said", lang, party), exchange.comment)
    return (Subheading(head), said, reply)


def rerun_table(rerun: Rerun, context: Context) -> Table:
    """Verdict and interval of each comparison under both plans; withheld under both or neither."""
    lang = context.lang
    rows = []
    for row in rerun.rows:
        sides = {"G": context.label(row.group), "R": context.label(row.against)}
        hidden = _is_hidden(row, context)
        texts = (
            context.heading(row.system, row.metric),
            say("W-about", lang, sides),
            *_concluded(row, row.ours, context, hidden=hidden),
            *_concluded(row, row.theirs, context, hidden=hidden),
        )
        rows.append(tuple(Cell(text) for text in texts))
    names = ("measure", "compared", "ours", "ours-interval", "theirs", "theirs-interval")
    values = {"title": rerun.title, "hash8": rerun.hash8}
    heads = tuple(say(f"H-{name}", lang) for name in names)
    return Table(say("CAP-rerun", lang, values), heads, tuple(rows), (False,) * len(names))


def _is_hidden(row: RerunRow, context: Context) -> bool:
    """Whether this report withholds it, or either plan does: one would give the other away."""
    block = (row.system, row.metric)
    ours = context.privacy.withholds(row.group, row.against, row.n_against, block)
    sides = (row.ours, row.theirs)
    return bool(ours) or any(side is not None and side.code == "V-S" for side in sides)


def _concluded(
    row: RerunRow, found: Concluded | None, context: Context, *, hidden: bool
) -> tuple[str, str]:
    lang = context.lang
    if found is None:
        return say("W-rerun-absent", lang), ABSENT
    if hidden:
        return verdict_word("V-S", lang), ABSENT
    interval = ABSENT
    if found.low is not None and found.high is not None:
        low, high = quantity(row.metric).interval(found.low, found.high, lang, margin=found.margin)
        interval = say("W-interval", lang, {"lo": low, "hi": high})
    return verdict_word(found.code, lang), interval
