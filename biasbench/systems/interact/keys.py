"""Keys: one section of a TOML, read key by key, with an error that names the file and the key.

Every getter takes its key out; `close` complains of what is left, so that a misspelt key is an
error and never a default.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from biasbench.errors import OptionError, not_found

_NEEDED = object()


class Section:
    """The keys of one section; `name` is '' for the top of the file."""

    def __init__(self, file: Path, name: str, keys: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self._left = dict(keys)
        self._known: list[str] = []

    @property
    def left(self) -> tuple[str, ...]:
        """The keys not taken out yet, in the file's order."""
        return tuple(self._left)

    def key(self, name: str) -> str:
        """The full name of a key: 'pace.too_fast'."""
        return f"{self.name}.{name}" if self.name else name

    def wrong(self, name: str, complaint: str) -> OptionError:
        """The error about one key."""
        return OptionError(f"{self.file}: {self.key(name)} {complaint}")

    def section(self, name: str) -> Section:
        """A section within this one."""
        value = self._take(name, _NEEDED)
        if not isinstance(value, dict):
            raise self.wrong(name, f"is {value!r}; it is a section with keys of its own")
        return Section(self.file, self.key(name), value)

    def number(
        self, name: str, *, above: float | None = None, default: float | None = None
    ) -> float:
        """A number of at most two decimals, from 0 up, or greater than `above`."""
        value = self._take(name, _NEEDED if default is None else default)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.wrong(name, f"is {value!r}; write a number")
        if value < 0 or (above is not None and value <= above):
            bound = "0 or more" if above is None else f"more than {above:g}"
            raise self.wrong(name, f"is {value:g}; write {bound}")
        if round(value, 2) != value:
            raise self.wrong(name, f"is {value!r}; at most two decimals, so that points add up")
        return float(value)

    def optional_number(self, name: str) -> float | None:
        """A number greater than 0, or None where the key is absent."""
        return self.number(name, above=0.0) if self.has(name) else None

    def whole(self, name: str, *, lowest: int, default: int | None = None) -> int:
        """A whole number, `lowest` or more."""
        value = self._take(name, _NEEDED if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
            raise self.wrong(name, f"is {value!r}; write a whole number, {lowest} or more")
        return value

    def text(self, name: str, *, default: str | None = None) -> str:
        """A text that is not blank."""
        value = self._take(name, _NEEDED if default is None else default)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, f"is {value!r}; write a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None where the key is absent."""
        return self.text(name) if self.has(name) else None

    def choice(self, name: str, choices: Sequence[str], *, default: str | None = None) -> str:
        """One of some texts."""
        value = self.text(name, default=default)
        if value not in choices:
            raise self.wrong(name, f"is {value!r}; write one of {_listed(choices)}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, not empty."""
        value = self._take(name, _NEEDED)
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.wrong(name, f"is {value!r}; write a list of texts")
        if not value:
            raise self.wrong(name, "is an empty list, which nothing said could meet")
        return tuple(value)

    def has(self, name: str) -> bool:
        """Whether the key is there; it is a known key from now on."""
        self._known.append(name)
        return name in self._left

    def close(self) -> None:
        """Raise OptionError for a key that nobody asked for."""
        for name in self._left:
            inside = f"key in [{self.name}]" if self.name else "key"
            raise OptionError(f"{self.file}: {not_found(inside, name, set(self._known))}")

    def _take(self, name: str, default: object) -> Any:  # noqa: ANN401 - any TOML value
        self._known.append(name)
        if name in self._left:
            return self._left.pop(name)
        if default is _NEEDED:
            near = difflib.get_close_matches(name, self._left, n=1)
            instead = f", and '{near[0]}' is there. Is that what it should be?" if near else ""
            raise self.wrong(name, f"is missing{instead}")
        return default


def _listed(choices: Sequence[str]) -> str:
    return ", ".join(f'"{choice}"' for choice in choices)
