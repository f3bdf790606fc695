"""Names of files in a bundle: relative, with '/', and meaning the same file on every machine."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

MANIFEST = "manifest.json"
REQUEST, TOKEN = "manifest.tsq", "manifest.tsr"
#: The digests of the two, as `sha256sum` writes them.
STAMPS = "timestamp.sha256"

#: Made after the root and about it: they are no leaves of the tree.
OUTSIDE = frozenset({MANIFEST, REQUEST, TOKEN, STAMPS})

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\\\\\ud800-\udfff\u2028\u2029]")


def fault_of(name: str) -> str:
    """What is wrong with a name; empty text if nothing is.

    >>> fault_of("outputs/findings.csv"), fault_of("../keys.txt")
    ('', "leads out of the folder by '..'")
    """
    if _UNWRITABLE.search(name):
        return "holds a backslash, a control character or bytes that are not UTF-8"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "is not relative to the folder"
    segments = name.split("/")
    if ".." in segments:
        return "leads out of the folder by '..'"
    if "" in segments or "." in segments:
        return "has an empty part"
    return ""


def twins(names: Iterable[str]) -> tuple[str, str] | None:
    """Two names that some systems take for one: they differ in case or in how accents are coded.

    >>> twins(["plan.toml", "Plan.toml"])
    ('plan.toml', 'Plan.toml')
    """
    known: dict[str, str] = {}
    for name in names:
        other = known.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if other != name:
            return other, name
    return None


def names_in(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the regular files under a folder, in order, and of whatever else lies there.

    Links, pipes and sockets are the latter. Empty folders are not seen.
    """
    files: list[str] = []
    others: list[str] = []
    todo = [(folder, "")]
    while todo:
        here, prefix = todo.pop()
        with os.scandir(here) as entries:
            for entry in entries:
                name = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    todo.append((Path(entry.path), f"{name}/"))
                elif entry.is_file(follow_symlinks=False):
                    files.append(name)
                else:
                    others.append(name)
    return sorted(files), sorted(others)
