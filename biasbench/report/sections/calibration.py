"""The machine's score against human ratings, range by range: one line for each side.

A range is printed only where both sides have k people in it. Never is one range alone missing:
the whole is printed elsewhere, and what the others leave of it would be the one that is missing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from biasbench.report.context import Context, Row, records
from biasbench.report.document import Block, Cell, Figure, Paragraph, Subheading, Table
from biasbench.report.numbers import ABSENT, Lang, share, whole
from biasbench.report.quantities import Quantity, quantity
from biasbench.report.sections.reasons import reason_in
from biasbench.report.sections.withheld import withheld_line
from biasbench.report.trajectory_figure import Side
from biasbench.report.wording import say

if TYPE_CHECKING:
    from biasbench.explain import RatingGap

Blocks = tuple[Block, ...]


def calibrations(context: Context) -> Blocks:
    """Every comparison of a score, and what could not be compared."""
    if context.case is None:
        return ()
    lang = context.lang
    blocks: list[Block] = []
    for place, found in enumerate(context.case.ratings.values(), start=1):
        blocks += calibration_blocks(found, context, name=f"rating{place}")
    for refused in context.case.refused:
        if refused.what == "ratings":
            values = {"about": refused.about, "reason": reason_in(refused.reason, lang)}
            blocks.append(Paragraph(say("P-refused-all", lang, values)))
    return tuple(blocks)


def calibration_blocks(found: RatingGap, context: Context, *, name: str) -> Blocks:
    """The figure and the table of one comparison; a sentence in their place where withheld."""
    lang, k = context.lang, context.privacy.k
    quote = say("W-calibration", lang, {"G": context.label(found.group)})
    heading = context.heading(found.system, found.metric)
    head = Subheading(f"{say('P-calibration', lang)} – {heading}, {quote}")
    withheld = withheld_line(found, context)
    if withheld is not None:
        return (head, withheld)
    strata = shown_ranges(records(found.strata), k)
    if sum(one is not None for one in strata) < 2:
        return (head, Paragraph(say("P-calibration-none", lang, {"k": str(k)})))
    about = Paragraph(say("P-calibration-about", lang, {"rating": found.rating}))
    return (head, about, _figure(found, strata, context, name), _table(found, strata, context))


def shown_ranges(strata: Sequence[Row], k: int | None) -> list[Row | None]:
    """Each range, or None where it is withheld, or has nobody on a side.

    >>> people = [(12, 15), (4, 20), (30, 30), (11, 14)]
    >>> rows = [{"n_speakers": a, "n_against": b, "value": 1.0, "against_value": 1.0}
    ...         for a, b in people]
    >>> [one and one["n_speakers"] for one in shown_ranges(rows, 10)]  # 4, and the next smallest
    [12, None, 30, None]
    """

    def fewest(row: Row) -> int:
        return min(int(row["n_speakers"]), int(row["n_against"]))

    def has_both(row: Row) -> bool:
        return not any(math.isnan(float(row[name])) for name in ("value", "against_value"))

    shown: list[Row | None] = [row if has_both(row) else None for row in strata]
    if k is None:
        return shown
    few = [at for at, row in enumerate(strata) if fewest(row) < k]
    if len(few) == 1 and len(strata) > 1:
        others = [at for at in range(len(strata)) if at not in few]
        few.append(min(others, key=lambda at: fewest(strata[at])))
    return [None if at in few else row for at, row in enumerate(shown)]


def _label(stratum: str, lang: Lang) -> str:
    """A range of ratings; French has commas.

    >>> _label("1.5 – 3", "fr")
    '1,5 – 3'
    """
    return re.sub(r"(?<=\d)\.(?=\d)", ",", stratum) if lang == "fr" else stratum


def _figure(found: RatingGap, strata: list[Row | None], context: Context, name: str) -> Figure:
    lang, kind = context.lang, quantity(found.metric)
    names = (context.label(found.group), context.label(found.against))
    labels = [_label(str(row["stratum"]), lang) for row in records(found.strata)]
    sides = (
        Side(names[0], tuple(_point(row, "value", kind) for row in strata)),
        Side(names[1], tuple(_point(row, "against_value", kind) for row in strata)),
    )

    def draw() -> Any:  # noqa: ANN401 - a matplotlib Figure, imported only when one is drawn
        from biasbench.report.numbers import shortest
        from biasbench.report.trajectory_figure import trajectories

        return trajectories(
            labels,
            sides,
            tick=lambda value: shortest(value, lang),
            unit=kind.unit(lang),
            from_zero=kind.is_rate,
        )

    listed = "; ".join(
        say(
            "ALT-calibration-row",
            lang,
            {
                "stratum": label,
                "m_g": kind.value(row["value"], lang),
                "m_r": kind.value(row["against_value"], lang),
            },
        )
        for label, row in zip(labels, strata, strict=True)
        if row is not None
    )
    values = {"measure": kind.name(lang), "unit": kind.unit(lang), "G": names[0], "R": names[1]}
    return Figure(
        name=name,
        draw=draw,
        caption=say("CAP-calibration", lang, values),
        alternative=say("ALT-calibration", lang, {"list": listed}),
    )


def _point(
    row: Row | None, name: str, kind: Quantity
) -> tuple[float, float | None, float | None] | None:
    return None if row is None else (float(row[name]) * kind.factor, None, None)


def _table(found: RatingGap, strata: list[Row | None], context: Context) -> Table:
    lang, kind = context.lang, quantity(found.metric)
    people = say("H-people", lang)
    sides = (context.label(found.group), context.label(found.against))
    heads = (say("H-stratum-rating", lang), *(h for side in sides for h in (side, people)))
    body: list[tuple[Cell, ...]] = []
    for whole_row, row in zip(records(found.strata), strata, strict=True):
        head = Cell(_label(str(whole_row["stratum"]), lang))
        if row is None:
            withheld, absent = Cell(say("W-withheld", lang)), Cell(ABSENT)
            body.append((head, withheld, absent, withheld, absent, absent))
            continue
        cells = [
            Cell(kind.value(row["value"], lang), float(row["value"])),
            Cell(whole(row["n_speakers"], lang), float(row["n_speakers"])),
            Cell(kind.value(row["against_value"], lang), float(row["against_value"])),
            Cell(whole(row["n_against"], lang), float(row["n_against"])),
            Cell(share(row["weight"], lang), float(row["weight"])),
        ]
        body.append((head, *cells))
    values = {"measure": kind.name(lang), "unit": kind.unit(lang)}
    return Table(
        say("CAP-calibration-table", lang, values),
        (*heads, say("H-weight", lang)),
        tuple(body),
        (False, *[True] * 5),
    )
