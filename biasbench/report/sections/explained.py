"""A gap as it is and under each explanation that the plan asks for (T18), each with its verdict.

A row keeps the verdict rule of the finding: its margin, its gates, and the level of the family's
own intervals. Parts of a decomposition are no comparisons and have none. A row on fewer people than
the first gives away, by subtraction, those who are not in it: it is withheld where they are fewer
than k. That holds at equal conditions too, where the figure is nearly the sum.
"""

from __future__ import annotations

from collections.abc import Sequence

from biasbench.evidence.comparison import Comparison
from biasbench.evidence.sufficiency import FEWEST_PEOPLE
from biasbench.evidence.verdict import judge
from biasbench.explain import Alternatives
from biasbench.report.claims import gap_of, is_directed
from biasbench.report.context import Context, Row, records
from biasbench.report.document import Block, Cell, Claim, Paragraph, Table
from biasbench.report.numbers import ABSENT, number, shortest, whole
from biasbench.report.privacy import steadiness_words
from biasbench.report.quantities import quantity
from biasbench.report.sections.reasons import reason_in
from biasbench.report.tables import table_heads
from biasbench.report.wording import say, verdict_word

Blocks = tuple[Block, ...]

_PARTS = ("composition", "unexplained", "not comparable")


def explained_blocks(row: Row, found: Alternatives, context: Context) -> Blocks:
    """The table, a claim for each explanation at equal conditions, what was refused, E-values."""
    lang = context.lang
    rows = records(found.table)
    answered = [one for one in rows if one["difference"] is not None]
    refused = [one for one in rows if one["difference"] is None]
    blocks: list[Block] = [_table(row, rows, context)]
    blocks.append(
        Paragraph(
            say("P-explained", lang, {"level": level_words(found.level, context)}), style="note"
        )
    )
    if context.privacy.is_public:
        blocks += [Paragraph(text, style="note") for text in _steady(answered, row, context)]
    if any(removes_few(one, row, context) for one in answered):
        text = say("P-explained-hidden", lang, {"k": str(context.privacy.k)})
        blocks.append(Paragraph(text, style="note"))
    blocks += [_claim(row, one, found.level, context) for one in _at_equal(answered)]
    for one in refused:
        values = {"name": _name(one, context), "reason": reason_in(str(one["note"]), lang)}
        blocks.append(Paragraph(say("P-refused-row", lang, values)))
    return (*blocks, *_unrecorded(found, context))


def restated(row: Row, other: Row, context: Context) -> Row:
    """The finding with the figures of another computation, and the verdict that these have."""
    figures = {
        name: other[name]
        for name in (
            "difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high",
            "n_speakers", "n_against",
        )
    }  # fmt: skip
    alone = {"difference_low_unadjusted": None, "difference_high_unadjusted": None}
    return {**row, **figures, **alone, "verdict": _code(row, other, context)}


def _code(row: Row, other: Row, context: Context) -> str | None:
    if row["verdict"] in (None, "V-N") or row["margin"] is None:
        return None if row["verdict"] is None else str(row["verdict"])
    people = [other["n_speakers"] or 0, other["n_against"] or 0]
    needed = FEWEST_PEOPLE[context.evidence.settings.audience]
    if other["difference_low"] is None or min(people) < needed:
        return "V-N"
    comparison = Comparison(
        None,
        None,
        float(row["level"]),
        "restated",
        **{
            name: other[name]
            for name in (
                "difference", "difference_low", "difference_high", "ratio", "ratio_low",
                "ratio_high",
            )
        },
    )  # fmt: skip
    return judge(comparison, margin=float(row["margin"]), direction=row["direction"]).code


def level_words(level: float, context: Context) -> str:
    """A level in per cent, with one decimal where it has any."""
    percent = 100 * level
    if abs(percent - round(percent)) < 1e-9:
        return shortest(percent, context.lang)
    return number(percent, context.lang, decimals=1)


def removes_few(other: Row, row: Row, context: Context) -> bool:
    """Whether the people of one side who are in the finding and not in the row are fewer than k."""
    k = context.privacy.k
    if k is None:
        return False
    pairs = [(row[name], other[name]) for name in ("n_speakers", "n_against")]
    if any(left is not None and left < k for _, left in pairs):
        return True
    return any(
        whole_side is not None and left is not None and 0 < whole_side - left < k
        for whole_side, left in pairs
    )


def _table(row: Row, rows: Sequence[Row], context: Context) -> Table:
    lang, kind = context.lang, quantity(row["metric"])
    body = [
        _cells(row, one, context)
        for one in rows
        if not (one["explanation"] == "without one person" and context.privacy.is_public)
    ]
    names = ["explanation", "gap", "interval_adjusted", "people", "people_against", "verdict"]
    values = {
        "measure": kind.name(lang),
        "unit": kind.unit(lang),
        "G": context.label(row["group"]),
        "R": context.label(row["against"]),
    }
    caption = "CAP-explained" if is_directed(row) else "CAP-explained-neither"
    return Table(
        say(caption, lang, values),
        table_heads(names, context),
        tuple(body),
        (False, True, True, True, True, False),
    )


