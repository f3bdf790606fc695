"""What the columns of an export mean, as written in a TOML mapping; see `table` for the keys."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from biasbench.errors import OptionError
from biasbench.systems import Modality, SystemInfo, Tier
from biasbench.systems.vendors._cells import DateOrder
from biasbench.tables import SCORES, Direction

Unit = Literal["utterance", "call", "person-month"]
BlankHypothesis = Literal["empty", "skipped"]

COLUMN_ROLES = ("utterance_id", "system", "hypothesis", "status", "error", "unit_id", "date")
_REASONS = SCORES.columns["missing_reason"].choices


@dataclass(frozen=True)
class ScoreColumn:
    """One score: its column, its declared scale in the column's own numbers, what it means."""

    name: str
    column: str
    scale_min: float | None = None
    scale_max: float | None = None
    direction: Direction = "neither"
    modality: Modality = "unknown"
    unit: Unit = "utterance"
    percent: bool = False
    values: Mapping[str, float] = field(default_factory=dict)
    missing_reason: str = "unset"


@dataclass(frozen=True)
class TableMapping:
    """A mapping, checked; absent sections have the defaults."""

    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[",", "."] | None = None
    date_order: DateOrder = "iso"
    null_words: tuple[str, ...] = ()
    blank_hypothesis: BlankHypothesis = "empty"
    columns: Mapping[str, str] = field(default_factory=dict)
    wide_prefix: str | None = None
    wide_columns: tuple[str, ...] = ()
    scores: tuple[ScoreColumn, ...] = ()
    system_name: str | None = None
    info: SystemInfo = field(default_factory=lambda: SystemInfo("", "", modality="unknown"))
    tier_is_declared: bool = False


def parse(mapping: Mapping[str, Any] | None) -> TableMapping:
    """The mapping with every key and value checked.

    Raises OptionError for an unknown key, with the nearest known one, and for a wrong value.

    >>> parse({"file": {"delimeter": ";"}})
    Traceback (most recent call last):
    ...
    biasbench.errors.OptionError: mapping: [file] has no key 'delimeter'. Did you mean 'delimiter'?
    Known: blank_hypothesis, date_order, decimal, delimiter, encoding, null_words.
    """
    if mapping is None:
        return TableMapping()
    top = _Section("", mapping, ("file", "columns", "wide", "scores", "system"))
    file = top.section(
        "file",
        ("delimiter", "encoding", "decimal", "date_order", "null_words", "blank_hypothesis"),
    )
    columns = top.section("columns", COLUMN_ROLES)
    wide = top.section("wide", ("prefix", "columns"))
    system = top.section("system", ("name", "version", "tier", "modality", "licence", "options"))
    scores = top.section("scores", None)
    if "prefix" in wide.content and "columns" in wide.content:
        raise OptionError("mapping: [wide] has both prefix and columns; keep one")
    options = system.section("options", None).content
    return TableMapping(
        delimiter=file.text("delimiter"),
        encoding=file.text("encoding"),
        decimal=file.choice("decimal", (",", "."), None),
        date_order=file.choice("date_order", get_args(DateOrder), "iso"),
        null_words=file.texts("null_words"),
        blank_hypothesis=file.choice("blank_hypothesis", get_args(BlankHypothesis), "empty"),
        columns={role: name for role in columns.content if (name := columns.text(role))},
        wide_prefix=wide.text("prefix"),
        wide_columns=wide.texts("columns"),
        scores=tuple(_score(scores, name) for name in scores.content),
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


def _score(scores: _Section, name: str) -> ScoreColumn:
    keys = tuple(ScoreColumn.__dataclass_fields__)[1:]
    section = scores.section(name, keys)
    column = section.text("column")
    if column is None:
        raise OptionError(f"mapping: [scores.{name}] needs column = the column's heading")
    values = section.section("values", None)
    score = ScoreColumn(
        name=name,
        column=column,
        scale_min=section.number("scale_min"),
        scale_max=section.number("scale_max"),
        direction=section.choice("direction", get_args(Direction), "neither"),
        modality=section.choice("modality", get_args(Modality), "unknown"),
        unit=section.choice("unit", get_args(Unit), "utterance"),
        percent=section.flag("percent"),
        values={label: values.number(label) or 0.0 for label in values.content},
        missing_reason=section.choice("missing_reason", _REASONS, "unset"),
    )
    low, high = score.scale_min, score.scale_max
    if low is not None and high is not None and low >= high:
        raise OptionError(f"mapping: [scores.{name}] scale_min {low} is not below scale_max {high}")
    if score.percent and score.values:
        raise OptionError(f"mapping: [scores.{name}] has both percent and values; keep one")
    return score


@dataclass(frozen=True)
class _Section:
    """One table of the mapping: knows its own name, and refuses keys it does not know."""

    name: str
    content: Mapping[str, Any]
    known: tuple[str, ...] | None

    def __post_init__(self) -> None:
        place = f"[{self.name}]" if self.name else "the mapping"
        for key in self.content:
            if self.known is not None and key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                question = f" Did you mean '{near[0]}'?" if near else ""
                known = ", ".join(sorted(self.known))
                raise OptionError(f"mapping: {place} has no key '{key}'.{question} Known: {known}.")

    def section(self, key: str, known: tuple[str, ...] | None) -> _Section:
        name = f"{self.name}.{key}" if self.name else key
        content = self.content.get(key, {})
        if not isinstance(content, Mapping):
            raise OptionError(f"mapping: {name} is {content!r}; write a table: [{name}]")
        return _Section(name, content, known)

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self._wrong(key, "a text in quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self._wrong(key, 'a list of texts, e.g. ["NULL", "n/a"]')
        return tuple(value)

    def number(self, key: str) -> float | None:
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, "a number")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None) -> Any:  # noqa: ANN401 - the caller's Literal
        value = self.content.get(key, default)
        if value is not default and value not in choices:
            raise self._wrong(key, "one of " + ", ".join(f"'{choice}'" for choice in choices))
        return value

    def _wrong(self, key: str, wanted: str) -> OptionError:
        return OptionError(f"mapping: [{self.name}] {key} is {self.content[key]!r}, not {wanted}")
