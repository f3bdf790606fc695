"""Markdown for a pull request: GitHub's flavour, which GitLab reads too."""

from __future__ import annotations

from biasbench.gates.gating import Gate
from biasbench.gates.page import document_of
from biasbench.report.renderers import md

#: GitHub refuses a comment of more characters.
MOST_CHARACTERS = 65_536


def text_of(gate: Gate) -> str:
    """Outcome, tables and sentences; what does not fit a comment is cut, and it says so."""
    text = md.text_of(document_of(gate))
    if len(text) <= MOST_CHARACTERS:
        return text
    note = "\n\n*Cut here: a comment holds no more. The JSON and the HTML have every rule.*\n"
    whole = text[: MOST_CHARACTERS - len(note)]
    return whole[: whole.rindex("\n")] + note
