"""Tables: what their columns are (columns) and how they lie on disk (files, delimited)."""

from biasbench.tables.columns import (
    FINDINGS,
    GROUPS,
    MEASURES,
    METRIC_DIRECTION,
    REST,
    SCORES,
    TRANSCRIPTS,
    UNKNOWN,
    UTTERANCES,
    Column,
    Direction,
    Problem,
    Table,
    is_empty,
    row_name,
)
from biasbench.tables.delimited import Delimited, read_delimited, table_ending
from biasbench.tables.files import read_table, write_bytes, write_table, write_text

__all__ = [
    "FINDINGS",
    "GROUPS",
    "MEASURES",
    "METRIC_DIRECTION",
    "REST",
    "SCORES",
    "TRANSCRIPTS",
    "UNKNOWN",
    "UTTERANCES",
    "Column",
    "Delimited",
    "Direction",
    "Problem",
    "Table",
    "is_empty",
    "read_delimited",
    "read_table",
    "row_name",
    "table_ending",
    "write_bytes",
    "write_table",
    "write_text",
]
