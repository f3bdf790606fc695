"""The same question asked otherwise (T19): every declared analysis with its verdict, and a curve.

The conclusion counts as the same where the code of the verdict is. An analysis that could not be
made is a row with its reason, and counts as one where the conclusion changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from biasbench.explain.multiverse import Multiverse
from biasbench.report.claims import gap_of, write_finding
from biasbench.report.context import Context, Row, records
from biasbench.report.document import Block, Cell, Claim, Figure, Paragraph, Table
from biasbench.report.numbers import ABSENT, number, shortest, whole
from biasbench.report.quantities import quantity
from biasbench.report.robustness_figure import Analysis
from biasbench.report.sections.explained import removes_few, restated
from biasbench.report.sections.reasons import reason_in
from biasbench.report.tables import table_heads
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]

#: The names that a case gives to the plan's own choices, axis by axis.
_MAIN = ("planned", "everything", "plain")
_AXES = ("variant", "exclusion", "adjustment")


def robustness_blocks(row: Row, found: Multiverse, context: Context, *, name: str) -> Blocks:
    """The grid, the curve, and in how many analyses the conclusion is the same."""
    rows = records(found.table)
    blocks: list[Block] = [_table(row, rows, context)]
    shown = [one for one in rows if _is_shown(one, row, context)]
    if len(shown) > 1:
        blocks.append(_figure(row, shown, context, name=name))
    if any(one["difference"] is not None and not _is_shown(one, row, context) for one in rows):
        text = say("P-explained-hidden", context.lang, {"k": str(context.privacy.k)})
        blocks.append(Paragraph(text, style="note"))
    claim = _claim(row, rows, context)
    return (*blocks, *([] if claim is None else [claim]))


def _is_main(one: Row) -> bool:
    return tuple(one[axis] for axis in _AXES) == _MAIN


def _is_shown(one: Row, row: Row, context: Context) -> bool:
    """Whether it has a figure, and one that gives nobody away beside the finding."""
    return one["difference"] is not None and not removes_few(one, row, context)


def _option(name: str, context: Context) -> str:
    ours = {"planned", "everything", "plain"}
    return say(f"OPT-{name}", context.lang) if name in ours else name


def _options(one: Row, context: Context) -> tuple[str, ...]:
    return tuple(_option(str(one[axis]), context) for axis in _AXES)


def _varied(rows: Sequence[Row]) -> list[int]:
    """The axes on which the analyses differ: a choice that nothing varies tells nothing."""
    return [at for at, axis in enumerate(_AXES) if len({row[axis] for row in rows}) > 1]


def _listed(one: Row, rows: Sequence[Row], context: Context) -> str:
    options = _options(one, context)
    return " / ".join(options[at] for at in _varied(rows))


def _people(one: Row, context: Context) -> str:
    values = {
        "n_g": whole(one["n_speakers"], context.lang),
        "n_r": whole(one["n_against"], context.lang),
    }
    return say("W-both-people", context.lang, values)


def _code(row: Row, one: Row, context: Context) -> str | None:
    """The verdict of an analysis, behind the gates that hold for the finding itself."""
    return "V-N" if one["difference"] is None else restated(row, one, context)["verdict"]


def _turned(row: Row, one: Row) -> Row:
    alone = {"difference_low_unadjusted": None, "difference_high_unadjusted": None}
    names = ("difference", "difference_low", "difference_high")
    return {**row, **{name: one[name] for name in names}, **alone}


def _table(row: Row, rows: Sequence[Row], context: Context) -> Table:
    lang, kind = context.lang, quantity(row["metric"])
    body, varied = [], _varied(rows)
    for one in rows:
        chosen = _options(one, context)
        options = [Cell(chosen[at]) for at in varied or [0]]
        if one["difference"] is None:
            why = reason_in(str(one["reason"]), lang) if one["reason"] else say("W-refused", lang)
            body.append((*options, *[Cell(ABSENT)] * 3, Cell(why)))
            continue
        if not _is_shown(one, row, context):
            body.append((*options, *[Cell(ABSENT)] * 3, Cell(say("W-withheld", lang))))
            continue
        gap = gap_of(_turned(row, one))
        interval = Cell(ABSENT)
        if gap.low is not None and gap.high is not None:
            low, high = kind.interval(gap.low, gap.high, lang, margin=row["margin"])
            interval = Cell(say("W-interval", lang, {"lo": low, "hi": high}), gap.low)
        word = verdict_word(_code(row, one, context), lang)
        body.append(
            (
                *options,
                Cell(kind.gap(gap.value, lang, low=gap.low, high=gap.high), gap.value),
                interval,
                Cell(_people(one, context)),
                Cell(f"{word} {say('P-main', lang)}" if _is_main(one) else word),
            )
        )
    heads = [say(f"H-{_AXES[at]}", lang) for at in varied or [0]]
    names = ("gap", "interval_adjusted", "both-people", "verdict")
    return Table(
        say("CAP-robust", lang, {"measure": kind.name(lang)}),
        (*heads, *table_heads(names, context)),
        tuple(body),
        (*[False] * len(heads), True, True, True, False),
    )


def _claim(row: Row, rows: Sequence[Row], context: Context) -> Claim | None:
    """In how many of the other analyses the verdict is the finding's; under the finding's own."""
    others = [one for one in rows if not _is_main(one)]
    written = write_finding(row, context)
    if not others or written.code is None:
        return None
    lang = context.lang
    about = f"{written.about} – {say('P-robust', lang)}"
    if written.code == "V-N":
        return Claim(about, written.verdict, say("ROB-gated", lang))
    differs = [one for one in others if _code(row, one, context) != written.code]
    planned = context.is_planned and context.is_primary(row)
    between = "\u00a0; " if lang == "fr" else "; "
    changed = between.join(
        f"{_listed(one, rows, context)} ({verdict_word(_code(row, one, context), lang)})"
        for one in differs
    )
    values = {
        "k": whole(len(others) - len(differs), lang),
        "K": whole(len(others), lang),
        "changed": changed or say("ROB-none", lang),
    }
    name = "ROB" if planned else "ROB-EXP"
    if len(others) == 1:
        name += "-one-changes" if differs else "-one-same"
    said = say(name, lang, values)
    return Claim(about, written.verdict, said)


def _figure(row: Row, rows: Sequence[Row], context: Context, *, name: str) -> Figure:
    lang, kind = context.lang, quantity(row["metric"])
    analyses = []
    for one in rows:
        gap = gap_of(_turned(row, one))
        assert gap.value is not None
        low, high = (None if end is None else end * kind.factor for end in (gap.low, gap.high))
        options = _options(one, context)
        is_main = _is_main(one)
        analyses.append(Analysis(gap.value * kind.factor, low, high, options, is_main))
    analyses.sort(key=lambda one: one.gap)
    choices = [list(dict.fromkeys(one.choices[at] for one in analyses)) for at in range(len(_AXES))]
    varied = _varied(rows)
    drawn = [
        Analysis(one.gap, one.low, one.high, tuple(one.choices[at] for at in varied), one.is_main)
        for one in analyses
    ]
    margin = None if row["margin"] is None else float(row["margin"]) * kind.factor

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.robustness_figure import specification_curve

        return specification_curve(
            drawn,
            [choices[at] for at in varied],
            tick=lambda value: shortest(value, lang),
            unit=kind.unit(lang),
            margin=margin,
        )

    listed = "; ".join(f"{' / '.join(one.choices)}: {number(one.gap, lang)}" for one in analyses)
    values = {"measure": kind.name(lang), "unit": kind.unit(lang)}
    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-specification", lang, values),
        alternative=say("ALT-specification", lang, {"list": listed}),
    )
