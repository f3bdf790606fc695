"""The files of a CallMiner Bulk Export: which table each is, its layout, its rows by contact.

Rows are kept as tuples of the cells that are wanted, in a list per contact, and strings that
repeat (names of scores, categories, speakers) are kept once: a table of transcripts can hold a
million rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from biasbench.errors import TableError
from biasbench.systems.exports import ExportFile, Notes, Remark

#: What is wanted of each table, by its column names (User Guide 2025.11, App. D); the first is
#: the contact. A name with '?' may be absent. Names and addresses of people are never among them.
WANTED = {
    "client_ids": ("ContactID", "ClientID"),
    "transcripts_by_speaker": ("ContactID", "StartTime", "SpeakerID?", "SpeakerName?", "Text"),
    "scores": ("ContactID", "ScoreID", "ScoreName", "Score"),
    "score_indicators": ("ContactID", "ScoreID", "ComponentFullName", "Value", "CurrentlyActive?"),
    "categories": ("ContactID", "CategoryID", "CategoryFullName?", "CategoryName"),
    "category_components": (
        "ContactID", "CategoryID", "CategoryFullName?", "CategoryName?", "ComponentName",
        "StartTime", "EndTime", "Weight?", "SimilarityScore?",
    ),
    "events_silence": ("ContactID", "StartTime", "EndTime"),
    "events_overtalk": ("ContactID", "StartTime", "EndTime"),
    "events_delay": ("ContactID", "StartTime", "EndTime", "Speaker?"),
    "events_redaction": ("ContactID", "StartTime", "EndTime"),
    "coach_insights": (
        "ContactID", "InsightID", "CreationDate?", "ScoreName?", "ScoreValue?", "Type?",
        "FirstListenedTime?",
    ),
    "tags": ("ContactID", "TagName", "TagFullName?"),
}  # fmt: skip

#: Columns of text in which hardly any cell repeats; keeping each once would only cost memory.
_UNSHARED = {"Text", "StartTime", "EndTime"}

CONTACTS = "contacts"
_TABLES = "|".join(
    sorted([CONTACTS, *WANTED, "buckets", "bucket_components"], key=len, reverse=True)
)
_NAME = re.compile(rf"(?:(.*)[_-])?({_TABLES})(\.layout)?\.(csv|json)", re.IGNORECASE)

#: The old Data API says bucket where the Bulk Export says category.
_OLD_TABLES = {"buckets": "categories", "bucket_components": "category_components"}
_OLD_COLUMNS = re.compile(r"^bucket", re.IGNORECASE)

#: Cells, in small letters, in which there is no value.
MISSING = frozenset(("", "null", "nan", "infinity", "-infinity"))

NOT_READ = Remark(
    "Files of tables that are not read (summaries, comments, e-mail, alerts and the like)",
    "Fichiers de tables qui ne sont pas lues (résumés, commentaires, courriels, alertes, etc.)",
)
FEWER_ROWS = Remark(
    "Rows that a layout announces and that its table does not hold: the export is not whole",
    "Lignes annoncées par une description et absentes de la table : l’export n’est pas complet",
)
MORE_ROWS = Remark(
    "Rows beyond those that a layout announces",
    "Lignes en plus de celles qu’annonce une description",
)
NO_TABLE = Remark(
    "Tables described by a layout whose rows are not in the export",
    "Tables décrites dont les lignes ne sont pas dans l’export",
)
NO_CONTACT_ID = Remark(
    "Rows without a contact, left out",
    "Lignes sans contact, laissées de côté",
)


@dataclass(frozen=True)
class Column:
    """A column as its layout describes it."""

    name: str
    friendly: str
    kind: str = ""


@dataclass(frozen=True)
class Layout:
    """What the JSON beside a table says of it; `columns` by heading in small letters."""

    exported: str = ""
    n_rows: int | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)

    def column(self, heading: str) -> Column:
        """The column under a heading, which may be its column name or its friendly name."""
        known = self.columns.get(heading.strip().lower())
        if known is not None:
            return known
        name = _OLD_COLUMNS.sub("Category", heading.strip())
        return Column(name, name)


@dataclass(frozen=True)
class OneExport:
    """The tables of one export and their layouts, by the table's name in small letters."""

    tables: Mapping[str, Sequence[ExportFile]]
    layouts: Mapping[str, Layout]

    @property
    def exported(self) -> str:
        """The moment of the export, in ISO 8601 in UTC; '' if no layout says it."""
        return max((layout.exported for layout in self.layouts.values()), default="")


