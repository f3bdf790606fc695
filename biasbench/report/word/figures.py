"""A figure as a picture: crisp in print, no wider than the text, with words for who cannot see."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from biasbench.report.word.columns import UPRIGHT

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

#: Dots an inch at the size at which a figure is drawn; it is set smaller, never larger.
DPI = 250
#: Points: with its caption a figure still stands on one page.
TALLEST = 600.0


def png(figure: Any, *, dpi: int = DPI) -> bytes:  # noqa: ANN401 - a matplotlib Figure
    """The figure as a PNG file on white paper: the same bytes for the same figure."""
    sink = BytesIO()
    figure.savefig(sink, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return sink.getvalue()


def add_picture(
    paragraph: Paragraph,
    figure: Any,  # noqa: ANN401 - a matplotlib Figure
    *,
    name: str,
    alternative: str,
    room: float = UPRIGHT,
) -> None:
    """Put a figure into a paragraph, `alternative` for a screen reader."""
    from docx.shared import Pt

    wide, tall = (72 * inches for inches in figure.get_size_inches())
    shrink = min(1.0, room / wide, TALLEST / tall)
    shape = paragraph.add_run().add_picture(BytesIO(png(figure)), width=Pt(wide * shrink))
    inline: Any = shape._inline
    inline.docPr.set("name", name)
    inline.docPr.set("descr", alternative)
    inline.graphic.graphicData.pic.nvPicPr.cNvPr.set("name", f"{name}.png")
