"""The records of a JSON document, and the values that dotted paths name in them.

'metrics.silence.percent' goes into objects, 'participants.0.id' into lists, and '$.call.id' starts
from the whole document instead of the record. A key that has the dots itself wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biasbench.errors import OptionError, TableError
from biasbench.systems.exports import ExportFile

ROOT = "$."
_NOTHING = object()


def at(value: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    """What a path names in a JSON value; None if there is nothing.

    >>> at({"a": [{"b.c": 1}]}, "a.0.b.c")
    1
    """
    found = _at(value, path)
    return None if found is _NOTHING else found


def has(value: Any, path: str) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a path names something there, be it null."""
    return _at(value, path) is not _NOTHING


def _at(value: Any, path: str) -> Any:  # noqa: ANN401 - any JSON value
    while True:
        if isinstance(value, Mapping):
            if path in value:
                return value[path]
            key, dot, path = path.partition(".")
            if not dot or key not in value:
                return _NOTHING
            value = value[key]
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
            key, dot, path = path.partition(".")
            if not key.isdecimal() or int(key) >= len(value):
                return _NOTHING
            value = value[int(key)]
            if not dot:
                return value
        else:
            return _NOTHING


def records_of(file: ExportFile, path: str | None) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The records of a JSON or JSONL file, and where each stands.

    A document that is one object, with no path to a list in it, is one record. Raises TableError
    for what is not a record, and OptionError for a path that names no list.
    """
    if file.ending in (".jsonl", ".ndjson"):
        if path is not None:
            raise OptionError(
                f"mapping: [file] records is '{path}', but {file.name} has a record per line. "
                "Leave it out"
            )
        found: list[Any] = [value for _, value in file.json_lines]
        places = [f"line {line}" for line, _ in file.json_lines]
    else:
        found = _listed(file, path)
        places = [f"record {number}" for number in range(1, len(found) + 1)]
    if not found:
        raise TableError(f"{file.name}: the file is empty")
    for record, place in zip(found, places, strict=True):
        if not isinstance(record, Mapping):
            raise TableError(f"{file.name}: {place} is not a JSON object")
    return found, places


def _listed(file: ExportFile, path: str | None) -> list[Any]:
    document = file.json
    if path is not None:
        value = at(document, path)
        if isinstance(value, list):
            return value
        what = "nothing" if value is None else "no list"
        known = ", ".join(f"'{name}'" for name in lists_in(document)) or "none"
        raise OptionError(
            f"mapping: [file] records is '{path}', which is {what} in {file.name}. "
            f"Lists of objects are: {known}"
        )
    return document if isinstance(document, list) else [document]


def lists_in(value: Any, path: str = "", depth: int = 4) -> list[str]:  # noqa: ANN401 - any JSON value
    """Paths of the lists of objects in a document, nearest first; '' is the document itself."""
    if isinstance(value, list):
        return [path] if value and all(isinstance(one, Mapping) for one in value) else []
    if not isinstance(value, Mapping) or depth == 0:
        return []
    below = [lists_in(one, f"{path}.{key}".strip("."), depth - 1) for key, one in value.items()]
    return sorted((name for names in below for name in names), key=lambda name: name.count("."))


def leaves_of(record: Mapping[str, Any], *, depth: int = 4) -> list[str]:
    """Paths of the values of a record that are neither objects nor lists, in their order."""
    names: list[str] = []
    for key, value in record.items():
        if isinstance(value, Mapping) and depth:
            names += [f"{key}.{name}" for name in leaves_of(value, depth=depth - 1)]
        elif not isinstance(value, list | Mapping):
            names.append(key)
    return names
