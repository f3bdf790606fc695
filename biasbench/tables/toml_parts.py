"""A section of a TOML file that knows its own place, and refuses keys it does not know."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biasbench.errors import NotFoundError, OptionError


@dataclass(frozen=True)
class Part:
    """One section: `source` is the file, `name` the section, '' for the whole."""

    source: str
    name: str
    content: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Where it is, as a message begins: "prime.toml: [cap]"."""
        return f"{self.source}: [{self.name}]" if self.name else self.source

    def known(self, keys: Sequence[str]) -> None:
        """Raise OptionError for a key that is none of these, with the nearest."""
        for key in self.content:
            if key not in keys:
                near = nearest(key, keys)
                raise OptionError(
                    f"{self.place}: unknown key '{key}': {near}known: {', '.join(keys)}"
                )

    def part(self, key: str) -> Part:
        """A section under this one; empty where it is not there."""
        name = f"{self.name}.{key}" if self.name else key
        content = self.content.get(key, {})
        if not isinstance(content, Mapping):
            raise OptionError(f"{self.place}: {key} is {content!r}; write a section: [{name}]")
        return Part(self.source, name, content)

    def text(self, key: str, what_to_do: str) -> str:
        """A text that must be there; `what_to_do` ends the message where it is not."""
        value = self.content.get(key)
        if value is None:
            raise OptionError(f"{self.place}: {key} is missing: {what_to_do}")
        if not (isinstance(value, str) and value.strip()):
            raise self.wrong(key, what_to_do)
        return value

    def said(self, key: str) -> str:
        """A text, or "" where it is not there."""
        value = self.content.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(key, "write a text in quotes")
        return value.strip()

    def one_of(self, key: str, known: Sequence[str], default: str | None = None) -> str:
        """A text that is one of these; `default` where it is not there, if there is one."""
        if default is not None and key not in self.content:
            return default
        value = self.text(key, f"write one of: {', '.join(known)}")
        if value not in known:
            raise self.wrong(key, f"{nearest(value, known)}write one of: {', '.join(known)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is not there."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(key, 'write a list of texts: ["one", "another"]')
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.content.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "write true or false, without quotes")
        return value

    def count(self, key: str, default: int, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self.content.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.wrong(key, f"write a whole number of at least {least}")
        return value

    def parts(self, key: str) -> list[Part]:
        """The sections of a list, numbered from 1: [[comparison]]."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise OptionError(f"{self.place}: {key} is not a list of sections: write [[{key}]]")
        name = f"{self.name}.{key}" if self.name else key
        return [Part(self.source, f"{name} {at}", one) for at, one in enumerate(value, start=1)]

    def number(self, key: str) -> float | None:
        """A number, or None where it is not there."""
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "write a number, with a point and without quotes")
        if not math.isfinite(value):
            raise self.wrong(key, "write a finite number")
        return float(value)

    def needed(self, key: str, meaning: str) -> float:
        """A number that must be there."""
        value = self.number(key)
        if value is None:
            raise OptionError(f"{self.place}: {key} is missing: write {meaning}")
        return value

    def whole(self, key: str) -> int | None:
        """A number of decimals, or None where it is not there."""
        value = self.number(key)
        if value is None:
            return None
        if value != round(value) or not 0 <= value <= 6:
            raise self.wrong(key, "write the number of decimals, 0 to 6")
        return int(value)

    def wrong(self, key: str, what_to_do: str) -> OptionError:
        """The error for a value that cannot be."""
        colon = "" if self.name else ":"
        return OptionError(f"{self.place}{colon} {key} is {self.content[key]!r}: {what_to_do}")


def nearest(name: str, known: Sequence[str]) -> str:
    """A question that ends in a space, or nothing.

    >>> nearest("wieght", ["weight", "scale_min"])
    "did you mean 'weight'? "
    """
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean '{near[0]}'? " if near else ""


def read_toml(path: str | Path) -> Part:
    """The whole of a TOML file.

    Raises NotFoundError for a missing file and OptionError for one that is not TOML.

    >>> read_toml("nowhere.toml")
    Traceback (most recent call last):
    biasbench.errors.NotFoundError: nowhere.toml: no such file
    """
    path = Path(path)
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file")
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: is not TOML: {error}") from error
    return Part(str(path), "", written)
