"""The tables of the report: what stands in each cell, small groups withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from biasbench.report.claims import Written, gap_of, is_directed, write_finding
from biasbench.report.context import Context, Row
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, Lang, number, shortest, whole
from biasbench.report.privacy import hidden_table, rounded_counts
from biasbench.report.quantities import quantity
from biasbench.report.wording import say

_NONE = Cell(ABSENT)
_STATUSES = ("ok", "empty", "failed", "skipped")


def findings_table(rows: Sequence[Row], written: Sequence[Written], context: Context) -> Table:
    """A metric's comparisons: people, values, the gap with its adjusted interval, the verdict."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    directed = is_directed(rows[0])
    names = ["group", "people", "value"]
    names += ["against_value", "gap" if directed else "difference", "interval_adjusted", "verdict"]
    body = [
        (Cell(context.label(row["group"])), *_finding_cells(row, words, context))
        for row, words in zip(rows, written, strict=True)
    ]
    caption = "CAP-findings" if directed else "CAP-findings-neither"
    return make_table(
        say(caption, lang, {"measure": kind.name(lang), "unit": kind.unit(lang)}),
        table_heads(names, context),
        body,
        text_columns=(0, 6),
    )


def side_by_side(metric: str, context: Context) -> list[Table]:
    """Several systems on one metric: each group's findings one under the other; else nothing."""
    lang, kind = context.lang, quantity(metric)
    rows = [row for row in context.findings if row["metric"] == metric]
    if len({row["system"] for row in rows}) < 2:
        return []
    groups = list(dict.fromkeys(row["group"] for row in rows))
    rows = sorted(rows, key=lambda row: groups.index(row["group"]))
    directed = is_directed(rows[0])
    names = ["group", "system", "people", "value", "against_value"]
    names += ["gap" if directed else "difference", "interval_adjusted", "verdict"]
    body = [
        (
            Cell(context.label(row["group"])),
            Cell(context.system(row["system"]).short),
            *_finding_cells(row, write_finding(row, context), context),
        )
        for row in rows
    ]
    caption = say("CAP-side", lang, {"measure": kind.name(lang), "unit": kind.unit(lang)})
    return [make_table(caption, table_heads(names, context), body, text_columns=(0, 1, 7))]


def _finding_cells(row: Row, words: Written, context: Context) -> tuple[Cell, ...]:
    """People, both values, the gap, its interval and the verdict; no figure of a small group."""
    if words.withheld:
        return (_withheld_people(row, context), *[_NONE] * 4, Cell(words.verdict))
    gap, kind = gap_of(row), quantity(row["metric"])
    return (
        _count(row["n_speakers"], context),
        _figure(row, "value", context),
        _figure(row, "against_value", context),
        Cell(kind.gap(gap.value, context.lang, low=gap.low, high=gap.high), gap.value),
        Cell(*_interval(row, gap.low, gap.high, context)),
        Cell(words.verdict),
    )


