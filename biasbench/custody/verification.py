"""Whether a bundle is what its manifest says, byte for byte; no model and no decoder is needed.

Every file is hashed again, the root is computed again, and manifest.json, and an archive around
it, must be spelt exactly as biasbench spells them. One altered bit anywhere is a problem.

What this shows is that nothing changed since the root was made. Who made it, and when, it does not
show: whoever can rewrite everything can also make another root. That is what the root printed on
the report, and a time-stamp over it, are for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biasbench.custody.contents import Contents, Problem, UnreadableError, opened
from biasbench.custody.manifest import Manifest, parse_manifest
from biasbench.custody.names import MANIFEST, OUTSIDE
from biasbench.custody.stamped import check_stamps
from biasbench.custody.tokens import Token
from biasbench.errors import InputError, OptionError

#: A manifest of a million files is about this large.
_MOST_MANIFEST = 1 << 29


@dataclass(frozen=True)
class Verification:
    """What was found. `root` is the one that manifest.json states; empty where there is none.

    `unchecked` says, in words, what could not be looked into: it is neither sound nor a problem.
    """

    root: str
    n_files: int
    n_bytes: int
    problems: tuple[Problem, ...]
    unchecked: tuple[str, ...] = ()
    token: Token | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(path: str | Path, *, root: str | None = None) -> Verification:
    """Check a bundle, a folder or a .zip; `root` is the one printed on the report, if at hand.

    A bundle that was tampered with is a Verification with problems, never an exception. Raises
    NotFoundError for no such path, and OptionError for a root that is not 64 hexadecimal digits.

    >>> import tempfile
    >>> from biasbench.custody.manifest import PARTS, write_manifest
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "findings.csv").write_text("group,gap", encoding="utf-8")
    ...     _ = write_manifest(folder, dict.fromkeys(PARTS))
    ...     before = verify(folder)
    ...     _ = Path(folder, "findings.csv").write_text("group,gag", encoding="utf-8")
    ...     after = verify(folder)
    >>> before.is_sound, [str(problem) for problem in after.problems]
    (True, ['findings.csv: changed: its SHA-256 is not the one in the manifest'])
    """
    expected = None if root is None else _digits(root)
    with opened(Path(path)) as contents:
        manifest, problems = _manifest_in(contents)
        problems = [*contents.problems, *problems]
        if manifest is None:
            return Verification("", 0, 0, tuple(problems))
        problems += _root_problems(manifest, expected)
        problems += _file_problems(contents, manifest)
        token, stamp_problems, unchecked = check_stamps(contents, manifest.root)
        return Verification(
            manifest.root,
            len(manifest.files),
            sum(entry.bytes for entry in manifest.files),
            (*problems, *stamp_problems),
            tuple(unchecked),
            token,
        )


def read_manifest(path: str | Path) -> Manifest:
    """The manifest of a folder or a .zip, as it stands: `verify` says whether it is true.

    Raises NotFoundError for no such path, InputError where there is no manifest or an altered one.
    """
    with opened(Path(path)) as contents:
        manifest, problems = _manifest_in(contents)
    if manifest is None:
        raise InputError(f"{path}: {problems[0]}")
    return manifest


def _manifest_in(contents: Contents) -> tuple[Manifest | None, list[Problem]]:
    if MANIFEST not in contents.names:
        return None, [Problem("manifest", MANIFEST, "is not there")]
    try:
        return parse_manifest(contents.read(MANIFEST, _MOST_MANIFEST)), []
    except UnreadableError as error:
        return None, [Problem("manifest", MANIFEST, str(error))]
    except InputError as error:
        what = str(error).removeprefix(f"{MANIFEST}: ")
        return None, [Problem("manifest", MANIFEST, what)]


def _root_problems(manifest: Manifest, expected: str | None) -> Iterator[Problem]:
    if manifest.computed_root() != manifest.root:
        yield Problem("root", MANIFEST, "its root is not the one over what it lists")
    if expected is not None and manifest.root != expected:
        what = f"its root is {manifest.root}, and {expected} was to be found"
        yield Problem("root", MANIFEST, what)


def _file_problems(contents: Contents, manifest: Manifest) -> Iterator[Problem]:
    listed = {entry.path: entry for entry in manifest.files}
    there = set(contents.names)
    for path, entry in listed.items():
        if path not in there:
            yield Problem("missing", path, "is listed in the manifest and not there")
            continue
        try:
            sha256, n_bytes = contents.digest(path, entry.bytes)
        except UnreadableError as error:
            yield Problem("unreadable", path, f"changed: {error}")
            continue
        if n_bytes != entry.bytes:
            more = "more" if n_bytes > entry.bytes else f"{n_bytes}"
            what = f"changed: it has {more} bytes, and the manifest says {entry.bytes}"
            yield Problem("changed", path, what)
        elif sha256 != entry.sha256:
            yield Problem("changed", path, "changed: its SHA-256 is not the one in the manifest")
    for name in sorted(there - listed.keys() - OUTSIDE):
        yield Problem("added", name, "is there and not listed in the manifest")


def _digits(root: str) -> str:
    digits = re.sub(r"\s", "", root).lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise OptionError(f"root is {root!r}; write the 64 hexadecimal digits of the report")
    return digits