def tell_apart(files: Sequence[ExportFile], notes: Notes) -> list[OneExport]:
    """The exports that these files are of, the latest first: by folder or zip, and id in front."""
    tables: dict[tuple[str, str], dict[str, list[ExportFile]]] = {}
    layouts: dict[tuple[str, str], dict[str, Layout]] = {}
    for file in files:
        folder, _, last = file.name.rpartition("/")
        found = _NAME.fullmatch(last)
        if found is None:
            notes.count(NOT_READ)
            continue
        table = found[2].lower()
        table = _OLD_TABLES.get(table, table)
        key = (folder, found[1] or "")
        tables.setdefault(key, {})
        layouts.setdefault(key, {})
        if found[4].lower() == "csv":
            tables[key].setdefault(table, []).append(file)
        else:
            layouts[key][table] = _layout(file)
    for key, described in layouts.items():
        notes.count(NO_TABLE, len(described.keys() - tables[key].keys()))
    exports = [OneExport(tables[key], layouts[key]) for key in tables]
    return sorted(exports, key=lambda export: export.exported, reverse=True)


def is_table(headings: Sequence[str]) -> bool:
    """Whether these headings are those of a table of the export, and of nothing else known."""
    names = {_OLD_COLUMNS.sub("Category", heading.strip()) for heading in headings}
    if "ID" in names and names & {"ClientCaptureDate", "WAVLength"}:
        return True
    return any(
        all(column in names for column in columns if not column.endswith("?"))
        and (not table.startswith("events_") or "Duration" in names)
        for table, columns in WANTED.items()
    )


def headings(file: ExportFile) -> list[str]:
    """The headings of a table, read without the rest of the file; empty if it is not text."""
    first = file.content[:20_000].split(b"\n", 1)[0]
    try:
        return next(csv.reader([first.decode("utf-8-sig").rstrip("\r")]), [])
    except (UnicodeDecodeError, csv.Error):
        return []


def by_contact(export: OneExport, table: str, notes: Notes) -> dict[str, list[tuple[str, ...]]]:
    """The rows of a table by contact, in the file's order; a column that is absent gives ''."""
    wanted = WANTED[table]
    shared: dict[str, str] = {}
    found: dict[str, list[tuple[str, ...]]] = {}
    number = 0
    for file in export.tables.get(table, ()):
        layout = export.layouts.get(table, Layout())
        rows = read_rows(file)
        names = [layout.column(heading).name.lower() for heading in next(rows, [])]
        places = [_place(names, column, file) for column in wanted[1:]]
        contact_at = _place(names, wanted[0], file)
        is_shared = [column.rstrip("?") not in _UNSHARED for column in wanted[1:]]
        plan = list(zip(places, is_shared, strict=True))
        for row in rows:
            number += 1
            contact = row[contact_at]
            if contact.strip().lower() in MISSING:
                notes.count(NO_CONTACT_ID)
                continue
            cells = tuple(
                "" if at < 0 else shared.setdefault(row[at], row[at]) if is_kept_once else row[at]
                for at, is_kept_once in plan
            )
            found.setdefault(contact, []).append(cells)
    count_rows(export, table, number, notes)
    return found


def read_rows(file: ExportFile) -> Iterator[list[str]]:
    """The headings, then each row; blank lines are passed over. TableError names the line."""
    stream = io.TextIOWrapper(io.BytesIO(file.content), encoding="utf-8-sig", newline="")
    reader = csv.reader(stream, strict=True)
    width = -1
    try:
        for row in reader:
            if not row:
                continue
            if width < 0:
                width = len(row)
            elif len(row) != width:
                raise TableError(
                    f"{file.name}: line {reader.line_num}: {len(row)} cells under {width} "
                    "headings. Export the table again; do not save it from a spreadsheet"
                )
            yield row
    except UnicodeDecodeError as error:
        _ = file.text  # raises TableError, with the line
        raise AssertionError from error
    except csv.Error as error:
        raise TableError(
            f"{file.name}: line {reader.line_num}: is not CSV: {error}. Export the table again"
        ) from error


def count_rows(export: OneExport, table: str, number: int, notes: Notes) -> None:
    """Notes where a table does not hold as many rows as its layout says."""
    layout = export.layouts.get(table)
    if layout is None or layout.n_rows is None or table not in export.tables:
        return
    notes.count(FEWER_ROWS, max(0, layout.n_rows - number))
    notes.count(MORE_ROWS, max(0, number - layout.n_rows))


def _place(names: Sequence[str], column: str, file: ExportFile) -> int:
    name = column.rstrip("?")
    if name.lower() in names:
        return names.index(name.lower())
    if column.endswith("?"):
        return -1
    raise TableError(
        f"{file.name}: has no column {name}; it has {', '.join(names) or 'nothing'}. If the "
        "headings were changed, put the layout JSON of the export beside the table"
    )


def _layout(file: ExportFile) -> Layout:
    described = file.json
    columns: dict[str, Column] = {}
    for entity in described["LayoutEntity"]:
        name = _OLD_COLUMNS.sub("Category", entity["ColumnName"])
        column = Column(name, entity.get("FriendlyName") or name, entity.get("Type") or "")
        columns.setdefault(column.friendly.strip().lower(), column)
        columns[entity["ColumnName"].lower()] = column  # a column's own name goes first
    n_rows = described.get("RecordCount")
    return Layout(
        exported=described.get("ExportDate") or "",
        n_rows=n_rows if isinstance(n_rows, int) else None,
        columns=columns,
    )
