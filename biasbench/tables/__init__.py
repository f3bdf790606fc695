"""Tables: what they hold (columns, pipeline, evidence …), and how they lie on disk (files)."""

from biasbench.tables.calls import CALLS, PERIODS, PERIODS_OF_WORK
from biasbench.tables.columns import (
    METRIC_DIRECTION,
    REST,
    UNKNOWN,
    Column,
    Direction,
    Problem,
    Table,
    is_empty,
    place_of,
    row_name,
)
from biasbench.tables.delimited import Delimited, read_delimited, table_ending
from biasbench.tables.evidence import CONDITIONS, FINDINGS, GROUPS, MISSING, OMNIBUS
from biasbench.tables.files import read_table, write_bytes, write_table, write_text
from biasbench.tables.pipeline import (
    EVENT_KINDS,
    EVENTS,
    MEASURES,
    MISSING_REASONS,
    SAID,
    SCORES,
    TRANSCRIPTS,
    TURNS,
    UTTERANCES,
)

__all__ = [
    "CALLS",
    "CONDITIONS",
    "EVENTS",
    "EVENT_KINDS",
    "FINDINGS",
    "GROUPS",
    "MEASURES",
    "METRIC_DIRECTION",
    "MISSING",
    "MISSING_REASONS",
    "OMNIBUS",
    "PERIODS",
    "PERIODS_OF_WORK",
    "REST",
    "SAID",
    "SCORES",
    "TRANSCRIPTS",
    "TURNS",
    "UNKNOWN",
    "UTTERANCES",
    "Column",
    "Delimited",
    "Direction",
    "Problem",
    "Table",
    "is_empty",
    "place_of",
    "read_delimited",
    "read_table",
    "row_name",
    "table_ending",
    "write_bytes",
    "write_table",
    "write_text",
]
