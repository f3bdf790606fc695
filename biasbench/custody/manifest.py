"""manifest.json: what a bundle holds, where it comes from, and the one root that covers it all.

    files    every file of the folder: path, bytes, SHA-256 and, of recordings, the decoded sound
    format   of this file
    record   the ten parts of the chain of custody (PARTS), as they were given
    root     the root of the Merkle tree (RFC 6962) over the leaves, in hexadecimal

A leaf is the line that `sha256sum` writes, without its end: the digest, two spaces, the path. The
leaves are the files in the order of their paths (by code point) and, under the path
'manifest.json', the manifest itself with an empty root:

    sed 's/^ "root": ".*"$/ "root": ""/' manifest.json | sha256sum

So the root covers every byte of every file, this one included. Only the time-stamp lies outside:
it is made after the root and about it. The bytes are canonical: keys in order, an indent of one
space, UTF-8, numbers as short as they can be. The same folder and record give the same bytes.
File modes and dates are not covered, and empty folders are not seen.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from biasbench.custody.hashes import PcmHash, digest_of, sha256_of_pcm
from biasbench.custody.merkle import audit_path, merkle_root, verify_path
from biasbench.custody.names import MANIFEST, OUTSIDE, REQUEST, TOKEN, fault_of, names_in, twins
from biasbench.errors import AudioError, InputError, NotFoundError, OptionError
from biasbench.tables import write_bytes

FORMAT = "biasbench manifest 1"

#: What a record says (docs/report.md §H); each must be there, empty where there is nothing to say.
PARTS = (
    "case", "plan", "files", "labels", "references", "system", "run", "exclusions", "outputs",
    "missing_or_refused",
)  # fmt: skip

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class FileEntry:
    """One file. `sound` is None unless it is a recording; `unreadable` says why one has none."""

    path: str
    bytes: int
    sha256: str
    sound: PcmHash | None = None
    unreadable: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Manifest:
    """A record in ten parts, the files, and the root over both.

    `record["files"]` is what was declared of the files examined (origin, how they were obtained,
    consent, licence, transfers), whether or not they lie in the bundle; `files` is what lies there.
    """

    record: Mapping[str, Any]
    files: tuple[FileEntry, ...]
    root: str

    @property
    def leaves(self) -> tuple[str, ...]:
        """The leaves of the tree, in order."""
        unrooted = hashlib.sha256(canonical_bytes(_values(self.record, self.files, ""))).hexdigest()
        digests = {entry.path: entry.sha256 for entry in self.files} | {MANIFEST: unrooted}
        return tuple(leaf_of(path, digests[path]) for path in sorted(digests))

    def computed_root(self) -> str:
        """The root over what the manifest lists; `root` is the one that it states."""
        return merkle_root(self.leaves)

    def to_bytes(self) -> bytes:
        """What manifest.json holds."""
        return canonical_bytes(_values(self.record, self.files, self.root))


@dataclass(frozen=True)
class Membership:
    """What shows that a file of that path and digest stands under a root, without the others."""

    path: str
    sha256: str
    index: int
    n_leaves: int
    steps: tuple[str, ...]
    root: str

    def holds(self) -> bool:
        """Whether it does."""
        leaf = leaf_of(self.path, self.sha256)
        return verify_path(leaf, self.index, self.n_leaves, self.steps, self.root)


def leaf_of(path: str, sha256: str) -> str:
    """The leaf of a file."""
    return f"{sha256}  {path}"


def membership(manifest: Manifest, path: str) -> Membership:
    """That one file belongs to the bundle. Raises NotFoundError if the manifest does not list it.

    >>> entry = FileEntry("plan.toml", 3, hashlib.sha256(b"abc").hexdigest())
    >>> manifest = made_of(dict.fromkeys(PARTS), [entry])
    >>> shown = membership(manifest, "plan.toml")
    >>> (shown.index, shown.n_leaves, shown.holds())
    (1, 2, True)
    """
    leaves = manifest.leaves
    for entry in manifest.files:
        if entry.path == path:
            index = leaves.index(leaf_of(path, entry.sha256))
            steps = audit_path(leaves, index)
            return Membership(path, entry.sha256, index, len(leaves), steps, manifest.root)
    raise NotFoundError(f"{MANIFEST} lists no file '{path}'. It lists {len(manifest.files)} files")


def describe_file(path: str | Path, name: str) -> FileEntry:
    """The entry of a file under that name: of a file examined that stays out of the bundle, too.

    A recording that cannot be decoded is an entry that says so. Raises NotFoundError.
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    with path.open("rb") as stream:
        sha256, n_bytes = digest_of(stream)
    try:
        return FileEntry(name, n_bytes, sha256, sha256_of_pcm(path))
    except AudioError as error:
        return FileEntry(name, n_bytes, sha256, None, str(error).removeprefix(f"{path}: "))


