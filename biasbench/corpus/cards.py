"""corpus.toml: what a corpus says of itself.

[corpus]
name = "callcentre"
version = "2"
licence = "not for publication"
language = "fr"
synthetic = false
design = "same-script"        # or "observational"
period = "2025-01 to 2025-03"
origin = "recorded by volunteers"
description = "…"
clips = false                 # true: the speakers agreed to be heard in a restricted report
speakers = "workers"          # or "volunteers", "actors": who is heard, and at whose wish
jurisdiction = "eu"           # or "us", "other"

[labels]
source = "self"               # or "panel", "corpus", "synthetic"
question = "Quel est votre accent, selon vous ?"
raters = 3
agreement = 0.71
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biasbench.errors import OptionError, not_found

FILE_NAME = "corpus.toml"

#: The keys of each section, in the order in which they are written.
KEYS: Mapping[str, tuple[str, ...]] = {
    "corpus": (
        "name",
        "version",
        "licence",
        "language",
        "synthetic",
        "description",
        "origin",
        "period",
        "design",
        "clips",
        "speakers",
        "jurisdiction",
    ),
    "labels": ("source", "question", "raters", "agreement"),
}
_YES_OR_NO = ("synthetic", "clips")
_CHOICES = {
    "design": ("same-script", "observational"),
    "speakers": ("workers", "volunteers", "actors"),
    "jurisdiction": ("eu", "us", "other"),
    "source": ("self", "panel", "corpus", "synthetic"),
}


def read_card(folder: Path) -> dict[str, str]:
    """The flat facts of the folder's corpus.toml: name, version …, labels, labels_question …

    A folder without one is named after itself. Raises OptionError for an unknown key, with the
    nearest known one, and for a value that is none of the choices.
    """
    path = folder / FILE_NAME
    card = {"name": folder.resolve().name or "corpus"}
    if not path.is_file():
        return card
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: is not TOML: {error}") from error
    for section, entries in written.items():
        if section not in KEYS:
            raise OptionError(f"{path}: {not_found('section', section, KEYS)}")
        if not isinstance(entries, dict):
            raise OptionError(f"{path}: '{section}' must be a section: write [{section}]")
        for key, value in entries.items():
            if key not in KEYS[section]:
                wrong = not_found(f"key in [{section}]", key, KEYS[section])
                raise OptionError(f"{path}: {wrong}")
            card[_flat(section, key)] = _text(path, section, key, value)
    return card


def card_text(card: Mapping[str, str]) -> str:
    r"""corpus.toml of these flat facts, so that `read_card` has them again.

    A choice that is none of those known ('undeclared') is what a reader says where nothing was
    declared, and is not written.

    >>> print(card_text({"name": 'a "b"', "synthetic": "no", "labels": "undeclared"}), end="")
    [corpus]
    name = "a \"b\""
    synthetic = false
    [labels]
    """
    lines = []
    for section, keys in KEYS.items():
        lines.append(f"[{section}]")
        for key in keys:
            value = card.get(_flat(section, key))
            if value is None or (key in _CHOICES and value not in _CHOICES[key]):
                continue
            if key in _YES_OR_NO:
                lines.append(f"{key} = {'true' if value == 'yes' else 'false'}")
            else:
                lines.append(f"{key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    r"""A text as a TOML string, which JSON's are but for one character.

    >>> _quoted('a "b"\n')
    '"a \\"b\\"\\n"'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _flat(section: str, key: str) -> str:
    if section == "corpus":
        return key
    return "labels" if key == "source" else f"labels_{key}"


def _text(path: Path, section: str, key: str, value: Any) -> str:  # noqa: ANN401 - any TOML value
    if key in _YES_OR_NO:
        if not isinstance(value, bool):
            raise OptionError(f"{path}: [{section}] {key} is {value!r}; write true or false")
        return "yes" if value else "no"
    if isinstance(value, dict | list | bool) or not str(value).strip():
        raise OptionError(f"{path}: [{section}] {key} is {value!r}; write a text or a number")
    if key in _CHOICES and value not in _CHOICES[key]:
        known = ", ".join(_CHOICES[key])
        raise OptionError(f"{path}: [{section}] {key} is {value!r}; write one of {known}")
    return str(value)
