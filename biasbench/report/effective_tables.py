"""What each figure rests on, as tables: people, leverage, both standard errors, who is missing."""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.report.claims import write_finding
from biasbench.report.context import Context, Row, records
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, ends, number, share, whole
from biasbench.report.privacy import leverage_words, steadiness_words
from biasbench.report.tables import make_table, p_words, table_heads
from biasbench.report.wording import say

_NONE = Cell(ABSENT)


def people_table(rows: Sequence[Row], context: Context) -> Table:
    """How many people, how many they weigh as, and what becomes of the figure without one."""
    lang = context.lang
    names = ["group", "people", "effective", "people_against", "effective_against"]
    names += ["leverage", "without_any" if context.privacy.is_public else "without_one"]
    body = []
    for row in rows:
        head = Cell(context.label(row["group"]))
        if write_finding(row, context).withheld:
            body.append((head, *[_NONE] * (len(names) - 1)))
            continue
        body.append(
            (
                head,
                Cell(whole(row["n_speakers"], lang), row["n_speakers"]),
                _number(row["n_effective"], context, 1),
                Cell(whole(row["n_against"], lang), row["n_against"]),
                _number(row["n_effective_against"], context, 1),
                _leverage(row, context),
                _range(row, context),
            )
        )
    return make_table(_caption("CAP-people", rows[0], context), table_heads(names, context), body)


def errors_table(rows: Sequence[Row], context: Context) -> Table:
    """The standard error by person beside the naive one, and what the people there are can show."""
    names = ["group", "se", "se_naive", "design_effect", "detectable"]
    columns = {"standard_error": 3, "standard_error_naive": 3, "design_effect": 1, "detectable": 2}
    body = []
    for row in rows:
        head = Cell(context.label(row["group"]))
        if write_finding(row, context).withheld:
            body.append((head, *[_NONE] * len(columns)))
            continue
        figures = (_number(row[name], context, decimals) for name, decimals in columns.items())
        body.append((head, *figures))
    return make_table(_caption("CAP-errors", rows[0], context), table_heads(names, context), body)


def omnibus_table(context: Context) -> list[Table]:
    """Whether the groups of each metric are all alike, as shuffling people has it.

    The largest |t| may be that of a withheld group, and the people are all of them together.
    """
    lang, found = context.lang, context.evidence.omnibus
    if found.empty:
        return []
    body = []
    for row in records(found):
        block = (row["system"], row["metric"])
        if block in context.privacy.blocks:
            body.append((Cell(context.heading(*block)), *[_NONE] * 4))
            continue
        hides = context.privacy.withholds_total(block)
        body.append(
            (
                Cell(context.heading(*block)),
                Cell(whole(row["n_comparisons"], lang), row["n_comparisons"]),
                _NONE if hides else Cell(whole(row["n_speakers"], lang), row["n_speakers"]),
                _NONE if hides else _number(row["largest_t"], context, 2),
                Cell(p_words(row["p_value"], lang), row["p_value"]),
            )
        )
    names = ["measure", "comparisons", "people", "largest_t", "p_omnibus"]
    values = {"n": whole(found["n_resamples"].max(), lang)}
    return [make_table(say("CAP-omnibus", lang, values), table_heads(names, context), body)]


def missing_tables(context: Context) -> list[Table]:
    """The share of recordings without a value, by group, with its interval; where there are any."""
    lang, found = context.lang, context.evidence.missing
    if found.empty:
        return []
    body = []
    for row in records(found):
        head = (
            Cell(context.heading(row["system"], row["metric"])),
            Cell(context.label(row["group"])),
        )
        block = (row["system"], row["metric"])
        if context.privacy.withholds(row["group"], row["against"], row["n_against"], block):
            body.append((*head, *[_NONE] * 4))
            continue
        interval = _NONE
        if row["difference_low"] is not None and row["difference_high"] is not None:
            low, high = ends(100 * row["difference_low"], 100 * row["difference_high"], lang)
            interval = Cell(say("W-interval", lang, {"lo": low, "hi": high}), row["difference_low"])
        body.append(
            (
                *head,
                Cell(whole(row["n_speakers"], lang), row["n_speakers"]),
                Cell(share(row["value"], lang), row["value"]),
                Cell(share(row["against_value"], lang), row["against_value"]),
                interval,
            )
        )
    names = ["measure", "group", "people", "missing_share", "missing_against", "missing_interval"]
    heads = table_heads(names, context)
    return [make_table(say("CAP-missing", lang), heads, body, text_columns=(0, 1))]


def row_is_rate(row: Row) -> bool:
    """Whether the standard error of a finding is that of a log ratio."""
    return row["ratio"] is not None


def _caption(name: str, row: Row, context: Context) -> str:
    """A caption for rates, or its twin for means: their figures are of the gap, not the ratio."""
    values = {"measure": context.heading(row["system"], row["metric"])}
    return say(name if row_is_rate(row) else f"{name}-mean", context.lang, values)


def _number(value: float | None, context: Context, decimals: int) -> Cell:
    return Cell(number(value, context.lang, decimals=decimals), value)


def _leverage(row: Row, context: Context) -> Cell:
    largest, lang = row["largest_leverage"], context.lang
    if context.privacy.is_public:
        return Cell(leverage_words(largest, lang))
    return Cell(share(largest, lang, decimals=0), largest)


def _range(row: Row, context: Context) -> Cell:
    name = "ratio" if row_is_rate(row) else "difference"
    low, high = row[f"{name}_without_one_low"], row[f"{name}_without_one_high"]
    if context.privacy.is_public:
        alike = 1.0 if row_is_rate(row) else 0.0
        return Cell(steadiness_words(low, high, alike, context.lang))
    if low is None or high is None:
        return _NONE
    texts = (number(end, context.lang, decimals=2) for end in (low, high))
    low_text, high_text = texts
    return Cell(say("W-interval", context.lang, {"lo": low_text, "hi": high_text}), low)
