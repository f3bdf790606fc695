"""One table of a TOML mapping, read with every key and value checked."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from biasbench.errors import OptionError


@dataclass(frozen=True)
class Section:
    """One table of the mapping: knows its own name, and refuses keys it does not know."""

    name: str
    content: Mapping[str, Any]
    known: tuple[str, ...] | None

    def __post_init__(self) -> None:
        place = f"[{self.name}]" if self.name else "the mapping"
        for key in self.content:
            if self.known is not None and key not in self.known:
                near = difflib.get_close_matches(key, self.known, n=1)
                question = f" Did you mean '{near[0]}'?" if near else ""
                known = ", ".join(sorted(self.known))
                raise OptionError(f"mapping: {place} has no key '{key}'.{question} Known: {known}.")

    def section(self, key: str, known: tuple[str, ...] | None) -> Section:
        """The table under a key; empty if it is not there."""
        name = f"{self.name}.{key}" if self.name else key
        content = self.content.get(key, {})
        if not isinstance(content, Mapping):
            raise OptionError(f"mapping: {name} is {content!r}; write a table: [{name}]")
        return Section(name, content, known)

    def text(self, key: str) -> str | None:
        """A text that is not empty, or None."""
        value = self.content.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self.wrong(key, "a text in quotes")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty if it is not there."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise self.wrong(key, 'a list of texts, e.g. ["NULL", "n/a"]')
        return tuple(value)

    def number(self, key: str) -> float | None:
        """A number, or None."""
        value = self.content.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "a number")
        return float(value)

    def whole(self, key: str) -> int | None:
        """A whole number of 1 or more, or None."""
        value = self.content.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.wrong(key, "a whole number")
        if value is not None and value < 1:
            raise self.wrong(key, "1 or more")
        return value

    def flag(self, key: str) -> bool:
        """True or false; false if it is not there."""
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None) -> Any:  # noqa: ANN401 - the caller's Literal
        """One of the choices, or the default."""
        value = self.content.get(key, default)
        if value is not default and value not in choices:
            raise self.wrong(key, "one of " + ", ".join(f"'{choice}'" for choice in choices))
        return value

    def wrong(self, key: str, wanted: str) -> OptionError:
        """The error that a value is not what is wanted."""
        return OptionError(f"mapping: [{self.name}] {key} is {self.content[key]!r}, not {wanted}")