def _cells(row: Row, one: Row, context: Context) -> tuple[Cell, ...]:
    lang, kind = context.lang, quantity(row["metric"])
    head, nothing = Cell(_name(one, context)), Cell(ABSENT)
    if one["difference"] is None:
        return (head, *[nothing] * 4, Cell(say("W-refused", lang)))
    if removes_few(one, row, context):
        return (head, *[nothing] * 4, Cell(say("W-withheld", lang)))
    shown = restated(row, one, context)
    gap = gap_of(shown)
    interval = nothing
    if gap.low is not None and gap.high is not None:
        low, high = kind.interval(gap.low, gap.high, lang, margin=row["margin"])
        interval = Cell(say("W-interval", lang, {"lo": low, "hi": high}), gap.low)
    has_verdict = one["explanation"] not in (*_PARTS, "without one person")
    code = shown["verdict"]
    return (
        head,
        Cell(kind.gap(gap.value, lang, low=gap.low, high=gap.high), gap.value),
        interval,
        Cell(whole(one["n_speakers"], lang), one["n_speakers"]),
        Cell(whole(one["n_against"], lang), one["n_against"]),
        Cell(verdict_word(code, lang) if has_verdict else ABSENT),
    )


def _name(one: Row, context: Context) -> str:
    lang = context.lang
    of = say("W-all", lang) if one["of"] == "all" else str(one["of"] or "")
    return say(f"EXP-{one['explanation'].replace(' ', '-')}", lang, {"of": of})


def _steady(rows: Sequence[Row], row: Row, context: Context) -> list[str]:
    """In a public report the range over people is two persons' figures: only its sense is said."""
    ranged = [one for one in rows if one["explanation"] == "without one person"]
    return [
        say(
            "P-steady",
            context.lang,
            {
                "words": steadiness_words(
                    one["difference_low"], one["difference_high"], 0.0, context.lang
                )
            },
        )
        for one in ranged
        if one["difference_low"] is not None
    ]


def _at_equal(rows: Sequence[Row]) -> list[Row]:
    """The rows that a sentence is written about: all covariates at once, then the other ways."""
    of_covariates = [r for r in rows if r["explanation"] in ("one covariate", "all covariates")]
    together = [r for r in of_covariates if r["explanation"] == "all covariates"]
    single = of_covariates if len(of_covariates) == 1 else []
    others = [
        r for r in rows if r["explanation"] in ("matched", "equal rating", "shared sentences")
    ]
    return [*(together or single), *others]


def _claim(row: Row, one: Row, level: float, context: Context) -> Claim:
    """From the gap as it is to the gap at equal conditions: figures, verdict, interval."""
    lang, kind = context.lang, quantity(row["metric"])
    sides = {"G": context.label(row["group"]), "R": context.label(row["against"])}
    about = f"{say('W-about', lang, sides)} – {_name(one, context)}"
    if removes_few(one, row, context):
        return Claim(
            about, verdict_word("V-S", lang), say("V-S", lang, {"k": str(context.privacy.k)})
        )
    shown = restated(row, one, context)
    raw, gap = gap_of(row), gap_of(shown)
    values = {
        "covs": _conditions(one, context),
        "raw": kind.gap(raw.value, lang, low=raw.low, high=raw.high),
        "adj": kind.gap(gap.value, lang, low=gap.low, high=gap.high),
        "unit": kind.unit(lang),
    }
    unmeasured = () if context.plan is None else context.plan.alternatives.unmeasured
    if unmeasured:
        values["unmeasured"] = ", ".join(unmeasured)
    parts = [say("ADJ" if unmeasured else "ADJ-0", lang, values)]
    before, after = row["verdict"], shown["verdict"]
    words = {"before": verdict_word(before, lang), "after": verdict_word(after, lang)}
    if before is None:
        parts.append(say("ADJ-noverdict", lang))
    elif before == after:
        parts.append(say("ADJ-same", lang, {"word": words["after"]}))
    else:
        parts.append(say("ADJ-changes", lang, words))
    if gap.low is None or gap.high is None:
        parts.append(say("U-0", lang))
    else:
        ends = kind.interval(gap.low, gap.high, lang, margin=row["margin"])
        interval = {"lo": ends[0], "hi": ends[1], "unit": kind.unit(lang)}
        parts.append(say("ADJ-U", lang, {**interval, "level": level_words(level, context)}))
    return Claim(about, words["after"], " ".join(parts))


def _conditions(one: Row, context: Context) -> str:
    lang, of = context.lang, str(one["of"] or "")
    named = {"equal rating": "COV-rating", "shared sentences": "COV-sentences"}
    if one["explanation"] in named:
        return say(named[one["explanation"]], lang, {"of": of})
    quoted = [say("COV-one", lang, {"of": name}) for name in of.split(", ")]
    listed = quoted[0]
    if len(quoted) > 1:
        values = {"first": ", ".join(quoted[:-1]), "last": quoted[-1]}
        listed = say("W-and", lang, values)
    return say("COV-matched", lang, {"of": listed}) if one["explanation"] == "matched" else listed


def _unrecorded(found: Alternatives, context: Context) -> Blocks:
    """The E-value in words."""
    value, lang = found.e_value, context.lang
    if value is None:
        return ()

    def two(figure: float | None) -> str:
        return number(figure, lang, decimals=2)

    said = [say("E-VALUE", lang, {"ratio": two(value.ratio), "estimate": two(value.estimate)})]
    if value.limit == 1:
        said.append(say("E-VALUE-none", lang))
    elif value.limit is not None:
        nearest = value.low if value.ratio > 1 else value.high
        values = {"nearest": two(nearest), "limit": two(value.limit)}
        said.append(say("E-VALUE-limit", lang, values))
    return (Paragraph(" ".join(said)),)
