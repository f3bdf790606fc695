"""Plain text: what the command prints."""

from __future__ import annotations

from biasbench.gates.gating import Gate
from biasbench.gates.lines import lines


def text_of(gate: Gate) -> str:
    """The lines of a gate."""
    return "\n".join(lines(gate)) + "\n"
