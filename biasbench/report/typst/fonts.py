"""The fonts of a page: where their files are, which characters they show, how wide a text is.

Serif is Libertinus, which the typst package carries; sans is Source Sans Pro, whose figures all
have one width; DejaVu Sans, which matplotlib carries, shows what those two lack. All three may
be embedded freely. No font of the machine is used: the same report is the same page everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from biasbench.errors import MissingExtraError

SANS = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf", "SourceSansPro-It.ttf")
FALLBACK = (
    "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSansMono.ttf",
)  # fmt: skip


@cache
def font_files() -> tuple[Path, ...]:
    """The files that a page needs beside the fonts inside typst.

    Raises MissingExtraError when the package of the sans face is not installed.
    """
    import matplotlib as mpl

    package = find_spec("font_source_sans_pro")
    if package is None or package.origin is None:
        raise MissingExtraError("a PDF report", "font-source-sans-pro", "pdf")
    sans = Path(package.origin).with_name("files")
    fallback = Path(mpl.get_data_path(), "fonts", "ttf")
    return (*(sans / name for name in SANS), *(fallback / name for name in FALLBACK))


@cache
def shown() -> frozenset[int]:
    """The code points that have a glyph: those of DejaVu Sans, the last face of every chain."""
    return frozenset(_advances("DejaVuSans.ttf"))


def width(text: str, size: float) -> float:
    """How wide a text is in the sans face at that size, in points; kerning is left out.

    >>> width("1,0", 10) == width("7,3", 10)
    True
    """
    return size * sum(map(_advance, text))


@cache
def _advance(character: str) -> float:
    code = ord(character)
    regular = _advances(SANS[0])
    return regular[code] if code in regular else _advances("DejaVuSans.ttf").get(code, 1.0)


@cache
def _advances(name: str) -> Mapping[int, float]:
    """Code point → advance, as a share of the type size."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    path = next(path for path in font_files() if path.name == name)
    with TTFont(path, lazy=True) as font:
        metrics, em = font["hmtx"].metrics, font["head"].unitsPerEm
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}
