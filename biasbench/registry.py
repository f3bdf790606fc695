"""A folder of leaf modules is the registry.

`systems/asr/whisper.py` *is* the system named `whisper`. Listing names reads file names and
imports nothing; finding one imports that one file. Packages outside add leaves through entry
points of the group `biasbench.<kind>`, e.g. `biasbench.systems.asr`.

A name is written with hyphens by people (`faster-whisper`) and with underscores on disk.
"""

from __future__ import annotations

import importlib
import importlib.util
from importlib.metadata import EntryPoints, entry_points
from pathlib import Path
from types import ModuleType

from biasbench.errors import OptionError, not_found

_SINGULAR = {
    "corpora": "corpus reader",
    "systems.asr": "ASR system",
    "systems.tone": "tone system",
    "systems.vendors": "export format",
    "measures.normalize": "normaliser",
    "evidence.methods": "method",
    "report.renderers": "report format",
    "gates.outputs": "gate output",
}


def names(kind: str) -> list[str]:
    """Names of the leaves of one kind, sorted, without importing any.

    >>> "cr3" in names("evidence.methods")
    True
    """
    return sorted(_files(kind) | {point.name for point in _entry_points(kind)})


def find(kind: str, name: str) -> ModuleType:
    """The leaf module of that kind and name, imported now and not before.

    Raises NotFoundError, with the nearest known name, if there is none, and OptionError for an
    entry point that is not a module.
    """
    plain = name.replace("_", "-")
    if plain in _files(kind):
        return importlib.import_module(f"biasbench.{kind}.{plain.replace('-', '_')}")
    for point in _entry_points(kind):
        if point.name == plain:
            loaded = point.load()
            if not isinstance(loaded, ModuleType):
                raise OptionError(
                    f"entry point '{point.name}' of biasbench.{kind} is {point.value!r}, which is "
                    "not a module. Name a module, as in 'package.leaf'"
                )
            return loaded
    raise not_found(_SINGULAR.get(kind, kind), plain, names(kind))


def _files(kind: str) -> set[str]:
    folder = Path(__file__).parent.joinpath(*kind.split("."))
    return {
        path.stem.replace("_", "-") for path in folder.glob("*.py") if not path.stem.startswith("_")
    }


def _entry_points(kind: str) -> EntryPoints:
    return entry_points(group=f"biasbench.{kind}")
