"""Evidence: what `assess` found, how it was asked, and the file it is kept in.

The file is strict JSON with sorted keys: the same table, question and seed give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.evidence.data_facts import DataFacts, data_facts_of
from biasbench.evidence.finding import Finding, finding_of
from biasbench.evidence.sufficiency import Audience
from biasbench.evidence.verdict import UNDECIDED
from biasbench.provenance import Provenance
from biasbench.tables import CONDITIONS, FINDINGS, GROUPS, MISSING, OMNIBUS, Table, write_text

#: Written into every file; a reader of another form refuses it.
_FORM = 2


@dataclass(frozen=True)
class Settings:
    """The question as it was asked, all of it: whoever repeats it gets the same answer."""

    by: str
    against: str
    metrics: tuple[str, ...]
    margins: Mapping[str, float | None]  # metric → the smallest difference that matters
    level: float  # of the family
    adjusted_level: float  # of each interval, so that all hold together at `level`
    audience: Audience
    method: str
    seed: int
    n_resamples: int
    n_comparisons: int
    conditions: tuple[str, ...] = ()  # recording conditions that were checked
    groups: tuple[str, ...] | None = None  # of which a comparison was planned; None: of all
    data_facts: DataFacts | None = None  # what the gates know of the sources of the data


@dataclass(frozen=True)
class Evidence:
    """Findings about groups, with the groups themselves and where everything came from.

    `findings` has the columns of `tables.FINDINGS`, `groups` those of `tables.GROUPS`;
    `conditions` (`tables.CONDITIONS`) says how many people and rows of each group stand in each
    recording condition, `omnibus` (`tables.OMNIBUS`) whether the groups of a metric are all
    alike, and `missing` (`tables.MISSING`) whose rows have no value.
    """

    findings: pd.DataFrame
    groups: pd.DataFrame
    provenance: Provenance
    settings: Settings
    conditions: pd.DataFrame = field(default_factory=CONDITIONS.empty)
    omnibus: pd.DataFrame = field(default_factory=OMNIBUS.empty)
    missing: pd.DataFrame = field(default_factory=MISSING.empty)

    @property
    def decided(self) -> bool:
        """Whether any finding says something: a verdict other than 'insufficient evidence'."""
        verdicts = self.findings["verdict"].dropna()
        return bool((~verdicts.isin(UNDECIDED)).any())

    def to_findings(self) -> list[Finding]:
        """The findings as values, in the order of the table."""
        return [finding_of(dict(row)) for _, row in self.findings.iterrows()]

    def signature(self, finding: Finding | Mapping[str, Any]) -> str:
        """What must be equal for two findings to be comparable: `corpus:…|system:…|metric:…`."""
        row = asdict(finding) if isinstance(finding, Finding) else finding
        run = self.provenance.step("run", "system_name", str(row["system"]))
        return self.provenance.signature(
            {
                "system": run.get("system", str(row["system"])),
                "metric": str(row["metric"]),
                "by": str(row["by"]),
                "against": str(row["against"]),
            }
        )

    def write(self, path: str | Path) -> Path:
        """Write the evidence as JSON, whole or not at all; returns the path.

        Raises OptionError for a name that does not end in .json.
        """
        path = Path(path)
        if path.suffix.lower() != ".json":
            raise OptionError(f"{path}: evidence is written as .json, not '{path.suffix}'")
        # Keys are sorted here and not by json: facts of a step keep the order they were given in.
        content = {
            "biasbench_evidence": _FORM,
            "conditions": _records(self.conditions),
            "findings": _records(self.findings),
            "groups": _records(self.groups),
            "missing": _records(self.missing),
            "omnibus": _records(self.omnibus),
            "provenance": self.provenance.to_dict(),
            "settings": dict(sorted(asdict(self.settings).items())),
        }
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1)
        return write_text(path, text + "\n")


def read_evidence(path: str | Path) -> Evidence:
    """The evidence in a file that `Evidence.write` wrote.

    Raises NotFoundError if there is no such file, and TableError, saying what is wrong, if it is
    not one of ours.

    >>> read_evidence("nowhere.json")
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: nowhere.json: no such file
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{path}: is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("biasbench_evidence") != _FORM:
        raise TableError(
            f"{path}: is not evidence of form {_FORM}; make it with 'biasbench assess'"
        )
    try:
        settings = dict(content["settings"])
        for name in ("metrics", "conditions"):
            settings[name] = tuple(settings[name])
        if settings.get("groups") is not None:
            settings["groups"] = tuple(settings["groups"])
        if settings.get("data_facts") is not None:
            settings["data_facts"] = data_facts_of(settings["data_facts"])
        return Evidence(
            findings=_table(content["findings"], FINDINGS, path),
            groups=_table(content["groups"], GROUPS, path),
            provenance=Provenance.from_dict(content["provenance"]),
            settings=Settings(**settings),
            conditions=_table(content["conditions"], CONDITIONS, path),
            omnibus=_table(content["omnibus"], OMNIBUS, path),
            missing=_table(content["missing"], MISSING, path),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise TableError(
            f"{path}: evidence that lacks a part or has one too many: {error}"
        ) from error


def _table(records: list[dict[str, Any]], table: Table, path: Path) -> pd.DataFrame:
    frame = pd.DataFrame(records, columns=list(table.columns), dtype=object)
    return table.check(frame, source=str(path))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain JSON values; whatever is missing is null."""
    columns = {
        str(name): [None if pd.isna(value) else _plain(value) for value in frame[name]]
        for name in sorted(frame.columns)
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    return value.item() if hasattr(value, "item") else value
