"""What a deployed system exported, as a run: nothing downstream can tell the difference."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from biasbench import registry
from biasbench.errors import NotFoundError, OptionError
from biasbench.provenance import Provenance, fingerprint
from biasbench.runs.folder import Run
from biasbench.runs.identity import system_facts
from biasbench.systems import Export
from biasbench.tables import EVENTS, SCORES, TRANSCRIPTS


def import_export(
    export_format: str,
    path: str | Path,
    *,
    mapping: str | Path | None = None,
    output: str | Path | None = None,
    overwrite: bool = False,
) -> Run:
    """The run that an export describes.

    `export_format` is a leaf of systems/vendors, e.g. 'table' (any table of transcripts or
    scores). `mapping` is a TOML file that says what the columns mean. The provenance has one
    step with the import report (rows in and out, empty cells, assumptions) and one "run" step
    per system. With `output` the run is written to that folder, as `run` would.

    Raises NotFoundError for an unknown format or a missing file, OptionError for a mapping that
    cannot be used, TableError (file, line, column, value) for an export that cannot.
    """
    reader = registry.find("systems.vendors", export_format)
    path = Path(path)
    if not path.exists():
        raise NotFoundError(f"{path}: no such file")
    export: Export = reader.read(path, None if mapping is None else _read_mapping(Path(mapping)))
    source = f"{path.name}@{fingerprint(path.read_bytes())}" if path.is_file() else path.name
    imported = Run(
        TRANSCRIPTS.check(export.transcripts, source=str(path)),
        SCORES.check(export.scores, source=str(path)),
        _provenance(export, export_format, source, mapping),
        EVENTS.check(export.events, source=str(path)),
    )
    if output is not None:
        imported.write(output, overwrite=overwrite)
    return imported


def _provenance(
    export: Export, export_format: str, source: str, mapping: str | Path | None
) -> Provenance:
    origin = {"format": export_format, "export": source}
    if mapping is not None:
        mapping = Path(mapping)
        origin["mapping"] = f"{mapping.name}@{fingerprint(mapping.read_bytes())}"
    chain = Provenance().then("import_export", {**origin, "report": "; ".join(export.notes)})
    systems = dict.fromkeys(
        [*export.transcripts["system"], *export.scores["system"], *export.events["system"]]
    )
    for name in systems:
        facts = system_facts(replace(export.info, name=name))
        chain = chain.then("run", {**facts, **origin})
    return chain


def _read_mapping(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: is not UTF-8 text. Save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{path}: is not TOML: {error}") from error
