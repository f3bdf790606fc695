"""What can go wrong, as types.

    BiasbenchError
    ├── InputError                 something the user gave cannot be used        exit 2
    │   ├── TableError             a table: file, row, column, value
    │   ├── AudioError             a recording
    │   ├── OptionError            an argument, an option, a configuration key
    │   ├── NotFoundError          no system, metric, file or folder of that name
    │   └── MissingExtraError      an optional package is not installed
    └── InsufficientDataError      the data cannot decide (never a pass)         exit 3

Every message says what is wrong, with the value; what was there instead; and what to do.
The command line prints the message on one line and leaves with `exit_code`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BiasbenchError(Exception):
    """Base of everything this package raises on purpose."""

    exit_code: int = 2


class InputError(BiasbenchError):
    """Something the user gave cannot be used; nothing was written."""


class TableError(InputError):
    """A table lacks a column, holds a wrong value, or repeats a key."""


class AudioError(InputError):
    """A recording cannot be found or read."""


class OptionError(InputError):
    """An argument, option or configuration key is wrong."""


class NotFoundError(InputError):
    """Nothing of that name exists."""


class MissingExtraError(InputError):
    """An optional package is needed and not installed."""

    def __init__(self, needed_for: str, package: str, extra: str) -> None:
        super().__init__(
            f"{needed_for} needs the package '{package}', which is not installed. "
            f"Install it with: pip install 'biasbench[{extra}]'"
        )


class InsufficientDataError(BiasbenchError):
    """The data cannot decide; the message says what is missing and how much it would take."""

    exit_code = 3


def not_found(what: str, name: str, known: Iterable[str]) -> NotFoundError:
    """The error for a misspelt name, with the nearest known one.

    >>> str(not_found("ASR system", "wisper", ["vosk", "whisper"]))
    "no ASR system named 'wisper'. Did you mean 'whisper'? Known: vosk, whisper."
    """
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    question = f" Did you mean '{near[0]}'?" if near else ""
    listing = ", ".join(known) if known else "none"
    return NotFoundError(f"no {what} named '{name}'.{question} Known: {listing}.")