def groups_table(rows: Sequence[Row], context: Context) -> Table:
    """A metric's groups, each alone, with the unknown and everybody."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    names = ["group", "people", "recordings"]
    names += [kind.base] if kind.base else []
    names += ["value", "interval", "note"]
    body = []
    for row in rows:
        head = Cell(context.label(row["group"]))
        if context.privacy.hides(row["group"], (row["system"], row["metric"])):
            nothing = [_NONE] * (len(names) - 3)
            note = Cell(say("W-withheld", lang))
            body.append((head, _withheld_people(row, context), *nothing, note))
            continue
        interval = _NONE
        if row["low"] is not None and row["high"] is not None:
            ends = kind.interval(row["low"], row["high"], lang)
            interval = Cell(say("W-interval", lang, {"lo": ends[0], "hi": ends[1]}), row["low"])
        base = [_count(row["denominator"], context)] if kind.base else []
        body.append(
            (
                head,
                _count(row["n_speakers"], context),
                _count(row["n_utterances"], context),
                *base,
                _figure(row, "value", context),
                interval,
                Cell(note_words(row["note"], context)),
            )
        )
    if not any(cells[-1].text for cells in body):
        names, body = names[:-1], [cells[:-1] for cells in body]
    caption = say("CAP-groups", lang, {"measure": kind.name(lang), "unit": kind.unit(lang)})
    after_interval = names.index("interval") + 1
    return make_table(caption, table_heads(names, context), body, text_columns=(0, after_interval))


def who_table(context: Context) -> Table:
    """People and recordings by group, and the recordings without a value, metric by metric."""
    lang, hides = context.lang, context.privacy.hides
    blocks = context.blocks()
    first = context.groups_of(*blocks[0])
    heads = [*table_heads(["group", "people", "recordings"], context)]
    for system, metric in blocks:
        name = quantity(metric).name(lang)
        if len(context.systems) > 1:
            name += f" – {context.system(system).short}"
        heads.append(f"{say('H-missing', lang)} ({name})")
    body = []
    for row in first:
        same = [
            next(r for r in context.groups_of(*block) if r["group"] == row["group"])
            for block in blocks
        ]
        head = Cell(context.label(row["group"]))
        if context.privacy.hides(row["group"]):
            body.append((head, _withheld_people(row, context), *[_NONE] * (1 + len(blocks))))
            continue
        shown = [r for r in same if not hides(r["group"], (r["system"], r["metric"]))]
        people = [r["n_speakers"] for r in shown if r["n_speakers"] is not None]
        recordings = max((r["n_utterances"] + r["n_missing"] for r in shown), default=None)
        body.append(
            (
                head,
                _count(max(people, default=None), context),
                _count(recordings, context),
                *(_count(r["n_missing"], context) if r in shown else _NONE for r in same),
            )
        )
    return make_table(say("CAP-who", lang), tuple(heads), body)


def status_table(context: Context) -> list[Table]:
    """What each run made of the recordings of every group; needs the corpus and the runs."""
    of_utterance = context.group_of_utterance
    if not of_utterance:
        return []
    shown = [row["group"] for row in context.groups_of(*context.blocks()[0])]
    tables = []
    for run in context.runs:
        for system, transcripts in run.transcripts.groupby("system", sort=False):
            groups = transcripts["utterance_id"].map(of_utterance)
            body = []
            for name in shown:
                here = transcripts[groups == name] if name in set(groups) else None
                if here is None:
                    continue
                head = Cell(context.label(name))
                if context.privacy.hides_within(name, str(system)):
                    body.append((head, *[_NONE] * 4))
                    continue
                counts = here["status"].value_counts()
                cells = [_count(int(counts.get(status, 0)), context) for status in _STATUSES[1:]]
                body.append((head, _count(len(here), context), *cells))
            heads = table_heads(["group", "recordings", "empty", "failed", "skipped"], context)
            caption = f"{say('CAP-status', context.lang)} {context.system(str(system)).short}"
            tables.append(make_table(caption, heads, body))
    return tables


def cross_tables(context: Context) -> list[Table]:
    """Group against each recording condition: people, or recordings where people are unknown."""
    counts = context.evidence.conditions
    tables = []
    for condition, of_condition in counts.groupby("condition", sort=False):
        levels = list(dict.fromkeys(of_condition["level"]))
        count_people = bool(of_condition["n_speakers"].notna().all())
        column = "n_speakers" if count_people else "n_utterances"
        cells = {
            (row["group"], row["level"]): int(row[column])
            for row in of_condition.to_dict("records")
        }
        groups = list(dict.fromkeys(of_condition["group"]))
        crossed = [[cells.get((group, level), 0) for level in levels] for group in groups]
        k = context.privacy.k if count_people else None
        gone = [context.privacy.hides(group) for group in groups]
        hidden = hidden_table(crossed, k, rows_hidden=gone) | np.array(gone)[:, None]
        rounds = count_people and context.privacy.is_public
        body = []
        for group, row, hides in zip(groups, crossed, hidden.tolist(), strict=True):
            printed = rounded_counts(row, hides) if rounds else row
            shown = [
                Cell(say("W-withheld", context.lang)) if hide else _count(count, context)
                for count, hide in zip(printed, hides, strict=True)
            ]
            body.append((Cell(context.label(group)), *shown))
        notes = (say("P-cross-rounded", context.lang),) if rounds else ()
        caption = say(
            "CAP-cross" if count_people else "CAP-cross-rows",
            context.lang,
            {"condition": str(condition)},
        )
        heads = (say("H-group", context.lang), *map(str, levels))
        tables.append(replace(make_table(caption, heads, body), notes=notes))
    return tables


def systems_table(context: Context) -> Table:
    """The systems as their runs recorded them."""
    lang = context.lang
    body = []
    for examined in context.systems:
        tier = f"W-tier-{examined.tier or 'none'}"
        modality = f"MOD-{examined.modality or 'unknown'}"
        texts = (
            examined.short,
            examined.version or say("W-undeclared", lang),
            say(tier, lang),
            say(modality, lang),
            examined.licence or ABSENT,
        )
        body.append(tuple(Cell(text) for text in texts))
    names = ["system", "version", "tier", "modality", "licence"]
    return make_table(
        say("CAP-system", lang),
        table_heads(names, context),
        body,
        text_columns=range(len(names)),
        # A system may have forty settings: a line of the page holds them, a column does not.
        notes=tuple(
            say("P-options", lang, {"system": one.short, "options": one.options})
            for one in context.systems
            if one.options
        ),
    )


def all_comparisons(context: Context) -> Table:
    """Every comparison made, with its margin and verdict: nothing is left out."""
    lang = context.lang
    several = len(context.systems) > 1
    names = ["measure", "group", "against", "margin", "verdict"]
    names[1:1] = ["system"] if several else []
    body = []
    for row in context.findings:
        kind = quantity(row["metric"])
        margin = say("W-nomargin", lang)
        if row["margin"] is not None:
            margin = f"{kind.margin(row['margin'], lang)} {kind.unit(lang)}"
        texts = (
            kind.name(lang),
            *([context.system(row["system"]).short] if several else []),
            context.label(row["group"]),
            context.label(row["against"]),
            margin,
            write_finding(row, context).verdict,
        )
        body.append(tuple(Cell(text) for text in texts))
    return make_table(
        say("CAP-all", lang), table_heads(names, context), body, text_columns=range(len(names))
    )


def statistics_table(rows: Sequence[Row], context: Context) -> Table:
    """Gap and ratio of one metric, with the intervals of the family and of each alone."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    names = ["group", "gap", "interval_adjusted", "interval_alone", "ratio", "ratio_interval"]
    body = []
    for row in rows:
        head = Cell(context.label(row["group"]))
        if write_finding(row, context).withheld:
            body.append((head, *[_NONE] * (len(names) - 1)))
            continue
        gap = gap_of(row)
        ratio_ends = _NONE
        if row["ratio_low"] is not None and row["ratio_high"] is not None:
            low, high = (number(row[f"ratio_{end}"], lang, decimals=2) for end in ("low", "high"))
            ratio_ends = Cell(say("W-interval", lang, {"lo": low, "hi": high}), row["ratio_low"])
        body.append(
            (
                head,
                Cell(kind.gap(gap.value, lang, low=gap.low, high=gap.high), gap.value),
                Cell(*_interval(row, gap.low, gap.high, context)),
                Cell(*_interval(row, gap.low_alone, gap.high_alone, context)),
                Cell(number(row["ratio"], lang, decimals=2), row["ratio"]),
                ratio_ends,
            )
        )
    values = {"measure": _heading(rows[0], context), "unit": kind.unit(lang)}
    return make_table(say("CAP-statistics", lang, values), table_heads(names, context), body)


