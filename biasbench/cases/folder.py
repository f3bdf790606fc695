"""A case on disk: everything that it is computed from, and nothing that was computed.

    plan.toml, plan.seal.json          the plan and its seal, as they were
    record.toml, bonus.toml …          the record, the scale that the plan names, and the plans
                                       that the other side asked for
    case.json                          when a result could first be seen; what the inputs are
    inputs/measures.parquet            what is assessed
    inputs/variants/<name>.parquet     the same under other normalisers
    inputs/human.parquet               the same scoring on human transcripts
    inputs/own.parquet                 person-months
    inputs/runs/1, 2 …                 what systems put out, where the case began there
    inputs/human_run                   the scoring of human transcripts
    inputs/corpus/                     utterances with their references, without audio

Reports, findings.json and manifest.json come beside (`bundles`). A case written twice into one
folder keeps the first time that a result could be seen.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from biasbench.cases.inputs import Inputs
from biasbench.cases.record import Record, read_record
from biasbench.consequences.bonus import read_scale
from biasbench.corpus import Corpus
from biasbench.errors import NotFoundError, OptionError, TableError
from biasbench.measures import Measures, read_measures
from biasbench.plans import read_plan, read_seal
from biasbench.plans.sealing import check_unchanged, time_of, write_seal
from biasbench.runs import read_run
from biasbench.tables import read_table, write_bytes, write_table, write_text

_FORM = 1
CARD = "case.json"
INPUTS = "inputs"

#: Columns that say where a recording lies: a case holds no audio, and no path of a machine.
_AUDIO = ("audio", "other_audio")


def first_opened(folder: str | Path, now: str) -> str:
    """When a result of the case in `folder` could first be seen: `now`, if there is none yet."""
    path = Path(folder) / CARD
    if not path.is_file():
        return now
    return min(str(_card(Path(folder))["opened"]), now, key=time_of)


def write_inputs(inputs: Inputs, folder: str | Path) -> Path:
    """Write the inputs of a case into a new folder, or over those of the same plan.

    Raises OptionError where the folder holds something that is not a case.
    """
    folder = Path(folder)
    check_place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / INPUTS).is_dir():
        shutil.rmtree(folder / INPUTS)
    plan = inputs.plan
    write_bytes(folder / "plan.toml", plan.content)
    if inputs.seal is not None:
        write_seal(inputs.seal, folder / "plan.toml")
    if inputs.record.content:
        write_bytes(folder / "record.toml", inputs.record.content)
    if plan.pay is not None and plan.pay.scale is not None:
        write_bytes(folder / plan.pay.scale, inputs.scale_content)
    for name, other in inputs.other_plans.items():
        write_bytes(folder / name, other.content)
    _write_tables(inputs, folder / INPUTS)
    card = {
        "biasbench_case": _FORM,
        "differenced_blocks": [list(block) for block in inputs.differenced_blocks],
        "differenced_groups": list(inputs.differenced_groups),
        "opened": inputs.opened,
    }
    write_text(folder / CARD, json.dumps(card, indent=1, sort_keys=True) + "\n")
    return folder


def check_place(folder: Path) -> None:
    """Raise OptionError unless a case can be written there: nothing, or another case."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not _is_case(folder)):
        raise OptionError(
            f"{folder}: holds something that is no case; it is left alone. Name a new folder"
        )


def read_inputs(folder: str | Path) -> Inputs:
    """The inputs of the case in a folder.

    Raises NotFoundError where there is none, and TableError or OptionError for a part that cannot
    be read.
    """
    folder = Path(folder)
    card = _card(folder)
    plan = read_plan(folder / "plan.toml")
    seal = read_seal(folder / "plan.toml")
    if seal is not None:
        check_unchanged(plan, seal)
    tables = folder / INPUTS
    record = folder / "record.toml"
    scale = None if plan.pay is None or plan.pay.scale is None else folder / plan.pay.scale
    known = read_record(record) if record.is_file() else Record()
    return Inputs(
        plan=plan,
        measures=read_measures(tables / "measures.parquet"),
        opened=str(card["opened"]),
        seal=seal,
        record=known,
        variants={
            path.stem: read_measures(path) for path in sorted(tables.glob("variants/*.parquet"))
        },
        human=_maybe_measures(tables / "human.parquet"),
        own=_maybe_table(tables / "own.parquet"),
        scale=None if scale is None else read_scale(scale),
        scale_content=b"" if scale is None else scale.read_bytes(),
        runs=tuple(read_run(path) for path in _numbered(tables / "runs")),
        human_run=read_run(tables / "human_run") if (tables / "human_run").is_dir() else None,
        corpus=_read_corpus(tables / "corpus"),
        differenced_groups=tuple(card["differenced_groups"]),
        differenced_blocks=tuple((one, other) for one, other in card["differenced_blocks"]),
        other_plans={one.plan: read_plan(folder / one.plan) for one in known.exchanges if one.plan},
    )


def _write_tables(inputs: Inputs, tables: Path) -> None:
    inputs.measures.write(tables / "measures.parquet")
    for name, variant in inputs.variants.items():
        variant.write(tables / "variants" / f"{name}.parquet")
    if inputs.human is not None:
        inputs.human.write(tables / "human.parquet")
    if inputs.own is not None:
        write_table(inputs.own, tables / "own.parquet")
    for number, run in enumerate(inputs.runs, start=1):
        run.write(tables / "runs" / str(number))
    if inputs.human_run is not None:
        inputs.human_run.write(tables / "human_run")
    if inputs.corpus is not None:
        _write_corpus(inputs.corpus, tables / "corpus")


def _write_corpus(corpus: Corpus, folder: Path) -> None:
    utterances = corpus.utterances.drop(columns=[c for c in _AUDIO if c in corpus.utterances])
    write_table(utterances, folder / "utterances.parquet", provenance=corpus.provenance)
    for name, table in (("calls", corpus.calls), ("periods", corpus.periods)):
        if table is not None:
            write_table(table, folder / f"{name}.parquet")
    text = json.dumps(dict(corpus.card), ensure_ascii=False, indent=1, sort_keys=True)
    write_text(folder / "card.json", text + "\n")


def _read_corpus(folder: Path) -> Corpus | None:
    if not folder.is_dir():
        return None
    utterances, provenance = read_table(folder / "utterances.parquet")
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    return Corpus(
        utterances,
        provenance,
        folder,
        card,
        calls=_maybe_table(folder / "calls.parquet"),
        periods=_maybe_table(folder / "periods.parquet"),
    )


def _maybe_measures(path: Path) -> Measures | None:
    return read_measures(path) if path.is_file() else None


def _maybe_table(path: Path) -> pd.DataFrame | None:
    return read_table(path)[0] if path.is_file() else None


def _numbered(folder: Path) -> Sequence[Path]:
    return sorted(folder.iterdir(), key=lambda path: int(path.name)) if folder.is_dir() else []


def _is_case(folder: Path) -> bool:
    return (folder / CARD).is_file()


def _card(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    if not path.is_file():
        raise NotFoundError(
            f"{folder}: holds no case (no {CARD}). Make one with: biasbench examine plan.toml "
            f"--measures measures.parquet -o {folder}"
        )
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if card["biasbench_case"] != _FORM:
            raise TableError(f"{path}: is a case of form {card['biasbench_case']}, not {_FORM}")
        time_of(str(card["opened"]))
        for name in ("differenced_groups", "differenced_blocks"):
            if not isinstance(card[name], list):
                raise TypeError(f"{name} is no list")
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise TableError(f"{path}: is not the card of a case: {error}") from error
    return card
