"""JSON: the findings as codes, numbers and sentences, for whoever reads with a program.

Strict JSON in UTF-8 – no NaN, keys in order, one value a line – so that two files of the same
findings are the same bytes, and a difference between two files is a difference in what they say.
"""

from __future__ import annotations

import json
from pathlib import Path

from biasbench.report.document import Document
from biasbench.report.wording import WordingError
from biasbench.tables import write_text


def render(document: Document, path: Path) -> Path:
    """Write the record of the document; returns the path."""
    return write_text(path, text_of(document))


def text_of(document: Document) -> str:
    """The record of the document as strict JSON.

    >>> print(text_of(Document("", "", "fr", (), (), record={"b": 1, "a": "« oui »"})), end="")
    {
     "a": "« oui »",
     "b": 1
    }
    """
    try:
        text = json.dumps(
            document.record, allow_nan=False, ensure_ascii=False, indent=1, sort_keys=True
        )
    except (TypeError, ValueError) as error:
        raise WordingError(f"the record of the report is no strict JSON: {error}") from None
    return escaped(text) + "\n"


def escaped(text: str) -> str:
    r"""JSON text with each half of a character, which UTF-8 cannot hold, as an escape.

    >>> escaped('"\ud83d"')
    '"\\ud83d"'
    """
    return "".join(rf"\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
