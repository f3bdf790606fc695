"""How much there is of each group: distinct recordings, hours, reference words (T2).

People stand in the table beside it. Hours are there where the measures carry the length of each
recording, in seconds.
"""

from __future__ import annotations

import pandas as pd

from biasbench.report.context import Context
from biasbench.report.document import Cell, Table
from biasbench.report.numbers import ABSENT, number, whole
from biasbench.report.privacy import OVERALL
from biasbench.report.wording import say
from biasbench.tables import UNKNOWN
from biasbench.tables.grouping import crossed_columns, group_labels
from biasbench.tables.labels import label_codes

SECONDS = "duration"


def amounts_table(context: Context) -> list[Table]:
    """A row for each group; nothing without a case."""
    if context.case is None:
        return []
    lang, measured = context.lang, context.case.measures.table
    table = measured[measured["metric"].isin(context.metrics())]
    codes, labels = label_codes(
        group_labels(table, crossed_columns(context.evidence.settings.by, table))
    )
    named = pd.Series([labels[code] if code >= 0 else UNKNOWN for code in codes], index=table.index)
    has_hours = SECONDS in table.columns and pd.api.types.is_numeric_dtype(table[SECONDS])
    has_words = "wer" in context.metrics()
    names = [
        "group",
        "distinct",
        *(["hours"] if has_hours else []),
        *(["spoken"] if has_words else []),
    ]
    body = []
    for group in dict.fromkeys(row["group"] for row in context.groups if row["group"] != OVERALL):
        head = Cell(context.label(group))
        blocks = context.blocks()
        if context.privacy.hides(group) or any(context.privacy.hides(group, b) for b in blocks):
            body.append((head, Cell(say("W-withheld", lang)), *[Cell(ABSENT)] * (len(names) - 2)))
            continue
        units = table[named == group].drop_duplicates("unit_id")
        cells = [Cell(whole(len(units), lang), float(len(units)))]
        if has_hours:
            hours = float(units[SECONDS].sum()) / 3600
            unknown = bool(units[SECONDS].isna().any())
            cells.append(Cell(ABSENT) if unknown else Cell(number(hours, lang), hours))
        if has_words:
            words = max(
                row["denominator"]
                for row in context.groups
                if (row["metric"], row["group"]) == ("wer", group)
            )
            cells.append(Cell(whole(words, lang), float(words)))
        body.append((head, *cells))
    heads = tuple(say(f"H-{name}", lang) for name in names)
    return [
        Table(say("CAP-amounts", lang), heads, tuple(body), (False, *[True] * (len(names) - 1)))
    ]
