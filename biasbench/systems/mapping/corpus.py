"""A table of transcripts or scores of a corpus, as checked tables; see `table` for its mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from biasbench.errors import OptionError, TableError
from biasbench.provenance import fingerprint
from biasbench.systems import Export, Score
from biasbench.systems.mapping.cells import iso_date
from biasbench.systems.mapping.layout import Layout, layout_of
from biasbench.systems.mapping.meaning import ScoreColumn, TableMapping, chosen
from biasbench.systems.mapping.parsing import parse
from biasbench.systems.mapping.scored import bad_cell, scores_of
from biasbench.systems.mapping.source import Source, read_source
from biasbench.tables import SCORES, TRANSCRIPTS

_STATUSES = TRANSCRIPTS.columns["status"].choices


def read(path: str | Path, mapping: Mapping[str, Any] | None = None) -> Export:
    """The transcripts and scores in a table, and a report of what was read and assumed.

    `mapping` is the TOML above, parsed. Raises OptionError for a mapping that does not fit and
    TableError (file, line, column, value) for a cell that cannot be used.
    """
    told = parse(mapping)
    for score in told.scores:
        if score.unit in ("person-day", "person-week"):
            raise OptionError(
                f"mapping: [scores.{score.name}] unit is '{score.unit}': write under [file] "
                f"rows = '{score.unit}s', and name the columns agent_id and started"
            )
    path = Path(path)
    source = read_source(path, told)
    told = chosen(told, source.has)
    layout = layout_of(source, told)
    transcripts, about_transcripts = _transcripts(source, told, layout)
    scores, about_scores = _scores(source, told, layout)
    blank = f", {source.n_blank_lines} blank lines passed over" if source.n_blank_lines else ""
    notes = [f"{len(source.rows)} rows read{blank}"]
    notes += [*about_transcripts, *about_scores, *_period(source, told)]
    unread = [name for name in source.headings if name not in layout.read]
    if unread:
        notes.append(f"columns not read: {', '.join(unread)}")
    if not told.tier_is_declared:
        notes.append("tier not declared in [system]: T3, the weakest claim, is assumed")
    info = replace(
        told.info,
        name=layout.system,
        version=told.info.version or f"export-{fingerprint(path.read_bytes())}",
    )
    return Export(info, transcripts, scores, tuple(notes))


def _transcripts(
    source: Source, told: TableMapping, layout: Layout
) -> tuple[pd.DataFrame, list[str]]:
    columns = layout.columns
    if "hypothesis" in columns:
        systems = _systems(source, layout)
        texts = {columns["hypothesis"]: systems}
    else:
        texts = {name: [system] * len(source.rows) for name, system in layout.hypotheses.items()}
    if not texts:
        return TRANSCRIPTS.empty(), []
    ids = _ids(source, columns["utterance_id"])
    statuses = _optional(source, columns.get("status"))
    errors = _optional(source, columns.get("error"))
    rows: list[dict[str, object]] = []
    seen: dict[tuple[str, str], str] = {}
    for heading, named in texts.items():
        cells = source.column(heading)
        for place, system, utterance_id, cell, declared, error in zip(
            source.places, named, ids, cells, statuses, errors, strict=True
        ):
            _refuse_repeated(seen, (system, utterance_id), place, source)
            status, text = _heard(cell, told, source, place, declared)
            why = "unset" if status == "skipped" and error is None else error
            rows.append(
                {
                    "system": system,
                    "utterance_id": utterance_id,
                    "status": status,
                    "hypothesis": text,
                    "error": why,
                }
            )
    table = TRANSCRIPTS.check(pd.DataFrame(rows, dtype=object), source=source.name)
    counts = table["status"].value_counts()
    listing = ", ".join(f"{counts[name]} {name}" for name in _STATUSES if name in counts)
    notes = [f"{len(table)} transcripts of {table['system'].nunique()} system(s): {listing}"]
    for status in ("empty", "skipped", "failed"):
        by_system = table["system"][table["status"] == status].value_counts()
        if len(by_system):
            listing = ", ".join(f"{system} {count}" for system, count in by_system.items())
            notes.append(f"{status} by system: {listing}")
    if "empty" in counts and "status" not in columns:
        notes.append(
            "an empty hypothesis is read as: the system wrote nothing (every word deleted); if "
            "it was never transcribed, write blank_hypothesis = 'skipped' under [file]"
        )
    return table, notes


def _heard(
    cell: object, told: TableMapping, source: Source, place: str, declared: object
) -> tuple[str, str | None]:
    """Status and text of one cell; a declared status wins where the text allows it."""
    text = None if cell is None else str(cell)
    is_null = (text is None and source.blank_is_null) or (
        text is not None and text.strip() in told.null_words
    )
    is_blank = text is None or not text.strip()
    if declared is not None:
        if declared not in _STATUSES:
            wanted = "one of " + ", ".join(_STATUSES)
            raise bad_cell(source, place, "status", declared, f"not {wanted}")
        if (declared == "ok") == (is_blank or is_null):
            raise bad_cell(source, place, "status", declared, f"but the hypothesis is {cell!r}")
        return str(declared), {"ok": text, "empty": ""}.get(str(declared))
    if is_null or (is_blank and told.blank_hypothesis == "skipped"):
        return "skipped", None
    return ("empty", "") if is_blank else ("ok", text)


def _scores(source: Source, told: TableMapping, layout: Layout) -> tuple[pd.DataFrame, list[str]]:
    if not told.scores:
        return SCORES.empty(), []
    systems = _systems(source, layout)
    ids = _ids(source, layout.columns.get("unit_id") or layout.columns["utterance_id"])
    rows: list[dict[str, object]] = []
    notes: list[str] = []
    for score in told.scores:
        read_scores, mark, _ = scores_of(source, told, score)
        units = _units(source, told, score, ids, layout.columns.get("date"))
        seen: dict[tuple[str, str], str] = {}
        for place, system, unit_id, one in zip(
            source.places, systems, units, read_scores, strict=True
        ):
            _refuse_repeated(seen, (system, unit_id), place, source)
            rows.append(_score_row(score, system, unit_id, one))
        notes.append(_about(score, read_scores, mark))
    return SCORES.check(pd.DataFrame(rows, dtype=object), source=source.name), notes


def _score_row(score: ScoreColumn, system: str, unit_id: str, given: Score) -> dict[str, object]:
    return {
        "system": system,
        "unit_id": unit_id,
        "unit": score.unit or "utterance",
        "score": score.name,
        "value": given.value,
        "scale_min": given.scale_min,
        "scale_max": given.scale_max,
        "direction": score.direction,
        "modality": score.modality,
        "status": "missing" if given.value is None else "ok",
        "missing_reason": given.missing_reason,
        "error": None,
    }


def _about(score: ScoreColumn, given: list[Score], mark: str) -> str:
    reasons = Counter(one.missing_reason for one in given if one.value is None)
    n_missing = reasons.total()
    words = [f"score '{score.name}': {len(given) - n_missing} values, {n_missing} missing"]
    if n_missing:
        words[0] += f" ({', '.join(str(reason) for reason in reasons)})"
    if score.percent:
        words.append("percentages divided by 100")
    if score.time_unit is not None:
        words.append(f"lengths in {score.time_unit} told in seconds")
    if mark == ",":
        words.append("decimal comma")
    if score.scale_min is None or score.scale_max is None:
        words.append("scale not declared")
    return ", ".join(words)


def _units(
    source: Source, told: TableMapping, score: ScoreColumn, ids: list[str], date: str | None
) -> list[str]:
    """What the values belong to; a person-month is 'person 2026-01' where a date column says so."""
    if score.unit != "person-month" or date is None:
        return ids
    months = [day[:7] if day else None for day in _dates(source, told, date)]
    for place, month in zip(source.places, months, strict=True):
        if month is None:
            raise bad_cell(source, place, date, None, "needed for the month of a person-month")
    return [f"{person} {month}" for person, month in zip(ids, months, strict=True)]


def _period(source: Source, told: TableMapping) -> list[str]:
    heading = told.columns.get("date")
    if heading is None:
        return []
    days = [day[:10] for day in _dates(source, told, heading) if day]
    n_empty = len(source.rows) - len(days)
    without = f", {n_empty} rows without a date" if n_empty else ""
    return [f"dates from {min(days)} to {max(days)}{without}" if days else "no row has a date"]


def _dates(source: Source, told: TableMapping, heading: str) -> list[str | None]:
    dates: list[str | None] = []
    for place, cell in zip(source.places, source.column(heading), strict=True):
        if cell is None or str(cell).strip() in ("", *told.null_words):
            dates.append(None)
            continue
        try:
            dates.append(iso_date(cell, order=told.written["date"].date_order or told.date_order))
        except ValueError as error:
            raise bad_cell(source, place, heading, cell, str(error)) from error
    return dates


def _systems(source: Source, layout: Layout) -> list[str]:
    heading = layout.columns.get("system")
    return _ids(source, heading) if heading else [layout.system] * len(source.rows)


def _ids(source: Source, heading: str) -> list[str]:
    ids = []
    for place, cell in zip(source.places, source.column(heading), strict=True):
        if cell is None or not str(cell).strip():
            raise TableError(f"{source.name}: {place}: {heading} is empty. Every row needs one")
        ids.append(str(cell).strip())
    return ids


def _optional(source: Source, heading: str | None) -> list[object]:
    return source.column(heading) if heading else [None] * len(source.rows)


def _refuse_repeated(
    seen: dict[tuple[str, str], str], key: tuple[str, str], place: str, source: Source
) -> None:
    if key in seen:
        system, name = key
        raise TableError(
            f"{source.name}: {place}: system '{system}' has '{name}' already, in {seen[key]}. "
            "Keep one of the two rows"
        )
    seen[key] = place