def multiplicity_table(rows: Sequence[Row], context: Context) -> Table:
    """The p-values of one metric: alone, and under each way to count the family."""
    lang, kind = context.lang, quantity(rows[0]["metric"])
    kinds = ["p_value", "p_adjusted", "p_holm", "p_max_t", "p_bh"]
    body = []
    for row in rows:
        head = Cell(context.label(row["group"]))
        if write_finding(row, context).withheld:
            body.append((head, *[_NONE] * (1 + len(kinds))))
            continue
        gap = gap_of(row)
        figure = Cell(kind.gap(gap.value, lang, low=gap.low, high=gap.high), gap.value)
        body.append((head, figure, *(Cell(p_words(row[name], lang), row[name]) for name in kinds)))
    values = {"measure": _heading(rows[0], context), "m": whole(rows[0]["n_comparisons"], lang)}
    heads = table_heads(["group", "gap", *kinds], context)
    return make_table(say("CAP-multiplicity", lang, values), heads, body)


def chain_table(context: Context) -> Table:
    """Each operation behind the numbers and what it recorded."""
    lang = context.lang
    body = [
        (Cell(step.verb), Cell("; ".join(f"{key}: {value}" for key, value in step.facts)))
        for step in context.run_steps()
    ]
    return make_table(
        say("CAP-chain", lang), table_heads(["step", "facts"], context), body, text_columns=(0, 1)
    )


