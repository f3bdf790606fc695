"""The files of an export: a file, a folder, a zip, or any of them gzipped; opened one at a time.

Nothing is ever written to disk, so a name in an archive cannot reach outside; a name that tries
to ('../', an absolute path) is refused all the same, since the archive was then made to do harm.
What a file or an archive unpacks to is bounded, and counted while it unpacks: the size that an
archive states of itself is not believed.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from biasbench.errors import NotFoundError, OptionError, TableError

#: A file that unpacks to more than this many MB is read only if the user says so.
MAX_MEGABYTES = 100

#: More than this many bytes out of one, beyond a small file, is a bomb: speech analytics as text
#: packs to a tenth or a twentieth.
MAX_RATIO = 200
_SMALL = 10_000_000

#: What all files of one archive may unpack to, in files of the largest size.
_MAX_FILES_OF_LARGEST = 50

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of an export, not yet opened; `read` gives its content, unpacked."""

    name: str
    read: Callable[[], bytes]


@contextmanager
def opened(
    path: Path, *, max_megabytes: float = MAX_MEGABYTES, leave_out: Collection[Path] = ()
) -> Iterator[list[Member]]:
    """Every file of an export, sorted by name; nothing is read but the lists of archives.

    The files can be read while the block runs.

    Hidden files and those in `leave_out` (the user's own tables) are passed over. Raises
    NotFoundError, OptionError (nothing there), TableError (an archive that cannot be trusted).
    """
    limit = _limit(max_megabytes)
    if not path.exists():
        raise NotFoundError(f"{path}: no such file or folder")
    with ExitStack() as archives:
        if path.is_file():
            yield list(_of_file(path, path.name, limit, archives))
            return
        own = {one.resolve() for one in leave_out}
        found: list[Member] = []
        for inside in _walked(path.resolve(), own):
            found += _of_file(path / inside, inside, limit, archives)
        if not found:
            raise OptionError(f"{path}: the folder holds no file to read")
        yield found


def _walked(root: Path, own: Collection[Path]) -> list[str]:
    """Paths of the files below, with '/', sorted; without hidden ones and `own`."""
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = os.path.relpath(folder, root).replace(os.sep, "/")
        prefix = "" if inside == "." else f"{inside}/"
        names += [f"{prefix}{name}" for name in files if not name.startswith(".")]
    left_out = {one.relative_to(root).as_posix() for one in own if one.is_relative_to(root)}
    return sorted(
        name
        for name in names
        if name not in left_out and not any(name.startswith(f"{one}/") for one in left_out)
    )


def _limit(max_megabytes: float) -> int:
    if not max_megabytes > 0:
        raise OptionError(f"max_megabytes is {max_megabytes}; give a number above 0")
    return int(max_megabytes * 1_000_000)


def _of_file(path: Path, name: str, limit: int, archives: ExitStack) -> Iterator[Member]:
    if name.lower().endswith(".zip"):
        yield from _of_zip(path, name, limit, archives)
    else:
        yield Member(_without_gz(name), lambda: _read_file(path, name, limit))


def _read_file(path: Path, name: str, limit: int) -> bytes:
    size = path.stat().st_size
    if size > limit:
        raise _too_large(name, size, limit)
    return _unpacked(path.read_bytes(), name, limit)


def _unpacked(content: bytes, name: str, limit: int) -> bytes:
    """The content with one layer of gzip undone, if it has one."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacked = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked.write(chunk)
                _check_size(unpacked.tell(), len(content), name, limit)
    except EOFError as error:
        raise TableError(
            f"{name}: the gzip ends in the middle: the copy is not whole. Copy it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise TableError(f"{name}: the gzip is damaged ({error}). Copy it again") from error
    return unpacked.getvalue()


def _of_zip(path: Path, name: str, limit: int, archives: ExitStack) -> Iterator[Member]:
    try:
        archive = archives.enter_context(zipfile.ZipFile(path))
    except NotImplementedError as error:
        raise _of_another_kind(name, error) from error
    except zipfile.BadZipFile as error:
        raise TableError(f"{name}: the zip is damaged ({error}). Copy it again") from error
    infos = {
        info.filename.replace("\\", "/"): info for info in archive.infolist() if not info.is_dir()
    }
    if len(infos) < sum(not info.is_dir() for info in archive.infolist()):
        raise TableError(f"{name}: the zip holds two files of one name. Pack it anew")
    for inside, info in infos.items():
        _check_name(inside, name)
        if info.flag_bits & 0x1:
            raise TableError(
                f"{name}: '{inside}' is encrypted. Unpack it with its password, then import the "
                "folder"
            )
    stated = sum(info.file_size for info in infos.values())
    if stated > limit * _MAX_FILES_OF_LARGEST:
        raise _too_large(name, stated, limit * _MAX_FILES_OF_LARGEST)
    for inside in sorted(infos):
        last = inside.rsplit("/", 1)[-1]
        if not last.startswith(".") and not inside.startswith("__MACOSX/"):
            yield _member_of_zip(archive, infos[inside], f"{name}/{inside}", limit)


def _member_of_zip(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, full: str, limit: int
) -> Member:
    return Member(_without_gz(full), lambda: _read_zipped(archive, info, full, limit))


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, full: str, limit: int) -> bytes:
    unpacked = io.BytesIO()
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked.write(chunk)
                _check_size(unpacked.tell(), info.compress_size, full, limit)
    except NotImplementedError as error:
        raise _of_another_kind(full, error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise TableError(f"{full}: is damaged in the zip ({error}). Copy it again") from error
    return _unpacked(unpacked.getvalue(), full, limit)


def _of_another_kind(name: str, error: NotImplementedError) -> TableError:
    return TableError(
        f"{name}: is packed in a way that cannot be undone here ({error}). Unpack it with the "
        "program that made it, then import the folder"
    )


def _check_name(inside: str, name: str) -> None:
    parts = inside.split("/")
    if ".." in parts or inside.startswith("/") or (len(inside) > 1 and inside[1] == ":"):
        raise TableError(
            f"{name}: the zip holds a file named '{inside}', which points outside of it. Nothing "
            "of it was read; ask for another export"
        )


def _check_size(size: int, packed: int, name: str, limit: int) -> None:
    if size > _SMALL and size > MAX_RATIO * max(packed, 1):
        raise TableError(
            f"{name}: unpacks to more than {MAX_RATIO} times its size, as archives made to fill a "
            "computer do. Nothing of it was read"
        )
    if size > limit:
        raise _too_large(name, size, limit)


def _too_large(name: str, size: int, limit: int) -> TableError:
    megabytes = size / 1e6
    return TableError(
        f"{name}: holds {megabytes:.0f} MB or more; a file of more than {limit / 1e6:.0f} MB is "
        "read only if you say so (it takes about ten times as much memory): split it by call, or "
        f"give max_megabytes= (--max-megabytes {megabytes * 1.2:.0f})"
    )


def _without_gz(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name
