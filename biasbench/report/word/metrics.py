"""How wide a text is: Arial and Times New Roman, or their twins Liberation Sans and Serif.

Every word processor has one of each pair, and both are as wide as the Helvetica and Times of
PostScript, whose width tables matplotlib brings (Adobe Font Metrics 4.1).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Face = Literal["Helvetica", "Helvetica-Bold", "Times-Roman", "Times-Bold"]

#: Of the type size, for a letter without an entry: wider than nearly all of them.
_UNKNOWN = 0.8
#: East Asian letters and pictures fill a square.
_SQUARE = 1.05
#: The names by which AFM files call what stands in our texts and is not ASCII.
_LIKE = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "n", "—": "m", "−": "+",
    "\u00a0": " ", "\u202f": " ", "·": ".", "…": "m", "×": "+", "⟨": "(", "⟩": ")", "€": "0",
    "œ": "m", "æ": "m", "•": "o",
}  # fmt: skip


def width(text: str, size: float, face: Face = "Helvetica") -> float:
    """The width of one line of text in points, without kerning.

    >>> round(width("Écart", 10), 1) == round(width("Ecart", 10), 1)
    True
    """
    table = _widths(face)
    return size * sum(_letter(letter, table) for letter in text)


def lines(text: str, size: float, room: float, face: Face = "Helvetica") -> int:
    """About how many lines of `room` points a text takes; rather one too many than too few."""
    return sum(
        max(1, math.ceil(1.05 * width(line, size, face) / room)) for line in text.split("\n")
    )


def _letter(letter: str, table: Mapping[str, float]) -> float:
    plain = _LIKE.get(letter, letter)
    if plain not in table:
        plain = unicodedata.normalize("NFD", plain)[0]
    if plain in table:
        return table[plain]
    if unicodedata.combining(letter):
        return 0.0
    return _SQUARE if ord(letter) >= 0x2E80 else _UNKNOWN


@cache
def _widths(face: Face) -> Mapping[str, float]:
    import matplotlib as mpl

    file = Path(mpl.get_data_path(), "fonts", "pdfcorefonts", f"{face}.afm")
    found = {}
    for line in file.read_text("ascii").splitlines():
        if line.startswith("C "):
            _, code, _, _, units, *_ = line.split()
            if 32 <= int(code) < 127:
                found[chr(int(code))] = int(units) / 1000
    return found
