"""Which column of a table holds what: by the mapping, else by recognised names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from biasbench.errors import OptionError
from biasbench.systems.mapping.meaning import HowWritten, TableMapping
from biasbench.systems.mapping.source import Source
from biasbench.tables import TRANSCRIPTS

_RECOGNISED = {
    "utterance_id": ("utterance_id", "id"),
    "hypothesis": ("hypothesis", "pred_text"),
    "system": ("system",),
}
_STATUSES = TRANSCRIPTS.columns["status"].choices


@dataclass(frozen=True)
class Layout:
    """Which column holds what in this file."""

    columns: Mapping[str, str]  # role → heading
    hypotheses: Mapping[str, str]  # heading → its system, in wide form; else empty
    system: str  # the system of every row, where no column names it
    read: frozenset[str]


def layout_of(source: Source, told: TableMapping) -> Layout:
    """Raises OptionError where mapping and file do not fit, or something is missing from both."""
    wide = _wide(source, told)
    columns = _roles(source, told, is_wide=bool(wide))
    has_text = bool(wide) or "hypothesis" in columns
    if not has_text and not told.scores:
        raise _unrecognised(source, "which column is the hypothesis, or a score")
    if has_text and "utterance_id" not in columns:
        raise _unrecognised(source, "which column is the utterance_id")
    if not {"unit_id", "utterance_id"} & columns.keys():
        raise _unrecognised(source, "which column is the unit_id of the scores")
    if wide and told.scores:
        raise OptionError("mapping: [wide] holds transcripts only; import the scores by themselves")
    if told.system_name and (wide or "system" in columns):
        by = "[wide]" if wide else f"column '{columns['system']}'"
        raise OptionError(
            f"mapping: [system] name is '{told.system_name}', but {by} names the systems. Keep one"
        )
    return Layout(
        columns,
        wide,
        told.system_name or f"table/{Path(source.name).name.split('.')[0]}",
        frozenset({*columns.values(), *wide, *(score.column for score in told.scores)}),
    )


def _roles(source: Source, told: TableMapping, *, is_wide: bool) -> dict[str, str]:
    columns = dict(told.columns)
    for role, heading in columns.items():
        require(source, heading, f"[columns] {role}")
        how = told.written[role]
        if how != HowWritten(heading, date_order=how.date_order if role == "date" else None):
            raise OptionError(
                f"mapping: [columns] {role} of a table of a corpus is a heading"
                f"{', with date_order if it needs one' if role == 'date' else ''} and no more"
            )
    for score in told.scores:
        place = f"[scores.{score.name}] column"
        require(source, score.column, place, is_optional=score.optional)
    for role, headings in _RECOGNISED.items():
        found = [heading for heading in headings if heading in source.headings]
        if role not in columns and found:
            columns[role] = found[0]
    # A table of ours says which utterances failed; another file's 'status' means something else.
    if "status" in source.headings and set(source.column("status")) <= set(_STATUSES):
        columns.setdefault("status", "status")
        if "error" in source.headings:
            columns.setdefault("error", "error")
    if is_wide:
        columns.pop("hypothesis", None)
        columns.pop("system", None)
    return columns


def _wide(source: Source, told: TableMapping) -> dict[str, str]:
    for heading in told.wide_columns:
        require(source, heading, "[wide] columns")
    if told.wide_prefix is None:
        return {heading: heading for heading in told.wide_columns}
    prefix = told.wide_prefix
    found = {name: name[len(prefix) :] for name in source.headings if name.startswith(prefix)}
    if not found:
        raise OptionError(
            f"mapping: no column of {source.name} starts with [wide] prefix '{prefix}'. "
            f"Columns are: {', '.join(source.headings)}"
        )
    return found


def require(source: Source, heading: str, place: str, *, is_optional: bool = False) -> None:
    """Raises OptionError, with the nearest heading, for a column that is not there and must be."""
    if not is_optional and not source.has(heading):
        near = difflib.get_close_matches(heading, source.headings, n=1)
        question = f" Did you mean '{near[0]}'?" if near else ""
        raise OptionError(
            f"mapping: {place} is '{heading}', which {source.name} does not have.{question} "
            f"Columns are: {', '.join(source.headings)}"
        )


def _unrecognised(source: Source, question: str) -> OptionError:
    """What the columns are, and a mapping to start from, on one line of TOML."""
    names = source.headings
    wide = [name for name in names if name.lower().startswith("hyp_")]
    key = next((name for name in names if "id" in name.lower()), names[0])
    text = next((name for name in names if _looks_like_text(name)), names[-1])
    if len(wide) > 1:
        start = f'columns = {{ utterance_id = "{key}" }}, and below it wide = {{ prefix = "hyp_" }}'
    else:
        start = f'columns = {{ utterance_id = "{key}", hypothesis = "{text}" }}'
    return OptionError(
        f"{source.name}: nothing says {question}. Columns are: {', '.join(names)}. Say so in a "
        f"mapping file; one to start from: {start}"
    )


def _looks_like_text(heading: str) -> bool:
    return any(word in heading.lower() for word in ("hyp", "transcri", "text"))
