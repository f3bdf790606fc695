"""Strict JSON: codes and numbers for a program."""

from __future__ import annotations

import json

from biasbench.gates.gating import Gate
from biasbench.gates.record import record_of


def text_of(gate: Gate) -> str:
    """The record of a gate; no NaN, so that any reader takes it."""
    return json.dumps(record_of(gate), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
