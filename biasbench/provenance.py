"""Where a table came from, carried with the table and printed as a signature.

Each verb adds one step of facts to the chain it received. The signature is the part of those
facts that makes two numbers comparable (after sacreBLEU): they compare only if their
signatures do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

#: Facts that stand in a signature, in this order. Other facts travel but are not compared.
SIGNATURE_KEYS = (
    "corpus",
    "system",
    "norm",
    "metric",
    "by",
    "against",
    "groups",
    "unit",
    "interval",
    "seed",
    "level",
    "biasbench",
)


@dataclass(frozen=True)
class Step:
    """What one verb did: its name and its facts, all text."""

    verb: str
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Provenance:
    """The chain of steps behind a table; the empty chain means "handed over as a table"."""

    steps: tuple[Step, ...] = ()

    def then(self, verb: str, facts: Mapping[str, str]) -> Provenance:
        """The chain with one more step.

        >>> Provenance().then("measure", {"norm": "en-1"}).signature()
        'norm:en-1'
        """
        return Provenance((*self.steps, Step(verb, tuple(facts.items()))))

    def facts(self) -> dict[str, str]:
        """All facts of the chain; a later step overrides an earlier one."""
        return {key: value for step in self.steps for key, value in step.facts}

    def step(self, verb: str, key: str, value: str) -> dict[str, str]:
        """Facts of the last step of that verb in which `key` is `value`; empty if there is none.

        Several runs may stand in one chain: `step("run", "system_name", "asr:scripted")`.
        """
        for step in reversed(self.steps):
            facts = dict(step.facts)
            if step.verb == verb and facts.get(key) == value:
                return facts
        return {}

    def signature(self, more: Mapping[str, str] | None = None) -> str:
        """`key:value|key:value` over SIGNATURE_KEYS; `more` adds or overrides facts."""
        facts = {**self.facts(), **(more or {})}
        return "|".join(f"{key}:{facts[key]}" for key in SIGNATURE_KEYS if key in facts)

    def to_dict(self) -> dict[str, Any]:
        """The chain as plain JSON values; `from_dict` reads it back."""
        return {"steps": [{"verb": step.verb, "facts": dict(step.facts)} for step in self.steps]}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Provenance:
        """The inverse of `to_dict`.

        >>> chain = Provenance().then("run", {"system": "whisper/small@1"})
        >>> Provenance.from_dict(chain.to_dict()) == chain
        True
        """
        return cls(tuple(Step(s["verb"], tuple(s["facts"].items())) for s in value["steps"]))


def fingerprint(value: pd.DataFrame | bytes | str | Mapping[str, Any]) -> str:
    """First 8 hexadecimal digits of the SHA-256 of a table, of bytes or of JSON values.

    A table is hashed by the CSV text of its columns in the order given, floats in full
    precision, so that the digest survives any file format.

    >>> fingerprint("abc")
    'ba7816bf'
    """
    if isinstance(value, pd.DataFrame):
        value = value.to_csv(index=False, lineterminator="\n", float_format="%.17g")
    elif isinstance(value, Mapping):
        value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    raw = value.encode() if isinstance(value, str) else value
    return hashlib.sha256(raw).hexdigest()[:8]