def p_words(value: float | None, lang: Lang) -> str:
    """A p-value with three decimals, and never zero.

    >>> p_words(0.00002, "en"), p_words(0.031, "en")
    ('< 0.001', '0.031')
    """
    if value is not None and value < 0.001:
        return f"< {number(0.001, lang, decimals=3)}"
    return number(value, lang, decimals=3)


_NOTES = (
    ("no interval below", "NOTE-FEW"),
    ("no event among", "NOTE-ZERO"),
    ("whole denominator", "NOTE-ONE"),
    ("same value", "NOTE-FLAT"),
)


def note_words(note: str | None, context: Context) -> str:
    """A note of the table of groups, in the report's language."""
    found = [say(name, context.lang) for words, name in _NOTES if words in (note or "")]
    return "; ".join(found)


def _interval(
    row: Row, low: float | None, high: float | None, context: Context
) -> tuple[str, float | None]:
    if low is None or high is None:
        return say("W-nointerval", context.lang), None
    ends = quantity(row["metric"]).interval(low, high, context.lang, margin=row["margin"])
    return say("W-interval", context.lang, {"lo": ends[0], "hi": ends[1]}), low


def _heading(row: Row, context: Context) -> str:
    return context.heading(row["system"], row["metric"])


def _figure(row: Row, column: str, context: Context) -> Cell:
    return Cell(quantity(row["metric"]).value(row[column], context.lang), row[column])


def _count(count: float | None, context: Context) -> Cell:
    if count is not None and count != int(count):
        return Cell(shortest(float(count), context.lang), float(count))
    return Cell(whole(count, context.lang), None if count is None else float(count))


def _withheld_people(row: Row, context: Context) -> Cell:
    people, k = row["n_speakers"], context.privacy.k
    if people is not None and k is not None and people < k:
        return Cell(say("W-fewer", context.lang, {"k": str(k)}))
    return Cell(ABSENT)


def table_heads(names: Iterable[str], context: Context) -> tuple[str, ...]:
    """The headings H-<name>, in the report's language."""
    level = {"level": shortest(100 * context.evidence.settings.level, context.lang)}
    return tuple(say(f"H-{name}", context.lang, level) for name in names)


def make_table(
    caption: str,
    heads: tuple[str, ...],
    body: Sequence[tuple[Cell, ...]],
    *,
    text_columns: Iterable[int] = (0,),
    notes: tuple[str, ...] = (),
) -> Table:
    """A table whose columns are numbers but for `text_columns`."""
    texts = set(text_columns)
    numeric = tuple(at not in texts for at in range(len(heads)))
    return Table(caption, heads, tuple(body), numeric, notes)
