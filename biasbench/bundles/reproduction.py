"""Every number and sentence computed again from what a bundle holds, without any audio.

Where the bundle holds what systems put out, the measures are made again from it first; where it
holds recordings, or they are at hand, the systems may listen again. What differs is named, one
line each. A public bundle holds no person's data: its verdicts are redone from its own intervals,
and that is all that can be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import pandas as pd

import biasbench
from biasbench.bundles.casework import context_of, root_of
from biasbench.bundles.comparing import Difference, differences
from biasbench.bundles.listening import heard_again
from biasbench.cases import Case, examine
from biasbench.cases.folder import INPUTS, read_inputs
from biasbench.cases.inputs import Inputs, measured
from biasbench.custody import verify
from biasbench.errors import InputError, NotFoundError
from biasbench.evidence.verdict import interval_code, oriented
from biasbench.report.numbers import Lang
from biasbench.report.sections import document
from biasbench.report.wording import LANGUAGES

#: Columns of measures that are compared, row by row.
_MEASURED = ("system", "unit_id", "metric", "speaker_id", "numerator", "denominator")


@dataclass(frozen=True)
class Reproduction:
    """What differs, and what was computed again: 'measures', 'findings.json' …

    `notes` say what could not be, and what may explain a difference.
    """

    differences: tuple[Difference, ...]
    redone: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def reproduce(source: str | Path, *, from_audio: str | Path | None = None) -> Reproduction:
    """Compute a bundle, or the folder of a case, again.

    `from_audio` is the corpus whose recordings the systems listen to again. Raises NotFoundError
    where there is nothing, and InputError where the bundle was altered: `verify` says where.
    """
    with _unpacked(Path(source)) as folder:
        if not (folder / INPUTS).is_dir():
            return _from_intervals(folder)
        inputs = read_inputs(folder)
        found: list[Difference] = []
        redone: list[str] = []
        if from_audio is not None:
            found += heard_again(inputs, from_audio)
            redone.append("recordings")
        if inputs.runs:
            found += _measured_again(inputs)
            redone.append("measures")
        case = examine(inputs)
        notes = []
        for path, lang in findings_in(folder):
            stored, again = found_again(case, path, lang, root_of(folder))
            if stored.get("biasbench") != biasbench.__version__:
                notes.append(
                    f"{path.name} was made with biasbench {stored.get('biasbench')}, this is "
                    f"{biasbench.__version__}"
                )
            found += differences(stored, again, path.name)
            redone.append(path.name)
        if not redone:
            raise NotFoundError(f"{source}: holds no findings.json to compare with")
        return Reproduction(tuple(found), tuple(redone), tuple(notes))


def findings_in(folder: Path) -> list[tuple[Path, Lang]]:
    """The findings of a folder, each with its language."""
    found: list[tuple[Path, Lang]] = []
    for path in sorted(folder.glob("findings*.json")):
        lang = _read(path).get("lang")
        if lang not in LANGUAGES:
            raise InputError(f"{path}: lang is {lang!r}, not 'fr' or 'en'; the file was altered")
        found.append((path, lang))
    return found


def found_again(
    case: Case, path: Path, lang: Lang, root: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The findings as stored, and as computed again."""
    again = document(context_of(case, lang, root=root)).record
    return _read(path), json.loads(json.dumps(again))


def _measured_again(inputs: Inputs) -> Iterator[Difference]:
    plans = [inputs.plan, *inputs.other_plans.values()]
    again = measured(plans, inputs.runs, inputs.corpus, inputs.human_run).table
    stored = inputs.measures.table
    if len(again) != len(stored):
        yield Difference("measures · rows", str(len(stored)), str(len(again)))
        return
    for column in _MEASURED:
        if column not in stored.columns and column not in again.columns:
            continue
        one, other = _column(stored, column), _column(again, column)
        equal = (one == other) | (one.isna() & other.isna())
        for at in equal[~equal].index:
            row = stored.loc[at]
            unit = f"{row['metric']} {row['unit_id']}"
            yield Difference(f"measures · {unit} · {column}", str(one[at]), str(other[at]))


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table.columns:
        return pd.Series([None] * len(table), dtype=object)
    return table[name].astype(object).reset_index(drop=True)


def _from_intervals(folder: Path) -> Reproduction:
    """The verdicts of a public bundle, redone from the intervals that it prints."""
    found: list[Difference] = []
    redone: list[str] = []
    for path, _ in findings_in(folder):
        for row in _read(path)["findings"]:
            again = _code_again(row)
            if again is not None and again != row["code"]:
                where = f"{path.name} · findings · {row['metric']} {row['group']} · code"
                found.append(Difference(where, str(row["code"]), again))
        redone.append(f"verdicts of {path.name}")
    if not redone:
        raise NotFoundError(f"{folder}: holds neither inputs nor findings.json")
    note = (
        "this bundle holds no table of people: verdicts were redone from the intervals it prints, "
        "and nothing else can be; a bundle of level 'parties' can be recomputed"
    )
    return Reproduction(tuple(found), tuple(redone), (note,))


def _code_again(row: dict[str, Any]) -> str | None:
    """The code of the interval rule; None where a gate, or nobody, gave it."""
    low, high, margin = row["difference_low"], row["difference_high"], row["margin"]
    code = row["code"]
    if None in (low, high, margin, code) or code in ("V-N", "V-S"):
        return None
    low, high = oriented(low, high, row["direction"])
    again = interval_code(low, high, margin)
    ratio_low, ratio_high = row["ratio_low"], row["ratio_high"]
    if ratio_low is None or ratio_high is None:
        return again
    # Where difference and ratio disagree about equality, the weaker verdict stands.
    if (ratio_low > 1 or ratio_high < 1) != (low > 0 or high < 0):
        return interval_code(min(low, 0.0), max(high, 0.0), margin)
    return again


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is not JSON: {error}") from error
    return content


@contextmanager
def _unpacked(source: Path) -> Iterator[Path]:
    """The folder itself, or a sound archive unpacked for the time being."""
    if source.is_dir():
        yield source
        return
    if not source.is_file():
        raise NotFoundError(f"{source}: no such bundle")
    found = verify(source)
    if any(problem.kind in ("archive", "unreadable") for problem in found.problems):
        raise InputError(
            f"{source}: cannot be unpacked: {found.problems[0]}. biasbench verify says more"
        )
    with TemporaryDirectory() as temporary:
        with ZipFile(source) as archive:
            archive.extractall(temporary)  # names were checked by verify
        yield Path(temporary)


def described(found: Reproduction) -> Sequence[str]:
    """A line for each difference."""
    return [f"{d.where}: stored {d.stored}, again {d.again}" for d in found.differences]
