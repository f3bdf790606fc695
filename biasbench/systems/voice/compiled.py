"""librosa, whose compiled parts are made by one process at a time.

librosa compiles some of its functions when they are first imported (some twenty seconds) and
keeps them in numba's cache on disk. numba writes each of them as two files, and two processes that
compile at the same time can leave one file of each: whoever reads that pair dies without a message,
on this start and on every later one (numba issue 10128, open in version 0.68). Two runs side by
side on a new installation, or one with `workers=2`, are enough.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType

from filelock import FileLock


@cache
def compiled_librosa() -> ModuleType:
    """The module `librosa`, with what this package calls of it imported, and so compiled.

    The first process to ask compiles, and others wait for it; later ones read what it left. Use
    this in place of `import librosa` wherever several processes may start together.
    """
    with FileLock(_lock_path()):
        import librosa

        # librosa imports its parts when they are named, and numba compiles them then.
        _ = librosa.pyin, librosa.stft, librosa.filters.mel, librosa.feature.mfcc
    return librosa


def _lock_path() -> Path:
    """One lock for each user of the machine: numba keeps its cache by user too."""
    user = "" if sys.platform == "win32" else f"-{os.getuid()}"
    return Path(tempfile.gettempdir()) / f"biasbench-librosa{user}.lock"
