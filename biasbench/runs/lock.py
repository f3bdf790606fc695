"""One process at a time in a run folder.

The lock is the operating system's, on an open file: it ends with the process however that ends,
so a killed run leaves nothing to clean up.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from biasbench.errors import OptionError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path` while the block runs; it is removed afterwards.

    Raises OptionError at once if another process holds it.
    """
    stream = path.open("ab")
    is_ours = _try_lock(stream) and _is_still_there(stream, path)
    try:
        if not is_ours:
            raise OptionError(
                f"{path.parent}: another process is running in this folder. Wait until it ends, "
                "or choose another folder"
            )
        yield
    finally:
        if is_ours and sys.platform != "win32":
            path.unlink(missing_ok=True)  # while still held, so that nobody can slip in
        stream.close()
        if is_ours and sys.platform == "win32":  # an open file cannot be removed there
            with suppress(PermissionError):  # another process opened it first; it is theirs now
                path.unlink(missing_ok=True)


def _is_still_there(stream: BinaryIO, path: Path) -> bool:
    # The former holder may have removed the file between our opening it and our locking it.
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(stream: BinaryIO) -> bool:
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(stream: BinaryIO) -> bool:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
