"""A mapping to start from, for a table that nobody has described.

What was found in the file (delimiter, encoding, an order of dates that some date proves) is written
as TOML. What is only proposed, from headings and cells, stands behind '#? ' and is claimed of
nothing until a person takes that away; what a person must know, and a file cannot say, is "?".
Three values of each column stand beside it: names of people too, where the file has them.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from biasbench.systems.exports import ExportFile
from biasbench.systems.mapping import records as json_records
from biasbench.systems.mapping.headings import proposed_role, proposed_rows
from biasbench.systems.mapping.meaning import TableMapping
from biasbench.systems.mapping.source import Source, source_of
from biasbench.tables.delimited import TEXT_ENDINGS, decoded, delimiter_of

Kind = Literal["empty", "date", "clock", "percent", "number", "labels", "text"]

_ROWS_LOOKED_AT = 1000
_MOST_LABELS = 8
_PAIR_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:\D.*)?")
_YEAR_FIRST = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:\D.*)?")
_CLOCK = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}(?:[.,]\d+)?")
_NUMBER = re.compile(r"[+−-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?")

_HEAD = """\
# A mapping to start from, proposed from headings and cells. Nothing below is known to be right.
# 1. Lines that start with '#? ' are proposals: take '#? ' away from those that are right.
# 2. Put what only you can know in place of every "?".
# 3. Delete the rest, and import with: --mapping this-file.toml
"""


@dataclass(frozen=True)
class _Column:
    heading: str
    kind: Kind
    examples: tuple[str, ...]
    labels: tuple[str, ...]
    cells: tuple[object, ...]


def suggest(file: ExportFile) -> str:
    """A commented TOML mapping to start from, for a CSV, TSV, XLSX, JSON, JSONL or Parquet file.

    It can be parsed as it stands. Raises TableError for a file that cannot be read.
    """
    found, remarks = _found(file)
    source = source_of(file, found)
    columns = [_looked_at(source, heading) for heading in _headings(source)]
    roles: dict[str, _Column] = {}
    for column in columns:
        role = proposed_role(column.heading, column.kind)
        if role is not None and column.kind != "empty":
            roles.setdefault(role, column)
    lines = [*_HEAD.splitlines(), "", "[file]"]
    lines.append(f'#? rows = "{proposed_rows(list(roles))}"          # {_ROWS_ARE}')
    lines += _file_lines(found, remarks)
    lines += [*_decimal_lines(columns), *_date_lines(columns), "", "[columns]"]
    for role, column in roles.items():
        lines += [_seen(column), f"#? {role} = {_role_value(role, column)}"]
    taken = {column.heading for column in roles.values()}
    if "role" in roles:
        lines += ["", "#? [roles]", *_role_lines(roles["role"])]
    for column in columns:
        if column.heading not in taken:
            lines += ["", *_score_lines(column)]
    lines += ["", "[system]", '#? name = "?"', '#? tier = "T1"                # ' + _TIER_IS]
    return "\n".join(lines) + "\n"


_ROWS_ARE = "or calls, utterances, events, person-days, person-weeks, person-months"
_TIER_IS = "only if a system in use wrote the file"


def _found(file: ExportFile) -> tuple[TableMapping, list[str]]:
    """What is in the file for all to see; and what a reader of it must be told besides."""
    if file.ending in TEXT_ENDINGS:
        encoding = "utf-8"
        if file.content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        else:
            try:
                file.content.decode("utf-8")
            except UnicodeDecodeError:
                encoding = "cp1252"
        first = decoded(file.content, file.name, encoding=encoding).split("\n", 1)[0]
        delimiter = "\t" if file.ending == ".tsv" else delimiter_of(first)
        return TableMapping(encoding=encoding, delimiter=delimiter), []
    if file.ending == ".json" and file.json_object is not None:
        lists = json_records.lists_in(file.json)
        others = [f"other lists of objects: {', '.join(lists[1:])}"] if len(lists) > 1 else []
        return TableMapping(records=lists[0] if lists else None), others
    return TableMapping(), []


def _file_lines(found: TableMapping, remarks: Sequence[str]) -> list[str]:
    lines = [
        f"{key} = {_quoted(value)}"
        for key, value in (
            ("delimiter", found.delimiter),
            ("encoding", found.encoding),
            ("records", found.records),
        )
        if value is not None
    ]
    if found.encoding == "cp1252":
        lines[-1] += "             # it is not UTF-8; check that accents are right below"
    return [*lines, *(f"# {remark}" for remark in remarks)]


def _headings(source: Source) -> list[str]:
    if not source.records:
        return [heading for heading in source.headings if heading]
    names: dict[str, None] = {}
    for record in source.records[:_ROWS_LOOKED_AT]:
        names.update(dict.fromkeys(json_records.leaves_of(record)))
    if isinstance(source.document, dict) and source.document is not source.records[0]:
        above = json_records.leaves_of(source.document)
        names.update(dict.fromkeys(f"{json_records.ROOT}{name}" for name in above))
    return list(names)


def _looked_at(source: Source, heading: str) -> _Column:
    cells = [cell for cell in source.column(heading)[:_ROWS_LOOKED_AT] if cell is not None]
    texts = list(dict.fromkeys(_shown(cell) for cell in cells))
    kind = _kind(cells, n_distinct=len(texts))
    labels = tuple(texts) if kind == "labels" else ()
    return _Column(heading, kind, tuple(texts[:3]), labels, tuple(cells))


def _kind(cells: Sequence[object], *, n_distinct: int) -> Kind:
    """What all cells of a column look like."""
    if not cells:
        return "empty"
    tests: tuple[tuple[Kind, re.Pattern[str], type | tuple[type, ...]], ...] = (
        ("date", _PAIR_DATE, datetime.date),
        ("date", _YEAR_FIRST, datetime.date),
        ("clock", _CLOCK, (datetime.time, datetime.timedelta)),
        ("number", _NUMBER, (int, float)),
    )
    for kind, pattern, types in tests:
        if all(
            isinstance(cell, types) or (isinstance(cell, str) and pattern.fullmatch(cell.strip()))
            for cell in cells
            if not isinstance(cell, bool)
        ):
            return kind
    if all(isinstance(cell, str) and _percent(cell) for cell in cells):
        return "percent"
    return "labels" if n_distinct <= _MOST_LABELS and n_distinct < len(cells) else "text"


def _percent(cell: str) -> bool:
    text = cell.strip()
    return text.endswith("%") and bool(_NUMBER.fullmatch(text[:-1].rstrip()))


def _decimal_lines(columns: Sequence[_Column]) -> list[str]:
    """The mark that the numbers have; nothing if they are whole."""
    numbers = [
        cell
        for column in columns
        if column.kind in ("number", "percent")
        for cell in column.cells
        if isinstance(cell, str)
    ]
    commas = [cell for cell in numbers if "," in cell]
    points = [cell for cell in numbers if "." in cell]
    thousands = all(re.search(r"[.,]\d{3}$", cell.strip(" %")) for cell in [*commas, *points])
    if not commas and not points:
        return []
    if thousands or (commas and points):
        example = (commas or points)[0].strip()
        return [f'#? decimal = "?"              # ambiguous: choose "," or "." ({example!r})']
    return [f'decimal = "{"," if commas else "."}"']


def _date_lines(columns: Sequence[_Column]) -> list[str]:
    """The order of the dates, if a day above 12 proves it."""
    pairs = [
        match
        for column in columns
        if column.kind == "date"
        for cell in column.cells
        if isinstance(cell, str) and (match := _PAIR_DATE.fullmatch(cell.strip()))
    ]
    if not pairs:
        return []
    if any(len(match[3]) == 2 for match in pairs):
        return ["# years of two digits cannot be read: export the dates with four"]
    day_first = any(int(match[1]) > 12 for match in pairs)
    month_first = any(int(match[2]) > 12 for match in pairs)
    if day_first and month_first:
        return ['#? date_order = "?"           # both orders are in the file: say it per column']
    if day_first or month_first:
        return [f'date_order = "{"day-first" if day_first else "month-first"}"']
    return [
        '#? date_order = "?"           # ambiguous: choose "day-first" or "month-first" '
        f"({pairs[0][0]!r})"
    ]


def _role_value(role: str, column: _Column) -> str:
    heading = _quoted(column.heading)
    if role in ("seconds", "start", "end"):
        unit = "clock" if column.kind == "clock" else "?"
        said = "" if unit == "clock" else '   # "s", "ms", "us", "ns", "ticks"'
        return f'{{ column = {heading}, time_unit = "{unit}" }}{said}'
    if column.kind == "percent":
        return f"{{ column = {heading}, percent = true }}"
    return heading


def _role_lines(column: _Column) -> list[str]:
    words = ", ".join(_quoted(word) for word in column.labels)
    return [f"# of these words: {words}", '#? agent = ["?"]', '#? customer = ["?"]']


def _score_lines(column: _Column) -> list[str]:
    """A score in comments; other columns can be a fact of the call."""
    name = _quoted(column.heading)
    seen = _seen(column)
    if column.kind in ("empty", "text", "date"):
        return [seen, f"# to keep it as a column of the call: under [facts], a_name = {name}"]
    lines = [seen, f"#? [scores.{name}]", f"#? column = {name}"]
    if column.kind == "percent":
        lines.append("#? percent = true")
    elif column.kind == "number" and "%" in column.heading:
        lines.append("#? percent = true              # its heading has a '%'")
    if column.kind == "clock":
        lines.append('#? time_unit = "clock"')
    if column.kind == "labels":
        told = ", ".join(f'{_quoted(label)} = "?"' for label in column.labels)
        lines.append(f"#? values = {{ {told} }}")
    if column.kind in ("percent", "number"):
        lines += ['#? scale_min = "?"', '#? scale_max = "?"           # delete if not declared']
    return [*lines, '#? direction = "neither"      # "higher is worse", "higher is better"']


def _seen(column: _Column) -> str:
    examples = " | ".join(column.examples) or "every cell looked at is empty"
    return f"# {_quoted(column.heading)}, {column.kind}: {examples}"


def _shown(cell: object) -> str:
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in str(cell)).split())
    return text if len(text) <= 40 else f"{text[:39]}…"


def _quoted(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's, which wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