def write_manifest(folder: str | Path, record: Mapping[str, Any]) -> Manifest:
    """Hash every file of a folder and write manifest.json beside them.

    Raises NotFoundError for no folder; OptionError for a record that lacks a part or holds values
    that are not JSON's, for links and for names that another machine cannot have, and where a
    time-stamp lies there already and the root would no longer be the one that it dates.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotFoundError(f"{folder}: no such folder")
    names, others = names_in(folder)
    if others:
        raise OptionError(f"{folder / others[0]}: is a link or no file. Put the file itself there")
    names = [name for name in names if name not in OUTSIDE]
    for name in names:
        if fault := fault_of(name):
            raise OptionError(f"{folder}: the name {name!r} {fault}. Rename the file")
    if pair := twins([*names, *OUTSIDE]):
        raise OptionError(
            f"{folder}: '{pair[0]}' and '{pair[1]}' are one name on some systems. Rename one"
        )
    manifest = made_of(record, [describe_file(folder / name, name) for name in names])
    _refuse_to_orphan(folder, manifest)
    write_bytes(folder / MANIFEST, manifest.to_bytes())
    return manifest


def made_of(record: Mapping[str, Any], files: Sequence[FileEntry]) -> Manifest:
    """The manifest of that record and those files, its root computed."""
    if set(record) != set(PARTS):
        lacking = [part for part in PARTS if part not in record]
        unknown = sorted(set(map(str, record)) - set(PARTS))
        raise OptionError(
            f"the record of custody lacks {', '.join(lacking) or 'nothing'} and has "
            f"{', '.join(unknown) or 'nothing'} beside. Its parts are: {', '.join(PARTS)}"
        )
    plain = json.loads(canonical_bytes(record))
    entries = tuple(sorted(files, key=lambda entry: entry.path))
    return Manifest(plain, entries, Manifest(plain, entries, "").computed_root())


def parse_manifest(raw: bytes, source: str = MANIFEST) -> Manifest:
    """The manifest in those bytes. Raises InputError unless they are canonical, byte for byte."""
    try:
        read = json.loads(raw)
        files = tuple(_entry(value) for value in read["files"])
        manifest = Manifest(dict(read["record"]), files, str(read["root"]))
        is_canonical = read["format"] == FORMAT and manifest.to_bytes() == raw
    except (ValueError, TypeError, KeyError, OptionError, RecursionError) as error:
        raise InputError(f"{source}: is not a manifest of ours: {_said(error)}") from error
    if not is_canonical or set(manifest.record) != set(PARTS):
        raise InputError(f"{source}: is not as biasbench writes it: its bytes were altered")
    return manifest


def canonical_bytes(value: object) -> bytes:
    r"""JSON with one spelling: sorted keys, an indent of one space, UTF-8, a line end at the end.

    Raises OptionError for what JSON cannot hold (NaN, infinity, dates, keys that are not text).

    >>> canonical_bytes({"b": 1, "a": "é"}).decode()
    '{\n "a": "é",\n "b": 1\n}\n'
    """
    try:
        _check_keys(value)
        text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
        return f"{text}\n".encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise OptionError(f"the record of custody is not plain JSON: {_said(error)}") from error


def _values(record: Mapping[str, Any], files: Sequence[FileEntry], root: str) -> dict[str, Any]:
    entries = [entry.to_dict() for entry in files]
    return {"format": FORMAT, "record": dict(record), "files": entries, "root": root}


def _entry(value: Mapping[str, Any]) -> FileEntry:
    sound = None if value["sound"] is None else PcmHash(**value["sound"])
    entry = FileEntry(**{**value, "sound": sound})
    if fault := fault_of(entry.path):
        raise ValueError(f"the path {entry.path!r} {fault}")
    if not _DIGEST.fullmatch(entry.sha256) or type(entry.bytes) is not int:
        raise ValueError(f"'{entry.path}' has no digest or no size")
    return entry


def _check_keys(value: object) -> None:
    # json would write the key 1 as "1" in silence, and what is read back would differ.
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not text")
            _check_keys(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _check_keys(part)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:200]


def _refuse_to_orphan(folder: Path, manifest: Manifest) -> None:
    stamps = [name for name in (REQUEST, TOKEN) if (folder / name).exists()]
    if not stamps or not (folder / MANIFEST).is_file():
        return
    if (folder / MANIFEST).read_bytes() != manifest.to_bytes():
        raise OptionError(
            f"{folder / stamps[0]}: is about the root that the folder had, and the folder has "
            "changed. Make a new folder, or move the time-stamp away"
        )
