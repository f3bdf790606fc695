"""What lies in a bundle, be it a folder or an archive: names, bytes, and what cannot be read.

An archive is read where it is and never unpacked to disk. Nothing here trusts it: no name leads
anywhere, and no file is read further than its caller allows.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal, Protocol

from biasbench.custody.archive import first_alteration
from biasbench.custody.hashes import digest_of
from biasbench.custody.names import fault_of, names_in
from biasbench.errors import NotFoundError

Kind = Literal[
    "changed", "missing", "added", "unreadable", "manifest", "root", "archive", "timestamp"
]

#: An archive of ours is not compressed at all; one that unpacks to more than this many times its
#: size is not read.
MOST_RATIO = 100

_ZIP_ERRORS = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError,
    ValueError, OverflowError, OSError, struct.error, zlib.error,
)  # fmt: skip
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Problem:
    """One thing that is not as the manifest says: what kind, where, and in words."""

    kind: Kind
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


class UnreadableError(Exception):
    """A file of a bundle cannot be read; the message says why."""


class Contents(Protocol):
    """The files of a bundle. `problems` are those of the container itself."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files that can be asked for."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the container."""

    def digest(self, name: str, limit: int) -> tuple[str, int]:
        """SHA-256 and size of a file, read no further than `limit`. Raises UnreadableError."""

    def read(self, name: str, limit: int) -> bytes:
        """A file of at most `limit` bytes. Raises UnreadableError."""


@dataclass(frozen=True)
class FolderContents:
    """A bundle as a folder."""

    folder: Path
    names: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    def digest(self, name: str, limit: int) -> tuple[str, int]:
        """SHA-256 and size of a file."""
        try:
            with (self.folder / name).open("rb") as stream:
                return digest_of(stream, limit)
        except OSError as error:
            raise UnreadableError(error.strerror or "cannot be read") from error

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes."""
        try:
            with (self.folder / name).open("rb") as stream:
                return _within(stream.read(limit + 1), limit)
        except OSError as error:
            raise UnreadableError(error.strerror or "cannot be read") from error


@dataclass(frozen=True)
class ZipContents:
    """A bundle as an archive that is open."""

    archive: zipfile.ZipFile | None
    infos: dict[str, zipfile.ZipInfo] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files that can be asked for."""
        return tuple(sorted(self.infos))

    def digest(self, name: str, limit: int) -> tuple[str, int]:
        """SHA-256 and size of a file."""
        with self._opened(name) as stream:
            return digest_of(stream, limit)

    def read(self, name: str, limit: int) -> bytes:
        """A file's bytes."""
        with self._opened(name) as stream:
            return _within(stream.read(limit + 1), limit)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        if self.archive is None:
            raise UnreadableError("the archive cannot be read")
        info = self.infos[name]
        if info.flag_bits & 1 or info.compress_type not in _METHODS:
            raise UnreadableError("is encrypted, or compressed in a way that is not read")
        try:
            with self.archive.open(info) as stream:
                yield stream
        except _ZIP_ERRORS as error:
            raise UnreadableError(f"cannot be read from the archive: {error}") from error


@contextmanager
def opened(path: Path) -> Iterator[Contents]:
    """The contents of a folder or an archive. Raises NotFoundError where there is neither."""
    if path.is_dir():
        names, others = names_in(path)
        yield FolderContents(
            path,
            tuple(names),
            tuple(Problem("added", name, "is a link or no file") for name in others),
        )
        return
    if not path.is_file():
        raise NotFoundError(f"{path}: no such folder or archive")
    with path.open("rb") as stream:
        try:
            archive = zipfile.ZipFile(stream)
            infos = archive.infolist()
        except _ZIP_ERRORS as error:
            what = f"cannot be read as a ZIP archive: {error}"
            yield ZipContents(None, {}, (Problem("archive", path.name, what),))
            return
        problems = tuple(_archive_problems(path, stream, infos))
        if any(problem.kind == "unreadable" for problem in problems):
            yield ZipContents(None, {}, problems)
            return
        sound = {info.filename: info for info in infos if not fault_of(info.filename)}
        yield ZipContents(archive, sound, problems)


def _archive_problems(
    path: Path, stream: IO[bytes], infos: list[zipfile.ZipInfo]
) -> Iterator[Problem]:
    unpacked, packed = sum(info.file_size for info in infos), path.stat().st_size
    if unpacked > MOST_RATIO * packed or sum(info.compress_size for info in infos) > packed:
        what = f"would unpack to {unpacked} bytes from {packed}, and is not read"
        yield Problem("unreadable", path.name, what)
        return
    for name, times in Counter(info.filename for info in infos).items():
        if times > 1:
            yield Problem("archive", name, f"stands {times} times in the archive")
        elif fault := fault_of(name):
            yield Problem("archive", ascii(name), f"the name {fault}")
    position = first_alteration(stream, infos)
    if position is not None:
        what = (
            f"is not as biasbench wrote it, from byte {position} on: it was packed again, or "
            "altered outside of its files. Unpacked, the files can be verified as a folder"
        )
        yield Problem("archive", path.name, what)


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise UnreadableError(f"is larger than the {limit} bytes that such a file may have")
    return content
