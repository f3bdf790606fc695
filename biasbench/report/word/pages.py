"""Pages: A4 upright or on its side, and what stands at the foot of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biasbench.report.word.columns import SIDEWAYS, UPRIGHT
from biasbench.report.word.fields import add_field

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.section import Section

#: Millimetres.
LONG, SHORT = 297, 210
SIDE, TOP, BOTTOM = 24, 22, 22
SUMMARY_TOP, SUMMARY_BOTTOM = 14, 16
#: Points at the right of the foot for the number of the page.
_NUMBER = 50.0


def set_page(
    section: Section, running: str, *, is_sideways: bool = False, is_summary: bool = False
) -> None:
    """Paper, margins and foot of the pages of a section."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    wide, tall = (LONG, SHORT) if is_sideways else (SHORT, LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if is_sideways else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(wide), Mm(tall)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.top_margin = Mm(SUMMARY_TOP if is_summary else TOP)
    section.bottom_margin = Mm(SUMMARY_BOTTOM if is_summary else BOTTOM)
    section.header_distance, section.footer_distance = Mm(8), Mm(8 if is_summary else 10)
    _set_foot(section, running, SIDEWAYS if is_sideways else UPRIGHT)


def turn(word: Word, running: str, *, is_sideways: bool) -> None:
    """Go on on a new page, on its side or upright again."""
    from docx.enum.section import WD_SECTION

    set_page(word.add_section(WD_SECTION.NEW_PAGE), running, is_sideways=is_sideways)


def _set_foot(section: Section, running: str, room: float) -> None:
    """The running line at left, at right the page and how many there are."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Pt

    section.footer.is_linked_to_previous = False
    foot = section.footer.paragraphs[0]
    foot.style = "Footer"
    foot.paragraph_format.right_indent = Pt(0)
    foot.paragraph_format.tab_stops.add_tab_stop(Pt(room), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(running + "\t")
    add_field(foot, "PAGE", "1")
    foot.add_run(" / ")
    add_field(foot, "NUMPAGES", "1")
