"""A bundle as one .zip, written in one way only, so that any altered bit of it can be told.

Files in the order of their names, stored without compression (what a deflater gives depends on its
version), dated 1980-01-01, mode 0644, no comments, no extra fields but those that large files need
(ZIP64). APPNOTE.TXT 6.3.10, §4.3. From the names, sizes and CRCs alone follows every byte of the
archive that is not a file's own: `first_alteration` compares them.
"""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from biasbench.custody.names import MANIFEST, fault_of, names_in
from biasbench.errors import NotFoundError, OptionError

_MOST_32, _MOST_16 = 0xFFFFFFFF, 0xFFFF
_PLAIN, _LARGE = 20, 45  # versions needed to extract
_UNIX = 3 << 8
_UTF_8 = 0x800
_DATE = 0x21  # 1980-01-01, the first there is
_MODE = 0o100644 << 16
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of the archive, and where its local header stands."""

    name: str
    size: int
    crc: int
    offset: int


def write_zip(folder: str | Path, path: str | Path) -> Path:
    """Write a folder that has a manifest as one archive; the same folder gives the same bytes.

    Raises NotFoundError for a folder without a manifest, OptionError for an archive inside the
    folder, and for links and names that an archive cannot hold.
    """
    folder, path = Path(folder), Path(path)
    if not (folder / MANIFEST).is_file():
        raise NotFoundError(f"{folder}: holds no {MANIFEST}. Write the bundle first")
    if path.resolve().is_relative_to(folder.resolve()):
        raise OptionError(f"{path}: the archive would lie in the folder that it holds")
    names, others = names_in(folder)
    faulty = [*others, *(name for name in names if fault_of(name))]
    if faulty:
        raise OptionError(f"{folder / faulty[0]}: is a link, no file, or has a name none can hold")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            members = [_write_member(stream, folder / name, name) for name in names]
            stream.write(_directory(members, stream.tell()))
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def first_alteration(stream: IO[bytes], infos: Sequence[zipfile.ZipInfo]) -> int | None:
    """Where the archive stops being one that `write_zip` wrote; None if it is such a one.

    Looks at every byte but the files' own, which their CRCs and digests cover.
    """
    offset, members = 0, []
    for info in sorted(infos, key=lambda info: info.filename):
        member = Member(info.filename, info.file_size, info.CRC, offset)
        stream.seek(offset)
        header = _local_header(member)
        if stream.read(len(header)) != header:
            return offset
        members.append(member)
        offset += len(header) + member.size
    stream.seek(offset)
    expected = _directory(members, offset)
    found = stream.read(len(expected) + 1)
    if found == expected:
        return None
    same = next(
        (i for i, pair in enumerate(zip(found, expected, strict=False)) if pair[0] != pair[1]),
        min(len(found), len(expected)),
    )
    return offset + same


def _write_member(stream: IO[bytes], file: Path, name: str) -> Member:
    offset, size, crc = stream.tell(), 0, 0
    announced = file.stat().st_size
    stream.write(_local_header(Member(name, announced, 0, offset)))
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            stream.write(block)
            size, crc = size + len(block), zlib.crc32(block, crc)
    if size != announced:
        raise OptionError(f"{file}: changed while it was read. Write the bundle again")
    member = Member(name, size, crc, offset)
    end = stream.tell()
    stream.seek(offset)
    stream.write(_local_header(member))
    stream.seek(end)
    return member


def _local_header(member: Member) -> bytes:
    name = member.name.encode()
    is_large = member.size > _MOST_32
    extra = struct.pack("<HHQQ", 1, 16, member.size, member.size) if is_large else b""
    size = _MOST_32 if is_large else member.size
    return (
        struct.pack(
            "<IHHHHHIIIHH", 0x04034B50, _LARGE if is_large else _PLAIN, _flags(member.name), 0, 0,
            _DATE, member.crc, size, size, len(name), len(extra),
        )
        + name
        + extra
    )  # fmt: skip


def _central_header(member: Member) -> bytes:
    name = member.name.encode()
    is_large, is_far = member.size > _MOST_32, member.offset > _MOST_32
    fields = [member.size, member.size] * is_large + [member.offset] * is_far
    extra = struct.pack(f"<HH{len(fields)}Q", 1, 8 * len(fields), *fields) if fields else b""
    version = _LARGE if fields else _PLAIN
    size = _MOST_32 if is_large else member.size
    return (
        struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, _UNIX | version, version, _flags(member.name), 0, 0,
            _DATE, member.crc, size, size, len(name), len(extra), 0, 0, 0, _MODE,
            _MOST_32 if is_far else member.offset,
        )
        + name
        + extra
    )  # fmt: skip


def _directory(members: Sequence[Member], start: int) -> bytes:
    """The central directory and the end records, for an archive whose files end at `start`."""
    central = b"".join(map(_central_header, members))
    n_files, size = len(members), len(central)
    large = b""
    if n_files > _MOST_16 or size > _MOST_32 or start > _MOST_32:
        large = struct.pack(
            "<IQHHIIQQQQ", 0x06064B50, 44, _UNIX | _LARGE, _LARGE, 0, 0, n_files, n_files, size,
            start,
        ) + struct.pack("<IIQI", 0x07064B50, 0, start + size, 1)  # fmt: skip
    shown = (min(n_files, _MOST_16), min(size, _MOST_32), min(start, _MOST_32))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, shown[0], shown[0], shown[1], shown[2], 0)
    return central + large + end


def _flags(name: str) -> int:
    return 0 if name.isascii() else _UTF_8
