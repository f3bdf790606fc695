"""HTML: one self-contained page, as the report's."""

from __future__ import annotations

from biasbench.gates.gating import Gate
from biasbench.gates.page import document_of
from biasbench.report.renderers.html import page


def text_of(gate: Gate) -> str:
    """The page of a gate."""
    return page(document_of(gate))
