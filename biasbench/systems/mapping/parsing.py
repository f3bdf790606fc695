"""A TOML mapping, read with every key and value checked; see `table` for the keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from biasbench.errors import OptionError
from biasbench.systems import EventKind, Modality, SystemInfo, Tier
from biasbench.systems.exports import ROLES
from biasbench.systems.mapping.cells import DateOrder, LengthUnit
from biasbench.systems.mapping.meaning import (
    COLUMN_ROLES,
    BlankHypothesis,
    CountColumn,
    EmptyCount,
    HowWritten,
    Rows,
    ScoreColumn,
    TableMapping,
    Unit,
)
from biasbench.systems.mapping.section import Section
from biasbench.tables import SCORES, Direction

_REASONS = SCORES.columns["missing_reason"].choices
_HOW = ("column", "time_unit", "date_order", "zone", "decimal", "percent", "values", "optional")


def parse(mapping: Mapping[str, Any] | None) -> TableMapping:
    """The mapping with every key and value checked.

    Raises OptionError for an unknown key, with the nearest known one, and for a wrong value.

    >>> parse({"wide": {"prefx": "hyp_"}})
    Traceback (most recent call last):
    ...
    biasbench.errors.OptionError: mapping: [wide] has no key 'prefx'. Did you mean 'prefix'?
    Known: columns, prefix.
    """
    if mapping is None:
        return TableMapping()
    tables = ("file", "columns", "facts", "roles", "kinds", "events", "wide", "scores", "system")
    top = Section("", mapping, tables)
    file = top.section(
        "file",
        (
            *("rows", "delimiter", "encoding", "heading_line", "records", "sheet", "decimal"),
            *("date_order", "time_unit", "zone", "null_words", "blank_hypothesis", "event_kind"),
        ),
    )
    columns = top.section("columns", COLUMN_ROLES)
    facts = top.section("facts", None)
    wide = top.section("wide", ("prefix", "columns"))
    system = top.section("system", ("name", "version", "tier", "modality", "licence", "options"))
    scores = top.section("scores", None)
    counts = top.section("events", None)
    kinds = top.section("kinds", None)
    if "prefix" in wide.content and "columns" in wide.content:
        raise OptionError("mapping: [wide] has both prefix and columns; keep one")
    options = system.section("options", None).content
    written = {role: _written(columns, role) for role in columns.content}
    return TableMapping(
        rows=file.choice("rows", get_args(Rows), None),
        delimiter=file.text("delimiter"),
        encoding=file.text("encoding"),
        heading_line=file.whole("heading_line"),
        records=file.text("records"),
        sheet=file.text("sheet"),
        decimal=file.choice("decimal", (",", "."), None),
        date_order=file.choice("date_order", get_args(DateOrder), "iso"),
        time_unit=file.choice("time_unit", get_args(LengthUnit), None),
        zone=file.text("zone"),
        null_words=file.texts("null_words"),
        blank_hypothesis=file.choice("blank_hypothesis", get_args(BlankHypothesis), "empty"),
        event_kind=file.choice("event_kind", get_args(EventKind), None),
        columns={role: how.column for role, how in written.items()},
        written=written,
        facts={name: _written(facts, name) for name in facts.content},
        roles=_roles(top.section("roles", ROLES)),
        kinds={word: kinds.choice(word, get_args(EventKind), None) for word in kinds.content},
        wide_prefix=wide.text("prefix"),
        wide_columns=wide.texts("columns"),
        scores=tuple(_score(scores, name) for name in scores.content),
        counts=tuple(_count(counts, label) for label in counts.content),
        system_name=system.text("name"),
        info=SystemInfo(
            name=system.text("name") or "",
            version=system.text("version") or "",
            options=tuple((key, str(value)) for key, value in options.items()),
            modality=system.choice("modality", get_args(Modality), "unknown"),
            tier=system.choice("tier", get_args(Tier), "T3"),
            licence=system.text("licence") or "",
        ),
        tier_is_declared="tier" in system.content,
    )


def _written(columns: Section, role: str) -> HowWritten:
    """A heading in quotes, or a table that says how the column is written."""
    told = columns.content[role]
    if not isinstance(told, Mapping):
        column, otherwise = _headings(columns, role)
        return HowWritten(column, otherwise=otherwise)
    is_fact = columns.name == "facts"
    section = columns.section(role, (*_HOW, "number") if is_fact else _HOW)
    column, otherwise = _headings(section)
    how = HowWritten(
        column=column,
        otherwise=otherwise,
        time_unit=section.choice("time_unit", get_args(LengthUnit), None),
        date_order=section.choice("date_order", get_args(DateOrder), None),
        zone=section.text("zone"),
        decimal=section.choice("decimal", (",", "."), None),
        percent=section.flag("percent"),
        number=section.flag("number"),
        values=_values(section, may_be_text=True),
        optional=section.flag("optional"),
    )
    _keep_one(
        section,
        {
            "time_unit": how.time_unit is not None,
            "percent": how.percent,
            "number": how.number,
            "values": bool(how.values),
        },
    )
    return how


def _score(scores: Section, name: str) -> ScoreColumn:
    section = scores.section(name, tuple(ScoreColumn.__dataclass_fields__)[1:-1])
    column, otherwise = _headings(section)
    score = ScoreColumn(
        name=name,
        column=column,
        otherwise=otherwise,
        scale_min=section.number("scale_min"),
        scale_max=section.number("scale_max"),
        direction=section.choice("direction", get_args(Direction), "neither"),
        modality=section.choice("modality", get_args(Modality), "unknown"),
        unit=section.choice("unit", get_args(Unit), None),
        percent=section.flag("percent"),
        values=_numbers(section),
        missing_reason=section.choice("missing_reason", _REASONS, "unset"),
        time_unit=section.choice("time_unit", get_args(LengthUnit), None),
        decimal=section.choice("decimal", (",", "."), None),
        missing=_missing(section),
        optional=section.flag("optional"),
    )
    if score.time_unit == "moment":
        raise section.wrong("time_unit", "a unit of length: a score is no moment")
    low, high = score.scale_min, score.scale_max
    if low is not None and high is not None and low >= high:
        raise OptionError(f"mapping: [scores.{name}] scale_min {low} is not below scale_max {high}")
    _keep_one(
        section,
        {
            "percent": score.percent,
            "values": bool(score.values),
            "time_unit": score.time_unit is not None,
        },
    )
    return score


def _count(counts: Section, label: str) -> CountColumn:
    section = counts.section(
        label, ("column", "kind", "target_role", "values", "empty", "optional")
    )
    kind = section.choice("kind", get_args(EventKind), None)
    if kind is None:
        known = ", ".join(get_args(EventKind))
        raise OptionError(f"mapping: [{section.name}] needs kind = one of {known}")
    column, otherwise = _headings(section)
    return CountColumn(
        label=label,
        column=column,
        otherwise=otherwise,
        kind=kind,
        target_role=section.choice("target_role", ROLES, None),
        values=_numbers(section),
        empty=section.choice("empty", get_args(EmptyCount), None),
        optional=section.flag("optional"),
    )


def _headings(section: Section, key: str = "column") -> tuple[str, tuple[str, ...]]:
    """A heading, or the list of those it may have: the first that the file has is taken."""
    told = section.content.get(key)
    if isinstance(told, list) and told and all(isinstance(one, str) and one for one in told):
        return told[0], tuple(told[1:])
    column = section.text(key)
    if column is None:
        raise OptionError(f"mapping: [{section.name}] needs column = the column's heading")
    return column, ()


def _values(section: Section, *, may_be_text: bool) -> dict[str, str | float]:
    values = section.section("values", None)
    return {
        label: told
        if may_be_text and isinstance(told, str)
        else values.number(label) or 0.0  # not None: the label is there
        for label, told in values.content.items()
    }


def _numbers(section: Section) -> dict[str, float]:
    return {label: float(told) for label, told in _values(section, may_be_text=False).items()}


def _missing(section: Section) -> dict[str, str]:
    words = section.section("missing", None)
    return {word: words.choice(word, _REASONS, None) for word in words.content}


def _roles(section: Section) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in section.content:
        for word in section.texts(role):
            key = word.strip().casefold()
            if found.setdefault(key, role) != role:
                raise OptionError(f"mapping: [roles] '{word}' is both {found[key]} and {role}")
    return found


def _keep_one(section: Section, given: Mapping[str, bool]) -> None:
    both = [key for key, is_given in given.items() if is_given]
    if len(both) > 1:
        raise OptionError(f"mapping: [{section.name}] has both {' and '.join(both)}; keep one")
