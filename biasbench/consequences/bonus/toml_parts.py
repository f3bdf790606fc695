"""A section of a TOML file that knows its own place, and refuses keys it does not know."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from biasbench.errors import OptionError


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
