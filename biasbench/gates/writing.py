"""write_gate: a gate as a file, the ending choosing the format."""

from __future__ import annotations

from pathlib import Path

from biasbench import registry
from biasbench.errors import OptionError
from biasbench.gates.gating import Gate
from biasbench.tables import write_text

_KIND = "gates.outputs"


def write_gate(gate: Gate, path: str | Path) -> Path:
    """Write the gate: .txt, .json, .xml (JUnit), .md, .html or .sarif; written whole.

    Raises OptionError for another ending.
    """
    path = Path(path)
    check_ending(path)
    text: str = registry.find(_KIND, ending(path)).text_of(gate)
    return write_text(path, text)


def check_ending(path: str | Path) -> None:
    """Raise OptionError for a name whose ending is no format; before anything is computed."""
    known = registry.names(_KIND)
    if ending(path) not in known:
        raise OptionError(
            f"{path}: a gate is not written as '.{ending(path)}'. Known: "
            f"{', '.join('.' + name for name in known)}"
        )


def ending(path: str | Path) -> str:
    """The ending that names the format.

    >>> ending("out/gate.sarif"), ending("gate.sarif.json"), ending("gate.XML")
    ('sarif', 'sarif', 'xml')
    """
    name = Path(path).name.lower()
    if name.endswith(".sarif.json"):
        return "sarif"
    return name.rpartition(".")[2] if "." in name else ""
