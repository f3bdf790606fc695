"""Any table of calls, transcripts or scores, by a mapping of its columns.

For systems without a public export format, and for anything already in a spreadsheet. CSV, TSV,
XLSX, JSON, JSONL, Parquet. Nothing leaves the machine. A mapping that names a `call_id`, or says
what its rows are, gives calls (`read_calls`); any other gives the utterances of a corpus (`read`),
where columns named `utterance_id` (or `id`), `hypothesis` (or `pred_text`) and `system` are
recognised without one. Every key of the TOML is optional. Of a corpus, it is told in TOML:

    [file]
    delimiter = ";"                     # read off the heading if not given
    encoding = "cp1252"                 # UTF-8 if not given
    decimal = ","                       # in a ';' file: a comma where the column has one
    date_order = "day-first"            # or "month-first", "iso", "epoch-s", "epoch-ms"
    null_words = ["NULL", "n/a"]        # cells that mean: nobody analysed this
    blank_hypothesis = "empty"          # the system wrote nothing; "skipped": never transcribed
    heading_line = 1                    # where titles stand above the heading
    sheet = "Feuil1"                    # of a workbook; the first if not given
    records = "results.calls"           # where the list of rows is in a JSON document

    [columns]
    utterance_id = "Interaction ID"
    hypothesis = "Transcript"
    system = "Engine"                   # one run of several systems
    unit_id = "Interaction ID"          # of scores; the utterance_id if not given
    date = "Date"                       # gives the period, and the month of a person-month
    status = "State"                    # ok, empty, failed, skipped, if the file says so
    error = "Error"

    [wide]                              # or: one column of transcripts per system
    prefix = "hyp_"                     # or: columns = ["Engine A", "Engine B"]

    [scores."silence share"]
    column = "Silence %"                # or the headings it may have: ["Silence %", "Silence"]
    percent = true                      # '15,3 %' and 15.3 become 0.153, and so does the scale
    scale_min = 0                       # in the column's own numbers; a value outside is an error
    scale_max = 100
    direction = "higher is worse"       # "neither" if not given: no verdict is drawn
    modality = "voice"
    unit = "call"                       # or "utterance", "person-month"
    missing_reason = "not analysed"     # what an empty cell means; "unset" if not given
    missing = { "***" = "redacted" }    # words of the column that mean other reasons
    optional = true                     # a file without the column: "not exported"

    [scores.negative]
    column = "Sentiment"
    values = { "Negative" = 1, "Neutral" = 0 }     # for labels in place of numbers

    [scores."hold (s)"]
    column = "Hold"
    time_unit = "clock"                 # told in seconds, and so is the scale

    [system]
    name = "tp-interact"
    version = "2026-03"                 # a digest of the file if not given
    tier = "T1"                         # "T3", the weakest claim, if not given
    options = { language = "fr" }

An empty transcript is an answer (every word deleted), an empty score is missing for a reason,
and neither is 0. Rows are never dropped: a repeated key, a bad number and an empty id are errors
that name the line.

Of calls, it is the same with these columns in place of those, and without [wide]:

    [file]
    rows = "calls"                      # utterances, events, person-days, person-weeks, -months
    time_unit = "s"                     # ms, us, ns, ticks, iso8601, clock, suffix
    zone = "Europe/Paris"               # of the times that have none
    event_kind = "prompt"               # of events whose kind nothing else says

    [columns]
    call_id = "Interaction ID"
    agent_id = "Login"
    started = { column = "Date", date_order = "day-first", zone = "UTC" }
    seconds = { column = "Duration", time_unit = "clock" }
    language = "Language"
    selection_source = "Queue"
    listened = { column = "Reviewed", values = { Y = 1, N = 0 } }
    speaker = "Channel"                 # of utterances: speaker, role, text, start, end or
    role = "Who"                        # duration, confidence
    text = "Transcript"
    start = { column = "At", time_unit = "moment" }    # a date with a time, from the call's start
    duration = "Length"

    [roles]                             # what the words of the role column mean; else no role
    agent = ["Agent", "Conseiller"]
    customer = ["Client"]

    [facts]                             # further columns of the call
    team = "Group"
    hold_seconds = { column = "Hold", time_unit = "clock" }
    packet_loss = { column = "Loss", percent = true, optional = true }

    [kinds]                             # of events (label, kind, role, start, end, rule, found):
    "Parlez plus lentement" = "prompt"  # what a word of the kind or label column is

    [events."Souriez"]                  # of calls: a column that counts them
    column = "Pop-up sourire"
    kind = "prompt"
    target_role = "agent"
    empty = "none"                      # what an empty cell means; "unknown": counted as such

Rows of one call are joined. In JSON and Parquet a column may be a path: "metrics.silence.percent",
"participants.0.id", and "$.call.id" from the top of the document. A heading that has the dots
itself wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from biasbench.systems.exports import ExportFile, Format, Notes, Remark, ToldCall
from biasbench.systems.mapping.calls import joined_calls, one_call_per_row
from biasbench.systems.mapping.columns import Columns
from biasbench.systems.mapping.corpus import read
from biasbench.systems.mapping.happenings import days_of_events
from biasbench.systems.mapping.meaning import TableMapping, chosen
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.mapping.periods import periods_of_people
from biasbench.systems.mapping.rows import (
    PERIODS,
    check_rows,
    counts_by_day,
    read_headings,
    tells_of_calls,
)
from biasbench.systems.mapping.source import source_of

__all__ = ["FORMAT", "calls_by", "read", "read_calls", "recognises", "wants_calls"]

FORMAT = Format(
    title="any table, by a mapping of its columns",
    status="by mapping",
    gives=(
        *("utterances", "start times", "end times", "roles", "agents", "call start", "language"),
        *("silence", "overtalk", "categories", "prompts", "scores", "selection", "work time"),
    ),
    source="the mapping",
    modality="unknown",
)
ROWS_READ = Remark("Rows read", "Lignes lues")
NO_HEADING = Remark("Columns without a heading, not read", "Colonnes sans intitulé, non lues")
BLANK_LINES = Remark("Blank lines passed over", "Lignes vides ignorées")


def recognises(file: ExportFile) -> bool:
    """Never: what the columns of a table mean is for its mapping to say."""
    return False


def wants_calls(mapping: Mapping[str, Any] | None) -> bool:
    """Whether a mapping is of calls, for `read_calls`; if not, of a corpus, for `read`."""
    return tells_of_calls(parse(mapping))


def read_calls(
    file: ExportFile, mapping: Mapping[str, Any] | None, notes: Notes
) -> Iterator[ToldCall]:
    """The calls, or the people's days, weeks or months, that a table tells of.

    Raises OptionError for a mapping that does not fit and TableError (file, line, column, value)
    for a cell that cannot be used.
    """
    return calls_by(parse(mapping), file, notes)


def calls_by(told: TableMapping, file: ExportFile, notes: Notes) -> Iterator[ToldCall]:
    """The same by a mapping that is parsed already: for many small files."""
    source = source_of(file, told)
    told = chosen(told, source.has)
    rows = check_rows(told, source)
    columns = Columns(source, told, notes)
    notes.count(ROWS_READ, len(source.rows))
    notes.count(BLANK_LINES, source.n_blank_lines)
    notes.count(NO_HEADING, source.headings.count(""))
    names = read_headings(told)
    names |= {name.removeprefix("$.").split(".", 1)[0] for name in names}
    for heading in source.headings:
        if heading and heading not in names:
            remark = f"Column '{heading}' not read", f"Colonne « {heading} » non lue"
            notes.count(Remark(*remark))
    if rows in PERIODS:
        yield from periods_of_people(columns, PERIODS[rows])
    elif counts_by_day(told):
        yield from days_of_events(columns)
    elif rows == "calls":
        yield from one_call_per_row(columns)
    else:
        yield from joined_calls(columns)
